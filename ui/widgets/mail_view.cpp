// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/widgets/mail_view.h"

#include "ui/widgets/theme.h"

#include <QSet>

namespace postroom::ui {

namespace {
// Laying out more than this takes the window's breath away; the source can be saved whole.
constexpr qsizetype longestShown = 512 * 1024;

// What a tag costs in microseconds of layout, about, as measured with Qt 6.4: a table twice as much at each level, what
// else nests one more at each.
constexpr qint64 costOfTable = 26;
constexpr qint64 costOfCell = 40;
constexpr qint64 mostCost = 700'000;
constexpr int deepestTables = 16;

// Nothing nests in these: they have no end, or the next of them ends them.
bool endsByItself(const QString& name) {
    static const QSet<QString> names{QStringLiteral("p"),
                                     QStringLiteral("br"),
                                     QStringLiteral("hr"),
                                     QStringLiteral("img"),
                                     QStringLiteral("li"),
                                     QStringLiteral("dt"),
                                     QStringLiteral("dd"),
                                     QStringLiteral("tr"),
                                     QStringLiteral("td"),
                                     QStringLiteral("th"),
                                     QStringLiteral("tbody"),
                                     QStringLiteral("thead"),
                                     QStringLiteral("meta"),
                                     QStringLiteral("tfoot"),
                                     QStringLiteral("link"),
                                     QStringLiteral("input"),
                                     QString()};
    return names.contains(name);
}

// A line of half a million letters takes Qt a minute to break: it gets its breaks here. Html in it may lose a tag,
// which nobody wrote this long.
QString withEnds(const QString& text) {
    constexpr qsizetype longestRun = 4000;
    QString out;
    out.reserve(text.size());
    qsizetype run = 0;
    for (const QChar c : text) {
        run = c.isSpace() ? 0 : run + 1;
        if (run > longestRun && !c.isLowSurrogate()) {
            out.append(QLatin1Char('\n'));
            run = 0;
        }
        out.append(c);
    }
    return out;
}

}  // namespace

MailView::MailView(QWidget* parent) : QTextBrowser(parent) {
    setOpenLinks(false);
    setOpenExternalLinks(false);
    setUndoRedoEnabled(false);
    setTabChangesFocus(true);
    setLineWrapMode(QTextEdit::WidgetWidth);
    setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
}

bool MailView::canShow(const QString& html) {
    qint64 cost = 0;
    int tables = 0, open = 0;
    const qsizetype end = qMin(html.size(), longestShown);
    for (qsizetype at = html.indexOf(QLatin1Char('<')); at >= 0 && at < end; at = html.indexOf(QLatin1Char('<'), at)) {
        const bool closes = ++at < end && html[at] == QLatin1Char('/');
        if (closes) ++at;
        const qsizetype begin = at;
        while (at < end && at - begin < 12 && html[at].isLetterOrNumber()) ++at;
        const QString name = html.mid(begin, at - begin).toLower();
        if (name == QStringLiteral("table")) {
            tables = closes ? qMax(0, tables - 1) : tables + 1;
            if (tables > deepestTables) return false;
            if (!closes) cost += costOfTable << tables;
        } else if (!endsByItself(name)) {
            open = closes ? qMax(0, open - 1) : open + 1;
            if (!closes) cost += open;
        } else if (!closes && (name == QStringLiteral("td") || name == QStringLiteral("th"))) {
            cost += costOfCell;
        }
        if (cost > mostCost) return false;
    }
    return true;
}

void MailView::showHtml(const QString& html) {
    // A mail that says black for its text and nothing for its ground counts on paper.
    const Colours& paper = paperColours();
    setStyleSheet(
        QStringLiteral("QTextBrowser { background: %1; color: %2; }").arg(paper.base.name(), paper.text.name()));
    document()->setDefaultStyleSheet(QStringLiteral("a { color: %1; }").arg(paper.accent.name()));
    setCurrentFont(font());
    setHtml(withEnds(html.left(longestShown)));
}

void MailView::showPlain(const QString& text) {
    setStyleSheet({});
    setPlainText(withEnds(text.left(longestShown)));
}

QVariant MailView::loadResource(int /*type*/, const QUrl& /*name*/) {
    return {};
}

void MailView::doSetSource(const QUrl& /*name*/, QTextDocument::ResourceType /*type*/) {}

}  // namespace postroom::ui
