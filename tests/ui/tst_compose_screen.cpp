// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/text.h"
#include "engine/contract/envelope.h"
#include "tests/ui/fake_engine.h"
#include "tests/ui/widget_checks.h"
#include "ui/screens/compose/attachment_list.h"
#include "ui/screens/compose/compose_screen.h"
#include "ui/screens/compose/draft.h"
#include "ui/widgets/copy.h"
#include "ui/widgets/field.h"

#include <QClipboard>
#include <QComboBox>
#include <QDir>
#include <QDropEvent>
#include <QListWidget>
#include <QMenu>
#include <QMimeData>
#include <QSettings>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTabWidget>
#include <QTemporaryDir>

using namespace postroom;
using namespace postroom::ui;
using namespace std::chrono_literals;
using contract::State;

namespace {

constexpr auto deadline = 5000;
constexpr auto sendRoute = "POST /api/v1/messages/email/send";
constexpr auto accountsRoute = "GET /api/v1/admin/email-accounts";

// The screen over an engine that is online, in a window of the smallest size.
struct Fixture {
    FakeDesk fake;
    Id sentId = makeId(TimePoint{1'795'000'000'000ms});
    Id accountId = makeId(TimePoint{1'795'000'000'001ms});
    std::unique_ptr<ComposeScreen> screen;

    bool show() {
        contract::Account account;
        account.id = accountId;
        account.email = "noreply@example.com";
        fake.engine.answer(accountsRoute, contract::toJson(contract::Page<contract::Account>{{account}, std::nullopt}));
        fake.engine.answer(sendRoute, contract::toJson(contract::Receipt{
                                          .messageId = sentId, .status = State::Queued, .recipients = {}}));
        serveState(State::Queued);
        return fake.connectNow() && build();
    }
    bool build() {
        screen = std::make_unique<ComposeScreen>(fake.desk);
        screen->resize(824, 640);
        screen->show();
        return QTest::qWaitForWindowActive(screen.get()) &&
               QTest::qWaitFor([this] { return account()->count() == 3; }, deadline);
    }
    void serveState(State state) {
        contract::Message message;
        message.id = sentId;
        message.status = state;
        fake.engine.answer("GET /api/v1/messages/" + sentId.text(), contract::toJson(message));
    }
    [[nodiscard]] Field* field(const char* name) const {
        for (auto* field : screen->findChildren<Field*>())
            if (field->name() == QString::fromLatin1(name)) return field;
        return nullptr;
    }
    [[nodiscard]] QString wrong(const char* name) const { return field(name)->wrong(); }
    void type(const char* name, const char* text) const {
        qobject_cast<QLineEdit*>(field(name)->editor())->setText(QString::fromUtf8(text));
    }
    [[nodiscard]] QPlainTextEdit* body(int tab) const {
        return qobject_cast<QPlainTextEdit*>(qobject_cast<QTabWidget*>(field("content")->editor())->widget(tab));
    }
    [[nodiscard]] QComboBox* account() const { return qobject_cast<QComboBox*>(field("account")->editor()); }
    [[nodiscard]] QPushButton* sendButton() const { return screen->findChild<QPushButton*>(QStringLiteral("send")); }
    [[nodiscard]] AttachmentList* files() const { return screen->findChild<AttachmentList*>(); }
    void fillIn() const {
        type("to", "ann@example.com");
        type("subject", "Test");
        body(0)->setPlainText(QStringLiteral("Hello"));
    }
    [[nodiscard]] QString sentState() const { return screen->findChild<QLabel*>(QStringLiteral("sent-state"))->text(); }
};

QString fileOf(const QTemporaryDir& folder, const QString& name, const QByteArray& bytes) {
    QFile file(folder.filePath(name));
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size()) qFatal("no room for a test file");
    return file.fileName();
}

std::string member(const json::Value& body, const char* name) {
    const json::Value* found = body.is_object() ? body.get_object().if_contains(name) : nullptr;
    return found ? json::serialise(*found) : std::string();
}

}  // namespace

