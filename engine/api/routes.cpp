// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/route_rows.h"

namespace postroom::api {

const std::vector<Route>& routes() {
    static const std::vector<Route> table = [] {
        std::vector<Route> all;
        for (std::vector<Route> some : {openRoutes(), mailRoutes(), adminRoutes()})
            all.insert(all.end(), std::make_move_iterator(some.begin()), std::make_move_iterator(some.end()));
        return all;
    }();
    return table;
}

}  // namespace postroom::api
