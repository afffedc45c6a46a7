// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// A disk that fails when told to: a layer between SQLite and the operating system, for every database of this process.

namespace postroom::store::test {

enum class Trouble { None, SyncFails, Full };

/// Once, before the first database is opened.
void installFaultyDisk();
void setTrouble(Trouble trouble);
/// fsync calls so far.
[[nodiscard]] int syncCalls();

}  // namespace postroom::store::test