class tst_compose_screen : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() {
        QStandardPaths::setTestModeEnabled(true);
        QCoreApplication::setOrganizationName(QStringLiteral("postroom-test"));
        QCoreApplication::setApplicationName(QStringLiteral("compose"));
        QSettings().clear();
    }
    void splitsAddresses_data();
    void splitsAddresses();
    void judgesAnAddress_data();
    void judgesAnAddress();
    void judgesADraft_data();
    void judgesADraft();
    void findsTheFieldOfAFault_data();
    void findsTheFieldOfAFault();
    void makesTheRequest();
    void beginsWithTheSandbox();
    void saysWhatIsWrongAsOneTypes();
    void saysWhatIsMissingWhenOneSends();
    void sendsAndFollowsTheMessageToItsEnd();
    void sendsThroughTheAccountThatIsChosen();
    void putsTheEnginesRefusalAtItsField();
    void tellsWhatBelongsToNoField();
    void attachesWhatIsDropped();
    void refusesMoreThanTwentyFiveMegabytes();
    void refusesWhatIsNoFile();
    void keepsTheDraftWhenItIsBuiltAnew();
    void anAccountThatIsGoneBecomesTheSandbox();
    void copiesTheMailAsACommand();
    void strangersTextNeitherWidensNorIsHtml();
    void everyFocusHasAName();
};

void tst_compose_screen::splitsAddresses_data() {
    QTest::addColumn<QString>("typed");
    QTest::addColumn<QStringList>("addresses");
    const auto row = [](const char* typed, const QStringList& addresses) {
        QTest::newRow(typed) << QString::fromUtf8(typed) << addresses;
    };
    const QString ann = QStringLiteral("ann@example.com"), bob = QStringLiteral("bob@example.com");
    row("", {});
    row(" , ;\n ", {});
    row("ann@example.com", {ann});
    row("ann@example.com, bob@example.com", {ann, bob});
    row("ann@example.com;bob@example.com\n", {ann, bob});
    row("\"Doe, Ann\" <ann@example.com>, bob@example.com", {QStringLiteral("\"Doe, Ann\" <ann@example.com>"), bob});
    row("\"a\\\",b\" <ann@example.com>,bob@example.com", {QStringLiteral("\"a\\\",b\" <ann@example.com>"), bob});
    row("\"never closed, ann@example.com", {QStringLiteral("\"never closed, ann@example.com")});
}

void tst_compose_screen::splitsAddresses() {
    QFETCH(QString, typed);
    QFETCH(QStringList, addresses);
    QCOMPARE(splitAddresses(typed), addresses);
}

void tst_compose_screen::judgesAnAddress_data() {
    QTest::addColumn<QString>("address");
    QTest::addColumn<QString>("reason");
    const auto row = [](const QString& address, const char* reason) {
        QTest::addRow("%s", qPrintable(address.left(40))) << address << QString::fromLatin1(reason);
    };
    row(QStringLiteral("ann@example.com"), "");
    row(QStringLiteral("ann.lee+tag@mail.example.com"), "");
    row(QStringLiteral("Ann <ann@example.com>"), "");
    row(QStringLiteral("\"Lee, Ann\" <ann@example.com>"), "");
    row(QStringLiteral("\"two words\"@example.com"), "");
    row(QStringLiteral("ann@localhost"), "");
    row(QStringLiteral("ann@[192.0.2.1]"), "");
    row(QString::fromUtf8("李雷 <ann@例子.测试>"), "");
    row(QString(), "address.empty");
    row(QStringLiteral("ann"), "address.invalid");
    row(QStringLiteral("@example.com"), "address.invalid");
    row(QStringLiteral("ann lee@example.com"), "address.invalid");
    row(QStringLiteral("ann..lee@example.com"), "address.invalid");
    row(QStringLiteral("ann@example.com>"), "address.invalid");
    row(QStringLiteral("ann@"), "address.domain_invalid");
    row(QStringLiteral("ann@exa mple.com"), "address.domain_invalid");
    row(QStringLiteral("ann@-example.com"), "address.domain_invalid");
    row(QStringLiteral("ann@example..com"), "address.domain_invalid");
    row(QStringLiteral("ann@127.0.0.1"), "address.domain_invalid");
    row(QString::fromUtf8("李雷@example.com"), "address.local_part_not_ascii");
    row(QStringLiteral("ann@exam\u0007ple.com"), "address.control_character");
    row(QString(65, QLatin1Char('a')) + QStringLiteral("@example.com"), "address.local_part_too_long");
    row(QStringLiteral("ann@") + QString(251, QLatin1Char('a')), "address.too_long");
}

void tst_compose_screen::judgesAnAddress() {
    QFETCH(QString, address);
    QFETCH(QString, reason);
    QCOMPARE(toQString(addressFault(address)), reason);
}

