# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""A mail server that is not ours (aiosmtpd) with a certificate of a given kind.

usage: tls_server.py MODE KIND FOLDER
MODE is tls or starttls, KIND is good, wronghost, selfsigned, expired or old (TLS 1.1 at most).
Writes ca.pem (who signed) and other.pem (who did not) into FOLDER, prints "ready PORT FINGERPRINT", then one line for
each login ("login NAME PASSWORD") and each mail ("mail BYTES"). Ends when its standard input does.
"""

import asyncio
import datetime
import hashlib
import logging
import pathlib
import ssl
import sys
import warnings

import trustme
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID


def name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def make(folder, kind):
    """One authority and one leaf, so that each kind differs from the good one in one thing only."""
    now = datetime.datetime.utcnow()
    day = datetime.timedelta(days=1)
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca = (
        x509.CertificateBuilder().subject_name(name("Test CA")).issuer_name(name("Test CA")).public_key(ca_key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - 30 * day).not_valid_after(now + 30 * day)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    hosts = ["elsewhere.example"] if kind == "wronghost" else ["localhost"]
    own = kind == "selfsigned"
    leaf = (
        x509.CertificateBuilder().subject_name(name("mail.test")).issuer_name(name("mail.test") if own else ca.subject)
        .public_key(key.public_key()).serial_number(x509.random_serial_number()).not_valid_before(now - 20 * day)
        .not_valid_after(now - 10 * day if kind == "expired" else now + 10 * day)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(one) for one in hosts]), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key if own else ca_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "ca.pem").write_bytes(ca.public_bytes(pem))
    (folder / "other.pem").write_bytes(trustme.CA().cert_pem.bytes())
    (folder / "leaf.pem").write_bytes(leaf.public_bytes(pem))
    (folder / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return hashlib.sha256(leaf.public_bytes(serialization.Encoding.DER)).hexdigest()


# What the tests make happen on purpose is no news: a client that hangs up, a login without STARTTLS inside TLS.
warnings.simplefilter("ignore")
logging.getLogger("mail.log").setLevel(logging.CRITICAL)


class Handler:
    async def handle_exception(self, error):
        return "451 4.3.0 " + type(error).__name__

    async def handle_DATA(self, server, session, envelope):
        print("mail", len(envelope.content), flush=True)
        return "250 2.0.0 kept"


def authenticate(server, session, envelope, mechanism, data):
    print("login", data.login.decode(), data.password.decode(), flush=True)
    known = data.login == b"user" and data.password == b"pencil"
    # Not handled: the server says 535 itself.
    return AuthResult(success=known, handled=known)


async def main(mode, kind, folder):
    folder = pathlib.Path(folder)
    fingerprint = make(folder, kind)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "leaf.pem", folder / "key.pem")
    if kind == "old":
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    implicit = mode == "tls"

    def session():
        return SMTP(Handler(), tls_context=None if implicit else context, require_starttls=not implicit,
                    authenticator=authenticate, auth_required=True, auth_require_tls=not implicit)

    server = await asyncio.get_running_loop().create_server(session, "127.0.0.1", 0, ssl=context if implicit else None)
    print("ready", server.sockets[0].getsockname()[1], fingerprint, flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main(*sys.argv[1:]))
