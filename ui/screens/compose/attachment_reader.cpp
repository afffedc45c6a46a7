// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/screens/compose/attachment_reader.h"

#include "engine/base/text.h"

#include <QFile>
#include <QFileInfo>
#include <QMimeDatabase>

namespace postroom::ui {

namespace {

FileRead readWhole(const QString& path) {
    const QFileInfo seen(path);
    FileRead out{.outcome = FileRead::Unreadable, .file = {.name = seen.fileName(), .contentType = {}}};
    QFile file(path);
    // To open a pipe would wait for its other end.
    if (!seen.isFile() || !file.open(QIODevice::ReadOnly)) return out;
    const QByteArray bytes = file.read(mostFileBytes + 1);
    if (file.error() != QFileDevice::NoError) return out;
    if (bytes.size() > mostFileBytes) {
        out.outcome = FileRead::TooLarge;
        return out;
    }
    out.outcome = FileRead::Read;
    out.file.size_bytes = bytes.size();
    out.file.contentType = QMimeDatabase().mimeTypeForFileNameAndData(seen.fileName(), bytes.left(4096)).name();
    out.file.base64 =
        std::make_shared<const std::string>(toBase64({bytes.constData(), static_cast<std::size_t>(bytes.size())}));
    return out;
}

}  // namespace

AttachmentReader::AttachmentReader() : m_worker("attachments") {}

AttachmentReader::~AttachmentReader() {
    m_isEnding = true;
}

void AttachmentReader::read(const QString& path, std::function<void(FileRead)> receive) {
    m_worker.post([this, path, receive = std::move(receive)] {
        if (m_isEnding) return;
        m_inbox.push([receive, read = readWhole(path)] { receive(read); });
    });
}

}  // namespace postroom::ui
