// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Shows somebody's mail and touches nothing: no network, no scripts, no files, no links that open by themselves.

#include <QTextBrowser>

namespace postroom::ui {

class MailView : public QTextBrowser {
    Q_OBJECT

public:
    explicit MailView(QWidget* parent = nullptr);
    /// False for html that would take the window's breath away: Qt lays a table in tables out twice at each level, so
    /// that twenty of them stand still for a minute.
    [[nodiscard]] static bool canShow(const QString& html);
    /// Only what canShow().
    void showHtml(const QString& html);
    void showPlain(const QString& text);

    /// Whatever a mail names (images, style sheets, fonts) is not there.
    QVariant loadResource(int type, const QUrl& name) override;

protected:
    void doSetSource(const QUrl& name, QTextDocument::ResourceType type) override;
};

}  // namespace postroom::ui
