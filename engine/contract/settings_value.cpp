// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/contract/settings_value.h"

#include "engine/base/text.h"
#include "engine/contract/settings_address.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <QTimeZone>

namespace postroom::contract {

namespace {

using Checked = tl::expected<std::string, std::string>;
Checked must(std::string what) {
    return tl::unexpected<std::string>("must " + std::move(what));
}

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> items;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(separator), text.size());
        if (const auto item = trimmed(text.substr(0, end)); !item.empty()) items.emplace_back(item);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return items;
}

std::string joined(const std::vector<std::string>& words, std::string_view between) {
    std::string out;
    for (const std::string& word : words) out.append(out.empty() ? "" : between).append(word);
    return out;
}

Checked number(const SettingRow& row, std::string_view value) {
    std::int64_t got = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), got);
    const std::string_view unit = row.kind == SettingKind::Seconds     ? " of seconds"
                                  : row.kind == SettingKind::SizeBytes ? " of bytes"
                                                                       : "";
    if (error != std::errc{} || end != value.data() + value.size() || got < row.least || got > row.most)
        return must("be a whole number" + std::string(unit) + " from " + std::to_string(row.least) + " to " +
                    std::to_string(row.most) + ", without a unit");
    return std::to_string(got);
}

Checked boolean(std::string_view value) {
    for (const std::string_view word : {"true", "1", "yes", "on"})
        if (equalsIgnoreCase(value, word)) return "true";
    for (const std::string_view word : {"false", "0", "no", "off"})
        if (equalsIgnoreCase(value, word)) return "false";
    return must("be true or false");
}

Checked choice(const SettingRow& row, std::string_view value) {
    const auto words = split(row.choices, ' ');
    for (const std::string& word : words)
        if (equalsIgnoreCase(value, word)) return word;
    return must("be " + joined(words, " or "));
}

Checked url(const SettingRow& row, std::string_view value) {
    const auto schemes = split(row.choices, ' ');
    const std::size_t colon = value.find("://");
    const std::string scheme = colon == value.npos ? "" : toLowerAscii(value.substr(0, colon));
    const bool known =
        schemes.empty() ? !scheme.empty() : std::find(schemes.begin(), schemes.end(), scheme) != schemes.end();
    if (!known)
        return must("be a URL" + (schemes.empty() ? "" : " that begins with " + joined(schemes, ":// or ") + "://"));
    if (hasControls(value) || value.find(' ') != value.npos) return must("be a URL without blanks");
    const std::string_view rest = value.substr(colon + 3);
    const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
    if (scheme == "sqlite") {
        if (authority.empty() && rest.size() > 1) return std::string(value);
        return must("be sqlite:///path, with three slashes before the path");
    }
    const std::size_t at = authority.rfind('@');
    std::string_view host = at == authority.npos ? authority : authority.substr(at + 1);
    const std::size_t bracket = host.rfind(']');
    const std::size_t portAt = host.find(':', bracket == host.npos ? 0 : bracket);
    const std::string_view port = portAt == host.npos ? std::string_view{} : host.substr(portAt + 1);
    if (host.substr(0, portAt).empty() || (!port.empty() && !portNumber(port)))
        return must("be a URL like " + (schemes.empty() ? "scheme" : schemes.back()) +
                    "://user:password@host:port/name, with /, ?, #, @ and : of the password percent-encoded");
    return std::string(value);
}

Checked zone(std::string_view value) {
    if (value == ":/etc/localtime" || value == "/etc/localtime") return std::string{};  // the system's, said otherwise
    if (value == "UTC" || QTimeZone::isTimeZoneIdAvailable(viewOf(value))) return std::string(value);
    return must("be an IANA time zone like Asia/Shanghai or UTC");
}

Checked eachOf(std::string_view value, bool (*good)(std::string_view), std::string_view what) {
    const auto items = listItems(value);
    for (const std::string& item : items)
        if (!good(item)) return must(std::string(what) + ", but one is '" + printable(item, 60) + "'");
    return joined(items, ",");
}

bool isHost(std::string_view text) {
    return text == "*" || isDomain(text) || isAddress(text);
}

// Where a URL's password stands: from behind the user's colon to the last "@" of all, so that a password with a slash
// in it is covered too.
struct Span {
    std::size_t begin = 0;
    std::size_t end = 0;
};
Span passwordSpan(std::string_view url) {
    const std::size_t scheme = url.find("://");
    const std::size_t start = scheme == url.npos ? 0 : scheme + 3;
    const std::size_t at = url.rfind('@');
    const std::size_t colon = url.find(':', start);
    if (at == url.npos || colon == url.npos || colon > at) return {};
    return {colon + 1, at};
}
bool speaksOfSecret(std::string_view parameter) {
    const std::string name = toLowerAscii(parameter);
    for (const std::string_view word : {"pass", "pwd", "secret", "token"})
        if (name.find(word) != name.npos) return true;
    return false;
}

}  // namespace

