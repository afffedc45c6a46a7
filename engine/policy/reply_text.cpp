// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/policy/reply_text.h"

#include "engine/base/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

namespace postroom::policy {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t readAtMost = 1024;
constexpr std::chrono::seconds longestAsked = 24h;

constexpr bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

// The length of d.d{1,3}.d{1,3} at the beginning (RFC 3463 §2), 0 if there is none. An IP address is none.
std::size_t enhancedLength(std::string_view text) {
    std::size_t at = 0;
    for (const std::size_t digits : {1u, 3u, 3u}) {
        if (at > 0 && (at >= text.size() || text[at++] != '.')) return 0;
        const std::size_t begin = at;
        while (at < text.size() && isDigit(text[at])) ++at;
        if (at == begin || at - begin > digits) return 0;
    }
    return at < text.size() && text[at] == '.' && at + 1 < text.size() && isDigit(text[at + 1]) ? 0 : at;
}

std::vector<std::string_view> tokens(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    std::vector<std::string_view> found;
    for (std::size_t at = text.find_first_not_of(blanks); at != text.npos;) {
        const std::size_t end = std::min(text.find_first_of(blanks, at), text.size());
        found.push_back(text.substr(at, end - at));
        at = text.find_first_not_of(blanks, end);
    }
    return found;
}

std::string_view bare(std::string_view token) {
    constexpr std::string_view brackets = "([{<\"'~#";
    constexpr std::string_view endings = ")]}>\"'.,;:!";
    while (!token.empty() && brackets.find(token.front()) != brackets.npos) token.remove_prefix(1);
    while (!token.empty() && endings.find(token.back()) != endings.npos) token.remove_suffix(1);
    return token;
}

bool isOneOf(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

std::optional<std::chrono::seconds> unitNamed(std::string_view word) {
    if (isOneOf(word, {"s", "sec", "secs", "second", "seconds"})) return 1s;
    if (isOneOf(word, {"m", "min", "mins", "minute", "minutes"})) return 1min;
    if (isOneOf(word, {"h", "hr", "hrs", "hour", "hours"})) return 1h;
    return std::nullopt;
}

// Reads digits at the front and takes them off. Anything beyond six digits is not a wait.
std::optional<long> takeNumber(std::string_view& text) {
    long value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const auto length = static_cast<std::size_t>(end - text.data());
    if (error != std::errc{} || length > 6 || value < 0 || !isDigit(text.front())) return std::nullopt;
    text.remove_prefix(length);
    return value;
}

// "00:05:00" or "05:00".
std::optional<std::chrono::seconds> clockTime(std::string_view token) {
    long seconds = 0;
    int parts = 0;
    for (;; ++parts) {
        const auto number = token.empty() ? std::nullopt : takeNumber(token);
        if (!number || parts == 3) return std::nullopt;
        seconds = seconds * 60 + *number;
        if (token.empty()) break;
        if (token.front() != ':') return std::nullopt;
        token.remove_prefix(1);
    }
    if (parts == 0) return std::nullopt;
    return std::chrono::seconds{seconds};
}

// "300 seconds", "5min", "1 hour and 30 minutes", "00:05:00", beginning at words[at]; `at` is left behind it. A bare
// number counts as seconds where `bareSeconds` says that the word before it allows no other reading.
std::optional<std::chrono::seconds> waitAt(const std::vector<std::string_view>& words, std::size_t& at,
                                           bool bareSeconds) {
    if (const auto time = clockTime(words[at])) {
        ++at;
        return time;
    }
    std::optional<std::chrono::seconds> sum;
    for (; at < words.size(); ++at) {
        if (sum && words[at] == "and") continue;
        std::string_view rest = words[at];
        const auto number = rest.empty() ? std::nullopt : takeNumber(rest);
        if (!number) break;
        auto unit = unitNamed(rest);
        if (!unit && rest.empty() && at + 1 < words.size() && (unit = unitNamed(words[at + 1]))) ++at;
        if (!unit && rest.empty() && bareSeconds && !sum) unit = 1s;
        if (!unit) break;
        sum = sum.value_or(0s) + *unit * *number;
    }
    return sum;
}

}  // namespace

std::string foldReply(std::string_view text) {
    std::string folded{" "};
    for (const std::string_view token : tokens(text.substr(0, readAtMost))) {
        const std::string_view word = bare(token);
        if (token.find('@') != token.npos || token.find("://") != token.npos) continue;
        if (!word.empty() && enhancedLength(word) == word.size()) continue;
        folded += toLowerAscii(token);
        folded += ' ';
    }
    return folded;
}

std::string_view enhancedIn(std::string_view text, int code) {
    const char digit = static_cast<char>('0' + code / 100);
    text = text.substr(0, readAtMost);
    for (std::size_t at = text.find(digit); at != text.npos; at = text.find(digit, at + 1)) {
        if (at > 0 && (isDigit(text[at - 1]) || text[at - 1] == '.')) continue;
        if (const std::size_t length = enhancedLength(text.substr(at))) return text.substr(at, length);
    }
    return {};
}

std::optional<std::chrono::seconds> askedIn(std::string_view folded) {
    constexpr std::array cues{"try", "again", "later", "wait", "come back", "list", "delay", "defer"};
    if (std::none_of(cues.begin(), cues.end(), [&](const char* cue) { return folded.find(cue) != folded.npos; }))
        return std::nullopt;
    std::vector<std::string_view> words;
    for (const std::string_view token : tokens(folded)) words.push_back(bare(token));
    for (std::size_t at = 1; at < words.size(); ++at) {
        const std::string_view before = words[at - 1];
        const bool bareSeconds = isOneOf(before, {"after", "wait", "retry-after"});
        if (!bareSeconds && !isOneOf(before, {"in", "for", "least", "another", "about", "approximately"})) continue;
        std::size_t behind = at;
        const auto wait = waitAt(words, behind, bareSeconds);
        if (wait && *wait > 0s) return std::min(*wait, longestAsked);
    }
    return std::nullopt;
}

std::optional<std::chrono::seconds> readWait(std::string_view text) {
    const std::vector<std::string_view> words = tokens(text);
    std::size_t at = 0;
    const auto wait = words.empty() ? std::nullopt : waitAt(words, at, false);
    if (!wait || at < words.size() || *wait <= 0s || *wait > longestAsked) return std::nullopt;
    return wait;
}

std::optional<WireReply> readWireReply(std::string_view wire) {
    std::optional<WireReply> reply;
    while (!wire.empty() || !reply) {
        std::string_view line = wire.substr(0, wire.find('\n'));
        wire.remove_prefix(std::min(wire.size(), line.size() + 1));
        if (line.ends_with('\r')) line.remove_suffix(1);
        int code = 0;
        const auto [end, error] =
            std::from_chars(line.data(), line.data() + std::min<std::size_t>(line.size(), 3), code);
        if (error != std::errc{} || end != line.data() + 3 || code < 200 || code > 599) return std::nullopt;
        if (line.size() > 3 && line[3] != ' ' && line[3] != '-') return std::nullopt;
        line.remove_prefix(std::min<std::size_t>(line.size(), 4));
        if (reply && reply->code != code) return std::nullopt;
        if (reply) reply->text += '\n';
        if (!reply) reply = WireReply{.code = code, .text = {}};
        reply->text += line;
    }
    return reply;
}

}  // namespace postroom::policy
