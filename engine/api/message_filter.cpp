// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/message_filter.h"

#include "engine/api/services.h"
#include "engine/base/text.h"

namespace postroom::api {

Result<store::MessageFilter> filterOf(const Services& services, const Call& call, std::string_view text) {
    auto search = contract::Search::parse(text);
    if (!search) return fail(search.error());
    store::MessageFilter filter{.search = std::move(*search)};
    if (const auto& account = filter.search.account) {
        filter.accountId = Id::parse(*account);
        const auto known = services.accounts.get();
        for (const store::AccountRecord& row : *known)
            if (equalsIgnoreCase(row.email, *account)) filter.accountId = row.id;
    }
    if (!call.principal.scopes.has(security::Scope::Read)) filter.keyId = call.principal.keyId;
    return filter;
}

Result<store::MessageFilter> filterOf(const Services& services, const Call& call) {
    const auto cursor = pageCursor(call);
    if (!cursor) return fail(cursor.error());
    auto filter = filterOf(services, call, call.queryValue("q").value_or(std::string()));
    if (!filter) return filter;
    filter->before = *cursor;
    if (const auto status = call.queryValue("status")) {
        const auto state = contract::stateNamed(*status);
        if (!state) return fail(invalidField("status", "field.not_allowed", "is not a state of messages"));
        if (filter->search.status && filter->search.status != state)
            return fail(invalidField("q", "search.repeated", "status: is given twice"));
        filter->search.status = state;
    }
    return filter;
}

Result<bool> queryFlag(const Call& call, const std::string& name) {
    const std::string given = call.queryValue(name).value_or("false");
    if (given != "true" && given != "false") return fail(invalidField(name, "field.type", "must be true or false"));
    return given == "true";
}

}  // namespace postroom::api
