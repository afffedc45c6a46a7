// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The part of the key's form that most keys need nothing of: until when it is good, from where, and as whom it sends.
// Folded until somebody opens it.

#include "engine/contract/json.h"

#include <QStringList>
#include <QWidget>
#include <vector>

class QComboBox;
class QLineEdit;
class QToolButton;

namespace postroom::ui {

class Field;

class KeyLimits : public QWidget {
    Q_OBJECT

public:
    explicit KeyLimits(QWidget* parent);

    /// Adds what was chosen to a body for POST; what was left alone is not in it.
    void addTo(json::Object& body) const;
    /// The same as options of postroomctl.
    [[nodiscard]] QStringList ctl() const;
    /// Its fields, so that a refusal finds them.
    [[nodiscard]] const std::vector<Field*>& fields() const { return m_fields; }
    /// Unfolds it, for a fault inside.
    void open();

private:
    QLineEdit* line(const char* name, const QString& label, const QString& hint, QWidget& part);

    QToolButton* m_more;
    QWidget* m_part;
    QComboBox* m_expires;
    QLineEdit *m_ips, *m_from;
    std::vector<Field*> m_fields;
};

}  // namespace postroom::ui
