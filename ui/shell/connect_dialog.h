// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Asks for another engine: where it is, the key to it, and which certificate it has.

#include "engine/base/secret.h"

#include <QDialog>

class QLineEdit;
class QPushButton;

namespace postroom::ui {

class Field;

/// How an engine elsewhere is reached. The secret is not part of it: it is never kept.
struct EngineAddress {
    QString url;
    QString key;
    QString fingerprint;  ///< SHA-256 of its certificate; empty: the system's trust decides
};

class ConnectDialog : public QDialog {
    Q_OBJECT

public:
    explicit ConnectDialog(const EngineAddress& given, QWidget* parent = nullptr);
    [[nodiscard]] EngineAddress address() const;
    [[nodiscard]] Secret secret() const;

private:
    void check();

    QLineEdit* m_url;
    QLineEdit* m_key;
    QLineEdit* m_secret;
    QLineEdit* m_fingerprint;
    Field* m_urlField;
    Field* m_fingerprintField;
    QPushButton* m_connect;
};

}  // namespace postroom::ui
