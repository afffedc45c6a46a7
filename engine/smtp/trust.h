// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Whether a server's certificate is one this account may trust with its password.
//
// QSslSocket checks chain, name and time against the roots it was given. In Qt 6.4 it may also take one of the system's
// roots although others were configured (CVE-2023-34410), so an account's own roots and fingerprint are checked here.

#include "engine/base/result.h"
#include "engine/smtp/endpoint.h"

#include <QList>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslError>
#include <string>
#include <string_view>

namespace postroom::smtp {

/// TLS >= 1.2, the peer verified, the endpoint's roots if it has any. ConfigInvalid if caFile_pem holds no certificate.
[[nodiscard]] Result<QSslConfiguration> tlsConfiguration(const Endpoint& endpoint);
/// True if the endpoint names this certificate by its fingerprint.
[[nodiscard]] bool isPinned(const Endpoint& endpoint, const QSslCertificate& certificate);
/// The endpoint's fingerprint and roots against what the server showed, leaf first. TlsFailed with the reason in
/// English.
[[nodiscard]] Result<void> trusts(const Endpoint& endpoint, const QList<QSslCertificate>& chain);
/// "certificate: self-signed certificate", in English whatever the program's language.
[[nodiscard]] std::string describe(const QList<QSslError>& errors);

}  // namespace postroom::smtp
