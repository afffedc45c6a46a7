// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors

// Walks every screen at two sizes, in both languages and themes: nothing cut off, nothing on top of another, everything
// reached by Tab and named. Run at 1x and 2x (QT_SCALE_FACTOR). With POSTROOM_PICTURES=DIR it keeps a picture of each.

#include "tests/ui/layout_faults.h"
#include "tests/ui/office.h"
#include "ui/shell/main_window.h"
#include "ui/shell/preferences.h"

#include <QAbstractButton>
#include <QAction>
#include <QCheckBox>
#include <QDialog>
#include <QDir>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSettings>
#include <QStandardPaths>
#include <QTabWidget>
#include <QTest>
#include <QToolButton>

using namespace postroom;
using namespace postroom::ui;

namespace {

class NoProgram final : public MainWindow::Port {
public:
    [[nodiscard]] QList<EngineAddress> addresses() const override {
        return {EngineAddress{},
                {.url = QStringLiteral("https://mail.example.org:8000"), .key = {}, .fingerprint = {}}};
    }
    void choose(const EngineAddress&, const Secret&) override {}
    void closeAsked() override { ++asked; }
    int asked = 0;
};

struct PlaceName {
    Place place;
    const char* name;
    const char* what;
};
const PlaceName walked[] = {{Place::Overview, "overview", ""},      {Place::Messages, "messages", "story"},
                            {Place::Accounts, "accounts", ""},      {Place::Keys, "keys", ""},
                            {Place::Sandbox, "sandbox", "mail-97"}, {Place::Compose, "compose", ""}};

double channel(double value) {
    return value <= 0.03928 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
}
double luminance(const QColor& c) {
    return 0.2126 * channel(c.redF()) + 0.7152 * channel(c.greenF()) + 0.0722 * channel(c.blueF());
}
// WCAG 2.1, 1.4.3.
double contrast(const QColor& a, const QColor& b) {
    const double x = luminance(a), y = luminance(b);
    return (qMax(x, y) + 0.05) / (qMin(x, y) + 0.05);
}

}  // namespace

