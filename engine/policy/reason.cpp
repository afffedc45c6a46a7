// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/policy/reason.h"

namespace postroom::policy {

const std::vector<std::string_view>& allReasons() {
    static const std::vector<std::string_view> all{
#define POSTROOM_WIRE(constant, wire, english) wire,
        POSTROOM_REASONS(POSTROOM_WIRE)
#undef POSTROOM_WIRE
    };
    return all;
}

std::string_view reasonTitle(std::string_view reason) {
#define POSTROOM_TITLE(constant, wire, english) \
    if (reason == wire) return english;
    POSTROOM_REASONS(POSTROOM_TITLE)
#undef POSTROOM_TITLE
    return {};
}

}  // namespace postroom::policy
