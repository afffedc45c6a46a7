// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/screens/messages/why_panel.h"

#include "ui/models/wording.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/table.h"

#include <QCoreApplication>
#include <QLabel>
#include <QVBoxLayout>

namespace postroom::ui {

namespace {

using contract::AccountChance;

struct Words {
    Q_DECLARE_TR_FUNCTIONS(postroom::ui::WhyPanel)
};

// What a person decides by: when, through whom, how far it came, and the last that was said.
QString evidenceText(const contract::Attempt& attempt) {
    const std::string& said = attempt.reply.empty() ? attempt.detail : attempt.reply;
    QString who = attempt.accountEmail.empty() ? Words::tr("Sandbox") : toQString(attempt.accountEmail);
    if (!attempt.peer.empty()) who = Words::tr("%1 (%2)", "an account, its server").arg(who, toQString(attempt.peer));
    QString what = outcomeWord(attempt.outcome).text;
    if (!attempt.stage.empty()) what = Words::tr("%1, %2", "outcome, stage").arg(what, stageText(attempt.stage));
    if (!said.empty()) what = Words::tr("%1: %2", "what came of it: what was said").arg(what, toQString(said));
    return Words::tr("Last try %1, %2: %3", "time, account, what came of it")
        .arg(exactTimeText(attempt.startedAt), who, what);
}

std::vector<Column<AccountChance>> columns() {
    const auto toned = [](const AccountChance& row, int role) -> QVariant {
        if (role == ToneRole) return static_cast<int>(row.usable ? Tone::Good : Tone::Warn);
        return {};
    };
    const auto name = [](const AccountChance& row) {
        if (!row.email.empty()) return toQString(row.email);
        return row.account == "sandbox" ? Words::tr("Sandbox") : toQString(row.account);
    };
    return {
        {.title = Words::tr("Account"), .text = name},
        {.title = Words::tr("Can it carry it now?"),
         .text = [](const AccountChance& row) { return row.usable ? Words::tr("Yes") : Words::tr("No"); },
         .more = toned},
        {.title = Words::tr("Why not"),
         .text = [](const AccountChance& row) { return row.waitingFor ? waitingText(*row.waitingFor) : QString(); }},
    };
}

}  // namespace

WhyPanel::WhyPanel(const QString& layout, QWidget* parent)
    : QWidget(parent),
      m_rows(columns(), [](const AccountChance& row) { return row.account; }),
      m_trouble(new Banner(this)),
      m_sentence(new QLabel(this)),
      m_evidence(new QLabel(this)),
      m_table(new Table(layout, this)) {
    m_sentence->setObjectName(QStringLiteral("why"));
    m_sentence->setTextFormat(Qt::PlainText);
    m_sentence->setWordWrap(true);
    m_evidence->setObjectName(QStringLiteral("evidence"));
    m_evidence->setTextFormat(Qt::PlainText);
    m_evidence->setWordWrap(true);
    m_evidence->hide();
    m_table->setObjectName(QStringLiteral("chances"));
    m_table->setAccessibleName(tr("Accounts that could carry it"));
    m_table->setModel(&m_rows);
    m_table->setColumnWidths({30, 20, 0});
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 4, 0, 0);
    all->addWidget(m_trouble);
    all->addWidget(m_sentence);
    all->addWidget(m_evidence);
    all->addWidget(m_table, 1);
}

void WhyPanel::show(const contract::Explanation& explanation) {
    m_isExplained = true;
    m_trouble->clear();
    m_rows.show(explanation.accounts);
    m_table->setVisible(!explanation.accounts.empty());
    QStringList tries;
    for (const contract::Attempt& attempt : explanation.evidence) tries << evidenceText(attempt);
    m_evidence->setText(breakable(tries.join(QLatin1Char('\n')), 2000));
    m_evidence->setVisible(!tries.isEmpty());
    if (explanation.waitingFor)
        m_sentence->setText(breakable(waitingText(*explanation.waitingFor)));
    else if (contract::isTerminal(explanation.status))
        m_sentence->setText(tr("It waits for nothing: all its recipients are done."));
    else
        m_sentence->setText(tr("It waits for nothing: it is being sent."));
}

void WhyPanel::say(const QString& text) {
    m_isExplained = false;
    m_trouble->clear();
    m_rows.show({});
    m_table->hide();
    m_evidence->hide();
    m_sentence->setText(breakable(text));
}

void WhyPanel::showTrouble(const QString& text, std::function<void()> again) {
    if (!m_isExplained) return say(text);
    m_trouble->say(Tone::Warn, text, tr("Try again"), std::move(again));
}

}  // namespace postroom::ui
