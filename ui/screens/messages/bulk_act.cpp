// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/screens/messages/bulk_act.h"

#include "engine/base/text.h"
#include "ui/models/wording.h"
#include "ui/widgets/confirm.h"

namespace postroom::ui {

using contract::BulkResult;

void BulkAct::begin(const std::string& action, const std::string& search) {
    if (std::exchange(m_isRunning, true)) return;
    m_action = action;
    m_search = search;
    m_recipients = m_messages = 0;
    m_isBrokenOff = false;
    emit changed();
    ask(true, {});
}

void BulkAct::end() {
    m_isRunning = false;
    emit changed();
}

void BulkAct::ask(bool dryRun, const std::string& cursor) {
    m_desk.link.ask(
        this,
        [&](client::EngineClient& engine) {
            return engine.actOnMessages(
                {.action = m_action, .q = m_search, .ids = {}, .dryRun = dryRun, .cursor = cursor});
        },
        [this, dryRun](const Result<BulkResult>& result) {
            if (result) return dryRun ? question(*result) : come(*result);
            if (dryRun)
                m_desk.notices.tell(Tone::Bad, errorText(result.error()));
            else
                m_desk.notices.finish(m_notice, Tone::Bad, errorText(result.error()));
            end();
        });
}

void BulkAct::question(const BulkResult& would) {
    end();
    if (would.recipients == 0 && !would.nextCursor)
        return m_desk.notices.tell(Tone::Calm, tr("None of the messages found is in a state for this."));
    QStringList states;
    for (const auto& [name, count] : would.recipientsByState)
        if (const auto state = contract::stateNamed(name); state && count > 0)
            states << tr("%1: %2", "state: recipients in it").arg(stateWord(*state).text, countText(count));
    const QString recipients = countText(would.recipients), messages = countText(would.messages);
    // What the count did not get to in its time is acted on all the same.
    QString text = would.nextCursor ? tr("More than %1 recipients of %2 messages: it was not counted to the end.")
                                    : tr("%1 recipients of %2 messages.");
    text = text.arg(recipients, messages) + QStringLiteral("\n\n") + states.join(QLatin1Char('\n'));
    QString title = tr("Cancel all that is found?"), act = tr("Cancel them");
    if (m_action == "retry") title = tr("Try all that is found now?"), act = tr("Try them now");
    if (m_action == "release") {
        title = tr("Send all that is held?"), act = tr("Send them");
        text += QStringLiteral("\n\n") + tr("Some may have got the mail already, and get it twice.");
    }
    confirm(m_parent, title, text, act, [this, action = m_action, search = m_search] {
        if (std::exchange(m_isRunning, true)) return;
        m_action = action;
        m_search = search;
        emit changed();
        m_notice = m_desk.notices.begin(tr("Changing the messages that were found…"), [this] { m_isBrokenOff = true; });
        ask(false, {});
    });
}

void BulkAct::come(const BulkResult& page) {
    m_recipients += page.recipients;
    m_messages += page.messages;
    if (page.stoppedBy.empty() && page.nextCursor && !m_isBrokenOff) return ask(false, *page.nextCursor);
    const QString counts = tr("%1 recipients of %2 messages").arg(countText(m_recipients), countText(m_messages));
    QString text = tr("%1 were cancelled.");
    if (m_action == "retry") text = tr("%1 are tried now.");
    if (m_action == "release") text = tr("%1 are sent now.");
    text = text.arg(counts);
    if (page.nextCursor || !page.stoppedBy.empty()) text += QLatin1Char(' ') + tr("It stopped before the end.");
    m_desk.notices.finish(m_notice, page.stoppedBy.empty() ? Tone::Good : Tone::Bad, text);
    end();
}

}  // namespace postroom::ui
