// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/screens/sandbox/sandbox_screen.h"

#include "ui/models/as_command.h"
#include "ui/models/paged_view.h"
#include "ui/models/shown_mail.h"
#include "ui/models/wording.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/card.h"
#include "ui/widgets/confirm.h"
#include "ui/widgets/copy.h"
#include "ui/widgets/kept_splitter.h"
#include "ui/widgets/table.h"

#include <QCoreApplication>
#include <QHBoxLayout>
#include <QPushButton>
#include <QShortcut>
#include <QStackedWidget>

namespace postroom::ui {

namespace {

using contract::SandboxMail;

struct Words {
    Q_DECLARE_TR_FUNCTIONS(postroom::ui::SandboxScreen)
};

QString addressesOf(const SandboxMail& mail) {
    QStringList all;
    // A cell shows no more than this; a mail may have a thousand.
    for (std::size_t i = 0; i < mail.to.size() && i < 20; ++i) all.append(toQString(mail.to[i]));
    return all.join(Words::tr(", ", "between two addresses"));
}

std::vector<Column<SandboxMail>> columns() {
    const auto received = [](const SandboxMail& row, int role) -> QVariant {
        if (role == Qt::ToolTipRole) return exactTimeText(row.receivedAt);
        return {};
    };
    return {
        {.title = Words::tr("Received"),
         .text = [](const SandboxMail& row) { return timeText(row.receivedAt); },
         .more = received},
        {.title = Words::tr("From"), .text = [](const SandboxMail& row) { return toQString(row.from); }},
        {.title = Words::tr("To"), .text = addressesOf},
        {.title = Words::tr("Subject"), .text = [](const SandboxMail& row) { return toQString(row.subject); }},
        {.title = Words::tr("Size"),
         .text = [](const SandboxMail& row) { return sizeText(row.size_bytes); },
         .alignment = Qt::AlignRight | Qt::AlignVCenter},
    };
}

PagedRows<SandboxMail>::Plan plan() {
    return {.columns = columns(),
            .fetch = [](client::EngineClient& engine, const std::string& cursor,
                        int limit) { return engine.sandboxMails({.limit = limit, .cursor = cursor}); },
            .id = [](const SandboxMail& row) { return row.id; },
            .order = Order::NewestFirst};
}

constexpr auto mailsPath = "/api/v1/admin/sandbox/mails";

}  // namespace

SandboxScreen::SandboxScreen(Desk& desk)
    : Screen(desk),
      m_rows(std::make_unique<PagedRows<SandboxMail>>(desk.link, plan())),
      m_status(mutedLabel({}, this)),
      m_newer(new QPushButton(tr("Show newer mails"), this)),
      m_clear(new QPushButton(tr("Empty the inbox"), this)),
      m_trouble(new Banner(this)),
      m_pages(new QStackedWidget(this)),
      m_empty(new EmptyState("sandbox")),
      m_table(new Table(desk.layoutOf("sandbox"))),
      m_mail(new MailPreview) {
    build();
    connectAll();
    m_rows->reload();
}

void SandboxScreen::build() {
    m_table->setObjectName(QStringLiteral("mails"));
    m_table->setAccessibleName(tr("Mails in the sandbox, newest first"));
    m_view = new PagedView(*m_table, *m_rows);
    m_table->setColumnWidths({15, 20, 24, 0, 9});
    m_mail->setObjectName(QStringLiteral("mail"));
    m_split = new KeptSplitter(desk().layoutOf("sandbox-split"), m_table, m_mail, 180, this);
    m_mail->hide();
    m_trouble->setObjectName(QStringLiteral("trouble"));
    m_empty->say(tr("The sandbox is empty"),
                 tr("Send with a test key, or choose the account \"sandbox\": such mails end up here and go nowhere "
                    "else."),
                 tr("Send a test mail"), [this] { desk().go(Place::Compose, QString()); });
    m_pages->addWidget(m_split);
    m_pages->addWidget(m_empty);

    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(16, 12, 16, 12);
    all->addWidget(buildHead());
    all->addWidget(mutedLabel(
        tr("Mails sent with a test key or through the account \"sandbox\". They never leave this engine."), this));
    all->addWidget(m_trouble);
    all->addWidget(m_pages, 1);
}

QWidget* SandboxScreen::buildHead() {
    auto* head = new QWidget(this);
    auto* line = new QHBoxLayout(head);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(10);
    line->addWidget(headingLabel(tr("Sandbox"), head));
    m_status->setObjectName(QStringLiteral("status"));
    m_status->setWordWrap(false);
    line->addWidget(m_status);
    line->addStretch(1);
    m_newer->setObjectName(QStringLiteral("newer"));
    m_newer->setAccessibleName(m_newer->text());
    m_newer->hide();
    line->addWidget(m_newer);
    m_clear->setObjectName(QStringLiteral("clear"));
    m_clear->setAccessibleName(m_clear->text());
    m_clear->setProperty("role", QStringLiteral("danger"));
    line->addWidget(m_clear);
    auto* copyAs = new CopyAsButton(head);
    // The command line has no words for the sandbox.
    const auto command = [this](const char* method) {
        return [this, method] {
            return CopyAsButton::Commands{
                .curl = asCurl(link().url(), QString::fromLatin1(method), QString::fromLatin1(mailsPath)), .ctl = {}};
        };
    };
    copyAs->addAct(tr("List the mails"), command("GET"));
    copyAs->addAct(tr("Empty the inbox"), command("DELETE"));
    line->addWidget(copyAs);
    return head;
}

void SandboxScreen::connectAll() {
    connect(m_newer, &QPushButton::clicked, m_view, &PagedView::showNewest);
    connect(m_clear, &QPushButton::clicked, this, &SandboxScreen::askToEmpty);
    connect(m_rows.get(), &PagedTable::statusChanged, this, &SandboxScreen::showStatus);
    connect(m_view, &PagedView::opened, this, &SandboxScreen::showMail);
    connect(m_view, &PagedView::moved, this, [this](const QString& id) {
        if (!m_mail->isHidden()) showMail(id);
    });
    connect(&link(), &Link::stateChanged, this, &SandboxScreen::showStatus);
    connect(&link(), &Link::stale, this, [this](const QString& topic) {
        if (topic != QStringLiteral("sandbox")) return;
        m_isStale = !isVisible();
        if (!m_isStale) m_rows->refresh();
    });
    connect(new QShortcut(QKeySequence::Refresh, this), &QShortcut::activated, this, [this] { m_rows->refresh(); });
    auto* escape = new QShortcut(Qt::Key_Escape, m_pages);
    escape->setContext(Qt::WidgetWithChildrenShortcut);
    connect(escape, &QShortcut::activated, this, &SandboxScreen::leaveMail);
}

void SandboxScreen::open(const QString& what) {
    if (what.isEmpty()) return;
    m_view->choose(what);
    showMail(what);
}

void SandboxScreen::showEvent(QShowEvent* event) {
    Screen::showEvent(event);
    if (std::exchange(m_isStale, false)) m_rows->refresh();
}

void SandboxScreen::showMail(const QString& id) {
    // A mail that has arrived does not change any more.
    if (id == m_shown) return;
    m_shown = id;
    m_mail->show();
    m_view->keepInView();
    m_mail->say(tr("Loading…"));
    link().ask(
        this, [&](client::EngineClient& engine) { return engine.sandboxMail(toUtf8(id)); },
        [this, round = ++m_round](const Result<contract::MailContent>& mail) {
            if (round != m_round) return;
            if (mail) return m_mail->present(shownMail(*mail));
            m_shown.clear();
            m_mail->say(errorText(mail.error()));
        });
}

void SandboxScreen::leaveMail() {
    ++m_round;
    m_shown.clear();
    m_mail->hide();
    m_mail->say({});
    m_table->setFocus();
}

void SandboxScreen::showStatus() {
    const int count = m_rows->rowCount();
    m_newer->setVisible(m_rows->hasNewer());
    m_clear->setEnabled(count > 0);
    if (m_rows->isLoading())
        m_status->setText(tr("Loading…"));
    else if (m_rows->hasMore())
        m_status->setText(tr("%1 loaded, more below", "mails").arg(countText(count)));
    else
        m_status->setText(tr("%Ln mail(s)", nullptr, count));
    // Of a lost link the window itself speaks.
    if (m_rows->trouble() && link().state() == Link::State::Online)
        m_trouble->say(Tone::Bad, errorText(*m_rows->trouble()), tr("Try again"), [this] { m_rows->refresh(); });
    else
        m_trouble->clear();
    const bool empty = count == 0 && !m_rows->isLoading();
    m_status->setVisible(!empty);
    if (empty && !m_mail->isHidden()) leaveMail();
    m_pages->setCurrentWidget(empty ? static_cast<QWidget*>(m_empty) : m_split);
}

void SandboxScreen::askToEmpty() {
    const int count = m_rows->rowCount();
    confirm(
        this, tr("Empty the sandbox?"),
        m_rows->hasMore()
            ? tr("All its mails are deleted for good: the %1 that are listed and those below.").arg(countText(count))
            : tr("%Ln mail(s) are deleted for good.", nullptr, count),
        tr("Empty the inbox"), [this] { empty(); });
}

void SandboxScreen::empty() {
    m_clear->setEnabled(false);
    link().ask(
        this, [](client::EngineClient& engine) { return engine.clearSandbox(); },
        [this](const Result<>& result) {
            if (result)
                desk().notices.tell(Tone::Good, tr("The sandbox was emptied."));
            else
                desk().notices.tell(Tone::Bad, errorText(result.error()));
            showStatus();
            m_view->showNewest();
        });
}

}  // namespace postroom::ui
