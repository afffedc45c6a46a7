// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/contract/search.h"

#include "engine/base/text.h"

#include <algorithm>
#include <QUrl>

namespace postroom::contract {

namespace {

constexpr std::string_view wideBlank = "\u3000", wideColon = "\uff1a";

struct Term {
    std::string token;  // lower case; empty: a free word
    std::string value;
    bool isQuoted = false;
};

tl::unexpected<Error> wrong(std::string_view token, std::string_view reason, const std::string& detail) {
    const std::string shown = printable(token, 64);
    Error error = invalidField("q", std::string(reason), shown.empty() ? detail : shown + ": " + detail);
    error.params.emplace_back("token", shown);
    return tl::unexpected<Error>(std::move(error));
}

// How many bytes a blank takes at the head of `text`; 0: there is none.
std::size_t blankAt(std::string_view text) {
    if (text.starts_with(' ')) return 1;
    return text.starts_with(wideBlank) ? wideBlank.size() : 0;
}

bool isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

// The token at the head of `text` with its colon: how long each is. Both 0: there is none.
std::pair<std::size_t, std::size_t> tokenAt(std::string_view text) {
    std::size_t name = 0;
    while (name < text.size() && isLetter(text[name])) ++name;
    const std::string_view rest = text.substr(name);
    const std::size_t colon = rest.starts_with(':') ? 1 : rest.starts_with(wideColon) ? wideColon.size() : 0;
    if (name == 0 || colon == 0) return {0, 0};
    return {name, colon};
}

// Takes one word, quoted or not, off the head of `text`; nothing where a quote stays open or does not end the word.
std::optional<std::string> takeWord(std::string_view& text) {
    std::string word;
    if (!text.starts_with('"')) {
        while (!text.empty() && blankAt(text) == 0) {
            word.push_back(text.front());
            text.remove_prefix(1);
        }
        return word;
    }
    for (text.remove_prefix(1); !text.empty(); text.remove_prefix(1)) {
        if (text.front() == '"') {
            text.remove_prefix(1);
            if (!text.empty() && blankAt(text) == 0) return std::nullopt;
            return word;
        }
        if (text.front() == '\\' && text.size() > 1 && (text[1] == '"' || text[1] == '\\')) text.remove_prefix(1);
        word.push_back(text.front());
    }
    return std::nullopt;
}

Result<std::vector<Term>> termsOf(std::string_view text) {
    std::vector<Term> terms;
    while (true) {
        while (const std::size_t blank = blankAt(text)) text.remove_prefix(blank);
        if (text.empty()) return terms;
        if (terms.size() == Search::mostTerms)
            return wrong({}, "search.too_many", "has more than " + std::to_string(Search::mostTerms) + " terms");
        Term term;
        const std::string_view whole = text;
        if (const auto [name, colon] = tokenAt(text); name > 0) {
            term.token = toLowerAscii(text.substr(0, name));
            text.remove_prefix(name + colon);
        }
        term.isQuoted = text.starts_with('"');
        auto word = takeWord(text);
        if (!word) return wrong(whole, "search.open_quote", "a quote must end, and end its word");
        term.value = std::move(*word);
        terms.push_back(std::move(term));
    }
}

std::optional<AddressPattern> patternOf(std::string_view given) {
    AddressPattern pattern;
    if (given.starts_with('@')) pattern.anyBefore = true;
    if (given.starts_with('*')) pattern.anyBefore = true, given.remove_prefix(1);
    if (given.ends_with('*')) pattern.anyAfter = true, given.remove_suffix(1);
    if (given.empty() || given.find('*') != given.npos || given == "@") return std::nullopt;
    pattern.text = toLowerAscii(given);
    if (const auto at = pattern.text.rfind('@'); !isAscii(pattern.text) && at != pattern.text.npos)
        if (const QByteArray ace = QUrl::toAce(toQString(pattern.text.substr(at + 1))); !ace.isEmpty())
            pattern.text = pattern.text.substr(0, at + 1) + toLowerAscii(ace.toStdString());
    return pattern;
}

// Of what an id can tell: its milliseconds begin in 1970, and a year has four digits.
std::optional<TimePoint> timeOf(const std::string& given) {
    const auto at = [](const std::string& text) -> std::optional<TimePoint> {
        constexpr std::int64_t last_ms = 253'402'300'799'999;
        const auto time = fromIso(text);
        if (!time || time->time_since_epoch().count() < 0 || time->time_since_epoch().count() > last_ms)
            return std::nullopt;
        return *time;
    };
    if (given.size() == 10) return at(given + "T00:00:00Z");
    if (given.size() < 16 || given[10] != 'T') return std::nullopt;
    const auto zoned = at(given);
    return zoned ? zoned : at(given + "Z");
}

template <typename T, typename Value>
Result<void> setOnce(std::optional<T>& to, Value value, std::string_view token) {
    if (to) return wrong(token, "search.repeated", "is given twice");
    to = std::move(value);
    return {};
}

// What one term says, put into `search`.
Result<void> take(Search& search, Term term) {
    const std::string_view token = term.token;
    if (std::find(Search::tokens.begin(), Search::tokens.end(), token) == Search::tokens.end())
        return wrong(token, "search.unknown_token", "is no search token; a word with a colon goes into quotes");
    if (term.value.empty()) return wrong(token, "search.no_value", "has no value");
    if (token == "to" || token == "from") {
        auto pattern = patternOf(term.value);
        if (!pattern)
            return wrong(term.value, "search.bad_address", "is no address; a star stands at its begin or end");
        (token == "to" ? search.to : search.from).push_back(std::move(*pattern));
        return {};
    }
    if (token == "subject") return search.subject.push_back(std::move(term.value)), Result<void>{};
    if (token == "tag") return search.tags.push_back(std::move(term.value)), Result<void>{};
    if (token == "account") return setOnce(search.account, toLowerAscii(term.value), token);
    if (token == "template") return setOnce(search.templateName, std::move(term.value), token);
    if (token == "status") {
        const auto state = stateNamed(toLowerAscii(term.value));
        return state ? setOnce(search.status, *state, token)
                     : wrong(term.value, "search.bad_state", "is no state of messages");
    }
    if (token == "id") {
        const auto id = Id::parse(term.value);
        return id ? setOnce(search.id, *id, token) : wrong(term.value, "search.bad_id", "is no id");
    }
    const auto at = timeOf(term.value);
    if (!at) return wrong(term.value, "search.bad_date", "is no date like 2026-01-31 or 2026-01-31T23:59:59Z");
    return setOnce(token == "before" ? search.before : search.after, *at, token);
}

void put(std::string& out, std::string_view token, std::string_view value) {
    if (!out.empty()) out.push_back(' ');
    if (!token.empty()) out.append(token).push_back(':');
    out.append(quotedForSearch(value));
}

}  // namespace

bool AddressPattern::matches(std::string_view address) const {
    if (address.size() < text.size()) return false;
    const std::string lower = toLowerAscii(address);
    if (isExact()) return lower == text;
    if (anyBefore && anyAfter) return lower.find(text) != lower.npos;
    return anyBefore ? lower.ends_with(text) : lower.starts_with(text);
}

std::string AddressPattern::written() const {
    return (anyBefore ? "*" : "") + text + (anyAfter ? "*" : "");
}

bool Search::isStatusAlone() const {
    Search rest = *this;
    rest.status.reset();
    return rest.isEmpty();
}

Result<Search> Search::parse(std::string_view text) {
    if (text.size() > longest_bytes)
        return wrong({}, "search.too_long", "is longer than " + std::to_string(longest_bytes) + " bytes");
    if (hasControls(text) || !isValidUtf8(text))
        return wrong({}, "search.control_character", "holds a control character");
    auto terms = termsOf(text);
    if (!terms) return fail(terms.error());
    Search search;
    for (Term& term : *terms) {
        if (!term.token.empty()) {
            if (auto taken = take(search, std::move(term)); !taken) return fail(taken.error());
        } else if (!term.value.empty()) {
            search.words.push_back(std::move(term.value));
        }
    }
    return search;
}

std::string Search::text() const {
    std::string out;
    for (const AddressPattern& pattern : to) put(out, "to", pattern.written());
    for (const AddressPattern& pattern : from) put(out, "from", pattern.written());
    for (const std::string& value : subject) put(out, "subject", value);
    if (status) put(out, "status", name(*status));
    for (const std::string& value : tags) put(out, "tag", value);
    if (account) put(out, "account", *account);
    if (templateName) put(out, "template", *templateName);
    if (before) put(out, "before", toIso(*before));
    if (after) put(out, "after", toIso(*after));
    if (id) put(out, "id", id->text());
    for (const std::string& value : words) put(out, {}, value);
    return out;
}

std::string quotedForSearch(std::string_view value) {
    const bool plain = !value.empty() && !value.starts_with('"') && value.find(' ') == value.npos &&
                       value.find(wideBlank) == value.npos && tokenAt(value).first == 0;
    if (plain) return std::string(value);
    std::string out = "\"";
    for (const char c : value) {
        if (c == '"' || c == '\\') out.push_back('\\');
        out.push_back(c);
    }
    return out + "\"";
}

}  // namespace postroom::contract
