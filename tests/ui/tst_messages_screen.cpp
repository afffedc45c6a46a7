// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "tests/ui/messages_stage.h"
#include "tests/ui/widget_checks.h"
#include "ui/models/paged_table.h"
#include "ui/models/wording.h"
#include "ui/screens/messages/message_details.h"
#include "ui/screens/messages/message_facts.h"
#include "ui/screens/messages/messages_screen.h"
#include "ui/widgets/copy.h"
#include "ui/widgets/mail_preview.h"
#include "ui/widgets/plain.h"
#include "ui/widgets/table.h"

#include <QClipboard>
#include <QComboBox>
#include <QMenu>
#include <QScrollBar>
#include <QSettings>
#include <QStandardPaths>
#include <QTabBar>
#include <QTabWidget>
#include <QTextBrowser>

using namespace postroom;
using namespace postroom::ui;
using namespace std::chrono_literals;
using contract::Message;
using contract::State;

namespace {
using Fixture = MessagesStage;
}  // namespace

class tst_messages_screen : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() {
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setOrganizationName(QStringLiteral("postroom-test"));
        QCoreApplication::setApplicationName(QStringLiteral("messages"));
        QSettings().clear();
    }
    void listsMessagesNewestFirst();
    void saysHowToBeginWhereThereIsNone();
    void showsOneStateAtATime();
    void showsANewMessageAsTheEngineTells();
    void offersNewerMessagesToWhoReadsFurtherDown();
    void opensAMessageByReturnAndLeavesItByEscape();
    void opensAMessageThatIsNotInTheList();
    void opensAStateByItsName();
    void bringsTheDetailsUpToDateWhenTheEngineNamesTheMessage();
    void ignoresTheAnswerForAnOlderSelection();
    void ignoresTheAttemptsOfAnOlderSelection();
    void keepsWhatWasReadWhenARefreshFails();
    void loadsEachPartWhenItIsLookedAt();
    void saysWhyAMessageWaits();
    void theMailIsShownWithoutItsRemoteParts();
    void actsFollowTheStates_data();
    void actsFollowTheStates();
    void retriesAndTellsWhatCameOfIt();
    void cancelsOneRecipientWithoutAQuestion();
    void cancelAsksWhereSeveralWouldNotGetIt();
    void sendsOrDropsWhatIsHeldAfterAQuestion_data();
    void sendsOrDropsWhatIsHeldAfterAQuestion();
    void showsWhatIsKnownOfWhatIsHeld();
    void tellsWhyAnActFailed();
    void copiesTheListAsACommand();
    void copiesTheActsOfAMessageAsCommands();
    void saysWhyTheListCanNotBeRead();
    void strangersTextNeitherWidensNorIsHtml();
    void everyFocusHasAName();
};

void tst_messages_screen::listsMessagesNewestFirst() {
    Fixture f;
    f.messages.addMany(150);
    f.messages.add("Invoice 4711", State::Failed, 3).sandbox = true;
    QVERIFY(f.show());
    const QAbstractItemModel* model = f.table()->model();
    QTRY_COMPARE_WITH_TIMEOUT(model->rowCount(), 100, deadline);
    QCOMPARE(model->index(0, 0).data().toString(), QStringLiteral("Failed"));
    QCOMPARE(model->index(0, 0).data(ToneRole).toInt(), static_cast<int>(Tone::Bad));
    QCOMPARE(model->index(0, 2).data().toString(), QStringLiteral("Invoice 4711"));
    QCOMPARE(model->index(0, 3).data().toString(), QStringLiteral("3"));
    QCOMPARE(model->index(0, 6).data().toString(), QStringLiteral("Yes"));
    QCOMPARE(f.text("status"), QStringLiteral("100 loaded, more below"));
    f.table()->scrollToBottom();
    QTRY_COMPARE_WITH_TIMEOUT(model->rowCount(), 151, deadline);
    QTRY_VERIFY_WITH_TIMEOUT(f.text("status").startsWith(QStringLiteral("151 message")), deadline);
}

void tst_messages_screen::saysHowToBeginWhereThereIsNone() {
    Fixture f;
    QVERIFY(f.show());
    QVERIFY(says(f.screen.get(), QStringLiteral("No messages yet")));
    QPushButton* compose = buttonOf(f.screen.get(), QStringLiteral("Send a test mail"));
    QVERIFY(compose);
    compose->click();
    QCOMPARE(f.fake.went.size(), std::size_t{1});
    QVERIFY(f.fake.went.front().first == Place::Compose);
}

