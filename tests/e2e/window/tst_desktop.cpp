// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors

// What the program around the window decides: when closing asks, and what happens where the engine's port is taken.

#include "app/desktop/desktop.h"
#include "engine/base/text.h"
#include "ui/shell/preferences.h"

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
}

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
        QCOMPARE(window().link()->state(), Link::State::Lost);
    }

    void usesAnotherPortWhereItsOwnIsTaken() {
        QTcpServer other;
        QVERIFY(other.listen(QHostAddress::LocalHost));
        const std::string taken = "127.0.0.1:" + std::to_string(other.serverPort());
        begin(taken);
        QTRY_VERIFY_WITH_TIMEOUT(says("Another program listens on " + taken), patience_ms);
        QCOMPARE(window().link()->state(), Link::State::Lost);
        press(QStringLiteral("Use another port"));
        QTRY_COMPARE_WITH_TIMEOUT(window().link()->state(), Link::State::Online, patience_ms);
        QVERIFY(!window().link()->url().endsWith(QString::number(other.serverPort())));
        QVERIFY(!says("Another program listens"));
        m_desktop->quit();
        QTRY_VERIFY_WITH_TIMEOUT(!window().isVisible(), patience_ms);
    }

private:
    MainWindow& window() { return m_desktop->window(); }

    void begin(const std::string& listen) {
        m_folder = std::make_unique<QTemporaryDir>();
        contract::SettingLayers layers{.flags = {{"API_LISTEN", listen}, {"STOP_GRACE", "5"}}};
        auto settings = contract::Settings::resolve(layers);
        QVERIFY2(settings, settings ? "" : settings.error().text().c_str());
        m_desktop = std::make_unique<app::Desktop>(
            app::Desktop::Start{.dataFolder = m_folder->path().toStdString(), .layers = layers, .settings = *settings},
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

    std::unique_ptr<Preferences> m_preferences;
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<app::Desktop> m_desktop;
};

QTEST_MAIN(TestDesktop)
#include "tst_desktop.moc"
