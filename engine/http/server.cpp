// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/http/server.h"

#include "engine/base/text.h"
#include "engine/http/connections.h"
#include "engine/http/tls.h"

#include <QHostAddress>
#include <QHostInfo>
#include <QSslServer>
#include <QSslSocket>

namespace postroom::http {

namespace {

constexpr int backlog = 1024;

Result<QHostAddress> resolve(const std::string& address) {
    const QString name = toQString(address);
    if (QHostAddress literal; literal.setAddress(name)) return literal;
    if (equalsIgnoreCase(address, "localhost")) return QHostAddress(QHostAddress::LocalHost);
    // Blocks, at start only.
    const QList<QHostAddress> found = QHostInfo::fromName(name).addresses();
    if (found.isEmpty())
        return fail(ErrorCode::ConfigInvalid, "the listen address " + printable(address) + " is unknown");
    return found.first();
}

}  // namespace

// Accepts with and without TLS. QSslServer's own way is not taken: it knows no limit on connections whose handshake
// is not done.
class Server::Listener final : public QSslServer {
public:
    Listener(Connections& connections, bool secure) : m_connections(connections), m_secure(secure) {
        // Qt stops accepting after an error, of which running out of descriptors is one, and does not begin again.
        connect(this, &QTcpServer::acceptError, this, [this] { m_paused = true; });
    }
    void retry() {
        if (std::exchange(m_paused, false)) resumeAccepting();
    }
    [[nodiscard]] bool isSecure() const { return m_secure; }

protected:
    void incomingConnection(qintptr descriptor) override {
        std::unique_ptr<QTcpSocket> socket;
        if (m_secure) {
            auto secure = std::make_unique<QSslSocket>();
            secure->setSslConfiguration(sslConfiguration());
            socket = std::move(secure);
        } else {
            socket = std::make_unique<QTcpSocket>();
        }
        if (socket->setSocketDescriptor(descriptor)) m_connections.add(std::move(socket), m_secure);
    }

private:
    Connections& m_connections;
    const bool m_secure;
    bool m_paused = false;
};

Server::Server(Port& port, ServerSettings settings)
    : m_connections(std::make_shared<Connections>(port, std::move(settings))) {}

Server::~Server() = default;

Result<void> Server::listen() {
    const ServerSettings& settings = m_connections->settings();
    const bool secure = !settings.tlsCertificate_pem.empty();
    auto listener = std::make_unique<Listener>(*m_connections, secure);
    if (secure) {
        auto tls = serverTls(settings.tlsCertificate_pem, settings.tlsKey_pem);
        if (!tls) return fail(std::move(tls.error()));
        listener->setSslConfiguration(*tls);
    }
    const auto address = resolve(settings.address);
    if (!address) return fail(address.error());
    listener->setListenBacklogSize(backlog);
    if (!listener->listen(*address, settings.port))
        return fail(ErrorCode::Unavailable,
                    settings.address + ":" + std::to_string(settings.port) + ": " + toUtf8(listener->errorString()));
    m_listener = std::move(listener);
    m_connections->onTick([this] {
        if (m_listener) m_listener->retry();
    });
    return {};
}

std::uint16_t Server::port() const {
    return m_listener ? m_listener->serverPort() : 0;
}

int Server::connections() const {
    return m_connections->count();
}

Result<void> Server::reloadTls(std::string certificate_pem, Secret key_pem) {
    if (!m_listener || !m_listener->isSecure()) return fail(ErrorCode::ConfigInvalid, "this server does not speak TLS");
    auto tls = serverTls(certificate_pem, key_pem);
    if (!tls) return fail(std::move(tls.error()));
    m_listener->setSslConfiguration(*tls);
    return {};
}

void Server::stop(std::chrono::milliseconds grace, std::function<void()> done) {
    if (m_listener) m_listener->close();
    m_connections->finish(grace, std::move(done));
}

}  // namespace postroom::http
