// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The five tones of Postroom, which say at a glance how something is; never without a word beside them.

#include "ui/widgets/theme.h"

namespace postroom::ui {

enum class Tone { Calm, Busy, Good, Warn, Bad };

/// For text and lines.
[[nodiscard]] inline QColor inkOf(Tone tone) {
    const Colours& c = colours();
    switch (tone) {
        case Tone::Busy: return c.busy;
        case Tone::Good: return c.good;
        case Tone::Warn: return c.warn;
        case Tone::Bad: return c.bad;
        case Tone::Calm: break;
    }
    return c.muted;
}
/// For what lies behind that text.
[[nodiscard]] inline QColor tintOf(Tone tone) {
    const Colours& c = colours();
    switch (tone) {
        case Tone::Busy: return c.busyTint;
        case Tone::Good: return c.goodTint;
        case Tone::Warn: return c.warnTint;
        case Tone::Bad: return c.badTint;
        case Tone::Calm: break;
    }
    return c.calmTint;
}

}  // namespace postroom::ui
