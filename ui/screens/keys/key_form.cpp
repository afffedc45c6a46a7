// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/screens/keys/key_form.h"

#include "engine/base/text.h"
#include "ui/models/as_command.h"
#include "ui/models/wording.h"
#include "ui/screens/keys/key_limits.h"
#include "ui/screens/keys/key_words.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/card.h"
#include "ui/widgets/copy.h"
#include "ui/widgets/field.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace postroom::ui {

namespace {

constexpr qsizetype longestName = 100;
constexpr qsizetype longestDescription = 500;
constexpr int usualWidth = 520;
constexpr int indent = 24;

// A check box with its sentence under it.
QCheckBox* choice(const QString& text, const QString& sentence, QWidget& parent, QVBoxLayout& into) {
    auto* box = new QCheckBox(text, &parent);
    box->setAccessibleName(text);
    box->setAccessibleDescription(sentence);
    into.addWidget(box);
    auto* says = mutedLabel(sentence, &parent);
    says->setContentsMargins(indent, 0, 0, 4);
    into.addWidget(says);
    return box;
}

}  // namespace

KeyForm::KeyForm(Desk& desk, QWidget* parent) : QDialog(parent), m_desk(desk) {
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Create an API key"));
    build();
    m_name->setFocus();
    resize(usualWidth, sizeHint().height());
}

void KeyForm::build() {
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(16, 16, 16, 16);
    all->setSpacing(12);
    all->addWidget(m_banner = new Banner(this));
    m_name = new QLineEdit(this);
    all->addWidget(m_nameField = new Field(QStringLiteral("name"), tr("Name"), m_name,
                                           tr("The program that will use it, in a word"), this));
    m_description = new QLineEdit(this);
    all->addWidget(m_descriptionField =
                       new Field(QStringLiteral("description"), tr("Description"), m_description, {}, this));
    buildChoices(*all);
    all->addWidget(m_limits = new KeyLimits(this));
    all->addStretch(1);
    buildButtons(*all);
    connect(m_name, &QLineEdit::textChanged, this, [this] { m_nameField->setWrong(nameFault()); });
    connect(m_description, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_descriptionField->setWrong(text.size() > longestDescription ? tr("Is too long") : QString());
    });
}

void KeyForm::buildChoices(QVBoxLayout& all) {
    auto* scopes = new QWidget(this);
    auto* scopesLayout = new QVBoxLayout(scopes);
    scopesLayout->setContentsMargins(0, 0, 0, 0);
    scopesLayout->setSpacing(2);
    for (const std::string& scope : allScopes()) {
        QCheckBox* box = choice(toQString(scope), scopeText(scope), *scopes, *scopesLayout);
        box->setObjectName(QStringLiteral("scope_") + toQString(scope));
        m_scopes.push_back(box);
    }
    m_scopes.front()->setChecked(true);
    all.addWidget(m_scopesField = new Field(QStringLiteral("scopes"), tr("What it may do"), scopes, {}, this));
    for (QCheckBox* box : m_scopes)
        connect(box, &QCheckBox::toggled, m_scopesField, [this] { m_scopesField->setWrong({}); });

    auto* test = new QWidget(this);
    auto* testLayout = new QVBoxLayout(test);
    testLayout->setContentsMargins(0, 0, 0, 0);
    testLayout->setSpacing(2);
    m_test = choice(tr("Test key"), tr("What it sends goes to the sandbox's inbox and never leaves the engine."), *test,
                    *testLayout);
    all.addWidget(m_testField = new Field(QStringLiteral("is_test"), tr("For trying out"), test, {}, this));
    m_test->setObjectName(QStringLiteral("test"));
}

