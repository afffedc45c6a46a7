// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors

// The connection test of an account: its dialog, and what goes on behind it.

#include "tests/ui/accounts_stage.h"
#include "ui/models/wording.h"
#include "ui/screens/accounts/connection_test.h"
#include "ui/widgets/banner.h"

#include <QClipboard>
#include <QSettings>

using namespace postroom;
using namespace postroom::ui;

class TestConnectionTest : public QObject {
    Q_OBJECT

private slots:
    void init() { QSettings().clear(); }

    void savesAndTests();
    void showsEachStepOfATest();
    void forgetsATestThatIsCancelled();
    void goesOnTestingBehindAClosedDialog();
};

void TestConnectionTest::savesAndTests() {
    Stage stage;
    QVERIFY(stage.online);
    stage.desk.engine.answer(one("PATCH", stage.accounts[0]), contract::toJson(stage.accounts[0]));
    stage.desk.engine.answer(one("POST", stage.accounts[0], "/test"),
                             contract::toJson(contract::AccountTest{.ok = true, .steps = {}, .transcript = {}}));
    stage.table()->selectRow(0);
    stage.click(QStringLiteral("Edit"));
    buttonOf(stage.form(), QStringLiteral("Save and test"))->click();
    QTRY_VERIFY(stage.screen->findChild<ConnectionTest*>());
    auto* test = stage.screen->findChild<ConnectionTest*>();
    QTRY_VERIFY(test->findChild<Banner*>()->text().contains(QStringLiteral("works")));
    QTRY_VERIFY(!stage.form());
}

void TestConnectionTest::showsEachStepOfATest() {
    Stage stage;
    QVERIFY(stage.online);
    const contract::AccountTest failed{
        .ok = false,
        .steps = {{.stage = "connect", .ok = true, .took_ms = 12, .detail = "192.0.2.1:465"},
                  {.stage = "auth", .ok = false, .took_ms = 340, .detail = "535 <b>no</b>"}},
        .transcript = {"S: 220 smtp.example.com", "C: EHLO here", "S: 535 <b>no</b>"}};
    stage.desk.engine.answer(one("POST", stage.accounts[0], "/test"), contract::toJson(failed));
    stage.desk.engine.hold(one("POST", stage.accounts[0], "/test"));
    stage.table()->selectRow(0);
    stage.click(QStringLiteral("Test"));
    auto* test = stage.screen->findChild<ConnectionTest*>();
    QVERIFY(test && buttonOf(test, QStringLiteral("Cancel the test")));
    QTRY_COMPARE(stage.desk.engine.count(one("POST", stage.accounts[0], "/test")), 1u);
    stage.desk.engine.release(one("POST", stage.accounts[0], "/test"));
    QTRY_VERIFY(says(test, QStringLiteral("535 <b>no</b>")));
    QVERIFY(says(test, stageText("connect")));
    QVERIFY(says(test, QStringLiteral("340 ms")));
    QVERIFY(says(test, QStringLiteral("C: EHLO here")));
    QVERIFY(test->findChild<Banner*>()->text().contains(stageText("auth")));
    buttonOf(test, QStringLiteral("Copy what was said"))->click();
    QCOMPARE(QGuiApplication::clipboard()->text(),
             QStringLiteral("S: 220 smtp.example.com\nC: EHLO here\nS: 535 <b>no</b>"));
    buttonOf(test, QStringLiteral("Test again"))->click();
    QTRY_COMPARE(stage.desk.engine.count(one("POST", stage.accounts[0], "/test")), 2u);
}

void TestConnectionTest::forgetsATestThatIsCancelled() {
    Stage stage;
    QVERIFY(stage.online);
    const std::string route = one("POST", stage.accounts[0], "/test");
    stage.desk.engine.answer(route, contract::toJson(contract::AccountTest{}));
    stage.desk.engine.hold(route);
    stage.table()->selectRow(0);
    stage.click(QStringLiteral("Test"));
    QTRY_COMPARE(stage.desk.engine.count(route), 1u);
    QCOMPARE(stage.desk.notices.running(), 1);
    auto* test = stage.screen->findChild<ConnectionTest*>();
    buttonOf(test, QStringLiteral("Cancel the test"))->click();
    QCOMPARE(stage.desk.notices.running(), 0);
    QVERIFY(stage.lastNotice().contains(QStringLiteral("cancelled")));
    stage.desk.engine.release(route);
    stage.desk.engine.push("accounts");
    QTRY_VERIFY(stage.desk.engine.count(list) > 1);
    QVERIFY(test->findChild<Banner*>()->text().contains(QStringLiteral("cancelled")));
    QTest::keyClick(test, Qt::Key_Escape);
    QTRY_VERIFY(!stage.screen->findChild<ConnectionTest*>());
}

void TestConnectionTest::goesOnTestingBehindAClosedDialog() {
    Stage stage;
    QVERIFY(stage.online);
    const std::string route = one("POST", stage.accounts[0], "/test");
    stage.desk.engine.answer(route, contract::toJson(contract::AccountTest{.ok = true, .steps = {}, .transcript = {}}));
    stage.desk.engine.hold(route);
    stage.table()->selectRow(0);
    stage.click(QStringLiteral("Test"));
    QTRY_COMPARE(stage.desk.engine.count(route), 1u);
    QTest::keyClick(stage.screen->findChild<ConnectionTest*>(), Qt::Key_Escape);
    QCOMPARE(stage.desk.notices.running(), 1);
    stage.desk.engine.release(route);
    QTRY_COMPARE(stage.desk.notices.running(), 0);
    QVERIFY(stage.lastNotice().contains(QStringLiteral("works")));
    QTRY_VERIFY(!stage.screen->findChild<ConnectionTest*>());
    // And one that the activity panel breaks off.
    stage.desk.engine.hold(route);
    stage.click(QStringLiteral("Test"));
    QTRY_COMPARE(stage.desk.engine.count(route), 2u);
    QTest::keyClick(stage.screen->findChild<ConnectionTest*>(), Qt::Key_Escape);
    const auto cancel = stage.desk.notices.all().front().cancel;
    QVERIFY(cancel);
    cancel();
    QCOMPARE(stage.desk.notices.running(), 0);
    QTRY_VERIFY(!stage.screen->findChild<ConnectionTest*>());
    // One that is under way when its screen goes.
    stage.click(QStringLiteral("Test"));
    QCOMPARE(stage.desk.notices.running(), 1);
    stage.screen.reset();
    QCOMPARE(stage.desk.notices.running(), 0);
}

QTEST_MAIN(TestConnectionTest)
#include "tst_connection_test.moc"
