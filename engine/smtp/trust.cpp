// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: Postroom contributors
#include "engine/smtp/trust.h"

#include "engine/base/text.h"
#include "engine/base/trust_chain.h"

#include <QCryptographicHash>

namespace postroom::smtp {

namespace {

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
    std::vector<std::string> chain_der;
    for (const QSslCertificate& one : chain) chain_der.push_back(one.toDer().toStdString());
    return leadsTo(endpoint.caFile_pem, endpoint.host, chain_der);
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
