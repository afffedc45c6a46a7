// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/screens/overview/overview_screen.h"

#include "ui/models/wording.h"
#include "ui/widgets/badge.h"
#include "ui/widgets/card.h"
#include "ui/widgets/confirm.h"
#include "ui/widgets/plain.h"
#include "ui/widgets/rate_chart.h"

#include <QButtonGroup>
#include <QGridLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

namespace postroom::ui {

namespace {

using namespace std::chrono_literals;

// At most this often, however often the engine says that something changed.
constexpr auto pace = 1s;
constexpr auto chartEvery = 5s;
constexpr int tilesInARow = 4;
// What goes on, then what is over.
constexpr std::array shownStates{contract::State::Queued,  contract::State::Sending,  contract::State::Scheduled,
                                 contract::State::Held,    contract::State::Sent,     contract::State::Failed,
                                 contract::State::Expired, contract::State::Cancelled};

QLabel* bigNumber(QWidget* parent) {
    auto* number = new QLabel(QStringLiteral("–"), parent);
    QFont font = number->font();
    font.setPointSizeF(font.pointSizeF() * 1.4);
    font.setBold(true);
    number->setFont(font);
    return number;
}

}  // namespace

OverviewScreen::OverviewScreen(Desk& desk) : Screen(desk) {
    build();
    m_pace.setSingleShot(true);
    m_pace.setInterval(pace);
    connect(&m_pace, &QTimer::timeout, this, &OverviewScreen::refresh);
    connect(&m_chartTimer, &QTimer::timeout, this, &OverviewScreen::refreshChart);
    m_chartTimer.start(chartEvery);
    connect(&link(), &Link::everythingStale, this, &OverviewScreen::refreshAll);
    connect(&link(), &Link::stale, this, [this](const QString& topic) {
        if (topic != QStringLiteral("sandbox") && !m_pace.isActive()) m_pace.start();
    });
}

void OverviewScreen::showEvent(QShowEvent* event) {
    Screen::showEvent(event);
    if (link().state() == Link::State::Online) refreshAll();
}

void OverviewScreen::build() {
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    auto* scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFocusPolicy(Qt::NoFocus);
    outer->addWidget(scroll);
    auto* page = new QWidget(scroll);
    scroll->setWidget(page);
    auto* all = new QVBoxLayout(page);
    all->setContentsMargins(20, 16, 20, 16);
    all->setSpacing(12);
    auto* top = new QHBoxLayout;
    top->addWidget(headingLabel(tr("Overview"), page), 1);
    top->addWidget(m_pause = new QPushButton(tr("Pause sending"), page));
    m_pause->setVisible(false);  // until it is known that nothing is paused
    connect(m_pause, &QPushButton::clicked, this, &OverviewScreen::askToPause);
    all->addLayout(top);

    auto* tiles = new QGridLayout;
    tiles->setSpacing(8);
    all->addLayout(tiles);
    buildTiles(*tiles, page);

    auto* chartCard = new Card({}, page);
    auto* head = new QHBoxLayout;
    auto* title = new QLabel(tr("Recipients a minute"), chartCard);
    QFont bold = title->font();
    bold.setBold(true);
    title->setFont(bold);
    head->addWidget(title);
    m_rate = mutedLabel({}, chartCard);
    m_oldest = mutedLabel({}, chartCard);
    for (QLabel* label : {m_rate, m_oldest}) label->setWordWrap(false);
    head->addSpacing(12);
    head->addWidget(m_rate);
    head->addSpacing(12);
    head->addWidget(m_oldest);
    head->addStretch(1);
    m_range = new QButtonGroup(this);
    const std::pair<QString, QString> ranges[] = {{tr("Last hour"), tr("Show the last hour")},
                                                  {tr("Last day"), tr("Show the last day")}};
    for (int i = 0; i < 2; ++i) {
        auto* choice = new QPushButton(ranges[i].first, chartCard);
        choice->setCheckable(true);
        choice->setChecked(i == 0);
        choice->setAccessibleName(ranges[i].second);
        choice->setProperty("role", QStringLiteral("nav"));
        m_range->addButton(choice, i);
        head->addWidget(choice);
    }
    connect(m_range, &QButtonGroup::idClicked, this, &OverviewScreen::refreshChart);
    chartCard->body()->addLayout(head);
    m_chart = new RateChart(chartCard);
    m_chart->setAccessibleName(tr("Recipients a minute"));
    // It takes what the others leave: what it would like to have must not make the page scroll.
    m_chart->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Ignored);
    chartCard->body()->addWidget(m_chart, 1);
    all->addWidget(chartCard, 3);

