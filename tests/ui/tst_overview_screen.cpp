// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/screens/overview/overview_screen.h"

#include "tests/ui/fake_engine.h"
#include "tests/ui/widget_checks.h"
#include "ui/models/wording.h"
#include "ui/screens/overview/attention.h"

#include <QDialog>
#include <QLabel>
#include <QPushButton>
#include <QTest>

using namespace postroom;
using namespace postroom::ui;

namespace {

contract::Account account(const char* email, const char* state) {
    contract::Account made;
    made.id = makeId(TimePoint{});
    made.email = email;
    made.state = state;
    made.isActive = std::string_view(state) != "disabled";
    return made;
}

Seen seen(std::vector<contract::Account> accounts) {
    return {.accounts = std::move(accounts), .hasKeys = true};
}

}  // namespace

class TestOverviewScreen : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English)); }

    void asksForNothingWhileAllIsWell() {
        QVERIFY(attentionOf(seen({account("a@b.example", "active")})).isEmpty());
        // Taken out of use on purpose is nobody's business.
        QVERIFY(attentionOf(seen({account("a@b.example", "active"), account("c@d.example", "disabled")})).isEmpty());
    }

    void leadsToTheFirstAccountAndKey() {
        const QList<Attention> needs = attentionOf({.accounts = std::vector<contract::Account>(), .hasKeys = false});
        QCOMPARE(needs.size(), 2);
        QCOMPARE(needs[0].place, Place::Accounts);
        QCOMPARE(needs[0].what, QStringLiteral("new"));
        QCOMPARE(needs[1].place, Place::Keys);
    }

    void putsTheWorstFirst() {
        Seen what = seen({account("a@b.example", "resting"), account("c@d.example", "limited")});
        what.imbalance = 3;
        what.counts["held"] = 2;
        const QList<Attention> needs = attentionOf(what);
        QCOMPARE(needs[0].tone, Tone::Bad);
        QVERIFY(needs[0].text.contains(QLatin1Char('3')));
        QCOMPARE(needs.last().tone, Tone::Calm);
        const auto held = std::find_if(needs.begin(), needs.end(),
                                       [](const Attention& need) { return need.what == QStringLiteral("held"); });
        QVERIFY(held != needs.end());
        QCOMPARE(held->place, Place::Messages);
    }

    void saysThatEverythingIsPausedAndByWhom() {
        Seen what = seen({account("a@b.example", "active")});
        what.pauses = {{.kind = "account",
                        .account = "x",
                        .domain = {},
                        .templateName = {},
                        .since = {},
                        .actor = "key:a",
                        .note = {}}};
        QVERIFY(attentionOf(what).isEmpty());
        what.pauses.push_back({.kind = "queue",
                               .account = {},
                               .domain = {},
                               .templateName = {},
                               .since = {},
                               .actor = "key:noti_ann",
                               .note = "moving servers"});
        const QList<Attention> needs = attentionOf(what);
        QCOMPARE(needs.size(), 1);
        QVERIFY(needs[0].resumes.has_value());
        QVERIFY(needs[0].text.contains(QStringLiteral("noti_ann")));
        QVERIFY(needs[0].text.endsWith(QStringLiteral("moving servers")));
    }

    void namesADomainAndATemplateThatArePaused() {
        Seen what = seen({account("a@b.example", "active")});
        what.pauses = {{.kind = "domain",
                        .account = {},
                        .domain = "example.com",
                        .templateName = {},
                        .since = {},
                        .actor = "key:noti_ann",
                        .note = "its servers are down"},
                       {.kind = "template",
                        .account = {},
                        .domain = {},
                        .templateName = "50%1-off",
                        .since = {},
                        .actor = "key:noti_ann",
                        .note = {}}};
        const QList<Attention> needs = attentionOf(what);
        QCOMPARE(needs.size(), 2);
        QVERIFY2(needs[0].text.startsWith(QStringLiteral("Mail to example.com is paused since")),
                 qPrintable(needs[0].text));
        QVERIFY(needs[0].text.endsWith(QStringLiteral("its servers are down")));
        QVERIFY2(needs[1].text.startsWith(QStringLiteral("Mail of the template 50%1-off is paused since")),
                 qPrintable(needs[1].text));
        QCOMPARE(needs[0].resumes->domain, std::string("example.com"));
        QCOMPARE(needs[1].resumes->templateName, std::string("50%1-off"));
        QCOMPARE(needs[0].tone, Tone::Warn);
    }

    void saysWhenNothingCanSend() {
        const QList<Attention> needs = attentionOf(seen({account("a@b.example", "resting")}));
        QCOMPARE(needs[0].tone, Tone::Bad);
        QVERIFY(needs[0].text.contains(QStringLiteral("everything waits")));
    }

    void namesAtMostSoMany() {
        std::vector<contract::Account> many(30, account("a@b.example", "resting"));
        many.push_back(account("c@d.example", "active"));
        const QList<Attention> needs = attentionOf(seen(many), 5);
        QCOMPARE(needs.size(), 5);
        QVERIFY(needs.last().text.contains(QStringLiteral("26")));
    }

    void concludesNothingFromWhatCanNotBeRead() {
        const Error forbidden{.code = ErrorCode::Forbidden}, slow{.code = ErrorCode::TimedOut};
        const QList<Attention> needs = attentionOf(
            {.troubles = {
                 {Seen::Part::Queue, forbidden}, {Seen::Part::Accounts, forbidden}, {Seen::Part::Keys, slow}}});
        QCOMPARE(needs.size(), 2);
        QCOMPARE(needs[0].tone, Tone::Warn);
        QVERIFY2(needs[0].text.contains(errorText(slow)), qPrintable(needs[0].text));
        QCOMPARE(needs[1].tone, Tone::Calm);
        QVERIFY2(needs[1].text.contains(QStringLiteral("the queue and the mail accounts")), qPrintable(needs[1].text));
        QVERIFY2(needs[1].text.contains(errorText(forbidden)), qPrintable(needs[1].text));
    }

    void showsCountsAndGoesWhereItLeads() {
        FakeDesk desk;
        contract::QueueStatus queue;
        queue.recipients = {{"queued", 1234}, {"sent", 7}};
        desk.engine.answer("GET /api/v1/admin/queue", contract::toJson(queue));
        desk.engine.answer("GET /api/v1/admin/email-accounts",
                           contract::toJson(contract::Page<contract::Account>{.items = {}, .nextCursor = {}}));
        desk.engine.answer("GET /api/v1/admin/api-keys",
                           contract::toJson(contract::Page<contract::ApiKey>{.items = {}, .nextCursor = {}}));
        desk.engine.answer("GET /api/v1/stats", contract::toJson(contract::Stats{}));
        OverviewScreen screen(desk.desk);
        screen.show();
        QVERIFY(desk.connectNow());
        QTRY_VERIFY(says(screen, QStringLiteral("1,234")) || says(screen, QStringLiteral("1234")));
        QPushButton* add = nullptr;
        for (auto* button : screen.findChildren<QPushButton*>())
            if (button->text() == QStringLiteral("Add an account")) add = button;
        QVERIFY(add);
        add->click();
        QCOMPARE(desk.went.size(), std::size_t{1});
        QCOMPARE(desk.went[0].first, Place::Accounts);
        // Something changed: counted anew, at most once a second.
        const std::size_t before = desk.engine.count("GET /api/v1/admin/queue");
        for (int i = 0; i < 5; ++i) desk.engine.push("messages");
        QTRY_VERIFY(desk.engine.count("GET /api/v1/admin/queue") > before);
    }

    void showsWhatAKeyThatOnlyReadsMaySee() {
        FakeDesk desk;
        const Error forbidden{.code = ErrorCode::Forbidden};
        for (const char* route : {queueRoute, accountsRoute, keysRoute}) desk.engine.refuse(route, forbidden);
        contract::Stats stats;
        stats.totals = {{"queued", 21}, {"expired", 4321}, {"cancelled", 8765}};
        stats.ratePerMinute = 54;
        desk.engine.answer("GET /api/v1/stats", contract::toJson(stats));
        OverviewScreen screen(desk.desk);
        screen.show();
        QVERIFY(desk.connectNow());
        for (const std::int64_t count : {21, 4321, 8765}) QTRY_VERIFY(says(screen, countText(count)));
        QVERIFY(contains(screen, QStringLiteral("54")));
        QTRY_VERIFY(contains(screen, errorText(forbidden)));
        QVERIFY(!contains(screen, QStringLiteral("There is no mail account yet")));
        QVERIFY(!contains(screen, QStringLiteral("Nothing. Mail goes out")));
        // What can't succeed is not asked again.
        const std::size_t before = desk.engine.count(queueRoute), charts = desk.engine.count("GET /api/v1/stats");
        desk.engine.push("messages");
        // Two charts, 5 s apart: a refresh, which is due a second after the push, lies between.
        QTRY_VERIFY_WITH_TIMEOUT(desk.engine.count("GET /api/v1/stats") > charts + 1, 20000);
        QCOMPARE(desk.engine.count(queueRoute), before);
    }

    void pausesAfterAQuestionAndResumesWithoutOne() {
        FakeDesk desk;
        answerAll(desk);
        contract::QueueStatus paused;
        paused.pauses = {{.kind = "queue",
                          .account = {},
                          .domain = {},
                          .templateName = {},
                          .since = {},
                          .actor = "key:noti_ann",
                          .note = {}}};
        desk.engine.answer("POST /api/v1/admin/queue/pause", contract::toJson(paused));
        desk.engine.answer("POST /api/v1/admin/queue/resume", contract::toJson(contract::QueueStatus{}));
        OverviewScreen screen(desk.desk);
        screen.show();
        QVERIFY(desk.connectNow());
        const auto button = [](const QWidget& in, const char* text) -> QPushButton* {
            for (auto* each : in.findChildren<QPushButton*>())
                if (each->text() == QString::fromLatin1(text) && each->isVisible()) return each;
            return nullptr;
        };
        QTRY_VERIFY(button(screen, "Pause sending"));
        button(screen, "Pause sending")->click();
        QTRY_VERIFY(screen.findChild<QDialog*>());
        QCOMPARE(desk.engine.count("POST /api/v1/admin/queue/pause"), std::size_t{0});
        button(*screen.findChild<QDialog*>(), "Pause sending")->click();
        QTRY_VERIFY(contains(screen, QStringLiteral("noti_ann")));
        QTRY_VERIFY(!button(screen, "Pause sending"));
        button(screen, "Resume")->click();
        QTRY_COMPARE(desk.engine.count("POST /api/v1/admin/queue/resume"), std::size_t{1});
        QTRY_VERIFY(button(screen, "Pause sending"));
        QVERIFY(!contains(screen, QStringLiteral("noti_ann")));
    }

    void saysWhyOldNumbersStand() {
        FakeDesk desk;
        answerAll(desk);
        OverviewScreen screen(desk.desk);
        screen.show();
        QVERIFY(desk.connectNow());
        QTRY_VERIFY(says(screen, QStringLiteral("Nothing. Mail goes out as it should.")));
        const Error full{.code = ErrorCode::StorageFailed};
        desk.engine.refuse(queueRoute, full);
        desk.engine.push("messages");
        QTRY_VERIFY(contains(screen, errorText(full)));
        QVERIFY(says(screen, QStringLiteral("7")));
        answerAll(desk);
        desk.engine.push("messages");
        QTRY_VERIFY(!contains(screen, errorText(full)));
    }

    void leavesItsButtonsWhereTheyAre() {
        FakeDesk desk;
        answerAll(desk);
        desk.engine.answer(accountsRoute,
                           contract::toJson(contract::Page<contract::Account>{.items = {}, .nextCursor = {}}));
        OverviewScreen screen(desk.desk);
        screen.show();
        QVERIFY(desk.connectNow());
        QTRY_VERIFY(buttonOf(&screen, QStringLiteral("Add an account")));
        const QPointer<QPushButton> add = buttonOf(&screen, QStringLiteral("Add an account"));
        contract::QueueStatus queue;
        queue.recipients = {{"queued", 8888}};
        desk.engine.answer(queueRoute, contract::toJson(queue));
        desk.engine.push("messages");
        QTRY_VERIFY(says(screen, countText(8888)));
        QTRY_COMPARE(desk.engine.count(keysRoute), std::size_t{2});
        QVERIFY(!QTest::qWaitFor([&add] { return !add; }, 50));
    }

