// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/queue/carrier.h"

namespace postroom::queue {

namespace {
template <typename... Ts>
struct Overloaded : Ts... {
    using Ts::operator()...;
};
}  // namespace

Carrier::Carrier(Slots& slotFile, const Clock& clock, Mailbox<Report>& reports)
    : m_slots(slotFile), m_reports(reports), m_pool(*this, clock) {}

void Carrier::carryOut(std::vector<Order> orders) {
    for (Order& order : orders)
        std::visit(Overloaded{[&](Load& load) {
                                  m_slotOf[load.transaction.attempt] = load.slot;
                                  m_pool.submit(std::move(load.transaction));
                              },
                              [&](const PermitDot& permit) { m_pool.permitDot(permit.attempt); },
                              [&](const Abort& abort) { m_pool.abort(abort.attempt); },
                              [&](const Release& release) { m_pool.release(release.attempt); },
                              [&](SetEndpoint& set) { m_pool.setEndpoint(std::move(set.endpoint)); },
                              [&](const RemoveEndpoint& remove) { m_pool.removeEndpoint(remove.account); }},
                   order);
}

void Carrier::beforeDot(const Id& attempt, const std::vector<smtp::Reply>& recipients) {
    m_reports.push(Question{attempt, recipients});
}

void Carrier::dotLeaves(const Id& attempt) {
    const auto at = m_slotOf.find(attempt);
    Q_ASSERT(at != m_slotOf.end());
    m_slots.markDot(at->second);
}

void Carrier::dotAnswered(const Id& attempt, int code) {
    const auto at = m_slotOf.find(attempt);
    Q_ASSERT(at != m_slotOf.end());
    m_slots.markAnswered(at->second, code);
}

void Carrier::finished(smtp::Outcome outcome) {
    if (const auto at = m_slotOf.find(outcome.attempt); at != m_slotOf.end()) {
        // It is the queue thread's from here on.
        m_slots.dropAll(at->second, Slots::Desk::Smtp);
        m_slotOf.erase(at);
    }
    m_reports.push(std::move(outcome));
}

void Carrier::takenInHand(const Id& attempt) {
    if (const auto at = m_slotOf.find(attempt); at != m_slotOf.end()) m_slots.takeInHand(at->second, Slots::Desk::Smtp);
}

void Carrier::letGo(const Id& attempt) {
    if (const auto at = m_slotOf.find(attempt); at != m_slotOf.end()) m_slots.letGo(at->second, Slots::Desk::Smtp);
}

}  // namespace postroom::queue
