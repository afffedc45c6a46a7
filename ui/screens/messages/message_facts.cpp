// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/screens/messages/message_facts.h"

#include "engine/base/text.h"
#include "ui/models/as_command.h"
#include "ui/models/wording.h"
#include "ui/widgets/badge.h"
#include "ui/widgets/card.h"
#include "ui/widgets/confirm.h"
#include "ui/widgets/copy.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/line_label.h"
#include "ui/widgets/plain.h"

#include <QGridLayout>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

namespace postroom::ui {

namespace {

using contract::State;

std::int64_t countOf(const contract::Message& message, std::initializer_list<State> states) {
    std::int64_t count = 0;
    for (const State state : states)
        if (const auto found = message.recipientCounts.find(std::string(contract::name(state)));
            found != message.recipientCounts.end())
            count += found->second;
    return count;
}

QToolButton* iconButton(const char* iconName, const QString& name, QWidget* parent) {
    auto* button = new QToolButton(parent);
    button->setIcon(icon(iconName));
    button->setAccessibleName(name);
    button->setToolTip(name);
    button->setFocusPolicy(Qt::StrongFocus);
    return button;
}

}  // namespace

std::int64_t retriable(const contract::Message& message) {
    return countOf(message, {State::Queued, State::Failed, State::Expired});
}

std::int64_t heldIn(const contract::Message& message) {
    return countOf(message, {State::Held});
}

std::int64_t cancellable(const contract::Message& message) {
    return countOf(message, {State::Queued, State::Scheduled, State::Held});
}

MessageFacts::MessageFacts(Desk& desk, QWidget* parent)
    : QWidget(parent),
      m_desk(desk),
      m_state(new Badge(this)),
      m_sandbox(new Badge(this)),
      m_subject(new LineLabel(this)),
      m_waiting(new QLabel(this)),
      m_labels(new QLabel(this)),
      m_retry(new QPushButton(tr("Retry"), this)),
      m_cancel(new QPushButton(tr("Cancel"), this)),
      m_release(new QPushButton(tr("Send again"), this)),
      m_drop(new QPushButton(tr("Drop"), this)) {
    QFont bold = m_subject->font();
    bold.setBold(true);
    m_subject->setFont(bold);
    m_subject->setObjectName(QStringLiteral("subject"));
    m_state->setObjectName(QStringLiteral("state"));
    m_waiting->setObjectName(QStringLiteral("waiting"));
    m_waiting->setTextFormat(Qt::PlainText);
    m_waiting->setWordWrap(true);
    m_waiting->setProperty("tone", QStringLiteral("warn"));

    m_labels->setObjectName(QStringLiteral("labels"));
    m_labels->setTextFormat(Qt::PlainText);
    m_labels->setWordWrap(true);

    auto* facts = new QGridLayout;
    facts->setHorizontalSpacing(8);
    facts->setVerticalSpacing(2);
    m_from = addFact(facts, 0, 0, tr("From"));
    m_created = addFact(facts, 0, 2, tr("Created"));
    m_size = addFact(facts, 0, 4, tr("Size"));
    m_messageId = addFact(facts, 1, 0, tr("Message-ID"));
    m_expires = addFact(facts, 1, 2, tr("Expires"));
    m_idLine = addFact(facts, 1, 4, tr("Id"));
    facts->setColumnStretch(1, 3);
    facts->setColumnStretch(3, 2);
    facts->setColumnStretch(5, 3);
    auto* copyId = iconButton("copy", tr("Copy the id"), this);
    connect(copyId, &QToolButton::clicked, this, [this, copyId] { copyText(m_id, copyId); });
    facts->addWidget(copyId, 1, 6);

    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(4);
    all->addWidget(buildActs());
    all->addWidget(m_waiting);
    all->addWidget(m_labels);
    all->addLayout(facts);
}

QWidget* MessageFacts::buildActs() {
    auto* row = new QWidget(this);
    auto* line = new QHBoxLayout(row);
    line->setContentsMargins(0, 0, 0, 0);
    line->addWidget(m_state);
    line->addWidget(m_sandbox);
    line->addWidget(m_subject, 1);
    m_retry->setObjectName(QStringLiteral("retry"));
    m_retry->setAccessibleName(tr("Try this message now"));
    m_cancel->setObjectName(QStringLiteral("cancel"));
    m_cancel->setAccessibleName(tr("Cancel this message"));
    m_cancel->setProperty("role", QStringLiteral("danger"));
    connect(m_retry, &QPushButton::clicked, this, [this] { act(m_retry); });
    connect(m_cancel, &QPushButton::clicked, this, &MessageFacts::askToCancel);
    m_release->setObjectName(QStringLiteral("release"));
    m_release->setAccessibleName(tr("Send what is held of this message"));
    m_drop->setObjectName(QStringLiteral("drop"));
    m_drop->setAccessibleName(tr("Drop what is held of this message"));
    m_drop->setProperty("role", QStringLiteral("danger"));
    for (QPushButton* button : {m_release, m_drop}) {
        button->hide();
        connect(button, &QPushButton::clicked, this, [this, button] { askToDecide(button); });
    }
    line->addWidget(m_release);
    line->addWidget(m_drop);
    line->addWidget(m_retry);
    line->addWidget(m_cancel);

    auto* copyAs = new CopyAsButton(row);
    copyAs->setToolButtonStyle(Qt::ToolButtonIconOnly);
    struct Act {
        QString name;
        const char* verb;
        const char* method;
        const char* path;
        bool isDrop = false;
    };
    for (const Act& act : {Act{tr("Show"), "show", "GET", ""}, Act{tr("Explain"), "explain", "GET", "/explain"},
                           Act{tr("Retry"), "retry", "POST", "/retry"}, Act{tr("Cancel"), "cancel", "POST", "/cancel"},
                           Act{tr("Send what is held"), "release", "POST", "/release"},
                           Act{tr("Drop what is held"), "release", "POST", "/release", true}})
        copyAs->addAct(act.name, [this, act] {
            const QString path = QStringLiteral("/api/v1/messages/%1%2").arg(m_id, QString::fromLatin1(act.path));
            QStringList words{QStringLiteral("messages"), QString::fromLatin1(act.verb), m_id};
            std::optional<json::Value> body;
            if (act.isDrop) {
                words << QStringLiteral("--drop");
                body = json::Object{{"to", "drop"}};
            }
            return CopyAsButton::Commands{
                .curl = asCurl(m_desk.link.url(), QString::fromLatin1(act.method), path, body),
                .ctl = asCtl(m_desk.link.ctlArguments(), words)};
        });
    line->addWidget(copyAs);
    auto* close = iconButton("close", tr("Close the details"), row);
    close->setObjectName(QStringLiteral("close"));
    connect(close, &QToolButton::clicked, this, &MessageFacts::left);
    line->addWidget(close);
    return row;
}

LineLabel* MessageFacts::addFact(QGridLayout* grid, int row, int column, const QString& name) {
    auto* title = mutedLabel(name, this);
    title->setWordWrap(false);
    auto* value = new LineLabel(this);
    grid->addWidget(title, row, column);
    grid->addWidget(value, row, column + 1);
    return value;
}

void MessageFacts::showId(const QString& id) {
    m_id = id;
    m_idLine->showLine(id);
    m_cancellable = m_held = 0;
    m_retry->setEnabled(false);
    m_cancel->setEnabled(false);
    showActs(false);
    m_state->show({}, Tone::Calm);
    m_sandbox->show({}, Tone::Calm);
    m_waiting->hide();
    m_labels->hide();
    for (LineLabel* line : {m_subject, m_from, m_created, m_size, m_messageId, m_expires}) line->showLine({});
}

void MessageFacts::show(const contract::Message& message) {
    m_id = toQString(message.id.text());
    m_idLine->showLine(m_id);
    m_cancellable = cancellable(message);
    m_held = heldIn(message);
    m_retry->setEnabled(retriable(message) > 0);
    m_cancel->setEnabled(m_cancellable > 0);
    // Where nothing but a decision is due, those two are all that there is to choose from.
    showActs(m_held > 0 && retriable(message) == 0 && m_held == m_cancellable);
    const Word state = stateWord(message.status);
    m_state->show(state.text, state.tone);
    m_sandbox->show(message.sandbox ? tr("Sandbox") : QString(), Tone::Calm);
    m_subject->showLine(message.subject.empty() ? tr("No subject") : toQString(message.subject));
    m_waiting->setText(message.waitingFor ? breakable(waitingText(*message.waitingFor)) : QString());
    m_waiting->setVisible(!m_waiting->text().isEmpty());
    m_labels->setText(breakable(labelsOf(message)));
    m_labels->setVisible(!m_labels->text().isEmpty());
    m_from->showLine(message.from.empty() ? tr("The account's own address") : toQString(message.from));
    m_created->showLine(timeText(message.createdAt));
    m_created->setToolTip(exactTimeText(message.createdAt));
    m_size->showLine(sizeText(message.size_bytes));
    m_messageId->showLine(toQString(message.messageIdHeader));
    m_expires->showLine(timeText(message.expiresAt));
    m_expires->setToolTip(exactTimeText(message.expiresAt));
}

void MessageFacts::showActs(bool onlyHeld) {
    for (QPushButton* button : {m_release, m_drop}) {
        button->setVisible(m_held > 0);
        button->setEnabled(m_held > 0);
    }
    m_retry->setVisible(!onlyHeld);
    m_cancel->setVisible(!onlyHeld);
}

void MessageFacts::askToDecide(QPushButton* button) {
    const int count = static_cast<int>(m_held);
    const auto then = [this, button, id = m_id] {
        if (id == m_id) act(button);
    };
    if (button == m_release)
        return confirm(this, tr("Send it again?"),
                       tr("%Ln recipient(s) may have got it already, and get it twice. What is known of the last try "
                          "stands under \"Why it waits\".",
                          nullptr, count),
                       tr("Send it again"), then);
    confirm(this, tr("Drop what is held?"),
            tr("%Ln recipient(s) will not get it, unless the last try reached them after all.", nullptr, count),
            tr("Drop it"), then);
}

// What the sender said of it, if anything.
QString MessageFacts::labelsOf(const contract::Message& message) {
    QStringList said;
    if (message.scheduledAt) said.append(tr("Not before %1").arg(timeText(*message.scheduledAt)));
    if (message.priority > 0) said.append(tr("Priority %L1").arg(message.priority));
    QStringList tags;
    for (const std::string& tag : message.tags) tags.append(toQString(tag));
    if (!tags.isEmpty()) said.append(tr("Tags: %1").arg(tags.join(QStringLiteral(", "))));
    return said.join(QStringLiteral("   "));
}

void MessageFacts::askToCancel() {
    if (m_cancellable <= 1) return act(m_cancel);
    const int count = static_cast<int>(m_cancellable);
    confirm(this, tr("Cancel the message?"),
            tr("%Ln recipient(s) will not get it. Who has got it already keeps it.", nullptr, count),
            tr("Cancel the message"), [this, id = m_id] {
                if (id == m_id) act(m_cancel);
            });
}

void MessageFacts::act(QPushButton* button) {
    const auto id = Id::parse(toUtf8(m_id));
    if (!id) return;
    button->setEnabled(false);
    m_desk.link.ask(
        this,
        [&](client::EngineClient& engine) {
            if (button == m_retry) return engine.retry(*id);
            if (button == m_release) return engine.release(*id);
            return button == m_drop ? engine.drop(*id) : engine.cancel(*id);
        },
        [this, sends = button == m_retry || button == m_release](const Result<contract::ActionResult>& result) {
            if (!result) {
                m_desk.notices.tell(Tone::Bad, errorText(result.error()));
            } else {
                const int count = static_cast<int>(result->changed);
                m_desk.notices.tell(Tone::Good, sends ? tr("%Ln recipient(s) are tried now.", nullptr, count)
                                                      : tr("%Ln recipient(s) were cancelled.", nullptr, count));
            }
            emit acted();
        });
}

}  // namespace postroom::ui
