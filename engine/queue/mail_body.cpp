// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/queue/mail_body.h"

#include "engine/base/platform.h"
#include "engine/base/text.h"
#include "engine/content/header.h"

#include <atomic>
#include <QCryptographicHash>
#include <QFile>
#include <QFileInfo>

namespace postroom::queue {

namespace {

class OpenFile final : public content::FileReader {
public:
    explicit OpenFile(const std::string& path) : m_file(toQString(path)) {}
    [[nodiscard]] bool open() { return m_file.open(QIODevice::ReadOnly | QIODevice::Unbuffered); }
    [[nodiscard]] Result<std::size_t> read(char* out, std::size_t size) override {
        const qint64 got = m_file.read(out, static_cast<qint64>(size));
        if (got < 0) return fail(ErrorCode::IoFailed, "reading an attachment: " + toUtf8(m_file.errorString()));
        return static_cast<std::size_t>(got);
    }

private:
    QFile m_file;
};

bool isName(const std::string& name) {
    return name.size() == 64 && name.find_first_not_of("0123456789abcdef") == name.npos;
}

}  // namespace

std::string fromLineOf(const store::AccountRecord* account) {
    if (!account) return content::fromHeader({.name = "Postroom sandbox", .address = "sandbox@localhost"});
    return content::fromHeader({.name = account->displayName, .address = account->email});
}

std::string StoredFiles::pathOf(const std::string& name) const {
    return m_folder + "/" + name.substr(0, 2) + "/" + name;
}

Result<std::string> StoredFiles::keep(std::string_view content) {
    const QByteArray hash = QCryptographicHash::hash(viewOf(content), QCryptographicHash::Sha256).toHex();
    const std::string name = hash.toStdString();
    const std::string path = pathOf(name);
    const QFileInfo there{toQString(path)};
    if (there.isFile() && there.size() == static_cast<qint64>(content.size())) return name;
    if (auto made = platform::makePrivateFolder(m_folder + "/" + name.substr(0, 2)); !made) return fail(made.error());
    if (auto synced = platform::syncFolder(m_folder); !synced) return fail(synced.error());
    if (auto wrote = platform::writePrivateFile(path, content); !wrote) return fail(wrote.error());
    return name;
}

Result<std::unique_ptr<content::FileReader>> StoredFiles::open(const std::string& storedAs) {
    if (!isName(storedAs)) return fail(ErrorCode::IoFailed, "not the name of a stored file");
    auto file = std::make_unique<OpenFile>(pathOf(storedAs));
    if (!file->open()) return fail(ErrorCode::IoFailed, "a stored attachment is missing: " + storedAs);
    return file;
}

}  // namespace postroom::queue
