// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What stands behind the Pool: which connection carries which attempt, what waits for one, who is closed when.

#include "engine/smtp/connection.h"
#include "engine/smtp/pool.h"

#include <deque>
#include <QObject>
#include <QTimer>
#include <unordered_map>
#include <vector>

namespace postroom::smtp {

class Pool::Switchboard final : public Connection::Port {
public:
    Switchboard(Pool::Port& port, const Clock& clock);

    void setEndpoint(Endpoint endpoint);
    void removeEndpoint(const Id& account);
    void submit(Transaction mail);
    void permitDot(const Id& attempt);
    void abort(const Id& attempt);
    void release(const Id& attempt);
    void stop(std::chrono::milliseconds grace, std::function<void()> done);
    [[nodiscard]] int openConnections() const { return static_cast<int>(m_lines.size()); }

    void ready(Connection& connection) override;
    void askDot(Connection& connection) override;
    void dotLeaves(Connection& connection) override;
    void dotAnswered(Connection& connection, int code) override;
    void finished(Connection& connection, Outcome outcome) override;
    void takenInHand(const Id& attempt) override { m_port.takenInHand(attempt); }
    void letGo(const Id& attempt) override { m_port.letGo(attempt); }
    void stale(Connection& connection, Transaction mail) override;
    void closed(Connection& connection) override;

private:
    struct Waiting {
        Transaction mail{};
        bool wantsFresh = false;  ///< an idle connection let it down already
    };
    struct Account {
        std::shared_ptr<const Endpoint> endpoint{};
        unsigned revision = 0;  ///< grows when connections made before must not carry new mail
        bool removed = false;
        int open = 0;
        std::vector<Connection*> idle{};
        std::deque<Waiting> waiting{};
    };
    struct Line {
        std::unique_ptr<Connection> connection{};
        unsigned revision = 0;
    };

    void dispatch(const Id& account);
    void openLine(Account& account, Transaction mail);
    void closeIdle(Account& account);
    void refuse(const Transaction& mail, const char* detail);
    void later(std::function<void()> work);
    void tick();
    void endIfStopped();
    [[nodiscard]] Connection* carrier(const Id& attempt) const;

    Pool::Port& m_port;
    const Clock& m_clock;
    std::unordered_map<Id, Account> m_accounts;
    std::unordered_map<const Connection*, Line> m_lines;
    std::unordered_map<Id, Connection*> m_attempts;  ///< from begin() to release(), or to the connection's end
    /// Closed from within one of their own functions: they die on the event loop's next turn.
    std::vector<std::unique_ptr<Connection>> m_dead;
    bool m_stopping = false;
    SteadyPoint m_stopBy = SteadyPoint::max();
    std::function<void()> m_stopped;
    QObject m_context;
    /// One coarse tick scans all deadlines: a timer for each connection would cost more than its mail.
    QTimer m_tick;
};

}  // namespace postroom::smtp
