// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/contract/env_file.h"

#include "engine/base/platform.h"
#include "engine/base/text.h"

#include <filesystem>

namespace postroom::contract {

namespace {

constexpr std::size_t longestFile = 1 << 20;
constexpr std::size_t longestLine = 64 << 10;
constexpr std::size_t mostFaults = 50;

template <typename T>
using Read = tl::expected<T, std::string>;  // the reason, in English
tl::unexpected<std::string> because(std::string reason) {
    return tl::unexpected<std::string>(std::move(reason));
}

bool isBlank(char c) {
    return c == ' ' || c == '\t';
}
bool isNameStart(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}
bool isNamePart(char c) {
    return isNameStart(c) || (c >= '0' && c <= '9');
}
std::string_view withoutBlanks(std::string_view text) {
    while (!text.empty() && isBlank(text.front())) text.remove_prefix(1);
    return text;
}

// Behind a closing quote there may be blanks and a comment.
bool endsLine(std::string_view rest) {
    const std::string_view text = withoutBlanks(rest);
    return text.empty() || (text.front() == '#' && text.size() < rest.size());
}

Read<void> refuseExpansion(std::string_view value, std::size_t at) {
    if (value.substr(at, 2) == "${")
        return because("has ${...}, which is not expanded here: write the value itself, or put '...' around it");
    return {};
}

Read<std::string> quoted(std::string_view text) {
    std::string value;
    for (std::size_t at = 1; at < text.size(); ++at) {
        if (text[at] == '"') {
            if (!endsLine(text.substr(at + 1))) return because("has text behind its closing quote");
            return value;
        }
        if (const auto plain = refuseExpansion(text, at); !plain) return because(plain.error());
        if (text[at] != '\\') {
            value.push_back(text[at]);
            continue;
        }
        if (++at == text.size()) break;
        constexpr std::string_view escapes = "nrt\"\\$";
        constexpr std::string_view meanings = "\n\r\t\"\\$";
        const std::size_t which = escapes.find(text[at]);
        if (which == escapes.npos)
            return because("has an unknown escape: only \\n \\r \\t \\\" \\\\ \\$ mean something");
        value.push_back(meanings[which]);
    }
    return because("has no closing \"");
}

Read<std::string> literal(std::string_view text) {
    const std::size_t end = text.find('\'', 1);
    if (end == text.npos) return because("has no closing '");
    if (!endsLine(text.substr(end + 1))) return because("has text behind its closing quote");
    return std::string(text.substr(1, end - 1));
}

Read<std::string> bare(std::string_view text) {
    std::size_t end = 0;
    for (; end < text.size(); ++end) {
        if (text[end] == '#' && end > 0 && isBlank(text[end - 1])) break;
        if (const auto plain = refuseExpansion(text, end); !plain) return because(plain.error());
    }
    return std::string(trimmed(text.substr(0, end)));
}

Read<std::string> valueOf(std::string_view text) {
    const std::string_view value = withoutBlanks(text);
    if (value.empty() || (value.front() == '#' && value.size() < text.size())) return std::string{};
    if (value.front() == '"') return quoted(value);
    if (value.front() == '\'') return literal(value);
    return bare(value);
}

// A name and its value; an empty name if the line has none. A fault's text begins with the name where there is one.
Read<EnvLine> lineOf(std::string_view raw, int number) {
    if (raw.size() > longestLine) return because("is longer than 64 KiB");
    if (!isValidUtf8(raw)) return because("is not UTF-8");
    for (const char c : raw)
        if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F) return because("has a control character");
    std::string_view text = withoutBlanks(raw);
    if (text.empty() || text.front() == '#') return EnvLine{};
    constexpr std::string_view word = "export";
    if (text.substr(0, word.size()) == word && text.size() > word.size() && isBlank(text[word.size()]))
        text = withoutBlanks(text.substr(word.size()));
    std::size_t end = 0;
    while (end < text.size() && (end == 0 ? isNameStart(text[end]) : isNamePart(text[end]))) ++end;
    const std::string name{text.substr(0, end)};
    const std::string_view rest = withoutBlanks(text.substr(end));
    // What stands there instead isn't shown: it may be a secret that lost its name.
    if (name.empty() || rest.empty() || rest.front() != '=') return because("is not NAME=value");
    auto value = valueOf(rest.substr(1));
    if (!value) return because(printable(name, 80) + " " + value.error());
    return EnvLine{.line = number, .name = name, .value = *std::move(value)};
}

}  // namespace

Result<std::vector<EnvLine>> parseEnv(std::string_view text, std::string_view fileName) {
    std::vector<EnvLine> lines;
    Error error{.code = ErrorCode::ConfigInvalid, .params = {}, .detail = {}, .fields = {}};
    const std::string file{fileName};
    if (text.size() > longestFile) return fail(ErrorCode::ConfigInvalid, file + " is larger than 1 MiB");
    if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
    for (int number = 1; !text.empty(); ++number) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view raw = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (!raw.empty() && raw.back() == '\r') raw.remove_suffix(1);
        auto line = lineOf(raw, number);
        if (!line && error.fields.size() < mostFaults)
            error.fields.push_back({"line " + std::to_string(number), "setting.line_malformed",
                                    file + ":" + std::to_string(number) + ": " + line.error()});
        if (line && !line->name.empty()) lines.push_back(*std::move(line));
    }
    if (error.fields.empty()) return lines;
    error.detail = file + " has lines that can't be read";
    return fail(std::move(error));
}

Result<EnvFile> readEnvFile(const std::string& path) {
    auto content = platform::readFile(path, longestFile);
    if (!content) return fail(content.error());
    auto lines = parseEnv(*content, path);
    if (!lines) return fail(lines.error());
    std::error_code error;
    const auto permissions = std::filesystem::status(path, error).permissions();
    // A group may read it: that is how a service's file belongs to root and is read by the service.
    const bool open = !error && (permissions & std::filesystem::perms::others_read) != std::filesystem::perms::none;
    return EnvFile{.path = path, .lines = *std::move(lines), .worldReadable = open};
}

}  // namespace postroom::contract
