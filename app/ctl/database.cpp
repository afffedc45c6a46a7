// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "app/common/settings_files.h"
#include "app/ctl/arguments.h"
#include "app/ctl/table.h"
#include "engine/store/ledger.h"
#include "engine/store/location.h"
#include "engine/store/migrations.h"

#include <filesystem>

namespace postroom::ctl {

namespace {

struct Status {
    std::string where;
    int schema = 0;
    std::int64_t size_bytes = 0;
    store::ledger::Counters counters = {};
};

Result<store::Location> configured(const Console& console, const std::string& envFile) {
    const auto folder = console.dataFolder();
    if (!folder) return fail(folder.error());
    const auto layers = app::readLayers(envFile, *folder);
    if (!layers) return fail(layers.error());
    const auto settings = contract::Settings::resolve(*layers);
    if (!settings) return fail(settings.error());
    return store::Location::parse(settings->text("DATABASE_URL"), *folder);
}

// The file with its write-ahead log, or what the server says.
Result<std::int64_t> sizeOf(store::Connection& connection, const store::Location& location) {
    if (!location.isSqlite) {
        const auto size = connection.single("SELECT pg_database_size(current_database())");
        if (!size) return fail(size.error());
        return std::strtoll(size->c_str(), nullptr, 10);
    }
    std::int64_t sum = 0;
    for (const char* suffix : {"", "-wal"}) {
        std::error_code error;
        const auto size = std::filesystem::file_size(location.path + suffix, error);
        if (!error) sum += static_cast<std::int64_t>(size);
    }
    return sum;
}

Result<Status> readStatus(const store::Location& location) {
    std::error_code error;
    if (location.isSqlite && !std::filesystem::exists(location.path, error))
        return fail(ErrorCode::NotFound,
                    "there is no database at " + location.path + " yet; the engine makes it at its start");
    const auto connection = store::Connection::open(location, store::Access::Read);
    if (!connection) return fail(connection.error());
    Status status{.where = location.describe()};
    const auto schema = store::schemaVersion(**connection);
    if (!schema) return fail(schema.error());
    status.schema = *schema;
    const auto size = sizeOf(**connection, location);
    if (!size) return fail(size.error());
    status.size_bytes = *size;
    if (*schema == 0) return status;
    auto counters = store::ledger::readCounters(**connection);
    if (!counters) return fail(counters.error());
    status.counters = std::move(*counters);
    return status;
}

Exit status(Console& console, const std::string& envFile) {
    const auto location = configured(console, envFile);
    if (!location) return console.failed(location.error());
    const auto status = readStatus(*location);
    if (!status) return console.failed(status.error());
    const std::int64_t imbalance = store::ledger::imbalance(status->counters);
    json::Object counters;
    Table table({"COUNTER", "VALUE"});
    for (const auto& [name, value] : status->counters) {
        counters.emplace(name, value);
        table.add({name, std::to_string(value)});
    }
    const Output& output = console.output();
    output.document(json::Object{{"database", status->where},
                                 {"schema_version", status->schema},
                                 {"newest_schema_version", store::newestSchema()},
                                 {"size_bytes", status->size_bytes},
                                 {"counters", std::move(counters)},
                                 {"imbalance", imbalance}});
    output.line("Database   " + text(status->where));
    output.line("Schema     " + std::to_string(status->schema) +
                (status->schema < store::newestSchema() ? " (the engine brings it to the newest at its start)" : ""));
    output.line("Size       " + sizeText(status->size_bytes));
    output.line("Imbalance  " + std::to_string(imbalance));
    output.line();
    table.print(output, "Nothing was accepted yet.");
    return imbalance == 0 ? Exit::Ok : Exit::Failed;
}

}  // namespace

void addDatabase(CLI::App& root, Action& chosen) {
    CLI::App* database = addNoun(root, "database", "The database; needs no engine");
    auto file = std::make_shared<std::string>();
    CLI::App* verb = addVerb(*database, chosen, "status", "Show its schema, size and counters",
                             [file](Console& console) { return status(console, *file); });
    verb->add_option("--env-file", *file, "Another file than DIR/.env or ./.env")->type_name("FILE");
}

}  // namespace postroom::ctl
