// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/openapi.h"
#include "engine/base/text.h"

#include <algorithm>
#include <QFile>
#include <QTest>
#include <set>

using namespace postroom;
using namespace postroom::api;
using http::Method;

namespace {

std::string titleOf(const Route& route) {
    return std::string(name(route.method)) + " " + std::string(route.path);
}

const json::Object& document() {
    static const json::Object parsed = [] {
        const auto read = json::parse(openApi("1.2.3"), 100);
        return read ? read->get_object() : json::Object{};
    }();
    return parsed;
}

const json::Object& components(std::string_view kind) {
    return json::object(json::object(document(), "components"), kind);
}

const json::Object& operationOf(const Route& route) {
    return json::object(json::object(json::object(document(), "paths"), route.path), toLowerAscii(name(route.method)));
}

// What "#/components/KIND/NAME" names; an empty object for a reference to nothing.
const json::Object& target(std::string_view reference) {
    constexpr std::string_view where = "#/components/";
    static const json::Object nothing;
    if (!reference.starts_with(where)) return nothing;
    reference.remove_prefix(where.size());
    const json::Object* at = &json::object(document(), "components");
    while (!reference.empty()) {
        const auto part = reference.substr(0, reference.find('/'));
        reference.remove_prefix(std::min(reference.size(), part.size() + 1));
        at = &json::object(*at, part);
    }
    return *at;
}

const json::Object& resolved(const json::Object& value) {
    const std::string reference = json::text(value, "$ref");
    return reference.empty() ? value : target(reference);
}

void references(const json::Value& value, std::set<std::string>& to) {
    if (const json::Object* object = value.if_object())
        for (const auto& member : *object) {
            if (member.key() == "$ref") to.emplace(member.value().get_string());
            references(member.value(), to);
        }
    if (const json::Array* array = value.if_array())
        for (const json::Value& item : *array) references(item, to);
}

std::set<std::string> textsOf(const json::Array& array) {
    std::set<std::string> out;
    for (const json::Value& item : array) out.emplace(item.get_string());
    return out;
}

// A schema and those its fields hold.
void schemasOf(const contract::Schema& schema, std::set<const contract::Schema*>& to) {
    if (!to.insert(&schema).second) return;
    for (const contract::Field& field : schema.fields)
        if (field.of) schemasOf(*field.of, to);
}

}  // namespace

class TestOpenApi : public QObject {
    Q_OBJECT

private slots:
    void saysWhatItIs() {
        QCOMPARE(json::text(document(), "openapi"), std::string("3.1.0"));
        QCOMPARE(json::text(json::object(document(), "info"), "version"), std::string("1.2.3"));
        const json::Object& server = json::array(document(), "servers").at(0).get_object();
        QCOMPARE(json::text(server, "url"), std::string("/"));
        QVERIFY2(openApi("1.2.3").size() < 300'000, std::to_string(openApi("1.2.3").size()).c_str());
        QVERIFY(&openApi("1.2.3") == &openApi("1.2.3"));
    }

    void describesEveryRouteAndNoOther() {
        std::set<std::string> described, have;
        for (const auto& path : json::object(document(), "paths"))
            for (const auto& method : path.value().get_object())
                described.insert(toUtf8(toQString(method.key()).toUpper()) + " " + std::string(path.key()));
        for (const Route& route : routes()) have.insert(titleOf(route));
        QVERIFY(described == have);
    }

    void describesEachRouteAsItIs_data() {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < routes().size(); ++i) QTest::newRow(titleOf(routes()[i]).c_str()) << int(i);
    }
    void describesEachRouteAsItIs() {
        QFETCH(int, index);
        const Route& route = routes()[static_cast<std::size_t>(index)];
        const json::Object& operation = operationOf(route);
        QCOMPARE(json::text(operation, "operationId"), std::string(route.name));
        QCOMPARE(json::text(operation, "summary"), std::string(route.summary));
        const json::Object& responses = json::object(operation, "responses");
        QVERIFY(responses.contains(std::to_string(route.success)));
        QCOMPARE(responses.contains("304"), route.revalidates);

        std::set<std::string> inPath, inQuery, inHeader;
        for (const json::Value& each : json::array(operation, "parameters")) {
            const json::Object& parameter = resolved(each.get_object());
            const std::string in = json::text(parameter, "in");
            QVERIFY(in == "path" || in == "query" || in == "header");
            QVERIFY(in == "path" || !json::text(parameter, "description").empty());
            (in == "path" ? inPath : in == "query" ? inQuery : inHeader).insert(json::text(parameter, "name"));
        }
        for (const std::string& parameter : inPath)
            QVERIFY2(route.path.find("{" + parameter + "}") != route.path.npos, parameter.c_str());
        QCOMPARE(inPath.size(), static_cast<std::size_t>(std::count(route.path.begin(), route.path.end(), '{')));
        std::set<std::string> asked;
        for (const QueryParameter& parameter : route.query) asked.emplace(parameter.name);
        QVERIFY(inQuery == asked);
        QCOMPARE(inHeader.contains("Idempotency-Key"), route.takesKey);
    }

