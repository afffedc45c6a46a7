// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Who is delivered when, and by which account.
//
// Lives in the queue thread; the functions marked "any thread" post there. What is due goes out as soon as an account
// may carry it; every result is recorded before the account's connection is used again. See ARCHITECTURE.md, "The way
// of a message".

#include "engine/base/mailbox.h"
#include "engine/observe/events.h"
#include "engine/observe/metrics.h"
#include "engine/observe/series.h"
#include "engine/queue/accounts.h"
#include "engine/queue/carrier.h"
#include "engine/queue/destinations.h"
#include "engine/queue/flight.h"
#include "engine/queue/grants.h"
#include "engine/queue/lanes.h"
#include "engine/queue/mail_signer.h"
#include "engine/queue/pauses.h"
#include "engine/queue/presence.h"
#include "engine/queue/rule_book.h"
#include "engine/queue/sent_log.h"
#include "engine/queue/stored_files.h"
#include "engine/queue/suppression_sieve.h"
#include "engine/security/vault.h"
#include "engine/store/readers.h"
#include "engine/store/writer.h"

#include <QTimer>
#include <random>
#include <unordered_set>

namespace postroom::queue {

struct DispatcherSettings {
    std::string zone;            ///< IANA name: the calendar of daily limits
    std::string node = "local";  ///< whose reservations these are
    std::string heloName;
    std::uint16_t sandboxPort = 0;  ///< 0: there is no sandbox
    Secret sandboxPassword = {};
    int sandboxConnections = 16;
    std::chrono::milliseconds commandTimeout{30'000};
    std::size_t maxConnections = 64;           ///< of all accounts together, the sandbox included
    std::size_t window = 20'000;               ///< recipients in memory at most
    std::int64_t bodyBudget_bytes = 64 << 20;  ///< bodies kept in memory while their message waits
    std::chrono::days suppressedFor{90};       ///< a mailbox that there is not, or that is disabled; 0: not at all
    policy::LateMail lateMail = policy::LateMail::Send;
    Milliseconds lateAfter{std::chrono::hours{24}};  ///< without an engine while it was due
};

class Dispatcher {
public:
    /// What it works with; all of it outlives the dispatcher.
    struct Parts {
        Worker& queue;
        Worker& smtp;
        store::Writer& writer;
        store::Readers& readers;
        Slots& slotFile;
        StoredFiles& files;
        const security::Vault& vault;
        const RuleBook& rules;
        SentLog& sentLog;
        MailSigner& signer;
        SuppressionSieve& suppressions;
        Grants& grants;
        const Clock& clock;
        observe::Metrics& metrics;
        observe::EventRing& events;
        observe::Tally& tally;
    };
    /// A message that was just committed.
    struct Accepted {
        std::shared_ptr<Message> message;
        std::vector<Due> deliveries;
        std::optional<TimePoint> scheduledFor = {};  ///< it stays in the database until then
        std::int64_t suppressed = 0;                 ///< recipients that failed as it was accepted
    };
    /// How things stand, for people.
    struct Look {
        bool halted = false;                           ///< the database does not take results: nothing leaves
        std::shared_ptr<const policy::Pauses> pauses;  ///< shared with the dispatcher; it never changes
        std::vector<policy::AccountView> accounts;
        std::unordered_set<Id> inFlight;  ///< deliveries of the messages asked about
        std::size_t inMemory = 0;
        std::size_t flights = 0;
        std::int64_t bodies_bytes = 0;  ///< of what waits or is under way
    };

    Dispatcher(Parts parts, DispatcherSettings settings);
    ~Dispatcher();
    Dispatcher(const Dispatcher&) = delete;
    Dispatcher& operator=(const Dispatcher&) = delete;

