// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "tests/ui/layout_faults.h"

#include <algorithm>
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
#include <QPlainTextEdit>
#include <QPointer>
#include <QScrollBar>
#include <QSet>
#include <QStackedWidget>
#include <QTabBar>
#include <QTest>
#include <QTextEdit>
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

// Titles of columns that are wider than their column.
QStringList cutTitles(const QAbstractItemView& view) {
    QStringList faults;
    for (const auto* header : view.findChildren<QHeaderView*>()) {
        if (!header->isVisible() || header->orientation() != Qt::Horizontal || !header->model()) continue;
        for (int section = 0; section < header->count(); ++section)
            if (!header->isSectionHidden(section) && header->sectionSizeHint(section) > header->sectionSize(section))
                faults.append(QStringLiteral("column \"%1\" of %2 needs %3 and has %4")
                                  .arg(header->model()->headerData(section, Qt::Horizontal).toString(), named(view))
                                  .arg(header->sectionSizeHint(section))
                                  .arg(header->sectionSize(section)));
    }
    return faults;
}

bool takesTab(const QWidget& widget) {
    return widget.isVisible() && widget.isEnabled() && (widget.focusPolicy() & Qt::TabFocus);
}

// An editor that writes a tab where others pass the focus on.
bool keepsTab(const QWidget& widget) {
    if (const auto* edit = qobject_cast<const QTextEdit*>(&widget))
        return !edit->isReadOnly() && !edit->tabChangesFocus();
    if (const auto* edit = qobject_cast<const QPlainTextEdit*>(&widget))
        return !edit->isReadOnly() && !edit->tabChangesFocus();
    return false;
}

// Where the focus goes when somebody presses Tab until it is back where it began. What was scrolled to and where the
// focus was is as before.
struct TabWalk {
    QSet<const QWidget*> reached;
    QStringList faults;

    explicit TabWalk(QWidget& window) {
        window.activateWindow();
        if (!QTest::qWaitForWindowActive(&window)) {
            faults.append(named(window) + QStringLiteral(" can't be made the active window"));
            return;
        }
        const QPointer<QWidget> before = window.focusWidget();
        QList<std::pair<QPointer<QScrollBar>, int>> scrolled;
        for (QScrollBar* bar : window.findChildren<QScrollBar*>()) scrolled.append({bar, bar->value()});
        walk(window);
        for (const auto& [bar, value] : scrolled)
            if (bar) bar->setValue(value);
        if (before)
            before->setFocus();
        else if (QWidget* now = window.focusWidget())
            now->clearFocus();
    }

private:
    void walk(QWidget& window) {
        const QWidget* first = nullptr;
        int stays = 0;
        // A browser takes a Tab for each of its links.
        for (int presses = 0; presses < 1000 && stays < 100; ++presses) {
            QWidget* at = window.focusWidget();
            if (at && keepsTab(*at)) {
                faults.append(named(*at) + QStringLiteral(" keeps the Tab key for itself"));
                QWidget* next = at->nextInFocusChain();
                while (next != at && !takesTab(*next)) next = next->nextInFocusChain();
                next->setFocus(Qt::TabFocusReason);
            } else {
                QTest::keyClick(at ? at : &window, Qt::Key_Tab);
            }
            const QWidget* now = window.focusWidget();
            stays = now == at ? stays + 1 : 0;
            if (!now || now == at) continue;
            if (now == first) return;
            if (!first) first = now;
            if (reached.contains(now)) {
                faults.append(QStringLiteral("Tab goes in a circle at ") + named(*now));
                return;
            }
            reached.insert(now);
        }
        const QWidget* at = window.focusWidget();
        if (!at) return;
        reached.insert(at);
        const QList<QWidget*> all = shownIn(window);
        if (std::any_of(all.begin(), all.end(), [at](const QWidget* other) {
                return takesTab(*other) && other->focusProxy() != at && other != at;
            }))
            faults.append(named(*at) + QStringLiteral(" doesn't let go of the focus"));
    }
};

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
        if (const auto* view = qobject_cast<const QAbstractItemView*>(widget)) faults.append(cutTitles(*view));
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
    const TabWalk walk(window);
    QStringList faults = walk.faults;
    for (QWidget* widget : shownIn(window)) {
        if (!takesTab(*widget)) continue;
        const QWidget* proxy = widget->focusProxy();
        if (!walk.reached.contains(proxy ? proxy : widget))
            faults.append(named(*widget) + QStringLiteral(" is not reached by Tab"));
        QString spoken = widget->accessibleName();
        if (const auto* button = qobject_cast<const QAbstractButton*>(widget); spoken.isEmpty() && button)
            spoken = button->text();
        if (spoken.isEmpty() && widget->focusProxy()) continue;
        if (spoken.isEmpty()) faults.append(named(*widget) + QStringLiteral(" has no accessible name"));
    }
    return faults;
}

}  // namespace postroom::ui
