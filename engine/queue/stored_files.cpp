// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/queue/stored_files.h"

#include "engine/base/text.h"

#include <atomic>
#include <QDateTime>
#include <QDirIterator>

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

constexpr char arrivals[] = "/arriving";

bool isName(const std::string& name) {
    return name.size() == 64 && name.find_first_not_of("0123456789abcdef") == name.npos;
}

}  // namespace

Result<void> StoredFiles::claim(const std::string& database) {
    if (auto made = platform::makePrivateFolder(m_folder); !made) return made;
    auto lock = platform::FileLock::take(m_folder + "/lock");
    if (!lock) return fail(lock.error());
    const std::string path = m_folder + "/database";
    if (QFileInfo::exists(toQString(path))) {
        const auto owner = platform::readFile(path);
        if (!owner) return fail(owner.error());
        if (trimmed(*owner) != database)
            return fail(ErrorCode::ConfigInvalid, m_folder + " holds the attachments of database " +
                                                      std::string(trimmed(*owner)) + ", and this is database " +
                                                      database + ": give each a folder of its own; if the other is " +
                                                      "gone for good, remove " + path);
    } else if (auto wrote = platform::writePrivateFile(path, database + "\n"); !wrote) {
        return wrote;
    }
    m_lock = std::move(*lock);
    QDirIterator half(toQString(m_folder + arrivals), QDir::Files);
    while (half.hasNext()) QFile::remove(half.next());
    return {};
}

std::string StoredFiles::pathOf(const std::string& name) const {
    return m_folder + "/" + name.substr(0, 2) + "/" + name;
}

Result<void> StoredFiles::makeFolderOf(const std::string& name) const {
    if (auto made = platform::makePrivateFolder(m_folder + "/" + name.substr(0, 2)); !made) return made;
    return platform::syncFolder(m_folder);
}

StoredFiles::Hold StoredFiles::held(const std::string& name) {
    const std::lock_guard lock{m_holds->mutex};
    ++m_holds->counts[name];
    return Hold{new std::string(name), [holds = m_holds](const std::string* held) {
                    {
                        const std::lock_guard lock{holds->mutex};
                        if (const auto at = holds->counts.find(*held); --at->second == 0) holds->counts.erase(at);
                    }
                    delete held;
                }};
}

Result<StoredFiles::Hold> StoredFiles::keep(std::string_view content) {
    auto arrival = begin();
    if (!arrival) return fail(arrival.error());
    if (auto added = (*arrival)->add(content); !added) return fail(added.error());
    return (*arrival)->keep();
}

Result<StoredFiles::Hold> StoredFiles::hold(const std::string& name) {
    if (!isName(name)) return fail(ErrorCode::NotFound, "not the name of a stored file");
    // Held first: what is there then can't be removed any more.
    Hold hold = held(name);
    if (!QFileInfo(toQString(pathOf(name))).isFile()) return fail(ErrorCode::NotFound, "no stored file " + name);
    return hold;
}

Result<std::unique_ptr<content::FileReader>> StoredFiles::open(const std::string& storedAs) {
    if (!isName(storedAs)) return fail(ErrorCode::IoFailed, "not the name of a stored file");
    auto file = std::make_unique<OpenFile>(pathOf(storedAs));
    if (!file->open()) return fail(ErrorCode::IoFailed, "a stored attachment is missing: " + storedAs);
    return file;
}

Result<std::unique_ptr<StoredFiles::Arrival>> StoredFiles::begin() {
    static std::atomic<std::uint64_t> count = 0;
    if (auto made = platform::makePrivateFolder(m_folder + arrivals); !made) return fail(made.error());
    const std::string path = m_folder + arrivals + "/" + std::to_string(count++);
    const auto descriptor = platform::createPrivateFile(path);
    if (!descriptor) return fail(descriptor.error());
    return std::unique_ptr<Arrival>(new Arrival(*this, path, *descriptor));
}

bool StoredFiles::remove(const std::string& name) {
    const std::lock_guard lock{m_holds->mutex};
    if (!isName(name) || m_holds->counts.contains(name)) return false;
    platform::removeFile(pathOf(name));
    return true;
}

void StoredFiles::visitOlder(std::chrono::seconds age,
                             const std::function<void(const std::string& name)>& visit) const {
    const QDateTime before = QDateTime::currentDateTimeUtc().addSecs(-age.count());
    QDirIterator all(toQString(m_folder), QDir::Files, QDirIterator::Subdirectories);
    while (all.hasNext()) {
        all.next();
        const std::string name = toUtf8(all.fileName());
        if (isName(name) && all.fileInfo().lastModified() < before) visit(name);
    }
}

StoredFiles::Arrival::Arrival(StoredFiles& files, std::string path, int descriptor)
    : m_files(files), m_path(std::move(path)) {
    m_file.open(descriptor, QIODevice::WriteOnly | QIODevice::Unbuffered, QFileDevice::AutoCloseHandle);
}

StoredFiles::Arrival::~Arrival() {
    if (!m_file.isOpen()) return;
    m_file.close();
    if (!m_path.empty()) platform::removeFile(m_path);
}

Result<void> StoredFiles::Arrival::add(std::string_view piece) {
    m_hash.addData(viewOf(piece));
    m_size_bytes += piece.size();
    // Not QFile's: it passes over why a write ended early, and takes a full quota for a broken disk.
    return platform::writeFile(m_file.handle(), m_path, piece);
}

Result<StoredFiles::Hold> StoredFiles::Arrival::keep() {
    if (m_kept) return m_kept;
    Hold name = m_files.held(sha256());
    const std::string path = m_files.pathOf(*name);
    // What is there already is on disk as well.
    if (const QFileInfo there{toQString(path)}; !there.isFile() || there.size() != static_cast<qint64>(m_size_bytes)) {
        if (auto made = m_files.makeFolderOf(*name); !made) return fail(made.error());
        if (auto moved = platform::moveFile(m_file.handle(), m_path, path); !moved) return fail(moved.error());
        m_path.clear();
    }
    m_kept = std::move(name);
    return m_kept;
}

}  // namespace postroom::queue
