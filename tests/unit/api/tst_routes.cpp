// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/router.h"

#include <algorithm>
#include <QTest>
#include <set>

using namespace postroom;
using namespace postroom::api;
using http::Method;
using security::Scope;

namespace {

// Who may use what, written down beside the table and not taken from it: a letter for each of
// (o)nobody in particular, a (s)end key, a (r)ead key, an (a)dmin key, the (l)ocal admin.
struct Right {
    const char* route;
    const char* who;
};
constexpr Right rights[] = {
    {"GET /health", "osral"},
    {"GET /health/ready", "osral"},
    {"GET /metrics", "ral"},
    {"GET /openapi.json", "osral"},
    {"GET /", "osral"},
    {"GET /docs", "osral"},
    {"GET /docs/{file}", "osral"},
    {"GET /api/v1/version", "osral"},
    {"GET /api/v1/auth/local", "osral"},
    {"POST /api/v1/auth/token", "osral"},
    {"POST /api/v1/auth/refresh", "osral"},
    {"POST /api/v1/auth/revoke", "osral"},
    {"POST /api/v1/messages/email/send", "sal"},
    {"POST /api/v1/messages/email/batch", "sal"},
    {"POST /api/v1/messages/email/raw", "sal"},
    {"GET /api/v1/messages", "sral"},
    {"GET /api/v1/messages/{id}", "sral"},
    {"GET /api/v1/messages/{id}/attempts", "sral"},
    {"GET /api/v1/messages/{id}/explain", "sral"},
    {"GET /api/v1/messages/{id}/raw", "sral"},
    {"GET /api/v1/messages/export", "sral"},
    {"POST /api/v1/attachments", "sal"},
    {"GET /api/v1/attachments", "sral"},
    {"GET /api/v1/attachments/{id}", "sral"},
    {"DELETE /api/v1/attachments/{id}", "sal"},
    {"GET /api/v1/templates", "ral"},
    {"POST /api/v1/templates", "al"},
    {"GET /api/v1/templates/{name}", "ral"},
    {"PUT /api/v1/templates/{name}", "al"},
    {"DELETE /api/v1/templates/{name}", "al"},
    {"GET /api/v1/templates/{name}/versions", "ral"},
    {"POST /api/v1/templates/{name}/publish", "al"},
    {"POST /api/v1/templates/{name}/render", "ral"},
    {"POST /api/v1/templates/{name}/test", "sal"},
    {"POST /api/v1/messages/actions", "sal"},
    {"POST /api/v1/messages/{id}/release", "sal"},
    {"POST /api/v1/messages/{id}/cancel", "sal"},
    {"POST /api/v1/messages/{id}/retry", "sal"},
    {"GET /api/v1/admin/email-accounts", "al"},
    {"POST /api/v1/admin/email-accounts", "al"},
    {"GET /api/v1/admin/email-accounts/{id}", "al"},
    {"PATCH /api/v1/admin/email-accounts/{id}", "al"},
    {"DELETE /api/v1/admin/email-accounts/{id}", "al"},
    {"POST /api/v1/admin/email-accounts/{id}/test", "al"},
    {"POST /api/v1/admin/email-accounts/{id}/enable", "al"},
    {"POST /api/v1/admin/email-accounts/{id}/disable", "al"},
    {"POST /api/v1/admin/email-accounts/{id}/authorize", "al"},
    {"GET /api/v1/admin/email-accounts/{id}/authorize", "al"},
    {"DELETE /api/v1/admin/email-accounts/{id}/authorize", "al"},
    {"GET /api/v1/admin/api-keys", "al"},
    {"POST /api/v1/admin/api-keys", "al"},
    {"GET /api/v1/admin/api-keys/{id}", "al"},
    {"PATCH /api/v1/admin/api-keys/{id}", "al"},
    {"POST /api/v1/admin/api-keys/{id}/rotate", "al"},
    {"POST /api/v1/admin/api-keys/{id}/end-old-secret", "al"},
    {"POST /api/v1/admin/api-keys/{id}/revoke", "al"},
    {"GET /api/v1/admin/queue", "al"},
    {"POST /api/v1/admin/queue/pause", "al"},
    {"POST /api/v1/admin/queue/resume", "al"},
    {"GET /api/v1/admin/dkim", "al"},
    {"POST /api/v1/admin/dkim", "al"},
    {"GET /api/v1/admin/dkim/{id}", "al"},
    {"DELETE /api/v1/admin/dkim/{id}", "al"},
    {"POST /api/v1/admin/dkim/{id}/rotate", "al"},
    {"POST /api/v1/admin/dkim/{id}/enable", "al"},
    {"POST /api/v1/admin/dkim/{id}/disable", "al"},
    {"GET /api/v1/admin/reply-rules", "al"},
    {"POST /api/v1/admin/reply-rules/test", "al"},
    {"POST /api/v1/admin/reply-rules/reload", "al"},
    {"GET /api/v1/admin/audit", "al"},
    {"GET /api/v1/admin/sandbox/mails", "ral"},
    {"GET /api/v1/admin/sandbox/mails/{mail}", "ral"},
    {"DELETE /api/v1/admin/sandbox/mails", "al"},
    {"GET /api/v1/admin/sandbox/faults", "ral"},
    {"PUT /api/v1/admin/sandbox/faults", "al"},
    {"DELETE /api/v1/admin/sandbox/faults", "al"},
    {"GET /api/v1/admin/suppressions", "al"},
    {"POST /api/v1/admin/suppressions", "al"},
    {"GET /api/v1/admin/suppressions/export", "al"},
    {"POST /api/v1/admin/suppressions/import", "al"},
    {"GET /api/v1/admin/suppressions/{id}", "al"},
    {"DELETE /api/v1/admin/suppressions/{id}", "al"},
    {"GET /api/v1/stats", "ral"},
    {"GET /api/v1/events", "ral"},
};

Principal principalOf(char who) {
    const Id key = makeId(SystemClock{}.now());
    switch (who) {
        case 's': return {.actor = "key:noti_s", .keyId = key, .scopes = {Scope::Send}};
        case 'r': return {.actor = "key:noti_r", .keyId = key, .scopes = {Scope::Read}};
        case 'a': return {.actor = "key:noti_a", .keyId = key, .scopes = {Scope::Admin}};
        case 'l': return {.actor = "local-admin", .keyId = {}, .scopes = security::Scopes::all()};
        default: return {.actor = "anonymous", .keyId = {}, .scopes = {}};
    }
}

std::string titleOf(const Route& route) {
    return std::string(name(route.method)) + " " + std::string(route.path);
}

std::string joined(const std::vector<std::string>& parts) {
    std::string out;
    for (const std::string& part : parts) out.append(out.empty() ? "" : "|").append(part);
    return out;
}

}  // namespace

