// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/text.h"
#include "engine/content/compose.h"
#include "engine/content/encoded_word.h"
#include "engine/content/transfer.h"
#include "engine/contract/json.h"
#include "tests/unit/content/show_strings.h"
#include "tests/unit/content/wire_rules.h"

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>

using namespace postroom;
using namespace postroom::content;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

std::string repeated(std::string_view piece, int times) {
    std::string out;
    for (int i = 0; i < times; ++i) out += piece;
    return out;
}

std::string allBytes() {
    std::string bytes;
    for (int i = 0; i < 256 * 40; ++i) bytes.push_back(static_cast<char>(i));
    return bytes;
}

Draft draftOf(std::string subject, std::string name, std::string text, std::string html) {
    Draft draft;
    draft.from = Mailbox{.name = name, .address = "noreply@example.com"};
    draft.to = {{.name = name, .address = "a@example.com"}, {.name = {}, .address = "b@xn--fsqu00a.xn--fiqs8s"}};
    draft.cc = {{.name = "Carol", .address = "carol@example.com"}};
    draft.replyTo = {{.name = name, .address = "\"a b\"@example.com"}};
    draft.subject = subject;
    draft.text = std::move(text);
    draft.html = std::move(html);
    draft.headers = {{.name = "X-Note", .value = std::move(subject)}};
    draft.messageId = makeId(TimePoint{1'700'000'000'000ms});
    draft.messageIdDomain = "example.com";
    draft.date = TimePoint{1'700'000'000'000ms};
    return draft;
}

/// The corpus: every text with every name, with and without files.
std::vector<Draft> corpus() {
    const std::vector<std::string> subjects{"Hello",
                                            "测试邮件",
                                            "un caf\u00E9 noir",
                                            repeated("很长的主题 ", 40) + "完",
                                            repeated("a long subject ", 20) + "end",
                                            "=?utf-8?Q?x?=",
                                            " edges ",
                                            "two  blanks",
                                            repeated("\U0001F4E7", 80),
                                            "a, b; c: \"d\" <e@f>",
                                            "50% = half",
                                            repeated("w", 300)};
    const std::vector<std::string> names{
        "Ada Lovelace", "张三",          "Lovelace, Ada", "J. Public", repeated("很长的名字", 20),    "A \"B\" \\ C",
        "x  y",         "=?utf-8?Q?x?=", "caf\u00E9",     "",          repeated("word ", 30) + "end", "\U0001F4E7"};
    const std::vector<std::string> texts{"Hello\n",
                                         "您好，世界\r\n再见",
                                         "caf\u00E9 = bon \n.\n..\nFrom me\n",
                                         "\n.\r\nx\r.\ry",
                                         repeated("word ", 1000),
                                         repeated("字", 2000),
                                         "--=_x_words--\n",
                                         "\n\n",
                                         repeated("line\n", 500),
                                         "\x01\x0B\x1B[0m \t",
                                         "no end",
                                         repeated("w", 3000)};
    const std::vector<std::string> filenames{"报告.pdf",
                                             "report.pdf",
                                             "a \"b\" \\'c'.txt",
                                             repeated("很长的文件名", 10) + ".docx",
                                             repeated("long", 40) + ".tar.gz",
                                             "caf\u00E9 100%.txt",
                                             "two  blanks.txt",
                                             "semi;colon=x.txt",
                                             "=?utf-8?Q?x?=.txt",
                                             "\U0001F4E7.eml",
                                             "naïve*0*.txt",
                                             "x"};
    std::vector<Draft> drafts;
    for (std::size_t i = 0; i < subjects.size(); ++i) {
        Draft draft = draftOf(subjects[i], names[i], texts[i], {});
        drafts.push_back(draft);
        draft.html = "<p>" + texts[i] + "</p>";
        drafts.push_back(draft);
        for (const std::string& filename : {filenames[i], filenames[(i + 5) % filenames.size()]})
            draft.attachments.push_back(
                {.filename =
                     filename.ends_with(".txt") || filename.find_first_of("/\\") == filename.npos ? filename : "x",
                 .contentType = i % 2 == 0 ? "application/pdf" : "text/csv; charset=utf-16; header=\"a;b\"",
                 .content = i % 3 == 0 ? "" : allBytes().substr(0, i * 800 + 1),
                 .storedAs = {},
                 .size_bytes = 0});
        drafts.push_back(draft);
        Draft shown = draft;
        shown.attachments.front().contentId = "pic." + std::to_string(i) + "@example.com";
        drafts.push_back(shown);
        shown.attachments.pop_back();
        drafts.push_back(shown);
        draft.text.clear();
        drafts.push_back(draft);
        draft.html.clear();
        drafts.push_back(draft);
    }
    return drafts;
}

/// Of a name in encoded words this reader keeps every character but the blanks: it makes one of two, and one between
/// words. It does so to what the composer encodes: names that are not plain, and those beyond a line.
bool losesBlanks(const std::string& name) {
    return !isPlain(name) || name.size() > 60;
}
std::string comparable(std::string name, bool encoded) {
    if (encoded) std::erase(name, ' ');
    return name;
}

std::string addressesOf(const std::vector<Mailbox>& mailboxes) {
    std::string out;
    for (const Mailbox& mailbox : mailboxes)
        out += comparable(mailbox.name, losesBlanks(mailbox.name)) + '|' + mailbox.address + '\n';
    return out;
}