void tst_messages_screen::showsOneStateAtATime() {
    Fixture f;
    f.messages.addMany(3, State::Sent);
    f.messages.add("Broken", State::Failed);
    QVERIFY(f.show());
    QTest::keySequence(f.screen.get(), QKeySequence::Find);
    QTRY_VERIFY_WITH_TIMEOUT(f.search()->hasFocus(), deadline);
    f.filter()->setCurrentIndex(f.filter()->findData(QStringLiteral("failed")));
    QTRY_COMPARE_WITH_TIMEOUT(f.table()->model()->rowCount(), 1, deadline);
    f.filter()->setCurrentIndex(f.filter()->findData(QStringLiteral("held")));
    QTRY_VERIFY_WITH_TIMEOUT(says(f.screen.get(), QStringLiteral("No message is in this state")), deadline);
    buttonOf(f.screen.get(), QStringLiteral("Show all states"))->click();
    QTRY_COMPARE_WITH_TIMEOUT(f.table()->model()->rowCount(), 4, deadline);
}

void tst_messages_screen::showsANewMessageAsTheEngineTells() {
    Fixture f;
    f.messages.addMany(3);
    QVERIFY(f.show());
    f.messages.add("Just now");
    f.fake.engine.push("messages");
    QTRY_COMPARE_WITH_TIMEOUT(f.table()->model()->rowCount(), 4, deadline);
    QCOMPARE(f.table()->model()->index(0, 2).data().toString(), QStringLiteral("Just now"));
}

void tst_messages_screen::offersNewerMessagesToWhoReadsFurtherDown() {
    Fixture f;
    f.messages.addMany(100);
    QVERIFY(f.show());
    QTRY_COMPARE_WITH_TIMEOUT(f.table()->model()->rowCount(), 100, deadline);
    f.table()->verticalScrollBar()->setValue(40);
    f.messages.add("Just now");
    f.fake.engine.push("messages");
    QTRY_VERIFY_WITH_TIMEOUT(f.button("newer")->isVisible(), deadline);
    QCOMPARE(f.table()->model()->rowCount(), 100);
    f.button("newer")->click();
    QTRY_VERIFY_WITH_TIMEOUT(!f.button("newer")->isVisible(), deadline);
    QCOMPARE(f.table()->model()->index(0, 2).data().toString(), QStringLiteral("Just now"));
    QCOMPARE(f.table()->verticalScrollBar()->value(), 0);
}

void tst_messages_screen::opensAMessageByReturnAndLeavesItByEscape() {
    Fixture f;
    f.messages.addMany(3);
    for (const Message& message : f.messages.all) f.serve(message);
    QVERIFY(f.show());
    QVERIFY(!f.details()->isVisible());
    f.table()->setFocus();
    f.table()->setCurrentIndex(f.table()->model()->index(1, 0));
    QTest::keyClick(f.table(), Qt::Key_Return);
    QTRY_VERIFY_WITH_TIMEOUT(f.details()->isVisible(), deadline);
    QTRY_COMPARE_WITH_TIMEOUT(f.text("subject"), toQString(f.messages.all[1].subject), deadline);
    // The arrows go on to the next while the details are open.
    QTest::keyClick(f.table(), Qt::Key_Down);
    QTRY_COMPARE_WITH_TIMEOUT(f.text("subject"), toQString(f.messages.all[2].subject), deadline);
    QTest::keyClick(f.table(), Qt::Key_Escape);
    QTRY_VERIFY_WITH_TIMEOUT(!f.details()->isVisible(), deadline);
    QVERIFY(f.table()->hasFocus());
}

void tst_messages_screen::opensAMessageThatIsNotInTheList() {
    Fixture f;
    f.messages.addMany(1);
    Message old = f.messages.all.front();
    old.id = makeId(TimePoint{1'700'000'000'000ms});
    old.subject = "Long ago";
    f.serve(old);
    QVERIFY(f.show());
    f.screen->open(toQString(old.id.text()));
    QTRY_COMPARE_WITH_TIMEOUT(f.text("subject"), QStringLiteral("Long ago"), deadline);
    QVERIFY(!f.table()->selectionModel()->hasSelection());
    f.screen->open(QStringLiteral("nonsense"));
    QTRY_VERIFY_WITH_TIMEOUT(says(f.details(), QStringLiteral("There is no such message.")), deadline);
}

