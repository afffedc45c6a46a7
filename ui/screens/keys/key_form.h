// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The dialog that creates an API key. It only gathers what the key shall be: the screen asks the engine, since the
// answer holds a secret that must be shown even if this dialog was closed meanwhile.

#include "engine/contract/resources.h"
#include "ui/models/desk.h"

#include <QDialog>

class QCheckBox;
class QLineEdit;
class QPushButton;
class QVBoxLayout;

namespace postroom::ui {

class Banner;
class Field;
class KeyLimits;

class KeyForm : public QDialog {
    Q_OBJECT

public:
    KeyForm(Desk& desk, QWidget* parent);

    /// For POST.
    [[nodiscard]] json::Object body() const;
    /// The engine did not make it: why, at the fields or in the banner.
    void refused(const Error& error);

signals:
    /// The form is complete; it waits until it is closed or refused.
    void wanted();

private:
    void build();
    void buildChoices(QVBoxLayout& all);
    void buildButtons(QVBoxLayout& all);
    void create();
    [[nodiscard]] QString nameFault() const;
    [[nodiscard]] QStringList scopes() const;
    [[nodiscard]] QString ctl() const;

    Desk& m_desk;
    Banner* m_banner;
    QLineEdit *m_name, *m_description;
    Field *m_nameField, *m_descriptionField, *m_scopesField, *m_testField;
    std::vector<QCheckBox*> m_scopes;
    QCheckBox* m_test;
    KeyLimits* m_limits;
    QPushButton* m_create;
    bool m_tried = false;
};

}  // namespace postroom::ui
