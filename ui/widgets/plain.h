// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Strangers' text on its way into a widget: a server's answer may be one word of 10 kB, and may look like html.

#include <QString>

namespace postroom::ui {

/// At most `longest` characters, with "…" where something was cut, and with places to end a line inside words that no
/// line could hold: for labels that wrap. Without those places (withoutBreaks) it reads as it was.
[[nodiscard]] QString breakable(const QString& text, qsizetype longest = 600);
[[nodiscard]] QString withoutBreaks(QString text);
/// For setToolTip() and Qt::ToolTipRole, which take for html what looks like it.
[[nodiscard]] QString toolTipOf(const QString& text);

}  // namespace postroom::ui
