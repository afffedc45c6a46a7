// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/queue/accounts.h"

#include "engine/policy/account_rest.h"
#include "engine/policy/pace.h"
#include "engine/policy/reason.h"
#include "engine/policy/send_hours.h"
#include "engine/policy/window.h"

#include <algorithm>

namespace postroom::queue {

namespace {
// It is in this process and well again as soon as there is room: its rests do not grow.
constexpr std::chrono::seconds sandboxRest{5};

bool isOfToken(std::string_view problem) {
    return problem == policy::reason::authorizationNeeded || problem == policy::reason::tokenUnavailable;
}
}  // namespace

Result<smtp::Endpoint> endpointOf(const store::AccountRecord& row, const security::Vault& vault,
                                  const std::string& heloName, std::chrono::milliseconds timeout,
                                  const Secret& accessToken) {
    smtp::Endpoint endpoint;
    endpoint.account = row.id;
    endpoint.host = row.smtpHost;
    endpoint.port = static_cast<std::uint16_t>(row.smtpPort);
    endpoint.security = static_cast<smtp::Security>(row.security);
    endpoint.username = row.smtpUsername;
    endpoint.usesToken = row.auth == contract::Auth::XOAuth2;
    endpoint.authenticate = row.auth != contract::Auth::None && !row.smtpUsername.empty();
    endpoint.heloName = heloName;
    endpoint.caFile_pem = row.caCertificate;
    endpoint.fingerprint_sha256 = row.fingerprint;
    endpoint.maxConnections = row.maxConnections;
    endpoint.messagesPerConnection = row.maxMessages;
    endpoint.commandTimeout = endpoint.connectTimeout = timeout;
    if (endpoint.usesToken) {
        endpoint.password = accessToken;
    } else if (endpoint.authenticate) {
        auto password = vault.open(row.smtpPassword, row.id.text(), "smtp_password");
        if (!password) return fail(password.error());
        endpoint.password = std::move(*password);
    }
    return endpoint;
}

void Accounts::apply(std::vector<store::AccountRecord> rows, TimePoint now) {
    m_now = now;
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
            live.isTokenRenewed = false;
        }
        if (row.auth != contract::Auth::XOAuth2 && isOfToken(live.problemCode)) live.problemCode.clear();
        takeLimits(live, row);
        refreshQuota(live, row.id, now);
        if (row.dailyWindow == live.quota.day) live.today = std::max(live.today, row.dailySentCount);
        live.hoursLookedAt = {};
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
}

policy::Limits Accounts::limitsOf(const store::AccountRecord& row) const {
    return {.daily = row.dailyLimit,
            .rolling = row.limitRolls,
            .hourly = row.hourlyLimit,
            .zone = row.timeZone.empty() ? m_zone : row.timeZone,
            .warmup = row.warmup};
}

void Accounts::takeLimits(Live& live, const store::AccountRecord& row) {
    policy::Limits limits = limitsOf(row);
    if (limits == live.limits) return;
    returnBalance(live, row.id);
    live.limits = std::move(limits);
    ++live.edition;
    live.quota = {};
    live.limitedUntil = {};
}

void Accounts::refreshQuota(Live& live, const Id& account, TimePoint now) {
    if (live.quota.beganAt <= now && now < live.quota.endsAt) return;
    policy::Quota quota = policy::quotaOf(live.limits, now);
    if (quota.day != live.quota.day) live.today = 0;
    if (quota.caps != live.quota.caps) {
        // What is left of a block can't be used in the next hour or day.
        returnBalance(live, account);
        live.limitedUntil = {};
    }
    live.quota = std::move(quota);
}

void Accounts::refreshHours(Live& live, const store::AccountRecord& row, TimePoint now) {
    // They begin and end with minutes.
    const auto minute = std::chrono::floor<std::chrono::minutes>(now);
    if (live.hoursLookedAt == minute) return;
    live.hoursLookedAt = minute;
    live.opensAt = policy::opensAt(row.sendHours, live.limits.zone, now).value_or(TimePoint{});
}

void Accounts::returnBalance(Live& live, const Id& account) {
    if (live.balance > 0) m_returns.push_back({account, live.quota.counters, live.balance, live.edition});
    live.balance = 0;
}

bool Accounts::isOfNow(const Live& live, const Units& units) {
    return units.edition == live.edition && units.counters == live.quota.counters;
}

void Accounts::noteReadable(const Id& account, bool readable) {
    Live& live = m_live[account];
    live.unreadable = !readable;
    if (!readable)
        live.problemCode = policy::reason::secretUnreadable;
    else if (live.problemCode == policy::reason::secretUnreadable)
        live.problemCode.clear();
}

std::optional<std::string_view> Accounts::setTicket(const Id& account, Ticket ticket) {
    Live& live = m_live[account];
    if (ticket.state == Ticket::State::Ready) ++live.tokenEdition;
    const bool isNews = live.problemCode != ticket.reason || live.ticket.detail != ticket.detail;
    live.ticket = std::move(ticket);
    std::optional<std::string_view> noted;
    if (!live.ticket.reason.empty() && isNews) noted = live.ticket.reason;
    if (live.ticket.state == Ticket::State::Ready && isOfToken(live.problemCode)) noted = "";
    if (noted) live.problemCode = *noted;
    rebuild(account, m_now);
    return noted;
}

