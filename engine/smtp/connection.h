// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// One TCP connection to a mail server: carries a Dialog's bytes, keeps its time, makes its TLS.
//
// Lives in its Pool's or Probe's thread. Its Port is called from the event loop and may call back; it must not destroy
// the connection from within.

#include "engine/base/clock.h"
#include "engine/smtp/dialog.h"

#include <memory>
#include <QSslCertificate>
#include <QSslError>
#include <string>

QT_BEGIN_NAMESPACE
class QTcpSocket;
class QSslSocket;
class QTimer;
QT_END_NAMESPACE

namespace postroom::smtp {

class Connection {
public:
    class Port {
    public:
        virtual ~Port() = default;
        virtual void passed(Connection&, Stage, const std::string& /*detail*/) {}
        virtual void ready(Connection&) = 0;
        virtual void askDot(Connection&) = 0;
        virtual void dotLeaves(Connection&) = 0;
        virtual void dotAnswered(Connection&, int code) = 0;
        virtual void finished(Connection&, Outcome) = 0;
        virtual void stale(Connection&, Transaction) = 0;
        /// See Pool::Port.
        virtual void takenInHand(const Id& /*attempt*/) {}
        virtual void letGo(const Id& /*attempt*/) {}
        /// The last call: the socket is gone.
        virtual void closed(Connection&) = 0;
    };

    /// The endpoint is shared: an account's may change while connections made for the old one finish.
    Connection(Port& port, const Clock& clock, std::shared_ptr<const Endpoint> endpoint);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    void open();
    void begin(Transaction mail);
    void permitDot();
    void release();
    void quit();
    void fail(Trouble trouble, std::string detail);
    /// Acts on a deadline that has passed.
    void checkDeadline(SteadyPoint now);

    /// For who never begins a mail: what was said.
    [[nodiscard]] std::vector<std::string> takeTranscript() { return m_dialog.takeTranscript(); }
    [[nodiscard]] const Dialog& dialog() const { return m_dialog; }
    [[nodiscard]] const Endpoint& endpoint() const { return *m_endpoint; }
    [[nodiscard]] const std::string& peer() const { return m_peer; }
    [[nodiscard]] const std::string& tls() const { return m_tlsInUse; }
    /// What the server showed in the handshake; null without one.
    [[nodiscard]] const QSslCertificate& certificate() const { return m_certificate; }

private:
    class Hand;
    void onConnected();
    void onEncrypted();
    void onSslErrors(const QList<QSslError>& errors);
    void onError(int socketError);
    void onBytesWritten();
    void readAvailable();

    void drain();
    void perform(Dialog::Event& event);
    void startTls();
    void write(const std::string& bytes);
    void dotIsDue();
    void finish();
    void close();
    void reset();
    void renewDeadline();
    [[nodiscard]] std::chrono::milliseconds patience() const;
    [[nodiscard]] qint64 queued_bytes() const;

    Port& m_port;
    const Clock& m_clock;
    std::shared_ptr<const Endpoint> m_endpoint;
    Dialog m_dialog;
    std::unique_ptr<QTcpSocket> m_socket;
    QSslSocket* m_tls = nullptr;  ///< m_socket, where the endpoint wants TLS
    bool m_draining = false;
    bool m_dotWaits = false;   ///< for what was written before to leave
    QTimer* m_turn = nullptr;  ///< the socket's
    bool m_closing = false;
    bool m_gone = false;
    bool m_toldClosed = false;
    SteadyPoint m_begunAt{};
    SteadyPoint m_deadline = SteadyPoint::max();
    Dialog::Wait m_waited = Dialog::Wait::Nothing;
    unsigned m_progress = 0;
    std::string m_peer;
    std::string m_tlsInUse;
    std::string m_tlsTrouble;
    QSslCertificate m_certificate;
};

}  // namespace postroom::smtp
