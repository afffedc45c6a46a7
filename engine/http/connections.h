// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// All connections of a server, and what they share: limits, the body budget, the time.
//
// The server's thread. One timer looks at every connection's deadlines; a timer each would cost more than the requests.

#include "engine/base/clock.h"
#include "engine/http/answer.h"
#include "engine/http/budget.h"
#include "engine/http/connection.h"
#include "engine/http/hosts.h"
#include "engine/http/server.h"

#include <functional>
#include <memory>
#include <QObject>
#include <QTimer>
#include <unordered_map>
#include <vector>

namespace postroom::http {

class Connections : public std::enable_shared_from_this<Connections> {
public:
    Connections(Port& port, ServerSettings settings);
    ~Connections();
    Connections(const Connections&) = delete;
    Connections& operator=(const Connections&) = delete;

    /// Takes a socket that was just accepted, or answers 503 where there are too many. With TLS it is then closed
    /// without a word: a handshake costs more than the requests that there is no room for.
    void add(std::unique_ptr<QTcpSocket> socket, bool secure);
    [[nodiscard]] int count() const { return static_cast<int>(m_table.size()); }
    void respond(std::uint64_t connection, std::uint64_t sequence, Response response);
    void finish(std::chrono::milliseconds grace, std::function<void()> done);
    /// Called on every tick, beside the deadlines.
    void onTick(std::function<void()> call) { m_onTick = std::move(call); }

    // For connections.
    [[nodiscard]] Port& port() { return m_port; }
    [[nodiscard]] const ServerSettings& settings() const { return m_settings; }
    [[nodiscard]] const HostNames& names() const { return m_names; }
    [[nodiscard]] BodyBudget& budget() { return m_budget; }
    [[nodiscard]] std::string_view date() { return m_date.at(m_clock.now()); }
    [[nodiscard]] Responder responderFor(std::uint64_t connection, std::uint64_t sequence);
    /// What tells the connection that its sink has taken a piece; may outlive the connection.
    [[nodiscard]] std::function<void(Result<void>)> sinkAnswerFor(std::uint64_t connection);
    /// The connection is over; it is destroyed later.
    void gone(Connection& connection);
    /// Soon lets those continue for whose bodies there is room.
    void shareBudget();

private:
    void tick();
    void sweep();
    void announceEnd();

    Port& m_port;
    const ServerSettings m_settings;
    const HostNames m_names;
    SystemClock m_clock;
    DateText m_date;
    BodyBudget m_budget;
    QObject m_context;  // of everything posted to this thread's event loop: it goes with us
    QTimer m_timer;
    std::function<void()> m_onTick;
    std::unordered_map<std::uint64_t, std::unique_ptr<Connection>> m_table;
    std::unordered_map<std::string, int> m_perAddress;
    std::vector<std::unique_ptr<Connection>> m_over;
    std::uint64_t m_nextId = 1;
    bool m_sharing = false;
    bool m_finishing = false;
    std::function<void()> m_done;
};

}  // namespace postroom::http
