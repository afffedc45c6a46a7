// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The language in which messages are looked for: `to:ann@example.com status:failed subject:"your order"
// after:2026-01-31`.
//
// Terms stand apart by blanks and must all hold. A term is `token:value`, or a word that is looked for in subjects,
// recipients, senders and tags. A value or word in double quotes may hold blanks; in it \" is a quote and \\ a
// backslash. Dates and times without a zone are UTC. The ideographic blank and the full-width colon count as theirs.
//
// Pure. Changed together with: the hints of the window's field, the manual page, store/search.

#include "engine/base/id.h"
#include "engine/base/result.h"
#include "engine/contract/states.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postroom::contract {

/// An address, or a part of one: `a@b`, `*@b` (`@b` is the same), `ann*`, `*shop*`. Case makes no difference, a domain
/// in another script is its A-label.
struct AddressPattern {
    std::string text;  ///< lower case, without the stars
    bool anyBefore = false, anyAfter = false;

    bool operator==(const AddressPattern&) const = default;
    [[nodiscard]] bool isExact() const { return !anyBefore && !anyAfter; }
    /// `address` as ASCII in any case.
    [[nodiscard]] bool matches(std::string_view address) const;
    /// With its stars.
    [[nodiscard]] std::string written() const;
};

struct Search {
    std::vector<AddressPattern> to, from;
    std::vector<std::string> subject, tags, words;
    std::optional<State> status;
    std::optional<std::string> account;       ///< an account's id or address, or "sandbox"
    std::optional<std::string> templateName;  ///< as it is stored
    std::optional<TimePoint> before;          ///< accepted earlier than this
    std::optional<TimePoint> after;           ///< accepted then or later
    std::optional<Id> id;

    static constexpr std::size_t longest_bytes = 1000, mostTerms = 20;
    /// Every token, as it is typed without its colon.
    static constexpr std::array<std::string_view, 10> tokens{"to",      "from",     "subject", "status", "tag",
                                                             "account", "template", "before",  "after",  "id"};

    bool operator==(const Search&) const = default;
    [[nodiscard]] bool isEmpty() const { return *this == Search{}; }
    /// Nothing but a status, or nothing at all: what the persisted counters can count.
    [[nodiscard]] bool isStatusAlone() const;

    /// ValidationFailed on field `q`, params {"token", what is wrong}, reason one of search.unknown_token,
    /// search.no_value, search.open_quote, search.bad_date, search.bad_state, search.bad_id, search.bad_address,
    /// search.repeated, search.too_many, search.too_long, search.control_character.
    [[nodiscard]] static Result<Search> parse(std::string_view text);
    /// A text that parses to this.
    [[nodiscard]] std::string text() const;
};

/// A value as it stands in a search: in quotes where it needs them.
[[nodiscard]] std::string quotedForSearch(std::string_view value);

}  // namespace postroom::contract
