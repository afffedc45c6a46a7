// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/screens/overview/overview_screen.h"

#include "ui/models/wording.h"
#include "ui/screens/overview/attention.h"
#include "ui/widgets/badge.h"
#include "ui/widgets/card.h"
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
constexpr std::array shownStates{contract::State::Queued, contract::State::Sending, contract::State::Scheduled,
                                 contract::State::Held,   contract::State::Failed,  contract::State::Sent};

QLabel* bigNumber(QWidget* parent) {
    auto* number = new QLabel(QStringLiteral("–"), parent);
    QFont font = number->font();
    font.setPointSizeF(font.pointSizeF() * 1.7);
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
    connect(&link(), &Link::everythingStale, this, [this] {
        refresh();
        refreshChart();
    });
    connect(&link(), &Link::stale, this, [this](const QString& topic) {
        if (topic != QStringLiteral("sandbox") && !m_pace.isActive()) m_pace.start();
    });
}

void OverviewScreen::showEvent(QShowEvent* event) {
    Screen::showEvent(event);
    if (link().state() != Link::State::Online) return;
    refresh();
    refreshChart();
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
    all->addWidget(headingLabel(tr("Overview"), page));

    auto* tiles = new QGridLayout;
    tiles->setSpacing(10);
    all->addLayout(tiles);
    int column = 0;
    for (const contract::State state : shownStates) {
        const Word word = stateWord(state);
        auto* tile = new Card({}, page);
        auto* badge = new Badge(tile);
        badge->show(word.text, word.tone);
        auto* number = bigNumber(tile);
        number->setAccessibleName(word.text);
        tile->body()->addWidget(badge);
        tile->body()->addWidget(number);
        m_counts[std::string(contract::name(state))] = number;
        tiles->addWidget(tile, 0, column++);
    }

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
    chartCard->body()->addWidget(m_chart, 1);
    all->addWidget(chartCard, 3);

    auto* needs = new Card(tr("What needs you"), page);
    m_needs = new QVBoxLayout;
    m_needs->setSpacing(6);
    needs->body()->addLayout(m_needs);
    needs->body()->addStretch(1);
    all->addWidget(needs, 1);
}

void OverviewScreen::refresh() {
    if (m_waitingAnswers > 0) return m_pace.start();
    m_waitingAnswers = 3;
    const auto arrived = [this] {
        if (--m_waitingAnswers == 0) showQueue();
    };
    link().ask(
        this, [](client::EngineClient& engine) { return engine.queueStatus(); },
        [this, arrived](Result<contract::QueueStatus> queue) {
            if (queue) m_queue = std::move(*queue);
            arrived();
        });
    link().ask(
        this, [](client::EngineClient& engine) { return engine.accounts({.limit = 200}); },
        [this, arrived](Result<contract::Page<contract::Account>> page) {
            if (page) m_accounts = std::move(page->items);
            arrived();
        });
    link().ask(
        this, [](client::EngineClient& engine) { return engine.keys({.limit = 1}); },
        [this, arrived](const Result<contract::Page<contract::ApiKey>>& page) {
            if (page) m_hasKeys = !page->items.empty();
            arrived();
        });
}

void OverviewScreen::showQueue() {
    if (!m_queue) return;
    for (const auto& [state, label] : m_counts) {
        const auto found = m_queue->recipients.find(state);
        label->setText(countText(found == m_queue->recipients.end() ? 0 : found->second));
    }
    const bool waits = m_queue->oldestAge_seconds >= 1;
    m_oldest->setText(waits ? tr("oldest waits %1")
                                  .arg(durationText(std::chrono::milliseconds(
                                      static_cast<std::int64_t>(m_queue->oldestAge_seconds * 1000))))
                            : QString());

    while (QLayoutItem* item = m_needs->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    const QList<Attention> all = attentionOf(*m_queue, m_accounts, m_hasKeys);
    if (all.isEmpty()) m_needs->addWidget(mutedLabel(tr("Nothing. Mail goes out as it should."), this));
    for (const Attention& need : all) {
        auto* row = new QWidget(this);
        auto* line = new QHBoxLayout(row);
        line->setContentsMargins(0, 0, 0, 0);
        auto* text = new QLabel(need.text, row);
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
            connect(act, &QPushButton::clicked, this, [this, need] { desk().go(need.place, need.what); });
            line->addWidget(act);
        }
        m_needs->addWidget(row);
    }
}

void OverviewScreen::refreshChart() {
    if (link().state() != Link::State::Online || !isVisible()) return;
    const std::string range = m_range->checkedId() == 1 ? "24h" : "1h";
    link().ask(
        this, [&range](client::EngineClient& engine) { return engine.stats(range); },
        [this, range](const Result<contract::Stats>& stats) {
            const bool stillAsked = range == (m_range->checkedId() == 1 ? "24h" : "1h");
            if (stats && stillAsked) showChart(*stats);
        });
}

void OverviewScreen::showChart(const contract::Stats& stats) {
    m_rate->setText(tr("now %1 a minute").arg(countText(static_cast<std::int64_t>(stats.ratePerMinute + 0.5))));
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
