// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// How much one rendering may do. Steps, never time: the same template with the same variables always ends the same way.

#include <cstddef>
#include <cstdint>

namespace postroom::content::templates {

struct Limits {
    static constexpr std::size_t Source_bytes = 1 << 20;
    /// Brackets, signs and tags inside each other, each counted; includes, parents and blocks inside each other.
    static constexpr int Depth = 32;
    /// Calls of the renderer inside each other, whatever they are made of: what a thread's stack holds many times over.
    static constexpr int Calls = 400;
    /// Turns of all loops together, those of an include too; the size of one range().
    static constexpr std::int64_t LoopSteps = 10'000;
    /// The result, and any text or list on the way to it.
    static constexpr std::size_t Text_bytes = 2 << 20;
    /// Everything done: one for each value looked at, one for each 16 bytes of text read or made, two for each item of
    /// a list.
    static constexpr std::int64_t Steps = 1'000'000;
    /// All renderings of one batch: a full one may take 20,000 for each of its mails.
    static constexpr std::int64_t BatchSteps = 20'000'000;
};

}  // namespace postroom::content::templates
