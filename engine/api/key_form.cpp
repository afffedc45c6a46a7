// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/key_form.h"

#include "engine/api/account_form.h"
#include "engine/api/services.h"
#include "engine/base/text.h"
#include "engine/contract/settings_address.h"

#include <algorithm>

namespace postroom::api {

namespace {

using Faults = std::vector<FieldError>;

void end(const json::Object& form, TimePoint now, store::ApiKeyRecord& key, Faults& faults) {
    if (!form.contains("expires_at")) return;
    key.expiresAt.reset();
    if (!json::present(form, "expires_at")) return;
    const auto at = fromIso(json::text(form, "expires_at"));
    if (!at)
        faults.push_back({"expires_at", "field.type", "must be a time like 2027-01-31T23:59:59Z"});
    else if (*at <= now)
        faults.push_back({"expires_at", "time.past", "is past"});
    else
        key.expiresAt = *at;
}

// The texts of a list that are `good`; of the others the fault.
template <typename Good>
void list(const json::Object& form, const std::string& name, std::vector<std::string>& into, const char* reason,
          const char* detail, Faults& faults, Good good) {
    if (!form.contains(name)) return;
    into.clear();
    const json::Array& given = json::array(form, name);
    for (std::size_t i = 0; i < given.size(); ++i) {
        std::string text{trimmed(std::string_view(given[i].get_string()))};
        if (good(text))
            into.push_back(std::move(text));
        else
            faults.push_back({name + "[" + std::to_string(i) + "]", reason, detail});
    }
}

}  // namespace

Result<void> applyKeyForm(const json::Object& form, const std::vector<store::AccountRecord>& accounts, TimePoint now,
                          store::ApiKeyRecord& key) {
    Faults faults;
    if (form.contains("name")) key.name = json::text(form, "name");
    if (form.contains("description")) key.description = json::text(form, "description");
    if (form.contains("scopes")) {
        key.scopes.clear();
        for (const json::Value& scope : json::array(form, "scopes")) key.scopes.emplace_back(scope.get_string());
    }
    end(form, now, key, faults);
    list(form, "allowed_ips", key.allowedIps, "network.invalid", "is not an address or a network like 10.0.0.0/8",
         faults, [](const std::string& text) { return contract::isNetwork(text); });
    if (form.contains("allowed_from")) key.allowedFrom = patternsIn(form, "allowed_from", faults);
    list(form, "allowed_accounts", key.allowedAccounts, "account.unknown", "there is no such account", faults,
         [&](const std::string& text) { return accountNamed(accounts, text) != nullptr; });
    if (faults.empty()) return {};
    return fail(invalidFields(std::move(faults)));
}

}  // namespace postroom::api
