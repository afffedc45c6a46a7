// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/text.h"
#include "engine/contract/json.h"
#include "engine/policy/reason.h"
#include "engine/policy/reply_rule.h"
#include "engine/policy/reply_rules.h"
#include "engine/policy/word_search.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTest>
#include <random>

using namespace postroom;
using namespace postroom::policy;
using namespace std::chrono_literals;

namespace {

// Rows that take whatever is left, as a file without "extends" needs them.
const std::string rest = R"(
{"id": "x1", "stages": ["session", "auth", "mail_from"], "outcome": "account_rests", "reason": "smtp.deferred"},
{"id": "x2", "stages": ["rcpt_to", "content"], "outcome": "waits", "reason": "smtp.deferred"})";

std::string file(const std::string& rows) {
    return "{\"version\": 1,\n\"rules\": [\n" + rows + "\n]}";
}
std::string ownRow(const std::string& members) {
    return file(
        "{\"id\": \"mine\", \"stages\": [\"rcpt_to\"], \"outcome\": \"recipient_waits\", \"reason\": "
        "\"smtp.deferred\"" +
        members + "}," + rest);
}

}  // namespace

class TestReplyRules : public QObject {
    Q_OBJECT

private slots:
    void hasABuiltInFileThatItCanRead() {
        const auto again = ReplyRules::parse(ReplyRules::builtInText());
        QVERIFY2(again, again ? "" : again.error().text().c_str());
        QCOMPARE(again->size(), ReplyRules{}.size());
        QFile source{QStringLiteral(POSTROOM_SOURCE_DIR "/resources/reply-rules.json")};
        QVERIFY(source.open(QIODevice::ReadOnly));
        QCOMPARE(source.readAll().toStdString(), ReplyRules::builtInText());
    }

