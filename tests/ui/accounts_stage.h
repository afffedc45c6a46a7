// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The accounts screen over a fake engine with the accounts a test wants, and short words for what is done to it.

#include "engine/base/text.h"
#include "tests/ui/fake_engine.h"
#include "tests/ui/widget_checks.h"
#include "ui/screens/accounts/account_form.h"
#include "ui/screens/accounts/accounts_screen.h"
#include "ui/widgets/field.h"
#include "ui/widgets/table.h"

namespace postroom::ui {

using contract::Account;

inline constexpr auto list = "GET /api/v1/admin/email-accounts";
inline constexpr auto creation = "POST /api/v1/admin/email-accounts";

inline Account account(const char* email, int minute = 0) {
    Account made;
    made.id = makeId(TimePoint{std::chrono::minutes{29'000'000 + minute}});
    made.email = email;
    made.displayName = "Notifications";
    made.smtpHost = "smtp.example.com";
    made.smtpPort = 465;
    made.smtpUsername = email;
    made.hasPassword = true;
    made.auth = contract::Auth::Password;
    made.dailyLimit = 1000;
    made.dailySentCount = 400;
    made.maxConnections = 10;
    made.maxRecipients = 100;
    made.state = "active";
    made.revision = 3;
    return made;
}

inline json::Value pageOf(std::vector<Account> accounts) {
    return contract::toJson(contract::Page<Account>{.items = std::move(accounts), .nextCursor = std::nullopt});
}

/// What the engine answers to a request that went well.
inline client::ClientReply replyWith(json::Value data) {
    json::Object body{{"code", 0}, {"message", "success"}, {"data", std::move(data)}, {"request_id", "test"}};
    return {.status = 200, .contentType = "application/json", .body = json::serialise(json::Value(std::move(body)))};
}

// Members in the order of their names, as text that a failure shows.
inline QString sorted(const json::Value& body) {
    QStringList members;
    for (const auto& member : body.as_object())
        members.append(toQString(std::string(member.key()) + "=" + json::serialise(member.value())));
    members.sort();
    return members.join(QLatin1Char(' '));
}

inline std::string one(const char* method, const Account& account, const char* act = "") {
    return std::string(method) + " /api/v1/admin/email-accounts/" + account.id.text() + act;
}

class Stage {
public:
    explicit Stage(std::vector<Account> accounts = {account("ann@example.com"), account("bob@example.com", 1)})
        : accounts(std::move(accounts)) {
        desk.engine.answer(list, pageOf(this->accounts));
        online = desk.connectNow();
        screen = std::make_unique<AccountsScreen>(desk.desk);
        screen->resize(800, 620);
        screen->show();
        screen->activateWindow();
        online = online && QTest::qWaitForWindowActive(screen.get()) &&
                 QTest::qWaitFor([this] { return rows() == static_cast<int>(this->accounts.size()); }, 5000);
    }

    [[nodiscard]] Table* table() const { return screen->findChild<Table*>(); }
    [[nodiscard]] int rows() const { return table()->model()->rowCount(); }
    [[nodiscard]] QString cell(int row, int column) const {
        return table()->model()->index(row, column).data().toString();
    }
    void click(const QString& text) const {
        QPushButton* button = buttonOf(screen.get(), text);
        QVERIFY2(button && button->isEnabled(), qPrintable(text));
        button->click();
    }
    [[nodiscard]] AccountForm* form() const { return screen->findChild<AccountForm*>(); }
    [[nodiscard]] QLineEdit* line(const char* name) const {
        return form()->findChild<QLineEdit*>(QString::fromLatin1(name));
    }
    void type(const char* name, const QString& text) const {
        line(name)->clear();
        QTest::keyClicks(line(name), text);
    }
    [[nodiscard]] QString wrongAt(const char* name) const {
        for (auto* field : form()->findChildren<Field*>())
            if (field->name() == QLatin1String(name)) return field->wrong();
        return QStringLiteral("no such field");
    }
    [[nodiscard]] QString lastNotice() const {
        return desk.notices.all().empty() ? QString() : desk.notices.all().front().text;
    }

    FakeDesk desk;
    std::vector<Account> accounts;
    std::unique_ptr<AccountsScreen> screen;
    bool online = false;
};

}  // namespace postroom::ui
