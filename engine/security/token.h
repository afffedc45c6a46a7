// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The tokens callers carry: JWT (RFC 7519) signed with HS256 and nothing else (RFC 8725 §3.1).
//
// Any thread; verify() is on every request's way. A token's own word for its algorithm or key never decides anything.

#include "engine/base/clock.h"
#include "engine/base/id.h"
#include "engine/base/result.h"
#include "engine/base/secret.h"
#include "engine/security/mac.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postroom::security {

struct Claims {
    std::string subject;  ///< `sub`: the id of the API key
    std::string type;     ///< `typ`: "access" or "refresh"; one never passes for the other
    Id jti;
    TimePoint issuedAt;  ///< times are whole seconds on the wire
    TimePoint notBefore;
    TimePoint expiresAt;
    std::vector<std::string> scopes;          ///< `scope`: names with blanks between (RFC 9068 §2.2.3)
    bool test = false;                        ///< issued to a test key
    std::optional<Id> family = std::nullopt;  ///< `sid`: the login that began it; another's token may lack it
    std::int64_t secretVersion = 0;  ///< `ver`: which of the key's secrets that login was made with; 0: not said
};

class TokenSigner {
public:
    /// `key`: JWT_SECRET_KEY, exactly the bytes as written, at least 32. With a shorter one nothing is ever valid.
    TokenSigner(Secret key, std::string issuer, std::string audience);

    [[nodiscard]] std::string sign(const Claims& claims) const;
    /// Unauthorized for everything wrong. Without leeway for the end, with 5 s for other clocks' `iat` and `nbf`.
    [[nodiscard]] Result<Claims> verify(std::string_view token, TimePoint now, std::string_view type) const;

private:
    [[nodiscard]] Result<Claims> claimsIn(std::string_view payload, TimePoint now, std::string_view type) const;

    Mac m_mac;
    bool m_usable;
    std::string m_issuer;
    std::string m_audience;
};

}  // namespace postroom::security
