// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/widgets/mail_preview.h"

#include "ui/widgets/card.h"
#include "ui/widgets/line_label.h"
#include "ui/widgets/mail_view.h"
#include "ui/widgets/plain.h"

#include <QFontDatabase>
#include <QGridLayout>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QTabBar>
#include <QTabWidget>
#include <QVBoxLayout>

namespace postroom::ui {

namespace {
enum Tab { Html, Text, Source, Parts };
}

MailPreview::MailPreview(QWidget* parent)
    : QWidget(parent),
      m_note(mutedLabel({}, this)),
      m_mail(new QWidget(this)),
      m_warning(mutedLabel({}, m_mail)),
      m_tabs(new QTabWidget(m_mail)),
      m_html(new MailView(m_tabs)),
      m_text(new MailView(m_tabs)),
      m_source(new QPlainTextEdit(m_tabs)),
      m_parts(new QListWidget(m_tabs)) {
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(m_note, 1);
    all->addWidget(m_mail, 1);
    m_note->setAlignment(Qt::AlignCenter);

    auto* mail = new QVBoxLayout(m_mail);
    mail->setContentsMargins(0, 0, 0, 0);
    mail->setSpacing(4);
    auto* head = new QGridLayout;
    head->setHorizontalSpacing(8);
    head->setVerticalSpacing(2);
    head->setColumnStretch(1, 1);
    head->setColumnStretch(3, 1);
    m_subject = addLine(head, 0, 0, tr("Subject"));
    head->removeWidget(m_subject.value);
    head->addWidget(m_subject.value, 0, 1, 1, 3);
    m_from = addLine(head, 1, 0, tr("From"));
    m_to = addLine(head, 1, 2, tr("To"));
    m_cc = addLine(head, 2, 2, tr("Cc"));
    auto* never = mutedLabel(tr("Remote content is never loaded"), m_mail);
    never->setWordWrap(false);
    head->addWidget(never, 2, 0, 1, 2);
    mail->addLayout(head);
    mail->addWidget(m_warning);
    mail->addWidget(m_tabs, 1);

    m_html->setAccessibleName(tr("The mail as html"));
    m_text->setAccessibleName(tr("The mail as text"));
    m_source->setAccessibleName(tr("The mail's source"));
    m_parts->setAccessibleName(tr("Attachments"));
    m_source->setReadOnly(true);
    m_source->setTabChangesFocus(true);
    m_source->setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    m_source->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    for (QWidget* named : {static_cast<QWidget*>(m_tabs), static_cast<QWidget*>(m_tabs->tabBar())})
        named->setAccessibleName(tr("Forms of the mail"));
    m_tabs->setDocumentMode(true);
    m_tabs->tabBar()->setDrawBase(false);
    m_tabs->addTab(m_html, tr("Html"));
    m_tabs->addTab(m_text, tr("Text"));
    m_tabs->addTab(m_source, tr("Source"));
    m_tabs->addTab(m_parts, tr("Attachments"));
    say({});
}

MailPreview::Line MailPreview::addLine(QGridLayout* grid, int row, int column, const QString& title) {
    auto* label = mutedLabel(title, m_mail);
    label->setWordWrap(false);
    auto* value = new LineLabel(m_mail);
    grid->addWidget(label, row, column);
    grid->addWidget(value, row, column + 1);
    return {label, value};
}

void MailPreview::fill(const Line& line, const QString& text) {
    line.title->setVisible(!text.isEmpty());
    line.value->setVisible(!text.isEmpty());
    line.value->showLine(text);
}

void MailPreview::present(const ShownMail& mail) {
    fill(m_subject, mail.subject);
    fill(m_from, mail.from);
    const QString comma = tr(", ", "between two addresses");
    fill(m_to, mail.to.join(comma));
    fill(m_cc, mail.cc.join(comma));
    const bool showsHtml = !mail.html.isEmpty() && MailView::canShow(mail.html);
    m_warning->setText(showsHtml || mail.html.isEmpty()
                           ? tr("The mail is long: only its beginning is shown.")
                           : tr("The html is nested too deeply to be shown. Its source is there to read."));
    m_warning->setVisible(mail.truncated || (!showsHtml && !mail.html.isEmpty()));
    m_html->showHtml(showsHtml ? mail.html : QString());
    m_text->showPlain(mail.text);
    m_source->setPlainText(mail.source);
    m_parts->clear();
    for (const ShownMail::Part& part : mail.attachments) {
        const QString name = part.filename.isEmpty() ? tr("No name") : part.filename.left(300);
        auto* item = new QListWidgetItem(
            tr("%1 (%2, %3)", "file, kind, size").arg(name, part.contentType.left(100), part.size), m_parts);
        item->setToolTip(toolTipOf(item->text()));
    }
    m_tabs->setTabText(Parts, tr("Attachments (%1)").arg(mail.attachments.size()));
    m_tabs->setTabVisible(Html, showsHtml);
    m_tabs->setTabVisible(Text, !mail.text.isEmpty());
    m_tabs->setTabVisible(Parts, !mail.attachments.isEmpty());
    m_tabs->setCurrentIndex(showsHtml ? Html : !mail.text.isEmpty() ? Text : Source);
    m_note->hide();
    m_mail->show();
}

void MailPreview::say(const QString& text) {
    m_note->setText(breakable(text));
    m_note->show();
    m_mail->hide();
    // What is not seen is not kept either.
    m_html->clear();
    m_text->clear();
    m_source->clear();
}

}  // namespace postroom::ui
