// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/screens/messages/message_details.h"

#include "ui/models/shown_mail.h"
#include "ui/models/wording.h"
#include "ui/screens/messages/delivery_table.h"
#include "ui/screens/messages/message_facts.h"
#include "ui/screens/messages/timeline.h"
#include "ui/screens/messages/why_panel.h"
#include "ui/widgets/banner.h"

#include <QShortcut>
#include <QTabBar>
#include <QTabWidget>
#include <QVBoxLayout>

namespace postroom::ui {

namespace {
using namespace std::chrono_literals;
// Between two refreshes at least: an engine that sends changes its messages all the time.
constexpr auto pace = 250ms;
}  // namespace

MessageDetails::MessageDetails(Desk& desk, QWidget* parent)
    : QWidget(parent),
      m_desk(desk),
      m_trouble(new Banner(this)),
      m_facts(new MessageFacts(desk, this)),
      m_tabs(new QTabWidget(this)),
      m_deliveries(new DeliveryTable(desk.layoutOf("deliveries"))),
      m_timeline(new Timeline(desk.layoutOf("attempts"))),
      m_mail(new MailPreview),
      m_why(new WhyPanel(desk.layoutOf("chances"))) {
    setObjectName(QStringLiteral("details"));
    m_tabs->setObjectName(QStringLiteral("parts"));
    m_tabs->setDocumentMode(true);
    m_tabs->tabBar()->setDrawBase(false);
    m_tabs->addTab(m_deliveries, tr("Recipients"));
    m_tabs->addTab(m_timeline, tr("Timeline"));
    m_tabs->addTab(m_mail, tr("Mail"));
    m_tabs->addTab(m_why, tr("Why it waits"));
    for (QWidget* named : {static_cast<QWidget*>(m_tabs), static_cast<QWidget*>(m_tabs->tabBar())})
        named->setAccessibleName(tr("Parts of the message"));
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 6, 0, 0);
    all->setSpacing(6);
    all->addWidget(m_trouble);
    all->addWidget(m_facts);
    all->addWidget(m_tabs, 1);

    m_pace.setSingleShot(true);
    m_pace.setInterval(pace);
    connect(&m_pace, &QTimer::timeout, this, &MessageDetails::loadMessage);
    connect(m_tabs, &QTabWidget::currentChanged, this, &MessageDetails::loadTab);
    connect(m_facts, &MessageFacts::acted, this, &MessageDetails::refresh);
    connect(m_facts, &MessageFacts::left, this, &MessageDetails::left);
    connect(&desk.link, &Link::everythingStale, this, &MessageDetails::refresh);
    connect(&desk.link, &Link::stale, this, [this](const QString& topic, const QStringList& ids) {
        if (topic == QStringLiteral("messages") && (ids.isEmpty() || ids.contains(m_shown))) refresh();
    });
    auto* escape = new QShortcut(Qt::Key_Escape, this);
    escape->setContext(Qt::WidgetWithChildrenShortcut);
    connect(escape, &QShortcut::activated, this, &MessageDetails::left);
}

void MessageDetails::showMessage(const QString& id) {
    if (id == m_shown) return refresh();
    clear();
    const auto parsed = Id::parse(toUtf8(id));
    m_shown = id;
    m_facts->showId(id);
    if (!parsed) return m_trouble->say(Tone::Bad, tr("There is no such message."));
    m_id = *parsed;
    m_timeline->say(tr("Loading…"));
    m_mail->say(tr("Loading…"));
    m_why->say(tr("Loading…"));
    loadMessage();
}

void MessageDetails::clear() {
    ++m_round;
    m_pace.stop();
    m_shown.clear();
    m_id = {};
    std::fill(std::begin(m_tabIsLoaded), std::end(m_tabIsLoaded), false);
    m_trouble->clear();
    m_facts->showId({});
    m_deliveries->show({});
    m_mail->say({});
}

void MessageDetails::refresh() {
    m_isStale = !isVisible();
    if (!m_isStale && !m_id.isNull() && !m_pace.isActive()) m_pace.start();
}

void MessageDetails::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    if (m_isStale) refresh();
}

template <typename Call, typename Receive>
void MessageDetails::ask(Call call, Receive receive) {
    m_desk.link.ask(
        this, [&](client::EngineClient& engine) { return call(engine); },
        [this, round = m_round, receive = std::move(receive)](const auto& result) {
            if (round == m_round) receive(result);
        });
}

void MessageDetails::loadMessage() {
    ask([this](client::EngineClient& engine) { return engine.message(m_id); },
        [this](const Result<contract::Message>& message) {
            if (!message)
                return m_trouble->say(Tone::Bad, errorText(message.error()), tr("Try again"), [this] { refresh(); });
            m_trouble->clear();
            m_facts->show(*message);
            m_deliveries->show(message->deliveries);
        });
    // A mail that was accepted does not change any more.
    m_tabIsLoaded[Attempts] = m_tabIsLoaded[Why] = false;
    loadTab();
}

void MessageDetails::loadTab() {
    const int tab = m_tabs->currentIndex();
    if (m_id.isNull() || tab < 0 || std::exchange(m_tabIsLoaded[tab], true)) return;
    switch (tab) {
        case Attempts: return loadAttempts();
        case Mail: return loadMail();
        case Why: return loadWhy();
        default: return;
    }
}

void MessageDetails::loadAttempts() {
    ask([this](client::EngineClient& engine) { return engine.attempts(m_id); },
        [this](const Result<std::vector<contract::Attempt>>& attempts) {
            if (attempts) return m_timeline->show(*attempts);
            m_tabIsLoaded[Attempts] = false;
            m_timeline->showTrouble(errorText(attempts.error()), [this] { refresh(); });
        });
}

void MessageDetails::loadMail() {
    ask([this](client::EngineClient& engine) { return engine.rawMessage(m_id); },
        [this](const Result<contract::MailContent>& mail) {
            if (!mail) {
                m_tabIsLoaded[Mail] = false;
                return m_mail->say(errorText(mail.error()));
            }
            // The subject stands in the head already.
            ShownMail shown = shownMail(*mail);
            shown.subject.clear();
            m_mail->present(shown);
        });
}

void MessageDetails::loadWhy() {
    ask([this](client::EngineClient& engine) { return engine.explain(m_id); },
        [this](const Result<contract::Explanation>& explanation) {
            if (explanation) return m_why->show(*explanation);
            m_tabIsLoaded[Why] = false;
            m_why->showTrouble(errorText(explanation.error()), [this] { refresh(); });
        });
}

}  // namespace postroom::ui
