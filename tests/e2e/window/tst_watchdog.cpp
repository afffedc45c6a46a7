// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors

// The window with its engine inside while that sends 1,000 messages a second: no event of the threads that answer takes
// over 50 ms of their CPU time, whatever screen is shown.

#include "tests/contract/client/engine.h"
#include "tests/e2e/window/watched_application.h"
#include "ui/shell/main_window.h"
#include "ui/shell/preferences.h"

#include <QStandardPaths>
#include <QTest>

using namespace postroom;
using namespace postroom::ui;
using namespace std::chrono_literals;

namespace {

constexpr double longestAllowed_ms = 50;
constexpr int batch = 50;
constexpr auto batchEvery = 50ms;
constexpr int messagesAtEach = 1500;

class OneEngine final : public MainWindow::Port {
public:
    [[nodiscard]] QList<EngineAddress> addresses() const override { return {}; }
    void choose(const EngineAddress&, const Secret&) override {}
    void closeAsked() override {}
};

// Posts in a thread of its own, as a program beside the window would.
class Load {
public:
    explicit Load(std::unique_ptr<client::Transport> transport) : m_client(std::move(transport)) {
        m_worker.call([this] {
            auto* timer = m_worker.keep(std::make_unique<QTimer>());
            QObject::connect(timer, &QTimer::timeout, timer, [this] {
                for (int i = 0; i < batch; ++i) post();
            });
            timer->start(batchEvery);
        });
    }
    ~Load() { m_worker.stop(); }
    [[nodiscard]] int accepted() const { return m_accepted.load(); }

private:
    void post() {
        contract::SendRequest mail;
        mail.to = {"you@example.com"};
        mail.subject = "Load";
        mail.content = "<p>one of many</p>";
        mail.account = "sandbox";
        m_client.send(mail).then(m_worker, [this](const Result<contract::Receipt>& receipt) {
            if (receipt) ++m_accepted;
        });
    }

    std::atomic<int> m_accepted = 0;
    Worker m_worker{"load"};
    client::EngineClient m_client;  // dies first: what it still owes is handed to the worker
};

}  // namespace

class TestWatchdog : public QObject {
    Q_OBJECT

private slots:
    void answersWhileTheEngineSends() {
        auto* watched = static_cast<test::WatchedApplication*>(qApp);
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setOrganizationName(QStringLiteral("Postroom"));
        QCoreApplication::setApplicationName(QStringLiteral("tst_watchdog"));
        QTemporaryDir folder;
        auto host = test::startEngine(folder.path().toStdString());
        QVERIFY2(host, host ? "" : host.error().text().c_str());
        OneEngine port;
        Preferences preferences(*qApp);
        MainWindow window(port, preferences);
        window.attach(std::make_unique<Link>([&]() -> Result<Link::Dialled> {
                          return Link::Dialled{.transport = (*host)->transport(), .url = QStringLiteral("inside")};
                      }),
                      QStringLiteral("here"));
        window.resize(1280, 800);
        window.show();
        QTRY_COMPARE(window.link()->state(), Link::State::Online);
        const Place places[] = {Place::Overview, Place::Messages, Place::Accounts,
                                Place::Keys,     Place::Sandbox,  Place::Compose};
        // Once each without load: making a screen is not what is judged.
        for (const Place place : places) {
            window.go(place);
            QTest::qWait(100);
        }
        {
            Load load((*host)->transport());
            watched->watch(true);
            for (const Place place : places) {
                window.go(place);
                const int enough = load.accepted() + messagesAtEach;
                QTRY_VERIFY_WITH_TIMEOUT(load.accepted() >= enough, 20000);
            }
            watched->watch(false);
            qInfo("accepted %d messages meanwhile", load.accepted());
        }
        for (const auto& [thread, longest] : watched->longest())
            qInfo("%-10s longest event %6.1f ms: %s", thread.c_str(), longest.cpu_ms, longest.what.c_str());
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
        for (const char* thread : {"ui", "api"})
            QVERIFY2(watched->longest()[thread].cpu_ms <= longestAllowed_ms, thread);
#endif
        window.attach(std::make_unique<Link>([]() -> Result<Link::Dialled> { return fail(ErrorCode::Stopping); }),
                      QStringLiteral("here"));
        (*host)->stop(5s);
    }
};

int main(int argc, char** argv) {
    test::WatchedApplication application(argc, argv);
    TestWatchdog test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_watchdog.moc"
