// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// A list above the details of what is chosen in it; where the line between them stands is kept.

#include <QSplitter>

namespace postroom::ui {

class KeptSplitter : public QSplitter {
    Q_OBJECT

public:
    /// Takes both over. `name` keeps the line apart from other splitters'.
    KeptSplitter(const QString& name, QWidget* list, QWidget* details, int leastDetails, QWidget* parent = nullptr);
};

/// Puts the splitter's line where it was left, and keeps where it goes; `name` as above.
void keepLine(QSplitter& splitter, const QString& name);

}  // namespace postroom::ui
