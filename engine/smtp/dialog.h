// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The client's side of SMTP as a state machine without sockets: bytes and turns of fate in, events out.
//
// Pure, any one thread. Whoever drives it calls next() after every call until nothing comes, and does what the events
// say, in order; calls from within are fine. Time is outside: a deadline that passed is a fail(TimedOut).
//
// The rule that everything here serves: an Outcome with Stage::Done exists only if the first reply after sendDot() was
// a 2xx (RFC 5321 §4.2.5). So no command is ever written while bytes nobody asked for lie in the parser, nothing is
// written behind ".", and what goes wrong before "." ends in a Reset.

#include "engine/smtp/capabilities.h"
#include "engine/smtp/endpoint.h"
#include "engine/smtp/envelope.h"
#include "engine/smtp/login.h"
#include "engine/smtp/reply.h"
#include "engine/smtp/transaction.h"
#include "engine/smtp/transcript.h"
#include "engine/smtp/wire.h"

#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace postroom::smtp {

class Dialog {
public:
    struct Event {
        enum class Kind {
            Write,        ///< write `bytes`
            StartTls,     ///< make TLS now, then encrypted()
            Passed,       ///< `stage` is behind us; `bytes` is what the server said
            Ready,        ///< nothing to do: a mail may begin()
            BodyDue,      ///< pump() as far as there is room
            AskDot,       ///< somebody must permitDot()
            DotDue,       ///< everything written before must have left; then sendDot()
            DotAnswered,  ///< with `code`
            Finished,     ///< takeOutcome()
            Stale,        ///< a reused connection is no good: takeTransaction() for another one
            Close,        ///< close after what is written has left
            Reset         ///< reset the connection: nothing that is still unsent may leave
        };
        Kind kind = Kind::Ready;
        int code = 0;
        Stage stage = Stage::Connect;
        std::string bytes{};
    };
    /// What the dialogue waits for: it decides how long.
    enum class Wait { Connect, Command, Body, Permission, Dot, Mail, Release, Quit, Nothing };

    /// The endpoint must outlive the dialogue.
    explicit Dialog(const Endpoint& endpoint) : m_endpoint(endpoint), m_login(endpoint) {}
    Dialog(const Dialog&) = delete;
    Dialog& operator=(const Dialog&) = delete;

    /// The TCP connection is there. `toLoopback`: the other side is this machine.
    void connected(bool toLoopback);
    /// TLS is made and verified.
    void encrypted();
    /// What the server sent.
    void feed(std::string_view bytes);
    /// The connection is lost or given up; a mail under way ends here with this trouble.
    void fail(Trouble trouble, std::string detail);

    /// Takes a mail: while connecting, or once Ready.
    void begin(Transaction mail);
    /// Writes content until about `room` bytes of it are out or only the end is left.
    void pump(std::size_t room_bytes);
    void permitDot();
    void sendDot();
    /// The finished mail is recorded: another one may come.
    void release();
    /// Says good-bye when no mail is under way.
    void quit();

    [[nodiscard]] std::optional<Event> next();
    [[nodiscard]] bool hasEvents() const { return !m_events.empty(); }
    [[nodiscard]] Outcome takeOutcome() { return std::move(m_outcome); }
    [[nodiscard]] Transaction takeTransaction() { return std::move(m_mail); }

    [[nodiscard]] Stage stage() const;
    [[nodiscard]] Wait wait() const;
    [[nodiscard]] bool isReady() const { return m_state == State::Ready; }
    [[nodiscard]] bool isOver() const { return m_state == State::Over; }
    /// A mail is on it and "." has not left.
    [[nodiscard]] bool hasMailBeforeDot() const { return m_hasMail && m_state != State::Dot; }
    [[nodiscard]] bool dotIsOpen() const { return m_state == State::Dot; }
    /// How many mails it has taken so far.
    [[nodiscard]] int mails() const { return m_mails; }
    /// The mail under way, or the last one.
    [[nodiscard]] const Transaction& mail() const { return m_mail; }
    [[nodiscard]] const std::vector<Reply>& recipients() const { return m_envelope.recipients(); }
    /// Grows whenever the server brought the dialogue on: what a deadline starts again from.
    [[nodiscard]] unsigned progress() const { return m_progress; }
    /// For an outcome that has no mail: what was said so far.
    [[nodiscard]] std::vector<std::string> takeTranscript() { return m_transcript.take(); }

private:
    enum class State {
        Unconnected,
        Handshake,
        Greeting,
        Ehlo,
        Helo,
        StartTls,
        Auth,
        Ready,
        Commands,
        Body,
        Permission,
        DotHeld,
        Dot,
        Unreleased,
        Quit,
        Over
    };

    [[nodiscard]] bool replyIsDue() const;
    void answered(Reply reply);
    void greeted(const Reply& reply);
    void ehloAnswered(const Reply& reply);
    void startTlsAnswered(const Reply& reply);
    void loginAnswered(const Reply& reply);
    void commandAnswered(const Reply& reply);
    void dotAnswered(const Reply& reply);
    void unasked(Reply reply);

    void sayEhlo(const char* verb);
    void introduced();
    void startMail();
    void sendCommands();
    void contentBegins();

    /// False if bytes lie there that were sent before what is being written could be answered: it is over then.
    bool expectsSilence();
    void say(std::string_view line, std::string_view shown);
    void push(Event event) { m_events.push_back(std::move(event)); }
    void passed(Stage stage, std::string detail);

    void refusedInSetup(Stage stage, const Reply& reply);
    void missing(Stage stage, Trouble trouble, std::string detail);
    void violated(std::string detail);
    void finish(Stage stage, Trouble trouble, Reply reply, std::string detail);
    /// Ends the connection: Reset unless `politely`, then what becomes of the mail.
    void end(Stage stage, Trouble trouble, Reply reply, std::string detail, bool politely);

    const Endpoint& m_endpoint;
    State m_state = State::Unconnected;
    bool m_toLoopback = false;
    bool m_encrypted = false;
    bool m_greeted = false;
    bool m_moreInput = false;
    bool m_hasMail = false;
    bool m_needsReset = false;
    bool m_contentWritten = false;
    int m_mails = 0;
    unsigned m_progress = 0;
    std::uint64_t m_content_bytes = 0;
    ReplyParser m_parser;
    Capabilities m_capabilities;
    Login m_login;
    Envelope m_envelope;
    WireEncoder m_encoder;
    Transcript m_transcript;
    Transaction m_mail;
    Outcome m_outcome;
    std::string m_held;  ///< encoded content that was not written yet
    std::deque<Event> m_events;
};

}  // namespace postroom::smtp
