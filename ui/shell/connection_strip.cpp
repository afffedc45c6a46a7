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

std::int64_t countOf(const contract::QueueStatus& queue, const char* state) {
    const auto found = queue.recipients.find(state);
    return found == queue.recipients.end() ? 0 : found->second;
}

QToolButton* button(const char* iconName, const QString& text, const QString& name, QWidget* parent) {
    auto* made = new QToolButton(parent);
    made->setIcon(icon(iconName));
    made->setText(text);
    made->setAccessibleName(name);
    made->setToolTip(name);
    made->setToolButtonStyle(text.isEmpty() ? Qt::ToolButtonIconOnly : Qt::ToolButtonTextBesideIcon);
    made->setPopupMode(QToolButton::InstantPopup);
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
    for (QLabel* label : {m_rate, m_queue}) label->setProperty("tone", QStringLiteral("muted"));
    connect(&m_desk.link, &Link::stateChanged, this, &ConnectionStrip::showState);
    connect(&m_desk.notices, &Notices::changed, this, &ConnectionStrip::showActivity);
    connect(&m_timer, &QTimer::timeout, this, &ConnectionStrip::ask);
    m_timer.start(askEvery);
    showState();
    showActivity();
    ask();
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
            ask();
            break;
        case Link::State::Lost: m_state->show(tr("No connection"), Tone::Bad); break;
    }
    for (QLabel* label : {m_rate, m_queue}) label->setEnabled(!lost);
}

void ConnectionStrip::ask() {
    if (m_desk.link.state() != Link::State::Online) return;
    m_desk.link.ask(
        this, [](client::EngineClient& engine) { return engine.queueStatus(); },
        [this](const Result<contract::QueueStatus>& queue) {
            if (queue) showQueue(*queue);
        });
}

void ConnectionStrip::showQueue(const contract::QueueStatus& queue) {
    m_rate->setText(tr("%1 a minute").arg(countText(static_cast<std::int64_t>(queue.ratePerMinute + 0.5))));
    m_queue->setText(tr("%1 waiting").arg(countText(countOf(queue, "queued") + countOf(queue, "sending"))));
}

void ConnectionStrip::showActivity() {
    const int running = m_desk.notices.running();
    m_activity->setText(running > 0 ? tr("Activity (%1)").arg(running) : tr("Activity"));
}

}  // namespace postroom::ui
