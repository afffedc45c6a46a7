// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "tests/ui/fake_messages.h"
#include "ui/models/paged_rows.h"
#include "ui/models/paged_view.h"
#include "ui/widgets/table.h"

#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QScrollBar>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTest>

using namespace postroom;
using namespace postroom::ui;
using contract::Message;
using contract::State;

namespace {

constexpr auto listRoute = "GET /api/v1/messages";

using Rows = PagedRows<Message>;

Rows::Fetch fetchOf(std::optional<State> state) {
    return [state](client::EngineClient& engine, const std::string& cursor, int limit) {
        return engine.messages({.status = state, .limit = limit, .cursor = cursor});
    };
}

std::vector<Column<Message>> columns() {
    return {{.title = QStringLiteral("Subject"), .text = [](const Message& row) { return toQString(row.subject); }}};
}

// A list over an engine that is online, with its view in a window of a few rows.
struct Fixture {
    FakeDesk fake;
    FakeMessages messages{fake.engine};
    Rows rows{fake.link, Rows::Plan{.columns = columns(), .fetch = fetchOf({})}};
    Table table{QStringLiteral("test")};
    PagedView view{table, rows};
    QAbstractItemModelTester tester{&rows, QAbstractItemModelTester::FailureReportingMode::QtTest};

    bool load() {
        table.resize(400, 300);
        table.show();
        if (!QTest::qWaitForWindowExposed(&table) || !fake.connectNow()) return false;
        rows.reload();
        return settles();
    }
    // Nothing is under way, and nothing is waiting for its turn.
    bool settles() {
        QElapsedTimer quiet;
        quiet.start();
        std::size_t seen = fake.engine.asked().size();
        return QTest::qWaitFor(
            [&] {
                if (fake.engine.asked().size() != seen || rows.isLoading()) {
                    seen = fake.engine.asked().size();
                    quiet.restart();
                }
                return quiet.elapsed() > PagedTable::pace.count() + 100;
            },
            10000);
    }
    bool readDownTo(int count) {
        while (rows.rowCount() < count) {
            const int before = rows.rowCount();
            rows.more();
            if (!QTest::qWaitFor([&] { return rows.rowCount() > before; }, 5000)) return false;
        }
        return true;
    }
    [[nodiscard]] QString subjectAt(int row) const { return toQString(rows.at(row).subject); }
    // The rows are those of the engine, without a gap.
    [[nodiscard]] bool matches(std::size_t first = 0) const {
        for (int row = 0; row < rows.rowCount(); ++row)
            if (rows.idAt(row) != messages.idAt(first + static_cast<std::size_t>(row))) return false;
        return true;
    }
};

using contract::Account;

// Accounts as the engine lists them: the greatest priority first, then the oldest.
struct Accounts {
    FakeDesk fake;
    std::vector<Account> all;
    PagedRows<Account> rows{fake.link, planOf()};
    Table table{QStringLiteral("test")};
    PagedView view{table, rows};
    QAbstractItemModelTester tester{&rows, QAbstractItemModelTester::FailureReportingMode::QtTest};

    static std::string keyOf(const Account& account) {
        return std::to_string(1000 - account.priority) + account.id.text();
    }
    static PagedRows<Account>::Plan planOf() {
        return {.columns = {{.title = QStringLiteral("E-mail"),
                             .text = [](const Account& row) { return toQString(row.email); }}},
                .fetch = [](client::EngineClient& engine, const std::string& cursor,
                            int limit) { return engine.accounts({.limit = limit, .cursor = cursor}); },
                .order = Order::OldestFirst,
                .key = keyOf};
    }

