# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""A mail server that is not ours (aiosmtpd) on a loopback port of the system's choice, and certificates for it."""

import asyncio
import email
import email.policy
import logging
import os
import socket
import ssl
import threading
import warnings

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

import engine

# A broken connection and a login in clear text are what some tests are about.
logging.getLogger("mail.log").setLevel(logging.CRITICAL + 1)
warnings.filterwarnings("ignore", "Requiring AUTH while not requiring TLS", UserWarning)


class Mail:
    """One mail as it came: envelope, bytes, and what Python's own parser reads in them."""

    def __init__(self, envelope, login):
        self.sender = envelope.mail_from
        self.recipients = list(envelope.rcpt_tos)
        self.content = envelope.original_content
        self.login = login
        self.parsed = email.message_from_bytes(self.content, policy=email.policy.default)


class Authority:
    """A certificate authority that nobody knows, and certificates of it."""

    def __init__(self):
        self._ca = trustme.CA()
        self.pem = self._ca.cert_pem.bytes().decode()

    def context(self, *names, **more):
        """A server's TLS context with a certificate for these names; `more` is trustme's: not_after."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._ca.issue_cert(*(names or ("127.0.0.1",)), **more).configure_cert(context)
        return context

    def write(self, name, cert_path, key_path):
        """A certificate for this name and its key, as files."""
        issued = self._ca.issue_cert(name)
        issued.cert_chain_pems[0].write_to_path(cert_path)
        issued.private_key_pem.write_to_path(key_path)
        os.chmod(key_path, 0o600)


class MailServer:
    """`tls` is a context for TLS from the first byte, `starttls` one for the command; `login` a (user, password) it insists on."""

    def __init__(self, tls=None, starttls=None, login=None):
        self.mails = []
        self._tls, self._starttls, self._login = tls, starttls, login
        self._talking = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(
            self._loop.create_server(self._protocol, "127.0.0.1", 0, ssl=tls), self._loop).result(20)
        self.port = self._server.sockets[0].getsockname()[1]

    def _protocol(self):
        more = {}
        if self._login:
            more = {"auth_required": True, "auth_require_tls": False, "authenticator": self._check}
        if self._starttls:
            more.update(tls_context=self._starttls, require_starttls=True)
        self._talking.append(SMTP(self, hostname="sink.test", enable_SMTPUTF8=False, loop=self._loop, data_size_limit=64 << 20, **more))
        return self._talking[-1]

    def _check(self, _server, _session, _envelope, mechanism, given):
        if mechanism not in ("LOGIN", "PLAIN") or not isinstance(given, LoginPassword):
            return AuthResult(success=False)
        right = (given.login.decode(), given.password.decode()) == self._login
        return AuthResult(success=right, handled=False, auth_data=given.login.decode())

    async def handle_DATA(self, _server, session, envelope):  # pylint: disable=invalid-name
        self.mails.append(Mail(envelope, getattr(session, "auth_data", None)))
        return "250 2.0.0 kept"

    def expect(self, login):
        """The (user, password) it insists on from now on; who is logged in has to do it again."""
        self._login = login
        for one in self._talking:
            if one.transport:
                self._loop.call_soon_threadsafe(one.transport.close)

    def wait_for(self, count, seconds=30):
        """The mails, once so many are here."""
        engine.until(lambda: len(self.mails) >= count, seconds, "the arrival of %d mails (there are %d)" % (count, len(self.mails)))
        return list(self.mails)

    def stop(self):
        async def close():
            self._server.close()
            for task in asyncio.all_tasks():
                if task is not asyncio.current_task():
                    task.cancel()

        asyncio.run_coroutine_threadsafe(close(), self._loop).result(20)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(20)
        self._loop.close()


class RefusedPort:
    """A port where connecting is refused, for as long as this lives: bound, and nobody listens."""

    def __init__(self):
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]

    def stop(self):
        self._socket.close()
