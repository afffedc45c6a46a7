// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/smtp/connection.h"

#include "engine/base/text.h"
#include "engine/smtp/linger.h"
#include "engine/smtp/trust.h"

#include <array>
#include <QHostAddress>
#include <QNetworkProxy>
#include <QSslCipher>
#include <QSslSocket>
#include <QTcpSocket>
#include <QTimer>
#include <utility>

namespace postroom::smtp {

using namespace std::chrono_literals;

namespace {

// What may lie in the socket's buffer: more would only be memory, less would leave a fast network idle.
constexpr qint64 QueueLimit_bytes = 256 * 1024;
constexpr qint64 ReadLimit_bytes = 128 * 1024;
constexpr auto GoodbyePatience = 2s;

std::pair<Trouble, const char*> meaning(int error, Stage stage) {
    const bool connecting = stage == Stage::Connect;
    switch (static_cast<QAbstractSocket::SocketError>(error)) {
        case QAbstractSocket::HostNotFoundError: return {Trouble::NameUnresolved, "the host name was not found"};
        case QAbstractSocket::ConnectionRefusedError: return {Trouble::ConnectFailed, "connection refused"};
        case QAbstractSocket::RemoteHostClosedError:
            return {stage == Stage::Tls ? Trouble::TlsFailed : Trouble::Closed,
                    stage == Stage::Tls ? "the server closed the connection during the TLS handshake"
                                        : "the server closed the connection"};
        case QAbstractSocket::SslHandshakeFailedError: return {Trouble::TlsFailed, "the TLS handshake failed"};
        case QAbstractSocket::SslInternalError:
        case QAbstractSocket::SslInvalidUserDataError: return {Trouble::TlsFailed, "TLS failed"};
        case QAbstractSocket::SocketTimeoutError:
            return {connecting ? Trouble::ConnectFailed : Trouble::Closed, "the network timed out"};
        case QAbstractSocket::SocketResourceError:
            return {connecting ? Trouble::ConnectFailed : Trouble::Closed, "this system has no more sockets"};
        case QAbstractSocket::NetworkError:
            return {connecting ? Trouble::ConnectFailed : Trouble::Closed, "the network can't reach the server"};
        default: return {connecting ? Trouble::ConnectFailed : Trouble::Closed, "the connection failed"};
    }
}

}  // namespace

// The mail on the connection, if there is one, is worked on from here to the end of the scope.
class Connection::Hand {
public:
    explicit Hand(Connection& connection) : m_port(connection.m_port) {
        const Dialog& dialog = connection.m_dialog;
        if (!dialog.hasMailBeforeDot() && !dialog.dotIsOpen()) return;
        m_attempt = dialog.mail().attempt;
        m_port.takenInHand(*m_attempt);
    }
    ~Hand() {
        if (m_attempt) m_port.letGo(*m_attempt);
    }
    Hand(const Hand&) = delete;
    Hand& operator=(const Hand&) = delete;

private:
    Port& m_port;
    std::optional<Id> m_attempt;
};

Connection::Connection(Port& port, const Clock& clock, std::shared_ptr<const Endpoint> endpoint)
    : m_port(port), m_clock(clock), m_endpoint(std::move(endpoint)), m_dialog(*m_endpoint) {}

Connection::~Connection() {
    if (!m_socket) return;
    m_socket->disconnect();
    // A mail half-way must not end with an orderly FIN.
    if (!m_gone) resetOnClose(m_socket->socketDescriptor());
    m_socket->abort();
}

void Connection::open() {
    // A QSslSocket in clear mode relays every byte and signal of a second socket inside it: it is made only where
    // needed.
    if (m_endpoint->security == Security::None)
        m_socket = std::make_unique<QTcpSocket>();
    else
        m_socket.reset(m_tls = new QSslSocket);
    QTcpSocket* socket = m_socket.get();
    m_turn = new QTimer(socket);
    m_turn->setSingleShot(true);
    QObject::connect(m_turn, &QTimer::timeout, socket, [this] { onBytesWritten(); });
    QObject::connect(socket, &QTcpSocket::connected, socket, [this] { onConnected(); });
    QObject::connect(socket, &QTcpSocket::readyRead, socket, [this] {
        readAvailable();
        drain();
    });
    QObject::connect(socket, &QTcpSocket::bytesWritten, socket, [this] { onBytesWritten(); });
    QObject::connect(socket, &QTcpSocket::errorOccurred, socket,
                     [this](QAbstractSocket::SocketError error) { onError(error); });
    QObject::connect(socket, &QTcpSocket::disconnected, socket,
                     [this] { onError(QAbstractSocket::RemoteHostClosedError); });
    if (m_tls) {
        QObject::connect(m_tls, &QSslSocket::encrypted, socket, [this] { onEncrypted(); });
        QObject::connect(m_tls, &QSslSocket::encryptedBytesWritten, socket, [this] { onBytesWritten(); });
        QObject::connect(m_tls, &QSslSocket::sslErrors, socket,
                         [this](const QList<QSslError>& errors) { onSslErrors(errors); });
    }
    socket->setProxy(QNetworkProxy::NoProxy);
    socket->setReadBufferSize(ReadLimit_bytes);
    m_begunAt = m_clock.steady();
    socket->connectToHost(toQString(m_endpoint->host), m_endpoint->port);
    drain();
}

void Connection::begin(Transaction mail) {
    m_begunAt = m_clock.steady();
    m_dialog.begin(std::move(mail));
    drain();
}

void Connection::permitDot() {
    m_dialog.permitDot();
    drain();
}

void Connection::release() {
    m_dialog.release();
    drain();
}

void Connection::quit() {
    m_dialog.quit();
    drain();
}

void Connection::fail(Trouble trouble, std::string detail) {
    m_dialog.fail(trouble, std::move(detail));
    drain();
}

void Connection::onConnected() {
    m_socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    const QHostAddress address = m_socket->peerAddress();
    const std::string host = toUtf8(address.toString());
    m_peer = (host.find(':') == host.npos ? host : "[" + host + "]") + ":" + std::to_string(m_socket->peerPort());
    m_dialog.connected(address.isLoopback());
    drain();
}

void Connection::startTls() {
    // Qt keeps what arrived in the clear readable after the switch: nothing may be there (CVE-2021-38371's class).
    if (m_socket->bytesAvailable() > 0)
        return m_dialog.fail(Trouble::ProtocolViolated, "bytes in the clear before TLS");
    const Result<QSslConfiguration> configuration = tlsConfiguration(*m_endpoint);
    if (!configuration) return m_dialog.fail(Trouble::TlsFailed, configuration.error().detail);
    m_tls->setSslConfiguration(*configuration);
    m_tls->setPeerVerifyName(toQString(m_endpoint->host));
    m_tls->startClientEncryption();
}

void Connection::onSslErrors(const QList<QSslError>& errors) {
    m_certificate = m_tls->peerCertificate();
    m_tlsTrouble = describe(errors);
    // Whoever names one certificate says so with it: no signature can add to that. onEncrypted() looks again.
    if (isPinned(*m_endpoint, m_certificate)) m_tls->ignoreSslErrors();
}

void Connection::onEncrypted() {
    m_certificate = m_tls->peerCertificate();
    const QSslCipher cipher = m_tls->sessionCipher();
    m_tlsInUse = toUtf8(cipher.protocolString() + u' ' + cipher.name());
    if (const Result<void> trusted = trusts(*m_endpoint, m_tls->peerCertificateChain()); !trusted)
        m_dialog.fail(Trouble::TlsFailed, trusted.error().detail);
    else
        m_dialog.encrypted();
    drain();
}

void Connection::onError(int socketError) {
    if (m_gone) return;
    if (m_closing) {
        reset();
        return drain();
    }
    // A server's last words (421 and the like) often come together with its closing.
    if (const Stage stage = m_dialog.stage(); stage != Stage::Connect && stage != Stage::Tls) readAvailable();
    const auto [trouble, detail] = meaning(socketError, m_dialog.stage());
    const bool hasReason = trouble == Trouble::TlsFailed && !m_tlsTrouble.empty();
    // Qt's own text is translated and may quote anything; OpenSSL's reason in it is worth having for handshakes.
    std::string text = hasReason ? m_tlsTrouble : std::string(detail);
    if (trouble == Trouble::TlsFailed && !hasReason && m_tls)
        text += " (" + printable(toUtf8(m_tls->errorString()), 200) + ")";
    m_dialog.fail(trouble, std::move(text));
    // What is over has no socket any more, also where the dialogue ended before and only waited for the other side.
    drain();
    if (!m_gone) reset();
    drain();
}

void Connection::readAvailable() {
    const Hand hand{*this};
    std::array<char, 16 * 1024> piece;
    // The handshake's bytes are not ours to read: the dialogue says when they begin.
    while (!m_gone && !m_closing && !m_dialog.isOver() && m_socket->isReadable()) {
        const qint64 got = m_socket->read(piece.data(), piece.size());
        if (got <= 0) return;
        m_dialog.feed({piece.data(), static_cast<std::size_t>(got)});
        if (m_dialog.stage() == Stage::Tls) return;
    }
}

void Connection::onBytesWritten() {
    if (m_gone || m_dialog.isOver()) return;
    const bool isBody = m_dialog.wait() == Dialog::Wait::Body;
    if (!isBody && !m_dotWaits) return;
    // Bytes of content left: the clock for content starts again.
    m_waited = Dialog::Wait::Nothing;
    // Told from within our own write: drain() sees to what follows, at the event loop's next turn.
    if (m_draining) return;
    if (isBody && queued_bytes() < QueueLimit_bytes / 2) {
        const Hand hand{*this};
        m_dialog.pump(static_cast<std::size_t>(QueueLimit_bytes - queued_bytes()));
    }
    drain();
}

void Connection::drain() {
    if (m_draining) return;
    m_draining = true;
    do {
        const Hand hand{*this};
        while (std::optional<Dialog::Event> event = m_dialog.next()) perform(*event);
        if (m_dotWaits && queued_bytes() == 0 && !m_dialog.isOver()) {
            m_dotWaits = false;
            dotIsDue();
        }
    } while (m_dialog.hasEvents());
    m_draining = false;
    // What the network took at once has no other end, and a fast one would let one big mail keep the thread. By a
    // timer, since the event loop delivers what is posted meanwhile in the same pass.
    if (!m_gone && m_dialog.wait() == Dialog::Wait::Body && queued_bytes() < QueueLimit_bytes / 2) m_turn->start(0);
    renewDeadline();
    if (m_gone && !m_toldClosed) {
        m_toldClosed = true;
        m_port.closed(*this);
    }
}

void Connection::perform(Dialog::Event& event) {
    using Kind = Dialog::Event::Kind;
    switch (event.kind) {
        case Kind::Write: return write(event.bytes);
        case Kind::StartTls: return startTls();
        case Kind::Passed: return m_port.passed(*this, event.stage, event.bytes);
        case Kind::Ready: return m_port.ready(*this);
        case Kind::BodyDue: return m_dialog.pump(static_cast<std::size_t>(QueueLimit_bytes - queued_bytes()));
        case Kind::AskDot: return m_port.askDot(*this);
        case Kind::DotDue: return dotIsDue();
        case Kind::DotAnswered: return m_port.dotAnswered(*this, event.code);
        case Kind::Finished: return finish();
        case Kind::Stale: return m_port.stale(*this, m_dialog.takeTransaction());
        case Kind::Close: return close();
        case Kind::Reset: return reset();
    }
}

void Connection::write(const std::string& bytes) {
    if (m_gone) return;
    m_socket->write(bytes.data(), static_cast<qint64>(bytes.size()));
    // At once, instead of after a turn of the event loop.
    m_socket->flush();
}

void Connection::dotIsDue() {
    // A mail of several writes: "." counts from the moment it can leave, not from when it joins a queue of 256 KiB.
    if (queued_bytes() > 0) {
        m_dotWaits = true;
        return;
    }
    const std::optional<TimePoint> latest = m_dialog.mail().dotNotAfter;
    if (latest && m_clock.now() > *latest)
        return m_dialog.fail(Trouble::Aborted, "the time in which the mail's end was allowed is over");
    m_port.dotLeaves(*this);
    m_dialog.sendDot();
}

void Connection::finish() {
    Outcome outcome = m_dialog.takeOutcome();
    outcome.peer = m_peer;
    outcome.tls = m_tlsInUse;
    outcome.took = std::chrono::duration_cast<std::chrono::milliseconds>(m_clock.steady() - m_begunAt);
    m_port.finished(*this, std::move(outcome));
}

void Connection::close() {
    if (m_gone || m_closing) return;
    m_closing = true;
    m_deadline = m_clock.steady() + GoodbyePatience;
    // Ends at once, with disconnected(), when nothing is left to write.
    m_socket->disconnectFromHost();
}

void Connection::reset() {
    if (m_gone) return;
    m_gone = true;
    if (!m_socket) return;
    if (!m_closing) resetOnClose(m_socket->socketDescriptor());
    m_socket->abort();
}

void Connection::checkDeadline(SteadyPoint now) {
    if (m_gone || now < m_deadline) return;
    if (m_closing) {
        reset();
        return drain();
    }
    switch (m_dialog.wait()) {
        case Dialog::Wait::Mail: return quit();
        case Dialog::Wait::Quit: reset(); return drain();
        case Dialog::Wait::Permission: return fail(Trouble::TimedOut, "nobody allowed the mail's end in time");
        default: break;
    }
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(patience()).count();
    fail(Trouble::TimedOut,
         "no answer at " + std::string(name(m_dialog.stage())) + " within " + std::to_string(seconds) + " s");
}

std::chrono::milliseconds Connection::patience() const {
    switch (m_dialog.wait()) {
        case Dialog::Wait::Connect: return m_endpoint->connectTimeout;
        case Dialog::Wait::Command:
        case Dialog::Wait::Body: return m_endpoint->commandTimeout;
        case Dialog::Wait::Permission: return m_dotWaits ? m_endpoint->commandTimeout : m_endpoint->dataTimeout;
        case Dialog::Wait::Dot: return m_endpoint->dataTimeout;
        case Dialog::Wait::Mail: return m_endpoint->idleTimeout;
        case Dialog::Wait::Quit: return GoodbyePatience;
        case Dialog::Wait::Release:
        case Dialog::Wait::Nothing: break;
    }
    return std::chrono::milliseconds::max();
}

void Connection::renewDeadline() {
    if (m_closing || m_gone) return;
    const Dialog::Wait wait = m_dialog.wait();
    if (wait == m_waited && m_progress == m_dialog.progress()) return;
    m_waited = wait;
    m_progress = m_dialog.progress();
    const auto limit = patience();
    m_deadline = limit == std::chrono::milliseconds::max() ? SteadyPoint::max() : m_clock.steady() + limit;
}

qint64 Connection::queued_bytes() const {
    if (m_gone) return 0;
    return m_socket->bytesToWrite() + (m_tls ? m_tls->encryptedBytesToWrite() : 0);
}

}  // namespace postroom::smtp
