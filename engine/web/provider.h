// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Who gives access to mail accounts (OAuth 2.0), and what is asked of them. Pure, any thread.
//
// No client id is shipped: an operator registers an application of their own with the provider and writes what that
// gives them into the settings. See the handbook's page on accounts.

#include "engine/base/result.h"
#include "engine/base/secret.h"
#include "engine/contract/settings.h"
#include "engine/web/outbound.h"

#include <string>
#include <string_view>
#include <vector>

namespace postroom::web {

struct Provider {
    std::string name;  ///< google, microsoft, generic: what an account's `oauth_provider` says
    std::string clientId;
    Secret clientSecret;  ///< empty: the application is a public client
    std::string scope;
    Site tokens;
    std::optional<Site> devices;  ///< none: it has no device code
};

/// Those of the settings, each whole: a client id and where it is needed an address. A CA file is read here.
/// ConfigInvalid, naming the setting.
[[nodiscard]] Result<std::vector<Provider>> providersOf(const contract::Settings& settings);
[[nodiscard]] const Provider* providerNamed(const std::vector<Provider>& providers, std::string_view name);
/// The setting that is missing where providersOf() has none of this name.
[[nodiscard]] std::string_view clientIdSetting(std::string_view provider);
/// Whose server that is, by its name; empty for what could be anybody's.
[[nodiscard]] std::string_view providerOfHost(std::string_view smtpHost);

/// RFC 8628 §3.1.
[[nodiscard]] Secret deviceRequest(const Provider& provider);
/// RFC 8628 §3.4.
[[nodiscard]] Secret deviceTokenRequest(const Provider& provider, const Secret& deviceCode);
/// RFC 6749 §6.
[[nodiscard]] Secret refreshRequest(const Provider& provider, const Secret& refreshToken);

}  // namespace postroom::web
