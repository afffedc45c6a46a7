// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors

// What the window does around its screens: engines chosen, links lost under an open dialog, what stays said.

#include "tests/ui/office.h"
#include "tests/ui/widget_checks.h"
#include "ui/models/wording.h"
#include "ui/screens/accounts/account_form.h"
#include "ui/screens/keys/key_secret.h"
#include "ui/screens/overview/overview_screen.h"
#include "ui/shell/activity_panel.h"
#include "ui/shell/main_window.h"
#include "ui/shell/preferences.h"
#include "ui/widgets/banner.h"

#include <QAction>
#include <QCheckBox>
#include <QClipboard>
#include <QMenu>
#include <QMessageBox>
#include <QScrollArea>
#include <QSettings>
#include <QStandardPaths>
#include <QToolButton>

using namespace postroom;
using namespace postroom::ui;

namespace {

const QString elsewhere = QStringLiteral("https://mail.example.org:8000");
const Error gone{.code = ErrorCode::NetworkFailed, .params = {}, .detail = "connection refused", .fields = {}};

// Attaches its window to one fake engine, whatever is chosen.
class Program final : public MainWindow::Port {
public:
    explicit Program(FakeEngine& engine) : m_engine(engine) {}
    [[nodiscard]] QList<EngineAddress> addresses() const override {
        QList<EngineAddress> all{EngineAddress{}};
        if (!isForgotten) all.append({.url = elsewhere, .key = QStringLiteral("noti_1"), .fingerprint = {}});
        return all;
    }
    [[nodiscard]] EngineAddress shown() const override { return attached; }
    void choose(const EngineAddress& address, const Secret&) override {
        chosen.append(address.url);
        window->attach(std::make_unique<Link>(m_engine.dial()), QStringLiteral("test"));
    }
    void forget(const EngineAddress& address) override { isForgotten = address.url == elsewhere; }
    void closeAsked() override {}

    MainWindow* window = nullptr;
    EngineAddress attached;
    QStringList chosen;
    bool isForgotten = false;

private:
    FakeEngine& m_engine;
};

}  // namespace