class TestGeometry : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() {
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setOrganizationName(QStringLiteral("Postroom"));
        QCoreApplication::setApplicationName(QStringLiteral("tst_geometry"));
        QCoreApplication::setApplicationVersion(QStringLiteral("0.1.0"));
        QSettings().clear();
        m_preferences = std::make_unique<Preferences>(*qApp);
        furnish(m_engine);
    }

    void cleanup() { m_window.reset(); }

    void hasReadableColours_data() {
        QTest::addColumn<bool>("dark");
        QTest::newRow("light") << false;
        QTest::newRow("dark") << true;
    }
    void hasReadableColours() {
        QFETCH(bool, dark);
        applyTheme(*qApp, dark ? Theme::Dark : Theme::Light);
        const Colours& c = colours();
        for (const QColor& ground : {c.window, c.base, c.raised})
            for (const QColor& ink : {c.text, c.muted, c.accent, c.good, c.warn, c.bad, c.busy})
                QVERIFY2(contrast(ink, ground) >= 4.5, qPrintable(ink.name() + QStringLiteral(" on ") + ground.name()));
        const std::pair<QColor, QColor> tinted[] = {{c.good, c.goodTint}, {c.warn, c.warnTint},  {c.bad, c.badTint},
                                                    {c.busy, c.busyTint}, {c.muted, c.calmTint}, {c.onAccent, c.accent},
                                                    {c.text, c.goodTint}, {c.text, c.warnTint},  {c.text, c.badTint},
                                                    {c.text, c.busyTint}, {c.text, c.calmTint}};
        for (const auto& [ink, ground] : tinted)
            QVERIFY2(contrast(ink, ground) >= 4.5, qPrintable(ink.name() + QStringLiteral(" on ") + ground.name()));
    }

    void showsEveryScreenWhole_data() {
        QTest::addColumn<QString>("language");
        QTest::addColumn<bool>("dark");
        QTest::addColumn<QSize>("size");
        for (const char* language : {"en", "zh_CN"})
            for (const bool dark : {false, true})
                for (const QSize size : {QSize(1280, 800), QSize(1024, 700)})
                    QTest::addRow("%s %s %d", language, dark ? "dark" : "light", size.width())
                        << QString::fromLatin1(language) << dark << size;
    }
    void showsEveryScreenWhole() {
        QFETCH(QString, language);
        QFETCH(bool, dark);
        QFETCH(QSize, size);
        m_preferences->setLanguage(language);
        m_preferences->setTheme(dark ? Theme::Dark : Theme::Light);
        open(size);
        QStringList faults;
        for (const PlaceName& one : walked) {
            m_window->go(one.place, what(one));
            settle();
            for (const QString& fault : cutTexts(*m_window) + overlaps(*m_window) + keyboardFaults(*m_window))
                faults.append(QString::fromLatin1(one.name) + QStringLiteral(": ") + fault);
            keepPicture(QString::fromLatin1(one.name), language, dark, size);
        }
        if (!faults.isEmpty()) qWarning("%s", qPrintable(faults.join(QLatin1Char('\n'))));
        QVERIFY(faults.isEmpty());
    }

    void showsEveryDialogAndTabWhole_data() {
        QTest::addColumn<QString>("language");
        QTest::addColumn<bool>("dark");
        for (const char* language : {"en", "zh_CN"})
            for (const bool dark : {false, true})
                QTest::addRow("%s %s", language, dark ? "dark" : "light") << QString::fromLatin1(language) << dark;
    }
    void showsEveryDialogAndTabWhole() {
        QFETCH(QString, language);
        QFETCH(bool, dark);
        m_preferences->setLanguage(language);
        m_preferences->setTheme(dark ? Theme::Dark : Theme::Light);
        open(QSize(1280, 800));
        m_faults.clear();
        const auto look = [&](const char* name) { lookAt(name, language, dark); };

        m_window->go(Place::Accounts, brokenAccount());
        look("account-resting");
        press("AccountsScreen", "Test");
        look("account-test");
        press("AccountsScreen", "Edit");
        look("account-edit");
        press("AccountsScreen", "Remove");
        look("account-remove");
        m_window->go(Place::Accounts, QStringLiteral("new"));
        type("email", QStringLiteral("nobody at all"));
        type("smtp_port", QStringLiteral("70000"));
        press("AccountForm", "Save");
        look("account-wrong");

        m_window->go(Place::Keys, QStringLiteral("new"));
        look("key-new");
        m_window->go(Place::Keys, QStringLiteral("new"));
        settle();
        dialog()->findChild<QToolButton*>(QStringLiteral("more"))->click();
        look("key-limits");
        m_window->go(Place::Keys, QStringLiteral("new"));
        type("name", QStringLiteral("portal"));
        press("KeyForm", "Create");
        look("key-secret");
        m_window->go(Place::Keys, usedKey());
        press("KeysScreen", "New secret");
        look("key-rotate");
        m_window->go(Place::Keys, usedKey());
        press("KeysScreen", "New secret");
        settle();
        dialog()->findChild<QPushButton*>(QStringLiteral("confirmed"))->click();
        look("key-rotated");

        m_window->go(Place::Messages);
        search(QStringLiteral("status:failed"));
        auto* acts = m_window->findChild<QToolButton*>(QStringLiteral("acts"));
        QTRY_VERIFY(acts->isEnabled());
        acts->menu()->actions().front()->trigger();
        look("messages-act");
        search(QStringLiteral("subject:invoice status:flying"));
        look("messages-search-wrong");
        search({});

        m_window->go(Place::Messages, storyMessage());
        settle();
        const std::pair<int, const char*> tabs[] = {{1, "timeline"}, {2, "mail"}, {3, "why"}};
        for (const auto& [tab, name] : tabs) {
            m_window->findChild<QTabWidget*>()->setCurrentIndex(tab);
            look(name);
        }
        m_window->askForEngine({.url = QStringLiteral("http://mail.example.org:8000"),
                                .key = QStringLiteral("noti_9f2c41d0a7b6e101"),
                                .fingerprint = QStringLiteral("not a fingerprint")});
        look("connect");
        act("About Postroom");
        look("about");
        for (auto* button : m_window->findChildren<QToolButton*>())
            if (button->isCheckable() && button->isVisible()) button->setChecked(true);
        look("activity");
        m_engine.fail(
            Error{.code = ErrorCode::NetworkFailed, .params = {}, .detail = "connection refused", .fields = {}});
        QTRY_COMPARE(m_window->link()->state(), Link::State::Lost);
        look("lost");
        m_engine.fail(std::nullopt);
        m_window->link()->dial();
        QTRY_COMPARE(m_window->link()->state(), Link::State::Online);
        m_window->notices().tell(Tone::Bad, QString(300, QLatin1Char('x')));
        m_window->notices().begin(QStringLiteral("x y z"), [] {});
        settle();
        m_faults += cutTexts(*m_window) + overlaps(*m_window);
        if (!m_faults.isEmpty()) qWarning("%s", qPrintable(m_faults.join(QLatin1Char('\n'))));
        QVERIFY(m_faults.isEmpty());
    }

    void showsALostLinkWithWhatWasKnown() {
        m_preferences->setLanguage(QStringLiteral("en"));
        m_preferences->setTheme(Theme::Light);
        open(QSize(1024, 700));
        m_window->go(Place::Accounts);
        settle();
        m_engine.fail(
            Error{.code = ErrorCode::NetworkFailed, .params = {}, .detail = std::string(10000, 'x'), .fields = {}});
        QTRY_COMPARE(m_window->link()->state(), Link::State::Lost);
        settle();
        const QStringList faults = cutTexts(*m_window) + overlaps(*m_window);
        if (!faults.isEmpty()) qWarning("%s", qPrintable(faults.join(QLatin1Char('\n'))));
        QVERIFY(faults.isEmpty());
        QCOMPARE(m_window->width(), 1024);
        m_engine.fail(std::nullopt);
        m_window->link()->dial();
        QTRY_COMPARE(m_window->link()->state(), Link::State::Online);
    }

    void changesLanguageAndThemeWhileItRuns() {
        m_preferences->setLanguage(QStringLiteral("en"));
        open(QSize(1280, 800));
        m_window->go(Place::Keys);
        const QString before = textOf(*m_window);
        m_preferences->setLanguage(QStringLiteral("zh_CN"));
        settle();
        QCOMPARE(m_window->place(), Place::Keys);
        QVERIFY(textOf(*m_window) != before);
        QVERIFY2(textOf(*m_window).contains(QStringLiteral("密钥")), qPrintable(textOf(*m_window)));
        m_preferences->setTheme(Theme::Dark);
        QVERIFY(isDark());
    }

    void asksBeforeItCloses() {
        open(QSize(1280, 800));
        m_window->close();
        QCOMPARE(m_port.asked, 1);
        QVERIFY(m_window->isVisible());
        m_window->letClose();
        QVERIFY(!m_window->isVisible());
    }

