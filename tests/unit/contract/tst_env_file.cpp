// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/platform.h"
#include "engine/base/text.h"
#include "engine/contract/env_file.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace postroom;
using namespace postroom::contract;

class TestEnvFile : public QObject {
    Q_OBJECT

private slots:
    void readsAValueInEachForm_data() {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QByteArray>("value");
        const auto row = [](const char* name, const char* line, const char* value) {
            QTest::newRow(name) << QByteArray(line) << QByteArray(value);
        };
        row("bare", "KEY=value", "value");
        row("empty", "KEY=", "");
        row("blanks around", "  KEY = value  ", "value");
        row("a comment behind", "KEY=value      # a comment", "value");
        row("a comment behind a tab", "KEY=value\t# a comment", "value");
        row("a # that is no comment", "KEY=pa#ss#word", "pa#ss#word");
        row("a # at the start", "KEY=#ff0000", "#ff0000");
        row("only a comment", "KEY=   # a comment", "");
        row("blanks within", "KEY=two words # and a comment", "two words");
        row("equals signs", "KEY=a=b==", "a=b==");
        row("quotes within", "KEY=it's \"so\"", "it's \"so\"");
        row("a backslash", "KEY=C:\\new", "C:\\new");
        row("a dollar", "KEY=pa$word$", "pa$word$");
        row("export", "export KEY=value", "value");
        row("export and blanks", "export \t KEY=value", "value");
        row("UTF-8", "KEY=发送 # 注释", "发送");
        row("literal", "KEY='a # \"b\" \\n ${C}'", "a # \"b\" \\n ${C}");
        row("literal, empty", "KEY=''", "");
        row("literal, a comment behind", "KEY='value' # a comment", "value");
        row("quoted", "KEY=\"two  words # no comment\"", "two  words # no comment");
        row("quoted, escapes", "KEY=\"a\\nb\\tc\\\"d\\\\e\\$f\\rg\"", "a\nb\tc\"d\\e$f\rg");
        row("quoted, a blank and a comment behind", "KEY=\"value\" # a comment", "value");
        row("CRLF", "KEY=value\r", "value");
        row("a dollar escaped before a brace", "KEY=\"\\${HOME}\"", "${HOME}");
    }
    void readsAValueInEachForm() {
        QFETCH(QByteArray, line);
        QFETCH(QByteArray, value);
        const auto lines = parseEnv(line.toStdString() + "\n", ".env");
        QVERIFY2(lines, lines ? "" : lines.error().text().c_str());
        QCOMPARE(lines->size(), std::size_t{1});
        QCOMPARE(lines->at(0).name, std::string("KEY"));
        QCOMPARE(lines->at(0).value, value.toStdString());
    }

    void countsLines() {
        const auto lines = parseEnv("\xEF\xBB\xBF# head\r\n\r\nA=1\r\n   # more\nB=2\n\nexport C=3", ".env");
        QVERIFY(lines);
        QCOMPARE(lines->size(), std::size_t{3});
        QCOMPARE(lines->at(0).line, 3);
        QCOMPARE(lines->at(1).line, 5);
        QCOMPARE(lines->at(2).line, 7);
        QCOMPARE(lines->at(2).name, std::string("C"));
        QVERIFY(parseEnv("", ".env")->empty());
        QCOMPARE(parseEnv("exportA=1", ".env")->at(0).name, std::string("exportA"));
        QCOMPARE(parseEnv("export=1", ".env")->at(0).name, std::string("export"));
    }