class TestRoutes : public QObject {
    Q_OBJECT

private slots:
    void letsInWhoMayUseARouteAndNobodyElse_data() {
        QTest::addColumn<int>("index");
        QTest::addColumn<std::string>("who");
        for (std::size_t i = 0; i < routes().size(); ++i) {
            const std::string title = titleOf(routes()[i]);
            const auto* at =
                std::find_if(std::begin(rights), std::end(rights), [&](const Right& r) { return title == r.route; });
            QTest::newRow(title.c_str()) << int(i)
                                         << std::string(at == std::end(rights) ? "not in the table" : at->who);
        }
    }
    void letsInWhoMayUseARouteAndNobodyElse() {
        QFETCH(int, index);
        QFETCH(std::string, who);
        std::string may;
        for (const char each : std::string_view("osral"))
            if (mayUse(principalOf(each), routes()[static_cast<std::size_t>(index)])) may.push_back(each);
        QCOMPARE(may, who);
    }

    void hasEveryRouteThatIsExpected() {
        std::set<std::string> have;
        for (const Route& route : routes()) QVERIFY2(have.insert(titleOf(route)).second, titleOf(route).c_str());
        for (const Right& right : rights) QVERIFY2(have.contains(right.route), right.route);
        QCOMPARE(have.size(), std::size(rights));
    }

    void givesAKeyWithoutScopesOnlyWhatIsOpen() {
        const Principal bare{.actor = "key:noti_x", .keyId = makeId(SystemClock{}.now()), .scopes = {}};
        for (const Route& route : routes()) QCOMPARE(mayUse(bare, route), route.access == Access::Open);
    }

