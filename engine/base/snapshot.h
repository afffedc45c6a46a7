// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// A value many threads read and one now and then replaces: readers keep what they got, writers swap it whole.
//
// A lock around a pointer's copy and not std::atomic<std::shared_ptr>: libstdc++ 12's lets a reader's unlock be seen
// late (its load() releases with relaxed order), so that a store may overtake the read it should wait for.

#include <memory>
#include <mutex>

namespace postroom {

template <typename T>
class Snapshot {
public:
    /// The value as it was when it was asked for, for as long as this is kept.
    class View {
    public:
        explicit View(std::shared_ptr<const T> value) : m_value(std::move(value)) {}
        const T& operator*() const& { return *m_value; }
        /// `for (x : *snapshot.get())` would read what has gone: the loop keeps the reference and not the view.
        const T& operator*() const&& = delete;
        const T* operator->() const { return m_value.get(); }

    private:
        std::shared_ptr<const T> m_value;  // shared: a reader may still look at it when the next one is set
    };

    [[nodiscard]] View get() const {
        const std::lock_guard lock{m_mutex};
        return View{m_value};
    }
    void set(T value) {
        // Declared before the lock: what was there goes with it, after the lock.
        auto next = std::make_shared<const T>(std::move(value));
        const std::lock_guard lock{m_mutex};
        m_value.swap(next);
    }

private:
    mutable std::mutex m_mutex;
    std::shared_ptr<const T> m_value = std::make_shared<const T>();
};

}  // namespace postroom
