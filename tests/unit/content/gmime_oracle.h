// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// A mail as GMime reads it: a second opinion that shares no line with our composer.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace oracle {

struct Part {
    std::string type;  // "text/plain"
    std::string filename;
    std::string content;  // decoded bytes
};

struct Mail {
    bool readable = false;
    std::string structure;  // "multipart/mixed(text/plain application/pdf)"
    std::string messageId;  // without angle brackets
    std::string subject;
    std::vector<std::pair<std::string, std::string>> from, to, cc, replyTo;  // name, address
    std::int64_t dateSeconds = 0;
    std::vector<std::pair<std::string, std::string>> headers;  // all, decoded
    std::vector<Part> parts;                                   // the leaves in order

    [[nodiscard]] std::string header(std::string_view name) const;
};

[[nodiscard]] Mail read(const std::string& wire);

}  // namespace oracle
