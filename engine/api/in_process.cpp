// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/in_process.h"

#include "engine/api/router.h"
#include "engine/base/text.h"
#include "engine/contract/envelope.h"
#include "engine/http/head.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <unordered_map>

namespace postroom::api {

namespace {

http::Method methodNamed(std::string_view text) {
    for (const auto method : {http::Method::Get, http::Method::Head, http::Method::Post, http::Method::Put,
                              http::Method::Patch, http::Method::Delete})
        if (name(method) == text) return method;
    return http::Method::Other;
}

// The texts of a value are all that can be large in it; counts no further than it has to.
std::size_t textIn_bytes(const json::Value& value, std::size_t enough) {
    std::size_t bytes = 0;
    if (value.is_string()) return value.get_string().size();
    if (const json::Array* array = value.if_array())
        for (auto at = array->begin(); at != array->end() && bytes <= enough; ++at)
            bytes += 1 + textIn_bytes(*at, enough);
    if (const json::Object* object = value.if_object())
        for (auto at = object->begin(); at != object->end() && bytes <= enough; ++at)
            bytes += at->key().size() + textIn_bytes(at->value(), enough);
    return bytes;
}

client::ClientReply wrapped(Result<Answer> answer, const std::string& requestId) {
    if (!answer)
        return {.status = httpStatus(answer.error().code),
                .contentType = "application/json",
                .body = contract::errorBody(answer.error(), requestId)};
    if (!answer->contentType.empty())
        return {.status = answer->status,
                .contentType = answer->contentType,
                .body = std::move(answer->bare),
                .headers = std::move(answer->headers)};
    return {.status = answer->status,
            .contentType = "application/json",
            .body = contract::successBody(answer->data, requestId),
            .headers = std::move(answer->headers)};
}

}  // namespace

// Who still waits for an answer. Each is answered once, by whoever takes it out first. Who lets go of the transport
// waits for answers that are just being given, for what they go to may die next. Any thread.
class InProcessTransport::Calls {
public:
    std::uint64_t begin(Done done) {
        const std::lock_guard lock{m_mutex};
        m_waiting.emplace(++m_last, std::move(done));
        return m_last;
    }
    void end(std::uint64_t call, Result<client::ClientReply> reply) {
        const auto self = std::this_thread::get_id();
        Done done;
        {
            const std::lock_guard lock{m_mutex};
            const auto at = m_waiting.find(call);
            if (at == m_waiting.end()) return;
            done = std::move(at->second);
            m_waiting.erase(at);
            m_answering.push_back(self);
        }
        // Outside the lock: reading a large answer takes its time, and who asks next need not wait for it.
        std::exchange(done, nullptr)(std::move(reply));
        {
            const std::lock_guard lock{m_mutex};
            m_answering.erase(std::find(m_answering.begin(), m_answering.end(), self));
        }
        m_answered.notify_all();
    }
    void endAll() {
        std::unordered_map<std::uint64_t, Done> waiting;
        {
            std::unique_lock lock{m_mutex};
            // But for the answer from inside which the transport is let go of.
            m_answered.wait(lock, [this] {
                return std::all_of(m_answering.begin(), m_answering.end(),
                                   [self = std::this_thread::get_id()](const auto& other) { return other == self; });
            });
            waiting.swap(m_waiting);
        }
        for (const auto& [call, done] : waiting) done(fail(ErrorCode::Stopping, "the connection was closed"));
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_answered;
    std::unordered_map<std::uint64_t, Done> m_waiting;
    std::vector<std::thread::id> m_answering;
    std::uint64_t m_last = 0;
};

// What a call holds of its place among them: a call that is dropped unanswered leaves nobody waiting.
struct InProcessTransport::Waiting {
    Waiting(std::shared_ptr<Calls> all, std::uint64_t number) : calls(std::move(all)), call(number) {}
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;
    ~Waiting() { calls->end(call, fail(ErrorCode::Stopping, "the call was dropped")); }

    std::shared_ptr<Calls> calls;  // shared, see the transport's
    std::uint64_t call;
};

InProcessTransport::InProcessTransport(Services& services, Worker& api)
    : m_services(services), m_api(api), m_calls(std::make_shared<Calls>()) {}

InProcessTransport::~InProcessTransport() {
    m_calls->endAll();
}

void InProcessTransport::send(client::ClientRequest request, Done answer) {
    const auto waiting = std::make_shared<Waiting>(m_calls, m_calls->begin(std::move(answer)));
    const Done done = [waiting](Result<client::ClientReply> reply) {
        waiting->calls->end(waiting->call, std::move(reply));
    };
    auto ticket = m_services.inProcess.enter();
    const auto late = [done, api = &m_api] {
        // Never from inside send(), not even this answer.
        if (!api->post([done] { done(fail(ErrorCode::Stopping)); })) done(fail(ErrorCode::Stopping));
    };
    if (!ticket) return late();
    const bool posted = m_api.post([services = &m_services, request = std::move(request), done,
                                    ticket = std::move(ticket)]() mutable {
        const std::string requestId = makeId(services->clock.now()).text();
        const Reply reply = [done, requestId, ticket = std::move(ticket)](Result<Answer> answer) {
            done(wrapped(std::move(answer), requestId));
        };
        http::RequestHead head;
        head.method = methodNamed(request.method);
        head.target = request.path.empty() ? "/" : std::move(request.path);
        if (auto read = http::readTarget(head, {}); !read) return reply(fail(read.error()));
        Match found = match(head.method, head.path);
        if (!found.route)
            return reply(fail(found.allowed.empty() ? ErrorCode::RouteUnknown : ErrorCode::MethodNotAllowed));
        auto key = readIdempotencyKey(*found.route, request.headers);
        if (!key) return reply(fail(key.error()));
        auto query = parseQuery(head.query);
        if (!query) return reply(fail(query.error()));
        Call call{.route = found.route,
                  .principal = {.actor = "local-admin", .keyId = {}, .scopes = security::Scopes::all(), .test = false},
                  .params = std::move(found.params),
                  .query = std::move(*query),
                  .body = nullptr,
                  .bytes = std::move(request.bytes),
                  .file = nullptr,
                  .idempotencyKey = std::move(*key),
                  .requestId = requestId,
                  .peer = "in-process"};
        for (const auto& [name, value] : request.headers)
            if (equalsIgnoreCase(name, "accept")) call.accept = value;
        if (request.body)
            call.body = std::move(*request.body);
        else if (found.route->body)
            call.body = json::Object{};
        if (call.bytes.size() <= heavyBody_bytes && textIn_bytes(call.body, heavyBody_bytes) <= heavyBody_bytes)
            return dispatch(*services, std::move(call), reply);
        services->heavyWorker.post(
            [services, call = std::move(call), reply]() mutable { dispatch(*services, std::move(call), reply); });
    });
    if (!posted) late();
}

}  // namespace postroom::api
