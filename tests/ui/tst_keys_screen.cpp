// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "tests/ui/fake_engine.h"
#include "tests/ui/widget_checks.h"
#include "ui/models/wording.h"
#include "ui/screens/keys/key_form.h"
#include "ui/screens/keys/key_secret.h"
#include "ui/screens/keys/keys_screen.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/copy.h"
#include "ui/widgets/field.h"
#include "ui/widgets/table.h"

#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QMenu>
#include <QMessageBox>
#include <QSettings>
#include <QToolButton>

using namespace postroom;
using namespace postroom::ui;
using contract::ApiKey;

namespace {

constexpr auto list = "GET /api/v1/admin/api-keys";
constexpr auto creation = "POST /api/v1/admin/api-keys";
constexpr auto secret = "secret_Zm9yIHRlc3RzIG9ubHksIG5vdCBhIHJlYWwgb25l";

ApiKey key(const char* name, int minute = 0) {
    ApiKey made;
    made.id = makeId(TimePoint{std::chrono::minutes{29'000'000 + minute}});
    made.apiKey = "noti_0123456789abcdef";
    made.name = name;
    made.description = "of the shop";
    made.scopes = {"send", "read"};
    made.createdAt = TimePoint{std::chrono::minutes{29'000'000 + minute}};
    return made;
}

json::Value pageOf(std::vector<ApiKey> keys) {
    return contract::toJson(contract::Page<ApiKey>{.items = std::move(keys), .nextCursor = std::nullopt});
}

// Whether any widget of the program still has the text.
bool isAnywhere(const QString& text) {
    for (const QWidget* widget : QApplication::allWidgets()) {
        const auto* edit = qobject_cast<const QLineEdit*>(widget);
        const auto* label = qobject_cast<const QLabel*>(widget);
        if ((edit && edit->text().contains(text)) || (label && label->text().contains(text))) return true;
    }
    return false;
}

class Stage {
public:
    explicit Stage(std::vector<ApiKey> keys = {key("shop"), key("report", 1)}) : keys(std::move(keys)) {
        desk.engine.answer(list, pageOf(this->keys));
        online = desk.connectNow();
        screen = std::make_unique<KeysScreen>(desk.desk);
        screen->resize(800, 620);
        screen->show();
        screen->activateWindow();
        online = online && QTest::qWaitForWindowActive(screen.get()) &&
                 QTest::qWaitFor([this] { return rows() == static_cast<int>(this->keys.size()); }, 5000);
    }

    [[nodiscard]] Table* table() const { return screen->findChild<Table*>(); }
    [[nodiscard]] int rows() const { return table()->model()->rowCount(); }
    [[nodiscard]] QString cell(int row, int column) const {
        return table()->model()->index(row, column).data().toString();
    }
    void click(const QString& text) const {
        QPushButton* button = buttonOf(screen.get(), text);
        QVERIFY2(button && button->isEnabled(), qPrintable(text));
        button->click();
    }
    [[nodiscard]] KeyForm* form() const { return screen->findChild<KeyForm*>(); }
    [[nodiscard]] KeySecret* shownSecret() const { return screen->findChild<KeySecret*>(); }
    void type(const char* name, const QString& text) const {
        QTest::keyClicks(form()->findChild<QLineEdit*>(QString::fromLatin1(name)), text);
    }
    void check(const char* name, bool on = true) const {
        form()->findChild<QCheckBox*>(QString::fromLatin1(name))->setChecked(on);
    }
    [[nodiscard]] QString wrongAt(const char* name) const {
        for (auto* field : form()->findChildren<Field*>())
            if (field->name() == QLatin1String(name)) return field->wrong();
        return QStringLiteral("no such field");
    }
    void answerWithSecret() {
        ApiKey made = key("new", 5);
        made.apiSecret = secret;
        desk.engine.answer(creation, contract::toJson(made), 201);
    }
    [[nodiscard]] std::string revocation(std::size_t which) const {
        return "POST /api/v1/admin/api-keys/" + keys[which].id.text() + "/revoke";
    }
    [[nodiscard]] QString lastNotice() const {
        return desk.notices.all().empty() ? QString() : desk.notices.all().front().text;
    }

    FakeDesk desk;
    std::vector<ApiKey> keys;
    std::unique_ptr<KeysScreen> screen;
    bool online = false;
};

}  // namespace

