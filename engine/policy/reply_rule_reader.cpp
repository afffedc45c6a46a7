// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/text.h"
#include "engine/contract/json.h"
#include "engine/policy/reason.h"
#include "engine/policy/reply_pattern.h"
#include "engine/policy/reply_rule.h"
#include "engine/policy/reply_rules.h"
#include "engine/policy/reply_text.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace postroom::policy {

namespace {

constexpr std::size_t mostFaults = 50;
constexpr unsigned session =
    bitOf(Stage::Connect) | bitOf(Stage::Tls) | bitOf(Stage::Greeting) | bitOf(Stage::Ehlo) | bitOf(Stage::StartTls);
constexpr unsigned content = bitOf(Stage::Data) | bitOf(Stage::Body) | bitOf(Stage::Dot);
constexpr unsigned any = (1u << stageCount) - 1;
constexpr unsigned ofSomebody = bitOf(Stage::RcptTo) | content;

struct OutcomeWord {
    std::string_view word;
    Outcome outcome;
    unsigned stages;  ///< where it can be meant: nobody knows the recipient at MAIL FROM, nor the message at RCPT TO
};
constexpr OutcomeWord outcomes[] = {
    {"account_rests", Outcome::AccountRests, any},
    {"recipient_fails", Outcome::RecipientFails, ofSomebody},
    {"recipient_waits", Outcome::RecipientWaits, ofSomebody},
    {"domain_waits", Outcome::DomainWaits, ofSomebody},
    {"message_fails", Outcome::MessageFails, bitOf(Stage::MailFrom) | content},
    {"message_waits", Outcome::MessageWaits, bitOf(Stage::MailFrom) | content},
    {"fails", Outcome::Fails, bitOf(Stage::MailFrom) | ofSomebody},
    {"waits", Outcome::Waits, bitOf(Stage::MailFrom) | ofSomebody},
};

unsigned stagesNamed(std::string_view word) {
    if (word == "any") return any;
    if (word == "session") return session;
    if (word == "content") return content;
    const auto stage = stageNamed(word);
    return stage ? bitOf(*stage) : 0;
}

// A file cannot say that mail was sent, nor speak of what is no reply.
bool isOfReplies(std::string_view reason) {
    return reason.starts_with("smtp.") && reason != reason::sent && reason != reason::unknownOutcome;
}

// The line each row begins in. The text has been read as JSON: rows are what stands in a list within the file's object.
std::vector<int> linesOfRows(std::string_view text) {
    std::vector<int> lines;
    int line = 1;
    std::string open;  // brackets
    bool isQuoted = false;
    bool rowIsNext = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '\n') ++line;
        if (isQuoted) {
            if (c == '\\') ++at;
            isQuoted = c != '"';
            continue;
        }
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n') continue;
        if (c == ']' || c == '}') open.pop_back();
        if (rowIsNext && c != ']') lines.push_back(line);
        rowIsNext = false;
        if (c == '"') isQuoted = true;
        if (c == '[' || c == '{') open += c;
        if (c == '[' || c == ',') rowIsNext = open == "{[";
    }
    return lines;
}

// "at byte 812: syntax error" to the place a person's editor shows.
Error placed(Error error, std::string_view text) {
    constexpr std::string_view before = "at byte ";
    std::size_t byte = 0;
    const char* const end = error.detail.data() + error.detail.size();
    if (!error.detail.starts_with(before)) return error;
    const auto [behind, wrong] = std::from_chars(error.detail.data() + before.size(), end, byte);
    if (wrong != std::errc{}) return error;
    const std::string_view read = text.substr(0, byte);
    const auto line = std::count(read.begin(), read.end(), '\n') + 1;
    const std::size_t lineBreak = read.rfind('\n');
    const std::size_t column = lineBreak == read.npos ? byte + 1 : byte - lineBreak;
    error.detail = "line " + std::to_string(line) + ", column " + std::to_string(column) + std::string(behind, end);
    return error;
}

class Reader {
public:
    explicit Reader(std::string_view text) : m_lines(linesOfRows(text)) {}

