// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/send_rules.h"

#include <QTest>

using namespace postroom;
using namespace postroom::api;

namespace {

const Id a = *Id::parse("018c2d7e-5b7a-7c3b-9d1e-00000000000a");
const Id b = *Id::parse("018c2d7e-5b7a-7c3b-9d1e-00000000000b");

std::vector<store::AccountRecord> accounts() {
    std::vector<store::AccountRecord> all(2);
    all[0].id = a;
    all[0].email = "a@one.test";
    all[1].id = b;
    all[1].email = "b@two.test";
    return all;
}

std::vector<std::string> split(const QByteArray& text) {
    std::vector<std::string> out;
    for (const QByteArray& part : text.split(' '))
        if (!part.isEmpty()) out.push_back(part.toStdString());
    return out;
}

}  // namespace

class TestSendRules : public QObject {
    Q_OBJECT

private slots:
    void judgesAndFillsIn_data() {
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QByteArray>("allowed");
        QTest::addColumn<bool>("sandbox");
        QTest::addColumn<QByteArray>("given");    // "account from", "-" for none
        QTest::addColumn<QByteArray>("becomes");  // the same, or the faults
        const auto row = [](const char* title, const char* from, const char* allowed, bool sandbox, const char* given,
                            const char* becomes) {
            QTest::newRow(title) << QByteArray(from) << QByteArray(allowed) << sandbox << QByteArray(given)
                                 << QByteArray(becomes);
        };
        row("no rules", "", "", false, "- -", "- -");
        row("no rules, all said", "", "", false, "a x@y.test", "a x@y.test");
        row("one account is pinned", "", "a@one.test", false, "- -", "a -");
        row("one account by its id", "", "018c2d7e-5b7a-7c3b-9d1e-00000000000a", false, "- -", "a -");
        row("one account in other letters", "", "A@ONE.test", false, "- -", "a -");
        row("the account it may use", "", "a@one.test", false, "a -", "a -");
        row("another account", "", "a@one.test", false, "b -", "account:account.not_allowed");
        row("several and none said", "", "a@one.test b@two.test", false, "- -", "account:field.required");
        row("several and one said", "", "a@one.test b@two.test", false, "b -", "b -");
        row("its account is gone", "", "gone@one.test", false, "- -", "account:account.not_allowed");
        row("one of two is gone", "", "gone@one.test b@two.test", false, "- -", "b -");
        row("the sandbox is no account", "", "a@one.test", true, "- -", "- -");
        row("an address it may send as", "x@y.test", "", false, "- x@y.test", "- x@y.test");
        row("a domain it may send as", "*@y.test", "", false, "- x@Y.test", "- x@Y.test");
        row("another address", "x@y.test", "", false, "- z@y.test", "from:from.not_allowed");
        row("a subdomain", "*@y.test", "", false, "- x@z.y.test", "from:from.not_allowed");
        row("none given: the first address", "*@y.test x@y.test z@y.test", "", false, "- -", "- x@y.test");
        row("none given: only patterns", "*@y.test", "", false, "- -", "from:field.required");
        row("none given: the account's own", "x@y.test *@one.test", "", false, "a -", "a -");
        row("none given: not the account's own", "x@y.test", "", false, "a -", "a x@y.test");
        row("none given: the only account's own", "*@one.test", "a@one.test", false, "- -", "a -");
        row("in the sandbox too", "x@y.test", "", true, "- z@y.test", "from:from.not_allowed");
        row("both are wrong", "x@y.test", "a@one.test", false, "b z@y.test",
            "account:account.not_allowed from:from.not_allowed");
    }
    void judgesAndFillsIn() {
        QFETCH(QByteArray, from);
        QFETCH(QByteArray, allowed);
        QFETCH(bool, sandbox);
        QFETCH(QByteArray, given);
        QFETCH(QByteArray, becomes);
        const QByteArray account = given.split(' ')[0], sender = given.split(' ')[1];
        std::string pinned = account == "a" ? a.text() : account == "b" ? b.text() : std::string{};
        std::optional<content::Mailbox> mailbox;
        if (sender != "-") mailbox = content::Mailbox{.name = {}, .address = sender.toStdString()};
        const auto faults =
            applyRules({.from = split(from), .accounts = split(allowed)}, accounts(), sandbox, pinned, mailbox);
        QByteArray outcome = pinned.empty() ? "-" : pinned == a.text() ? "a" : "b";
        outcome += ' ' + (mailbox ? QByteArray::fromStdString(mailbox->address) : QByteArray("-"));
        if (!faults.empty()) outcome.clear();
        for (const FieldError& fault : faults)
            outcome += (outcome.isEmpty() ? "" : " ") + QByteArray::fromStdString(fault.field + ":" + fault.reason);
        QCOMPARE(outcome, becomes);
    }
};

QTEST_APPLESS_MAIN(TestSendRules)
#include "tst_send_rules.moc"
