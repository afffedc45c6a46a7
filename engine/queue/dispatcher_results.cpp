// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/policy/reason.h"
#include "engine/queue/dispatcher.h"
#include "engine/store/accounts.h"
#include "engine/store/actions.h"
#include "engine/store/windows.h"

#include <QLoggingCategory>

namespace postroom::queue {

namespace {
Q_LOGGING_CATEGORY(log, "postroom.queue")
}  // namespace

void Dispatcher::onReports(std::vector<Carrier::Report> batch) {
    const TimePoint now = m_parts.clock.now();
    const auto rules = m_parts.rules.edition();
    std::vector<store::Write> writes;
    std::map<std::pair<Id, std::string>, std::int64_t> counted;
    for (Carrier::Report& report : batch) {
        if (const auto* question = std::get_if<Carrier::Question>(&report)) {
            answer(*question);
            continue;
        }
        const auto& outcome = std::get<smtp::Outcome>(report);
        const auto at = m_flights.find(outcome.attempt);
        Q_ASSERT(at != m_flights.end());
        const Flight& flight = at->second;
        const Slots::Working working{m_parts.slotFile, flight.slot};
        auto recorded = std::make_shared<Recorded>(
            Recorded{outcome.attempt, settle(rules->rules, flight, outcome, now, dice()), {}});
        if (recorded->settlement.used > 0 && !flight.account.isNull())
            for (std::string& counter : m_accounts.countersBeside(flight.units, now))
                counted[{flight.account, std::move(counter)}] += recorded->settlement.used;
        noteSent(flight, recorded->settlement, now);
        noteAccount(flight, recorded->settlement, writes);
        if (!flight.account.isNull())
            for (std::size_t i = 0; i < flight.deliveries.size(); ++i)
                m_destinations.note(flight.deliveries[i], recorded->settlement.verdicts[i], now, dice());
        writes.push_back(record(std::move(recorded)));
    }
    for (const auto& [key, count] : counted) writes.push_back(countSent(key.first, key.second, count));
    if (!writes.empty()) m_parts.writer.submit(std::move(writes));
    flush();
}

store::Write Dispatcher::record(std::shared_ptr<Recorded> recorded) {
    ++m_pendingWrites;
    const Flight& flight = m_flights.at(recorded->attempt);
    const TimePoint now = m_parts.clock.now();
    return {[recorded, account = flight.account, counters = flight.units.counters, now, node = m_settings.node,
             this](store::Transaction& transaction) -> Result<void> {
                const Settlement& settlement = recorded->settlement;
                auto written = store::attempts::record(transaction, settlement.attempt, settlement.updates, now);
                if (written) written = suppress(transaction, settlement.dead, settlement.attempt.messageId);
                if (!written || settlement.used == 0) return written;
                // The units of a limit are used in the very transaction that says what they were used for.
                for (const std::string& counter : counters)
                    if (auto used = store::windows::use(transaction, account, counter, node, settlement.used); !used)
                        return used;
                return {};
            },
            [recorded, this](const Result<void>& result) {
                recorded->result = result;
                m_recorded.push(std::move(*recorded));
            }};
}

// What no limit hangs on is counted once a batch.
store::Write Dispatcher::countSent(const Id& account, const std::string& counter, std::int64_t count) {
    return {[account, counter, count, node = m_settings.node,
             before = policy::hourName(m_parts.clock.now() - std::chrono::hours{48})](store::Transaction& transaction) {
                auto used = store::windows::use(transaction, account, counter, node, count);
                return used ? store::windows::forgetHours(transaction, account, before) : used;
            },
            [this, account, counter, count](const Result<void>& result) {
                if (result || !m_parts.writer.healthy() || result.error().code == ErrorCode::Stopping) return;
                m_parts.queue.post([this, account, counter, count] {
                    QTimer::singleShot(std::chrono::seconds{1}, m_timer.get(), [this, account, counter, count] {
                        m_parts.writer.submit(countSent(account, counter, count));
                    });
                });
            }};
}

void Dispatcher::noteSent(const Flight& flight, const Settlement& settlement, TimePoint now) {
    if (settlement.sent == 0 || flight.account.isNull()) return;
    std::vector<SentNote> notes;
    for (const store::DeliveryUpdate& update : settlement.updates) {
        if (update.status != contract::State::Sent) continue;
        const auto due = std::find_if(flight.deliveries.begin(), flight.deliveries.end(),
                                      [&](const Due& one) { return one.delivery == update.delivery; });
        if (due != flight.deliveries.end())
            notes.push_back({now, flight.message->id, due->delivery, flight.account, due->recipient});
    }
    m_parts.sentLog.note(std::move(notes));
}

void Dispatcher::noteAccount(const Flight& flight, const Settlement& settlement, std::vector<store::Write>& writes) {
    // A server that refuses a mailbox let us in all the same.
    const bool answered = settlement.sent > 0 || settlement.failed > 0;
    if (flight.account.isNull()) {
        // The sandbox has no row; it rests all the same.
        if (settlement.accountFault)
            m_accounts.rest({}, *settlement.accountFault, m_parts.clock.now(), dice());
        else if (answered)
            m_accounts.well({});
        return;
    }
    const auto noted = [this, account = flight.account](const Result<void>&) {
        m_parts.events.note(observe::Topic::Accounts, account);
    };
    if (settlement.accountFault && renewsToken(flight, settlement)) return;
    if (settlement.accountFault) {
        const TimePoint now = m_parts.clock.now();
        const policy::AccountView* view = m_accounts.view(flight.account);
        const bool isResting = view && view->restsUntil > now;
        const TimePoint until = m_accounts.rest(flight.account, *settlement.accountFault, now, dice());
        if (!isResting)
            qCWarning(log, "account %s rests until %s: %s (%s)", flight.accountEmail.c_str(), toIso(until).c_str(),
                      std::string(settlement.accountFault->reason).c_str(), settlement.accountDetail.c_str());
        writes.push_back(
            {[account = flight.account, code = std::string(settlement.accountFault->reason),
              detail = settlement.accountDetail, now, until](store::Transaction& transaction) -> Result<void> {
                 auto noted = store::accounts::setProblem(transaction, account, code, detail, now, until);
                 if (!noted && noted.error().code == ErrorCode::NotFound) return {};  // removed meanwhile
                 return noted;
             },
             noted});
    } else if (answered && m_accounts.well(flight.account)) {
        writes.push_back({[account = flight.account](store::Transaction& transaction) -> Result<void> {
                              auto noted = store::accounts::clearProblem(transaction, account);
                              if (!noted && noted.error().code == ErrorCode::NotFound) return {};
                              return noted;
                          },
                          noted});
    }
}

bool Dispatcher::renewsToken(const Flight& flight, const Settlement& settlement) {
    if (settlement.accountFault->reason != policy::reason::authRejected || settlement.attempt.stage != "auth")
        return false;
    switch (m_accounts.noteRefusedLogin(flight.account, flight.tokenEdition)) {
        case Accounts::TokenFault::None: return false;
        case Accounts::TokenFault::Stale: return true;
        case Accounts::TokenFault::Renew: break;
    }
    qCInfo(log, "account %s gets another access token, its server refused the last one", flight.accountEmail.c_str());
    m_parts.grants.refused(flight.account);
    return true;
}

void Dispatcher::answer(const Carrier::Question& question) {
    const auto at = m_flights.find(question.attempt);
    Q_ASSERT(at != m_flights.end());
    const TimePoint now = m_parts.clock.now();
    const Slots::Working working{m_parts.slotFile, at->second.slot};
    const auto intent = std::make_shared<DotIntent>(
        intend(m_parts.rules.edition()->rules, at->second, question.recipients, now, dice()));
    if (m_stopping) {
        m_orders.push_back(Carrier::Abort{question.attempt});
        return;
    }
    m_parts.writer.submit(store::Write{[this, intent, now](store::Transaction& transaction) {
                                           auto written = store::attempts::recordDot(
                                               transaction, intent->attempt, intent->accepted, intent->refused, now);
                                           if (!written) return written;
                                           return suppress(transaction, intent->dead, intent->attempt.messageId);
                                       },
                                       [this, intent](const Result<void>& result) {
                                           m_parts.queue.post([this, intent, ok = result.has_value()] {
                                               const Id attempt = intent->attempt.id;
                                               const auto flight = m_flights.find(attempt);
                                               if (flight == m_flights.end())
                                                   return;  // the connection was lost meanwhile
                                               if (ok) {
                                                   flight->second.refusalRecorded = intent->isRefused;
                                                   m_orders.push_back(Carrier::PermitDot{attempt});
                                               } else {
                                                   m_orders.push_back(Carrier::Abort{attempt});
                                               }
                                               flush();
                                           });
                                       }});
}

void Dispatcher::onRecorded(std::vector<Recorded> batch) {
    const TimePoint now = m_parts.clock.now();
    observe::Flow flow;
    std::vector<Id> used;  // accounts whose day has one more in it
    m_changed.clear();
    for (Recorded& recorded : batch) {
        --m_pendingWrites;
        const auto at = m_flights.find(recorded.attempt);
        Q_ASSERT(at != m_flights.end());
        if (!recorded.result) {
            // The slot stays as it is: should the engine end now, it still says what happened.
            if (!m_parts.writer.healthy() || recorded.result.error().code == ErrorCode::Stopping) {
                halt(recorded.result.error());
                m_flights.erase(at);
                continue;
            }
            qCWarning(log, "a result could not be recorded and is written again: %s",
                      recorded.result.error().text().c_str());
            QTimer::singleShot(std::chrono::seconds{1}, m_timer.get(),
                               [this, kept = std::make_shared<Recorded>(std::move(recorded))] {
                                   m_parts.writer.submit(record(kept));
                               });
            continue;
        }
        Flight& flight = at->second;
        const Settlement& settlement = recorded.settlement;
        m_parts.slotFile.free(flight.slot);
        const auto unused = static_cast<std::int64_t>(flight.deliveries.size()) - settlement.used;
        m_accounts.end(flight.units, unused);
        if (!flight.account.isNull()) m_destinations.end(flight.deliveries);
        m_orders.push_back(Carrier::Release{recorded.attempt});
        m_parts.metrics.attempt(settlement.attempt.outcome);
        m_changed.push_back(flight.message->id);
        flow += {.sent = settlement.sent, .failed = settlement.failed, .deferred = settlement.deferred};
        if (settlement.used > 0 && !flight.account.isNull() &&
            std::find(used.begin(), used.end(), flight.account) == used.end())
            used.push_back(flight.account);
        if (!flight.message->sandbox) {
            if (settlement.sent > 0) m_parts.metrics.messagesSent(settlement.sent);
            if (settlement.failed > 0) m_parts.metrics.messagesFailed(settlement.failed);
        }
        if (settlement.sent > 0)
            m_parts.metrics.deliveryDuration(std::chrono::duration<double>(now - flight.message->wantedAt).count());
        m_lanes.forget(flight.message->lane, settlement.ended);
        for (const Parcel& parcel : settlement.again) {
            if (parcel.dueAt <= now + Lanes::horizon) {
                if (parcel.dueAt > now) {
                    // Bodies of mail that waits are read again when it is due.
                    parcel.message->composition.reset();
                    parcel.message->share.reset();
                }
                m_lanes.putBack(parcel, now);
            } else {
                std::vector<Id> ids;
                for (const Due& due : parcel.deliveries) ids.push_back(due.delivery);
                m_lanes.forget(parcel.message->lane, ids);
                m_lanes.noteOnDisk(parcel.message->lane, parcel.dueAt, parcel.message->priority);
            }
        }
        m_flights.erase(at);
    }
    m_parts.tally.add(flow);
    noteChanged();
    if (!used.empty()) m_parts.events.note(observe::Topic::Accounts, used);
    pump();
    if (m_stopping) finishStop();
}

void Dispatcher::stop(std::chrono::milliseconds grace, std::function<void()> done) {
    m_parts.queue.post([this, grace, done = std::move(done)]() mutable {
        m_stopping = true;
        m_stopped = std::move(done);
        m_timer->stop();
        flush();
        const auto stopCarrier = [this, grace] {
            m_carrier->stop(grace, [this] {
                // Reports of the last outcomes are in the queue thread's mailbox already; this comes behind them.
                m_parts.queue.post([this] {
                    m_running = false;
                    finishStop();
                });
            });
        };
        // What is with the signer has to be through: nothing may reach the carrier once it has stopped.
        m_signingEnds = true;
        m_parts.signer.worker().post([this, stopCarrier] { m_parts.smtp.post(stopCarrier); });
    });
}

void Dispatcher::finishStop() {
    if (m_running || m_pendingWrites > 0 || !m_stopped) return;
    giveBack(m_accounts.takeRest());
    auto done = std::exchange(m_stopped, {});
    m_parts.writer.submit(store::Write{
        m_presence.lastWord(), [this, done = std::move(done)](const Result<void>&) { m_parts.queue.post(done); }});
}

}  // namespace postroom::queue
