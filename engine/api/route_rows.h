// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What the rows of the route table are written with: see router.h.

#include "engine/api/handlers.h"
#include "engine/api/router.h"
#include "engine/contract/describe.h"

namespace postroom::api {

template <typename T>
json::Object schemaOf(json::Object& components) {
    return contract::describe<T>(components);
}

template <const contract::Schema& (*schema)()>
const contract::Schema* body() {
    return &schema();
}

/// Of a list that is read page by page, with what it takes besides.
[[nodiscard]] inline std::vector<QueryParameter> paging(std::vector<QueryParameter> more = {}) {
    std::vector<QueryParameter> all{{"limit", "50 when absent", 1, 200},
                                    {"cursor", "`next_cursor` of the page before"}};
    all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    return all;
}

/// Parts of routes(), each with the rows of one kind.
[[nodiscard]] std::vector<Route> openRoutes();
[[nodiscard]] std::vector<Route> mailRoutes();
[[nodiscard]] std::vector<Route> adminRoutes();

}  // namespace postroom::api
