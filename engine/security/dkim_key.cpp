// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/security/dkim_key.h"

#include "engine/base/text.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <QtGlobal>

namespace postroom::security {

namespace {

using contract::DkimAlgorithm;
using Key = std::shared_ptr<EVP_PKEY>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free_all)>;
using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

constexpr int rsaBits = 2048;
constexpr std::size_t ed25519_bytes = 32;

const unsigned char* bytesOf(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytesOf(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

tl::unexpected<Error> failed(const char* what) {
    return fail(ErrorCode::Internal, std::string("OpenSSL could not ") + what);
}

// Nothing if it is no key of ours.
std::optional<DkimAlgorithm> algorithmOf(const EVP_PKEY* key) {
    if (EVP_PKEY_is_a(key, "RSA") && EVP_PKEY_get_bits(key) >= rsaBits) return DkimAlgorithm::Rsa;
    if (EVP_PKEY_is_a(key, "ED25519")) return DkimAlgorithm::Ed25519;
    return std::nullopt;
}

}  // namespace

Result<DkimKey> DkimKey::make(DkimAlgorithm algorithm) {
    EVP_PKEY* made = algorithm == DkimAlgorithm::Rsa ? EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{rsaBits})
                                                     : EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    if (!made) return failed("make a key");
    return DkimKey{Key{made, &EVP_PKEY_free}, algorithm};
}

Result<DkimKey> DkimKey::read(const Secret& privateKey) {
    const Bio bio{BIO_new_mem_buf(privateKey.reveal().data(), static_cast<int>(privateKey.size())), &BIO_free_all};
    // Without a callback a key under a passphrase would be asked for at the terminal.
    const auto noPassphrase = [](char*, int, int, void*) { return -1; };
    const Key key{bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, noPassphrase, nullptr) : nullptr, &EVP_PKEY_free};
    if (!key) return fail(ErrorCode::SecretUnreadable, "what was decrypted is no private key");
    const auto algorithm = algorithmOf(key.get());
    if (!algorithm)
        return fail(ErrorCode::SecretUnreadable,
                    "the key is neither an RSA key of 2048 bits or more nor an Ed25519 key");
    return DkimKey{key, *algorithm};
}

Result<Secret> DkimKey::privateKey() const {
    const Bio bio{BIO_new(BIO_s_secmem()), &BIO_free_all};
    if (!bio || !PEM_write_bio_PKCS8PrivateKey(bio.get(), m_key.get(), nullptr, nullptr, 0, nullptr, nullptr))
        return failed("write a key");
    char* content = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &content);
    return Secret{std::string(content, static_cast<std::size_t>(size))};
}

Result<std::string> DkimKey::publicKey() const {
    if (m_algorithm == DkimAlgorithm::Ed25519) {
        std::string raw(ed25519_bytes, '\0');
        std::size_t size = raw.size();
        if (!EVP_PKEY_get_raw_public_key(m_key.get(), bytesOf(raw), &size)) return failed("read a public key");
        return toBase64(raw);
    }
    unsigned char* der = nullptr;
    const int size = i2d_PUBKEY(m_key.get(), &der);
    if (size <= 0) return failed("read a public key");
    std::string out = toBase64({reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)});
    OPENSSL_free(der);
    return out;
}

Result<std::string> DkimKey::sign(std::string_view text) const {
    // PureEdDSA of the hash and not of the text (RFC 8463 §3); RSA hashes by itself.
    const bool isRsa = m_algorithm == DkimAlgorithm::Rsa;
    std::string hash;
    if (!isRsa) {
        Sha256 sha;
        sha.add(text);
        hash = sha.take();
        text = hash;
    }
    const Context context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
    std::size_t size = 0;
    if (!context || !EVP_DigestSignInit(context.get(), nullptr, isRsa ? EVP_sha256() : nullptr, nullptr, m_key.get()) ||
        !EVP_DigestSign(context.get(), nullptr, &size, bytesOf(text), text.size()))
        return failed("sign");
    std::string signature(size, '\0');
    if (!EVP_DigestSign(context.get(), bytesOf(signature), &size, bytesOf(text), text.size())) return failed("sign");
    signature.resize(size);
    return signature;
}

void Sha256::Free::operator()(evp_md_ctx_st* context) const {
    EVP_MD_CTX_free(context);
}

Sha256::Sha256() : m_context(EVP_MD_CTX_new()) {
    if (!m_context || !EVP_DigestInit_ex(m_context.get(), EVP_sha256(), nullptr)) qFatal("OpenSSL has no SHA-256");
}

void Sha256::add(std::string_view bytes) {
    EVP_DigestUpdate(m_context.get(), bytes.data(), bytes.size());
}

std::string Sha256::take() {
    std::string hash(32, '\0');
    EVP_DigestFinal_ex(m_context.get(), bytesOf(hash), nullptr);
    return hash;
}

}  // namespace postroom::security
