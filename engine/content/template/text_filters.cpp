// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/text.h"
#include "engine/content/template/arithmetic.h"
#include "engine/content/template/filters.h"
#include "engine/content/template/letters.h"
#include "engine/content/template/show.h"

#include <algorithm>

namespace postroom::content::templates {

namespace {

std::string upperOf(std::string_view text) {
    if (!isAscii(text)) return toUtf8(toQString(text).toUpper());
    std::string out{text};
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    return out;
}
std::string lowerOf(std::string_view text) {
    return isAscii(text) ? toLowerAscii(text) : toUtf8(toQString(text).toLower());
}

Value upper(Work& work, const Value& input, const Arguments&) {
    std::string scratch;
    return work.text(upperOf(textOf(work, input, scratch)), input.isSafe());
}
Value lower(Work& work, const Value& input, const Arguments&) {
    std::string scratch;
    return work.text(lowerOf(textOf(work, input, scratch)), input.isSafe());
}

/// The rest of a word goes to lower case; a word begins behind white space and - ( { [ <.
Value title(Work& work, const Value& input, const Arguments&) {
    std::string scratch, out;
    const std::string_view text = textOf(work, input, scratch);
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        const auto parts = [&] {
            const char32_t letter = letterAt(text, end);
            return isSpace(letter) ||
                   (letter < 0x80 && std::string_view{"-({[<"}.find(text[end]) != std::string_view::npos);
        };
        while (end < text.size() && parts()) end += letterLength(text, end);
        out += text.substr(at, end - at);
        if ((at = end) >= text.size()) break;
        while (end < text.size() && !parts()) end += letterLength(text, end);
        const std::size_t first = letterLength(text, at);
        out += upperOf(text.substr(at, first));
        out += lowerOf(text.substr(at + first, end - at - first));
        at = end;
    }
    return work.text(std::move(out));
}

Value trim(Work& work, const Value& input, const Arguments& arguments) {
    std::string scratch, charactersScratch;
    std::string_view text = textOf(work, input, scratch);
    if (!arguments[0] || arguments[0]->kind() == Value::Kind::None) {
        text.remove_prefix(leadingSpace(text));
        text.remove_suffix(trailingSpace(text));
        return work.text(std::string{text}, input.isSafe());
    }
    const std::string_view characters = textOf(work, *arguments[0], charactersScratch);
    if (!work.spend(static_cast<std::int64_t>(text.size() * (characters.size() / 16 + 1) / 16))) return {};
    const auto isOne = [&](std::size_t at, std::size_t length) {
        return characters.find(text.substr(at, length)) != characters.npos;
    };
    while (!text.empty() && isOne(0, letterLength(text, 0))) text.remove_prefix(letterLength(text, 0));
    while (!text.empty()) {
        std::size_t start = text.size() - 1;
        while (start > 0 && (static_cast<unsigned char>(text[start]) & 0xC0) == 0x80) --start;
        if (!isOne(start, text.size() - start)) break;
        text.remove_suffix(text.size() - start);
    }
    return work.text(std::string{text}, input.isSafe());
}

std::string escaped(std::string_view text) {
    std::string out;
    appendEscaped(out, text);
    return out;
}

Value replace(Work& work, const Value& input, const Arguments& arguments) {
    std::string scratch, oldScratch, newScratch;
    std::string text{textOf(work, input, scratch)}, old{textOf(work, *arguments[0], oldScratch)};
    std::string with{textOf(work, *arguments[1], newScratch)};
    const bool hasCount = arguments[2] && arguments[2]->kind() != Value::Kind::None;
    const std::int64_t most = hasCount ? integerOr(work, arguments[2], 0) : -1;
    bool isMarkup = false;
    if (work.escapes()) {
        const bool isEscaped = arguments[0]->isSafe() || (arguments[1]->isSafe() && !input.isSafe());
        if (isEscaped && !input.isSafe()) text = escaped(text);
        isMarkup = isEscaped || input.isSafe();
        // Markup's own replace escapes what it is given.
        if (isMarkup && !arguments[0]->isSafe()) old = escaped(old);
        if (isMarkup && !arguments[1]->isSafe()) with = escaped(with);
    }
    std::string out;
    std::size_t at = 0;
    for (std::int64_t done = 0; done != most && work.hasRoom(out.size()); ++done) {
        if (!work.spend(static_cast<std::int64_t>(with.size() / 16) + 1)) return {};
        if (old.empty()) {
            out += with;
            if (at >= text.size()) break;
            out.append(text, at, letterLength(text, at));
            at += letterLength(text, at);
            continue;
        }
        const std::size_t found = findText(text, old, at);
        if (found == text.npos) break;
        out.append(text, at, found - at).append(with);
        at = found + old.size();
    }
    if (at < text.size()) out.append(text, at);
    return work.text(std::move(out), isMarkup);
}

/// Percent-encodes what is not unreserved (RFC 3986 §2.3); a query's value has + for a blank, and no bare slash.
void appendEncoded(std::string& out, std::string_view text, bool isQuery) {
    constexpr std::string_view hex = "0123456789ABCDEF";
    for (const char c : text) {
        const bool isLetter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (isLetter || c == '_' || c == '.' || c == '-' || c == '~' || (c == '/' && !isQuery)) {
            out.push_back(c);
        } else if (c == ' ' && isQuery) {
            out.push_back('+');
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out.push_back('%'), out.push_back(hex[byte >> 4]), out.push_back(hex[byte & 15]);
        }
    }
}

Value urlencode(Work& work, const Value& input, const Arguments&) {
    std::string out, scratch;
    const bool isMap = input.kind() == Value::Kind::Map;
    if (!isMap && input.kind() != Value::Kind::List) {
        appendEncoded(out, textOf(work, input, scratch), false);
        return work.text(std::move(out));
    }
    for (std::size_t i = 0; i < input.size() && work.spend(1) && work.hasRoom(out.size()); ++i) {
        Value key = input.at(i), value;
        if (isMap) {
            value = input.valueAt(i);
        } else {
            const Items pair{work, key};
            if (work.failed()) return {};
            if (pair.size() != 2) return work.fail(ValueReason, "urlencode takes a list of pairs");
            value = pair.at(1), key = pair.at(0);
        }
        if (i > 0) out += '&';
        appendEncoded(out, textOf(work, key, scratch), true);
        out += '=';
        appendEncoded(out, textOf(work, value, scratch), true);
    }
    return work.text(std::move(out));
}

Value nl2br(Work& work, const Value& input, const Arguments&) {
    std::string scratch;
    if (!work.escapes()) return input.isText() ? input : work.text(std::string{textOf(work, input, scratch)});
    std::string text, out;
    appendEscapedText(work, text, input);
    if (!work.spend(static_cast<std::int64_t>(text.size() / 16))) return {};
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n') continue;
        if (text[at] == '\n' || text[at] == '\r')
            out += "<br>\n";
        else
            out.push_back(text[at]);
    }
    return work.text(std::move(out), true);
}

