// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What both programs with an engine inside tell the system of themselves before they begin.

namespace postroom::app {

/// Files for the owner alone, no core dumps (they would hold secrets), as many open files as are allowed.
void harden();

}  // namespace postroom::app
