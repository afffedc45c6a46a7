// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The Idempotency-Keys of requests that are being carried out now: their twins must wait. Any thread.

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>

namespace postroom::api {

class KeysUnderWay {
public:
    /// Held while the request runs; freed by its end or by reset().
    using Claim = std::shared_ptr<void>;

    /// Nothing if the same owner's request under this key is still running.
    [[nodiscard]] Claim claim(const std::string& owner, const std::string& key) {
        const std::lock_guard lock{m_keys->mutex};
        const auto [at, isNew] = m_keys->running.emplace(owner, key);
        if (!isNew) return {};
        return Claim(m_keys.get(), [keys = m_keys, name = *at](void*) {
            const std::lock_guard freeing{keys->mutex};
            keys->running.erase(name);
        });
    }

private:
    struct Keys {
        std::mutex mutex;
        std::set<std::pair<std::string, std::string>> running;
    };
    // Shared with the claims: the last may be dropped by a queue that outlives the services.
    std::shared_ptr<Keys> m_keys = std::make_shared<Keys>();
};

}  // namespace postroom::api