Value truncate(Work& work, const Value& input, const Arguments& arguments) {
    const std::int64_t length = integerOr(work, arguments[0], 255);
    const bool killsWords = truthOr(work, arguments[1], false);
    std::string endScratch;
    const std::string_view end = arguments[2] ? textOf(work, *arguments[2], endScratch) : "...";
    const bool hasLeeway = arguments[3] && arguments[3]->kind() != Value::Kind::None;
    const std::int64_t leeway = hasLeeway ? integerOr(work, arguments[3], 5) : 5;
    const auto endLength = static_cast<std::int64_t>(letterCount(end));
    if (length < endLength || leeway < 0)
        return work.fail(ValueReason, "truncate needs a length that its end fits into, and a leeway of at least 0");
    if (input.isUndefined()) return static_cast<void>(holds(work, input)), input;
    if (!input.isText()) {
        // A list or mapping that is short enough stays what it is.
        const bool hasSize = input.kind() == Value::Kind::List || input.kind() == Value::Kind::Map;
        if (hasSize && static_cast<std::int64_t>(input.size()) - length <= leeway) return input;
        return work.fail(ValueReason, std::string{kindName(input)} + " can't be truncated");
    }
    std::string_view text = input.view();
    if (!work.spend(static_cast<std::int64_t>(text.size() / 16))) return {};
    const auto letters = static_cast<std::int64_t>(letterCount(text));
    if (letters <= length || letters - length <= leeway) return input;
    text = text.substr(0, letterOffset(text, static_cast<std::size_t>(length - endLength)));
    if (!killsWords) text = text.substr(0, text.rfind(' '));
    std::string out{text};
    const bool isEscaped = input.isSafe() && !(arguments[2] && arguments[2]->isSafe());
    const bool isMarkup = input.isSafe() || (arguments[2] && arguments[2]->isSafe());
    if (isMarkup && !input.isSafe()) out = escaped(out);
    isEscaped ? appendEscaped(out, end) : void(out += end);
    return work.text(std::move(out), isMarkup);
}

Value safe(Work& work, const Value& input, const Arguments&) {
    if (input.isText()) {
        Text text = input.text();
        text.isSafe = true;
        return text;
    }
    std::string scratch;
    return work.text(std::string{textOf(work, input, scratch)}, true);
}

Value escape(Work& work, const Value& input, const Arguments&) {
    if (input.isSafe()) return input;
    std::string out;
    if (input.isText() && !work.spend(static_cast<std::int64_t>(input.view().size() / 16))) return {};
    appendEscapedText(work, out, input);
    return work.text(std::move(out), true);
}

constexpr std::array table{
    Filter{"upper", {}, 0, upper},
    Filter{"lower", {}, 0, lower},
    Filter{"title", {}, 0, title},
    Filter{"trim", {"chars"}, 0, trim},
    Filter{"replace", {"old", "new", "count"}, 2, replace},
    Filter{"urlencode", {}, 0, urlencode},
    Filter{"nl2br", {}, 0, nl2br},
    Filter{"truncate", {"length", "killwords", "end", "leeway"}, 0, truncate},
    Filter{"safe", {}, 0, safe},
    Filter{"e", {}, 0, escape},
    Filter{"escape", {}, 0, escape},
};

}  // namespace

std::span<const Filter> textFilters() {
    return table;
}

}  // namespace postroom::content::templates