    auto* needs = new Card(tr("What needs you"), page);
    m_needs = new QVBoxLayout;
    m_needs->setSpacing(6);
    needs->body()->addLayout(m_needs);
    needs->body()->addStretch(1);
    all->addWidget(needs, 1);
}

void OverviewScreen::buildTiles(QGridLayout& tiles, QWidget* page) {
    int at = 0;
    for (const contract::State state : shownStates) {
        const Word word = stateWord(state);
        auto* tile = new Card({}, page);
        tile->layout()->setContentsMargins(12, 6, 12, 6);
        auto* line = new QHBoxLayout;
        auto* badge = new Badge(tile);
        badge->show(word.text, word.tone);
        line->addWidget(badge);
        line->addStretch(1);
        auto* number = bigNumber(tile);
        number->setAccessibleName(word.text);
        line->addWidget(number);
        tile->body()->addLayout(line);
        m_counts[std::string(contract::name(state))] = number;
        tiles.addWidget(tile, at / tilesInARow, at % tilesInARow);
        tiles.setColumnStretch(at % tilesInARow, 1);
        ++at;
    }
}

void OverviewScreen::refreshAll() {
    // Perhaps by another key than before.
    m_seen.troubles.clear();
    refresh();
    refreshChart();
}

template <typename Call, typename Take>
void OverviewScreen::ask(Seen::Part part, Call call, Take take) {
    const auto trouble = m_seen.troubles.find(part);
    // By this key it never will be readable.
    if (trouble != m_seen.troubles.end() && trouble->second.code == ErrorCode::Forbidden) return;
    ++m_waitingAnswers;
    link().ask(this, call, [this, part, take](const auto& answer) {
        if (answer) {
            m_seen.troubles.erase(part);
            take(*answer);
        } else {
            m_seen.troubles[part] = answer.error();
        }
        if (--m_waitingAnswers == 0) showNeeds();
    });
}

void OverviewScreen::refresh() {
    if (m_waitingAnswers > 0) return m_pace.start();
    ask(
        Seen::Part::Queue, [](client::EngineClient& engine) { return engine.queueStatus(); },
        [this](const contract::QueueStatus& queue) {
            m_seen.imbalance = queue.imbalance;
            m_seen.pauses = queue.pauses;
            showCounts(queue.recipients, queue.ratePerMinute);
            showOldest(queue.oldestAge_seconds);
        });
    ask(
        Seen::Part::Accounts, [](client::EngineClient& engine) { return engine.accounts({.limit = 200}); },
        [this](const contract::Page<contract::Account>& page) { m_seen.accounts = page.items; });
    ask(
        Seen::Part::Keys, [](client::EngineClient& engine) { return engine.keys({.limit = 1}); },
        [this](const contract::Page<contract::ApiKey>& page) { m_seen.hasKeys = !page.items.empty(); });
}

void OverviewScreen::askToPause() {
    confirm(
        this, tr("Pause sending"),
        tr("Nothing new leaves until somebody resumes it, also after a restart. What is on its way is finished, and "
           "new mail is accepted and waits."),
        tr("Pause sending"), [this] { pauseAll(); });
}

void OverviewScreen::pauseAll() {
    link().ask(
        this, [](client::EngineClient& engine) { return engine.pauseQueue(); },
        [this](const Result<contract::QueueStatus>& queue) { showPauses(queue); });
}

void OverviewScreen::resume(const contract::Pause& pause) {
    const client::QueuePart part{.account = {}, .domain = pause.domain, .templateName = pause.templateName};
    link().ask(
        this, [&part](client::EngineClient& engine) { return engine.resumeQueue(part); },
        [this](const Result<contract::QueueStatus>& queue) { showPauses(queue); });
}

void OverviewScreen::showPauses(const Result<contract::QueueStatus>& queue) {
    if (queue)
        m_seen.pauses = queue->pauses;
    else
        m_seen.troubles[Seen::Part::Queue] = queue.error();
    showNeeds();
}

