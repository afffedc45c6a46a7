// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/web/outbound.h"

#include "engine/base/text.h"
#include "engine/client/exchange.h"

#include <algorithm>
#include <QHostAddress>
#include <QNetworkProxy>
#include <QNetworkReply>
#include <QTimer>
#include <QUrl>
#include <utility>

namespace postroom::web {

using namespace std::chrono_literals;

namespace {

// By the name as written: nothing is looked up.
bool isThisMachine(const QString& host) {
    return host.compare(u"localhost", Qt::CaseInsensitive) == 0 || QHostAddress(host).isLoopback();
}

// Seconds alone: a date would need a clock that both sides share.
std::chrono::seconds retryAfter(const client::ClientReply& reply) {
    const std::string said = reply.header("Retry-After");
    bool isNumber = false;
    const int seconds = toQString(said).toInt(&isNumber);
    return isNumber ? std::clamp<std::chrono::seconds>(std::chrono::seconds{seconds}, 0s, 1h) : 0s;
}

}  // namespace

Result<Site> readSite(std::string_view url, std::string roots_pem) {
    const QUrl read(toQString(url), QUrl::StrictMode);
    const bool isSecure = read.scheme() == u"https";
    if (!read.isValid() || read.host().isEmpty() || (!isSecure && read.scheme() != u"http"))
        return fail(ErrorCode::ConfigInvalid, "must be an https:// address");
    if (!read.userInfo().isEmpty() || read.hasFragment())
        return fail(ErrorCode::ConfigInvalid, "must be an address without user, password or #");
    if (!isSecure && !isThisMachine(read.host()))
        return fail(ErrorCode::ConfigInvalid, "must be an https:// address: secrets never go out in the clear");
    const QString path = read.path(QUrl::FullyEncoded);
    Site site{.origin = toUtf8(read.toString(QUrl::FullyEncoded | QUrl::RemovePath | QUrl::RemoveQuery)),
              .path = path.isEmpty() ? "/" : toUtf8(path),
              .roots_pem = std::move(roots_pem)};
    if (read.hasQuery()) site.path += "?" + toUtf8(read.query(QUrl::FullyEncoded));
    return site;
}

Form& Form::add(std::string_view name, std::string_view value) {
    if (value.empty()) return *this;
    if (!m_text.empty()) m_text.push_back('&');
    m_text.append(name).push_back('=');
    m_text.append(viewOf(value).toPercentEncoding().toStdString());
    return *this;
}

Outbound::~Outbound() {
    m_ending = true;
    for (auto& [number, manager] : m_underWay)
        for (QNetworkReply* reply : manager->findChildren<QNetworkReply*>()) reply->abort();
}

void Outbound::post(const Site& site, const Secret& form, Done done) {
    auto manager = std::make_unique<QNetworkAccessManager>();
    manager->setProxy(QNetworkProxy::NoProxy);
    const client::Target target{.origin = toQString(site.origin),
                                .fingerprint = {},
                                .timeout = m_limits.whole,
                                .longestReply_bytes = m_limits.longestAnswer_bytes,
                                .roots_pem = site.roots_pem,
                                .connectTimeout = m_limits.connecting};
    const client::ClientRequest request{.method = "POST",
                                        .path = site.path,
                                        .bytes = std::string(form.reveal()),
                                        .bytesType = "application/x-www-form-urlencoded"};
    const std::uint64_t number = ++m_last;
    QNetworkAccessManager& its = *(m_underWay[number] = std::move(manager));
    client::exchange(
        its, target, request, Secret(), [this, number, done = std::move(done)](Result<client::ClientReply> reply) {
            if (m_ending) return;
            // The reply is the manager's child and speaks just now.
            auto ended = m_underWay.extract(number);
            ended.mapped().release()->deleteLater();
            if (!reply) return done(fail(reply.error()));
            done(Answer{.status = reply->status, .body = std::move(reply->body), .retryAfter = retryAfter(*reply)});
        });
}

}  // namespace postroom::web
