// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The source in tokens, with white space control already done. Any thread; pure.

#include "engine/base/result.h"
#include "engine/content/template/tree.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postroom::content::templates {

struct Token {
    enum class Kind : std::uint8_t {
        Data,
        OutputBegin,
        OutputEnd,
        TagBegin,
        TagEnd,
        Name,
        Text,
        Int,
        Float,
        Sign,
        End
    };
    Kind kind = Kind::End;
    Place place{};
    std::string_view text{};  ///< into the source; a string literal with its quotes
};

/// Line ends as LF, and without the one at the end, as Jinja reads a source by default.
[[nodiscard]] std::string normalised(std::string_view source);

/// The tokens of a normalised source, an End as the last. They point into `source`. template.syntax.
[[nodiscard]] Result<std::vector<Token>> tokensOf(std::string_view source);

/// What a string literal means, escapes read as Python reads them. Nothing if an escape is broken.
[[nodiscard]] std::optional<std::string> literalText(std::string_view quoted);

}  // namespace postroom::content::templates