    /// Any thread. Reads accounts and lanes and begins.
    void start();
    /// Any thread. A committed message; it is handed on without being read back where there is room.
    void accept(Accepted accepted) { m_accepted.push(std::move(accepted)); }
    /// Any thread. The accounts' rows have changed; `done` runs in the queue thread when the new ones are in force.
    void setAccounts(std::vector<store::AccountRecord> rows, std::function<void()> done);
    /// Any thread. What a person has paused: nothing new leaves there; what is under way goes on. `done` runs in the
    /// queue thread when they are in force.
    void setPauses(policy::Pauses pauses, std::function<void()> done);
    /// Any thread. A person put the account right: its rest ends.
    void wakeAccount(const Id& account);
    /// Any thread. Takes a message's waiting recipients out of the window, so that a write may decide about them;
    /// `then` runs in the queue thread with those in flight, which must be left alone. Until lookAgain(), to be called
    /// after the write whatever came of it, none of its recipients comes back into the window.
    void withdraw(const Id& message, const std::string& lane,
                  std::function<void(std::unordered_set<Id> inFlight)> then);
    void lookAgain(const Id& message, const std::string& lane);
    /// Any thread; `then` runs in the queue thread.
    void look(std::vector<Id> messages, std::function<void(Look)> then);

    /// Any thread. Nothing new leaves; what is before its "." is broken off; open dots are waited for at most `grace`;
    /// results are recorded and unused units returned; then `done`, in the queue thread.
    void stop(std::chrono::milliseconds grace, std::function<void()> done);

    [[nodiscard]] int openConnections() const { return m_openConnections.load(std::memory_order_relaxed); }

private:
    /// A load whose body is still to be made, behind its signatures.
    struct Unsigned {
        Carrier::Load load;
        std::string from;  ///< the address
        std::string fromLine;
        std::shared_ptr<const content::Composition> composition;  // shared as WireReader says
        std::shared_ptr<SignatureMemo> memo;
    };
    struct Recorded {
        Id attempt;
        Settlement settlement;
        Result<void> result;
    };

    /// What the database says at the start.
    struct Findings {
        std::vector<store::AccountRecord> accounts;
        std::vector<store::LaneDue> lanes;
        std::optional<TimePoint> scheduled;
        std::vector<store::PauseRecord> pauses;
        Presence::Memory presence;
    };
    /// Recipients that are taken out of a lane, and have their room in it until that is written.
    struct Aside {
        Id message;
        std::string lane;
        int priority = 0;
        std::vector<Id> deliveries;
        std::string park;  ///< where to; empty: they are too late
    };

    [[nodiscard]] static Result<Findings> find(store::Connection& connection);
    void begin(Findings findings);
    void takeAccounts(std::vector<store::AccountRecord> rows);
    void takeTicket(const Id& account, Ticket ticket);
    /// The account logs in with an access token that its server refused: then it is renewed, and nothing rests.
    [[nodiscard]] bool renewsToken(const Flight& flight, const Settlement& settlement);
    void onAccepted(std::vector<Accepted> batch);
    /// Keeps the message's body in memory if the budget allows it.
    void keepBody(Message& message);
    /// Takes the body's share of the budget, whatever is left of it.
    void countBody(Message& message);
    void onReports(std::vector<Carrier::Report> batch);
    void onRecorded(std::vector<Recorded> batch);
    void answer(const Carrier::Question& question);
    [[nodiscard]] store::Write record(std::shared_ptr<Recorded> recorded);
    [[nodiscard]] store::Write countSent(const Id& account, const std::string& counter, std::int64_t count);
    /// That an account can't be used at all, or, with an empty code (a constant of policy::reason), can again.
    [[nodiscard]] store::Write noteProblem(const Id& account, std::string_view code, const std::string& detail);
    void giveBack(const std::vector<Accounts::Units>& returned);
    /// Every recipient of it who got the mail goes into sent.log.
    void noteSent(const Flight& flight, const Settlement& settlement, TimePoint now);
    void noteAccount(const Flight& flight, const Settlement& settlement, std::vector<store::Write>& writes);

