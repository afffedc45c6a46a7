// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/platform.h"
#include "engine/base/text.h"
#include "engine/store/connection_inside.h"
#include "engine/store/driver_error.h"
#include "engine/store/migrations.h"

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <QSqlError>
#include <system_error>

namespace postroom::store {

namespace {

namespace fs = std::filesystem;

constexpr auto ourApplication = "1349481332";  // "Post" in ASCII

struct Pragma {
    std::string_view name;
    std::string_view set;  ///< empty: only read back
    std::string_view get;
    std::string_view wanted;
};

constexpr Pragma common[]{
    {"busy_timeout", "", "PRAGMA busy_timeout", "5000"},
    {"auto_vacuum", "", "PRAGMA auto_vacuum", "2"},
    {"journal_mode", "", "PRAGMA journal_mode", "wal"},
    {"cell_size_check", "PRAGMA cell_size_check = ON", "PRAGMA cell_size_check", "1"},
    {"trusted_schema", "PRAGMA trusted_schema = OFF", "PRAGMA trusted_schema", "0"},
    {"temp_store", "PRAGMA temp_store = MEMORY", "PRAGMA temp_store", "2"},
    {"cache_size", "PRAGMA cache_size = -16384", "PRAGMA cache_size", "-16384"},
    // The writer checkpoints by itself, where it sees what fails.
    {"wal_autocheckpoint", "PRAGMA wal_autocheckpoint = 0", "PRAGMA wal_autocheckpoint", "0"},
};
constexpr Pragma journal{"journal_mode", "PRAGMA journal_mode = WAL", "PRAGMA journal_mode", "wal"};
constexpr Pragma writing[]{
    {"synchronous", "PRAGMA synchronous = FULL", "PRAGMA synchronous", "2"},
    // macOS: fsync alone does not reach the disk. Elsewhere they mean nothing.
    {"fullfsync", "PRAGMA fullfsync = ON", "PRAGMA fullfsync", "1"},
    {"checkpoint_fullfsync", "PRAGMA checkpoint_fullfsync = ON", "PRAGMA checkpoint_fullfsync", "1"},
    {"journal_size_limit", "PRAGMA journal_size_limit = 67108864", "PRAGMA journal_size_limit", "67108864"},
    {"foreign_keys", "PRAGMA foreign_keys = ON", "PRAGMA foreign_keys", "1"},
};
constexpr Pragma reading{"query_only", "PRAGMA query_only = ON", "PRAGMA query_only", "1"};

Result<void> apply(Connection& connection, const Pragma& pragma) {
    if (!pragma.set.empty())
        if (auto set = connection.run(pragma.set); !set) return set;
    const auto got = connection.single(pragma.get);
    if (!got) return fail(got.error());
    if (*got != pragma.wanted)
        return fail(ErrorCode::StorageFailed,
                    "SQLite's " + std::string{pragma.name} + " is " + *got + " and not " + std::string{pragma.wanted});
    return {};
}

Error corrupt(const std::string& path, const std::string& what) {
    return Error{.code = ErrorCode::StorageCorrupt,
                 .params = {{"path", path}},
                 .detail = path + " " + what +
                           "; it was left as it is: put a backup in its place, or move it away to start empty",
                 .fields = {}};
}

// A database of its own for looks and preparations, gone at the end of the block.
class Scratch {
public:
    Scratch(const std::string& path, const QString& options)
        : m_name(QStringLiteral("postroom-scratch-%1").arg(++made)),
          database(QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), m_name)) {
        database.setDatabaseName(toQString(path));
        database.setConnectOptions(options);
    }
    ~Scratch() {
        database.close();
        database = {};
        QSqlDatabase::removeDatabase(m_name);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

private:
    static inline std::atomic<int> made = 0;
    QString m_name;

public:
    QSqlDatabase database;
};

// Reading a whole file is a matter of a tenth of a second up to here; what is larger is checked while the engine runs.
constexpr std::uintmax_t checkedWhole_bytes = 64 << 20;

// Looks without touching: what is not ours must stay as it is.
Result<void> inspect(const std::string& path, bool thoroughly) {
    Scratch scratch(path, QStringLiteral("QSQLITE_OPEN_READONLY;QSQLITE_BUSY_TIMEOUT=5000"));
    const auto refused = [&](const QSqlError& error) {
        Fault fault = Fault::None;
        const Error ours = driverError(error, true, "open", fault);
        if (fault == Fault::Corrupt) return corrupt(path, "is damaged or no SQLite database (" + ours.detail + ")");
        return Error{.code = ours.code, .params = {{"path", path}}, .detail = path + ": " + ours.detail, .fields = {}};
    };
    if (!scratch.database.open()) return fail(refused(scratch.database.lastError()));
    QSqlQuery query(scratch.database);
    const auto value = [&](const char* sql) -> Result<std::string> {
        if (!query.exec(QString::fromLatin1(sql)) || !query.next()) return fail(refused(query.lastError()));
        return toUtf8(query.value(0).toString());
    };
    // Reads the whole schema: a file cut short shows here.
    if (const auto read = value("SELECT count(*) FROM sqlite_schema"); !read) return fail(read.error());
    const auto application = value("PRAGMA application_id");
    if (!application) return fail(application.error());
    if (*application != ourApplication)
        return fail(ErrorCode::StorageForeign,
                    path + " is the database of another program (application_id " + *application +
                        "); it was left as it is: name another file in DATABASE_URL or move it away");
    const auto version = value("PRAGMA user_version");
    if (!version) return fail(version.error());
    if (std::atoi(version->c_str()) > newestSchema())
        return fail(ErrorCode::StorageForeign,
                    path + " has schema " + *version + ", newer than this program's " + std::to_string(newestSchema()) +
                        "; it was left as it is: use the newer program, or the backup made before it was upgraded");
    if (!thoroughly) return {};
    const auto sound = value("PRAGMA quick_check(1)");
    if (!sound) return fail(sound.error());
    if (*sound != "ok") return fail(corrupt(path, "is damaged (" + printable(*sound, 200) + ")"));
    return {};
}

// Made beside its place and renamed there: a kill leaves no database or a whole one, so that an empty file always means
// damage. auto_vacuum must be said before the first page is written, and the application_id writes it.
Result<void> create(const std::string& path) {
    const std::string fresh = path + ".new";
    std::error_code ignored;
    fs::remove(fresh, ignored);
    {
        Scratch scratch(fresh, {});
        Fault fault = Fault::None;
        if (!scratch.database.open()) return fail(driverError(scratch.database.lastError(), true, fresh, fault));
        fs::permissions(fresh, fs::perms::owner_read | fs::perms::owner_write, ignored);
        QSqlQuery query(scratch.database);
        for (const char* sql :
             {"PRAGMA synchronous = FULL", "PRAGMA auto_vacuum = INCREMENTAL", "PRAGMA application_id = 1349481332"})
            if (!query.exec(QString::fromLatin1(sql))) return fail(driverError(query.lastError(), true, fresh, fault));
    }
    std::error_code renamed;
    fs::rename(fresh, path, renamed);
    if (renamed) return fail(ErrorCode::StorageFailed, path + ": " + renamed.message());
    const auto folder = fs::path(path).parent_path().string();
    return platform::syncFolder(folder.empty() ? "." : folder);
}

Result<void> prepareFile(const std::string& path, Access access) {
    std::error_code error;
    if (fs::exists(path, error)) {
        const auto size_bytes = fs::file_size(path, error);
        if (size_bytes == 0) return fail(corrupt(path, "is empty"));
        return inspect(path, access == Access::Write && size_bytes <= checkedWhole_bytes);
    }
    if (access == Access::Read) return fail(ErrorCode::StorageFailed, path + " does not exist");
    // SQLite would throw the log away, and with it the last trace of the data.
    if (fs::exists(path + "-wal", error) && fs::file_size(path + "-wal", error) > 0)
        return fail(corrupt(path, "is missing although its log " + path + "-wal is there"));
    return create(path);
}

}  // namespace

Result<void> openSqlite(const Location& location, Connection& connection, QSqlDatabase& database, Access access,
                        SqliteWatch& watch) {
    if (auto prepared = prepareFile(location.path, access); !prepared) return prepared;
    database.setDatabaseName(toQString(location.path));
    // A reader that may not write can't checkpoint either, not even when it is the last to close.
    database.setConnectOptions(access == Access::Read
                                   ? QStringLiteral("QSQLITE_OPEN_READONLY;QSQLITE_BUSY_TIMEOUT=5000")
                                   : QStringLiteral("QSQLITE_BUSY_TIMEOUT=5000"));
    if (!database.open()) {
        Fault fault = Fault::None;
        return fail(driverError(database.lastError(), true, location.path, fault));
    }
    if (access == Access::Write)
        if (auto set = apply(connection, journal); !set) return set;
    for (const Pragma& pragma : common)
        if (auto set = apply(connection, pragma); !set) return set;
    if (access == Access::Read) {
        if (auto set = apply(connection, reading); !set) return set;
    } else {
        for (const Pragma& pragma : writing)
            if (auto set = apply(connection, pragma); !set) return set;
    }
    return prepareHandle(database, access, watch);
}

}  // namespace postroom::store
