// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/screens/compose/attachment_list.h"

#include "ui/models/wording.h"
#include "ui/widgets/card.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/plain.h"

#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QShortcut>

namespace postroom::ui {

AttachmentList::AttachmentList(QWidget* parent)
    : QWidget(parent),
      m_list(new QListWidget(this)),
      m_add(new QPushButton(icon("plus"), tr("Add files…"), this)),
      m_remove(new QPushButton(icon("trash"), tr("Remove"), this)),
      m_total(mutedLabel({}, this)) {
    m_list->setObjectName(QStringLiteral("files"));
    m_list->setAccessibleName(tr("Attached files"));
    m_list->setTextElideMode(Qt::ElideMiddle);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setMaximumHeight(60);
    m_add->setAccessibleName(tr("Add files"));
    m_remove->setAccessibleName(tr("Remove the chosen file"));
    m_remove->setObjectName(QStringLiteral("remove-file"));
    m_total->setObjectName(QStringLiteral("total"));
    m_total->setWordWrap(false);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_add);
    buttons->addWidget(m_remove);
    buttons->addWidget(m_total);
    buttons->addStretch(1);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(4);
    all->addWidget(m_list);
    all->addLayout(buttons);
    setFocusProxy(m_add);

    connect(m_add, &QPushButton::clicked, this, &AttachmentList::choose);
    connect(m_remove, &QPushButton::clicked, this, &AttachmentList::removeChosen);
    connect(m_list, &QListWidget::itemSelectionChanged, this,
            [this] { m_remove->setEnabled(m_list->currentRow() >= 0); });
    auto* remove = new QShortcut(QKeySequence::Delete, m_list);
    remove->setContext(Qt::WidgetShortcut);
    connect(remove, &QShortcut::activated, this, &AttachmentList::removeChosen);
    showFiles();
}

void AttachmentList::setFiles(std::vector<DraftFile> files) {
    m_files = std::move(files);
    showFiles();
}

void AttachmentList::choose() {
    auto* dialog = new QFileDialog(this, tr("Attach files"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    connect(dialog, &QFileDialog::filesSelected, this, &AttachmentList::add);
    dialog->open();
}

void AttachmentList::add(const QStringList& paths) {
    for (const QString& path : paths) {
        ++m_reading;
        m_reader.read(path, [this](const FileRead& read) { take(read); });
    }
    showFiles();
}

void AttachmentList::take(const FileRead& read) {
    --m_reading;
    const bool fits = totalBytes() + read.file.size_bytes <= mostFileBytes;
    QString why;
    if (read.outcome == FileRead::Unreadable)
        why = tr("%1 can't be read: is it a file, and may you read it?").arg(read.file.name);
    else if (read.outcome == FileRead::TooLarge || !fits)
        why = tr("%1 is too large: all files together may have %2.").arg(read.file.name, sizeText(mostFileBytes));
    else if (m_files.size() >= mostFiles)
        why = tr("%1 was not added: a mail takes at most %2 files.")
                  .arg(read.file.name, countText(static_cast<std::int64_t>(mostFiles)));
    else
        m_files.push_back(read.file);
    showFiles();
    if (why.isEmpty())
        emit changed();
    else
        emit refused(why);
}

void AttachmentList::removeChosen() {
    const int row = m_list->currentRow();
    if (row < 0 || row >= static_cast<int>(m_files.size())) return;
    m_files.erase(m_files.begin() + row);
    showFiles();
    emit changed();
}

std::int64_t AttachmentList::totalBytes() const {
    std::int64_t total = 0;
    for (const DraftFile& file : m_files) total += file.size_bytes;
    return total;
}

void AttachmentList::showFiles() {
    const int row = m_list->currentRow();
    m_list->clear();
    for (const DraftFile& file : m_files) {
        auto* item = new QListWidgetItem(
            tr("%1 (%2)", "file, size").arg(file.name.left(300).simplified(), sizeText(file.size_bytes)), m_list);
        item->setToolTip(toolTipOf(file.name));
    }
    m_list->setVisible(!m_files.empty());
    m_list->setCurrentRow(qMin(row, m_list->count() - 1));
    m_remove->setVisible(!m_files.empty());
    m_remove->setEnabled(m_list->currentRow() >= 0);
    if (m_reading > 0)
        m_total->setText(tr("Reading…"));
    else if (m_files.empty())
        m_total->setText(tr("Or drop them here: at most %1 in all").arg(sizeText(mostFileBytes)));
    else
        m_total->setText(tr("%1 of %2", "used, allowed").arg(sizeText(totalBytes()), sizeText(mostFileBytes)));
}

}  // namespace postroom::ui