const Secret& Accounts::token(const Id& account) const {
    static const Secret none;
    const auto live = m_live.find(account);
    return live == m_live.end() ? none : live->second.ticket.token;
}

std::uint64_t Accounts::tokenEdition(const Id& account) const {
    const auto live = m_live.find(account);
    return live == m_live.end() ? 0 : live->second.tokenEdition;
}

Accounts::TokenFault Accounts::noteRefusedLogin(const Id& account, std::uint64_t edition) {
    const store::AccountRecord* row = this->row(account);
    if (!row || row->auth != contract::Auth::XOAuth2) return TokenFault::None;
    Live& live = m_live[account];
    if (live.ticket.state != Ticket::State::Ready || edition != live.tokenEdition) return TokenFault::Stale;
    if (live.isTokenRenewed) return TokenFault::None;
    live.isTokenRenewed = true;
    live.ticket = {};
    rebuild(account, m_now);
    return TokenFault::Renew;
}

void Accounts::offerSandbox(int maxConnections) {
    m_sandboxConnections = maxConnections;
    m_index[Id{}] = m_rows.size();
    m_views.resize(m_rows.size() + 1);
    rebuildView(m_rows.size(), m_now);
}

void Accounts::setPaused(std::unordered_set<Id> paused) {
    m_paused = std::move(paused);
    for (std::size_t i = 0; i < m_rows.size(); ++i) rebuildView(i, m_now);
}

