// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Who gets no mail, and the faults the sandbox commits on purpose, as the API shows them.
//
// Names on the wire are what `fields` says. Changed together with: engine/api/suppressions.cpp,
// engine/api/sandbox_faults.cpp.

#include "engine/contract/codec.h"

#include <array>

namespace postroom::contract {

/// Why an address gets no mail; the first is what the engine finds out itself.
inline constexpr std::array<std::string_view, 4> suppressionReasons{"hard_bounce", "complaint", "unsubscribed",
                                                                    "manual"};

/// An address, or a domain as "*@b", that gets no mail.
struct Suppression {
    Id id;
    std::string address;  ///< in lower case
    std::string reason;   ///< hard_bounce, complaint, unsubscribed, manual
    std::string reply;    ///< of the server, where it was one that said so
    std::optional<Id> messageId;
    std::string note;
    TimePoint createdAt{};
    std::optional<TimePoint> expiresAt;  ///< null: it stays until it is removed
    static void fields(auto& self, auto&& visit) {
        visit("id", self.id), visit("address", self.address), visit("reason", self.reason);
        visit("reply", self.reply), visit("message_id", self.messageId), visit("note", self.note);
        visit("created_at", self.createdAt), visit("expires_at", self.expiresAt);
    }
};

/// What became of an import. Every line was good, else there was none.
struct SuppressionImport {
    std::int64_t lines = 0;  ///< with an address
    std::int64_t added = 0;
    std::int64_t known = 0;  ///< had one in force, which was left as it is
    std::int64_t ended = 0;  ///< left out: their expires_at has passed
    static void fields(auto& self, auto&& visit) {
        visit("lines", self.lines), visit("added", self.added), visit("known", self.known), visit("ended", self.ended);
    }
};

/// A fault of the sandbox.
struct SandboxFault {
    std::string fault;  ///< reject, defer, drop, stall
    std::string stage;  ///< connect, mail_from, rcpt_to, data, dot
    double rate = 0;    ///< 0 to 1: of all that come to this stage
    std::string reply;  ///< of reject and defer
    std::int64_t stall_ms = 0;
    static void fields(auto& self, auto&& visit) {
        visit("fault", self.fault), visit("stage", self.stage), visit("rate", self.rate), visit("reply", self.reply);
        visit("stall_ms", self.stall_ms);
    }
};

struct SandboxFaults {
    std::vector<SandboxFault> faults;
    static void fields(auto& self, auto&& visit) { visit("faults", self.faults); }
};

}  // namespace postroom::contract
