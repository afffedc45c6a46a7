// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/screens/messages/messages_screen.h"

#include "engine/contract/requests.h"
#include "ui/models/as_command.h"
#include "ui/models/paged_view.h"
#include "ui/models/wording.h"
#include "ui/screens/messages/bulk_act.h"
#include "ui/screens/messages/message_details.h"
#include "ui/screens/messages/search_field.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/card.h"
#include "ui/widgets/copy.h"
#include "ui/widgets/kept_splitter.h"
#include "ui/widgets/table.h"

#include <array>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QShortcut>
#include <QStackedWidget>
#include <QToolButton>
#include <QUrl>

namespace postroom::ui {

namespace {

using contract::Message;
using contract::State;

struct Words {
    Q_DECLARE_TR_FUNCTIONS(postroom::ui::MessagesScreen)
};

std::int64_t recipientsOf(const Message& message) {
    std::int64_t count = 0;
    for (const auto& [state, recipients] : message.recipientCounts) count += recipients;
    return count;
}

// "3 Sent, 1 Failed" where they are not all in one state.
QString countsText(const Message& message) {
    QStringList parts;
    for (const State state : contract::allStates)
        if (const auto found = message.recipientCounts.find(std::string(contract::name(state)));
            found != message.recipientCounts.end() && found->second > 0)
            parts.append(
                Words::tr("%1: %2", "state: recipients in it").arg(stateWord(state).text, countText(found->second)));
    return parts.join(QLatin1Char('\n'));
}

QString senderOf(const Message& message) {
    if (!message.from.empty()) return toQString(message.from);
    if (message.sandbox) return Words::tr("Sandbox");
    // An account that was asked for is an id here, which says nothing to people.
    return message.account.empty() ? Words::tr("Any account") : Words::tr("The account it asks for");
}

std::vector<Column<Message>> columns() {
    const auto state = [](const Message& row, int role) -> QVariant {
        if (role == ToneRole) return static_cast<int>(stateWord(row.status).tone);
        return {};
    };
    const auto counts = [](const Message& row, int role) -> QVariant {
        if (role == Qt::ToolTipRole) return toolTipOf(countsText(row));
        return {};
    };
    const auto created = [](const Message& row, int role) -> QVariant {
        if (role == Qt::ToolTipRole) return exactTimeText(row.createdAt);
        return {};
    };
    const auto sandbox = [](const Message& row, int role) -> QVariant {
        if (role == ToneRole && row.sandbox) return static_cast<int>(Tone::Calm);
        return {};
    };
    const Qt::Alignment right = Qt::AlignRight | Qt::AlignVCenter;
    return {
        {.title = Words::tr("State"),
         .text = [](const Message& row) { return stateWord(row.status).text; },
         .more = state},
        {.title = Words::tr("Created"),
         .text = [](const Message& row) { return timeText(row.createdAt); },
         .more = created},
        {.title = Words::tr("Subject"), .text = [](const Message& row) { return toQString(row.subject); }},
        {.title = Words::tr("Recipients"),
         .text =
             [](const Message& row) {
                 const std::int64_t count = recipientsOf(row);
                 return count > 0 ? countText(count) : QString();
             },
         .more = counts,
         .alignment = right},
        {.title = Words::tr("From"), .text = senderOf},
        {.title = Words::tr("Size"),
         .text = [](const Message& row) { return sizeText(row.size_bytes); },
         .alignment = right},
        {.title = Words::tr("Sandbox"),
         .text = [](const Message& row) { return row.sandbox ? Words::tr("Yes") : QString(); },
         .more = sandbox},
    };
}

// On all that is found: as on the wire, and as its menu says it.
std::array<std::pair<const char*, QString>, 3> acts() {
    return {{{"retry", Words::tr("Try now what waits or failed…")},
             {"release", Words::tr("Send what is held…")},
             {"cancel", Words::tr("Cancel what is not sent…")}}};
}

PagedRows<Message>::Fetch fetchOf(const std::string& search) {
    return [search](client::EngineClient& engine, const std::string& cursor, int limit) {
        return engine.messages({.limit = limit, .cursor = cursor, .q = search});
    };
}

}  // namespace

MessagesScreen::MessagesScreen(Desk& desk)
    : Screen(desk),
      m_rows(std::make_unique<PagedRows<Message>>(
          desk.link, PagedRows<Message>::Plan{.columns = columns(), .fetch = fetchOf({})})),
      m_state(new QComboBox(this)),
      m_search(new SearchField(this)),
      m_acts(new QToolButton(this)),
      m_bulk(BulkAct::of(desk)),
      m_searched(mutedLabel({}, this)),
      m_goOn(new QPushButton(tr("Search further back"), this)),
      m_status(mutedLabel({}, this)),
      m_newer(new QPushButton(tr("Show newer messages"), this)),
      m_trouble(new Banner(this)),
      m_list(new QStackedWidget),
      m_table(new Table(desk.layoutOf("messages"))),
      m_empty(new EmptyState("messages")),
      m_details(new MessageDetails(desk)) {
    build();
    connectAll();
    m_rows->reload();
}

void MessagesScreen::build() {
    m_table->setObjectName(QStringLiteral("messages"));
    m_table->setAccessibleName(tr("Messages, newest first"));
    m_view = new PagedView(*m_table, *m_rows);
    m_table->setColumnWidths({13, 15, 0, 10, 20, 9, 8});
    m_list->addWidget(m_table);
    m_list->addWidget(m_empty);
    auto* upper = new QWidget;
    auto* column = new QVBoxLayout(upper);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_list, 1);
    column->addWidget(buildFoot());
    m_split = new KeptSplitter(desk().layoutOf("messages-split"), upper, m_details, 240, this);
    m_details->hide();
    m_trouble->setObjectName(QStringLiteral("trouble"));

    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(16, 12, 16, 12);
    all->addWidget(buildHead());
    all->addWidget(buildSearch());
    all->addWidget(m_trouble);
    all->addWidget(m_split, 1);
}

