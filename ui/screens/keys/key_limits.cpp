// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/screens/keys/key_limits.h"

#include "engine/base/clock.h"
#include "engine/base/text.h"
#include "ui/widgets/field.h"

#include <QComboBox>
#include <QLineEdit>
#include <QRegularExpression>
#include <QToolButton>
#include <QVBoxLayout>

namespace postroom::ui {

namespace {

constexpr int gap = 8;

QStringList wordsOf(const QLineEdit& line) {
    static const QRegularExpression between(QStringLiteral("[\\s,;，；、]+"));
    return line.text().split(between, Qt::SkipEmptyParts);
}

json::Array arrayOf(const QStringList& words) {
    json::Array array;
    for (const QString& word : words) array.emplace_back(toUtf8(word));
    return array;
}

}  // namespace

KeyLimits::KeyLimits(QWidget* parent) : QWidget(parent) {
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(gap);
    m_more = new QToolButton(this);
    m_more->setText(tr("Advanced: until when, from where, as whom"));
    m_more->setAccessibleName(m_more->text());
    m_more->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_more->setArrowType(Qt::RightArrow);
    m_more->setCheckable(true);
    m_more->setFocusPolicy(Qt::StrongFocus);
    m_more->setObjectName(QStringLiteral("more"));
    all->addWidget(m_more);
    m_part = new QWidget(this);
    auto* part = new QVBoxLayout(m_part);
    part->setContentsMargins(0, 0, 0, 0);
    part->setSpacing(gap);
    m_expires = new QComboBox(m_part);
    m_expires->setObjectName(QStringLiteral("expires_at"));
    m_expires->addItem(tr("Never"), 0);
    for (const int days : {30, 90, 365}) m_expires->addItem(tr("After %n day(s)", nullptr, days), days);
    m_fields.push_back(new Field(QStringLiteral("expires_at"), tr("Ends by itself"), m_expires,
                                 tr("Then it is refused as if it were revoked"), m_part));
    part->addWidget(m_fields.back());
    m_ips = line("allowed_ips", tr("May be used from"),
                 tr("Addresses, networks like 10.0.0.0/8. Empty: from anywhere."), *m_part);
    m_from = line("allowed_from", tr("May send as"), tr("Addresses, *@example.com for all of a domain. Empty: as any."),
                  *m_part);
    all->addWidget(m_part);
    m_part->hide();
    connect(m_more, &QToolButton::toggled, this, [this](bool isOpen) {
        m_more->setArrowType(isOpen ? Qt::DownArrow : Qt::RightArrow);
        m_part->setVisible(isOpen);
    });
    connect(m_expires, &QComboBox::activated, m_fields.front(), [this] { m_fields.front()->setWrong({}); });
}

QLineEdit* KeyLimits::line(const char* name, const QString& label, const QString& hint, QWidget& part) {
    auto* edit = new QLineEdit(&part);
    auto* field = new Field(QString::fromLatin1(name), label, edit, hint, &part);
    edit->setObjectName(QString::fromLatin1(name));
    part.layout()->addWidget(field);
    connect(edit, &QLineEdit::textChanged, field, [field] { field->setWrong({}); });
    m_fields.push_back(field);
    return edit;
}

void KeyLimits::addTo(json::Object& body) const {
    if (const int days = m_expires->currentData().toInt(); days > 0)
        body["expires_at"] = toIso(SystemClock{}.now() + std::chrono::days{days});
    if (const QStringList ips = wordsOf(*m_ips); !ips.isEmpty()) body["allowed_ips"] = arrayOf(ips);
    if (const QStringList from = wordsOf(*m_from); !from.isEmpty()) body["allowed_from"] = arrayOf(from);
}

QStringList KeyLimits::ctl() const {
    QStringList words;
    if (const int days = m_expires->currentData().toInt(); days > 0)
        words << QStringLiteral("--expires") << QStringLiteral("%1d").arg(days);
    for (const QString& ip : wordsOf(*m_ips)) words << QStringLiteral("--allow-ip") << ip;
    for (const QString& from : wordsOf(*m_from)) words << QStringLiteral("--allow-from") << from;
    return words;
}

void KeyLimits::open() {
    m_more->setChecked(true);
}

}  // namespace postroom::ui
