// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/smtp/capabilities.h"

#include "engine/base/text.h"

#include <charconv>

namespace postroom::smtp {

namespace {

std::string_view word(std::string_view& line) {
    line = trimmed(line);
    const std::string_view first = line.substr(0, line.find_first_of(" \t"));
    line.remove_prefix(first.size());
    return first;
}

void mechanisms(Capabilities& found, std::string_view list) {
    while (true) {
        const std::string_view one = word(list);
        if (one.empty()) return;
        if (equalsIgnoreCase(one, "PLAIN")) found.authPlain = true;
        if (equalsIgnoreCase(one, "LOGIN")) found.authLogin = true;
        if (equalsIgnoreCase(one, "XOAUTH2")) found.authXOAuth2 = true;
    }
}

}  // namespace

Capabilities Capabilities::fromEhlo(std::string_view rawLines) {
    Capabilities found;
    rawLines.remove_prefix(std::min(rawLines.find('\n'), rawLines.size()));
    while (!rawLines.empty()) {
        rawLines.remove_prefix(1);
        const std::size_t end = std::min(rawLines.find('\n'), rawLines.size());
        std::string_view rest = rawLines.substr(0, end);
        rawLines.remove_prefix(end);

        const std::string_view keyword = word(rest);
        if (equalsIgnoreCase(keyword, "PIPELINING")) found.pipelining = true;
        if (equalsIgnoreCase(keyword, "STARTTLS")) found.startTls = true;
        if (equalsIgnoreCase(keyword, "AUTH")) mechanisms(found, rest);
        // "AUTH=LOGIN PLAIN": from a draft before RFC 2554, still sent by old servers beside or instead of the real
        // one.
        if (keyword.size() > 5 && equalsIgnoreCase(keyword.substr(0, 5), "AUTH=")) {
            mechanisms(found, keyword.substr(5));
            mechanisms(found, rest);
        }
        if (equalsIgnoreCase(keyword, "SIZE")) {
            found.size = true;
            const std::string_view limit = word(rest);
            std::uint64_t value = 0;
            const auto [stop, error] = std::from_chars(limit.data(), limit.data() + limit.size(), value);
            if (error == std::errc{} && stop == limit.data() + limit.size()) found.sizeLimit_bytes = value;
        }
    }
    return found;
}

}  // namespace postroom::smtp
