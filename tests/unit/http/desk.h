// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// A Port that keeps what it is asked, and a client that speaks in bytes: for tests of the server on real sockets.

#include "engine/http/server.h"

#include <deque>
#include <QSslSocket>
#include <QTest>
#include <string>
#include <vector>

namespace postroom::http::test {

/// Answers "/wait..." when told to, refuses "/forbidden", throws the rest back at once.
class Desk final : public Port {
public:
    Admission admit(const RequestHead& head) override {
        admitted.push_back(head.path);
        Admission admission{.refusal = {}, .bodyLimit_bytes = bodyLimit_bytes, .context = std::make_shared<int>(42)};
        if (head.path == "/forbidden")
            admission.refusal = Response{.status = 401, .contentType = "text/plain", .body = "no", .headers = {}};
        return admission;
    }
    void handle(Request request, Responder responder) override {
        contexts += *std::static_pointer_cast<int>(request.context) == 42 ? 1 : 0;
        if (request.head.path.starts_with("/wait")) {
            waiting.emplace_back(std::move(request), std::move(responder));
            return;
        }
        if (request.head.path == "/big")
            return responder.respond(
                {.status = 200, .contentType = {}, .body = std::string(big_bytes, 'b'), .headers = {}});
        responder.respond({.status = 200,
                           .contentType = "text/plain",
                           .body = request.head.methodName + " " + request.head.path + " " + request.body,
                           .headers = {}});
    }
    Response refuse(ErrorCode code, std::string_view detail, const RequestHead*) override {
        Response response{.status = httpStatus(code),
                          .contentType = "text/plain",
                          .body = std::string{wireName(code)} + ": " + std::string{detail},
                          .headers = {}};
        if (response.status == 503) response.headers.emplace_back("Retry-After", "5");
        return response;
    }
    void answered(const RequestHead& head, int status, std::chrono::microseconds took) override {
        if (took.count() >= 0 && !head.peer.empty()) statuses.push_back(status);
    }
    void answer(std::size_t index) {
        const auto& [request, responder] = waiting.at(index);
        responder.respond({.status = 200,
                           .contentType = {},
                           .body = request.head.path + " " + std::to_string(request.body.size()),
                           .headers = {}});
    }

    std::uint64_t bodyLimit_bytes = 1000;
    std::size_t big_bytes = 8 << 20;
    std::vector<std::string> admitted;
    std::deque<std::pair<Request, Responder>> waiting;
    std::vector<int> statuses;
    int contexts = 0;
};

struct Answer {
    int status = 0;
    std::string head;
    std::string body;
};

class Client {
public:
    explicit Client(std::uint16_t port, bool secure = false) {
        QObject::connect(&socket, &QTcpSocket::readyRead, &socket, [this] {
            if (reading) m_in += socket.readAll().toStdString();
        });
        socket.setPeerVerifyMode(QSslSocket::VerifyNone);
        if (secure)
            socket.connectToHostEncrypted(QStringLiteral("127.0.0.1"), port);
        else
            socket.connectToHost(QStringLiteral("127.0.0.1"), port);
        static_cast<void>(QTest::qWaitFor([&] { return secure ? socket.isEncrypted() : isConnected(); }));
    }
    void send(const std::string& bytes) {
        socket.write(bytes.data(), static_cast<qint64>(bytes.size()));
        socket.flush();
    }
    /// The next `count` answers in the order they came; fewer if they don't come.
    std::vector<Answer> answers(std::size_t count, bool toHead = false) {
        std::vector<Answer> got;
        while (got.size() < count) {
            Answer next;
            if (!QTest::qWaitFor([&] { return takeAnswer(next, toHead) || !isConnected(); }, 10'000)) break;
            if (next.status == 0 && !takeAnswer(next, toHead)) break;
            got.push_back(std::move(next));
        }
        return got;
    }
    Answer answer(bool toHead = false) {
        auto got = answers(1, toHead);
        return got.empty() ? Answer{} : got.front();
    }
    [[nodiscard]] bool isConnected() const { return socket.state() == QAbstractSocket::ConnectedState; }
    bool waitForEnd() {
        return QTest::qWaitFor([&] { return socket.state() == QAbstractSocket::UnconnectedState; }, 10'000);
    }
    [[nodiscard]] const std::string& unread() const { return m_in; }

    QSslSocket socket;
    bool reading = true;

private:
    bool takeAnswer(Answer& answer, bool toHead) {
        if (answer.status != 0) return true;
        const std::size_t end = m_in.find("\r\n\r\n");
        if (end == std::string::npos) return false;
        const std::string head = m_in.substr(0, end + 4);
        std::size_t length = 0;
        const std::string mark = "\r\nContent-Length: ";
        if (const auto at = head.find(mark); at != std::string::npos && !toHead)
            length = std::stoul(head.substr(at + mark.size()));
        if (m_in.size() < head.size() + length) return false;
        answer = {.status = std::stoi(head.substr(9, 3)), .head = head, .body = m_in.substr(head.size(), length)};
        m_in.erase(0, head.size() + length);
        return true;
    }
    std::string m_in;
};

}  // namespace postroom::http::test
