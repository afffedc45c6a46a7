// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The server's side of one SMTP dialogue, without a socket: bytes in, replies out, whole mails to the Port. Pure.
//
// Strict where it matters: a command line ends in CRLF and has no other CR, LF or NUL; a mail ends in CRLF "." CRLF
// only, so that smuggled content stays content.

#include "engine/base/result.h"
#include "engine/base/secret.h"
#include "engine/smtp/sandbox/fault.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postroom::smtp::sandbox {

struct Letter {
    std::string from{};
    std::vector<std::string> to{};
    std::string content{};
};

class Session {
public:
    class Port {
    public:
        virtual ~Port() = default;
        [[nodiscard]] virtual Result<void> keep(Letter letter) = 0;
        /// What goes wrong at this stage, this time.
        [[nodiscard]] virtual std::optional<Fault> faultAt(Stage) { return std::nullopt; }
    };
    static constexpr std::size_t LineLimit_bytes = 12'288;  ///< RFC 4954 §4.5.3.1.1: the longest an AUTH may need
    static constexpr std::size_t RecipientsLimit = 1000;

    /// Mail is taken from who logs in with the password, whatever the name; from anybody where it is empty.
    Session(Port& port, std::uint64_t mailLimit_bytes, Secret password)
        : m_port(port), m_mailLimit_bytes(mailLimit_bytes), m_password(std::move(password)) {}

    /// The first words.
    [[nodiscard]] std::string greeting();
    /// What to answer to these bytes.
    [[nodiscard]] std::string feed(std::string_view bytes);
    /// How long to wait, before anything more is read, until resume() has the next answer; 0: not at all.
    [[nodiscard]] std::chrono::milliseconds pause() const { return m_pause; }
    [[nodiscard]] std::string resume();
    /// Close once the last answer has left.
    [[nodiscard]] bool isOver() const { return m_state == State::Over; }

private:
    enum class State { Command, AuthPlain, AuthUser, AuthPassword, Content, Over };
    void command(std::string_view line);
    void mail(std::string_view argument);
    void rcpt(std::string_view argument);
    void auth(std::string_view argument);
    void logIn(const std::optional<std::string>& password);
    void contentLine(std::string_view line);
    void contentEnds();
    void say(std::string_view reply) { m_out.append(reply).append("\r\n"); }
    void giveUp(std::string_view reply);
    /// Commits the fault that is due at the stage. True if that was the answer, or there will be none.
    bool errs(Stage stage);

    Port& m_port;
    std::uint64_t m_mailLimit_bytes;
    Secret m_password;
    bool m_loggedIn = false;
    State m_state = State::Command;
    bool m_greeted = false;
    bool m_hasMail = false;
    std::string m_input;
    std::size_t m_scanned = 0;
    std::string m_out;
    std::string m_early;  ///< the answers before a pause
    std::chrono::milliseconds m_pause{0};
    Letter m_letter;
};

}  // namespace postroom::smtp::sandbox
