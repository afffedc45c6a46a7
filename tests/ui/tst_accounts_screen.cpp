// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "tests/ui/accounts_stage.h"
#include "ui/models/wording.h"
#include "ui/screens/accounts/account_rules.h"
#include "ui/screens/accounts/connection_test.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/copy.h"

#include <QClipboard>
#include <QComboBox>
#include <QMenu>
#include <QMessageBox>
#include <QScrollBar>
#include <QSettings>

using namespace postroom;
using namespace postroom::ui;
using contract::Security;

class TestAccountsScreen : public QObject {
    Q_OBJECT

private slots:
    // Columns that an earlier run kept are not this one's.
    void init() { QSettings().clear(); }

    void findsOnlyWhatSurelyIsWrong_data();
    void findsOnlyWhatSurelyIsWrong();
    void refusesAPasswordInClear();
    void knowsTheServersOfProviders_data();
    void knowsTheServersOfProviders();

    void showsTheRows();
    void showsWhyAnAccountRests();
    void offersTheFirstAccount();
    void opensTheFormAndSelectsByName();
    void postsExactlyWhatWasTyped();
    void patchesOnlyWhatChanged();
    void letsALoginGo();
    void marksWhatIsMissingOnlyWhenItIsSaved();
    void showsTheReasonAtItsField();
    void showsAReasonWithoutAFieldInTheBanner();
    void saysWhichAddressIsTaken();
    void offersToLoadAgainWhatSomebodyChanged();
    void refreshesWhatIsStaleAndKeepsTheSelection();
    void keepsTheSelectionOfARowThatMoves();
    void readsOnInTheEnginesOrder();
    void followsTheSecurityWithThePortUntilItIsTyped();
    void fillsInTheServerOfAProvider();
    void disablesAndEnablesWithoutAsking();
    void asksBeforeRemovingAndNamesTheAccount();
    void saysSoWhenTheEngineGoesInMidCall();
    void tellsAFailureAfterTheFormIsClosed();
    void showsHtmlAndEndlessWordsAsText();
    void servesTheKeyboard();
    void copiesCommandsWithoutAPassword();
    void namesWhateverTakesTheFocus();
};

void TestAccountsScreen::findsOnlyWhatSurelyIsWrong_data() {
    QTest::addColumn<QString>("rule");
    QTest::addColumn<QString>("typed");
    QTest::addColumn<bool>("wrongTyping");
    QTest::addColumn<bool>("wrongSaving");
    const QString kilobyte(1000, QLatin1Char('x'));
    const auto row = [](const char* rule, const QString& typed, bool typing, bool saving) {
        const QByteArray name =
            QByteArray(rule) + ' ' + typed.simplified().left(30).toUtf8() + ' ' + QByteArray::number(typed.size());
        QTest::newRow(name.constData()) << QString::fromLatin1(rule) << typed << typing << saving;
    };
    row("address", QString(), false, true);
    row("address", QStringLiteral("ann"), false, true);
    row("address", QStringLiteral("ann@"), false, true);
    row("address", QStringLiteral("ann@example"), false, false);
    row("address", QStringLiteral("ann@example."), false, true);
    row("address", QStringLiteral("ann@example.com"), false, false);
    row("address", QStringLiteral(" ann@example.com "), false, false);
    row("address", QStringLiteral("ann+tag@example.com"), false, false);
    row("address", QStringLiteral("\"a b\"@example.com"), false, false);
    row("address", QStringLiteral("ann@[127.0.0.1]"), false, false);
    row("address", QStringLiteral("ann@127.0.0.1"), false, true);
    row("address", QString::fromUtf8("ann@\xe4\xbe\x8b\xe5\xad\x90.cn"), false, false);
    row("address", QString::fromUtf8("\xe4\xbe\x8b@example.com"), true, true);
    row("address", QStringLiteral("a n@example.com"), true, true);
    row("address", QStringLiteral("@example.com"), true, true);
    row("address", QStringLiteral("ann@b@example.com"), true, true);
    row("address", QStringLiteral("ann@exa mple.com"), true, true);
    row("address", QStringLiteral("ann@example..com"), true, true);
    row("address", QStringLiteral("ann@<b>.com"), true, true);
    row("address", QStringLiteral("a..b@example.com"), true, true);
    row("address", QStringLiteral("Ann <ann@example.com>"), true, true);
    row("address", kilobyte, true, true);
    row("host", QString(), false, true);
    row("host", QStringLiteral("smtp.example.com"), false, false);
    row("host", QStringLiteral("localhost"), false, false);
    row("host", QStringLiteral("127.0.0.1"), false, false);
    row("host", QStringLiteral("::1"), false, false);
    row("host", QStringLiteral("fe80:"), false, true);
    row("host", QStringLiteral("2001:db8::25"), false, false);
    row("host", QStringLiteral("smtp.example.com:465"), true, true);
    row("host", QStringLiteral("localhost:25"), false, true);
    row("host", QStringLiteral("https:/"), true, true);
    row("host", QStringLiteral("ann@example.com"), true, true);
    row("host", QStringLiteral("smtp example"), true, true);
    row("host", QStringLiteral("<b>"), true, true);
    row("host", QString::fromUtf8("\xe4\xbe\x8b.cn"), true, true);
    row("host", kilobyte, true, true);
    row("port", QString(), false, true);
    row("port", QStringLiteral("1"), false, false);
    row("port", QStringLiteral("65535"), false, false);
    row("port", QStringLiteral("0"), true, true);
    row("port", QStringLiteral("65536"), true, true);
    row("port", QStringLiteral("-1"), true, true);
    row("port", QStringLiteral("46x"), true, true);
    row("port", QStringLiteral("99999999999999999999"), true, true);
    row("limit", QString(), false, false);
    row("limit", QStringLiteral("0"), false, false);
    row("limit", QStringLiteral("1000000000"), false, false);
    row("limit", QStringLiteral("1000000001"), true, true);
    row("limit", QStringLiteral("-1"), true, true);
    row("limit", QStringLiteral("1,000"), true, true);
    row("priority", QString(), false, false);
    row("priority", QStringLiteral("-"), false, true);
    row("priority", QStringLiteral("-1000"), false, false);
    row("priority", QStringLiteral("1001"), true, true);
    row("connections", QString(), false, false);
    row("connections", QStringLiteral("0"), true, true);
    row("connections", QStringLiteral("1000"), false, false);
    row("from", QString(), false, false);
    row("from", QStringLiteral("a@example.com\n\n*@example.com\n"), false, false);
    row("from", QStringLiteral("a@example.com\nb@"), false, true);
    row("from", QStringLiteral("a@\nb@example.com"), true, true);
    row("from", QStringLiteral("*example.com\n"), true, true);
    row("certificate", QString(), false, false);
    row("certificate", QStringLiteral("-----BEGIN CERTIFICATE-----\nMII"), false, false);
    row("certificate", QStringLiteral("-----BEGIN"), false, true);
    row("certificate", QStringLiteral("-----BEGIN PRIVATE KEY-----\nMII"), true, true);
    row("fingerprint", QString(), false, false);
    row("fingerprint", QStringLiteral("ab:cd"), false, true);
    row("fingerprint", QString(64, QLatin1Char('A')), false, false);
    row("fingerprint", QString(65, QLatin1Char('A')), true, true);
    row("fingerprint", QStringLiteral("xyz"), true, true);
}