    // `count` of priority 500; the first of them is the youngest, and of priority 510.
    bool load(int count) {
        for (int number = count; number > 0; --number) add(number, number == count ? 510 : 500);
        fake.engine.answer("GET /api/v1/admin/email-accounts",
                           [this](const client::ClientRequest& request) { return list(request); });
        table.resize(400, 300);
        table.show();
        if (!QTest::qWaitForWindowExposed(&table) || !fake.connectNow()) return false;
        rows.reload();
        return QTest::qWaitFor(
            [this] { return rows.rowCount() == static_cast<int>(std::min<std::size_t>(all.size(), 100)); }, 5000);
    }
    // Once the view has been laid out.
    bool scrollTo(int row) {
        return QTest::qWaitFor(
            [&] {
                table.verticalScrollBar()->setValue(row);
                return table.verticalScrollBar()->value() == row && table.rowAt(0) == row;
            },
            5000);
    }
    void add(int number, int priority) {
        Account made;
        made.id = makeId(TimePoint{std::chrono::minutes{29'000'000 + number}});
        made.email = std::to_string(number) + "@example.com";
        made.priority = priority;
        all.push_back(made);
        sort();
    }
    void sort() {
        std::sort(all.begin(), all.end(), [](const Account& a, const Account& b) { return keyOf(a) < keyOf(b); });
    }
    void setPriority(const std::string& email, int priority) {
        for (Account& one : all)
            if (one.email == email) one.priority = priority;
        sort();
    }
    [[nodiscard]] QStringList wanted() const {
        QStringList emails;
        for (const Account& one : all) emails.append(toQString(one.email));
        return emails;
    }
    [[nodiscard]] QStringList shown() const {
        QStringList emails;
        for (const Account& one : rows.rows()) emails.append(toQString(one.email));
        return emails;
    }

private:
    client::ClientReply list(const client::ClientRequest& request) const {
        const QUrlQuery query(QUrl(toQString(request.path)));
        const std::string cursor = toUtf8(query.queryItemValue(QStringLiteral("cursor")));
        const auto limit = static_cast<std::size_t>(query.queryItemValue(QStringLiteral("limit")).toInt());
        contract::Page<Account> page;
        for (const Account& one : all) {
            if (!cursor.empty() && keyOf(one) <= cursor) continue;
            if (page.items.size() == limit) {
                page.nextCursor = keyOf(page.items.back());
                break;
            }
            page.items.push_back(one);
        }
        return {.status = 200,
                .contentType = "application/json",
                .body = contract::successBody(contract::toJson(page), "test")};
    }
};

}  // namespace

class tst_paged_rows : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { QStandardPaths::setTestModeEnabled(true); }
    void loadsTheFirstPageAndTheNextOnDemand();
    void selectionAndScrollSurviveARefresh();
    void whatTheUserChoseIsNotChangedByTheRows();
    void theFirstPageMeetsTheRowsBelow();
    void aGapDropsTheRowsBelow();
    void readingFurtherDownDoesNotMove();
    void whatIsSeenFarDownIsBroughtUpToDateAfterMuchCameAtTheTop();
    void doesNotMoveWithinTheFirstPageHoweverMuchComes();
    void saysThatThereIsMoreAboveUntilTheReaderIsBack();
    void readingOnKeepsSayingThatThereIsMoreAbove();
    void asksAtMostFourTimesASecond();
    void keepsTwoThousandRows();
    void losesOnePageAtTheEndWhenMoreThanThatCome();
    void keepsHowFarASearchGotThatFoundNothingYet();
    void holdsNoMoreThanItHasRoomForWhateverThePages();
    void throwsAwayThePageOfAnOlderFilter();
    void saysWhyALoadFailedAndRecovers();
    void emptiesWhenTheEngineIsEmptied();
    void aWordOfTenKilobytesIsCutInItsCell();
    void followsAListThatIsSortedByAKey_data();
    void followsAListThatIsSortedByAKey();
    void aKeyThatStandsAboveWaitsOutOfSight();
    void seesFarDownThatAKeyStandsAbove();
};

