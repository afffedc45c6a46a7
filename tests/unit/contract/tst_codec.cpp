// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/contract/describe.h"
#include "engine/contract/requests.h"
#include "engine/contract/resources.h"

#include <QTest>

using namespace postroom;
using namespace postroom::contract;
using namespace std::chrono_literals;

namespace {

// Gives each member of a struct a value of its own that is not the default, so that a member that is forgotten,
// swapped or narrowed on the way shows.
class Filler {
public:
    void fill(bool& to) { to = !to; }
    void fill(int& to) { to = static_cast<int>(++m_count); }
    void fill(std::int64_t& to) { to = (std::int64_t(1) << 40) + ++m_count; }
    void fill(double& to) { to = static_cast<double>(++m_count) + 0.25; }
    void fill(std::string& to) { to = "\xE4\xB8\xAD \"" + std::to_string(++m_count) + "\"\n"; }
    void fill(Id& to) { to = makeId(TimePoint{std::chrono::milliseconds{1'700'000'000'000 + ++m_count}}); }
    void fill(TimePoint& to) { to = TimePoint{std::chrono::milliseconds{1'700'000'000'000 + ++m_count}}; }
    void fill(json::Value& to) { to = json::Object{{"n", ++m_count}}; }
    void fill(State& to) { to = State::Cancelled; }
    void fill(OnUnknown& to) { to = OnUnknown::Hold; }
    void fill(RecipientKind& to) { to = RecipientKind::Bcc; }
    void fill(Security& to) { to = Security::StartTls; }
    void fill(Auth& to) { to = to == Auth::None ? Auth::Password : Auth::None; }
    template <typename T>
    void fill(std::optional<T>& to) {
        fill(to.emplace());
    }
    template <typename T>
    void fill(std::vector<T>& to) {
        to.resize(2);
        for (T& item : to) fill(item);
    }
    template <typename T>
    void fill(std::map<std::string, T>& to) {
        for (int i = 0; i < 2; ++i) {
            T value{};
            fill(value);
            to.emplace("key " + std::to_string(++m_count), std::move(value));
        }
    }
    template <Described T>
    void fill(T& to) {
        T::fields(to, [this](const char*, auto& member) { fill(member); });
    }

private:
    std::int64_t m_count = 0;
};

template <typename T>
json::Object objectOf(const T& value) {
    return toJson(value).get_object();
}

// Every member is written under a name of its own, differs from the default, and comes back as it was.
template <Described T>
QByteArray wrongWith() {
    T full{};
    Filler{}.fill(full);
    const json::Object written = objectOf(full), defaults = objectOf(T{});
    std::size_t members = 0;
    QByteArray wrong;
    T::fields(full, [&](const char* name, auto&) {
        ++members;
        if (!written.contains(name))
            wrong += QByteArray(name) + " is not written; ";
        else if (written.at(name) == defaults.at(name))
            wrong += QByteArray(name) + " is not filled; ";
        for (const char c : std::string_view(name))
            if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'))
                wrong += QByteArray(name) + " is not snake_case; ";
    });
    if (members != written.size()) wrong += "a name is used twice; ";
    const auto text = json::serialise(written);
    const auto parsed = json::parse(text);
    if (!parsed) return wrong + "not JSON: " + QByteArray::fromStdString(parsed.error().detail);
    const auto back = fromJson<T>(*parsed);
    if (!back) return wrong + "does not read back: " + QByteArray::fromStdString(back.error().text());
    if (json::serialise(toJson(*back)) != text)
        wrong += "comes back as " + QByteArray::fromStdString(json::serialise(toJson(*back)));
    const auto empty = fromJson<T>(toJson(T{}));
    if (!empty || toJson(*empty) != toJson(T{})) wrong += "the default does not come back";
    return wrong;
}

// Every member, one after the other, given a value of another kind: the error names it.
template <Described T>
QByteArray wrongTypesOf() {
    T full{};
    Filler{}.fill(full);
    QByteArray wrong;
    T::fields(full, [&](const char* name, auto& member) {
        if constexpr (!std::is_same_v<std::remove_cvref_t<decltype(member)>, json::Value>) {
            json::Object object = objectOf(full);
            const bool isObject = object.at(name).is_object();
            object[name] = isObject ? json::Value(json::Array{}) : json::Value(json::Object{});
            const auto read = fromJson<T>(object);
            if (read)
                wrong += QByteArray(name) + " takes another type; ";
            else if (read.error().fields.size() != 1 || read.error().fields.front().field != name)
                wrong += QByteArray(name) + " is named " + QByteArray::fromStdString(read.error().text()) + "; ";
        }
    });
    return wrong;
}

template <Described T>
QByteArray unknownOf() {
    T full{};
    Filler{}.fill(full);
    json::Object object = objectOf(full);
    object["of_a_newer_engine"] = json::Array{1, "x"};
    const auto read = fromJson<T>(object);
    if (!read) return QByteArray::fromStdString(read.error().text());
    return toJson(*read) == toJson(full) ? QByteArray() : QByteArray("differs");
}

struct Check {
    QByteArray (*comesBack)();
    QByteArray (*namesWrongTypes)();
    QByteArray (*passesOverUnknown)();
};

template <Described T>
void row(const char* name) {
    QTest::newRow(name) << Check{wrongWith<T>, wrongTypesOf<T>, unknownOf<T>};
}

void resources() {
    QTest::addColumn<Check>("check");
    row<WaitingFor>("WaitingFor");
    row<Delivery>("Delivery");
    row<Message>("Message");
    row<AttemptResult>("AttemptResult");
    row<Attempt>("Attempt");
    row<AccountChance>("AccountChance");
    row<Explanation>("Explanation");
    row<Receipt>("Receipt");
    row<Receipt::Recipient>("Receipt::Recipient");
    row<ActionResult>("ActionResult");
    row<Account>("Account");
    row<AccountTest>("AccountTest");
    row<AccountTest::Step>("AccountTest::Step");
    row<ApiKey>("ApiKey");
    row<Tokens>("Tokens");
    row<SandboxMail>("SandboxMail");
    row<MailContent>("MailContent");
    row<Stats>("Stats");
    row<Event>("Event");
    row<Events>("Events");
    row<QueueStatus>("QueueStatus");
    row<AuditEntry>("AuditEntry");
    row<VersionAnswer>("VersionAnswer");
    row<LocalProof>("LocalProof");
    row<MessagePage>("MessagePage");
    row<Total>("Total");
    row<ExportRow>("ExportRow");
    row<ExportPage>("ExportPage");
    row<BulkResult>("BulkResult");
    row<BulkRequest>("BulkRequest");
    row<Page<Account>>("Page<Account>");
    row<Page<AuditEntry>>("Page<AuditEntry>");
    row<SendRequest>("SendRequest");
    row<SendRequest::Attachment>("SendRequest::Attachment");
}

}  // namespace

