// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/screens/compose/compose_screen.h"

#include "engine/base/text.h"
#include "ui/models/as_command.h"
#include "ui/models/wording.h"
#include "ui/screens/compose/compose_form.h"
#include "ui/screens/compose/sent_line.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/card.h"
#include "ui/widgets/copy.h"

#include <QCryptographicHash>
#include <QDragEnterEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMimeData>
#include <QPushButton>
#include <QScrollArea>
#include <QShortcut>

namespace postroom::ui {

namespace {

constexpr auto sendPath = "/api/v1/messages/email/send";
constexpr int accountsPage = 200;
// A list to choose from that is longer than this is none; the engine takes any address in the API.
constexpr std::size_t mostAccounts = 1000;

Draft keptDraft(const Desk& desk) {
    const auto* kept = std::any_cast<Draft>(&desk.draft);
    return kept ? *kept : Draft{};
}

QStringList filesIn(const QMimeData* dropped) {
    QStringList paths;
    for (const QUrl& url : dropped->urls())
        if (url.isLocalFile()) paths.append(url.toLocalFile());
    return paths;
}

// Files are long, and whoever runs the command has them.
json::Value bodyToCopy(const Draft& draft) {
    contract::SendRequest request = requestOf(draft);
    for (auto& attachment : request.attachments) attachment.content = "BASE64";
    return request.body();
}

}  // namespace

ComposeScreen::ComposeScreen(Desk& desk)
    : Screen(desk),
      m_form(new ComposeForm(keptDraft(desk))),
      m_trouble(new Banner(this)),
      m_sent(new SentLine(desk, this)),
      m_send(new QPushButton(tr("Send"), this)) {
    setAcceptDrops(true);
    build();
    connect(m_form, &ComposeForm::changed, this, [this] { this->desk().draft = m_form->draft(); });
    connect(m_send, &QPushButton::clicked, this, &ComposeScreen::send);
    connect(&link(), &Link::everythingStale, this, [this] { loadAccounts(); });
    connect(&link(), &Link::stale, this, [this](const QString& topic) {
        if (topic == QStringLiteral("accounts") && isVisible()) loadAccounts();
    });
    connect(new QShortcut(QKeySequence::Refresh, this), &QShortcut::activated, this, [this] { loadAccounts(); });
}

void ComposeScreen::build() {
    m_trouble->setObjectName(QStringLiteral("trouble"));
    m_send->setObjectName(QStringLiteral("send"));
    m_send->setAccessibleName(tr("Send the mail"));
    m_send->setProperty("role", QStringLiteral("primary"));
    auto* scroll = new QScrollArea(this);
    scroll->setWidget(m_form);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->viewport()->setAutoFillBackground(false);
    m_form->setAutoFillBackground(false);

    auto* head = new QHBoxLayout;
    head->addWidget(headingLabel(tr("Send a test mail"), this));
    head->addStretch(1);
    head->addWidget(new CopyAsButton(
        [this] {
            return CopyAsButton::Commands{.curl = asCurl(link().url(), QStringLiteral("POST"),
                                                         QString::fromLatin1(sendPath), bodyToCopy(m_form->draft())),
                                          .ctl = asCtl(link().ctlArguments(), wordsOf(m_form->draft()))};
        },
        this));
    head->addWidget(m_send);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(16, 12, 16, 12);
    all->addLayout(head);
    all->addWidget(m_trouble);
    all->addWidget(m_sent);
    all->addWidget(scroll, 1);
}

void ComposeScreen::showEvent(QShowEvent* event) {
    Screen::showEvent(event);
    loadAccounts();
}

void ComposeScreen::loadAccounts(const std::string& cursor) {
    if (cursor.empty()) {
        ++m_round;
        m_accounts.clear();
    }
    link().ask(
        this, [&](client::EngineClient& engine) { return engine.accounts({.limit = accountsPage, .cursor = cursor}); },
        [this, round = m_round](const Result<contract::Page<contract::Account>>& page) {
            if (round != m_round) return;
            // Whoever may not read the accounts can still send with any, or to the sandbox.
            if (!page) return;
            m_accounts.insert(m_accounts.end(), page->items.begin(), page->items.end());
            if (page->nextCursor && m_accounts.size() < mostAccounts) return loadAccounts(*page->nextCursor);
            std::vector<ComposeForm::AccountChoice> choices;
            for (const contract::Account& account : m_accounts)
                choices.push_back({toQString(account.id.text()), toQString(account.email)});
            m_form->setAccounts(choices);
        });
}

void ComposeScreen::send() {
    m_trouble->clear();
    if (!m_form->check()) return;
    m_send->setEnabled(false);
    m_send->setText(tr("Sending…"));
    link().ask(
        this,
        [this](client::EngineClient& engine) {
            const contract::SendRequest request = requestOf(m_form->draft());
            return engine.send(request, keyFor(request));
        },
        [this](const Result<contract::Receipt>& receipt) { sent(receipt); });
}

// The same mail after an answer that got lost goes under the same key: it is sent once.
std::string ComposeScreen::keyFor(const contract::SendRequest& request) {
    const std::string body = json::serialise(request.body());
    const QByteArray print = QCryptographicHash::hash(viewOf(body), QCryptographicHash::Sha256);
    if (m_key.empty() || m_keyed != print) m_key = makeId(SystemClock{}.now()).text();
    m_keyed = print;
    return m_key;
}

void ComposeScreen::sent(const Result<contract::Receipt>& receipt) {
    m_send->setEnabled(true);
    m_send->setText(tr("Send"));
    if (receipt) m_key.clear();
    if (receipt) return m_sent->follow(receipt->messageId);
    const Error& error = receipt.error();
    if (error.code != ErrorCode::ValidationFailed) return desk().notices.tell(Tone::Bad, errorText(error));
    const std::vector<FieldError> homeless = m_form->refuse(error.fields);
    if (!homeless.empty())
        m_trouble->say(Tone::Bad, fieldText(homeless.front()));
    else if (error.fields.empty())
        desk().notices.tell(Tone::Bad, errorText(error));
}

void ComposeScreen::dragEnterEvent(QDragEnterEvent* event) {
    if (!filesIn(event->mimeData()).isEmpty()) event->acceptProposedAction();
}

void ComposeScreen::dropEvent(QDropEvent* event) {
    m_form->addFiles(filesIn(event->mimeData()));
    event->acceptProposedAction();
}

}  // namespace postroom::ui
