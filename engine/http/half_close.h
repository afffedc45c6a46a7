// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

#include <cstdint>

namespace postroom::http {

/// Ends the sending side of a TCP socket and leaves the receiving side open, which Qt's sockets can't (RFC 9112 §9.6):
/// closing a socket with unread bytes makes the system send a reset, which may destroy the response on its way.
void closeSending(std::intptr_t descriptor);

}  // namespace postroom::http