void TestAccountsScreen::findsOnlyWhatSurelyIsWrong() {
    QFETCH(QString, rule);
    QFETCH(QString, typed);
    static const std::map<QString, QString (*)(const QString&, Moment)> rules{
        {QStringLiteral("address"), addressFault},
        {QStringLiteral("host"), hostFault},
        {QStringLiteral("port"), portFault},
        {QStringLiteral("limit"), limitFault},
        {QStringLiteral("priority"), priorityFault},
        {QStringLiteral("connections"), connectionsFault},
        {QStringLiteral("from"), fromAddressesFault},
        {QStringLiteral("certificate"), certificateFault},
        {QStringLiteral("fingerprint"), fingerprintFault},
    };
    const auto fault = rules.at(rule);
    QTEST(!fault(typed, Moment::Typing).isEmpty(), "wrongTyping");
    QTEST(!fault(typed, Moment::Saving).isEmpty(), "wrongSaving");
}

void TestAccountsScreen::refusesAPasswordInClear() {
    const QString user = QStringLiteral("ann"), host = QStringLiteral("smtp.example.com");
    QVERIFY(!securityFault(Security::None, host, user, Moment::Saving).isEmpty());
    QVERIFY(!securityFault(Security::None, QStringLiteral("127.0.0.1.example.com"), user, Moment::Saving).isEmpty());
    QVERIFY(securityFault(Security::None, host, user, Moment::Typing).isEmpty());
    QVERIFY(securityFault(Security::None, host, {}, Moment::Saving).isEmpty());
    QVERIFY(securityFault(Security::None, QStringLiteral("127.0.0.1"), user, Moment::Saving).isEmpty());
    QVERIFY(securityFault(Security::StartTls, host, user, Moment::Saving).isEmpty());
}

void TestAccountsScreen::knowsTheServersOfProviders_data() {
    QTest::addColumn<QString>("address");
    QTest::addColumn<QString>("host");
    QTest::addColumn<int>("port");
    const auto row = [](const char* address, const char* host, int port) {
        QTest::newRow(address) << QString::fromLatin1(address) << QString::fromLatin1(host) << port;
    };
    row("12345@qq.com", "smtp.qq.com", 465);
    row("a@FOXMAIL.com", "smtp.qq.com", 465);
    row("a@exmail.qq.com", "smtp.exmail.qq.com", 465);
    row("a@163.com", "smtp.163.com", 465);
    row("a@126.com", "smtp.126.com", 465);
    row("a@aliyun.com", "smtp.aliyun.com", 465);
    row("a@gmail.com", "smtp.gmail.com", 465);
    row("a@outlook.com", "smtp-mail.outlook.com", 587);
    row("a@office365.com", "smtp.office365.com", 587);
    row("a@firm.onmicrosoft.com", "smtp.office365.com", 587);
    row("a@example.com", "", 0);
    row("a@notgmail.com", "", 0);
    row("gmail.com", "", 0);
    row("", "", 0);
}

