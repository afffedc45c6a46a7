// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/id.h"

#include <QTest>

using namespace postroom;
using namespace std::chrono_literals;

class TestId : public QObject {
    Q_OBJECT

private slots:
    void onlyEverGrowsWithinOneMillisecond() {
        const TimePoint now{1'700'000'000'000ms};
        Id last = makeId(now);
        for (int i = 0; i < 20'000; ++i) {
            const Id next = makeId(now);
            QVERIFY(next > last);
            QVERIFY(next.text() > last.text());
            last = next;
        }
    }

    void carriesVersionVariantAndTime() {
        const TimePoint now = SystemClock{}.now() + 24h;
        const Id id = makeId(now);
        QCOMPARE(id.bytes[6] >> 4, 7);
        QCOMPARE(id.bytes[8] >> 6, 2);
        QCOMPARE(id.bornAt(), now);
        QCOMPARE(Id::parse(id.text()), std::optional{id});
    }

    void readsOnlyTheCanonicalForm_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("no dashes") << QByteArray("018c2d7e5b7a7c3b9d1e2f3a4b5c6d7e");
        QTest::newRow("not hex") << QByteArray("018c2d7e-5b7a-7c3b-9d1e-2f3a4b5c6d7g");
        QTest::newRow("braces") << QByteArray("{018c2d7e-5b7a-7c3b-9d1e-2f3a4b5c6d7}");
        QTest::newRow("dash misplaced") << QByteArray("018c2d7-e5b7a-7c3b-9d1e-2f3a4b5c6d7e");
    }
    void readsOnlyTheCanonicalForm() {
        QFETCH(QByteArray, text);
        QVERIFY(!Id::parse(text.toStdString()));
    }
};

QTEST_APPLESS_MAIN(TestId)
#include "tst_id.moc"
