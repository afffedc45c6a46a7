// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/screens/messages/bulk_act.h"

#include "engine/base/text.h"
#include "ui/models/wording.h"
#include "ui/widgets/confirm.h"

#include <algorithm>
#include <limits>

namespace postroom::ui {

using contract::BulkResult;

namespace {

// For a plural: its form is the same beyond.
int forPlural(std::int64_t count) {
    return static_cast<int>(std::min<std::int64_t>(count, std::numeric_limits<int>::max()));
}

QString messagesText(std::int64_t count) {
    return BulkAct::tr("%Ln message(s)", nullptr, forPlural(count));
}

// What the engine says stopped it.
QString stopText(const std::string& code) {
    for (const ErrorCode known : allErrorCodes())
        if (wireName(known) == code) return errorText({.code = known});
    return {};
}

}  // namespace

BulkAct& BulkAct::of(Desk& desk) {
    auto* found = desk.jobs->findChild<BulkAct*>();
    return found ? *found : *new BulkAct(desk);
}

BulkAct::~BulkAct() {
    if (m_notice != 0) breakOff(Tone::Bad, {});
}

void BulkAct::begin(const std::string& action, const std::string& search, QWidget* parent) {
    if (std::exchange(m_isRunning, true)) return;
    m_action = action;
    m_search = search;
    m_parent = parent;
    emit changed();
    ask(true, {});
}

void BulkAct::end() {
    m_notice = 0;
    m_isRunning = false;
    emit changed();
}

void BulkAct::ask(bool dryRun, const std::string& cursor) {
    m_link.ask(
        this,
        [&](client::EngineClient& engine) {
            return engine.actOnMessages(
                {.action = m_action, .q = m_search, .ids = {}, .dryRun = dryRun, .cursor = cursor});
        },
        [this, dryRun](const Result<BulkResult>& result) {
            if (result) return dryRun ? question(*result) : come(*result);
            if (dryRun)
                m_notices.tell(Tone::Bad, errorText(result.error()));
            else
                breakOff(Tone::Bad, errorText(result.error()));
            end();
        });
}

void BulkAct::question(const BulkResult& would) {
    end();
    if (!m_parent) return;
    if (would.recipients == 0 && !would.nextCursor)
        return m_notices.tell(Tone::Calm, tr("None of the messages found is in a state for this."));
    QStringList states;
    for (const auto& [name, count] : would.recipientsByState)
        if (const auto state = contract::stateNamed(name); state && count > 0)
            states << tr("%1: %2", "state: recipients in it").arg(stateWord(*state).text, countText(count));
    const QString counts = tr("%Ln recipient(s) of %1", "%1: so many messages", forPlural(would.recipients))
                               .arg(messagesText(would.messages));
    // What the count did not get to in its time is acted on all the same.
    QStringList text{tr("The search: %1").arg(toQString(m_search)),
                     would.nextCursor ? tr("More than %1: it was not counted to the end.").arg(counts)
                                      : tr("%1.", "a whole sentence").arg(counts),
                     states.join(QLatin1Char('\n'))};
    QString title = tr("Cancel all that is found?"), yes = tr("Cancel them");
    if (m_action == "retry") title = tr("Try all that is found now?"), yes = tr("Try them now");
    if (m_action == "release") {
        title = tr("Send all that is held?"), yes = tr("Send them");
        text << tr("Some may have got the mail already, and get it twice.");
    }
    confirm(m_parent, title, text.join(QStringLiteral("\n\n")), yes,
            // From where the count began: what was accepted since then was not asked about.
            [this, action = m_action, search = m_search, start = would.startCursor.value_or(std::string())] {
                act(action, search, start);
            });
}

void BulkAct::act(const std::string& action, const std::string& search, const std::string& cursor) {
    if (std::exchange(m_isRunning, true)) return;
    m_action = action;
    m_search = search;
    m_recipients = m_messages = 0;
    m_isBrokenOff = false;
    m_notice = m_notices.begin(tr("Changing the messages that were found…"), [this] { m_isBrokenOff = true; });
    emit changed();
    ask(false, cursor);
}

void BulkAct::come(const BulkResult& page) {
    m_recipients += page.recipients;
    m_messages += page.messages;
    if (page.stoppedBy.empty() && page.nextCursor && !m_isBrokenOff) return ask(false, *page.nextCursor);
    if (page.stoppedBy.empty() && !page.nextCursor)
        m_notices.finish(m_notice, Tone::Good, doneText());
    else
        breakOff(page.stoppedBy.empty() ? Tone::Good : Tone::Bad, stopText(page.stoppedBy));
    end();
}

QString BulkAct::doneText() const {
    const int count = forPlural(m_recipients);
    QString text = tr("%Ln recipient(s) of %1 were cancelled.", "%1: so many messages", count);
    if (m_action == "retry") text = tr("%Ln recipient(s) of %1 are tried now.", "%1: so many messages", count);
    if (m_action == "release") text = tr("%Ln recipient(s) of %1 are sent now.", "%1: so many messages", count);
    return text.arg(messagesText(m_messages));
}

void BulkAct::breakOff(Tone tone, const QString& why) {
    QStringList text;
    if (m_messages > 0) text << doneText();
    text << tr("It stopped before the end.");
    if (!why.isEmpty()) text << why;
    m_notices.finish(m_notice, tone, text.join(QLatin1Char(' ')));
}

}  // namespace postroom::ui