void TestAccountsScreen::knowsTheServersOfProviders() {
    QFETCH(QString, address);
    QFETCH(QString, host);
    const auto provider = providerOf(address);
    QCOMPARE(provider ? QString::fromLatin1(provider->host) : QString(), host);
    if (!provider) return;
    QTEST(usualPort(provider->security), "port");
    QVERIFY(!provider->passwordHint.isEmpty());
}

void TestAccountsScreen::showsTheRows() {
    Account free = account("carl@example.com", 2);
    free.dailyLimit.reset();
    Stage stage({account("ann@example.com"), free});
    QVERIFY(stage.online);
    QCOMPARE(stage.rows(), 2);
    QCOMPARE(stage.cell(0, 0), QStringLiteral("ann@example.com"));
    QCOMPARE(stage.cell(0, 1), QStringLiteral("Notifications"));
    QCOMPARE(stage.cell(0, 2), QStringLiteral("smtp.example.com:465"));
    QCOMPARE(stage.cell(0, 3), accountStateWord("active").text);
    QCOMPARE(stage.cell(0, 4), QStringLiteral("400 / 1,000"));
    QCOMPARE(stage.cell(1, 4), QStringLiteral("400"));
    QCOMPARE(stage.table()->model()->index(0, 4).data(FillRole).toDouble(), 0.4);
    QVERIFY(stage.table()->model()->index(1, 4).data(FillRole).toDouble() < 0);
    QVERIFY(!buttonOf(stage.screen.get(), QStringLiteral("Edit"))->isEnabled());
}

void TestAccountsScreen::showsWhyAnAccountRests() {
    Account resting = account("ann@example.com");
    resting.state = "resting";
    resting.waitingFor =
        contract::WaitingFor{.code = "account.resting",
                             .params = {{"email", "ann@example.com"}, {"reason", "smtp.auth_rejected"}},
                             .until = {}};
    resting.problemDetail = "535 5.7.8 <b>bad</b> credentials";
    resting.problemAt = TimePoint{std::chrono::minutes{29'000'000}};
    resting.fromAddresses = {"*@example.com"};
    Stage stage({resting});
    QVERIFY(stage.online);
    stage.table()->selectRow(0);
    QVERIFY(says(stage.screen.get(), waitingText(*resting.waitingFor)));
    QVERIFY(says(stage.screen.get(), QStringLiteral("535 5.7.8 <b>bad</b> credentials")));
    QVERIFY(says(stage.screen.get(), exactTimeText(*resting.problemAt)));
    QVERIFY(says(stage.screen.get(), QStringLiteral("*@example.com")));
    QVERIFY(stage.table()->model()->index(0, 3).data(Qt::ToolTipRole).toString().contains(QStringLiteral("rests")));
}

void TestAccountsScreen::offersTheFirstAccount() {
    Stage stage(std::vector<Account>{});
    QVERIFY(stage.online);
    QTRY_VERIFY(buttonOf(stage.screen.get(), QStringLiteral("Add the first account")));
    stage.click(QStringLiteral("Add the first account"));
    QVERIFY(stage.form());
}

void TestAccountsScreen::opensTheFormAndSelectsByName() {
    Stage stage;
    QVERIFY(stage.online);
    stage.screen->open(QString::fromStdString(stage.accounts[1].id.text()));
    QCOMPARE(stage.table()->currentIndex().row(), 1);
    stage.screen->open(QStringLiteral("new"));
    QVERIFY(stage.form() && stage.form()->isVisible());
}

