// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The form of a mail that is written: says as one types what is wrong, and where the engine refused.

#include "ui/screens/compose/draft.h"
#include "ui/widgets/field.h"

#include <map>
#include <QSet>

class QComboBox;
class QLineEdit;
class QPlainTextEdit;
class QTabWidget;

namespace postroom::ui {

class AttachmentList;

class ComposeForm : public QWidget {
    Q_OBJECT

public:
    explicit ComposeForm(Draft draft, QWidget* parent = nullptr);

    [[nodiscard]] const Draft& draft() const { return m_draft; }
    struct AccountChoice {
        QString id;
        QString name;
    };
    /// The accounts there are, beside "any" and the sandbox. A chosen one that is gone becomes the sandbox, out of
    /// which nothing leaves.
    void setAccounts(const std::vector<AccountChoice>& accounts);
    /// Shows all faults, also of fields nobody touched, and goes to the first. True: there are none.
    bool check();
    /// Shows what the engine said. Answers what has no field here.
    [[nodiscard]] std::vector<FieldError> refuse(const std::vector<FieldError>& faults);
    void addFiles(const QStringList& paths);

signals:
    void changed();

private:
    void build();
    [[nodiscard]] Field* addField(const char* name, const QString& label, QWidget* editor, const QString& hint = {});
    QLineEdit* lineFor(QString Draft::*part, const char* field, const QString& placeholder);
    QPlainTextEdit* textFor(QString Draft::*part, const QString& name);
    void fillAccounts(const std::vector<AccountChoice>& accounts);
    void note(const char* field);
    void showFaults();
    [[nodiscard]] QString textOf(const FieldError& fault) const;
    void showAccountHint();
    bool goToFirstFault();

    Draft m_draft;
    std::map<QString, Field*> m_fields;
    std::map<QString, QString> m_refused;  ///< by the engine, until the field is changed
    QSet<QString> m_touched;
    bool m_isTried = false;
    bool m_accountsCame = false;
    QComboBox* m_account;
    QTabWidget* m_body;
    AttachmentList* m_files;
};

}  // namespace postroom::ui
