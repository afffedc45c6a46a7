// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Which recipients may be suppressed: a memory of hashes before the rows of the database, so that nearly all mail costs
// no look there.
//
// Any thread. It never says no to one that is suppressed: an address is in it before its row is committed, and until
// all rows are read it says "maybe" to everybody. A hash is never taken out: what was removed or has expired costs a
// look until the next start. 8 bytes an address, 16 at most.

#include "engine/store/readers.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string_view>
#include <vector>

namespace postroom::queue {

class SuppressionSieve {
public:
    SuppressionSieve() = default;
    SuppressionSieve(const SuppressionSieve&) = delete;
    SuppressionSieve& operator=(const SuppressionSieve&) = delete;

    /// An address, or "*@b"; before the commit that suppresses it.
    void add(std::string_view address);
    /// False: it is not suppressed, nor is its domain. True: the database decides.
    [[nodiscard]] bool mayHold(std::string_view recipient) const;
    /// Reads all rows, a page at a time, behind whatever else waits for the readers. The sieve must outlive those.
    void load(store::Readers& readers, std::string after = {});
    [[nodiscard]] bool isLoaded() const { return m_loaded.load(std::memory_order_acquire); }

private:
    // Many small tables: one that grows holds up only who asks for its part.
    struct Part {
        mutable std::mutex mutex;
        std::vector<std::uint64_t> cells;  ///< open addressing; 0: free
        std::size_t used = 0;
    };
    static constexpr std::size_t parts = 256;

    [[nodiscard]] bool holds(std::uint64_t hash) const;
    static void place(std::vector<std::uint64_t>& cells, std::uint64_t hash);

    std::array<Part, parts> m_parts;
    std::atomic<bool> m_loaded = false;
    std::atomic<bool> m_empty = true;
};

}  // namespace postroom::queue