    void readFile(const json::Object& file, const std::vector<ReplyRule>& extended);
    [[nodiscard]] Result<std::vector<ReplyRule>> take();

private:
    void readRow(const json::Object& row);
    void readPatterns(const json::Object& row, ReplyRule& rule);
    void readOutcome(const json::Object& row, ReplyRule& rule);
    void knowMembers(const json::Object& object, std::initializer_list<std::string_view> known);
    std::string text(const json::Object& row, std::string_view name, bool required);
    std::vector<std::string> list(const json::Object& row, std::string_view name, bool required);
    void checkOutcome(const ReplyRule& rule, const OutcomeWord& outcome);
    void findIds();
    void findHidden();
    void fault(std::string_view member, std::string_view reason, std::string_view detail);

    std::vector<int> m_lines;
    std::vector<ReplyRule> m_rules;
    std::vector<FieldError> m_faults;
    std::optional<std::size_t> m_row;  ///< that is read now; none: the file's head
};

void Reader::fault(std::string_view member, std::string_view reason, std::string_view detail) {
    if (m_faults.size() >= mostFaults) return;
    std::string field;
    std::string where;
    if (m_row) {
        field = "rules[" + std::to_string(*m_row) + "]" + (member.empty() ? "" : ".");
        where = *m_row < m_lines.size() ? "line " + std::to_string(m_lines[*m_row]) + ", " : "";
        where += "row " + std::to_string(*m_row + 1);
        if (*m_row < m_rules.size() && !m_rules[*m_row].id.empty()) where += " (" + m_rules[*m_row].id + ")";
        where += member.empty() ? ": " : ", ";
    }
    field += member;
    if (!member.empty()) where += std::string(member) + ": ";
    m_faults.push_back({printable(field, 100), std::string(reason), printable(where + std::string(detail))});
}

std::string Reader::text(const json::Object& row, std::string_view name, bool required) {
    const json::Value* value = row.if_contains(name);
    if (!value && required) fault(name, "field.required", "is missing");
    if (!value) return {};
    if (!value->is_string()) {
        fault(name, "field.type", "must be a text");
        return {};
    }
    std::string found{value->get_string()};
    if (trimmed(found).empty()) fault(name, "field.empty", "must not be empty");
    return found;
}

std::vector<std::string> Reader::list(const json::Object& row, std::string_view name, bool required) {
    const json::Value* value = row.if_contains(name);
    if (!value && required) fault(name, "field.required", "is missing");
    if (!value) return {};
    if (!value->is_array()) {
        fault(name, "field.type", "must be a list of texts");
        return {};
    }
    // An empty one would mean "whatever it is" and is more likely a list somebody meant to fill.
    if (value->get_array().empty())
        fault(name, "field.empty", "must not be empty: leave it out where it does not matter");
    std::vector<std::string> found;
    for (const json::Value& entry : value->get_array()) {
        const std::string place = std::string(name) + "[" + std::to_string(found.size()) + "]";
        if (!entry.is_string())
            fault(place, "field.type", "must be a text");
        else if (trimmed(std::string(entry.get_string())).empty())
            fault(place, "field.empty", "must not be empty: every reply would hold it");
        found.push_back(entry.is_string() ? std::string(entry.get_string()) : std::string());
    }
    return found;
}

void Reader::checkOutcome(const ReplyRule& rule, const OutcomeWord& outcome) {
    for (int stage = 0; stage < stageCount; ++stage) {
        const unsigned bit = 1u << stage;
        if (!(rule.stages & bit) || (outcome.stages & bit)) continue;
        return fault("outcome", "rule.outcome_not_here",
                     std::string(outcome.word) + " can't be meant at " + std::string(name(static_cast<Stage>(stage))));
    }
}

void Reader::knowMembers(const json::Object& object, std::initializer_list<std::string_view> known) {
    for (const auto& member : object)
        if (std::find(known.begin(), known.end(), std::string_view(member.key())) == known.end())
            fault(std::string_view(member.key()), "field.unknown", "is not known here");
}

void Reader::readRow(const json::Object& row) {
    m_rules.emplace_back();
    m_rules.back().id = text(row, "id", true);
    knowMembers(row, {"id", "note", "stages", "codes", "enhanced", "words", "outcome", "reason", "retry", "wait"});
    (void)text(row, "note", false);
    readPatterns(row, m_rules.back());
    readOutcome(row, m_rules.back());
}

