// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "tests/ui/messages_stage.h"
#include "ui/widgets/copy.h"
#include "ui/widgets/plain.h"

#include <algorithm>
#include <QClipboard>
#include <QMessageBox>
#include <QSettings>
#include <QStandardPaths>

using namespace postroom;
using namespace postroom::ui;

namespace {

constexpr auto actsRoute = "POST /api/v1/messages/actions";

client::ClientReply reply(const contract::BulkResult& result) {
    return {.status = 200,
            .contentType = "application/json",
            .body = contract::successBody(contract::toJson(result), "test")};
}

struct Fixture : MessagesStage {
    std::vector<std::string> bodies;          ///< of the acts that were asked for
    std::vector<contract::BulkResult> pages;  ///< what they are answered, the last one for ever

    [[nodiscard]] QToolButton* acts() const { return screen->findChild<QToolButton*>(QStringLiteral("acts")); }
    [[nodiscard]] QPushButton* yes() const { return screen->findChild<QPushButton*>(QStringLiteral("confirmed")); }
    [[nodiscard]] const Notices::Notice& told() const { return fake.notices.all().front(); }

    static contract::BulkResult page(std::int64_t messages, std::int64_t recipients) {
        contract::BulkResult result;
        result.found = result.messages = messages;
        result.recipients = recipients;
        result.recipientsByState["failed"] = recipients;
        return result;
    }
    // The screen with something looked for, over an engine that answers acts from `pages`.
    bool showFound() {
        messages.addMany(3, State::Failed);
        fake.engine.answer(actsRoute, [this](const client::ClientRequest& request) {
            bodies.push_back(json::serialise(*request.body));
            return reply(pages[std::min(bodies.size(), pages.size()) - 1]);
        });
        if (!show()) return false;
        filter()->setCurrentIndex(filter()->findData(QStringLiteral("failed")));
        return QTest::qWaitFor([this] { return acts()->isEnabled(); }, deadline);
    }
    // As when the language changes.
    bool buildAnew() {
        screen.reset();
        screen = std::make_unique<MessagesScreen>(fake.desk);
        screen->resize(824, 640);
        screen->show();
        filter()->setCurrentIndex(filter()->findData(QStringLiteral("failed")));
        return QTest::qWaitFor([this] { return table()->model()->rowCount() == 3 && !rows()->isLoading(); }, deadline);
    }
    // All that is found is tried again, as far as the page that is held back.
    bool beginToRetry() {
        choose(0);
        if (!QTest::qWaitFor([this] { return yes() != nullptr; }, deadline)) return false;
        fake.engine.hold(actsRoute);
        yes()->click();
        return QTest::qWaitFor([this] { return fake.engine.count(actsRoute) == 2; }, deadline);
    }
};

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
    void goesOnWithAnActWhenTheScreenIsBuiltAnew();
    void asksNothingForAScreenThatIsGone();
    void saysWhatWasDoneWhenTheDeskGoes();
    void saysWhatWasDoneBeforeAnActFailed_data();
    void saysWhatWasDoneBeforeAnActFailed();
    void actsOnNothingWhileTheFieldSaysSomethingElse();
    void offersNoFurtherSearchWhereNoMoreIsShown();
    void copiesActsAsCommands();
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
    QVERIFY(!f.acts()->isEnabled());
    // It was of that search alone.
    const FakeMessages mended(f.fake.engine);
    f.search()->setText(QStringLiteral("tag:old"));
    QTRY_VERIFY_WITH_TIMEOUT(f.acts()->isEnabled(), deadline);
    QVERIFY(!f.search()->property("wrong").toBool());
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
    Fixture f;
    f.pages = {Fixture::page(3, 1234), Fixture::page(3, 1234), Fixture::page(3, 1234)};
    f.pages[0].startCursor = "s";
    // The real run stops once on its way.
    f.pages[1].nextCursor = "c";
    QVERIFY(f.showFound());
    f.search()->setText(QStringLiteral("Message"));
    QTest::keyClick(f.search(), Qt::Key_Return);
    QVERIFY(f.acts()->isEnabled());
    f.choose(0);
    QTRY_VERIFY_WITH_TIMEOUT(f.yes(), deadline);
    auto* box = f.screen->findChild<QMessageBox*>();
    QVERIFY2(box->text().contains(QStringLiteral("1,234 recipient(s) of 3 message(s)")), qPrintable(box->text()));
    QVERIFY(box->text().contains(QStringLiteral("Failed: 1,234")));
    QVERIFY(withoutBreaks(box->text()).contains(QStringLiteral("status:failed Message")));
    QCOMPARE(f.bodies, (std::vector<std::string>{R"({"action":"retry","dry_run":true,"q":"status:failed Message"})"}));
    f.yes()->click();
    QTRY_COMPARE_WITH_TIMEOUT(f.bodies.size(), std::size_t{3}, deadline);
    // It begins where the count began: nobody was asked about what came since.
    QCOMPARE(f.bodies[1],
             std::string(R"({"action":"retry","dry_run":false,"q":"status:failed Message","cursor":"s"})"));
    QCOMPARE(f.bodies[2],
             std::string(R"({"action":"retry","dry_run":false,"q":"status:failed Message","cursor":"c"})"));
    QTRY_VERIFY_WITH_TIMEOUT(f.fake.notices.running() == 0 && !f.fake.notices.all().empty(), deadline);
    QVERIFY2(f.told().text.contains(QStringLiteral("2,468 recipient(s) of 6 message(s) are tried now")),
             qPrintable(f.told().text));
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

void tst_messages_search::goesOnWithAnActWhenTheScreenIsBuiltAnew() {
    Fixture f;
    f.pages = {Fixture::page(3, 3), Fixture::page(3, 3), Fixture::page(4, 4)};
    f.pages[1].nextCursor = "c";
    QVERIFY(f.showFound());
    QVERIFY(f.beginToRetry());
    QVERIFY(f.buildAnew());
    QVERIFY(!f.acts()->isEnabled());
    QCOMPARE(f.fake.notices.running(), 1);
    f.fake.engine.release(actsRoute);
    QTRY_COMPARE_WITH_TIMEOUT(f.fake.notices.running(), 0, deadline);
    QVERIFY2(f.told().text.contains(QStringLiteral("7 recipient(s) of 7 message(s) are tried now")),
             qPrintable(f.told().text));
    QVERIFY(f.acts()->isEnabled());
}

void tst_messages_search::asksNothingForAScreenThatIsGone() {
    Fixture f;
    f.pages = {Fixture::page(3, 3)};
    QVERIFY(f.showFound());
    f.fake.engine.hold(actsRoute);
    f.choose(0);
    QTRY_COMPARE_WITH_TIMEOUT(f.fake.engine.count(actsRoute), std::size_t{1}, deadline);
    QVERIFY(f.buildAnew());
    f.fake.engine.release(actsRoute);
    QTRY_VERIFY_WITH_TIMEOUT(f.acts()->isEnabled(), deadline);
    QVERIFY(!f.yes() && f.fake.notices.all().empty());
}

void tst_messages_search::saysWhatWasDoneWhenTheDeskGoes() {
    Fixture f;
    f.pages = {Fixture::page(3, 3)};
    QVERIFY(f.showFound());
    QVERIFY(f.beginToRetry());
    const auto cancel = f.told().cancel;
    QVERIFY(cancel);
    f.screen.reset();
    // Whoever looks at the activity panel breaks it off, and then goes to another engine.
    cancel();
    f.fake.desk.jobs.reset();
    QCOMPARE(f.fake.notices.running(), 0);
    QVERIFY2(f.told().text.startsWith(QStringLiteral("It stopped before the end.")), qPrintable(f.told().text));
    QVERIFY(!f.told().cancel);
}

void tst_messages_search::saysWhatWasDoneBeforeAnActFailed_data() {
    QTest::addColumn<bool>("saysSoItself");
    QTest::newRow("the engine says what it did") << true;
    QTest::newRow("the request failed") << false;
}

void tst_messages_search::saysWhatWasDoneBeforeAnActFailed() {
    QFETCH(bool, saysSoItself);
    Fixture f;
    f.pages = {Fixture::page(3, 3), Fixture::page(2, 2), Fixture::page(1, 1)};
    f.pages[1].nextCursor = f.pages[2].nextCursor = "c";
    if (saysSoItself) f.pages[2].stoppedBy = "storage.full";
    QVERIFY(f.showFound());
    QVERIFY(f.beginToRetry());
    f.fake.engine.release(actsRoute);
    if (!saysSoItself) f.fake.engine.refuse(actsRoute, Error{.code = ErrorCode::StorageFull, .detail = {}});
    QTRY_COMPARE_WITH_TIMEOUT(f.fake.notices.running(), 0, deadline);
    const QString done = saysSoItself ? QStringLiteral("3 recipient(s) of 3 message(s)")
                                      : QStringLiteral("2 recipient(s) of 2 message(s)");
    QVERIFY2(f.told().text.startsWith(done + QStringLiteral(" are tried now. It stopped before the end. ")),
             qPrintable(f.told().text));
    QVERIFY(f.told().text.contains(QStringLiteral("disk is full")));
    QVERIFY(f.told().tone == Tone::Bad);
}

void tst_messages_search::actsOnNothingWhileTheFieldSaysSomethingElse() {
    Fixture f;
    f.messages.addMany(3, State::Sent);
    QVERIFY(f.show());
    f.search()->setText(QStringLiteral("Message"));
    QTRY_VERIFY_WITH_TIMEOUT(f.acts()->isEnabled(), deadline);
    QTest::keyClicks(f.search(), QStringLiteral(" 2"));
    QVERIFY(!f.acts()->isEnabled());
    QTRY_VERIFY_WITH_TIMEOUT(f.acts()->isEnabled(), deadline);
    f.search()->setText(QStringLiteral("colour:red"));
    QTRY_VERIFY_WITH_TIMEOUT(f.search()->property("wrong").toBool(), deadline);
    QVERIFY(!f.acts()->isEnabled());
    f.search()->setText(QStringLiteral("Message"));
    QTRY_VERIFY_WITH_TIMEOUT(f.acts()->isEnabled(), deadline);
}

void tst_messages_search::offersNoFurtherSearchWhereNoMoreIsShown() {
    Fixture f;
    f.messages.addMany(2500);
    QVERIFY(f.show());
    f.messages.slice = 90;
    f.search()->setText(QStringLiteral("Message"));
    auto* goOn = f.button("go-on");
    QTRY_COMPARE_WITH_TIMEOUT(f.table()->model()->rowCount(), 90, deadline);
    while (!f.rows()->isFull()) {
        const int before = f.table()->model()->rowCount();
        QTRY_VERIFY_WITH_TIMEOUT(goOn->isVisible() && !f.rows()->isBusy(), deadline);
        goOn->click();
        QTRY_VERIFY_WITH_TIMEOUT(f.table()->model()->rowCount() > before, deadline);
    }
    QVERIFY(f.table()->model()->rowCount() <= PagedTable::mostRows);
    QTRY_VERIFY_WITH_TIMEOUT(!goOn->isVisible(), deadline);
    QVERIFY2(f.text("searched").startsWith(QStringLiteral("Searched back to ")), qPrintable(f.text("searched")));
    QVERIFY(f.text("status").endsWith(QStringLiteral("no more are shown")));
}

void tst_messages_search::copiesActsAsCommands() {
    Fixture f;
    QVERIFY(f.show());
    // Of the list, and of one message.
    QList<CopyAsButton*> buttons = f.screen->findChildren<CopyAsButton*>();
    buttons.removeIf([&](const CopyAsButton* each) { return f.details()->isAncestorOf(each); });
    QCOMPARE(buttons.size(), 1);
    const auto copied = [&](int act) {
        QStringList commands;
        for (QAction* each : buttons.front()->menu()->actions()[2 + act]->menu()->actions()) {
            each->trigger();
            commands << QGuiApplication::clipboard()->text();
        }
        return commands;
    };
    // Without a search there is no such act.
    QCOMPARE(copied(0), (QStringList{QString(), QString()}));
    f.filter()->setCurrentIndex(f.filter()->findData(QStringLiteral("held")));
    QCOMPARE(copied(1),
             (QStringList{QStringLiteral("curl -H \"Authorization: Bearer $TOKEN\" -X POST -H "
                                         "'Content-Type: application/json' -d "
                                         "'{\"action\":\"release\",\"dry_run\":false,\"q\":\"status:held\"}' "
                                         "http://127.0.0.1:8000/api/v1/messages/actions"),
                          QStringLiteral("postroomctl messages release --query status:held")}));
}

QTEST_MAIN(tst_messages_search)
#include "tst_messages_search.moc"
