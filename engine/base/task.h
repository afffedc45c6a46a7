// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The future of a person's call: one result that arrives later, in a thread of the receiver's choice.
//
// A shared state of our own and not QFuture: in Qt 6.4.2 a dead context aborts or leaves a `.then` unfinished for ever,
// and a second `.then` silently replaces the first. Here the result is delivered exactly once, always as an event of
// the receiver's thread and never from inside finish(). The way of a message carries vectors (mailbox.h) and no tasks.
//
// Any thread. The receiver given to then() outlives the task: a Worker or the Inbox of a thread, never a dialog or a
// connection (those are found again by id).

#include "engine/base/result.h"
#include "engine/base/worker.h"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <QAbstractEventDispatcher>
#include <QCoreApplication>
#include <QEvent>
#include <QEventLoop>
#include <QTimer>

namespace postroom {

template <typename T>
class Promise;

template <typename T = void>
class [[nodiscard]] Task {
public:
    using Value = T;
    using Callback = std::function<void(Result<T>)>;

    Task(Task&&) noexcept = default;
    Task& operator=(Task&&) noexcept = default;

    /// A task that is already finished.
    static Task ready(Result<T> result) {
        Promise<T> promise;
        Task task = promise.task();
        promise.finish(std::move(result));
        return task;
    }

    /// Runs `callback` with the result in the worker's thread; once per task. A worker that is stopping by then drops
    /// it.
    void then(Worker& worker, Callback callback) {
        deliver([&worker, callback = std::move(callback)](Result<T> result) {
            worker.post([callback, result = std::move(result)]() mutable { callback(std::move(result)); });
        });
    }
    /// The same in the thread of `inbox`, which must still be there when the result comes.
    void then(Inbox& inbox, Callback callback) {
        deliver([&inbox, callback = std::move(callback)](Result<T> result) {
            inbox.push([callback, result = std::move(result)]() mutable { callback(std::move(result)); });
        });
    }

    /// Waits for the result and takes it. A thread with an event loop goes on turning it meanwhile, so that what the
    /// result depends on may live in the same thread. TimedOut if it did not come (it may be waited for again),
    /// Stopping if the thread's loop was told to end.
    Result<T> wait(std::chrono::milliseconds timeout) {
        const auto deadline = std::chrono::steady_clock::now() + timeout;
        if (QAbstractEventDispatcher::instance())
            turnUntil(timeout);
        else
            sleepUntil(deadline);
        const std::lock_guard lock{m_state->mutex};
        m_state->wake = nullptr;
        if (m_state->result) {
            Result<T> result = std::move(*m_state->result);
            m_state->result.reset();
            return result;
        }
        if (std::chrono::steady_clock::now() < deadline) return fail(ErrorCode::Stopping, "the thread's loop ended");
        return fail(ErrorCode::TimedOut, "no result within " + std::to_string(timeout.count()) + " ms");
    }

    [[nodiscard]] bool isFinished() const {
        const std::lock_guard lock{m_state->mutex};
        return m_state->finished;
    }

private:
    friend class Promise<T>;

    struct State {
        std::mutex mutex;
        bool finished = false;
        std::optional<Result<T>> result;
        Callback receiver;
        std::function<void()> wake;  ///< called with the mutex held, so that who waits can take it back

        void finish(Result<T> value) {
            Callback receive;
            {
                const std::lock_guard lock{mutex};
                if (finished) return;
                finished = true;
                if (receiver) {
                    receive = std::move(receiver);
                    receiver = nullptr;
                } else {
                    result.emplace(std::move(value));
                    if (wake) wake();
                    return;
                }
            }
            receive(std::move(value));
        }
    };

    explicit Task(std::shared_ptr<State> state) : m_state(std::move(state)) {}

    void deliver(Callback receiver) {
        std::optional<Result<T>> result;
        {
            const std::lock_guard lock{m_state->mutex};
            Q_ASSERT(!m_state->receiver);
            if (!m_state->finished) {
                m_state->receiver = std::move(receiver);
                return;
            }
            result.swap(m_state->result);
        }
        Q_ASSERT(result);
        if (result) receiver(std::move(*result));
    }

    void turnUntil(std::chrono::milliseconds timeout) {
        QEventLoop loop;
        {
            const std::lock_guard lock{m_state->mutex};
            if (m_state->finished) return;
            m_state->wake = [&loop] { QCoreApplication::postEvent(&loop, new QEvent(QEvent::Quit)); };
        }
        QTimer::singleShot(timeout, Qt::PreciseTimer, &loop, &QEventLoop::quit);
        loop.exec();
        // The loop dies here: nobody may find it any more.
        const std::lock_guard lock{m_state->mutex};
        m_state->wake = nullptr;
    }

    void sleepUntil(std::chrono::steady_clock::time_point deadline) {
        std::condition_variable came;
        std::unique_lock lock{m_state->mutex};
        m_state->wake = [&came] { came.notify_all(); };
        came.wait_until(lock, deadline, [this] { return m_state->finished; });
        m_state->wake = nullptr;
    }

    std::shared_ptr<State> m_state;
};

/// The other end of a Task: a handle that may be copied into callbacks. If the last copy goes unfinished, the task ends
/// with Error{Stopping}: whoever waits is never left waiting.
template <typename T = void>
class Promise {
public:
    Promise() : m_end(std::make_shared<End>()) {}

    /// The one task of this promise.
    Task<T> task() const { return Task<T>{m_end->state}; }
    /// Only the first call counts. Any thread.
    void finish(Result<T> result) const { m_end->state->finish(std::move(result)); }

private:
    struct End {
        std::shared_ptr<typename Task<T>::State> state = std::make_shared<typename Task<T>::State>();
        End() = default;
        End(const End&) = delete;
        End& operator=(const End&) = delete;
        ~End() { state->finish(fail(ErrorCode::Stopping, "the call was dropped")); }
    };
    std::shared_ptr<End> m_end;
};

}  // namespace postroom
