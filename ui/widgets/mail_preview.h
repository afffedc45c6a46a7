// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// A mail as its reader would see it: who, html, text, source, attachments. Loads nothing, opens nothing.

#include <QLabel>
#include <QStringList>
#include <QWidget>

class QGridLayout;
class QListWidget;
class QPlainTextEdit;
class QTabWidget;

namespace postroom::ui {

class LineLabel;
class MailView;

struct ShownMail {
    struct Part {
        QString filename;
        QString contentType;
        QString size;
    };
    QString subject;  ///< empty where it stands elsewhere
    QString from;
    QStringList to;
    QStringList cc;
    QString text;
    QString html;
    QString source;
    QList<Part> attachments;
    bool truncated = false;  ///< source, text or html go on
};

class MailPreview : public QWidget {
    Q_OBJECT

public:
    explicit MailPreview(QWidget* parent = nullptr);
    void present(const ShownMail& mail);
    /// Says in place of a mail why there is none: it loads, or it could not be had.
    void say(const QString& text);

private:
    struct Line {
        QLabel* title;
        LineLabel* value;
    };
    Line addLine(QGridLayout* grid, int row, int column, const QString& title);
    static void fill(const Line& line, const QString& text);

    QLabel* m_note;
    QWidget* m_mail;
    Line m_subject, m_from, m_to, m_cc;
    QLabel* m_warning;
    QTabWidget* m_tabs;
    MailView* m_html;
    MailView* m_text;
    QPlainTextEdit* m_source;
    QListWidget* m_parts;
};

}  // namespace postroom::ui
