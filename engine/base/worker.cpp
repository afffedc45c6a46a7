// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/worker.h"

#include "engine/base/platform.h"
#include "engine/base/text.h"

#include <QSemaphore>

namespace postroom {

Worker::Worker(std::string name) : m_name(std::move(name)), m_thread(new QThread), m_context(new QObject) {
    m_thread->setObjectName(toQString(m_name));
    m_context->moveToThread(m_thread.get());
    m_thread->start();
    post([this] { platform::nameThread(m_name); });
}

Worker::~Worker() { stop(); }

bool Worker::post(std::function<void()> work) {
    if (m_stopping.load(std::memory_order_acquire)) return false;
    QMetaObject::invokeMethod(m_context.get(), std::move(work), Qt::QueuedConnection);
    return true;
}

void Worker::call(const std::function<void()>& work) {
    Q_ASSERT(!isCurrent());
    QSemaphore done;
    if (post([&] {
            work();
            done.release();
        }))
        done.acquire();
}

void Worker::stop() {
    Q_ASSERT(!isCurrent());
    if (m_stopping.exchange(true)) return;
    QMetaObject::invokeMethod(
        m_context.get(),
        [this] {
            while (!m_kept.empty()) m_kept.pop_back();
            // Objects that were told to deleteLater() go with this loop's last turn.
            m_thread->quit();
        },
        Qt::QueuedConnection);
    m_thread->wait();
}

}  // namespace postroom