void Reader::readPatterns(const json::Object& row, ReplyRule& rule) {
    const auto each = [&](std::string_view member, bool required, std::string_view reason, std::string_view detail,
                          const std::function<bool(const std::string&)>& take) {
        const std::vector<std::string> entries = list(row, member, required);
        for (std::size_t at = 0; at < entries.size(); ++at)
            if (!trimmed(entries[at]).empty() && !take(entries[at]))
                fault(std::string(member) + "[" + std::to_string(at) + "]", reason,
                      "\"" + entries[at] + "\" " + std::string(detail));
    };
    each("stages", true, "field.not_allowed", "is no stage", [&](const std::string& entry) {
        const unsigned stages = stagesNamed(entry);
        rule.stages |= stages;
        return stages != 0;
    });
    each("codes", false, "code.invalid", "is no beginning of a code of 400 to 599", [&](const std::string& entry) {
        const auto codes = codesNamed(entry);
        if (codes) rule.codes.push_back(*codes);
        return codes.has_value();
    });
    each("enhanced", false, "enhanced.invalid", "is no pattern like 5.1.1, *.2.2 or 5.7.20-24",
         [&](const std::string& entry) {
             const auto pattern = enhancedNamed(entry);
             if (pattern) rule.enhanced.push_back(*pattern);
             return pattern.has_value();
         });
    each("words", false, "word.never_found", "is never found: codes, addresses and links are left out of a reply",
         [&](const std::string& entry) {
             rule.words.push_back(foldWord(entry));
             return trimmed(foldReply(entry)) == trimmed(rule.words.back());
         });
}

void Reader::readOutcome(const json::Object& row, ReplyRule& rule) {
    const std::string outcomeWord = text(row, "outcome", true);
    const auto* outcome = std::find_if(std::begin(outcomes), std::end(outcomes),
                                       [&](const OutcomeWord& known) { return known.word == outcomeWord; });
    if (outcome != std::end(outcomes)) {
        rule.outcome = outcome->outcome;
        checkOutcome(rule, *outcome);
    } else if (!outcomeWord.empty()) {
        fault("outcome", "field.not_allowed", "\"" + outcomeWord + "\" is no outcome");
    }
    const std::string reason = text(row, "reason", true);
    const auto known = std::find(allReasons().begin(), allReasons().end(), reason);
    if (known != allReasons().end() && isOfReplies(*known))
        rule.reason = *known;
    else if (!reason.empty())
        fault("reason", "field.not_allowed", "\"" + reason + "\" is no reason of a reply");
    const std::string retry = text(row, "retry", false);
    const auto deferral = deferralNamed(retry);
    if (deferral && *deferral != Deferral::Unknown)
        rule.retry = *deferral;
    else if (!retry.empty())
        fault("retry", "field.not_allowed", "\"" + retry + "\" is no kind of retry");
    const std::string wait = text(row, "wait", false);
    rule.wait = readWait(wait);
    if (!rule.wait && !wait.empty())
        fault("wait", "wait.invalid", "\"" + wait + "\" is no wait like \"15 minutes\", of at most 24 hours");
}

void Reader::findIds() {
    for (std::size_t row = 0; row < m_rules.size(); ++row)
        for (std::size_t other = 0; other < row && !m_rules[row].id.empty(); ++other)
            if (m_rules[other].id == m_rules[row].id) {
                m_row = row;
                fault("id", "rule.duplicate_id", "row " + std::to_string(other + 1) + " has it too");
                break;
            }
}

