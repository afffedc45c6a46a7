// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/contract/search.h"

#include <QTest>

using namespace postroom;
using namespace postroom::contract;

class TestSearchText : public QObject {
    Q_OBJECT

private slots:
    // Written down in one order and one form, a search shows how it was read.
    void isReadAsItIsMeant_data() {
        QTest::addColumn<std::string>("typed");
        QTest::addColumn<std::string>("read");
        const auto row = [](const char* name, const char* typed, const char* read) {
            QTest::newRow(name) << std::string(typed) << std::string(read);
        };
        row("nothing", "", "");
        row("blanks alone", "   ", "");
        row("an address", "to:Ann@Example.com", "to:ann@example.com");
        row("two addresses", "to:a@b.c to:d@e.f", "to:a@b.c to:d@e.f");
        row("everybody at a domain", "to:*@example.com", "to:*@example.com");
        row("a domain alone", "from:@example.com", "from:*@example.com");
        row("the begin of an address", "to:ann*", "to:ann*");
        row("a part of an address", "to:*shop*", "to:*shop*");
        row("a domain in another script", "to:a@例え.jp", "to:a@xn--r8jz45g.jp");
        row("words", "two words", "two words");
        row("words in quotes", "\"two words\" more", "\"two words\" more");
        row("a quoted word without blanks", "\"one\"", "one");
        row("an empty word", "\"\"", "");
        row("a subject", "subject:\"your order\"", "subject:\"your order\"");
        row("a quote inside quotes", "subject:\"say \\\"hi\\\" \\\\ there\"", "subject:\"say \\\"hi\\\" \\\\ there\"");
        row("a quote inside a word", "5\"x", "5\"x");
        row("a backslash in a word", "a\\b", "a\\b");
        row("a state", "status:failed", "status:failed");
        row("a state in capitals", "STATUS:Failed", "status:failed");
        row("tags", "tag:Invoice tag:\"a b\"", "tag:Invoice tag:\"a b\"");
        row("an account", "account:A@B.c", "account:a@b.c");
        row("the sandbox", "account:sandbox", "account:sandbox");
        row("a template", "template:welcome", "template:welcome");
        row("a day", "after:2026-01-31", "after:2026-01-31T00:00:00.000Z");
        row("a minute", "before:2026-01-31T23:59", "before:2026-01-31T23:59:00.000Z");
        row("a second in UTC", "before:2026-01-31T23:59:58Z", "before:2026-01-31T23:59:58.000Z");
        row("a second without a zone", "before:2026-01-31T23:59:58", "before:2026-01-31T23:59:58.000Z");
        row("a time in a zone", "after:2026-01-31T08:00:00+08:00", "after:2026-01-31T00:00:00.000Z");
        row("milliseconds", "after:2026-01-31T00:00:00.123Z", "after:2026-01-31T00:00:00.123Z");
        row("an id", "id:018C2D7E-5b7a-7c3b-9d1e-2f3a4b5c6d7e", "id:018c2d7e-5b7a-7c3b-9d1e-2f3a4b5c6d7e");
        row("a word that looks like a token, in quotes", "\"Re: x\"", "\"Re: x\"");
        row("a colon that is no token's", "12:30", "12:30");
        row("an ideographic blank and a full-width colon", "主题\u3000subject\uff1a订单", "subject:订单 主题");
        row("an order of its own", "word id:018c2d7e-5b7a-7c3b-9d1e-2f3a4b5c6d7e to:a@b.c",
            "to:a@b.c id:018c2d7e-5b7a-7c3b-9d1e-2f3a4b5c6d7e word");
    }
    void isReadAsItIsMeant() {
        QFETCH(std::string, typed);
        QFETCH(std::string, read);
        const auto search = Search::parse(typed);
        QVERIFY2(search, search ? "" : search.error().text().c_str());
        QCOMPARE(search->text(), read);
        QVERIFY(Search::parse(search->text()) == *search);
        QCOMPARE(search->isEmpty(), read.empty());
    }

