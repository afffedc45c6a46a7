// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/policy/pauses.h"

#include <QTest>

using namespace postroom;
using namespace postroom::policy;

class TestPauses : public QObject {
    Q_OBJECT

private slots:
    void keepsTheMailBackThatItNames_data() {
        QTest::addColumn<QByteArray>("templateName");
        QTest::addColumn<QByteArray>("recipient");
        QTest::addColumn<QByteArray>("kept");  // empty: it may go
        const auto row = [](const char* name, const char* templateName, const char* recipient, const char* kept) {
            QTest::newRow(name) << QByteArray(templateName) << QByteArray(recipient) << QByteArray(kept);
        };
        row("neither", "welcome", "ann@other.test", "");
        row("no template", "", "ann@other.test", "");
        row("the template", "invoice", "ann@other.test", "template invoice");
        row("the template in another case", "Invoice", "ann@other.test", "");
        row("a longer name", "invoice.reminder", "ann@other.test", "");
        row("the domain", "", "ann@slow.test", "domain slow.test");
        row("the domain in another case", "", "ann@SLOW.Test", "domain slow.test");
        row("a domain below it", "", "ann@mail.slow.test", "");
        row("a domain that ends alike", "", "ann@veryslow.test", "");
        row("an @ in the local part", "", "\"ann@slow.test\"@other.test", "");
        row("the domain behind an @", "", "\"a@b\"@slow.test", "domain slow.test");
        row("both", "invoice", "ann@slow.test", "template invoice");
        row("no address", "", "slow.test", "");
    }
    void keepsTheMailBackThatItNames() {
        QFETCH(QByteArray, templateName);
        QFETCH(QByteArray, recipient);
        QFETCH(QByteArray, kept);
        const Pauses pauses{.everything = false, .accounts = {}, .templates = {"invoice"}, .domains = {"slow.test"}};
        const auto pause = pauseOf(pauses, templateName.toStdString(), recipient.toStdString());
        QByteArray found;
        if (pause)
            found = (pause->of == MailPause::Of::Domain ? "domain " : "template ") + QByteArray(pause->name.c_str());
        QCOMPARE(found, kept);
        if (pause) QVERIFY(pauses.holds(*pause));
        if (pause) QVERIFY(!Pauses{}.holds(*pause));
        QVERIFY(!pauseOf({}, templateName.toStdString(), recipient.toStdString()));
    }

    void isNotAskedOfAllMailForTheSakeOfAnAccount() {
        QVERIFY((Pauses{.everything = true, .accounts = {makeId({})}, .templates = {}, .domains = {}}).keepsNoMail());
        QVERIFY(!(Pauses{.everything = false, .accounts = {}, .templates = {"a"}, .domains = {}}).keepsNoMail());
        QVERIFY(!(Pauses{.everything = false, .accounts = {}, .templates = {}, .domains = {"a"}}).keepsNoMail());
    }
};

QTEST_APPLESS_MAIN(TestPauses)
#include "tst_pauses.moc"
