// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The dialog that has the engine try an account, step by step, and shows what the server said. Nothing is sent.

#include "engine/contract/resources.h"
#include "ui/models/desk.h"

#include <QDialog>

class QGridLayout;
class QLabel;
class QPlainTextEdit;
class QPushButton;

namespace postroom::ui {

class Banner;

class ConnectionTest : public QDialog {
    Q_OBJECT

public:
    /// Begins at once. Closing it while it runs forgets about the answer: the engine ends its test by itself.
    ConnectionTest(Desk& desk, const Id& account, const QString& email, QWidget* parent);

private:
    void build();
    void buildButtons();
    void begin();
    void show(const contract::AccountTest& test);
    void showStep(int row, const contract::AccountTest::Step& step);
    void setRunning(bool isRunning);

    Desk& m_desk;
    Id m_account;
    QString m_email;
    Banner* m_banner;
    QWidget *m_progress, *m_result;
    QWidget* m_steps = nullptr;  ///< made anew for each test
    QPlainTextEdit* m_transcript;
    QPushButton *m_again, *m_copy, *m_close;
};

}  // namespace postroom::ui