QWidget* MessagesScreen::buildHead() {
    auto* head = new QWidget(this);
    auto* line = new QHBoxLayout(head);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(10);
    line->addWidget(headingLabel(tr("Messages"), head));
    m_state->setObjectName(QStringLiteral("state-filter"));
    m_state->setAccessibleName(tr("Which messages"));
    m_state->addItem(tr("All states"), QString());
    for (const State state : contract::allStates)
        m_state->addItem(stateWord(state).text, toQString(contract::name(state)));
    line->addWidget(m_state);
    m_status->setObjectName(QStringLiteral("status"));
    m_status->setWordWrap(false);
    line->addWidget(m_status);
    line->addStretch(1);
    m_newer->setObjectName(QStringLiteral("newer"));
    m_newer->setAccessibleName(m_newer->text());
    m_newer->hide();
    line->addWidget(m_newer);
    line->addWidget(buildCopyAs(head));
    return head;
}

QWidget* MessagesScreen::buildCopyAs(QWidget* parent) {
    auto* copyAs = new CopyAsButton(
        [this] {
            const QString search = toQString(asked());
            QString path = QStringLiteral("/api/v1/messages");
            QStringList words{QStringLiteral("messages"), QStringLiteral("list")};
            if (!search.isEmpty()) {
                path += QStringLiteral("?q=") + QString::fromLatin1(QUrl::toPercentEncoding(search));
                words << QStringLiteral("--query") << search;
            }
            return CopyAsButton::Commands{.curl = asCurl(link().url(), QStringLiteral("GET"), path),
                                          .ctl = asCtl(link().ctlArguments(), words)};
        },
        parent);
    for (const auto& [action, text] : acts())
        copyAs->addAct(text, [this, action = std::string(action)] {
            const std::string search = asked();
            if (search.empty()) return CopyAsButton::Commands{};
            const contract::BulkRequest request{
                .action = action, .q = search, .ids = {}, .dryRun = false, .cursor = {}};
            return CopyAsButton::Commands{
                .curl = asCurl(link().url(), QStringLiteral("POST"), QStringLiteral("/api/v1/messages/actions"),
                               request.body()),
                .ctl = asCtl(link().ctlArguments(), {QStringLiteral("messages"), toQString(action),
                                                     QStringLiteral("--query"), toQString(search)})};
        });
    return copyAs;
}

