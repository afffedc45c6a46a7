// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/settings.h"

#include "engine/store/rows.h"

namespace postroom::store {

namespace settings {

Result<std::optional<std::string>> get(Connection& connection, std::string_view name) {
    auto query = connection.query("settings.get", "SELECT value FROM settings WHERE name = ?");
    if (!query) return fail(query.error());
    query->bind(name);
    return collectOne<std::string>(*query, [](const Query& row) { return row.text(0); });
}

Result<std::map<std::string, std::string>> all(Connection& connection) {
    auto query = connection.query("settings.all", "SELECT name, value FROM settings");
    if (!query) return fail(query.error());
    if (auto ran = query->run(); !ran) return fail(ran.error());
    std::map<std::string, std::string> values;
    while (query->next()) values[query->text(0)] = query->text(1);
    if (query->failure()) return fail(*query->failure());
    return values;
}

Result<void> set(Transaction& transaction, std::string_view name, std::string_view json, TimePoint now) {
    auto query = transaction.query("settings.set",
                                   "INSERT INTO settings (name, value, updated_at) VALUES (?, ?, ?) ON CONFLICT (name) "
                                   "DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at");
    if (!query) return fail(query.error());
    return query->bindAll(name, json, now).run();
}

Result<void> remove(Transaction& transaction, std::string_view name) {
    auto query = transaction.query("settings.remove", "DELETE FROM settings WHERE name = ?");
    if (!query) return fail(query.error());
    return query->bind(name).run();
}

}  // namespace settings

namespace meta {

Result<std::optional<std::string>> get(Connection& connection, std::string_view name) {
    auto query = connection.query("meta.get", "SELECT value FROM meta WHERE name = ?");
    if (!query) return fail(query.error());
    query->bind(name);
    return collectOne<std::string>(*query, [](const Query& row) { return row.text(0); });
}

Result<void> set(Transaction& transaction, std::string_view name, std::string_view value) {
    auto query = transaction.query("meta.set",
                                   "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) "
                                   "DO UPDATE SET value = excluded.value");
    if (!query) return fail(query.error());
    return query->bind(name).bind(value).run();
}

}  // namespace meta
}  // namespace postroom::store