void tst_paged_rows::loadsTheFirstPageAndTheNextOnDemand() {
    Fixture f;
    f.messages.addMany(250);
    QVERIFY(f.load());
    QCOMPARE(f.rows.rowCount(), 100);
    QVERIFY(f.rows.hasMore());
    QVERIFY(f.readDownTo(250));
    QVERIFY(f.settles());
    QVERIFY(!f.rows.hasMore());
    QVERIFY(f.matches());
    // Scrolling to the end is what asks for more.
    f.table.scrollToTop();
    f.rows.reload();
    QVERIFY(f.settles());
    QCOMPARE(f.rows.rowCount(), 100);
    f.table.scrollToBottom();
    QTRY_COMPARE_WITH_TIMEOUT(f.rows.rowCount(), 200, 5000);
}

void tst_paged_rows::selectionAndScrollSurviveARefresh() {
    Fixture f;
    f.messages.addMany(100);
    QVERIFY(f.load());
    const QString chosen = f.rows.idAt(50);
    f.view.choose(chosen);
    f.table.verticalScrollBar()->setValue(45);
    QVERIFY(f.settles());
    f.messages.all[50].status = State::Sent;
    f.messages.all[52].subject = "Changed";
    f.rows.refresh();
    QTRY_COMPARE_WITH_TIMEOUT(f.subjectAt(52), QStringLiteral("Changed"), 5000);
    QVERIFY(f.rows.at(50).status == State::Sent);
    QCOMPARE(f.rows.idAt(f.table.currentIndex().row()), chosen);
    QVERIFY(f.table.selectionModel()->isRowSelected(50));
    QCOMPARE(f.table.verticalScrollBar()->value(), 45);
}

void tst_paged_rows::whatTheUserChoseIsNotChangedByTheRows() {
    Fixture f;
    f.messages.addMany(10);
    QVERIFY(f.load());
    QSignalSpy moved(&f.view, &PagedView::moved);
    const QString chosen = f.rows.idAt(3);
    f.view.choose(chosen);
    QCOMPARE(f.table.currentIndex().row(), 3);
    const Message gone = f.messages.all[3];
    f.messages.all.erase(f.messages.all.begin() + 3);
    f.rows.refresh();
    QTRY_COMPARE_WITH_TIMEOUT(f.rows.rowCount(), 9, 5000);
    QVERIFY(f.settles());
    QVERIFY(!f.table.selectionModel()->hasSelection());
    QCOMPARE(moved.count(), 0);
    // It comes back, and is what was chosen again.
    f.messages.all.insert(f.messages.all.begin() + 3, gone);
    f.rows.refresh();
    QTRY_COMPARE_WITH_TIMEOUT(f.table.currentIndex().row(), 3, 5000);
    QVERIFY(f.table.selectionModel()->isRowSelected(3));
    QTest::keyClick(&f.table, Qt::Key_Down);
    QTRY_COMPARE_WITH_TIMEOUT(moved.count(), 1, 5000);
    QCOMPARE(moved.takeFirst().first().toString(), f.messages.idAt(4));
}

void tst_paged_rows::theFirstPageMeetsTheRowsBelow() {
    Fixture f;
    f.messages.addMany(300);
    QVERIFY(f.load());
    QVERIFY(f.readDownTo(200));
    QVERIFY(f.settles());
    f.messages.addMany(30);
    f.rows.refresh();
    QTRY_COMPARE_WITH_TIMEOUT(f.rows.rowCount(), 230, 5000);
    QVERIFY(f.matches());
    QVERIFY(f.rows.hasMore());
    QVERIFY(f.readDownTo(330));
    QVERIFY(f.matches());
}

void tst_paged_rows::aGapDropsTheRowsBelow() {
    Fixture f;
    f.messages.addMany(200);
    QVERIFY(f.load());
    QVERIFY(f.readDownTo(200));
    QVERIFY(f.settles());
    f.messages.addMany(150);
    f.rows.refresh();
    QTRY_COMPARE_WITH_TIMEOUT(f.rows.rowCount(), 100, 5000);
    QVERIFY(f.matches());
    QVERIFY(f.rows.hasMore());
    QVERIFY(f.readDownTo(350));
    QVERIFY(f.matches());
}

