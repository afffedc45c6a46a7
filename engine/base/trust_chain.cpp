// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/base/trust_chain.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <memory>

namespace postroom {

namespace {

struct Freed {
    void operator()(X509* one) const { X509_free(one); }
    void operator()(X509_STORE* one) const { X509_STORE_free(one); }
    void operator()(X509_STORE_CTX* one) const { X509_STORE_CTX_free(one); }
    void operator()(BIO* one) const { BIO_free(one); }
    void operator()(STACK_OF(X509) * one) const { sk_X509_pop_free(one, X509_free); }
};
template <typename T>
using Owned = std::unique_ptr<T, Freed>;

Owned<X509> parsed(const std::string& der) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
    return Owned<X509>(d2i_X509(nullptr, &bytes, static_cast<long>(der.size())));
}

// OpenSSL keeps a thread's errors in a queue that Qt reads after each of its own calls: the "no start line" behind the
// last certificate of a file would end the next read of any connection of this thread.
struct ErrorsForgotten {
    ErrorsForgotten() { ERR_set_mark(); }
    ~ErrorsForgotten() { ERR_pop_to_mark(); }
    ErrorsForgotten(const ErrorsForgotten&) = delete;
    ErrorsForgotten& operator=(const ErrorsForgotten&) = delete;
};

}  // namespace

Result<void> leadsTo(std::string_view roots_pem, const std::string& host, const std::vector<std::string>& chain_der) {
    const ErrorsForgotten forgotten;
    const Owned<X509_STORE> store(X509_STORE_new());
    const Owned<BIO> pem(BIO_new_mem_buf(roots_pem.data(), static_cast<int>(roots_pem.size())));
    while (const Owned<X509> root{PEM_read_bio_X509(pem.get(), nullptr, nullptr, nullptr)})
        X509_STORE_add_cert(store.get(), root.get());
    const Owned<STACK_OF(X509)> others(sk_X509_new_null());
    for (const std::string& der : chain_der)
        if (Owned<X509> one = parsed(der)) sk_X509_push(others.get(), one.release());
    if (sk_X509_num(others.get()) == 0) return fail(ErrorCode::TlsFailed, "certificate: none was shown");

    const Owned<X509_STORE_CTX> check(X509_STORE_CTX_new());
    X509_STORE_CTX_init(check.get(), store.get(), sk_X509_value(others.get(), 0), others.get());
    X509_VERIFY_PARAM* rules = X509_STORE_CTX_get0_param(check.get());
    X509_VERIFY_PARAM_set_purpose(rules, X509_PURPOSE_SSL_SERVER);
    if (X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str()) != 1)
        X509_VERIFY_PARAM_set1_host(rules, host.data(), host.size());
    if (X509_verify_cert(check.get()) == 1) return {};
    const int reason = X509_STORE_CTX_get_error(check.get());
    return fail(ErrorCode::TlsFailed, std::string("certificate: ") + X509_verify_cert_error_string(reason));
}

}  // namespace postroom
