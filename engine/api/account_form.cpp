// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/api/account_form.h"

#include "engine/base/text.h"
#include "engine/content/address.h"
#include "engine/contract/codec.h"
#include "engine/policy/send_hours.h"
#include "engine/policy/zone.h"
#include "engine/smtp/endpoint.h"
#include "engine/web/provider.h"

#include <QDate>

namespace postroom::api {

namespace {

class Form {
public:
    Form(const json::Object& form, store::AccountRecord& account) : m_form(form), m_account(account) {}

    void text(std::string_view name, std::string& into) {
        const json::Value* value = m_form.if_contains(name);
        if (value) into = value->is_string() ? std::string(value->get_string()) : std::string{};
    }
    template <typename T>
    void number(std::string_view name, T& into) {
        if (json::present(m_form, name)) into = static_cast<T>(json::integer(m_form, name));
    }
    void limit(std::string_view name, std::optional<std::int64_t>& into) {
        if (!has(name)) return;
        into.reset();
        if (json::present(m_form, name)) into = json::integer(m_form, name);
    }
    void fault(std::string field, std::string reason, std::string detail) {
        m_faults.push_back({std::move(field), std::move(reason), std::move(detail)});
    }
    [[nodiscard]] bool has(std::string_view name) const { return m_form.contains(name); }

    void email() {
        if (!has("email")) return;
        auto address = content::parseAddress(json::text(m_form, "email"));
        if (!address) return fault("email", address.error().reason, address.error().detail);
        m_account.email = std::move(*address);
    }

    void host() {
        if (!has("smtp_host")) return;
        m_account.smtpHost = std::string(trimmed(json::text(m_form, "smtp_host")));
        if (m_account.smtpHost.find_first_of(" /@\\<>\"'") != std::string::npos || !isAscii(m_account.smtpHost))
            fault("smtp_host", "host.invalid",
                  "is not a host name or address; an international name goes in its xn-- form");
    }

    void fromAddresses() {
        if (has("from_addresses")) m_account.fromAddresses = patternsIn(m_form, "from_addresses", m_faults);
    }

    void trust() {
        text("ca_certificate", m_account.caCertificate);
        if (!m_account.caCertificate.empty() &&
            m_account.caCertificate.find("-----BEGIN CERTIFICATE-----") == std::string::npos)
            fault("ca_certificate", "certificate.invalid", "is not a certificate in PEM");
        if (!has("fingerprint")) return;
        text("fingerprint", m_account.fingerprint);
        std::erase(m_account.fingerprint, ':');
        m_account.fingerprint = toLowerAscii(m_account.fingerprint);
        const bool hex = m_account.fingerprint.find_first_not_of("0123456789abcdef") == std::string::npos;
        if (!m_account.fingerprint.empty() && (m_account.fingerprint.size() != 64 || !hex))
            fault("fingerprint", "fingerprint.invalid", "is not the SHA-256 of a certificate, 64 hexadecimal digits");
    }

    void timeZone() {
        text("time_zone", m_account.timeZone);
        if (!m_account.timeZone.empty() && !policy::isKnownZone(m_account.timeZone))
            fault("time_zone", "time_zone.unknown", "is no time zone's name, like Asia/Shanghai");
    }

    void warmup() {
        if (!has("warmup")) return;
        m_account.warmup.clear();
        const json::Array& steps = json::array(m_form, "warmup");
        for (std::size_t i = 0; i < steps.size(); ++i) {
            const auto step = contract::fromJson<contract::WarmupStep>(steps[i]).value_or(contract::WarmupStep{});
            const std::string field = "warmup[" + std::to_string(i) + "].from";
            if (!QDate::fromString(toQString(step.from), QStringLiteral("yyyy-MM-dd")).isValid())
                fault(field, "field.not_allowed", "is no date like 2026-12-31");
            else if (!m_account.warmup.empty() && step.from <= m_account.warmup.back().from)
                fault(field, "field.not_allowed", "is not after the step before");
            m_account.warmup.push_back(step);
        }
    }

