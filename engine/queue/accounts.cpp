// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/queue/accounts.h"

#include "engine/policy/account_rest.h"
#include "engine/policy/reason.h"
#include "engine/policy/window.h"

#include <algorithm>

namespace postroom::queue {

namespace {
// It is in this process and well again as soon as there is room: its rests do not grow.
constexpr std::chrono::seconds sandboxRest{5};
}  // namespace

Result<smtp::Endpoint> endpointOf(const store::AccountRecord& row, const security::Vault& vault,
                                  const std::string& heloName, std::chrono::milliseconds timeout) {
    smtp::Endpoint endpoint;
    endpoint.account = row.id;
    endpoint.host = row.smtpHost;
    endpoint.port = static_cast<std::uint16_t>(row.smtpPort);
    endpoint.security = static_cast<smtp::Security>(row.security);
    endpoint.username = row.smtpUsername;
    endpoint.authenticate = row.auth == contract::Auth::Password && !row.smtpUsername.empty();
    endpoint.heloName = heloName;
    endpoint.caFile_pem = row.caCertificate;
    endpoint.fingerprint_sha256 = row.fingerprint;
    endpoint.maxConnections = row.maxConnections;
    endpoint.commandTimeout = endpoint.connectTimeout = timeout;
    if (endpoint.authenticate) {
        auto password = vault.open(row.smtpPassword, row.id.text(), "smtp_password");
        if (!password) return fail(password.error());
        endpoint.password = std::move(*password);
    }
    return endpoint;
}

std::vector<Accounts::Units> Accounts::apply(std::vector<store::AccountRecord> rows, TimePoint now) {
    m_now = now;
    std::vector<Units> giveBack;
    for (store::AccountRecord& row : rows) {
        Live& live = m_live[row.id];
        const store::AccountRecord* known = this->row(row.id);
        if (!known) {
            // A problem on record from before the start: its rest goes on.
            if (!live.unreadable) live.problemCode = row.problemCode;
            live.restsUntil = row.restsUntil;
        } else if (known->revision != row.revision) {
            live.restsUntil = {};
            live.faults = 0;
        }
        if (known && known->dailyLimit != row.dailyLimit) {
            if (live.balance > 0) giveBack.push_back({row.id, live.window, live.balance, row.dailyLimit});
            live.balance = 0;
            live.exhausted = false;
        }
    }
    m_rows = std::move(rows);
    m_index.clear();
    m_views.assign(m_rows.size(), {});
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        m_index[m_rows[i].id] = i;
        rebuildView(i, now);
    }
    std::erase_if(m_live, [&](const auto& entry) {
        return !entry.first.isNull() && !m_index.contains(entry.first) && entry.second.outstanding == 0;
    });
    if (m_sandboxConnections > 0) offerSandbox(m_sandboxConnections);
    return giveBack;
}

void Accounts::noteReadable(const Id& account, bool readable) {
    Live& live = m_live[account];
    live.unreadable = !readable;
    if (!readable)
        live.problemCode = policy::reason::secretUnreadable;
    else if (live.problemCode == policy::reason::secretUnreadable)
        live.problemCode.clear();
}

void Accounts::offerSandbox(int maxConnections) {
    m_sandboxConnections = maxConnections;
    m_index[Id{}] = m_rows.size();
    m_views.resize(m_rows.size() + 1);
    rebuildView(m_rows.size(), m_now);
}

std::vector<Id> Accounts::refresh(TimePoint now) {
    m_now = now;
    std::vector<Id> changed;
    for (std::size_t i = 0; i < m_views.size(); ++i) {
        const policy::AccountView& view = m_views[i];
        const bool rolled = view.unitsLeft && view.windowEndsAt <= now;
        const bool rested = view.restsUntil != TimePoint{} && view.restsUntil <= now;
        if (!rolled && !rested) continue;
        const Id account = view.id;
        rebuildView(i, now);
        if (!account.isNull()) changed.push_back(account);
    }
    return changed;
}

void Accounts::rebuildView(std::size_t index, TimePoint now) {
    policy::AccountView& view = m_views[index];
    if (index == m_rows.size()) {
        Live& live = m_live[Id{}];
        if (live.restsUntil <= now) live.restsUntil = {};
        view = {};
        view.email = "sandbox";
        view.problemCode = live.problemCode;
        view.restsUntil = live.restsUntil;
        view.freeConnections = m_sandboxConnections - live.outstanding;
        return;
    }
    const store::AccountRecord& row = m_rows[index];
    Live& live = m_live[row.id];
    if (row.dailyLimit) {
        const std::string window = policy::windowName(now, m_zone);
        if (window != live.window) {
            // What is left of a block of yesterday's window stays unused: it can't be sent today.
            live.window = window;
            live.balance = 0;
            live.exhausted = false;
        }
        view.windowEndsAt = policy::windowEnd(now, m_zone);
    }
    if (live.restsUntil <= now) live.restsUntil = {};
    view.id = row.id;
    view.email = row.email;
    view.fromPatterns = row.fromAddresses;
    view.priority = row.priority;
    view.active = row.isActive && !live.unreadable;
    view.problemCode = live.problemCode;
    view.restsUntil = live.restsUntil;
    view.unitsLeft = row.dailyLimit ? std::optional{live.balance} : std::nullopt;
    // Exhausted is what the database said; until it did, units may be on their way.
    view.reserving = row.dailyLimit && live.balance == 0 && !live.exhausted;
    view.freeConnections = row.maxConnections - live.outstanding;
}

