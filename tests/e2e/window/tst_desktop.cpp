// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors

// What the program around the window decides: when closing asks, and what happens where the engine's port is taken.

#include "app/desktop/desktop.h"
#include "app/desktop/session_end.h"
#include "engine/base/text.h"
#include "ui/shell/preferences.h"
#include "ui/widgets/banner.h"

#include <sys/syscall.h>
#include <unistd.h>
#include <atomic>
#include <csignal>
#include <ctime>
#include <QDir>
#include <QFile>
#include <QLabel>
#include <QMessageBox>
#include <QPushButton>
#include <QSettings>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>

using namespace postroom;
using namespace postroom::ui;

namespace {
constexpr int patience_ms = 20000;

std::atomic<bool> mayGoOn = true;
std::atomic<int> stalled = 0;

// Holds up a thread of this process by a signal for as long as this lives: while it waits, so that it holds nothing
// that others need.
class Stalled {
public:
    explicit Stalled(const QByteArray& thread) {
        mayGoOn = false;
        std::signal(SIGUSR1, [](int) {
            ++stalled;
            while (!mayGoOn) {
                const timespec moment{.tv_sec = 0, .tv_nsec = 1'000'000};
                ::nanosleep(&moment, nullptr);
            }
            --stalled;
        });
        for (const QString& task :
             QDir(QStringLiteral("/proc/self/task")).entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
            QFile name(QStringLiteral("/proc/self/task/%1/comm").arg(task));
            if (name.open(QIODevice::ReadOnly) && name.readAll().trimmed() == thread &&
                QTest::qWaitFor([&task] { return sleeps(task); }, patience_ms))
                ::syscall(SYS_tgkill, ::getpid(), task.toInt(), SIGUSR1);
        }
    }
    ~Stalled() {
        mayGoOn = true;
        if (!QTest::qWaitFor([] { return stalled == 0; }, patience_ms)) qWarning("a thread does not go on");
        std::signal(SIGUSR1, SIG_DFL);
    }
    // proc(5): the state stands behind the name, which is in brackets.
    [[nodiscard]] static bool sleeps(const QString& task) {
        QFile stat(QStringLiteral("/proc/self/task/%1/stat").arg(task));
        if (!stat.open(QIODevice::ReadOnly)) return false;
        const QByteArray all = stat.readAll();
        return all.mid(all.lastIndexOf(')') + 2, 1) == "S";
    }
    [[nodiscard]] static bool isStalled() {
        return QTest::qWaitFor([] { return stalled > 0; }, patience_ms);
    }
};
}  // namespace

