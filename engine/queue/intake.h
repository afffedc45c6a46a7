// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The way in: a message that was validated and composed becomes durable, then due.
//
// Any thread. The answer comes after the commit and its fsync, never before: 202 means safe.

#include "engine/queue/dispatcher.h"

#include <optional>

namespace postroom::queue {

struct Submission {
    store::MessageRecord message;
    std::vector<store::DeliveryRecord> deliveries;
    std::shared_ptr<const content::Composition> composition;  ///< shared with the attempt that will read it
    std::vector<StoredFiles::Hold> files = {};                ///< those the composition needs, once each or more
    std::vector<Id> uploads = {};                             ///< of them, those that were attached by id
};

class Intake {
public:
    Intake(store::Writer& writer, Dispatcher& dispatcher) : m_writer(writer), m_dispatcher(dispatcher) {}

    /// All of them or none, with the answer that is kept for a repetition, if there is one: what was promised for a
    /// request must not be half on disk. `answer` runs in the writer's thread: no error means durable.
    void submit(std::vector<Submission> submissions, std::optional<store::IdempotencyRecord> kept,
                std::function<void(const Result<void>&)> answer);

private:
    store::Writer& m_writer;
    Dispatcher& m_dispatcher;
};

}  // namespace postroom::queue
