// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// A mail server for first steps and tests: takes every mail on 127.0.0.1 and keeps it in a Maildir instead of sending
// it.
//
// Lives in the smtp Worker's thread, all calls in it. Bounded: mails, bytes, connections, lines.

#include "engine/base/clock.h"
#include "engine/base/result.h"
#include "engine/base/secret.h"
#include "engine/smtp/sandbox/fault.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postroom::smtp::sandbox {

struct Mail {
    std::string id{};  ///< a UUIDv7
    TimePoint receivedAt{};
    std::string from{};             ///< the envelope's
    std::vector<std::string> to{};  ///< the envelope's
    std::uint64_t size_bytes = 0;   ///< of the file: content and our head lines
    std::string subject{};          ///< as in the mail: still encoded, unfolded, printable UTF-8
};

struct Limits {
    std::size_t mails = 1000;
    std::uint64_t total_bytes = 256ULL << 20;
    std::uint64_t mail_bytes = 52'428'800;
    int connections = 64;
    std::chrono::milliseconds idleTimeout{300'000};
};

class Server {
public:
    /// Keeps its mails in `folder` (tmp, new), which start() makes or takes over with what it holds.
    /// Takes mail from who logs in with the password; from anybody on this machine where it is empty.
    Server(const Clock& clock, std::string folder, Limits limits = {}, Secret password = {});
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Listens on 127.0.0.1; `port` 0 lets the system choose. NetworkFailed or IoFailed.
    [[nodiscard]] Result<std::uint16_t> start(std::uint16_t port = 0);
    /// 0 while it isn't listening.
    [[nodiscard]] std::uint16_t port() const;
    /// Newest first; `before` is the last id of the page before.
    [[nodiscard]] std::vector<Mail> list(std::size_t limit, const std::optional<std::string>& before = {}) const;
    /// The whole file: X-Envelope-To for each recipient, Return-Path, then the mail as it came. NotFound, IoFailed.
    [[nodiscard]] Result<std::string> read(std::string_view id) const;
    [[nodiscard]] Result<void> remove(std::string_view id);
    void clear();
    /// Called after each mail that was kept.
    void onKept(std::function<void()> call);
    [[nodiscard]] std::size_t count() const;
    /// In place of those before, for what comes from here on. In memory: the next start knows none.
    void setFaults(std::vector<Fault> faults);
    [[nodiscard]] const std::vector<Fault>& faults() const;

private:
    class Desk;
    std::unique_ptr<Desk> m_desk;
};

}  // namespace postroom::smtp::sandbox