class TestDesktop : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() {
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setOrganizationName(QStringLiteral("Postroom"));
        QCoreApplication::setApplicationName(QStringLiteral("tst_desktop"));
        QSettings().clear();
        m_preferences = std::make_unique<Preferences>(*qApp);
        m_preferences->setLanguage(QStringLiteral("en"));
    }
    void cleanup() { m_desktop.reset(); }

    void closesWithoutAskingWhereNothingWaits() {
        begin("127.0.0.1:0");
        QTRY_COMPARE_WITH_TIMEOUT(window().link()->state(), Link::State::Online, patience_ms);
        window().close();
        QTRY_VERIFY_WITH_TIMEOUT(!window().isVisible(), patience_ms);
        QVERIFY(!question());
    }

    void asksBeforeClosingWhileMailWaits() {
        begin("127.0.0.1:0");
        QTRY_COMPARE_WITH_TIMEOUT(window().link()->state(), Link::State::Online, patience_ms);
        // There is no account, so it waits.
        bool accepted = false;
        window().link()->ask(
            this,
            [](client::EngineClient& engine) {
                contract::SendRequest mail;
                mail.to = {"one@example.com", "two@example.com"};
                mail.subject = "Waits";
                mail.text = "Hello.";
                return engine.send(mail);
            },
            [&accepted](const Result<contract::Receipt>& receipt) { accepted = receipt.has_value(); });
        QTRY_VERIFY_WITH_TIMEOUT(accepted, patience_ms);

        window().close();
        QTRY_VERIFY_WITH_TIMEOUT(question(), patience_ms);
        QVERIFY2(question()->text().contains(QLatin1Char('2')), qPrintable(question()->text()));
        // A second click on the cross asks no second time.
        window().close();
        QCOMPARE(window().findChildren<QMessageBox*>().size(), qsizetype{1});
        question()->button(QMessageBox::Cancel)->click();
        QTRY_VERIFY(!question());
        QVERIFY(window().isVisible() && !window().isMinimized());

        window().close();
        QTRY_VERIFY_WITH_TIMEOUT(question(), patience_ms);
        press(QStringLiteral("Keep running in the background"));
        QTRY_VERIFY(window().isMinimized());
        QCOMPARE(window().link()->state(), Link::State::Online);

        window().close();
        QTRY_VERIFY_WITH_TIMEOUT(question(), patience_ms);
        press(QStringLiteral("Quit"));
        QTRY_VERIFY_WITH_TIMEOUT(!window().isVisible(), patience_ms);
        // The engine's last word may still be in the window's inbox.
        QTRY_COMPARE_WITH_TIMEOUT(window().link()->state(), Link::State::Lost, patience_ms);
    }

    void usesAnotherPortWhereItsOwnIsTaken() {
        QTcpServer other;
        QVERIFY(other.listen(QHostAddress::LocalHost));
        const std::string taken = "127.0.0.1:" + std::to_string(other.serverPort());
        begin(taken);
        QTRY_VERIFY_WITH_TIMEOUT(says("Another program listens on " + taken), patience_ms);
        // Nothing but the one banner that knows better.
        QTRY_COMPARE_WITH_TIMEOUT(window().link()->state(), Link::State::Lost, patience_ms);
        QCOMPARE(banners().size(), 1);
        press(QStringLiteral("Use another port"));
        QTRY_COMPARE_WITH_TIMEOUT(window().link()->state(), Link::State::Online, patience_ms);
        QVERIFY(!window().link()->url().endsWith(QString::number(other.serverPort())));
        QVERIFY(!says("Another program listens"));
        m_desktop->quit();
        QTRY_VERIFY_WITH_TIMEOUT(!window().isVisible(), patience_ms);
    }

    void saysNothingButThatItStarts() {
        begin("127.0.0.1:0");
        QCOMPARE(window().link()->state(), Link::State::Connecting);
        QCOMPARE(banners(), QStringList{QStringLiteral("Starting…")});
        // A link that is lost meanwhile would count its seconds and say so.
        bool wasLost = false;
        const QObject here;  // no longer than what is written to
        QObject::connect(window().link(), &Link::stateChanged, &here,
                         [this, &wasLost] { wasLost = wasLost || window().link()->state() == Link::State::Lost; });
        QTRY_COMPARE_WITH_TIMEOUT(window().link()->state(), Link::State::Online, patience_ms);
        QVERIFY(!wasLost);
        QVERIFY(banners().isEmpty());
        const QStringList stopping{QStringLiteral("Postroom finishes what it has begun and stops…")};
        m_desktop->quit();
        QCOMPARE(banners(), stopping);
        QTRY_COMPARE_WITH_TIMEOUT(window().link()->state(), Link::State::Lost, patience_ms);
        QCOMPARE(banners(), stopping);
        QTRY_VERIFY_WITH_TIMEOUT(!window().isVisible(), patience_ms);
    }

    void startsOneEngineHoweverOftenItIsChosen() {
        begin("127.0.0.1:0");
        m_desktop->choose({}, {});
        m_desktop->choose({}, {});
        QCOMPARE(banners(), QStringList{QStringLiteral("Starting…")});
        QTRY_COMPARE_WITH_TIMEOUT(window().link()->state(), Link::State::Online, patience_ms);
        const QString url = window().link()->url();
        m_desktop->choose({}, {});
        QTRY_COMPARE_WITH_TIMEOUT(window().link()->state(), Link::State::Online, patience_ms);
        QCOMPARE(window().link()->url(), url);
        QCOMPARE(window().link()->ctlArguments(), (QStringList{QStringLiteral("--data-dir"), m_folder->path()}));
        QVERIFY(banners().isEmpty());
        m_desktop->quit();
        QTRY_VERIFY_WITH_TIMEOUT(!window().isVisible(), patience_ms);
    }

    void stopsAnEngineThatIsStillStarting() {
        begin("127.0.0.1:0");
        m_desktop->quit();
        QTRY_VERIFY_WITH_TIMEOUT(!window().isVisible(), patience_ms);
        QVERIFY(!QFile::exists(m_folder->filePath(QStringLiteral("control.json"))));
    }

    void offersToStartWhereNoneRuns() {
        begin("127.0.0.1:0", QStringLiteral("https://127.0.0.1:1"));
        auto* dialog = window().findChild<ConnectDialog*>();
        QVERIFY(dialog);
        QCOMPARE(dialog->address().url, QStringLiteral("https://127.0.0.1:1"));
        dialog->reject();
        QCOMPARE(banners(), QStringList{QStringLiteral("No engine runs on this computer.")});
        press(QStringLiteral("Start it"));
        QTRY_COMPARE_WITH_TIMEOUT(window().link()->state(), Link::State::Online, patience_ms);
        QVERIFY(banners().isEmpty());
        m_desktop->quit();
        QTRY_VERIFY_WITH_TIMEOUT(!window().isVisible(), patience_ms);
    }

    void remembersAnEngineOnceItAnswered() {
        QTcpServer free;
        QVERIFY(free.listen(QHostAddress::LocalHost));
        const QString url = QStringLiteral("http://127.0.0.1:%1").arg(free.serverPort());
        free.close();
        begin("127.0.0.1:0", url);
        const EngineAddress mistyped{.url = url, .key = QStringLiteral("noti_1"), .fingerprint = {}};
        m_desktop->choose(mistyped, Secret{std::string("s")});
        QTRY_COMPARE_WITH_TIMEOUT(window().link()->state(), Link::State::Lost, patience_ms);
        QCOMPARE(window().link()->ctlArguments().mid(0, 2), (QStringList{QStringLiteral("--url"), url}));
        QVERIFY(!window().link()->ctlArguments().join(QLatin1Char(' ')).contains(QStringLiteral(" s")));
        // While it is shown it can be corrected; then it is gone.
        QCOMPARE(m_desktop->addresses().size(), 2);
        m_desktop->choose({}, {});
        QCOMPARE(m_desktop->addresses().size(), 1);
        QTRY_COMPARE_WITH_TIMEOUT(window().link()->state(), Link::State::Online, patience_ms);
        m_desktop->quit();
        QTRY_VERIFY_WITH_TIMEOUT(!window().isVisible(), patience_ms);
    }

    void asksBeforeClosingThoughTheEngineDoesNotAnswer() {
        begin("127.0.0.1:0");
        QTRY_COMPARE_WITH_TIMEOUT(window().link()->state(), Link::State::Online, patience_ms);
        const Stalled api("api");
        QVERIFY(api.isStalled());
        window().close();
        QTRY_VERIFY_WITH_TIMEOUT(question(), patience_ms);
        QVERIFY2(question()->text().startsWith(QStringLiteral("It can't be said")), qPrintable(question()->text()));
        question()->button(QMessageBox::Cancel)->click();
        QTRY_VERIFY(!question());
        QVERIFY(window().isVisible());
    }

    void stopsWhenTheSessionEnds() {
        begin("127.0.0.1:0");
        QTRY_COMPARE_WITH_TIMEOUT(window().link()->state(), Link::State::Online, patience_ms);
        const app::SessionEnd sessionEnd(*qApp, [this] { m_desktop->quitAndWait(); });
        QEvent ended(QEvent::Quit);
        QCoreApplication::sendEvent(qApp, &ended);
        // Whoever ended it may kill from here on.
        QVERIFY(!window().isVisible());
        QVERIFY(!QFile::exists(m_folder->filePath(QStringLiteral("control.json"))));
        QVERIFY(!question());
    }

