// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/polls.h"

#include <QTest>

using namespace postroom;
using namespace postroom::api;
using namespace std::chrono_literals;
using observe::Topic;

class TestPolls : public QObject {
    Q_OBJECT

    std::unique_ptr<observe::EventRing> m_ring;
    std::unique_ptr<Polls> m_polls;
    SteadyPoint m_start{1h};
    std::vector<Result<contract::Events>> m_answers;
    int m_woken = 0;

    void add(std::string_view after, std::chrono::milliseconds wait, std::chrono::milliseconds at = 0ms) {
        m_polls->add(after, wait, m_start + at,
                     [this](Result<contract::Events> answer) { m_answers.push_back(std::move(answer)); });
    }
    // A look whenever it is asked for, up to this moment; and one at it, as a wake-up would bring.
    void pass(std::chrono::milliseconds until) {
        while (m_polls->nextLook() && *m_polls->nextLook() < m_start + until) m_polls->look(*m_polls->nextLook());
        m_polls->look(m_start + until);
    }
    std::string next() { return m_ring->reset().next; }

private slots:
    void init() {
        m_ring = std::make_unique<observe::EventRing>("x");
        m_polls = std::make_unique<Polls>(*m_ring);
        m_answers.clear();
        m_woken = 0;
        m_ring->onNews([this] { ++m_woken; });
    }

    void waitsUntilItsTimeIsOver() {
        add("x.0", 25s);
        QVERIFY(m_answers.empty());
        QVERIFY(m_polls->nextLook() == m_start + 25s);
        pass(24'999ms);
        QVERIFY(m_answers.empty());
        pass(25s);
        QCOMPARE(m_answers.size(), std::size_t(1));
        QVERIFY(m_answers.front()->events.empty() && !m_answers.front()->reset);
        QCOMPARE(m_answers.front()->next, std::string("x.0"));
        QVERIFY(!m_polls->nextLook());
    }

    void answersAtOnceWhenSomethingComesLater() {
        add("x.0", 25s);
        m_ring->note(Topic::Queue);
        QCOMPARE(m_woken, 1);
        pass(1s);
        QCOMPARE(m_answers.size(), std::size_t(1));
        QCOMPARE(m_answers.front()->events.front().topic, std::string("queue"));
        QCOMPARE(m_answers.front()->next, std::string("x.1"));
    }

    void gathersForAQuarterOfASecond() {
        add("x.0", 25s);
        m_ring->note(Topic::Queue);
        pass(10ms);
        QVERIFY(m_answers.empty());
        QVERIFY(m_polls->nextLook() == m_start + 250ms);
        m_ring->note(Topic::Keys);
        // It is the clock that is waited for now.
        QCOMPARE(m_woken, 1);
        pass(249ms);
        QVERIFY(m_answers.empty());
        pass(250ms);
        QCOMPARE(m_answers.size(), std::size_t(1));
        QCOMPARE(m_answers.front()->events.size(), std::size_t(2));
    }

    void gathersAlsoWhenThereIsNewsAlready() {
        m_ring->note(Topic::Queue);
        add("x.0", 25s);
        QVERIFY(m_answers.empty());
        pass(250ms);
        QCOMPARE(m_answers.size(), std::size_t(1));
    }

    void givesFourAnswersASecondAtMost() {
        std::size_t asked = 0;
        for (auto at = 0ms; at < 10s; at += 1ms) {
            if (m_answers.size() == asked) {
                add(next(), 25s, at);
                ++asked;
            }
            m_ring->note(Topic::Queue);
            m_polls->look(m_start + at);
        }
        QVERIFY(m_answers.size() >= 38 && m_answers.size() <= 40);
    }

    void keepsAShortWait_data() {
        QTest::addColumn<int>("wait_ms");
        QTest::addColumn<bool>("news");
        QTest::newRow("none") << 0 << false;
        QTest::newRow("none, with news") << 0 << true;
        QTest::newRow("shorter than it gathers") << 100 << false;
        QTest::newRow("shorter than it gathers, with news") << 100 << true;
    }
    void keepsAShortWait() {
        QFETCH(int, wait_ms);
        QFETCH(bool, news);
        const std::string after = next();
        if (news) m_ring->note(Topic::Queue);
        add(after, std::chrono::milliseconds{wait_ms});
        QCOMPARE(m_answers.empty(), wait_ms > 0);
        pass(std::chrono::milliseconds{wait_ms});
        QCOMPARE(m_answers.size(), std::size_t(1));
        QCOMPARE(!m_answers.front()->events.empty(), news);
    }

    void resetsWhoComesFromElsewhere() {
        m_ring->note(Topic::Queue);
        add("other.1", 25s);
        add("x.2", 25s);
        add("", 25s);
        QCOMPARE(m_answers.size(), std::size_t(3));
        for (const auto& answer : m_answers) {
            QVERIFY(answer->reset && answer->events.empty());
            QCOMPARE(answer->next, std::string("x.1"));
        }
    }

    void answersEverybodyWithWhatTheyMissed() {
        m_ring->note(Topic::Keys);
        add("x.0", 25s);
        add("x.1", 25s);
        m_ring->note(Topic::Queue);
        pass(250ms);
        QCOMPARE(m_answers.size(), std::size_t(2));
        QCOMPARE(m_answers[0]->events.size(), std::size_t(2));
        QCOMPARE(m_answers[1]->events.size(), std::size_t(1));
    }

    void hasRoomForSoManyAndNoMore() {
        for (std::size_t i = 0; i < Polls::most; ++i) add("x.0", 25s);
        QVERIFY(m_answers.empty());
        add("x.0", 25s);
        QCOMPARE(m_answers.size(), std::size_t(1));
        QVERIFY(!m_answers.front() && m_answers.front().error().code == ErrorCode::Overloaded);
        // Who does not wait takes no room.
        add("x.0", 0ms);
        QVERIFY(m_answers.back());
        pass(25s);
        QCOMPARE(m_answers.size(), Polls::most + 2);
        QCOMPARE(m_polls->waiting(), std::size_t(0));
    }

    void leavesNobodyWaitingWhenItCloses() {
        add("x.0", 25s);
        add("x.0", 1s);
        m_polls->close();
        add("x.0", 25s);
        add("other.0", 25s);
        QCOMPARE(m_answers.size(), std::size_t(4));
        for (const auto& answer : m_answers) QVERIFY(!answer && answer.error().code == ErrorCode::Stopping);
        QVERIFY(!m_polls->nextLook());
    }
};

QTEST_GUILESS_MAIN(TestPolls)
#include "tst_polls.moc"
