// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/screens/accounts/connection_test.h"

#include "engine/base/text.h"
#include "ui/models/as_command.h"
#include "ui/models/wording.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/card.h"
#include "ui/widgets/copy.h"
#include "ui/widgets/icon.h"
#include "ui/widgets/plain.h"

#include <QFontDatabase>
#include <QGridLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

namespace postroom::ui {

namespace {
constexpr QSize usualSize(680, 560);
constexpr int signSize = 16;
// More than a server says in an honest dialogue; laying out megabytes would hold the window up.
constexpr qsizetype longestTranscript = 256 * 1024;
constexpr std::size_t mostSteps = 30;

QLabel* plainLabel(const QString& text, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    label->setTextFormat(Qt::PlainText);
    return label;
}
}  // namespace

ConnectionTest::ConnectionTest(Desk& desk, const Id& account, const QString& email, QWidget* parent)
    : QDialog(parent), m_desk(desk), m_account(account), m_email(email) {
    setWindowTitle(tr("Connection test of %1").arg(m_email));
    build();
    resize(usualSize);
    begin();
}

ConnectionTest::~ConnectionTest() {
    if (m_job != 0) m_desk.notices.finish(m_job, Tone::Calm, tr("The test of %1 was cancelled.").arg(m_email));
}

void ConnectionTest::done(int result) {
    QDialog::done(result);
    if (m_job == 0) deleteLater();
}

void ConnectionTest::build() {
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(16, 16, 16, 16);
    all->setSpacing(12);
    all->addWidget(m_banner = new Banner(this));

    m_progress = new QWidget(this);
    auto* progress = new QVBoxLayout(m_progress);
    progress->setContentsMargins(0, 0, 0, 0);
    QLabel* says = mutedLabel(breakable(tr("The engine connects and logs in as %1 does, without sending anything. This "
                                           "takes up to half a minute. Closed, it goes on, and the result comes to "
                                           "the activity panel.")
                                            .arg(m_email)),
                              m_progress);
    progress->addWidget(says);
    auto* bar = new QProgressBar(m_progress);
    bar->setRange(0, 0);
    bar->setTextVisible(false);
    bar->setAccessibleName(tr("The test is running"));
    progress->addWidget(bar);
    progress->addStretch(1);
    all->addWidget(m_progress, 1);

    m_result = new QWidget(this);
    auto* result = new QVBoxLayout(m_result);
    result->setContentsMargins(0, 0, 0, 0);
    result->setSpacing(8);
    auto* scroll = new QScrollArea(m_result);
    scroll->setWidgetResizable(true);
    scroll->setAccessibleName(tr("Steps of the test"));
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setObjectName(QStringLiteral("steps"));
    result->addWidget(scroll, 3);
    auto* title = plainLabel(tr("What was said"), m_result);
    result->addWidget(title);
    m_transcript = new QPlainTextEdit(m_result);
    m_transcript->setReadOnly(true);
    m_transcript->setTabChangesFocus(true);
    m_transcript->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_transcript->setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    m_transcript->setAccessibleName(title->text());
    title->setBuddy(m_transcript);
    result->addWidget(m_transcript, 2);
    all->addWidget(m_result, 1);
    buildButtons();
}

void ConnectionTest::buildButtons() {
    auto* buttons = new QHBoxLayout;
    static_cast<QVBoxLayout*>(layout())->addLayout(buttons);
    buttons->addWidget(new CopyAsButton(
        [this] {
            const QString id = toQString(m_account.text());
            return CopyAsButton::Commands{
                .curl = asCurl(m_desk.link.url(), QStringLiteral("POST"),
                               QStringLiteral("/api/v1/admin/email-accounts/%1/test").arg(id)),
                .ctl = asCtl(m_desk.link.ctlArguments(), {QStringLiteral("accounts"), QStringLiteral("test"), id})};
        },
        this));
    buttons->addStretch(1);
    const auto button = [this, buttons](const QString& text) {
        auto* made = new QPushButton(text, this);
        made->setAccessibleName(text);
        made->setAutoDefault(false);
        buttons->addWidget(made);
        return made;
    };
    m_copy = button(tr("Copy what was said"));
    m_again = button(tr("Test again"));
    m_cancel = button(tr("Cancel the test"));
    QPushButton* close = button(tr("Close"));
    connect(m_copy, &QPushButton::clicked, this, [this] { copyText(m_transcript->toPlainText(), m_copy); });
    connect(m_again, &QPushButton::clicked, this, &ConnectionTest::begin);
    connect(m_cancel, &QPushButton::clicked, this, &ConnectionTest::cancel);
    connect(close, &QPushButton::clicked, this, &QDialog::reject);
    close->setFocus();
}

void ConnectionTest::setRunning(bool isRunning) {
    m_progress->setVisible(isRunning);
    m_again->setVisible(!isRunning);
    m_cancel->setVisible(isRunning);
    if (!isRunning) return;
    m_banner->clear();
    m_result->hide();
    m_copy->setEnabled(false);
}

void ConnectionTest::begin() {
    setRunning(true);
    m_job = m_desk.notices.begin(tr("The connection of %1 is being tested.").arg(m_email), [this] { cancel(); });
    m_desk.link.ask(
        this, [this](client::EngineClient& engine) { return engine.testAccount(m_account); },
        [this, round = ++m_round](const Result<contract::AccountTest>& test) {
            if (round == m_round) arrived(test);
        });
}

void ConnectionTest::cancel() {
    ++m_round;
    setRunning(false);
    conclude(Tone::Calm, tr("The test of %1 was cancelled.").arg(m_email));
}

void ConnectionTest::arrived(const Result<contract::AccountTest>& test) {
    setRunning(false);
    if (!test) return conclude(Tone::Bad, errorText(test.error()));
    show(*test);
    if (test->ok)
        conclude(Tone::Good, tr("%1 works: the server let us in.").arg(m_email));
    else if (test->steps.empty())
        conclude(Tone::Bad, tr("%1 does not work.").arg(m_email));
    else
        conclude(Tone::Bad,
                 tr("%1 does not work. The test ended at: %2").arg(m_email, stageText(test->steps.back().stage)));
}

void ConnectionTest::conclude(Tone tone, const QString& text) {
    m_banner->say(tone, text);
    // Who looks at the dialog is told there; the window's own banner is for whom it is hidden from.
    m_desk.notices.finish(std::exchange(m_job, 0), isVisible() && tone == Tone::Bad ? Tone::Warn : tone, text);
    if (!isVisible()) deleteLater();
}

void ConnectionTest::show(const contract::AccountTest& test) {
    m_steps = new QWidget(this);
    auto* grid = new QGridLayout(m_steps);
    grid->setContentsMargins(4, 4, 4, 4);
    grid->setHorizontalSpacing(12);
    grid->setColumnStretch(3, 1);
    const std::size_t count = std::min(test.steps.size(), mostSteps);
    for (std::size_t step = 0; step < count; ++step) showStep(static_cast<int>(step), test.steps[step]);
    grid->setRowStretch(static_cast<int>(count), 1);
    // Deletes the steps of the test before.
    m_result->findChild<QScrollArea*>(QStringLiteral("steps"))->setWidget(m_steps);

    QStringList said;
    for (const std::string& line : test.transcript) said.append(toQString(line));
    m_transcript->setPlainText(said.join(QLatin1Char('\n')).left(longestTranscript));
    m_copy->setEnabled(!said.isEmpty());
    m_result->show();
}

void ConnectionTest::showStep(int row, const contract::AccountTest::Step& step) {
    auto* grid = static_cast<QGridLayout*>(m_steps->layout());
    auto* sign = new QLabel(m_steps);
    sign->setPixmap(iconPixmap(step.ok ? "check" : "close", inkOf(step.ok ? Tone::Good : Tone::Bad), signSize,
                               devicePixelRatioF()));
    sign->setAccessibleName(step.ok ? tr("Done") : tr("Failed"));
    grid->addWidget(sign, row, 0, Qt::AlignTop);
    auto* stage = plainLabel(stageText(step.stage), m_steps);
    if (!step.ok) stage->setProperty("tone", QStringLiteral("bad"));
    grid->addWidget(stage, row, 1, Qt::AlignTop);
    auto* took = plainLabel(durationText(std::chrono::milliseconds(step.took_ms)), m_steps);
    took->setProperty("tone", QStringLiteral("muted"));
    grid->addWidget(took, row, 2, Qt::AlignTop | Qt::AlignRight);
    auto* detail = plainLabel(breakable(toQString(printable(step.detail, 4000)), 1000), m_steps);
    detail->setWordWrap(true);
    detail->setTextInteractionFlags(Qt::TextSelectableByMouse);
    grid->addWidget(detail, row, 3, Qt::AlignTop);
}

}  // namespace postroom::ui
