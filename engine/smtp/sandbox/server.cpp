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
#include <random>
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
    std::optional<Fault> faultAt(Stage stage) override {
        if (m_faults.empty()) return std::nullopt;
        // One throw for all: so each comes as often as it says.
        double dice = std::uniform_real_distribution<double>{0, 1}(m_random);
        for (const Fault& fault : m_faults) {
            if (fault.stage != stage) continue;
            if (dice < fault.rate) return fault;
            dice -= fault.rate;
        }
        return std::nullopt;
    }
    void onKept(std::function<void()> call) { m_onKept = std::move(call); }
    void setFaults(std::vector<Fault> faults) { m_faults = std::move(faults); }
    [[nodiscard]] const std::vector<Fault>& faults() const { return m_faults; }

    [[nodiscard]] std::uint16_t port() const { return m_server.serverPort(); }
    Maildir& maildir() { return m_maildir; }

private:
    struct Guest {
        Session session;
        SteadyPoint heardAt;
        std::uint64_t serial = 0;
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
            const auto guest = m_guests
                                   .emplace(socket, Guest{.session = Session(*this, m_limits.mail_bytes, m_password),
                                                          .heardAt = m_clock.steady(),
                                                          .serial = ++m_lastSerial})
                                   .first;
            QObject::connect(socket, &QTcpSocket::readyRead, &m_server, [this, socket] { listen(socket); });
            QObject::connect(socket, &QTcpSocket::disconnected, &m_server, [this, socket] { leave(socket); });
            const std::string greeting = guest->second.session.greeting();
            say(socket, guest->second, greeting);
        }
    }

    // Writing may notice that the guest has left, and then there is no guest any more.
    void say(QTcpSocket* socket, const Guest& guest, const std::string& replies) {
        const bool isOver = guest.session.isOver();
        const auto pause = guest.session.pause();
        const std::uint64_t serial = guest.serial;
        answer(socket, replies);
        if (isOver) return socket->disconnectFromHost();
        if (pause == pause.zero()) return;
        QTimer::singleShot(pause, &m_server, [this, socket, serial] {
            const auto found = m_guests.find(socket);
            if (found == m_guests.end() || found->second.serial != serial) return;
            found->second.heardAt = m_clock.steady();
            const std::string late = found->second.session.resume();
            say(socket, found->second, late);
            listen(socket);
        });
    }

    void listen(QTcpSocket* socket) {
        const auto found = m_guests.find(socket);
        if (found == m_guests.end()) return;
        Guest& guest = found->second;
        const auto before = guest.session.pause();
        if (before > before.zero()) return;  // the socket keeps what comes meanwhile
        guest.heardAt = m_clock.steady();
        std::array<char, 64 * 1024> piece;
        std::string replies;
        while (!guest.session.isOver() && guest.session.pause() == std::chrono::milliseconds{0}) {
            const qint64 got = socket->read(piece.data(), piece.size());
            if (got <= 0) break;
            replies += guest.session.feed({piece.data(), static_cast<std::size_t>(got)});
        }
        if (!replies.empty() || guest.session.isOver() || guest.session.pause() != before) say(socket, guest, replies);
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
            if (m_clock.steady() - guest.heardAt > m_limits.idleTimeout + guest.session.pause())
                silent.push_back(socket);
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
    std::vector<Fault> m_faults;
    std::mt19937_64 m_random{std::random_device{}()};
    std::uint64_t m_lastSerial = 0;
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
void Server::setFaults(std::vector<Fault> faults) {
    m_desk->setFaults(std::move(faults));
}
const std::vector<Fault>& Server::faults() const {
    return m_desk->faults();
}
std::size_t Server::count() const {
    return m_desk->maildir().count();
}

}  // namespace postroom::smtp::sandbox