private:
    static constexpr auto queueRoute = "GET /api/v1/admin/queue";
    static constexpr auto accountsRoute = "GET /api/v1/admin/email-accounts";
    static constexpr auto keysRoute = "GET /api/v1/admin/api-keys";

    static void answerAll(FakeDesk& desk) {
        contract::QueueStatus queue;
        queue.recipients = {{"sent", 7}};
        desk.engine.answer(queueRoute, contract::toJson(queue));
        desk.engine.answer(accountsRoute, contract::toJson(contract::Page<contract::Account>{
                                              .items = {account("a@b.example", "active")}, .nextCursor = {}}));
        desk.engine.answer(keysRoute,
                           contract::toJson(contract::Page<contract::ApiKey>{.items = {{}}, .nextCursor = {}}));
        contract::Stats stats;
        stats.totals = queue.recipients;
        desk.engine.answer("GET /api/v1/stats", contract::toJson(stats));
    }
    static bool contains(const QWidget& screen, const QString& text) { return ui::says(&screen, text); }
    static bool says(const QWidget& screen, const QString& text) {
        for (const auto* label : screen.findChildren<QLabel*>())
            if (label->text() == text) return true;
        return false;
    }
};

QTEST_MAIN(TestOverviewScreen)
#include "tst_overview_screen.moc"
