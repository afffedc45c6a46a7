// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/content/header.h"

#include "engine/content/encoded_word.h"

#include <algorithm>
#include <array>

namespace postroom::content {

namespace {

constexpr std::size_t nameLimit = 70;      // with its blank and what may stand behind it in a line
constexpr std::size_t filenameLimit = 56;  // ` filename="..."` in a line
constexpr std::size_t extendedLimit = 60;  // ` filename*12*=...;` in a line

constexpr bool isAlnum(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool isAttributeChar(char c) {
    return isAlnum(c) || c == '-' || c == '.' || c == '_';
}  // of RFC 5987's, the dull ones
constexpr bool isContinuation(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

bool isAtoms(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return isAlnum(c) || std::string_view{" !#$%&'*+-/=?^_`{|}~"}.find(c) != std::string_view::npos;
    });
}

std::string quoted(std::string_view text) {
    std::string out{'"'};
    for (const char c : text) {
        if (c == '"' || c == '\\') out.push_back('\\');
        out.push_back(c);
    }
    return out += '"';
}

void putMailbox(FoldedLine& line, const Mailbox& mailbox, std::string_view tail) {
    // A canonical address is printable already; whatever else arrives here must not end the line.
    std::string address = mailbox.address;
    std::erase_if(address, [](char c) { return c < ' ' || c > '~'; });
    if (mailbox.name.empty()) return line.put(address.append(tail));

    // A name is one token: a fold inside a phrase is legal, and there are readers that show it.
    const std::string token = isAtoms(mailbox.name) ? mailbox.name : quoted(mailbox.name);
    if (isPlain(mailbox.name) && token.size() <= nameLimit)
        line.put(token);
    else
        line.putEncoded(mailbox.name);
    line.put('<' + address + '>' + std::string{tail});
}

/// The name for readers that don't know RFC 2231: ASCII that none takes for an encoded word, its end kept since
/// programs are chosen by it.
std::string standIn(std::string_view filename) {
    std::string out;
    for (const char c : filename) {
        const bool kept = c >= ' ' && c <= '~' && !(c == '?' && out.ends_with('='));
        if (!isContinuation(c)) out.push_back(kept ? c : '_');
    }
    if (out.size() <= filenameLimit) return out;
    const std::size_t dot = out.rfind('.');
    const std::string ending = dot != out.npos && out.size() - dot <= 12 ? out.substr(dot) : std::string{};
    return out.substr(0, filenameLimit - ending.size()) + ending;
}

/// RFC 2231 §4: percent-encoded UTF-8, in numbered pieces (§3) where it is long. No piece splits a character: there are
/// readers that decode piece by piece.
void putExtendedFilename(FoldedLine& line, std::string_view filename) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::vector<std::string> pieces{"utf-8''"};
    for (std::size_t at = 0; at < filename.size();) {
        std::string character;
        do {
            const auto byte = static_cast<unsigned char>(filename[at]);
            if (isAttributeChar(filename[at]))
                character.push_back(filename[at]);
            else
                character.append({'%', digits[byte >> 4], digits[byte & 15]});
        } while (++at < filename.size() && isContinuation(filename[at]) && character.size() < 12);
        if (pieces.back().size() + character.size() > extendedLimit) pieces.emplace_back();
        pieces.back() += character;
    }
    if (pieces.size() == 1) return line.putParameter("filename*=" + pieces[0]);
    for (std::size_t i = 0; i < pieces.size(); ++i)
        line.putParameter("filename*" + std::to_string(i) + "*=" + pieces[i]);
}

void appendDigits(std::string& out, long value, int width) {
    const std::string digits = std::to_string(value);
    out.append(std::max<std::size_t>(digits.size(), static_cast<std::size_t>(width)) - digits.size(), '0')
        .append(digits);
}

}  // namespace

std::string unstructuredHeader(std::string_view name, std::string_view value) {
    FoldedLine line{name};
    line.putText(value);
    return std::move(line).take();
}

std::string addressHeader(std::string_view name, const std::vector<Mailbox>& mailboxes) {
    FoldedLine line{name};
    for (std::size_t i = 0; i < mailboxes.size(); ++i)
        putMailbox(line, mailboxes[i], i + 1 < mailboxes.size() ? "," : "");
    return std::move(line).take();
}

std::string fromHeader(const Mailbox& mailbox) {
    FoldedLine line{"From"};
    putMailbox(line, mailbox, {});
    return std::move(line).take();
}

std::string dateHeader(TimePoint at) {
    using namespace std::chrono;
    static constexpr std::array weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = floor<days>(at);
    const year_month_day date{day};
    const hh_mm_ss time{floor<seconds>(at - day)};
    std::string out = "Date: ";
    out.append(weekdays[weekday{day}.c_encoding()]).append(", ");
    appendDigits(out, static_cast<unsigned>(date.day()), 2);
    out.append(" ").append(months[static_cast<unsigned>(date.month()) - 1]).append(" ");
    appendDigits(out, static_cast<int>(date.year()), 4);
    out += ' ';
    appendDigits(out, time.hours().count(), 2);
    out += ':';
    appendDigits(out, time.minutes().count(), 2);
    out += ':';
    appendDigits(out, time.seconds().count(), 2);
    return out += " +0000\r\n";
}

std::string attachmentHeader(std::string_view filename, bool isInline) {
    FoldedLine line{"Content-Disposition"};
    line.put(isInline ? "inline" : "attachment");
    if (!isPlain(filename) || filename.size() > filenameLimit) putExtendedFilename(line, filename);
    line.putParameter("filename=" + quoted(standIn(filename)));
    return std::move(line).take();
}

}  // namespace postroom::content
