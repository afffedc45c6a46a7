// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/smtp/endpoint.h"

#include "engine/base/text.h"

namespace postroom::smtp {

bool Endpoint::reachesTheSame(const Endpoint& other) const {
    return account == other.account && host == other.host && port == other.port && security == other.security &&
           username == other.username && usesToken == other.usesToken &&
           (usesToken || password.equals(other.password.reveal())) && authenticate == other.authenticate &&
           heloName == other.heloName && caFile_pem == other.caFile_pem &&
           fingerprint_sha256 == other.fingerprint_sha256;
}

bool isLoopbackName(std::string_view host) {
    if (equalsIgnoreCase(host, "localhost") || host == "::1") return true;
    // Digits and dots only: "127.0.0.1.example.com" is a stranger's name.
    return host.starts_with("127.") && host.find_first_not_of("0123456789.") == host.npos;
}

}  // namespace postroom::smtp
