// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/contract/dkim.h"

#include <algorithm>

namespace postroom::contract {

namespace {

constexpr std::size_t stringLimit = 255;  // of a string in a TXT record, RFC 1035 §3.3
constexpr std::size_t labelLimit = 63;

bool isLabel(std::string_view label) {
    const auto isWord = [](char c) { return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'); };
    return !label.empty() && label.size() <= labelLimit && isWord(label.front()) && isWord(label.back()) &&
           std::all_of(label.begin(), label.end(), [&](char c) { return isWord(c) || c == '-'; });
}

}  // namespace

std::string_view name(DkimAlgorithm algorithm) {
    return algorithm == DkimAlgorithm::Rsa ? "rsa" : "ed25519";
}

std::optional<DkimAlgorithm> dkimAlgorithmNamed(std::string_view word) {
    for (const DkimAlgorithm each : {DkimAlgorithm::Rsa, DkimAlgorithm::Ed25519})
        if (name(each) == word) return each;
    return std::nullopt;
}

std::string dkimRecordName(std::string_view selector, std::string_view domain) {
    return std::string(selector).append("._domainkey.").append(domain);
}

void describeRecord(DkimKey& key, std::string_view publicKey) {
    key.recordName = dkimRecordName(key.selector, key.domain);
    key.recordValue = "v=DKIM1; k=" + key.algorithm + "; p=" + std::string(publicKey);
    key.recordStrings.clear();
    for (std::size_t at = 0; at < key.recordValue.size(); at += stringLimit)
        key.recordStrings.push_back(key.recordValue.substr(at, stringLimit));
    key.zoneLine = key.recordName + ". IN TXT (";
    for (const std::string& piece : key.recordStrings) key.zoneLine += " \"" + piece + "\"";
    key.zoneLine += " )";
}

bool isDkimSelector(std::string_view text) {
    while (true) {
        const std::size_t dot = text.find('.');
        if (!isLabel(text.substr(0, dot))) return false;
        if (dot == text.npos) return true;
        text.remove_prefix(dot + 1);
    }
}

const Schema& dkimCreateSchema() {
    static const Schema schema = [] {
        Schema made{"DkimKeyCreate",
                    {{.name = "domain",
                      .need = Need::Required,
                      .doc = "Of the From addresses it signs for, and of those below it that have no key of their own.",
                      .blankAllowed = false,
                      .longest = 253,
                      .example = "\"example.com\""},
                     {.name = "algorithm",
                      .doc = "`rsa` (2048 bits, when absent), which every receiver knows, or `ed25519`; a domain may "
                             "have one of each sign at once.",
                      .oneOf = {"rsa", "ed25519"}},
                     {.name = "selector",
                      .doc = "The name of its DNS record below `_domainkey`; made from the date where absent.",
                      .blankAllowed = false,
                      .longest = 200,
                      .example = "\"mail1\""}}};
        for (const char* name : {"id", "is_active", "problem", "record_name", "record_value", "record_strings",
                                 "zone_line", "revision", "created_at", "updated_at"})
            made.fields.push_back({.name = name, .need = Need::ReadOnly});
        return made;
    }();
    return schema;
}

}  // namespace postroom::contract
