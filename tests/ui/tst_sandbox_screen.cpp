// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/text.h"
#include "engine/contract/envelope.h"
#include "tests/ui/fake_engine.h"
#include "tests/ui/widget_checks.h"
#include "ui/screens/sandbox/sandbox_screen.h"
#include "ui/widgets/copy.h"
#include "ui/widgets/mail_preview.h"
#include "ui/widgets/mail_view.h"
#include "ui/widgets/table.h"

#include <QClipboard>
#include <QMenu>
#include <QSettings>
#include <QStandardPaths>
#include <QTextBrowser>

using namespace postroom;
using namespace postroom::ui;
using namespace std::chrono_literals;
using contract::SandboxMail;

namespace {

constexpr auto deadline = 5000;
constexpr auto listRoute = "GET /api/v1/admin/sandbox/mails";
constexpr auto clearRoute = "DELETE /api/v1/admin/sandbox/mails";

SandboxMail mail(int number, const std::string& subject) {
    SandboxMail made;
    made.receivedAt = TimePoint{1'795'000'000'000ms + std::chrono::minutes{number}};
    made.id = makeId(made.receivedAt).text();
    made.from = "shop@example.com";
    made.to = {"ann@example.com", "bob@example.com"};
    made.subject = subject;
    made.size_bytes = 2048;
    return made;
}

// The screen over an engine that is online, in a window of the smallest size.
struct Fixture {
    FakeDesk fake;
    std::vector<SandboxMail> mails;  // newest first
    std::unique_ptr<SandboxScreen> screen;

    void serve() { fake.engine.answer(listRoute, contract::toJson(contract::Page<SandboxMail>{mails, std::nullopt})); }
    void serveMail(const std::string& id, const std::string& text) {
        contract::MailContent content;
        content.id = id;
        content.subject = "Order";
        content.from = "shop@example.com";
        content.text = text;
        content.source = "Subject: Order\r\n\r\n" + text;
        fake.engine.answer("GET /api/v1/admin/sandbox/mails/" + id, contract::toJson(content));
    }
    bool show() {
        serve();
        if (!fake.connectNow()) return false;
        screen = std::make_unique<SandboxScreen>(fake.desk);
        screen->resize(824, 640);
        screen->show();
        return QTest::qWaitForWindowActive(screen.get()) &&
               QTest::qWaitFor([this] { return !says(screen.get(), QStringLiteral("Loading")); }, deadline);
    }
    void openRow(int row) const {
        const QModelIndex index = table()->model()->index(row, 3);
        QTest::mouseClick(table()->viewport(), Qt::LeftButton, {}, table()->visualRect(index).center());
    }
    [[nodiscard]] Table* table() const { return screen->findChild<Table*>(QStringLiteral("mails")); }
    [[nodiscard]] MailPreview* preview() const { return screen->findChild<MailPreview*>(); }
    [[nodiscard]] QPushButton* clearButton() const { return screen->findChild<QPushButton*>(QStringLiteral("clear")); }
    // The mail's text that is seen.
    [[nodiscard]] QString read() const {
        for (const auto* view : preview()->findChildren<QTextBrowser*>())
            if (view->isVisible()) return view->toPlainText();
        return {};
    }
};

}  // namespace

class tst_sandbox_screen : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() {
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setOrganizationName(QStringLiteral("postroom-test"));
        QCoreApplication::setApplicationName(QStringLiteral("sandbox"));
        QSettings().clear();
    }
    void saysHowToGetMailHere();
    void showsAMailAsItArrives();
    void readsAMail();
    void opensAMailByItsId();
    void ignoresTheAnswerForAnOlderSelection();
    void saysWhyAMailCanNotBeRead();
    void asksBeforeItEmptiesTheInbox();
    void tellsWhyItCouldNotBeEmptied();
    void copiesItsActsAsCommands();
    void judgesHtmlBeforeItIsLaidOut_data();
    void judgesHtmlBeforeItIsLaidOut();
    void aMailThatWouldStandStillIsShownAsText();
    void strangersTextNeitherWidensNorIsHtml();
    void everyFocusHasAName();
};

void tst_sandbox_screen::saysHowToGetMailHere() {
    Fixture f;
    QVERIFY(f.show());
    QVERIFY(says(f.screen.get(), QStringLiteral("The sandbox is empty")));
    QVERIFY(!f.clearButton()->isEnabled());
    buttonOf(f.screen.get(), QStringLiteral("Send a test mail"))->click();
    QVERIFY(f.fake.went.size() == 1 && f.fake.went.front().first == Place::Compose);
}

