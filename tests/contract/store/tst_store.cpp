// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/store/actions.h"
#include "engine/store/attempts.h"
#include "engine/store/idempotency.h"
#include "engine/store/ledger.h"
#include "engine/store/search.h"
#include "tests/contract/store/fixture.h"

#include <random>

using namespace postroom;
using namespace postroom::store;
using namespace postroom::store::test;
using namespace std::chrono_literals;
using contract::State;

/// Messages, deliveries, attempts and the ledger: the same on both databases.
class TestStore : public QObject {
    Q_OBJECT

    BothDatabases m_databases;

    Store& store() { return m_databases.store(); }
    Connection& read() { return m_databases.store().read(); }

    DeliveryUpdate update(const DeliveryRecord& delivery, State status, TimePoint dueAt = noon) {
        DeliveryUpdate update;
        update.delivery = delivery.id;
        update.status = status;
        update.dueAt = dueAt;
        update.reason = "smtp.reply";
        update.lastReply = "250 ok";
        return update;
    }
    Result<void> record(const AttemptRecord& attempt, const std::vector<DeliveryUpdate>& updates) {
        return store().write(
            [&](Transaction& transaction) { return attempts::record(transaction, attempt, updates, noon + 1s); });
    }
    Result<int> act(const std::function<Result<int>(Transaction&)>& action) {
        int changed = -1;
        auto done = store().write([&](Transaction& transaction) -> Result<void> {
            auto result = action(transaction);
            if (!result) return fail(result.error());
            changed = *result;
            return {};
        });
        if (!done) return fail(done.error());
        return changed;
    }
    static std::vector<Id> idsOf(const Mail& mail, const std::vector<std::size_t>& deliveries) {
        std::vector<Id> ids;
        for (const std::size_t at : deliveries) ids.push_back(mail.deliveries[at].id);
        return ids;
    }
    State statusOf(const Mail& mail) { return messages::find(read(), mail.message.id).value()->status; }
    State stateOf(const Mail& mail, std::size_t at) {
        return messages::deliveries(read(), mail.message.id).value()[at].status;
    }
    /// The counters without those that came back to zero.
    ledger::Counters counters() {
        auto all = ledger::readCounters(read()).value();
        std::erase_if(all, [](const auto& entry) { return entry.second == 0; });
        return all;
    }
    bool isBalanced() {
        return ledger::imbalance(read()).value() == 0 && counters() == ledger::recount(read()).value();
    }

private slots:
    void initTestCase_data() { BothDatabases::addRows(); }
    void initTestCase() { VERIFY_OK(m_databases.start()); }
    void init() { VERIFY_OK(m_databases.open()); }
    void cleanup() { m_databases.close(); }
    void cleanupTestCase() { m_databases.stop(); }

    void readsBackWhatWasWritten() {
        Mail mail = makeMail(3);
        mail.message.keyId = makeId(noon);
        mail.message.sandbox = true;
        mail.message.pinnedAccount = "sandbox";
        mail.message.onUnknown = contract::OnUnknown::Hold;
        mail.deliveries[1].kind = contract::RecipientKind::Bcc;
        mail.deliveries[2].accountId = makeId(noon);
        VERIFY_OK(insert(store(), mail));

        const auto found = messages::find(read(), mail.message.id);
        VERIFY_OK(found);
        QVERIFY(found->has_value());
        const MessageRecord& message = **found;
        QVERIFY(message.id == mail.message.id);
        QVERIFY(message.createdAt == mail.message.createdAt);
        QVERIFY(message.expiresAt == mail.message.expiresAt);
        QVERIFY(message.keyId == mail.message.keyId);
        QCOMPARE(message.subject, mail.message.subject);
        QCOMPARE(message.pinnedAccount, mail.message.pinnedAccount);
        QCOMPARE(message.sandbox, true);
        QVERIFY(message.onUnknown == contract::OnUnknown::Hold);
        QCOMPARE(message.messageIdHeader, mail.message.messageIdHeader);
        QCOMPARE(message.recipients, 3);
        QCOMPARE(message.size_bytes, std::int64_t{1234});

        const auto body = messages::body(read(), mail.message.id);
        VERIFY_OK(body);
        QCOMPARE(body->content, mail.body.content);
        QCOMPARE(body->layout, mail.body.layout);

        const auto deliveries = messages::deliveries(read(), mail.message.id);
        VERIFY_OK(deliveries);
        QCOMPARE(deliveries->size(), std::size_t{3});
        QVERIFY(deliveries->at(1).kind == contract::RecipientKind::Bcc);
        QVERIFY(deliveries->at(2).accountId == mail.deliveries[2].accountId);
        QVERIFY(deliveries->at(0).id == mail.deliveries[0].id);
        QVERIFY(deliveries->at(0).dueAt == noon);
        QVERIFY(isBalanced());
    }

