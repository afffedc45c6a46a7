// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/suppressed_recipients.h"

#include "engine/observe/log.h"
#include "engine/policy/reason.h"
#include "engine/store/suppressions.h"

namespace postroom::api {

namespace {

using contract::State;
using Submissions = std::vector<queue::Submission>;

bool hasSuspects(const Services& services, const queue::Submission& submission) {
    if (submission.message.sandbox) return false;
    const auto& all = submission.deliveries;
    return std::any_of(all.begin(), all.end(),
                       [&](const auto& delivery) { return services.suppressions.mayHold(delivery.recipient); });
}

Result<void> mark(Services& services, store::Connection& connection, queue::Submission& submission) {
    for (store::DeliveryRecord& delivery : submission.deliveries) {
        if (!services.suppressions.mayHold(delivery.recipient)) continue;
        const auto row = store::suppressions::inForce(connection, delivery.recipient, delivery.dueAt);
        if (!row) return fail(row.error());
        if (!*row) continue;
        delivery.status = State::Failed;
        delivery.reason = policy::reason::suppressed;
    }
    submission.message.status = State::Sent;
    for (const store::DeliveryRecord& delivery : submission.deliveries)
        submission.message.status = std::min(submission.message.status, delivery.status);
    return {};
}

}  // namespace

void markSuppressed(Services& services, Submissions submissions, const Reply& reply,
                    std::function<void(Submissions)> then) {
    if (std::none_of(submissions.begin(), submissions.end(),
                     [&](const auto& submission) { return hasSuspects(services, submission); }))
        return then(std::move(submissions));
    const auto all = std::make_shared<Submissions>(std::move(submissions));
    const bool posted =
        services.readers.submit([&services, all, reply, then = std::move(then)](store::Connection& connection) mutable {
            for (queue::Submission& submission : *all) {
                if (!hasSuspects(services, submission)) continue;
                if (const auto marked = mark(services, connection, submission); !marked)
                    qCWarning(observe::logStore, "it could not be looked up who is suppressed: %s",
                              marked.error().text().c_str());
            }
            if (!services.heavyWorker.post([all, then = std::move(then)] { then(std::move(*all)); }))
                reply(fail(ErrorCode::Stopping));
        });
    if (!posted) reply(fail(ErrorCode::Stopping));
}

std::vector<contract::Receipt::Recipient> recipientsOf(const queue::Submission& submission) {
    std::vector<contract::Receipt::Recipient> out;
    for (const store::DeliveryRecord& delivery : submission.deliveries)
        out.push_back(
            {.recipient = delivery.recipient, .id = delivery.id, .status = delivery.status, .reason = delivery.reason});
    return out;
}

}  // namespace postroom::api
