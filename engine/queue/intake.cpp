// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/queue/intake.h"

namespace postroom::queue {

void Intake::submit(Submission submission, std::function<void(const Result<void>&)> answer) {
    const auto kept = std::make_shared<Submission>(std::move(submission));
    const auto body = std::make_shared<store::BodyRecord>(packBody(*kept->composition));
    m_writer.submit(store::Write{
        [kept, body](store::Transaction& transaction) {
            return store::messages::insert(transaction, kept->message, *body, kept->deliveries);
        },
        [this, kept, answer = std::move(answer)](const Result<void>& result) {
            answer(result);
            if (!result) return;
            Dispatcher::Accepted accepted{.message = toMessage(kept->message), .deliveries = {}};
            accepted.message->composition = std::move(kept->composition);
            for (store::DeliveryRecord& delivery : kept->deliveries)
                accepted.deliveries.push_back(
                    {.delivery = delivery.id, .recipient = std::move(delivery.recipient), .attempts = 0, .reason = {}});
            m_dispatcher.accept(std::move(accepted));
        }});
}

}  // namespace postroom::queue