void tst_messages_screen::opensAStateByItsName() {
    Fixture f;
    f.messages.addMany(3, State::Sent);
    f.messages.add("Broken", State::Failed);
    QVERIFY(f.show());
    f.screen->open(QStringLiteral("failed"));
    QTRY_COMPARE_WITH_TIMEOUT(f.table()->model()->rowCount(), 1, deadline);
}

void tst_messages_screen::bringsTheDetailsUpToDateWhenTheEngineNamesTheMessage() {
    Fixture f;
    Message& message = f.messages.add("Moving");
    message.deliveries = {delivery("ann@example.com", State::Queued)};
    f.serve(message);
    QVERIFY(f.show());
    f.openRow(0);
    QTRY_COMPARE_WITH_TIMEOUT(f.text("state"), QStringLiteral("Queued"), deadline);
    message.status = State::Sent;
    message.deliveries.front().status = State::Sent;
    f.serve(message);
    f.fake.engine.push("messages", {makeId(message.createdAt).text()});
    f.fake.engine.push("messages", {message.id.text()});
    QTRY_COMPARE_WITH_TIMEOUT(f.text("state"), QStringLiteral("Sent"), deadline);
    const auto* deliveries = f.screen->findChild<Table*>(QStringLiteral("deliveries"));
    QCOMPARE(deliveries->model()->index(0, 2).data().toString(), QStringLiteral("Sent"));
}

void tst_messages_screen::ignoresTheAnswerForAnOlderSelection() {
    Fixture f;
    f.messages.addMany(2);
    for (const Message& message : f.messages.all) f.serve(message);
    QVERIFY(f.show());
    const std::string slow = routeOf(f.messages.all[0]);
    f.fake.engine.hold(slow);
    f.openRow(0);
    QTRY_COMPARE_WITH_TIMEOUT(f.fake.engine.count(slow), std::size_t{1}, deadline);
    f.openRow(1);
    QTRY_COMPARE_WITH_TIMEOUT(f.text("subject"), toQString(f.messages.all[1].subject), deadline);
    f.fake.engine.release(slow);
    // Whatever comes behind the slow answer shows that it was dropped.
    f.fake.engine.push("messages", {f.messages.all[1].id.text()});
    QTRY_VERIFY_WITH_TIMEOUT(f.fake.engine.count(routeOf(f.messages.all[1])) >= 2, deadline);
    QCOMPARE(f.text("subject"), toQString(f.messages.all[1].subject));
}

void tst_messages_screen::ignoresTheAttemptsOfAnOlderSelection() {
    Fixture f;
    f.messages.addMany(2);
    for (const Message& message : f.messages.all) f.serve(message);
    const std::string slow = routeOf(f.messages.all[0], "/attempts"), quick = routeOf(f.messages.all[1], "/attempts");
    f.fake.engine.answer(slow, contract::toJson(Items{{attempt(1, "sent", "250 of the first")}}));
    f.fake.engine.answer(quick, contract::toJson(Items{{attempt(2, "deferred", "451 of the second")}}));
    f.fake.engine.hold(slow);
    QVERIFY(f.show());
    f.openRow(0);
    f.parts()->setCurrentIndex(1);
    QTRY_COMPARE_WITH_TIMEOUT(f.fake.engine.count(slow), std::size_t{1}, deadline);
    f.openRow(1);
    const auto* dialogue = f.screen->findChild<QPlainTextEdit*>(QStringLiteral("dialogue"));
    QTRY_VERIFY_WITH_TIMEOUT(dialogue->toPlainText().startsWith(QStringLiteral("451 of the second")), deadline);
    f.fake.engine.release(slow);
    // Whatever comes behind the slow answer shows that it was dropped.
    f.fake.engine.push("messages", {f.messages.all[1].id.text()});
    QTRY_COMPARE_WITH_TIMEOUT(f.fake.engine.count(quick), std::size_t{2}, deadline);
    QVERIFY(dialogue->toPlainText().startsWith(QStringLiteral("451 of the second")));

    // Nor does one for details that were left come back to them.
    f.fake.engine.hold(slow);
    f.openRow(0);
    QTRY_COMPARE_WITH_TIMEOUT(f.fake.engine.count(slow), std::size_t{2}, deadline);
    QTest::keyClick(f.parts()->tabBar(), Qt::Key_Escape);
    QTRY_VERIFY(f.details()->isHidden());
    f.fake.engine.release(slow);
    f.openRow(1);
    QTRY_COMPARE_WITH_TIMEOUT(f.fake.engine.count(quick), std::size_t{3}, deadline);
    QTRY_VERIFY_WITH_TIMEOUT(dialogue->toPlainText().startsWith(QStringLiteral("451 of the second")), deadline);
}

