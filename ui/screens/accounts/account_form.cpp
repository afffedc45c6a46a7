// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/screens/accounts/account_form.h"

#include "engine/base/text.h"
#include "ui/models/as_command.h"
#include "ui/models/wording.h"
#include "ui/screens/accounts/account_fields.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/copy.h"
#include "ui/widgets/field.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

namespace postroom::ui {

namespace {
constexpr auto accountsPath = "/api/v1/admin/email-accounts";
constexpr QSize usualSize(680, 610);
}  // namespace

AccountForm::AccountForm(Desk& desk, std::optional<contract::Account> seen, QWidget* parent)
    : QDialog(parent), m_desk(desk), m_seen(std::move(seen)) {
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(m_seen ? tr("Edit %1").arg(toQString(printable(m_seen->email, 120))) : tr("Add a mail account"));
    build();
    if (m_seen) m_fields->show(*m_seen);
    m_fields->focusFirst();
    resize(usualSize);
}

void AccountForm::build() {
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(16, 16, 16, 16);
    all->setSpacing(12);
    all->addWidget(m_banner = new Banner(this));
    m_scroll = new QScrollArea(this);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_fields = new AccountFields(m_scroll);
    m_scroll->setWidget(m_fields);
    all->addWidget(m_scroll, 1);

    auto* buttons = new QHBoxLayout;
    all->addLayout(buttons);
    buttons->addWidget(new CopyAsButton([this] { return CopyAsButton::Commands{.curl = curl(), .ctl = ctl()}; }, this));
    buttons->addStretch(1);
    const auto button = [this, buttons](const QString& text) {
        auto* made = new QPushButton(text, this);
        made->setAccessibleName(text);
        made->setAutoDefault(false);
        buttons->addWidget(made);
        return made;
    };
    auto* cancel = button(tr("Cancel"));
    m_saveAndTest = button(tr("Save and test"));
    m_saveAndTest->setToolTip(tr("The engine tests what is stored: this saves first"));
    m_save = button(tr("Save"));
    m_save->setProperty("role", QStringLiteral("primary"));
    m_save->setDefault(true);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_saveAndTest, &QPushButton::clicked, this, [this] { save(true); });
    connect(m_save, &QPushButton::clicked, this, [this] { save(false); });
}

void AccountForm::save(bool thenTest) {
    m_banner->clear();
    if (!m_fields->checkForSaving()) return showWrong();
    const AccountValues values = m_fields->values();
    json::Object body = m_seen ? patchBody(values, *m_seen) : createBody(values);
    setBusy(true);
    m_desk.link.ask(
        parentWidget(),
        [this, &body](client::EngineClient& engine) {
            return m_seen ? engine.patchAccount(m_seen->id, std::move(body)) : engine.createAccount(std::move(body));
        },
        [form = QPointer(this), &desk = m_desk, thenTest](const Result<contract::Account>& account) {
            if (form && account) return form->taken(*account, thenTest);
            if (form) return form->refused(account.error());
            if (!account) desk.notices.tell(Tone::Bad, errorText(account.error()));
        });
}

void AccountForm::setBusy(bool isBusy) {
    // What is disabled loses the focus.
    if (isBusy) m_hadFocus = focusWidget();
    m_fields->setEnabled(!isBusy);
    m_save->setEnabled(!isBusy);
    m_saveAndTest->setEnabled(!isBusy);
    m_save->setText(isBusy ? tr("Saving…") : tr("Save"));
    if (!isBusy && m_hadFocus) m_hadFocus->setFocus();
}

void AccountForm::taken(const contract::Account& account, bool thenTest) {
    const QString email = toQString(printable(account.email, 120));
    m_desk.notices.tell(Tone::Good, m_seen ? tr("%1 was changed.").arg(email) : tr("%1 was added.").arg(email));
    const QString id = toQString(account.id.text());
    emit saved(id);
    if (thenTest) emit testWanted(id, email);
    accept();
}

void AccountForm::refused(const Error& error) {
    setBusy(false);
    if (error.code == ErrorCode::RevisionStale)
        return m_banner->say(Tone::Warn, errorText(error), tr("Load again"), [this] { loadAgain(); });
    std::vector<FieldError> fields = error.fields;
    if (error.code == ErrorCode::AlreadyExists)
        fields.push_back({.field = "email",
                          .reason = "account.exists",
                          .detail = toUtf8(tr("There is an account with this address already"))});
    const QStringList rest = m_fields->showRefusals(fields);
    showWrong();
    if (fields.empty())
        m_banner->say(Tone::Bad, errorText(error));
    else if (!rest.isEmpty())
        m_banner->say(Tone::Bad, rest.join(QLatin1Char('\n')));
}

void AccountForm::showWrong() {
    if (Field* wrong = m_fields->firstWrong()) m_scroll->ensureWidgetVisible(wrong, 0, 20);
}

void AccountForm::loadAgain() {
    m_banner->clear();
    setBusy(true);
    m_desk.link.ask(
        this, [this](client::EngineClient& engine) { return engine.account(m_seen->id); },
        [this](const Result<contract::Account>& account) {
            setBusy(false);
            if (!account) return m_banner->say(Tone::Bad, errorText(account.error()));
            m_seen = *account;
            m_fields->show(*account);
        });
}

QString AccountForm::curl() const {
    AccountValues values = m_fields->values();
    const bool hasPassword = !values.password.isEmpty() || (!m_seen && !values.userName.trimmed().isEmpty());
    if (hasPassword) values.password = QStringLiteral("$PASSWORD");
    const QString list = QString::fromLatin1(accountsPath);
    const QString command =
        m_seen ? asCurl(m_desk.link.url(), QStringLiteral("PATCH"),
                        list + QLatin1Char('/') + toQString(m_seen->id.text()), patchBody(values, *m_seen))
               : asCurl(m_desk.link.url(), QStringLiteral("POST"), list, createBody(values));
    // Out of the single quotes, so that the shell puts the reader's own in.
    return QString(command).replace(QStringLiteral("\"$PASSWORD\""), QStringLiteral("\"'\"$PASSWORD\"'\""));
}

QString AccountForm::ctl() const {
    const QStringList words = m_seen ? QStringList() : addWords(m_fields->values());
    return words.isEmpty() ? QString() : asCtl(m_desk.link.ctlArguments(), words);
}

}  // namespace postroom::ui