void tst_sandbox_screen::showsAMailAsItArrives() {
    Fixture f;
    f.mails = {mail(1, "First")};
    QVERIFY(f.show());
    QCOMPARE(f.table()->model()->rowCount(), 1);
    QCOMPARE(f.table()->model()->index(0, 2).data().toString(), QStringLiteral("ann@example.com, bob@example.com"));
    f.mails.insert(f.mails.begin(), mail(2, "Second"));
    f.serve();
    f.fake.engine.push("sandbox");
    QTRY_COMPARE_WITH_TIMEOUT(f.table()->model()->rowCount(), 2, deadline);
    QCOMPARE(f.table()->model()->index(0, 3).data().toString(), QStringLiteral("Second"));
}

void tst_sandbox_screen::readsAMail() {
    Fixture f;
    f.mails = {mail(1, "First")};
    f.serveMail(f.mails[0].id, "Hello Ann");
    QVERIFY(f.show());
    QVERIFY(!f.preview()->isVisible());
    f.openRow(0);
    QTRY_COMPARE_WITH_TIMEOUT(f.read(), QStringLiteral("Hello Ann"), deadline);
    QTest::keyClick(f.table(), Qt::Key_Escape);
    QTRY_VERIFY_WITH_TIMEOUT(!f.preview()->isVisible(), deadline);
    QTest::keyClick(f.table(), Qt::Key_Return);
    QTRY_COMPARE_WITH_TIMEOUT(f.read(), QStringLiteral("Hello Ann"), deadline);
}

void tst_sandbox_screen::opensAMailByItsId() {
    Fixture f;
    f.mails = {mail(1, "First")};
    const std::string unlisted = mail(2, "Unlisted").id;
    f.serveMail(unlisted, "Not in the list");
    QVERIFY(f.show());
    f.screen->open(toQString(unlisted));
    QTRY_COMPARE_WITH_TIMEOUT(f.read(), QStringLiteral("Not in the list"), deadline);
    QVERIFY(!f.table()->selectionModel()->hasSelection());
}

void tst_sandbox_screen::ignoresTheAnswerForAnOlderSelection() {
    Fixture f;
    f.mails = {mail(2, "Second"), mail(1, "First")};
    f.serveMail(f.mails[0].id, "Slow");
    f.serveMail(f.mails[1].id, "Quick");
    QVERIFY(f.show());
    const std::string slow = "GET /api/v1/admin/sandbox/mails/" + f.mails[0].id;
    f.fake.engine.hold(slow);
    f.openRow(0);
    QTRY_COMPARE_WITH_TIMEOUT(f.fake.engine.count(slow), std::size_t{1}, deadline);
    f.openRow(1);
    QTRY_COMPARE_WITH_TIMEOUT(f.read(), QStringLiteral("Quick"), deadline);
    f.fake.engine.release(slow);
    // Whatever comes behind the slow answer shows that it was dropped.
    const std::size_t asked = f.fake.engine.count(listRoute);
    f.fake.engine.push("sandbox");
    QTRY_VERIFY_WITH_TIMEOUT(f.fake.engine.count(listRoute) > asked, deadline);
    QCOMPARE(f.read(), QStringLiteral("Quick"));
}

void tst_sandbox_screen::saysWhyAMailCanNotBeRead() {
    Fixture f;
    f.mails = {mail(1, "Gone")};
    f.fake.engine.refuse("GET /api/v1/admin/sandbox/mails/" + f.mails[0].id, Error{.code = ErrorCode::NotFound});
    QVERIFY(f.show());
    f.openRow(0);
    QTRY_VERIFY_WITH_TIMEOUT(says(f.preview(), QStringLiteral("It is not there any more.")), deadline);
}

void tst_sandbox_screen::asksBeforeItEmptiesTheInbox() {
    Fixture f;
    f.mails = {mail(2, "Second"), mail(1, "First")};
    QVERIFY(f.show());
    f.fake.engine.answer(clearRoute, json::Value(nullptr));
    f.clearButton()->click();
    QPushButton* yes = nullptr;
    QTRY_VERIFY_WITH_TIMEOUT((yes = f.screen->findChild<QPushButton*>(QStringLiteral("confirmed"))), deadline);
    QVERIFY(says(yes->window(), QStringLiteral("2 mail")));
    QCOMPARE(f.fake.engine.count(clearRoute), std::size_t{0});
    f.mails.clear();
    f.serve();
    yes->click();
    QTRY_VERIFY_WITH_TIMEOUT(says(f.screen.get(), QStringLiteral("The sandbox is empty")), deadline);
    QVERIFY(f.fake.notices.all().front().tone == Tone::Good);
}

void tst_sandbox_screen::tellsWhyItCouldNotBeEmptied() {
    Fixture f;
    f.mails = {mail(1, "First")};
    QVERIFY(f.show());
    f.fake.engine.refuse(clearRoute, Error{.code = ErrorCode::Forbidden});
    f.clearButton()->click();
    QPushButton* yes = nullptr;
    QTRY_VERIFY_WITH_TIMEOUT((yes = f.screen->findChild<QPushButton*>(QStringLiteral("confirmed"))), deadline);
    yes->click();
    QTRY_COMPARE_WITH_TIMEOUT(f.fake.notices.all().size(), std::size_t{1}, deadline);
    QVERIFY(f.fake.notices.all().front().tone == Tone::Bad);
    QVERIFY(f.clearButton()->isEnabled());
}

