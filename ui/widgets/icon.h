// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Our icons: SVG files drawn in currentColor, painted in the colours of the theme at the size that is asked for.

#include <QIcon>

namespace postroom::ui {

/// resources/icons/NAME.svg. Follows the theme and the screen's scale as long as it lives.
[[nodiscard]] QIcon icon(const char* name);
/// The same in one colour.
[[nodiscard]] QPixmap iconPixmap(const char* name, const QColor& colour, int size, qreal ratio);

}  // namespace postroom::ui
