// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// How Postroom looks: Fusion with a light and a dark palette of our own, and the colours that mean something.
//
// The ui thread. Nobody names a colour outside of this file and its .cpp.

#include <QColor>

class QApplication;

namespace postroom::ui {

enum class Theme { System, Light, Dark };

/// Colours with a meaning, for the theme that is on. Each text colour has 4.5:1 or more on window, base and its tint.
struct Colours {
    QColor window, base, raised, border, text, muted, accent, onAccent;
    QColor good, warn, bad, busy;                            ///< text and lines
    QColor goodTint, warnTint, badTint, busyTint, calmTint;  ///< backgrounds of badges and banners
};

/// Of the theme that was applied last.
[[nodiscard]] const Colours& colours();
[[nodiscard]] bool isDark();
/// Of the light theme, whichever is on: what a mail that brings colours of its own is read on.
[[nodiscard]] const Colours& paperColours();
/// Style, palette and style sheet of the whole program. System asks what the platform's palette was at the start.
void applyTheme(QApplication& application, Theme theme);

}  // namespace postroom::ui
