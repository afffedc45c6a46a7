// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Walks the pages of a list that is short by its nature: keys, accounts.

#include "app/ctl/console.h"

namespace postroom::ctl {

/// Everything `page` gives, page after page.
template <typename T>
Result<std::vector<T>> allOf(const std::function<Task<contract::Page<T>>(const client::PageQuery&)>& page) {
    std::vector<T> items;
    client::PageQuery query{.limit = 200};
    for (;;) {
        auto next = Console::wait(page(query));
        if (!next) return fail(next.error());
        std::move(next->items.begin(), next->items.end(), std::back_inserter(items));
        // An engine that gives the same cursor again would keep us here for ever.
        if (!next->nextCursor || next->nextCursor->empty() || *next->nextCursor == query.cursor) return items;
        query.cursor = *next->nextCursor;
    }
}

}  // namespace postroom::ctl
