// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/contract/schema.h"

#include "engine/base/text.h"

#include <algorithm>

namespace postroom::contract {

namespace {

constexpr std::size_t mostFaults = 50;

// Walks one body beside its schema and writes down what does not fit.
class Inspection {
public:
    void object(const Schema& schema, const json::Object& body, const std::string& path) {
        for (const auto& member : body)
            if (!find(schema, member.key()))
                fault(join(path, printable(std::string_view(member.key()), 64)), "field.unknown",
                      "is not a field of this request");
        for (const Field& field : schema.fields) {
            const json::Value* value = body.if_contains(field.name);
            if (value)
                present(field, *value, join(path, field.name));
            else if (field.need == Need::Required && (field.unless.empty() || !body.contains(field.unless)))
                fault(join(path, field.name), "field.required", "is required");
        }
    }

    std::vector<FieldError> faults;

private:
    static const Field* find(const Schema& schema, std::string_view name) {
        const auto at =
            std::find_if(schema.fields.begin(), schema.fields.end(), [&](const Field& f) { return f.name == name; });
        return at == schema.fields.end() ? nullptr : &*at;
    }
    static std::string join(const std::string& path, std::string_view name) {
        return path.empty() ? std::string(name) : path + "." + std::string(name);
    }
    void fault(std::string field, const char* reason, std::string detail) {
        if (faults.size() < mostFaults) faults.push_back({std::move(field), reason, std::move(detail)});
    }

    void present(const Field& field, const json::Value& value, const std::string& path) {
        if (field.need == Need::ReadOnly) return fault(path, "field.read_only", "is set by the engine");
        if (field.need == Need::NotAvailable)
            return fault(path, "field.not_available", "is not available in this version");
        if (value.is_null()) {
            if (!field.nullable) fault(path, "field.type", "must not be null");
            return;
        }
        switch (field.type) {
            case FieldType::Text: return text(field, value, path);
            case FieldType::Integer: return integer(field, value, path);
            case FieldType::Number: return number(field, value, path);
            case FieldType::Boolean:
                if (!value.is_bool()) fault(path, "field.type", "must be true or false");
                return;
            case FieldType::Object:
                if (!value.is_object()) return fault(path, "field.type", "must be an object");
                if (field.of) object(*field.of, value.get_object(), path);
                return;
            case FieldType::TextOrList:
                if (value.is_string()) return text(field, value, path);
                if (!value.is_array()) return fault(path, "field.type", "must be a string or a list of strings");
                return list(field, value.get_array(), path);
            case FieldType::List:
                if (!value.is_array()) return fault(path, "field.type", "must be a list");
                return list(field, value.get_array(), path);
            case FieldType::Objects:
                if (!value.is_array()) return fault(path, "field.type", "must be a list");
                if (value.get_array().empty()) return fault(path, "field.empty", "must not be empty");
                if (value.get_array().size() > field.most)
                    fault(path, "field.too_many", "has more than " + std::to_string(field.most) + " entries");
                return;
            case FieldType::Map: return map(field, value, path);
        }
    }

    void text(const Field& field, const json::Value& value, const std::string& path) {
        if (!value.is_string()) return fault(path, "field.type", "must be a string");
        const std::string_view given{value.get_string().data(), value.get_string().size()};
        if (given.empty() && !field.blankAllowed) return fault(path, "field.empty", "must not be empty");
        if (given.size() > field.longest)
            return fault(path, "field.too_long", "is longer than " + std::to_string(field.longest) + " bytes");
        if (field.multiline ? given.find('\0') != given.npos : hasControls(given))
            return fault(path, "field.control_character", "holds a control character");
        if (!field.oneOf.empty() && std::find(field.oneOf.begin(), field.oneOf.end(), given) == field.oneOf.end()) {
            std::string allowed;
            for (const auto word : field.oneOf) allowed.append(allowed.empty() ? "" : ", ").append(word);
            fault(path, "field.not_allowed", "must be one of: " + allowed);
        }
    }

    void integer(const Field& field, const json::Value& value, const std::string& path) {
        std::int64_t number = 0;
        if (value.is_int64())
            number = value.get_int64();
        else if (value.is_uint64())
            return fault(path, "field.too_large", "is larger than " + std::to_string(field.greatest));
        else
            return fault(path, "field.type", "must be an integer");
        if (number < field.least) fault(path, "field.too_small", "must be at least " + std::to_string(field.least));
        if (number > field.greatest)
            fault(path, "field.too_large", "must be at most " + std::to_string(field.greatest));
    }

