// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/screens/accounts/accounts_screen.h"

#include "ui/models/as_command.h"
#include "ui/models/row_list.h"
#include "ui/models/wording.h"
#include "ui/screens/accounts/account_form.h"
#include "ui/screens/accounts/account_panel.h"
#include "ui/screens/accounts/connection_test.h"
#include "ui/widgets/card.h"
#include "ui/widgets/confirm.h"
#include "ui/widgets/copy.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/table.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QShortcut>

namespace postroom::ui {

namespace {

using contract::Account;

constexpr auto accountsPath = "/api/v1/admin/email-accounts";
constexpr int panelHeight = 205;

// In cells and sentences; what is longer is no address.
QString shown(const std::string& text, std::size_t limit = 300) {
    return toQString(printable(text, limit));
}

QString usedText(const Account& account) {
    if (!account.dailyLimit) return countText(account.dailySentCount);
    return AccountsScreen::tr("%1 / %2").arg(countText(account.dailySentCount), countText(*account.dailyLimit));
}

double usedShare(const Account& account) {
    if (!account.dailyLimit) return -1;
    if (*account.dailyLimit <= 0) return 1;
    return static_cast<double>(account.dailySentCount) / static_cast<double>(*account.dailyLimit);
}

QVariant ofState(const Account& account, int role) {
    if (role == ToneRole) return static_cast<int>(accountStateWord(account.state).tone);
    if (role == Qt::ToolTipRole && account.waitingFor) return toolTipOf(waitingText(*account.waitingFor));
    return {};
}

// The engine's order: the greatest priority first, then by id.
std::string keyOf(const Account& account) {
    std::string rank = std::to_string(1000 - account.priority);
    return std::string(6 - std::min<std::size_t>(6, rank.size()), '0') + rank + account.id.text();
}

PagedRows<Account>::Plan planOf() {
    constexpr auto right = Qt::AlignRight | Qt::AlignVCenter;
    PagedRows<Account>::Plan plan;
    plan.columns = {
        {.title = AccountsScreen::tr("E-mail"), .text = [](const Account& a) { return shown(a.email); }},
        {.title = AccountsScreen::tr("Name"), .text = [](const Account& a) { return shown(a.displayName); }},
        {.title = AccountsScreen::tr("Server"),
         .text = [](const Account& a) { return QStringLiteral("%1:%2").arg(shown(a.smtpHost)).arg(a.smtpPort); }},
        {.title = AccountsScreen::tr("State"),
         .text = [](const Account& a) { return accountStateWord(a.state).text; },
         .more = ofState},
        {.title = AccountsScreen::tr("Used / limit"),
         .text = usedText,
         .more = [](const Account& a, int role) { return role == FillRole ? QVariant(usedShare(a)) : QVariant(); },
         .alignment = right},
        {.title = AccountsScreen::tr("Priority"),
         .text = [](const Account& a) { return QString::number(a.priority); },
         .alignment = right},
        {.title = AccountsScreen::tr("Updated"),
         .text = [](const Account& a) { return timeText(a.updatedAt); },
         .more = [](const Account& a,
                    int role) { return role == Qt::ToolTipRole ? QVariant(exactTimeText(a.updatedAt)) : QVariant(); }},
    };
    plan.fetch = [](client::EngineClient& engine, const std::string& cursor, int limit) {
        return engine.accounts({.limit = limit, .cursor = cursor});
    };
    plan.order = Order::OldestFirst;
    plan.key = keyOf;
    return plan;
}

}  // namespace

AccountsScreen::AccountsScreen(Desk& desk) : Screen(desk), m_rows(new PagedRows<Account>(link(), planOf(), this)) {
    build();
    buildKeys();
    connect(&link(), &Link::stale, m_rows, [this](const QString& topic) {
        if (topic == QStringLiteral("accounts")) m_rows->refresh();
    });
    showSelected();
}

void AccountsScreen::build() {
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(20, 16, 20, 16);
    all->setSpacing(12);
    all->addWidget(headingLabel(tr("Mail accounts"), this));
    all->addWidget(buildActs());
    m_list =
        new RowList(*m_rows, link(), desk().layoutOf("accounts"), "accounts",
                    {.title = tr("No mail account yet"),
                     .text = tr("Messages leave through a mail account: an address with its SMTP server and login."),
                     .action = tr("Add the first account"),
                     .act = [this] { add(); }},
                    this);
    m_list->table()->setAccessibleName(tr("Mail accounts"));
    m_list->table()->setColumnWidths({0, 9, 18, 15, 15, 7, 15});
    all->addWidget(m_list, 1);
    m_panel = new AccountPanel(this);
    m_panel->setFixedHeight(panelHeight);
    all->addWidget(m_panel);
    connect(m_list, &RowList::selectedChanged, this, &AccountsScreen::showSelected);
    connect(m_list, &RowList::chosen, this, &AccountsScreen::edit);
}

QWidget* AccountsScreen::buildActs() {
    auto* acts = new QWidget(this);
    auto* line = new QHBoxLayout(acts);
    line->setContentsMargins(0, 0, 0, 0);
    const auto button = [this, acts, line](const QString& text, void (AccountsScreen::*act)()) {
        auto* made = new QPushButton(text, acts);
        made->setAccessibleName(text);
        line->addWidget(made);
        connect(made, &QPushButton::clicked, this, act);
        return made;
    };
    QPushButton* add = button(tr("Add account"), &AccountsScreen::add);
    add->setIcon(icon("plus"));
    add->setToolTip(tr("Ctrl+N"));
    m_edit = button(tr("Edit"), &AccountsScreen::edit);
    m_edit->setToolTip(tr("Return"));
    m_test = button(tr("Test"), &AccountsScreen::test);
    m_test->setToolTip(tr("Connect and log in, without sending"));
    m_toggle = button(tr("Disable"), &AccountsScreen::toggle);
    m_remove = button(tr("Remove"), &AccountsScreen::remove);
    m_remove->setProperty("role", QStringLiteral("danger"));
    m_remove->setToolTip(tr("Del"));
    line->addStretch(1);
    line->addWidget(m_copyAs = new CopyAsButton(acts));
    addCommands(*m_copyAs);
    return acts;
}

void AccountsScreen::buildKeys() {
    const auto key = [this](const QKeySequence& keys, auto act) {
        connect(new QShortcut(keys, this), &QShortcut::activated, this, act);
    };
    key(QKeySequence(Qt::Key_F5), [this] { m_rows->refresh(); });
    key(QKeySequence(Qt::CTRL | Qt::Key_N), [this] { add(); });
    key(QKeySequence(Qt::Key_Delete), [this] { remove(); });
}

void AccountsScreen::addCommands(CopyAsButton& copyAs) {
    const auto command = [this](const char* method, const char* act, const char* verb) {
        return [this, method, act, verb] {
            const Account* account = selected();
            if (!account) return CopyAsButton::Commands{};
            const QString id = toQString(account->id.text());
            const QString path = QString::fromLatin1(accountsPath) + QLatin1Char('/') + id + QString::fromLatin1(act);
            return CopyAsButton::Commands{
                .curl = asCurl(link().url(), QString::fromLatin1(method), path),
                .ctl = asCtl(link().ctlArguments(), {QStringLiteral("accounts"), QString::fromLatin1(verb), id})};
        };
    };
    copyAs.addAct(tr("List the accounts"), [this] {
        return CopyAsButton::Commands{
            .curl = asCurl(link().url(), QStringLiteral("GET"), QString::fromLatin1(accountsPath)),
            .ctl = asCtl(link().ctlArguments(), {QStringLiteral("accounts"), QStringLiteral("list")})};
    });
    copyAs.addAct(tr("Test"), command("POST", "/test", "test"));
    copyAs.addAct(tr("Enable"), command("POST", "/enable", "enable"));
    copyAs.addAct(tr("Disable"), command("POST", "/disable", "disable"));
    copyAs.addAct(tr("Remove"), command("DELETE", "", "remove"));
}

void AccountsScreen::open(const QString& what) {
    if (what == QStringLiteral("new")) return add();
    if (!what.isEmpty()) m_list->select(what);
}

const Account* AccountsScreen::selected() const {
    const int row = m_list->selectedRow();
    return row < 0 || row >= m_rows->rowCount() ? nullptr : &m_rows->at(row);
}

void AccountsScreen::showSelected() {
    const Account* account = selected();
    for (QPushButton* button : {m_edit, m_test, m_toggle, m_remove}) button->setEnabled(account != nullptr);
    m_panel->setVisible(account != nullptr);
    const bool isOff = account && !account->isActive;
    m_toggle->setText(isOff ? tr("Enable") : tr("Disable"));
    m_toggle->setAccessibleName(m_toggle->text());
    if (account) m_panel->show(*account);
}

template <typename Call>
void AccountsScreen::act(Call call, const QString& done) {
    link().ask(this, call, [this, done](const auto& result) {
        if (!result) return desk().notices.tell(Tone::Bad, errorText(result.error()));
        desk().notices.tell(Tone::Good, done);
        m_rows->refresh();
    });
}

void AccountsScreen::add() {
    showForm(std::nullopt);
}

void AccountsScreen::edit() {
    if (const Account* account = selected()) showForm(*account);
}

void AccountsScreen::test() {
    if (const Account* account = selected()) showTest(account->id, shown(account->email, 120));
}

void AccountsScreen::toggle() {
    const Account* account = selected();
    if (!account) return;
    const QString email = shown(account->email, 120);
    const Id id = account->id;
    if (account->isActive)
        act([id](client::EngineClient& engine) { return engine.disableAccount(id); },
            tr("%1 is disabled: nothing leaves through it.").arg(email));
    else
        act([id](client::EngineClient& engine) { return engine.enableAccount(id); }, tr("%1 is enabled.").arg(email));
}

void AccountsScreen::remove() {
    const Account* account = selected();
    if (!account) return;
    const QString email = shown(account->email);
    confirm(this, tr("Remove a mail account"),
            tr("Remove the account %1 with its password? Messages that wait for it go through other accounts or wait "
               "until there is one. This can't be taken back.")
                .arg(email),
            tr("Remove"), [this, id = account->id, email] {
                act([id](client::EngineClient& engine) { return engine.removeAccount(id); },
                    tr("%1 was removed.").arg(email));
            });
}

void AccountsScreen::showForm(std::optional<Account> seen) {
    auto* form = new AccountForm(desk(), std::move(seen), this);
    connect(form, &AccountForm::saved, this, [this](const QString& id) {
        m_list->select(id);
        m_rows->refresh();
    });
    connect(form, &AccountForm::testWanted, this, [this](const QString& id, const QString& email) {
        if (const auto account = Id::parse(toUtf8(id))) showTest(*account, email);
    });
    form->open();
}

void AccountsScreen::showTest(const Id& id, const QString& email) {
    (new ConnectionTest(desk(), id, email, this))->open();
}

}  // namespace postroom::ui
