// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/policy/reply_rules.h"

#include "engine/policy/reply_rule.h"
#include "engine/policy/word_search.h"

#include <algorithm>
#include <bitset>
#include <QFile>

// Outside of any namespace, as Qt asks.
static void initResources() {
    Q_INIT_RESOURCE(reply_rules);
}

namespace postroom::policy {

namespace {

std::vector<std::string_view> wordsOf(const std::vector<ReplyRule>& rows) {
    std::vector<std::string_view> words;
    for (const ReplyRule& row : rows) words.insert(words.end(), row.words.begin(), row.words.end());
    return words;
}

}  // namespace

struct ReplyRules::Table {
    explicit Table(std::vector<ReplyRule> given) : rows(std::move(given)), search(wordsOf(rows)) {
        for (std::size_t row = 0; row < rows.size(); ++row) rowOf.insert(rowOf.end(), rows[row].words.size(), row);
    }

    std::vector<ReplyRule> rows;
    WordSearch search;
    std::vector<std::size_t> rowOf;  ///< of a word, by its place in the search
};

ReplyRules::ReplyRules() {
    static const std::shared_ptr<const Table> builtIn = [] {
        auto rows = readReplyRules(builtInText(), {});
        if (!rows) qFatal("the built-in reply rules: %s", rows.error().text().c_str());
        return std::make_shared<const Table>(std::move(*rows));
    }();
    m_table = builtIn;
}

Result<ReplyRules> ReplyRules::parse(std::string_view text) {
    auto rows = readReplyRules(text, ReplyRules{}.m_table->rows);
    if (!rows) return fail(rows.error());
    return ReplyRules{std::make_shared<const Table>(std::move(*rows))};
}

const std::string& ReplyRules::builtInText() {
    static const std::string text = [] {
        initResources();
        QFile file{QStringLiteral(":/reply-rules.json")};
        if (!file.open(QIODevice::ReadOnly)) qFatal("the built-in reply rules are not there");
        return file.readAll().toStdString();
    }();
    return text;
}

const ReplyRule& ReplyRules::ruleOn(const Refusal& refusal) const {
    std::bitset<mostRows> named;  // rows of which a word was said
    m_table->search.in(refusal.words, [&](std::uint32_t word) { named.set(m_table->rowOf[word]); });
    const unsigned stage = bitOf(refusal.stage);
    const std::array<int, 3> parts = enhancedParts(refusal.enhanced);
    const auto code = [&](const Span& span) { return span.holds(refusal.code); };
    const auto enhanced = [&](const EnhancedPattern& pattern) { return pattern.holds(parts); };
    const auto& rows = m_table->rows;
    for (std::size_t at = 0; at < rows.size(); ++at) {
        const ReplyRule& row = rows[at];
        if (!(row.stages & stage) || (!row.words.empty() && !named[at])) continue;
        if (!row.codes.empty() && std::none_of(row.codes.begin(), row.codes.end(), code)) continue;
        if (!row.enhanced.empty() && std::none_of(row.enhanced.begin(), row.enhanced.end(), enhanced)) continue;
        return row;
    }
    // The reader lets no rules pass that leave a reply to nobody.
    Q_ASSERT(false);
    return rows.back();
}

std::size_t ReplyRules::size() const {
    return m_table->rows.size();
}

}  // namespace postroom::policy
