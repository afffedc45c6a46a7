// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors

// The checks of the window's tests see what they are for.

#include "tests/ui/layout_faults.h"

#include <QHeaderView>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QStandardItemModel>
#include <QTableView>
#include <QTest>
#include <QVBoxLayout>

using namespace postroom::ui;

namespace {

// Two fields, and between them what a test puts there.
struct Form {
    QWidget window;
    QVBoxLayout* lines = new QVBoxLayout(&window);

    explicit Form(QWidget* between) {
        add(new QLineEdit, "first");
        add(between, "between");
        add(new QLineEdit, "last");
        window.show();
    }
    void add(QWidget* widget, const char* name) {
        widget->setAccessibleName(QString::fromLatin1(name));
        widget->setObjectName(QString::fromLatin1(name));
        lines->addWidget(widget);
    }
};

class Trap final : public QPushButton {
protected:
    bool focusNextPrevChild(bool) override { return true; }
};

}  // namespace

class TestLayoutFaults : public QObject {
    Q_OBJECT

private slots:
    void findsNothingInAFormThatIsWhole() {
        auto* text = new QPlainTextEdit;
        text->setTabChangesFocus(true);
        Form form(text);
        form.window.findChild<QLineEdit*>(QStringLiteral("last"))->setFocus();
        QCOMPARE(keyboardFaults(form.window), QStringList());
        // The focus is where it was.
        QVERIFY(form.window.focusWidget() == form.window.findChild<QLineEdit*>(QStringLiteral("last")));
        QVERIFY(text->toPlainText().isEmpty());
    }

    void findsAnEditorThatKeepsTheTab() {
        auto* text = new QPlainTextEdit;
        Form form(text);
        const QStringList faults = keyboardFaults(form.window);
        QCOMPARE(faults.size(), 1);
        QVERIFY2(faults.first().contains(QStringLiteral("keeps the Tab key")), qPrintable(faults.first()));
        QVERIFY(text->toPlainText().isEmpty());
    }

    void findsWhatDoesNotLetGo() {
        Form form(new Trap);
        const QString faults = keyboardFaults(form.window).join(QLatin1Char('\n'));
        QVERIFY2(faults.contains(QStringLiteral("doesn't let go")), qPrintable(faults));
        QVERIFY2(faults.contains(QStringLiteral("last")), qPrintable(faults));
    }

    void findsATitleThatIsCut() {
        QStandardItemModel model(1, 2);
        model.setHorizontalHeaderLabels({QStringLiteral("Recipients"), QStringLiteral("From")});
        auto* table = new QTableView;
        table->setModel(&model);
        Form form(table);
        QVERIFY(QTest::qWaitForWindowExposed(&form.window));
        QCOMPARE(cutTexts(form.window), QStringList());
        table->setColumnWidth(0, 30);
        const QStringList faults = cutTexts(form.window);
        QCOMPARE(faults.size(), 1);
        QVERIFY2(faults.first().contains(QStringLiteral("Recipients")), qPrintable(faults.first()));
    }
};

QTEST_MAIN(TestLayoutFaults)
#include "tst_layout_faults.moc"
