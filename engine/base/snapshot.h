// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// A value many threads read and one now and then replaces: readers keep what they got, writers swap it whole.

#include <atomic>
#include <memory>

namespace postroom {

template <typename T>
class Snapshot {
public:
    /// Never null. Shared because a reader may still look at it when the next one is set.
    [[nodiscard]] std::shared_ptr<const T> get() const { return m_value.load(std::memory_order_acquire); }
    void set(T value) { m_value.store(std::make_shared<const T>(std::move(value)), std::memory_order_release); }

private:
    std::atomic<std::shared_ptr<const T>> m_value{std::make_shared<const T>()};
};

}  // namespace postroom
