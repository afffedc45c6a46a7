// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/gate.h"
#include "engine/api/handlers.h"
#include "engine/api/idempotency.h"
#include "engine/api/preparation.h"
#include "engine/api/suppressed_recipients.h"
#include "engine/content/template/limits.h"

namespace postroom::api {

namespace {

using contract::BatchReceipt;

constexpr std::size_t fewMessages = 20;

Result<queue::Submission> prepare(Services& services, const Call& call, const json::Value& item, const Uploads& uploads,
                                  std::int64_t& steps) {
    if (auto fine = contract::check(contract::sendSchema(), item); !fine) return fail(fine.error());
    auto request = contract::SendRequest::read(item.get_object());
    if (!request) return fail(request.error());
    return Preparation{services, call, std::move(*request), uploads, &steps}.compose();
}

BatchReceipt::Item refusal(int index, const Error& error) {
    BatchReceipt::Item item{.index = index,
                            .statusCode = httpStatus(error.code),
                            .messageId = {},
                            .status = {},
                            .recipients = {},
                            .error = std::string(wireName(error.code)),
                            .message = std::string(title(error.code)),
                            .details = {}};
    if (!error.detail.empty() && item.statusCode < 500) item.message += ": " + error.detail;
    for (const FieldError& field : error.fields) item.details.push_back({field.field, field.reason, field.detail});
    return item;
}

BatchReceipt::Item acceptance(int index, const queue::Submission& submission) {
    return {.index = index,
            .statusCode = 202,
            .messageId = submission.message.id,
            .status = submission.message.status,
            .recipients = recipientsOf(submission),
            .error = {},
            .message = {},
            .details = {}};
}

// The error of one that does not fit any more.
Error tooMany() {
    return invalidField("to", "field.too_many", "the messages of the batch have more than 10,000 recipients together");
}

// Each is judged alone; those that are good are committed together, so that the answer is true as a whole.
void postItems(Services& services, Call call, const Reply& reply, Once once, const Uploads& uploads) {
    json::Array& items = call.body.get_object().at("messages").get_array();
    BatchReceipt receipt;
    std::vector<queue::Submission> submissions;
    std::vector<int> indices;  // of the submissions in the batch
    std::size_t recipients = 0;
    // A thousand mails that each take all they may would hold up everybody else for minutes.
    std::int64_t steps = content::templates::Limits::BatchSteps;
    for (std::size_t i = 0; i < items.size(); ++i) {
        const int index = static_cast<int>(i);
        auto submission = prepare(services, call, items[i], uploads, steps);
        items[i] = nullptr;  // the mail is in the composition now
        if (submission && recipients + submission->deliveries.size() > contract::mostRecipientsInBatch)
            submission = fail(tooMany());
        // A fault of ours says nothing of the message: kept as an answer, it would be given again for a day.
        if (!submission && httpStatus(submission.error().code) >= 500) return reply(fail(submission.error()));
        if (!submission) {
            receipt.results.push_back(refusal(index, submission.error()));
            ++receipt.refused;
            continue;
        }
        recipients += submission->deliveries.size();
        receipt.results.emplace_back();
        ++receipt.accepted;
        indices.push_back(index);
        submissions.push_back(std::move(*submission));
    }
    // What nobody keeps is gone before the answer leaves.
    call.files.clear();
    if (submissions.empty()) return reply(Answer{.status = 202, .data = contract::toJson(receipt)});
    call.body = nullptr;
    markSuppressed(services, std::move(submissions), reply,
                   [&services, call = std::move(call), reply, once = std::move(once), receipt = std::move(receipt),
                    indices = std::move(indices)](std::vector<queue::Submission> marked) mutable {
                       std::vector<Id> ids;
                       for (std::size_t i = 0; i < marked.size(); ++i) {
                           const int index = indices[i];
                           receipt.results[static_cast<std::size_t>(index)] = acceptance(index, marked[i]);
                           ids.push_back(marked[i].message.id);
                       }
                       Answer answer = keptAnswer(call, 202, contract::toJson(receipt), std::move(ids), once);
                       services.intake.submit(std::move(marked), once,
                                              [answer = std::move(answer), reply, once](const Result<void>& result) {
                                                  if (!result) return reply(fail(onceError(result.error(), once)));
                                                  reply(answer);
                                              });
                   });
}

// Short as its text may be, composing so many, or whatever a template does, would hold up those who send one.
bool isHeavy(const json::Array& messages) {
    return messages.size() > fewMessages || std::any_of(messages.begin(), messages.end(), namesTemplate);
}

}  // namespace

void postBatch(Services& services, Call call, Reply reply) {
    const json::Array& messages = call.body.get_object().at("messages").get_array();
    if (isHeavy(messages) && !services.heavyWorker.isCurrent())
        return inHeavy(services, std::move(call), std::move(reply), postBatch);
    const auto count = static_cast<std::int64_t>(messages.size());
    onlyOnce(
        services, std::move(call), std::move(reply), [count](Services& services, Call call, Reply reply, Once once) {
            // One was counted when it came, and is all that a repetition costs.
            if (auto fine = charge(services, call.principal, count - 1, 1); !fine) return reply(fail(fine.error()));
            withUploads(
                services, std::move(call), std::move(reply),
                [once = std::move(once)](Services& services, Call call, const Reply& reply, const Uploads& uploads) {
                    postItems(services, std::move(call), reply, once, uploads);
                });
        });
}

}  // namespace postroom::api
