// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/policy/reply_pattern.h"

#include "engine/base/text.h"

#include <algorithm>
#include <charconv>

namespace postroom::policy {

namespace {

std::optional<int> numberIn(std::string_view digits) {
    int number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc{} || end != digits.data() + digits.size() || digits.size() > 3 || number < 0)
        return std::nullopt;
    return number;
}

}  // namespace

bool EnhancedPattern::holds(const std::array<int, 3>& enhanced) const {
    return std::equal(parts.begin(), parts.end(), enhanced.begin(),
                      [](const Span& span, int part) { return span.holds(part); });
}

std::optional<Span> codesNamed(std::string_view digits) {
    const auto number = numberIn(digits);
    if (!number || (digits.front() != '4' && digits.front() != '5')) return std::nullopt;
    int width = 1;
    for (std::size_t missing = digits.size(); missing < 3; ++missing) width *= 10;
    return Span{*number * width, *number * width + width - 1};
}

std::optional<EnhancedPattern> enhancedNamed(std::string_view text) {
    EnhancedPattern pattern;
    for (std::size_t part = 0; part < 3; ++part) {
        const std::string_view piece = text.substr(0, text.find('.'));
        if (part < 2 ? piece.size() == text.size() : piece.size() != text.size()) return std::nullopt;
        text.remove_prefix(std::min(text.size(), piece.size() + 1));
        const std::size_t hyphen = piece.find('-');
        const auto first = piece == "*" ? 0 : numberIn(piece.substr(0, hyphen));
        const auto last = piece == "*" ? 999 : hyphen == piece.npos ? first : numberIn(piece.substr(hyphen + 1));
        if (!first || !last || *first > *last) return std::nullopt;
        pattern.parts[part] = {*first, *last};
    }
    const Span& kind = pattern.parts[0];
    if (!kind.holds(4) && !kind.holds(5)) return std::nullopt;
    return pattern;
}

std::array<int, 3> enhancedParts(std::string_view enhanced) {
    std::array<int, 3> parts{-1, -1, -1};
    const char* at = enhanced.data();
    const char* const end = at + enhanced.size();
    for (int& part : parts) {
        const auto [next, error] = std::from_chars(at, end, part);
        if (error != std::errc{}) return {-1, -1, -1};
        at = next < end ? next + 1 : next;
    }
    return parts;
}

std::string foldWord(std::string_view word) {
    std::string folded;
    for (const char c : toLowerAscii(word)) {
        const bool blank = c == ' ' || c == '\t';
        if (!blank || !folded.ends_with(' ')) folded += blank ? ' ' : c;
    }
    return folded;
}

}  // namespace postroom::policy
