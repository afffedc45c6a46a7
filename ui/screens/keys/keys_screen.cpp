// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/screens/keys/keys_screen.h"

#include "ui/models/as_command.h"
#include "ui/models/row_list.h"
#include "ui/models/wording.h"
#include "ui/screens/keys/key_form.h"
#include "ui/screens/keys/key_secret.h"
#include "ui/screens/keys/key_words.h"
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

using contract::ApiKey;

constexpr auto keysPath = "/api/v1/admin/api-keys";

QString shown(const std::string& text, std::size_t limit = 300) {
    return toQString(printable(text, limit));
}

QVariant ofName(const ApiKey& key, int role) {
    if (role != Qt::ToolTipRole || key.description.empty()) return {};
    return toolTipOf(KeysScreen::tr("%1: %2").arg(shown(key.name, 120), shown(key.description, 500)));
}

QVariant ofKind(const ApiKey& key, int role) {
    if (role == ToneRole && key.isTest) return static_cast<int>(Tone::Busy);
    if (role == Qt::ToolTipRole && key.isTest) return KeysScreen::tr("What it sends goes to the sandbox only");
    return {};
}

bool isExpired(const ApiKey& key) {
    return key.expiresAt && *key.expiresAt <= SystemClock{}.now();
}

QString stateText(const ApiKey& key) {
    if (!key.isActive) return KeysScreen::tr("Revoked");
    return isExpired(key) ? KeysScreen::tr("Expired") : KeysScreen::tr("Active");
}

QVariant ofState(const ApiKey& key, int role) {
    if (role == ToneRole) return static_cast<int>(key.isActive && !isExpired(key) ? Tone::Good : Tone::Calm);
    if (role == Qt::ToolTipRole && key.revokedAt)
        return KeysScreen::tr("Revoked at %1").arg(exactTimeText(*key.revokedAt));
    return {};
}

PagedRows<ApiKey>::Plan planOf() {
    PagedRows<ApiKey>::Plan plan;
    plan.columns = {
        {.title = KeysScreen::tr("Name"), .text = [](const ApiKey& k) { return shown(k.name); }, .more = ofName},
        {.title = KeysScreen::tr("Key"), .text = [](const ApiKey& k) { return shown(k.apiKey); }},
        {.title = KeysScreen::tr("May"), .text = [](const ApiKey& k) { return joinedScopes(k.scopes); }},
        {.title = KeysScreen::tr("Kind"),
         .text = [](const ApiKey& k) { return k.isTest ? KeysScreen::tr("Test") : QString(); },
         .more = ofKind},
        {.title = KeysScreen::tr("State"), .text = stateText, .more = ofState},
        {.title = KeysScreen::tr("Created"),
         .text = [](const ApiKey& k) { return timeText(k.createdAt); },
         .more = [](const ApiKey& k,
                    int role) { return role == Qt::ToolTipRole ? QVariant(exactTimeText(k.createdAt)) : QVariant(); }},
        {.title = KeysScreen::tr("Expires"),
         .text =
             [](const ApiKey& k) { return k.expiresAt ? timeText(*k.expiresAt) : KeysScreen::tr("Never", "expires"); },
         .more =
             [](const ApiKey& k, int role) {
                 return role == Qt::ToolTipRole && k.expiresAt ? QVariant(exactTimeText(*k.expiresAt)) : QVariant();
             }},
        {.title = KeysScreen::tr("Last used"),
         .text = [](const ApiKey& k) { return k.lastUsedAt ? timeText(*k.lastUsedAt) : KeysScreen::tr("Never"); },
         .more =
             [](const ApiKey& k, int role) {
                 return role == Qt::ToolTipRole && k.lastUsedAt ? QVariant(exactTimeText(*k.lastUsedAt)) : QVariant();
             }},
    };
    plan.fetch = [](client::EngineClient& engine, const std::string& cursor, int limit) {
        return engine.keys({.limit = limit, .cursor = cursor});
    };
    plan.order = Order::OldestFirst;
    return plan;
}

}  // namespace

