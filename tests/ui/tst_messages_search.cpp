// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "tests/ui/messages_stage.h"
#include "ui/widgets/plain.h"

#include <QMessageBox>
#include <QSettings>
#include <QStandardPaths>

using namespace postroom;
using namespace postroom::ui;

namespace {
using Fixture = MessagesStage;
}  // namespace

/// Looking for messages, and acts on all that is found.
class tst_messages_search : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() {
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setOrganizationName(QStringLiteral("postroom-test"));
        QCoreApplication::setApplicationName(QStringLiteral("messages-search"));
        QSettings().clear();
    }
    void searchesWhenTypingPauses();
    void saysWhatIsWrongWithASearchAndDoesNotAsk();
    void saysWhatTheEngineFindsWrongAtTheField();
    void goesFurtherBackWhereASearchRanOutOfTime();
    void actsOnAllThatIsFoundAfterAQuestionWithTheNumbers();
    void actsOnNothingWhereNothingIsFoundForIt();
};

void tst_messages_search::searchesWhenTypingPauses() {
    Fixture f;
    f.messages.addMany(3, State::Sent);
    f.messages.add("Broken needle", State::Failed);
    f.messages.add("Sent needle", State::Sent);
    QVERIFY(f.show());
    const std::size_t before = f.lists();
    QTest::keyClicks(f.search(), QStringLiteral("needle"));
    QTRY_COMPARE_WITH_TIMEOUT(f.table()->model()->rowCount(), 2, deadline);
    QCOMPARE(f.lists(), before + 1);
    // With the state that is chosen beside it.
    f.filter()->setCurrentIndex(f.filter()->findData(QStringLiteral("failed")));
    QTRY_COMPARE_WITH_TIMEOUT(f.table()->model()->rowCount(), 1, deadline);
    f.search()->setText(QStringLiteral("haystack"));
    QTRY_VERIFY_WITH_TIMEOUT(says(f.screen.get(), QStringLiteral("No message fits")), deadline);
    buttonOf(f.screen.get(), QStringLiteral("Show all messages"))->click();
    QTRY_COMPARE_WITH_TIMEOUT(f.table()->model()->rowCount(), 5, deadline);
    QCOMPARE(f.search()->text(), QString());
}

void tst_messages_search::saysWhatIsWrongWithASearchAndDoesNotAsk() {
    Fixture f;
    f.messages.addMany(3);
    QVERIFY(f.show());
    const std::size_t before = f.lists();
    f.search()->setText(QStringLiteral("colour:red"));
    QTRY_COMPARE_WITH_TIMEOUT(f.text("search-text"),
                              QStringLiteral("colour: Is no search term; put a word with a colon into quotes"),
                              deadline);
    QVERIFY(f.search()->property("wrong").toBool());
    f.search()->setText(QStringLiteral("after:yesterday"));
    QTRY_VERIFY_WITH_TIMEOUT(f.text("search-text").startsWith(QStringLiteral("yesterday: Is no date")), deadline);
    f.filter()->setCurrentIndex(f.filter()->findData(QStringLiteral("failed")));
    f.search()->setText(QStringLiteral("status:held"));
    QTRY_COMPARE_WITH_TIMEOUT(f.text("search-text"), QStringLiteral("status: Is given twice"), deadline);
    QTRY_COMPARE_WITH_TIMEOUT(f.lists(), before + 1, deadline);  // of the state alone
    f.search()->setText(QStringLiteral("status:failed"));
    QTRY_VERIFY_WITH_TIMEOUT(!f.search()->property("wrong").toBool(), deadline);
}

void tst_messages_search::saysWhatTheEngineFindsWrongAtTheField() {
    Fixture f;
    f.messages.addMany(3);
    QVERIFY(f.show());
    f.fake.engine.refuse("GET /api/v1/messages", invalidField("q", "search.unknown_token", "tag: is not known"));
    f.search()->setText(QStringLiteral("tag:new"));
    QTRY_VERIFY_WITH_TIMEOUT(f.text("search-text").startsWith(QStringLiteral("Is no search term")), deadline);
}

