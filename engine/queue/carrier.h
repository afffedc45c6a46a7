// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The bridge between the queue thread and the SMTP connections: batches one way, batches back, slots marked in between.
//
// Everything but the constructor is called in the smtp thread or goes there by a mailbox. One post per batch and
// thread.

#include "engine/base/mailbox.h"
#include "engine/queue/slots.h"
#include "engine/smtp/pool.h"

#include <functional>
#include <unordered_map>
#include <variant>

namespace postroom::queue {

class Carrier final : private smtp::Pool::Port {
public:
    struct Load {
        smtp::Transaction transaction;
        std::size_t slot = 0;
    };
    struct PermitDot {
        Id attempt;
    };
    struct Abort {
        Id attempt;
    };
    struct Release {
        Id attempt;
    };
    struct SetEndpoint {
        smtp::Endpoint endpoint;
    };
    struct RemoveEndpoint {
        Id account;
    };
    using Order = std::variant<Load, PermitDot, Abort, Release, SetEndpoint, RemoveEndpoint>;

    /// A connection stands before its "." and asks: recipients with their replies.
    struct Question {
        Id attempt;
        std::vector<smtp::Reply> recipients;
    };
    using Report = std::variant<Question, smtp::Outcome>;

    /// Made in the smtp thread. `reports` belongs to the queue thread and outlives the carrier.
    Carrier(Slots& slotFile, const Clock& clock, Mailbox<Report>& reports);

    /// In the smtp thread.
    void carryOut(std::vector<Order> orders);
    void stop(std::chrono::milliseconds grace, std::function<void()> done) { m_pool.stop(grace, std::move(done)); }
    [[nodiscard]] int openConnections() const { return m_pool.openConnections(); }

private:
    void beforeDot(const Id& attempt, const std::vector<smtp::Reply>& recipients) override;
    void dotLeaves(const Id& attempt) override;
    void dotAnswered(const Id& attempt, int code) override;
    void finished(smtp::Outcome outcome) override;
    void takenInHand(const Id& attempt) override;
    void letGo(const Id& attempt) override;

    Slots& m_slots;
    Mailbox<Report>& m_reports;
    std::unordered_map<Id, std::size_t> m_slotOf;
    smtp::Pool m_pool;
};

}  // namespace postroom::queue