std::string addressesOf(const json::Object& mail, std::string_view name, const std::vector<Mailbox>& written) {
    std::string out;
    const json::Array& pairs = json::array(mail, name);
    for (std::size_t i = 0; i < pairs.size(); ++i)
        out +=
            comparable(pairs[i].as_array()[0].as_string().c_str(), i < written.size() && losesBlanks(written[i].name)) +
            '|' + pairs[i].as_array()[1].as_string().c_str() + '\n';
    return out;
}

}  // namespace

class TestComposePython : public QObject {
    Q_OBJECT

private:
    std::vector<Draft> m_drafts;
    json::Value m_seen;

    static std::string contentOf(const json::Object& mail, std::size_t part) {
        const json::Array& parts = json::array(mail, "parts");
        return part < parts.size() ? *fromBase64(json::text(parts[part].as_object(), "content")) : "no such part";
    }

private slots:
    void initTestCase() {
        QTemporaryDir folder;
        QVERIFY(folder.isValid());
        m_drafts = corpus();
        QStringList arguments{QStringLiteral(POSTROOM_SOURCE_DIR "/tests/unit/content/read_mail.py")};
        for (const Draft& draft : m_drafts) {
            const auto composed = compose(draft);
            QVERIFY2(composed, composed ? "" : composed.error().text().c_str());
            MapFiles files;
            const auto wire = wireOf(*composed, files);
            QVERIFY(wire);
            QCOMPARE(brokenRule(*wire), ""s);
            QFile file{folder.filePath(QStringLiteral("%1.eml").arg(arguments.size()))};
            QVERIFY(file.open(QIODevice::WriteOnly));
            QCOMPARE(file.write(viewOf(*wire)), static_cast<qint64>(wire->size()));
            arguments.append(file.fileName());
        }
        QProcess python;
        // The system's own: another Python in the path may be of another age.
        python.start(QStringLiteral("/usr/bin/python3"), arguments);
        QVERIFY2(python.waitForFinished(60'000), qPrintable(python.errorString()));
        QVERIFY2(python.exitCode() == 0, python.readAllStandardError().constData());
        const auto seen = json::parse(python.readAllStandardOutput().toStdString());
        QVERIFY2(seen, seen ? "" : seen.error().text().c_str());
        m_seen = *seen;
        QCOMPARE(m_seen.as_array().size(), m_drafts.size());
    }

    void pythonReadsBackWhatWasWritten_data() {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < m_drafts.size(); ++i) QTest::addRow("mail %zu", i) << static_cast<int>(i);
    }
    void pythonReadsBackWhatWasWritten() {
        QFETCH(int, index);
        const Draft& draft = m_drafts[static_cast<std::size_t>(index)];
        const json::Object& mail = m_seen.as_array()[static_cast<std::size_t>(index)].as_object();

        QCOMPARE(json::text(mail, "subject"), draft.subject);
        QCOMPARE(json::text(mail, "note"), std::string{trimmed(draft.subject)});
        QCOMPARE(json::text(mail, "message_id"), '<' + draft.messageId.text() + "@example.com>");
        QCOMPARE(json::integer(mail, "date"), std::int64_t{1'700'000'000});
        QCOMPARE(addressesOf(mail, "from", {*draft.from}), addressesOf({*draft.from}));
        QCOMPARE(addressesOf(mail, "to", draft.to), addressesOf(draft.to));
        QCOMPARE(addressesOf(mail, "cc", draft.cc), addressesOf(draft.cc));
        QCOMPARE(addressesOf(mail, "reply_to", draft.replyTo), addressesOf(draft.replyTo));
        // The stand-in beside a name of RFC 2231 is the one thing it may find fault with.
        for (const json::Value& defect : json::array(mail, "defects"))
            QCOMPARE(std::string{defect.as_string().c_str()}, "duplicate parameter name; duplicate ignored"s);

        std::size_t part = 0;
        const bool alone = draft.html.empty() && draft.attachments.empty();
        if (!draft.text.empty() || draft.html.empty()) {
            const std::string text = withCrlf(draft.text), read = contentOf(mail, part++);
            QVERIFY2(read == text || (alone && read == text + "\r\n"), read.c_str());
        } else if (json::text(json::array(mail, "parts")[0].as_object(), "type") == "text/plain") {
            ++part;
        }
        if (!draft.html.empty()) QCOMPARE(contentOf(mail, part++), withCrlf(draft.html));
        for (const Attachment& attachment : draft.attachments) {
            QCOMPARE(contentOf(mail, part), attachment.content);
            const json::Object& seen = json::array(mail, "parts")[part++].as_object();
            QCOMPARE(json::text(seen, "filename"), *cleanFilename(attachment.filename));
            QCOMPARE(json::text(seen, "type"), parseContentType(attachment.contentType)->type);
            const std::string& id = attachment.contentId;
            QCOMPARE(json::text(seen, "content_id"), id.empty() ? ""s : '<' + id + '>');
            QCOMPARE(json::text(seen, "disposition"), id.empty() ? "attachment"s : "inline"s);
        }
        std::string types;
        for (const json::Value& type : json::array(mail, "types")) types += std::string{type.as_string().c_str()} + ' ';
        const bool shows = std::any_of(draft.attachments.begin(), draft.attachments.end(),
                                       [](const Attachment& attachment) { return !attachment.contentId.empty(); });
        QCOMPARE(types.find("multipart/related text/html ") != types.npos, shows);
        QCOMPARE(types.starts_with("multipart/mixed "), draft.attachments.size() > (shows ? 1U : 0U));
        QCOMPARE(json::array(mail, "parts").size(), part);
    }
};

QTEST_APPLESS_MAIN(TestComposePython)
#include "tst_compose_python.moc"
