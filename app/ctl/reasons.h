// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Closed words into English sentences: what something waits for, why an attempt ended as it did.

#include "app/ctl/output.h"
#include "engine/contract/resources.h"

namespace postroom::ctl {

/// "waits for the next try at 2026-01-31 23:59:59Z: the server asks to try again later". A code this version does not
/// know is shown as it is.
[[nodiscard]] std::string sentence(const contract::WaitingFor& waiting);
/// The English of a reason word; the word itself where it is not known.
[[nodiscard]] std::string reasonText(const std::string& reason);

}  // namespace postroom::ctl
