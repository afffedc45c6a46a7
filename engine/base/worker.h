// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// A thread with its event loop and everything that lives in it.
//
// The owner makes a Worker, posts what builds the objects into it, and stops it; objects made inside are handed to
// keep() and die there, in reverse order. Nothing posted after stop() began runs. See ARCHITECTURE.md, "Threads".

#include "engine/base/inbox.h"

#include <functional>
#include <memory>
#include <QThread>
#include <string>
#include <vector>

namespace postroom {

class Worker {
public:
    /// Starts the thread. `name` is what debuggers and top -H show.
    explicit Worker(std::string name);
    /// Stops first if nobody did.
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    [[nodiscard]] const std::string& name() const { return m_name; }
    [[nodiscard]] bool isCurrent() const { return QThread::currentThread() == m_thread.get(); }
    /// The object whose thread this is: context for QObject::connect and timers.
    [[nodiscard]] QObject* context() const { return m_inbox.get(); }

    /// Runs `work` in the thread, in order with what was posted before. False if the worker is stopping: it will not
    /// run.
    bool post(std::function<void()> work);
    /// Runs `work` in the thread and waits for it. Not from the thread itself.
    void call(const std::function<void()>& work);

    /// Makes an object that lives in the thread and dies there when the worker stops. Called in the thread.
    template <typename T>
    T* keep(std::unique_ptr<T> object) {
        T* raw = object.get();
        m_kept.emplace_back(object.release(), [](void* kept) { delete static_cast<T*>(kept); });
        return raw;
    }

    /// Runs what is already posted, destroys what is kept, ends the thread and joins it. Not from the thread itself.
    void stop();

private:
    std::string m_name;
    std::unique_ptr<QThread> m_thread;
    std::unique_ptr<Inbox> m_inbox;
    std::vector<std::unique_ptr<void, void (*)(void*)>> m_kept;
};

}  // namespace postroom
