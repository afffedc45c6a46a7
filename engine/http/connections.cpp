// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/http/connections.h"

#include "engine/base/text.h"

#include <QHostAddress>

namespace postroom::http {

namespace {

// Beyond the limits, this many may be told so at a time; what comes then is closed without a word.
constexpr int turnedAwayLimit = 64;

std::string addressText(const QHostAddress& address) {
    bool isMapped = false;
    const quint32 v4 = address.toIPv4Address(&isMapped);  // also ::ffff:127.0.0.1, as dual-stack sockets say it
    return toUtf8(isMapped ? QHostAddress(v4).toString() : address.toString());
}

}  // namespace

void Responder::respond(Response response) const {
    if (const auto connections = m_connections.lock())
        connections->respond(m_connection, m_sequence, std::move(response));
}

Connections::Connections(Port& port, ServerSettings settings)
    : m_port(port),
      m_settings(std::move(settings)),
      m_names(m_settings.allowedHosts, m_settings.address),
      m_budget(m_settings.bodyBudget_bytes) {
    QObject::connect(&m_timer, &QTimer::timeout, &m_context, [this] { tick(); });
    m_timer.start(m_settings.tick);
}

Connections::~Connections() = default;

void Connections::add(std::unique_ptr<QTcpSocket> socket, bool secure) {
    const std::string peer = addressText(socket->peerAddress());
    int& ofPeer = m_perAddress[peer];
    const bool isFull = count() >= m_settings.maxConnections || ofPeer >= m_settings.maxConnectionsPerAddress;
    if (m_finishing || (isFull && (secure || count() >= m_settings.maxConnections + turnedAwayLimit ||
                                   ofPeer >= m_settings.maxConnectionsPerAddress + turnedAwayLimit))) {
        if (ofPeer == 0) m_perAddress.erase(peer);
        return;
    }
    ++ofPeer;
    const std::uint64_t id = m_nextId++;
    auto& connection = m_table[id] = std::make_unique<Connection>(*this, id, std::move(socket), peer);
    if (!isFull) return connection->start(secure);
    connection->turnAway(m_port.refuse(ErrorCode::Overloaded, "too many connections", nullptr));
}

void Connections::respond(std::uint64_t connection, std::uint64_t sequence, Response response) {
    const auto found = m_table.find(connection);
    if (found != m_table.end()) found->second->respond(sequence, std::move(response));
}

Responder Connections::responderFor(std::uint64_t connection, std::uint64_t sequence) {
    return Responder{weak_from_this(), connection, sequence};
}

std::function<void(Result<void>)> Connections::sinkAnswerFor(std::uint64_t connection) {
    return [all = weak_from_this(), connection](const Result<void>& result) {
        const auto connections = all.lock();
        if (!connections) return;
        const auto found = connections->m_table.find(connection);
        if (found != connections->m_table.end()) found->second->pieceTaken(result);
    };
}

void Connections::gone(Connection& connection) {
    const auto found = m_table.find(connection.id());
    if (found == m_table.end()) return;
    const auto ofPeer = m_perAddress.find(connection.peer());
    if (ofPeer != m_perAddress.end() && --ofPeer->second == 0) m_perAddress.erase(ofPeer);
    // It may be one of its own functions that called us.
    m_over.push_back(std::move(found->second));
    m_table.erase(found);
    if (m_over.size() == 1)
        QMetaObject::invokeMethod(
            &m_context, [this] { sweep(); }, Qt::QueuedConnection);
}

void Connections::sweep() {
    m_over.clear();
    if (m_finishing && m_table.empty()) announceEnd();
}

void Connections::shareBudget() {
    if (m_sharing || !m_budget.hasWaiting()) return;
    m_sharing = true;
    QMetaObject::invokeMethod(
        &m_context,
        [this] {
            m_sharing = false;
            while (const auto next = m_budget.next()) {
                const auto found = m_table.find(*next);
                if (found != m_table.end()) found->second->granted();
            }
        },
        Qt::QueuedConnection);
}

void Connections::tick() {
    const SteadyPoint now = m_clock.steady();
    // Looking at one may end it, or another by way of the Port: the ids are what stays.
    std::vector<std::uint64_t> ids;
    ids.reserve(m_table.size());
    for (const auto& [id, connection] : m_table) ids.push_back(id);
    for (const std::uint64_t id : ids) {
        const auto found = m_table.find(id);
        if (found != m_table.end()) found->second->look(now);
    }
    if (m_onTick) m_onTick();
}

void Connections::finish(std::chrono::milliseconds grace, std::function<void()> done) {
    if (m_finishing) return;
    m_finishing = true;
    m_done = std::move(done);
    std::vector<Connection*> all;
    for (const auto& [id, connection] : m_table) all.push_back(connection.get());
    for (Connection* connection : all) connection->finish();
    QTimer::singleShot(grace, &m_context, [this] {
        std::vector<Connection*> left;
        for (const auto& [id, connection] : m_table) left.push_back(connection.get());
        for (Connection* connection : left) connection->drop();
        announceEnd();
    });
    if (m_table.empty())
        QMetaObject::invokeMethod(
            &m_context, [this] { sweep(); }, Qt::QueuedConnection);
}

void Connections::announceEnd() {
    // Emptied first: what is called may destroy us.
    if (const auto done = std::exchange(m_done, nullptr)) done();
}

}  // namespace postroom::http