class TestKeysScreen : public QObject {
    Q_OBJECT

private slots:
    // Columns that an earlier run kept are not this one's.
    void init() { QSettings().clear(); }

    void showsTheRows();
    void offersTheFirstKey();
    void postsExactlyWhatWasChosen();
    void asksForANameAndAScope();
    void showsTheReasonAtItsField();
    void showsTheSecretOnceAndForgetsIt();
    void keepsTheSecretOpenUntilItIsSaved();
    void showsTheSecretThoughTheFormWasClosed();
    void postsTheLimitsThatWereChosen();
    void opensTheLimitsForAFaultInside();
    void saysWhenAKeyEnds();
    void rotatesAndShowsTheNewSecretOnce();
    void asksBeforeRevokingAndSaysWhatStops();
    void revokesNothingTwice();
    void refreshesWhatIsStaleAndKeepsTheSelection();
    void saysSoWhenTheEngineGoesInMidCall();
    void showsHtmlAndEndlessWordsAsText();
    void servesTheKeyboard();
    void copiesCommands();
    void namesWhateverTakesTheFocus();
};

void TestKeysScreen::showsTheRows() {
    ApiKey test = key("trial", 1);
    test.isTest = true;
    test.isActive = false;
    test.revokedAt = test.lastUsedAt = TimePoint{std::chrono::minutes{29'000'100}};
    Stage stage({key("shop"), test});
    QVERIFY(stage.online);
    QCOMPARE(stage.cell(0, 0), QStringLiteral("shop"));
    QCOMPARE(stage.cell(0, 1), QStringLiteral("noti_0123456789abcdef"));
    QCOMPARE(stage.cell(0, 2), QStringLiteral("send, read"));
    QCOMPARE(stage.cell(0, 3), QString());
    QCOMPARE(stage.cell(0, 4), QStringLiteral("Active"));
    QCOMPARE(stage.cell(0, 7), QStringLiteral("Never"));
    QCOMPARE(stage.cell(1, 3), QStringLiteral("Test"));
    QCOMPARE(stage.cell(1, 4), QStringLiteral("Revoked"));
    QCOMPARE(stage.cell(1, 7), timeText(*test.lastUsedAt));
    const auto tone = [&stage](int row, int column) {
        return stage.table()->model()->index(row, column).data(ToneRole);
    };
    QVERIFY(!tone(0, 3).isValid() && tone(1, 3).isValid());
    QVERIFY(tone(0, 4) != tone(1, 4));
    QVERIFY(
        stage.table()->model()->index(0, 0).data(Qt::ToolTipRole).toString().contains(QStringLiteral("of the shop")));
}

void TestKeysScreen::offersTheFirstKey() {
    Stage stage(std::vector<ApiKey>{});
    QVERIFY(stage.online);
    QTRY_VERIFY(buttonOf(stage.screen.get(), QStringLiteral("Create the first key")));
    stage.click(QStringLiteral("Create the first key"));
    QVERIFY(stage.form());
}

void TestKeysScreen::postsExactlyWhatWasChosen() {
    Stage stage;
    QVERIFY(stage.online);
    stage.answerWithSecret();
    stage.screen->open(QStringLiteral("new"));
    stage.type("name", QStringLiteral(" shop "));
    stage.type("description", QStringLiteral("front end"));
    stage.check("scope_read");
    stage.check("test");
    buttonOf(stage.form(), QStringLiteral("Create"))->click();
    QTRY_COMPARE(stage.desk.engine.count(creation), 1u);
    QCOMPARE(json::serialise(stage.desk.engine.lastBody(creation)),
             json::serialise(json::Object{{"name", "shop"},
                                          {"scopes", json::Array{"send", "read"}},
                                          {"is_test", true},
                                          {"description", "front end"}}));
    QTRY_VERIFY(stage.shownSecret());
    QTRY_VERIFY(!stage.form());
}

