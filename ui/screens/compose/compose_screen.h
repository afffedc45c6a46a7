// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Writes a test mail, sends it, and shows what becomes of it. Unless another account is chosen it goes to the sandbox.

#include "ui/models/desk.h"

class QPushButton;

namespace postroom::ui {

class Banner;
class ComposeForm;
class SentLine;

class ComposeScreen : public Screen {
    Q_OBJECT

public:
    explicit ComposeScreen(Desk& desk);

protected:
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    void build();
    void loadAccounts(const std::string& cursor = {});
    void send();
    [[nodiscard]] std::string keyFor(const contract::SendRequest& request);
    void sent(const Result<contract::Receipt>& receipt);

    ComposeForm* m_form;
    Banner* m_trouble;
    SentLine* m_sent;
    QPushButton* m_send;
    std::vector<contract::Account> m_accounts;  ///< while their pages come
    std::string m_key;                          ///< of the mail whose answer is awaited or got lost; empty: none
    QByteArray m_keyed;                         ///< its fingerprint
    int m_round = 0;                            ///< counts loads of the accounts
};

}  // namespace postroom::ui