    void showsAKeyItsOwnMessagesAndAReaderAll() {
        const Principal sender = principalOf('s'), reader = principalOf('r'), nobody = principalOf('o');
        QVERIFY(sender.sees(sender.keyId));
        QVERIFY(!sender.sees(reader.keyId));
        QVERIFY(!sender.sees(std::nullopt));
        QVERIFY(reader.sees(sender.keyId));
        QVERIFY(reader.sees(std::nullopt));
        QVERIFY(principalOf('a').sees(sender.keyId));
        QVERIFY(!nobody.sees(std::nullopt));
        QVERIFY(!nobody.sees(sender.keyId));
    }

    void letsOnlyTheSenderAndAnAdminChangeAMessage() {
        const Principal sender = principalOf('s'), admin = principalOf('a');
        Principal reader = principalOf('s');
        reader.scopes = {Scope::Send, Scope::Read};
        QVERIFY(sender.mayChange(sender.keyId));
        QVERIFY(!sender.mayChange(reader.keyId));
        QVERIFY(!sender.mayChange(std::nullopt));
        QVERIFY(reader.sees(sender.keyId));
        QVERIFY(!reader.mayChange(sender.keyId));
        QVERIFY(!reader.mayChange(std::nullopt));
        QVERIFY(reader.mayChange(reader.keyId));
        QVERIFY(admin.mayChange(sender.keyId));
        QVERIFY(admin.mayChange(std::nullopt));
        QVERIFY(!principalOf('o').mayChange(std::nullopt));
    }

    void isWholeInEveryRow() {
        std::set<std::string_view> names;
        for (const Route& route : routes()) {
            const std::string title = titleOf(route);
            QVERIFY2(names.insert(route.name).second, title.c_str());
            QVERIFY2(!route.summary.empty() && !route.summary.ends_with('.'), title.c_str());
            QVERIFY2(route.handle, title.c_str());
            QVERIFY2(route.path.starts_with('/') && (route.path == "/" || !route.path.ends_with('/')), title.c_str());
            QVERIFY2((route.success >= 200 && route.success < 300) || route.name == "getRoot", title.c_str());
            QVERIFY2(!route.body || route.method == Method::Post || route.method == Method::Put ||
                         route.method == Method::Patch,
                     title.c_str());
            QVERIFY2(bodyLimit_bytes(route) <= (64u << 20), title.c_str());
            const bool admin = route.path.starts_with("/api/v1/admin/");
            QVERIFY2(!admin || route.access == Access::Admin || route.access == Access::Read, title.c_str());
        }
    }

    void hasTheBodyLimitsOfTheContract() {
        for (const Route& route : routes()) {
            if (route.takesFile) continue;  // a setting says
            const bool open = mayUse(principalOf('o'), route) || route.access == Access::Metrics;
            const std::uint64_t expected = route.name == "sendEmail" || route.name == "sendRaw" ? 40u << 20
                                           : route.name == "sendBatch"                          ? 64u << 20
                                           : route.name == "importSuppressions"                 ? 16u << 20
                                           : route.body ? (open ? 8u << 10 : 1u << 20)
                                                        : (open ? 0 : 8u << 10);
            QVERIFY2(bodyLimit_bytes(route) == expected, titleOf(route).c_str());
        }
    }

    void readsAnIdempotencyKeyWhereItIsHonoured() {
        for (const Route& route : routes()) {
            const bool sends = route.name == "sendEmail" || route.name == "sendBatch" || route.name == "sendRaw";
            const auto none = readIdempotencyKey(route, {{"Accept", "x"}, {"X-Idempotency-Key", "x"}});
            QVERIFY2(none && !*none, titleOf(route).c_str());
            const auto key = readIdempotencyKey(route, {{"Accept", "x"}, {"idempotency-KEY", "k 1"}});
            QVERIFY2(key && key->has_value() == sends, titleOf(route).c_str());
            if (sends) QCOMPARE(**key, std::string("k 1"));
        }
    }