void tst_messages_screen::keepsWhatWasReadWhenARefreshFails() {
    Fixture f;
    Message& message = f.messages.add("Tried twice");
    message.waitingFor = contract::WaitingFor{.code = "account.none", .params = {}, .until = {}};
    f.serve(message);
    const std::string attempts = routeOf(message, "/attempts"), explain = routeOf(message, "/explain");
    const json::Value tried = contract::toJson(Items{{attempt(1, "deferred", "451 first")}});
    const json::Value explained = contract::toJson(contract::Explanation{.messageId = message.id,
                                                                         .status = State::Queued,
                                                                         .waitingFor = message.waitingFor,
                                                                         .deliveries = {},
                                                                         .accounts = {},
                                                                         .evidence = {}});
    f.fake.engine.answer(attempts, tried);
    f.fake.engine.answer(explain, explained);
    QVERIFY(f.show());
    f.openRow(0);
    f.parts()->setCurrentIndex(1);
    const auto* table = f.screen->findChild<Table*>(QStringLiteral("attempts"));
    QTRY_COMPARE_WITH_TIMEOUT(table->model()->rowCount(), 1, deadline);
    const Error slow{.code = ErrorCode::Overloaded};
    f.fake.engine.refuse(attempts, slow);
    f.fake.engine.refuse(explain, slow);
    f.fake.engine.push("messages", {message.id.text()});
    QTRY_VERIFY_WITH_TIMEOUT(says(f.details(), errorText(slow)), deadline);
    QCOMPARE(table->model()->rowCount(), 1);
    QVERIFY(table->isVisible());

    // Nothing was ever read here: the reason stands in its place.
    f.parts()->setCurrentIndex(3);
    QTRY_COMPARE_WITH_TIMEOUT(f.text("why"), errorText(slow), deadline);
    f.fake.engine.answer(attempts, tried);
    f.fake.engine.answer(explain, explained);
    f.details()->refresh();
    QTRY_COMPARE_WITH_TIMEOUT(f.text("why"), QStringLiteral("There is no account to send with: add one"), deadline);
    f.fake.engine.refuse(explain, slow);
    f.details()->refresh();
    QTRY_VERIFY_WITH_TIMEOUT(says(f.details(), errorText(slow)), deadline);
    QCOMPARE(f.text("why"), QStringLiteral("There is no account to send with: add one"));
    buttonOf(f.details(), QStringLiteral("Try again"))->click();
    QTRY_VERIFY_WITH_TIMEOUT(f.fake.engine.count(explain) >= 4, deadline);
    f.parts()->setCurrentIndex(1);
    QTRY_VERIFY_WITH_TIMEOUT(!says(f.details(), errorText(slow)), deadline);
}

void tst_messages_screen::loadsEachPartWhenItIsLookedAt() {
    Fixture f;
    const Message message = f.messages.add("Tried twice");
    f.serve(message);
    f.fake.engine.answer(
        routeOf(message, "/attempts"),
        contract::toJson(Items{{attempt(1, "deferred", "451 first"), attempt(5, "sent", "250 second")}}));
    QVERIFY(f.show());
    f.openRow(0);
    QTRY_COMPARE_WITH_TIMEOUT(f.fake.engine.count(routeOf(message)), std::size_t{1}, deadline);
    QCOMPARE(f.fake.engine.count(routeOf(message, "/attempts")), std::size_t{0});
    f.parts()->setCurrentIndex(1);
    auto* attempts = f.screen->findChild<Table*>(QStringLiteral("attempts"));
    QTRY_COMPARE_WITH_TIMEOUT(attempts->model()->rowCount(), 2, deadline);
    QCOMPARE(attempts->model()->index(0, 1).data().toString(), QStringLiteral("Sent"));
    const auto* dialogue = f.screen->findChild<QPlainTextEdit*>(QStringLiteral("dialogue"));
    QVERIFY(dialogue->toPlainText().startsWith(QStringLiteral("250 second")));
    QVERIFY(dialogue->toPlainText().contains(QStringLiteral("C: EHLO postroom")));
    QVERIFY(dialogue->toPlainText().contains(QStringLiteral("192.0.2.7:465")));
    attempts->selectRow(1);
    QVERIFY(dialogue->toPlainText().startsWith(QStringLiteral("451 first")));
    f.parts()->setCurrentIndex(0);
    f.parts()->setCurrentIndex(1);
    QCOMPARE(f.fake.engine.count(routeOf(message, "/attempts")), std::size_t{1});
}