    void putsAnOperatorsRowsBeforeTheBuiltInOnes() {
        const auto rules = ReplyRules::parse(R"({"version": 1, "extends": "built-in", "rules": [
            {"id": "relay-is-odd", "stages": ["rcpt_to"], "codes": ["55"], "words": ["No  Such User"],
             "outcome": "recipient_waits", "reason": "smtp.greylisted", "retry": "greylisted", "wait": "10 minutes"}]})");
        QVERIFY2(rules, rules ? "" : rules.error().text().c_str());
        QCOMPARE(rules->size(), ReplyRules{}.size() + 1);
        const Verdict verdict = judge(*rules, {.stage = Stage::RcptTo, .code = 550, .text = "5.1.1 no such\nuser"});
        QCOMPARE(verdict.meaning, Meaning::Deferred);
        QCOMPARE(verdict.deferral, Deferral::Greylisted);
        QCOMPARE(verdict.asked.value_or(0s), std::chrono::seconds{600});
        // What it does not speak of is as it was.
        QCOMPARE(judge(*rules, {.stage = Stage::RcptTo, .code = 550, .text = "5.1.1 unknown"}).meaning,
                 Meaning::Failed);
        QCOMPARE(judge(*rules, {.stage = Stage::RcptTo, .code = 551, .text = "no such user; try again in 30 seconds"})
                     .asked.value_or(0s),
                 30s);
    }

    void leavesOutABuiltInRowThatAFileGivesAnew() {
        const auto rules = ReplyRules::parse(R"({"version": 1, "extends": "built-in", "rules": [
            {"id": "spam", "stages": ["content"], "words": ["unsolicited"], "outcome": "message_waits",
             "reason": "smtp.content_refused"}]})");
        QVERIFY2(rules, rules ? "" : rules.error().text().c_str());
        QCOMPARE(rules->size(), ReplyRules{}.size());
        QCOMPARE(bytesOf(judge(*rules, {.stage = Stage::Dot, .code = 554, .text = "this is spam"}).reason),
                 bytesOf(reason::messageRefused));
    }

    void standsAloneWhereItExtendsNothing() {
        const auto rules = ReplyRules::parse("\xEF\xBB\xBF" + file(rest));
        QVERIFY2(rules, rules ? "" : rules.error().text().c_str());
        QCOMPARE(rules->size(), std::size_t{2});
        QCOMPARE(judge(*rules, {.stage = Stage::RcptTo, .code = 550, .text = "5.1.1 no such user"}).meaning,
                 Meaning::Deferred);
    }

    // Whatever a file says: mail is sent by a 2xx to the "." alone, a doubt stays one, no 4xx fails mail, and before
    // RCPT TO nobody's mailbox is meant.
    void canNotBreakTheEnginesOwnPromises() {
        const auto rules = ReplyRules::parse(file(
            R"({"id": "a", "stages": ["session", "auth"], "outcome": "account_rests", "reason": "smtp.deferred"},
               {"id": "b", "stages": ["mail_from"], "outcome": "message_fails", "reason": "smtp.message_refused"},
               {"id": "c", "stages": ["rcpt_to", "content"], "outcome": "recipient_fails", "reason": "smtp.recipient_unknown"})"));
        QVERIFY2(rules, rules ? "" : rules.error().text().c_str());
        for (int s = 0; s < stageCount; ++s)
            for (int code = 0; code < 1000; ++code) {
                const auto stage = static_cast<Stage>(s);
                const Verdict verdict =
                    judge(*rules, {.stage = stage, .code = code, .text = "", .dotSent = stage == Stage::Dot});
                QCOMPARE(verdict.meaning == Meaning::Sent, stage == Stage::Dot && code / 100 == 2);
                QCOMPARE(verdict.meaning == Meaning::Failed, stage >= Stage::MailFrom && code / 100 == 5);
                if (stage == Stage::Dot && code / 100 != 2 && code / 100 != 4 && code / 100 != 5)
                    QCOMPARE(verdict.meaning, Meaning::Unknown);
            }
    }

    void matchesCodesEnhancedCodesAndWordsAsTheyAreWritten_data() {
        QTest::addColumn<QByteArray>("members");
        QTest::addColumn<QByteArray>("reply");  // behind "5"
        QTest::addColumn<bool>("fits");
        const auto row = [](const char* members, const char* reply, bool fits) {
            QTest::addRow("%s: 5%s", members, reply) << QByteArray(members) << QByteArray(reply) << fits;
        };
        row(R"("codes": ["5"])", "00 x", true);
        row(R"("codes": ["55"])", "59 x", true);
        row(R"("codes": ["55"])", "49 x", false);
        row(R"("codes": ["551", "553"])", "53 x", true);
        row(R"("codes": ["551", "553"])", "52 x", false);
        row(R"("enhanced": ["5.1.1"])", "50 5.1.1 x", true);
        row(R"("enhanced": ["5.1.1"])", "50 5.1.10 x", false);
        row(R"("enhanced": ["5.1.1"])", "50 x", false);
        row(R"("enhanced": ["*.1.1"])", "50 5.1.1 x", true);
        row(R"("enhanced": ["5.7.20-24"])", "50 5.7.22 x", true);
        row(R"("enhanced": ["5.7.20-24"])", "50 5.7.25 x", false);
        row(R"("enhanced": ["5.*.*"])", "50 x", false);
        row(R"("enhanced": ["*.*.*"])", "50 5.999.999 x", true);
        row(R"("words": ["full"])", "50 mailbox FULL", true);
        row(R"("words": [" full"])", "50 mailboxfull", false);
        row(R"("words": ["full "])", "50 mailbox full", true);
        row(R"("words": ["full "])", "50 mailbox fullest", false);
        row(R"("words": ["is full"])", "50 it is a@b.example full", true);
        row(R"("words": ["已满"])", "50 邮箱已满", true);
        row(R"("codes": ["550"], "enhanced": ["5.2.2"], "words": ["quota"])", "50 5.2.2 quota", true);
        row(R"("codes": ["550"], "enhanced": ["5.2.2"], "words": ["quota"])", "50 5.2.2 full", false);
        row(R"("codes": ["550"], "enhanced": ["5.2.2"], "words": ["quota"])", "50 5.2.1 quota", false);
        row(R"("codes": ["550"], "enhanced": ["5.2.2"], "words": ["quota"])", "51 5.2.2 quota", false);
    }
    void matchesCodesEnhancedCodesAndWordsAsTheyAreWritten() {
        QFETCH(QByteArray, members);
        QFETCH(QByteArray, reply);
        QFETCH(bool, fits);
        const auto rules = ReplyRules::parse(ownRow(", " + members.toStdString()));
        QVERIFY2(rules, rules ? "" : rules.error().text().c_str());
        const std::string said = reply.mid(3).toStdString();
        QCOMPARE(decidingRule(*rules, {.stage = Stage::RcptTo, .code = 500 + reply.left(2).toInt(), .text = said}),
                 std::string(fits ? "mine" : "x2"));
    }

    void refusesAFileAndNamesLineRowAndField_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("field");
        QTest::addColumn<QByteArray>("reason");
        QTest::addColumn<QByteArray>("detail");  // how it begins
        const auto row = [](const char* name, const std::string& text, const char* field, const char* reason,
                            const char* detail) {
            QTest::newRow(name) << QByteArray::fromStdString(text) << QByteArray(field) << QByteArray(reason)
                                << QByteArray(detail);
        };
        const auto member = [&](const char* name, const char* members, const char* field, const char* reason,
                                const char* detail) { row(name, ownRow(members), field, reason, detail); };
        row("no object", "[]", "", "field.type", "must be an object");
        row("no version", "{\"rules\": []}", "version", "field.required", "version: must be 1");
        row("another version", "{\"version\": 2, \"rules\": []}", "version", "field.not_allowed", "version: must be 1");
        row("no rules", "{\"version\": 1}", "rules", "field.required", "rules: must be a list");
        row("extends another", "{\"version\": 1, \"extends\": \"x\", \"rules\": []}", "extends", "field.not_allowed",
            "extends");
        row("unknown member", "{\"version\": 1, \"rule\": []}", "rule", "field.unknown", "rule: is not known");
        row("row is no object", file("7," + rest), "rules[0]", "field.type", "line 3, row 1: must be an object");
        row("no row", file(""), "rules", "rules.incomplete", "rules: nothing is said of a 400 at connect");
        row("row without all", file("{}," + rest), "rules[0].id", "field.required", "line 3, row 1, id: is missing");
        row("gap",
            file(R"({"id": "a", "stages": ["any"], "codes": ["4", "50", "52", "53", "54", "55", "56", "57", "58", "59"],
                           "outcome": "account_rests", "reason": "smtp.deferred"})"),
            "rules", "rules.incomplete", "rules: nothing is said of a 510 at connect");
        row("the second row's line",
            file("{\"id\": \"a\", \"note\": \"{[\\\"\", \"stages\": [\"auth\"],\n\"outcome\": "
                 "\"account_rests\", \"reason\": \"smtp.deferred\"},\n{\"id\": \"b\"}," +
                 rest),
            "rules[1].stages", "field.required", "line 5, row 2 (b), stages: is missing");
        member("unknown field", R"(, "word": ["x"])", "rules[0].word", "field.unknown",
               "line 3, row 1 (mine), word: is not known");
        member("words is no list", R"(, "words": "x")", "rules[0].words", "field.type", "line 3, row 1 (mine), words");
        member("a word is no text", R"(, "words": ["x", 7])", "rules[0].words[1]", "field.type", "line 3");
        member("no words", R"(, "words": [])", "rules[0].words", "field.empty", "line 3");
        member("empty word", R"(, "words": ["x", " "])", "rules[0].words[1]", "field.empty", "line 3");
        member("address", R"(, "words": ["from a@b.example"])", "rules[0].words[0]", "word.never_found", "line 3");
        member("link", ", \"words\": [\"see https://x\"]", "rules[0].words[0]", "word.never_found", "line 3");
        member("code in words", R"(, "words": ["5.7.1 no"])", "rules[0].words[0]", "word.never_found", "line 3");
        member("success", R"(, "codes": ["250"])", "rules[0].codes[0]", "code.invalid", "line 3");
        member("long code", R"(, "codes": ["5500"])", "rules[0].codes[0]", "code.invalid", "line 3");
        member("code in letters", R"(, "codes": ["5xx"])", "rules[0].codes[0]", "code.invalid", "line 3");
        member("enhanced of two parts", R"(, "enhanced": ["5.1"])", "rules[0].enhanced[0]", "enhanced.invalid",
               "line 3");
        member("enhanced of four", R"(, "enhanced": ["5.1.1.1"])", "rules[0].enhanced[0]", "enhanced.invalid",
               "line 3");
        member("enhanced backwards", R"(, "enhanced": ["5.1.9-2"])", "rules[0].enhanced[0]", "enhanced.invalid",
               "line 3");
        member("enhanced success", R"(, "enhanced": ["2.1.5"])", "rules[0].enhanced[0]", "enhanced.invalid", "line 3");
        member("retry", R"(, "retry": "often")", "rules[0].retry", "field.not_allowed", "line 3");
        member("retry of a doubt", R"(, "retry": "unknown")", "rules[0].retry", "field.not_allowed", "line 3");
        member("wait", R"(, "wait": "15")", "rules[0].wait", "wait.invalid", "line 3");
        member("wait and more", R"(, "wait": "15 minutes or so")", "rules[0].wait", "wait.invalid", "line 3");
        member("long wait", R"(, "wait": "25 hours")", "rules[0].wait", "wait.invalid", "line 3");
        const auto all = [&](const char* name, const char* stage, const char* outcome, const char* reason,
                             const char* field, const char* why) {
            row(name,
                file(std::string("{\"id\": \"mine\", \"stages\": [\"") + stage + "\"], \"outcome\": \"" + outcome +
                     "\", \"reason\": \"" + reason + "\"}," + rest),
                field, why, "line 3, row 1 (mine)");
        };
        all("unknown stage", "helo", "account_rests", "smtp.deferred", "rules[0].stages[0]", "field.not_allowed");
        all("unknown outcome", "rcpt_to", "bounce", "smtp.deferred", "rules[0].outcome", "field.not_allowed");
        all("unknown reason", "rcpt_to", "fails", "smtp.nope", "rules[0].reason", "field.not_allowed");
        all("sent is no reason", "rcpt_to", "fails", "smtp.sent", "rules[0].reason", "field.not_allowed");
        all("nor is the network", "rcpt_to", "fails", "network.closed", "rules[0].reason", "field.not_allowed");
        all("a login fails no mailbox", "auth", "recipient_fails", "smtp.deferred", "rules[0].outcome",
            "rule.outcome_not_here");
        all("nor does a greeting", "any", "fails", "smtp.deferred", "rules[0].outcome", "rule.outcome_not_here");
        all("no mailbox at MAIL FROM", "mail_from", "recipient_waits", "smtp.deferred", "rules[0].outcome",
            "rule.outcome_not_here");
        all("no message at RCPT TO", "rcpt_to", "message_fails", "smtp.deferred", "rules[0].outcome",
            "rule.outcome_not_here");
        row("id twice",
            file(rest + "," +
                 R"({"id": "x1", "stages": ["dot"], "words": ["a"], "outcome": "fails", "reason": "smtp.deferred"})"),
            "rules[2].id", "rule.duplicate_id", "line 5, row 3 (x1), id: row 1");
        row("hidden",
            file(rest + "," +
                 R"({"id": "late", "stages": ["dot"], "words": ["a"], "outcome": "fails", "reason": "smtp.deferred"})"),
            "rules[2]", "rule.unreachable", "line 5, row 3 (late): no reply reaches it: row 2 (x2)");
        row("hides all that it extends", R"({"version": 1, "extends": "built-in", "rules": [)" + rest + "]}", "extends",
            "rule.unreachable", "extends: no reply reaches the built-in rows");
    }
    void refusesAFileAndNamesLineRowAndField() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, field);
        QFETCH(QByteArray, reason);
        QFETCH(QByteArray, detail);
        const auto rules = ReplyRules::parse(text.toStdString());
        QVERIFY(!rules);
        const Error& error = rules.error();
        QCOMPARE(error.code, ErrorCode::ValidationFailed);
        QVERIFY(!error.fields.empty());
        QCOMPARE(QByteArray::fromStdString(error.fields[0].field), field);
        QCOMPARE(QByteArray::fromStdString(error.fields[0].reason), reason);
        QVERIFY2(error.fields[0].detail.starts_with(detail.toStdString()), error.fields[0].detail.c_str());
        QVERIFY(error.detail.starts_with(error.fields[0].detail));
    }

    void namesEveryFaultAtOnce() {
        const auto rules = ReplyRules::parse(ownRow(R"(, "codes": ["250"], "words": ["a@b"], "wait": "soon", "x": 1)"));
        QVERIFY(!rules);
        QCOMPARE(rules.error().fields.size(), std::size_t{4});
        QVERIFY2(rules.error().detail.ends_with(", and 3 more"), rules.error().detail.c_str());
    }

    void namesLineAndColumnOfWhatIsNoJson() {
        auto rules = ReplyRules::parse("{\"version\": 1,\n \"rules\": [}");
        QVERIFY(!rules);
        QCOMPARE(rules.error().code, ErrorCode::JsonInvalid);
        QVERIFY2(rules.error().detail.starts_with("line 2, column 12: "), rules.error().detail.c_str());
        rules = ReplyRules::parse("");
        QVERIFY(!rules && rules.error().detail.starts_with("line 1, column 1: "));
        rules = ReplyRules::parse("{\"version\": 1, \"version\": 1}");
        QVERIFY(!rules && rules.error().code == ErrorCode::JsonInvalid);
    }

    void refusesWhatIsTooLarge() {
        const auto rules = ReplyRules::parse(std::string(ReplyRules::largest_bytes + 1, ' '));
        QVERIFY(!rules);
        std::string rows;
        for (std::size_t row = 0; row <= ReplyRules::mostRows; ++row)
            rows += "{\"id\": \"" + std::to_string(row) + "\"},";
        const auto many = ReplyRules::parse(file(rows + rest));
        QVERIFY(!many);
        QCOMPARE(many.error().fields[0].reason, std::string("field.too_many"));
    }

    void survivesWhateverStandsInAFile() {
        std::mt19937 random{20'261'126};
        const std::string& good = ReplyRules::builtInText();
        for (int round = 0; round < 400; ++round) {
            std::string text = good;
            for (unsigned changes = 1 + random() % 4; changes > 0; --changes) {
                const std::size_t at = random() % text.size();
                switch (random() % 3) {
                    case 0: text.erase(at, 1 + random() % 40); break;
                    case 1: text[at] = static_cast<char>(random()); break;
                    default: text.insert(at, text.substr(random() % text.size(), random() % 60));
                }
            }
            const auto rules = ReplyRules::parse(text);
            if (rules) {
                (void)judge(*rules, {.stage = Stage::Dot, .code = 550, .text = "whatever"});
                continue;
            }
            QVERIFY(!rules.error().detail.empty());
            for (const FieldError& fault : rules.error().fields)
                QVERIFY(isValidUtf8(fault.detail) && !hasControls(fault.detail) && !fault.reason.empty());
        }
    }

    void findsEveryWordThatStandsInAText() {
        std::mt19937 random{7};
        const auto made = [&random](std::size_t length) {
            std::string text;
            while (text.size() < length) text += "ab "[random() % 3];
            return text;
        };
        for (int round = 0; round < 300; ++round) {
            std::vector<std::string> words;
            for (int count = 0; count < 12; ++count) words.push_back(made(1 + random() % 5));
            const WordSearch search{{words.begin(), words.end()}};
            const std::string text = made(random() % 60);
            std::vector<bool> found(words.size());
            search.in(text, [&](std::uint32_t place) { found[place] = true; });
            for (std::size_t place = 0; place < words.size(); ++place)
                QCOMPARE(bool{found[place]}, text.find(words[place]) != text.npos);
        }
    }

    // Every reason an operator may read on an attempt stands in the handbook, in both languages.
    void hasEveryReasonInTheHandbook() {
        for (const char* language : {"en", "zh"}) {
            QFile page{toQString(std::string(POSTROOM_SOURCE_DIR "/resources/handbook/") + language + "/replies.md")};
            QVERIFY(page.open(QIODevice::ReadOnly));
            const QByteArray text = page.readAll();
            for (const std::string_view reason : allReasons())
                QVERIFY2(text.contains("`" + bytesOf(reason) + "`"), bytesOf(reason).constData());
        }
    }

    void takesTheExampleOfTheHandbook() {
        for (const char* language : {"en", "zh"}) {
            QFile page{toQString(std::string(POSTROOM_SOURCE_DIR "/resources/handbook/") + language + "/replies.md")};
            QVERIFY(page.open(QIODevice::ReadOnly));
            const std::string text = page.readAll().toStdString();
            const std::size_t begin = text.find("```json\n") + 8;
            const auto rules = ReplyRules::parse(text.substr(begin, text.find("\n```", begin) - begin));
            QVERIFY2(rules, rules ? "" : rules.error().text().c_str());
        }
    }

    // Each way of a message judges once a recipient: it has to stay far below what a commit costs.
    void judgesInMicroseconds() {
        const ReplyRules rules;
        const Evidence evidence{
            .stage = Stage::Dot,
            .code = 550,
            .text =
                "5.7.1 [192.0.2.1] The server had a great many words to say about this one, none of "
                "which is known to any of the rules, so that all of them were asked in vain"};
        constexpr int rounds = 20'000;
        QElapsedTimer timer;
        timer.start();
        int deferred = 0;
        for (int round = 0; round < rounds; ++round) deferred += judge(rules, evidence).meaning == Meaning::Deferred;
        const double each_us = static_cast<double>(timer.nsecsElapsed()) / 1000 / rounds;
        qInfo("%.2f us a verdict", each_us);
        QCOMPARE(deferred, 0);
        QVERIFY2(each_us < 1000,
                 "several hundred times what it takes: something is done for every reply that is done once");
    }

private:
    static QByteArray bytesOf(std::string_view text) {
        return QByteArray(text.data(), static_cast<qsizetype>(text.size()));
    }
};

QTEST_APPLESS_MAIN(TestReplyRules)
#include "tst_reply_rules.moc"
