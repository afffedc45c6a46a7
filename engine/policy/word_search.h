// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Finds which of many words stand in a text, in one pass over it (Aho and Corasick, 1975).
//
// The time depends on the text and not on how many words there are, so that a file of rules may grow. Built once, then
// any thread.

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace postroom::policy {

class WordSearch {
public:
    /// None of the words is empty. Each is known by its place in the list; of equal ones all are found.
    explicit WordSearch(const std::vector<std::string_view>& words);

    /// `found(place)` for each word in the text; for one that stands there twice, twice.
    template <typename Found>
    void in(std::string_view text, Found found) const {
        std::uint32_t node = root;
        for (const char byte : text) {
            node = next(node, byte);
            for (std::uint32_t at = m_nodes[node].words ? node : m_nodes[node].shorter; at != root;
                 at = m_nodes[at].shorter)
                for (std::uint32_t word = m_nodes[at].words; word != 0; word = m_sameAs[word - 1]) found(word - 1);
        }
    }

private:
    static constexpr std::uint32_t root = 0;
    // A beginning of words. The root is 0, which no link but `fallback` and `shorter` leads to.
    struct Node {
        std::uint32_t child = 0;
        std::uint32_t sibling = 0;
        std::uint32_t fallback = root;  ///< the longest end of this beginning that is a beginning too
        std::uint32_t shorter = root;   ///< the next one on the way of fallbacks at which a word ends
        std::uint32_t words = 0;        ///< place + 1 of a word that ends here
        char byte = 0;
    };

    [[nodiscard]] std::uint32_t childOf(std::uint32_t node, char byte) const;
    [[nodiscard]] std::uint32_t next(std::uint32_t node, char byte) const;
    void link();

    std::vector<Node> m_nodes;
    std::vector<std::uint32_t> m_sameAs;          ///< place + 1 of another word of the same letters, by place
    std::array<std::uint32_t, 256> m_first = {};  ///< the root's children: where nearly every byte of a text leads
};

}  // namespace postroom::policy