void tst_compose_screen::judgesADraft_data() {
    QTest::addColumn<Draft>("draft");
    QTest::addColumn<QStringList>("faults");
    const QString ann = QStringLiteral("ann@example.com");
    const auto with = [&ann](auto change) {
        Draft draft;
        draft.to = ann;
        draft.text = QStringLiteral("Hello");
        change(draft);
        return draft;
    };
    const auto row = [](const char* name, const Draft& draft, const QStringList& faults) {
        QTest::newRow(name) << draft << faults;
    };
    row("all is well", with([](Draft&) {}), {});
    row("html alone", with([](Draft& d) { d.html = std::exchange(d.text, {}); }), {});
    row("nothing", Draft{}, {QStringLiteral("to field.required"), QStringLiteral("content field.required")});
    row("a bad second address", with([](Draft& d) { d.to += QStringLiteral(", bob"); }),
        {QStringLiteral("to[1] address.invalid")});
    row("a bad copy", with([](Draft& d) { d.cc = QStringLiteral("x@"); }),
        {QStringLiteral("cc[0] address.domain_invalid")});
    row("a bad sender", with([](Draft& d) { d.from = QStringLiteral("shop"); }),
        {QStringLiteral("from address.invalid")});
    row("a long subject", with([](Draft& d) { d.subject = QString(2001, QLatin1Char('x')); }),
        {QStringLiteral("subject subject.too_long")});
    row("a control in the subject", with([](Draft& d) { d.subject = QStringLiteral("a\tb"); }),
        {QStringLiteral("subject subject.control_character")});
    row("too many", with([&ann](Draft& d) { d.cc = QStringList(1000, ann).join(QLatin1Char(',')); }),
        {QStringLiteral("to field.too_many")});
}

void tst_compose_screen::judgesADraft() {
    QFETCH(Draft, draft);
    QFETCH(QStringList, faults);
    QStringList found;
    for (const FieldError& fault : faultsOf(draft)) found.append(toQString(fault.field + " " + fault.reason));
    QCOMPARE(found, faults);
}

void tst_compose_screen::findsTheFieldOfAFault_data() {
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("field");
    QTest::addColumn<QString>("named");
    const auto row = [](const char* path, const char* field, const char* named) {
        QTest::newRow(path) << QString::fromLatin1(path) << QString::fromLatin1(field) << QString::fromUtf8(named);
    };
    row("to", "to", "");
    row("to[1]", "to", "bob@example.com");
    row("to[7]", "to", "");
    row("cc[0]", "cc", "");
    row("text", "content", "");
    row("attachments[0].content", "attachments", "发票.pdf");
    row("attachments[99999999999].content", "attachments", "");
    row("", "", "");
}

void tst_compose_screen::findsTheFieldOfAFault() {
    QFETCH(QString, path);
    Draft draft;
    draft.to = QStringLiteral("ann@example.com, bob@example.com");
    draft.cc = QStringLiteral("one@example.com");
    draft.files = {{.name = QString::fromUtf8("发票.pdf"), .contentType = {}}};
    QTEST(formFieldOf(toUtf8(path)), "field");
    QTEST(namedBy(toUtf8(path), draft), "named");
}

void tst_compose_screen::makesTheRequest() {
    Draft draft;
    draft.to = QStringLiteral("Ann <ann@example.com>, bob@example.com");
    draft.subject = QString::fromUtf8("测试");
    draft.html = QStringLiteral("<p>Hello</p>");
    draft.files = {{.name = QString::fromUtf8("发票.pdf"),
                    .contentType = QStringLiteral("application/pdf"),
                    .size_bytes = 3,
                    .base64 = std::make_shared<const std::string>("YWJj")}};
    const json::Value body = requestOf(draft).body();
    QCOMPARE(member(body, "to"), std::string("[\"Ann <ann@example.com>\",\"bob@example.com\"]"));
    QCOMPARE(member(body, "subject"), std::string("\"测试\""));
    QCOMPARE(member(body, "content"), std::string("\"<p>Hello</p>\""));
    QCOMPARE(member(body, "account"), std::string("\"sandbox\""));
    QCOMPARE(member(body, "attachments"),
             std::string("[{\"filename\":\"发票.pdf\",\"content_type\":\"application/pdf\",\"content\":\"YWJj\"}]"));
    for (const char* absent : {"cc", "from", "text"}) QCOMPARE(member(body, absent), std::string());
}

