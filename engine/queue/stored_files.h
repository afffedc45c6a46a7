// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Attached files beside the database, named by the SHA-256 of their content: the same file is kept once.
//
// Any thread; what writes or reads blocks, so not one that answers. A file is on disk with its name, fsynced, before a
// message that needs it is committed. Between the two a Hold keeps it from being removed: the database does not know of
// the message yet.

#include "engine/base/platform.h"
#include "engine/base/result.h"
#include "engine/content/wire_reader.h"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <QCryptographicHash>
#include <QFile>
#include <string>
#include <string_view>
#include <vector>

namespace postroom::queue {

class StoredFiles final : public content::Files {
public:
    /// A file's name, which stays while anybody has this: shared by what was kept under the same name.
    using Hold = std::shared_ptr<const std::string>;

    /// Larger attachments are kept here, smaller ones travel inside the body's record.
    static constexpr std::size_t threshold_bytes = 64 * 1024;

    explicit StoredFiles(std::string folder) : m_folder(std::move(folder)) {}
    /// Once, before anything is kept or removed. Makes the folder this database's for good, and ours while we are here:
    /// what another database needs would be removed by our sweep. ConfigInvalid naming both where it is another's,
    /// StorageOwned while another engine has it. What an ended program left half written is removed.
    [[nodiscard]] Result<void> claim(const std::string& database);

    /// Keeps these bytes; returns the name by which open() finds them again.
    [[nodiscard]] Result<Hold> keep(std::string_view content);
    /// Holds a file that was kept before. NotFound if it is not there.
    [[nodiscard]] Result<Hold> hold(const std::string& name);
    [[nodiscard]] Result<std::unique_ptr<content::FileReader>> open(const std::string& storedAs) override;

    /// A file that comes in pieces. One thread at a time; removed again unless it was kept.
    class Arrival {
    public:
        ~Arrival();
        Arrival(const Arrival&) = delete;
        Arrival& operator=(const Arrival&) = delete;
        /// StorageFull, IoFailed.
        [[nodiscard]] Result<void> add(std::string_view piece);
        [[nodiscard]] std::uint64_t size_bytes() const { return m_size_bytes; }
        /// After the last piece.
        [[nodiscard]] std::string sha256() const { return m_hash.result().toHex().toStdString(); }
        /// After the last piece; again, for another who needs it.
        [[nodiscard]] Result<Hold> keep();

    private:
        friend class StoredFiles;
        Arrival(StoredFiles& files, std::string path, int descriptor);
        StoredFiles& m_files;
        std::string m_path;
        QFile m_file;
        QCryptographicHash m_hash{QCryptographicHash::Sha256};
        std::uint64_t m_size_bytes = 0;
        Hold m_kept;
    };
    [[nodiscard]] Result<std::unique_ptr<Arrival>> begin();

    /// Removes the file unless somebody holds it; true if it is gone.
    bool remove(const std::string& name);
    /// Calls `visit` with the name of every file that was kept longer ago than `age`.
    void visitOlder(std::chrono::seconds age, const std::function<void(const std::string& name)>& visit) const;

private:
    [[nodiscard]] std::string pathOf(const std::string& name) const;
    [[nodiscard]] Result<void> makeFolderOf(const std::string& name) const;
    [[nodiscard]] Hold held(const std::string& name);

    struct Holds {
        std::mutex mutex;
        std::map<std::string, int> counts;
    };
    const std::string m_folder;
    std::optional<platform::FileLock> m_lock;
    std::shared_ptr<Holds> m_holds = std::make_shared<Holds>();  // with every Hold: one may outlive us
};

}  // namespace postroom::queue
