// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/client/http_transport.h"

#include "engine/base/clock.h"
#include "engine/base/inbox.h"
#include "engine/base/text.h"
#include "engine/client/exchange.h"

#include <QNetworkAccessManager>
#include <QNetworkProxy>
#include <QNetworkReply>
#include <QUrl>

namespace postroom::client {

namespace {

using namespace std::chrono_literals;

// For how long a local engine is believed to be the one that proved itself. A kept-alive connection is reopened without
// a word when it broke: after a silence somebody else may listen there.
constexpr auto proofLasts = 5s;

// One call on its way; a call that is dropped with an event that never ran still gets its answer.
class Call {
public:
    Call(ClientRequest what, Transport::Done done) : request(std::move(what)), m_done(std::move(done)) {}
    Call(const Call&) = delete;
    ~Call() { finish(fail(ErrorCode::Stopping, "the connection was closed")); }
    void finish(Result<ClientReply> reply) {
        if (const auto done = std::exchange(m_done, nullptr)) done(std::move(reply));
    }

    ClientRequest request;
    bool again = false;  ///< it was sent before, with a token that had run out

private:
    Transport::Done m_done;
};
using CallPtr = std::shared_ptr<Call>;

// Routes that need no key; no token is shown to them.
bool isOpen(std::string_view path) {
    path = path.substr(0, path.find('?'));
    return path == "/health" || path.starts_with("/health/") || path == "/openapi.json" || path == "/api/v1/version" ||
           path.starts_with("/api/v1/auth/");
}

Result<Target> readTarget(const HttpTransport::Options& options) {
    const QUrl url(toQString(options.url), QUrl::StrictMode);
    const QString scheme = url.scheme();
    const bool bare = (url.path().isEmpty() || url.path() == u"/") && !url.hasQuery() && !url.hasFragment();
    if (!url.isValid() || (scheme != u"http" && scheme != u"https") || url.host().isEmpty())
        return fail(ErrorCode::ConfigInvalid, "not an http:// or https:// address: " + printable(options.url, 200));
    // The text is not repeated: it may hold a password.
    if (!url.userInfo().isEmpty())
        return fail(ErrorCode::ConfigInvalid, "the address must not hold a user or password");
    if (!bare)
        return fail(ErrorCode::ConfigInvalid, "the address must end with the port: " + printable(options.url, 200));

    std::string pin = toLowerAscii(options.fingerprint);
    std::erase(pin, ':');
    if (!pin.empty() && (pin.size() != 64 || pin.find_first_not_of("0123456789abcdef") != pin.npos))
        return fail(ErrorCode::ConfigInvalid, "a fingerprint is the SHA-256 of a certificate, 64 hexadecimal digits");
    if (!pin.empty() && scheme != u"https")
        return fail(ErrorCode::ConfigInvalid, "a fingerprint needs an https:// address");
    return Target{.origin = url.adjusted(QUrl::RemovePath).toString(QUrl::FullyEncoded),
                  .fingerprint = QByteArray::fromStdString(pin),
                  .timeout = options.timeout,
                  .longestReply_bytes = options.longestReply_bytes};
}

}  // namespace

class HttpTransport::Line {
public:
    Line(Target target, Credentials credentials)
        : m_target(std::move(target)), m_where(toUtf8(m_target.origin)), m_credentials(std::move(credentials)) {
        // The engine is on this machine or in the operator's own network.
        m_manager.setProxy(QNetworkProxy::NoProxy);
    }
    ~Line() {
        m_stopping = true;
        for (QNetworkReply* reply : m_manager.findChildren<QNetworkReply*>()) reply->abort();
    }
    Line(const Line&) = delete;

    [[nodiscard]] const std::string& where() const { return m_where; }
    [[nodiscard]] Inbox& inbox() { return m_inbox; }

    void begin(CallPtr call) {
        if (m_stopping) return;
        if (std::holds_alternative<NoCredentials>(m_credentials) || isOpen(call->request.path))
            return perform(std::move(call), Secret());
        if (isLoggedIn()) return perform(std::move(call), m_bearer);
        m_waiting.push_back(std::move(call));
        if (m_waiting.size() == 1) logInFirst();
    }

private:
    [[nodiscard]] bool isLoggedIn() const {
        if (m_bearer.empty()) return false;
        return !std::holds_alternative<LocalToken>(m_credentials) || m_clock.steady() - m_heardAt < proofLasts;
    }

    void logInFirst() {
        logIn(
            m_credentials, m_where,
            [this](const ClientRequest& request, Done done) {
                exchange(m_manager, m_target, request, Secret(), std::move(done));
            },
            [this](Result<Secret> bearer) {
                const std::vector<CallPtr> waiting = std::exchange(m_waiting, {});
                if (m_stopping) return;
                m_bearer = bearer ? std::move(*bearer) : Secret();
                m_heardAt = m_clock.steady();
                for (const CallPtr& call : waiting) {
                    if (bearer)
                        perform(call, m_bearer);
                    else
                        call->finish(fail(bearer.error()));
                }
            });
    }

    void perform(CallPtr call, const Secret& bearer) {
        exchange(m_manager, m_target, call->request, bearer, [this, call, bearer](Result<ClientReply> reply) {
            if (m_stopping || bearer.empty()) return call->finish(std::move(reply));
            m_heardAt = m_clock.steady();
            const bool expired = reply && reply->status == 401;
            // After a failure the other side has to prove itself again; a token that another call renewed meanwhile
            // stays.
            if ((!reply || expired) && m_bearer.equals(bearer.reveal())) m_bearer = Secret();
            if (expired && !call->again && std::holds_alternative<KeyPair>(m_credentials)) {
                call->again = true;
                return begin(call);
            }
            call->finish(std::move(reply));
        });
    }

    const Target m_target;
    const std::string m_where;
    const Credentials m_credentials;
    const SystemClock m_clock;
    Secret m_bearer;
    SteadyPoint m_heardAt;
    bool m_stopping = false;
    std::vector<CallPtr> m_waiting;
    QNetworkAccessManager m_manager;
    Inbox m_inbox;  // last: what is posted to it finds everything else alive
};

Result<std::unique_ptr<HttpTransport>> HttpTransport::make(Options options) {
    auto target = readTarget(options);
    if (!target) return fail(target.error());
    return std::unique_ptr<HttpTransport>(
        new HttpTransport(std::make_unique<Line>(std::move(*target), std::move(options.credentials))));
}

HttpTransport::HttpTransport(std::unique_ptr<Line> line) : m_line(std::move(line)) {}
HttpTransport::~HttpTransport() = default;

void HttpTransport::send(ClientRequest request, Done done) {
    m_line->inbox().push([line = m_line.get(), call = std::make_shared<Call>(std::move(request), std::move(done))] {
        line->begin(call);
    });
}

std::string HttpTransport::describe() const {
    return m_line->where();
}

}  // namespace postroom::client