void tst_compose_screen::beginsWithTheSandbox() {
    Fixture f;
    QVERIFY(f.show());
    QCOMPARE(f.account()->currentData().toString(), QStringLiteral("sandbox"));
    QCOMPARE(f.account()->itemText(0), QStringLiteral("Any account"));
    QCOMPARE(f.account()->itemText(1), QStringLiteral("noreply@example.com"));
    QVERIFY(says(f.screen.get(), QStringLiteral("The mail stays in this engine.")));
    f.account()->setCurrentIndex(0);
    QVERIFY(says(f.screen.get(), QStringLiteral("The mail really goes to its recipients.")));
}

void tst_compose_screen::saysWhatIsWrongAsOneTypes() {
    Fixture f;
    QVERIFY(f.show());
    QCOMPARE(f.wrong("to"), QString());
    f.type("to", "ann");
    QCOMPARE(f.wrong("to"), QStringLiteral("Is not an e-mail address"));
    f.type("to", "ann@example.com, bob@");
    QCOMPARE(f.wrong("to"), QStringLiteral("bob@: What stands behind the @ is no domain"));
    f.type("to", "ann@example.com, bob@example.com");
    QCOMPARE(f.wrong("to"), QString());
    // What is missing elsewhere is not said yet.
    QCOMPARE(f.wrong("content"), QString());
}

void tst_compose_screen::saysWhatIsMissingWhenOneSends() {
    Fixture f;
    QVERIFY(f.show());
    f.sendButton()->click();
    QCOMPARE(f.wrong("to"), QStringLiteral("Is needed"));
    QCOMPARE(f.wrong("content"), QStringLiteral("Is needed"));
    QTRY_VERIFY_WITH_TIMEOUT(f.field("to")->editor()->hasFocus(), deadline);
    f.fillIn();
    QCOMPARE(f.wrong("to"), QString());
    QCOMPARE(f.wrong("content"), QString());
    QCOMPARE(f.fake.engine.count(sendRoute), std::size_t{0});
}

void tst_compose_screen::sendsAndFollowsTheMessageToItsEnd() {
    Fixture f;
    QVERIFY(f.show());
    f.fillIn();
    f.sendButton()->click();
    QVERIFY(!f.sendButton()->isEnabled());
    QTRY_COMPARE_WITH_TIMEOUT(f.sentState(), QStringLiteral("Queued"), deadline);
    QVERIFY(f.sendButton()->isEnabled());
    QCOMPARE(member(f.fake.engine.lastBody(sendRoute), "text"), std::string("\"Hello\""));
    QVERIFY(says(f.screen.get(), toQString(f.sentId.text())));
    f.serveState(State::Sent);
    f.fake.engine.push("messages", {f.sentId.text()});
    QTRY_COMPARE_WITH_TIMEOUT(f.sentState(), QStringLiteral("Sent"), deadline);
    // It has ended: nothing more is asked about it.
    const std::string route = "GET /api/v1/messages/" + f.sentId.text();
    const std::size_t asked = f.fake.engine.count(route);
    f.fake.engine.push("messages");
    f.fake.engine.push("accounts");
    const std::size_t accounts = f.fake.engine.count(accountsRoute);
    QTRY_VERIFY_WITH_TIMEOUT(f.fake.engine.count(accountsRoute) > accounts, deadline);
    QCOMPARE(f.fake.engine.count(route), asked);
    f.screen->findChild<QPushButton*>(QStringLiteral("show-sent"))->click();
    QVERIFY(f.fake.went.size() == 1 && f.fake.went.front().first == Place::Messages);
    QCOMPARE(f.fake.went.front().second, toQString(f.sentId.text()));
}

void tst_compose_screen::sendsThroughTheAccountThatIsChosen() {
    Fixture f;
    QVERIFY(f.show());
    f.fillIn();
    f.account()->setCurrentIndex(1);
    f.sendButton()->click();
    QTRY_COMPARE_WITH_TIMEOUT(f.fake.engine.count(sendRoute), std::size_t{1}, deadline);
    QCOMPARE(member(f.fake.engine.lastBody(sendRoute), "account"), "\"" + f.accountId.text() + "\"");
    QTRY_VERIFY_WITH_TIMEOUT(f.sendButton()->isEnabled(), deadline);
    f.account()->setCurrentIndex(0);
    f.sendButton()->click();
    QTRY_COMPARE_WITH_TIMEOUT(f.fake.engine.count(sendRoute), std::size_t{2}, deadline);
    QCOMPARE(member(f.fake.engine.lastBody(sendRoute), "account"), std::string());
}

