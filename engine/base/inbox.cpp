// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/inbox.h"

#include <QCoreApplication>
#include <QEvent>

namespace postroom {

bool Inbox::push(std::function<void()> work) {
    return put(std::move(work), false);
}

bool Inbox::pushLast(std::function<void()> work) {
    return put(std::move(work), true);
}

bool Inbox::put(std::function<void()> work, bool last) {
    const std::lock_guard lock{m_mutex};
    if (m_closed) return false;
    m_closed = last;
    m_waiting.push_back(std::move(work));
    // Under the lock, so that no event is posted to an inbox whose last piece has run.
    QCoreApplication::postEvent(this, new QEvent(QEvent::User));
    return true;
}

void Inbox::customEvent(QEvent* /*event*/) {
    std::function<void()> work;
    {
        const std::lock_guard lock{m_mutex};
        work = std::move(m_waiting.front());
        m_waiting.pop_front();
    }
    work();
}

}  // namespace postroom
