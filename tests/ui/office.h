// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// An engine as it looks in a busy office: accounts in every state, thousands of messages, keys, a sandbox, an hour's
// chart.

#include "tests/ui/fake_engine.h"

namespace postroom::ui {

/// Fills the fake engine. The clock stands: every run shows the same.
void furnish(FakeEngine& engine);
/// The message whose details tell a story: deferred twice, then sent to one of two.
[[nodiscard]] QString storyMessage();
/// The account whose password its server does not take any more; its connection test says so.
[[nodiscard]] QString brokenAccount();
/// A key that programs use; it can be given a new secret.
[[nodiscard]] QString usedKey();

}  // namespace postroom::ui