void TestAccountsScreen::postsExactlyWhatWasTyped() {
    Stage stage;
    QVERIFY(stage.online);
    stage.desk.engine.answer(creation, contract::toJson(account("new@example.com", 3)), 201);
    stage.screen->open(QStringLiteral("new"));
    stage.type("email", QStringLiteral("new@example.com"));
    stage.type("smtp_host", QStringLiteral(" mail.example.com "));
    stage.type("smtp_password", QStringLiteral(" s3cret "));
    QCOMPARE(stage.line("smtp_username")->text(), QStringLiteral("new@example.com"));
    buttonOf(stage.form(), QStringLiteral("Save"))->click();
    QTRY_COMPARE(stage.desk.engine.count(creation), 1u);
    const json::Value bare = stage.desk.engine.lastBody(creation);
    QCOMPARE(sorted(bare), sorted(json::Object{{"email", "new@example.com"},
                                               {"smtp_host", "mail.example.com"},
                                               {"smtp_port", 465},
                                               {"security", "tls"},
                                               {"auth", "password"},
                                               {"smtp_username", "new@example.com"},
                                               {"priority", 0},
                                               {"smtp_password", " s3cret "}}));
    QTRY_VERIFY(!stage.form());
    QCOMPARE(stage.lastNotice(), QStringLiteral("new@example.com was added."));

    stage.screen->open(QStringLiteral("new"));
    stage.type("email", QStringLiteral("relay@example.com"));
    stage.type("display_name", QStringLiteral("Relay"));
    stage.type("smtp_host", QStringLiteral("127.0.0.1"));
    stage.type("smtp_port", QStringLiteral("2525"));
    stage.type("smtp_username", QString());
    stage.type("daily_limit", QStringLiteral("500"));
    stage.type("priority", QStringLiteral("-5"));
    stage.type("max_connections", QStringLiteral("4"));
    stage.form()
        ->findChild<QPlainTextEdit*>(QStringLiteral("from_addresses"))
        ->setPlainText(QStringLiteral("a@example.com\n\n *@example.org \n"));
    auto* security = stage.form()->findChild<QComboBox*>(QStringLiteral("security"));
    security->setCurrentIndex(security->findData(static_cast<int>(Security::None)));
    buttonOf(stage.form(), QStringLiteral("Save"))->click();
    QTRY_COMPARE(stage.desk.engine.count(creation), 2u);
    QCOMPARE(sorted(stage.desk.engine.lastBody(creation)),
             sorted(json::Object{{"email", "relay@example.com"},
                                 {"smtp_host", "127.0.0.1"},
                                 {"smtp_port", 2525},
                                 {"security", "none"},
                                 {"auth", "none"},
                                 {"display_name", "Relay"},
                                 {"daily_limit", 500},
                                 {"priority", -5},
                                 {"max_connections", 4},
                                 {"from_addresses", json::Array{"a@example.com", "*@example.org"}}}));
}

void TestAccountsScreen::patchesOnlyWhatChanged() {
    Stage stage;
    QVERIFY(stage.online);
    const std::string patch = one("PATCH", stage.accounts[0]);
    stage.desk.engine.answer(patch, contract::toJson(stage.accounts[0]));
    stage.table()->selectRow(0);
    stage.click(QStringLiteral("Edit"));
    QCOMPARE(stage.line("smtp_password")->text(), QString());
    QCOMPARE(stage.line("smtp_password")->placeholderText(), QStringLiteral("Unchanged"));
    stage.type("daily_limit", QString());
    stage.type("display_name", QStringLiteral("Alerts"));
    buttonOf(stage.form(), QStringLiteral("Save"))->click();
    QTRY_COMPARE(stage.desk.engine.count(patch), 1u);
    QCOMPARE(sorted(stage.desk.engine.lastBody(patch)),
             sorted(json::Object{{"display_name", "Alerts"}, {"daily_limit", nullptr}, {"revision", 3}}));
    QTRY_VERIFY(!stage.form());
    QCOMPARE(stage.lastNotice(), QStringLiteral("ann@example.com was changed."));
}

void TestAccountsScreen::letsALoginGo() {
    Stage stage;
    QVERIFY(stage.online);
    const std::string patch = one("PATCH", stage.accounts[0]);
    stage.desk.engine.answer(patch, contract::toJson(stage.accounts[0]));
    stage.table()->selectRow(0);
    stage.click(QStringLiteral("Edit"));
    stage.type("smtp_username", QString());
    buttonOf(stage.form(), QStringLiteral("Save"))->click();
    QTRY_COMPARE(stage.desk.engine.count(patch), 1u);
    QCOMPARE(sorted(stage.desk.engine.lastBody(patch)),
             sorted(json::Object{
                 {"auth", "none"}, {"smtp_username", nullptr}, {"smtp_password", nullptr}, {"revision", 3}}));
}

void TestAccountsScreen::marksWhatIsMissingOnlyWhenItIsSaved() {
    Stage stage;
    QVERIFY(stage.online);
    stage.screen->open(QStringLiteral("new"));
    stage.type("smtp_port", QStringLiteral("70000"));
    QVERIFY(!stage.wrongAt("smtp_port").isEmpty());
    QCOMPARE(stage.wrongAt("email"), QString());
    buttonOf(stage.form(), QStringLiteral("Save"))->click();
    QCOMPARE(stage.wrongAt("email"), QStringLiteral("Is needed"));
    QCOMPARE(stage.wrongAt("smtp_host"), QStringLiteral("Is needed"));
    QCOMPARE(stage.form()->focusWidget(), stage.line("email"));
    QCOMPARE(stage.desk.engine.count(creation), 0u);
    stage.type("email", QStringLiteral("a@example.com"));
    QCOMPARE(stage.wrongAt("email"), QString());
    QVERIFY(!stage.wrongAt("smtp_password").isEmpty());
}