Q_DECLARE_METATYPE(Check)

class TestCodec : public QObject {
    Q_OBJECT

private slots:
    void writesAndReadsEveryMember_data() { resources(); }
    void writesAndReadsEveryMember() {
        QFETCH(Check, check);
        QCOMPARE(check.comesBack(), QByteArray());
    }

    void namesTheMemberOfAnotherType_data() { resources(); }
    void namesTheMemberOfAnotherType() {
        QFETCH(Check, check);
        QCOMPARE(check.namesWrongTypes(), QByteArray());
    }

    void passesOverMembersItDoesNotKnow_data() { resources(); }
    void passesOverMembersItDoesNotKnow() {
        QFETCH(Check, check);
        QCOMPARE(check.passesOverUnknown(), QByteArray());
    }

    void namesThePathOfWhatDoesNotFit_data() {
        QTest::addColumn<std::string>("body");
        QTest::addColumn<std::string>("path");
        const auto row = [](const char* body, const char* path) {
            QTest::newRow(body) << std::string(body) << std::string(path);
        };
        row(R"([])", "");
        row(R"("x")", "");
        row(R"({"id":"not-an-id"})", "id");
        row(R"({"id":null})", "id");
        row(R"({"status":"flying"})", "status");
        row(R"({"status":3})", "status");
        row(R"({"created_at":"yesterday"})", "created_at");
        row(R"({"created_at":1700000000})", "created_at");
        row(R"({"size_bytes":1.5})", "size_bytes");
        row(R"({"size_bytes":9223372036854775808})", "size_bytes");
        row(R"({"sandbox":"true"})", "sandbox");
        row(R"({"recipient_counts":{"sent":"1"}})", "recipient_counts.sent");
        row(R"({"waiting_for":{"until":"soon"}})", "waiting_for.until");
        row(R"({"deliveries":[{},{"attempts":4294967296}]})", "deliveries[1].attempts");
        row(R"({"deliveries":[{"waiting_for":{"params":{"a":1}}}]})", "deliveries[0].waiting_for.params.a");
        row(R"({"deliveries":[{},1]})", "deliveries[1]");
    }
    void namesThePathOfWhatDoesNotFit() {
        QFETCH(std::string, body);
        QFETCH(std::string, path);
        const auto message = fromJson<Message>(*json::parse(body));
        QVERIFY(!message);
        QVERIFY(message.error().code == ErrorCode::ValidationFailed);
        QCOMPARE(message.error().fields.front().field, path);
        QCOMPARE(message.error().fields.front().reason, std::string("field.type"));
    }

