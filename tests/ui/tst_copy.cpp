// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/widgets/copy.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QMenu>
#include <QPushButton>
#include <QTest>
#include <QToolTip>

using namespace postroom::ui;

namespace {

QString copied() {
    return QGuiApplication::clipboard()->text();
}

}  // namespace

class TestCopy : public QObject {
    Q_OBJECT

private slots:
    void init() {
        QGuiApplication::clipboard()->clear();
        QToolTip::hideText();
        QTRY_VERIFY(!QToolTip::isVisible());
    }

    void saysThatItCopied() {
        CopyLine line(QStringLiteral("Key"), QStringLiteral("noti_0123"));
        line.show();
        QVERIFY(QTest::qWaitForWindowExposed(&line));
        QTest::mouseClick(line.findChild<QPushButton*>(), Qt::LeftButton);
        QCOMPARE(copied(), QStringLiteral("noti_0123"));
        QTRY_VERIFY(QToolTip::isVisible());
        QCOMPARE(QToolTip::text(), QStringLiteral("Copied"));
        // For a moment.
        QTRY_VERIFY_WITH_TIMEOUT(!QToolTip::isVisible(), 10000);
    }

    void saysThatItCopiedACommand() {
        CopyAsButton button([] {
            return CopyAsButton::Commands{.curl = QStringLiteral("curl -X GET"),
                                          .ctl = QStringLiteral("postroomctl x")};
        });
        button.show();
        QVERIFY(QTest::qWaitForWindowExposed(&button));
        for (QAction* action : button.menu()->actions()) {
            QToolTip::hideText();
            QTRY_VERIFY(!QToolTip::isVisible());
            action->trigger();
            QTRY_VERIFY(QToolTip::isVisible());
            QCOMPARE(QToolTip::text(), QStringLiteral("Copied"));
        }
        QCOMPARE(copied(), QStringLiteral("postroomctl x"));
    }

    void saysNothingWhereNobodyAsked() {
        copyText(QStringLiteral("text"));
        QCOMPARE(copied(), QStringLiteral("text"));
        QVERIFY(!QToolTip::isVisible());
    }
};

QTEST_MAIN(TestCopy)
#include "tst_copy.moc"
