// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/policy/choice.h"

#include "engine/base/text.h"

#include <algorithm>

namespace postroom::policy {

namespace {

// What is in the way of an account. Whatever the dispatcher asks for each message stays free of allocations; the words
// for people are made from this at the end.
struct Obstacle {
    std::string_view code{};
    std::optional<TimePoint> until{};

    [[nodiscard]] bool none() const { return code.empty(); }
};

Obstacle obstacleOf(const AccountView& account, TimePoint now) {
    if (!account.active) return {.code = "account.disabled"};
    if (account.paused) return {.code = "account.paused"};
    if (account.unauthorized) return {.code = "account.authorization_needed"};
    // All must pass, so the last to end is what it waits for.
    Obstacle last;
    const auto lasts = [&](std::string_view code, TimePoint until) {
        if (until > now && (last.none() || until > *last.until)) last = {.code = code, .until = until};
    };
    lasts("account.resting", account.restsUntil);
    const bool exhausted = account.unitsLeft && *account.unitsLeft <= 0;
    if (exhausted) lasts(account.limitCode, account.limitedUntil);
    lasts("account.send_hours", account.opensAt);
    if (account.awaitsToken) lasts("account.token_awaited", account.tokenAt);
    if (!last.none()) return last;
    if (account.awaitsToken) return {.code = "account.token_awaited"};
    // What was used up is not any more: new units are on their way.
    if (exhausted) return {.code = "account.reserving"};
    if (account.nextAt > now) return {.code = "account.rate", .until = account.nextAt};
    if (account.freeConnections <= 0) return {.code = account.probing ? "account.probing" : "account.connections_busy"};
    return {};
}

// How far away help is: smaller is more hopeful.
int distance(const Obstacle& obstacle) {
    if (obstacle.code == "account.connections_busy" || obstacle.code == "account.probing") return 0;
    if (obstacle.code == "account.reserving" || obstacle.code == "account.rate") return 1;
    if (obstacle.code == "account.token_awaited" && !obstacle.until) return 1;
    return obstacle.until ? 2 : 3;
}

bool nearer(const Obstacle& a, const Obstacle& b) {
    if (distance(a) != distance(b)) return distance(a) < distance(b);
    return a.until && b.until && *a.until < *b.until;
}

WaitingFor inWords(const Obstacle& obstacle, const AccountView& account) {
    if (obstacle.none()) return {};
    WaitingFor waiting{.code = std::string(obstacle.code),
                       .params = {{"account", account.id.text()}, {"email", account.email}},
                       .until = obstacle.until};
    if (!account.problemCode.empty()) waiting.params.emplace_back("problem", account.problemCode);
    return waiting;
}

WaitingFor inWords(const MailPause& pause) {
    if (pause.of == MailPause::Of::Template)
        return {.code = "template.paused", .params = {{"template", pause.name}}, .until = {}};
    return {.code = "domain.paused", .params = {{"domain", pause.name}}, .until = {}};
}

// Who may be asked at all: by the pin, and by the sender.
class Gate {
public:
    explicit Gate(const Wanted& wanted) : m_wanted(wanted), m_pinnedId(Id::parse(wanted.pinned)) {}

