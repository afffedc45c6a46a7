// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/idempotency.h"

#include "engine/api/router.h"
#include "engine/base/text.h"
#include "engine/contract/envelope.h"
#include "engine/store/idempotency.h"

#include <QCryptographicHash>

namespace postroom::api {

namespace {

constexpr auto header = "Idempotency-Key";

// Kinds and lengths stand before the bytes, so that no two values are written alike.
class Canonical {
public:
    void text(std::string_view kind, std::string_view bytes) {
        m_hash.addData(viewOf(kind));
        m_hash.addData(viewOf(std::to_string(bytes.size()) + ":"));
        m_hash.addData(viewOf(bytes));
    }
    void value(const json::Value& value) {
        if (value.is_string()) return text("s", {value.get_string().data(), value.get_string().size()});
        if (const json::Array* array = value.if_array()) {
            text("a", std::to_string(array->size()));
            for (const json::Value& item : *array) this->value(item);
        } else if (const json::Object* object = value.if_object()) {
            std::map<std::string_view, const json::Value*> sorted;
            for (const auto& member : *object)
                sorted.emplace(std::string_view{member.key().data(), member.key().size()}, &member.value());
            text("o", std::to_string(sorted.size()));
            for (const auto& [name, member] : sorted) {
                text("m", name);
                this->value(*member);
            }
        } else {
            text("v", json::serialise(value));
        }
    }
    [[nodiscard]] std::string hex() const { return toHex(m_hash.result().toStdString()); }

private:
    QCryptographicHash m_hash{QCryptographicHash::Sha256};
};

Error inProgress() {
    return {.code = ErrorCode::Conflict,
            .params = {{"retry_after", "1"}},
            .detail = "a request with this Idempotency-Key is still running",
            .fields = {{header, "idempotency.in_progress", "its first request has not been answered yet"}}};
}

Result<Answer> again(const store::IdempotencyRecord& first, const std::string& fingerprint) {
    if (first.fingerprint != fingerprint)
        return fail(invalidField(header, "idempotency.body_differs", "was used for another request"));
    return Answer{.status = first.status,
                  .data = nullptr,
                  .bare = first.answer,
                  .contentType = "application/json",
                  .headers = {{"Idempotency-Replayed", "true"}}};
}

}  // namespace

std::string fingerprintOf(const Call& call) {
    Canonical canonical;
    canonical.text("r", call.route->name);
    for (const auto& [name, value] : call.query) {
        canonical.text("q", name);
        canonical.text("s", value);
    }
    canonical.value(call.body);
    canonical.text("b", call.bytes);
    return canonical.hex();
}

void onlyOnce(Services& services, Call call, Reply reply, OnceWork work) {
    if (!call.idempotencyKey) return work(services, std::move(call), std::move(reply), std::nullopt);
    store::IdempotencyRecord once;
    once.owner = call.principal.keyId ? call.principal.keyId->text() : call.principal.actor;
    once.key = *call.idempotencyKey;
    once.fingerprint = fingerprintOf(call);
    once.createdAt = services.clock.now();
    once.keepUntil = once.createdAt + keysKept;
    auto claim = services.keysUnderWay.claim(once.owner, once.key);
    if (!claim) return reply(fail(inProgress()));
    // Free before the answer leaves: whoever has it may come again at once.
    const auto held = std::make_shared<KeysUnderWay::Claim>(std::move(claim));
    Reply freeing = [held, reply = std::move(reply)](Result<Answer> answer) {
        held->reset();
        reply(std::move(answer));
    };
    Worker& worker = services.heavyWorker.isCurrent() ? services.heavyWorker : services.apiWorker;
    services.readers.submit([&services, &worker, call = std::move(call), reply = std::move(freeing),
                             once = std::move(once), work = std::move(work)](store::Connection& connection) mutable {
        auto first = store::idempotency::find(connection, once.owner, once.key);
        if (!first) return reply(fail(first.error()));
        if (*first) return reply(again(**first, once.fingerprint));
        // Bodies are composed where they were read, and never between the pages of a reader.
        const bool posted = worker.post(
            [&services, call = std::move(call), reply, once = std::move(once), work = std::move(work)]() mutable {
                work(services, std::move(call), std::move(reply), std::move(once));
            });
        if (!posted) reply(fail(ErrorCode::Stopping));
    });
}

Answer keptAnswer(const Call& call, int status, json::Value data, std::vector<Id> messages, Once& once) {
    if (once) {
        once->status = status;
        once->answer = contract::successBody(data, call.requestId);
        once->messages = std::move(messages);
    }
    return {.status = status, .data = std::move(data)};
}

Error onceError(const Error& error, const Once& once) {
    return once && error.code == ErrorCode::AlreadyExists ? inProgress() : error;
}

}  // namespace postroom::api
