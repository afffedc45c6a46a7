// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// A program that knows the longest any event of any thread has taken, in CPU time of that thread (DESIGN §4).

#include <algorithm>
#include <ctime>
#include <map>
#include <mutex>
#include <QApplication>
#include <QEvent>
#include <QThread>
#include <string>

namespace postroom::test {

class WatchedApplication : public QApplication {
public:
    using QApplication::QApplication;

    struct Longest {
        double cpu_ms = 0;
        std::string what;
    };

    bool notify(QObject* receiver, QEvent* event) override {
        thread_local int depth = 0;
        if (depth > 0 || !m_watching.load()) {
            // Inside another event: that one's time counts.
            ++depth;
            const bool handled = QApplication::notify(receiver, event);
            --depth;
            return handled;
        }
        // Taken before: either may be gone afterwards.
        const std::string what = std::string(receiver->metaObject()->className()) + " event " +
                                 std::to_string(static_cast<int>(event->type()));
        ++depth;
        const double began = cpu_ms();
        const bool handled = QApplication::notify(receiver, event);
        const double took = cpu_ms() - began;
        --depth;
        note(took, what);
        return handled;
    }

    void watch(bool on) { m_watching = on; }
    /// By the thread's name; "ui" is the main one.
    [[nodiscard]] std::map<std::string, Longest> longest() {
        const std::lock_guard lock{m_mutex};
        return m_longest;
    }

private:
    static double cpu_ms() {
        timespec now{};
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
    }
    void note(double took, const std::string& what) {
        const QThread* thread = QThread::currentThread();
        const std::string name = thread == this->thread() ? "ui" : thread->objectName().toStdString();
        const std::lock_guard lock{m_mutex};
        Longest& known = m_longest[name];
        if (took > known.cpu_ms) known = {took, what};
    }

    std::atomic<bool> m_watching = false;
    std::mutex m_mutex;
    std::map<std::string, Longest> m_longest;
};

}  // namespace postroom::test