class TestMainWindow : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() {
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setOrganizationName(QStringLiteral("Postroom"));
        QCoreApplication::setApplicationName(QStringLiteral("tst_main_window"));
        QSettings().clear();
        m_preferences = std::make_unique<Preferences>(*qApp);
        m_preferences->setLanguage(QStringLiteral("en"));
        m_preferences->setTheme(Theme::Light);
        furnish(m_engine);
    }

    void init() {
        m_engine.fail({});
        m_program = std::make_unique<Program>(m_engine);
        m_window = std::make_unique<MainWindow>(*m_program, *m_preferences);
        m_program->window = m_window.get();
        m_window->resize(1280, 800);
        m_window->attach(std::make_unique<Link>(m_engine.dial()), QStringLiteral("test"));
        m_window->show();
        QTRY_COMPARE(m_window->link()->state(), Link::State::Online);
    }

    void cleanup() {
        m_window.reset();
        m_program.reset();
    }

    void choosesAnEngineFromItsMenu() {
        const QPointer<QAction> here = action(QStringLiteral("This computer"));
        QVERIFY(here);
        here->trigger();
        // Not while the menu is still at work.
        QVERIFY(here && m_program->chosen.isEmpty());
        QTRY_COMPARE(m_program->chosen, QStringList{QString()});
        QTRY_VERIFY(!here);
        QTRY_COMPARE(m_window->link()->state(), Link::State::Online);
    }

    void forgetsAnEngine() {
        QMenu* forget = nullptr;
        for (auto* menu : m_window->findChildren<QMenu*>())
            if (menu->title() == QStringLiteral("Forget")) forget = menu;
        QVERIFY(forget);
        QCOMPARE(forget->actions().size(), 1);
        forget->actions().first()->trigger();
        QTRY_VERIFY(m_program->isForgotten);
        QTRY_VERIFY(!action(elsewhere));
        QVERIFY(action(QStringLiteral("This computer")));
    }

    void losesTheLinkUnderASecretThatIsShownOnce() {
        m_window->go(Place::Keys, QStringLiteral("new"));
        auto* form = dialog();
        QVERIFY(form);
        form->findChild<QLineEdit*>(QStringLiteral("name"))->setText(QStringLiteral("portal"));
        buttonOf(form, QStringLiteral("Create"))->click();
        QTRY_VERIFY(m_window->findChild<KeySecret*>());
        const QPointer<KeySecret> secret = m_window->findChild<KeySecret*>();
        lose();
        QPushButton* copy = buttonOf(secret, QStringLiteral("Copy"));
        QVERIFY(copy && copy->isEnabled());
        QGuiApplication::clipboard()->clear();
        QTest::mouseClick(copy, Qt::LeftButton);
        QVERIFY(!QGuiApplication::clipboard()->text().isEmpty());
        auto* saved = secret->findChild<QCheckBox*>();
        QVERIFY(saved->isEnabled());
        saved->setChecked(true);
        QTest::mouseClick(buttonOf(secret, QStringLiteral("Close")), Qt::LeftButton);
        QTRY_VERIFY(!secret);
        // The window's own button is in reach again.
        m_engine.fail({});
        QTest::mouseClick(buttonOf(m_window.get(), QStringLiteral("Try now")), Qt::LeftButton);
        QTRY_COMPARE(m_window->link()->state(), Link::State::Online);
    }

    void losesTheLinkUnderAFormAndKeepsWhatWasTyped() {
        m_window->go(Place::Accounts, QStringLiteral("new"));
        const QPointer<AccountForm> form = m_window->findChild<AccountForm*>();
        QVERIFY(form && QTest::qWaitForWindowActive(form));
        auto* email = form->findChild<QLineEdit*>(QStringLiteral("email"));
        email->setFocus();
        QTest::keyClicks(email, QStringLiteral("noreply@exam"));
        lose();
        QVERIFY(email->isEnabled());
        QCOMPARE(form->focusWidget(), email);
        QTest::keyClicks(form->focusWidget(), QStringLiteral("ple.com"));
        QCOMPARE(email->text(), QStringLiteral("noreply@example.com"));
        // It stays usable when the link is back, and closes while it is lost.
        m_engine.fail({});
        m_window->link()->dial();
        QTRY_COMPARE(m_window->link()->state(), Link::State::Online);
        QVERIFY(email->isEnabled());
        lose();
        QTest::keyClick(form, Qt::Key_Escape);
        QTRY_VERIFY(!form);
    }

    void keepsAnErrorUntilItIsDismissed() {
        m_window->notices().tell(Tone::Bad, QStringLiteral("The first went wrong."));
        m_window->notices().tell(Tone::Good, QStringLiteral("The second went well."));
        QVERIFY(says(m_window.get(), QStringLiteral("The first went wrong.")));
        m_preferences->setTheme(Theme::Dark);
        m_preferences->setTheme(Theme::Light);
        QTRY_VERIFY(says(m_window.get(), QStringLiteral("The first went wrong.")));
        m_window->notices().tell(Tone::Bad, QStringLiteral("The third went wrong."));
        QVERIFY(!says(m_window.get(), QStringLiteral("The first went wrong.")));
        QVERIFY(says(m_window.get(), QStringLiteral("The third went wrong.")));
        buttonOf(m_window.get(), QStringLiteral("Dismiss"))->click();
        QVERIFY(!says(m_window.get(), QStringLiteral("The third went wrong.")));
        m_preferences->setTheme(Theme::Dark);
        m_preferences->setTheme(Theme::Light);
        QTRY_VERIFY(m_window->findChild<ActivityPanel*>()->parentWidget()->isVisible());
        QVERIFY(!says(m_window.get(), QStringLiteral("The third went wrong.")));
    }

    void keepsTheActivityOpenThroughAnotherTheme() {
        for (auto* button : m_window->findChildren<QToolButton*>())
            if (button->isCheckable()) button->setChecked(true);
        QVERIFY(m_window->findChild<ActivityPanel*>()->isVisible());
        m_preferences->setTheme(Theme::Dark);
        m_preferences->setTheme(Theme::Light);
        QTRY_VERIFY(m_window->findChild<ActivityPanel*>()->isVisible());
        bool isCancelled = false;
        const int job = m_window->notices().begin(QStringLiteral("A job."), [&] {
            isCancelled = true;
            m_window->notices().finish(m_window->notices().all().front().id, Tone::Calm, QStringLiteral("Ended."));
        });
        QVERIFY(job > 0);
        QTRY_VERIFY(buttonOf(m_window->findChild<ActivityPanel*>(), QStringLiteral("Cancel")));
        QTest::mouseClick(buttonOf(m_window->findChild<ActivityPanel*>(), QStringLiteral("Cancel")), Qt::LeftButton);
        QVERIFY(isCancelled);
        QVERIFY(!buttonOf(m_window->findChild<ActivityPanel*>(), QStringLiteral("Cancel")));
    }

    void saysOneThingOfOneTrouble() {
        m_window->say(Tone::Busy, QStringLiteral("Postroom finishes."));
        m_engine.fail(gone);
        QTRY_COMPARE(m_window->link()->state(), Link::State::Lost);
        QVERIFY(!buttonOf(m_window.get(), QStringLiteral("Try now")));
        m_window->say(Tone::Calm, {});
        QVERIFY(buttonOf(m_window.get(), QStringLiteral("Try now")));
    }

    void letsTheKeyBeEnteredAgain_data() {
        QTest::addColumn<int>("code");
        QTest::newRow("key") << static_cast<int>(ErrorCode::CredentialsRejected);
        QTest::newRow("certificate") << static_cast<int>(ErrorCode::TlsFailed);
    }
    void letsTheKeyBeEnteredAgain() {
        QFETCH(int, code);
        m_program->attached = {.url = elsewhere, .key = QStringLiteral("noti_1"), .fingerprint = {}};
        m_engine.fail(Error{.code = static_cast<ErrorCode>(code), .params = {}, .detail = {}, .fields = {}});
        QTRY_COMPARE(m_window->link()->state(), Link::State::Lost);
        QVERIFY(!buttonOf(m_window.get(), QStringLiteral("Try now")));
        buttonOf(m_window.get(), QStringLiteral("Check address and key…"))->click();
        auto* connects = m_window->findChild<ConnectDialog*>();
        QVERIFY(connects);
        QCOMPARE(connects->address().url, elsewhere);
        QCOMPARE(connects->address().key, QStringLiteral("noti_1"));
        // This computer's engine has no key to enter.
        connects->close();
        m_program->attached = {};
        m_window->say(Tone::Calm, {});
        QVERIFY(buttonOf(m_window.get(), QStringLiteral("Try now")));
    }

    void showsTheOverviewWithoutScrolling_data() {
        QTest::addColumn<QString>("language");
        QTest::newRow("en") << QStringLiteral("en");
        QTest::newRow("zh") << QStringLiteral("zh_CN");
    }
    void showsTheOverviewWithoutScrolling() {
        QFETCH(QString, language);
        m_preferences->setLanguage(language);
        m_window->go(Place::Overview);
        const auto* scroll = m_window->findChild<OverviewScreen*>()->findChild<QScrollArea*>();
        // What needs somebody in the office, which is four lines with a button, and the one that pauses.
        const auto acts = [scroll] {
            const auto buttons = scroll->findChildren<QPushButton*>();
            return std::count_if(buttons.begin(), buttons.end(), [](const auto* b) { return !b->isCheckable(); });
        };
        QTRY_COMPARE(acts(), 5);
        QTRY_VERIFY(scroll->isVisible());
        const QSize room = scroll->maximumViewportSize();
        const int wanted = scroll->widget()->heightForWidth(room.width());
        QVERIFY2(wanted > 0 && wanted <= room.height(), qPrintable(QString::number(wanted - room.height())));
        m_preferences->setLanguage(QStringLiteral("en"));
    }

    void goesOnWithAnActInAnotherLanguageAndEndsItWithItsEngine() {
        const std::string route = "POST /api/v1/messages/actions";
        contract::BulkResult page;
        page.found = page.messages = page.recipients = 1;
        page.recipientsByState["failed"] = 1;
        page.nextCursor = "c";
        m_engine.answer(route, contract::toJson(page));
        m_window->go(Place::Messages, QStringLiteral("failed"));
        const auto* acts = m_window->findChild<QToolButton*>(QStringLiteral("acts"));
        QTRY_VERIFY(acts->isEnabled());
        acts->menu()->actions().first()->trigger();
        QTRY_VERIFY(m_window->findChild<QMessageBox*>());
        auto* asks = m_window->findChild<QMessageBox*>();
        QVERIFY2(asks->text().contains(QStringLiteral("More than 1 recipient of 1 message:")),
                 qPrintable(asks->text()));
        asks->findChild<QPushButton*>(QStringLiteral("confirmed"))->click();
        QTRY_COMPARE(m_window->notices().running(), 1);
        m_preferences->setLanguage(QStringLiteral("zh_CN"));
        const std::size_t before = m_engine.count(route);
        QTRY_VERIFY(m_engine.count(route) >= before + 3);
        QCOMPARE(m_window->notices().running(), 1);
        m_preferences->setLanguage(QStringLiteral("en"));
        m_program->choose({}, {});
        QCOMPARE(m_window->notices().running(), 0);
        const QString told = m_window->notices().all().front().text;
        QVERIFY2(told.endsWith(QStringLiteral("messages are tried now. It stopped before the end.")), qPrintable(told));
        QTRY_COMPARE(m_window->link()->state(), Link::State::Online);
    }

    void showsTheStripAKeyThatOnlyReads() {
        FakeEngine readOnly;
        furnish(readOnly);
        const Error forbidden{.code = ErrorCode::Forbidden, .params = {}, .detail = {}, .fields = {}};
        for (const char* route :
             {"GET /api/v1/admin/queue", "GET /api/v1/admin/email-accounts", "GET /api/v1/admin/api-keys"})
            readOnly.refuse(route, forbidden);
        contract::Stats stats;
        stats.ratePerMinute = 77;
        stats.totals = {{"queued", 4000}, {"sending", 321}};
        readOnly.answer("GET /api/v1/stats", contract::toJson(stats));
        m_window->attach(std::make_unique<Link>(readOnly.dial()), QStringLiteral("read"));
        QTRY_VERIFY(says(m_window.get(), QStringLiteral("%1 waiting").arg(countText(4321))));
        QVERIFY(says(m_window.get(), QStringLiteral("77 a minute")));
        // Once by the strip and once by the overview.
        QCOMPARE(readOnly.count("GET /api/v1/admin/queue"), std::size_t{2});
        m_window.reset();
    }

private:
    void lose() {
        m_engine.fail(gone);
        QTRY_COMPARE(m_window->link()->state(), Link::State::Lost);
    }
    QDialog* dialog() {
        for (auto* found : m_window->findChildren<QDialog*>())
            if (found->isVisible()) return found;
        return nullptr;
    }
    QAction* action(const QString& text) {
        for (auto* found : m_window->findChildren<QAction*>())
            if (found->text() == text) return found;
        return nullptr;
    }

    FakeEngine m_engine;
    std::unique_ptr<Preferences> m_preferences;
    std::unique_ptr<Program> m_program;
    std::unique_ptr<MainWindow> m_window;
};

QTEST_MAIN(TestMainWindow)
#include "tst_main_window.moc"