    void saysWhichTermIsWrongAndWhy_data() {
        QTest::addColumn<std::string>("typed");
        QTest::addColumn<std::string>("reason");
        QTest::addColumn<std::string>("token");
        const auto row = [](const char* typed, const char* reason, const char* token) {
            QTest::newRow(typed) << std::string(typed) << std::string(reason) << std::string(token);
        };
        row("colour:red", "search.unknown_token", "colour");
        row("Re: x", "search.unknown_token", "re");
        row("a to:", "search.no_value", "to");
        row("subject:\"\"", "search.no_value", "subject");
        row("subject:\"a b", "search.open_quote", "subject:\"a b");
        row("\"a\"b", "search.open_quote", "\"a\"b");
        row("status:lost", "search.bad_state", "lost");
        row("before:yesterday", "search.bad_date", "yesterday");
        row("before:2026-02-30", "search.bad_date", "2026-02-30");
        row("after:2026-1-1", "search.bad_date", "2026-1-1");
        row("after:1969-12-31", "search.bad_date", "1969-12-31");
        row("after:9999-12-31T23:59:59-01:00", "search.bad_date", "9999-12-31T23:59:59-01:00");
        row("after:2026-01-31T", "search.bad_date", "2026-01-31T");
        row("id:7", "search.bad_id", "7");
        row("to:*", "search.bad_address", "*");
        row("to:a*b", "search.bad_address", "a*b");
        row("from:@", "search.bad_address", "@");
        row("status:sent status:held", "search.repeated", "status");
        row("before:2026-01-01 before:2026-01-02", "search.repeated", "before");
        row("a\tb", "search.control_character", "");
        row("\xff", "search.control_character", "");
        QTest::newRow("too many terms") << std::string("a b c d e f g h i j k l m n o p q r s t u")
                                        << std::string("search.too_many") << std::string();
        QTest::newRow("too long") << std::string(Search::longest_bytes + 1, 'x') << std::string("search.too_long")
                                  << std::string();
    }
    void saysWhichTermIsWrongAndWhy() {
        QFETCH(std::string, typed);
        QFETCH(std::string, reason);
        QFETCH(std::string, token);
        const auto search = Search::parse(typed);
        QVERIFY(!search);
        QVERIFY(search.error().code == ErrorCode::ValidationFailed);
        QCOMPARE(search.error().fields.size(), std::size_t{1});
        QCOMPARE(search.error().fields[0].field, std::string("q"));
        QCOMPARE(search.error().fields[0].reason, reason);
        QCOMPARE(search.error().params.at(0).second, token);
        QVERIFY(search.error().fields[0].detail.starts_with(token));
    }

    void takesAsMuchAsItSays() {
        QVERIFY(Search::parse(std::string(Search::longest_bytes, 'x')));
        QVERIFY(Search::parse("a b c d e f g h i j k l m n o p q r s t"));
    }

    void matchesAddresses_data() {
        QTest::addColumn<std::string>("pattern");
        QTest::addColumn<std::string>("address");
        QTest::addColumn<bool>("matches");
        const auto row = [](const char* pattern, const char* address, bool matches) {
            QTest::addRow("%s and %s", pattern, address) << std::string(pattern) << std::string(address) << matches;
        };
        row("a@b.c", "a@b.c", true);
        row("a@b.c", "A@B.C", true);
        row("a@b.c", "aa@b.c", false);
        row("a@b.c", "a@b.cc", false);
        row("*@b.c", "anyone@b.c", true);
        row("@b.c", "anyone@b.c", true);
        row("*@b.c", "anyone@sub.b.c", false);
        row("ann*", "anna@b.c", true);
        row("ann*", "joanna@b.c", false);
        row("*ann*", "joanna@b.c", true);
        row("*ann*", "jo@b.c", false);
    }
    void matchesAddresses() {
        QFETCH(std::string, pattern);
        QFETCH(std::string, address);
        QFETCH(bool, matches);
        const auto search = Search::parse("to:" + pattern);
        QVERIFY(search && search->to.size() == 1);
        QCOMPARE(search->to[0].matches(address), matches);
    }

    void knowsWhatTheCountersCanCount() {
        QVERIFY(Search::parse("").value().isStatusAlone());
        QVERIFY(Search::parse("status:sent").value().isStatusAlone());
        QVERIFY(!Search::parse("status:sent x").value().isStatusAlone());
    }
};

QTEST_APPLESS_MAIN(TestSearchText)
#include "tst_search_text.moc"
