// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/dialect.h"
#include "engine/store/migrations.h"

#include <algorithm>
#include <cstdlib>

namespace postroom::store {

namespace {

std::vector<std::string_view> statementsOf(std::string_view sql) {
    std::vector<std::string_view> statements;
    while (!sql.empty()) {
        const auto end = std::min(sql.find("\n\n"), sql.size());
        const auto block = sql.substr(0, end);
        sql.remove_prefix(std::min(end + 2, sql.size()));
        // The first block of a file is a comment alone.
        std::string_view rest = block;
        while (rest.starts_with("--") || rest.starts_with('\n'))
            rest.remove_prefix(std::min(rest.find('\n') == rest.npos ? rest.size() : rest.find('\n') + 1, rest.size()));
        if (!rest.empty()) statements.push_back(rest);
    }
    return statements;
}

Result<void> note(Connection& connection, const Migration& migration) {
    auto query = connection.query("migrations.note", "INSERT INTO schema_migrations (version, name) VALUES (?, ?)");
    if (!query) return fail(query.error());
    return query->bind(migration.version).bind(migration.name).run();
}

Error newer(int version) {
    return Error{.code = ErrorCode::StorageForeign,
                 .params = {},
                 .detail = "the database has schema " + std::to_string(version) + ", newer than this program's " +
                           std::to_string(newestSchema()) + "; nothing was changed: use the newer program",
                 .fields = {}};
}

// One step inside an open transaction; how far it is, when nothing is left to do.
Result<bool> step(Connection& connection) {
    if (const auto lock = connection.dialect().lockMigrations; !lock.empty())
        if (auto locked = connection.run(lock); !locked) return fail(locked.error());
    // Read again under the lock: another node may have been first.
    const auto version = schemaVersion(connection);
    if (!version) return fail(version.error());
    if (*version > newestSchema()) return fail(newer(*version));
    const auto& all = allMigrations();
    const auto next =
        std::find_if(all.begin(), all.end(), [&](const Migration& migration) { return migration.version > *version; });
    if (next == all.end()) return false;
    if (*version == 0)
        if (auto made = connection.run(connection.dialect().createMigrations); !made) return fail(made.error());
    for (const auto statement : statementsOf(connection.isSqlite() ? next->sqlite : next->postgres))
        if (auto ran = connection.run(statement); !ran) return fail(ran.error());
    if (auto noted = note(connection, *next); !noted) return fail(noted.error());
    return true;
}

}  // namespace

int newestSchema() {
    return allMigrations().back().version;
}

Result<int> schemaVersion(Connection& connection) {
    const auto exists = connection.single(connection.dialect().hasMigrations);
    if (!exists) return fail(exists.error());
    if (*exists == "0") {
        const auto strange = connection.single(connection.dialect().strangeTables);
        if (!strange) return fail(strange.error());
        if (strange->empty()) return 0;
        return fail(ErrorCode::StorageForeign, "the database holds tables that are not Postroom's (" + *strange +
                                                   "); nothing was changed: give Postroom a database of its own");
    }
    // Other programs call a table schema_migrations too.
    const auto owner = connection.single("SELECT value FROM meta WHERE name = 'application'");
    if (!owner || *owner != "postroom")
        return fail(
            ErrorCode::StorageForeign,
            "the database belongs to another program; nothing was changed: give Postroom a database of its own");
    const auto version = connection.single("SELECT max(version) FROM schema_migrations");
    if (!version) return fail(version.error());
    return std::atoi(version->c_str());
}

Result<void> migrate(Connection& connection) {
    if (const auto version = schemaVersion(connection); !version) return fail(version.error());
    for (bool more = true; more;) {
        if (auto begun = connection.begin(); !begun) return begun;
        const auto stepped = step(connection);
        const auto ended = stepped ? connection.commit() : connection.rollback();
        if (!stepped) return fail(stepped.error());
        if (!ended) return ended;
        more = *stepped;
    }
    return {};
}

}  // namespace postroom::store