    void refusesAnIdempotencyKeyThatIsNone_data() {
        QTest::addColumn<std::string>("key");
        QTest::addColumn<std::string>("reason");
        QTest::newRow("empty") << std::string() << std::string("field.empty");
        QTest::newRow("too long") << std::string(256, 'k') << std::string("field.too_long");
        QTest::newRow("not ASCII") << std::string("caf\u00E9") << std::string("field.not_allowed");
        QTest::newRow("a control") << std::string("a\tb") << std::string("field.not_allowed");
        QTest::newRow("the longest") << std::string(255, 'k') << std::string();
    }
    void refusesAnIdempotencyKeyThatIsNone() {
        QFETCH(std::string, key);
        QFETCH(std::string, reason);
        const Route& send = *match(http::Method::Post, "/api/v1/messages/email/send").route;
        const auto read = readIdempotencyKey(send, {{"Idempotency-Key", key}});
        QCOMPARE(read ? std::string() : read.error().fields.front().reason, reason);
        const auto twice = readIdempotencyKey(send, {{"Idempotency-Key", "a"}, {"idempotency-key", "a"}});
        QVERIFY(!twice);
        QCOMPARE(twice.error().fields.front().reason, std::string("field.too_many"));
    }

    void refusesAFieldThatItDoesNotKnow() {
        int bodies = 0;
        for (const Route& route : routes()) {
            if (!route.body) continue;
            ++bodies;
            const auto checked = contract::check(*route.body(), json::Object{{"no_such_field", 1}});
            QVERIFY2(!checked && checked.error().code == ErrorCode::ValidationFailed, titleOf(route).c_str());
            const auto& fields = checked.error().fields;
            QVERIFY2(std::any_of(
                         fields.begin(), fields.end(),
                         [](const FieldError& f) { return f.field == "no_such_field" && f.reason == "field.unknown"; }),
                     titleOf(route).c_str());
        }
        QCOMPARE(bodies, 24);
    }

