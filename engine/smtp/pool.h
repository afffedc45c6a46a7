// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The SMTP connections of all accounts.
//
// Lives in the smtp Worker's thread: every call is made there, every Port call comes from there. The Port may call the
// pool back from within any of its functions.
//
// What it holds to: success is a 2xx to "." and nothing else; whatever goes wrong before "." resets the TCP connection,
// so that no server takes half a mail for a whole one; one unrecorded 250 a connection at most (release()).

#include "engine/base/clock.h"
#include "engine/smtp/endpoint.h"
#include "engine/smtp/transaction.h"

#include <chrono>
#include <functional>
#include <memory>

namespace postroom::smtp {

class Pool {
public:
    class Port {
    public:
        virtual ~Port() = default;
        /// Everything but "." is ready (the end of the body is held back with it). Asked with confirmDot, or when some
        /// recipients were refused and others accepted. The connection waits for permitDot() or abort().
        virtual void beforeDot(const Id& attempt, const std::vector<Reply>& recipients) = 0;
        /// "." is written right after this returns.
        virtual void dotLeaves(const Id& attempt) = 0;
        /// The reply to "." was parsed.
        virtual void dotAnswered(const Id& attempt, int code) = 0;
        /// Once for each submit(). The connection does nothing more until release().
        virtual void finished(Outcome outcome) = 0;
        /// The smtp thread is at work on this mail, its bytes or what a server says of it, until the other one. In
        /// pairs, which may lie within each other; what is waited for lies between pairs. After finished() the second
        /// of a pair may be missing.
        virtual void takenInHand(const Id& /*attempt*/) {}
        virtual void letGo(const Id& /*attempt*/) {}
    };

    Pool(Port& port, const Clock& clock);
    /// Resets what is open, without a word to the Port: stop() first.
    ~Pool();
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    /// New or changed. Idle connections of a changed endpoint are closed, busy ones finish what they carry.
    void setEndpoint(Endpoint endpoint);
    /// Idle connections close, busy ones finish, what waits is Aborted.
    void removeEndpoint(const Id& account);
    /// Sends on an idle connection of the account or opens one. The caller keeps to maxConnections: attempts submitted
    /// and not released; beyond it they wait here. A connection the server closed while idle is replaced once,
    /// silently. The Port may be called before this returns: finished() for an unknown account, for a mail that is too
    /// big...
    void submit(Transaction transaction);
    void permitDot(const Id& attempt);
    /// Before ".": resets the connection; the outcome is Aborted (told before this returns). After ".": does nothing.
    void abort(const Id& attempt);
    /// The attempt's result is durable: its connection may be used again. Each finished() attempt needs one.
    void release(const Id& attempt);
    /// Aborts what is before ".", waits for open dots at most `grace` (then they end Aborted with dotSent), says QUIT
    /// on the others; `done` runs once when no connection is left. What is submitted after this is Aborted.
    void stop(std::chrono::milliseconds grace, std::function<void()> done);
    /// TCP connections, also those being made or closed.
    [[nodiscard]] int openConnections() const;

private:
    class Switchboard;
    std::unique_ptr<Switchboard> m_switchboard;
};

}  // namespace postroom::smtp
