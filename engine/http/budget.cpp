// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/http/budget.h"

#include <algorithm>

namespace postroom::http {

bool BodyBudget::take(std::uint64_t holder, std::uint64_t bytes, std::uint64_t held) {
    if (m_line.empty() && (fits(bytes) || m_used == held)) {
        m_used += bytes;
        return true;
    }
    const Waiting waiting{holder, bytes, held};
    // One that has begun goes first: it frees what it holds when it is done. And it stays the first, so that no more
    // than one at a time goes over the limit.
    if (held > 0)
        m_line.push_front(waiting);
    else
        m_line.push_back(waiting);
    m_stuck += held;
    return false;
}

void BodyBudget::leave(std::uint64_t holder) {
    std::erase_if(m_line, [&](const Waiting& waiting) {
        if (waiting.holder != holder) return false;
        m_stuck -= waiting.held;
        return true;
    });
}

std::optional<std::uint64_t> BodyBudget::next() {
    if (m_line.empty()) return std::nullopt;
    const Waiting first = m_line.front();
    if (!fits(first.bytes) && m_used != m_stuck) return std::nullopt;
    m_line.pop_front();
    m_stuck -= first.held;
    m_used += first.bytes;
    return first.holder;
}

bool BodyBudget::fits(std::uint64_t bytes) const {
    return m_used <= m_limit && bytes <= m_limit - m_used;
}

}  // namespace postroom::http