QWidget* MessagesScreen::buildSearch() {
    auto* row = new QWidget(this);
    auto* line = new QHBoxLayout(row);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(10);
    line->addWidget(m_search, 1, Qt::AlignTop);
    m_acts->setObjectName(QStringLiteral("acts"));
    m_acts->setText(tr("With all that is found"));
    m_acts->setAccessibleName(m_acts->text());
    m_acts->setToolButtonStyle(Qt::ToolButtonTextOnly);
    m_acts->setPopupMode(QToolButton::InstantPopup);
    m_acts->setFocusPolicy(Qt::StrongFocus);
    m_acts->setMenu(new QMenu(m_acts));
    for (const auto& [action, text] : acts())
        m_acts->menu()->addAction(text, this, [this, action = std::string(action)] { actOnAll(action); });
    line->addWidget(m_acts, 0, Qt::AlignTop);
    return row;
}

QWidget* MessagesScreen::buildFoot() {
    m_foot = new QWidget;
    auto* line = new QHBoxLayout(m_foot);
    line->setContentsMargins(0, 4, 0, 0);
    m_searched->setObjectName(QStringLiteral("searched"));
    m_goOn->setObjectName(QStringLiteral("go-on"));
    m_goOn->setAccessibleName(m_goOn->text());
    line->addWidget(m_searched, 1);
    line->addWidget(m_goOn);
    m_foot->hide();
    return m_foot;
}

void MessagesScreen::connectAll() {
    connect(m_state, &QComboBox::currentIndexChanged, this, [this] {
        m_search->setState(state());
        filter();
    });
    connect(m_search, &SearchField::searched, this, &MessagesScreen::filter);
    connect(m_search, &SearchField::settledChanged, this, &MessagesScreen::showStatus);
    connect(m_goOn, &QPushButton::clicked, this, &MessagesScreen::goOn);
    connect(&m_bulk, &BulkAct::changed, this, &MessagesScreen::showStatus);
    connect(m_newer, &QPushButton::clicked, m_view, &PagedView::showNewest);
    connect(m_rows.get(), &PagedTable::statusChanged, this, &MessagesScreen::showStatus);
    connect(m_view, &PagedView::opened, this, [this](const QString& id) { showDetails(id); });
    connect(m_view, &PagedView::moved, this, [this](const QString& id) {
        if (!m_details->isHidden()) showDetails(id);
    });
    connect(m_details, &MessageDetails::left, this, &MessagesScreen::leaveDetails);
    connect(&link(), &Link::stale, this, [this](const QString& topic) {
        if (topic != QStringLiteral("messages")) return;
        m_isStale = !isVisible();
        if (!m_isStale) m_rows->refresh();
    });
    connect(&link(), &Link::stateChanged, this, &MessagesScreen::showStatus);
    connect(new QShortcut(QKeySequence::Refresh, this), &QShortcut::activated, this, &MessagesScreen::refresh);
    connect(new QShortcut(QKeySequence::Find, this), &QShortcut::activated, m_search,
            [this] { m_search->editor()->setFocus(Qt::ShortcutFocusReason); });
    auto* escape = new QShortcut(Qt::Key_Escape, m_list);
    escape->setContext(Qt::WidgetWithChildrenShortcut);
    connect(escape, &QShortcut::activated, this, &MessagesScreen::leaveDetails);
}

std::optional<State> MessagesScreen::state() const {
    return contract::stateNamed(toUtf8(m_state->currentData().toString()));
}

std::string MessagesScreen::asked() const {
    contract::Search search = m_search->search();
    if (state()) search.status = state();
    return search.text();
}

void MessagesScreen::actOnAll(const std::string& action) {
    if (const std::string search = asked(); !search.empty()) m_bulk.begin(action, search, this);
}

// A page of a search takes the engine a moment and no more; whoever wants to know goes on until something comes.
void MessagesScreen::goOn() {
    m_goesOnFrom = m_goesOnFrom < 0 ? m_rows->rowCount() : -1;
    if (m_goesOnFrom >= 0) m_rows->more();
    showFoot();
}

