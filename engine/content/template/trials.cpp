// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/content/template/arithmetic.h"
#include "engine/content/template/filters.h"

namespace postroom::content::templates {

namespace {

using Kind = Value::Kind;

bool leaves(Work& work, const Value& value, const Value& divisor, std::int64_t rest) {
    const Value found = combine(work, Operator::Modulo, value, divisor);
    return !work.failed() && relates(work, Operator::Equal, found, rest);
}

constexpr std::array table{
    Trial{"defined", false, [](Work&, const Value& value, const Value&) { return !value.isUndefined(); }},
    Trial{"undefined", false, [](Work&, const Value& value, const Value&) { return value.isUndefined(); }},
    Trial{"none", false, [](Work&, const Value& value, const Value&) { return value.kind() == Kind::None; }},
    Trial{"number", false, [](Work&, const Value& value, const Value&) { return value.isNumber(); }},
    Trial{"string", false, [](Work&, const Value& value, const Value&) { return value.isText(); }},
    Trial{"mapping", false, [](Work&, const Value& value, const Value&) { return value.kind() == Kind::Map; }},
    Trial{"iterable", false,
          [](Work& work, const Value& value, const Value&) {
              if (value.isUndefined()) return static_cast<void>(holds(work, value)), true;
              return value.isText() || value.kind() == Kind::List || value.kind() == Kind::Map ||
                     value.kind() == Kind::Loop;
          }},
    Trial{"even", false,
          [](Work& work, const Value& value, const Value&) { return leaves(work, value, std::int64_t{2}, 0); }},
    Trial{"odd", false,
          [](Work& work, const Value& value, const Value&) { return leaves(work, value, std::int64_t{2}, 1); }},
    Trial{"divisibleby", true,
          [](Work& work, const Value& value, const Value& argument) { return leaves(work, value, argument, 0); }},
};

}  // namespace

const Trial* findTrial(std::string_view name) {
    for (const Trial& trial : table)
        if (trial.name == name) return &trial;
    return nullptr;
}

}  // namespace postroom::content::templates
