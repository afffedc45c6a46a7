// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What the system said of a file. For the room's own files on POSIX.

#include "engine/base/result.h"

#include <cerrno>
#include <cstring>
#include <string>

namespace postroom::platform {

/// errno, as it is now: StorageFull where there is no room, else IoFailed.
[[nodiscard]] inline tl::unexpected<Error> ioError(const std::string& what, const std::string& path) {
    const int number = errno;
    const ErrorCode code = number == ENOSPC || number == EDQUOT ? ErrorCode::StorageFull : ErrorCode::IoFailed;
    return fail(code, what + " " + path + ": " + std::strerror(number));
}

}  // namespace postroom::platform
