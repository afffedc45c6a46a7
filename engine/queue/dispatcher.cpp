// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/queue/dispatcher.h"

#include "engine/policy/reason.h"
#include "engine/queue/mail_body.h"
#include "engine/store/accounts.h"
#include "engine/store/actions.h"
#include "engine/store/pauses.h"
#include "engine/store/windows.h"

#include <QLoggingCategory>

namespace postroom::queue {

namespace {
Q_LOGGING_CATEGORY(log, "postroom.queue")
}

Dispatcher::Dispatcher(Parts parts, DispatcherSettings settings)
    : m_parts(parts),
      m_settings(std::move(settings)),
      m_lanes(m_settings.window),
      m_accounts(m_settings.zone),
      m_presence(parts.writer, parts.clock, m_settings.lateAfter),
      m_accepted(parts.queue, [this](std::vector<Accepted> batch) { onAccepted(std::move(batch)); }),
      m_reports(parts.queue, [this](std::vector<Carrier::Report> batch) { onReports(std::move(batch)); }),
      m_recorded(parts.queue, [this](std::vector<Recorded> batch) { onRecorded(std::move(batch)); }),
      m_toCarrier(parts.smtp,
                  [this](std::vector<Carrier::Order> orders) {
                      m_carrier->carryOut(std::move(orders));
                      m_openConnections.store(m_carrier->openConnections(), std::memory_order_relaxed);
                  }),
      m_toSigner(parts.signer.worker(), [this](std::vector<Unsigned> batch) { sign(std::move(batch)); }) {
    m_parts.smtp.call([this] { m_carrier = std::make_unique<Carrier>(m_parts.slotFile, m_parts.clock, m_reports); });
    m_parts.queue.call([this] {
        m_timer = std::make_unique<QTimer>();
        m_timer->setSingleShot(true);
        QObject::connect(m_timer.get(), &QTimer::timeout, m_timer.get(), [this] { pump(); });
    });
    m_parts.grants.tell([this](const Id& account, Ticket ticket) {
        m_parts.queue.post(
            [this, account, ticket = std::move(ticket)]() mutable { takeTicket(account, std::move(ticket)); });
    });
}

Dispatcher::~Dispatcher() {
    m_parts.grants.tell({});
    m_parts.queue.call([this] { m_timer.reset(); });
    m_parts.smtp.call([this] { m_carrier.reset(); });
}

void Dispatcher::start() {
    m_parts.readers.submit([this](store::Connection& connection) {
        m_parts.queue.post([this, found = find(connection)]() mutable {
            if (!found) return halt(found.error());
            begin(std::move(*found));
        });
    });
}

Result<Dispatcher::Findings> Dispatcher::find(store::Connection& connection) {
    auto accounts = store::accounts::list(connection);
    if (!accounts) return fail(accounts.error());
    auto lanes = store::messages::dueLanes(connection);
    if (!lanes) return fail(lanes.error());
    const auto scheduled = store::messages::nextScheduled(connection);
    if (!scheduled) return fail(scheduled.error());
    auto pauses = store::pauses::list(connection);
    if (!pauses) return fail(pauses.error());
    auto presence = Presence::read(connection);
    if (!presence) return fail(presence.error());
    return Findings{std::move(*accounts), std::move(*lanes), *scheduled, std::move(*pauses), std::move(*presence)};
}

void Dispatcher::begin(Findings findings) {
    takePauses(pausesOf(findings.pauses));
    if (findings.scheduled) noteScheduled(*findings.scheduled);
    if (m_settings.sandboxPort > 0) {
        smtp::Endpoint sandbox;
        sandbox.host = "127.0.0.1";
        sandbox.port = m_settings.sandboxPort;
        sandbox.security = smtp::Security::None;
        sandbox.heloName = "localhost";
        sandbox.username = "engine";
        sandbox.password = m_settings.sandboxPassword;
        sandbox.authenticate = !m_settings.sandboxPassword.empty();
        sandbox.maxConnections = m_settings.sandboxConnections;
        sandbox.commandTimeout = sandbox.connectTimeout = m_settings.commandTimeout;
        m_orders.push_back(Carrier::SetEndpoint{std::move(sandbox)});
        m_accounts.offerSandbox(m_settings.sandboxConnections);
    }
    for (const store::LaneDue& lane : findings.lanes)
        if (pauseOfPark(lane.lane))
            m_parks.emplace(lane.lane, 0);
        else
            m_lanes.noteOnDisk(lane.lane, lane.earliestDue);
    takeAccounts(std::move(findings.accounts));
    followClock(m_presence.begin(std::move(findings.presence), !m_pauses->everything), m_parts.clock.now());
    m_running = true;
    pump();
}

void Dispatcher::setAccounts(std::vector<store::AccountRecord> rows, std::function<void()> done) {
    m_parts.queue.post([this, rows = std::move(rows), done = std::move(done)]() mutable {
        takeAccounts(std::move(rows));
        if (done) done();
    });
}

void Dispatcher::takeAccounts(std::vector<store::AccountRecord> rows) {
    for (const store::AccountRecord& known : m_accounts.rows())
        if (std::none_of(rows.begin(), rows.end(), [&](const auto& row) { return row.id == known.id; }))
            m_orders.push_back(Carrier::RemoveEndpoint{known.id});
    for (store::AccountRecord& row : rows) {
        const store::AccountRecord* known = m_accounts.row(row.id);
        if (known && known->revision == row.revision) continue;
        auto endpoint =
            endpointOf(row, m_parts.vault, m_settings.heloName, m_settings.commandTimeout, m_accounts.token(row.id));
        m_accounts.noteReadable(row.id, endpoint.has_value());
        if (endpoint) {
            m_orders.push_back(Carrier::SetEndpoint{std::move(*endpoint)});
            const bool isOfToken = row.problemCode == policy::reason::authorizationNeeded ||
                                   row.problemCode == policy::reason::tokenUnavailable;
            if (row.problemCode == policy::reason::secretUnreadable ||
                (isOfToken && row.auth != contract::Auth::XOAuth2)) {
                row.problemCode.clear();
                m_parts.writer.submit(noteProblem(row.id, {}, {}));
            }
            continue;
        }
        // A password that is no token of our vault, or another row's: the account can't log in and says so.
        qCWarning(log, "account %s: %s", row.email.c_str(), endpoint.error().text().c_str());
        m_parts.writer.submit(noteProblem(row.id, policy::reason::secretUnreadable, endpoint.error().detail));
    }
    m_accounts.apply(std::move(rows), m_parts.clock.now());
    m_parts.grants.follow(m_accounts.rows());
    pump();
}

void Dispatcher::takeTicket(const Id& account, Ticket ticket) {
    const std::string detail = ticket.detail;
    const bool isReady = ticket.state == Ticket::State::Ready;
    const auto problem = m_accounts.setTicket(account, std::move(ticket));
    const store::AccountRecord* row = m_accounts.row(account);
    if (!row) return;
    if (isReady && row->auth == contract::Auth::XOAuth2)
        if (auto endpoint = endpointOf(*row, m_parts.vault, m_settings.heloName, m_settings.commandTimeout,
                                       m_accounts.token(account)))
            m_orders.push_back(Carrier::SetEndpoint{std::move(*endpoint)});
    if (problem) m_parts.writer.submit(noteProblem(account, *problem, problem->empty() ? std::string() : detail));
    m_parts.events.note(observe::Topic::Accounts, account);
    pump();
}

store::Write Dispatcher::noteProblem(const Id& account, std::string_view code, const std::string& detail) {
    const TimePoint at = code.empty() ? TimePoint{} : m_parts.clock.now();
    return {[account, code, detail, at](store::Transaction& transaction) -> Result<void> {
                auto noted = store::accounts::setProblem(transaction, account, code, detail, at, TimePoint{});
                if (!noted && noted.error().code == ErrorCode::NotFound) return {};  // removed meanwhile
                return noted;
            },
            [this, account](const Result<void>&) { m_parts.events.note(observe::Topic::Accounts, account); }};
}

void Dispatcher::giveBack(const std::vector<Accounts::Units>& returned) {
    if (returned.empty()) return;
    m_parts.writer.submit(store::Write{[returned,
                                        node = m_settings.node](store::Transaction& transaction) -> Result<void> {
        for (const Accounts::Units& units : returned)
            for (const std::string& counter : units.counters)
                if (auto gave = store::windows::giveBack(transaction, units.account, counter, node, units.count); !gave)
                    return gave;
        return {};
    }});
}

void Dispatcher::wakeAccount(const Id& account) {
    m_parts.queue.post([this, account] {
        m_accounts.wake(account);
        m_parts.grants.retry(account);
        pump();
    });
}

void Dispatcher::onAccepted(std::vector<Accepted> batch) {
    const TimePoint now = m_parts.clock.now();
    std::int64_t recipients = 0;
    m_changed.clear();
    for (Accepted& accepted : batch) {
        m_changed.push_back(accepted.message->id);
        recipients += static_cast<std::int64_t>(accepted.deliveries.size()) + accepted.suppressed;
        countSuppressed(accepted.suppressed);
        if (accepted.deliveries.empty()) continue;
        if (accepted.scheduledFor) {
            noteScheduled(*accepted.scheduledFor);
            continue;
        }
        keepBody(*accepted.message);
        m_lanes.admit(
            {.message = std::move(accepted.message), .deliveries = std::move(accepted.deliveries), .dueAt = now}, now);
    }
    m_parts.tally.add({.accepted = recipients});
    noteChanged();
    pump();
}

void Dispatcher::noteChanged() {
    if (m_changed.empty()) return;
    m_parts.events.note(observe::Topic::Messages, m_changed);
    m_parts.events.note(observe::Topic::Queue);
}

void Dispatcher::keepBody(Message& message) {
    if (!message.composition) return;
    const auto size = static_cast<std::int64_t>(message.composition->encodedSize_bytes);
    if (*m_bodyBytes + size > m_settings.bodyBudget_bytes) {
        message.composition.reset();
        return;
    }
    countBody(message);
}

void Dispatcher::countBody(Message& message) {
    const auto size = static_cast<std::int64_t>(message.composition->encodedSize_bytes);
    *m_bodyBytes += size;
    message.share = std::shared_ptr<void>(nullptr, [bytes = m_bodyBytes, size](void*) { *bytes -= size; });
}

void Dispatcher::pump() {
    if (!m_running || m_stopping || m_halted) return flush();
    const TimePoint now = m_parts.clock.now();
    followClock(m_presence.look(!m_pauses->everything), now);
    promote(now);
    for (const Id& account : m_accounts.refresh(now)) m_parts.events.note(observe::Topic::Accounts, account);
    for (Lane* lane : m_lanes.all()) m_lanes.ripen(*lane, now);
    // One parcel a lane and round: no lane's backlog stands before another's.
    for (bool progress = !m_pauses->everything; progress;) {
        progress = false;
        for (Lane* lane : m_lanes.all()) progress |= dispatchOne(*lane, now);
    }
    writeAside(now);
    unpark(now);
    giveBack(m_accounts.takeReturns());
    fetchBlocks();
    for (Lane* lane : m_lanes.all()) pageIn(*lane, now);
    m_lanes.sweep();
    flush();
    armTimer(now);
}

bool Dispatcher::dispatchOne(Lane& lane, TimePoint now) {
    if (lane.ready.empty()) return false;
    if (lane.ready.front().message->expiresAt <= now) return expire(lane, now), true;
    if (setAside(lane, now) || putOff(lane, now)) return true;
    // A body is read for a connection: more of them at a time would stand in memory and in no budget.
    const bool isToBeLoaded = !lane.ready.front().message->composition;
    if (m_flights.size() + (isToBeLoaded ? m_loading.size() : 0) >= m_settings.maxConnections) {
        lane.waiting = {.code = "account.connections_busy", .params = {}, .until = {}};
        return false;
    }
    const policy::Choice choice = m_accounts.choose(lane.wanted, now);
    lane.waiting = choice.waiting;
    if (!choice.account) return false;
    if (const auto progress = takeSuspects(lane, now)) return *progress;
    if (isToBeLoaded) return load(lane), true;
    Parcel parcel = std::move(lane.ready.front());
    lane.ready.pop_front();
    const std::size_t carried = m_accounts.mayCarry(*choice.account);
    if (carried < parcel.deliveries.size()) {
        Parcel rest{.message = parcel.message, .deliveries = {}, .dueAt = parcel.dueAt};
        rest.deliveries.assign(
            std::make_move_iterator(parcel.deliveries.begin() + static_cast<std::ptrdiff_t>(carried)),
            std::make_move_iterator(parcel.deliveries.end()));
        parcel.deliveries.resize(carried);
        m_lanes.putFirst(std::move(rest));
    }
    const Id account = m_accounts.views()[*choice.account].id;
    const Id attempt = makeId(now);
    const auto slot =
        m_parts.slotFile.take({.phase = Slots::Phase::Open,
                               .attempt = attempt,
                               .message = parcel.message->id,
                               .delivery = parcel.deliveries.size() == 1 ? parcel.deliveries.front().delivery : Id{},
                               .account = account,
                               .takenAt = now,
                               .recipients = static_cast<int>(parcel.deliveries.size())});
    if (!slot) {
        lane.waiting = {.code = "account.connections_busy", .params = {}, .until = {}};
        return m_lanes.putFirst(std::move(parcel)), false;
    }
    launch(std::move(parcel), *choice.account, *slot, attempt, now);
    return true;
}

void Dispatcher::launch(Parcel parcel, std::size_t view, std::size_t slot, const Id& attempt, TimePoint now) {
    const Slots::Working working{m_parts.slotFile, slot};
    const policy::AccountView& account = m_accounts.views()[view];
    const store::AccountRecord* row = m_accounts.row(account.id);
    const std::string email = row ? row->email : "sandbox@localhost";
    smtp::Transaction transaction;
    transaction.attempt = attempt;
    transaction.account = account.id;
    transaction.mailFrom = row ? row->email : (parcel.message->from.empty() ? email : parcel.message->from);
    for (const Due& due : parcel.deliveries) transaction.recipients.push_back(due.recipient);
    // Several recipients: only the attempt's row can name them after a crash. Hold: doubt must be on disk before it
    // exists.
    transaction.confirmDot = parcel.deliveries.size() > 1 || parcel.message->onUnknown == contract::OnUnknown::Hold;
    std::string fromLine;
    if (parcel.message->from.empty()) fromLine = fromLineOf(row);
    std::string from = parcel.message->from.empty() ? email : parcel.message->from;
    const std::shared_ptr<const content::Composition> composition = parcel.message->composition;
    const bool isToBeSigned = m_parts.signer.signs(from);
    if (isToBeSigned && !parcel.message->signatures) parcel.message->signatures = std::make_shared<SignatureMemo>();
    const std::shared_ptr<SignatureMemo> memo = parcel.message->signatures;

    Flight flight{.attempt = attempt,
                  .message = std::move(parcel.message),
                  .deliveries = std::move(parcel.deliveries),
                  .account = account.id,
                  .accountEmail = row ? row->email : "sandbox",
                  .units = m_accounts.begin(view, transaction.recipients.size()),
                  .tokenEdition = m_accounts.tokenEdition(account.id),
                  .slot = slot,
                  .startedAt = now};
    // Units of today must not be used tomorrow: past midnight the "." stays here and the parcel comes back.
    if (!flight.units.counters.empty()) transaction.dotNotAfter = m_accounts.unitsEndAt(view);
    if (row) m_destinations.begin(flight.deliveries);
    m_flights.emplace(attempt, std::move(flight));
    if (isToBeSigned) {
        m_toSigner.push({.load = {std::move(transaction), slot},
                         .from = std::move(from),
                         .fromLine = std::move(fromLine),
                         .composition = composition,
                         .memo = memo});
        return;
    }
    transaction.body = std::make_unique<MailBody>(std::move(fromLine), composition, m_parts.files);
    m_orders.push_back(Carrier::Load{std::move(transaction), slot});
}

void Dispatcher::expire(Lane& lane, TimePoint now) {
    Parcel parcel = std::move(lane.ready.front());
    lane.ready.pop_front();
    std::vector<Id> ids;
    for (const Due& due : parcel.deliveries) ids.push_back(due.delivery);
    m_lanes.forget(lane.name, ids);
    m_parts.writer.submit(
        store::Write{[ids, message = parcel.message->id, now](store::Transaction& transaction) -> Result<void> {
                         auto moved = store::actions::moveTo(transaction, message, ids, contract::State::Expired,
                                                             policy::reason::expired, now);
                         if (!moved) return fail(moved.error());
                         return {};
                     },
                     [this, message = parcel.message->id, lane = lane.name,
                      priority = parcel.message->priority](const Result<void>& result) {
                         if (result) return m_parts.events.note(observe::Topic::Messages, message);
                         // It is still queued there, and nobody here knows of it any more: it is read again.
                         m_parts.queue.post([this, lane, priority] {
                             m_lanes.noteOnDisk(lane, m_parts.clock.now() + std::chrono::seconds{1}, priority);
                         });
                     }});
}

void Dispatcher::fetchBlocks() {
    for (const Accounts::Block& block : m_accounts.blocksWanted()) {
        const auto granted = std::make_shared<store::windows::Reservation>();
        m_parts.writer.submit(
            store::Write{[block, granted, node = m_settings.node](store::Transaction& transaction) -> Result<void> {
                             std::vector<store::windows::Cap> caps;
                             for (const policy::Cap& cap : block.caps) caps.push_back({cap.first, cap.last, cap.limit});
                             auto got = store::windows::reserve(transaction, block.units.account, block.units.counters,
                                                                node, block.units.count, caps);
                             if (!got) return fail(got.error());
                             *granted = *got;
                             return {};
                         },
                         [this, block, granted](const Result<void>& result) {
                             m_parts.queue.post([this, block, got = *granted, ok = result.has_value()] {
                                 if (!ok) return m_accounts.notGranted(block.units.account);
                                 m_accounts.granted(block, got.count, got.metBy);
                                 // Nothing was left: it is limited now.
                                 if (got.count == 0) m_parts.events.note(observe::Topic::Accounts, block.units.account);
                                 pump();
                             });
                         }});
    }
}

void Dispatcher::look(std::vector<Id> messages, std::function<void(Look)> then) {
    m_parts.queue.post([this, messages = std::move(messages), then = std::move(then)] {
        Look look{.halted = m_halted,
                  .pauses = m_pauses,
                  .accounts = m_accounts.views(),
                  .inFlight = {},
                  .inMemory = m_lanes.held(),
                  .flights = m_flights.size(),
                  .bodies_bytes = *m_bodyBytes};
        const std::unordered_set<Id> asked(messages.begin(), messages.end());
        for (const auto& [attempt, flight] : m_flights)
            if (asked.contains(flight.message->id))
                for (const Due& due : flight.deliveries) look.inFlight.insert(due.delivery);
        then(std::move(look));
    });
}

void Dispatcher::withdraw(const Id& message, const std::string& lane,
                          std::function<void(std::unordered_set<Id>)> then) {
    m_parts.queue.post([this, message, lane, then = std::move(then)] {
        m_lanes.withdraw(message, lane);
        if (const auto loading = m_loading.find(message); loading != m_loading.end()) {
            std::vector<Id> ids;
            for (const Parcel& parcel : loading->second)
                for (const Due& due : parcel.deliveries) ids.push_back(due.delivery);
            m_lanes.forget(lane, ids);
            m_loading.erase(loading);
        }
        std::erase_if(m_lookedUp, [&](const auto& entry) {
            const Parcel& parcel = entry.second;
            if (parcel.message->id != message) return false;
            std::vector<Id> ids;
            for (const Due& due : parcel.deliveries) ids.push_back(due.delivery);
            m_lanes.forget(lane, ids);
            return true;
        });
        std::unordered_set<Id> inFlight;
        for (const auto& [attempt, flight] : m_flights)
            if (flight.message->id == message)
                for (const Due& due : flight.deliveries) inFlight.insert(due.delivery);
        then(std::move(inFlight));
    });
}

void Dispatcher::lookAgain(const Id& message, const std::string& lane) {
    m_parts.queue.post([this, message, lane] {
        m_lanes.readmit(message, lane);
        m_lanes.noteOnDisk(lane, m_parts.clock.now());
        pump();
    });
}

void Dispatcher::armTimer(TimePoint now) {
    // Rests end, windows roll over and reservations are asked for again without an event of their own: a look a second.
    // Never more than twenty a second: what is due and can't move is due at every look.
    std::chrono::milliseconds wait{1000};
    const auto notBeyond = [&](TimePoint next) {
        wait = std::clamp(std::chrono::milliseconds{next - now}, std::chrono::milliseconds{50}, wait);
    };
    if (const auto next = m_lanes.nextDue()) notBeyond(*next);
    if (m_scheduledDueAt && !m_promoting) notBeyond(*m_scheduledDueAt);
    for (const policy::AccountView& account : m_accounts.views())
        if (account.nextAt > now) notBeyond(account.nextAt);
    m_timer->start(wait);
}

void Dispatcher::flush() {
    if (m_orders.empty()) return;
    m_toCarrier.push(std::exchange(m_orders, {}));
}

double Dispatcher::dice() {
    return std::uniform_real_distribution<double>{0, 1}(m_random);
}

void Dispatcher::halt(const Error& error) {
    if (std::exchange(m_halted, true)) return;
    qCCritical(log, "nothing leaves any more, results can't be recorded: %s", error.text().c_str());
    m_parts.events.note(observe::Topic::Queue);
}

}  // namespace postroom::queue
