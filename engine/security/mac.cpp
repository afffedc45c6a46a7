// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/security/mac.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <QtGlobal>

namespace postroom::security {

namespace {

constexpr std::size_t hashSize = 32;

const unsigned char* bytesOf(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

// Fails only when memory or the crypto library itself is gone. Going on without a hash would be worse than stopping.
void insist(bool worked) {
    if (!worked) qFatal("the cryptographic library does not work");
}

}  // namespace

void Mac::Free::operator()(evp_mac_ctx_st* context) const {
    EVP_MAC_CTX_free(context);
}

Mac::Mac(const Secret& key) {
    EVP_MAC* algorithm = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
    insist(algorithm != nullptr);
    m_keyed.reset(EVP_MAC_CTX_new(algorithm));
    EVP_MAC_free(algorithm);  // the context holds it
    insist(m_keyed != nullptr);
    char digest[] = "SHA256";
    const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                 OSSL_PARAM_construct_end()};
    // An empty key has to be a valid pointer: null would mean "the key of before".
    const std::string_view bytes = key.empty() ? std::string_view{""} : key.reveal();
    insist(EVP_MAC_init(m_keyed.get(), bytesOf(bytes), bytes.size(), params) == 1);
}

Mac::Mac(Mac&&) noexcept = default;
Mac& Mac::operator=(Mac&&) noexcept = default;
Mac::~Mac() = default;

std::string Mac::of(std::string_view text) const {
    const std::unique_ptr<evp_mac_ctx_st, Free> context{EVP_MAC_CTX_dup(m_keyed.get())};
    std::string out(hashSize, '\0');
    std::size_t size = 0;
    insist(context && EVP_MAC_update(context.get(), bytesOf(text), text.size()) == 1 &&
           EVP_MAC_final(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size, out.size()) == 1 &&
           size == out.size());
    return out;
}

std::string hmacSha256(const Secret& key, std::string_view text) {
    return Mac{key}.of(text);
}

Secret deriveKey(const Secret& key, std::string_view purpose) {
    EVP_KDF* algorithm = EVP_KDF_fetch(nullptr, "HKDF", nullptr);
    EVP_KDF_CTX* context = EVP_KDF_CTX_new(algorithm);
    EVP_KDF_free(algorithm);
    insist(context != nullptr);
    char digest[] = "SHA256";
    // The library takes the octets as void* and only reads them.
    void* secret = const_cast<char*>(key.reveal().data());
    void* info = const_cast<char*>(purpose.data());
    const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
                                 OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, secret, key.size()),
                                 OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info, purpose.size()),
                                 OSSL_PARAM_construct_end()};
    unsigned char out[hashSize];
    const bool worked = EVP_KDF_derive(context, out, sizeof out, params) == 1;
    EVP_KDF_CTX_free(context);
    insist(worked);
    Secret derived{std::string(reinterpret_cast<const char*>(out), sizeof out)};
    OPENSSL_cleanse(out, sizeof out);
    return derived;
}

}  // namespace postroom::security
