// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// One client's connection: reads requests, hands them on, sends the responses in the order of the requests.
//
// The server's thread. Owned by Connections, which everything else goes through by id: handlers may outlive a
// connection, and a connection that is over is destroyed only after its own calls have returned.

#include "engine/base/clock.h"
#include "engine/http/chunks.h"
#include "engine/http/head.h"
#include "engine/http/message.h"

#include <deque>
#include <memory>
#include <optional>
#include <QTcpSocket>
#include <string>

namespace postroom::http {

class Connections;

class Connection {
public:
    Connection(Connections& all, std::uint64_t id, std::unique_ptr<QTcpSocket> socket, std::string peer);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    [[nodiscard]] std::uint64_t id() const { return m_id; }
    [[nodiscard]] const std::string& peer() const { return m_peer; }
    /// Begins to read; with TLS after the handshake, which is begun here.
    void start(bool secure);
    /// Answers without reading anything, then closes.
    void turnAway(Response response);
    void respond(std::uint64_t sequence, Response response);
    /// The body budget has room for what this connection asked for.
    void granted();
    /// The sink has taken the piece it was given.
    void pieceTaken(const Result<void>& result);
    /// Looks at the deadlines.
    void look(SteadyPoint now);
    /// Takes no further request; closes when those that have begun are answered.
    void finish();
    /// Closes at once.
    void drop();

private:
    enum class Stage { Handshake, Head, Body, Chunks, Discard, Lingering, Gone };

    // A request that was handed on, or refused, and whose response has not left.
    struct Exchange {
        std::uint64_t sequence = 0;
        RequestHead head;
        SteadyPoint began;
        std::uint64_t held = 0;  // of the body budget
        std::uint64_t own = 0;   // of what the connection may hold beside it
        bool keepAlive = true;
        bool isOld = false;
        std::optional<Response> response;
    };

    // Reading.
    void pump();
    [[nodiscard]] bool step();
    [[nodiscard]] bool fill();
    [[nodiscard]] bool readHead();
    [[nodiscard]] bool begin();
    [[nodiscard]] bool readBody();
    [[nodiscard]] bool readChunks();
    [[nodiscard]] bool stream();
    [[nodiscard]] bool discard();
    [[nodiscard]] bool makeRoom(std::uint64_t bytes);
    void dispatch();
    [[nodiscard]] std::string_view rest() const { return std::string_view{m_in}.substr(m_taken); }

    // Answering.
    Exchange& enqueue();
    void reject(Response response);
    void breakOff(const Error& error, const RequestHead* head);
    void settle();
    void write(const Exchange& exchange, bool close);
    void send();
    [[nodiscard]] std::uint64_t backlog() const;

    // Ending.
    void linger();
    void gone();
    void onWritten();
    void lookAtHead(SteadyPoint now);
    void lookAtBody(SteadyPoint now);

    Connections& m_all;
    const std::uint64_t m_id;
    std::unique_ptr<QTcpSocket> m_socket;
    const std::string m_peer;
    std::string m_local;
    bool m_secure = false;

    Stage m_stage = Stage::Handshake;
    bool m_pumping = false;
    bool m_finishing = false;  // the server stops
    bool m_lastTaken = false;  // no request after those in m_exchanges
    bool m_waiting = false;    // for the body budget
    bool m_sinking = false;    // for the sink, which has a piece of the body
    bool m_continueDue = false;

    std::string m_in;
    std::size_t m_taken = 0;  // bytes at the front of m_in that are done with
    HeadReader m_reader;
    Head m_head;
    Admission m_admission;
    std::string m_body;
    std::uint64_t m_passed = 0;  // of the body, to the sink
    std::uint64_t m_length = 0;  // of the body, or what is left to discard
    std::uint64_t m_held = 0;    // of the body budget, for the body being read
    std::uint64_t m_own = 0;     // beside the budget, for the body being read
    std::uint64_t m_ownInAll = 0;
    std::uint64_t m_wanted = 0;  // of the body budget, while m_waiting
    std::optional<ChunkReader> m_chunks;

    std::deque<Exchange> m_exchanges;
    std::uint64_t m_nextSequence = 0;
    std::string m_out;
    std::uint64_t m_sent = 0;  // given to the socket in all

    SteadyPoint m_since;                     // the handshake, the idle time or the lingering began
    std::optional<SteadyPoint> m_headSince;  // a head is due
    SteadyPoint m_windowBegan;               // of the body's rate
    std::uint64_t m_windowBytes = 0;
    SteadyPoint m_bodyLookedAt;
    SteadyPoint::duration m_bodyTook{};  // of the client's time, up to m_bodyLookedAt
    SteadyPoint m_progressAt;            // the client last took bytes, or there were none
    std::uint64_t m_progress = 0;
    std::uint64_t m_lingered = 0;
    bool m_halfClosed = false;
    bool m_hasUnread = false;  // the client may have sent what nobody has read
};

}  // namespace postroom::http
