// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/queue/intake.h"

#include "engine/store/files.h"
#include "engine/store/idempotency.h"

namespace postroom::queue {

namespace {

struct Batch {
    std::vector<Submission> submissions;
    std::vector<store::BodyRecord> bodies;
    std::optional<store::IdempotencyRecord> kept;
};

Result<void> useFiles(store::Transaction& transaction, const Submission& one) {
    std::vector<std::string> names;
    for (const StoredFiles::Hold& file : one.files) names.push_back(*file);
    if (auto used = store::files::use(transaction, one.message.id, names); !used) return used;
    for (const Id& upload : one.uploads) {
        auto touched = store::files::touchUpload(transaction, upload, one.message.createdAt);
        // Removed meanwhile: the message has its file all the same.
        if (!touched && touched.error().code != ErrorCode::NotFound) return touched;
    }
    return {};
}

Result<void> insert(store::Transaction& transaction, const Batch& batch) {
    // First: where a twin on another node was faster, nothing else is written.
    if (batch.kept)
        if (auto done = store::idempotency::insert(transaction, *batch.kept); !done) return done;
    for (std::size_t i = 0; i < batch.submissions.size(); ++i) {
        const Submission& one = batch.submissions[i];
        auto done = store::messages::insert(transaction, one.message, batch.bodies[i], one.deliveries);
        if (done) done = useFiles(transaction, one);
        if (!done) return done;
    }
    return {};
}

Dispatcher::Accepted accepted(Submission& submission) {
    Dispatcher::Accepted out{.message = toMessage(submission.message), .deliveries = {}};
    out.message->composition = std::move(submission.composition);
    for (store::DeliveryRecord& delivery : submission.deliveries) {
        if (contract::isTerminal(delivery.status)) {
            ++out.suppressed;
            continue;
        }
        if (delivery.status == contract::State::Scheduled) out.scheduledFor = delivery.dueAt;
        out.deliveries.push_back(
            {.delivery = delivery.id, .recipient = std::move(delivery.recipient), .attempts = 0, .reason = {}});
    }
    return out;
}

}  // namespace

void Intake::submit(std::vector<Submission> submissions, std::optional<store::IdempotencyRecord> kept,
                    std::function<void(const Result<void>&)> answer) {
    const auto batch = std::make_shared<Batch>();
    batch->bodies.reserve(submissions.size());
    for (const Submission& one : submissions) batch->bodies.push_back(packBody(*one.composition));
    batch->submissions = std::move(submissions);
    batch->kept = std::move(kept);
    m_writer.submit(store::Write{[batch](store::Transaction& transaction) { return insert(transaction, *batch); },
                                 [this, batch, answer = std::move(answer)](const Result<void>& result) {
                                     answer(result);
                                     if (!result) return;
                                     for (Submission& one : batch->submissions) m_dispatcher.accept(accepted(one));
                                 }});
}

}  // namespace postroom::queue
