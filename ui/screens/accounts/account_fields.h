// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The fields of an account's form: what follows from what is typed (the port from the security, the user name from the
// address, the server from a provider we know), and what is wrong with it.
//
// What was typed by hand is never overwritten. The ui thread.

#include "ui/screens/accounts/account_rules.h"
#include "ui/screens/accounts/account_values.h"

#include <map>
#include <QWidget>

class QComboBox;
class QLineEdit;
class QPlainTextEdit;
class QToolButton;
class QVBoxLayout;

namespace postroom::ui {

class Field;

class AccountFields : public QWidget {
    Q_OBJECT

public:
    explicit AccountFields(QWidget* parent = nullptr);

    /// Shows a stored account. Without this it is the form of a new one.
    void show(const contract::Account& account);
    [[nodiscard]] AccountValues values() const;
    /// From here on what is missing is wrong too. True if nothing is wrong; otherwise firstWrong() has the focus.
    [[nodiscard]] bool checkForSaving();
    /// Shows each refusal at its field. Returns, as sentences, those that have none here.
    [[nodiscard]] QStringList showRefusals(const std::vector<FieldError>& refusals);
    /// Takes back all refusals that stand at fields.
    void forgetRefusals();
    [[nodiscard]] Field* firstWrong() const;
    void focusFirst();

private:
    QLineEdit* line(QWidget* parent);
    QPlainTextEdit* lines(QWidget* parent, int rows);
    Field* field(const char* name, const QString& label, QWidget* editor, const QString& hint = {});
    void build();
    void buildServer(QVBoxLayout& all);
    void buildLimits(QVBoxLayout& all);
    void buildAdvanced(QVBoxLayout& all);
    void follow();
    void emailTyped();
    void takeSecurity(contract::Security security);
    [[nodiscard]] contract::Security security() const;
    [[nodiscard]] QString faultOf(const QString& name, const AccountValues& values) const;
    void check();
    void changed(const QString& name);
    void focusWrong();

    QLineEdit *m_email, *m_displayName, *m_host, *m_port, *m_userName, *m_password;
    QLineEdit *m_dailyLimit, *m_hourlyLimit, *m_ratePerMinute, *m_priority, *m_maxConnections, *m_fingerprint;
    QPlainTextEdit *m_fromAddresses, *m_caCertificate;
    QComboBox* m_security;
    QToolButton* m_advanced;
    QWidget* m_advancedPart;
    std::vector<Field*> m_fields;  ///< in the order they are read
    std::map<QString, QString> m_refusals;
    Moment m_moment = Moment::Typing;
    bool m_isStored = false, m_hasPassword = false;
    bool m_serverTyped = false, m_portTyped = false, m_userNameTyped = false;
};

}  // namespace postroom::ui