void tst_paged_rows::readingFurtherDownDoesNotMove() {
    Fixture f;
    f.messages.addMany(300);
    QVERIFY(f.load());
    QVERIFY(f.readDownTo(300));
    f.table.verticalScrollBar()->setValue(150);
    QVERIFY(f.settles());
    const QString seen = f.rows.idAt(150);
    f.messages.addMany(20);
    f.messages.all[20 + 155].subject = "Changed";
    f.rows.refresh();
    QTRY_VERIFY_WITH_TIMEOUT(f.rows.hasNewer(), 5000);
    QCOMPARE(f.rows.rowCount(), 300);
    QCOMPARE(f.rows.idAt(150), seen);
    QCOMPARE(f.subjectAt(155), QStringLiteral("Changed"));
    QCOMPARE(f.table.verticalScrollBar()->value(), 150);
    QVERIFY(f.matches(20));
}

void tst_paged_rows::whatIsSeenFarDownIsBroughtUpToDateAfterMuchCameAtTheTop() {
    Fixture f;
    f.messages.addMany(100);
    QVERIFY(f.load());
    // Three times nearly a page comes in at the top, without a gap.
    for (int i = 0; i < 3; ++i) {
        f.messages.addMany(90);
        f.rows.refresh();
        QTRY_COMPARE_WITH_TIMEOUT(f.rows.rowCount(), 100 + 90 * (i + 1), 5000);
    }
    for (const int row : {120, 205, 290, 350}) {
        f.table.verticalScrollBar()->setValue(row);
        QVERIFY(f.settles());
        f.messages.all[static_cast<std::size_t>(row) + 5].subject = "Changed";
        f.rows.refresh();
        QTRY_COMPARE_WITH_TIMEOUT(f.subjectAt(row + 5), QStringLiteral("Changed"), 5000);
        QVERIFY(f.settles());
        QVERIFY(f.matches());
    }
}

void tst_paged_rows::doesNotMoveWithinTheFirstPageHoweverMuchComes() {
    Fixture f;
    f.messages.addMany(150);
    QVERIFY(f.load());
    f.table.verticalScrollBar()->setValue(40);
    QVERIFY(f.settles());
    std::size_t newer = 0;
    for (const int more : {1, 60, 70, 250, 450}) {
        f.messages.addMany(more);
        newer += static_cast<std::size_t>(more);
        f.messages.all[newer + 45].subject = "Changed " + std::to_string(newer);
        // Much at once takes a second look to get past.
        QTRY_COMPARE_WITH_TIMEOUT((f.rows.refresh(), f.subjectAt(45)), toQString(f.messages.all[newer + 45].subject),
                                  5000);
        QVERIFY(f.rows.hasNewer());
        QCOMPARE(f.table.verticalScrollBar()->value(), 40);
        QVERIFY(f.matches(newer));
    }
    f.view.showNewest();
    QTRY_VERIFY_WITH_TIMEOUT(!f.rows.hasNewer() && f.rows.idAt(0) == f.messages.idAt(0), 5000);
    QVERIFY(f.settles());
    QVERIFY(f.matches());
}

void tst_paged_rows::saysThatThereIsMoreAboveUntilTheReaderIsBack() {
    Fixture f;
    f.messages.addMany(100);
    QVERIFY(f.load());
    f.table.verticalScrollBar()->setValue(40);
    QVERIFY(f.settles());
    f.messages.addMany(5);
    f.rows.refresh();
    QTRY_VERIFY_WITH_TIMEOUT(f.rows.hasNewer(), 5000);
    f.view.showNewest();
    QTRY_VERIFY_WITH_TIMEOUT(!f.rows.hasNewer(), 5000);
    QCOMPARE(f.rows.idAt(0), f.messages.idAt(0));
    QCOMPARE(f.table.verticalScrollBar()->value(), 0);
    QVERIFY(f.matches());
}

