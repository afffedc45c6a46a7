// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/smtp/switchboard.h"

#include <algorithm>
#include <utility>

namespace postroom::smtp {

using namespace std::chrono_literals;

namespace {
constexpr auto Tick = 250ms;
}  // namespace

Pool::Switchboard::Switchboard(Pool::Port& port, const Clock& clock) : m_port(port), m_clock(clock) {
    m_tick.setInterval(Tick);
    m_tick.setTimerType(Qt::CoarseTimer);
    QObject::connect(&m_tick, &QTimer::timeout, &m_context, [this] { tick(); });
}

void Pool::Switchboard::setEndpoint(Endpoint endpoint) {
    Account& account = m_accounts[endpoint.account];
    const bool isSame = account.endpoint && !account.removed && account.endpoint->reachesTheSame(endpoint);
    account.removed = false;
    account.endpoint = std::make_shared<const Endpoint>(std::move(endpoint));
    const Id id = account.endpoint->account;
    if (!isSame) {
        ++account.revision;
        closeIdle(account);
    }
    dispatch(id);
}

void Pool::Switchboard::removeEndpoint(const Id& id) {
    const auto found = m_accounts.find(id);
    if (found == m_accounts.end()) return;
    found->second.removed = true;
    const std::deque<Waiting> waiting = std::exchange(found->second.waiting, {});
    // The last one to close takes the account with it: see closed().
    if (found->second.open == 0)
        m_accounts.erase(found);
    else
        closeIdle(found->second);
    for (const Waiting& one : waiting) refuse(one.mail, "the account is gone");
}

void Pool::Switchboard::submit(Transaction mail) {
    const auto found = m_accounts.find(mail.account);
    if (m_stopping) return refuse(mail, "the engine is stopping");
    if (found == m_accounts.end() || found->second.removed) return refuse(mail, "there is no such account");
    const Id id = mail.account;
    found->second.waiting.push_back({.mail = std::move(mail), .wantsFresh = false});
    dispatch(id);
}

void Pool::Switchboard::dispatch(const Id& id) {
    while (true) {
        // Looked up each time: what a connection tells at once may change the accounts.
        const auto found = m_accounts.find(id);
        if (found == m_accounts.end() || found->second.removed || found->second.waiting.empty()) return;
        Account& account = found->second;
        const bool wantsFresh = account.waiting.front().wantsFresh;
        const bool mayOpen = account.open < std::max(account.endpoint->maxConnections, 1);
        if (!account.idle.empty() && !wantsFresh) {
            // The one used last: the others may grow old and close.
            Connection* connection = account.idle.back();
            account.idle.pop_back();
            Transaction mail = std::move(account.waiting.front().mail);
            account.waiting.pop_front();
            m_attempts[mail.attempt] = connection;
            connection->begin(std::move(mail));
        } else if (mayOpen) {
            Transaction mail = std::move(account.waiting.front().mail);
            account.waiting.pop_front();
            openLine(account, std::move(mail));
        } else {
            // closed() comes back here when the place is free.
            if (!wantsFresh || account.idle.empty()) return;
            Connection* oldest = account.idle.front();
            account.idle.erase(account.idle.begin());
            return oldest->quit();
        }
    }
}

void Pool::Switchboard::openLine(Account& account, Transaction mail) {
    auto made = std::make_unique<Connection>(*this, m_clock, account.endpoint);
    Connection* connection = made.get();
    m_lines[connection] = {.connection = std::move(made), .revision = account.revision};
    ++account.open;
    m_attempts[mail.attempt] = connection;
    if (!m_tick.isActive()) m_tick.start();
    connection->begin(std::move(mail));
    connection->open();
}

Connection* Pool::Switchboard::carrier(const Id& attempt) const {
    const auto found = m_attempts.find(attempt);
    return found == m_attempts.end() ? nullptr : found->second;
}

void Pool::Switchboard::permitDot(const Id& attempt) {
    if (Connection* connection = carrier(attempt)) connection->permitDot();
}

void Pool::Switchboard::abort(const Id& attempt) {
    if (Connection* connection = carrier(attempt)) {
        if (connection->dialog().hasMailBeforeDot())
            connection->fail(Trouble::Aborted, "aborted before the mail's end");
        return;
    }
    for (auto& [id, account] : m_accounts) {
        const auto found = std::find_if(account.waiting.begin(), account.waiting.end(),
                                        [&](const Waiting& one) { return one.mail.attempt == attempt; });
        if (found == account.waiting.end()) continue;
        const Transaction mail = std::move(found->mail);
        account.waiting.erase(found);
        return refuse(mail, "aborted before it had a connection");
    }
}

void Pool::Switchboard::release(const Id& attempt) {
    const auto found = m_attempts.find(attempt);
    if (found == m_attempts.end()) return;
    Connection* connection = found->second;
    m_attempts.erase(found);
    connection->release();
}

void Pool::Switchboard::ready(Connection& connection) {
    const auto line = m_lines.find(&connection);
    const auto found = m_accounts.find(connection.endpoint().account);
    if (line == m_lines.end() || found == m_accounts.end()) return connection.quit();
    Account& account = found->second;
    const bool isWorn = connection.dialog().mails() >= std::max(account.endpoint->messagesPerConnection, 1);
    if (m_stopping || account.removed || isWorn || line->second.revision != account.revision) return connection.quit();
    account.idle.push_back(&connection);
    dispatch(Id{found->first});
}

void Pool::Switchboard::askDot(Connection& connection) {
    m_port.beforeDot(connection.dialog().mail().attempt, connection.dialog().recipients());
}

void Pool::Switchboard::dotLeaves(Connection& connection) {
    m_port.dotLeaves(connection.dialog().mail().attempt);
}

void Pool::Switchboard::dotAnswered(Connection& connection, int code) {
    m_port.dotAnswered(connection.dialog().mail().attempt, code);
}

void Pool::Switchboard::finished(Connection& connection, Outcome outcome) {
    m_port.finished(std::move(outcome));
    if (m_stopping) connection.quit();
}

void Pool::Switchboard::stale(Connection& connection, Transaction mail) {
    m_attempts.erase(mail.attempt);
    const auto found = m_accounts.find(connection.endpoint().account);
    if (m_stopping || found == m_accounts.end() || found->second.removed) return refuse(mail, "the account is gone");
    // Its place is free once closed() is told, right after this.
    found->second.waiting.push_front({.mail = std::move(mail), .wantsFresh = true});
}

void Pool::Switchboard::closed(Connection& connection) {
    const auto line = m_lines.find(&connection);
    if (line == m_lines.end()) return;
    if (m_dead.empty()) later([this] { m_dead.clear(); });
    m_dead.push_back(std::move(line->second.connection));
    m_lines.erase(line);
    const Id attempt = connection.dialog().mail().attempt;
    if (carrier(attempt) == &connection) m_attempts.erase(attempt);
    if (m_lines.empty()) m_tick.stop();

    if (const auto found = m_accounts.find(connection.endpoint().account); found != m_accounts.end()) {
        Account& account = found->second;
        --account.open;
        std::erase(account.idle, &connection);
        if (account.removed && account.open == 0)
            m_accounts.erase(found);
        else if (!account.removed && !m_stopping)
            dispatch(Id{found->first});
    }
    endIfStopped();
}

void Pool::Switchboard::closeIdle(Account& account) {
    for (Connection* connection : std::exchange(account.idle, {})) connection->quit();
}

void Pool::Switchboard::refuse(const Transaction& mail, const char* detail) {
    Outcome outcome{.attempt = mail.attempt, .account = mail.account, .trouble = Trouble::Aborted, .detail = detail};
    outcome.recipients.resize(mail.recipients.size());
    m_port.finished(std::move(outcome));
}

void Pool::Switchboard::stop(std::chrono::milliseconds grace, std::function<void()> done) {
    m_stopping = true;
    m_stopBy = m_clock.steady() + grace;
    m_stopped = std::move(done);
    std::deque<Waiting> waiting;
    for (auto& [id, account] : m_accounts) {
        account.idle.clear();
        std::move(account.waiting.begin(), account.waiting.end(), std::back_inserter(waiting));
        account.waiting.clear();
    }
    for (const Waiting& one : waiting) refuse(one.mail, "the engine is stopping");
    std::vector<Connection*> all;
    for (auto& [key, line] : m_lines) all.push_back(line.connection.get());
    for (Connection* connection : all) {
        if (connection->dialog().hasMailBeforeDot())
            connection->fail(Trouble::Aborted, "the engine is stopping");
        else
            connection->quit();
    }
    if (m_stopBy <= m_clock.steady()) tick();
    endIfStopped();
}

void Pool::Switchboard::tick() {
    const SteadyPoint now = m_clock.steady();
    std::vector<Connection*> all;
    all.reserve(m_lines.size());
    for (auto& [key, line] : m_lines) all.push_back(line.connection.get());
    for (Connection* connection : all) {
        // One that waits for a mail no longer counts as idle before it says QUIT: no mail may be put on it.
        if (m_stopping && now >= m_stopBy && connection->dialog().dotIsOpen())
            connection->fail(Trouble::Aborted, "stopped before the reply to the mail's end came");
        else
            connection->checkDeadline(now);
        if (!connection->dialog().isReady())
            if (const auto found = m_accounts.find(connection->endpoint().account); found != m_accounts.end())
                std::erase(found->second.idle, connection);
    }
}

void Pool::Switchboard::endIfStopped() {
    if (!m_stopping || !m_stopped || !m_lines.empty()) return;
    later(std::exchange(m_stopped, nullptr));
}

void Pool::Switchboard::later(std::function<void()> work) {
    QMetaObject::invokeMethod(&m_context, std::move(work), Qt::QueuedConnection);
}

}  // namespace postroom::smtp
