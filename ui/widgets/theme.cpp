// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/widgets/theme.h"

#include <QApplication>
#include <QPalette>
#include <QStyleFactory>

namespace postroom::ui {

namespace {

Colours light() {
    return {.window = 0xf4f5f7,
            .base = 0xffffff,
            .raised = 0xffffff,
            .border = 0xd5d9e0,
            .text = 0x1c2330,
            .muted = 0x5a6475,
            .accent = 0x1d5fc4,
            .onAccent = 0xffffff,
            .good = 0x16703c,
            .warn = 0x8a5200,
            .bad = 0xb3261e,
            .busy = 0x1d5fc4,
            .goodTint = 0xe2f4e8,
            .warnTint = 0xfdf0d8,
            .badTint = 0xfce8e6,
            .busyTint = 0xe4eefb,
            .calmTint = 0xeaedf1};
}

Colours dark() {
    return {.window = 0x171a20,
            .base = 0x1e222a,
            .raised = 0x232831,
            .border = 0x3a414d,
            .text = 0xe8ebf0,
            .muted = 0xa3adbc,
            .accent = 0x7fb2ff,
            .onAccent = 0x0d1420,
            .good = 0x7ad79b,
            .warn = 0xf2bd62,
            .bad = 0xff9a90,
            .busy = 0x8fbcff,
            .goodTint = 0x1d3327,
            .warnTint = 0x3a2f19,
            .badTint = 0x44231f,
            .busyTint = 0x1f2f47,
            .calmTint = 0x2b313b};
}

Colours current = light();
bool currentIsDark = false;

QPalette paletteOf(const Colours& c) {
    QPalette palette;
    palette.setColor(QPalette::Window, c.window);
    palette.setColor(QPalette::WindowText, c.text);
    palette.setColor(QPalette::Base, c.base);
    palette.setColor(QPalette::AlternateBase, c.window);
    palette.setColor(QPalette::Text, c.text);
    palette.setColor(QPalette::PlaceholderText, c.muted);
    palette.setColor(QPalette::Button, c.raised);
    palette.setColor(QPalette::ButtonText, c.text);
    palette.setColor(QPalette::BrightText, c.bad);
    palette.setColor(QPalette::ToolTipBase, c.raised);
    palette.setColor(QPalette::ToolTipText, c.text);
    palette.setColor(QPalette::Highlight, c.accent);
    palette.setColor(QPalette::HighlightedText, c.onAccent);
    palette.setColor(QPalette::Link, c.accent);
    palette.setColor(QPalette::LinkVisited, c.accent);
    palette.setColor(QPalette::Light, c.raised);
    palette.setColor(QPalette::Midlight, c.border);
    palette.setColor(QPalette::Mid, c.border);
    palette.setColor(QPalette::Dark, c.border);
    palette.setColor(QPalette::Shadow, c.border);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, c.muted);
    palette.setColor(QPalette::Disabled, QPalette::Highlight, c.border);
    palette.setColor(QPalette::Disabled, QPalette::HighlightedText, c.text);
    return palette;
}

// Only what a palette can't say: the frames of cards, banners and the navigation. @name is a colour of the theme.
// No colour for what a field says: Qt makes the placeholder's of it, half transparent, which nobody can read.
QString sheetOf(const Colours& c) {
    QString sheet = QStringLiteral(
        "QFrame#card { background: @raised; border: 1px solid @border; border-radius: 8px; }"
        "QFrame#banner { border-radius: 6px; border: 1px solid @border; }"
        "QFrame#banner[kind=\"bad\"] { background: @badTint; border-color: @bad; }"
        "QFrame#banner[kind=\"warn\"] { background: @warnTint; border-color: @warn; }"
        "QFrame#banner[kind=\"busy\"] { background: @busyTint; border-color: @busy; }"
        "QFrame#banner[kind=\"good\"] { background: @goodTint; border-color: @good; }"
        "QWidget#navigation { background: @raised; border-right: 1px solid @border; }"
        "QWidget#strip { background: @raised; border-bottom: 1px solid @border; }"
        "QLabel[tone=\"muted\"] { color: @muted; }"
        "QLabel[tone=\"bad\"] { color: @bad; }"
        "QLabel[tone=\"good\"] { color: @good; }"
        "QLabel[tone=\"warn\"] { color: @warn; }"
        "QLineEdit, QPlainTextEdit, QTextBrowser, QSpinBox, QComboBox { border: 1px solid @border; border-radius: 5px;"
        " padding: 4px 6px; background: @base; selection-background-color: @accent; selection-color: @onAccent; }"
        "QLineEdit:focus, QPlainTextEdit:focus, QTextBrowser:focus, QSpinBox:focus, QComboBox:focus"
        " { border-color: @accent; }"
        "QLineEdit[wrong=\"true\"], QSpinBox[wrong=\"true\"], QComboBox[wrong=\"true\"], QPlainTextEdit[wrong=\"true\"]"
        " { border-color: @bad; }"
        "QLineEdit:disabled, QPlainTextEdit:disabled, QSpinBox:disabled, QComboBox:disabled"
        " { background: @window; }"
        "QComboBox::drop-down { border: none; width: 22px; }"
        "QComboBox::down-arrow { image: url(:/icons/down.svg); width: 12px; height: 12px; }"
        "QComboBox QAbstractItemView { background: @raised; color: @text; border: 1px solid @border; }"
        "QPushButton { border: 1px solid @border; border-radius: 5px; padding: 5px 12px; background: @raised;"
        " color: @text; }"
        "QPushButton:hover { border-color: @accent; }"
        "QPushButton:focus { border-color: @accent; }"
        "QPushButton:pressed { background: @calmTint; }"
        "QPushButton:disabled { color: @muted; background: @window; }"
        "QPushButton[role=\"primary\"] { background: @accent; color: @onAccent; border-color: @accent; }"
        "QPushButton[role=\"primary\"]:focus { border: 2px solid @text; padding: 4px 11px; }"
        "QPushButton[role=\"primary\"]:disabled { background: @calmTint; color: @muted; border-color: @border; }"
        "QPushButton[role=\"danger\"] { color: @bad; border-color: @bad; }"
        "QPushButton[role=\"danger\"]:disabled { color: @muted; border-color: @border; }"
        "QPushButton[role=\"danger\"]:disabled { color: @muted; border-color: @border; }"
        "QCheckBox::indicator { width: 14px; height: 14px; border: 1px solid @muted; border-radius: 3px;"
        " background: @base; }"
        "QCheckBox::indicator:checked { background: @accent; border-color: @accent; image: url(:/icons/@tick.svg); }"
        "QCheckBox::indicator:focus { border: 2px solid @busy; width: 12px; height: 12px; }"
        "QPushButton[role=\"nav\"] { border: 1px solid transparent; text-align: left; padding: 8px 12px; background:"
        " transparent; border-radius: 6px; }"
        "QPushButton[role=\"nav\"]:hover { background: @calmTint; }"
        "QPushButton[role=\"nav\"]:checked { background: @busyTint; color: @busy; }"
        "QPushButton[role=\"nav\"]:focus { border-color: @accent; }"
        "QToolButton { border: 1px solid transparent; border-radius: 5px; padding: 4px; background: transparent; color:"
        " @text; }"
        "QToolButton[popupMode=\"2\"], QToolButton[popupMode=\"InstantPopup\"] { padding-right: 20px; }"
        "QToolButton::menu-indicator { image: url(:/icons/down.svg); width: 10px; height: 10px;"
        " subcontrol-origin: border; subcontrol-position: right center; right: 6px; }"
        "QToolButton:hover { background: @calmTint; }"
        "QToolButton:focus { border-color: @accent; }"
        "QTableView { border: 1px solid @border; border-radius: 6px; background: @base; gridline-color: @border;"
        " alternate-background-color: @window; }"
        "QTableView:focus { border-color: @accent; }"
        "QListWidget { border: 1px solid @border; border-radius: 5px; padding: 2px; background: @base; color: @text; }"
        "QListWidget:focus { border-color: @accent; }"
        "QHeaderView::section { background: @window; color: @muted; border: none; border-bottom: 1px solid @border;"
        " padding: 6px 6px; }"
        "QTableCornerButton::section { background: @window; border: none; }"
        "QTabBar::tab { padding: 6px 14px; border: 1px solid transparent; border-bottom: 2px solid transparent;"
        " color: @muted; background: transparent; }"
        "QTabBar::tab:selected { color: @text; border-bottom-color: @accent; }"
        "QTabBar::tab:focus { border-color: @accent; }"
        "QTabWidget::pane { border: none; border-top: 1px solid @border; }"
        "QSplitter::handle { background: @border; }"
        "QScrollArea { border: none; background: transparent; }"
        "QToolTip { border: 1px solid @border; background: @raised; color: @text; padding: 4px; }");
    const std::pair<const char*, QColor> names[] = {
        {"@window", c.window},     {"@base", c.base},         {"@raised", c.raised},     {"@border", c.border},
        {"@text", c.text},         {"@muted", c.muted},       {"@onAccent", c.onAccent}, {"@accent", c.accent},
        {"@goodTint", c.goodTint}, {"@warnTint", c.warnTint}, {"@badTint", c.badTint},   {"@busyTint", c.busyTint},
        {"@calmTint", c.calmTint}, {"@good", c.good},         {"@warn", c.warn},         {"@bad", c.bad},
        {"@busy", c.busy},
    };
    for (const auto& [name, colour] : names) sheet.replace(QLatin1String(name), colour.name());
    sheet.replace(QLatin1String("@tick"), QLatin1String(currentIsDark ? "tick_dark" : "tick_light"));
    return sheet;
}

bool platformIsDark() {
    static const bool dark = QGuiApplication::palette().color(QPalette::Window).lightness() < 128;
    return dark;
}

}  // namespace

const Colours& colours() {
    return current;
}

bool isDark() {
    return currentIsDark;
}

const Colours& paperColours() {
    static const Colours paper = light();
    return paper;
}

void applyTheme(QApplication& application, Theme theme) {
    const bool systemIsDark = platformIsDark();
    currentIsDark = theme == Theme::Dark || (theme == Theme::System && systemIsDark);
    current = currentIsDark ? dark() : light();
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    QApplication::setPalette(paletteOf(current));
    application.setStyleSheet(sheetOf(current));
}

}  // namespace postroom::ui
