// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/http/tls.h"

#include "engine/base/text.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <memory>
#include <QSslCertificate>
#include <QSslKey>

namespace postroom::http {

namespace {

template <auto free>
struct Free {
    template <typename T>
    void operator()(T* object) const {
        free(object);
    }
};
using Bio = std::unique_ptr<BIO, Free<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;

// Qt notices a wrong pair only in the first handshake, where nobody looks.
bool belongTogether(std::string_view certificate_pem, std::string_view key_pem) {
    const Bio certificateBytes{BIO_new_mem_buf(certificate_pem.data(), static_cast<int>(certificate_pem.size()))};
    const Bio keyBytes{BIO_new_mem_buf(key_pem.data(), static_cast<int>(key_pem.size()))};
    const Certificate certificate{PEM_read_bio_X509(certificateBytes.get(), nullptr, nullptr, nullptr)};
    // Without a callback OpenSSL would ask on the terminal for an encrypted key's passphrase.
    const auto noPassphrase = [](char*, int, int, void*) { return -1; };
    const Key key{PEM_read_bio_PrivateKey(keyBytes.get(), nullptr, noPassphrase, nullptr)};
    const bool belong = certificate && key && X509_check_private_key(certificate.get(), key.get()) == 1;
    // What is left in this thread's queue would be taken for an error of the next connection.
    ERR_clear_error();
    return belong;
}

}  // namespace

Result<QSslConfiguration> serverTls(const std::string& certificate_pem, const Secret& key_pem) {
    const auto chain = QSslCertificate::fromData(viewOf(certificate_pem), QSsl::Pem);
    if (chain.isEmpty()) return fail(ErrorCode::ConfigInvalid, "the TLS certificate is not PEM");
    QSslKey key;
    for (const auto algorithm : {QSsl::Rsa, QSsl::Ec}) {
        key = QSslKey(viewOf(key_pem.reveal()), algorithm, QSsl::Pem, QSsl::PrivateKey);
        if (!key.isNull()) break;
    }
    if (key.isNull()) return fail(ErrorCode::ConfigInvalid, "the TLS key is not an unencrypted RSA or EC key in PEM");
    if (!belongTogether(certificate_pem, key_pem.reveal()))
        return fail(ErrorCode::ConfigInvalid, "the TLS key does not belong to the certificate");
    QSslConfiguration configuration;
    configuration.setLocalCertificateChain(chain);
    configuration.setPrivateKey(key);
    configuration.setProtocol(QSsl::TlsV1_2OrLater);
    configuration.setPeerVerifyMode(QSslSocket::VerifyNone);
    configuration.setAllowedNextProtocols({QByteArrayLiteral("http/1.1")});
    return configuration;
}

}  // namespace postroom::http