    void findsNothingWhereNothingIs() {
        const Id nobody = makeId(noon);
        QVERIFY(!messages::find(read(), nobody).value());
        QCOMPARE(messages::body(read(), nobody).error().code, ErrorCode::NotFound);
        QVERIFY(messages::deliveries(read(), nobody).value().empty());
        QVERIFY(attempts::list(read(), nobody).value().empty());
        QVERIFY(messages::dueLanes(read()).value().empty());
        QVERIFY(messages::stateCounts(read(), {}).value().empty());
        QVERIFY(messages::nextDue(read(), "any", noon).value() == DueByPriority{});
    }

    void refusesATextWithANul() {
        Mail mail = makeMail();
        mail.message.subject = std::string("a\0b", 3);
        QCOMPARE(insert(store(), mail).error().code, ErrorCode::StorageFailed);
        QVERIFY(isBalanced());
    }

    void saysThatAMessageExists() {
        const Mail mail = makeMail();
        VERIFY_OK(insert(store(), mail));
        QCOMPARE(insert(store(), mail).error().code, ErrorCode::AlreadyExists);
        QVERIFY(isBalanced());
    }

    void keepsNineOfTenWhenOneFails() {
        std::vector<Mail> mails(10);
        for (Mail& mail : mails) mail = makeMail();
        mails[6].message.id = mails[2].message.id;
        std::vector<Write> writes;
        std::vector<std::optional<ErrorCode>> outcomes(10);
        std::vector<int> order;
        for (int i = 0; i < 10; ++i) {
            const Mail& mail = mails[static_cast<std::size_t>(i)];
            writes.push_back({.apply =
                                  [&mail](Transaction& transaction) {
                                      transaction.count("test", 1);
                                      return messages::insert(transaction, mail.message, mail.body, mail.deliveries);
                                  },
                              .done =
                                  [&, i](const Result<void>& result) {
                                      order.push_back(i);
                                      if (!result) outcomes[static_cast<std::size_t>(i)] = result.error().code;
                                  }});
        }
        store().writer.submit(std::move(writes));
        VERIFY_OK(store().write([](Transaction&) { return Result<void>{}; }));
        QCOMPARE(order, (std::vector{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
        for (std::size_t i = 0; i < 10; ++i)
            QVERIFY(outcomes[i] == (i == 6 ? std::optional{ErrorCode::AlreadyExists} : std::nullopt));
        QCOMPARE(counters().at("accepted"), std::int64_t{9});
        QCOMPARE(counters().at("test"), std::int64_t{9});
        QCOMPARE(search::page(read(), {}, 100).value().rows.size(), std::size_t{9});
    }

    void countsTheStatesOfManyMessages() {
        const std::vector mails{makeMail(1, State::Held), makeMail(2)};
        for (const Mail& mail : mails) VERIFY_OK(insert(store(), mail));
        const auto counts = messages::stateCounts(read(), {mails[0].message.id, mails[1].message.id});
        VERIFY_OK(counts);
        QCOMPARE(counts->size(), std::size_t{2});
        QCOMPARE(counts->at(mails[0].message.id).at(State::Held), std::int64_t{1});
    }

    void pagesThroughWhatIsDue() {
        for (int i = 0; i < 7; ++i) {
            Mail mail = makeMail();
            mail.deliveries[0].dueAt = noon + Milliseconds{i / 2 * 1000};
            mail.deliveries[0].lane = i == 6 ? "other" : "any";
            VERIFY_OK(insert(store(), mail));
        }
        VERIFY_OK(insert(store(), makeMail(1, State::Held)));

        const auto lanes = messages::dueLanes(read());
        VERIFY_OK(lanes);
        QCOMPARE(lanes->size(), std::size_t{2});
        QCOMPARE(lanes->at(0).lane, std::string("any"));
        QCOMPARE(lanes->at(0).queued, std::int64_t{6});
        QVERIFY(lanes->at(0).earliestDue == noon);
        QVERIFY(lanes->at(1).earliestDue == noon + 3s);

        QCOMPARE(messages::due(read(), "any", noon - 1ms, 10).value().size(), std::size_t{0});
        QCOMPARE(messages::due(read(), "any", noon + 1s, 10).value().size(), std::size_t{4});
        std::vector<Id> seen;
        const auto page = messages::due(read(), "any", noon + 1h, 100);
        VERIFY_OK(page);
        for (const auto& due : *page) {
            QVERIFY(due.delivery.messageId == due.message.id);
            QVERIFY(!due.message.messageIdHeader.empty());
            seen.push_back(due.delivery.id);
        }
        QCOMPARE(seen.size(), std::size_t{6});
        QVERIFY(std::is_sorted(seen.begin(), seen.end()));
        QCOMPARE(messages::due(read(), "any", noon + 1h, 4).value().back().delivery.id, seen[3]);
        QVERIFY(messages::nextDue(read(), "any", noon).value() == DueByPriority{noon + 1s});
        QVERIFY(messages::nextDue(read(), "any", noon + 2s).value() == DueByPriority{});
    }

    void pagesGreaterPriorityFirst() {
        std::vector<int> asked{0, 9, 3, 9, 0};
        for (std::size_t i = 0; i < asked.size(); ++i) {
            Mail mail = makeMail();
            mail.message.priority = asked[i];
            mail.deliveries[0].dueAt = noon + Milliseconds{static_cast<int>(i)};
            VERIFY_OK(insert(store(), mail));
        }
        const auto page = [&](int limit, int least) {
            std::vector<std::pair<int, TimePoint>> seen;
            const auto rows = messages::due(read(), "any", noon + 1h, limit, least);
            for (const auto& due : *rows) seen.emplace_back(due.message.priority, due.delivery.dueAt);
            return seen;
        };
        using Order = std::vector<std::pair<int, TimePoint>>;
        const Order order{{9, noon + 1ms}, {9, noon + 3ms}, {3, noon + 2ms}, {0, noon}, {0, noon + 4ms}};
        QVERIFY(page(100, 0) == order);
        QVERIFY(page(4, 0) == Order(order.begin(), order.begin() + 4));
        QVERIFY(page(100, 1) == Order(order.begin(), order.begin() + 3));
        QVERIFY(page(100, 4) == Order(order.begin(), order.begin() + 2));
        QCOMPARE(messages::due(read(), "any", noon, 10).value().size(), std::size_t{1});
        QVERIFY(messages::dueLanes(read()).value().at(0).earliestDue == noon);
        DueByPriority next;
        next[9] = noon + 3ms;
        next[0] = noon + 4ms;
        QVERIFY(messages::nextDue(read(), "any", noon + 2ms).value() == next);
    }

    void readsBackWhatASenderSaysOfAMessage() {
        Mail mail = makeMail();
        mail.message.priority = 7;
        mail.message.scheduledAt = noon + 1h;
        mail.message.tags = {"invoice", "\u4E3B\u9898 'x'"};
        mail.message.metadata = {{"order", "12\"34"}, {"", "\u4E2D"}};
        mail.message.locale = "zh-CN";
        VERIFY_OK(insert(store(), mail));
        const auto found = messages::find(read(), mail.message.id).value();
        QCOMPARE(found->priority, 7);
        QVERIFY(found->scheduledAt == noon + 1h);
        QVERIFY(found->tags == mail.message.tags);
        QVERIFY(found->metadata == mail.message.metadata);
        QCOMPARE(found->locale, std::string("zh-CN"));
        QCOMPARE(read().single("SELECT count(*) FROM message_tags").value(), std::string("2"));
        const Mail plain = makeMail();
        VERIFY_OK(insert(store(), plain));
        QVERIFY(!messages::find(read(), plain.message.id).value()->scheduledAt);
    }

    void makesScheduledMailDueInItsTime() {
        std::vector<Mail> mails;
        for (int i = 0; i < 4; ++i) {
            mails.push_back(makeMail(i == 1 ? 3 : 1, State::Scheduled));
            mails.back().message.priority = i;
            for (auto& delivery : mails.back().deliveries) {
                delivery.dueAt = noon + std::chrono::hours{i};
                delivery.lane = i == 1 ? "other" : "any";
            }
            VERIFY_OK(insert(store(), mails.back()));
        }
        QCOMPARE(act([&](auto& t) {
                     return actions::moveTo(t, mails[1].message.id, {mails[1].deliveries[0].id}, State::Cancelled, "x",
                                            noon);
                 }).value(),
                 1);
        QVERIFY(messages::nextScheduled(read()).value() == noon);
        QVERIFY(messages::dueLanes(read()).value().empty());
        Promotion made;
        const auto promote = [&](TimePoint now, int limit) {
            return store().write([&](Transaction& transaction) -> Result<void> {
                auto promotion = messages::promote(transaction, now, limit);
                if (!promotion) return fail(promotion.error());
                made = std::move(*promotion);
                return {};
            });
        };
        VERIFY_OK(promote(noon - 1ms, 10));
        QVERIFY(made.messages.empty() && made.next == noon);
        VERIFY_OK(promote(noon + 1h, 1));
        QCOMPARE(made.messages.size(), std::size_t{1});
        QVERIFY(made.next == noon + 1h);
        VERIFY_OK(promote(noon + 1h, 10));
        QVERIFY(made.messages == std::vector{mails[1].message.id});
        QVERIFY(made.lanes == (std::map<std::string, std::set<int>>{{"other", {1}}}));
        QVERIFY(made.next == noon + 2h);
        QCOMPARE(statusOf(mails[0]), State::Queued);
        QCOMPARE(stateOf(mails[1], 0), State::Cancelled);
        QCOMPARE(stateOf(mails[1], 2), State::Queued);
        QCOMPARE(statusOf(mails[2]), State::Scheduled);
        QCOMPARE(messages::due(read(), "other", noon + 1h, 10).value().size(), std::size_t{2});
        QVERIFY(isBalanced());
        VERIFY_OK(promote(noon + 9h, 10));
        QVERIFY(!made.next);
        QVERIFY(!messages::nextScheduled(read()).value());
        QVERIFY(isBalanced());
    }

    void setsAsideWhatIsLeftOfAScheduledMessage() {
        const Mail gone = makeMail(2, State::Scheduled), other = makeMail(1, State::Scheduled);
        VERIFY_OK(insert(store(), gone));
        VERIFY_OK(insert(store(), other));
        Promotion made;
        VERIFY_OK(store().write([&](Transaction& transaction) -> Result<void> {
            auto query = transaction.query("test.remove", "DELETE FROM message_records WHERE id = ?");
            if (auto done = query->bind(gone.message.id).run(); !done) return done;
            auto promotion = messages::promote(transaction, noon, 10);
            if (!promotion) return fail(promotion.error());
            made = std::move(*promotion);
            return {};
        }));
        QVERIFY(made.messages == std::vector{other.message.id});
        QVERIFY(made.strays == std::vector{gone.message.id});
        QVERIFY(!made.next);
        QCOMPARE(stateOf(gone, 0), State::Held);
        QCOMPARE(stateOf(gone, 1), State::Held);
        QCOMPARE(statusOf(other), State::Queued);
        QCOMPARE(ledger::imbalance(read()).value(), std::int64_t{0});
        const auto kept = counters();
        QCOMPARE(kept.at("held"), std::int64_t{2});
        QVERIFY(!kept.contains("scheduled"));
    }

    void keepsAnAnswerUntilItsMessagesAreDone() {
        const Mail open = makeMail(), done = makeMail(1, State::Sent);
        VERIFY_OK(insert(store(), open));
        VERIFY_OK(insert(store(), done));
        const auto keep = [&](const std::string& key, std::vector<Id> ids) {
            return store().write([&](Transaction& transaction) {
                return idempotency::insert(transaction, {.owner = "o",
                                                         .key = key,
                                                         .fingerprint = "f",
                                                         .status = 202,
                                                         .answer = "{\"a\": \"\u4E2D\"}",
                                                         .messages = std::move(ids),
                                                         .createdAt = noon,
                                                         .keepUntil = noon + 24h});
            });
        };
        VERIFY_OK(keep("open", {done.message.id, open.message.id}));
        VERIFY_OK(keep("done", {done.message.id}));
        VERIFY_OK(keep("gone", {makeId(noon)}));
        QCOMPARE(keep("done", {}).error().code, ErrorCode::AlreadyExists);
        const auto found = idempotency::find(read(), "o", "open").value();
        QVERIFY(found && found->answer == "{\"a\": \"\u4E2D\"}" && found->status == 202 && found->fingerprint == "f");
        QCOMPARE(found->messages.size(), std::size_t{2});
        QVERIFY(!idempotency::find(read(), "other", "open").value());
        const auto purge = [&](TimePoint now, int limit = 10) {
            bool hasMore = false;
            const auto done = store().write([&](Transaction& transaction) -> Result<void> {
                auto purged = idempotency::purge(transaction, now, 1h, limit);
                if (!purged) return fail(purged.error());
                hasMore = *purged;
                return {};
            });
            if (!done) qFatal("%s", done.error().text().c_str());
            return hasMore;
        };
        const auto isKept = [&](const char* key) { return idempotency::find(read(), "o", key).value().has_value(); };
        QVERIFY(!purge(noon + 24h - 1ms));
        QVERIFY(isKept("open") && isKept("done") && isKept("gone"));
        QVERIFY(!purge(noon + 24h));
        QVERIFY(idempotency::find(read(), "o", "open").value());
        QVERIFY(!idempotency::find(read(), "o", "done").value());
        QVERIFY(!idempotency::find(read(), "o", "gone").value());
        QVERIFY(idempotency::find(read(), "o", "open").value()->keepUntil == noon + 27h);
        QVERIFY(!purge(noon + 24h));
        QCOMPARE(act([&](Transaction& t) {
                     return actions::moveTo(t, open.message.id, idsOf(open, {0}), State::Cancelled, "x", noon);
                 }).value(),
                 1);
        QVERIFY(!purge(noon + 27h));
        QVERIFY(!isKept("open"));
        // No more records once they speak of as many messages as the limit says.
        VERIFY_OK(keep("many", std::vector<Id>(5, done.message.id)));
        VERIFY_OK(keep("few", {done.message.id}));
        VERIFY_OK(keep("most", std::vector<Id>(9, done.message.id)));
        QVERIFY(purge(noon + 24h, 1));
        const auto left = [&] { return int(isKept("many")) + int(isKept("few")) + int(isKept("most")); };
        QCOMPARE(left(), 2);
        QVERIFY(!purge(noon + 24h, 100));
        QCOMPARE(left(), 0);
    }

    void movesADeliveryToSent() {
        const Mail mail = makeMail();
        VERIFY_OK(insert(store(), mail));
        AttemptRecord attempt = makeAttempt(mail);
        attempt.accountId = makeId(noon);
        DeliveryUpdate sent = update(mail.deliveries[0], State::Sent);
        sent.accountId = attempt.accountId;
        VERIFY_OK(record(attempt, {sent}));
        QCOMPARE(statusOf(mail), State::Sent);
        const auto delivery = messages::deliveries(read(), mail.message.id).value()[0];
        QCOMPARE(delivery.attempts, 1);
        QCOMPARE(delivery.lastReply, std::string("250 ok"));
        QVERIFY(delivery.accountId == attempt.accountId);
        QVERIFY(delivery.updatedAt == noon + 1s);
        QCOMPARE(counters(), (ledger::Counters{{"accepted", 1}, {"sent", 1}, {"messages.sent", 1}}));
        QVERIFY(isBalanced());
        QVERIFY(messages::dueLanes(read()).value().empty());

        const auto listed = attempts::list(read(), mail.message.id);
        VERIFY_OK(listed);
        QCOMPARE(listed->size(), std::size_t{1});
        QCOMPARE(listed->at(0).state, std::string("done"));
        QCOMPARE(listed->at(0).reply, attempt.reply);
        QCOMPARE(listed->at(0).transcript, attempt.transcript);
        QCOMPARE(listed->at(0).took_ms, std::int64_t{12});
        QVERIFY(listed->at(0).startedAt == noon);
    }

    void changesNothingWhenRecordedTwice() {
        const Mail mail = makeMail();
        VERIFY_OK(insert(store(), mail));
        const AttemptRecord attempt = makeAttempt(mail);
        const std::vector updates{update(mail.deliveries[0], State::Queued, noon + 5min)};
        VERIFY_OK(record(attempt, updates));
        VERIFY_OK(record(attempt, updates));
        const auto delivery = messages::deliveries(read(), mail.message.id).value()[0];
        QCOMPARE(delivery.attempts, 1);
        QVERIFY(delivery.dueAt == noon + 5min);
        QCOMPARE(delivery.status, State::Queued);
        QVERIFY(isBalanced());
    }

    void showsTheFirstStateOfManyRecipients() {
        const Mail mail = makeMail(3);
        VERIFY_OK(insert(store(), mail));
        VERIFY_OK(record(makeAttempt(mail),
                         {update(mail.deliveries[0], State::Sent), update(mail.deliveries[1], State::Failed),
                          update(mail.deliveries[2], State::Queued, noon + 1h)}));
        QCOMPARE(statusOf(mail), State::Queued);
        VERIFY_OK(record(makeAttempt(mail), {update(mail.deliveries[2], State::Sent)}));
        QCOMPARE(statusOf(mail), State::Failed);
        QCOMPARE(messages::deliveries(read(), mail.message.id).value()[2].attempts, 2);
        QVERIFY(isBalanced());
    }

    void leavesWhatHasEndedUnlessItWasSentAfterAll_data() {
        QTest::addColumn<State>("before");
        QTest::addColumn<State>("outcome");
        QTest::addColumn<State>("after");
        QTest::newRow("cancelled, put off") << State::Cancelled << State::Queued << State::Cancelled;
        QTest::newRow("cancelled, failed") << State::Cancelled << State::Failed << State::Cancelled;
        QTest::newRow("cancelled, sent") << State::Cancelled << State::Sent << State::Sent;
        QTest::newRow("expired, sent") << State::Expired << State::Sent << State::Sent;
        QTest::newRow("sent, failed") << State::Sent << State::Failed << State::Sent;
        QTest::newRow("held, sent") << State::Held << State::Sent << State::Sent;
        QTest::newRow("scheduled, queued") << State::Scheduled << State::Queued << State::Queued;
    }
    void leavesWhatHasEndedUnlessItWasSentAfterAll() {
        QFETCH(State, before);
        QFETCH(State, outcome);
        QFETCH(State, after);
        for (const int recipients : {1, 2}) {
            const Mail mail = makeMail(recipients, before);
            VERIFY_OK(insert(store(), mail));
            VERIFY_OK(record(makeAttempt(mail), {update(mail.deliveries[0], outcome)}));
            QCOMPARE(stateOf(mail, 0), after);
            QVERIFY(isBalanced());
        }
    }

    void commitsTheIntentOfADot() {
        const Mail mail = makeMail(2);
        VERIFY_OK(insert(store(), mail));
        AttemptRecord attempt = makeAttempt(mail);
        attempt.outcome.clear();
        const std::vector ids{mail.deliveries[0].id, mail.deliveries[1].id};
        const auto dot = [&](const AttemptRecord& which) {
            return store().write([&](Transaction& transaction) {
                return attempts::recordDot(transaction, which, ids, {}, which.startedAt);
            });
        };
        VERIFY_OK(dot(attempt));
        VERIFY_OK(dot(attempt));
        QCOMPARE(statusOf(mail), State::Sending);
        QVERIFY(isBalanced());
        QCOMPARE(attempts::openDots(read()).value().size(), std::size_t{1});
        QCOMPARE(attempts::openDots(read()).value()[0].state, std::string("dot"));
        QVERIFY(messages::dueLanes(read()).value().empty());

        QCOMPARE(dot(makeAttempt(mail)).error().code, ErrorCode::Conflict);
        QVERIFY(isBalanced());

        attempt.outcome = "partly";
        VERIFY_OK(record(attempt, {update(mail.deliveries[0], State::Sent), update(mail.deliveries[1], State::Held)}));
        QCOMPARE(statusOf(mail), State::Held);
        QVERIFY(attempts::openDots(read()).value().empty());
        QCOMPARE(attempts::list(read(), mail.message.id).value()[0].outcome, std::string("partly"));
        QCOMPARE(dot(attempt).error().code, ErrorCode::Conflict);
        QVERIFY(isBalanced());
    }

    void cancelsWhatHasNotEnded() {
        Mail mail = makeMail(5);
        const State states[]{State::Queued, State::Scheduled, State::Held, State::Sending, State::Sent};
        for (std::size_t i = 0; i < 5; ++i) mail.deliveries[i].status = states[i];
        VERIFY_OK(insert(store(), mail));
        QCOMPARE(statusOf(mail), State::Sending);
        // Whoever cancels leaves out what is under way.
        const auto ids = idsOf(mail, {0, 1, 2, 4});
        const auto cancel = [&](Transaction& transaction) {
            return actions::moveTo(transaction, mail.message.id, ids, State::Cancelled, "x", noon);
        };
        QCOMPARE(act(cancel).value(), 3);
        QCOMPARE(act(cancel).value(), 0);
        QCOMPARE(stateOf(mail, 0), State::Cancelled);
        QCOMPARE(stateOf(mail, 3), State::Sending);
        QCOMPARE(stateOf(mail, 4), State::Sent);
        QVERIFY(isBalanced());
    }

    void retriesAtOnce() {
        Mail mail = makeMail(6);
        const State states[]{State::Queued, State::Failed, State::Expired, State::Held, State::Cancelled, State::Sent};
        for (std::size_t i = 0; i < 6; ++i) {
            mail.deliveries[i].status = states[i];
            mail.deliveries[i].dueAt = noon + 1h;
        }
        VERIFY_OK(insert(store(), mail));
        const TimePoint later = noon + 72h;
        QCOMPARE(act([&](Transaction& transaction) {
                     return actions::retryNow(transaction, mail.message.id, later);
                 }).value(),
                 3);
        QCOMPARE(messages::due(read(), "any", later, 10).value().size(), std::size_t{3});
        QCOMPARE(stateOf(mail, 3), State::Held);
        QCOMPARE(stateOf(mail, 4), State::Cancelled);
        QCOMPARE(stateOf(mail, 5), State::Sent);
        QVERIFY(messages::find(read(), mail.message.id).value()->expiresAt == later + 48h);
        QVERIFY(isBalanced());
    }

    void expires() {
        const Mail mail = makeMail(2);
        VERIFY_OK(insert(store(), mail));
        const auto ids = idsOf(mail, {0, 1});
        const auto expire = [&](Transaction& transaction) {
            return actions::moveTo(transaction, mail.message.id, ids, State::Expired, "delivery.expired", noon + 48h);
        };
        QCOMPARE(act(expire).value(), 2);
        QCOMPARE(act(expire).value(), 0);
        QCOMPARE(statusOf(mail), State::Expired);
        QVERIFY(isBalanced());
    }

    void staysBalancedThroughAnything() {
        std::mt19937 dice(20260131);
        const auto roll = [&](int sides) { return static_cast<int>(dice() % static_cast<unsigned>(sides)); };
        std::vector<Mail> mails;
        std::vector<AttemptRecord> dots;
        for (int turn = 0; turn < 300; ++turn) {
            if (mails.size() < 5 || roll(4) == 0) {
                mails.push_back(makeMail(1 + roll(3), roll(5) == 0 ? State::Scheduled : State::Queued));
                VERIFY_OK(insert(store(), mails.back()));
                continue;
            }
            const Mail& mail = mails[static_cast<std::size_t>(roll(static_cast<int>(mails.size())))];
            const DeliveryRecord& one =
                mail.deliveries[static_cast<std::size_t>(roll(static_cast<int>(mail.deliveries.size())))];
            // Some of these are refused, and must then leave no trace.
            static_cast<void>(store().write([&](Transaction& transaction) -> Result<void> {
                switch (roll(6)) {
                    case 0: {
                        const auto done =
                            actions::moveTo(transaction, mail.message.id, {one.id}, State::Cancelled, "x", noon);
                        return done ? Result<void>{} : fail(done.error());
                    }
                    case 1: {
                        const auto done = actions::retryNow(transaction, mail.message.id, noon);
                        return done ? Result<void>{} : fail(done.error());
                    }
                    case 2: {
                        const AttemptRecord attempt = makeAttempt(mail);
                        dots.push_back(attempt);
                        return attempts::recordDot(transaction, attempt, {one.id}, {}, attempt.startedAt);
                    }
                    case 3: {
                        // Changes something and fails: all of it must go, its counters too.
                        static_cast<void>(
                            actions::moveTo(transaction, mail.message.id, {one.id}, State::Cancelled, "x", noon));
                        return fail(ErrorCode::Conflict, "on purpose");
                    }
                    default: {
                        AttemptRecord attempt = makeAttempt(mail);
                        if (!dots.empty() && roll(2) == 0)
                            attempt.id = dots[static_cast<std::size_t>(roll(static_cast<int>(dots.size())))].id;
                        std::vector<DeliveryUpdate> updates;
                        for (const auto& delivery : mail.deliveries)
                            updates.push_back(update(delivery, contract::allStates[static_cast<std::size_t>(roll(8))]));
                        return attempts::record(transaction, attempt, updates, noon);
                    }
                }
            }));
            if (turn % 20 == 0) QVERIFY(isBalanced());
        }
        QVERIFY(isBalanced());
        for (const Mail& mail : mails) {
            State first = State::Sent;
            const auto deliveries = messages::deliveries(read(), mail.message.id).value();
            for (const auto& delivery : deliveries) first = std::min(first, delivery.status);
            QCOMPARE(statusOf(mail), first);
        }
    }

    void keepsEverythingAcrossARestart() {
        const Mail mail = makeMail(2);
        VERIFY_OK(insert(store(), mail));
        VERIFY_OK(record(makeAttempt(mail), {update(mail.deliveries[0], State::Sent)}));
        const auto before = counters();
        VERIFY_OK(m_databases.reopen());
        QCOMPARE(counters(), before);
        QCOMPARE(messages::deliveries(read(), mail.message.id).value().size(), std::size_t{2});
        QCOMPARE(messages::body(read(), mail.message.id).value().content, mail.body.content);
        VERIFY_OK(insert(store(), makeMail()));
        QVERIFY(isBalanced());
    }

    void refusesWritesAfterStop() {
        store().writer.stop();
        std::optional<ErrorCode> code;
        store().writer.submit(Write{.apply = [](Transaction&) { return Result<void>{}; },
                                    .done = [&](const Result<void>& result) { code = result.error().code; }});
        QVERIFY(code == ErrorCode::Stopping);
    }
};

QTEST_GUILESS_MAIN(TestStore)
#include "tst_store.moc"
