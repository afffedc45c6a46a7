// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Copying: a line that may only be read, with its button; and the menu that gives an act as a command.

#include <functional>
#include <QToolButton>

class QMenu;

namespace postroom::ui {

/// Puts text on the clipboard, and says so at `at` for a moment: the button that was asked.
void copyText(const QString& text, QWidget* at = nullptr);

/// A line of text to read and copy.
class CopyLine : public QWidget {
    Q_OBJECT

public:
    explicit CopyLine(const QString& name, const QString& text, QWidget* parent = nullptr);
};

/// "Copy as curl", "Copy as postroomctl": what an act would be as a command. Asked when the menu is chosen.
class CopyAsButton : public QToolButton {
    Q_OBJECT

public:
    struct Commands {
        QString curl;
        QString ctl;
    };
    /// Of one act.
    explicit CopyAsButton(std::function<Commands()> commands, QWidget* parent = nullptr);
    /// Of several: addAct() each.
    explicit CopyAsButton(QWidget* parent = nullptr);
    /// A command that is empty can't be chosen: not every act has both.
    void addAct(const QString& name, std::function<Commands()> commands);

private:
    void fill(QMenu* menu, const std::function<Commands()>& commands);
};

}  // namespace postroom::ui