Checked checkedValue(const SettingRow& row, std::string_view value) {
    if (row.isSecret() ? value.find('\0') != value.npos : hasControls(value))
        return must("not have control characters");
    switch (row.kind) {
        case SettingKind::Text:
        case SettingKind::Path: return std::string(value);
        case SettingKind::Choice: return choice(row, value);
        case SettingKind::Integer:
        case SettingKind::SizeBytes:
        case SettingKind::Seconds: return number(row, value);
        case SettingKind::Boolean: return boolean(value);
        case SettingKind::Url: return url(row, value);
        case SettingKind::Listen:
            if (listenAddress(value)) return std::string(value);
            return must("be ADDRESS:PORT, like 127.0.0.1:8000, [::1]:8000 or localhost:8000");
        case SettingKind::Hosts: return eachOf(value, isHost, "be * or host names with commas between and no ports");
        case SettingKind::Cidrs:
            return eachOf(value, isNetwork, "be networks like 10.0.0.0/8 or addresses with commas between");
        case SettingKind::Domain:
            if (isDomain(value)) return toLowerAscii(value);
            return must("be one host name like mail.example.com");
        case SettingKind::Zone: return zone(value);
        case SettingKind::Key:
            if (keyBytes(value)) return std::string(value);
            return must("be a Fernet key or the base64 of 32 bytes (make one with 'postroomctl secrets generate')");
        case SettingKind::Password:
            if (static_cast<std::int64_t>(value.size()) >= row.least) return std::string(value);
            return must("have at least " + std::to_string(row.least) +
                        " bytes (make one with 'postroomctl secrets generate')");
    }
    Q_UNREACHABLE();
}

std::string shownValue(const SettingRow& row, const std::string& value) {
    if (value.empty()) return {};
    if (row.isSecret()) return "***";
    // What has no effect was not checked, and may hold anything.
    return printable(row.kind == SettingKind::Url ? maskedUrl(value) : value, 4096);
}

std::string maskedUrl(std::string_view url) {
    const Span span = passwordSpan(url);
    std::string out{url.substr(0, span.begin)};
    if (span.begin < span.end) out += "***";
    std::string_view rest = url.substr(span.end);
    const std::size_t query = std::min(rest.find('?'), rest.size());
    out.append(rest.substr(0, query));
    for (rest.remove_prefix(query); !rest.empty();) {
        // One parameter with the mark before it.
        const std::size_t end = std::min(rest.find_first_of("&;#", 1), rest.size());
        const std::string_view piece = rest.substr(0, end);
        const std::size_t equals = piece.find('=');
        const bool masked =
            equals != piece.npos && equals + 1 < piece.size() && speaksOfSecret(piece.substr(0, equals));
        out.append(masked ? piece.substr(0, equals + 1) : piece).append(masked ? "***" : "");
        rest.remove_prefix(end);
    }
    return out;
}

std::string passwordIn(std::string_view url) {
    if (const Span span = passwordSpan(url); span.begin < span.end)
        return std::string(url.substr(span.begin, span.end - span.begin));
    const std::size_t query = url.find('?');
    if (query == url.npos) return {};
    for (const std::string& parameter : split(url.substr(query + 1), '&'))
        if (const std::size_t equals = parameter.find('=');
            equals != parameter.npos && speaksOfSecret(parameter.substr(0, equals)))
            return parameter.substr(equals + 1);
    return {};
}

bool isSampleSecret(std::string_view value) {
    // As the manual and its copies write them: with dashes or underscores, some with "_here" or "-long" behind.
    std::string plain = toLowerAscii(trimmed(value));
    std::replace(plain.begin(), plain.end(), '_', '-');
    for (const std::string_view tail : {"-here", "-long"})
        if (plain.size() > tail.size() && plain.compare(plain.size() - tail.size(), tail.size(), tail) == 0)
            plain.resize(plain.size() - tail.size());
    constexpr std::array<std::string_view, 13> samples{"your-jwt-secret-key-at-least-32-chars",
                                                       "your-secret-key-at-least-32-chars",
                                                       "your-jwt-secret-key",
                                                       "your-secret-key",
                                                       "your-encryption-key-base64-encoded",
                                                       "your-encryption-key",
                                                       "your-password",
                                                       "your-rabbitmq-password",
                                                       "your-redis-password",
                                                       "your-db-password",
                                                       "your-secure-password",
                                                       "new-password",
                                                       "encrypted-password"};
    return std::find(samples.begin(), samples.end(), plain) != samples.end();
}

std::optional<Secret> keyBytes(std::string_view written) {
    if (written.size() < 43 || written.size() > 44) return std::nullopt;
    auto bytes = fromBase64(written);
    if (!bytes) bytes = fromBase64Url(written.substr(0, 43));
    const bool padded = written.size() == 43 || written.back() == '=';
    if (!bytes || bytes->size() != 32 || !padded) return std::nullopt;
    return Secret{*std::move(bytes)};
}

std::vector<std::string> listItems(std::string_view text) {
    return split(text, ',');
}

}  // namespace postroom::contract
