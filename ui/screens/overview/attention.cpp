// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/screens/overview/attention.h"

#include "engine/base/text.h"
#include "ui/models/wording.h"

#include <algorithm>
#include <QCoreApplication>
#include <QLocale>

namespace postroom::ui {

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(postroom::ui::Attention)
};

Attention ofAccount(const contract::Account& account) {
    Attention need{.place = Place::Accounts, .what = toQString(account.id.text())};
    need.action = Words::tr("Show");
    // What it waits for names the account.
    need.text = account.waitingFor ? waitingText(*account.waitingFor)
                                   : Words::tr("%1: %2").arg(toQString(printable(account.email, 120)),
                                                             accountStateWord(account.state).text);
    // A limit is the day's business; a fault or an account that was taken out of use is somebody's.
    need.tone = account.state == "limited" ? Tone::Calm : Tone::Warn;
    return need;
}

QString partName(Seen::Part part) {
    switch (part) {
        case Seen::Part::Queue: return Words::tr("the queue");
        case Seen::Part::Chart: return Words::tr("the chart");
        case Seen::Part::Accounts: return Words::tr("the mail accounts");
        case Seen::Part::Keys: break;
    }
    return Words::tr("the API keys");
}

// One line for each reason, with everything that can't be read for it.
void addTroubles(const Seen& seen, QList<Attention>& needs) {
    std::map<QString, QStringList> parts;
    std::map<QString, Tone> tones;
    for (const auto& [part, error] : seen.troubles) {
        const QString why = errorText(error);
        parts[why].append(partName(part));
        // What a key may not see is as it was meant to be.
        tones[why] = error.code == ErrorCode::Forbidden ? Tone::Calm : Tone::Warn;
    }
    for (const auto& [why, names] : parts)
        needs.append({.tone = tones[why],
                      .text = Words::tr("What is not known now: %1. %2", "parts of the engine, then why")
                                  .arg(QLocale().createSeparatedList(names), why)});
}

QString pauseText(const contract::Pause& pause) {
    const QString since = exactTimeText(pause.since), by = toQString(printable(pause.actor, 120));
    const auto named = [](const std::string& name) { return toQString(printable(name, 253)); };
    if (!pause.domain.empty())
        return Words::tr("Mail to %1 is paused since %2, by %3.").arg(named(pause.domain), since, by);
    if (!pause.templateName.empty())
        return Words::tr("Mail of the template %1 is paused since %2, by %3.")
            .arg(named(pause.templateName), since, by);
    return Words::tr("Sending is paused since %1, by %2.").arg(since, by);
}

void addPauses(const std::vector<contract::Pause>& pauses, QList<Attention>& needs) {
    for (const contract::Pause& pause : pauses) {
        if (!pause.account.empty()) continue;  // the account says so itself
        QString text = pauseText(pause);
        if (!pause.note.empty()) text += QLatin1Char(' ') + toQString(printable(pause.note, 500));
        needs.append({.tone = pause.kind == "queue" ? Tone::Bad : Tone::Warn,
                      .text = text,
                      .action = Words::tr("Resume"),
                      .resumes = pause});
    }
}

void addAccounts(const std::vector<contract::Account>& accounts, QList<Attention>& needs) {
    if (accounts.empty())
        needs.append({.tone = Tone::Warn,
                      .text = Words::tr("There is no mail account yet: nothing can be sent but to the sandbox."),
                      .action = Words::tr("Add an account"),
                      .place = Place::Accounts,
                      .what = QStringLiteral("new")});
    const auto usable = [](const contract::Account& account) {
        return account.state == "active" || account.state == "ready" || account.state == "limited";
    };
    if (!accounts.empty() && std::none_of(accounts.begin(), accounts.end(), usable))
        needs.append({.tone = Tone::Bad,
                      .text = Words::tr("No mail account can send now: everything waits."),
                      .action = Words::tr("Show the accounts"),
                      .place = Place::Accounts,
                      .what = {}});
    for (const contract::Account& account : accounts)
        if (account.state != "active" && account.state != "ready" &&
            (account.isActive || !account.problemDetail.empty()))
            needs.append(ofAccount(account));
}

}  // namespace

QList<Attention> attentionOf(const Seen& seen, qsizetype most) {
    QList<Attention> needs;
    if (seen.imbalance != 0)
        needs.append({.tone = Tone::Bad,
                      .text = Words::tr("The ledger is out of balance by %1: report this with a copy of the log.")
                                  .arg(countText(seen.imbalance))});
    addTroubles(seen, needs);
    addPauses(seen.pauses, needs);
    if (seen.accounts) addAccounts(*seen.accounts, needs);
    if (const auto held = seen.counts.find("held"); held != seen.counts.end() && held->second > 0)
        needs.append({.tone = Tone::Warn,
                      .text = Words::tr("%n recipient(s) are held until somebody decides about their mail.", nullptr,
                                        static_cast<int>(held->second)),
                      .action = Words::tr("Show"),
                      .place = Place::Messages,
                      .what = QStringLiteral("held")});
    if (seen.hasKeys == false)
        needs.append({.tone = Tone::Calm,
                      .text = Words::tr("No program has a key yet: create one to send through the API."),
                      .action = Words::tr("Create a key"),
                      .place = Place::Keys,
                      .what = QStringLiteral("new")});
    std::stable_sort(needs.begin(), needs.end(),
                     [](const Attention& a, const Attention& b) { return a.tone > b.tone; });
    if (needs.size() > most) {
        const auto more = static_cast<int>(needs.size() - most + 1);
        needs.resize(most - 1);
        needs.append({.tone = Tone::Warn,
                      .text = Words::tr("and %n more", nullptr, more),
                      .action = Words::tr("Show the accounts"),
                      .place = Place::Accounts,
                      .what = {}});
    }
    return needs;
}

}  // namespace postroom::ui
