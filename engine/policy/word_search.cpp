// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/policy/word_search.h"

namespace postroom::policy {

WordSearch::WordSearch(const std::vector<std::string_view>& words) : m_nodes(1), m_sameAs(words.size()) {
    for (std::uint32_t place = 0; place < words.size(); ++place) {
        std::uint32_t node = root;
        for (const char byte : words[place]) {
            std::uint32_t child = childOf(node, byte);
            if (child == 0) {
                child = static_cast<std::uint32_t>(m_nodes.size());
                Node made;
                made.byte = byte;
                if (node == root)
                    m_first[static_cast<unsigned char>(byte)] = child;
                else
                    made.sibling = m_nodes[node].child;
                m_nodes.push_back(made);
                if (node != root) m_nodes[node].child = child;
            }
            node = child;
        }
        m_sameAs[place] = m_nodes[node].words;
        m_nodes[node].words = place + 1;
    }
    link();
}

std::uint32_t WordSearch::childOf(std::uint32_t node, char byte) const {
    if (node == root) return m_first[static_cast<unsigned char>(byte)];
    std::uint32_t child = m_nodes[node].child;
    while (child != 0 && m_nodes[child].byte != byte) child = m_nodes[child].sibling;
    return child;
}

std::uint32_t WordSearch::next(std::uint32_t node, char byte) const {
    for (; node != root; node = m_nodes[node].fallback)
        if (const std::uint32_t child = childOf(node, byte)) return child;
    return childOf(root, byte);
}

// Breadth first: the fallback of a beginning is shorter than it and has its own already.
void WordSearch::link() {
    std::vector<std::uint32_t> line;
    for (const std::uint32_t node : m_first)
        if (node != 0) line.push_back(node);
    for (std::size_t at = 0; at < line.size(); ++at) {
        const std::uint32_t parent = line[at];
        for (std::uint32_t child = m_nodes[parent].child; child != 0; child = m_nodes[child].sibling) {
            const std::uint32_t fallback = next(m_nodes[parent].fallback, m_nodes[child].byte);
            m_nodes[child].fallback = fallback;
            m_nodes[child].shorter = m_nodes[fallback].words ? fallback : m_nodes[fallback].shorter;
            line.push_back(child);
        }
    }
}

}  // namespace postroom::policy
