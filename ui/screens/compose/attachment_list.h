// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The files of a mail that is being written: added by a dialog or dropped, removed one by one, 25 MB in all.

#include "ui/screens/compose/attachment_reader.h"

#include <QWidget>

class QLabel;
class QListWidget;
class QPushButton;

namespace postroom::ui {

class AttachmentList : public QWidget {
    Q_OBJECT

public:
    explicit AttachmentList(QWidget* parent = nullptr);
    void setFiles(std::vector<DraftFile> files);
    [[nodiscard]] const std::vector<DraftFile>& files() const { return m_files; }
    /// Reads these and adds them as they come.
    void add(const QStringList& paths);

signals:
    void changed();
    /// A file could not be added, and why.
    void refused(const QString& why);

private:
    void choose();
    void take(const FileRead& read);
    void removeChosen();
    void showFiles();
    [[nodiscard]] std::int64_t totalBytes() const;

    std::vector<DraftFile> m_files;
    int m_reading = 0;
    QListWidget* m_list;
    QPushButton* m_add;
    QPushButton* m_remove;
    QLabel* m_total;
    AttachmentReader m_reader;  // dies first: what it reads comes here
};

}  // namespace postroom::ui