    void number(const Field& field, const json::Value& value, const std::string& path) {
        if (!value.is_number()) return fault(path, "field.type", "must be a number");
        const double given = value.to_number<double>();
        if (given < static_cast<double>(field.least))
            fault(path, "field.too_small", "must be at least " + std::to_string(field.least));
        if (given > static_cast<double>(field.greatest))
            fault(path, "field.too_large", "must be at most " + std::to_string(field.greatest));
    }

    void list(const Field& field, const json::Array& values, const std::string& path) {
        if (values.empty() && !field.blankAllowed) return fault(path, "field.empty", "must not be empty");
        if (values.size() > field.most)
            return fault(path, "field.too_many", "has more than " + std::to_string(field.most) + " entries");
        for (std::size_t i = 0; i < values.size() && faults.size() < mostFaults; ++i) {
            const std::string at = path + "[" + std::to_string(i) + "]";
            if (!field.of)
                text(field, values[i], at);
            else if (!values[i].is_object())
                fault(at, "field.type", "must be an object");
            else
                object(*field.of, values[i].get_object(), at);
        }
    }

    void map(const Field& field, const json::Value& value, const std::string& path) {
        if (!value.is_object()) return fault(path, "field.type", "must be an object of strings");
        if (value.get_object().size() > field.most)
            return fault(path, "field.too_many", "has more than " + std::to_string(field.most) + " entries");
        for (const auto& member : value.get_object())
            text(field, member.value(), join(path, printable(std::string_view(member.key()), 64)));
    }
};

// One text: the field itself, or an entry of its list or map.
json::Object describeText(const Field& field) {
    json::Object out{{"type", "string"}, {"maxLength", field.longest}};
    if (!field.blankAllowed) out["minLength"] = 1;
    if (field.oneOf.empty()) return out;
    json::Array words;
    for (const auto word : field.oneOf) words.emplace_back(word);
    out["enum"] = std::move(words);
    return out;
}

json::Object describeList(const Field& field, json::Object& components) {
    json::Object out{{"type", "array"},
                     {"items", field.of ? describe(*field.of, components) : describeText(field)},
                     {"maxItems", field.most}};
    if (!field.blankAllowed) out["minItems"] = 1;
    return out;
}

json::Object describeField(const Field& field, json::Object& components) {
    json::Object out;
    switch (field.type) {
        case FieldType::Text: out = describeText(field); break;
        case FieldType::Integer: out = {{"type", "integer"}}; break;
        case FieldType::Number: out = {{"type", "number"}}; break;
        case FieldType::Boolean: out = {{"type", "boolean"}}; break;
        case FieldType::Object:
            out = field.of ? describe(*field.of, components) : json::Object{{"type", "object"}};
            break;
        case FieldType::List:
        case FieldType::Objects: out = describeList(field, components); break;
        case FieldType::TextOrList:
            out = {{"oneOf", json::Array{describeText(field), describeList(field, components)}}};
            break;
        case FieldType::Map:
            out = {{"type", "object"}, {"additionalProperties", describeText(field)}, {"maxProperties", field.most}};
            break;
    }
    const bool counts = field.type == FieldType::Integer || field.type == FieldType::Number;
    if (counts && field.least != INT64_MIN) out["minimum"] = field.least;
    if (counts && field.greatest != INT64_MAX) out["maximum"] = field.greatest;
    if (field.nullable) out = {{"anyOf", json::Array{out, json::Object{{"type", "null"}}}}};
    if (!field.doc.empty()) out["description"] = field.doc;
    if (field.need == Need::ReadOnly) out["readOnly"] = true;
    if (!field.example.empty())
        if (auto example = json::parse(field.example)) out["examples"] = json::Array{*example};
    return out;
}

}  // namespace

Result<void> check(const Schema& schema, const json::Value& body) {
    if (!body.is_object()) return fail(invalidField("", "field.type", "the body must be a JSON object"));
    Inspection inspection;
    inspection.object(schema, body.get_object(), {});
    if (inspection.faults.empty()) return {};
    return fail(invalidFields(std::move(inspection.faults)));
}

json::Object describe(const Schema& schema, json::Object& components) {
    json::Object reference{{"$ref", "#/components/schemas/" + std::string(schema.name)}};
    if (components.contains(schema.name)) return reference;
    components[schema.name] = nullptr;  // a schema that holds itself ends here
    json::Object properties;
    json::Array required;
    for (const Field& field : schema.fields) {
        if (field.need == Need::NotAvailable) continue;
        properties.emplace(field.name, describeField(field, components));
        if (field.need == Need::Required && field.unless.empty()) required.emplace_back(field.name);
    }
    json::Object out{{"type", "object"}, {"additionalProperties", false}, {"properties", std::move(properties)}};
    if (!required.empty()) out.emplace("required", std::move(required));
    components[schema.name] = std::move(out);
    return reference;
}

}  // namespace postroom::contract