void tst_paged_rows::readingOnKeepsSayingThatThereIsMoreAbove() {
    Fixture f;
    f.messages.addMany(300);
    QVERIFY(f.load());
    f.table.verticalScrollBar()->setValue(40);
    QVERIFY(f.settles());
    f.messages.addMany(5);
    f.rows.refresh();
    QTRY_VERIFY_WITH_TIMEOUT(f.rows.hasNewer(), 5000);
    QVERIFY(f.readDownTo(200));
    QVERIFY(f.rows.hasNewer());
}

void tst_paged_rows::asksAtMostFourTimesASecond() {
    Fixture f;
    f.messages.addMany(10);
    QVERIFY(f.load());
    const std::size_t before = f.fake.engine.count(listRoute);
    QElapsedTimer elapsed;
    elapsed.start();
    QTimer hurry;
    connect(&hurry, &QTimer::timeout, &f.rows, &PagedTable::refresh);
    hurry.start(5);
    QVERIFY(QTest::qWaitFor([&] { return f.fake.engine.count(listRoute) >= before + 5; }, 10000));
    // Five refreshes have four pauses between them.
    QVERIFY2(elapsed.elapsed() >= 4 * PagedTable::pace.count() - 20, qPrintable(QString::number(elapsed.elapsed())));
}

void tst_paged_rows::keepsTwoThousandRows() {
    Fixture f;
    f.messages.addMany(2500);
    QVERIFY(f.load());
    QVERIFY(f.readDownTo(PagedTable::mostRows));
    QVERIFY(f.settles());
    const std::size_t asked = f.fake.engine.count(listRoute);
    f.rows.more();
    QVERIFY(f.settles());
    QCOMPARE(f.fake.engine.count(listRoute), asked);
    QCOMPARE(f.rows.rowCount(), PagedTable::mostRows);
    QVERIFY(f.rows.hasMore());
}

void tst_paged_rows::losesOnePageAtTheEndWhenMoreThanThatCome() {
    Fixture f;
    f.messages.addMany(2500);
    QVERIFY(f.load());
    QVERIFY(f.readDownTo(PagedTable::mostRows));
    QVERIFY(f.settles());
    f.messages.addMany(1);
    f.rows.refresh();
    QTRY_COMPARE_WITH_TIMEOUT(f.rows.idAt(0), f.messages.idAt(0), 5000);
    QVERIFY(f.rows.rowCount() <= PagedTable::mostRows);
    QVERIFY(f.rows.rowCount() > PagedTable::mostRows - 2 * PagedTable::pageRows);
    QVERIFY(f.matches());
    QVERIFY(f.rows.hasMore());
    QVERIFY(f.readDownTo(PagedTable::mostRows - PagedTable::pageRows));
    QVERIFY(f.matches());
}

void tst_paged_rows::keepsHowFarASearchGotThatFoundNothingYet() {
    Fixture f;
    f.messages.add("Needle", State::Failed);
    f.messages.addMany(100, State::Sent);
    f.messages.slice = 20;
    f.rows.setFetch(fetchOf(State::Failed));
    QVERIFY(f.load());
    QCOMPARE(f.rows.rowCount(), 0);
    for (int page = 0; page < 2; ++page) {
        f.rows.more();
        QVERIFY(f.settles());
    }
    const std::optional<TimePoint> reached = f.rows.searchedBackTo();
    QCOMPARE(reached, std::optional(f.messages.all[59].id.bornAt()));
    f.messages.add("Other", State::Sent);
    f.rows.refresh();
    QVERIFY(f.settles());
    QCOMPARE(f.rows.searchedBackTo(), reached);
    // And goes on from there: 40 messages are left below, and the needle.
    f.rows.more();
    QVERIFY(f.settles());
    f.rows.more();
    QVERIFY(f.settles());
    f.rows.more();
    QTRY_COMPARE_WITH_TIMEOUT(f.rows.rowCount(), 1, 5000);
    QVERIFY(!f.rows.hasMore());
    // What it has found is not lost by a refresh either.
    f.rows.refresh();
    QVERIFY(f.settles());
    QCOMPARE(f.rows.rowCount(), 1);
}

