// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// A server that reads whole HTTP requests, writes down what it saw and answers what the test's script says, byte for
// byte.

#include <functional>
#include <QHostAddress>
#include <QTcpServer>
#include <QTcpSocket>
#include <string>
#include <vector>

namespace postroom::client::test {

class ScriptedServer {
public:
    struct Seen {
        std::string line;  ///< "GET /health HTTP/1.1"
        std::string head;  ///< with the line, in lower case
        std::string body;
    };
    /// Gives the bytes to answer; "" answers nothing, "!close" closes.
    using Script = std::function<std::string(const Seen&)>;

    explicit ScriptedServer(Script script, QTcpServer* server = new QTcpServer)
        : m_script(std::move(script)), m_server(server) {
        QObject::connect(m_server.get(), &QTcpServer::pendingConnectionAvailable, m_server.get(), [this] { accept(); });
        m_server->listen(QHostAddress::LocalHost);
    }

    [[nodiscard]] std::string url(const char* scheme = "http") const {
        return std::string(scheme) + "://127.0.0.1:" + std::to_string(m_server->serverPort());
    }
    [[nodiscard]] const std::vector<Seen>& seen() const { return m_seen; }
    /// Every byte that ever arrived.
    [[nodiscard]] const std::string& heard() const { return m_heard; }
    void setScript(Script script) { m_script = std::move(script); }

    static std::string http(int status, const std::string& body, const std::string& headers = {}) {
        return "HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Type: application/json\r\n" + headers +
               "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    }
    static std::string ok(const std::string& data) {
        return http(200, "{\"code\":0,\"message\":\"success\",\"data\":" + data + ",\"request_id\":\"r\"}");
    }
    static std::string error(int status, const std::string& code) {
        return http(status, "{\"code\":" + std::to_string(status) + ",\"message\":\"m\",\"error\":\"" + code +
                                "\",\"details\":[],\"request_id\":\"r\"}");
    }

private:
    void accept() {
        while (QTcpSocket* socket = m_server->nextPendingConnection()) {
            auto buffer = std::make_shared<std::string>();
            const auto read = [this, socket, buffer] {
                const std::string bytes = socket->readAll().toStdString();
                m_heard += bytes;
                *buffer += bytes;
                while (takeOne(*socket, *buffer)) {
                }
            };
            QObject::connect(socket, &QTcpSocket::readyRead, socket, read);
            QObject::connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
            if (socket->bytesAvailable()) read();
        }
    }

    bool takeOne(QTcpSocket& socket, std::string& buffer) {
        const std::size_t end = buffer.find("\r\n\r\n");
        if (end == buffer.npos) return false;
        std::string head = QByteArray::fromStdString(buffer.substr(0, end)).toLower().toStdString();
        std::size_t length = 0;
        if (const auto at = head.find("content-length: "); at != head.npos) length = std::stoul(head.substr(at + 16));
        if (buffer.size() < end + 4 + length) return false;
        m_seen.push_back({buffer.substr(0, buffer.find("\r\n")), std::move(head), buffer.substr(end + 4, length)});
        buffer.erase(0, end + 4 + length);
        const Seen seen = m_seen.back();
        const std::string answer = m_script(seen);
        if (answer == "!close") {
            socket.abort();
            return false;
        }
        socket.write(QByteArray::fromStdString(answer));
        if (answer.find("Connection: close") != answer.npos) socket.disconnectFromHost();
        return true;
    }

    Script m_script;
    std::unique_ptr<QTcpServer> m_server;
    std::vector<Seen> m_seen;
    std::string m_heard;
};

}  // namespace postroom::client::test