KeysScreen::KeysScreen(Desk& desk) : Screen(desk), m_rows(new PagedRows<ApiKey>(link(), planOf(), this)) {
    build();
    const auto key = [this](const QKeySequence& keys, auto act) {
        connect(new QShortcut(keys, this), &QShortcut::activated, this, act);
    };
    key(QKeySequence(Qt::Key_F5), [this] { m_rows->refresh(); });
    key(QKeySequence(Qt::CTRL | Qt::Key_N), [this] { add(); });
    key(QKeySequence(Qt::Key_Delete), [this] { revoke(); });
    connect(&link(), &Link::stale, m_rows, [this](const QString& topic) {
        if (topic == QStringLiteral("keys")) m_rows->refresh();
    });
    showSelected();
}

void KeysScreen::build() {
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(20, 16, 20, 16);
    all->setSpacing(12);
    all->addWidget(headingLabel(tr("API keys"), this));
    all->addWidget(buildActs());
    m_list = new RowList(*m_rows, link(), desk().layoutOf("keys"), "keys",
                         {.title = tr("No API key yet"),
                          .text = tr("A program signs in with a key and its secret to send messages through the API."),
                          .action = tr("Create the first key"),
                          .act = [this] { add(); }},
                         this);
    m_list->table()->setAccessibleName(tr("API keys"));
    m_list->table()->setColumnWidths({0, 18, 15, 6, 10, 13, 13, 13});
    all->addWidget(m_list, 1);
    connect(m_list, &RowList::selectedChanged, this, &KeysScreen::showSelected);
}

QWidget* KeysScreen::buildActs() {
    auto* acts = new QWidget(this);
    auto* line = new QHBoxLayout(acts);
    line->setContentsMargins(0, 0, 0, 0);
    const auto button = [this, acts, line](const QString& text, void (KeysScreen::*act)()) {
        auto* made = new QPushButton(text, acts);
        made->setAccessibleName(text);
        line->addWidget(made);
        connect(made, &QPushButton::clicked, this, act);
        return made;
    };
    QPushButton* add = button(tr("Create key"), &KeysScreen::add);
    add->setIcon(icon("plus"));
    add->setToolTip(tr("Ctrl+N"));
    m_copyKey = button(tr("Copy key"), &KeysScreen::copyKey);
    m_copyKey->setToolTip(tr("The key, without its secret"));
    m_rotate = button(tr("New secret"), &KeysScreen::rotate);
    m_rotate->setToolTip(tr("The old one stays good for a day"));
    m_revoke = button(tr("Revoke"), &KeysScreen::revoke);
    m_revoke->setProperty("role", QStringLiteral("danger"));
    m_revoke->setToolTip(tr("Del"));
    line->addStretch(1);
    auto* copyAs = new CopyAsButton(acts);
    line->addWidget(copyAs);
    const QString path = QString::fromLatin1(keysPath);
    copyAs->addAct(tr("List the keys"), [this, path] {
        return CopyAsButton::Commands{
            .curl = asCurl(link().url(), QStringLiteral("GET"), path),
            .ctl = asCtl(link().ctlArguments(), {QStringLiteral("keys"), QStringLiteral("list")})};
    });
    copyAs->addAct(tr("New secret"), [this, path] {
        const ApiKey* key = selected();
        if (!key) return CopyAsButton::Commands{};
        const QString one = QStringLiteral("%1/%2/rotate").arg(path, toQString(key->id.text()));
        return CopyAsButton::Commands{
            .curl = asCurl(link().url(), QStringLiteral("POST"), one),
            .ctl =
                asCtl(link().ctlArguments(), {QStringLiteral("keys"), QStringLiteral("rotate"), shown(key->apiKey)})};
    });
    copyAs->addAct(tr("Revoke"), [this, path] {
        const ApiKey* key = selected();
        if (!key) return CopyAsButton::Commands{};
        const QString one = QStringLiteral("%1/%2/revoke").arg(path, toQString(key->id.text()));
        return CopyAsButton::Commands{
            .curl = asCurl(link().url(), QStringLiteral("POST"), one),
            .ctl =
                asCtl(link().ctlArguments(), {QStringLiteral("keys"), QStringLiteral("revoke"), shown(key->apiKey)})};
    });
    return acts;
}

