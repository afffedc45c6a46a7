// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

#include <cstdint>

namespace postroom::smtp {

/// Makes the next close of this socket a reset (RST): the other side can't take what it has for the whole, and what is
/// still unsent never leaves. Does nothing with a descriptor below 0.
void resetOnClose(std::intptr_t descriptor);

}  // namespace postroom::smtp
