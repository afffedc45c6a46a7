// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/shell/preferences.h"

#include <QApplication>
#include <QFontInfo>
#include <QLibraryInfo>
#include <QLocale>
#include <QSettings>

// Resources of a static library are there only once somebody asks for them; the macro wants no namespace around it.
static void loadTranslations() {
    Q_INIT_RESOURCE(translations);
}

namespace postroom::ui {

namespace {

const QString languageKey = QStringLiteral("window/language");
const QString themeKey = QStringLiteral("window/theme");

}  // namespace

Preferences::Preferences(QApplication& application) : m_application(application) {
    loadTranslations();
    // The first family is the system's own; the others are for Chinese, which that one may lack. Left to itself the
    // font matching may come upon a bold one.
    QFont font = QApplication::font();
    font.setFamilies({QFontInfo(font).family(), QStringLiteral("Noto Sans CJK SC"),
                      QStringLiteral("Source Han Sans SC"), QStringLiteral("PingFang SC"),
                      QStringLiteral("Microsoft YaHei"), QStringLiteral("WenQuanYi Micro Hei")});
    QApplication::setFont(font);
    const QSettings settings;
    m_language = settings.value(languageKey).toString();
    const QString theme = settings.value(themeKey).toString();
    m_theme = theme == QStringLiteral("light")  ? Theme::Light
              : theme == QStringLiteral("dark") ? Theme::Dark
                                                : Theme::System;
    applyTheme(m_application, m_theme);
    installLanguage();
}

void Preferences::setLanguage(const QString& language) {
    m_language = language;
    QSettings().setValue(languageKey, language);
    installLanguage();
    emit changed();
}

void Preferences::setTheme(Theme theme) {
    m_theme = theme;
    QSettings().setValue(themeKey, theme == Theme::Light  ? QStringLiteral("light")
                                   : theme == Theme::Dark ? QStringLiteral("dark")
                                                          : QStringLiteral("system"));
    applyTheme(m_application, theme);
    emit changed();
}

void Preferences::installLanguage() {
    for (const auto& translator : m_translators) QCoreApplication::removeTranslator(translator.get());
    m_translators.clear();
    const QLocale locale = m_language.isEmpty() ? QLocale::system() : QLocale(m_language);
    // Whatever else the system speaks, the window speaks one of its two.
    const QString ours = locale.language() == QLocale::Chinese ? QStringLiteral("zh_CN") : QStringLiteral("en");
    QLocale::setDefault(locale.language() == QLocale::Chinese || locale.language() == QLocale::English
                            ? locale
                            : QLocale(QLocale::English));
    const std::pair<QString, QString> files[] = {
        {QStringLiteral("qtbase_") + ours, QLibraryInfo::path(QLibraryInfo::TranslationsPath)},
        {QStringLiteral("postroom_") + ours, QStringLiteral(":/i18n")}};
    for (const auto& [name, folder] : files) {
        auto translator = std::make_unique<QTranslator>();
        // Qt's own words may not be installed; its buttons stay English then.
        if (!translator->load(name, folder)) continue;
        QCoreApplication::installTranslator(translator.get());
        m_translators.push_back(std::move(translator));
    }
}

}  // namespace postroom::ui
