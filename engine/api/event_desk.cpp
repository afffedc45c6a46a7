// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/event_desk.h"

namespace postroom::api {

EventDesk::EventDesk(Worker& api, observe::EventRing& ring, const Clock& clock)
    : m_api(api), m_ring(ring), m_clock(clock), m_polls(ring) {
    m_api.call([this] {
        m_timer = std::make_unique<QTimer>();
        m_timer->setSingleShot(true);
        m_timer->setTimerType(Qt::PreciseTimer);
        QObject::connect(m_timer.get(), &QTimer::timeout, m_timer.get(), [this] { look(); });
    });
    m_ring.onNews([this] { m_api.post([this] { look(); }); });
}

EventDesk::~EventDesk() {
    m_ring.onNews({});
    // Behind the last wake-up.
    m_api.call([this] {
        m_polls.close();
        m_timer.reset();
    });
}

void EventDesk::wait(std::string after, std::chrono::milliseconds wait, Polls::Answer answer) {
    m_api.post([this, after = std::move(after), wait, answer = std::move(answer)]() mutable {
        m_polls.add(after, wait, m_clock.steady(), std::move(answer));
        look();
    });
}

void EventDesk::look() {
    m_polls.look(m_clock.steady());
    const auto next = m_polls.nextLook();
    if (!next) return m_timer->stop();
    m_timer->start(
        std::max(std::chrono::milliseconds{0}, std::chrono::ceil<std::chrono::milliseconds>(*next - m_clock.steady())));
}

void EventDesk::close() {
    m_api.call([this] {
        m_polls.close();
        m_timer->stop();
    });
}

}  // namespace postroom::api