void KeysScreen::open(const QString& what) {
    if (what == QStringLiteral("new")) return add();
    if (!what.isEmpty()) m_list->select(what);
}

const ApiKey* KeysScreen::selected() const {
    const int row = m_list->selectedRow();
    return row < 0 || row >= m_rows->rowCount() ? nullptr : &m_rows->at(row);
}

void KeysScreen::showSelected() {
    const ApiKey* key = selected();
    m_copyKey->setEnabled(key != nullptr);
    m_rotate->setEnabled(key && key->isActive);
    m_revoke->setEnabled(key && key->isActive);
}

void KeysScreen::add() {
    auto* form = new KeyForm(desk(), this);
    connect(form, &KeyForm::wanted, this, [this, form] { create(*form); });
    form->open();
}

void KeysScreen::create(KeyForm& form) {
    link().ask(
        this, [&form](client::EngineClient& engine) { return engine.createKey(form.body()); },
        [this, form = QPointer(&form)](const Result<ApiKey>& key) {
            if (key && form) form->accept();
            if (key) return created(*key);
            if (form) return form->refused(key.error());
            desk().notices.tell(Tone::Bad, errorText(key.error()));
        });
}

void KeysScreen::created(const ApiKey& key) {
    desk().notices.tell(Tone::Good, tr("The key %1 was created.").arg(shown(key.name, 120)));
    m_list->select(toQString(key.id.text()));
    m_rows->refresh();
    (new KeySecret(key, this))->open();
}

void KeysScreen::copyKey() {
    if (const ApiKey* key = selected()) copyText(shown(key->apiKey, 4000), m_copyKey);
}

void KeysScreen::rotate() {
    const ApiKey* key = selected();
    if (!key || !key->isActive) return;
    QStringList lines{
        tr("Give the key %1 (%2) a new secret? The old one stays good for a day, so that its programs can "
           "change over.")
            .arg(shown(key->name, 120), shown(key->apiKey, 120))};
    if (key->oldSecretUntil && *key->oldSecretUntil > SystemClock{}.now())
        lines << QString()
              << tr("The secret before that, good until %1, ends at once.").arg(timeText(*key->oldSecretUntil));
    confirm(this, tr("A new secret"), lines.join(QLatin1Char('\n')), tr("New secret"), [this, id = key->id] {
        link().ask(
            this, [id](client::EngineClient& engine) { return engine.rotateKey(id); },
            [this](const Result<ApiKey>& rotated) {
                if (!rotated) return desk().notices.tell(Tone::Bad, errorText(rotated.error()));
                m_rows->refresh();
                const QString name = shown(rotated->name, 120);
                const QString says = rotated->oldSecretUntil
                                         ? tr("The key %1 has a new secret. The old one is good until %2.")
                                               .arg(name, timeText(*rotated->oldSecretUntil))
                                         : tr("The key %1 has a new secret. The old one is good no more.").arg(name);
                (new KeySecret(*rotated, this, says))->open();
            });
    });
}

void KeysScreen::revoke() {
    const ApiKey* key = selected();
    if (!key || !key->isActive) return;
    const QString name = shown(key->name, 120);
    QStringList lines{tr("Revoke the key %1 (%2)? Every program that signs in with it is refused at once:")
                          .arg(name, shown(key->apiKey, 120))};
    lines.append(QString());
    for (const std::string& scope : key->scopes)
        if (lines.size() < 10) lines.append(tr("• %1").arg(scopeLoss(scope)));
    lines.append(QString());
    lines.append(tr("What was accepted from it is still sent. This can't be taken back."));
    confirm(this, tr("Revoke an API key"), lines.join(QLatin1Char('\n')), tr("Revoke"), [this, id = key->id, name] {
        link().ask(
            this, [id](client::EngineClient& engine) { return engine.revokeKey(id); },
            [this, name](const Result<ApiKey>& revoked) {
                if (!revoked) return desk().notices.tell(Tone::Bad, errorText(revoked.error()));
                desk().notices.tell(Tone::Good, tr("The key %1 is revoked.").arg(name));
                m_rows->refresh();
            });
    });
}

}  // namespace postroom::ui
