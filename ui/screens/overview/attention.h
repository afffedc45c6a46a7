// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What needs a human, out of what the engine says: a pure function, so that its rows can be read in a test.

#include "engine/contract/resources.h"
#include "ui/models/desk.h"

namespace postroom::ui {

struct Attention {
    Tone tone = Tone::Warn;
    QString text = {};
    QString action = {};  ///< of the button behind it
    Place place = Place::Overview;
    QString what = {};  ///< see Desk::go
};

/// Worst first, at most `most`; the last says how many more there are.
[[nodiscard]] QList<Attention> attentionOf(const contract::QueueStatus& queue,
                                           const std::vector<contract::Account>& accounts, bool hasKeys,
                                           qsizetype most = 8);

}  // namespace postroom::ui
