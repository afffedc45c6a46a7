// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/text.h"
#include "engine/http/head.h"

namespace postroom::http {

namespace {

auto malformed(const char* detail) {
    return fail(ErrorCode::RequestMalformed, detail);
}

int hexDigit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

Result<std::string> decode(std::string_view raw) {
    if (raw.find('%') == std::string_view::npos) return std::string{raw};
    std::string path;
    path.reserve(raw.size());
    for (std::size_t i = 0; i < raw.size(); ++i) {
        if (raw[i] != '%') {
            path += raw[i];
            continue;
        }
        if (i + 2 >= raw.size()) return malformed("an escape is cut short");
        const int high = hexDigit(raw[i + 1]);
        const int low = hexDigit(raw[i + 2]);
        if (high < 0 || low < 0) return malformed("an escape is not hexadecimal");
        const char byte = static_cast<char>(high * 16 + low);
        // An escaped slash would make two different targets one path.
        if (byte == '/') return malformed("a slash must not be escaped");
        path += byte;
        i += 2;
    }
    if (!isValidUtf8(path)) return malformed("the path is not UTF-8");
    if (hasControls(path)) return malformed("a control character in the path");
    return path;
}

}  // namespace

Result<void> readTarget(RequestHead& head, std::string_view hostHeader) {
    std::string_view target = head.target;
    if (head.methodName == "CONNECT" || (target == "*" && head.method == Method::Options)) {
        head.path = target;
        return {};
    }
    if (target.front() != '/') {
        const std::size_t scheme = target.find("://");
        if (scheme == std::string_view::npos || !(equalsIgnoreCase(target.substr(0, scheme), "http") ||
                                                  equalsIgnoreCase(target.substr(0, scheme), "https")))
            return malformed("the target has no known form");
        target.remove_prefix(scheme + 3);
        const std::string_view authority = target.substr(0, target.find_first_of("/?"));
        if (!equalsIgnoreCase(authority, hostHeader)) return malformed("the target names another host than Host");
        target.remove_prefix(authority.size());
    }
    const std::size_t mark = target.find('?');
    auto path = decode(target.substr(0, mark));
    if (!path) return fail(std::move(path.error()));
    head.path = path->empty() ? "/" : std::move(*path);
    if (mark != std::string_view::npos) head.query = target.substr(mark + 1);
    return {};
}

}  // namespace postroom::http