void tst_messages_screen::saysWhyAMessageWaits() {
    Fixture f;
    Message& message = f.messages.add("Waiting");
    message.waitingFor = contract::WaitingFor{.code = "account.none", .params = {}, .until = {}};
    f.serve(message);
    contract::Explanation explanation{
        .messageId = message.id,
        .status = State::Queued,
        .waitingFor = message.waitingFor,
        .deliveries = {},
        .accounts = {{.account = "1",
                      .email = "noreply@example.com",
                      .usable = false,
                      .waitingFor = contract::WaitingFor{.code = "account.daily_limit",
                                                         .params = {{"email", "noreply@example.com"}},
                                                         .until = {}}},
                     {.account = "2", .email = "spare@example.com", .usable = true, .waitingFor = {}}},
        .evidence = {}};
    f.fake.engine.answer(routeOf(message, "/explain"), contract::toJson(explanation));
    QVERIFY(f.show());
    f.openRow(0);
    QTRY_COMPARE_WITH_TIMEOUT(f.text("waiting"), QStringLiteral("There is no account to send with: add one"), deadline);
    f.parts()->setCurrentIndex(3);
    auto* chances = f.screen->findChild<Table*>(QStringLiteral("chances"));
    QTRY_COMPARE_WITH_TIMEOUT(chances->model()->rowCount(), 2, deadline);
    QCOMPARE(chances->model()->index(0, 1).data().toString(), QStringLiteral("No"));
    QCOMPARE(chances->model()->index(0, 2).data().toString(),
             QStringLiteral("noreply@example.com has used up its daily limit"));
    QCOMPARE(chances->model()->index(1, 1).data().toString(), QStringLiteral("Yes"));
}

void tst_messages_screen::theMailIsShownWithoutItsRemoteParts() {
    Fixture f;
    const Message message = f.messages.add("Picture");
    f.serve(message);
    contract::MailContent mail;
    mail.html = "<p>Hello <b>Ann</b><img src=\"http://tracker.example/pixel.png\"></p>";
    mail.text = "Hello Ann";
    mail.source = "Subject: Picture\r\n\r\nHello";
    mail.to = {"ann@example.com"};
    mail.attachments = {{.filename = "发票 2026.pdf", .contentType = "application/pdf", .size_bytes = 12345}};
    f.fake.engine.answer(routeOf(message, "/raw"), contract::toJson(mail));
    QVERIFY(f.show());
    f.openRow(0);
    f.parts()->setCurrentIndex(2);
    auto* preview = f.screen->findChild<MailPreview*>();
    QTRY_VERIFY_WITH_TIMEOUT(says(preview, QStringLiteral("ann@example.com")), deadline);
    QVERIFY(says(preview, QStringLiteral("Remote content is never loaded")));
    bool shown = false;
    for (const auto* view : preview->findChildren<QTextBrowser*>())
        shown = shown || (view->isVisible() && view->toPlainText().startsWith(QStringLiteral("Hello Ann")));
    QVERIFY(shown);
    // A mail does not change: it is asked for once.
    f.fake.engine.push("messages", {message.id.text()});
    QTRY_VERIFY_WITH_TIMEOUT(f.fake.engine.count(routeOf(message)) >= 2, deadline);
    QCOMPARE(f.fake.engine.count(routeOf(message, "/raw")), std::size_t{1});
}

void tst_messages_screen::actsFollowTheStates_data() {
    QTest::addColumn<QString>("counts");
    QTest::addColumn<int>("retriableCount");
    QTest::addColumn<int>("cancellableCount");
    const auto row = [](const char* counts, int retriableCount, int cancellableCount) {
        QTest::newRow(counts) << QString::fromLatin1(counts) << retriableCount << cancellableCount;
    };
    row("scheduled=1", 0, 1);
    row("queued=2", 2, 2);
    row("sending=1", 0, 0);
    row("sent=3", 0, 0);
    row("failed=1", 1, 0);
    row("expired=1", 1, 0);
    row("held=1", 0, 1);
    row("held=1 failed=2", 2, 1);
    row("cancelled=1", 0, 0);
    row("sent=3 failed=2 queued=1", 3, 1);
    row("unheard-of=4", 0, 0);
}

