// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/screens/keys/key_secret.h"

#include "engine/base/text.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/card.h"
#include "ui/widgets/copy.h"
#include "ui/widgets/plain.h"

#include <QCheckBox>
#include <QCloseEvent>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace postroom::ui {

namespace {
constexpr int usualWidth = 600;

void addLine(QVBoxLayout& all, const QString& name, const std::string& value, QWidget* parent) {
    auto* title = new QLabel(name, parent);
    all.addWidget(title);
    all.addWidget(new CopyLine(name, toQString(printable(value, 4000)), parent));
}
}  // namespace

KeySecret::KeySecret(const contract::ApiKey& key, QWidget* parent, const QString& says) : QDialog(parent) {
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(says.isEmpty() ? tr("The new key") : tr("The new secret"));
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(16, 16, 16, 16);
    all->setSpacing(8);
    auto* banner = new Banner(this);
    banner->say(Tone::Warn, says.isEmpty()
                                ? tr("The secret is shown this once. Postroom keeps only a fingerprint of it: if it is "
                                     "lost, revoke the key and create another.")
                                : tr("The secret is shown this once. Postroom keeps only a fingerprint of it: if it is "
                                     "lost, give the key another."));
    all->addWidget(banner);
    const QString inForce = tr("The key %1 is in force.").arg(toQString(printable(key.name, 120)));
    all->addWidget(mutedLabel(breakable(says.isEmpty() ? inForce : says), this));
    addLine(*all, tr("API key"), key.apiKey, this);
    addLine(*all, tr("API secret"), key.apiSecret.value_or(std::string()), this);
    all->addSpacing(4);
    m_saved = new QCheckBox(tr("I have saved the secret"), this);
    m_saved->setAccessibleName(m_saved->text());
    all->addWidget(m_saved);
    all->addStretch(1);
    m_close = new QPushButton(tr("Close"), this);
    m_close->setAccessibleName(m_close->text());
    m_close->setProperty("role", QStringLiteral("primary"));
    m_close->setAutoDefault(false);
    m_close->setEnabled(false);
    all->addWidget(m_close, 0, Qt::AlignRight);
    connect(m_saved, &QCheckBox::toggled, m_close, &QWidget::setEnabled);
    connect(m_close, &QPushButton::clicked, this, &KeySecret::accept);
    resize(usualWidth, sizeHint().height());
}

bool KeySecret::mayClose() {
    if (m_saved->isChecked()) return true;
    // Shows what it waits for.
    m_saved->setFocus(Qt::TabFocusReason);
    return false;
}

void KeySecret::reject() {
    if (mayClose()) QDialog::reject();
}

void KeySecret::accept() {
    if (mayClose()) QDialog::accept();
}

void KeySecret::closeEvent(QCloseEvent* event) {
    if (mayClose())
        QDialog::closeEvent(event);
    else
        event->ignore();
}

}  // namespace postroom::ui
