// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Where a thread takes work that others hand it: one event of its loop runs one piece, in the order it came.
//
// A queue of ours under a mutex of ours, and not QMetaObject::invokeMethod: Qt of the distribution is not instrumented,
// so of what its event queue orders a thread sanitizer sees nothing and reports every hand-over as a race.

#include <deque>
#include <functional>
#include <mutex>
#include <QObject>

namespace postroom {

class Inbox : public QObject {
public:
    /// Runs `work` in the thread this object lives in. Any thread. False once the inbox is closed: it will not run.
    bool push(std::function<void()> work);
    /// The same, and closes the inbox behind it: nothing runs after `work`. False if it was closed before.
    bool pushLast(std::function<void()> work);

protected:
    void customEvent(QEvent* event) override;

private:
    bool put(std::function<void()> work, bool last);

    std::mutex m_mutex;
    std::deque<std::function<void()>> m_waiting;
    bool m_closed = false;
};

}  // namespace postroom
