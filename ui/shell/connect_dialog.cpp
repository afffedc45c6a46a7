// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/shell/connect_dialog.h"

#include "engine/base/text.h"
#include "ui/widgets/card.h"
#include "ui/widgets/field.h"

#include <QDialogButtonBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QUrl>
#include <QVBoxLayout>

namespace postroom::ui {

ConnectDialog::ConnectDialog(const EngineAddress& given, QWidget* parent)
    : QDialog(parent),
      m_url(new QLineEdit(given.url)),
      m_key(new QLineEdit(given.key)),
      m_secret(new QLineEdit),
      m_fingerprint(new QLineEdit(given.fingerprint)) {
    setWindowTitle(tr("Connect to another engine"));
    setMinimumWidth(480);
    auto* all = new QVBoxLayout(this);
    all->setSpacing(10);
    all->addWidget(
        mutedLabel(tr("The window attaches to a Postroom that runs elsewhere. What runs here goes on."), this));
    m_url->setPlaceholderText(QStringLiteral("https://mail.example.org:8000"));
    m_secret->setEchoMode(QLineEdit::Password);
    m_urlField = new Field(QStringLiteral("url"), tr("Address"), m_url, {}, this);
    all->addWidget(m_urlField);
    all->addWidget(new Field(QStringLiteral("key"), tr("API key"), m_key,
                             tr("One with the scope admin shows everything; read only shows."), this));
    all->addWidget(new Field(QStringLiteral("secret"), tr("API secret"), m_secret, tr("It is not kept."), this));
    m_fingerprintField =
        new Field(QStringLiteral("fingerprint"), tr("Certificate's fingerprint (SHA-256)"), m_fingerprint,
                  tr("Only for a certificate of the engine's own making; else leave it empty."), this);
    all->addWidget(m_fingerprintField);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_connect = buttons->addButton(tr("Connect"), QDialogButtonBox::AcceptRole);
    m_connect->setProperty("role", QStringLiteral("primary"));
    all->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    for (QLineEdit* line : {m_url, m_key, m_secret, m_fingerprint})
        connect(line, &QLineEdit::textChanged, this, &ConnectDialog::check);
    check();
    (given.url.isEmpty() ? m_url : m_key->text().isEmpty() ? m_key : m_secret)->setFocus();
}

EngineAddress ConnectDialog::address() const {
    QString url = m_url->text().trimmed();
    while (url.endsWith(QLatin1Char('/'))) url.chop(1);
    return {.url = url, .key = m_key->text().trimmed(), .fingerprint = m_fingerprint->text().trimmed()};
}

Secret ConnectDialog::secret() const {
    return Secret{toUtf8(m_secret->text().trimmed())};
}

void ConnectDialog::check() {
    static const QRegularExpression sha256(QStringLiteral("^([0-9A-Fa-f]{2}:?){32}$"));
    const EngineAddress given = address();
    const QUrl url(given.url, QUrl::StrictMode);
    const bool https = url.scheme() == QStringLiteral("https");
    const bool isUrl = url.isValid() && !url.host().isEmpty() && (https || url.scheme() == QStringLiteral("http"));
    const bool bare = (url.path().isEmpty() || url.path() == QStringLiteral("/")) && url.userInfo().isEmpty();
    m_urlField->setWrong(given.url.isEmpty() || (isUrl && bare) ? QString()
                                                                : tr("Is not an address such as https://host:8000"));
    const bool local = url.host() == QStringLiteral("localhost") || url.host().startsWith(QStringLiteral("127.")) ||
                       url.host() == QStringLiteral("::1");
    m_urlField->setHint(isUrl && !https && !local ? tr("Without https the secret crosses the network readable.")
                                                  : QString());
    const bool pinFits = given.fingerprint.isEmpty() || (https && sha256.match(given.fingerprint).hasMatch());
    m_fingerprintField->setWrong(pinFits ? QString()
                                 : https ? tr("Is not a SHA-256 fingerprint: 64 hexadecimal digits")
                                         : tr("Only an https address has a certificate"));
    m_connect->setEnabled(isUrl && bare && pinFits && !given.key.isEmpty() && !m_secret->text().trimmed().isEmpty());
}

}  // namespace postroom::ui
