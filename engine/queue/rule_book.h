// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The reply rules in force: the operator's file in the data folder where there is one, else those built in.
//
// Any thread. Whoever judges takes the edition of the moment and keeps it while it judges.

#include "engine/base/clock.h"
#include "engine/base/snapshot.h"
#include "engine/policy/reply_rules.h"

#include <mutex>
#include <string>

namespace postroom::queue {

class RuleBook {
public:
    struct Edition {
        policy::ReplyRules rules = {};
        std::string path = {};  ///< of the file; empty: built in
        std::string text = policy::ReplyRules::builtInText();
        TimePoint readAt{};
    };

    RuleBook(const std::string& dataFolder, const Clock& clock);

    /// Reads the file again; those built in come back where it has gone. A file that can't be read or is not right
    /// leaves the edition before in force: ValidationFailed or JsonInvalid with file, line, row and reason in the
    /// detail, IoFailed.
    [[nodiscard]] Result<void> reload();
    [[nodiscard]] Snapshot<Edition>::View edition() const { return m_edition.get(); }

private:
    std::string m_path;
    const Clock& m_clock;
    std::mutex m_reloading;  ///< the file as it was last read is the one in force
    Snapshot<Edition> m_edition;
};

}  // namespace postroom::queue
