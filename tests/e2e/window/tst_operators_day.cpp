// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors

// One afternoon of an operator, twice: with the engine inside, and attached to a real postroomd over TLS. The mail
// server is not ours (aiosmtpd). Only how the engine is come by differs; every step after that is the same code.

#include "app/desktop/desktop.h"
#include "engine/base/text.h"
#include "engine/client/control_file.h"
#include "ui/shell/preferences.h"

#include <QAbstractItemView>
#include <QComboBox>
#include <QDialog>
#include <QJsonArray>
#include <QJsonDocument>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QProcess>
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
constexpr auto user = "notice@example.com";

/// tests/e2e/window/mail_server.py
class MailServer {
public:
    MailServer() {
        m_process.start(QStringLiteral("/usr/bin/python3"),
                        {QStringLiteral(POSTROOM_SOURCE_DIR "/tests/e2e/window/mail_server.py")});
        port = line().toInt();
    }
    ~MailServer() {
        m_process.closeWriteChannel();
        m_process.waitForFinished(10000);
    }
    void setPassword(const QByteArray& password) {
        m_process.write("password " + password + "\n");
        line();
    }
    QStringList subjects() {
        m_process.write("mails\n");
        QStringList all;
        for (const auto& subject : QJsonDocument::fromJson(line()).array()) all.append(subject.toString());
        return all;
    }
    int port = 0;

private:
    QByteArray line() {
        while (!m_process.canReadLine())
            if (!m_process.waitForReadyRead(20000)) return {};
        return m_process.readLine().trimmed();
    }
    QProcess m_process;
};

/// A postroomd with a certificate of its own, which can be killed and comes back on its port.
class Daemon {
public:
    explicit Daemon(const QString& folder) : m_folder(folder) {
        QProcess::execute(
            QStringLiteral("openssl"),
            {QStringLiteral("req"), QStringLiteral("-x509"), QStringLiteral("-newkey"), QStringLiteral("ec"),
             QStringLiteral("-pkeyopt"), QStringLiteral("ec_paramgen_curve:prime256v1"), QStringLiteral("-nodes"),
             QStringLiteral("-days"), QStringLiteral("2"), QStringLiteral("-subj"), QStringLiteral("/CN=127.0.0.1"),
             QStringLiteral("-keyout"), folder + QStringLiteral("/key.pem"), QStringLiteral("-out"),
             folder + QStringLiteral("/cert.pem")});
        QFile::setPermissions(folder + QStringLiteral("/key.pem"), QFile::ReadOwner | QFile::WriteOwner);
        QTcpServer free;
        free.listen(QHostAddress::LocalHost);
        m_listen = QStringLiteral("127.0.0.1:%1").arg(free.serverPort());
    }
    ~Daemon() {
        m_process.terminate();
        m_process.waitForFinished(20000);
    }
    bool start() {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("API_TLS_CERT"), m_folder + QStringLiteral("/cert.pem"));
        environment.insert(QStringLiteral("API_TLS_KEY"), m_folder + QStringLiteral("/key.pem"));
        m_process.setProcessEnvironment(environment);
        m_process.setStandardErrorFile(m_folder + QStringLiteral("/postroomd.log"), QIODevice::Append);
        QFile::remove(data() + QStringLiteral("/control.json"));
        m_process.start(program("postroomd"),
                        {QStringLiteral("--data-dir"), data(), QStringLiteral("--listen"), m_listen});
        return QTest::qWaitFor([this] { return client::ControlFile::read(data().toStdString()).has_value(); }, 30000);
    }
    void kill() {
        m_process.kill();
        m_process.waitForFinished(10000);
    }
    /// Of a new key with all scopes.
    std::pair<EngineAddress, Secret> address() {
        const auto control = client::ControlFile::read(data().toStdString());
        QProcess ctl;
        ctl.start(program("postroomctl"),
                  {QStringLiteral("--data-dir"), data(), QStringLiteral("--json"), QStringLiteral("keys"),
                   QStringLiteral("create"), QStringLiteral("--name"), QStringLiteral("window"),
                   QStringLiteral("--description"), QStringLiteral("of the test"), QStringLiteral("--scopes"),
                   QStringLiteral("send,read,admin")});
        ctl.waitForFinished(20000);
        const QByteArray said = ctl.readAllStandardOutput();
        const auto word = [&said](const QByteArray& name) {
            const qsizetype at = said.indexOf('"' + name + "\":");
            const qsizetype from = said.indexOf('"', said.indexOf(':', at)) + 1;
            return QString::fromUtf8(said.mid(from, said.indexOf('"', from) - from));
        };
        return {
            {.url = toQString(control->url), .key = word("api_key"), .fingerprint = toQString(control->fingerprint)},
            Secret{word("api_secret").toStdString()}};
    }