void tst_messages_screen::actsFollowTheStates() {
    QFETCH(QString, counts);
    Message message;
    for (const QString& part : counts.split(QLatin1Char(' ')))
        message.recipientCounts[toUtf8(part.section(QLatin1Char('='), 0, 0))] =
            part.section(QLatin1Char('='), 1).toInt();
    QFETCH(int, retriableCount);
    QFETCH(int, cancellableCount);
    QCOMPARE(static_cast<int>(retriable(message)), retriableCount);
    QCOMPARE(static_cast<int>(cancellable(message)), cancellableCount);
}

void tst_messages_screen::retriesAndTellsWhatCameOfIt() {
    Fixture f;
    const Message message = f.messages.add("Failed", State::Failed, 2);
    f.serve(message);
    f.fake.engine.answer(routeOf(message, "/retry"),
                         contract::toJson(contract::ActionResult{.messageId = message.id, .changed = 2}));
    QVERIFY(f.show());
    f.openRow(0);
    QTRY_VERIFY_WITH_TIMEOUT(f.button("retry")->isEnabled(), deadline);
    QVERIFY(!f.button("cancel")->isEnabled());
    f.button("retry")->click();
    QTRY_COMPARE_WITH_TIMEOUT(f.fake.notices.all().size(), std::size_t{1}, deadline);
    QVERIFY(f.fake.notices.all().front().tone == Tone::Good);
    QVERIFY(f.fake.notices.all().front().text.startsWith(QStringLiteral("2 recipient")));
    // And the details are read again.
    QTRY_VERIFY_WITH_TIMEOUT(f.fake.engine.count(routeOf(message)) >= 2, deadline);
}

void tst_messages_screen::cancelsOneRecipientWithoutAQuestion() {
    Fixture f;
    const Message message = f.messages.add("Queued", State::Queued, 1);
    f.serve(message);
    f.fake.engine.answer(routeOf(message, "/cancel"),
                         contract::toJson(contract::ActionResult{.messageId = message.id, .changed = 1}));
    QVERIFY(f.show());
    f.openRow(0);
    QTRY_VERIFY_WITH_TIMEOUT(f.button("cancel")->isEnabled(), deadline);
    f.button("cancel")->click();
    QTRY_COMPARE_WITH_TIMEOUT(f.fake.engine.count(routeOf(message, "/cancel")), std::size_t{1}, deadline);
}

void tst_messages_screen::cancelAsksWhereSeveralWouldNotGetIt() {
    Fixture f;
    const Message message = f.messages.add("Queued", State::Queued, 5);
    f.serve(message);
    f.fake.engine.answer(routeOf(message, "/cancel"),
                         contract::toJson(contract::ActionResult{.messageId = message.id, .changed = 5}));
    QVERIFY(f.show());
    f.openRow(0);
    QTRY_VERIFY_WITH_TIMEOUT(f.button("cancel")->isEnabled(), deadline);
    f.button("cancel")->click();
    QPushButton* yes = nullptr;
    QTRY_VERIFY_WITH_TIMEOUT((yes = f.screen->findChild<QPushButton*>(QStringLiteral("confirmed"))), deadline);
    QCOMPARE(f.fake.engine.count(routeOf(message, "/cancel")), std::size_t{0});
    yes->click();
    QTRY_COMPARE_WITH_TIMEOUT(f.fake.engine.count(routeOf(message, "/cancel")), std::size_t{1}, deadline);
}

void tst_messages_screen::sendsOrDropsWhatIsHeldAfterAQuestion_data() {
    QTest::addColumn<QByteArray>("button");
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("send") << QByteArray("release") << QByteArray("null");
    QTest::newRow("drop") << QByteArray("drop") << QByteArray(R"({"to":"drop"})");
}

