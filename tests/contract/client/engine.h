// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// An engine in the test's own process, on a folder that goes with it, and both ways to speak to it.

#include "engine/client/control_file.h"
#include "engine/client/engine_client.h"
#include "engine/client/http_transport.h"
#include "engine/host/engine_host.h"

#include <map>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>

namespace postroom::test {

inline constexpr std::chrono::seconds patience{20};
inline constexpr char version[] = "1.2.3-test";

inline Result<std::unique_ptr<host::EngineHost>> startEngine(const std::string& folder,
                                                             const std::string& listen = "127.0.0.1:0") {
    auto settings =
        contract::Settings::resolve({.flags = {{"API_LISTEN", listen}, {"TZ", "UTC"}, {"EMAIL_TIMEOUT", "5"}}});
    if (!settings) return fail(settings.error());
    return host::EngineHost::start({.settings = std::move(*settings), .dataFolder = folder, .version = version});
}

/// As local-admin, with the token of the folder's control.json.
inline std::unique_ptr<client::Transport> httpTransport(const std::string& folder) {
    const auto control = client::ControlFile::read(folder);
    if (!control) return nullptr;
    auto made = client::HttpTransport::make({.url = control->url, .credentials = client::LocalToken{control->token}});
    return made ? std::move(*made) : nullptr;
}

/// "field: reason, ..." of an error.
inline std::string faultsOf(const Error& error) {
    std::string out;
    for (const FieldError& field : error.fields)
        out.append(out.empty() ? "" : ", ").append(field.field).append(": ").append(field.reason);
    return out;
}

/// One engine, a transport and a client on each carrier; which one a test has is its global row's name.
class BothCarriers {
public:
    static void addRows() {
        QTest::addColumn<QByteArray>("name");
        QTest::newRow("in process") << QByteArray("in process");
        QTest::newRow("http") << QByteArray("http");
    }
    [[nodiscard]] static QByteArray carrier() {
        QFETCH_GLOBAL(QByteArray, name);
        return name;
    }

    [[nodiscard]] Result<void> start() {
        auto started = startEngine(folder());
        if (!started) return fail(started.error());
        m_host = std::move(*started);
        m_transports["in process"] = m_host->transport();
        m_transports["http"] = httpTransport(folder());
        m_clients["in process"] = std::make_unique<client::EngineClient>(m_host->transport());
        m_clients["http"] = std::make_unique<client::EngineClient>(httpTransport(folder()));
        return {};
    }
    void stop() {
        m_clients.clear();
        m_transports.clear();
        if (m_host) m_host->stop(patience);
        m_host.reset();
    }

    [[nodiscard]] std::string folder() const { return m_folder.path().toStdString() + "/data"; }
    [[nodiscard]] client::Transport& transport() { return *m_transports.at(carrier()); }
    [[nodiscard]] client::EngineClient& client() { return *m_clients.at(carrier()); }
    [[nodiscard]] client::EngineClient& otherClient() {
        return *m_clients.at(carrier() == "http" ? "in process" : "http");
    }

private:
    QTemporaryDir m_folder;
    std::unique_ptr<host::EngineHost> m_host;
    std::map<QByteArray, std::unique_ptr<client::EngineClient>> m_clients;
    std::map<QByteArray, std::unique_ptr<client::Transport>> m_transports;
};

/// A port nobody listens on just now.
inline int closedPort() {
    QTcpServer server;
    return server.listen(QHostAddress::LocalHost) ? server.serverPort() : 0;
}

/// A mail server that knows the first words; lives in the test's thread, which has to turn its loop.
class SmallMailServer {
public:
    explicit SmallMailServer(bool speaks = true) {
        QObject::connect(&m_server, &QTcpServer::newConnection, &m_server, [this, speaks] {
            QTcpSocket* socket = m_server.nextPendingConnection();
            if (!speaks) return;
            socket->write("220 small.example.com\r\n");
            QObject::connect(socket, &QTcpSocket::readyRead, socket, [socket] {
                while (socket->canReadLine()) {
                    const bool quit = socket->readLine().startsWith("QUIT");
                    socket->write(quit ? "221 bye\r\n" : "250 small.example.com\r\n");
                    if (quit) socket->disconnectFromHost();
                }
            });
        });
        m_server.listen(QHostAddress::LocalHost);
    }
    [[nodiscard]] int port() const { return m_server.serverPort(); }

private:
    QTcpServer m_server;
};

}  // namespace postroom::test
