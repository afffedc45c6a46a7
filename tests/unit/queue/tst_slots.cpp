// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/queue/slots.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <set>

using namespace postroom;
using namespace postroom::queue;
using namespace std::chrono_literals;

class TestSlots : public QObject {
    Q_OBJECT

private slots:
    void remembersOnTheSameBoot() {
        const QTemporaryDir folder;
        const std::string path = folder.filePath(QStringLiteral("slots")).toStdString();
        const TimePoint now{1'700'000'000s};
        const Slots::Entry entry{.phase = Slots::Phase::Open,
                                 .attempt = makeId(now),
                                 .message = makeId(now),
                                 .delivery = makeId(now),
                                 .account = makeId(now),
                                 .takenAt = now,
                                 .recipients = 1};
        {
            auto opened = Slots::open(path, "boot-1");
            QVERIFY(opened.has_value());
            QVERIFY(!opened->trusted());
            opened->begin();
            const auto dot = opened->take(entry), taken = opened->take(entry), refused = opened->take(entry),
                       open = opened->take(entry), freed = opened->take(entry);
            QVERIFY(dot && taken && refused && open && freed);
            opened->markDot(*dot);
            opened->markDot(*taken);
            opened->markAnswered(*taken, 250);
            opened->markAnswered(*refused, 451);
            opened->free(*freed);
        }
        const auto again = Slots::open(path, "boot-1");
        QVERIFY(again->trusted());
        QCOMPARE(again->leftovers().size(), std::size_t{4});
        std::vector<Slots::Phase> phases;
        for (const auto& left : again->leftovers()) {
            phases.push_back(left.phase);
            QVERIFY(left.attempt == entry.attempt && left.message == entry.message && left.delivery == entry.delivery &&
                    left.account == entry.account);
            QCOMPARE(left.takenAt, now);
        }
        std::sort(phases.begin(), phases.end());
        QVERIFY(
            (phases == std::vector{Slots::Phase::Open, Slots::Phase::Dot, Slots::Phase::Taken, Slots::Phase::Refused}));
    }

    void remembersWhatAThreadWasAtWorkOn() {
        const QTemporaryDir folder;
        const std::string path = folder.filePath(QStringLiteral("slots")).toStdString();
        const TimePoint now{1'700'000'000s};
        std::vector<Slots::Entry> entries;
        for (int i = 0; i < 5; ++i)
            entries.push_back(
                {.attempt = makeId(now), .message = makeId(now), .delivery = {}, .account = {}, .takenAt = now});
        const Id read = makeId(now), notRead = makeId(now);
        {
            auto opened = Slots::open(path, "boot-1");
            opened->begin();
            std::vector<std::size_t> taken;
            for (const Slots::Entry& entry : entries) taken.push_back(*opened->take(entry));
            // 0 waits for a server, 1 is in one thread's hand, 2 in another's, 3 was let go by one of two, 4 by all.
            opened->takeInHand(taken[1], Slots::Desk::Smtp);
            const Slots::Working working{*opened, taken[2]};
            for (const auto slot : {taken[3], taken[3], taken[4], taken[4]})
                opened->takeInHand(slot, Slots::Desk::Smtp);
            opened->letGo(taken[3], Slots::Desk::Smtp);
            opened->dropAll(taken[4], Slots::Desk::Smtp);
            { const Slots::Reading over{*opened, notRead, now}; }
            const Slots::Reading reading{*opened, read, now};
            // The kill: the file as it is now.
            QVERIFY(QFile::copy(QString::fromStdString(path), QString::fromStdString(path + ".killed")));
        }
        const auto again = Slots::open(path + ".killed", "boot-1");
        std::set<Id> inHand;
        for (const auto& left : again->leftovers())
            if (left.inHand) inHand.insert(left.message);
        QCOMPARE(again->leftovers().size(), std::size_t{6});
        QVERIFY((inHand == std::set{entries[1].message, entries[2].message, entries[3].message, read}));
    }

    void marksNothingWhereMoreAreReadThanThereAreThreads() {
        const QTemporaryDir folder;
        auto opened = Slots::open(folder.filePath(QStringLiteral("slots")).toStdString(), "boot-1");
        opened->begin();
        std::vector<std::unique_ptr<Slots::Reading>> all;
        for (std::size_t i = 0; i < 2 * Slots::readingPlaces; ++i)
            all.push_back(std::make_unique<Slots::Reading>(*opened, makeId(TimePoint{}), TimePoint{}));
        QCOMPARE(opened->freeCount(), Slots::count);
    }

    void trustsNothingAfterAnotherBoot_data() {
        QTest::addColumn<QByteArray>("boot");
        QTest::newRow("another boot") << QByteArray("boot-2");
        QTest::newRow("a system that can't tell") << QByteArray();
    }
    void trustsNothingAfterAnotherBoot() {
        QFETCH(QByteArray, boot);
        const QTemporaryDir folder;
        const std::string path = folder.filePath(QStringLiteral("slots")).toStdString();
        {
            auto opened = Slots::open(path, "boot-1");
            opened->begin();
            opened->markDot(*opened->take({}));
        }
        const auto again = Slots::open(path, boot.toStdString());
        QVERIFY(!again->trusted());
        QVERIFY(again->leftovers().empty());
    }

    void givesOutEverySlotOnce() {
        const QTemporaryDir folder;
        auto opened = Slots::open(folder.filePath(QStringLiteral("slots")).toStdString(), "boot");
        opened->begin();
        for (std::size_t i = 0; i < Slots::count; ++i) QVERIFY(opened->take({}).has_value());
        QVERIFY(!opened->take({}));
        opened->free(7);
        QCOMPARE(opened->take({}), std::optional<std::size_t>{7});
    }
};

QTEST_APPLESS_MAIN(TestSlots)
#include "tst_slots.moc"