void TestKeysScreen::asksForANameAndAScope() {
    Stage stage;
    QVERIFY(stage.online);
    stage.screen->open(QStringLiteral("new"));
    QCOMPARE(stage.wrongAt("name"), QString());
    stage.check("scope_send", false);
    buttonOf(stage.form(), QStringLiteral("Create"))->click();
    QVERIFY(!stage.wrongAt("name").isEmpty());
    QVERIFY(!stage.wrongAt("scopes").isEmpty());
    stage.check("scope_admin");
    QCOMPARE(stage.wrongAt("scopes"), QString());
    stage.type("name", QString(101, QLatin1Char('n')));
    QVERIFY(!stage.wrongAt("name").isEmpty());
    buttonOf(stage.form(), QStringLiteral("Create"))->click();
    QCOMPARE(stage.desk.engine.count(creation), 0u);
}

void TestKeysScreen::showsTheReasonAtItsField() {
    Stage stage;
    QVERIFY(stage.online);
    stage.desk.engine.refuse(creation, Error{.code = ErrorCode::ValidationFailed,
                                             .fields = {{"scopes[1]", "field.not_allowed", "is none of them"},
                                                        {"colour", "field.unknown", "is not known"}}});
    stage.screen->open(QStringLiteral("new"));
    stage.type("name", QStringLiteral("shop"));
    buttonOf(stage.form(), QStringLiteral("Create"))->click();
    QTRY_COMPARE(stage.wrongAt("scopes"), fieldText({"scopes", "field.not_allowed", {}}));
    QVERIFY(stage.form()->findChild<Banner*>()->text().contains(QStringLiteral("colour")));
    QVERIFY(buttonOf(stage.form(), QStringLiteral("Create"))->isEnabled());
}

void TestKeysScreen::showsTheSecretOnceAndForgetsIt() {
    Stage stage;
    QVERIFY(stage.online);
    stage.answerWithSecret();
    stage.screen->open(QStringLiteral("new"));
    stage.type("name", QStringLiteral("shop"));
    buttonOf(stage.form(), QStringLiteral("Create"))->click();
    QTRY_VERIFY(stage.shownSecret());
    const QString text = QString::fromLatin1(secret);
    QVERIFY(isAnywhere(text));
    const auto copies = stage.shownSecret()->findChildren<CopyLine*>();
    QCOMPARE(copies.size(), 2);
    copies[0]->findChild<QPushButton*>()->click();
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("noti_0123456789abcdef"));
    copies[1]->findChild<QPushButton*>()->click();
    QCOMPARE(QGuiApplication::clipboard()->text(), text);
    stage.shownSecret()->findChild<QCheckBox*>()->setChecked(true);
    buttonOf(stage.shownSecret(), QStringLiteral("Close"))->click();
    QTRY_VERIFY(!stage.shownSecret());
    QVERIFY(!isAnywhere(text));
    for (const auto& notice : stage.desk.notices.all()) QVERIFY(!notice.text.contains(text));
}

void TestKeysScreen::keepsTheSecretOpenUntilItIsSaved() {
    ApiKey made = key("shop");
    made.apiSecret = secret;
    QWidget parent;
    auto* dialog = new KeySecret(made, &parent);
    dialog->open();
    auto* close = buttonOf(dialog, QStringLiteral("Close"));
    QVERIFY(close && !close->isEnabled());
    QTest::keyClick(dialog, Qt::Key_Escape);
    QVERIFY(dialog->isVisible());
    QTest::keyClick(dialog, Qt::Key_Return);
    QVERIFY(dialog->isVisible());
    QVERIFY(!dialog->close());
    QVERIFY(dialog->isVisible());
    QPointer<KeySecret> guard(dialog);
    dialog->findChild<QCheckBox*>()->setChecked(true);
    QVERIFY(close->isEnabled());
    QTest::keyClick(dialog, Qt::Key_Escape);
    QTRY_VERIFY(!guard);
}

void TestKeysScreen::showsTheSecretThoughTheFormWasClosed() {
    Stage stage;
    QVERIFY(stage.online);
    stage.answerWithSecret();
    stage.desk.engine.hold(creation);
    stage.screen->open(QStringLiteral("new"));
    stage.type("name", QStringLiteral("shop"));
    buttonOf(stage.form(), QStringLiteral("Create"))->click();
    QTRY_COMPARE(stage.desk.engine.count(creation), 1u);
    QTest::keyClick(stage.form(), Qt::Key_Escape);
    QTRY_VERIFY(!stage.form());
    stage.desk.engine.release(creation);
    QTRY_VERIFY(stage.shownSecret());
}