private:
    MainWindow& window() { return m_desktop->window(); }

    void begin(const std::string& listen, const QString& connect = {}) {
        m_folder = std::make_unique<QTemporaryDir>();
        contract::SettingLayers layers{.flags = {{"API_LISTEN", listen}, {"STOP_GRACE", "5"}}};
        auto settings = contract::Settings::resolve(layers);
        QVERIFY2(settings, settings ? "" : settings.error().text().c_str());
        m_desktop = std::make_unique<app::Desktop>(app::Desktop::Start{.dataFolder = m_folder->path().toStdString(),
                                                                       .layers = layers,
                                                                       .settings = *settings,
                                                                       .connect = connect},
                                                   *m_preferences);
        m_desktop->begin();
    }
    QMessageBox* question() {
        for (auto* box : window().findChildren<QMessageBox*>())
            if (box->isVisible()) return box;
        return nullptr;
    }
    void press(const QString& text) {
        for (auto* button : window().findChildren<QPushButton*>())
            if (button->isVisible() && button->text() == text) return button->click();
        QFAIL(qPrintable(text));
    }
    bool says(const std::string& text) {
        for (const auto* label : window().findChildren<QLabel*>())
            if (label->isVisible() && label->text().remove(QChar(0x200B)).contains(toQString(text))) return true;
        return false;
    }

    // Texts of those that are shown, or are as soon as the window is laid out.
    QStringList banners() {
        QStringList shown;
        for (const auto* banner : window().findChildren<Banner*>())
            if (!banner->isHidden()) shown.append(banner->text());
        return shown;
    }

    std::unique_ptr<Preferences> m_preferences;
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<app::Desktop> m_desktop;
};

QTEST_MAIN(TestDesktop)
#include "tst_desktop.moc"
