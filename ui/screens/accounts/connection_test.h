// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The dialog that has the engine try an account, step by step, and shows what the server said. Nothing is sent.

#include "engine/contract/resources.h"
#include "ui/models/desk.h"
#include "ui/widgets/tone.h"

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
    /// Begins at once, as a job of the activity panel. Closed while it runs, it stays hidden until the answer is there,
    /// which then is a notice.
    ConnectionTest(Desk& desk, const Id& account, const QString& email, QWidget* parent);
    /// Forgets about an answer that is still to come: the engine ends its test by itself.
    ~ConnectionTest() override;

    /// Hides it while the test runs, else closes it for good.
    void done(int result) override;

private:
    void build();
    void buildButtons();
    void begin();
    void cancel();
    void arrived(const Result<contract::AccountTest>& test);
    /// In a sentence, for the banner and for the job's end.
    void conclude(Tone tone, const QString& text);
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
    QPushButton *m_again, *m_cancel, *m_copy;
    int m_job = 0;    ///< in the notices, while it runs
    int m_round = 0;  ///< counts tests: the answer of one that was cancelled is nobody's
};

}  // namespace postroom::ui
