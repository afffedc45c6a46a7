// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/content/template/show.h"

#include "engine/content/template/letters.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace postroom::content::templates {

namespace {

void appendInteger(std::string& out, std::int64_t value) {
    std::array<char, 24> digits{};
    out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
}

void appendHex(std::string& out, std::string_view lead, char32_t value, int digits) {
    constexpr std::string_view hex = "0123456789abcdef";
    out += lead;
    for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) out.push_back(hex[value >> shift & 15]);
}

void appendQuoted(std::string& out, std::string_view text) {
    const char quote = text.find('\'') != text.npos && text.find('"') == text.npos ? '"' : '\'';
    out.push_back(quote);
    for (std::size_t at = 0; at < text.size(); at += letterLength(text, at)) {
        const char32_t letter = letterAt(text, at);
        if (letter == static_cast<unsigned char>(quote) || letter == '\\')
            out.push_back('\\'), out.push_back(text[at]);
        else if (letter == '\n')
            out += "\\n";
        else if (letter == '\r')
            out += "\\r";
        else if (letter == '\t')
            out += "\\t";
        else if (isShown(letter))
            out += text.substr(at, letterLength(text, at));
        else if (letter < 0x100)
            appendHex(out, "\\x", letter, 2);
        else if (letter < 0x10000)
            appendHex(out, "\\u", letter, 4);
        else
            appendHex(out, "\\U", letter, 8);
    }
    out.push_back(quote);
}

void appendShown(Work& work, std::string& out, const Value& value);

void appendItems(Work& work, std::string& out, const Value& list) {
    for (std::size_t i = 0; i < list.size() && work.spend(1); ++i) {
        if (i > 0) out += ", ";
        appendShown(work, out, list.at(i));
    }
}

void appendList(Work& work, std::string& out, const Value& list) {
    const Sequence* sequence = list.sequence();
    const Sequence::Form form = sequence ? sequence->form : Sequence::Form::List;
    if (form == Sequence::Form::Range) {
        out += "range(";
        appendInteger(out, sequence->start), out += ", ", appendInteger(out, sequence->stop);
        if (sequence->step != 1) out += ", ", appendInteger(out, sequence->step);
        out += ")";
        return;
    }
    out += form == Sequence::Form::Tuple ? "(" : "[";
    appendItems(work, out, list);
    if (form == Sequence::Form::Tuple && list.size() == 1) out += ",";
    out += form == Sequence::Form::Tuple ? ")" : "]";
}

/// repr(value)
void appendShown(Work& work, std::string& out, const Value& value) {
    if (!work.hasRoom(out.size())) return;
    switch (value.kind()) {
        case Value::Kind::Undefined: out += "Undefined"; return;
        case Value::Kind::Text:
            if (!work.hasRoom(out.size() + value.view().size()) ||
                !work.spend(static_cast<std::int64_t>(value.view().size() / 16)))
                return;
            if (value.isSafe()) out += "Markup(";
            appendQuoted(out, value.view());
            if (value.isSafe()) out += ")";
            return;
        case Value::Kind::Map:
            out += "{";
            for (std::size_t i = 0; i < value.size() && work.spend(1); ++i) {
                if (i > 0) out += ", ";
                appendShown(work, out, value.at(i));
                out += ": ";
                appendShown(work, out, value.valueAt(i));
            }
            out += "}";
            return;
        default: appendText(work, out, value);
    }
}

void appendJsonText(Work& work, std::string& out, std::string_view text) {
    // Each letter may become six: there is no room for a text that has none as it is.
    if (!work.hasRoom(out.size() + text.size()) || !work.spend(static_cast<std::int64_t>(text.size() / 16))) return;
    out.push_back('"');
    for (std::size_t at = 0; at < text.size(); at += letterLength(text, at)) {
        const char32_t letter = letterAt(text, at);
        const bool isPlain = letter >= 0x20 && letter < 0x7F && letter != '"' && letter != '\\' && letter != '<' &&
                             letter != '>' && letter != '&' && letter != '\'';
        constexpr std::string_view controls = "\b\f\n\r\t\"\\", names = "bfnrt\"\\";
        const std::size_t known = letter < 0x80 ? controls.find(static_cast<char>(letter)) : controls.npos;
        if (isPlain) {
            out.push_back(static_cast<char>(letter));
        } else if (known != controls.npos) {
            out.push_back('\\'), out.push_back(names[known]);
        } else if (letter < 0x10000) {
            appendHex(out, "\\u", letter, 4);
        } else {
            appendHex(out, "\\u", 0xD800 + ((letter - 0x10000) >> 10), 4);
            appendHex(out, "\\u", 0xDC00 + ((letter - 0x10000) & 0x3FF), 4);
        }
    }
    out.push_back('"');
}

void breakLine(std::string& out, int indent, int level) {
    if (indent < 0) return;
    out.push_back('\n');
    out.append(static_cast<std::size_t>(indent) * static_cast<std::size_t>(level), ' ');
}

void appendJsonMap(Work& work, std::string& out, const Value& map, int indent, int level) {
    if (!work.spend(static_cast<std::int64_t>(map.size()) * 4)) return;
    std::vector<std::size_t> order(map.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::size_t size_bytes = out.size();
    for (std::size_t i = 0; i < map.size(); ++i) {
        const Value key = map.at(i);
        if (!key.isText()) return void(work.fail(ValueReason, "json takes only text as keys"));
        size_bytes += key.view().size();
    }
    // Long keys that begin alike would be compared to their ends.
    if (!work.hasRoom(size_bytes)) return;
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return map.at(a).view() < map.at(b).view(); });
    out += "{";
    for (std::size_t i = 0; i < order.size() && work.spend(1) && work.hasRoom(out.size()); ++i) {
        if (i > 0) out += indent < 0 ? ", " : ",";
        breakLine(out, indent, level + 1);
        appendJsonText(work, out, map.at(order[i]).view());
        out += ": ";
        appendJson(work, out, map.valueAt(order[i]), indent, level + 1);
    }
    if (!order.empty()) breakLine(out, indent, level);
    out += "}";
}

}  // namespace