void tst_messages_screen::sendsOrDropsWhatIsHeldAfterAQuestion() {
    QFETCH(QByteArray, button);
    QFETCH(QByteArray, body);
    Fixture f;
    const Message message = f.messages.add("Held", State::Held, 1);
    f.serve(message);
    f.fake.engine.answer(routeOf(message, "/release"),
                         contract::toJson(contract::ActionResult{.messageId = message.id, .changed = 1}));
    QVERIFY(f.show());
    f.openRow(0);
    QTRY_VERIFY_WITH_TIMEOUT(f.button(button)->isVisible(), deadline);
    QVERIFY(!f.button("retry")->isVisible() && !f.button("cancel")->isVisible());
    f.button(button)->click();
    QPushButton* yes = nullptr;
    QTRY_VERIFY_WITH_TIMEOUT((yes = f.screen->findChild<QPushButton*>(QStringLiteral("confirmed"))), deadline);
    QCOMPARE(f.fake.engine.count(routeOf(message, "/release")), std::size_t{0});
    yes->click();
    QTRY_COMPARE_WITH_TIMEOUT(f.fake.notices.all().size(), std::size_t{1}, deadline);
    QVERIFY(f.fake.notices.all().front().tone == Tone::Good);
    QCOMPARE(json::serialise(f.fake.engine.lastBody(routeOf(message, "/release"))), body.toStdString());
}

void tst_messages_screen::showsWhatIsKnownOfWhatIsHeld() {
    Fixture f;
    const Message message = f.messages.add("Held", State::Held, 1);
    f.serve(message);
    contract::Attempt tried = attempt(1, "unknown", "");
    tried.stage = "dot";
    tried.detail = "the connection broke";
    f.fake.engine.answer(routeOf(message, "/explain"),
                         contract::toJson(contract::Explanation{
                             .messageId = message.id,
                             .status = State::Held,
                             .waitingFor = contract::WaitingFor{.code = "message.held", .params = {}, .until = {}},
                             .deliveries = {},
                             .accounts = {},
                             .evidence = {tried}}));
    QVERIFY(f.show());
    f.openRow(0);
    f.parts()->setCurrentIndex(3);
    QTRY_VERIFY_WITH_TIMEOUT(
        withoutBreaks(f.text("evidence")).contains(QStringLiteral("noreply@example.com (192.0.2.7:465)")), deadline);
    QVERIFY(withoutBreaks(f.text("evidence")).endsWith(QStringLiteral("the connection broke")));
}

void tst_messages_screen::tellsWhyAnActFailed() {
    Fixture f;
    const Message message = f.messages.add("Failed", State::Failed, 1);
    f.serve(message);
    f.fake.engine.refuse(routeOf(message, "/retry"), Error{.code = ErrorCode::Conflict, .detail = "none of them"});
    QVERIFY(f.show());
    f.openRow(0);
    QTRY_VERIFY_WITH_TIMEOUT(f.button("retry")->isEnabled(), deadline);
    f.button("retry")->click();
    QTRY_COMPARE_WITH_TIMEOUT(f.fake.notices.all().size(), std::size_t{1}, deadline);
    QVERIFY(f.fake.notices.all().front().tone == Tone::Bad);
    QVERIFY(f.fake.notices.all().front().text.contains(QStringLiteral("none of them")));
}

void tst_messages_screen::copiesTheListAsACommand() {
    Fixture f;
    QVERIFY(f.show());
    f.filter()->setCurrentIndex(f.filter()->findData(QStringLiteral("failed")));
    QStringList copied;
    for (const CopyAsButton* copyAs : f.screen->findChildren<CopyAsButton*>())
        for (QAction* act : copyAs->menu()->actions()) {
            if (act->menu()) continue;
            act->trigger();
            copied.append(QGuiApplication::clipboard()->text());
        }
    QCOMPARE(copied, (QStringList{QStringLiteral("curl -H \"Authorization: Bearer $TOKEN\" "
                                                 "'http://127.0.0.1:8000/api/v1/messages?q=status%3Afailed'"),
                                  QStringLiteral("postroomctl messages list --query status:failed")}));
}

void tst_messages_screen::copiesTheActsOfAMessageAsCommands() {
    Fixture f;
    const Message message = f.messages.add("Held", State::Held, 1);
    f.serve(message);
    QVERIFY(f.show());
    f.openRow(0);
    QTRY_VERIFY_WITH_TIMEOUT(f.button("drop")->isVisible(), deadline);
    const QList<QAction*> acts = f.details()->findChild<CopyAsButton*>()->menu()->actions();
    QStringList copied;
    for (QAction* each : acts.back()->menu()->actions()) {
        each->trigger();
        copied << QGuiApplication::clipboard()->text();
    }
    const QString id = toQString(message.id.text());
    QCOMPARE(copied, (QStringList{QStringLiteral("curl -H \"Authorization: Bearer $TOKEN\" -X POST -H 'Content-Type: "
                                                 "application/json' -d '{\"to\":\"drop\"}' "
                                                 "http://127.0.0.1:8000/api/v1/messages/%1/release")
                                      .arg(id),
                                  QStringLiteral("postroomctl messages release %1 --drop").arg(id)}));
}

