// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/queue/suppression_sieve.h"

#include "engine/store/suppressions.h"

#include <functional>
#include <QLoggingCategory>

namespace postroom::queue {

namespace {

Q_LOGGING_CATEGORY(log, "postroom.queue")

constexpr int rowsAtOnce = 20'000;

// The highest byte chooses the part, the rest the cell; 0 stands for a free one.
std::uint64_t hashOf(std::string_view address) {
    static_assert(sizeof(std::size_t) == sizeof(std::uint64_t));
    const std::uint64_t hash = std::hash<std::string_view>{}(address);
    return hash == 0 ? 1 : hash;
}

}  // namespace

void SuppressionSieve::place(std::vector<std::uint64_t>& cells, std::uint64_t hash) {
    std::size_t at = hash & (cells.size() - 1);
    while (cells[at] != 0) at = (at + 1) & (cells.size() - 1);
    cells[at] = hash;
}

void SuppressionSieve::add(std::string_view address) {
    const std::uint64_t hash = hashOf(store::suppressions::formOf(address));
    if (holds(hash)) return;
    Part& part = m_parts[hash >> 56U];
    const std::lock_guard lock{part.mutex};
    if (part.cells.empty()) part.cells.resize(8);
    if (4 * (part.used + 1) > 3 * part.cells.size()) {
        std::vector<std::uint64_t> larger(2 * part.cells.size());
        for (const std::uint64_t kept : part.cells)
            if (kept != 0) place(larger, kept);
        part.cells = std::move(larger);
    }
    place(part.cells, hash);
    ++part.used;
    m_empty.store(false, std::memory_order_release);
}

bool SuppressionSieve::holds(std::uint64_t hash) const {
    const Part& part = m_parts[hash >> 56U];
    const std::lock_guard lock{part.mutex};
    if (part.cells.empty()) return false;
    std::size_t at = hash & (part.cells.size() - 1);
    while (part.cells[at] != 0) {
        if (part.cells[at] == hash) return true;
        at = (at + 1) & (part.cells.size() - 1);
    }
    return false;
}

bool SuppressionSieve::mayHold(std::string_view recipient) const {
    if (!isLoaded()) return true;
    if (m_empty.load(std::memory_order_acquire)) return false;
    return holds(hashOf(store::suppressions::formOf(recipient))) ||
           holds(hashOf(store::suppressions::domainFormOf(recipient)));
}

void SuppressionSieve::load(store::Readers& readers, std::string after) {
    readers.submit([this, &readers, after = std::move(after)](store::Connection& connection) {
        const auto page = store::suppressions::addresses(connection, after, rowsAtOnce);
        if (!page) {
            // Nothing is wrong by it, only slower: each recipient is looked for in the database.
            qCWarning(log, "the suppressions could not be read: %s", page.error().text().c_str());
            return;
        }
        for (const std::string& address : *page) add(address);
        if (static_cast<int>(page->size()) == rowsAtOnce) return load(readers, page->back());
        m_loaded.store(true, std::memory_order_release);
    });
}

}  // namespace postroom::queue
