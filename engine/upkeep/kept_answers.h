// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Ends the answers that are kept for repeated requests, once their time is over and their messages are done.
//
// Lives in the worker it is made in, in which it is also destroyed. A few rows a second, so that no commit waits for
// it.

#include "engine/store/writer.h"

#include <QTimer>

namespace postroom::upkeep {

class KeptAnswers {
public:
    /// Both outlive it.
    KeptAnswers(store::Writer& writer, const Clock& clock);
    KeptAnswers(const KeptAnswers&) = delete;
    KeptAnswers& operator=(const KeptAnswers&) = delete;

private:
    void tick();

    store::Writer& m_writer;
    const Clock& m_clock;
    int m_untilNext = 0;  ///< ticks
    // Shared with the writes: the last may end when this is gone.
    std::shared_ptr<std::atomic<bool>> m_hasMore = std::make_shared<std::atomic<bool>>(false);
    QTimer m_timer;
};

}  // namespace postroom::upkeep
