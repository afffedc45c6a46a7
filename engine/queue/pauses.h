// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The rows of what is paused, as the dispatcher asks them.

#include "engine/policy/pauses.h"
#include "engine/store/records.h"

#include <vector>

namespace postroom::queue {

/// A kind that this program does not know keeps nothing back.
[[nodiscard]] policy::Pauses pausesOf(const std::vector<store::PauseRecord>& rows);

}  // namespace postroom::queue
