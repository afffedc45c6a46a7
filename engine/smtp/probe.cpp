// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/smtp/probe.h"

#include "engine/base/text.h"
#include "engine/smtp/connection.h"

#include <QCryptographicHash>
#include <QDateTime>
#include <QObject>
#include <QTimer>

namespace postroom::smtp {

using namespace std::chrono_literals;

namespace {

constexpr auto Patience = 30s;

ProbeCertificate shown(const QSslCertificate& certificate) {
    const auto common = [](const QStringList& names, const QString& otherwise) {
        return toUtf8(names.isEmpty() ? otherwise : names.first());
    };
    const TimePoint expiry{Milliseconds{certificate.expiryDate().toMSecsSinceEpoch()}};
    return {.subject = common(certificate.subjectInfo(QSslCertificate::CommonName), certificate.subjectDisplayName()),
            .issuer = common(certificate.issuerInfo(QSslCertificate::CommonName), certificate.issuerDisplayName()),
            .sha256 = certificate.digest(QCryptographicHash::Sha256).toHex().toStdString(),
            .expiresAt = expiry};
}

std::string text(const ProbeCertificate& certificate) {
    return "certificate of " + certificate.subject + " by " + certificate.issuer + ", until " +
           toIso(certificate.expiresAt).substr(0, 10);
}

}  // namespace

class Probe::Walk final : public Connection::Port {
public:
    Walk(Endpoint endpoint, const Clock& clock, Done done)
        : m_clock(clock),
          m_done(std::move(done)),
          m_startedAt(clock.steady()),
          m_lastAt(m_startedAt),
          m_connection(*this, clock, std::make_shared<const Endpoint>(std::move(endpoint))) {
        m_tick.setInterval(100);
        QObject::connect(&m_tick, &QTimer::timeout, &m_tick, [this] { tick(); });
        m_tick.start();
        // From the event loop, so that nothing is told while the caller's constructor runs.
        QMetaObject::invokeMethod(
            &m_tick, [this] { m_connection.open(); }, Qt::QueuedConnection);
    }

    void passed(Connection& connection, Stage stage, const std::string& detail) override {
        std::string shownDetail = detail;
        if (stage == Stage::Connect) shownDetail = connection.peer();
        if (stage == Stage::Tls) shownDetail = connection.tls() + ", " + text(shown(connection.certificate()));
        step(stage, true, std::move(shownDetail));
    }
    void ready(Connection& connection) override {
        m_report.ok = true;
        m_report.stage = Stage::Done;
        m_report.trouble = Trouble::None;
        connection.quit();
    }
    void finished(Connection&, Outcome outcome) override {
        m_report.stage = outcome.stage;
        m_report.trouble = outcome.trouble;
        m_report.reply = std::move(outcome.reply);
        m_report.detail = std::move(outcome.detail);
        m_report.transcript = std::move(outcome.transcript);
        step(m_report.stage, false, m_report.detail);
    }
    void closed(Connection& connection) override {
        if (m_report.ok) m_report.transcript = connection.takeTranscript();
        if (!connection.certificate().isNull()) m_report.certificate = shown(connection.certificate());
        m_report.took = since(m_startedAt);
        m_tick.stop();
        // After the connection's own functions have returned: `done` may destroy all of this.
        QMetaObject::invokeMethod(
            &m_tick, [done = std::move(m_done), report = std::move(m_report)] { done(report); }, Qt::QueuedConnection);
    }
    // None of these happens without a mail.
    void askDot(Connection&) override {}
    void dotLeaves(Connection&) override {}
    void dotAnswered(Connection&, int) override {}
    void stale(Connection&, Transaction) override {}

private:
    void tick() {
        const SteadyPoint now = m_clock.steady();
        if (now - m_startedAt >= Patience)
            m_connection.fail(Trouble::TimedOut, "the whole test took longer than 30 s");
        else
            m_connection.checkDeadline(now);
    }
    void step(Stage stage, bool ok, std::string detail) {
        m_report.steps.push_back({.stage = stage, .ok = ok, .took = since(m_lastAt), .detail = std::move(detail)});
        m_lastAt = m_clock.steady();
    }
    [[nodiscard]] Milliseconds since(SteadyPoint then) const {
        return std::chrono::duration_cast<Milliseconds>(m_clock.steady() - then);
    }

    const Clock& m_clock;
    Done m_done;
    SteadyPoint m_startedAt;
    SteadyPoint m_lastAt;
    ProbeReport m_report;
    QTimer m_tick;
    Connection m_connection;
};

Probe::Probe(Endpoint endpoint, const Clock& clock, Done done)
    : m_walk(std::make_unique<Walk>(std::move(endpoint), clock, std::move(done))) {}
Probe::~Probe() = default;

}  // namespace postroom::smtp