void appendReal(std::string& out, double value) {
    if (std::isnan(value)) return void(out += "nan");
    if (std::isinf(value)) return void(out += value < 0 ? "-inf" : "inf");
    std::array<char, 40> digits{};
    const double size = std::abs(value);
    const bool isPlain = size == 0 || (size >= 1e-4 && size < 1e16);
    const auto format = isPlain ? std::chars_format::fixed : std::chars_format::scientific;
    const char* end = std::to_chars(digits.data(), digits.data() + digits.size(), value, format).ptr;
    const std::string_view text{digits.data(), static_cast<std::size_t>(end - digits.data())};
    out += text;
    if (isPlain && text.find('.') == text.npos) out += ".0";
}

void appendText(Work& work, std::string& out, const Value& value) {
    switch (value.kind()) {
        case Value::Kind::Undefined:
            if (work.isStrict() && !value.undefined().isMild) work.failUndefined(value.undefined());
            return;
        case Value::Kind::None: out += "None"; return;
        case Value::Kind::Bool: out += value.boolean() ? "True" : "False"; return;
        case Value::Kind::Int: return appendInteger(out, value.integer());
        case Value::Kind::Float: return appendReal(out, value.real());
        case Value::Kind::Text:
            if (work.hasRoom(out.size() + value.view().size())) out += value.view();
            return;
        case Value::Kind::List: return appendList(work, out, value);
        case Value::Kind::Map: return appendShown(work, out, value);
        case Value::Kind::Loop: work.fail(ValueReason, "loop can't be shown, only its parts"); return;
    }
}

std::string_view textOf(Work& work, const Value& value, std::string& scratch) {
    if (value.isText()) {
        if (!work.hasRoom(value.view().size()) || !work.spend(static_cast<std::int64_t>(value.view().size() / 16)))
            return {};
        return value.view();
    }
    scratch.clear();
    appendText(work, scratch, value);
    return scratch;
}

void appendJson(Work& work, std::string& out, const Value& value, int indent, int level) {
    if (!work.hasRoom(out.size())) return;
    switch (value.kind()) {
        case Value::Kind::None: out += "null"; return;
        case Value::Kind::Bool: out += value.boolean() ? "true" : "false"; return;
        case Value::Kind::Int: return appendInteger(out, value.integer());
        case Value::Kind::Float:
            if (!std::isfinite(value.real())) return void(work.fail(ValueReason, "json knows no infinite number"));
            return appendReal(out, value.real());
        case Value::Kind::Text: return appendJsonText(work, out, value.view());
        case Value::Kind::Map: return appendJsonMap(work, out, value, indent, level);
        case Value::Kind::List:
            if (value.sequence() && value.sequence()->form == Sequence::Form::Range) break;
            out += "[";
            for (std::size_t i = 0; i < value.size() && work.spend(1) && work.hasRoom(out.size()); ++i) {
                if (i > 0) out += indent < 0 ? ", " : ",";
                breakLine(out, indent, level + 1);
                appendJson(work, out, value.at(i), indent, level + 1);
            }
            if (value.size() > 0) breakLine(out, indent, level);
            out += "]";
            return;
        case Value::Kind::Undefined: work.failUndefined(value.undefined()); return;
        case Value::Kind::Loop: break;
    }
    work.fail(ValueReason, std::string{kindName(value)} + " can't be written as json");
}

void appendEscaped(std::string& out, std::string_view text) {
    std::size_t copied = 0;
    for (std::size_t at = text.find_first_of("&<>'\""); at != text.npos; at = text.find_first_of("&<>'\"", at + 1)) {
        out.append(text, copied, at - copied);
        copied = at + 1;
        switch (text[at]) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '\'': out += "&#39;"; break;
            default: out += "&#34;";
        }
    }
    out.append(text, copied);
}

void appendEscapedText(Work& work, std::string& out, const Value& value) {
    if (value.isText() && !work.hasRoom(out.size() + value.view().size())) return;
    if (value.isSafe()) return void(out += value.view());
    if (value.isText()) return appendEscaped(out, value.view());
    if (value.kind() != Value::Kind::List && value.kind() != Value::Kind::Map) return appendText(work, out, value);
    std::string scratch;
    appendText(work, scratch, value);
    appendEscaped(out, scratch);
}

std::size_t findText(std::string_view text, std::string_view piece, std::size_t from) {
    if (from > text.size() || piece.size() > text.size() - from) return text.npos;
    if (piece.size() <= 16) return text.find(piece, from);
    // Knuth, Morris and Pratt: two long texts of one letter would keep the plain search busy for hours.
    std::vector<std::uint32_t> falls(piece.size(), 0);
    for (std::size_t i = 1, matched = 0; i < piece.size(); ++i) {
        while (matched > 0 && piece[i] != piece[matched]) matched = falls[matched - 1];
        if (piece[i] == piece[matched]) ++matched;
        falls[i] = static_cast<std::uint32_t>(matched);
    }
    for (std::size_t i = from, matched = 0; i < text.size(); ++i) {
        while (matched > 0 && text[i] != piece[matched]) matched = falls[matched - 1];
        if (text[i] == piece[matched]) ++matched;
        if (matched == piece.size()) return i + 1 - piece.size();
    }
    return text.npos;
}

}  // namespace postroom::content::templates
