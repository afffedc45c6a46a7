// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What the operator chose for the window: language and theme. Kept in the user's settings, put in force here.
//
// The ui thread; one object, made by the program before its window.

#include "ui/widgets/theme.h"

#include <memory>
#include <QObject>
#include <QString>
#include <QTranslator>
#include <vector>

class QApplication;

namespace postroom::ui {

class Preferences : public QObject {
    Q_OBJECT

public:
    explicit Preferences(QApplication& application);

    /// "zh_CN", "en", or empty: as the system has it.
    [[nodiscard]] QString language() const { return m_language; }
    void setLanguage(const QString& language);
    [[nodiscard]] Theme theme() const { return m_theme; }
    void setTheme(Theme theme);

signals:
    /// Texts and colours are others now: whatever shows them is to be built anew.
    void changed();

private:
    void installLanguage();

    QApplication& m_application;
    QString m_language;
    Theme m_theme = Theme::System;
    std::vector<std::unique_ptr<QTranslator>> m_translators;
};

}  // namespace postroom::ui
