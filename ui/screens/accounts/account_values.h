// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// What stands in the form of an account, and what the engine is asked to make of it. Pure.
//
// The password goes one way: an Account never brings one, and an empty one changes nothing.

#include "engine/contract/resources.h"

#include <QStringList>

namespace postroom::ui {

struct AccountValues {
    QString email, displayName;
    QString host, port;
    contract::Security security = contract::Security::Tls;
    QString userName, password;
    QString dailyLimit, hourlyLimit, ratePerMinute, priority, maxConnections;
    QString fromAddresses;  ///< one a line
    QString caCertificate, fingerprint;
};

[[nodiscard]] AccountValues valuesOf(const contract::Account& account);
/// The lines that hold something, in the order the engine counts them.
[[nodiscard]] QStringList linesOf(const QString& text);

/// For POST. Numbers must have passed the rules. What is empty is left to the engine.
[[nodiscard]] json::Object createBody(const AccountValues& values);
/// For PATCH: what differs from `seen`, and its revision.
[[nodiscard]] json::Object patchBody(const AccountValues& values, const contract::Account& seen);
/// The words of "postroomctl accounts add ..." with the password from standard input; none where it has no options for
/// something that is set.
[[nodiscard]] QStringList addWords(const AccountValues& values);

}  // namespace postroom::ui
