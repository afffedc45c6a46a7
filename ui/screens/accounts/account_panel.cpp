// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/screens/accounts/account_panel.h"

#include "engine/base/text.h"
#include "ui/models/wording.h"
#include "ui/widgets/badge.h"
#include "ui/widgets/plain.h"

#include <QGridLayout>
#include <QLabel>
#include <QScrollArea>

namespace postroom::ui {

namespace {
constexpr qsizetype longestValue = 1500;

QString shown(const std::string& text) {
    return toQString(printable(text, 4000));
}

QString securityText(contract::Security security) {
    switch (security) {
        case contract::Security::Tls: return AccountPanel::tr("TLS");
        case contract::Security::StartTls: return AccountPanel::tr("STARTTLS");
        case contract::Security::None: break;
    }
    return AccountPanel::tr("not encrypted");
}

QString serverText(const contract::Account& account) {
    const QString server = AccountPanel::tr("%1:%2, %3")
                               .arg(shown(account.smtpHost))
                               .arg(account.smtpPort)
                               .arg(securityText(account.security));
    if (account.auth == contract::Auth::None) return AccountPanel::tr("%1, without login").arg(server);
    return AccountPanel::tr("%1, as %2").arg(server, shown(account.smtpUsername));
}

QString usedText(const contract::Account& account) {
    if (!account.dailyLimit) return AccountPanel::tr("%1, no limit").arg(countText(account.dailySentCount));
    return AccountPanel::tr("%1 of %2").arg(countText(account.dailySentCount), countText(*account.dailyLimit));
}

QString limitsText(const contract::Account& account) {
    QStringList limits;
    if (account.dailyLimit)
        limits.append(
            (account.limitWindow == "rolling" ? AccountPanel::tr("%1 in 24 hours") : AccountPanel::tr("%1 a day"))
                .arg(countText(*account.dailyLimit)));
    if (account.hourlyLimit) limits.append(AccountPanel::tr("%1 an hour").arg(countText(*account.hourlyLimit)));
    if (account.ratePerMinute) limits.append(AccountPanel::tr("%1 a minute").arg(countText(*account.ratePerMinute)));
    if (!account.warmup.empty()) limits.append(AccountPanel::tr("a plan for its first weeks"));
    if (!account.sendHours.empty()) limits.append(AccountPanel::tr("at some hours only"));
    return limits.join(QStringLiteral(", "));
}

QString fromText(const contract::Account& account) {
    if (account.fromAddresses.empty()) return AccountPanel::tr("Only its own address");
    QStringList addresses;
    for (const std::string& address : account.fromAddresses) addresses.append(shown(address));
    return addresses.join(QStringLiteral(", "));
}
}  // namespace

AccountPanel::AccountPanel(QWidget* parent) : Card({}, parent) {
    auto* title = new QHBoxLayout;
    m_email = new QLabel(this);
    m_email->setTextFormat(Qt::PlainText);
    m_email->setWordWrap(true);
    QFont font = m_email->font();
    font.setBold(true);
    m_email->setFont(font);
    title->addWidget(m_email, 1);
    title->addWidget(m_state = new Badge(this));
    body()->addLayout(title);

    auto* scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setAccessibleName(tr("Details of the account"));
    auto* page = new QWidget(scroll);
    m_grid = new QGridLayout(page);
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(16);
    m_grid->setVerticalSpacing(5);
    m_grid->setColumnStretch(1, 1);
    m_why = row(tr("Why"));
    m_problem = row(tr("Last problem"));
    m_used = row(tr("Used today"));
    m_limits = row(tr("Limits"));
    m_from = row(tr("May send as"));
    m_server = row(tr("Server"));
    m_grid->setRowStretch(m_grid->rowCount(), 1);
    scroll->setWidget(page);
    // The card shows through.
    page->setAutoFillBackground(false);
    scroll->viewport()->setAutoFillBackground(false);
    body()->addWidget(scroll, 1);
}

QLabel* AccountPanel::row(const QString& name) {
    const int at = m_grid->rowCount();
    QWidget* page = m_grid->parentWidget();
    auto* title = new QLabel(name, page);
    title->setProperty("tone", QStringLiteral("muted"));
    auto* value = new QLabel(page);
    value->setTextFormat(Qt::PlainText);
    value->setWordWrap(true);
    value->setTextInteractionFlags(Qt::TextSelectableByMouse);
    title->setBuddy(value);
    m_grid->addWidget(title, at, 0, Qt::AlignTop);
    m_grid->addWidget(value, at, 1, Qt::AlignTop);
    return value;
}

void AccountPanel::fill(QLabel* value, const QString& text) {
    value->setText(breakable(text, longestValue));
    // A line with nothing to say is not there.
    value->setVisible(!text.isEmpty());
    auto* grid = static_cast<QGridLayout*>(value->parentWidget()->layout());
    int row = 0, column = 0, height = 0, width = 0;
    grid->getItemPosition(grid->indexOf(value), &row, &column, &height, &width);
    grid->itemAtPosition(row, 0)->widget()->setVisible(!text.isEmpty());
}

void AccountPanel::show(const contract::Account& account) {
    m_email->setText(breakable(shown(account.email), 300));
    const Word word = accountStateWord(account.state);
    m_state->show(word.text, word.tone);
    fill(m_why, account.waitingFor ? waitingText(*account.waitingFor) : QString());
    QString problem = shown(account.problemDetail);
    if (!problem.isEmpty() && account.problemAt)
        problem = tr("%1 (since %2)").arg(problem.left(longestValue), exactTimeText(*account.problemAt));
    fill(m_problem, problem);
    fill(m_used, usedText(account));
    fill(m_limits, limitsText(account));
    fill(m_from, fromText(account));
    fill(m_server, serverText(account));
}

}  // namespace postroom::ui
