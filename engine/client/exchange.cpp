// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/client/exchange.h"

#include "engine/base/text.h"
#include "engine/base/trust_chain.h"

#include <cstring>
#include <QIODevice>
#include <QNetworkAccessManager>
#include <QNetworkProxy>
#include <QNetworkReply>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslError>
#include <QTimer>
#include <QUrl>

namespace postroom::client {

std::string ClientReply::header(std::string_view name) const {
    for (const auto& [known, value] : headers)
        if (equalsIgnoreCase(known, name)) return value;
    return {};
}

namespace {

using namespace std::chrono_literals;

// A body that can be read once. QNetworkAccessManager resends a request, a POST too, when a kept-alive connection
// breaks before the answer: a message could be accepted twice. What it can't rewind it does not resend.
class OneShotBody final : public QIODevice {
public:
    OneShotBody(std::string bytes, QObject* parent) : QIODevice(parent), m_bytes(std::move(bytes)) {
        open(QIODevice::ReadOnly | QIODevice::Unbuffered);
    }
    [[nodiscard]] bool isSequential() const override { return true; }
    [[nodiscard]] bool atEnd() const override { return m_read == m_bytes.size(); }
    [[nodiscard]] qint64 bytesAvailable() const override { return static_cast<qint64>(m_bytes.size() - m_read); }
    bool reset() override { return false; }

protected:
    qint64 readData(char* to, qint64 most) override {
        if (atEnd()) return -1;
        const std::size_t count = std::min(static_cast<std::size_t>(most), m_bytes.size() - m_read);
        std::memcpy(to, m_bytes.data() + m_read, count);
        m_read += count;
        return static_cast<qint64>(count);
    }
    qint64 writeData(const char*, qint64) override { return -1; }

private:
    std::string m_bytes;
    std::size_t m_read = 0;
};

// What is known of an exchange under way; kept alive by the connections to its reply.
struct Progress {
    Transport::Done done;
    std::size_t longest_bytes = 0;
    std::string origin;
    QByteArray fingerprint;
    std::string roots_pem;
    std::string body;
    std::optional<Error> verdict;  ///< why we aborted it ourselves
};

void refuse(Progress& progress, QNetworkReply* reply, ErrorCode code, std::string detail) {
    if (!progress.verdict) progress.verdict = fail(code, std::move(detail)).value();
    reply->abort();
}

bool isPinned(const QByteArray& fingerprint, const QSslConfiguration& tls) {
    const QSslCertificate certificate = tls.peerCertificate();
    return !certificate.isNull() && certificate.digest(QCryptographicHash::Sha256).toHex() == fingerprint;
}

// True where the answer is the server's, of whatever status, and not a failure on the way.
bool isAnswer(QNetworkReply::NetworkError error, int status) {
    if (status == 0) return false;
    return error == QNetworkReply::NoError || (error > 200 && error < 300) || error > 400 ||
           error == QNetworkReply::ProtocolInvalidOperationError;
}

std::vector<std::pair<std::string, std::string>> headersOf(const QNetworkReply& reply) {
    std::vector<std::pair<std::string, std::string>> headers;
    for (const auto& [name, value] : reply.rawHeaderPairs())
        headers.emplace_back(name.toStdString(), value.toStdString());
    return headers;
}

Result<ClientReply> judge(Progress& progress, QNetworkReply* reply) {
    if (progress.verdict) return fail(std::move(*progress.verdict));
    const int status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    const auto error = reply->error();
    const std::string why = progress.origin + ": " + printable(toUtf8(reply->errorString()), 200);
    if (isAnswer(error, status)) {
        if (status >= 300 && status < 400)
            return fail(ErrorCode::ProtocolViolated, progress.origin + " redirects; redirects are not followed");
        bool hasLength = false;
        const qlonglong length = reply->header(QNetworkRequest::ContentLengthHeader).toLongLong(&hasLength);
        if (hasLength && length != static_cast<qlonglong>(progress.body.size()))
            return fail(ErrorCode::ProtocolViolated, progress.origin + ": the answer ended early");
        return ClientReply{.status = status,
                           .contentType = reply->header(QNetworkRequest::ContentTypeHeader).toString().toStdString(),
                           .body = std::move(progress.body),
                           .headers = headersOf(*reply)};
    }
    switch (error) {
        case QNetworkReply::OperationCanceledError: return fail(ErrorCode::Stopping, "the call was ended");
        case QNetworkReply::TimeoutError: return fail(ErrorCode::TimedOut, why);
        case QNetworkReply::SslHandshakeFailedError: return fail(ErrorCode::TlsFailed, why);
        case QNetworkReply::ProtocolUnknownError:
        case QNetworkReply::ProtocolFailure: return fail(ErrorCode::ProtocolViolated, why);
        default:
            if (status != 0) return fail(ErrorCode::ProtocolViolated, progress.origin + ": the answer ended early");
            return fail(ErrorCode::NetworkFailed, why);
    }
}

QNetworkRequest prepared(const Target& target, const ClientRequest& request, const Secret& bearer) {
    QNetworkRequest out(QUrl::fromEncoded((target.origin + toQString(request.path)).toUtf8(), QUrl::StrictMode));
    out.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    out.setAttribute(QNetworkRequest::CacheLoadControlAttribute, QNetworkRequest::AlwaysNetwork);
    out.setAttribute(QNetworkRequest::CacheSaveControlAttribute, false);
    out.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    out.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    out.setAttribute(QNetworkRequest::AuthenticationReuseAttribute, QNetworkRequest::Manual);
    out.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
    out.setAttribute(QNetworkRequest::DoNotBufferUploadDataAttribute, true);
    out.setRawHeader("Accept", "application/json");
    // Said, so that the library does not inflate a small answer into a large one.
    out.setRawHeader("Accept-Encoding", "identity");
    out.setRawHeader("User-Agent", "postroom");
    for (const auto& [name, value] : request.headers)
        out.setRawHeader(QByteArray::fromStdString(name), QByteArray::fromStdString(value));
    if (!bearer.empty()) out.setRawHeader("Authorization", "Bearer " + viewOf(bearer.reveal()));
    // A name that can't match: every certificate is then put before the sslErrors handler, which blocks the handshake
    // and decides by the fingerprint before a byte of ours is sent. Emptying the list of roots would not do in Qt 6.4.2
    // (CVE-2023-34410).
    if (!target.fingerprint.isEmpty()) out.setPeerVerifyName(QStringLiteral("pinned.invalid"));
    if (!target.roots_pem.empty()) {
        QSslConfiguration tls = out.sslConfiguration();
        tls.setCaCertificates(QSslCertificate::fromData(viewOf(target.roots_pem), QSsl::Pem));
        out.setSslConfiguration(tls);
    }
    return out;
}

}  // namespace

void exchange(QNetworkAccessManager& manager, const Target& target, const ClientRequest& request, const Secret& bearer,
              Transport::Done done) {
    QNetworkRequest http = prepared(target, request, bearer);
    const QByteArray method = QByteArray::fromStdString(request.method);
    auto budget = target.timeout;
    QNetworkReply* reply = nullptr;
    if (method == "GET" || method == "HEAD" || method == "DELETE") {
        reply = manager.sendCustomRequest(http, method);
    } else {
        std::string bytes = request.body ? json::serialise(*request.body) : request.bytes;
        const std::string type = request.bytesType.empty() ? "application/json" : request.bytesType;
        budget += 1000ms * static_cast<int>(bytes.size() >> 20);
        http.setHeader(QNetworkRequest::ContentTypeHeader, QByteArray::fromStdString(type));
        http.setHeader(QNetworkRequest::ContentLengthHeader, static_cast<qlonglong>(bytes.size()));
        auto* body = new OneShotBody(std::move(bytes), &manager);
        reply = manager.sendCustomRequest(http, method, body);
        body->setParent(reply);
    }

    auto progress = std::make_shared<Progress>();
    progress->done = std::move(done);
    progress->longest_bytes = target.longestReply_bytes;
    progress->origin = toUtf8(target.origin);
    progress->fingerprint = target.fingerprint;
    progress->roots_pem = target.roots_pem;

    QObject::connect(reply, &QNetworkReply::sslErrors, reply, [progress, reply](const QList<QSslError>& errors) {
        if (!progress->fingerprint.isEmpty() && isPinned(progress->fingerprint, reply->sslConfiguration())) {
            reply->ignoreSslErrors();
            return;
        }
        const std::string why = progress->fingerprint.isEmpty() && !errors.isEmpty()
                                    ? toUtf8(errors.first().errorString())
                                    : std::string("its certificate is not the one that is pinned");
        refuse(*progress, reply, ErrorCode::TlsFailed, progress->origin + ": " + why);
    });
    QObject::connect(reply, &QNetworkReply::readyRead, reply, [progress, reply] {
        const QByteArray piece = reply->readAll();
        if (progress->body.size() + static_cast<std::size_t>(piece.size()) > progress->longest_bytes)
            return refuse(
                *progress, reply, ErrorCode::ProtocolViolated,
                progress->origin + ": the answer is longer than " + std::to_string(progress->longest_bytes) + " bytes");
        progress->body.append(piece.constData(), static_cast<std::size_t>(piece.size()));
    });
    // Before a byte of ours is sent: a chain to one of the system's roots is none to ours (CVE-2023-34410).
    QObject::connect(reply, &QNetworkReply::encrypted, reply, [progress, reply] {
        if (progress->roots_pem.empty()) return;
        std::vector<std::string> chain_der;
        const auto chain = reply->sslConfiguration().peerCertificateChain();
        for (const QSslCertificate& one : chain) chain_der.push_back(one.toDer().toStdString());
        if (auto led = leadsTo(progress->roots_pem, toUtf8(reply->url().host()), chain_der); !led)
            refuse(*progress, reply, ErrorCode::TlsFailed, progress->origin + ": " + led.error().detail);
    });
    if (target.connectTimeout.count() > 0) {
        auto* connecting = new QTimer(reply);
        connecting->setSingleShot(true);
        QObject::connect(reply, &QNetworkReply::requestSent, connecting, &QTimer::stop);
        QObject::connect(connecting, &QTimer::timeout, reply, [progress, reply, within = target.connectTimeout] {
            refuse(*progress, reply, ErrorCode::TimedOut,
                   progress->origin + " took no request within " + std::to_string(within.count()) + " ms");
        });
        connecting->start(target.connectTimeout);
    }
    // The library's own timeout starts anew with every byte; this one does not.
    QTimer::singleShot(budget, reply, [progress, reply, budget] {
        refuse(*progress, reply, ErrorCode::TimedOut,
               progress->origin + " did not answer within " + std::to_string(budget.count()) + " ms");
    });
    QObject::connect(reply, &QNetworkReply::finished, reply, [progress, reply] {
        reply->deleteLater();
        const Transport::Done once = std::exchange(progress->done, nullptr);
        if (once) once(judge(*progress, reply));
    });
}

}  // namespace postroom::client