void Accounts::rebuild(const Id& account, TimePoint now) {
    const auto at = m_index.find(account);
    if (at != m_index.end()) rebuildView(at->second, now);
}

policy::Choice Accounts::choose(const policy::Wanted& wanted, TimePoint now) {
    return policy::chooseAccount(wanted, now, m_views, m_turn++);
}

const store::AccountRecord* Accounts::row(const Id& account) const {
    const auto at = m_index.find(account);
    return at == m_index.end() || at->second >= m_rows.size() ? nullptr : &m_rows[at->second];
}

std::size_t Accounts::mayCarry(std::size_t view) const {
    const std::size_t most = view < m_rows.size() ? static_cast<std::size_t>(m_rows[view].maxRecipients) : 100;
    const auto& left = m_views[view].unitsLeft;
    return left ? std::min(most, static_cast<std::size_t>(std::max<std::int64_t>(*left, 0))) : most;
}

std::string Accounts::begin(std::size_t index, std::size_t recipients) {
    policy::AccountView& view = m_views[index];
    Live& live = m_live[view.id];
    ++live.outstanding;
    --view.freeConnections;
    if (!view.unitsLeft) ++live.unlimited;
    if (view.unitsLeft) {
        live.balance -= static_cast<std::int64_t>(recipients);
        view.unitsLeft = live.balance;
        view.reserving = live.balance == 0 && !live.exhausted;
    }
    return view.unitsLeft ? live.window : std::string{};
}

std::optional<Accounts::Units> Accounts::end(const Units& taken) {
    Live& live = m_live[taken.account];
    --live.outstanding;
    if (taken.window.empty()) --live.unlimited;
    std::optional<Units> back;
    if (!taken.window.empty() && taken.count > 0) {
        if (!isStillTheLimit(taken))
            back = taken;
        else if (taken.window == live.window)
            live.balance += taken.count;
    }
    rebuild(taken.account, m_now);
    return back;
}

bool Accounts::isStillTheLimit(const Units& units) const {
    const store::AccountRecord* known = row(units.account);
    return known && known->dailyLimit == units.limit;
}

std::vector<Accounts::Units> Accounts::blocksWanted() {
    std::vector<Units> wanted;
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        const store::AccountRecord& row = m_rows[i];
        Live& live = m_live[row.id];
        if (!row.dailyLimit || !row.isActive || live.unreadable) continue;
        // What left before there was a limit is counted when it is recorded: only then is it known what is left.
        if (live.unlimited > 0) continue;
        if (live.reserving || live.exhausted || live.balance > blockSize / 2) continue;
        live.reserving = true;
        wanted.push_back({row.id, live.window, blockSize - live.balance, row.dailyLimit});
    }
    return wanted;
}

std::optional<Accounts::Units> Accounts::granted(const Units& asked, std::int64_t count) {
    Live& live = m_live[asked.account];
    live.reserving = false;
    if (!isStillTheLimit(asked)) {
        if (count == 0) return {};
        return Units{.account = asked.account, .window = asked.window, .count = count, .limit = asked.limit};
    }
    if (asked.window == live.window) {
        live.balance += count;
        live.exhausted = count == 0;
    }
    rebuild(asked.account, m_now);
    return {};
}

void Accounts::notGranted(const Id& account) {
    m_live[account].reserving = false;
}

std::vector<Accounts::Units> Accounts::takeRest() {
    std::vector<Units> rest;
    for (auto& [id, live] : m_live)
        if (live.balance > 0 && !live.window.empty())
            rest.push_back({id, live.window, std::exchange(live.balance, 0), {}});
    return rest;
}

TimePoint Accounts::rest(const Id& account, const policy::Verdict& verdict, TimePoint now, double dice) {
    Live& live = m_live[account];
    // Connections that were under way fail together: one fault, not one a connection.
    if (live.restsUntil > now) return live.restsUntil;
    ++live.faults;
    live.problemCode = verdict.reason;
    if (account.isNull()) {
        live.restsUntil = now + sandboxRest;
        rebuild(account, now);
        return live.restsUntil;
    }
    live.restsUntil = policy::restsUntil(
        {.reason = verdict.reason, .faults = live.faults, .now = now, .asked = verdict.asked, .dice = dice});
    rebuild(account, now);
    return live.restsUntil;
}

bool Accounts::well(const Id& account) {
    Live& live = m_live[account];
    live.faults = 0;
    if (live.problemCode.empty()) return false;
    live.problemCode.clear();
    live.restsUntil = {};
    rebuild(account, m_now);
    return true;
}

void Accounts::wake(const Id& account) {
    Live& live = m_live[account];
    live.faults = 0;
    live.restsUntil = {};
    rebuild(account, m_now);
}

}  // namespace postroom::queue
