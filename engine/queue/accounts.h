// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The accounts as the dispatcher knows them: their rows, what they carry now, what they have left of their window.
//
// Queue thread. Units of a daily limit come in blocks that were committed before the first of them is used; the block's
// rest lives here. The sandbox stands among the accounts under a null id.

#include "engine/policy/choice.h"
#include "engine/policy/verdict.h"
#include "engine/security/vault.h"
#include "engine/smtp/endpoint.h"
#include "engine/store/records.h"

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace postroom::queue {

/// How the account's server is reached, its password opened. SecretUnreadable.
[[nodiscard]] Result<smtp::Endpoint> endpointOf(const store::AccountRecord& row, const security::Vault& vault,
                                                const std::string& heloName, std::chrono::milliseconds timeout);

class Accounts {
public:
    static constexpr std::int64_t blockSize = 16;

    /// A wish to the database: reserve (or return) units of an account's window.
    struct Units {
        Id account;
        std::string window;
        std::int64_t count = 0;
        std::optional<std::int64_t> limit;
    };

    explicit Accounts(std::string zone) : m_zone(std::move(zone)) {}

    /// Takes the rows as they are now; what accounts carry and how they rest stays. Returns the units to give back
    /// where a limit was changed: the new limit must not meet units reserved under the old one.
    std::vector<Units> apply(std::vector<store::AccountRecord> rows, TimePoint now);
    /// Whether the account's password could be read: if not, nothing is given to it until its row changes. Before
    /// apply().
    void noteReadable(const Id& account, bool readable);
    void offerSandbox(int maxConnections);
    /// Rolls windows over and ends rests. Returns the accounts that changed by it.
    std::vector<Id> refresh(TimePoint now);

    [[nodiscard]] policy::Choice choose(const policy::Wanted& wanted, TimePoint now);
    [[nodiscard]] const std::vector<policy::AccountView>& views() const { return m_views; }
    /// The row; null for the sandbox and for accounts that are gone.
    [[nodiscard]] const store::AccountRecord* row(const Id& account) const;
    [[nodiscard]] const std::vector<store::AccountRecord>& rows() const { return m_rows; }

    /// How many recipients one transaction on this account may carry now: its row's limit and the units left.
    [[nodiscard]] std::size_t mayCarry(std::size_t view) const;
    /// A transaction of so many recipients begins. Returns the window its units are of.
    std::string begin(std::size_t view, std::size_t recipients);
    /// Its result is recorded: the connection is free, and what it did not use of `taken` comes back if window and
    /// limit are still the same. Returns it to be given back where the limit is another one.
    [[nodiscard]] std::optional<Units> end(const Units& taken);
    [[nodiscard]] TimePoint windowEndsAt(std::size_t view) const { return m_views[view].windowEndsAt; }

    /// Blocks to fetch now: for accounts with a limit whose rest is low; each is asked for once until granted().
    [[nodiscard]] std::vector<Units> blocksWanted();
    /// So many of the `asked` units are reserved. Returns those to give back: the limit they were asked under is not
    /// the account's any more.
    [[nodiscard]] std::optional<Units> granted(const Units& asked, std::int64_t count);
    /// A reservation could not be made: asked for again at the next turn after a second.
    void notGranted(const Id& account);
    /// All unused units, for a clean stop.
    [[nodiscard]] std::vector<Units> takeRest();

    /// An account-level fault: the account rests. Returns until when.
    TimePoint rest(const Id& account, const policy::Verdict& verdict, TimePoint now, double dice);
    /// A success: the count of faults in a row starts anew. True if it had a problem on record.
    bool well(const Id& account);
    /// Ends a rest at once: a person enabled or changed the account.
    void wake(const Id& account);

private:
    struct Live {
        int outstanding = 0;
        int unlimited = 0;  ///< of those, begun while there was no limit: they hold no units
        bool unreadable = false;
        std::int64_t balance = 0;
        bool reserving = false;
        bool exhausted = false;  ///< the database has no unit left in this window
        std::string window;
        int faults = 0;
        std::string problemCode;
        TimePoint restsUntil{};
    };
    void rebuildView(std::size_t index, TimePoint now);
    void rebuild(const Id& account, TimePoint now);
    [[nodiscard]] bool isStillTheLimit(const Units& units) const;

    std::string m_zone;
    std::vector<store::AccountRecord> m_rows;
    std::vector<policy::AccountView> m_views;  ///< parallel to m_rows, then the sandbox if it is offered
    std::unordered_map<Id, Live> m_live;
    std::unordered_map<Id, std::size_t> m_index;
    int m_sandboxConnections = 0;
    std::uint64_t m_turn = 0;
    TimePoint m_now{};
};

}  // namespace postroom::queue
