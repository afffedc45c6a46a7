// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/screens/messages/timeline.h"

#include "ui/models/wording.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/card.h"
#include "ui/widgets/kept_splitter.h"
#include "ui/widgets/table.h"

#include <algorithm>
#include <QCoreApplication>
#include <QFontDatabase>
#include <QHeaderView>
#include <QLabel>
#include <QPlainTextEdit>
#include <QVBoxLayout>

namespace postroom::ui {

namespace {

using contract::Attempt;

// Of a transcript, and of one line of it: a server may say what it likes.
constexpr std::size_t mostLines = 2000;
constexpr std::size_t longestLine = 12000;

struct Words {
    Q_DECLARE_TR_FUNCTIONS(postroom::ui::Timeline)
};

QString accountText(const Attempt& attempt) {
    if (!attempt.accountEmail.empty()) return toQString(attempt.accountEmail);
    return attempt.accountId ? toQString(attempt.accountId->text()) : Words::tr("Sandbox");
}

std::vector<Column<Attempt>> columns() {
    const auto toned = [](const Attempt& row, int role) -> QVariant {
        if (role == ToneRole) return static_cast<int>(outcomeWord(row.outcome).tone);
        return {};
    };
    const auto time = [](const Attempt& row, int role) -> QVariant {
        if (role == Qt::ToolTipRole) return exactTimeText(row.startedAt);
        return {};
    };
    return {
        {.title = Words::tr("Time"), .text = [](const Attempt& row) { return timeText(row.startedAt); }, .more = time},
        {.title = Words::tr("Outcome"),
         .text = [](const Attempt& row) { return outcomeWord(row.outcome).text; },
         .more = toned},
        {.title = Words::tr("Stage"), .text = [](const Attempt& row) { return stageText(row.stage); }},
        {.title = Words::tr("Account"), .text = accountText},
    };
}

QString dialogueOf(const Attempt& attempt) {
    QStringList lines;
    const auto add = [&lines](const QString& text) { lines.append(text); };
    if (!attempt.reply.empty()) add(toQString(printable(attempt.reply, longestLine)));
    if (!attempt.detail.empty() && attempt.detail != attempt.reply)
        add(toQString(printable(attempt.detail, longestLine)));
    if (!lines.isEmpty()) add({});
    if (attempt.code > 0) {
        const QString code = QString::number(attempt.code);
        add(attempt.enhanced.empty()
                ? Words::tr("Reply code: %1").arg(code)
                : Words::tr("Reply code: %1 (%2)").arg(code, toQString(printable(attempt.enhanced))));
    }
    add(Words::tr("Took: %1").arg(durationText(std::chrono::milliseconds(attempt.took_ms))));
    add(Words::tr("Account: %1").arg(accountText(attempt)));
    if (!attempt.peer.empty()) add(Words::tr("Server: %1").arg(toQString(printable(attempt.peer))));
    add(Words::tr("Encryption: %1").arg(attempt.tls.empty() ? Words::tr("none") : toQString(printable(attempt.tls))));
    if (attempt.results.size() > 1) {
        add({});
        add(Words::tr("Recipients"));
        for (const contract::AttemptResult& result : attempt.results)
            add(Words::tr("%1: %2", "recipient: what became of it")
                    .arg(toQString(printable(result.recipient)), outcomeWord(result.outcome).text));
    }
    add({});
    add(attempt.transcript.empty() ? Words::tr("No transcript was kept.") : Words::tr("Transcript"));
    for (std::size_t i = 0; i < attempt.transcript.size() && i < mostLines; ++i)
        add(toQString(printable(attempt.transcript[i], longestLine)));
    return lines.join(QLatin1Char('\n'));
}

}  // namespace

Timeline::Timeline(const QString& layout, QWidget* parent)
    : QWidget(parent),
      m_rows(columns(), [](const Attempt& row) { return row.id.text(); }),
      m_trouble(new Banner(this)),
      m_note(mutedLabel({}, this)),
      m_split(new QSplitter(Qt::Horizontal, this)),
      m_table(new Table(layout, m_split)),
      m_dialogue(new QPlainTextEdit(m_split)) {
    m_note->setAlignment(Qt::AlignCenter);
    m_table->setObjectName(QStringLiteral("attempts"));
    m_table->setAccessibleName(tr("Attempts, newest first"));
    m_table->setModel(&m_rows);
    m_table->setColumnWidths({15, 11, 18, 0});
    m_table->horizontalHeader()->setMinimumSectionSize(60);
    m_dialogue->setObjectName(QStringLiteral("dialogue"));
    m_dialogue->setAccessibleName(tr("What was said in this attempt"));
    m_dialogue->setReadOnly(true);
    m_dialogue->setTabChangesFocus(true);
    m_dialogue->setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    m_dialogue->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_split->addWidget(m_table);
    m_split->addWidget(m_dialogue);
    m_split->setStretchFactor(0, 5);
    m_split->setStretchFactor(1, 4);
    m_split->setChildrenCollapsible(false);
    keepLine(*m_split, layout + QStringLiteral("-split"));
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(m_trouble);
    all->addWidget(m_note, 1);
    all->addWidget(m_split, 1);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &Timeline::showDialogue);
    connect(&m_rows, &QAbstractItemModel::dataChanged, this, &Timeline::showDialogue);
    say({});
}

void Timeline::show(std::vector<Attempt> attempts) {
    std::sort(attempts.begin(), attempts.end(), [](const Attempt& a, const Attempt& b) { return a.id > b.id; });
    if (attempts.empty()) return say(tr("It was not tried yet."));
    m_trouble->clear();
    m_rows.show(std::move(attempts));
    m_note->hide();
    m_split->show();
    if (!m_table->currentIndex().isValid()) m_table->selectRow(0);
}

void Timeline::say(const QString& text) {
    m_rows.show({});
    m_trouble->clear();
    m_note->setText(breakable(text));
    m_note->show();
    m_split->hide();
}

void Timeline::showTrouble(const QString& text, std::function<void()> again) {
    if (m_rows.rowCount() == 0) return say(text);
    m_trouble->say(Tone::Warn, text, tr("Try again"), std::move(again));
}

void Timeline::showDialogue() {
    const QModelIndex current = m_table->currentIndex();
    const QString text =
        current.isValid() && current.row() < m_rows.rowCount() ? dialogueOf(m_rows.at(current.row())) : QString();
    // Setting the same text again would lose the reader's place.
    if (text != m_dialogue->toPlainText()) m_dialogue->setPlainText(text);
}

}  // namespace postroom::ui