private:
    [[nodiscard]] QString data() const { return m_folder + QStringLiteral("/daemon"); }
    static QString program(const char* name) {
        return QStringLiteral(POSTROOM_BINARY_DIR "/bin/") + QString::fromLatin1(name);
    }
    QString m_folder;
    QString m_listen;
    QProcess m_process;
};

}  // namespace

class TestOperatorsDay : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() {
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setOrganizationName(QStringLiteral("Postroom"));
        QCoreApplication::setApplicationName(QStringLiteral("tst_operators_day"));
        QSettings().clear();
        m_preferences = std::make_unique<Preferences>(*qApp);
        m_preferences->setLanguage(QStringLiteral("en"));
    }

    void leadsAnOperatorThroughTheDay_data() {
        QTest::addColumn<bool>("attached");
        QTest::newRow("the engine inside") << false;
        QTest::newRow("attached over TLS") << true;
    }
    void leadsAnOperatorThroughTheDay() {
        QFETCH(bool, attached);
        QTemporaryDir folder;
        MailServer server;
        QVERIFY(server.port > 0);
        std::optional<Daemon> daemon;
        begin(folder.path());
        QTRY_COMPARE_WITH_TIMEOUT(window().link()->state(), Link::State::Online, patience_ms);
        if (attached) {
            daemon.emplace(folder.path());
            QVERIFY(daemon->start());
            const auto [address, secret] = daemon->address();
            m_desktop->choose(address, secret);
            QTRY_COMPARE_WITH_TIMEOUT(window().link()->state(), Link::State::Online, patience_ms);
            QVERIFY(window().link()->url().startsWith(QStringLiteral("https://")));
        }

        addAccount(server.port);
        if (QTest::currentTestFailed()) return;
        send(QStringLiteral("The first mail"));
        QTRY_COMPARE_WITH_TIMEOUT(server.subjects(), QStringList{QStringLiteral("The first mail")}, patience_ms);
        QTRY_VERIFY2_WITH_TIMEOUT(says(QStringLiteral("Sent")), "the sent line", patience_ms);

        // The provider changes the password, and the next mail waits and says why.
        server.setPassword("second password");
        send(QStringLiteral("The second mail"));
        const QString waiting = newestMessage("The second mail");
        QVERIFY(!waiting.isEmpty());
        window().go(Place::Messages, waiting);
        QTRY_VERIFY2_WITH_TIMEOUT(says(QStringLiteral("rejected the user name or password")), qPrintable(everything()),
                                  patience_ms);
        window().go(Place::Overview);
        QTRY_VERIFY_WITH_TIMEOUT(says(QStringLiteral("rests after a fault")), patience_ms);
        QCOMPARE(server.subjects().size(), 1);

        mendAccount();
        QTRY_COMPARE_WITH_TIMEOUT(server.subjects().size(), qsizetype{2}, patience_ms);

        if (daemon) {
            // Lost in mid-work: what was known stays on the screen, and the link comes back with the engine.
            window().go(Place::Accounts);
            QTRY_VERIFY_WITH_TIMEOUT(hasRow(QString::fromLatin1(user)), patience_ms);
            daemon->kill();
            QTRY_COMPARE_WITH_TIMEOUT(window().link()->state(), Link::State::Lost, patience_ms);
            QVERIFY(hasRow(QString::fromLatin1(user)));
            QVERIFY(says(QStringLiteral("can't be reached")));
            QVERIFY(daemon->start());
            QTRY_COMPARE_WITH_TIMEOUT(window().link()->state(), Link::State::Online, patience_ms);
            send(QStringLiteral("The third mail"));
            QTRY_COMPARE_WITH_TIMEOUT(server.subjects().size(), qsizetype{3}, patience_ms);
        }
        end();
    }

    void showsAWrongSecretAndAWrongCertificateAsASentence() {
        QTemporaryDir folder;
        Daemon daemon(folder.path());
        QVERIFY(daemon.start());
        begin(folder.path());
        auto [address, secret] = daemon.address();
        m_desktop->choose(address, Secret{std::string("secret_of_somebody_else")});
        QTRY_COMPARE_WITH_TIMEOUT(window().link()->state(), Link::State::Lost, patience_ms);
        QCOMPARE(window().link()->trouble().code, ErrorCode::CredentialsRejected);
        QVERIFY(says(QStringLiteral("rejected the key or its secret")));
        address.fingerprint = QString(64, QLatin1Char('a'));
        m_desktop->choose(address, secret);
        QTRY_VERIFY_WITH_TIMEOUT(window().link()->trouble().code == ErrorCode::TlsFailed, patience_ms);
        QVERIFY(says(QStringLiteral("certificate is not trusted")));
        // Back to this computer's own.
        m_desktop->choose({}, {});
        QTRY_COMPARE_WITH_TIMEOUT(window().link()->state(), Link::State::Online, patience_ms);
        end();
    }

    void cleanup() { m_desktop.reset(); }