void TestAccountsScreen::showsTheReasonAtItsField() {
    Stage stage;
    QVERIFY(stage.online);
    const std::string patch = one("PATCH", stage.accounts[0]);
    stage.desk.engine.refuse(patch, Error{.code = ErrorCode::ValidationFailed,
                                          .fields = {{"smtp_host", "host.invalid", "is not a host name"},
                                                     {"from_addresses[1]", "address.invalid", "is no address"},
                                                     {"fingerprint", "fingerprint.invalid", "is no fingerprint"}}});
    stage.table()->selectRow(0);
    stage.click(QStringLiteral("Edit"));
    stage.form()
        ->findChild<QPlainTextEdit*>(QStringLiteral("from_addresses"))
        ->setPlainText(QStringLiteral("\na@example.com\nb@example.com"));
    buttonOf(stage.form(), QStringLiteral("Save"))->click();
    QTRY_COMPARE(stage.wrongAt("smtp_host"), fieldText({"smtp_host", "host.invalid", {}}));
    QVERIFY(stage.wrongAt("from_addresses").startsWith(QStringLiteral("b@example.com: ")));
    QCOMPARE(stage.form()->focusWidget(), stage.line("smtp_host"));
    QVERIFY(stage.form()->findChild<Banner*>()->isHidden());
    stage.type("smtp_host", QStringLiteral("smtp.example.org"));
    QCOMPARE(stage.wrongAt("smtp_host"), QString());
    QVERIFY(!stage.wrongAt("from_addresses").isEmpty());
}

void TestAccountsScreen::showsAReasonWithoutAFieldInTheBanner() {
    Stage stage;
    QVERIFY(stage.online);
    const std::string patch = one("PATCH", stage.accounts[0]);
    stage.desk.engine.refuse(patch, Error{.code = ErrorCode::ValidationFailed,
                                          .fields = {{"max_recipients", "field.too_large", "is too large"}}});
    stage.table()->selectRow(0);
    stage.click(QStringLiteral("Edit"));
    buttonOf(stage.form(), QStringLiteral("Save"))->click();
    auto* banner = stage.form()->findChild<Banner*>();
    QTRY_VERIFY(banner->isVisible());
    QVERIFY(banner->text().contains(QStringLiteral("max_recipients")));
    QVERIFY(buttonOf(stage.form(), QStringLiteral("Save"))->isEnabled());
}

void TestAccountsScreen::saysWhichAddressIsTaken() {
    Stage stage;
    QVERIFY(stage.online);
    stage.desk.engine.refuse(one("PATCH", stage.accounts[0]), Error{.code = ErrorCode::AlreadyExists});
    stage.table()->selectRow(0);
    stage.click(QStringLiteral("Edit"));
    stage.type("email", QStringLiteral("bob@example.com"));
    buttonOf(stage.form(), QStringLiteral("Save"))->click();
    QTRY_VERIFY(stage.wrongAt("email").contains(QStringLiteral("already")));
}

void TestAccountsScreen::offersToLoadAgainWhatSomebodyChanged() {
    Stage stage;
    QVERIFY(stage.online);
    const std::string patch = one("PATCH", stage.accounts[0]);
    stage.desk.engine.refuse(patch, Error{.code = ErrorCode::RevisionStale});
    Account changed = stage.accounts[0];
    changed.revision = 4;
    changed.displayName = "Changed meanwhile";
    stage.desk.engine.answer(one("GET", changed), contract::toJson(changed));
    stage.table()->selectRow(0);
    stage.click(QStringLiteral("Edit"));
    stage.line("daily_limit")->setFocus();
    stage.type("daily_limit", QStringLiteral("7"));
    buttonOf(stage.form(), QStringLiteral("Save"))->click();
    QTRY_VERIFY(buttonOf(stage.form(), QStringLiteral("Load again")));
    QCOMPARE(stage.form()->focusWidget(), stage.line("daily_limit"));
    buttonOf(stage.form(), QStringLiteral("Load again"))->click();
    QTRY_COMPARE(stage.line("display_name")->text(), QStringLiteral("Changed meanwhile"));
    stage.desk.engine.answer(patch, contract::toJson(changed));
    stage.type("daily_limit", QStringLiteral("7"));
    buttonOf(stage.form(), QStringLiteral("Save"))->click();
    QTRY_COMPARE(stage.desk.engine.count(patch), 2u);
    QCOMPARE(sorted(stage.desk.engine.lastBody(patch)), sorted(json::Object{{"daily_limit", 7}, {"revision", 4}}));
}

void TestAccountsScreen::refreshesWhatIsStaleAndKeepsTheSelection() {
    Stage stage;
    QVERIFY(stage.online);
    stage.table()->selectRow(1);
    std::vector<Account> now{account("new@example.com", -1), stage.accounts[0], stage.accounts[1]};
    now[2].dailySentCount = 999;
    stage.desk.engine.answer(list, pageOf(now));
    stage.desk.engine.push("accounts", {now[2].id.text()});
    QTRY_COMPARE(stage.rows(), 3);
    QTRY_COMPARE(stage.cell(2, 4), QStringLiteral("999 / 1,000"));
    QCOMPARE(stage.table()->selectionModel()->selectedRows().first().row(), 2);
    QVERIFY(says(stage.screen.get(), QStringLiteral("999 of 1,000")));
    const auto asked = stage.desk.engine.count(list);
    stage.desk.engine.push("messages");
    stage.desk.engine.push("accounts");
    QTRY_COMPARE(stage.desk.engine.count(list), asked + 1);
}

