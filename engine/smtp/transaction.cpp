// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/smtp/transaction.h"

#include <array>

namespace postroom::smtp {

std::string_view name(Stage stage) {
    static constexpr std::array<std::string_view, 12> Names{"connect",  "tls",  "greeting",  "ehlo",
                                                            "starttls", "auth", "mail_from", "rcpt_to",
                                                            "data",     "body", "dot",       "done"};
    static_assert(Names.size() == static_cast<std::size_t>(Stage::Done) + 1);
    return Names[static_cast<std::size_t>(stage)];
}

std::string_view name(Trouble trouble) {
    static constexpr std::array<std::string_view, 14> Names{
        "none",          "refused",         "connect_failed",    "name_unresolved",  "tls_failed",
        "timed_out",     "closed",          "protocol_violated", "starttls_missing", "auth_missing",
        "size_exceeded", "body_unreadable", "unsigned",          "aborted"};
    static_assert(Names.size() == static_cast<std::size_t>(Trouble::Aborted) + 1);
    return Names[static_cast<std::size_t>(trouble)];
}

}  // namespace postroom::smtp
