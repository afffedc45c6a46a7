// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/smtp/trust.h"

#include "engine/base/text.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <QCryptographicHash>

namespace postroom::smtp {

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

Owned<X509> fromQt(const QSslCertificate& certificate) {
    const QByteArray der = certificate.toDer();
    const auto* bytes = reinterpret_cast<const unsigned char*>(der.constData());
    return Owned<X509>(d2i_X509(nullptr, &bytes, der.size()));
}

// OpenSSL keeps a thread's errors in a queue that Qt reads after each of its own calls: the "no start line" behind the
// last certificate of a file would end the next read of any connection of this thread.
struct ErrorsForgotten {
    ErrorsForgotten() { ERR_set_mark(); }
    ~ErrorsForgotten() { ERR_pop_to_mark(); }
    ErrorsForgotten(const ErrorsForgotten&) = delete;
    ErrorsForgotten& operator=(const ErrorsForgotten&) = delete;
};

Result<void> leadsTo(std::string_view roots_pem, const std::string& host, const QList<QSslCertificate>& chain) {
    const ErrorsForgotten forgotten;
    const Owned<X509_STORE> store(X509_STORE_new());
    const Owned<BIO> pem(BIO_new_mem_buf(roots_pem.data(), static_cast<int>(roots_pem.size())));
    while (const Owned<X509> root{PEM_read_bio_X509(pem.get(), nullptr, nullptr, nullptr)})
        X509_STORE_add_cert(store.get(), root.get());
    const Owned<STACK_OF(X509)> others(sk_X509_new_null());
    for (const QSslCertificate& one : chain)
        if (Owned<X509> parsed = fromQt(one)) sk_X509_push(others.get(), parsed.release());
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

const char* english(QSslError::SslError error) {
    switch (error) {
        case QSslError::CertificateNotYetValid: return "not valid yet";
        case QSslError::CertificateExpired: return "expired";
        case QSslError::SelfSignedCertificate: return "self-signed certificate";
        case QSslError::SelfSignedCertificateInChain:
            return "self-signed certificate in the chain, which no trusted root signed";
        case QSslError::UnableToGetIssuerCertificate:
        case QSslError::UnableToGetLocalIssuerCertificate: return "its issuer is not trusted";
        case QSslError::UnableToVerifyFirstCertificate:
            return "its signature can't be checked, the issuer is not known";
        case QSslError::CertificateRevoked: return "revoked";
        case QSslError::InvalidCaCertificate: return "the issuer may not issue certificates";
        case QSslError::PathLengthExceeded: return "the chain is too long";
        case QSslError::InvalidPurpose: return "not for servers";
        case QSslError::CertificateUntrusted:
        case QSslError::CertificateRejected: return "not trusted";
        case QSslError::HostNameMismatch: return "made for another host name";
        case QSslError::NoPeerCertificate: return "none was shown";
        case QSslError::CertificateBlacklisted: return "known to be misused";
        default: return nullptr;
    }
}

}  // namespace

Result<QSslConfiguration> tlsConfiguration(const Endpoint& endpoint) {
    QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
    configuration.setProtocol(QSsl::TlsV1_2OrLater);
    configuration.setPeerVerifyMode(QSslSocket::VerifyPeer);
    if (!endpoint.caFile_pem.empty()) {
        const auto roots = QSslCertificate::fromData(viewOf(endpoint.caFile_pem), QSsl::Pem);
        if (roots.isEmpty()) return fail(ErrorCode::ConfigInvalid, "the account's CA file holds no certificate");
        configuration.setCaCertificates(roots);
    }
    return configuration;
}

bool isPinned(const Endpoint& endpoint, const QSslCertificate& certificate) {
    if (endpoint.fingerprint_sha256.empty() || certificate.isNull()) return false;
    std::string wanted = toLowerAscii(endpoint.fingerprint_sha256);
    std::erase_if(wanted, [](char c) { return c == ':' || c == ' '; });
    return wanted == certificate.digest(QCryptographicHash::Sha256).toHex().toStdString();
}

Result<void> trusts(const Endpoint& endpoint, const QList<QSslCertificate>& chain) {
    if (!endpoint.fingerprint_sha256.empty() && (chain.isEmpty() || !isPinned(endpoint, chain.first())))
        return fail(ErrorCode::TlsFailed, "certificate: not the one whose fingerprint is configured");
    if (endpoint.caFile_pem.empty()) return {};
    return leadsTo(endpoint.caFile_pem, endpoint.host, chain);
}

std::string describe(const QList<QSslError>& errors) {
    std::string out;
    for (const QSslError& error : errors) {
        const char* known = english(error.error());
        const std::string text = known ? known : "problem " + std::to_string(static_cast<int>(error.error()));
        if (out.find(text) != out.npos) continue;
        out.append(out.empty() ? "certificate: " : ", ").append(text);
    }
    return out;
}

}  // namespace postroom::smtp
