// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Whether a server's certificates lead to roots that somebody has chosen, and to no others.
//
// Qt 6.4 may take one of the system's roots although others were configured (CVE-2023-34410), so whoever configures
// roots asks here as well. Any thread.

#include "engine/base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace postroom {

/// Chain, host name (or address), time and purpose of the certificates a server showed (DER, leaf first) against these
/// roots (PEM). TlsFailed with the reason in English.
[[nodiscard]] Result<void> leadsTo(std::string_view roots_pem, const std::string& host,
                                   const std::vector<std::string>& chain_der);

}  // namespace postroom