void TestKeysScreen::postsTheLimitsThatWereChosen() {
    Stage stage;
    QVERIFY(stage.online);
    stage.answerWithSecret();
    stage.screen->open(QStringLiteral("new"));
    stage.type("name", QStringLiteral("shop"));
    QVERIFY(!stage.form()->findChild<QLineEdit*>(QStringLiteral("allowed_ips"))->isVisible());
    stage.form()->findChild<QToolButton*>(QStringLiteral("more"))->click();
    stage.type("allowed_ips", QStringLiteral("10.0.0.0/8, 127.0.0.1 "));
    stage.type("allowed_from", QStringLiteral("*@example.com"));
    stage.form()->findChild<QComboBox*>(QStringLiteral("expires_at"))->setCurrentIndex(2);
    stage.form()->findChild<CopyAsButton*>()->menu()->actions().at(1)->trigger();
    QCOMPARE(QGuiApplication::clipboard()->text(),
             QStringLiteral("postroomctl keys create --name shop --scopes send --expires 90d --allow-ip 10.0.0.0/8 "
                            "--allow-ip 127.0.0.1 --allow-from '*@example.com'"));
    buttonOf(stage.form(), QStringLiteral("Create"))->click();
    QTRY_COMPARE(stage.desk.engine.count(creation), 1u);
    const json::Value body = stage.desk.engine.lastBody(creation);
    QCOMPARE(json::serialise(body.at("allowed_ips")), std::string(R"(["10.0.0.0/8","127.0.0.1"])"));
    QCOMPARE(json::serialise(body.at("allowed_from")), std::string(R"(["*@example.com"])"));
    const auto ends = fromIso(json::text(body.get_object(), "expires_at"));
    QVERIFY(ends);
    const auto in = *ends - SystemClock{}.now();
    QVERIFY(in > std::chrono::hours(90 * 24 - 1) && in <= std::chrono::hours(90 * 24));
}

void TestKeysScreen::opensTheLimitsForAFaultInside() {
    Stage stage;
    QVERIFY(stage.online);
    stage.desk.engine.refuse(creation, Error{.code = ErrorCode::ValidationFailed,
                                             .fields = {{"allowed_ips[1]", "network.invalid", "is none"}}});
    stage.screen->open(QStringLiteral("new"));
    stage.type("name", QStringLiteral("shop"));
    buttonOf(stage.form(), QStringLiteral("Create"))->click();
    QTRY_COMPARE(stage.wrongAt("allowed_ips"), fieldText({"allowed_ips", "network.invalid", {}}));
    QVERIFY(stage.form()->findChild<QLineEdit*>(QStringLiteral("allowed_ips"))->isVisible());
}

void TestKeysScreen::saysWhenAKeyEnds() {
    ApiKey ended = key("ended", 1), ending = key("ending", 2);
    ended.expiresAt = TimePoint{std::chrono::minutes{29'000'100}};
    ending.expiresAt = SystemClock{}.now() + std::chrono::hours(50);
    Stage stage({key("shop"), ended, ending});
    QVERIFY(stage.online);
    QCOMPARE(stage.cell(0, 6), QStringLiteral("Never"));
    QCOMPARE(stage.cell(1, 4), QStringLiteral("Expired"));
    QCOMPARE(stage.cell(1, 6), timeText(*ended.expiresAt));
    QCOMPARE(stage.cell(2, 4), QStringLiteral("Active"));
    QCOMPARE(stage.cell(2, 6), timeText(*ending.expiresAt));
}

void TestKeysScreen::rotatesAndShowsTheNewSecretOnce() {
    Stage stage;
    QVERIFY(stage.online);
    const std::string rotation = "POST /api/v1/admin/api-keys/" + stage.keys[0].id.text() + "/rotate";
    ApiKey rotated = stage.keys[0];
    rotated.apiSecret = secret;
    rotated.oldSecretUntil = SystemClock{}.now() + std::chrono::hours(24);
    stage.desk.engine.answer(rotation, contract::toJson(rotated));
    QVERIFY(!buttonOf(stage.screen.get(), QStringLiteral("New secret"))->isEnabled());
    stage.table()->selectRow(0);
    stage.click(QStringLiteral("New secret"));
    auto* asks = stage.screen->findChild<QMessageBox*>();
    QVERIFY(asks && asks->text().contains(QStringLiteral("shop")));
    QCOMPARE(stage.desk.engine.count(rotation), 0u);
    asks->findChild<QPushButton*>(QStringLiteral("confirmed"))->click();
    QTRY_VERIFY(stage.shownSecret());
    QVERIFY(isAnywhere(QString::fromLatin1(secret)));
    QVERIFY(isAnywhere(timeText(*rotated.oldSecretUntil)));
    QVERIFY(says(stage.shownSecret(), QStringLiteral("give the key another")));
    stage.shownSecret()->findChild<QCheckBox*>()->setChecked(true);
    buttonOf(stage.shownSecret(), QStringLiteral("Close"))->click();
    QTRY_VERIFY(!isAnywhere(QString::fromLatin1(secret)));
}