    [[nodiscard]] bool isPinned(const AccountView& account) const {
        const bool sandbox = account.id.isNull();
        if (m_wanted.pinned.empty()) return !sandbox;
        return sandbox ? m_wanted.pinned == "sandbox" : m_pinnedId == account.id;
    }
    // The sandbox sends nothing to anybody, so it takes every sender.
    [[nodiscard]] bool maySend(const AccountView& account) const {
        return account.id.isNull() || fromMatches(account.fromPatterns, account.email, m_wanted.from);
    }
    [[nodiscard]] bool lets(const AccountView& account) const { return isPinned(account) && maySend(account); }

private:
    const Wanted& m_wanted;
    std::optional<Id> m_pinnedId;
};

// Of two that can be used, which one is.
bool isBefore(const AccountView& a, const AccountView& b) {
    if (a.priority != b.priority) return a.priority > b.priority;
    return a.share < b.share;
}

// The most hopeful reason why none of the accounts can be used; asked only when that is so.
WaitingFor whyNone(const Wanted& wanted, TimePoint now, std::span<const AccountView> accounts) {
    const Gate gate{wanted};
    bool anyPinned = false;
    const AccountView* nearest = nullptr;
    Obstacle obstacle;
    for (const AccountView& account : accounts) {
        if (!gate.isPinned(account)) continue;
        anyPinned = true;
        if (!gate.maySend(account)) continue;
        const Obstacle found = obstacleOf(account, now);
        if (nearest && !nearer(found, obstacle)) continue;
        nearest = &account;
        obstacle = found;
    }
    if (nearest) return inWords(obstacle, *nearest);
    if (anyPinned) return {.code = "account.none_for_from", .params = {{"from", wanted.from}}, .until = {}};
    if (!wanted.pinned.empty()) return {.code = "account.unknown", .params = {{"account", wanted.pinned}}, .until = {}};
    return {.code = "account.none", .params = {}, .until = {}};
}

}  // namespace

bool fromMatches(const std::vector<std::string>& patterns, std::string_view ownEmail, std::string_view from) {
    if (from.empty()) return true;
    const auto matches = [from](std::string_view pattern) {
        const std::size_t patternAt = pattern.rfind('@');
        const std::size_t fromAt = from.rfind('@');
        if (patternAt == pattern.npos || fromAt == from.npos) return false;
        const std::string_view local = pattern.substr(0, patternAt);
        return equalsIgnoreCase(pattern.substr(patternAt + 1), from.substr(fromAt + 1)) &&
               (local == "*" || local == from.substr(0, fromAt));
    };
    if (patterns.empty()) return matches(ownEmail);
    return std::any_of(patterns.begin(), patterns.end(), matches);
}

WaitingFor whyNot(const AccountView& account, TimePoint now) {
    return inWords(obstacleOf(account, now), account);
}

Choice chooseAccount(const Wanted& wanted, TimePoint now, std::span<const AccountView> accounts, std::uint64_t turn) {
    const Gate gate{wanted};
    const AccountView* best = nullptr;
    std::uint64_t equals = 0;  // usable accounts as good as the best so far
    const auto usable = [&](const AccountView& account) {
        return gate.lets(account) && obstacleOf(account, now).none();
    };
    for (const AccountView& account : accounts) {
        // What can't change the answer is not worth the question.
        if ((best && isBefore(*best, account)) || !usable(account)) continue;
        if (!best || isBefore(account, *best)) {
            best = &account;
            equals = 0;
        }
        ++equals;
    }
    if (!best) return {.account = {}, .waiting = whyNone(wanted, now, accounts)};

    std::uint64_t skip = turn % equals;
    for (std::size_t i = 0; i < accounts.size(); ++i)
        if (!isBefore(*best, accounts[i]) && usable(accounts[i]) && skip-- == 0) return {.account = i, .waiting = {}};
    return {};  // never: `equals` accounts were counted above
}

std::optional<WaitingFor> whyWaiting(const DeliveryView& delivery, const Wanted& wanted, TimePoint now, bool paused,
                                     std::span<const AccountView> accounts) {
    using contract::State;
    if (contract::isTerminal(delivery.state) || delivery.inFlight || delivery.state == State::Sending)
        return std::nullopt;
    // Held comes before paused: resuming the queue would not move it.
    if (delivery.state == State::Held)
        return WaitingFor{.code = "message.held", .params = {{"reason", delivery.reason}}, .until = {}};
    // Nor would it move what is not due yet.
    if (delivery.state == State::Scheduled && delivery.dueAt > now)
        return WaitingFor{.code = "message.scheduled", .params = {}, .until = delivery.dueAt};
    if (paused) return WaitingFor{.code = "queue.paused", .params = {}, .until = {}};
    if (delivery.pause) return inWords(*delivery.pause);
    if (delivery.dueAt > now) {
        if (delivery.attempts == 0 && delivery.reason.empty())
            return WaitingFor{.code = "message.scheduled", .params = {}, .until = delivery.dueAt};
        return WaitingFor{.code = "retry.scheduled", .params = {{"reason", delivery.reason}}, .until = delivery.dueAt};
    }
    Choice choice = chooseAccount(wanted, now, accounts, 0);
    if (choice.account) return WaitingFor{.code = "queue.turn", .params = {}, .until = {}};
    return std::move(choice.waiting);
}

}  // namespace postroom::policy