    void findsTheRouteOfAPath_data() {
        QTest::addColumn<int>("method");
        QTest::addColumn<std::string>("path");
        QTest::addColumn<std::string>("route");
        QTest::addColumn<std::string>("params");
        QTest::addColumn<std::string>("allowed");
        const auto row = [](Method method, const std::string& path, const char* route, const char* params,
                            const char* allowed) {
            QTest::newRow((std::string(name(method)) + " " + path).c_str())
                << int(method) << path << std::string(route) << std::string(params) << std::string(allowed);
        };
        const std::string accounts = "/api/v1/admin/email-accounts";
        row(Method::Get, "/health", "getHealth", "", "GET");
        row(Method::Head, "/health", "getHealth", "", "GET");
        row(Method::Post, "/health", "", "", "GET");
        row(Method::Options, "/health", "", "", "GET");
        row(Method::Other, "/health", "", "", "GET");
        row(Method::Get, "/health/", "", "", "");
        row(Method::Get, "/health//ready", "", "", "");
        row(Method::Get, "/Health", "", "", "");
        row(Method::Get, "/healthy", "", "", "");
        row(Method::Get, "/", "getRoot", "", "GET");
        row(Method::Get, "/docs", "getDocs", "", "GET");
        row(Method::Head, "/docs", "getDocs", "", "GET");
        row(Method::Get, "/docs/", "", "", "");
        row(Method::Get, "/docs/a.css", "getDocsFile", "a.css", "GET");
        row(Method::Get, "/docs/a/b.css", "", "", "");
        row(Method::Get, "", "", "", "");
        row(Method::Get, "health", "", "", "");
        row(Method::Get, "//", "", "", "");
        row(Method::Get, "/api", "", "", "");
        row(Method::Get, "/api/v1", "", "", "");
        row(Method::Get, "/api/v2/version", "", "", "");
        row(Method::Get, "/api/v1/messages", "listMessages", "", "GET");
        row(Method::Delete, "/api/v1/messages", "", "", "GET");
        row(Method::Get, "/api/v1/messages/", "", "", "");
        row(Method::Get, "/api/v1/messages/x", "getMessage", "x", "GET");
        row(Method::Head, "/api/v1/messages/x", "getMessage", "x", "GET");
        row(Method::Post, "/api/v1/messages/x", "", "", "GET");
        row(Method::Get, "/api/v1/messages/x/", "", "", "");
        row(Method::Get, "/api/v1/messages//attempts", "", "", "");
        row(Method::Get, "/api/v1/messages/x/attempts", "listAttempts", "x", "GET");
        row(Method::Get, "/api/v1/messages/{id}/attempts", "listAttempts", "{id}", "GET");
        row(Method::Get, "/api/v1/messages/a b/attempts", "listAttempts", "a b", "GET");
        row(Method::Get, "/api/v1/messages/x/y/attempts", "", "", "");
        row(Method::Get, "/api/v1/messages/x/unknown", "", "", "");
        row(Method::Get, "/api/v1/messages/x/cancel", "", "", "POST");
        row(Method::Post, "/api/v1/messages/x/cancel", "cancelMessage", "x", "POST");
        row(Method::Post, "/api/v1/messages/x/cancel/", "", "", "");
        row(Method::Post, "/api/v1/messages/email/send", "sendEmail", "", "POST");
        row(Method::Get, "/api/v1/messages/email/send", "", "", "POST");
        row(Method::Get, accounts, "listAccounts", "", "GET|POST");
        row(Method::Post, accounts, "createAccount", "", "GET|POST");
        row(Method::Put, accounts, "", "", "GET|POST");
        row(Method::Get, accounts + "/1", "getAccount", "1", "GET|PATCH|DELETE");
        row(Method::Patch, accounts + "/1", "patchAccount", "1", "GET|PATCH|DELETE");
        row(Method::Delete, accounts + "/1", "deleteAccount", "1", "GET|PATCH|DELETE");
        row(Method::Put, accounts + "/1", "", "", "GET|PATCH|DELETE");
        row(Method::Post, accounts + "/1/test", "testAccount", "1", "POST");
        row(Method::Get, "/api/v1/admin/sandbox/mails/a.b:2,S", "getSandboxMail", "a.b:2,S", "GET");
    }
    void findsTheRouteOfAPath() {
        QFETCH(int, method);
        QFETCH(std::string, path);
        QFETCH(std::string, route);
        QFETCH(std::string, params);
        QFETCH(std::string, allowed);
        const Match found = match(static_cast<Method>(method), path);
        QCOMPARE(std::string(found.route ? found.route->name : std::string_view()), route);
        QCOMPARE(joined(found.params), params);
        std::vector<std::string> methods;
        for (const Method each : found.allowed) methods.emplace_back(name(each));
        QCOMPARE(joined(methods), allowed);
    }

    void readsAQuery_data() {
        QTest::addColumn<std::string>("query");
        QTest::addColumn<std::string>("pairs");
        const auto row = [](const std::string& query, const char* pairs) {
            QTest::newRow(query.empty() ? "nothing" : query.c_str()) << query << std::string(pairs);
        };
        row("", "");
        row("a=1", "a:1");
        row("a=1&b=2", "a:1|b:2");
        row("a=1&a=2", "a:1|a:2");
        row("&&a=1&", "a:1");
        row("a", "a:");
        row("a=", "a:");
        row("=b", ":b");
        row("a=b=c", "a:b=c");
        row("a=b+c%20d%2B", "a:b c d+");
        row("%61=%e4%B8%AD", "a:\xE4\xB8\xAD");
        row("a=%26%3D", "a:&=");
        row("a=%", "bad");
        row("a=%4", "bad");
        row("a=%zz", "bad");
        row("a=%+1", "bad");
        row("%=1", "bad");
        row("a=%ff", "bad");
        row("a=%c0%af", "bad");
        row("a=%ed%a0%80", "bad");
    }
    void readsAQuery() {
        QFETCH(std::string, query);
        QFETCH(std::string, pairs);
        const auto read = parseQuery(query);
        if (pairs == "bad") {
            QVERIFY(!read);
            QVERIFY(read.error().code == ErrorCode::RequestMalformed);
            return;
        }
        QVERIFY(read);
        std::vector<std::string> got;
        for (const auto& [name, value] : *read) got.push_back(name + ":" + value);
        QCOMPARE(joined(got), pairs);
    }
};

QTEST_APPLESS_MAIN(TestRoutes)
#include "tst_routes.moc"
