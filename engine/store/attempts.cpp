// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/attempts.h"

#include "engine/store/delivery_status.h"
#include "engine/store/rows.h"

namespace postroom::store::attempts {

using namespace contract;

namespace {

// json columns take no empty text.
std::string_view orEmptyList(const std::string& json) {
    return json.empty() ? std::string_view{"[]"} : json;
}

void bindAttempt(Query& query, const AttemptRecord& attempt, std::string_view state) {
    query.bindAll(attempt.messageId, attempt.id, attempt.accountId, attempt.accountEmail, attempt.startedAt,
                  attempt.took_ms, state, attempt.outcome, attempt.stage, attempt.code, attempt.enhanced, attempt.reply,
                  attempt.peer, attempt.tls, attempt.detail, orEmptyList(attempt.transcript),
                  orEmptyList(attempt.results));
}

#define POSTROOM_ATTEMPT_COLUMNS                                                                                     \
    "message_id, id, account_id, account_email, started_at, took_ms, state, outcome, stage, code, enhanced, reply, " \
    "peer, tls, detail, transcript, results"
#define POSTROOM_ATTEMPT_INSERT                       \
    "INSERT INTO attempts (" POSTROOM_ATTEMPT_COLUMNS \
    ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (message_id, id) DO "

AttemptRecord readAttempt(const Query& row) {
    AttemptRecord attempt;
    attempt.messageId = row.id(0);
    attempt.id = row.id(1);
    attempt.accountId = row.optionalId(2);
    attempt.accountEmail = row.text(3);
    attempt.startedAt = row.time(4);
    attempt.took_ms = row.integer(5);
    attempt.state = row.text(6);
    attempt.outcome = row.text(7);
    attempt.stage = row.text(8);
    attempt.code = static_cast<int>(row.integer(9));
    attempt.enhanced = row.text(10);
    attempt.reply = row.text(11);
    attempt.peer = row.text(12);
    attempt.tls = row.text(13);
    attempt.detail = row.text(14);
    attempt.transcript = row.text(15);
    attempt.results = row.text(16);
    return attempt;
}

// True if the row is there in state "dot" and not "done".
Result<bool> isOpen(Transaction& transaction, const AttemptRecord& attempt) {
    auto query = transaction.query("attempts.state", "SELECT state FROM attempts WHERE message_id = ? AND id = ?");
    if (!query) return fail(query.error());
    query->bind(attempt.messageId).bind(attempt.id);
    const auto state = collectOne<std::string>(*query, [](const Query& row) { return row.text(0); });
    if (!state) return fail(state.error());
    return *state == "dot";
}

Result<std::int64_t> updateFrom(Transaction& transaction, const Id& messageId, const DeliveryUpdate& update, State from,
                                TimePoint now) {
    auto query = transaction.query(
        "deliveries.update",
        "UPDATE deliveries SET status = ?, attempts = attempts + ?, due_at = ?, reason = ?, last_reply = ?, "
        "account_id = ?, updated_at = ? WHERE message_id = ? AND id = ? AND status = ?");
    if (!query) return fail(query.error());
    query->bindAll(name(update.status), update.countAttempt ? 1 : 0, update.dueAt, update.reason, update.lastReply,
                   update.accountId, now, messageId, update.delivery, name(from));
    return query->runCounting();
}

Result<std::optional<State>> stateOf(Transaction& transaction, const Id& messageId, const Id& delivery) {
    auto query = transaction.query("deliveries.state", "SELECT status FROM deliveries WHERE message_id = ? AND id = ?");
    if (!query) return fail(query.error());
    query->bind(messageId).bind(delivery);
    auto text = collectOne<std::string>(*query, [](const Query& row) { return row.text(0); });
    if (!text) return fail(text.error());
    return *text ? stateNamed(**text) : std::nullopt;
}

// The state it really came from; nothing if it stays as it is.
Result<std::optional<State>> apply(Transaction& transaction, const Id& messageId, const DeliveryUpdate& update,
                                   TimePoint now) {
    State from = State::Queued;
    // Queued is what nearly all are, so it is tried before anything is read. On PostgreSQL another node may change the
    // row between the reading and the update: then it is read again.
    for (int turn = 0; turn < 10; ++turn) {
        const auto changed = updateFrom(transaction, messageId, update, from, now);
        if (!changed) return fail(changed.error());
        if (*changed > 0) return from;
        const auto state = stateOf(transaction, messageId, update.delivery);
        if (!state) return fail(state.error());
        if (!*state) return std::nullopt;  // erased meanwhile
        from = **state;
        const bool sentAfterAll = update.status == State::Sent && from != State::Sent;
        if (isTerminal(from) && !sentAfterAll) return std::nullopt;
    }
    return fail(ErrorCode::StorageFailed,
                "delivery " + update.delivery.text() + " changes faster than it can be recorded");
}

// The last real move; nothing if every delivery stays as it is.
Result<std::optional<Move>> moveAll(Transaction& transaction, const Id& messageId,
                                    const std::vector<DeliveryUpdate>& updates, TimePoint now) {
    std::optional<Move> last;
    for (const DeliveryUpdate& update : updates) {
        const auto from = apply(transaction, messageId, update, now);
        if (!from) return fail(from.error());
        if (!*from || **from == update.status) continue;
        countMove(transaction, **from, update.status);
        last = Move{**from, update.status};
    }
    return last;
}

}  // namespace

Result<void> recordDot(Transaction& transaction, const AttemptRecord& attempt, const std::vector<Id>& deliveries,
                       const std::vector<DeliveryUpdate>& refused, TimePoint now) {
    auto insert = transaction.query("attempts.dot", POSTROOM_ATTEMPT_INSERT "NOTHING");
    if (!insert) return fail(insert.error());
    bindAttempt(*insert, attempt, "dot");
    const auto inserted = insert->runCounting();
    if (!inserted) return fail(inserted.error());
    if (*inserted == 0) {
        const auto open = isOpen(transaction, attempt);
        if (!open) return fail(open.error());
        if (*open) return {};
        return fail(ErrorCode::Conflict, "attempt " + attempt.id.text() + " is over");
    }
    for (const Id& delivery : deliveries) {
        auto update = transaction.query("deliveries.sending",
                                        "UPDATE deliveries SET status = 'sending', updated_at = ? "
                                        "WHERE message_id = ? AND id = ? AND status = 'queued'");
        if (!update) return fail(update.error());
        const auto changed = update->bindAll(now, attempt.messageId, delivery).runCounting();
        if (!changed) return fail(changed.error());
        if (*changed == 0) return fail(ErrorCode::Conflict, "delivery " + delivery.text() + " is not queued any more");
        countMove(transaction, State::Queued, State::Sending);
    }
    if (auto moved = moveAll(transaction, attempt.messageId, refused, now); !moved) return fail(moved.error());
    if (deliveries.size() == 1 && refused.empty())
        return refreshMessage(transaction, attempt.messageId, Move{State::Queued, State::Sending});
    return refreshMessage(transaction, attempt.messageId);
}

Result<void> record(Transaction& transaction, const AttemptRecord& attempt, const std::vector<DeliveryUpdate>& updates,
                    TimePoint now) {
    auto upsert = transaction.query(
        "attempts.record", POSTROOM_ATTEMPT_INSERT
        "UPDATE SET account_id = excluded.account_id, account_email = excluded.account_email, "
        "took_ms = excluded.took_ms, state = excluded.state, outcome = excluded.outcome, stage = excluded.stage, "
        "code = excluded.code, enhanced = excluded.enhanced, reply = excluded.reply, peer = excluded.peer, "
        "tls = excluded.tls, detail = excluded.detail, transcript = excluded.transcript, results = excluded.results "
        "WHERE attempts.state = 'dot'");
    if (!upsert) return fail(upsert.error());
    bindAttempt(*upsert, attempt, "done");
    const auto written = upsert->runCounting();
    if (!written) return fail(written.error());
    if (*written == 0) return {};  // recorded before

    const auto last = moveAll(transaction, attempt.messageId, updates, now);
    if (!last) return fail(last.error());
    if (!*last) return {};
    return refreshMessage(transaction, attempt.messageId, updates.size() == 1 ? *last : std::nullopt);
}

Result<std::vector<AttemptRecord>> list(Connection& connection, const Id& messageId) {
    auto query = connection.query("attempts.list",
                                  "SELECT " POSTROOM_ATTEMPT_COLUMNS " FROM attempts WHERE message_id = ? ORDER BY id");
    if (!query) return fail(query.error());
    query->bind(messageId);
    return collect<AttemptRecord>(*query, readAttempt);
}

Result<std::vector<AttemptRecord>> openDots(Connection& connection) {
    auto query = connection.query("attempts.open",
                                  "SELECT " POSTROOM_ATTEMPT_COLUMNS " FROM attempts WHERE state = 'dot' ORDER BY id");
    if (!query) return fail(query.error());
    return collect<AttemptRecord>(*query, readAttempt);
}

}  // namespace postroom::store::attempts
