// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What a person has paused, and whose mail that keeps back.
//
// Pure, any thread: the dispatcher asks on the way of a message, the API asks for `waiting_for`.

#include "engine/base/id.h"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

namespace postroom::policy {

/// The pause that keeps a recipient's mail back.
struct MailPause {
    enum class Of { Template, Domain };
    Of of = Of::Template;
    std::string name;
    friend bool operator==(const MailPause&, const MailPause&) = default;
};

/// Nothing new leaves there until it is resumed.
struct Pauses {
    bool everything = false;
    std::unordered_set<Id> accounts;
    std::unordered_set<std::string> templates;  ///< by name
    std::unordered_set<std::string> domains;    ///< of recipients, as A-labels in lower case; not those below them

    /// No mail is kept back for its template or its recipient.
    [[nodiscard]] bool keepsNoMail() const { return templates.empty() && domains.empty(); }
    [[nodiscard]] bool holds(const MailPause& pause) const;
};

/// What keeps the mail of this template (empty: of none) for this address back. Not asked for the sandbox's, which goes
/// to nobody: who repairs a template tries it there.
[[nodiscard]] std::optional<MailPause> pauseOf(const Pauses& pauses, const std::string& templateName,
                                               std::string_view recipient);

}  // namespace postroom::policy