std::vector<Id> Accounts::refresh(TimePoint now) {
    m_now = now;
    std::vector<Id> changed;
    for (std::size_t i = 0; i < m_views.size(); ++i) {
        const policy::AccountView& view = m_views[i];
        const Id account = view.id;
        const auto isOver = [now](TimePoint until) { return until != TimePoint{} && until <= now; };
        bool changes = isOver(view.restsUntil) || isOver(view.limitedUntil);
        if (i < m_rows.size()) {
            Live& live = m_live[account];
            changes |= now < live.quota.beganAt || live.quota.endsAt <= now;
            refreshHours(live, m_rows[i], now);
            changes |= live.opensAt != view.opensAt;
        }
        if (!changes) continue;
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
    refreshQuota(live, row.id, now);
    refreshHours(live, row, now);
    if (live.restsUntil <= now) live.restsUntil = {};
    if (live.limitedUntil <= now) live.limitedUntil = {};
    const bool isLimited = !live.quota.counters.empty();
    view.id = row.id;
    view.email = row.email;
    view.fromPatterns = row.fromAddresses;
    view.priority = row.priority;
    view.active = row.isActive && !live.unreadable;
    view.paused = m_paused.contains(row.id);
    const bool usesToken = row.auth == contract::Auth::XOAuth2;
    view.unauthorized = usesToken && live.ticket.state == Ticket::State::Unauthorized;
    view.awaitsToken = usesToken && live.ticket.state == Ticket::State::Awaited;
    view.tokenAt = live.ticket.askedAgainAt;
    view.problemCode = live.problemCode;
    view.restsUntil = live.restsUntil;
    view.unitsLeft = isLimited ? std::optional{live.balance} : std::nullopt;
    view.limitCode = live.limitCode;
    view.limitedUntil = live.limitedUntil;
    view.opensAt = live.opensAt;
    view.nextAt = row.ratePerMinute ? policy::paceNext(*row.ratePerMinute, live.paidUntil, now) : TimePoint{};
    view.share = live.quota.daily ? static_cast<double>(live.today) /
                                        static_cast<double>(std::max<std::int64_t>(*live.quota.daily, 1))
                                  : -1;
    // Whether it is well again is tried with one mail and not with all of them.
    view.probing = !live.problemCode.empty() && view.active;
    view.freeConnections = (view.probing ? 1 : row.maxConnections) - live.outstanding;
}

void Accounts::rebuild(const Id& account, TimePoint now) {
    const auto at = m_index.find(account);
    if (at != m_index.end()) rebuildView(at->second, now);
}

policy::Choice Accounts::choose(const policy::Wanted& wanted, TimePoint now) {
    return policy::chooseAccount(wanted, now, m_views, m_turn++);
}

const policy::AccountView* Accounts::view(const Id& account) const {
    const auto at = m_index.find(account);
    return at == m_index.end() ? nullptr : &m_views[at->second];
}

const store::AccountRecord* Accounts::row(const Id& account) const {
    const auto at = m_index.find(account);
    return at == m_index.end() || at->second >= m_rows.size() ? nullptr : &m_rows[at->second];
}

std::size_t Accounts::mayCarry(std::size_t index) const {
    if (index >= m_rows.size()) return 100;
    const store::AccountRecord& row = m_rows[index];
    std::int64_t most = row.maxRecipients;
    if (const auto& left = m_views[index].unitsLeft) most = std::min(most, *left);
    if (row.ratePerMinute)
        most = std::min(most, policy::paceRoom(*row.ratePerMinute, m_live.at(row.id).paidUntil, m_now));
    return static_cast<std::size_t>(std::max<std::int64_t>(most, 0));
}

Accounts::Units Accounts::begin(std::size_t index, std::size_t recipients) {
    const Id account = m_views[index].id;
    const auto count = static_cast<std::int64_t>(recipients);
    Live& live = m_live[account];
    ++live.outstanding;
    Units taken{.account = account, .counters = {}, .count = count, .edition = live.edition};
    if (index >= m_rows.size()) {
        --m_views[index].freeConnections;
        return taken;
    }
    const store::AccountRecord& row = m_rows[index];
    live.today += count;
    if (row.ratePerMinute) live.paidUntil = policy::pacePaid(*row.ratePerMinute, live.paidUntil, m_now, count);
    if (m_views[index].unitsLeft) {
        live.balance -= count;
        taken.counters = live.quota.counters;
    } else {
        ++live.unlimited;
    }
    rebuildView(index, m_now);
    return taken;
}

void Accounts::end(const Units& taken, std::int64_t unused) {
    Live& live = m_live[taken.account];
    --live.outstanding;
    live.today = std::max<std::int64_t>(live.today - unused, 0);
    if (taken.counters.empty() && !taken.account.isNull()) --live.unlimited;
    if (!taken.counters.empty() && unused > 0) {
        if (isOfNow(live, taken))
            live.balance += unused;
        else
            m_returns.push_back({taken.account, taken.counters, unused, taken.edition});
    }
    rebuild(taken.account, m_now);
}

TimePoint Accounts::unitsEndAt(std::size_t view) const {
    return m_live.at(m_views[view].id).quota.endsAt;
}

std::vector<std::string> Accounts::countersBeside(const Units& taken, TimePoint now) const {
    const auto live = m_live.find(taken.account);
    std::vector<std::string> beside{policy::windowName(now, live == m_live.end() ? m_zone : live->second.limits.zone),
                                    policy::hourName(now)};
    std::erase_if(beside, [&](const std::string& counter) {
        return std::any_of(taken.counters.begin(), taken.counters.end(),
                           // One that has just ended stands for the one that has just begun.
                           [&](const std::string& other) { return (other[0] == 'h') == (counter[0] == 'h'); });
    });
    return beside;
}

std::vector<Accounts::Block> Accounts::blocksWanted() {
    std::vector<Block> wanted;
    for (const store::AccountRecord& row : m_rows) {
        Live& live = m_live[row.id];
        if (live.quota.counters.empty() || !row.isActive || live.unreadable) continue;
        if (row.auth == contract::Auth::XOAuth2 && live.ticket.state == Ticket::State::Unauthorized) continue;
        // What left before there was a limit is counted when it is recorded: only then is it known what is left.
        if (live.unlimited > 0) continue;
        if (live.reserving || live.limitedUntil > m_now || live.balance > blockSize / 2) continue;
        live.reserving = true;
        wanted.push_back(
            {.units = {row.id, live.quota.counters, blockSize - live.balance, live.edition}, .caps = live.quota.caps});
    }
    return wanted;
}

void Accounts::granted(const Block& asked, std::int64_t count, std::optional<std::size_t> metBy) {
    const Units& units = asked.units;
    Live& live = m_live[units.account];
    live.reserving = false;
    if (!isOfNow(live, units)) {
        if (count > 0) m_returns.push_back({units.account, units.counters, count, units.edition});
        return;
    }
    live.balance += count;
    if (count == 0 && metBy) {
        live.limitCode = asked.caps[*metBy].code;
        live.limitedUntil = asked.caps[*metBy].endsAt;
    }
    rebuild(units.account, m_now);
}

void Accounts::notGranted(const Id& account) {
    m_live[account].reserving = false;
}

std::vector<Accounts::Units> Accounts::takeRest() {
    for (auto& [id, live] : m_live) returnBalance(live, id);
    return takeReturns();
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
    live.isTokenRenewed = false;
    if (live.problemCode.empty()) return false;
    live.problemCode.clear();
    live.restsUntil = {};
    rebuild(account, m_now);
    return true;
}

void Accounts::setBack(Milliseconds by, TimePoint now) {
    m_now = now;
    for (auto& [account, live] : m_live) {
        if (live.restsUntil > now) live.restsUntil -= by;
        if (live.paidUntil > now) live.paidUntil -= by;
        live.hoursLookedAt = {};
    }
    for (std::size_t i = 0; i < m_views.size(); ++i) rebuildView(i, now);
}

void Accounts::wake(const Id& account) {
    Live& live = m_live[account];
    live.faults = 0;
    live.isTokenRenewed = false;
    live.restsUntil = {};
    rebuild(account, m_now);
}

}  // namespace postroom::queue
