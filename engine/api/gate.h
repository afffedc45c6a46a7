// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Who comes in, and how often.
//
// Any thread; on every request's way, so no SQL and no lock that is held for long. Every reason not to let somebody in
// has one answer, and costs the same work: who asks learns nothing of which it was.

#include "engine/api/services.h"
#include "engine/http/message.h"

namespace postroom::api {

/// A key whose secret was shown, as it was at that moment.
struct ProvenKey {
    Snapshot<KeyRing>::View ring;  ///< keeps what `key` points to
    const LiveKey* key;
    std::int64_t secretVersion;  ///< which of its secrets it was
};

/// CredentialsRejected for an unknown, revoked or expired key, a wrong secret, and a client the key may not be used
/// from; RateLimited after ten of these a minute from one address. The right secret is taken all the same: a stranger
/// behind the same proxy must not be able to lock a program out.
[[nodiscard]] Result<ProvenKey> proveKey(Services& services, std::string_view key, std::string_view secret,
                                         std::string_view client);

/// Who sends this, by its Authorization: `Bearer` with a token, or `Basic` with key:secret. `client` is its address.
/// Unauthorized, or as proveKey().
[[nodiscard]] Result<Principal> authenticate(Services& services, const http::RequestHead& head,
                                             std::string_view client);

/// Counts requests of a principal: one for each that was authenticated, and what a batch holds beyond the one that was
/// `counted` when it came. RateLimited with a `retry_after` when it has had its minute's worth. local-admin is never
/// limited.
[[nodiscard]] Result<void> charge(Services& services, const Principal& principal, std::int64_t requests,
                                  std::int64_t counted = 0);
/// The same for tokens got with a key, which are limited like its requests and not counted among them.
[[nodiscard]] Result<void> chargeToken(Services& services, const Id& key);
/// X-RateLimit-Limit, -Remaining, -Reset (seconds until all of it is there again) and RateLimit as they stand now;
/// nothing for whoever is not limited.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> rateHeaders(Services& services,
                                                                           const std::optional<Id>& key);

/// Writes down that a key is in use, once a minute at most.
void noteUse(Services& services, const Id& key);

/// The id under which an access token can be ended: its family's, or its own where it has none.
[[nodiscard]] Id endingId(const security::Claims& claims);

}  // namespace postroom::api
