// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

#include "engine/base/error.h"

#include <tl/expected.hpp>

namespace postroom {

/// Every function that can fail returns one; nothing of ours throws.
template <typename T = void>
using Result = tl::expected<T, Error>;

/// `return fail(ErrorCode::NotFound, "no message ...")`.
[[nodiscard]] inline tl::unexpected<Error> fail(ErrorCode code, std::string detail = {}) {
    return tl::unexpected<Error>(Error{.code = code, .params = {}, .detail = std::move(detail), .fields = {}});
}
[[nodiscard]] inline tl::unexpected<Error> fail(Error error) {
    return tl::unexpected<Error>(std::move(error));
}

}  // namespace postroom