// A search's pages are of any length: what would go over the edge is not loaded, to be thrown away, again and again.
void tst_paged_rows::holdsNoMoreThanItHasRoomForWhateverThePages() {
    Fixture f;
    f.messages.addMany(2500);
    f.messages.slice = 90;
    QVERIFY(f.load());
    QVERIFY(f.readDownTo(PagedTable::mostRows - PagedTable::pageRows + 1));
    QVERIFY(f.rows.isFull());
    QVERIFY(f.settles());
    const int count = f.rows.rowCount();
    const std::size_t asked = f.fake.engine.count(listRoute);
    f.rows.more();
    QVERIFY(f.settles());
    QCOMPARE(f.fake.engine.count(listRoute), asked);
    QCOMPARE(f.rows.rowCount(), count);
}

void tst_paged_rows::throwsAwayThePageOfAnOlderFilter() {
    Fixture f;
    f.messages.addMany(150, State::Sent);
    f.messages.add("Failed", State::Failed);
    QVERIFY(f.load());
    const std::size_t asked = f.fake.engine.count(listRoute);
    f.fake.engine.hold(listRoute);
    f.rows.more();
    QTRY_COMPARE_WITH_TIMEOUT(f.fake.engine.count(listRoute), asked + 1, 5000);
    f.rows.setFetch(fetchOf(State::Failed));
    f.rows.reload();
    f.fake.engine.release(listRoute);
    QTRY_COMPARE_WITH_TIMEOUT(f.rows.rowCount(), 1, 5000);
    QVERIFY(f.settles());
    QCOMPARE(f.rows.rowCount(), 1);
    QCOMPARE(f.subjectAt(0), QStringLiteral("Failed"));
    QVERIFY(!f.rows.hasMore());
}

void tst_paged_rows::saysWhyALoadFailedAndRecovers() {
    Fixture f;
    f.messages.addMany(3);
    QVERIFY(f.load());
    f.fake.engine.refuse(listRoute, Error{.code = ErrorCode::Forbidden, .detail = "no"});
    f.rows.refresh();
    QTRY_VERIFY_WITH_TIMEOUT(f.rows.trouble().has_value(), 5000);
    QVERIFY(f.rows.trouble()->code == ErrorCode::Forbidden);
    QCOMPARE(f.rows.rowCount(), 3);
    const FakeMessages again(f.fake.engine);
    f.rows.refresh();
    QTRY_VERIFY_WITH_TIMEOUT(!f.rows.trouble().has_value(), 5000);
    QCOMPARE(f.rows.rowCount(), 0);
}

void tst_paged_rows::emptiesWhenTheEngineIsEmptied() {
    Fixture f;
    f.messages.addMany(150);
    QVERIFY(f.load());
    f.messages.all.clear();
    f.rows.refresh();
    QTRY_COMPARE_WITH_TIMEOUT(f.rows.rowCount(), 0, 5000);
    QVERIFY(!f.rows.hasMore());
    f.messages.addMany(2);
    f.rows.refresh();
    QTRY_COMPARE_WITH_TIMEOUT(f.rows.rowCount(), 2, 5000);
    QVERIFY(f.matches());
}

void tst_paged_rows::aWordOfTenKilobytesIsCutInItsCell() {
    Fixture f;
    f.messages.add(std::string(10240, 'x') + "<b>");
    QVERIFY(f.load());
    QVERIFY(f.rows.index(0, 0).data().toString().size() <= 500);
    const QString tip = f.rows.index(0, 0).data(Qt::ToolTipRole).toString();
    QVERIFY(tip.size() < 1000);
    QVERIFY(!tip.contains(QStringLiteral("<b>")));
}

