// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The server's side of TLS: certificate and key as PEM, TLS 1.2 or newer.

#include "engine/base/result.h"
#include "engine/base/secret.h"

#include <QSslConfiguration>
#include <string>

namespace postroom::http {

/// ConfigInvalid if there is no certificate, no RSA or EC key, or the two don't belong together.
[[nodiscard]] Result<QSslConfiguration> serverTls(const std::string& certificate_pem, const Secret& key_pem);

}  // namespace postroom::http