void TestAccountsScreen::keepsTheSelectionOfARowThatMoves() {
    Stage stage;
    QVERIFY(stage.online);
    stage.table()->selectRow(1);
    std::vector<Account> now{stage.accounts[1], stage.accounts[0]};
    now[0].priority = 10;
    stage.desk.engine.answer(list, pageOf(now));
    stage.desk.engine.push("accounts");
    QTRY_COMPARE(stage.cell(0, 0), QStringLiteral("bob@example.com"));
    QTRY_COMPARE(stage.table()->selectionModel()->selectedRows().size(), 1);
    QCOMPARE(stage.table()->selectionModel()->selectedRows().first().row(), 0);
}

void TestAccountsScreen::readsOnInTheEnginesOrder() {
    // By priority, so that the ids are in no order; the newest is the first.
    std::vector<Account> all;
    for (int i = 0; i < 150; ++i) {
        all.push_back(account(("a" + std::to_string(i) + "@example.com").c_str(), (i * 37) % 150));
        all.back().priority = 500 - i;
    }
    Stage stage({all[0]});
    QVERIFY(stage.online);
    stage.desk.engine.answer(list, [&all](const client::ClientRequest& request) {
        const auto cursor = request.path.find("cursor=");
        contract::Page<Account> page;
        bool begun = cursor == std::string::npos;
        for (const Account& one : all) {
            if (begun && page.items.size() < 100) page.items.push_back(one);
            begun = begun || request.path.find(one.id.text(), cursor) != std::string::npos;
        }
        if (page.items.back().id != all.back().id) page.nextCursor = page.items.back().id.text();
        return replyWith(contract::toJson(page));
    });
    stage.desk.engine.push("accounts");
    QTRY_VERIFY(stage.rows() >= 100);
    QScrollBar* bar = stage.table()->verticalScrollBar();
    bar->setValue(bar->maximum());
    QTRY_COMPARE(stage.rows(), 150);
    for (int row = 0; row < 150; ++row)
        QCOMPARE(stage.cell(row, 0), toQString(all[static_cast<std::size_t>(row)].email));
    // The last goes to the top, and stands there only.
    all.back().priority = 600;
    std::rotate(all.begin(), all.end() - 1, all.end());
    bar->setValue(0);
    stage.desk.engine.push("accounts");
    QTRY_COMPARE(stage.cell(0, 0), QStringLiteral("a149@example.com"));
    int seen = 0;
    for (int row = 0; row < stage.rows(); ++row) seen += stage.cell(row, 0) == QStringLiteral("a149@example.com");
    QCOMPARE(seen, 1);
}

void TestAccountsScreen::followsTheSecurityWithThePortUntilItIsTyped() {
    Stage stage;
    QVERIFY(stage.online);
    stage.screen->open(QStringLiteral("new"));
    auto* security = stage.form()->findChild<QComboBox*>(QStringLiteral("security"));
    QCOMPARE(stage.line("smtp_port")->text(), QStringLiteral("465"));
    QTest::keyClick(security, Qt::Key_Down);
    QCOMPARE(stage.line("smtp_port")->text(), QStringLiteral("587"));
    QTest::keyClick(security, Qt::Key_Down);
    QCOMPARE(stage.line("smtp_port")->text(), QStringLiteral("25"));
    stage.type("smtp_port", QStringLiteral("2525"));
    QTest::keyClick(security, Qt::Key_Up);
    QCOMPARE(stage.line("smtp_port")->text(), QStringLiteral("2525"));
}

void TestAccountsScreen::fillsInTheServerOfAProvider() {
    Stage stage;
    QVERIFY(stage.online);
    stage.screen->open(QStringLiteral("new"));
    stage.type("email", QStringLiteral("a@outlook.com"));
    QCOMPARE(stage.line("smtp_host")->text(), QStringLiteral("smtp-mail.outlook.com"));
    QCOMPARE(stage.line("smtp_port")->text(), QStringLiteral("587"));
    stage.type("email", QStringLiteral("a@qq.com"));
    QCOMPARE(stage.line("smtp_host")->text(), QStringLiteral("smtp.qq.com"));
    QCOMPARE(stage.line("smtp_port")->text(), QStringLiteral("465"));
    QVERIFY(says(stage.form(), QStringLiteral("authorisation code")));
    stage.type("smtp_username", QStringLiteral("me"));
    stage.type("smtp_host", QStringLiteral("mine.example.com"));
    stage.type("email", QStringLiteral("a@gmail.com"));
    QCOMPARE(stage.line("smtp_host")->text(), QStringLiteral("mine.example.com"));
    QCOMPARE(stage.line("smtp_username")->text(), QStringLiteral("me"));
}

void TestAccountsScreen::disablesAndEnablesWithoutAsking() {
    Stage stage;
    QVERIFY(stage.online);
    Account disabled = stage.accounts[0];
    disabled.isActive = false;
    disabled.state = "disabled";
    stage.desk.engine.answer(one("POST", disabled, "/disable"), contract::toJson(disabled));
    stage.desk.engine.answer(one("POST", disabled, "/enable"), contract::toJson(stage.accounts[0]));
    stage.table()->selectRow(0);
    stage.desk.engine.answer(list, pageOf({disabled, stage.accounts[1]}));
    stage.click(QStringLiteral("Disable"));
    QTRY_COMPARE(stage.desk.engine.count(one("POST", disabled, "/disable")), 1u);
    QTRY_VERIFY(buttonOf(stage.screen.get(), QStringLiteral("Enable")));
    stage.click(QStringLiteral("Enable"));
    QTRY_COMPARE(stage.lastNotice(), QStringLiteral("ann@example.com is enabled."));
}