void TestKeysScreen::asksBeforeRevokingAndSaysWhatStops() {
    Stage stage;
    QVERIFY(stage.online);
    ApiKey revoked = stage.keys[1];
    revoked.isActive = false;
    stage.desk.engine.answer(stage.revocation(1), contract::toJson(revoked));
    stage.table()->selectRow(1);
    stage.click(QStringLiteral("Revoke"));
    auto* asks = stage.screen->findChild<QMessageBox*>();
    QVERIFY(asks);
    for (const char* part : {"report", "noti_0123456789abcdef", "can't send", "can't read"})
        QVERIFY2(asks->text().contains(QLatin1String(part)), part);
    QVERIFY(!asks->text().contains(QStringLiteral("can't change")));
    QTest::keyClick(asks, Qt::Key_Escape);
    QTRY_VERIFY(!stage.screen->findChild<QMessageBox*>());
    QCOMPARE(stage.desk.engine.count(stage.revocation(1)), 0u);
    stage.click(QStringLiteral("Revoke"));
    stage.desk.engine.answer(list, pageOf({stage.keys[0], revoked}));
    stage.screen->findChild<QMessageBox*>()->findChild<QPushButton*>(QStringLiteral("confirmed"))->click();
    QTRY_COMPARE(stage.cell(1, 4), QStringLiteral("Revoked"));
    QCOMPARE(stage.desk.engine.count(stage.revocation(1)), 1u);
    QCOMPARE(stage.lastNotice(), QStringLiteral("The key report is revoked."));
    QVERIFY(!buttonOf(stage.screen.get(), QStringLiteral("Revoke"))->isEnabled());
}

void TestKeysScreen::revokesNothingTwice() {
    ApiKey revoked = key("old");
    revoked.isActive = false;
    Stage stage({revoked});
    QVERIFY(stage.online);
    stage.table()->selectRow(0);
    QTest::keyClick(stage.table(), Qt::Key_Delete);
    QVERIFY(!stage.screen->findChild<QMessageBox*>());
}

void TestKeysScreen::refreshesWhatIsStaleAndKeepsTheSelection() {
    Stage stage;
    QVERIFY(stage.online);
    stage.screen->open(QString::fromStdString(stage.keys[1].id.text()));
    QCOMPARE(stage.table()->currentIndex().row(), 1);
    stage.desk.engine.answer(list, pageOf({key("older", -1), stage.keys[0], stage.keys[1]}));
    stage.desk.engine.push("keys");
    QTRY_COMPARE(stage.rows(), 3);
    QCOMPARE(stage.table()->selectionModel()->selectedRows().first().row(), 2);
}

void TestKeysScreen::saysSoWhenTheEngineGoesInMidCall() {
    Stage stage;
    QVERIFY(stage.online);
    const Error gone{.code = ErrorCode::NetworkFailed, .detail = "connection refused"};
    stage.desk.engine.hold(creation);
    stage.screen->open(QStringLiteral("new"));
    stage.type("name", QStringLiteral("shop"));
    buttonOf(stage.form(), QStringLiteral("Create"))->click();
    QTRY_COMPARE(stage.desk.engine.count(creation), 1u);
    stage.desk.engine.fail(gone);
    stage.desk.engine.release(creation);
    auto* banner = stage.form()->findChild<Banner*>();
    QTRY_VERIFY(banner->isVisible());
    QCOMPARE(banner->text(), errorText(gone));
    stage.form()->close();
    stage.table()->selectRow(0);
    stage.click(QStringLiteral("Revoke"));
    stage.screen->findChild<QMessageBox*>()->findChild<QPushButton*>(QStringLiteral("confirmed"))->click();
    QTRY_COMPARE(stage.lastNotice(), errorText(gone));
    QCOMPARE(stage.rows(), 2);
}

