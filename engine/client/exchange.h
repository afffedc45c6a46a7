// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// One HTTP request and its answer on a QNetworkAccessManager, held to limits that class does not set by itself.
//
// The manager's thread. Redirects are answers and not followed, cookies and caches are not used, a POST is never sent
// twice.

#include "engine/base/secret.h"
#include "engine/client/transport.h"

#include <chrono>
#include <QByteArray>
#include <QString>

class QNetworkAccessManager;

namespace postroom::client {

/// Where requests go and what they may cost.
struct Target {
    QString origin;          ///< "https://host:8000"
    QByteArray fingerprint;  ///< SHA-256 in hex of the only certificate trusted; empty: the system's trust
    std::chrono::milliseconds timeout{0};
    std::size_t longestReply_bytes = 0;
    std::string roots_pem = {};                   ///< the only roots that count; empty: the system's
    std::chrono::milliseconds connectTimeout{0};  ///< until the request is on its way; 0: the other alone
};

/// `bearer` goes into Authorization unless it is empty. `done` runs once, not from inside; Stopping if the request was
/// aborted from outside.
void exchange(QNetworkAccessManager& manager, const Target& target, const ClientRequest& request, const Secret& bearer,
              Transport::Done done);

}  // namespace postroom::client
