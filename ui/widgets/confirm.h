// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The question before an act that can't be taken back. What can be taken back is done without one.

#include <functional>
#include <QString>

class QWidget;

namespace postroom::ui {

/// Asks over `parent` and returns at once; `then` runs if the button `act` is chosen and `parent` is still there.
/// `text` is plain and of any length.
void confirm(QWidget* parent, const QString& title, const QString& text, const QString& act,
             std::function<void()> then);

}  // namespace postroom::ui
