// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/screens/compose/sent_line.h"

#include "engine/base/text.h"
#include "ui/models/wording.h"
#include "ui/widgets/badge.h"
#include "ui/widgets/line_label.h"

#include <QHBoxLayout>
#include <QPushButton>

namespace postroom::ui {

namespace {
using namespace std::chrono_literals;
// Between two looks at least.
constexpr auto pace = 250ms;
}  // namespace

SentLine::SentLine(Desk& desk, QWidget* parent)
    : QFrame(parent), m_desk(desk), m_state(new Badge(this)), m_text(new LineLabel(this)) {
    setObjectName(QStringLiteral("card"));
    m_state->setObjectName(QStringLiteral("sent-state"));
    m_text->setObjectName(QStringLiteral("sent-text"));
    auto* showIt = new QPushButton(tr("Show it"), this);
    showIt->setObjectName(QStringLiteral("show-sent"));
    showIt->setAccessibleName(tr("Show the message that was sent"));
    auto* line = new QHBoxLayout(this);
    line->setContentsMargins(10, 4, 6, 4);
    line->addWidget(m_state);
    line->addWidget(m_text, 1);
    line->addWidget(showIt);
    hide();

    connect(showIt, &QPushButton::clicked, this, [this] { m_desk.go(Place::Messages, toQString(m_id.text())); });
    m_pace.setSingleShot(true);
    m_pace.setInterval(pace);
    connect(&m_pace, &QTimer::timeout, this, &SentLine::look);
    connect(&desk.link, &Link::everythingStale, this, &SentLine::lookSoon);
    connect(&desk.link, &Link::stale, this, [this](const QString& topic, const QStringList& ids) {
        if (topic == QStringLiteral("messages") && (ids.isEmpty() || ids.contains(toQString(m_id.text())))) lookSoon();
    });
}

void SentLine::follow(const Id& message) {
    m_id = message;
    m_ended = false;
    const Word state = stateWord(contract::State::Queued);
    m_state->show(state.text, state.tone);
    m_text->showLine(tr("Accepted as message %1").arg(toQString(message.text())));
    QFrame::show();
    look();
}

void SentLine::lookSoon() {
    if (!m_ended && !m_id.isNull() && !m_pace.isActive()) m_pace.start();
}

void SentLine::look() {
    m_desk.link.ask(
        this, [this](client::EngineClient& engine) { return engine.message(m_id); },
        [this, id = m_id](const Result<contract::Message>& message) {
            if (id != m_id) return;
            if (message)
                show(*message);
            else
                m_text->showLine(errorText(message.error()));
        });
}

void SentLine::show(const contract::Message& message) {
    m_ended = contract::isTerminal(message.status);
    const Word state = stateWord(message.status);
    m_state->show(state.text, state.tone);
    const QString id = toQString(message.id.text());
    m_text->showLine(message.waitingFor
                         ? tr("Message %1. %2", "id, what it waits for").arg(id, waitingText(*message.waitingFor))
                         : tr("Message %1").arg(id));
}

}  // namespace postroom::ui
