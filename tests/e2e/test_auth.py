#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""Keys, secrets and tokens over the wire: what lets somebody in, and what no longer does."""

import base64
import datetime
import json
import os
import sqlite3
import subprocess
import time
import unittest

import engine
import jwt
from mailserver import MailServer

KEYS = "/api/v1/admin/api-keys"


def content(*path):
    with open(os.path.join(*path), "rb") as file:
        return file.read()


def basic(key, secret):
    return {"Authorization": "Basic " + base64.b64encode(("%s:%s" % (key, secret)).encode()).decode()}


def later(seconds):
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + "%03dZ" % (at.microsecond // 1000)


class AuthCase(engine.EngineCase):
    settings = {}

    def setUp(self):
        super().setUp()
        self.engine = self.start_engine(settings=self.settings)

    def make(self, **fields):
        return self.engine.request("POST", KEYS, {"name": "a key", "scopes": ["send", "read", "admin"], **fields}).data

    def post(self, path, body, headers=None):
        return self.engine.request("POST", path, body, "", headers)

    def login(self, key, secret=None, headers=None):
        return self.post("/api/v1/auth/token", {"api_key": key["api_key"], "api_secret": secret or key["api_secret"]}, headers)

    def refresh(self, token):
        return self.post("/api/v1/auth/refresh", {"refresh_token": token})

    def status(self, token):
        return self.engine.request("GET", "/api/v1/messages", token=token).status

    def patch(self, key, **fields):
        revision = self.engine.data_of("%s/%s" % (KEYS, key["id"]))["revision"]
        return self.engine.request("PATCH", "%s/%s" % (KEYS, key["id"]), {"revision": revision, **fields})

    def assert_ends(self, token, why):
        """Within the 5 s that are promised."""
        engine.until(lambda: self.status(token) == 401, 5, why)

    def audited(self, action):
        return [row for row in self.engine.data_of("/api/v1/admin/audit?limit=200")["items"] if row["action"] == action]


class Tokens(AuthCase):
    def test_a_refresh_token_is_good_for_one_use(self):
        key = self.make()
        first = self.login(key).data
        second = self.refresh(first["refresh_token"]).data
        self.assertEqual(sorted(second), ["access_token", "expires_in", "refresh_token", "token_type"])
        self.assertEqual((self.status(first["access_token"]), self.status(second["access_token"])), (200, 200))
        third = self.refresh(second["refresh_token"]).data
        # The first one comes again: somebody has a copy, so nobody of the family is believed any more.
        self.assert_refused(self.refresh(first["refresh_token"]), 401, "auth.required")
        self.assert_refused(self.refresh(third["refresh_token"]), 401, "auth.required")
        for tokens in (first, second, third):
            self.assert_ends(tokens["access_token"], "the end of a family whose refresh token was used twice")
        self.assertEqual([row["target"] for row in self.audited("token.reused")], [key["id"]])
        # Another login of the same key has nothing to do with it.
        other = self.login(key).data
        self.assertEqual(self.status(other["access_token"]), 200)
        self.refresh(first["refresh_token"])
        self.assertEqual(self.status(other["access_token"]), 200)

    def test_two_at_once_win_once_at_most(self):
        tokens = self.login(self.make()).data
        asks = [subprocess.Popen(["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-H", "Content-Type: application/json", "-d",
                                  json.dumps({"refresh_token": tokens["refresh_token"]}), self.engine.url() + "/api/v1/auth/refresh"],
                                 stdout=subprocess.PIPE, text=True) for _ in range(6)]
        codes = sorted(ask.communicate(timeout=30)[0] for ask in asks)
        self.assertEqual(codes, ["200"] + ["401"] * 5)
        self.assert_ends(tokens["access_token"], "the end of the family")

    def test_what_was_ended_stays_ended_after_a_kill(self):
        key = self.make()
        kept, ended = self.login(key).data, self.login(key).data
        self.assertEqual(self.post("/api/v1/auth/revoke", {"token": ended["access_token"]}).status, 200)
        self.assertEqual(self.status(ended["access_token"]), 401)
        self.engine.kill()
        self.engine.start()
        self.assertEqual((self.status(kept["access_token"]), self.status(ended["access_token"])), (200, 401))
        self.assert_refused(self.refresh(ended["refresh_token"]), 401, "auth.required")
        self.assertEqual(self.refresh(kept["refresh_token"]).status, 200)

    def test_revoking_answers_the_same_whatever_was_given(self):
        tokens = self.login(self.make()).data
        for token in ("x", "a.b.c", tokens["access_token"] + "x", jwt.encode({"sub": "x"}, "k" * 32, "HS256")):
            answer = self.post("/api/v1/auth/revoke", {"token": token})
            self.assertEqual((answer.status, answer.data), (200, None))
        self.assertEqual(self.status(tokens["access_token"]), 200)
        for _ in range(2):
            answer = self.post("/api/v1/auth/revoke", {"token": tokens["refresh_token"], "token_type_hint": "refresh_token"})
            self.assertEqual((answer.status, answer.data), (200, None))
            self.assertEqual(self.status(tokens["access_token"]), 401)
        self.assert_refused(self.refresh(tokens["refresh_token"]), 401, "auth.required")
        self.assert_refused(self.post("/api/v1/auth/revoke", {}), 422, "validation.failed", {"token": "field.required"})

    def test_forged_tokens(self):
        key = self.make()
        tokens = self.login(key).data
        signing = content(self.engine.data, "jwt.key").strip()
        plain = {"verify_signature": False}
        access, ours = (jwt.decode(tokens[name], options=plain) for name in ("access_token", "refresh_token"))
        self.assertEqual(sorted(access), ["aud", "exp", "iat", "iss", "jti", "nbf", "scope", "sid", "sub", "typ", "ver"])
        self.assertEqual((access["typ"], ours["typ"], access["sid"]), ("access", "refresh", ours["sid"]))
        self.assertNotEqual(access["jti"], ours["jti"])
        now = int(time.time())
        rows = {
            "none": jwt.encode(ours, None, "none"), "another key": jwt.encode(ours, "x" * 64, "HS256"), "HS512": jwt.encode(ours, signing, "HS512"),
            "an access token": tokens["access_token"], "called access": jwt.encode({**ours, "typ": "access"}, signing, "HS256"),
            "another audience": jwt.encode({**ours, "aud": "x"}, signing, "HS256"), "another issuer": jwt.encode({**ours, "iss": "x"}, signing, "HS256"),
            "expired": jwt.encode({**ours, "exp": now - 1}, signing, "HS256"), "no family": jwt.encode({n: v for n, v in ours.items() if n != "sid"}, signing, "HS256"),
            "a family nobody began": jwt.encode({**ours, "sid": "0190b0b0-0000-7000-8000-000000000000"}, signing, "HS256"),
            "a family that is no id": jwt.encode({**ours, "sid": 7}, signing, "HS256"), "a secret to come": jwt.encode({**ours, "ver": 2}, signing, "HS256"),
            "nobody's": jwt.encode({**ours, "sub": "0190b0b0-0000-7000-8000-000000000000"}, signing, "HS256"),
        }
        for name, token in rows.items():
            with self.subTest(name):
                self.assert_refused(self.refresh(token), 401, "auth.required", {})
        # None of them was worth ending the family for.
        self.assertEqual(self.refresh(tokens["refresh_token"]).status, 200)
        # Signed with our own key and of no family, by a program that has it: it can be ended too.
        foreign = jwt.encode({n: v for n, v in {**access, "jti": "0190b0b0-0000-7000-8000-000000000001"}.items() if n not in ("sid", "ver")}, signing, "HS256")
        self.assertEqual(self.status(foreign), 200)
        self.post("/api/v1/auth/revoke", {"token": foreign})
        self.assertEqual(self.status(foreign), 401)


class Keys(AuthCase):
    def test_a_key_ends_at_its_time_and_its_tokens_with_it(self):
        key = self.make(expires_at=later(3))
        tokens = self.login(key).data
        self.assertEqual((self.status(tokens["access_token"]), key["expires_at"] > later(0)), (200, True))
        time.sleep(3)
        self.assert_ends(tokens["access_token"], "the end of an expired key's token")
        self.assert_refused(self.login(key), 401, "auth.rejected", {})
        self.assert_refused(self.refresh(tokens["refresh_token"]), 401, "auth.required")
        self.assertEqual(self.patch(key, expires_at=None).data["expires_at"], None)
        self.assertEqual(self.login(key).status, 200)

    def test_a_revoked_key_s_tokens_end(self):
        key = self.make()
        tokens = self.login(key).data
        self.engine.request("POST", "%s/%s/revoke" % (KEYS, key["id"]))
        self.assert_ends(tokens["access_token"], "the end of a revoked key's token")
        self.assert_refused(self.refresh(tokens["refresh_token"]), 401, "auth.required")
        for act in ("rotate", "end-old-secret"):
            self.assert_refused(self.engine.request("POST", "%s/%s/%s" % (KEYS, key["id"], act)), 409, "conflict")
        self.assert_refused(self.patch(key, name="again"), 409, "conflict")

    def test_two_secrets_live_side_by_side(self):
        key = self.make()
        before = self.login(key).data
        rotated = self.engine.request("POST", "%s/%s/rotate" % (KEYS, key["id"])).data
        self.assertNotEqual(rotated["api_secret"], key["api_secret"])
        self.assertTrue(later(86000) < rotated["old_secret_until"] < later(86500), rotated)
        self.assertEqual((self.login(key).status, self.login(rotated).status), (200, 200))
        old, new = self.login(key).data, self.login(rotated).data
        self.assertNotIn(rotated["api_secret"], self.engine.request("GET", "%s/%s" % (KEYS, key["id"])).text)
        self.assertEqual(self.engine.request("POST", "%s/%s/end-old-secret" % (KEYS, key["id"])).data["old_secret_until"], None)
        self.assert_refused(self.login(key), 401, "auth.rejected")
        self.assertEqual(self.login(rotated).status, 200)
        # Whoever stole the old secret has its tokens too.
        for tokens in (before, old):
            self.assert_ends(tokens["access_token"], "the end of tokens got with a secret that ended")
            self.assert_refused(self.refresh(tokens["refresh_token"]), 401, "auth.required")
        self.assertEqual((self.status(new["access_token"]), self.refresh(new["refresh_token"]).status), (200, 200))
        # A second rotation leaves the last two; an overlap of nothing only one.
        third = self.engine.request("POST", "%s/%s/rotate" % (KEYS, key["id"]), {"overlap_ms": 3600000}).data
        fourth = self.engine.request("POST", "%s/%s/rotate" % (KEYS, key["id"]), {"overlap_ms": 3600000}).data
        self.assertEqual([self.login(each).status for each in (rotated, third, fourth)], [401, 200, 200])
        fifth = self.engine.request("POST", "%s/%s/rotate" % (KEYS, key["id"]), {"overlap_ms": 0}).data
        self.assertEqual((self.login(fourth).status, self.login(fifth).status, fifth["old_secret_until"]), (401, 200, None))

    def test_an_old_secret_ends_by_itself(self):
        key = self.make()
        rotated = self.engine.request("POST", "%s/%s/rotate" % (KEYS, key["id"]), {"overlap_ms": 1500}).data
        tokens = self.login(key).data
        time.sleep(1.5)
        self.assert_refused(self.login(key), 401, "auth.rejected")
        self.assert_ends(tokens["access_token"], "the end of tokens got with an old secret")
        self.assertEqual(self.login(rotated).status, 200)

    def test_no_secret_is_in_the_database(self):
        key = self.make()
        rotated = self.engine.request("POST", "%s/%s/rotate" % (KEYS, key["id"])).data
        tokens = self.login(rotated).data
        self.engine.stop()
        whole = b"".join(content(self.engine.data, name) for name in os.listdir(self.engine.data) if name.startswith("postroom.db"))
        for secret in (key["api_secret"], rotated["api_secret"], tokens["refresh_token"], tokens["access_token"]):
            self.assertNotIn(secret.encode(), whole)
            self.assertNotIn(secret.encode(), content(self.folder, "postroomd.log"))

    def test_a_change_names_the_revision_it_saw(self):
        key = self.make()
        path = "%s/%s" % (KEYS, key["id"])
        changed = self.engine.request("PATCH", path, {"revision": key["revision"], "name": "new", "scopes": ["send"], "description": "d"}).data
        self.assertEqual((changed["name"], changed["scopes"], changed["description"], changed["revision"]), ("new", ["send"], "d", key["revision"] + 1))
        self.assert_refused(self.engine.request("PATCH", path, {"revision": key["revision"], "name": "x"}), 409, "revision.stale")
        self.assert_refused(self.engine.request("PATCH", path, {"name": "x"}), 422, "validation.failed", {"revision": "field.required"})
        self.assert_refused(self.engine.request("GET", "%s/%s" % (KEYS, "0190b0b0-0000-7000-8000-000000000000")), 404, "not_found")
        # What was taken from a key is taken from its tokens.
        token = self.login(key).data["access_token"]
        self.assert_refused(self.engine.request("GET", KEYS, token=token), 403, "auth.scope")

    def test_what_a_key_can_not_be(self):
        self.engine.make_account(1)
        rows = [({"expires_at": "tomorrow"}, {"expires_at": "field.type"}), ({"expires_at": later(-5)}, {"expires_at": "time.past"}),
                ({"expires_at": 5}, {"expires_at": "field.type"}), ({"allowed_ips": ["10.0.0.0/8", "10.0.0.0/33", "host"]}, {"allowed_ips[1]": "network.invalid", "allowed_ips[2]": "network.invalid"}),
                ({"allowed_from": ["*@x.test", "nobody"]}, {"allowed_from[1]": "address.invalid"}), ({"allowed_accounts": ["nobody@sink.test"]}, {"allowed_accounts[0]": "account.unknown"}),
                ({"allowed_ips": "10.0.0.1"}, {"allowed_ips": "field.type"}), ({"last_used_at": later(0)}, {"last_used_at": "field.read_only"}), ({"scopes": ["root"]}, {"scopes[0]": "field.not_allowed"})]
        key = self.make(allowed_accounts=["sender@sink.test"])
        for fields, reasons in rows:
            with self.subTest(str(fields)):
                self.assert_refused(self.engine.request("POST", KEYS, {"name": "k", **fields}), 422, "validation.failed", reasons)
                self.assert_refused(self.patch(key, **fields), 422, "validation.failed", reasons)
        for overlap, reason in ((-1, "field.too_small"), ("1", "field.type"), (90 * 86400000 + 1, "field.too_large")):
            self.assert_refused(self.engine.request("POST", "%s/%s/rotate" % (KEYS, key["id"]), {"overlap_ms": overlap}), 422, "validation.failed", {"overlap_ms": reason})

    def test_as_whom_a_key_sends(self):
        account = self.engine.make_account(1, from_addresses=["*@sink.test"])
        other = self.engine.make_account(1, email="other@elsewhere.test")
        rows = [
            (["a@sink.test"], [], {"from": "a@sink.test"}, None), (["*@sink.test"], [], {"from": "B <b@SINK.test>"}, None),
            (["*@sink.test"], [], {"from": "a@sub.sink.test"}, {"from": "from.not_allowed"}), (["a@sink.test"], [], {"from": "A@sink.test"}, {"from": "from.not_allowed"}),
            (["*@sink.test"], [], {}, {"from": "field.required"}), (["*@sink.test"], [], {"account": account["id"]}, None),
            (["*@sink.test"], [], {"account": other["email"]}, {"from": "field.required"}), (["*@x.test", "a@sink.test"], [], {}, None),
            ([], [account["email"]], {}, None), ([], [account["id"]], {"account": account["email"]}, None),
            ([], [account["id"]], {"account": other["id"]}, {"account": "account.not_allowed"}), ([], [account["id"], other["id"]], {}, {"account": "field.required"}),
            ([], [account["id"], other["id"]], {"account": other["id"]}, None), ([], [account["id"]], {"account": "sandbox"}, None),
            (["*@sink.test"], [account["id"]], {}, None), (["*@x.test"], [other["id"]], {"account": account["id"], "from": "a@y.test"}, {"account": "account.not_allowed", "from": "from.not_allowed"}),
        ]
        key = self.make()
        token = self.login(key).data["access_token"]
        for allowed, accounts, fields, reasons in rows:
            with self.subTest("%s %s %s" % (allowed, accounts, fields)):
                self.patch(key, allowed_from=allowed, allowed_accounts=accounts).data  # pylint: disable=expression-not-assigned
                answer = self.engine.request("POST", engine.SEND, {"to": "a@sink.test", "subject": "s", "content": "c", **fields}, token)
                if reasons is None:
                    self.assertEqual(answer.status, 202, answer)
                else:
                    self.assert_refused(answer, 422, "validation.failed", reasons)
        # One account only: nothing else may carry it. No account left: nothing at all.
        self.patch(key, allowed_from=["a@sink.test"], allowed_accounts=[account["id"]])
        sent = self.engine.send(token)
        with sqlite3.connect("file:%s?mode=ro" % os.path.join(self.engine.data, "postroom.db"), uri=True) as database:
            row = database.execute("SELECT pinned_account, from_address FROM message_records WHERE id = ?", (sent,)).fetchone()
        self.assertEqual(row, (account["id"], "a@sink.test"))
        self.assertEqual(self.engine.request("DELETE", "%s/%s" % (engine.ACCOUNTS, account["id"])).status, 200)
        answer = self.engine.request("POST", engine.SEND, {"to": "a@sink.test", "subject": "s", "content": "c"}, token)
        self.assert_refused(answer, 422, "validation.failed", {"account": "account.not_allowed"})

    def test_an_account_sends_as_its_own_addresses_whoever_names_it(self):
        server = MailServer()
        self.addCleanup(server.stop)
        account = self.engine.make_account(server.port, email="own@sink.test")
        key = self.make()
        token = self.login(key).data["access_token"]
        for rules in ({}, {"allowed_accounts": [account["id"]]}, {"allowed_from": ["ceo@sink.test"], "allowed_accounts": [account["id"]]}):
            self.patch(key, **rules).data  # pylint: disable=expression-not-assigned
            for named in ({}, {"account": account["id"]}):
                with self.subTest("%s %s" % (rules, named)):
                    sent = self.engine.send(token, **{"from": "ceo@sink.test", **named})
                    self.assertEqual(self.engine.message(sent)["waiting_for"]["code"], "account.none_for_from")
                    # What was accepted after it has left by now.
                    self.engine.wait_for_status(self.engine.send(account=account["id"]), "sent")
                    self.assertEqual(self.engine.attempts(sent), [])

    def test_every_way_in_knows_the_rules(self):
        self.engine.make_account(1, from_addresses=["*@sink.test"])
        key = self.make()
        token = self.login(key).data["access_token"]
        self.patch(key, allowed_from=["a@sink.test"]).data  # pylint: disable=expression-not-assigned
        refused = {"from": "from.not_allowed"}
        mail = {"to": "x@sink.test", "subject": "s", "text": "t", "from": "ceo@sink.test"}
        batch = self.engine.request("POST", "/api/v1/messages/email/batch", {"messages": [mail, {**mail, "from": "a@sink.test"}]}, token).data
        self.assertEqual([(one["status_code"], [fault["reason"] for fault in one["details"]]) for one in batch["results"]],
                         [(422, ["from.not_allowed"]), (202, [])])

        def raw(head):
            return self.engine.request("POST", "/api/v1/messages/email/raw", head + b"To: x@sink.test\r\nSubject: s\r\n\r\nt\r\n", token, {"Content-Type": "message/rfc822"})
        self.assert_refused(raw(b"From: ceo@sink.test\r\n"), 422, "validation.failed", refused)
        for other in (b"Sender: ceo@sink.test\r\n", b"Resent-From: A <a@sink.test>, ceo@sink.test\r\n", b"Sender: root\r\n"):
            self.assert_refused(raw(b"From: a@sink.test\r\n" + other), 422, "validation.failed", {"mail.sender": "from.not_allowed"})
        self.assertEqual(raw(b"From: a@sink.test\r\nSender: a@sink.test\r\n").status, 202)
        # Without a From it is the key's, and it stands in the mail.
        sent = raw(b"").data["message_id"]
        self.assertIn("From: a@sink.test", self.engine.data_of("/api/v1/messages/%s/raw" % sent)["source"])

    def test_ctl_makes_and_rotates(self):
        made = self.engine.ctl("keys", "create", "--name", "k", "--expires", "90d", "--allow-ip", "127.0.0.0/8", "--allow-from", "*@sink.test")
        self.assertEqual((made["allowed_ips"], made["allowed_from"], made["expires_at"] > later(89 * 86400)), (["127.0.0.0/8"], ["*@sink.test"], True))
        rotated = self.engine.ctl("keys", "rotate", made["api_key"], "--overlap", "1h")
        self.assertEqual([self.login(each).status for each in (made, rotated)], [200, 200])
        self.engine.ctl("keys", "end-old-secret", made["api_key"])
        self.assertEqual([self.login(each).status for each in (made, rotated)], [401, 200])
        shown = self.engine.run_ctl("keys", "show", made["api_key"])
        self.assertEqual(shown.returncode, 0, shown.stderr)
        for part in (made["api_key"], "127.0.0.0/8", "*@sink.test", "active"):
            self.assertIn(part, shown.stdout)
        self.assertIn("EXPIRES", self.engine.run_ctl("keys", "list").stdout)
        self.assertEqual(self.engine.run_ctl("keys", "rotate", made["api_key"], "--overlap", "soon").returncode, 2)
        self.assertEqual(self.engine.run_ctl("keys", "create", "--name", "k", "--expires", "soon").returncode, 1)
        self.assertEqual(self.engine.run_ctl("keys", "rotate", "noti_nobody").returncode, 5)


class Basic(AuthCase):
    def test_one_line_of_curl_sends(self):
        key = self.make(scopes=["send"])
        ran = subprocess.run(["curl", "-sS", "-u", "%s:%s" % (key["api_key"], key["api_secret"]), "-H", "Content-Type: application/json", "-d",
                              json.dumps({"to": "a@sink.test", "subject": "s", "content": "c", "account": "sandbox"}), self.engine.url() + engine.SEND],
                             capture_output=True, text=True, timeout=30, check=True)
        self.assertEqual(json.loads(ran.stdout)["data"]["status"], "queued")
        used = engine.until(lambda: self.engine.data_of("%s/%s" % (KEYS, key["id"]))["last_used_at"], 5, "the use of the key")
        self.assertTrue(later(-60) < used <= later(1), used)

    def test_it_is_what_the_key_is(self):
        key = self.make(scopes=["read"])
        whole = basic(key["api_key"], key["api_secret"])
        self.assertEqual(self.engine.request("GET", "/api/v1/messages", None, "", whole).status, 200)
        self.assert_refused(self.engine.request("GET", KEYS, None, "", whole), 403, "auth.scope")
        self.assertEqual(self.engine.request("GET", "/api/v1/messages", None, "", {"Authorization": "bAsIc " + whole["Authorization"][6:]}).status, 200)
        self.engine.request("POST", "%s/%s/revoke" % (KEYS, key["id"]))
        self.assert_refused(self.engine.request("GET", "/api/v1/messages", None, "", whole), 401, "auth.required", {})

    def test_whatever_is_wrong_the_answer_is_one(self):
        key, revoked, expired, elsewhere = self.make(), self.make(), self.make(expires_at=later(1)), self.make(allowed_ips=["10.9.8.0/24"])
        self.engine.request("POST", "%s/%s/revoke" % (KEYS, revoked["id"]))
        time.sleep(1)
        rows = [basic(key["api_key"], "secret_wrong"), basic("noti_nobody", key["api_secret"]), basic(revoked["api_key"], revoked["api_secret"]), basic(expired["api_key"], expired["api_secret"]),
                basic(elsewhere["api_key"], elsewhere["api_secret"]), {"Authorization": "Basic !!"}, {"Authorization": "Basic " + base64.b64encode(b"nothing").decode()}]
        answers = [self.engine.request("GET", "/api/v1/messages", None, "", row) for row in rows]
        for answer in answers:
            self.assert_refused(answer, 401, "auth.required", {})
            self.assertEqual(answer.headers["WWW-Authenticate"], "Bearer")
        self.assertEqual(len({json.dumps({**answer.body, "request_id": ""}) for answer in answers}), 1)
        self.assertEqual(len({self.login(each).text.split('"request_id"')[0] for each in (revoked, expired, elsewhere)}), 1)


class BehindAProxy(AuthCase):
    settings = {"TRUSTED_PROXIES": "127.0.0.1", "METRICS_ALLOW": "127.0.0.0/8"}

    def test_a_key_is_good_where_it_may_be_used(self):
        key = self.make(allowed_ips=["10.1.0.0/16", "2001:db8::/32"])
        token = self.login(key, headers={"X-Forwarded-For": "10.1.2.3"}).data["access_token"]
        rows = [("10.1.2.3", 200), ("10.2.2.3", 401), ("2001:db8::7", 200), (None, 401), ("10.1.2.3, 9.9.9.9", 401), ("9.9.9.9, 10.1.2.3", 200),
                ("10.1.2.3, 127.0.0.1", 200), ("10.1.2.3, nonsense", 401), ("10.1.2.3:4711", 200), ("", 401)]
        for forwarded, status in rows:
            headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
            with self.subTest(str(forwarded)):
                self.assertEqual(self.engine.request("GET", "/api/v1/messages", None, token, headers).status, status)
                if status == 200:
                    self.assertEqual(self.engine.request("GET", "/api/v1/messages", None, "", {**headers, **basic(key["api_key"], key["api_secret"])}).status, 200)
        self.assert_refused(self.login(key, headers={"X-Forwarded-For": "10.2.0.1"}), 401, "auth.rejected", {})

    def test_the_world_behind_the_proxy_is_not_the_loopback(self):
        self.assertEqual(self.engine.request("GET", "/metrics", None, "").status, 200)
        self.assertEqual(self.engine.request("GET", "/metrics", None, "", {"X-Forwarded-For": "9.9.9.9"}).status, 401)


class WithoutAProxy(AuthCase):
    def test_anybody_can_write_the_header(self):
        key = self.make(allowed_ips=["10.1.0.0/16"])
        self.assert_refused(self.login(key, headers={"X-Forwarded-For": "10.1.2.3"}), 401, "auth.rejected", {})
        here = self.make(allowed_ips=["127.0.0.1"])
        token = self.login(here, headers={"X-Forwarded-For": "10.1.2.3"}).data["access_token"]
        self.assertEqual(self.status(token), 200)


if __name__ == "__main__":
    unittest.main(verbosity=2)
