// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/web/provider.h"

#include "engine/base/platform.h"
#include "engine/base/text.h"

#include <algorithm>
#include <array>

namespace postroom::web {

namespace {

struct Known {
    std::string_view name;
    std::string_view clientId;  ///< the settings that say it
    std::string_view clientSecret;
    std::string_view tokenUrl;  ///< {tenant} is the setting's; empty: a setting says it
    std::string_view deviceUrl;
    std::string_view scope;
};
constexpr std::array<Known, 3> known{{
    {"google", "OAUTH_GOOGLE_CLIENT_ID", "OAUTH_GOOGLE_CLIENT_SECRET", "https://oauth2.googleapis.com/token",
     "https://oauth2.googleapis.com/device/code", "https://mail.google.com/"},
    // Without offline_access there is no refresh token.
    {"microsoft", "OAUTH_MICROSOFT_CLIENT_ID", "OAUTH_MICROSOFT_CLIENT_SECRET",
     "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
     "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/devicecode",
     "https://outlook.office.com/SMTP.Send offline_access"},
    {"generic", "OAUTH_GENERIC_CLIENT_ID", "OAUTH_GENERIC_CLIENT_SECRET", "", "", ""},
}};

std::string at(std::string_view pattern, const std::string& tenant) {
    std::string url{pattern};
    if (const auto place = url.find("{tenant}"); place != url.npos) url.replace(place, 8, tenant);
    return url;
}

Result<Site> siteOf(const std::string& name, std::string_view url, const std::string& roots_pem) {
    auto site = readSite(url, roots_pem);
    if (!site) return fail(ErrorCode::ConfigInvalid, name + " " + site.error().detail);
    return site;
}

Result<std::string> rootsOf(const contract::Settings& settings, const std::string& name) {
    if (settings.text(name).empty()) return std::string();
    auto pem = platform::readFile(settings.text(name));
    if (!pem) return fail(ErrorCode::ConfigInvalid, name + ": " + pem.error().detail);
    if (pem->find("-----BEGIN CERTIFICATE-----") == pem->npos)
        return fail(ErrorCode::ConfigInvalid, name + ": the file holds no certificate in PEM");
    return pem;
}

Result<Provider> genericOf(const contract::Settings& settings, Provider provider) {
    const auto roots = rootsOf(settings, "OAUTH_GENERIC_CA");
    if (!roots) return fail(roots.error());
    provider.scope = settings.text("OAUTH_GENERIC_SCOPE");
    auto tokens = siteOf("OAUTH_GENERIC_TOKEN_URL", settings.text("OAUTH_GENERIC_TOKEN_URL"), *roots);
    if (!tokens) return fail(tokens.error());
    provider.tokens = std::move(*tokens);
    if (const std::string& url = settings.text("OAUTH_GENERIC_DEVICE_URL"); !url.empty()) {
        auto devices = siteOf("OAUTH_GENERIC_DEVICE_URL", url, *roots);
        if (!devices) return fail(devices.error());
        provider.devices = std::move(*devices);
    }
    return provider;
}

Form formOf(const Provider& provider) {
    Form form;
    form.add("client_id", provider.clientId);
    return form;
}

// A public client has no secret, and a secret that is shown where none belongs is refused by some.
Form withSecret(const Provider& provider) {
    Form form = formOf(provider);
    form.add("client_secret", provider.clientSecret.reveal());
    return form;
}

}  // namespace

Result<std::vector<Provider>> providersOf(const contract::Settings& settings) {
    std::vector<Provider> providers;
    for (const Known& one : known) {
        Provider provider{.name = std::string(one.name),
                          .clientId = settings.text(one.clientId),
                          .clientSecret = settings.secret(one.clientSecret),
                          .scope = std::string(one.scope),
                          .tokens = {},
                          .devices = {}};
        if (provider.clientId.empty()) continue;
        if (one.tokenUrl.empty()) {
            auto generic = genericOf(settings, std::move(provider));
            if (!generic) return fail(generic.error());
            providers.push_back(std::move(*generic));
            continue;
        }
        const std::string& tenant = settings.text("OAUTH_MICROSOFT_TENANT");
        auto tokens = siteOf("OAUTH_MICROSOFT_TENANT", at(one.tokenUrl, tenant), {});
        auto devices = siteOf("OAUTH_MICROSOFT_TENANT", at(one.deviceUrl, tenant), {});
        if (!tokens || !devices) return fail(tokens ? devices.error() : tokens.error());
        provider.tokens = std::move(*tokens);
        provider.devices = std::move(*devices);
        providers.push_back(std::move(provider));
    }
    return providers;
}

const Provider* providerNamed(const std::vector<Provider>& providers, std::string_view name) {
    const auto at =
        std::find_if(providers.begin(), providers.end(), [&](const Provider& one) { return one.name == name; });
    return at == providers.end() ? nullptr : &*at;
}

std::string_view clientIdSetting(std::string_view provider) {
    const auto at = std::find_if(known.begin(), known.end(), [&](const Known& one) { return one.name == provider; });
    return at == known.end() ? known.back().clientId : at->clientId;
}

std::string_view providerOfHost(std::string_view smtpHost) {
    const std::string host = toLowerAscii(smtpHost);
    const auto isAt = [&](std::string_view domain) {
        return host == domain || (host.ends_with(domain) && host[host.size() - domain.size() - 1] == '.');
    };
    if (isAt("gmail.com") || isAt("googlemail.com")) return "google";
    if (isAt("office365.com") || isAt("outlook.com")) return "microsoft";
    return {};
}

Secret deviceRequest(const Provider& provider) {
    return formOf(provider).add("scope", provider.scope).take();
}

Secret deviceTokenRequest(const Provider& provider, const Secret& deviceCode) {
    return withSecret(provider)
        .add("grant_type", "urn:ietf:params:oauth:grant-type:device_code")
        .add("device_code", deviceCode.reveal())
        .take();
}

Secret refreshRequest(const Provider& provider, const Secret& refreshToken) {
    // Without a scope it is the one that was granted.
    return withSecret(provider).add("grant_type", "refresh_token").add("refresh_token", refreshToken.reveal()).take();
}

}  // namespace postroom::web
