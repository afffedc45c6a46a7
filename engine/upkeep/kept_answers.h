// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Ends the answers that are kept for repeated requests, once their time is over and their messages are done.
//
// Lives in the worker it is made in, in which it is also destroyed. A look a minute; in steps so small that no commit
// waits for one; the next follows when the one before is durable.

#include "engine/store/writer.h"

#include <QTimer>

namespace postroom::upkeep {

class KeptAnswers {
public:
    /// Both outlive it.
    KeptAnswers(store::Writer& writer, const Clock& clock,
                std::chrono::milliseconds lookEvery = std::chrono::minutes{1});
    KeptAnswers(const KeptAnswers&) = delete;
    KeptAnswers& operator=(const KeptAnswers&) = delete;

private:
    QTimer m_timer;
};

}  // namespace postroom::upkeep
