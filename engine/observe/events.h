// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What became stale, for windows that show it: noted where it happens, asked for by long polls.
//
// Any thread. Says that something changed and never what it is now: whoever cares reads it. A topic keeps its newest
// ids in a ring of fixed size and remembers up to where ids are missing; who asks from further back is told "many".
// So memory is bounded, nothing is allocated on the way of a message, and no poll comes too late: under load a single
// log for all topics would overrun between two polls, and every window would read everything anew, again and again.

#include "engine/base/id.h"
#include "engine/contract/resources.h"

#include <array>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace postroom::observe {

enum class Topic { Messages, Accounts, Keys, Queue, Sandbox, Settings, Templates };
inline constexpr std::size_t topicCount = 7;
[[nodiscard]] std::string_view name(Topic topic);

class EventRing {
public:
    static constexpr std::size_t mostIds = 100;  ///< of a topic in one answer; beyond it the answer names none

    /// The epoch is a name that no other run has; without a dot.
    explicit EventRing(std::string epoch);
    EventRing(const EventRing&) = delete;
    EventRing& operator=(const EventRing&) = delete;

    /// One call a batch. No ids, or more than mostIds: many.
    void note(Topic topic, std::span<const Id> ids);
    void note(Topic topic, const Id& id) { note(topic, std::span{&id, 1}); }
    void note(Topic topic) { note(topic, std::span<const Id>{}); }

    /// The place behind everything that was noted.
    [[nodiscard]] std::uint64_t last() const;
    /// The place that a `next` names; nothing if it is of another epoch, of the future, or no place at all.
    [[nodiscard]] std::optional<std::uint64_t> place(std::string_view next) const;
    /// What was noted behind the place, each topic once, each id once.
    [[nodiscard]] contract::Events since(std::uint64_t place) const;
    /// For who has no place here: where things stand.
    [[nodiscard]] contract::Events reset() const;

    /// `wake` runs once when something is noted behind an arm(), inside note(): it must be quick and must not call
    /// back. Replaced by an empty one, it does not run any more.
    void onNews(std::function<void()> wake);
    /// False, and nothing is armed, if something was noted behind the place already.
    [[nodiscard]] bool arm(std::uint64_t place);

private:
    static constexpr std::size_t kept = 512;
    struct Entry {
        std::uint64_t place = 0;
        Id id;
    };
    struct Log {
        std::array<Entry, kept> ring{};
        std::size_t next = 0;
        std::uint64_t last = 0;
        std::uint64_t missing = 0;  ///< up to here ids were noted that are not kept
    };
    [[nodiscard]] std::string text(std::uint64_t place) const;
    [[nodiscard]] static std::vector<std::string> idsSince(const Log& log, std::uint64_t place);

    const std::string m_epoch;
    mutable std::mutex m_mutex;
    std::array<Log, topicCount> m_logs{};
    std::uint64_t m_last = 0;
    bool m_armed = false;
    std::function<void()> m_wake;
};

}  // namespace postroom::observe
