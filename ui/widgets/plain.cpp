// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/widgets/plain.h"

namespace postroom::ui {

namespace {
constexpr QChar zeroWidthSpace(0x200B);
constexpr qsizetype longestRun = 40;
constexpr qsizetype longestToolTip = 500;
}  // namespace

QString breakable(const QString& text, qsizetype longest) {
    QString shown;
    qsizetype run = 0;
    for (const QChar c : text.left(longest)) {
        if (run >= longestRun && !c.isLowSurrogate()) {
            shown.append(zeroWidthSpace);
            run = 0;
        }
        shown.append(c);
        run = c.isSpace() ? 0 : run + 1;
    }
    if (text.size() > longest) shown.append(QChar(0x2026));
    return shown;
}

QString withoutBreaks(QString text) {
    return text.remove(zeroWidthSpace);
}

QString toolTipOf(const QString& text) {
    if (text.isEmpty()) return {};
    return QStringLiteral("<qt>%1</qt>").arg(breakable(text, longestToolTip).toHtmlEscaped());
}

}  // namespace postroom::ui
