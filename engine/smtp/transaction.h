// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// One message on its way through one account: what goes in and what came of it. Values; any thread.

#include "engine/base/clock.h"
#include "engine/base/id.h"
#include "engine/base/result.h"
#include "engine/smtp/reply.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postroom::smtp {

/// Where a dialogue stands. Body is the mail's content under way, Dot the wait for the reply to the final ".".
enum class Stage { Connect, Tls, Greeting, Ehlo, StartTls, Auth, MailFrom, RcptTo, Data, Body, Dot, Done };
/// "connect", "mail_from", ...
[[nodiscard]] std::string_view name(Stage stage);

/// Why it ended there. Refused is the server's word (see the reply); everything else is ours or the network's.
enum class Trouble {
    None,
    Refused,
    ConnectFailed,
    NameUnresolved,
    TlsFailed,
    TimedOut,
    Closed,
    ProtocolViolated,
    StartTlsMissing,
    AuthMissing,
    SizeExceeded,
    BodyUnreadable,
    Unsigned,  ///< the mail has to be signed and the key can't be used; nothing was begun
    Aborted
};
/// "none", "refused", "connect_failed", ...
[[nodiscard]] std::string_view name(Trouble trouble);

/// A message's content in successive pieces.
class Body {
public:
    virtual ~Body() = default;
    [[nodiscard]] virtual std::uint64_t size_bytes() const = 0;
    /// The next piece (64 KiB at most advised; valid until the next call), CRLF line ends, not dot-stuffed; empty =
    /// end.
    [[nodiscard]] virtual Result<std::string_view> next() = 0;
};

/// A Body that is one string.
class StringBody final : public Body {
public:
    explicit StringBody(std::string content) : m_content(std::move(content)) {}
    [[nodiscard]] std::uint64_t size_bytes() const override { return m_content.size(); }
    [[nodiscard]] Result<std::string_view> next() override {
        if (m_given) return std::string_view{};
        m_given = true;
        return std::string_view{m_content};
    }

private:
    std::string m_content;
    bool m_given = false;
};

struct Transaction {
    Id attempt{};
    Id account{};
    std::string mailFrom{};                 ///< without <>; empty = the null sender
    std::vector<std::string> recipients{};  ///< without <>; ASCII
    std::unique_ptr<Body> body{};
    bool confirmDot = false;                 ///< ask Port::beforeDot() in any case
    std::optional<TimePoint> dotNotAfter{};  ///< "." never leaves later than this: a lease's end
};

struct Outcome {
    Id attempt{};
    Id account{};
    Stage stage = Stage::Connect;     ///< Done = 2xx to "."; else where it ended
    Trouble trouble = Trouble::None;  ///< None only with Done
    Reply reply{};                    ///< of the failing command or of "."
    std::vector<Reply> recipients{};  ///< one for each of Transaction::recipients; code 0 = never answered
    bool dotSent = false;             ///< "." may have left: with a trouble other than Refused the result is unknown
    std::string peer{};               ///< "127.0.0.1:2525"
    std::string tls{};                ///< "TLSv1.3 TLS_AES_256_GCM_SHA384" or empty
    std::string detail{};             ///< one English line for operators
    std::vector<std::string> transcript{};  ///< "C: ..." and "S: ...", no secrets; 64 lines of 512 bytes at most
    std::chrono::milliseconds took{0};
};

}  // namespace postroom::smtp