void TestKeysScreen::showsHtmlAndEndlessWordsAsText() {
    const std::string endless(10'000, 'W'), html = "<h1>big</h1><img src=x>";
    for (const std::string& text : {endless, html}) {
        ApiKey odd = key(text.c_str());
        odd.apiKey = odd.description = text;
        odd.scopes = {text, "send"};
        Stage stage({odd});
        QVERIFY(stage.online);
        stage.table()->selectRow(0);
        QVERIFY(stage.screen->minimumSizeHint().width() <= 800);
        for (int column = 0; column < 3; ++column) {
            const QString tip = stage.table()->model()->index(0, column).data(Qt::ToolTipRole).toString();
            QVERIFY(!tip.contains(QStringLiteral("<h1>")) && tip.size() < 3000);
        }
        stage.click(QStringLiteral("Revoke"));
        auto* asks = stage.screen->findChild<QMessageBox*>();
        QVERIFY(asks->sizeHint().width() <= 1024);
        QCOMPARE(richLabel(stage.screen.get()), QString());
        asks->close();

        odd.apiSecret = text;
        stage.desk.engine.answer(creation, contract::toJson(odd), 201);
        stage.screen->open(QStringLiteral("new"));
        stage.type("name", QStringLiteral("<b>shop</b>"));
        QCOMPARE(richLabel(stage.form()), QString());
        buttonOf(stage.form(), QStringLiteral("Create"))->click();
        QTRY_VERIFY(stage.shownSecret());
        QVERIFY(stage.shownSecret()->minimumSizeHint().width() <= 800);
        QCOMPARE(richLabel(stage.shownSecret()), QString());
    }
}

void TestKeysScreen::servesTheKeyboard() {
    Stage stage;
    QVERIFY(stage.online);
    stage.table()->setFocus();
    stage.table()->selectRow(0);
    const auto asked = stage.desk.engine.count(list);
    QTest::keyClick(stage.table(), Qt::Key_F5);
    QTRY_COMPARE(stage.desk.engine.count(list), asked + 1);
    QTest::keyClick(stage.table(), Qt::Key_N, Qt::ControlModifier);
    QVERIFY(stage.form());
    stage.form()->close();
    QTRY_VERIFY(!stage.form());
    stage.screen->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(stage.screen.get()));
    QTest::keyClick(stage.table(), Qt::Key_Delete);
    QVERIFY(stage.screen->findChild<QMessageBox*>());
}

void TestKeysScreen::copiesCommands() {
    Stage stage;
    QVERIFY(stage.online);
    stage.screen->open(QStringLiteral("new"));
    stage.type("name", QStringLiteral("shop"));
    stage.check("test");
    stage.form()->findChild<CopyAsButton*>()->menu()->actions().at(1)->trigger();
    QCOMPARE(QGuiApplication::clipboard()->text(),
             QStringLiteral("postroomctl keys create --name shop --scopes send --test"));
    stage.form()->close();
    QTRY_VERIFY(!stage.form());
    stage.table()->selectRow(0);
    const auto acts = stage.screen->findChild<CopyAsButton*>()->menu()->actions();
    acts.last()->menu()->actions().at(1)->trigger();
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("postroomctl keys revoke noti_0123456789abcdef"));
    acts.last()->menu()->actions().at(0)->trigger();
    QVERIFY(QGuiApplication::clipboard()->text().contains(QString::fromStdString(stage.keys[0].id.text())));
}

void TestKeysScreen::namesWhateverTakesTheFocus() {
    Stage stage;
    QVERIFY(stage.online);
    QCOMPARE(namelessFocus(stage.screen.get()), QString());
    stage.answerWithSecret();
    stage.screen->open(QStringLiteral("new"));
    stage.type("name", QStringLiteral("shop"));
    QCOMPARE(namelessFocus(stage.form()), QString());
    buttonOf(stage.form(), QStringLiteral("Create"))->click();
    QTRY_VERIFY(stage.shownSecret());
    QCOMPARE(namelessFocus(stage.shownSecret()), QString());
}

QTEST_MAIN(TestKeysScreen)
#include "tst_keys_screen.moc"
