// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/screens/accounts/account_fields.h"

#include "engine/base/text.h"
#include "ui/models/wording.h"
#include "ui/widgets/field.h"

#include <QComboBox>
#include <QFontDatabase>
#include <QGridLayout>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QToolButton>
#include <QVBoxLayout>

namespace postroom::ui {

namespace {

constexpr int gap = 10;

QGridLayout* gridIn(QVBoxLayout& all, const QList<int>& stretches) {
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(gap);
    grid->setVerticalSpacing(gap);
    for (int column = 0; column < stretches.size(); ++column) grid->setColumnStretch(column, stretches[column]);
    all.addLayout(grid);
    return grid;
}

}  // namespace

AccountFields::AccountFields(QWidget* parent) : QWidget(parent) {
    build();
    follow();
    for (Field* field : m_fields) {
        const auto typed = [this, name = field->name()] { changed(name); };
        if (auto* edit = qobject_cast<QLineEdit*>(field->editor()))
            connect(edit, &QLineEdit::textChanged, this, typed);
        else if (auto* edits = qobject_cast<QPlainTextEdit*>(field->editor()))
            connect(edits, &QPlainTextEdit::textChanged, this, typed);
        else if (auto* choice = qobject_cast<QComboBox*>(field->editor()))
            connect(choice, &QComboBox::currentIndexChanged, this, typed);
    }
}

QLineEdit* AccountFields::line(QWidget* parent) {
    auto* edit = new QLineEdit(parent);
    edit->setMinimumWidth(60);
    return edit;
}

QPlainTextEdit* AccountFields::lines(QWidget* parent, int rows) {
    auto* edit = new QPlainTextEdit(parent);
    edit->setTabChangesFocus(true);
    edit->setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    edit->setFixedHeight(edit->fontMetrics().lineSpacing() * rows + 22);
    return edit;
}

Field* AccountFields::field(const char* name, const QString& label, QWidget* editor, const QString& hint) {
    auto* made = new Field(QString::fromLatin1(name), label, editor, hint, this);
    m_fields.push_back(made);
    return made;
}

void AccountFields::build() {
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(gap);
    auto* grid = gridIn(*all, {1, 1});
    grid->addWidget(field("email", tr("E-mail address"), m_email = line(this)), 0, 0, Qt::AlignTop);
    grid->addWidget(
        field("display_name", tr("Display name"), m_displayName = line(this), tr("Stands beside the address in From")),
        0, 1, Qt::AlignTop);
    buildServer(*all);
    buildLimits(*all);
    buildAdvanced(*all);
    all->addStretch(1);
}

void AccountFields::buildServer(QVBoxLayout& all) {
    m_security = new QComboBox(this);
    m_security->addItem(tr("TLS from the start"), static_cast<int>(contract::Security::Tls));
    m_security->addItem(tr("STARTTLS"), static_cast<int>(contract::Security::StartTls));
    m_security->addItem(tr("None, in clear text"), static_cast<int>(contract::Security::None));
    auto* grid = gridIn(all, {4, 3, 2});
    grid->addWidget(field("smtp_host", tr("SMTP server"), m_host = line(this)), 0, 0, Qt::AlignTop);
    grid->addWidget(field("security", tr("Security"), m_security), 0, 1, Qt::AlignTop);
    grid->addWidget(field("smtp_port", tr("Port"), m_port = line(this)), 0, 2, Qt::AlignTop);
    auto* login = gridIn(all, {1, 1});
    login->addWidget(field("smtp_username", tr("User name"), m_userName = line(this), tr("Empty: no login")), 0, 0,
                     Qt::AlignTop);
    m_password = line(this);
    m_password->setEchoMode(QLineEdit::Password);
    login->addWidget(field("smtp_password", tr("Password"), m_password), 0, 1, Qt::AlignTop);
    m_port->setText(QString::number(usualPort(contract::Security::Tls)));
}

void AccountFields::buildLimits(QVBoxLayout& all) {
    auto* grid = gridIn(all, {1, 1, 1});
    grid->addWidget(
        field("daily_limit", tr("Daily limit"), m_dailyLimit = line(this), tr("Recipients a day; empty: none")), 0, 0,
        Qt::AlignTop);
    grid->addWidget(
        field("hourly_limit", tr("Hourly limit"), m_hourlyLimit = line(this), tr("Recipients an hour; empty: none")), 0,
        1, Qt::AlignTop);
    grid->addWidget(
        field("rate_per_minute", tr("Rate a minute"), m_ratePerMinute = line(this), tr("Evenly spread; empty: any")), 0,
        2, Qt::AlignTop);
    auto* choice = gridIn(all, {1, 1});
    choice->addWidget(field("priority", tr("Priority"), m_priority = line(this), tr("The greatest goes first")), 0, 0,
                      Qt::AlignTop);
    choice->addWidget(field("max_connections", tr("Connections at once"), m_maxConnections = line(this),
                            tr("Empty: as the engine does")),
                      0, 1, Qt::AlignTop);
    m_priority->setText(QStringLiteral("0"));
    all.addWidget(field("from_addresses", tr("May send as"), m_fromAddresses = lines(this, 3),
                        tr("One address a line, *@example.com for all of a domain. Empty: only its own address.")));
}

void AccountFields::buildAdvanced(QVBoxLayout& all) {
    m_advanced = new QToolButton(this);
    m_advanced->setText(tr("Advanced: the server's certificate"));
    m_advanced->setAccessibleName(m_advanced->text());
    m_advanced->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_advanced->setArrowType(Qt::RightArrow);
    m_advanced->setCheckable(true);
    m_advanced->setFocusPolicy(Qt::StrongFocus);
    all.addWidget(m_advanced);
    m_advancedPart = new QWidget(this);
    auto* part = new QVBoxLayout(m_advancedPart);
    part->setContentsMargins(0, 0, 0, 0);
    part->setSpacing(gap);
    part->addWidget(field("ca_certificate", tr("CA certificate (PEM)"), m_caCertificate = lines(this, 4),
                          tr("Of a private CA: then only it is trusted")));
    m_caCertificate->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    part->addWidget(field("fingerprint", tr("Certificate fingerprint (SHA-256)"), m_fingerprint = line(this),
                          tr("Then only the certificate with this fingerprint is trusted")));
    all.addWidget(m_advancedPart);
    m_advancedPart->hide();
    connect(m_advanced, &QToolButton::toggled, this, [this](bool isOpen) {
        m_advanced->setArrowType(isOpen ? Qt::DownArrow : Qt::RightArrow);
        m_advancedPart->setVisible(isOpen);
    });
}

void AccountFields::follow() {
    connect(m_host, &QLineEdit::textEdited, this, [this] { m_serverTyped = true; });
    connect(m_port, &QLineEdit::textEdited, this, [this] { m_serverTyped = m_portTyped = true; });
    connect(m_userName, &QLineEdit::textEdited, this, [this] { m_userNameTyped = true; });
    connect(m_email, &QLineEdit::textChanged, this, &AccountFields::emailTyped);
    connect(m_security, &QComboBox::activated, this, [this] {
        m_serverTyped = true;
        takeSecurity(security());
    });
}

void AccountFields::emailTyped() {
    if (m_isStored) return;
    if (!m_userNameTyped) m_userName->setText(m_email->text());
    if (m_serverTyped) return;
    const auto provider = providerOf(m_email->text());
    m_host->setText(provider ? QString::fromLatin1(provider->host) : QString());
    takeSecurity(provider ? provider->security : contract::Security::Tls);
    for (Field* field : m_fields)
        if (field->editor() == m_password) field->setHint(provider ? provider->passwordHint : QString());
}

void AccountFields::takeSecurity(contract::Security security) {
    m_security->setCurrentIndex(m_security->findData(static_cast<int>(security)));
    if (!m_portTyped) m_port->setText(QString::number(usualPort(security)));
}

contract::Security AccountFields::security() const {
    return static_cast<contract::Security>(m_security->currentData().toInt());
}

void AccountFields::show(const contract::Account& account) {
    const AccountValues values = valuesOf(account);
    m_isStored = m_serverTyped = m_userNameTyped = true;
    m_hasPassword = account.hasPassword;
    m_email->setText(values.email);
    m_displayName->setText(values.displayName);
    m_host->setText(values.host);
    m_security->setCurrentIndex(m_security->findData(static_cast<int>(values.security)));
    m_port->setText(values.port);
    // A port of its own stays; the usual one goes on following the security.
    m_portTyped = account.smtpPort != usualPort(values.security);
    m_userName->setText(values.userName);
    m_password->clear();
    for (Field* field : m_fields)
        if (field->editor() == m_maxConnections) field->setHint(tr("Empty: as it is now"));
    m_password->setPlaceholderText(m_hasPassword ? tr("Unchanged") : QString());
    m_dailyLimit->setText(values.dailyLimit);
    m_hourlyLimit->setText(values.hourlyLimit);
    m_ratePerMinute->setText(values.ratePerMinute);
    m_priority->setText(values.priority);
    m_maxConnections->setText(values.maxConnections);
    m_fromAddresses->setPlainText(values.fromAddresses);
    m_caCertificate->setPlainText(values.caCertificate);
    m_fingerprint->setText(values.fingerprint);
    m_advanced->setChecked(!values.caCertificate.isEmpty() || !values.fingerprint.isEmpty());
    for (QLineEdit* edit : findChildren<QLineEdit*>()) edit->setCursorPosition(0);
    m_moment = Moment::Typing;
    forgetRefusals();
}

AccountValues AccountFields::values() const {
    return {.email = m_email->text(),
            .displayName = m_displayName->text(),
            .host = m_host->text(),
            .port = m_port->text(),
            .security = security(),
            .userName = m_userName->text(),
            .password = m_password->text(),
            .dailyLimit = m_dailyLimit->text(),
            .hourlyLimit = m_hourlyLimit->text(),
            .ratePerMinute = m_ratePerMinute->text(),
            .priority = m_priority->text(),
            .maxConnections = m_maxConnections->text(),
            .fromAddresses = m_fromAddresses->toPlainText(),
            .caCertificate = m_caCertificate->toPlainText(),
            .fingerprint = m_fingerprint->text()};
}

QString AccountFields::faultOf(const QString& name, const AccountValues& values) const {
    const auto is = [&name](const char* one) { return name == QLatin1String(one); };
    if (is("email")) return addressFault(values.email, m_moment);
    if (is("smtp_host")) return hostFault(values.host, m_moment);
    if (is("smtp_port")) return portFault(values.port, m_moment);
    if (is("security")) return securityFault(values.security, values.host, values.userName, m_moment);
    if (is("daily_limit")) return limitFault(values.dailyLimit, m_moment);
    if (is("hourly_limit")) return limitFault(values.hourlyLimit, m_moment);
    if (is("rate_per_minute")) return rateFault(values.ratePerMinute, m_moment);
    if (is("priority")) return priorityFault(values.priority, m_moment);
    if (is("max_connections")) return connectionsFault(values.maxConnections, m_moment);
    if (is("from_addresses")) return fromAddressesFault(values.fromAddresses, m_moment);
    if (is("ca_certificate")) return certificateFault(values.caCertificate, m_moment);
    if (is("fingerprint")) return fingerprintFault(values.fingerprint, m_moment);
    if (m_moment == Moment::Typing) return {};
    const bool hasName = !values.userName.trimmed().isEmpty();
    if (is("smtp_username") && !hasName && !values.password.isEmpty()) return tr("Is needed with a password");
    if (is("smtp_password") && hasName && values.password.isEmpty() && !m_hasPassword)
        return tr("Is needed with a user name");
    return {};
}

void AccountFields::check() {
    const AccountValues now = values();
    for (Field* field : m_fields) {
        const QString fault = faultOf(field->name(), now);
        const auto refusal = m_refusals.find(field->name());
        field->setWrong(!fault.isEmpty() || refusal == m_refusals.end() ? fault : refusal->second);
    }
}

void AccountFields::changed(const QString& name) {
    m_refusals.erase(name);
    check();
}

bool AccountFields::checkForSaving() {
    m_moment = Moment::Saving;
    forgetRefusals();
    focusWrong();
    return !firstWrong();
}

QStringList AccountFields::showRefusals(const std::vector<FieldError>& refusals) {
    QStringList rest;
    const QStringList from = linesOf(m_fromAddresses->toPlainText());
    for (const FieldError& refusal : refusals) {
        const QString path = toQString(refusal.field);
        const QString name = path.section(QLatin1Char('['), 0, 0);
        QString text = fieldText(refusal);
        // "from_addresses[3]" is the fourth of them.
        bool isIndex = false;
        const int index = path.section(QLatin1Char('['), 1).section(QLatin1Char(']'), 0, 0).toInt(&isIndex);
        if (isIndex && name == QStringLiteral("from_addresses") && index >= 0 && index < from.size())
            text = tr("%1: %2").arg(from[index].left(100), text);
        const bool isHere =
            std::any_of(m_fields.begin(), m_fields.end(), [&name](Field* field) { return field->name() == name; });
        if (isHere)
            m_refusals[name] = text;
        else
            rest.append(tr("%1: %2").arg(path.left(100), text));
    }
    check();
    focusWrong();
    return rest;
}

void AccountFields::forgetRefusals() {
    m_refusals.clear();
    check();
}

Field* AccountFields::firstWrong() const {
    for (Field* field : m_fields)
        if (!field->wrong().isEmpty()) return field;
    return nullptr;
}

void AccountFields::focusFirst() {
    m_fields.front()->editor()->setFocus();
}

void AccountFields::focusWrong() {
    Field* wrong = firstWrong();
    if (!wrong) return;
    if (m_advancedPart->isAncestorOf(wrong)) m_advanced->setChecked(true);
    wrong->editor()->setFocus();
}

}  // namespace postroom::ui
