// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/observe/log.h"

#include "engine/base/text.h"

#include <array>

namespace postroom::observe {

namespace {

constexpr std::array<std::string_view, 5> levelNames{"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"};
// What one message may take; who logs a whole body has made a mistake, and the disk is not to pay for it.
constexpr std::size_t messageAtMost = 16 * 1024;

// Controls would forge lines or move a terminal's cursor, and the marks of writing direction reorder what is read.
bool mustEscape(char16_t c) {
    return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x2028 || c == 0x2029 || (c >= 0x202A && c <= 0x202E) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0x200E || c == 0x200F || c == 0xFEFF;
}

QString escaped(std::string_view text) {
    constexpr char16_t digits[] = u"0123456789abcdef";
    QString out;
    const QString given = toQString(text);
    out.reserve(given.size());
    for (const QChar character : given) {
        const char16_t c = character.unicode();
        if (c == u'\n') {
            out += u"\\n";
        } else if (mustEscape(c)) {
            out += u"\\u";
            for (int shift = 12; shift >= 0; shift -= 4) out += QChar{digits[c >> shift & 0xF]};
        } else {
            out += character;
        }
    }
    return out;
}

// For plain lines: what can't be shown is spelt out.
std::string shown(std::string_view text) {
    return toUtf8(escaped(text));
}

// For JSON: the quote and the backslash of the text first, so that those of escaped() keep their meaning.
std::string quoted(std::string_view text) {
    std::string inner;
    inner.reserve(text.size());
    for (const char c : text) {
        if (c == '"' || c == '\\') inner += '\\';
        inner += c;
    }
    return '"' + toUtf8(escaped(inner)) + '"';
}

std::string messageOf(const LogLine& line) {
    std::string message = redacted(line.message.substr(0, messageAtMost));
    if (line.message.size() > messageAtMost) message += "... (" + std::to_string(line.message.size()) + " bytes)";
    return message;
}

}  // namespace

std::string_view name(LogLevel level) {
    return levelNames[static_cast<std::size_t>(level)];
}

std::optional<LogLevel> logLevelNamed(std::string_view name) {
    for (std::size_t i = 0; i < levelNames.size(); ++i)
        if (equalsIgnoreCase(name, levelNames[i])) return static_cast<LogLevel>(i);
    return std::nullopt;
}

std::string jsonLine(const LogLine& line) {
    std::string out = R"({"at":")" + toIso(line.at) + R"(","level":")";
    out.append(name(line.level));
    out += R"(","category":)" + quoted(line.category) + R"(,"message":)" + quoted(messageOf(line)) + '}';
    return out;
}

std::string plainLine(const LogLine& line) {
    std::string out = toIso(line.at) + ' ';
    out.append(name(line.level));
    out += ' ' + shown(line.category) + ": " + shown(messageOf(line));
    return out;
}

}  // namespace postroom::observe