void tst_messages_screen::saysWhyTheListCanNotBeRead() {
    Fixture f;
    f.fake.engine.refuse("GET /api/v1/messages", Error{.code = ErrorCode::Forbidden, .detail = {}});
    QVERIFY(f.fake.connectNow());
    f.screen = std::make_unique<MessagesScreen>(f.fake.desk);
    f.screen->resize(824, 640);
    f.screen->show();
    QTRY_VERIFY_WITH_TIMEOUT(says(f.screen.get(), QStringLiteral("it needs another scope")), deadline);
    const FakeMessages mended(f.fake.engine);
    buttonOf(f.screen.get(), QStringLiteral("Try again"))->click();
    QTRY_VERIFY_WITH_TIMEOUT(says(f.screen.get(), QStringLiteral("No messages yet")), deadline);
}

void tst_messages_screen::strangersTextNeitherWidensNorIsHtml() {
    const std::string monster = "<h1>" + std::string(10240, 'W') + "</h1>";
    Fixture f;
    Message& message = f.messages.add(monster);
    message.from = monster;
    message.messageIdHeader = monster;
    message.waitingFor = contract::WaitingFor{
        .code = "account.resting", .params = {{"email", monster}, {"reason", monster}}, .until = {}};
    message.deliveries = {delivery(monster.c_str(), State::Queued)};
    message.deliveries.front().lastReply = monster;
    f.serve(message);
    contract::Attempt tried = attempt(1, monster.c_str(), monster.c_str());
    tried.transcript.assign(50, monster);
    f.fake.engine.answer(routeOf(message, "/attempts"), contract::toJson(Items{{tried}}));
    contract::MailContent mail;
    mail.from = mail.text = mail.html = mail.source = monster;
    mail.to = {monster};
    mail.attachments = {{.filename = monster, .contentType = monster, .size_bytes = 1}};
    f.fake.engine.answer(routeOf(message, "/raw"), contract::toJson(mail));
    f.fake.engine.answer(routeOf(message, "/explain"),
                         contract::toJson(contract::Explanation{.messageId = message.id,
                                                                .status = State::Queued,
                                                                .waitingFor = message.waitingFor,
                                                                .deliveries = {},
                                                                .accounts = {},
                                                                .evidence = {}}));
    QVERIFY(f.show());
    f.openRow(0);
    QTRY_VERIFY_WITH_TIMEOUT(f.text("subject").startsWith(QStringLiteral("<h1>WWW")), deadline);
    for (int part = 0; part < f.parts()->count(); ++part) {
        f.parts()->setCurrentIndex(part);
        QTRY_VERIFY_WITH_TIMEOUT(!says(f.parts(), QStringLiteral("Loading")), deadline);
        QCOMPARE(richLabel(f.screen.get()), QString());
        QVERIFY2(f.screen->minimumSizeHint().width() <= 824,
                 qPrintable(QString::number(f.screen->minimumSizeHint().width())));
    }
    QCOMPARE(f.screen->width(), 824);
}

void tst_messages_screen::everyFocusHasAName() {
    Fixture f;
    const Message message = f.messages.add("One");
    f.serve(message);
    f.fake.engine.answer(routeOf(message, "/attempts"), contract::toJson(Items{{attempt(1, "sent", "250")}}));
    contract::MailContent mail;
    mail.text = mail.html = mail.source = "Hello";
    mail.attachments.resize(1);
    f.fake.engine.answer(routeOf(message, "/raw"), contract::toJson(mail));
    f.fake.engine.answer(routeOf(message, "/explain"), contract::toJson(contract::Explanation{}));
    QVERIFY(f.show());
    f.openRow(0);
    for (int part = 0; part < f.parts()->count(); ++part) {
        f.parts()->setCurrentIndex(part);
        QTRY_VERIFY_WITH_TIMEOUT(!says(f.parts(), QStringLiteral("Loading")), deadline);
        QCOMPARE(namelessFocus(f.screen.get()), QString());
    }
}

QTEST_MAIN(tst_messages_screen)
#include "tst_messages_screen.moc"
