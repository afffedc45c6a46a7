// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The messages' screen over a fake engine, for its tests. The ui thread.

#include "tests/ui/fake_messages.h"
#include "tests/ui/widget_checks.h"
#include "ui/models/paged_table.h"
#include "ui/screens/messages/message_details.h"
#include "ui/screens/messages/messages_screen.h"
#include "ui/widgets/table.h"

#include <QComboBox>
#include <QLineEdit>
#include <QMenu>
#include <QTabWidget>
#include <QToolButton>

namespace postroom::ui {

using contract::Message;
using contract::State;
using namespace std::chrono_literals;

inline constexpr auto deadline = 5000;

inline std::string routeOf(const Message& message, const std::string& part = {}) {
    const bool acts = part == "/retry" || part == "/cancel" || part == "/release";
    return (acts ? "POST" : "GET") + (" /api/v1/messages/" + message.id.text()) + part;
}

inline contract::Delivery delivery(const char* recipient, State state) {
    contract::Delivery made;
    made.id = makeId(TimePoint{1'795'000'000'000ms});
    made.recipient = recipient;
    made.status = state;
    made.attempts = 2;
    made.lastReply = "451 4.7.1 Greylisted, try again later";
    return made;
}

inline contract::Attempt attempt(int minute, const char* outcome, const char* reply) {
    contract::Attempt made;
    made.startedAt = TimePoint{1'795'000'000'000ms + std::chrono::minutes{minute}};
    made.id = makeId(made.startedAt);
    made.accountEmail = "noreply@example.com";
    made.took_ms = 420;
    made.outcome = outcome;
    made.stage = "rcpt";
    made.code = 451;
    made.reply = reply;
    made.peer = "192.0.2.7:465";
    made.tls = "TLSv1.3 TLS_AES_256_GCM_SHA384";
    made.transcript = {"S: 220 mx.example.com", "C: EHLO postroom", "S: 451 4.7.1 Greylisted"};
    return made;
}

struct Items {
    std::vector<contract::Attempt> items;
    static void fields(auto& self, auto&& visit) { visit("items", self.items); }
};

// The screen over an engine that is online, in a window of the smallest size.
struct MessagesStage {
    FakeDesk fake;
    FakeMessages messages{fake.engine};
    std::unique_ptr<MessagesScreen> screen;

    bool show() {
        if (!fake.connectNow()) return false;
        screen = std::make_unique<MessagesScreen>(fake.desk);
        screen->resize(824, 640);
        screen->show();
        return QTest::qWaitForWindowActive(screen.get()) &&
               QTest::qWaitFor([this] { return table()->model()->rowCount() >= 0 && !rows()->isLoading(); }, deadline);
    }
    // What GET /messages/ID says of it.
    void serve(const Message& message) { fake.engine.answer(routeOf(message), contract::toJson(message)); }
    // As a click on its row.
    void openRow(int row) const {
        const QModelIndex index = table()->model()->index(row, 2);
        QTest::mouseClick(table()->viewport(), Qt::LeftButton, {}, table()->visualRect(index).center());
    }
    [[nodiscard]] Table* table() const { return screen->findChild<Table*>(QStringLiteral("messages")); }
    [[nodiscard]] PagedTable* rows() const { return qobject_cast<PagedTable*>(table()->model()); }
    [[nodiscard]] MessageDetails* details() const { return screen->findChild<MessageDetails*>(); }
    [[nodiscard]] QComboBox* filter() const { return screen->findChild<QComboBox*>(QStringLiteral("state-filter")); }
    [[nodiscard]] QLineEdit* search() const { return screen->findChild<QLineEdit*>(QStringLiteral("search")); }
    [[nodiscard]] std::size_t lists() const { return fake.engine.count("GET /api/v1/messages"); }
    // What is chosen from the menu of acts on all that is found, and the question's yes.
    void choose(int act) const {
        screen->findChild<QToolButton*>(QStringLiteral("acts"))->menu()->actions()[act]->trigger();
    }
    [[nodiscard]] QTabWidget* parts() const { return screen->findChild<QTabWidget*>(QStringLiteral("parts")); }
    [[nodiscard]] QString text(const char* label) const {
        return screen->findChild<QLabel*>(QString::fromLatin1(label))->text();
    }
    [[nodiscard]] QPushButton* button(const char* name) const {
        return screen->findChild<QPushButton*>(QString::fromLatin1(name));
    }
};

}  // namespace postroom::ui
