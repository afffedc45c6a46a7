// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Who gets no mail, as the API shows it.
//
// Names on the wire are what `fields` says. Changed together with: engine/api/suppressions.cpp.

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

}  // namespace postroom::contract
