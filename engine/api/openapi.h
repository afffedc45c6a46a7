// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The OpenAPI 3.1 document: the table of routes and the schemas of bodies and answers, in the words of a standard.
//
// Any thread. Changed together with: nothing, as long as routes.cpp says what a route takes and gives. What only the
// document needs of a route, its own errors and examples, is a row of openapi_rows.cpp.

#include "engine/api/router.h"

#include <set>
#include <string>

namespace postroom::api {

/// The document, made once.
[[nodiscard]] const std::string& openApi(const std::string& version);

/// What only the document knows of a route.
struct RouteRow {
    std::string_view route;                                 ///< operationId
    std::vector<ErrorCode> errors = {};                     ///< beyond those that follow from the route's kind
    std::string_view example = {};                          ///< JSON of `data`, or of the whole bare answer
    json::Value (*complete)(const json::Value&) = nullptr;  ///< adds to an example what it leaves out; null: no fit
    std::string_view alsoAs = {};                           ///< another media type of a success, where it is asked for
    int alsoAnswers = 0;                                    ///< a second status that has the success's body
};
[[nodiscard]] const std::vector<RouteRow>& routeRows();

/// Examples of a body, JSON; the first is what most callers want.
struct BodyRow {
    std::string_view schema;
    std::string_view name;
    std::string_view summary;
    std::string_view example;
};
[[nodiscard]] const std::vector<BodyRow>& bodyRows();

/// The group a route belongs to.
[[nodiscard]] std::string_view tagOf(const Route& route);
/// Every code the route may answer with, those of the server around it included.
[[nodiscard]] std::set<ErrorCode> errorsOf(const Route& route);

/// The parts that routes share: tags, security schemes, responses by status, headers, Error, Problem and ErrorCode.
[[nodiscard]] json::Array describeTags();
[[nodiscard]] json::Object describeSecurity();
[[nodiscard]] json::Object describeResponses();
[[nodiscard]] json::Object describeHeaders();
void describeErrors(json::Object& schemas);

}  // namespace postroom::api
