// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/policy/destination.h"

#include <QTest>

using namespace postroom;
using namespace postroom::policy;
using namespace std::chrono_literals;

namespace {
const TimePoint now{1'767'268'800s};
}

class TestDestination : public QObject {
    Q_OBJECT

private slots:
    void pausesForLongerEachTime() {
        Destination domain;
        TimePoint at = now;
        for (const auto pause : {1min, 2min, 4min, 8min, 16min, 32min, 60min, 60min}) {
            domain = afterRefusing(domain, at, {}, 0);
            QVERIFY(domain.pausedUntil == at + pause);
            QCOMPARE(domain.window, 1);
            at = domain.pausedUntil;
        }
        QVERIFY(afterRefusing({}, now, {}, 0.5).pausedUntil == now + 66s);
    }

    void pausesAsLongAsItIsAskedTo() {
        QVERIFY(afterRefusing({}, now, 10min, 0).pausedUntil == now + 10min);
        QVERIFY(afterRefusing({}, now, 5s, 0).pausedUntil == now + 1min);
        QVERIFY(afterRefusing({}, now, 100h, 0).pausedUntil == now + 24h);
    }

    void countsWhatComesBackTogetherOnce() {
        Destination domain = afterRefusing({}, now, {}, 0);
        const TimePoint until = domain.pausedUntil;
        domain = afterRefusing(domain, now + 1s, {}, 0);
        QVERIFY(domain.pausedUntil == until);
        QCOMPARE(domain.faults, 1);
    }

    void opensByDoubling() {
        Destination domain = afterRefusing({}, now, {}, 0);
        QVERIFY(waitsUntil(domain, 0, now, 0) == domain.pausedUntil);
        const TimePoint after = domain.pausedUntil;
        QVERIFY(!waitsUntil(domain, 0, after, 0));
        QVERIFY(waitsUntil(domain, 1, after, 0) > after);
        for (const int window : {2, 4, 8, 16, 32, 64}) {
            QVERIFY(!domain.isOpen(after));
            domain = afterTaking(domain);
            QCOMPARE(domain.window, window);
            QVERIFY(!waitsUntil(domain, window - 1, after, 0));
            QVERIFY(waitsUntil(domain, window, after, 0).has_value());
        }
        QVERIFY(domain.isOpen(after));
        QCOMPARE(domain.faults, 0);
        QCOMPARE(afterTaking(domain).window, 64);
    }

    void spreadsWhatWaited() {
        const Destination domain = afterRefusing({}, now, {}, 0);
        QVERIFY(*waitsUntil(domain, 0, now, 0.99) - *waitsUntil(domain, 0, now, 0) > 20s);
        QVERIFY(*waitsUntil(domain, 1, domain.pausedUntil, 0.99) - *waitsUntil(domain, 1, domain.pausedUntil, 0) > 20s);
    }
};

QTEST_APPLESS_MAIN(TestDestination)
#include "tst_destination.moc"