void TestAccountsScreen::asksBeforeRemovingAndNamesTheAccount() {
    Stage stage;
    QVERIFY(stage.online);
    const std::string route = one("DELETE", stage.accounts[1]);
    stage.desk.engine.answer(route, json::Value(nullptr));
    stage.table()->selectRow(1);
    stage.click(QStringLiteral("Remove"));
    auto* asks = stage.screen->findChild<QMessageBox*>();
    QVERIFY(asks && asks->text().contains(QStringLiteral("bob@example.com")));
    QCOMPARE(asks->textFormat(), Qt::PlainText);
    QTest::keyClick(asks, Qt::Key_Escape);
    QTRY_VERIFY(!stage.screen->findChild<QMessageBox*>());
    QCOMPARE(stage.desk.engine.count(route), 0u);
    stage.click(QStringLiteral("Remove"));
    stage.desk.engine.answer(list, pageOf({stage.accounts[0]}));
    stage.screen->findChild<QMessageBox*>()->findChild<QPushButton*>(QStringLiteral("confirmed"))->click();
    QTRY_COMPARE(stage.desk.engine.count(route), 1u);
    QTRY_COMPARE(stage.rows(), 1);
    QCOMPARE(stage.lastNotice(), QStringLiteral("bob@example.com was removed."));
}

void TestAccountsScreen::saysSoWhenTheEngineGoesInMidCall() {
    Stage stage;
    QVERIFY(stage.online);
    const Error gone{.code = ErrorCode::NetworkFailed, .detail = "connection refused"};
    const std::string test = one("POST", stage.accounts[0], "/test");
    stage.desk.engine.hold(creation);
    stage.screen->open(QStringLiteral("new"));
    stage.type("email", QStringLiteral("a@gmail.com"));
    stage.type("smtp_password", QStringLiteral("x"));
    buttonOf(stage.form(), QStringLiteral("Save"))->click();
    QTRY_COMPARE(stage.desk.engine.count(creation), 1u);
    stage.desk.engine.fail(gone);
    stage.desk.engine.release(creation);
    auto* banner = stage.form()->findChild<Banner*>();
    QTRY_VERIFY(banner->isVisible());
    QCOMPARE(banner->text(), errorText(gone));
    QCOMPARE(stage.line("smtp_password")->text(), QStringLiteral("x"));
    QVERIFY(buttonOf(stage.form(), QStringLiteral("Save"))->isEnabled());

    stage.table()->selectRow(0);
    stage.click(QStringLiteral("Test"));
    auto* dialog = stage.screen->findChild<ConnectionTest*>();
    QTRY_COMPARE(dialog->findChild<Banner*>()->text(), errorText(gone));
    stage.click(QStringLiteral("Disable"));
    QTRY_COMPARE(stage.lastNotice(), errorText(gone));
    QCOMPARE(stage.rows(), 2);
}

void TestAccountsScreen::tellsAFailureAfterTheFormIsClosed() {
    Stage stage;
    QVERIFY(stage.online);
    const Error full{.code = ErrorCode::StorageFull};
    stage.desk.engine.refuse(creation, full);
    stage.desk.engine.hold(creation);
    stage.screen->open(QStringLiteral("new"));
    stage.type("email", QStringLiteral("a@gmail.com"));
    stage.type("smtp_password", QStringLiteral("x"));
    buttonOf(stage.form(), QStringLiteral("Save"))->click();
    QTRY_COMPARE(stage.desk.engine.count(creation), 1u);
    QTest::keyClick(stage.form(), Qt::Key_Escape);
    QTRY_VERIFY(!stage.form());
    stage.desk.engine.release(creation);
    QTRY_COMPARE(stage.lastNotice(), errorText(full));
}

