// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/smtp/sandbox/server.h"

#include "engine/base/text.h"
#include "engine/smtp/sandbox/maildir.h"
#include "engine/smtp/sandbox/session.h"

#include <array>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTimer>
#include <unordered_map>

namespace postroom::smtp::sandbox {

using namespace std::chrono_literals;

namespace {
constexpr auto Tick = 1s;
constexpr qint64 ReadLimit_bytes = 256 * 1024;
}  // namespace

class Server::Desk final : public Session::Port {
public:
    Desk(const Clock& clock, std::string folder, Limits limits, Secret password)
        : m_clock(clock),
          m_limits(limits),
          m_password(std::move(password)),
          m_maildir(clock, std::move(folder), limits) {
        QObject::connect(&m_server, &QTcpServer::newConnection, &m_server, [this] { welcome(); });
        QObject::connect(&m_tick, &QTimer::timeout, &m_server, [this] { tick(); });
        m_tick.setInterval(Tick);
    }
    ~Desk() override {
        for (auto& [socket, guest] : m_guests) {
            socket->disconnect();
            delete socket;
        }
    }

    Result<std::uint16_t> start(std::uint16_t port) {
        if (const Result<void> opened = m_maildir.open(); !opened) return fail(opened.error());
        if (!m_server.isListening() && !m_server.listen(QHostAddress::LocalHost, port))
            return fail(ErrorCode::NetworkFailed, "the sandbox can't listen: " + toUtf8(m_server.errorString()));
        m_tick.start();
        return m_server.serverPort();
    }
    Result<void> keep(Letter letter) override {
        auto added = m_maildir.add(letter);
        if (added && m_onKept) m_onKept();
        return added;
    }
    void onKept(std::function<void()> call) { m_onKept = std::move(call); }

    [[nodiscard]] std::uint16_t port() const { return m_server.serverPort(); }
    Maildir& maildir() { return m_maildir; }

private:
    struct Guest {
        Session session;
        SteadyPoint heardAt;
    };

    void welcome() {
        while (QTcpSocket* socket = m_server.nextPendingConnection()) {
            if (static_cast<int>(m_guests.size()) >= m_limits.connections) {
                answer(socket, "421 4.7.0 too many connections\r\n");
                socket->disconnectFromHost();
                socket->deleteLater();
                continue;
            }
            socket->setReadBufferSize(ReadLimit_bytes);
            socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
            const auto guest =
                m_guests.emplace(socket, Guest{Session(*this, m_limits.mail_bytes, m_password), m_clock.steady()})
                    .first;
            QObject::connect(socket, &QTcpSocket::readyRead, &m_server, [this, socket] { listen(socket); });
            QObject::connect(socket, &QTcpSocket::disconnected, &m_server, [this, socket] { leave(socket); });
            answer(socket, guest->second.session.greeting());
        }
    }

    void listen(QTcpSocket* socket) {
        const auto found = m_guests.find(socket);
        if (found == m_guests.end()) return;
        Guest& guest = found->second;
        guest.heardAt = m_clock.steady();
        std::array<char, 64 * 1024> piece;
        std::string replies;
        while (!guest.session.isOver()) {
            const qint64 got = socket->read(piece.data(), piece.size());
            if (got <= 0) break;
            replies += guest.session.feed({piece.data(), static_cast<std::size_t>(got)});
        }
        // Writing may notice that the guest has left, and then there is no guest any more.
        const bool isOver = guest.session.isOver();
        answer(socket, replies);
        if (isOver) socket->disconnectFromHost();
    }

    static void answer(QTcpSocket* socket, const std::string& replies) {
        socket->write(replies.data(), static_cast<qint64>(replies.size()));
        socket->flush();
    }

    void leave(QTcpSocket* socket) {
        if (m_guests.erase(socket) > 0) socket->deleteLater();
    }

    void tick() {
        std::vector<QTcpSocket*> silent;
        for (const auto& [socket, guest] : m_guests)
            if (m_clock.steady() - guest.heardAt > m_limits.idleTimeout) silent.push_back(socket);
        for (QTcpSocket* socket : silent) {
            answer(socket, "421 4.4.2 nothing heard for too long\r\n");
            socket->abort();
        }
    }

    const Clock& m_clock;
    Limits m_limits;
    Secret m_password;
    Maildir m_maildir;
    std::function<void()> m_onKept;
    QTcpServer m_server;
    QTimer m_tick;
    std::unordered_map<QTcpSocket*, Guest> m_guests;
};

Server::Server(const Clock& clock, std::string folder, Limits limits, Secret password)
    : m_desk(std::make_unique<Desk>(clock, std::move(folder), limits, std::move(password))) {}
Server::~Server() = default;
Result<std::uint16_t> Server::start(std::uint16_t port) {
    return m_desk->start(port);
}
std::uint16_t Server::port() const {
    return m_desk->port();
}
std::vector<Mail> Server::list(std::size_t limit, const std::optional<std::string>& before) const {
    return m_desk->maildir().list(limit, before);
}
Result<std::string> Server::read(std::string_view id) const {
    return m_desk->maildir().read(id);
}
Result<void> Server::remove(std::string_view id) {
    return m_desk->maildir().remove(id);
}
void Server::clear() {
    m_desk->maildir().clear();
}
void Server::onKept(std::function<void()> call) {
    m_desk->onKept(std::move(call));
}
std::size_t Server::count() const {
    return m_desk->maildir().count();
}

}  // namespace postroom::smtp::sandbox