    void saysWhichLineIsWrongAndNotWhatItHolds_data() {
        QTest::addColumn<QByteArray>("line");
        QTest::newRow("no equals sign") << QByteArray("hunter2");
        QTest::newRow("no name") << QByteArray("=hunter2");
        QTest::newRow("a digit first") << QByteArray("1KEY=hunter2");
        QTest::newRow("a dash in the name") << QByteArray("MY-KEY=hunter2");
        QTest::newRow("a blank in the name") << QByteArray("MY KEY=hunter2");
        QTest::newRow("an open quote") << QByteArray("KEY=\"hunter2");
        QTest::newRow("an open literal") << QByteArray("KEY='hunter2");
        QTest::newRow("a quote escaped at the end") << QByteArray("KEY=\"hunter2\\\"");
        QTest::newRow("a backslash at the end") << QByteArray("KEY=\"hunter2\\");
        QTest::newRow("an unknown escape") << QByteArray("KEY=\"hunter2\\x41\"");
        QTest::newRow("text behind quotes") << QByteArray("KEY=\"hunter2\"hunter2");
        QTest::newRow("a comment without a blank before it") << QByteArray("KEY=\"hunter2\"# comment");
        QTest::newRow("text behind a literal") << QByteArray("KEY='hunter2' hunter2");
        QTest::newRow("expansion") << QByteArray("KEY=hunter2${HOME}");
        QTest::newRow("expansion in quotes") << QByteArray("KEY=\"hunter2${HOME}\"");
        QTest::newRow("NUL") << QByteArray("KEY=hunter2\0x", 13);
        QTest::newRow("a carriage return within") << QByteArray("KEY=hunter2\rOTHER=1");
        QTest::newRow("an escape character") << QByteArray("KEY=hunter2\x1b[31m");
        QTest::newRow("not UTF-8") << QByteArray("KEY=hunter2\xff");
        QTest::newRow("64 KiB") << "KEY=hunter2" + QByteArray(65536, 'x');
    }
    void saysWhichLineIsWrongAndNotWhatItHolds() {
        QFETCH(QByteArray, line);
        const auto lines = parseEnv("A=1\n" + line.toStdString() + "\nB=2\n", "conf/.env");
        QVERIFY(!lines);
        QCOMPARE(lines.error().code, ErrorCode::ConfigInvalid);
        QCOMPARE(lines.error().fields.size(), std::size_t{1});
        QCOMPARE(lines.error().fields[0].field, std::string("line 2"));
        QVERIFY(lines.error().fields[0].detail.find("conf/.env:2: ") == 0);
        QVERIFY(lines.error().text().find("hunter2") == std::string::npos);
    }

    void saysAllThatIsWrongUpToABound() {
        const auto some = parseEnv("one\nA=1\ntwo\n", ".env");
        QCOMPARE(some.error().fields.size(), std::size_t{2});
        std::string many;
        for (int i = 0; i < 1000; ++i) many += "wrong\n";
        QCOMPARE(parseEnv(many, ".env").error().fields.size(), std::size_t{50});
        QVERIFY(!parseEnv(std::string((1 << 20) + 1, '\n'), ".env"));
        QVERIFY(parseEnv(std::string(1 << 20, '\n'), ".env"));
    }

    void seesWhoMayReadTheFile() {
        const QTemporaryDir folder;
        const std::string path = toUtf8(folder.filePath(QStringLiteral("x.env")));
        QVERIFY(platform::writePrivateFile(path, "A=1\n"));
        const auto mine = readEnvFile(path);
        QVERIFY(mine);
        QVERIFY(!mine->worldReadable);
        QCOMPARE(mine->path, path);
        QCOMPARE(mine->lines.size(), std::size_t{1});
        QVERIFY(QFile::setPermissions(toQString(path), QFile::ReadOwner | QFile::ReadGroup));
        QVERIFY(!readEnvFile(path)->worldReadable);
        QVERIFY(QFile::setPermissions(toQString(path), QFile::ReadOwner | QFile::ReadOther));
        QVERIFY(readEnvFile(path)->worldReadable);
    }

    void failsWhereThereIsNoFile() { QCOMPARE(readEnvFile("/nowhere/.env").error().code, ErrorCode::IoFailed); }
};

QTEST_APPLESS_MAIN(TestEnvFile)
#include "tst_env_file.moc"
