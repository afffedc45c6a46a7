// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/screens/overview/overview_screen.h"

#include "tests/ui/fake_engine.h"
#include "ui/screens/overview/attention.h"

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

}  // namespace

class TestOverviewScreen : public QObject {
    Q_OBJECT

private slots:
    void asksForNothingWhileAllIsWell() {
        QVERIFY(attentionOf({}, {account("a@b.example", "active")}, true).isEmpty());
        // Taken out of use on purpose is nobody's business.
        QVERIFY(
            attentionOf({}, {account("a@b.example", "active"), account("c@d.example", "disabled")}, true).isEmpty());
    }

    void leadsToTheFirstAccountAndKey() {
        const QList<Attention> needs = attentionOf({}, {}, false);
        QCOMPARE(needs.size(), 2);
        QCOMPARE(needs[0].place, Place::Accounts);
        QCOMPARE(needs[0].what, QStringLiteral("new"));
        QCOMPARE(needs[1].place, Place::Keys);
    }

    void putsTheWorstFirst() {
        contract::QueueStatus queue;
        queue.imbalance = 3;
        queue.recipients["held"] = 2;
        const QList<Attention> needs =
            attentionOf(queue, {account("a@b.example", "resting"), account("c@d.example", "limited")}, true);
        QCOMPARE(needs[0].tone, Tone::Bad);
        QVERIFY(needs[0].text.contains(QLatin1Char('3')));
        QCOMPARE(needs.last().tone, Tone::Calm);
        const auto held = std::find_if(needs.begin(), needs.end(),
                                       [](const Attention& need) { return need.what == QStringLiteral("held"); });
        QVERIFY(held != needs.end());
        QCOMPARE(held->place, Place::Messages);
    }

    void saysWhenNothingCanSend() {
        const QList<Attention> needs = attentionOf({}, {account("a@b.example", "resting")}, true);
        QCOMPARE(needs[0].tone, Tone::Bad);
        QVERIFY(needs[0].text.contains(QStringLiteral("everything waits")));
    }

    void namesAtMostSoMany() {
        std::vector<contract::Account> many(30, account("a@b.example", "resting"));
        many.push_back(account("c@d.example", "active"));
        const QList<Attention> needs = attentionOf({}, many, true, 5);
        QCOMPARE(needs.size(), 5);
        QVERIFY(needs.last().text.contains(QStringLiteral("26")));
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

private:
    static bool says(const QWidget& screen, const QString& text) {
        for (const auto* label : screen.findChildren<QLabel*>())
            if (label->text() == text) return true;
        return false;
    }
};

QTEST_MAIN(TestOverviewScreen)
#include "tst_overview_screen.moc"
