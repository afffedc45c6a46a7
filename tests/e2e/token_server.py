# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""A provider of access to mail accounts (OAuth 2.0) on a loopback port, and a mail server that lets in by its tokens.

Every token it gives is a new one, so that a test can say what stands nowhere: `secrets` are all it ever gave or was shown.
"""

import base64
import json
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.smtp import AuthResult

import mailserver

DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"


class TokenServer:
    """`lasts` is for how long its access tokens are good, `rotates` whether each renewal replaces the refresh token too; `answers`
    is a list of (status, body) to give first, whatever is asked."""

    def __init__(self, client=("the-client-id", "the-client-secret"), tls=None, lasts=3600, rotates=False, interval=1):
        self.client, self.lasts, self.rotates, self.interval = client, lasts, rotates, interval
        self.answers, self.requests = [], []
        self.code_lasts = 600
        self.secrets = {client[1]} if client[1] else set()
        self._refresh, self._access, self._devices = set(), {}, {}
        self._count = 0
        self._lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):  # pylint: disable=invalid-name
                form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
                status, body = outer.answer(self.path, form)
                body = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):  # pylint: disable=arguments-differ
                pass

        self._handler, self._tls = Handler, tls
        self.port = 0
        self.open()

    def open(self):
        """Listens (again), on the port it had."""
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), self._handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        if self._tls:
            self._server.socket = self._tls.wrap_socket(self._server.socket, server_side=True)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self):
        """Nobody listens any more."""
        self._server.shutdown()
        self._server.server_close()

    def settings(self, ca=""):
        """Those that make an engine ask here."""
        url = "%s://127.0.0.1:%d" % ("https" if self._tls else "http", self.port)
        settings = {"OAUTH_GENERIC_CLIENT_ID": self.client[0], "OAUTH_GENERIC_TOKEN_URL": url + "/token",
                    "OAUTH_GENERIC_DEVICE_URL": url + "/device", "OAUTH_GENERIC_SCOPE": "mail offline_access"}
        if self.client[1]:
            settings["OAUTH_GENERIC_CLIENT_SECRET"] = self.client[1]
        if ca:
            settings["OAUTH_GENERIC_CA"] = ca
        return settings

    def _secret(self, kind):
        self._count += 1
        made = "%s-token-%d-kept-to-itself" % (kind, self._count)
        self.secrets.add(made)
        return made

    def refresh_token(self):
        """One that was got some other way."""
        with self._lock:
            made = self._secret("refresh")
            self._refresh.add(made)
            return made

    def is_good(self, access):
        return self._access.get(access, 0) > time.monotonic()

    def end_access(self):
        """No access token given so far is good any more."""
        with self._lock:
            self._access.clear()

    def revoke(self):
        """No token of any kind is."""
        with self._lock:
            self._access.clear()
            self._refresh.clear()

    def decide(self, user_code, what):
        """What the person does who was shown this code: "allow" or "deny"."""
        with self._lock:
            self._devices[user_code]["decision"] = what

    def count(self, grant):
        return sum(form.get("grant_type") == grant for _, form in self.requests)

    def answer(self, path, form):
        with self._lock:
            self.requests.append((path, form))
            if self.answers:
                return self.answers.pop(0)
            if form.get("client_id") != self.client[0]:
                return 401, {"error": "invalid_client"}
            if path == "/device":
                return self._device()
            if form.get("client_secret", "") != self.client[1]:
                return 401, {"error": "invalid_client"}
            if form.get("grant_type") == "refresh_token":
                return self._renew(form.get("refresh_token"))
            if form.get("grant_type") == DEVICE_CODE:
                return self._poll(form.get("device_code"))
            return 400, {"error": "unsupported_grant_type"}

    def _tokens(self, refresh=None):
        access = self._secret("access")
        self._access[access] = time.monotonic() + self.lasts
        body = {"access_token": access, "token_type": "Bearer", "expires_in": self.lasts}
        if refresh:
            self._refresh.add(refresh)
            body["refresh_token"] = refresh
        return 200, body

    def _renew(self, given):
        if given not in self._refresh:
            return 400, {"error": "invalid_grant", "error_description": "%s was revoked" % given}
        if not self.rotates:
            return self._tokens()
        self._refresh.remove(given)
        return self._tokens(self._secret("refresh"))

    def _device(self):
        device, user = self._secret("device"), "CODE-%d" % self._count
        self._devices[user] = {"device": device, "decision": "", "until": time.monotonic() + self.code_lasts}
        return 200, {"device_code": device, "user_code": user, "verification_uri": "https://id.example.org/device",
                     "verification_uri_complete": "https://id.example.org/device?code=" + user,
                     "expires_in": self.code_lasts, "interval": self.interval}

    def _poll(self, given):
        for code in self._devices.values():
            if code["device"] != given:
                continue
            if code["until"] < time.monotonic():
                return 400, {"error": "expired_token"}
            if code["decision"] == "deny":
                return 403, {"error": "access_denied"}
            if code["decision"] == "allow":
                return self._tokens(self._secret("refresh"))
            return 400, {"error": "authorization_pending"}
        return 400, {"error": "invalid_grant"}


class TokenMailServer(mailserver.MailServer):
    """Lets in whoever shows an access token of this provider. `shown` are the user names in the order they came; `error_first`
    says the error as a challenge, as the large providers do."""

    def __init__(self, provider, tls, error_first=True):
        self.provider, self.shown, self.refused, self._error_first = provider, [], 0, error_first
        super().__init__(tls=tls, login=("nobody", "nothing"))

    async def auth_XOAUTH2(self, server, args):  # pylint: disable=invalid-name
        blob = base64.b64decode(args[1]) if len(args) == 2 else await server.challenge_auth("")
        fields = dict(field.split("=", 1) for field in blob.decode().split("\x01") if field)
        user, token = fields.get("user", ""), fields.get("auth", "").removeprefix("Bearer ")
        self.shown.append(user)
        if self.provider.is_good(token):
            return AuthResult(success=True, auth_data=user)
        self.refused += 1
        if self._error_first:
            answer = await server.challenge_auth('{"status":"401","schemes":"bearer"}')
            assert answer == b"", answer
        return AuthResult(success=False, handled=False)
