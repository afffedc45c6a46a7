# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""Certificates good and bad, for a server at 127.0.0.1, of an authority that nobody knows by itself."""

import datetime
import ipaddress
import ssl

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


def self_signed(host):
    """One that nobody else vouches for: certificate and key, PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "alone")])
    now = datetime.datetime.now()
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=9))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))]), critical=False)
        .sign(key, hashes.SHA256()))
    return trustme.LeafCert(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
        certificate.public_bytes(serialization.Encoding.PEM), [])


def past():
    return datetime.datetime.now() - datetime.timedelta(days=2)


class Certificates:
    KINDS = {
        "good": lambda ours, others: ours.issue_cert("127.0.0.1"),
        "expired": lambda ours, others: ours.issue_cert("127.0.0.1", not_after=past()),
        "wrong-host": lambda ours, others: ours.issue_cert("mail.other.test"),
        "unknown-authority": lambda ours, others: others.issue_cert("127.0.0.1"),
        "self-signed": lambda ours, others: self_signed("127.0.0.1"),
        # The certificate is good, the protocol is not.
        "old-protocol": lambda ours, others: ours.issue_cert("127.0.0.1"),
    }

    def __init__(self):
        self._ours, self._others = trustme.CA(), trustme.CA()
        self._contexts = {}
        self.pem = self._ours.cert_pem.bytes().decode()

    def context(self, kind):
        """A server's TLS context with a certificate of this kind."""
        if kind not in self._contexts:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.KINDS[kind](self._ours, self._others).configure_cert(context)
            if kind == "old-protocol":
                context.set_ciphers("ALL:@SECLEVEL=0")
                context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
            self._contexts[kind] = context
        return self._contexts[kind]