void KeyForm::buildButtons(QVBoxLayout& all) {
    auto* buttons = new QHBoxLayout;
    all.addLayout(buttons);
    buttons->addWidget(new CopyAsButton(
        [this] {
            return CopyAsButton::Commands{.curl = asCurl(m_desk.link.url(), QStringLiteral("POST"),
                                                         QStringLiteral("/api/v1/admin/api-keys"), body()),
                                          .ctl = ctl()};
        },
        this));
    buttons->addStretch(1);
    auto* cancel = new QPushButton(tr("Cancel"), this);
    m_create = new QPushButton(tr("Create"), this);
    m_create->setProperty("role", QStringLiteral("primary"));
    for (QPushButton* button : {cancel, m_create}) {
        button->setAccessibleName(button->text());
        button->setAutoDefault(false);
        buttons->addWidget(button);
    }
    m_create->setDefault(true);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_create, &QPushButton::clicked, this, &KeyForm::create);
}

QStringList KeyForm::scopes() const {
    QStringList chosen;
    for (std::size_t scope = 0; scope < m_scopes.size(); ++scope)
        if (m_scopes[scope]->isChecked()) chosen.append(toQString(allScopes()[scope]));
    return chosen;
}

json::Object KeyForm::body() const {
    json::Array wanted;
    for (const QString& scope : scopes()) wanted.emplace_back(toUtf8(scope));
    json::Object body{
        {"name", toUtf8(m_name->text().trimmed())}, {"scopes", std::move(wanted)}, {"is_test", m_test->isChecked()}};
    if (const QString description = m_description->text().trimmed(); !description.isEmpty())
        body["description"] = toUtf8(description);
    m_limits->addTo(body);
    return body;
}

QString KeyForm::ctl() const {
    QStringList words{QStringLiteral("keys"), QStringLiteral("create"), QStringLiteral("--name"),
                      m_name->text().trimmed()};
    if (const QString description = m_description->text().trimmed(); !description.isEmpty())
        words << QStringLiteral("--description") << description;
    words << QStringLiteral("--scopes") << scopes().join(QLatin1Char(','));
    if (m_test->isChecked()) words << QStringLiteral("--test");
    words << m_limits->ctl();
    return asCtl(m_desk.link.ctlArguments(), words);
}

QString KeyForm::nameFault() const {
    if (m_name->text().trimmed().size() > longestName) return tr("Is longer than %1 characters").arg(longestName);
    return m_tried && m_name->text().trimmed().isEmpty() ? tr("Is needed") : QString();
}

void KeyForm::create() {
    m_tried = true;
    m_banner->clear();
    m_nameField->setWrong(nameFault());
    m_scopesField->setWrong(scopes().isEmpty() ? tr("Choose one at least: a key that may do nothing is of no use")
                                               : QString());
    if (!m_nameField->wrong().isEmpty()) return m_name->setFocus();
    if (!m_scopesField->wrong().isEmpty()) return m_scopes.front()->setFocus();
    if (!m_descriptionField->wrong().isEmpty()) return m_description->setFocus();
    m_create->setEnabled(false);
    m_create->setText(tr("Creating…"));
    emit wanted();
}

void KeyForm::refused(const Error& error) {
    m_create->setEnabled(true);
    m_create->setText(tr("Create"));
    m_create->setFocus();
    QStringList rest;
    for (const FieldError& refusal : error.fields) {
        const QString path = toQString(refusal.field);
        const QString name = path.section(QLatin1Char('['), 0, 0);
        Field* found = nullptr;
        for (Field* field : {m_nameField, m_descriptionField, m_scopesField, m_testField})
            if (field->name() == name) found = field;
        for (Field* field : m_limits->fields()) {
            if (field->name() != name) continue;
            found = field;
            m_limits->open();
        }
        if (found)
            found->setWrong(fieldText(refusal));
        else
            rest.append(tr("%1: %2").arg(path.left(100), fieldText(refusal)));
    }
    if (error.fields.empty()) return m_banner->say(Tone::Bad, errorText(error));
    if (!rest.isEmpty()) m_banner->say(Tone::Bad, rest.join(QLatin1Char('\n')));
}

}  // namespace postroom::ui