    void refersToTheSchemaOfEachBody() {
        for (const Route& route : routes()) {
            const json::Object& operation = operationOf(route);
            QVERIFY2(operation.contains("requestBody") == (route.body || !route.bodyType.empty()),
                     titleOf(route).c_str());
            if (!route.body) continue;
            const json::Object& media =
                json::object(json::object(json::object(operation, "requestBody"), "content"), "application/json");
            QCOMPARE(json::text(json::object(media, "schema"), "$ref"),
                     "#/components/schemas/" + std::string(route.body()->name));
        }
    }

    void saysWhoMayUseEachRoute() {
        for (const Route& route : routes()) {
            const json::Object& operation = operationOf(route);
            const json::Array& ways = json::array(operation, "security");
            const std::string text = json::text(operation, "description");
            QVERIFY2(ways.empty() == (route.access == Access::Open), titleOf(route).c_str());
            // Every way in that is written down is one that the router takes, and the text names its scope.
            for (const auto scope : {security::Scope::Send, security::Scope::Read, security::Scope::Admin}) {
                const Principal one{.actor = "key:x", .keyId = makeId(SystemClock{}.now()), .scopes = {scope}};
                const std::string named{security::name(scope)};
                bool written = false;
                for (const json::Value& way : ways)
                    for (const auto& scheme : way.get_object())
                        written |= textsOf(scheme.value().get_array()).contains(named);
                if (scope != security::Scope::Admin && route.access != Access::Open)
                    QVERIFY2(written == mayUse(one, route), titleOf(route).c_str());
                if (written) {
                    QVERIFY2(mayUse(one, route), titleOf(route).c_str());
                    QVERIFY2(text.find("`" + named + "`") != text.npos, titleOf(route).c_str());
                }
            }
        }
        for (const json::Value& tag : json::array(document(), "tags"))
            QVERIFY(!json::text(tag.get_object(), "description").empty());
    }

    void putsEachRouteIntoOneGroupThatIsThere() {
        std::set<std::string> groups, used;
        for (const json::Value& tag : json::array(document(), "tags"))
            groups.insert(json::text(tag.get_object(), "name"));
        for (const Route& route : routes()) {
            const auto tags = textsOf(json::array(operationOf(route), "tags"));
            QCOMPARE(tags.size(), std::size_t{1});
            QVERIFY2(groups.contains(*tags.begin()), titleOf(route).c_str());
            used.insert(*tags.begin());
        }
        QVERIFY(groups == used);
    }

    void describesEveryErrorCodeWithItsStatusAndMeaning() {
        const json::Object& schema = json::object(components("schemas"), "ErrorCode");
        const auto codes = textsOf(json::array(schema, "enum"));
        QCOMPARE(codes.size(), allErrorCodes().size());
        const std::string text = json::text(schema, "description");
        std::size_t row = 0;
        for (const ErrorCode code : allErrorCodes()) {
            const std::string wire{wireName(code)};
            QVERIFY2(codes.contains(wire), wire.c_str());
            const json::Object& said = json::array(schema, "x-error-codes").at(row++).get_object();
            QCOMPARE(json::text(said, "code"), wire);
            QCOMPARE(json::integer(said, "status"), std::int64_t{httpStatus(code)});
            QCOMPARE(json::text(said, "meaning"), std::string(title(code)));
            QVERIFY2(text.find("`" + wire + "`") != text.npos, wire.c_str());
            const auto& response = json::object(components("responses"), "Error" + std::to_string(httpStatus(code)));
            QVERIFY2(json::text(response, "description").find("`" + wire + "`: ") != std::string::npos, wire.c_str());
            QVERIFY(json::object(response, "content").contains("application/json"));
            QVERIFY(json::object(response, "content").contains("application/problem+json"));
            const int status = httpStatus(code);
            QCOMPARE(json::object(response, "headers").contains("Retry-After"),
                     status == 429 || status == 503 || status == 507);
        }
    }

    void hasEveryErrorCodeInTheHandbook() {
        for (const char* language : {"en", "zh"}) {
            QFile page{toQString(std::string(POSTROOM_SOURCE_DIR "/resources/handbook/") + language + "/api.md")};
            QVERIFY(page.open(QIODevice::ReadOnly));
            const std::string text = page.readAll().toStdString();
            for (const ErrorCode code : allErrorCodes()) {
                const std::string row =
                    "| `" + std::string(wireName(code)) + "` | " + std::to_string(httpStatus(code)) + " | ";
                QVERIFY2(text.find(row) != text.npos, (language + (": " + row)).c_str());
            }
        }
    }