// What each row without words and enhanced codes takes, nobody behind it gets.
void Reader::findHidden() {
    constexpr int codes = 200;
    std::array<std::array<std::size_t, codes>, stageCount> takenBy{};  // row + 1
    bool anyInherited = false;
    bool inheritedReached = false;
    for (std::size_t row = 0; row < m_rules.size(); ++row) {
        const ReplyRule& rule = m_rules[row];
        const bool takesAll = rule.enhanced.empty() && rule.words.empty();
        bool reached = false;
        std::size_t hiddenBy = 0;
        for (int stage = 0; stage < stageCount; ++stage) {
            if (!(rule.stages & (1u << stage))) continue;
            for (int code = 0; code < codes; ++code) {
                const auto holds = [&](const Span& span) { return span.holds(400 + code); };
                if (!rule.codes.empty() && std::none_of(rule.codes.begin(), rule.codes.end(), holds)) continue;
                std::size_t& taken = takenBy[static_cast<std::size_t>(stage)][static_cast<std::size_t>(code)];
                if (taken != 0) {
                    hiddenBy = taken;
                    continue;
                }
                reached = true;
                if (takesAll) taken = row + 1;
            }
        }
        anyInherited |= !rule.isOwn;
        inheritedReached |= !rule.isOwn && reached;
        if (reached || !rule.isOwn || hiddenBy == 0) continue;
        m_row = row;
        fault("", "rule.unreachable",
              "no reply reaches it: row " + std::to_string(hiddenBy) + " (" + m_rules[hiddenBy - 1].id +
                  ") takes them all");
    }
    m_row.reset();
    if (anyInherited && !inheritedReached)
        fault("extends", "rule.unreachable", "no reply reaches the built-in rows: the rows here take them all");
    for (int stage = 0; stage < stageCount; ++stage)
        for (int code = 0; code < codes; ++code)
            if (takenBy[static_cast<std::size_t>(stage)][static_cast<std::size_t>(code)] == 0)
                return fault("rules", "rules.incomplete",
                             "nothing is said of a " + std::to_string(400 + code) + " at " +
                                 std::string(name(static_cast<Stage>(stage))) +
                                 ": end with rows without words, or say \"extends\": \"built-in\"");
}

void Reader::readFile(const json::Object& file, const std::vector<ReplyRule>& extended) {
    knowMembers(file, {"version", "note", "extends", "rules"});
    (void)text(file, "note", false);
    const json::Value* version = file.if_contains("version");
    if (!version || !version->is_int64() || version->get_int64() != 1)
        fault("version", version ? "field.not_allowed" : "field.required", "must be 1");
    const std::string base = text(file, "extends", false);
    const bool extends = base == "built-in";
    if (!base.empty() && !extends) fault("extends", "field.not_allowed", "must be \"built-in\"");
    const json::Value* rows = file.if_contains("rules");
    if (!rows || !rows->is_array()) return fault("rules", rows ? "field.type" : "field.required", "must be a list");
    const std::size_t room = ReplyRules::mostRows - (extends ? extended.size() : 0);
    if (rows->get_array().size() > room)
        return fault("rules", "field.too_many", "are more than " + std::to_string(room));
    m_row = 0;
    for (const json::Value& row : rows->get_array()) {
        if (row.is_object())
            readRow(row.get_object());
        else {
            m_rules.emplace_back();
            fault("", "field.type", "must be an object");
        }
        ++*m_row;
    }
    findIds();
    // What a broken row would have taken is not known: who is hidden is said once the rows are right.
    if (!m_faults.empty()) return;
    if (extends)
        for (const ReplyRule& rule : extended) {
            const auto sameId = [&](const ReplyRule& own) { return own.id == rule.id; };
            if (std::any_of(m_rules.begin(), m_rules.end(), sameId)) continue;
            m_rules.push_back(rule);
            m_rules.back().isOwn = false;
        }
    findHidden();
}

Result<std::vector<ReplyRule>> Reader::take() {
    if (m_faults.empty()) return std::move(m_rules);
    Error error{.code = ErrorCode::ValidationFailed, .params = {}, .detail = m_faults.front().detail, .fields = {}};
    if (m_faults.size() > 1) error.detail += ", and " + std::to_string(m_faults.size() - 1) + " more";
    error.fields = std::move(m_faults);
    return fail(std::move(error));
}

}  // namespace

Result<std::vector<ReplyRule>> readReplyRules(std::string_view text, const std::vector<ReplyRule>& extended) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    if (text.size() > ReplyRules::largest_bytes)
        return fail(invalidField("", "field.too_long",
                                 "is larger than " + std::to_string(ReplyRules::largest_bytes) + " bytes"));
    const auto file = json::parse(text);
    if (!file) return fail(placed(file.error(), text));
    if (!file->is_object()) return fail(invalidField("", "field.type", "must be an object"));
    Reader reader{text};
    reader.readFile(file->get_object(), extended);
    return reader.take();
}

}  // namespace postroom::policy
