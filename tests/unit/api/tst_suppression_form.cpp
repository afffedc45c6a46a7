// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/suppression_form.h"

#include <QTest>

using namespace postroom;
using namespace postroom::api;
using namespace std::chrono_literals;

/// What people type and files hold of who gets no mail.
class TestSuppressionForm : public QObject {
    Q_OBJECT

    const TimePoint now{1'700'000'000s};

    // "address reason note hours" of each row.
    std::string all(SuppressionList& list, std::size_t atOnce = 2) const {
        std::string out;
        for (auto rows = list.next(atOnce, now); !rows.empty(); rows = list.next(atOnce, now))
            for (const auto& row : rows) {
                out += row.address + " " + row.reason + " [" + row.note + "]";
                if (row.expiresAt) out += " " + std::to_string((*row.expiresAt - now) / 1h);
                out += "\n";
            }
        return out;
    }

private slots:
    void readsAnAddress_data() {
        QTest::addColumn<std::string>("typed");
        QTest::addColumn<std::string>("becomes");  // the reason where it is refused
        const auto row = [](const char* typed, const char* becomes) {
            QTest::newRow(typed) << std::string(typed) << std::string(becomes);
        };
        row("ann@example.org", "ann@example.org");
        row("Ann@Example.ORG", "ann@example.org");
        row("*@Example.org", "*@example.org");
        row("ann@b\u00fccher.example", "ann@xn--bcher-kva.example");
        row("*@b\u00fccher.example", "*@xn--bcher-kva.example");
        row("\"ann\"@example.org", "ann@example.org");
        row("+x@example.org", "+x@example.org");
        row("", "address.empty");
        row("ann", "address.invalid");
        row("*", "address.invalid");
        row("*@", "address.domain_invalid");
        row("a*@example.org", "a*@example.org");
        row("Ann <ann@example.org>", "address.invalid");
        row("\u738b@example.org", "address.local_part_not_ascii");
    }
    void readsAnAddress() {
        QFETCH(std::string, typed);
        QFETCH(std::string, becomes);
        const auto read = readSuppressedAddress(typed, "address");
        if (!read) QCOMPARE(read.error().fields.at(0).field, std::string("address"));
        QCOMPARE(read ? *read : read.error().fields.at(0).reason, becomes);
    }

    void readsAFile_data() {
        QTest::addColumn<std::string>("csv");
        QTest::addColumn<std::string>("rows");
        const auto row = [](const char* name, const std::string& csv, const char* rows) {
            QTest::newRow(name) << csv << std::string(rows);
        };
        row("nothing", "", "");
        row("names alone", "address,reason\r\n", "");
        row("addresses alone", "ann@a.test\nBob@b.test\n", "ann@a.test manual []\nbob@b.test manual []\n");
        row("no end of the last line", "ann@a.test\r\nbob@b.test", "ann@a.test manual []\nbob@b.test manual []\n");
        row("all columns, in any order",
            "note,expires_at,Reason,Address\r\n\"asked, twice\",2023-11-15T08:13:20Z,unsubscribed,ann@a.test\r\n",
            "ann@a.test unsubscribed [asked, twice] 10\n");
        row("columns of somebody else", "Email,Bounced At\nann@a.test,yesterday\n", "ann@a.test manual []\n");
        row("an export",
            "id,address,reason,reply,message_id,note,created_at,expires_at\r\n"
            "0193a5c0-7d6b-7c3e-9f21-5b0e4a8d1c77,'+ann@a.test,hard_bounce,550 no,,,2023-11-01T00:00:00.000Z,\r\n",
            "+ann@a.test hard_bounce []\n");
        row("a mark, blank lines and short ones", "\xef\xbb\xbf\r\naddress,note\r\n\r\n , \r\nann@a.test\r\n",
            "ann@a.test manual []\n");
        row("a domain", "address\n*@a.test\n", "*@a.test manual []\n");
        row("one that has ended is left out", "address,expires_at\nann@a.test,2020-01-01T00:00:00Z\nbob@b.test,\n",
            "bob@b.test manual []\n");
    }
    void readsAFile() {
        QFETCH(std::string, csv);
        SuppressionList list{csv};
        const auto lines = list.check(now);
        QVERIFY2(lines, lines ? "" : lines.error().text().c_str());
        QTEST(all(list), "rows");
        QCOMPARE(all(list), std::string());  // it is at its end
    }

    void namesEachWrongLine_data() {
        QTest::addColumn<std::string>("csv");
        QTest::addColumn<std::string>("faults");
        const auto row = [](const char* name, const std::string& csv, const char* faults) {
            QTest::newRow(name) << csv << std::string(faults);
        };
        row("no address", "address,note\nann@a.test,x\nann,y\n", "lines[3].address=address.invalid ");
        row("an empty one", "address,note\n,y\n", "lines[2].address=address.empty ");
        row("no such reason", "address,reason\nann@a.test,because\n", "lines[2].reason=field.not_allowed ");
        row("no time", "address,expires_at\nann@a.test,soon\n", "lines[2].expires_at=field.type ");
        row("lines inside quotes count", "address,note\n\"a@b\",\"one\ntwo\"\nann,\n",
            "lines[2].note=field.control_character lines[4].address=address.invalid ");
        row("a quote that does not end", "address,note\nann@a.test,\"x\n", "lines[2].address=csv.quotes ");
        row("no names for its columns", "ann@a.test,hard_bounce\nbob@b.test,manual\n",
            "lines[1].address=csv.no_address_column ");
        row("no column of addresses", "name,reason\nann,manual\n",
            "lines[1].address=csv.no_address_column lines[1].address=address.invalid "
            "lines[2].address=address.invalid ");
        row("a note too long", "address,note\nann@a.test," + std::string(501, 'x') + "\n",
            "lines[2].note=field.too_long ");
    }
    void namesEachWrongLine() {
        QFETCH(std::string, csv);
        SuppressionList list{csv};
        const auto lines = list.check(now);
        QVERIFY(!lines);
        std::string faults;
        for (const FieldError& fault : lines.error().fields) faults += fault.field + "=" + fault.reason + " ";
        QTEST(faults, "faults");
    }

    void namesNoMoreThanAHundred() {
        std::string csv = "address\n";
        for (int i = 0; i < 250; ++i) csv += "nobody\n";
        SuppressionList list{csv};
        const auto lines = list.check(now);
        QVERIFY(!lines);
        QCOMPARE(lines.error().fields.size(), SuppressionList::mostFaults);
        QVERIFY2(lines.error().detail.find("250 mistakes") != std::string::npos, lines.error().detail.c_str());
    }

    void saysHowManyHaveEnded() {
        SuppressionList list{
            "address,expires_at\na@b.test,2020-01-01T00:00:00Z\nb@b.test,2020-01-01T00:00:00Z\nc@b.test,\n"};
        QCOMPARE(list.check(now).value(), std::int64_t{3});
        QCOMPARE(list.next(10, now).size(), std::size_t{1});
        QCOMPARE(list.ended(), std::int64_t{2});
    }
};

QTEST_APPLESS_MAIN(TestSuppressionForm)
#include "tst_suppression_form.moc"