    void answersEachRouteWithTheStatusOfEachOfItsCodes() {
        for (const Route& route : routes()) {
            const json::Object& operation = operationOf(route);
            const json::Object& responses = json::object(operation, "responses");
            std::set<std::string> statuses{std::to_string(route.success)}, described;
            if (route.revalidates) statuses.insert("304");
            std::set<std::string> codes;
            for (const ErrorCode code : errorsOf(route)) {
                statuses.insert(std::to_string(httpStatus(code)));
                codes.emplace(wireName(code));
            }
            for (const auto& response : responses) described.emplace(response.key());
            QVERIFY2(statuses == described, titleOf(route).c_str());
            QVERIFY2(textsOf(json::array(operation, "x-error-codes")) == codes, titleOf(route).c_str());
            const bool open = route.access == Access::Open;
            QVERIFY2(codes.contains("auth.scope") != open, titleOf(route).c_str());
            QVERIFY2(codes.contains("not_found") || route.path.find('{') == route.path.npos, titleOf(route).c_str());
        }
    }

    void refersOnlyToWhatIsThereAndHoldsNothingUnused() {
        std::set<std::string> refs;
        references(document(), refs);
        QVERIFY(refs.size() > 60);
        for (const std::string& ref : refs) QVERIFY2(!target(ref).empty(), ref.c_str());
        for (const std::string_view kind : {"schemas", "parameters"})
            for (const auto& component : components(kind)) {
                const std::string ref = "#/components/" + std::string(kind) + "/" + std::string(component.key());
                QVERIFY2(refs.contains(ref), ref.c_str());
            }
    }

    void describesEveryFieldOfEveryBody() {
        std::set<const contract::Schema*> schemas;
        for (const Route& route : routes())
            if (route.body) schemasOf(*route.body(), schemas);
        std::set<std::string_view> names;
        for (const contract::Schema* schema : schemas) {
            // A struct of an answer with the same name would have taken its place.
            QVERIFY2(names.insert(schema->name).second, schema->name.data());
            const json::Object& described = json::object(components("schemas"), schema->name);
            QVERIFY2(described.contains("additionalProperties"), schema->name.data());
            QCOMPARE(json::boolean(described, "additionalProperties", true), false);
            std::set<std::string> required;
            for (const contract::Field& field : schema->fields) {
                const std::string title = std::string(schema->name) + "." + std::string(field.name);
                const bool there = json::object(described, "properties").contains(field.name);
                QVERIFY2(there == (field.need != contract::Need::NotAvailable), title.c_str());
                if (field.need == contract::Need::Required && field.unless.empty()) required.emplace(field.name);
                const bool said = !field.doc.empty();
                QVERIFY2(said || !there || field.need == contract::Need::ReadOnly, title.c_str());
            }
            QVERIFY2(textsOf(json::array(described, "required")) == required, schema->name.data());
        }
    }

    void givesExamplesOfEveryBodyThatPass() {
        std::set<std::string_view> shown, asked;
        for (const Route& route : routes()) {
            if (!route.body) continue;
            asked.insert(route.body()->name);
            for (const BodyRow& row : bodyRows()) {
                if (row.schema != route.body()->name) continue;
                const auto value = json::parse(row.example);
                QVERIFY2(value, row.name.data());
                const auto fits = contract::check(*route.body(), *value);
                QVERIFY2(fits, fits ? "" : (std::string(row.name) + ": " + fits.error().text()).c_str());
                shown.insert(row.schema);
            }
        }
        for (const std::string_view schema : asked) QVERIFY2(shown.contains(schema), schema.data());
        for (const BodyRow& row : bodyRows()) QVERIFY2(asked.contains(row.schema), row.schema.data());
    }

    void hasRowsOfRoutesThatAreThereWithExamplesThatParse() {
        for (const RouteRow& row : routeRows()) {
            const bool there = std::any_of(routes().begin(), routes().end(),
                                           [&](const Route& route) { return route.name == row.route; });
            QVERIFY2(there, row.route.data());
            if (row.example.empty()) continue;
            const auto example = json::parse(row.example);
            QVERIFY2(example, row.route.data());
            // What an answer's own struct does not read is no example of it.
            if (row.complete) QVERIFY2(!row.complete(*example).is_null(), row.route.data());
        }
    }
};

QTEST_APPLESS_MAIN(TestOpenApi)
#include "tst_openapi.moc"
