// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/send_rules.h"

#include "engine/base/text.h"
#include "engine/policy/choice.h"

#include <algorithm>

namespace postroom::api {

namespace {

using Accounts = std::vector<store::AccountRecord>;

bool isNamed(const std::vector<std::string>& names, const store::AccountRecord& account) {
    return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
        return name == account.id.text() || equalsIgnoreCase(name, account.email);
    });
}

std::optional<FieldError> pin(const SendRules& rules, const Accounts& accounts, std::string& pinned) {
    std::vector<const store::AccountRecord*> allowed;
    for (const store::AccountRecord& account : accounts)
        if (isNamed(rules.accounts, account)) allowed.push_back(&account);
    if (pinned.empty() && allowed.size() > 1)
        return FieldError{"account", "field.required", "is required: this key may use several accounts"};
    if (pinned.empty() && allowed.size() == 1) pinned = allowed.front()->id.text();
    // No account is left where those the key may use were removed.
    if (std::none_of(allowed.begin(), allowed.end(), [&](const auto* account) { return account->id.text() == pinned; }))
        return FieldError{"account", "account.not_allowed", "is not an account this key may use"};
    return std::nullopt;
}

std::optional<FieldError> sendAs(const SendRules& rules, const Accounts& accounts, const std::string& pinned,
                                 std::optional<content::Mailbox>& from) {
    if (from) {
        if (maySendAs(rules, from->address)) return std::nullopt;
        return FieldError{"from", "from.not_allowed", "is not an address this key may send as"};
    }
    const auto own = std::find_if(accounts.begin(), accounts.end(),
                                  [&](const auto& account) { return account.id.text() == pinned; });
    if (own != accounts.end() && maySendAs(rules, own->email)) return std::nullopt;
    const auto plain = std::find_if(rules.from.begin(), rules.from.end(),
                                    [](const std::string& pattern) { return !pattern.starts_with("*@"); });
    if (plain == rules.from.end())
        return FieldError{"from", "field.required", "is required: this key may send as some addresses only"};
    from = content::Mailbox{.name = {}, .address = *plain};
    return std::nullopt;
}

}  // namespace

bool maySendAs(const SendRules& rules, std::string_view address) {
    return rules.from.empty() || policy::fromMatches(rules.from, {}, address);
}

std::vector<FieldError> applyRules(const SendRules& rules, const Accounts& accounts, bool isSandbox,
                                   std::string& pinned, std::optional<content::Mailbox>& from) {
    std::vector<FieldError> faults;
    if (!rules.accounts.empty() && !isSandbox)
        if (auto fault = pin(rules, accounts, pinned)) faults.push_back(std::move(*fault));
    if (!rules.from.empty())
        if (auto fault = sendAs(rules, accounts, pinned, from)) faults.push_back(std::move(*fault));
    return faults;
}

}  // namespace postroom::api
