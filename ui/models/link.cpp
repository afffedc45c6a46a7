// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/models/link.h"

#include "engine/base/text.h"

namespace postroom::ui {

namespace {

using namespace std::chrono_literals;

// The API this window was written for.
constexpr auto apiVersion = "1";
// After the n-th failure in a row.
constexpr std::chrono::seconds pauses[] = {1s, 2s, 4s, 8s, 15s};
// A refusal does not heal by asking again soon, and an engine limits how often a wrong secret may be tried.
constexpr auto pauseAfterRefusal = 30s;
constexpr std::chrono::seconds poll = 25s;

bool breaksTheLink(ErrorCode code) {
    switch (code) {
        case ErrorCode::NetworkFailed:
        case ErrorCode::TlsFailed:
        case ErrorCode::TimedOut:
        case ErrorCode::Stopping:
        case ErrorCode::CredentialsRejected:
        case ErrorCode::Unauthorized: return true;
        default: return false;
    }
}

bool isRefusal(ErrorCode code) {
    return code == ErrorCode::CredentialsRejected || code == ErrorCode::Unauthorized || code == ErrorCode::TlsFailed ||
           code == ErrorCode::ProtocolViolated || code == ErrorCode::Forbidden || code == ErrorCode::ConfigInvalid;
}

}  // namespace

Link::Link(Dial dial, QObject* parent) : QObject(parent), m_dial(std::move(dial)) {
    m_retry.setSingleShot(true);
    m_countdown.setInterval(1s);
    connect(&m_retry, &QTimer::timeout, this, &Link::dial);
    connect(&m_countdown, &QTimer::timeout, this, &Link::stateChanged);
}

Link::~Link() = default;

int Link::secondsToRetry() const {
    return m_retry.isActive() ? static_cast<int>((m_retry.remainingTime() + 999) / 1000) : 0;
}

void Link::dial() {
    ++m_round;
    m_retry.stop();
    m_countdown.stop();
    // Lost stays Lost until the engine has answered, but no try is planned any more: whoever counts down must hear it.
    setState(m_state == State::Lost ? State::Lost : State::Connecting);
    auto dialled = m_dial();
    if (!dialled) {
        m_client.reset();
        return lose(dialled.error());
    }
    m_url = dialled->url;
    m_ctlArguments = dialled->ctlArguments;
    m_client = std::make_unique<client::EngineClient>(std::move(dialled->transport));
    meet();
}

void Link::meet() {
    ask(
        this, [](client::EngineClient& engine) { return engine.version(); },
        [this, round = m_round](const Result<contract::VersionAnswer>& version) {
            if (round != m_round) return;
            if (!version) return lose(version.error());
            if (version->apiVersion != apiVersion)
                return lose(Error{.code = ErrorCode::ProtocolViolated,
                                  .params = {{"api_version", version->apiVersion}, {"wanted", apiVersion}},
                                  .detail = "the engine speaks another version of the API",
                                  .fields = {}});
            m_engineVersion = toQString(version->version);
            m_capabilities.clear();
            for (const std::string& capability : version->capabilities) m_capabilities.append(toQString(capability));
            follow({});
        });
}

void Link::follow(const std::string& after) {
    ask(
        this, [&after](client::EngineClient& engine) { return engine.events(after, after.empty() ? 0s : poll); },
        [this, after, round = m_round](const Result<contract::Events>& events) {
            if (round != m_round) return;
            if (!events) return lose(events.error());
            m_failures = 0;
            const bool begins = after.empty();
            if (begins) setState(State::Online);
            if (begins || events->reset) {
                emit everythingStale();
            } else {
                for (const contract::Event& event : events->events) {
                    QStringList ids;
                    for (const std::string& id : event.ids) ids.append(toQString(id));
                    emit stale(toQString(event.topic), ids);
                }
            }
            // An engine that answers a long poll at once, whatever the reason, is not asked in a circle.
            QTimer::singleShot(begins ? 0ms : 50ms, this, [this, round, next = events->next] {
                if (round == m_round) follow(next);
            });
        });
}

void Link::lose(const Error& trouble) {
    m_trouble = trouble;
    const auto last = std::size(pauses) - 1;
    const std::chrono::milliseconds pause = isRefusal(trouble.code)
                                                ? pauseAfterRefusal
                                                : pauses[qMin<std::size_t>(static_cast<std::size_t>(m_failures), last)];
    ++m_failures;
    ++m_round;
    m_retry.start(pause);
    m_countdown.start();
    setState(State::Lost);
}

void Link::noteTrouble(const Error& error, int round) {
    if (round == m_round && m_state == State::Online && breaksTheLink(error.code)) lose(error);
}

void Link::setState(State state) {
    m_state = state;
    emit stateChanged();
}

}  // namespace postroom::ui
