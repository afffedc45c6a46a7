// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/queue/mail_signer.h"

#include "engine/base/text.h"
#include "engine/content/address.h"
#include "engine/content/dkim.h"

#include <algorithm>
#include <QLoggingCategory>

namespace postroom::queue {

namespace {

Q_LOGGING_CATEGORY(log, "postroom.queue")

// In lower case: an account's row may have been written by hand.
std::string domainIn(std::string_view address) {
    return toLowerAscii(content::domainOf(address));
}

}  // namespace

Result<security::DkimKey> openDkimKey(const store::DkimKeyRecord& row, const security::Vault& vault) {
    const auto secret = vault.open(row.privateKey, row.id.text(), "private_key");
    if (!secret) return fail(secret.error());
    auto key = security::DkimKey::read(*secret);
    if (!key) return key;
    const auto publicKey = key->publicKey();
    if (!publicKey) return fail(publicKey.error());
    // What is published is the row's: a signature that nobody can verify is worse than none.
    if (key->algorithm() != row.algorithm || *publicKey != row.publicKey)
        return fail(ErrorCode::SecretUnreadable, "the private key is not that of the public key beside it");
    return key;
}

void MailSigner::setKeys(const std::vector<store::DkimKeyRecord>& rows, const security::Vault& vault) {
    Ring ring;
    ring.edition = ++m_edition;
    for (const store::DkimKeyRecord& row : rows) {
        if (!row.isActive) continue;
        Key key{.id = row.id, .selector = row.selector, .algorithm = row.algorithm, .key = {}};
        auto opened = openDkimKey(row, vault);
        if (opened)
            key.key = std::move(*opened);
        else
            qCWarning(log, "the DKIM key %s can't sign: %s", contract::dkimRecordName(row.selector, row.domain).c_str(),
                      opened.error().text().c_str());
        ring.byDomain[row.domain].push_back(std::move(key));
    }
    // Ed25519 stands first, whoever knows it meets it before the other.
    for (auto& [domain, keys] : ring.byDomain)
        std::stable_sort(keys.begin(), keys.end(),
                         [](const Key& a, const Key& b) { return a.algorithm > b.algorithm; });
    m_ring.set(std::move(ring));
}

const std::pair<const std::string, std::vector<MailSigner::Key>>* MailSigner::signerOf(const Ring& ring,
                                                                                       std::string_view domain) {
    while (!domain.empty()) {
        if (const auto found = ring.byDomain.find(domain); found != ring.byDomain.end()) return &*found;
        const std::size_t dot = domain.find('.');
        domain.remove_prefix(dot == domain.npos ? domain.size() : dot + 1);
    }
    return nullptr;
}

bool MailSigner::signs(std::string_view from) const {
    const auto ring = m_ring.get();
    return !ring->byDomain.empty() && signerOf(*ring, domainIn(from)) != nullptr;
}

bool MailSigner::isUnreadable(const Id& id) const {
    const auto ring = m_ring.get();
    for (const auto& [domain, keys] : ring->byDomain)
        for (const Key& key : keys)
            if (key.id == id) return !key.key;
    return false;
}

Result<std::string> MailSigner::bodyHash(const std::shared_ptr<const content::Composition>& composition) {
    content::WireReader reader{{}, composition, m_files};
    security::Sha256 hash;
    content::RelaxedBody body{[&hash](std::string_view piece) { hash.add(piece); }};
    std::size_t toSkip = composition->head.size() + 2;
    while (true) {
        const auto piece = reader.next();
        if (!piece) return fail(piece.error());
        if (piece->empty()) break;
        const std::size_t skipped = std::min(toSkip, piece->size());
        toSkip -= skipped;
        body.feed(piece->substr(skipped));
    }
    body.finish();
    return toBase64(hash.take());
}

Result<std::string> MailSigner::sign(std::string_view from, const std::string& fromLine,
                                     const std::shared_ptr<const content::Composition>& composition,
                                     SignatureMemo& memo) {
    const auto ring = m_ring.get();
    const auto* signer = signerOf(*ring, domainIn(from));
    if (!signer) return std::string{};
    if (memo.edition == ring->edition && memo.fromLine == fromLine) return memo.signatures;
    const auto& [domain, keys] = *signer;
    if (std::none_of(keys.begin(), keys.end(), [](const Key& key) { return key.key.has_value(); }))
        return fail(ErrorCode::SecretUnreadable, "no DKIM key of " + domain + " can be decrypted");
    if (memo.bodyHash.empty()) {
        auto hash = bodyHash(composition);
        if (!hash) return fail(hash.error());
        memo.bodyHash = std::move(*hash);
    }
    const std::string head = fromLine + composition->head;
    std::string signatures;
    for (const Key& key : keys) {
        if (!key.key) continue;
        auto begun = content::beginSignature(
            head, {.algorithm = std::string(contract::name(key.algorithm)) + "-sha256",
                   .domain = domain,
                   .selector = key.selector,
                   .signedAt = std::chrono::floor<std::chrono::seconds>(m_clock.now()).time_since_epoch().count(),
                   .bodyHash = memo.bodyHash});
        const auto signature = key.key->sign(begun.input);
        if (!signature) return fail(signature.error());
        signatures += content::finishSignature(std::move(begun), toBase64(*signature));
    }
    memo.edition = ring->edition;
    memo.fromLine = fromLine;
    memo.signatures = signatures;
    return signatures;
}

}  // namespace postroom::queue