void tst_compose_screen::putsTheEnginesRefusalAtItsField() {
    Fixture f;
    QVERIFY(f.show());
    f.fillIn();
    f.type("to", "ann@example.com, bob@example.com");
    f.fake.engine.refuse(sendRoute, Error{.code = ErrorCode::ValidationFailed,
                                          .detail = "to[1]: no",
                                          .fields = {{"to[1]", "address.too_long", "too long"},
                                                     {"subject", "subject.too_long", "too long"},
                                                     {"attachments[0].content", "attachment.too_large", "large"}}});
    f.sendButton()->click();
    QTRY_COMPARE_WITH_TIMEOUT(f.wrong("to"), QStringLiteral("bob@example.com: Is longer than an address may be"),
                              deadline);
    QCOMPARE(f.wrong("subject"), QStringLiteral("Is too long for a subject"));
    QCOMPARE(f.wrong("attachments"), QStringLiteral("The attachment is too large"));
    QVERIFY(f.fake.notices.all().empty());
    // Until the field is changed.
    f.type("to", "ann@example.com");
    QCOMPARE(f.wrong("to"), QString());
    QVERIFY(!f.wrong("subject").isEmpty());
}

void tst_compose_screen::tellsWhatBelongsToNoField() {
    Fixture f;
    QVERIFY(f.show());
    f.fillIn();
    f.fake.engine.refuse(sendRoute, Error{.code = ErrorCode::ValidationFailed,
                                          .detail = "too large",
                                          .fields = {{"", "message.too_large", "too large"}}});
    f.sendButton()->click();
    QTRY_VERIFY_WITH_TIMEOUT(says(f.screen.get(), QStringLiteral("The message is too large")), deadline);
    f.fake.engine.refuse(sendRoute, Error{.code = ErrorCode::StorageFull});
    f.sendButton()->click();
    QTRY_COMPARE_WITH_TIMEOUT(f.fake.notices.all().size(), std::size_t{1}, deadline);
    QVERIFY(f.fake.notices.all().front().tone == Tone::Bad);
    QVERIFY(f.sendButton()->isEnabled());
}

