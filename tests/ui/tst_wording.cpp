// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/models/wording.h"

#include "engine/base/text.h"
#include "engine/policy/reason.h"

#include <QLocale>
#include <QTest>

using namespace postroom;
using namespace postroom::ui;

class TestWording : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }

    void hasASentenceForEveryReasonOfTheEngine() {
        for (const std::string_view reason : policy::allReasons())
            QVERIFY2(reasonText(std::string(reason)) != toQString(reason), std::string(reason).c_str());
    }

    void hasAWordForEveryState() {
        for (const contract::State state : contract::allStates) QVERIFY(!stateWord(state).text.isEmpty());
    }

    void saysWhatWentWrongForEveryErrorCode() {
        for (const ErrorCode code : allErrorCodes()) {
            const QString text = errorText(Error{.code = code, .params = {}, .detail = {}, .fields = {}});
            QVERIFY2(text.size() > 10, std::string(wireName(code)).c_str());
            QVERIFY2(text.endsWith(QLatin1Char('.')) || text.endsWith(QLatin1Char('?')), qPrintable(text));
        }
    }

    void saysWhatIsWrongWithAField_data() {
        QTest::addColumn<QString>("reason");
        for (const char* reason :
             {"field.required", "address.invalid", "attachment.unknown", "attachment.too_large", "template.syntax",
              "template.undefined", "template.value", "template.budget", "template.missing", "template.unknown",
              "template.no_version", "search.unknown_token"})
            QTest::newRow(reason) << QString::fromLatin1(reason);
    }
    void saysWhatIsWrongWithAField() {
        QFETCH(QString, reason);
        QVERIFY(fieldText({.field = "x", .reason = toUtf8(reason), .detail = {}}) != reason);
    }

    void saysWhatSomethingWaitsFor_data() {
        QTest::addColumn<QString>("code");
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("sentence");
        const auto row = [](const char* code, const char* name, const char* value, const char* sentence) {
            QTest::newRow(code) << QString::fromLatin1(code) << QString::fromLatin1(name) << QString::fromLatin1(value)
                                << QString::fromLatin1(sentence);
        };
        row("account.daily_limit", "email", "a@b.example", "a@b.example has used up its daily limit");
        row("account.resting", "problem", "smtp.auth_rejected",
            "the account rests after a fault: the server rejected the user name or password");
        row("account.disabled", "email", "a@b.example", "a@b.example is disabled");
        row("account.none_for_from", "from", "x@y.example", "No account may send as x@y.example");
        row("retry.scheduled", "reason", "smtp.greylisted",
            "It is tried again: the server takes first-time mail only on a later try");
        row("queue.turn", "", "", "Its turn comes next");
        row("something.new", "", "", "something.new");
    }
    void saysWhatSomethingWaitsFor() {
        QFETCH(QString, code);
        QFETCH(QString, name);
        QFETCH(QString, value);
        QFETCH(QString, sentence);
        contract::WaitingFor waiting{.code = toUtf8(code), .params = {}, .until = {}};
        if (!name.isEmpty()) waiting.params[toUtf8(name)] = toUtf8(value);
        QCOMPARE(waitingText(waiting), sentence);
    }

    void cutsWhatStrangersSay() {
        const Error error{
            .code = ErrorCode::NetworkFailed, .params = {}, .detail = std::string(10000, 'x'), .fields = {}};
        QVERIFY(errorText(error).size() < 600);
        contract::WaitingFor waiting{
            .code = "account.none_for_from", .params = {{"from", std::string(10000, 'x')}}, .until = {}};
        QVERIFY(waitingText(waiting).size() < 300);
    }

    void writesNumbersAsPeopleReadThem() {
        QCOMPARE(countText(1234567), QStringLiteral("1,234,567"));
        QCOMPARE(durationText(std::chrono::milliseconds(350)), QStringLiteral("350 ms"));
        QCOMPARE(durationText(std::chrono::milliseconds(2400)), QStringLiteral("2.4 s"));
        QCOMPARE(durationText(std::chrono::minutes(3)), QStringLiteral("3 min"));
        QCOMPARE(sizeText(12400), QStringLiteral("12.4 kB"));
    }
};

QTEST_MAIN(TestWording)
#include "tst_wording.moc"