void tst_paged_rows::followsAListThatIsSortedByAKey_data() {
    using Act = std::function<void(Accounts&)>;
    QTest::addColumn<Act>("act");
    QTest::newRow("the first goes") << Act([](Accounts& a) { a.all.erase(a.all.begin()); });
    QTest::newRow("the first falls to the end") << Act([](Accounts& a) { a.setPriority("60@example.com", 1); });
    QTest::newRow("the first falls among the others") << Act([](Accounts& a) {
        a.setPriority("9@example.com", 400);
        a.setPriority("60@example.com", 450);
    });
    QTest::newRow("the first rises") << Act([](Accounts& a) { a.setPriority("60@example.com", 700); });
    QTest::newRow("another becomes the first") << Act([](Accounts& a) { a.setPriority("30@example.com", 700); });
    QTest::newRow("the first two change places") << Act([](Accounts& a) { a.setPriority("1@example.com", 600); });
    QTest::newRow("a new one among the others") << Act([](Accounts& a) { a.add(100, 500); });
    QTest::newRow("an old one among the others") << Act([](Accounts& a) { a.add(0, 500); });
    QTest::newRow("all of them go") << Act([](Accounts& a) { a.all.clear(); });
}

void tst_paged_rows::followsAListThatIsSortedByAKey() {
    QFETCH(std::function<void(Accounts&)>, act);
    Accounts a;
    QVERIFY(a.load(60));
    QCOMPARE(a.shown(), a.wanted());
    QVERIFY(a.scrollTo(30));
    act(a);
    a.rows.refresh();
    QTRY_COMPARE_WITH_TIMEOUT(a.shown(), a.wanted(), 5000);
    QVERIFY(!a.rows.hasNewer());
    if (!a.all.empty()) QVERIFY(a.table.verticalScrollBar()->value() >= 29);
}

void tst_paged_rows::aKeyThatStandsAboveWaitsOutOfSight() {
    Accounts a;
    QVERIFY(a.load(60));
    const QStringList before = a.shown();
    QVERIFY(a.scrollTo(30));
    // Older than all of them by its id: what counts is where it stands.
    a.add(0, 900);
    a.rows.refresh();
    QTRY_VERIFY_WITH_TIMEOUT(a.rows.hasNewer(), 5000);
    QCOMPARE(a.shown(), before);
    a.view.showNewest();
    QTRY_COMPARE_WITH_TIMEOUT(a.shown(), a.wanted(), 5000);
    QVERIFY(!a.rows.hasNewer());
}

void tst_paged_rows::seesFarDownThatAKeyStandsAbove() {
    Accounts a;
    QVERIFY(a.load(300));
    while (a.rows.rowCount() < 300) {
        const int before = a.rows.rowCount();
        a.rows.more();
        QTRY_VERIFY_WITH_TIMEOUT(a.rows.rowCount() > before, 5000);
    }
    QVERIFY(a.scrollTo(250));
    const std::size_t asked = a.fake.engine.asked().size();
    a.all.erase(a.all.begin());
    a.rows.refresh();
    QTRY_VERIFY_WITH_TIMEOUT(a.fake.engine.asked().size() >= asked + 2, 5000);
    QVERIFY(!QTest::qWaitFor([&] { return a.rows.hasNewer(); }, 100));
    a.add(0, 900);
    QTRY_VERIFY_WITH_TIMEOUT((a.rows.refresh(), a.rows.hasNewer()), 5000);
    QCOMPARE(a.rows.rowCount(), 300);
    a.view.showNewest();
    QTRY_COMPARE_WITH_TIMEOUT(a.shown(), a.wanted(), 5000);
}

QTEST_MAIN(tst_paged_rows)
#include "tst_paged_rows.moc"
