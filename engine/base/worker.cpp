// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/worker.h"

#include "engine/base/platform.h"
#include "engine/base/text.h"

#include <openssl/crypto.h>
#include <condition_variable>
#include <mutex>

namespace postroom {

namespace {

/// Work whose end another thread waits for. A condition variable of ours, for the reason in inbox.h.
class Awaited {
public:
    explicit Awaited(const std::function<void()>& work) : m_work(work) {}

    void run() {
        m_work();
        const std::lock_guard lock{m_mutex};
        m_done = true;
        m_finished.notify_one();
    }
    void wait() {
        std::unique_lock lock{m_mutex};
        m_finished.wait(lock, [this] { return m_done; });
    }

private:
    const std::function<void()>& m_work;
    std::mutex m_mutex;
    std::condition_variable m_finished;
    bool m_done = false;
};

}  // namespace

Worker::Worker(std::string name) : m_name(std::move(name)), m_thread(new QThread), m_inbox(new Inbox) {
    m_thread->setObjectName(toQString(m_name));
    m_inbox->moveToThread(m_thread.get());
    // What OpenSSL keeps for the thread. By itself it goes when the system's thread ends, which QThread::wait() does
    // not wait for: at the program's end that may be too late.
    QObject::connect(m_thread.get(), &QThread::finished, [] { OPENSSL_thread_stop(); });
    m_thread->start();
    post([this] { platform::nameThread(m_name); });
}

Worker::~Worker() {
    stop();
}

bool Worker::post(std::function<void()> work) {
    return m_inbox->push(std::move(work));
}

void Worker::call(const std::function<void()>& work) {
    Q_ASSERT(!isCurrent());
    Awaited awaited{work};
    if (m_inbox->push([&awaited] { awaited.run(); })) awaited.wait();
}

void Worker::stop() {
    Q_ASSERT(!isCurrent());
    const std::function<void()> letGo = [this] {
        while (!m_kept.empty()) m_kept.pop_back();
    };
    Awaited awaited{letGo};
    if (!m_inbox->pushLast([&awaited] { awaited.run(); })) return;
    awaited.wait();
    // Objects that were told to deleteLater() go with the loop's last turn.
    m_thread->quit();
    m_thread->wait();
}

}  // namespace postroom
