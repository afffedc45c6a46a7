// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/ledger.h"

#include "engine/contract/states.h"

namespace postroom::store::ledger {

namespace {

Result<Counters> countsOf(Connection& connection, std::string_view name, std::string_view sql) {
    auto query = connection.query(name, sql);
    if (!query) return fail(query.error());
    if (auto ran = query->run(); !ran) return fail(ran.error());
    Counters counters;
    while (query->next()) counters[query->text(0)] = query->integer(1);
    if (query->failure()) return fail(*query->failure());
    return counters;
}

std::int64_t valueOf(const Counters& counters, std::string_view name) {
    const auto found = counters.find(std::string{name});
    return found == counters.end() ? 0 : found->second;
}

}  // namespace

Result<Counters> readCounters(Connection& connection) {
    return countsOf(connection, "counters.all", "SELECT name, value FROM counters");
}

std::int64_t imbalance(const Counters& counters) {
    std::int64_t left = valueOf(counters, "accepted") - valueOf(counters, "erased");
    for (const contract::State state : contract::allStates) left -= valueOf(counters, contract::name(state));
    return left;
}

Result<std::int64_t> imbalance(Connection& connection) {
    const auto counters = readCounters(connection);
    if (!counters) return fail(counters.error());
    return imbalance(*counters);
}

Result<Counters> recount(Connection& connection) {
    auto counters =
        countsOf(connection, "deliveries.recount", "SELECT status, count(*) FROM deliveries GROUP BY status");
    if (!counters) return counters;
    std::int64_t accepted = 0;
    for (const auto& [state, count] : *counters) accepted += count;
    const auto messages =
        countsOf(connection, "messages.recount", "SELECT status, count(*) FROM message_records GROUP BY status");
    if (!messages) return messages;
    for (const auto& [state, count] : *messages) (*counters)["messages." + state] = count;
    const auto kept = countsOf(connection, "counters.erased", "SELECT name, value FROM counters WHERE name = 'erased'");
    if (!kept) return kept;
    if (const std::int64_t erased = valueOf(*kept, "erased"); erased != 0) {
        (*counters)["erased"] = erased;
        accepted += erased;
    }
    if (accepted != 0) (*counters)["accepted"] = accepted;
    return counters;
}

}  // namespace postroom::store::ledger
