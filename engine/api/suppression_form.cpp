// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/suppression_form.h"

#include "engine/base/text.h"
#include "engine/content/address.h"
#include "engine/contract/suppressions.h"

#include <algorithm>

namespace postroom::api {

namespace {

constexpr std::size_t longestNote_bytes = 500;
constexpr std::string_view anybodyAt = "*@";

tl::expected<std::string, content::AddressError> readAddress(std::string_view typed) {
    const bool isDomain = typed.starts_with(anybodyAt);
    auto address = content::parseAddress(isDomain ? "x" + std::string(typed.substr(1)) : std::string(typed));
    if (!address) return tl::unexpected(std::move(address.error()));
    return isDomain ? store::suppressions::domainFormOf(*address) : store::suppressions::formOf(*address);
}

bool isReason(std::string_view word) {
    const auto& all = contract::suppressionReasons;
    return std::find(all.begin(), all.end(), word) != all.end();
}

}  // namespace

Result<std::string> readSuppressedAddress(std::string_view typed, const std::string& field) {
    auto address = readAddress(typed);
    if (!address) return fail(invalidField(field, address.error().reason, address.error().detail));
    return std::move(*address);
}

Result<store::SuppressionRecord> readSuppression(const json::Object& body, TimePoint now) {
    store::SuppressionRecord out{.id = makeId(now), .createdAt = now};
    auto address = readSuppressedAddress(json::text(body, "address"), "address");
    if (!address) return fail(address.error());
    out.address = std::move(*address);
    out.reason = json::text(body, "reason", "manual");
    out.note = json::text(body, "note");
    if (const std::string until = json::text(body, "expires_at"); !until.empty()) {
        const auto at = fromIso(until);
        if (!at) return fail(invalidField("expires_at", "field.type", "must be ISO 8601 with Z or an offset"));
        if (*at <= now) return fail(invalidField("expires_at", "field.too_small", "must be in the future"));
        out.expiresAt = *at;
    }
    return out;
}

void SuppressionList::begin() {
    m_reader = contract::CsvReader(m_csv);
    m_first.reset();
    m_ended = 0;
    m_hasBegun = true;
    readHead();
}

void SuppressionList::readHead() {
    m_address = m_reason = m_note = m_expires = std::nullopt;
    const auto head = m_reader.next();
    if (!head) return;
    for (std::size_t i = 0; i < head->cells.size(); ++i) {
        const std::string name = toLowerAscii(trimmed(head->cells[i]));
        if (!m_address && (name == "address" || name == "email" || name == "recipient")) m_address = i;
        if (name == "reason") m_reason = i;
        if (name == "note") m_note = i;
        if (name == "expires_at") m_expires = i;
    }
    if (m_address) return;
    m_reason = m_note = m_expires = std::nullopt;
    m_address = 0;
    m_first = head;
    if (head->cells.size() > 1)
        fault(*head, "address", "csv.no_address_column", "the first line must name the columns, one of them address");
}

std::optional<SuppressionList::Line> SuppressionList::nextLine() {
    if (m_first) return std::exchange(m_first, std::nullopt);
    for (auto line = m_reader.next(); line; line = m_reader.next()) {
        const bool isBlank = std::all_of(line->cells.begin(), line->cells.end(),
                                         [](const std::string& cell) { return trimmed(cell).empty(); });
        if (!isBlank) return line;
    }
    return std::nullopt;
}

std::string_view SuppressionList::cell(const Line& line, const std::optional<std::size_t>& column) const {
    if (!column || *column >= line.cells.size()) return {};
    return trimmed(contract::csvText(line.cells[*column]));
}

void SuppressionList::fault(const Line& line, const char* field, std::string reason, std::string detail) {
    if (++m_faultsInAll > static_cast<std::int64_t>(mostFaults)) return;
    m_faults.push_back({"lines[" + std::to_string(line.number) + "]." + field, std::move(reason), std::move(detail)});
}

store::SuppressionRecord SuppressionList::read(const Line& line, TimePoint now) {
    store::SuppressionRecord out{.id = makeId(now), .createdAt = now};
    if (line.isBroken) fault(line, "address", "csv.quotes", "a cell in quotes does not end where it should");
    auto address = readAddress(cell(line, m_address));
    if (address)
        out.address = std::move(*address);
    else
        fault(line, "address", address.error().reason, address.error().detail);
    const std::string_view reason = cell(line, m_reason);
    out.reason = reason.empty() ? "manual" : toLowerAscii(reason);
    if (!isReason(out.reason))
        fault(line, "reason", "field.not_allowed", "must be hard_bounce, complaint, unsubscribed or manual");
    out.note = cell(line, m_note);
    if (out.note.size() > longestNote_bytes) fault(line, "note", "field.too_long", "is longer than 500 bytes");
    if (!isValidUtf8(out.note) || hasControls(out.note))
        fault(line, "note", "field.control_character", "holds a control character, or is not UTF-8");
    if (const std::string_view until = cell(line, m_expires); !until.empty()) {
        if (const auto at = fromIso(until))
            out.expiresAt = *at;
        else
            fault(line, "expires_at", "field.type", "must be ISO 8601 with Z or an offset");
    }
    return out;
}

Result<std::int64_t> SuppressionList::check(TimePoint now) {
    m_faults.clear();
    m_faultsInAll = 0;
    begin();
    std::int64_t lines = 0;
    for (auto line = nextLine(); line; line = nextLine(), ++lines) static_cast<void>(read(*line, now));
    m_hasBegun = false;
    if (m_faults.empty()) return lines;
    Error error{.code = ErrorCode::ValidationFailed, .params = {}, .detail = {}, .fields = {}};
    error.detail = "nothing was imported, " + std::to_string(m_faultsInAll) +
                   " mistakes; the first: " + m_faults.front().field + " " + m_faults.front().detail;
    error.fields = std::move(m_faults);
    m_faults.clear();
    return fail(std::move(error));
}

std::vector<store::SuppressionRecord> SuppressionList::next(std::size_t most, TimePoint now) {
    if (!m_hasBegun) begin();
    std::vector<store::SuppressionRecord> out;
    while (out.size() < most) {
        const auto line = nextLine();
        if (!line) break;
        auto record = read(*line, now);
        if (record.expiresAt && *record.expiresAt <= now)
            ++m_ended;
        else
            out.push_back(std::move(record));
    }
    return out;
}

}  // namespace postroom::api
