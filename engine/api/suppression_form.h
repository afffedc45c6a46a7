// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What people say of who gets no mail, read into rows: a body, or a file of many. Pure, any thread.

#include "engine/contract/csv.h"
#include "engine/contract/json.h"
#include "engine/store/suppressions.h"

namespace postroom::api {

/// "Ann@Example.org" or "*@example.org" in the form of the rows. ValidationFailed naming `field`.
[[nodiscard]] Result<std::string> readSuppressedAddress(std::string_view typed, const std::string& field);

/// A body that passed suppressionSchema().
[[nodiscard]] Result<store::SuppressionRecord> readSuppression(const json::Object& body, TimePoint now);

/// A CSV file. Its first line names the columns: `address` (or `email`, `recipient`), and if it likes `reason`,
/// `note`, `expires_at`; others are passed over, so that an export is good. A file of addresses alone, one a line,
/// needs no names.
class SuppressionList {
public:
    static constexpr std::size_t mostFaults = 100;

    explicit SuppressionList(std::string csv) : m_csv(std::move(csv)), m_reader({}) {}
    SuppressionList(const SuppressionList&) = delete;
    SuppressionList& operator=(const SuppressionList&) = delete;

    /// Reads it whole, keeping nothing: how many lines have an address. ValidationFailed with the first faults, each
    /// with its line ("lines[3].address") and reason.
    [[nodiscard]] Result<std::int64_t> check(TimePoint now);
    /// The next rows, of a file that check() found good, at most `most`; none: it is read. What has expired is left
    /// out and counted.
    [[nodiscard]] std::vector<store::SuppressionRecord> next(std::size_t most, TimePoint now);
    /// Of what next() came by: lines whose expires_at has passed.
    [[nodiscard]] std::int64_t ended() const { return m_ended; }

private:
    using Line = contract::CsvReader::Line;
    void begin();
    [[nodiscard]] std::optional<Line> nextLine();
    /// Reads the names of the columns; a line that names none is the first address.
    void readHead();
    [[nodiscard]] store::SuppressionRecord read(const Line& line, TimePoint now);
    void fault(const Line& line, const char* field, std::string reason, std::string detail);
    [[nodiscard]] std::string_view cell(const Line& line, const std::optional<std::size_t>& column) const;

    std::string m_csv;
    contract::CsvReader m_reader;
    std::optional<Line> m_first;  ///< read already, and no names
    std::optional<std::size_t> m_address, m_reason, m_note, m_expires;
    std::vector<FieldError> m_faults;
    std::int64_t m_faultsInAll = 0;
    std::int64_t m_ended = 0;
    bool m_hasBegun = false;
};

}  // namespace postroom::api