void OverviewScreen::refreshChart() {
    if (link().state() != Link::State::Online || !isVisible()) return;
    const std::string range = m_range->checkedId() == 1 ? "24h" : "1h";
    ask(
        Seen::Part::Chart, [&range](client::EngineClient& engine) { return engine.stats(range); },
        [this, range](const contract::Stats& stats) {
            if (!stats.totals.empty()) showCounts(stats.totals, stats.ratePerMinute);
            const bool stillAsked = range == (m_range->checkedId() == 1 ? "24h" : "1h");
            if (stillAsked) showChart(stats);
        });
}

void OverviewScreen::showCounts(const Counts& counts, double ratePerMinute) {
    m_seen.counts = counts;
    for (const auto& [state, label] : m_counts) {
        const auto found = counts.find(state);
        label->setText(countText(found == counts.end() ? 0 : found->second));
    }
    m_rate->setText(tr("now %1 a minute").arg(countText(static_cast<std::int64_t>(ratePerMinute + 0.5))));
}

void OverviewScreen::showOldest(double age_seconds) {
    m_oldest->setText(
        age_seconds >= 1
            ? tr("oldest waits %1")
                  .arg(durationText(std::chrono::milliseconds(static_cast<std::int64_t>(age_seconds * 1000))))
            : QString());
}

void OverviewScreen::showNeeds() {
    // Of a lost link the window itself speaks.
    if (link().state() != Link::State::Online) return;
    const bool isPaused = std::any_of(m_seen.pauses.begin(), m_seen.pauses.end(),
                                      [](const contract::Pause& pause) { return pause.kind == "queue"; });
    m_pause->setVisible(!isPaused && !m_seen.troubles.contains(Seen::Part::Queue));
    const QList<Attention> all = attentionOf(m_seen);
    // Anew only where it reads differently: a button must not go from under the pointer or the focus.
    if (m_shownNeeds == all) return;
    m_shownNeeds = all;
    while (QLayoutItem* item = m_needs->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    if (all.isEmpty()) m_needs->addWidget(mutedLabel(tr("Nothing. Mail goes out as it should."), this));
    for (const Attention& need : all) m_needs->addWidget(rowOf(need));
}

QWidget* OverviewScreen::rowOf(const Attention& need) {
    auto* row = new QWidget(this);
    auto* line = new QHBoxLayout(row);
    line->setContentsMargins(0, 0, 0, 0);
    auto* text = new QLabel(breakable(need.text), row);
    text->setTextFormat(Qt::PlainText);
    text->setWordWrap(true);
    // A label that wraps asks for the height it would have when it is narrow.
    text->setMinimumWidth(420);
    text->setProperty("tone", need.tone == Tone::Bad    ? QStringLiteral("bad")
                              : need.tone == Tone::Warn ? QStringLiteral("warn")
                                                        : QStringLiteral("muted"));
    line->addWidget(text, 1);
    if (!need.action.isEmpty()) {
        auto* act = new QPushButton(need.action, row);
        act->setAccessibleName(QStringLiteral("%1: %2").arg(need.action, need.text));
        connect(act, &QPushButton::clicked, this,
                [this, need] { need.resumes ? resume(*need.resumes) : desk().go(need.place, need.what); });
        line->addWidget(act);
    }
    return row;
}

void OverviewScreen::showChart(const contract::Stats& stats) {
    const Colours& c = colours();
    const std::tuple<const char*, QString, QColor> wanted[] = {{"accepted", tr("Accepted"), c.busy},
                                                               {"sent", tr("Sent"), c.good},
                                                               {"deferred", tr("Deferred"), c.warn},
                                                               {"failed", tr("Failed"), c.bad}};
    QList<RateChart::Line> lines;
    for (const auto& [name, title, colour] : wanted) {
        const auto found = stats.series.find(name);
        if (found == stats.series.end()) continue;
        lines.append({title, colour, QList<double>(found->second.begin(), found->second.end())});
    }
    m_chart->show(QDateTime::fromMSecsSinceEpoch(stats.fromAt.time_since_epoch().count()), stats.step_ms, lines);
}

}  // namespace postroom::ui
