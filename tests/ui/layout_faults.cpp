// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "tests/ui/layout_faults.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractScrollArea>
#include <QAbstractSpinBox>
#include <QApplication>
#include <QChartView>
#include <QComboBox>
#include <QGroupBox>
#include <QHeaderView>
#include <QLabel>
#include <QLayout>
#include <QSet>
#include <QStackedWidget>
#include <QTabBar>
#include <QWidget>

namespace postroom::ui {

namespace {

QString named(const QWidget& widget) {
    QString name = QString::fromLatin1(widget.metaObject()->className());
    if (!widget.objectName().isEmpty()) name += QLatin1Char('#') + widget.objectName();
    if (const auto* label = qobject_cast<const QLabel*>(&widget))
        name += QStringLiteral(" \"%1\"").arg(label->text().left(60));
    if (const auto* button = qobject_cast<const QAbstractButton*>(&widget))
        name += QStringLiteral(" \"%1\"").arg(button->text().left(60));
    return QStringLiteral("%1 %2x%3").arg(name).arg(widget.width()).arg(widget.height());
}

// What Qt builds its own widgets of is Qt's affair.
bool isInside(const QWidget& widget) {
    for (const QWidget* at = widget.parentWidget(); at; at = at->parentWidget())
        if (qobject_cast<const QAbstractItemView*>(at) || qobject_cast<const QChartView*>(at) ||
            qobject_cast<const QComboBox*>(at) || qobject_cast<const QAbstractSpinBox*>(at) ||
            qobject_cast<const QTabBar*>(at))
            return true;
    return widget.objectName().startsWith(QStringLiteral("qt_"));
}

QList<QWidget*> shownIn(const QWidget& window) {
    QList<QWidget*> shown;
    for (QWidget* widget : window.findChildren<QWidget*>())
        if (widget->isVisible() && !isInside(*widget) && !widget->isWindow()) shown.append(widget);
    return shown;
}

bool labelIsCut(const QLabel& label) {
    if (label.text().isEmpty() || !label.pixmap(Qt::ReturnByValue).isNull()) return false;
    if (label.wordWrap()) return label.heightForWidth(label.width()) > label.height() + 1;
    return label.sizeHint().width() > label.width() + 1 || label.sizeHint().height() > label.height() + 1;
}

}  // namespace

QStringList cutTexts(const QWidget& window) {
    QStringList faults;
    for (const QWidget* widget : shownIn(window)) {
        bool cut = false;
        if (const auto* label = qobject_cast<const QLabel*>(widget))
            cut = labelIsCut(*label);
        else if (const auto* button = qobject_cast<const QAbstractButton*>(widget))
            cut = !button->text().isEmpty() && (button->sizeHint().width() > button->width() + 1 ||
                                                button->minimumSizeHint().height() > button->height() + 1);
        else if (const auto* combo = qobject_cast<const QComboBox*>(widget))
            cut = combo->fontMetrics().horizontalAdvance(combo->currentText()) + 24 > combo->width();
        else if (const auto* tabs = qobject_cast<const QTabBar*>(widget))
            for (int i = 0; i < tabs->count(); ++i)
                cut = cut || tabs->fontMetrics().horizontalAdvance(tabs->tabText(i)) > tabs->tabRect(i).width();
        if (cut)
            faults.append(QStringLiteral("%1 needs %2x%3")
                              .arg(named(*widget))
                              .arg(widget->sizeHint().width())
                              .arg(widget->sizeHint().height()));
        // A scroll area's page may be larger than what is seen of it; anything else must lie inside of its parent.
        const QWidget* parent = widget->parentWidget();
        const bool scrolled = parent && parent->objectName() == QStringLiteral("qt_scrollarea_viewport");
        if (parent && !scrolled && !parent->rect().adjusted(-1, -1, 1, 1).contains(widget->geometry()))
            faults.append(QStringLiteral("%1 sticks out of %2").arg(named(*widget), named(*parent)));
    }
    return faults;
}

QStringList overlaps(const QWidget& window) {
    QStringList faults;
    QHash<const QWidget*, QList<const QWidget*>> families;
    for (const QWidget* widget : shownIn(window)) {
        const QWidget* parent = widget->parentWidget();
        if (!parent || !parent->layout() || qobject_cast<const QStackedWidget*>(parent)) continue;
        families[parent].append(widget);
    }
    for (const QList<const QWidget*>& family : families)
        for (qsizetype i = 0; i < family.size(); ++i)
            for (qsizetype j = i + 1; j < family.size(); ++j)
                if (family[i]->geometry().intersects(family[j]->geometry()))
                    faults.append(QStringLiteral("%1 lies on %2").arg(named(*family[i]), named(*family[j])));
    return faults;
}

QStringList keyboardFaults(QWidget& window) {
    QStringList faults;
    QSet<const QWidget*> reached;
    QWidget* at = &window;
    do {
        reached.insert(at);
        at = at->nextInFocusChain();
    } while (at && at != &window && !reached.contains(at));
    for (QWidget* widget : shownIn(window)) {
        if (!(widget->focusPolicy() & Qt::TabFocus) || !widget->isEnabled()) continue;
        if (!reached.contains(widget)) faults.append(named(*widget) + QStringLiteral(" is not reached by Tab"));
        QString spoken = widget->accessibleName();
        if (const auto* button = qobject_cast<const QAbstractButton*>(widget); spoken.isEmpty() && button)
            spoken = button->text();
        if (spoken.isEmpty() && widget->focusProxy()) continue;
        if (spoken.isEmpty()) faults.append(named(*widget) + QStringLiteral(" has no accessible name"));
    }
    return faults;
}

}  // namespace postroom::ui
