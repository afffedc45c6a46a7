// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "tests/ui/fake_engine.h"

#include "engine/contract/envelope.h"

#include <algorithm>
#include <QTest>
#include <QTimer>

namespace postroom::ui {

namespace {

using State = FakeEngine::State;

std::string routeOf(const client::ClientRequest& request) {
    return request.method + " " + request.path.substr(0, request.path.find('?'));
}

client::ClientReply enveloped(json::Value data, int status) {
    json::Object body{{"code", 0}, {"message", "success"}, {"data", std::move(data)}, {"request_id", "test"}};
    return {.status = status, .contentType = "application/json", .body = json::serialise(json::Value(std::move(body)))};
}

void finishPoll(State& state, bool reset = false) {
    if (!state.poll) return;
    contract::Events events{.next = "e." + std::to_string(++state.seq), .reset = reset, .events = state.pending};
    state.pending.clear();
    std::exchange(state.poll, nullptr)(enveloped(contract::toJson(events), 200));
}

class FakeTransport final : public client::Transport {
public:
    explicit FakeTransport(std::shared_ptr<State> state) : m_state(std::move(state)) {}
    /// What was not answered ends here, as with every transport: later there is nobody left to hear it.
    ~FakeTransport() override {
        m_state->poll = nullptr;
        for (auto& [number, done] : std::exchange(*m_open, {})) done(postroom::fail(ErrorCode::Stopping));
    }

    void send(client::ClientRequest request, Done done) override {
        const int number = ++m_last;
        m_open->emplace(number, std::move(done));
        Done once = [open = m_open, number](Result<client::ClientReply> reply) {
            if (auto waiting = open->extract(number)) waiting.mapped()(std::move(reply));
        };
        QTimer::singleShot(0, [state = m_state, open = m_open, number, request = std::move(request),
                               once = std::move(once)]() mutable {
            if (open->contains(number)) serve(state, std::move(request), std::move(once));
        });
    }
    [[nodiscard]] std::string describe() const override { return "http://fake.example:8000"; }

private:
    static void serve(const std::shared_ptr<State>& state, client::ClientRequest request, Done done) {
        if (state->failing) return done(postroom::fail(*state->failing));
        const std::string route = routeOf(request);
        if (route == "GET /api/v1/events") {
            state->poll = std::move(done);
            if (request.path.find("after=") == std::string::npos || !state->pending.empty()) finishPoll(*state);
            return;
        }
        if (route != "GET /api/v1/version") state->asked.push_back(request);
        auto answer = [state, route, request = std::move(request), done = std::move(done)] {
            if (state->failing) return done(postroom::fail(*state->failing));
            const auto found = state->routes.find(route);
            if (found == state->routes.end()) {
                qWarning("nothing answers %s", route.c_str());
                return done(enveloped(nullptr, 404));
            }
            done(found->second(request));
        };
        if (std::find(state->holding.begin(), state->holding.end(), route) != state->holding.end())
            state->held[route].push_back(std::move(answer));
        else
            answer();
    }

    std::shared_ptr<State> m_state;
    std::shared_ptr<std::map<int, Done>> m_open = std::make_shared<std::map<int, Done>>();  // with answers held back
    int m_last = 0;
};

}  // namespace

FakeEngine::FakeEngine() : m_state(std::make_shared<State>()) {
    answer("GET /api/v1/version", contract::toJson(contract::VersionAnswer{
                                      .version = "0.1.0", .apiVersion = "1", .capabilities = {"sandbox"}}));
}

void FakeEngine::answer(const std::string& route, json::Value data, int status) {
    m_state->routes[route] = [data = std::move(data), status](const client::ClientRequest&) {
        return enveloped(data, status);
    };
}

void FakeEngine::answer(const std::string& route,
                        std::function<client::ClientReply(const client::ClientRequest&)> handler) {
    m_state->routes[route] = std::move(handler);
}

void FakeEngine::refuse(const std::string& route, const Error& error) {
    json::Array details;
    for (const FieldError& field : error.fields)
        details.push_back(json::Object{{"field", field.field}, {"reason", field.reason}, {"detail", field.detail}});
    json::Object body{{"code", httpStatus(error.code)},
                      {"message", error.detail},
                      {"error", std::string(wireName(error.code))},
                      {"details", std::move(details)},
                      {"request_id", "test"}};
    m_state->routes[route] = [body = std::move(body), status = httpStatus(error.code)](const client::ClientRequest&) {
        return client::ClientReply{
            .status = status, .contentType = "application/json", .body = json::serialise(json::Value(body))};
    };
}

void FakeEngine::fail(std::optional<Error> error) {
    m_state->failing = std::move(error);
    if (m_state->failing && m_state->poll) std::exchange(m_state->poll, nullptr)(postroom::fail(*m_state->failing));
}

void FakeEngine::hold(const std::string& route) {
    m_state->holding.push_back(route);
}

void FakeEngine::release(const std::string& route) {
    std::erase(m_state->holding, route);
    for (const auto& answer : std::exchange(m_state->held[route], {})) answer();
}

void FakeEngine::push(const std::string& topic, const std::vector<std::string>& ids) {
    m_state->pending.push_back({.topic = topic, .ids = ids});
    finishPoll(*m_state);
}

std::size_t FakeEngine::count(const std::string& route) const {
    return static_cast<std::size_t>(
        std::count_if(m_state->asked.begin(), m_state->asked.end(),
                      [&](const client::ClientRequest& request) { return routeOf(request) == route; }));
}

json::Value FakeEngine::lastBody(const std::string& route) const {
    for (auto at = m_state->asked.rbegin(); at != m_state->asked.rend(); ++at)
        if (routeOf(*at) == route) return at->body.value_or(nullptr);
    return nullptr;
}

Link::Dial FakeEngine::dial() {
    return [state = m_state]() -> Result<Link::Dialled> {
        return Link::Dialled{.transport = std::make_unique<FakeTransport>(state),
                             .url = QStringLiteral("http://127.0.0.1:8000")};
    };
}

FakeDesk::FakeDesk()
    : link(engine.dial()),
      desk{.link = link,
           .notices = notices,
           .go = [this](Place place, const QString& what) { went.emplace_back(place, what); },
           .profile = QStringLiteral("test")} {}

bool FakeDesk::connectNow() {
    link.dial();
    return QTest::qWaitFor([this] { return link.state() == Link::State::Online; }, 5000);
}

}  // namespace postroom::ui
