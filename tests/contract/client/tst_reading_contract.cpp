// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors

// What was sent is looked for, exported and acted upon by EngineClient, on both carriers alike.

#include "engine.h"

#include <QTest>

using namespace postroom;
using namespace postroom::client;
using test::patience;

namespace {

template <typename T>
T got(Task<T> task, const char* what) {
    auto result = task.wait(patience);
    if (result) return std::move(*result);
    QTest::qFail((std::string(what) + ": " + result.error().text()).c_str(), __FILE__, __LINE__);
    return T{};
}
#define GOT(call) got(call, #call)

contract::BulkRequest request(const char* action, const std::string& q, bool dryRun = false) {
    return {.action = action, .q = q, .ids = {}, .dryRun = dryRun, .cursor = {}};
}
contract::BulkRequest requestOn(const Id& id) {
    return {.action = "cancel", .q = {}, .ids = {id}, .dryRun = false, .cursor = {}};
}

}  // namespace

class TestReadingContract : public QObject {
    Q_OBJECT

    test::BothCarriers m_engine;

    EngineClient& client() { return m_engine.client(); }
    [[nodiscard]] static std::string unique() {
        return std::string(QTest::currentTestFunction()) + (test::BothCarriers::carrier() == "http" ? "-h" : "-p");
    }
    // Nobody carries it: it waits.
    Id send(const std::string& subject) {
        return GOT(client().sendBody(json::Object{{"to", "ann@example.com"}, {"subject", subject}, {"text", "Hello"}}))
            .messageId;
    }

private slots:
    void initTestCase_data() { test::BothCarriers::addRows(); }
    void initTestCase() {
        const auto started = m_engine.start();
        QVERIFY2(started, started ? "" : started.error().text().c_str());
    }
    void cleanupTestCase() { m_engine.stop(); }

    void findsAndCounts() {
        const std::string word = unique();
        const Id first = send(word + " 1"), second = send(word + " 2");
        const auto page = GOT(client().messages({.q = word, .counted = true}));
        QCOMPARE(page.items.size(), std::size_t{2});
        QCOMPARE(page.items[0].id, second);
        QVERIFY(page.total && page.total->count == 2 && !page.total->more);
        QVERIFY(!page.nextCursor && !page.searchedBackTo);
        const auto one = GOT(client().messages({.status = contract::State::Queued, .limit = 1, .q = word}));
        QVERIFY(one.nextCursor && !one.total);
        QCOMPARE(GOT(client().messages({.cursor = *one.nextCursor, .q = word})).items.at(0).id, first);
        QCOMPARE(GOT(client().messages({.q = "subject:\"" + word + " 1\""})).items.size(), std::size_t{1});
    }

    void exportsPageByPage() {
        const std::string word = unique();
        for (int i = 0; i < 3; ++i) (void)send(word + std::to_string(i));
        const auto rows = GOT(client().exportMessages({.q = word, .limit = 2}));
        QCOMPARE(rows.items.size(), std::size_t{2});
        QCOMPARE(rows.items[0].recipient, std::string("ann@example.com"));
        QVERIFY(rows.nextCursor);
        const auto first = GOT(client().exportCsv({.q = word, .limit = 2, .byteOrderMark = true}));
        QVERIFY(
            first.lines.starts_with("\xef\xbb\xbf"
                                    "message_id,created_at,subject,"));
        QCOMPARE(std::count(first.lines.begin(), first.lines.end(), '\n'), std::ptrdiff_t{3});
        QCOMPARE(first.nextCursor, rows.nextCursor);
        const auto second = GOT(client().exportCsv({.q = word, .limit = 2, .cursor = *first.nextCursor}));
        QCOMPARE(std::count(second.lines.begin(), second.lines.end(), '\n'), std::ptrdiff_t{1});
        QVERIFY(!second.nextCursor);
    }

    void givesTheSourceAsItLeaves() {
        const Id id = send(unique());
        const std::string source = GOT(client().messageSource(id));
        QVERIFY(source.find("Subject: " + unique() + "\r\n") != std::string::npos);
        QVERIFY(source.find("\r\n\r\n") != std::string::npos);
    }

    void actsOnAllThatIsFound() {
        const std::string word = unique();
        std::vector<Id> ids;
        for (int i = 0; i < 3; ++i) ids.push_back(send(word));
        const auto would = GOT(client().actOnMessages(request("cancel", word, true)));
        QVERIFY(would.dryRun && would.messages == 3 && would.recipientsByState.at("queued") == 3);
        QVERIFY(GOT(client().message(ids[0])).status == contract::State::Queued);
        const auto one = GOT(client().actOnMessages(requestOn(ids[0])));
        QVERIFY(one.messages == 1 && one.recipients == 1);
        const auto rest = GOT(client().actOnMessages(request("cancel", word)));
        QVERIFY(rest.messages == 2 && rest.skipped == 1 && rest.stoppedBy.empty() && !rest.nextCursor);
        for (const Id& id : ids) QVERIFY(GOT(client().message(id)).status == contract::State::Cancelled);
    }

    void actsOnWhatTheDryRunCounted() {
        const std::string word = unique();
        (void)send(word);
        const auto would = GOT(client().actOnMessages(request("cancel", word, true)));
        QVERIFY(would.messages == 1 && would.startCursor);
        const Id late = send(word);
        auto act = request("cancel", word);
        act.cursor = *would.startCursor;
        QCOMPARE(GOT(client().actOnMessages(act)).messages, std::int64_t{1});
        QVERIFY(GOT(client().message(late)).status == contract::State::Queued);
        QVERIFY(!GOT(client().actOnMessages(requestOn(late))).startCursor);
    }

    void releasesOnlyWhatIsHeld() {
        const Id id = send(unique());
        for (auto act : {&EngineClient::release, &EngineClient::drop}) {
            const auto outcome = (client().*act)(id).wait(patience);
            QVERIFY(!outcome && outcome.error().code == ErrorCode::Conflict);
        }
        QVERIFY(GOT(client().explain(id)).evidence.empty());
    }
};

QTEST_GUILESS_MAIN(TestReadingContract)
#include "tst_reading_contract.moc"
