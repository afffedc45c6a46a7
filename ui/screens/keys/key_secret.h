// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Shows the secret of a new key, or a key's new secret, the only time anybody can see it. Nothing closes it before its
// reader says that the secret is saved; then it is gone from the window.

#include "engine/contract/resources.h"

#include <QDialog>

class QCheckBox;
class QPushButton;

namespace postroom::ui {

class KeySecret : public QDialog {
    Q_OBJECT

public:
    /// `says` stands above the secret; empty: that the key is in force.
    KeySecret(const contract::ApiKey& key, QWidget* parent, const QString& says = {});

    /// Escape and the window's own close come here too: nothing happens before the box is checked.
    void reject() override;
    void accept() override;

protected:
    void closeEvent(QCloseEvent* event) override;

private:
    [[nodiscard]] bool mayClose();

    QCheckBox* m_saved;
    QPushButton* m_close;
};

}  // namespace postroom::ui
