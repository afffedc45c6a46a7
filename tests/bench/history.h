// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// A store as it is after a hundred days of work, all of it done: three messages in a hundred failed, each went to one
// of 50,000 people, some have tags, templates and a sender.

#include "engine/store/writer.h"

namespace postroom::bench {

constexpr int historyPeople = 50'000;

/// Of the people above, 0 to 49,999.
[[nodiscard]] std::string person(int number);
/// Writes `count` messages of one recipient, the last of them now.
[[nodiscard]] Result<void> writeHistory(store::Writer& writer, int count);

}  // namespace postroom::bench
