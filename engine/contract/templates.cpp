// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/contract/templates.h"

#include <algorithm>

namespace postroom::contract {

namespace {

constexpr std::size_t longestSource_bytes = 256 << 10;

std::vector<Field> words() {
    return {{.name = "subject",
             .need = Need::Required,
             .doc = "One line; variables are put in as they are.",
             .blankAllowed = false,
             .longest = 4000,
             .example = "\"Your invoice {{ number }}\""},
            {.name = "html",
             .doc = "Variables are escaped. One of html and text is required.",
             .multiline = true,
             .longest = longestSource_bytes,
             .example = "\"<p>Dear {{ name }}, your invoice is attached.</p>\""},
            {.name = "text",
             .doc = "The plain text; made from the HTML where absent.",
             .multiline = true,
             .longest = longestSource_bytes},
            {.name = "sample",
             .type = FieldType::Object,
             .doc = "Variables to try it with; render and test use them for what is not given.",
             .example = "{\"name\": \"Ann\", \"number\": \"2026-17\"}"}};
}

std::vector<Field> rendering() {
    return {{.name = "variables",
             .type = FieldType::Object,
             .doc = "Where absent, the sample is used.",
             .example = "{\"name\": \"Ann\", \"number\": \"2026-17\"}"},
            {.name = "locale",
             .doc = "Of dates, numbers and currencies: `en`, `zh-CN`.",
             .longest = 35,
             .example = "\"zh-CN\""},
            {.name = "version",
             .type = FieldType::Integer,
             .doc = "The published one where absent.",
             .least = 1,
             .greatest = 1'000'000'000,
             .example = "1"},
            {.name = "allow_undefined",
             .type = FieldType::Boolean,
             .doc = "Undefined variables are empty instead of an error.",
             .example = "false"}};
}

void addReadOnly(std::vector<Field>& fields) {
    for (const char* name : {"version", "latest_version", "variables", "uses", "created_at", "updated_at"})
        fields.push_back({.name = name, .need = Need::ReadOnly});
}

}  // namespace

bool isTemplateName(std::string_view name) {
    const auto isWord = [](char c) { return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'); };
    return !name.empty() && name.size() <= 100 && isWord(name.front()) &&
           std::all_of(name.begin(), name.end(), [&](char c) { return isWord(c) || c == '.' || c == '_' || c == '-'; });
}

const Schema& templateCreateSchema() {
    static const Schema schema = [] {
        Schema made{"TemplateCreate", words()};
        made.fields.insert(made.fields.begin(), {.name = "name",
                                                 .need = Need::Required,
                                                 .doc = "Letters, digits, `.`, `_` and `-`, at most 100.",
                                                 .blankAllowed = false,
                                                 .longest = 100,
                                                 .example = "\"invoice\""});
        addReadOnly(made.fields);
        made.fields.push_back({.name = "revision", .need = Need::ReadOnly});
        return made;
    }();
    return schema;
}

const Schema& templatePutSchema() {
    static const Schema schema = [] {
        Schema made{"TemplatePut", words()};
        made.fields.push_back({.name = "publish",
                               .type = FieldType::Boolean,
                               .doc = "False keeps the new version without making mail from it.",
                               .example = "true"});
        made.fields.push_back({.name = "revision",
                               .type = FieldType::Integer,
                               .doc = "The revision this change was made on; not checked where absent.",
                               .least = 1});
        addReadOnly(made.fields);
        made.fields.push_back({.name = "name", .need = Need::ReadOnly});
        return made;
    }();
    return schema;
}

const Schema& templatePublishSchema() {
    static const Schema schema{"TemplatePublish",
                               {{.name = "version",
                                 .type = FieldType::Integer,
                                 .need = Need::Required,
                                 .doc = "An older one to go back to, or a newer one.",
                                 .least = 1,
                                 .greatest = 1'000'000'000,
                                 .example = "1"}}};
    return schema;
}

const Schema& templateRenderSchema() {
    static const Schema schema{"TemplateRender", rendering()};
    return schema;
}

const Schema& templateTestSchema() {
    static const Schema schema = [] {
        Schema made{"TemplateTest", rendering()};
        made.fields.insert(made.fields.begin(), {.name = "to",
                                                 .need = Need::Required,
                                                 .doc = "Who gets the test.",
                                                 .blankAllowed = false,
                                                 .longest = 1000,
                                                 .example = "\"you@example.com\""});
        made.fields.push_back({.name = "account",
                               .doc = "An account's id or address, or `sandbox`.",
                               .blankAllowed = false,
                               .longest = 320,
                               .example = "\"sandbox\""});
        return made;
    }();
    return schema;
}

}  // namespace postroom::contract
