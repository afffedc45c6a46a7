// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "tests/bench/history.h"

#include "engine/base/clock.h"
#include "engine/store/messages.h"

#include <algorithm>
#include <random>

namespace postroom::bench {

namespace {

using namespace std::chrono_literals;
using contract::State;
using namespace store;

constexpr int inOneCommit = 5000;

// Message number `number` of `count`.
Result<void> insertOne(Transaction& transaction, int number, int count, TimePoint now, std::mt19937& random) {
    const TimePoint at = now - std::chrono::duration_cast<Milliseconds>(100 * 24h) * (count - number) / count;
    MessageRecord message;
    message.id = makeId(at);
    message.createdAt = at;
    message.subject =
        number % 1000 == 0 ? "Your monthly statement" : "Your order " + std::to_string(number) + " has left";
    message.messageIdHeader = "<" + message.id.text() + "@example.org>";
    message.expiresAt = at + 48h;
    if (number % 10 == 0) message.fromAddress = "shop" + std::to_string(number % 7) + "@example.org";
    message.size_bytes = 1500;
    message.recipients = 1;
    if (number % 50 == 0) {
        message.tags = {"statement"};
        message.templateName = "statement";
    }
    const BodyRecord body{.content = std::string(100, 'x'), .layout = R"({"version":1,"pieces":[[0,100]]})"};
    DeliveryRecord delivery;
    delivery.id = makeId(at);
    delivery.messageId = message.id;
    delivery.recipient = person(static_cast<int>(random() % historyPeople));
    delivery.status = number % 100 < 3 ? State::Failed : State::Sent;
    delivery.attempts = 1;
    delivery.lane = "any";
    delivery.dueAt = delivery.updatedAt = at;
    delivery.lastReply = "250 2.0.0 Ok: queued as 4WfXyz1234";
    return messages::insert(transaction, message, body, {delivery});
}

}  // namespace

std::string person(int number) {
    return "somebody" + std::to_string(number) + "@house" + std::to_string(number % 500) + ".example.net";
}

Result<void> writeHistory(Writer& writer, int count) {
    const TimePoint now = SystemClock{}.now();
    std::mt19937 random{1};
    for (int first = 0; first < count; first += inOneCommit) {
        auto done = writer.wait([&](Transaction& transaction) -> Result<void> {
            for (int i = first; i < std::min(count, first + inOneCommit); ++i)
                if (auto inserted = insertOne(transaction, i, count, now, random); !inserted) return inserted;
            return {};
        });
        if (!done) return done;
    }
    return {};
}

}  // namespace postroom::bench