void TestAccountsScreen::showsHtmlAndEndlessWordsAsText() {
    const std::string endless(10'000, 'W'), html = "<h1>big</h1><img src=x>";
    for (const std::string& text : {endless, html}) {
        Account odd = account(text.c_str());
        odd.displayName = odd.smtpHost = odd.smtpUsername = odd.problemDetail = odd.state = text;
        odd.fromAddresses = {text, text};
        odd.caCertificate = odd.fingerprint = text;
        odd.waitingFor = contract::WaitingFor{.code = text, .params = {{"reason", text}}, .until = {}};
        odd.problemAt = TimePoint{};
        Stage stage({odd});
        QVERIFY(stage.online);
        stage.desk.engine.answer(one("POST", odd, "/test"),
                                 contract::toJson(contract::AccountTest{
                                     .ok = false,
                                     .steps = {{.stage = text, .ok = false, .took_ms = 1, .detail = text}},
                                     .transcript = {text}}));
        stage.desk.engine.refuse(one("PATCH", odd), Error{.code = ErrorCode::ValidationFailed,
                                                          .fields = {{"email", "odd", text}, {text, "odd", text}}});
        stage.table()->selectRow(0);
        QVERIFY(says(stage.screen.get(), QString::fromStdString(text.substr(0, 23))));
        QVERIFY2(stage.screen->minimumSizeHint().width() <= 800,
                 qPrintable(QString::number(stage.screen->minimumSizeHint().width())));
        const QString tip = stage.table()->model()->index(0, 1).data(Qt::ToolTipRole).toString();
        QVERIFY(!tip.contains(QStringLiteral("<h1>")) && tip.size() < 2000);

        stage.click(QStringLiteral("Edit"));
        QVERIFY(stage.form()->minimumSizeHint().width() <= 800);
        QCOMPARE(richLabel(stage.form()), QString());
        stage.form()->close();
        stage.click(QStringLiteral("Test"));
        auto* test = stage.screen->findChild<ConnectionTest*>();
        QTRY_VERIFY(says(test, QString::fromStdString(text.substr(0, 23))));
        QVERIFY(test->minimumSizeHint().width() <= 800);
        QCOMPARE(richLabel(test), QString());
        test->close();
        stage.click(QStringLiteral("Remove"));
        auto* asks = stage.screen->findChild<QMessageBox*>();
        QVERIFY2(asks->sizeHint().width() <= 1024, qPrintable(QString::number(asks->sizeHint().width())));
        QCOMPARE(richLabel(stage.screen.get()), QString());
    }
}

void TestAccountsScreen::servesTheKeyboard() {
    Stage stage;
    QVERIFY(stage.online);
    stage.table()->setFocus();
    stage.table()->selectRow(0);
    const auto asked = stage.desk.engine.count(list);
    QTest::keyClick(stage.table(), Qt::Key_F5);
    QTRY_COMPARE(stage.desk.engine.count(list), asked + 1);
    QTest::keyClick(stage.table(), Qt::Key_Return);
    QVERIFY(stage.form());
    QCOMPARE(stage.line("email")->text(), QStringLiteral("ann@example.com"));
    stage.form()->close();
    QTRY_VERIFY(!stage.form());
    stage.screen->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(stage.screen.get()));
    QTest::keyClick(stage.table(), Qt::Key_N, Qt::ControlModifier);
    QVERIFY(stage.form());
    QCOMPARE(stage.line("email")->text(), QString());
    stage.form()->close();
    QTRY_VERIFY(!stage.form());
    stage.screen->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(stage.screen.get()));
    QTest::keyClick(stage.table(), Qt::Key_Delete);
    QVERIFY(stage.screen->findChild<QMessageBox*>());
}

void TestAccountsScreen::copiesCommandsWithoutAPassword() {
    Stage stage;
    QVERIFY(stage.online);
    const auto copied = [](const QWidget* where, int action) {
        QMenu* menu = where->findChild<CopyAsButton*>()->menu();
        menu->actions().at(action)->trigger();
        return QGuiApplication::clipboard()->text();
    };
    stage.screen->open(QStringLiteral("new"));
    stage.type("email", QStringLiteral("a@gmail.com"));
    stage.type("smtp_password", QStringLiteral("s3cret"));
    QCOMPARE(
        copied(stage.form(), 1),
        QStringLiteral("postroomctl accounts add --email a@gmail.com --host smtp.gmail.com --port 465 --security tls "
                       "--username a@gmail.com --password-file -"));
    const QString curl = copied(stage.form(), 0);
    QVERIFY(curl.contains(QStringLiteral("-X POST")) && !curl.contains(QStringLiteral("s3cret")));
    QVERIFY2(curl.contains(QStringLiteral("\"smtp_password\":\"'\"$PASSWORD\"'\"")), qPrintable(curl));
    stage.form()->close();
    QTRY_VERIFY(!stage.form());
    stage.table()->selectRow(0);
    for (QAction* act : stage.screen->findChild<CopyAsButton*>()->menu()->actions()) {
        QVERIFY(act->menu());
        act->menu()->actions().at(1)->trigger();
        QVERIFY(QGuiApplication::clipboard()->text().startsWith(QStringLiteral("postroomctl accounts ")));
    }
}

void TestAccountsScreen::namesWhateverTakesTheFocus() {
    Stage stage;
    QVERIFY(stage.online);
    stage.table()->selectRow(0);
    QCOMPARE(namelessFocus(stage.screen.get()), QString());
    stage.click(QStringLiteral("Edit"));
    QCOMPARE(namelessFocus(stage.form()), QString());
    stage.form()->close();
    stage.desk.engine.answer(one("POST", stage.accounts[0], "/test"), contract::toJson(contract::AccountTest{}));
    stage.click(QStringLiteral("Test"));
    auto* test = stage.screen->findChild<ConnectionTest*>();
    QTRY_VERIFY(buttonOf(test, QStringLiteral("Close")));
    QCOMPARE(namelessFocus(test), QString());
}

QTEST_MAIN(TestAccountsScreen)
#include "tst_accounts_screen.moc"