    void leavesWhatIsAbsentAtItsDefault() {
        const auto account = fromJson<Account>(json::Object{});
        QVERIFY(account);
        QVERIFY(toJson(*account) == toJson(Account{}));
    }

    void readsNullAsAbsentWhereThatMayBe() {
        const auto delivery =
            fromJson<Delivery>(*json::parse(R"({"due_at":null,"account_id":null,"waiting_for":null})"));
        QVERIFY(delivery && !delivery->dueAt && !delivery->accountId && !delivery->waitingFor);
    }

    void readsAWholeNumberAsADouble() {
        const auto status = fromJson<QueueStatus>(*json::parse(R"({"oldest_age_seconds":3})"));
        QVERIFY(status);
        QCOMPARE(status->oldestAge_seconds, 3.0);
    }

    void writesTimesInUtcWithMilliseconds() {
        Tokens tokens;
        tokens.expiresIn = 3600;
        QCOMPARE(json::serialise(toJson(tokens)),
                 std::string(R"({"access_token":"","refresh_token":"","token_type":"bearer","expires_in":3600})"));
        QCOMPARE(toJson(TimePoint{1'700'000'000'123ms}).get_string(), "2023-11-14T22:13:20.123Z");
    }

    void readsEveryStateItWrites_data() {
        QTest::addColumn<State>("state");
        for (const State state : allStates) QTest::newRow(std::string(name(state)).c_str()) << state;
    }
    void readsEveryStateItWrites() {
        QFETCH(State, state);
        Delivery delivery;
        delivery.status = state;
        QVERIFY(fromJson<Delivery>(toJson(delivery))->status == state);
    }

    void describesEveryMember() {
        json::Object components;
        QCOMPARE(json::serialise(describe<Message>(components)),
                 std::string(R"({"$ref":"#/components/schemas/Message"})"));
        const json::Object& properties = json::object(json::object(components, "Message"), "properties");
        const json::Object written = objectOf(Message{});
        QCOMPARE(properties.size(), written.size());
        for (const auto& member : written)
            QVERIFY2(properties.contains(member.key()), std::string(member.key()).c_str());
        QCOMPARE(json::serialise(json::object(properties, "created_at")),
                 std::string(R"({"type":"string","format":"date-time"})"));
        QCOMPARE(json::serialise(json::object(properties, "key_id")),
                 std::string(R"({"type":["string","null"],"format":"uuid"})"));
        QCOMPARE(json::serialise(json::object(properties, "recipient_counts")),
                 std::string(R"({"type":"object","additionalProperties":{"type":"integer"}})"));
        QCOMPARE(json::serialise(json::object(properties, "deliveries")),
                 std::string(R"({"type":"array","items":{"$ref":"#/components/schemas/Delivery"}})"));
        QCOMPARE(json::serialise(json::object(properties, "waiting_for")),
                 std::string(R"({"anyOf":[{"$ref":"#/components/schemas/WaitingFor"},{"type":"null"}]})"));
        QCOMPARE(json::serialise(json::object(properties, "on_unknown")),
                 std::string(R"({"type":"string","enum":["retry","hold"]})"));
    }

    void namesEachStructOnceWhereverItStands() {
        json::Object components;
        QCOMPARE(json::serialise(describe<Page<Receipt>>(components)),
                 std::string(R"({"$ref":"#/components/schemas/ReceiptPage"})"));
        QVERIFY(components.contains("Receipt"));
        QVERIFY(components.contains("ReceiptRecipient"));
        QCOMPARE(components.size(), std::size_t{3});
        static_cast<void>(describe<Receipt>(components));
        QCOMPARE(components.size(), std::size_t{3});
    }

    void putsOnlyWhatIsSaidIntoASend() {
        SendRequest request;
        request.to = {"a@b.c"};
        request.subject = "s";
        request.text = "t";
        QCOMPARE(json::serialise(request.body()),
                 std::string(R"({"to":["a@b.c"],"subject":"s","text":"t","on_unknown":"retry"})"));
        QVERIFY(check(sendSchema(), request.body()));
    }
};

QTEST_APPLESS_MAIN(TestCodec)
#include "tst_codec.moc"
