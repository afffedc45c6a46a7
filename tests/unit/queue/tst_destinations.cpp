// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/queue/destinations.h"

#include <QTest>

using namespace postroom;
using namespace postroom::queue;
using namespace std::chrono_literals;

namespace {

const TimePoint now{1'767'268'800s};

Due to(const char* recipient) {
    return {.delivery = makeId(now), .recipient = recipient, .attempts = 0, .reason = {}};
}

policy::Verdict verdict(policy::Meaning meaning, policy::Level level) {
    return {.meaning = meaning, .level = level, .reason = "smtp.domain_unreachable", .deferral = {}, .asked = {}};
}

const policy::Verdict refused = verdict(policy::Meaning::Deferred, policy::Level::Destination),
                      sent = verdict(policy::Meaning::Sent, policy::Level::Message);

}  // namespace

class TestDestinations : public QObject {
    Q_OBJECT

private slots:
    void pausesTheDomainAndNoOther() {
        Destinations destinations;
        QVERIFY(destinations.none());
        destinations.note(to("a@Slow.test"), refused, now, 0);
        QVERIFY(!destinations.none());
        QVERIFY(destinations.waitsUntil(to("b@slow.test"), now, 0) == now + 1min);
        QVERIFY(!destinations.waitsUntil(to("b@quick.test"), now, 0));
        QVERIFY(!destinations.waitsUntil(to("b@mail.slow.test"), now, 0));
    }

    void waitsNoLongerWhenTheClockIsSetBack() {
        Destinations destinations;
        destinations.note(to("a@slow.test"), refused, now, 0);
        destinations.setBack(3h, now - 3h);
        QVERIFY(destinations.waitsUntil(to("b@slow.test"), now - 3h, 0) == now - 3h + 1min);
    }

    void isNotMovedByWhatConcernsAnother() {
        Destinations destinations;
        for (const auto level : {policy::Level::Recipient, policy::Level::Message, policy::Level::Account})
            destinations.note(to("a@slow.test"), verdict(policy::Meaning::Deferred, level), now, 0);
        destinations.note(to("a@slow.test"), sent, now, 0);
        QVERIFY(destinations.none());
    }

    void letsOneTransactionTryAndForgetsADomainThatIsWell() {
        Destinations destinations;
        destinations.note(to("a@slow.test"), refused, now, 0);
        const TimePoint after = now + 1min;
        const std::vector<Due> two{to("a@slow.test"), to("b@slow.test")};
        destinations.begin(two);
        QVERIFY(destinations.waitsUntil(to("c@slow.test"), after, 0).has_value());
        destinations.end(two);
        QVERIFY(!destinations.waitsUntil(to("c@slow.test"), after, 0));
        for (int i = 0; i < 6; ++i) {
            QVERIFY(!destinations.none());
            destinations.note(to("a@slow.test"), sent, after, 0);
        }
        QVERIFY(destinations.none());
        // What ends now began before it was forgotten.
        destinations.end(two);
    }

    void isNotOpenedByWhatWasOnItsWay() {
        Destinations destinations;
        destinations.note(to("a@slow.test"), refused, now, 0);
        for (int i = 0; i < 10; ++i) destinations.note(to("a@slow.test"), sent, now + 1s, 0);
        QVERIFY(destinations.waitsUntil(to("a@slow.test"), now + 1s, 0).has_value());
    }
};

QTEST_APPLESS_MAIN(TestDestinations)
#include "tst_destinations.moc"
