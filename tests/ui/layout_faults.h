// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What a person would call broken in a window: words cut off, things on top of each other, things the keyboard misses.

#include <QStringList>

class QWidget;

namespace postroom::ui {

/// Texts that have less room than they need, titles of columns too.
[[nodiscard]] QStringList cutTexts(const QWidget& window);
/// Visible siblings of a layout that lie on each other.
[[nodiscard]] QStringList overlaps(const QWidget& window);
/// Widgets that take the focus by Tab and have no accessible name, or that Tab never reaches, or doesn't leave: the key
/// is really pressed, and the focus brought back after.
[[nodiscard]] QStringList keyboardFaults(QWidget& window);

}  // namespace postroom::ui