void MessagesScreen::showFoot() {
    const auto& backTo = m_rows->searchedBackTo();
    const bool goesOn =
        m_goesOnFrom >= 0 && backTo && !m_rows->trouble() && !m_rows->isFull() && m_rows->rowCount() == m_goesOnFrom;
    if (!goesOn) m_goesOnFrom = -1;
    m_foot->setVisible(backTo.has_value());
    if (!backTo) return;
    m_searched->setText((goesOn ? tr("Searching, now at %1…") : tr("Searched back to %1.")).arg(timeText(*backTo)));
    m_searched->setToolTip(exactTimeText(*backTo));
    m_goOn->setText(goesOn ? tr("Stop") : tr("Search further back"));
    m_goOn->setAccessibleName(m_goOn->text());
    m_goOn->setVisible(!m_rows->isFull());
    if (goesOn && !m_rows->isBusy()) m_rows->more();
}

void MessagesScreen::filter() {
    m_goesOnFrom = -1;
    m_rows->setFetch(fetchOf(asked()));
    m_table->scrollToTop();
    m_rows->reload();
}

void MessagesScreen::open(const QString& what) {
    if (what.isEmpty()) return;
    if (const int index = m_state->findData(what); index > 0) {
        m_search->clear();
        m_state->setCurrentIndex(index);
        return leaveDetails();
    }
    m_view->choose(what);
    showDetails(what);
}

void MessagesScreen::showDetails(const QString& id) {
    m_details->show();
    m_view->keepInView();
    m_details->showMessage(id);
}

void MessagesScreen::leaveDetails() {
    m_details->hide();
    m_details->clear();
    m_table->setFocus();
}

void MessagesScreen::refresh() {
    m_rows->refresh();
    m_details->refresh();
}

void MessagesScreen::showEvent(QShowEvent* event) {
    Screen::showEvent(event);
    if (std::exchange(m_isStale, false)) m_rows->refresh();
}

void MessagesScreen::showStatus() {
    const int count = m_rows->rowCount();
    m_newer->setVisible(m_rows->hasNewer());
    if (m_rows->isLoading())
        m_status->setText(tr("Loading…"));
    else if (m_rows->isFull() && m_rows->hasMore())
        m_status->setText(tr("%1 loaded, no more are shown", "messages").arg(countText(count)));
    else if (m_rows->hasMore())
        m_status->setText(tr("%1 loaded, more below", "messages").arg(countText(count)));
    else
        m_status->setText(tr("%Ln message(s)", nullptr, count));

    showFoot();
    // While something else is being typed, or is wrong, the list shows what was looked for before.
    m_acts->setEnabled(!asked().empty() && m_search->isSettled() && !m_bulk.isRunning() &&
                       link().state() == Link::State::Online);
    m_acts->setToolTip(asked().empty() ? tr("Search for something, or choose a state, first") : QString());

    const bool isRefused = m_rows->trouble() && m_rows->trouble()->code == ErrorCode::ValidationFailed;
    if (isRefused && !m_rows->trouble()->fields.empty())
        m_search->setWrong(fieldText(m_rows->trouble()->fields.front()));
    // Of a lost link the window itself speaks.
    if (m_rows->trouble() && !isRefused && link().state() == Link::State::Online)
        m_trouble->say(Tone::Bad, errorText(*m_rows->trouble()), tr("Try again"), [this] { m_rows->refresh(); });
    else
        m_trouble->clear();

    const bool empty = count == 0 && !m_rows->isLoading();
    m_status->setVisible(!empty);
    if (empty && !m_search->search().isEmpty())
        m_empty->say(m_rows->searchedBackTo() ? tr("Nothing found yet") : tr("No message fits"),
                     m_rows->searchedBackTo() ? tr("Older messages were not searched.")
                                              : tr("All terms must fit. Fewer of them find more."),
                     tr("Show all messages"), [this] {
                         m_state->setCurrentIndex(0);
                         m_search->clear();
                     });
    else if (empty && state())
        m_empty->say(tr("No message is in this state"), tr("Messages show up here as soon as they get there."),
                     tr("Show all states"), [this] { m_state->setCurrentIndex(0); });
    else if (empty)
        m_empty->say(tr("No messages yet"), tr("Send one through the API, or write a test mail here."),
                     tr("Send a test mail"), [this] { desk().go(Place::Compose, QString()); });
    m_list->setCurrentWidget(empty ? static_cast<QWidget*>(m_empty) : m_table);
}

}  // namespace postroom::ui