    void pump();
    bool dispatchOne(Lane& lane, TimePoint now);
    void load(Lane& lane);
    void expire(Lane& lane, TimePoint now);
    /// Leaves to the database, for later, those recipients of the lane's first parcel whose domain has asked for a
    /// pause. True if there were any.
    bool putOff(Lane& lane, TimePoint now);
    /// Takes out of the lane those recipients of its first parcel that a pause keeps back, or all if it is too late for
    /// them. True if there were any.
    bool setAside(Lane& lane, TimePoint now);
    bool park(Lane& lane);
    bool setLateAside(Lane& lane, TimePoint now);
    void writeAside(TimePoint now);
    void onAside(const std::vector<Aside>& some, const Result<void>& result);
    void takePauses(policy::Pauses pauses);
    /// Brings back what is parked for a pause that is over.
    void unpark(TimePoint now);
    void onUnparked(const std::string& name, std::uint64_t parked, const store::Unparking& unparking,
                    const Result<void>& result);
    /// The clock was set back: what waits for a time that was reckoned by it comes as much earlier.
    void followClock(Milliseconds setBackBy, TimePoint now);
    void launch(Parcel parcel, std::size_t view, std::size_t slot, const Id& attempt, TimePoint now);
    /// In the signer's thread: each goes on to the carrier, or ends here.
    void sign(std::vector<Unsigned> batch);
    void fetchBlocks();
    void pageIn(Lane& lane, TimePoint now);
    void onPage(const std::string& lane, std::vector<Parcel> parcels, const store::DueByPriority& next);
    void noteScheduled(TimePoint dueAt);
    /// Makes queued what was scheduled and is due.
    void promote(TimePoint now);
    void onPromoted(const Result<void>& result, const store::Promotion& promotion);
    /// Takes those of the front parcel that may be suppressed out of the lane, to be looked for in the database; then
    /// whether that was progress. Nothing where there are none.
    std::optional<bool> takeSuspects(Lane& lane, TimePoint now);
    void lookUp(Parcel parcel, TimePoint now);
    void onLookedUp(std::uint64_t serial, const Result<void>& result, const std::unordered_set<Id>& suppressed);
    /// Recipients that failed as they are suppressed, for the figures.
    void countSuppressed(std::int64_t recipients);
    /// Suppresses the mailboxes that a server has just said there are not.
    [[nodiscard]] Result<void> suppress(store::Transaction& transaction, const std::vector<DeadMailbox>& mailboxes,
                                        const Id& message);
    void armTimer(TimePoint now);
    void flush();
    void finishStop();
    void halt(const Error& error);
    /// Messages that changed, and the queue with them; m_changed holds them.
    void noteChanged();
    [[nodiscard]] double dice();

    Parts m_parts;
    DispatcherSettings m_settings;
    Lanes m_lanes;
    Accounts m_accounts;
    Destinations m_destinations;
    Presence m_presence;
    std::shared_ptr<const policy::Pauses> m_pauses =
        std::make_shared<const policy::Pauses>();  // shared by looks, pages
    std::vector<Aside> m_aside;                    ///< gathered during one turn
    std::map<std::string, std::uint64_t> m_parks;  ///< that may hold something: how often something was parked there
    bool m_unparking = false;
    TimePoint m_unparkAt{};  ///< not before
    std::unordered_map<Id, Flight> m_flights;
    std::unordered_map<Id, std::vector<Parcel>> m_loading;  ///< by message: waiting for its body
    std::unordered_map<std::uint64_t, Parcel> m_lookedUp;   ///< being looked for among the suppressed
    std::uint64_t m_lastLookUp = 0;
    std::vector<Carrier::Order> m_orders;  ///< gathered during one turn
    Mailbox<Accepted> m_accepted;
    Mailbox<Carrier::Report> m_reports;
    Mailbox<Recorded> m_recorded;
    std::unique_ptr<Carrier> m_carrier;  ///< made and destroyed in the smtp thread
    Mailbox<Carrier::Order> m_toCarrier;
    Mailbox<Unsigned> m_toSigner;
    std::atomic<bool> m_signingEnds = false;
    std::unique_ptr<QTimer> m_timer;
    std::vector<Id> m_changed;  ///< messages, during one batch; kept for its room
    std::mt19937_64 m_random{std::random_device{}()};
    std::shared_ptr<std::int64_t> m_bodyBytes = std::make_shared<std::int64_t>(0);
    std::atomic<int> m_openConnections = 0;
    std::optional<TimePoint> m_scheduledDueAt;  ///< when the database may have something scheduled that is due
    bool m_promoting = false;
    bool m_running = false;
    bool m_halted = false;
    bool m_stopping = false;
    int m_pendingWrites = 0;
    std::function<void()> m_stopped;
};

}  // namespace postroom::queue
