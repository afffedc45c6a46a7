// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "ui/screens/accounts/account_values.h"

#include "engine/base/text.h"

namespace postroom::ui {

namespace {

json::Value textOrNull(const QString& text) {
    return text.trimmed().isEmpty() ? json::Value(nullptr) : json::Value(toUtf8(text.trimmed()));
}

json::Value numberOrNull(const QString& text) {
    bool fits = false;
    const qlonglong number = text.trimmed().toLongLong(&fits);
    return fits ? json::Value(static_cast<std::int64_t>(number)) : json::Value(nullptr);
}

json::Array arrayOf(const QStringList& lines) {
    json::Array array;
    for (const QString& line : lines) array.emplace_back(toUtf8(line));
    return array;
}

// Everything but the password, null where nothing stands.
json::Object bodyOf(const AccountValues& values) {
    const bool logsIn = !values.userName.trimmed().isEmpty();
    return {{"email", toUtf8(values.email.trimmed())},
            {"smtp_host", toUtf8(values.host.trimmed())},
            {"smtp_port", numberOrNull(values.port)},
            {"security", json::Value(contract::name(values.security))},
            {"auth", json::Value(contract::name(logsIn ? contract::Auth::Password : contract::Auth::None))},
            {"smtp_username", textOrNull(values.userName)},
            {"display_name", toUtf8(values.displayName.trimmed())},
            {"daily_limit", numberOrNull(values.dailyLimit)},
            {"hourly_limit", numberOrNull(values.hourlyLimit)},
            {"rate_per_minute", numberOrNull(values.ratePerMinute)},
            {"priority", values.priority.trimmed().isEmpty() ? json::Value(0) : numberOrNull(values.priority)},
            {"max_connections", numberOrNull(values.maxConnections)},
            {"from_addresses", arrayOf(linesOf(values.fromAddresses))},
            {"ca_certificate", textOrNull(values.caCertificate)},
            {"fingerprint", textOrNull(values.fingerprint)}};
}

bool isNothing(const json::Value& value) {
    return value.is_null() || (value.is_string() && value.get_string().empty()) ||
           (value.is_array() && value.get_array().empty());
}

void option(QStringList& words, const QString& name, const QString& value) {
    if (value.isEmpty()) return;
    // What begins with a dash would be taken for an option itself.
    if (value.startsWith(QLatin1Char('-')))
        words.append(name + QLatin1Char('=') + value);
    else
        words << name << value;
}

}  // namespace

AccountValues valuesOf(const contract::Account& account) {
    QStringList from;
    for (const std::string& address : account.fromAddresses) from.append(toQString(address));
    return {.email = toQString(account.email),
            .displayName = toQString(account.displayName),
            .host = toQString(account.smtpHost),
            .port = QString::number(account.smtpPort),
            .security = account.security,
            .userName = toQString(account.smtpUsername),
            .password = {},
            .dailyLimit = account.dailyLimit ? QString::number(*account.dailyLimit) : QString(),
            .hourlyLimit = account.hourlyLimit ? QString::number(*account.hourlyLimit) : QString(),
            .ratePerMinute = account.ratePerMinute ? QString::number(*account.ratePerMinute) : QString(),
            .priority = QString::number(account.priority),
            .maxConnections = QString::number(account.maxConnections),
            .fromAddresses = from.join(QLatin1Char('\n')),
            .caCertificate = toQString(account.caCertificate),
            .fingerprint = toQString(account.fingerprint)};
}

QStringList linesOf(const QString& text) {
    QStringList lines;
    for (const QString& line : text.split(QLatin1Char('\n')))
        if (!line.trimmed().isEmpty()) lines.append(line.trimmed());
    return lines;
}

json::Object createBody(const AccountValues& values) {
    json::Object body;
    for (const auto& member : bodyOf(values))
        if (!isNothing(member.value())) body.emplace(member.key(), member.value());
    if (!values.password.isEmpty()) body["smtp_password"] = toUtf8(values.password);
    return body;
}

json::Object patchBody(const AccountValues& values, const contract::Account& seen) {
    const json::Object before = bodyOf(valuesOf(seen));
    json::Object body;
    for (const auto& member : bodyOf(values))
        if (member.value() != before.at(member.key())) body.emplace(member.key(), member.value());
    // How many connections there may be is no field that can be emptied: empty leaves it as it is.
    if (const json::Value* connections = body.if_contains("max_connections"); connections && connections->is_null())
        body.erase("max_connections");
    const bool logsIn = !values.userName.trimmed().isEmpty();
    if (!values.password.isEmpty()) {
        body["smtp_password"] = toUtf8(values.password);
        if (logsIn && seen.auth != contract::Auth::Password)
            body["auth"] = json::Value(contract::name(contract::Auth::Password));
    } else if (!logsIn && seen.hasPassword) {
        body["smtp_password"] = nullptr;
    }
    body["revision"] = seen.revision;
    return body;
}

QStringList addWords(const AccountValues& values) {
    const bool hasOptionsForAll = linesOf(values.fromAddresses).isEmpty() &&
                                  values.maxConnections.trimmed().isEmpty() &&
                                  values.caCertificate.trimmed().isEmpty() && values.fingerprint.trimmed().isEmpty();
    if (!hasOptionsForAll) return {};
    QStringList words{QStringLiteral("accounts"), QStringLiteral("add")};
    option(words, QStringLiteral("--email"), values.email.trimmed());
    option(words, QStringLiteral("--host"), values.host.trimmed());
    option(words, QStringLiteral("--port"), values.port.trimmed());
    option(words, QStringLiteral("--security"), toQString(contract::name(values.security)));
    option(words, QStringLiteral("--username"), values.userName.trimmed());
    if (!values.userName.trimmed().isEmpty()) words << QStringLiteral("--password-file") << QStringLiteral("-");
    option(words, QStringLiteral("--display-name"), values.displayName.trimmed());
    option(words, QStringLiteral("--limit"), values.dailyLimit.trimmed());
    option(words, QStringLiteral("--hourly-limit"), values.hourlyLimit.trimmed());
    option(words, QStringLiteral("--rate"), values.ratePerMinute.trimmed());
    const QString priority = values.priority.trimmed();
    if (priority != QStringLiteral("0")) option(words, QStringLiteral("--priority"), priority);
    return words;
}

}  // namespace postroom::ui