private:
    MainWindow& window() { return m_desktop->window(); }

    void begin(const QString& folder) {
        contract::SettingLayers layers{.flags = {{"API_LISTEN", "127.0.0.1:0"}, {"STOP_GRACE", "5"}}};
        auto settings = contract::Settings::resolve(layers);
        QVERIFY2(settings, settings ? "" : settings.error().text().c_str());
        m_desktop = std::make_unique<app::Desktop>(
            app::Desktop::Start{.dataFolder = folder.toStdString() + "/data", .layers = layers, .settings = *settings},
            *m_preferences);
        m_desktop->begin();
    }
    // As Ctrl-Q does once nothing moves any more.
    void end() {
        m_desktop->quit();
        QTRY_VERIFY_WITH_TIMEOUT(!window().isVisible(), patience_ms);
    }

    template <typename T>
    T* visible(const QString& name, QWidget* in = nullptr) {
        for (T* widget : (in ? in : &window())->findChildren<T*>())
            if (widget->isVisible() && (widget->objectName() == name || widget->accessibleName() == name))
                return widget;
        return nullptr;
    }
    QPushButton* button(const QString& text, QWidget* in = nullptr) {
        for (auto* found : (in ? in : &window())->findChildren<QPushButton*>())
            if (found->isVisible() && found->text() == text) return found;
        return nullptr;
    }
    QDialog* dialog() {
        for (auto* found : window().findChildren<QDialog*>())
            if (found->isVisible()) return found;
        return nullptr;
    }
    void type(QWidget* in, const char* field, const QString& text) {
        auto* line = visible<QLineEdit>(QString::fromLatin1(field), in);
        QVERIFY2(line, field);
        line->setText(text);
    }
    // Anywhere a person could read it: labels, badges, banners, cells of tables.
    // For a failure's reader.
    QString everything() {
        QStringList texts;
        for (const auto* label : window().findChildren<QLabel*>())
            if (label->isVisible()) texts.append(label->text().left(200));
        return texts.join(QStringLiteral(" | "));
    }
    bool says(const QString& text) {
        for (const auto* label : window().findChildren<QLabel*>())
            if (label->isVisible() && label->text().remove(QChar(0x200B)).contains(text, Qt::CaseInsensitive))
                return true;
        return hasRow(text);
    }
    bool hasRow(const QString& text) {
        for (const auto* view : window().findChildren<QAbstractItemView*>()) {
            if (!view->isVisible() || !view->model()) continue;
            for (int row = 0; row < view->model()->rowCount(); ++row)
                for (int column = 0; column < view->model()->columnCount(); ++column)
                    if (view->model()->index(row, column).data().toString().contains(text, Qt::CaseInsensitive))
                        return true;
        }
        return false;
    }

    void addAccount(int port) {
        window().go(Place::Accounts, QStringLiteral("new"));
        QTRY_VERIFY_WITH_TIMEOUT(dialog(), patience_ms);
        QDialog* form = dialog();
        type(form, "email", QString::fromLatin1(user));
        type(form, "smtp_host", QStringLiteral("127.0.0.1"));
        auto* security = visible<QComboBox>(QStringLiteral("security"), form);
        QVERIFY(security);
        security->setCurrentIndex(security->findData(static_cast<int>(contract::Security::None)));
        type(form, "smtp_port", QString::number(port));
        type(form, "smtp_username", QString::fromLatin1(user));
        type(form, "smtp_password", QStringLiteral("first password"));
        QTest::mouseClick(button(QStringLiteral("Save"), form), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(!dialog(), patience_ms);
        QTRY_VERIFY_WITH_TIMEOUT(hasRow(QString::fromLatin1(user)), patience_ms);
    }

    void mendAccount() {
        window().go(Place::Accounts);
        QTRY_VERIFY_WITH_TIMEOUT(hasRow(QString::fromLatin1(user)), patience_ms);
        auto* table = visible<QAbstractItemView>(QStringLiteral("Mail accounts"));
        QVERIFY(table);
        table->setCurrentIndex(table->model()->index(0, 0));
        QTRY_VERIFY_WITH_TIMEOUT(button(QStringLiteral("Edit"))->isEnabled(), patience_ms);
        QTest::mouseClick(button(QStringLiteral("Edit")), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(dialog(), patience_ms);
        QDialog* form = dialog();
        type(form, "smtp_password", QStringLiteral("second password"));
        QTest::mouseClick(button(QStringLiteral("Save"), form), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(!dialog(), patience_ms);
    }

    void send(const QString& subject) {
        window().go(Place::Compose);
        auto* account = visible<QComboBox>(QStringLiteral("account"));
        QVERIFY(account);
        QTRY_VERIFY_WITH_TIMEOUT(account->count() >= 3, patience_ms);
        account->setCurrentIndex(account->findText(QStringLiteral("Any account")));
        type(nullptr, "to", QStringLiteral("you@example.com"));
        type(nullptr, "subject", subject);
        auto* text = visible<QPlainTextEdit>(QStringLiteral("The mail as text"));
        QVERIFY(text);
        text->setPlainText(QStringLiteral("Hello."));
        QTest::mouseClick(button(QStringLiteral("Send")), Qt::LeftButton);
    }
    // The id of the newest message once it has this subject: a 202 may be still on its way.
    QString newestMessage(const std::string& subject) {
        QString id;
        const auto ask = [this, subject, &id] {
            window().link()->ask(
                this, [](client::EngineClient& engine) { return engine.messages({.limit = 1}); },
                [subject, &id](const Result<contract::MessagePage>& page) {
                    if (page && !page->items.empty() && page->items.front().subject == subject)
                        id = toQString(page->items.front().id.text());
                });
        };
        for (int i = 0; i < 200 && id.isEmpty(); ++i) {
            ask();
            QTest::qWait(100);
        }
        return id;
    }

    std::unique_ptr<Preferences> m_preferences;
    std::unique_ptr<app::Desktop> m_desktop;
};

QTEST_MAIN(TestOperatorsDay)
#include "tst_operators_day.moc"
