// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Removes suppressions that have ended. They keep no mail from anybody: this keeps their table short.
//
// Lives in the worker it is made in, in which it is also destroyed. A look a minute; in steps so small that no commit
// waits for one; the next follows when the one before is durable.

#include "engine/store/writer.h"

#include <QTimer>

namespace postroom::upkeep {

class EndedSuppressions {
public:
    /// Both outlive it.
    EndedSuppressions(store::Writer& writer, const Clock& clock,
                      std::chrono::milliseconds lookEvery = std::chrono::minutes{1});
    EndedSuppressions(const EndedSuppressions&) = delete;
    EndedSuppressions& operator=(const EndedSuppressions&) = delete;

private:
    QTimer m_timer;
};

}  // namespace postroom::upkeep
