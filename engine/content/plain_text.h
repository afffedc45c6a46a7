// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The text beside an html that came without one.
//
// Any thread; pure; one pass. Not a renderer: it keeps what somebody would miss who can't see the html. Blocks become
// lines and paragraphs, list items get a dash, cells are parted by a space, a link is followed by where it leads, a
// picture is its alt text; script, style, head and comments go.

#include <string>
#include <string_view>

namespace postroom::content {

/// UTF-8 in, UTF-8 out with LF line ends, none at the end; never longer than a few times the html.
[[nodiscard]] std::string plainTextOf(std::string_view html);

}  // namespace postroom::content
