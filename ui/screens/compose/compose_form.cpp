// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/screens/compose/compose_form.h"

#include "engine/base/text.h"
#include "ui/models/wording.h"
#include "ui/screens/compose/attachment_list.h"

#include <QComboBox>
#include <QGridLayout>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QTabBar>
#include <QTabWidget>

namespace postroom::ui {

namespace {

const QString sandbox = QStringLiteral("sandbox");

// In the order in which they stand.
constexpr const char* fieldNames[] = {"to", "cc", "from", "account", "subject", "content", "attachments"};

// Takes what is left: the form scrolls only where even its least does not fit.
class BodyEdit final : public QPlainTextEdit {
public:
    using QPlainTextEdit::QPlainTextEdit;
    [[nodiscard]] QSize sizeHint() const override { return minimumSizeHint(); }
};

}  // namespace

ComposeForm::ComposeForm(Draft draft, QWidget* parent)
    : QWidget(parent),
      m_draft(std::move(draft)),
      m_account(new QComboBox(this)),
      m_body(new QTabWidget(this)),
      m_files(new AttachmentList(this)) {
    build();
    fillAccounts({});
    m_files->setFiles(m_draft.files);
    connect(m_account, &QComboBox::currentIndexChanged, this, [this] {
        m_draft.account = m_account->currentData().toString();
        showAccountHint();
        note("account");
    });
    connect(m_files, &AttachmentList::changed, this, [this] {
        m_draft.files = m_files->files();
        note("attachments");
    });
    connect(m_files, &AttachmentList::refused, this, [this](const QString& why) {
        m_refused[QStringLiteral("attachments")] = why;
        showFaults();
    });
}

void ComposeForm::build() {
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(12);
    grid->setVerticalSpacing(8);
    grid->addWidget(addField("to", tr("To"), lineFor(&Draft::to, "to", tr("ann@example.com, bob@example.com"))), 0, 0);
    grid->addWidget(addField("cc", tr("Cc"), lineFor(&Draft::cc, "cc", {})), 0, 1);
    grid->addWidget(addField("from", tr("From"), lineFor(&Draft::from, "from", tr("The account's own address"))), 1, 0);
    m_account->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_account->setMinimumContentsLength(20);
    grid->addWidget(addField("account", tr("Account"), m_account), 1, 1);
    grid->addWidget(addField("subject", tr("Subject"), lineFor(&Draft::subject, "subject", {})), 2, 0, 1, 2);
    m_body->addTab(textFor(&Draft::text, tr("The mail as text")), tr("Text"));
    m_body->addTab(textFor(&Draft::html, tr("The mail as html")), tr("Html"));
    m_body->tabBar()->setAccessibleName(tr("Text or html"));
    m_body->setDocumentMode(true);
    m_body->tabBar()->setDrawBase(false);
    m_body->setMinimumHeight(120);
    m_body->setCurrentIndex(m_draft.text.isEmpty() && !m_draft.html.isEmpty() ? 1 : 0);
    grid->addWidget(addField("content", tr("Content"), m_body), 3, 0, 1, 2);
    grid->addWidget(addField("attachments", tr("Attachments"), m_files), 4, 0, 1, 2);
    for (const int column : {0, 1}) grid->setColumnStretch(column, 1);
    grid->setRowStretch(3, 1);
    // A hint that appears under one field must not move its neighbour off the line.
    for (const auto& [name, field] : m_fields)
        if (name != QStringLiteral("content")) grid->setAlignment(field, Qt::AlignTop);
}

Field* ComposeForm::addField(const char* name, const QString& label, QWidget* editor, const QString& hint) {
    auto* field = new Field(QString::fromLatin1(name), label, editor, hint, this);
    m_fields[field->name()] = field;
    return field;
}

QLineEdit* ComposeForm::lineFor(QString Draft::*part, const char* field, const QString& placeholder) {
    auto* line = new QLineEdit(m_draft.*part, this);
    line->setPlaceholderText(placeholder);
    line->setMaxLength(100000);
    line->setAcceptDrops(false);
    connect(line, &QLineEdit::textChanged, this, [this, part, field](const QString& text) {
        m_draft.*part = text;
        note(field);
    });
    return line;
}

QPlainTextEdit* ComposeForm::textFor(QString Draft::*part, const QString& name) {
    auto* edit = new BodyEdit(m_draft.*part, this);
    edit->setAccessibleName(name);
    edit->setTabChangesFocus(true);
    // A file that is dropped is attached, wherever it is dropped.
    edit->setAcceptDrops(false);
    edit->setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    connect(edit, &QPlainTextEdit::textChanged, this, [this, edit, part] {
        m_draft.*part = edit->toPlainText();
        note("content");
    });
    return edit;
}

void ComposeForm::note(const char* field) {
    const QString name = QString::fromLatin1(field);
    m_touched.insert(name);
    m_refused.erase(name);
    showFaults();
    emit changed();
}

void ComposeForm::showFaults() {
    std::map<QString, QString> texts = m_refused;
    for (const FieldError& fault : faultsOf(m_draft)) {
        const QString field = formFieldOf(fault.field);
        // That something is missing is said to who wants to send, not to who has just begun.
        const bool seen = m_isTried || (m_touched.contains(field) && fault.reason != "field.required");
        if (!seen || texts.contains(field)) continue;
        texts[field] = textOf(fault);
    }
    for (const auto& [name, field] : m_fields) {
        const auto found = texts.find(name);
        field->setWrong(found == texts.end() ? QString() : found->second);
    }
}

QString ComposeForm::textOf(const FieldError& fault) const {
    const QString named = namedBy(fault.field, m_draft);
    return named.isEmpty() ? fieldText(fault)
                           : tr("%1: %2", "address or file: what is wrong").arg(named.left(100), fieldText(fault));
}

void ComposeForm::showAccountHint() {
    m_fields.at(QStringLiteral("account"))
        ->setHint(m_draft.account == sandbox ? tr("The mail stays in this engine.")
                                             : tr("The mail really goes to its recipients."));
}

void ComposeForm::setAccounts(const std::vector<AccountChoice>& accounts) {
    m_accountsCame = true;
    fillAccounts(accounts);
}

void ComposeForm::fillAccounts(const std::vector<AccountChoice>& accounts) {
    const QSignalBlocker quiet(m_account);
    m_account->clear();
    m_account->addItem(tr("Any account"), QString());
    for (const AccountChoice& account : accounts) m_account->addItem(account.name.left(320), account.id);
    m_account->addItem(tr("Sandbox (nothing leaves)"), sandbox);
    int index = m_account->findData(m_draft.account);
    // Before the accounts have come, none of them is gone.
    if (index < 0 && !m_accountsCame) {
        m_account->addItem(tr("Loading…"), m_draft.account);
        index = m_account->count() - 1;
    }
    m_account->setCurrentIndex(index < 0 ? m_account->findData(sandbox) : index);
    m_draft.account = m_account->currentData().toString();
    showAccountHint();
}

bool ComposeForm::check() {
    m_isTried = true;
    showFaults();
    return !goToFirstFault();
}

bool ComposeForm::goToFirstFault() {
    for (const char* name : fieldNames) {
        const Field* field = m_fields.at(QString::fromLatin1(name));
        if (field->wrong().isEmpty()) continue;
        QWidget* editor = field->editor() == m_body ? m_body->currentWidget() : field->editor();
        editor->setFocus();
        return true;
    }
    return false;
}

std::vector<FieldError> ComposeForm::refuse(const std::vector<FieldError>& faults) {
    std::vector<FieldError> homeless;
    for (const FieldError& fault : faults) {
        const QString field = formFieldOf(fault.field);
        if (!m_fields.contains(field)) {
            homeless.push_back(fault);
        } else if (!m_refused.contains(field)) {
            m_refused[field] = textOf(fault);
        }
    }
    showFaults();
    goToFirstFault();
    return homeless;
}

void ComposeForm::addFiles(const QStringList& paths) {
    m_files->add(paths);
}

}  // namespace postroom::ui
