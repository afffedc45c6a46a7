// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// The keys that sign mail (DKIM) as the API shows them, and the body its route takes.

#include "engine/contract/codec.h"
#include "engine/contract/schema.h"

namespace postroom::contract {

/// How a key signs: RSA with 2048 bits (RFC 6376), or Ed25519 (RFC 8463).
enum class DkimAlgorithm { Rsa, Ed25519 };
[[nodiscard]] std::string_view name(DkimAlgorithm algorithm);  ///< "rsa", as k= says it
[[nodiscard]] std::optional<DkimAlgorithm> dkimAlgorithmNamed(std::string_view name);

/// A key with the DNS record that has to be published for it. The private half is never shown.
struct DkimKey {
    Id id;
    std::string domain;
    std::string selector;
    std::string algorithm;  ///< rsa, ed25519
    bool isActive = false;  ///< it signs
    std::string problem;    ///< dkim.key_unreadable: it should sign and can't; mail of its domain waits
    std::string recordName;
    std::string recordValue;                 ///< of the TXT record, whole
    std::vector<std::string> recordStrings;  ///< the same cut into strings of at most 255 octets
    std::string zoneLine;                    ///< the same as it goes into a zone file
    std::int64_t revision = 0;
    TimePoint createdAt{};
    TimePoint updatedAt{};
    static void fields(auto& self, auto&& visit) {
        visit("id", self.id), visit("domain", self.domain), visit("selector", self.selector);
        visit("algorithm", self.algorithm), visit("is_active", self.isActive), visit("problem", self.problem);
        visit("record_name", self.recordName), visit("record_value", self.recordValue);
        visit("record_strings", self.recordStrings), visit("zone_line", self.zoneLine);
        visit("revision", self.revision), visit("created_at", self.createdAt), visit("updated_at", self.updatedAt);
    }
};

/// Where the record of a key stands: `selector._domainkey.domain`.
[[nodiscard]] std::string dkimRecordName(std::string_view selector, std::string_view domain);
/// Fills in the record's members from the public key in base64.
void describeRecord(DkimKey& key, std::string_view publicKey);

/// Labels of letters, digits and inner hyphens, with dots between them (RFC 6376 §3.1).
[[nodiscard]] bool isDkimSelector(std::string_view text);

[[nodiscard]] const Schema& dkimCreateSchema();

}  // namespace postroom::contract
