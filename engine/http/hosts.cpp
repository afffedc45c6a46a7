// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/http/hosts.h"

#include "engine/base/text.h"

#include <algorithm>
#include <charconv>

namespace postroom::http {

namespace {

struct Authority {
    std::string_view host;  // with its brackets
    std::string_view port;  // may be empty
};

bool isDigits(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<Authority> splitAuthority(std::string_view text) {
    Authority authority;
    std::size_t end = 0;
    if (!text.empty() && text.front() == '[') {
        end = text.find(']');
        if (end == std::string_view::npos || end < 3) return std::nullopt;
        if (text.substr(1, end - 1).find_first_not_of("0123456789abcdefABCDEF:.") != std::string_view::npos)
            return std::nullopt;
        ++end;
    } else {
        end = std::min(text.find(':'), text.size());
        constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
        if (end == 0 || text.substr(0, end).find_first_not_of(allowed) != std::string_view::npos) return std::nullopt;
    }
    authority.host = text.substr(0, end);
    if (end < text.size()) {
        if (text[end] != ':') return std::nullopt;
        authority.port = text.substr(end + 1);
        if (authority.port.size() > 5 || !isDigits(authority.port)) return std::nullopt;
    }
    return authority;
}

bool isLoopback(std::string_view host) {
    if (host == "localhost" || host == "[::1]") return true;
    if (host.substr(0, 4) != "127.") return false;
    int parts = 0;
    while (true) {
        const std::size_t end = std::min(host.find('.'), host.size());
        unsigned part = 256;
        const auto [last, error] = std::from_chars(host.data(), host.data() + end, part);
        if (error != std::errc{} || last != host.data() + end || part > 255) return false;
        ++parts;
        if (end == host.size()) return parts == 4;
        host.remove_prefix(end + 1);
    }
}

// An origin is ours if it has the Host header's host and port. Its scheme may differ: a proxy in front may speak TLS.
bool isOwnOrigin(std::string_view origin, std::string_view hostHeader) {
    std::string_view standardPort;
    if (origin.substr(0, 7) == "http://") {
        standardPort = "80";
        origin.remove_prefix(7);
    } else if (origin.substr(0, 8) == "https://") {
        standardPort = "443";
        origin.remove_prefix(8);
    }
    const auto theirs = splitAuthority(origin);
    const auto ours = splitAuthority(hostHeader);
    if (standardPort.empty() || !theirs || !ours) return false;
    const auto port = [&](const Authority& authority) {
        return authority.port.empty() ? standardPort : authority.port;
    };
    return equalsIgnoreCase(theirs->host, ours->host) && port(*theirs) == port(*ours);
}

}  // namespace

std::optional<std::string> hostName(std::string_view hostHeader) {
    const auto authority = splitAuthority(hostHeader);
    if (!authority) return std::nullopt;
    return toLowerAscii(authority->host);
}

HostNames::HostNames(const std::vector<std::string>& allowed, std::string_view listenAddress) {
    const auto add = [this](std::string_view name) {
        if (name.empty() || name == "*") return;
        // IPv6 addresses are compared in their brackets, as Host writes them.
        const bool bare = name.find(':') != std::string_view::npos && name.front() != '[';
        m_names.push_back(toLowerAscii(bare ? "[" + std::string{name} + "]" : std::string{name}));
    };
    add(listenAddress);
    for (const std::string& name : allowed) add(name);
}

std::optional<Error> HostNames::object(const RequestHead& head, std::string_view localAddress) const {
    const auto error = [](ErrorCode code, const char* detail) {
        return Error{.code = code, .params = {}, .detail = detail, .fields = {}};
    };
    if (!serves(head.host, localAddress)) return error(ErrorCode::HostUnknown, "this host name is not served here");
    for (const auto& [name, value] : head.headers) {
        if (name.size() == 6 && equalsIgnoreCase(name, "origin")) {
            if (!isOwnOrigin(value, head.header("host")))
                return error(ErrorCode::OriginForeign, "the request comes from a page of another origin");
        } else if (name.size() == 14 && equalsIgnoreCase(name, "sec-fetch-site")) {
            if (equalsIgnoreCase(value, "cross-site"))
                return error(ErrorCode::OriginForeign, "the request comes from a page of another site");
        }
    }
    return std::nullopt;
}

bool HostNames::serves(std::string_view host, std::string_view localAddress) const {
    return isLoopback(host) || host == localAddress || std::find(m_names.begin(), m_names.end(), host) != m_names.end();
}

}  // namespace postroom::http
