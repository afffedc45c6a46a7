// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Long polls that wait for news: who is answered when. No timer and no thread of its own; one thread.
//
// A poll is answered when its wait is over, and before that as soon as there is news, but never within the first 250
// ms: what comes then is gathered. So a client that asks again at once gets four answers a second at most, however much
// happens.

#include "engine/observe/events.h"

#include <functional>
#include <optional>
#include <vector>

namespace postroom::api {

class Polls {
public:
    using Answer = std::function<void(Result<contract::Events>)>;
    static constexpr std::chrono::milliseconds gathering{250};
    static constexpr std::size_t most = 64;

    explicit Polls(observe::EventRing& ring) : m_ring(ring) {}

    /// An unknown `after` is answered with a reset, at once. Overloaded when too many wait, Stopping after close().
    void add(std::string_view after, std::chrono::milliseconds wait, SteadyPoint now, Answer answer);
    /// Answers whoever is due.
    void look(SteadyPoint now);
    /// When to look again if the ring does not say so before; nothing if nobody waits.
    [[nodiscard]] std::optional<SteadyPoint> nextLook() const { return m_nextLook; }
    [[nodiscard]] std::size_t waiting() const { return m_waiting.size(); }
    /// Answers everybody with Stopping, and whoever comes later.
    void close();

private:
    struct Poll {
        std::uint64_t place = 0;
        SteadyPoint gatheredAt;
        SteadyPoint endsAt;
        Answer answer;
    };
    observe::EventRing& m_ring;
    std::vector<Poll> m_waiting;
    std::optional<SteadyPoint> m_nextLook;
    bool m_closed = false;
};

}  // namespace postroom::api