private:
    void open(QSize size) {
        m_window = std::make_unique<MainWindow>(m_port, *m_preferences);
        m_window->attach(std::make_unique<Link>(m_engine.dial()), QStringLiteral("office"));
        m_window->resize(size);
        m_window->show();
        QTRY_COMPARE(m_window->link()->state(), Link::State::Online);
    }
    // Answers come as events; a chart lays itself out in a later one.
    static void settle() {
        for (int i = 0; i < 30; ++i) {
            QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
            QTest::qWait(5);
        }
    }
    // At the dialog where there is one, which is closed after, else at the window.
    void lookAt(const char* name, const QString& language, bool dark) {
        settle();
        QDialog* shown = dialog();
        QWidget* seen = shown ? static_cast<QWidget*>(shown) : m_window.get();
        for (const QString& fault : cutTexts(*seen) + overlaps(*seen) + keyboardFaults(*seen))
            m_faults.append(QString::fromLatin1(name) + QStringLiteral(": ") + fault);
        keepPicture(QString::fromLatin1(name), language, dark, QSize(1280, 800), seen);
        if (!shown) return;
        // A secret that is shown once wants to be saved before its dialog goes.
        for (auto* box : shown->findChildren<QCheckBox*>()) box->setChecked(true);
        shown->close();
        settle();
        QVERIFY2(!dialog(), name);
    }
    QDialog* dialog() {
        for (auto* found : m_window->findChildren<QDialog*>())
            if (found->isVisible()) return found;
        return nullptr;
    }
    // Clicks the button by its source text, whatever the language; in the dialog where there is one.
    void press(const char* room, const char* text) {
        settle();
        const QString shown = QCoreApplication::translate((QByteArray("postroom::ui::") + room).constData(), text);
        QWidget* in = dialog() ? static_cast<QWidget*>(dialog()) : m_window.get();
        for (auto* button : in->findChildren<QAbstractButton*>())
            if (button->isVisible() && button->text() == shown) return button->click();
        QFAIL(text);
    }
    void act(const char* text) {
        const QString shown = QCoreApplication::translate("postroom::ui::MainWindow", text);
        for (auto* action : m_window->findChildren<QAction*>())
            if (action->text() == shown) return action->trigger();
        QFAIL(text);
    }
    void type(const char* field, const QString& text) {
        settle();
        QVERIFY(dialog());
        auto* line = dialog()->findChild<QLineEdit*>(QString::fromLatin1(field));
        QVERIFY2(line, field);
        line->setText(text);
    }
    void search(const QString& text) {
        settle();
        auto* line = m_window->findChild<QLineEdit*>(QStringLiteral("search"));
        line->setText(text);
        QTest::keyClick(line, Qt::Key_Return);
        settle();
    }
    static QString what(const PlaceName& one) {
        return one.what == QByteArray("story") ? storyMessage() : QString::fromLatin1(one.what);
    }
    static QString textOf(const QWidget& window) {
        QStringList texts;
        for (const auto* label : window.findChildren<QLabel*>()) texts.append(label->text());
        for (const auto* button : window.findChildren<QAbstractButton*>()) texts.append(button->text());
        return texts.join(QLatin1Char('\n'));
    }
    void keepPicture(const QString& name, const QString& language, bool dark, QSize size, QWidget* seen = nullptr) {
        const QString folder = qEnvironmentVariable("POSTROOM_PICTURES");
        if (folder.isEmpty() || size.width() != 1280) return;
        QDir().mkpath(folder);
        const QString path =
            QStringLiteral("%1/%2-%3-%4.png")
                .arg(folder, name, language.left(2), dark ? QStringLiteral("dark") : QStringLiteral("light"));
        QVERIFY((seen ? seen : m_window.get())->grab().save(path));
    }

    FakeEngine m_engine;
    QStringList m_faults;
    NoProgram m_port;
    std::unique_ptr<Preferences> m_preferences;
    std::unique_ptr<MainWindow> m_window;
};

QTEST_MAIN(TestGeometry)
#include "tst_geometry.moc"
