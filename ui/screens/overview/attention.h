// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What needs a human, out of what the engine says: a pure function, so that its rows can be read in a test.

#include "engine/contract/resources.h"
#include "ui/models/desk.h"

#include <map>
#include <optional>

namespace postroom::ui {

struct Attention {
    Tone tone = Tone::Warn;
    QString text = {};
    QString action = {};  ///< of the button behind it
    Place place = Place::Overview;
    QString what = {};                            ///< see Desk::go
    std::optional<contract::Pause> resumes = {};  ///< the button ends this pause, and leads nowhere
    friend bool operator==(const Attention& a, const Attention& b) {
        // The text names the pause.
        return a.tone == b.tone && a.text == b.text && a.action == b.action && a.place == b.place && a.what == b.what;
    }
};

/// What was read last. What never could be is not there, and nothing is concluded from it.
struct Seen {
    enum class Part { Queue, Chart, Accounts, Keys };
    std::map<std::string, std::int64_t> counts = {};  ///< as QueueStatus::recipients
    std::int64_t imbalance = 0;
    std::vector<contract::Pause> pauses = {};
    std::optional<std::vector<contract::Account>> accounts = {};
    std::optional<bool> hasKeys = {};
    std::map<Part, Error> troubles = {};  ///< why the last try to read a part failed
};

/// Worst first, at most `most`; the last says how many more there are.
[[nodiscard]] QList<Attention> attentionOf(const Seen& seen, qsizetype most = 8);

}  // namespace postroom::ui
