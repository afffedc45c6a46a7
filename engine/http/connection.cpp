// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/http/connection.h"

#include "engine/base/text.h"
#include "engine/http/connections.h"
#include "engine/http/half_close.h"

#include <QHostAddress>
#include <QSslSocket>

// How a connection answers and ends. How it reads is in connection_reading.cpp.

namespace postroom::http {

namespace {

constexpr qint64 socketBuffer_bytes = 64 << 10;
constexpr std::size_t keptBuffer_bytes = 64 << 10;
constexpr std::string_view continueLine = "HTTP/1.1 100 Continue\r\n\r\n";

// As a Host header would write it.
std::string hostForm(const QHostAddress& address) {
    bool isMapped = false;
    const quint32 v4 = address.toIPv4Address(&isMapped);
    if (isMapped) return toUtf8(QHostAddress(v4).toString());
    return "[" + toUtf8(address.toString()) + "]";
}

}  // namespace

Connection::Connection(Connections& all, std::uint64_t id, std::unique_ptr<QTcpSocket> socket, std::string peer)
    : m_all(all),
      m_id(id),
      m_socket(std::move(socket)),
      m_peer(std::move(peer)),
      m_local(hostForm(m_socket->localAddress())),
      m_reader(HeadLimits{.head_bytes = all.settings().headerLimit_bytes,
                          .target_bytes = all.settings().targetLimit_bytes,
                          .headers = all.settings().headerCountLimit}),
      m_since(SystemClock{}.steady()),
      m_headSince(m_since),
      m_windowBegan(m_since),
      m_progressAt(m_since) {
    m_socket->setReadBufferSize(socketBuffer_bytes);
    m_socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    // The socket is ours alone, so "this" outlives every connection made here.
    QObject::connect(m_socket.get(), &QTcpSocket::readyRead, m_socket.get(), [this] { pump(); });
    QObject::connect(m_socket.get(), &QTcpSocket::bytesWritten, m_socket.get(), [this] { onWritten(); });
    QObject::connect(m_socket.get(), &QTcpSocket::disconnected, m_socket.get(), [this] { gone(); });
    QObject::connect(m_socket.get(), &QTcpSocket::errorOccurred, m_socket.get(), [this] {
        // A client that has sent its last byte ends in disconnected(), after what we still write.
        if (m_socket->error() != QAbstractSocket::RemoteHostClosedError) gone();
    });
}

Connection::~Connection() {
    QObject::disconnect(m_socket.get(), nullptr, nullptr, nullptr);
}

void Connection::start(bool secure) {
    m_secure = secure;
    if (!secure) {
        m_stage = Stage::Head;
        return pump();
    }
    auto* socket = static_cast<QSslSocket*>(m_socket.get());
    QObject::connect(socket, &QSslSocket::encrypted, socket, [this] {
        m_stage = Stage::Head;
        m_headSince = SystemClock{}.steady();
        pump();
    });
    socket->startServerEncryption();
}

void Connection::turnAway(Response response) {
    m_stage = Stage::Head;
    m_hasUnread = true;
    response.close = true;
    m_pumping = true;
    reject(std::move(response));
    m_pumping = false;
    send();
}

void Connection::respond(std::uint64_t sequence, Response response) {
    if (m_exchanges.empty() || sequence < m_exchanges.front().sequence) return;
    const std::uint64_t index = sequence - m_exchanges.front().sequence;
    if (index >= m_exchanges.size() || m_exchanges[index].response) return;
    m_exchanges[index].response = std::move(response);
    if (index == 0) settle();
    if (!m_pumping) pump();
}

Connection::Exchange& Connection::enqueue() {
    Exchange& exchange = m_exchanges.emplace_back();
    exchange.sequence = m_nextSequence++;
    exchange.began = SystemClock{}.steady();
    exchange.keepAlive = m_head.keepAlive;
    exchange.isOld = m_head.isOld;
    exchange.held = std::exchange(m_held, 0);
    exchange.own = std::exchange(m_own, 0);
    return exchange;
}

void Connection::breakOff(const Error& error, const RequestHead* head) {
    // Whatever follows on this connection may not be what it seems: it is never read as a request.
    Response response = m_all.port().refuse(error.code, error.detail, head);
    response.close = true;
    if (head == nullptr) m_head = Head{};
    m_admission.sink.reset();
    m_stage = Stage::Head;
    m_headSince.reset();
    m_hasUnread = true;
    reject(std::move(response));
}

void Connection::reject(Response response) {
    if (m_stage == Stage::Gone) return;
    m_head.request.peer = m_peer;
    Exchange& exchange = enqueue();
    exchange.head = m_head.request;
    if (response.close || !exchange.keepAlive) m_lastTaken = true;
    exchange.response = std::move(response);
    settle();
}

void Connection::settle() {
    while (!m_exchanges.empty() && m_exchanges.front().response) {
        const Exchange exchange = std::move(m_exchanges.front());
        m_exchanges.pop_front();
        const bool close = exchange.response->close || !exchange.keepAlive || (m_lastTaken && m_exchanges.empty());
        write(exchange, close);
        m_ownInAll -= exchange.own;
        if (exchange.held > 0) {
            m_all.budget().give(exchange.held);
            m_all.shareBudget();
        }
        if (close) {
            // Requests behind this one are not answered: the client has been told (RFC 9112 §9.6).
            for (const Exchange& late : m_exchanges) m_all.budget().give(late.held);
            m_exchanges.clear();
            return linger();
        }
    }
    if (m_exchanges.empty()) m_since = SystemClock{}.steady();
}

void Connection::write(const Exchange& exchange, bool close) {
    appendAnswer(m_out, *exchange.response,
                 AnswerFrame{.isHead = exchange.head.method == Method::Head,
                             .close = close,
                             .sayKeepAlive = exchange.isOld && !close,
                             .date = m_all.date()});
    const auto took = SystemClock{}.steady() - exchange.began;
    m_all.port().answered(exchange.head, exchange.response->status,
                          std::chrono::duration_cast<std::chrono::microseconds>(took));
}

void Connection::send() {
    if (m_stage == Stage::Gone) return;
    if (m_continueDue && m_exchanges.empty() && !m_waiting && (m_stage == Stage::Body || m_stage == Stage::Chunks)) {
        // Not before: it would stand in front of the response to an earlier request.
        m_out += continueLine;
        m_continueDue = false;
        m_windowBegan = m_bodyLookedAt = SystemClock{}.steady();
    }
    if (!m_out.empty()) {
        if (backlog() == 0) m_progressAt = SystemClock{}.steady();
        m_sent += m_out.size();
        m_socket->write(m_out.data(), static_cast<qint64>(m_out.size()));
        if (m_out.capacity() > keptBuffer_bytes)
            m_out = std::string{};
        else
            m_out.clear();
        m_socket->flush();
    }
    if (m_stage == Stage::Lingering) onWritten();
}

std::uint64_t Connection::backlog() const {
    std::uint64_t bytes = static_cast<std::uint64_t>(m_socket->bytesToWrite());
    if (m_secure)
        bytes += static_cast<std::uint64_t>(static_cast<QSslSocket*>(m_socket.get())->encryptedBytesToWrite());
    return bytes;
}

void Connection::onWritten() {
    if (m_stage == Stage::Gone || backlog() > 0) return;
    if (m_stage != Stage::Lingering) return pump();
    if (m_halfClosed || !m_out.empty()) return;
    m_halfClosed = true;
    // TLS has to say goodbye itself; where nothing unread is left, nothing can be lost by it.
    if (!m_secure)
        closeSending(m_socket->socketDescriptor());
    else if (!m_hasUnread)
        m_socket->disconnectFromHost();
}

void Connection::linger() {
    m_hasUnread = m_hasUnread || m_stage != Stage::Head || !rest().empty();
    m_stage = Stage::Lingering;
    m_since = SystemClock{}.steady();
    m_lastTaken = true;
    m_all.budget().leave(m_id);
    m_all.budget().give(std::exchange(m_held, 0));
    m_all.shareBudget();
    m_in = std::string{};
    m_taken = 0;
    m_body = std::string{};
    m_admission.sink.reset();
    if (!m_pumping) send();
}

void Connection::finish() {
    if (m_stage == Stage::Handshake) return drop();
    pump();
    m_finishing = true;
    if (m_stage == Stage::Head) m_lastTaken = true;
    if (m_stage == Stage::Head && m_exchanges.empty()) backlog() == 0 ? drop() : linger();
}

void Connection::drop() {
    if (m_stage == Stage::Gone) return;
    // With something unsent or unread the system sends a reset, and nobody has to wait for anything.
    QObject::disconnect(m_socket.get(), nullptr, nullptr, nullptr);
    if (backlog() > 0)
        m_socket->abort();
    else
        m_socket->close();
    gone();
}

void Connection::gone() {
    if (m_stage == Stage::Gone) return;
    m_stage = Stage::Gone;
    m_admission.sink.reset();
    m_all.budget().leave(m_id);
    std::uint64_t held = m_held;
    for (const Exchange& exchange : m_exchanges) held += exchange.held;
    m_all.budget().give(held);
    m_exchanges.clear();
    m_all.shareBudget();
    m_all.gone(*this);
}

void Connection::look(SteadyPoint now) {
    const ServerSettings& settings = m_all.settings();
    if (const std::uint64_t waiting = backlog(); waiting > 0) {
        const std::uint64_t progress = m_sent - waiting;
        if (progress != m_progress) {
            m_progress = progress;
            m_progressAt = now;
        } else if (now - m_progressAt > settings.writeDeadline) {
            return drop();
        }
    }
    switch (m_stage) {
        case Stage::Handshake:
            if (now - m_since > settings.tlsDeadline) drop();
            break;
        case Stage::Head: lookAtHead(now); break;
        case Stage::Body:
        case Stage::Chunks:
        case Stage::Discard: lookAtBody(now); break;
        case Stage::Lingering:
            if (backlog() == 0 && now - m_since > settings.lingerDeadline) drop();
            break;
        case Stage::Gone: break;
    }
}

void Connection::lookAtHead(SteadyPoint now) {
    const ServerSettings& settings = m_all.settings();
    if (m_headSince && now - *m_headSince > settings.headerDeadline) {
        if (rest().empty()) return drop();  // never said a word
        breakOff(
            Error{.code = ErrorCode::RequestTimeout, .params = {}, .detail = "the head took too long", .fields = {}},
            nullptr);
        return send();
    }
    if (!m_headSince && m_exchanges.empty() && backlog() == 0 && now - m_since > settings.idleDeadline) drop();
}

void Connection::lookAtBody(SteadyPoint now) {
    const ServerSettings& settings = m_all.settings();
    // Time in which we don't read, or haven't asked for the body yet, is not the client's.
    if (m_waiting || m_sinking || m_continueDue) {
        m_windowBegan = m_bodyLookedAt = now;
        m_windowBytes = 0;
        return;
    }
    m_bodyTook += now - std::exchange(m_bodyLookedAt, now);
    const std::uint64_t size = m_stage == Stage::Chunks ? m_passed + m_body.size() : m_length;
    const std::chrono::seconds forItsSize{static_cast<std::int64_t>(size / settings.bodyRate_bytesPerSecond)};
    const bool isLate = m_bodyTook > settings.bodyDeadline + forItsSize;
    const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(now - m_windowBegan);
    if (!isLate && passed < settings.bodyWindow) return;
    const auto least = settings.minimumBodyRate_bytesPerSecond * static_cast<std::uint64_t>(passed.count()) / 1000;
    if (!isLate && m_windowBytes >= least) {
        m_windowBegan = now;
        m_windowBytes = 0;
        return;
    }
    if (m_stage == Stage::Discard) return drop();  // it has its answer
    breakOff(Error{.code = ErrorCode::RequestTimeout,
                   .params = {},
                   .detail = isLate ? "the body took too long" : "the body came too slowly",
                   .fields = {}},
             &m_head.request);
    send();
}

}  // namespace postroom::http
