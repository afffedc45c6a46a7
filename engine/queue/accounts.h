// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The accounts as the dispatcher knows them: their rows, what they carry now, what they have left of their window.
//
// Queue thread. Units of a day's or an hour's limit come in blocks that were committed before the first of them is
// used; the block's rest lives here. The sandbox stands among the accounts under a null id.

#include "engine/policy/choice.h"
#include "engine/policy/quota.h"
#include "engine/policy/verdict.h"
#include "engine/queue/ticket.h"
#include "engine/security/vault.h"
#include "engine/smtp/endpoint.h"
#include "engine/store/records.h"

#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace postroom::queue {

/// How the account's server is reached, its password opened or the access token put in its place. SecretUnreadable.
[[nodiscard]] Result<smtp::Endpoint> endpointOf(const store::AccountRecord& row, const security::Vault& vault,
                                                const std::string& heloName, std::chrono::milliseconds timeout,
                                                const Secret& accessToken = {});

class Accounts {
public:
    static constexpr std::int64_t blockSize = 16;

    /// Units of an account's limits: the same number in each counter.
    struct Units {
        Id account;
        std::vector<std::string> counters;  ///< none: the account has no limit
        std::int64_t count = 0;
        std::uint64_t edition = 0;  ///< of the limits they were taken under
    };
    /// A wish to the database.
    struct Block {
        Units units;
        std::vector<policy::Cap> caps;
    };

    /// `zone`: of the accounts that name none.
    explicit Accounts(std::string zone) : m_zone(std::move(zone)) {}

    /// Takes the rows as they are now; what accounts carry and how they rest stays.
    void apply(std::vector<store::AccountRecord> rows, TimePoint now);
    /// Whether the account's password could be read: if not, nothing is given to it until its row changes. Before
    /// apply().
    void noteReadable(const Id& account, bool readable);
    /// What an account with `auth: xoauth2` logs in with from now on. The problem that is to be noted for it, empty for
    /// one that is over; nothing where that stays as it is.
    std::optional<std::string_view> setTicket(const Id& account, Ticket ticket);
    /// Its access token; empty where it has none.
    [[nodiscard]] const Secret& token(const Id& account) const;
    /// Which of the tokens it was given that is.
    [[nodiscard]] std::uint64_t tokenEdition(const Id& account) const;
    enum class TokenFault {
        None,   ///< no fault of a token: the account rests
        Stale,  ///< of one that has been replaced or is being so
        Renew   ///< the token is no good, and another one has to be asked for
    };
    /// What a refused login with the token of this edition says. A second one that is refused, with no mail let in
    /// between, is the account's fault and not the token's.
    [[nodiscard]] TokenFault noteRefusedLogin(const Id& account, std::uint64_t edition);
    void offerSandbox(int maxConnections);
    /// Those a person has paused, and no others.
    void setPaused(std::unordered_set<Id> paused);
    /// Rolls counters over, ends rests, opens and closes. Returns the accounts that changed by it.
    std::vector<Id> refresh(TimePoint now);

    [[nodiscard]] policy::Choice choose(const policy::Wanted& wanted, TimePoint now);
    [[nodiscard]] const std::vector<policy::AccountView>& views() const { return m_views; }
    /// Null for accounts that are gone.
    [[nodiscard]] const policy::AccountView* view(const Id& account) const;
    /// The row; null for the sandbox and for accounts that are gone.
    [[nodiscard]] const store::AccountRecord* row(const Id& account) const;
    [[nodiscard]] const std::vector<store::AccountRecord>& rows() const { return m_rows; }

    /// How many recipients one transaction on this account may carry now: its row's limit, its rate, the units left.
    [[nodiscard]] std::size_t mayCarry(std::size_t view) const;
    /// A transaction of so many recipients begins; these units are its own.
    [[nodiscard]] Units begin(std::size_t view, std::size_t recipients);
    /// Its result is recorded: the connection is free, and `unused` of what it took comes back.
    void end(const Units& taken, std::int64_t unused);
    /// When units that are taken now can't be used any more.
    [[nodiscard]] TimePoint unitsEndAt(std::size_t view) const;
    /// The counters in which what leaves now is counted that are not among these: a limit that is set later, or
    /// changed from one kind to another, finds what has left before.
    [[nodiscard]] std::vector<std::string> countersBeside(const Units& taken, TimePoint now) const;

    /// Blocks to fetch now: for accounts with a limit whose rest is low; each is asked for once until granted().
    [[nodiscard]] std::vector<Block> blocksWanted();
    /// So many of the units are reserved. With none: `metBy` is the cap that leaves no more.
    void granted(const Block& asked, std::int64_t count, std::optional<std::size_t> metBy);
    /// A reservation could not be made: asked for again at the next turn after a second.
    void notGranted(const Id& account);
    /// Units to give back to the database: of limits that were changed (a new limit must not meet units reserved under
    /// the old one) and of counters that are over.
    [[nodiscard]] std::vector<Units> takeReturns() { return std::exchange(m_returns, {}); }
    /// Those and all unused units, for a clean stop.
    [[nodiscard]] std::vector<Units> takeRest();

    /// An account-level fault: the account rests. Returns until when.
    TimePoint rest(const Id& account, const policy::Verdict& verdict, TimePoint now, double dice);
    /// A success: the count of faults in a row starts anew. True if it had a problem on record.
    bool well(const Id& account);
    /// The clock was set back: rests and rates end as much earlier. Days and hours follow the clock by themselves.
    void setBack(Milliseconds by, TimePoint now);
    /// Ends a rest at once: a person enabled or changed the account.
    void wake(const Id& account);

private:
    struct Live {
        int outstanding = 0;
        int unlimited = 0;  ///< of those, begun while there was no limit: they hold no units
        bool unreadable = false;
        Ticket ticket;
        std::uint64_t tokenEdition = 0;
        bool isTokenRenewed = false;  ///< after a refusal, and nothing was let in since
        policy::Limits limits;
        std::uint64_t edition = 1;  ///< of the limits: raised when they are changed
        policy::Quota quota;
        std::int64_t balance = 0;  ///< units that are reserved and not taken
        bool reserving = false;
        std::string_view limitCode;  ///< of the limit that left the database no unit
        TimePoint limitedUntil{};
        std::int64_t today = 0;  ///< recipients of the quota's day, those under way included
        TimePoint paidUntil{};   ///< of the rate a minute
        TimePoint opensAt{};
        TimePoint hoursLookedAt{};
        int faults = 0;
        std::string problemCode;
        TimePoint restsUntil{};
    };
    [[nodiscard]] policy::Limits limitsOf(const store::AccountRecord& row) const;
    void takeLimits(Live& live, const store::AccountRecord& row);
    void refreshQuota(Live& live, const Id& account, TimePoint now);
    static void refreshHours(Live& live, const store::AccountRecord& row, TimePoint now);
    void returnBalance(Live& live, const Id& account);
    [[nodiscard]] static bool isOfNow(const Live& live, const Units& units);
    void rebuildView(std::size_t index, TimePoint now);
    void rebuild(const Id& account, TimePoint now);

    std::string m_zone;
    std::vector<store::AccountRecord> m_rows;
    std::vector<policy::AccountView> m_views;  ///< parallel to m_rows, then the sandbox if it is offered
    std::unordered_map<Id, Live> m_live;
    std::unordered_map<Id, std::size_t> m_index;
    std::unordered_set<Id> m_paused;
    std::vector<Units> m_returns;
    int m_sandboxConnections = 0;
    std::uint64_t m_turn = 0;
    TimePoint m_now{};
};

}  // namespace postroom::queue