void tst_sandbox_screen::copiesItsActsAsCommands() {
    Fixture f;
    QVERIFY(f.show());
    const auto* copyAs = f.screen->findChild<CopyAsButton*>();
    QMenu* clear = copyAs->menu()->actions().at(1)->menu();
    clear->actions().at(0)->trigger();
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("curl -H \"Authorization: Bearer $TOKEN\" -X DELETE "
                                                                  "http://127.0.0.1:8000/api/v1/admin/sandbox/mails"));
    emit clear->aboutToShow();
    QVERIFY(!clear->actions().at(1)->isEnabled());
}

void tst_sandbox_screen::judgesHtmlBeforeItIsLaidOut_data() {
    QTest::addColumn<QString>("html");
    QTest::addColumn<bool>("canBeShown");
    const auto repeated = [](const char* text, int times) { return QString::fromLatin1(text).repeated(times); };
    QTest::newRow("nothing") << QString() << true;
    QTest::newRow("a broken tag") << QStringLiteral("<") << true;
    QTest::newRow("a newsletter") << repeated("<table><tr><td>", 9) + repeated("</table>", 9) << true;
    QTest::newRow("many tables side by side") << repeated("<table><tr><td>x</td></tr></table>", 5000) << true;
    QTest::newRow("many paragraphs") << repeated("<p>x", 50000) << true;
    QTest::newRow("many closed blocks") << repeated("<DIV>x</DIV>", 20000) << true;
    QTest::newRow("tables in tables") << repeated("<table><tr><td>", 30) << false;
    QTest::newRow("in capitals") << repeated("<TABLE ><tr><td>", 30) << false;
    QTest::newRow("deep tables side by side")
        << repeated("<table><tr><td>", 12) + repeated("<table><tr><td>x</td></tr></table>", 100) << false;
    QTest::newRow("blocks in blocks") << repeated("<div><p>x", 10000) << false;
    QTest::newRow("tags nobody knows") << repeated("<foo>", 10000) << false;
    QTest::newRow("a table of 60,000 cells")
        << QStringLiteral("<table>") + repeated("<tr><td>x<td>y<td>z", 20000) << false;
    QTest::newRow("lists in lists") << repeated("<ul><li>x", 10000) << false;
}

void tst_sandbox_screen::judgesHtmlBeforeItIsLaidOut() {
    QFETCH(QString, html);
    QTEST(MailView::canShow(html), "canBeShown");
}

void tst_sandbox_screen::aMailThatWouldStandStillIsShownAsText() {
    Fixture f;
    f.mails = {mail(1, "Trap")};
    contract::MailContent content;
    content.text = "Only text";
    for (int i = 0; i < 40; ++i) content.html += "<table><tr><td>a</td><td>";
    content.source = content.html;
    f.fake.engine.answer("GET /api/v1/admin/sandbox/mails/" + f.mails[0].id, contract::toJson(content));
    QVERIFY(f.show());
    f.openRow(0);
    QTRY_COMPARE_WITH_TIMEOUT(f.read(), QStringLiteral("Only text"), deadline);
    QVERIFY(says(f.preview(), QStringLiteral("nested too deeply")));
}

void tst_sandbox_screen::strangersTextNeitherWidensNorIsHtml() {
    const std::string monster = "<h1>" + std::string(10240, 'W') + "</h1>";
    Fixture f;
    f.mails = {mail(1, monster)};
    f.mails[0].from = monster;
    f.mails[0].to.assign(1000, monster);
    contract::MailContent content;
    content.subject = content.from = content.text = content.html = content.source = monster;
    content.to = content.cc = {monster, monster};
    content.attachments = {{.filename = monster, .contentType = monster, .size_bytes = 1}};
    f.fake.engine.answer("GET /api/v1/admin/sandbox/mails/" + f.mails[0].id, contract::toJson(content));
    QVERIFY(f.show());
    f.openRow(0);
    QTRY_VERIFY_WITH_TIMEOUT(f.read().startsWith(QStringLiteral("WWW")), deadline);
    QCOMPARE(richLabel(f.screen.get()), QString());
    QVERIFY(f.screen->minimumSizeHint().width() <= 824);
    QCOMPARE(f.screen->width(), 824);
}

void tst_sandbox_screen::everyFocusHasAName() {
    Fixture f;
    f.mails = {mail(1, "First")};
    f.serveMail(f.mails[0].id, "Hello Ann");
    QVERIFY(f.show());
    f.openRow(0);
    QTRY_COMPARE_WITH_TIMEOUT(f.read(), QStringLiteral("Hello Ann"), deadline);
    QCOMPARE(namelessFocus(f.screen.get()), QString());
}

QTEST_MAIN(tst_sandbox_screen)
#include "tst_sandbox_screen.moc"
