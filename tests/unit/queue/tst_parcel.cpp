// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/queue/parcel.h"

#include <QTest>

using namespace postroom;
using namespace postroom::queue;

class TestParcel : public QObject {
    Q_OBJECT

private slots:
    void comesBackFromTheDatabaseAsItWas() {
        content::Composition composition;
        composition.messageIdHeader = "<1@a>";
        composition.head = "Subject: x\r\n";
        composition.body.push_back({.literal = "first\r\n", .storedAs = {}, .size_bytes = 0});
        composition.body.push_back({.literal = {}, .storedAs = std::string(64, 'a'), .size_bytes = 100'000});
        composition.body.push_back({.literal = "last\r\n", .storedAs = {}, .size_bytes = 0});
        composition.encodedSize_bytes = content::encodedSizeOf(composition.head, composition.body);
        const auto back = unpackBody(packBody(composition), "<1@a>");
        QVERIFY(back.has_value());
        QCOMPARE((*back)->head, composition.head);
        QCOMPARE((*back)->body.size(), std::size_t{3});
        QCOMPARE((*back)->body[1].storedAs, composition.body[1].storedAs);
        QCOMPARE((*back)->body[1].size_bytes, std::uint64_t{100'000});
        QCOMPARE((*back)->body[2].literal, std::string("last\r\n"));
        QCOMPARE((*back)->encodedSize_bytes, composition.encodedSize_bytes);
    }

    void refusesALayoutThatDoesNotFit_data() {
        QTest::addColumn<QByteArray>("layout");
        QTest::newRow("longer than the content") << QByteArray("[5,100]");
        QTest::newRow("shorter than the content") << QByteArray("[5]");
        QTest::newRow("negative") << QByteArray("[-1,11]");
        QTest::newRow("no list") << QByteArray("{}");
        QTest::newRow("empty") << QByteArray("[]");
        QTest::newRow("not JSON") << QByteArray("[");
        QTest::newRow("a stored file without a size") << QByteArray("[10,[\"a\"]]");
    }
    void refusesALayoutThatDoesNotFit() {
        QFETCH(QByteArray, layout);
        QVERIFY(!unpackBody({.content = "0123456789", .layout = layout.toStdString()}, "<1@a>"));
    }

    void parksNoLane_data() {
        QTest::addColumn<QByteArray>("name");
        for (const char* name : {"*", "sandbox", "from:paused:domain:x@a.example", "account:0190 from:a@b.example",
                                 "paused:", "paused:account:0190", ""})
            QTest::newRow(name) << QByteArray(name);
    }
    void parksNoLane() {
        QFETCH(QByteArray, name);
        QVERIFY(!pauseOfPark(name.toStdString()));
    }

    void findsThePauseByItsPark() {
        using Of = policy::MailPause::Of;
        for (const policy::MailPause& pause :
             {policy::MailPause{Of::Domain, "slow.test"}, policy::MailPause{Of::Template, "domain:slow.test"}})
            QVERIFY(pauseOfPark(parkName(pause)) == pause);
    }
};

QTEST_APPLESS_MAIN(TestParcel)
#include "tst_parcel.moc"
