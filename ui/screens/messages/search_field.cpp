// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/screens/messages/search_field.h"

#include "engine/base/text.h"
#include "ui/models/wording.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/plain.h"

#include <QEvent>
#include <QLabel>
#include <QLineEdit>
#include <QStyle>
#include <QVBoxLayout>

namespace postroom::ui {

namespace {

using namespace std::chrono_literals;
// Long enough for the next letter, short enough to look like an answer.
constexpr auto pause = 300ms;

QString troubleText(const Error& error) {
    const QString text = error.fields.empty() ? errorText(error) : fieldText(error.fields.front());
    const std::string token = error.params.empty() ? std::string() : error.params.front().second;
    if (token.empty()) return text;
    return SearchField::tr("%1: %2", "a term: what is wrong with it").arg(breakable(toQString(token), 80), text);
}

}  // namespace

SearchField::SearchField(QWidget* parent) : QWidget(parent), m_editor(new QLineEdit(this)), m_text(new QLabel(this)) {
    m_editor->setObjectName(QStringLiteral("search"));
    m_editor->setAccessibleName(tr("Search messages"));
    m_editor->setPlaceholderText(tr("Search: a word, to:ann@example.com, status:failed…"));
    m_editor->setClearButtonEnabled(true);
    m_editor->addAction(icon("search"), QLineEdit::LeadingPosition);
    m_editor->setMaxLength(static_cast<int>(contract::Search::longest_bytes));
    m_editor->installEventFilter(this);
    m_text->setObjectName(QStringLiteral("search-text"));
    m_text->setTextFormat(Qt::PlainText);
    m_text->setWordWrap(true);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(3);
    all->addWidget(m_editor);
    all->addWidget(m_text);
    m_pause.setSingleShot(true);
    m_pause.setInterval(pause);
    connect(&m_pause, &QTimer::timeout, this, &SearchField::read);
    connect(m_editor, &QLineEdit::textChanged, this, [this] {
        m_pause.start();
        emit settledChanged();
    });
    connect(m_editor, &QLineEdit::returnPressed, this, &SearchField::read);
    showText();
}

void SearchField::setState(std::optional<contract::State> state) {
    m_state = state;
    read();
}

void SearchField::clear() {
    m_editor->clear();
    read();
}

void SearchField::setWrong(const QString& text) {
    if (text == m_wrong) return;
    m_wrong = text;
    showText();
    emit settledChanged();
}

void SearchField::read() {
    m_pause.stop();
    auto read = contract::Search::parse(toUtf8(m_editor->text()));
    if (read && m_state && read->status && read->status != m_state) {
        Error twice = invalidField("q", "search.repeated", {});
        twice.params.emplace_back("token", "status");
        read = fail(std::move(twice));
    }
    m_wrong = read ? QString() : troubleText(read.error());
    showText();
    const bool isOther = read && *read != m_search;
    if (isOther) m_search = std::move(*read);
    if (isOther) emit searched();
    emit settledChanged();
}

bool SearchField::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_editor && (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut))
        QTimer::singleShot(0, this, &SearchField::showText);
    return QWidget::eventFilter(watched, event);
}

void SearchField::showText() {
    const bool isWrong = !m_wrong.isEmpty();
    QString text = m_wrong;
    if (!isWrong && m_editor->hasFocus()) {
        QStringList tokens;
        for (const std::string_view token : contract::Search::tokens) tokens << toQString(token) + QLatin1Char(':');
        text = tr("%1 and free words; all must fit. What holds blanks goes into \"quotes\"; dates are UTC.")
                   .arg(tokens.join(QLatin1Char(' ')));
    }
    m_text->setText(text);
    m_text->setVisible(!text.isEmpty());
    m_text->setProperty("tone", isWrong ? QStringLiteral("bad") : QStringLiteral("muted"));
    m_editor->setProperty("wrong", isWrong);
    m_editor->setAccessibleDescription(withoutBreaks(text));
    for (QWidget* widget : {static_cast<QWidget*>(m_text), static_cast<QWidget*>(m_editor)}) {
        widget->style()->unpolish(widget);
        widget->style()->polish(widget);
    }
}

}  // namespace postroom::ui