void tst_compose_screen::attachesWhatIsDropped() {
    const QTemporaryDir folder;
    const QString path = fileOf(folder, QString::fromUtf8("发票 2026.txt"), "abc");
    Fixture f;
    QVERIFY(f.show());
    QMimeData dropped;
    dropped.setUrls({QUrl::fromLocalFile(path), QUrl(QStringLiteral("http://example.com/x"))});
    QDragEnterEvent enter(QPoint(400, 300), Qt::CopyAction, &dropped, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(f.screen.get(), &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent drop(QPointF(400, 300), Qt::CopyAction, &dropped, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(f.screen.get(), &drop);
    QTRY_COMPARE_WITH_TIMEOUT(f.files()->files().size(), std::size_t{1}, deadline);
    f.fillIn();
    f.sendButton()->click();
    QTRY_COMPARE_WITH_TIMEOUT(f.fake.engine.count(sendRoute), std::size_t{1}, deadline);
    QCOMPARE(member(f.fake.engine.lastBody(sendRoute), "attachments"),
             std::string("[{\"filename\":\"发票 2026.txt\",\"content_type\":\"text/plain\",\"content\":\"YWJj\"}]"));
    auto* list = f.screen->findChild<QListWidget*>(QStringLiteral("files"));
    list->setCurrentRow(0);
    f.screen->findChild<QPushButton*>(QStringLiteral("remove-file"))->click();
    QVERIFY(f.files()->files().empty());
}

void tst_compose_screen::refusesMoreThanTwentyFiveMegabytes() {
    const QTemporaryDir folder;
    const QString half = fileOf(folder, QStringLiteral("half.bin"), QByteArray(13'000'000, 'x'));
    const QString whole = fileOf(folder, QStringLiteral("whole.bin"), QByteArray(mostFileBytes + 1, 'x'));
    Fixture f;
    QVERIFY(f.show());
    f.files()->add({whole});
    QTRY_VERIFY_WITH_TIMEOUT(f.wrong("attachments").contains(QStringLiteral("whole.bin is too large")), deadline);
    f.files()->add({half});
    QTRY_COMPARE_WITH_TIMEOUT(f.files()->files().size(), std::size_t{1}, deadline);
    QCOMPARE(f.wrong("attachments"), QString());
    f.files()->add({half});
    QTRY_VERIFY_WITH_TIMEOUT(f.wrong("attachments").contains(QStringLiteral("half.bin is too large")), deadline);
    QCOMPARE(f.files()->files().size(), std::size_t{1});
}

void tst_compose_screen::refusesWhatIsNoFile() {
    const QTemporaryDir folder;
    AttachmentList list;
    QSignalSpy refused(&list, &AttachmentList::refused);
    list.add({folder.path(), folder.filePath(QStringLiteral("not there"))});
    QTRY_COMPARE_WITH_TIMEOUT(refused.count(), 2, deadline);
    QVERIFY(refused.last().first().toString().startsWith(QStringLiteral("not there can't be read")));
    QVERIFY(list.files().empty());
}

void tst_compose_screen::keepsTheDraftWhenItIsBuiltAnew() {
    Fixture f;
    QVERIFY(f.show());
    f.fillIn();
    f.account()->setCurrentIndex(1);
    QVERIFY(f.build());
    QCOMPARE(qobject_cast<QLineEdit*>(f.field("to")->editor())->text(), QStringLiteral("ann@example.com"));
    QCOMPARE(f.body(0)->toPlainText(), QStringLiteral("Hello"));
    QTRY_COMPARE_WITH_TIMEOUT(f.account()->currentText(), QStringLiteral("noreply@example.com"), deadline);
}

void tst_compose_screen::anAccountThatIsGoneBecomesTheSandbox() {
    Fixture f;
    QVERIFY(f.show());
    f.account()->setCurrentIndex(1);
    f.fake.engine.answer(accountsRoute, contract::toJson(contract::Page<contract::Account>{}));
    f.fake.engine.push("accounts");
    QTRY_COMPARE_WITH_TIMEOUT(f.account()->count(), 2, deadline);
    QCOMPARE(f.account()->currentData().toString(), QStringLiteral("sandbox"));
}

void tst_compose_screen::copiesTheMailAsACommand() {
    const QTemporaryDir folder;
    Fixture f;
    QVERIFY(f.show());
    f.fillIn();
    f.files()->add({fileOf(folder, QStringLiteral("a.txt"), QByteArray(100000, 'x'))});
    QTRY_COMPARE_WITH_TIMEOUT(f.files()->files().size(), std::size_t{1}, deadline);
    const QList<QAction*> acts = f.screen->findChild<CopyAsButton*>()->menu()->actions();
    acts.at(1)->trigger();
    QCOMPARE(QGuiApplication::clipboard()->text(),
             QStringLiteral("postroomctl send --to ann@example.com --subject Test --text Hello --attach a.txt "
                            "--account sandbox"));
    acts.at(0)->trigger();
    QVERIFY(QGuiApplication::clipboard()->text().contains(QStringLiteral("\"content\":\"BASE64\"")));
}

void tst_compose_screen::strangersTextNeitherWidensNorIsHtml() {
    const std::string monster = "<h1>" + std::string(10240, 'W') + "</h1>";
    Fixture f;
    QVERIFY(f.show());
    contract::Account account;
    account.email = monster;
    f.fake.engine.answer(accountsRoute, contract::toJson(contract::Page<contract::Account>{{account}, std::nullopt}));
    f.fake.engine.push("accounts");
    f.type("to", ("x@example.com, " + monster).c_str());
    f.type("subject", monster.c_str());
    f.body(0)->setPlainText(toQString(monster));
    f.files()->setFiles({{.name = toQString(monster), .contentType = {}}});
    QTRY_VERIFY_WITH_TIMEOUT(f.account()->itemText(1).startsWith(QStringLiteral("<h1>")), deadline);
    contract::Message message;
    message.id = f.sentId;
    message.waitingFor = contract::WaitingFor{.code = monster, .params = {}, .until = {}};
    f.fake.engine.answer("GET /api/v1/messages/" + f.sentId.text(), contract::toJson(message));
    QCOMPARE(richLabel(f.screen.get()), QString());
    QVERIFY2(f.screen->minimumSizeHint().width() <= 824,
             qPrintable(QString::number(f.screen->minimumSizeHint().width())));
    QCOMPARE(f.screen->width(), 824);
}

void tst_compose_screen::everyFocusHasAName() {
    Fixture f;
    QVERIFY(f.show());
    f.fillIn();
    f.sendButton()->click();
    QTRY_COMPARE_WITH_TIMEOUT(f.sentState(), QStringLiteral("Queued"), deadline);
    f.files()->setFiles({{.name = QStringLiteral("a.txt"), .contentType = {}}});
    QCOMPARE(namelessFocus(f.screen.get()), QString());
}

QTEST_MAIN(tst_compose_screen)
#include "tst_compose_screen.moc"
