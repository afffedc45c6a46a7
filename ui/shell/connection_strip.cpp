// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/shell/connection_strip.h"

#include "ui/models/wording.h"
#include "ui/widgets/badge.h"
#include "ui/widgets/icon.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

namespace postroom::ui {

namespace {

using namespace std::chrono_literals;

constexpr auto askEvery = 2s;
// The same numbers with an hour's chart around them.
constexpr auto askStatsEvery = 10s;

std::int64_t countOf(const std::map<std::string, std::int64_t>& recipients, const char* state) {
    const auto found = recipients.find(state);
    return found == recipients.end() ? 0 : found->second;
}

QToolButton* button(const char* iconName, const QString& text, const QString& name, QWidget* parent) {
    auto* made = new QToolButton(parent);
    made->setIcon(icon(iconName));
    made->setText(text);
    made->setAccessibleName(name);
    made->setToolTip(name);
    made->setToolButtonStyle(text.isEmpty() ? Qt::ToolButtonIconOnly : Qt::ToolButtonTextBesideIcon);
    made->setFocusPolicy(Qt::StrongFocus);
    return made;
}

}  // namespace

ConnectionStrip::ConnectionStrip(Desk& desk, QWidget* parent)
    : QWidget(parent),
      m_desk(desk),
      m_engine(button("link", tr("Engine"), tr("Choose the engine"), this)),
      m_state(new Badge(this)),
      m_rate(new QLabel(this)),
      m_queue(new QLabel(this)),
      m_activity(button("activity", tr("Activity"), tr("Show what happened"), this)),
      m_menu(button("settings", {}, tr("Window settings"), this)) {
    setObjectName(QStringLiteral("strip"));
    setAttribute(Qt::WA_StyledBackground);
    auto* line = new QHBoxLayout(this);
    line->setContentsMargins(12, 6, 12, 6);
    line->setSpacing(12);
    line->addWidget(m_engine);
    line->addWidget(m_state);
    line->addWidget(m_rate);
    line->addWidget(m_queue);
    line->addStretch(1);
    line->addWidget(m_activity);
    line->addWidget(m_menu);
    m_activity->setCheckable(true);
    for (QToolButton* menued : {m_engine, m_menu}) menued->setPopupMode(QToolButton::InstantPopup);
    for (QLabel* label : {m_rate, m_queue}) label->setProperty("tone", QStringLiteral("muted"));
    connect(&m_desk.link, &Link::stateChanged, this, &ConnectionStrip::showState);
    connect(&m_desk.notices, &Notices::changed, this, &ConnectionStrip::showActivity);
    connect(&m_timer, &QTimer::timeout, this, &ConnectionStrip::ask);
    showState();
    showActivity();
}

void ConnectionStrip::showState() {
    const Link& link = m_desk.link;
    const QString where = link.url();
    m_engine->setText(fontMetrics().elidedText(where.isEmpty() ? tr("Engine") : where, Qt::ElideMiddle, 340));
    const bool lost = link.state() == Link::State::Lost;
    m_engine->setIcon(icon(lost ? "unlink" : "link"));
    switch (link.state()) {
        case Link::State::Connecting: m_state->show(tr("Connecting"), Tone::Busy); break;
        case Link::State::Online:
            m_state->show(tr("Connected"), Tone::Good);
            // Perhaps by another key than before.
            m_source = Source::Queue;
            m_timer.start(askEvery);
            ask();
            break;
        case Link::State::Lost: m_state->show(tr("No connection"), Tone::Bad); break;
    }
    for (QLabel* label : {m_rate, m_queue}) label->setEnabled(!lost);
}

void ConnectionStrip::ask() {
    if (m_desk.link.state() != Link::State::Online) return;
    switch (m_source) {
        case Source::Queue: return askQueue();
        case Source::Stats: return askStats();
        case Source::None: return;
    }
}

void ConnectionStrip::askQueue() {
    m_desk.link.ask(
        this, [](client::EngineClient& engine) { return engine.queueStatus(); },
        [this](const Result<contract::QueueStatus>& queue) {
            if (queue) return showCounts(queue->recipients, queue->ratePerMinute);
            if (queue.error().code != ErrorCode::Forbidden || m_source != Source::Queue) return;
            m_source = Source::Stats;
            m_timer.start(askStatsEvery);
            ask();
        });
}

void ConnectionStrip::askStats() {
    m_desk.link.ask(
        this, [](client::EngineClient& engine) { return engine.stats("1h"); },
        [this](const Result<contract::Stats>& stats) {
            if (stats) return showCounts(stats->totals, stats->ratePerMinute);
            if (stats.error().code != ErrorCode::Forbidden) return;
            m_source = Source::None;
            m_timer.stop();
        });
}

void ConnectionStrip::showCounts(const std::map<std::string, std::int64_t>& recipients, double ratePerMinute) {
    m_rate->setText(tr("%1 a minute").arg(countText(static_cast<std::int64_t>(ratePerMinute + 0.5))));
    m_queue->setText(tr("%1 waiting").arg(countText(countOf(recipients, "queued") + countOf(recipients, "sending"))));
}

void ConnectionStrip::showActivity() {
    const int running = m_desk.notices.running();
    m_activity->setText(running > 0 ? tr("Activity (%1)").arg(running) : tr("Activity"));
}

}  // namespace postroom::ui
