// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#pragma once

// Signs mail as it leaves (DKIM): which keys are in force, and the header lines they make of a mail.
//
// setKeys() and what asks about keys: any thread. sign() in the signer's own thread, where the dispatcher sends what
// has to be signed: an RSA signature costs more than all else that is done for a mail, and the hash of a large one
// waits for the disk.

#include "engine/base/clock.h"
#include "engine/base/snapshot.h"
#include "engine/base/worker.h"
#include "engine/content/wire_reader.h"
#include "engine/security/dkim_key.h"
#include "engine/security/vault.h"
#include "engine/store/dkim_keys.h"

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postroom::queue {

/// What was made for a message before, so that its body is hashed once and all transactions by one account share a
/// signature. Belongs to the signer's thread; shared by the message and what is on its way to be signed.
struct SignatureMemo {
    std::string bodyHash;  ///< base64; empty: not yet
    std::string fromLine;  ///< of the signatures
    std::string signatures;
    std::uint64_t edition = 0;  ///< of the keys they were made with
};

/// A row's private key. SecretUnreadable where the vault can't open it, or it is not that of the public key beside it.
[[nodiscard]] Result<security::DkimKey> openDkimKey(const store::DkimKeyRecord& row, const security::Vault& vault);

class MailSigner {
public:
    /// `files` and `clock` outlive it.
    MailSigner(content::Files& files, const Clock& clock) : m_files(files), m_clock(clock) {}

    /// Puts these rows in force: of them the active ones sign. A key that can't be opened is remembered as such.
    void setKeys(const std::vector<store::DkimKeyRecord>& rows, const security::Vault& vault);
    /// Whether mail from this address has to be signed.
    [[nodiscard]] bool signs(std::string_view from) const;
    /// Whether this key has to sign and can't.
    [[nodiscard]] bool isUnreadable(const Id& key) const;

    /// The DKIM-Signature lines that go before everything else, one for each key; none where no key is in force.
    ///
    /// `from` is the address in From; `fromLine` that line, where the account sets it. SecretUnreadable if none of the
    /// keys can be read; IoFailed if an attached file can't be.
    [[nodiscard]] Result<std::string> sign(std::string_view from, const std::string& fromLine,
                                           const std::shared_ptr<const content::Composition>& composition,
                                           SignatureMemo& memo);

    [[nodiscard]] Worker& worker() { return m_worker; }

private:
    struct Key {
        Id id;
        std::string selector;
        contract::DkimAlgorithm algorithm = contract::DkimAlgorithm::Rsa;
        std::optional<security::DkimKey> key;  ///< none: it can't be read
    };
    struct Ring {
        std::uint64_t edition = 0;
        std::map<std::string, std::vector<Key>, std::less<>> byDomain;
    };
    /// The domain that signs for this one: itself, else the nearest above it that has a key.
    [[nodiscard]] static const std::pair<const std::string, std::vector<Key>>* signerOf(const Ring& ring,
                                                                                        std::string_view domain);
    [[nodiscard]] Result<std::string> bodyHash(const std::shared_ptr<const content::Composition>& composition);

    content::Files& m_files;
    const Clock& m_clock;
    std::atomic<std::uint64_t> m_edition = 0;
    Snapshot<Ring> m_ring;
    Worker m_worker{"signer"};
};

}  // namespace postroom::queue