void tst_messages_search::goesFurtherBackWhereASearchRanOutOfTime() {
    Fixture f;
    f.messages.add("Old needle");
    f.messages.addMany(70);
    f.messages.add("New needle");
    QVERIFY(f.show());
    f.messages.slice = 20;
    f.search()->setText(QStringLiteral("needle"));
    QTRY_COMPARE_WITH_TIMEOUT(f.table()->model()->rowCount(), 1, deadline);
    auto* goOn = f.button("go-on");
    QTRY_VERIFY_WITH_TIMEOUT(goOn->isVisible(), deadline);
    QVERIFY(f.text("searched").startsWith(QStringLiteral("Searched back to ")));
    QCOMPARE(f.table()->model()->rowCount(), 1);
    const std::size_t before = f.lists();
    goOn->click();
    // On and on, until something comes.
    QTRY_COMPARE_WITH_TIMEOUT(f.table()->model()->rowCount(), 2, deadline);
    QVERIFY(f.lists() >= before + 3);
    QTRY_VERIFY_WITH_TIMEOUT(!goOn->isVisible(), deadline);
    // What was found further back stays when the engine says that something is new.
    f.messages.add("Newest needle");
    f.fake.engine.push("messages");
    QTRY_COMPARE_WITH_TIMEOUT(f.table()->model()->rowCount(), 3, deadline);
}

void tst_messages_search::actsOnAllThatIsFoundAfterAQuestionWithTheNumbers() {
    constexpr auto route = "POST /api/v1/messages/actions";
    Fixture f;
    f.messages.addMany(3, State::Failed);
    std::vector<std::string> bodies;
    f.fake.engine.answer(route, [&](const client::ClientRequest& request) {
        bodies.push_back(json::serialise(*request.body));
        contract::BulkResult result;
        result.action = "retry";
        result.found = result.messages = 3;
        result.recipients = 1234;
        result.recipientsByState["failed"] = 1234;
        // The real run stops once on its way.
        if (bodies.size() == 2) result.nextCursor = "c";
        return client::ClientReply{.status = 200,
                                   .contentType = "application/json",
                                   .body = contract::successBody(contract::toJson(result), "test")};
    });
    QVERIFY(f.show());
    QVERIFY(!f.screen->findChild<QToolButton*>(QStringLiteral("acts"))->isEnabled());
    f.filter()->setCurrentIndex(f.filter()->findData(QStringLiteral("failed")));
    f.search()->setText(QStringLiteral("Message"));
    QTRY_VERIFY_WITH_TIMEOUT(f.screen->findChild<QToolButton*>(QStringLiteral("acts"))->isEnabled(), deadline);
    QTest::keyClick(f.search(), Qt::Key_Return);
    f.choose(0);
    QPushButton* yes = nullptr;
    QTRY_VERIFY_WITH_TIMEOUT((yes = f.screen->findChild<QPushButton*>(QStringLiteral("confirmed"))), deadline);
    auto* box = f.screen->findChild<QMessageBox*>();
    QVERIFY2(box->text().contains(QStringLiteral("1,234 recipients of 3 messages")), qPrintable(box->text()));
    QVERIFY(box->text().contains(QStringLiteral("Failed: 1,234")));
    QCOMPARE(bodies, (std::vector<std::string>{R"({"action":"retry","dry_run":true,"q":"status:failed Message"})"}));
    yes->click();
    QTRY_COMPARE_WITH_TIMEOUT(bodies.size(), std::size_t{3}, deadline);
    QCOMPARE(bodies[2], std::string(R"({"action":"retry","dry_run":false,"q":"status:failed Message","cursor":"c"})"));
    QTRY_VERIFY_WITH_TIMEOUT(f.fake.notices.running() == 0 && !f.fake.notices.all().empty(), deadline);
    QVERIFY2(f.fake.notices.all().front().text.contains(QStringLiteral("2,468 recipients of 6 messages are tried now")),
             qPrintable(f.fake.notices.all().front().text));
}

void tst_messages_search::actsOnNothingWhereNothingIsFoundForIt() {
    Fixture f;
    f.messages.addMany(3, State::Sent);
    contract::BulkResult nothing;
    nothing.action = "cancel";
    nothing.found = nothing.skipped = 3;
    f.fake.engine.answer("POST /api/v1/messages/actions", contract::toJson(nothing));
    QVERIFY(f.show());
    f.search()->setText(QStringLiteral("Message"));
    QTRY_VERIFY_WITH_TIMEOUT(f.screen->findChild<QToolButton*>(QStringLiteral("acts"))->isEnabled(), deadline);
    QTest::keyClick(f.search(), Qt::Key_Return);
    f.choose(2);
    QTRY_COMPARE_WITH_TIMEOUT(f.fake.notices.all().size(), std::size_t{1}, deadline);
    QVERIFY(!f.screen->findChild<QPushButton*>(QStringLiteral("confirmed")));
}

QTEST_MAIN(tst_messages_search)
#include "tst_messages_search.moc"