    void sendHours() {
        if (!has("send_hours")) return;
        m_account.sendHours.clear();
        const json::Array& rows = json::array(m_form, "send_hours");
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const auto hours = contract::fromJson<contract::SendHours>(rows[i]).value_or(contract::SendHours{});
            const std::string field = "send_hours[" + std::to_string(i) + "].";
            for (std::size_t day = 0; day < hours.days.size(); ++day)
                if (!policy::weekday(hours.days[day]))
                    fault(field + "days[" + std::to_string(day) + "]", "field.not_allowed",
                          "must be one of: mon, tue, wed, thu, fri, sat, sun");
            const auto from = policy::minutesOf(hours.from), to = policy::minutesOf(hours.to);
            if (!from || *from == 24 * 60) fault(field + "from", "field.not_allowed", "is no time like 08:30");
            if (!to) fault(field + "to", "field.not_allowed", "is no time like 18:30, up to 24:00");
            if (from && from == to) fault(field + "to", "field.not_allowed", "is the same as from");
            m_account.sendHours.push_back(hours);
        }
    }

    void oauth() {
        if (json::present(m_form, "oauth_provider")) m_account.oauthProvider = json::text(m_form, "oauth_provider");
        if (m_account.auth != contract::Auth::XOAuth2) return;
        if (m_account.smtpUsername.empty()) m_account.smtpUsername = m_account.email;
        if (m_account.oauthProvider.empty()) m_account.oauthProvider = web::providerOfHost(m_account.smtpHost);
        if (m_account.oauthProvider.empty())
            fault("oauth_provider", "field.required",
                  "is required with auth: xoauth2 where the server is neither Google's nor Microsoft's");
    }

    std::vector<FieldError> m_faults;

private:
    const json::Object& m_form;
    store::AccountRecord& m_account;
};

contract::Security defaultSecurity(int port) {
    return port == 25 || port == 587 || port == 2525 ? contract::Security::StartTls : contract::Security::Tls;
}

}  // namespace

std::vector<std::string> patternsIn(const json::Object& form, const std::string& name,
                                    std::vector<FieldError>& faults) {
    std::vector<std::string> patterns;
    const json::Array& given = json::array(form, name);
    for (std::size_t i = 0; i < given.size(); ++i) {
        std::string pattern{given[i].get_string()};
        const bool wild = pattern.starts_with("*@");
        auto address = content::parseAddress(wild ? "any" + pattern.substr(1) : pattern);
        if (address)
            patterns.push_back(wild ? "*" + address->substr(3) : std::move(*address));
        else
            faults.push_back({name + "[" + std::to_string(i) + "]", address.error().reason, address.error().detail});
    }
    return patterns;
}

Result<void> applyForm(const json::Object& form, bool isNew, const security::Vault& vault,
                       store::AccountRecord& account) {
    Form read{form, account};
    read.email();
    read.host();
    read.number("smtp_port", account.smtpPort);
    read.text("smtp_username", account.smtpUsername);
    read.text("display_name", account.displayName);
    read.limit("daily_limit", account.dailyLimit);
    read.limit("hourly_limit", account.hourlyLimit);
    read.limit("rate_per_minute", account.ratePerMinute);
    if (json::present(form, "limit_window")) account.limitRolls = json::text(form, "limit_window") == "rolling";
    read.timeZone();
    read.warmup();
    read.sendHours();
    read.number("priority", account.priority);
    read.number("max_connections", account.maxConnections);
    read.number("max_recipients", account.maxRecipients);
    read.number("max_messages", account.maxMessages);
    read.fromAddresses();
    read.trust();
    if (json::present(form, "security"))
        account.security = *contract::securityNamed(json::text(form, "security"));
    else if (isNew)
        account.security = defaultSecurity(account.smtpPort);
    if (json::present(form, "auth"))
        account.auth = *contract::authNamed(json::text(form, "auth"));
    else if (isNew)
        account.auth = account.smtpUsername.empty() ? contract::Auth::None : contract::Auth::Password;

    if (form.contains("smtp_password")) {
        account.smtpPassword.clear();
        const Secret password{json::text(form, "smtp_password")};
        if (!password.empty()) {
            auto sealed = vault.seal(password, account.id.text(), "smtp_password");
            if (!sealed) return fail(sealed.error());
            account.smtpPassword = std::move(*sealed);
        }
    }
    if (account.auth == contract::Auth::Password) {
        if (account.smtpUsername.empty())
            read.fault("smtp_username", "field.required", "is required with auth: password");
        if (account.smtpPassword.empty())
            read.fault("smtp_password", "field.required", "is required with auth: password");
    }
    read.oauth();
    if (account.auth != contract::Auth::None && account.security == contract::Security::None &&
        !smtp::isLoopbackName(account.smtpHost))
        read.fault("security", "account.password_in_clear",
                   "a password or token is never sent in clear text over a network: use tls or starttls");
    if (read.m_faults.empty()) return {};
    return fail(invalidFields(std::move(read.m_faults)));
}

}  // namespace postroom::api
