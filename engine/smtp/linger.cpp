// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/smtp/linger.h"

#ifdef _WIN32
#include <winsock2.h>
#else
#include <sys/socket.h>
#endif

namespace postroom::smtp {

void resetOnClose(std::intptr_t descriptor) {
    if (descriptor < 0) return;
    // Qt has no option for it. BSD sockets are the same everywhere but for the pointer's type.
    linger atOnce{};
    atOnce.l_onoff = 1;
    atOnce.l_linger = 0;
#ifdef _WIN32
    setsockopt(static_cast<SOCKET>(descriptor), SOL_SOCKET, SO_LINGER, reinterpret_cast<const char*>(&atOnce),
               sizeof atOnce);
#else
    setsockopt(static_cast<int>(descriptor), SOL_SOCKET, SO_LINGER, &atOnce, sizeof atOnce);
#endif
}

}  // namespace postroom::smtp
