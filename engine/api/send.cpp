// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/handlers.h"
#include "engine/api/idempotency.h"
#include "engine/api/preparation.h"
#include "engine/api/suppressed_recipients.h"

namespace postroom::api {

namespace {

using contract::SendRequest;

contract::Receipt receiptOf(const queue::Submission& submission) {
    return {.messageId = submission.message.id,
            .status = submission.message.status,
            .recipients = recipientsOf(submission)};
}

void accept(Services& services, const Call& call, const Reply& reply, Once once, Result<queue::Submission> submission) {
    if (!submission) return reply(fail(submission.error()));
    Call asked;  // without the mail
    asked.requestId = call.requestId;
    std::vector<queue::Submission> one;
    one.push_back(std::move(*submission));
    markSuppressed(services, std::move(one), reply,
                   [&services, asked = std::move(asked), reply,
                    once = std::move(once)](std::vector<queue::Submission> marked) mutable {
                       const queue::Submission& message = marked.front();
                       Answer answer =
                           keptAnswer(asked, 202, contract::toJson(receiptOf(message)), {message.message.id}, once);
                       services.intake.submit(std::move(marked), once,
                                              [answer = std::move(answer), reply, once](const Result<void>& result) {
                                                  if (!result) return reply(fail(onceError(result.error(), once)));
                                                  reply(answer);
                                              });
                   });
}

// A query's parameters as the body of a request: what may be given more than once is a list.
Result<json::Object> optionsIn(const Call& call) {
    json::Object out;
    for (const auto& [name, value] : call.query) {
        if (name == "to" || name == "tag") {
            json::Value& list = out[name == "to" ? "to" : "tags"];
            if (!list.is_array()) list = json::Array{};
            list.get_array().emplace_back(value);
            continue;
        }
        if (out.contains(name)) return fail(invalidField(name, "field.too_many", "is given twice"));
        out[name] = value;
        if (name != "metadata") continue;
        auto read = json::parse(value);
        if (!read) return fail(invalidField(name, "field.type", "is not JSON"));
        out[name] = std::move(*read);
    }
    const auto priority = numberIn(call, "priority", 0, 9, 0);
    if (!priority) return fail(priority.error());
    if (out.contains("priority")) out["priority"] = *priority;
    if (auto fine = contract::check(contract::rawSchema(), out); !fine) return fail(fine.error());
    return out;
}

}  // namespace

void postSend(Services& services, Call call, Reply reply) {
    if (namesTemplate(call.body) && !services.heavyWorker.isCurrent())
        return inHeavy(services, std::move(call), std::move(reply), postSend);
    onlyOnce(services, std::move(call), std::move(reply), [](Services& services, Call call, Reply reply, Once once) {
        withUploads(
            services, std::move(call), std::move(reply),
            [once = std::move(once)](Services& services, Call call, const Reply& reply, const Uploads& uploads) {
                auto request = SendRequest::read(call.body.get_object());
                auto submission = request ? Preparation{services, call, std::move(*request), uploads}.compose()
                                          : fail(request.error());
                // What nobody keeps is gone before the answer leaves.
                call.files.clear();
                accept(services, call, reply, once, std::move(submission));
            });
    });
}

void postRaw(Services& services, Call call, Reply reply) {
    onlyOnce(services, std::move(call), std::move(reply), [](Services& services, Call call, Reply reply, Once once) {
        const auto options = optionsIn(call);
        if (!options) return reply(fail(options.error()));
        auto request = SendRequest::read(*options);
        if (!request) return reply(fail(request.error()));
        accept(services, call, reply, std::move(once),
               Preparation{services, call, std::move(*request), {}}.takeOver(call.bytes));
    });
}

}  // namespace postroom::api
