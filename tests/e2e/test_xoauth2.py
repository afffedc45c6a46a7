#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""Accounts that log in with an access token: from a person's consent to mail that leaves, for as long as the provider allows it."""

import json
import os
import signal
import subprocess
import time
import unittest

import engine
from mailserver import Authority, MailServer
from token_server import DEVICE_CODE, TokenMailServer, TokenServer


class TokenCase(engine.EngineCase):
    def setUp(self):
        super().setUp()
        self.authority = Authority()

    def provider(self, **more):
        provider = TokenServer(**more)
        self.addCleanup(provider.close)
        return provider

    def mail_server(self, provider, **more):
        server = TokenMailServer(provider, tls=self.authority.context(), **more)
        self.addCleanup(server.stop)
        return server

    def started(self, provider, **settings):
        return self.start_engine(settings={**provider.settings(), **settings})

    def account(self, on, server, **fields):
        return on.make_account(server.port, **{"email": "sender@sink.test", "security": "tls", "auth": "xoauth2",
                                               "oauth_provider": "generic", "ca_certificate": self.authority.pem, **fields})

    def path(self, account):
        return "%s/%s/authorize" % (engine.ACCOUNTS, account["id"])

    def hand_in(self, on, account, token):
        return on.request("POST", self.path(account), {"refresh_token": token})

    def wait_for_state(self, on, account, state, seconds=30):
        return engine.until(lambda: (lambda now: now if now["state"] == state else None)(on.data_of(self.path(account))), seconds,
                            "the authorization's state " + state)

    def nothing_shows(self, on, provider, *texts):
        """No secret stands in the log, the database's files, the metrics or these texts."""
        with open(on._log.name, encoding="utf-8", errors="replace") as file:  # pylint: disable=protected-access
            texts += (file.read(), json.dumps(list(on.metrics())))
        for secret in provider.secrets:
            for text in texts:
                self.assertNotIn(secret, text)
            for name in os.listdir(on.data):
                path = os.path.join(on.data, name)
                if os.path.isfile(path):
                    with open(path, "rb") as file:
                        self.assertNotIn(secret.encode(), file.read(), path)


class Consent(TokenCase):
    def test_from_the_code_to_the_first_mail(self):
        provider = self.provider()
        server = self.mail_server(provider)
        on = self.started(provider)
        account = self.account(on, server)
        self.assertEqual((account["auth"], account["oauth_provider"], account["smtp_username"]),
                         ("xoauth2", "generic", "sender@sink.test"))
        message = on.send()
        waiting = on.wait_for_reason(message, "account.authorization_needed")["waiting_for"]
        self.assertEqual(waiting["params"]["email"], "sender@sink.test")
        shown = engine.until(lambda: (lambda now: now if now["problem_detail"] else None)(on.account(account)), 10, "a detail")
        self.assertEqual((shown["state"], shown["problem_detail"], shown["authorized_at"]),
                         ("resting", "nobody has authorized the account yet", None))
        self.assertEqual(on.data_of(self.path(account))["state"], "needed")
        test = on.request("POST", "%s/%s/test" % (engine.ACCOUNTS, account["id"])).data
        self.assertFalse(test["ok"])
        self.assertIn("authorized", test["steps"][-1]["detail"])

        asked = on.request("POST", self.path(account)).data
        self.assertEqual((asked["state"], asked["verification_uri"]), ("pending", "https://id.example.org/device"))
        self.assertEqual(asked["interval_ms"], 1000)
        self.assertEqual(on.data_of(self.path(account)), asked)
        engine.until(lambda: provider.count(DEVICE_CODE) >= 2, 20, "two questions")
        self.assertEqual(on.message(message)["status"], "queued")
        provider.decide(asked["user_code"], "allow")
        done = self.wait_for_state(on, account, "authorized")
        self.assertTrue(done["authorized_at"])
        on.wait_for_status(message, "sent")
        self.assertEqual([mail.login for mail in server.mails], ["sender@sink.test"])
        shown = on.account(account)
        self.assertEqual((shown["state"], shown["problem_detail"], shown["authorized_at"]), ("active", "", done["authorized_at"]))
        test = on.request("POST", "%s/%s/test" % (engine.ACCOUNTS, account["id"])).data
        self.assertTrue(test["ok"], test)
        actions = [row["action"] for row in on.data_of("/api/v1/admin/audit")["items"]]
        self.assertIn("account.authorize", actions)
        self.assertIn("account.authorize.begin", actions)
        self.nothing_shows(on, provider, json.dumps(on.attempts(message)), json.dumps(shown), json.dumps(test), json.dumps(done))

    def test_a_person_who_says_no(self):
        provider = self.provider()
        on = self.started(provider)
        account = self.account(on, self.mail_server(provider))
        asked = on.request("POST", self.path(account)).data
        provider.decide(asked["user_code"], "deny")
        denied = self.wait_for_state(on, account, "denied")
        self.assertEqual(denied["reason"], "oauth.denied")
        asked_so_often = provider.count(DEVICE_CODE)
        # The next one is a new one.
        provider.decide(on.request("POST", self.path(account)).data["user_code"], "allow")
        self.wait_for_state(on, account, "authorized")
        self.assertGreater(provider.count(DEVICE_CODE), asked_so_often)

    def test_a_code_that_nobody_entered(self):
        provider = self.provider()
        provider.code_lasts = 2
        on = self.started(provider)
        account = self.account(on, self.mail_server(provider))
        on.request("POST", self.path(account))
        expired = self.wait_for_state(on, account, "expired")
        self.assertEqual(expired["reason"], "oauth.code_expired")

    def test_giving_up(self):
        provider = self.provider()
        on = self.started(provider)
        account = self.account(on, self.mail_server(provider))
        asked = on.request("POST", self.path(account)).data
        self.assertEqual(on.request("DELETE", self.path(account)).data["state"], "needed")
        provider.decide(asked["user_code"], "allow")
        count = provider.count(DEVICE_CODE)
        time.sleep(2.5)  # two of its intervals: nobody asks for it any more
        self.assertLessEqual(provider.count(DEVICE_CODE), count + 1)
        self.assertEqual(on.data_of(self.path(account))["state"], "needed")

    def test_a_provider_that_wants_it_slower_or_does_not_answer(self):
        provider = self.provider()
        on = self.started(provider)
        account = self.account(on, self.mail_server(provider))
        asked = on.request("POST", self.path(account)).data
        provider.answers[:] = [(503, b"busy"), (400, {"error": "slow_down"})]
        provider.decide(asked["user_code"], "allow")
        slowed = engine.until(lambda: (lambda now: now if now["interval_ms"] > 5000 else None)(on.data_of(self.path(account))), 20,
                              "a longer interval")
        self.assertEqual(slowed["state"], "pending")
        self.wait_for_state(on, account, "authorized")

    def test_what_is_not_to_be_had(self):
        provider = self.provider(client=("us", ""))
        on = self.started(provider)
        server = self.mail_server(provider)
        account = self.account(on, server)
        answer = on.request("POST", self.path(account), {"provider": "google"})
        self.assertEqual((answer.status, answer.reasons), (422, {"provider": "oauth.not_configured"}))
        provider.answers.append((400, {"error": "invalid_scope"}))
        answer = on.request("POST", self.path(account))
        self.assertEqual((answer.status, answer.reasons), (422, {"provider": "oauth.scope_invalid"}))
        provider.answers.append((500, b"<html>"))
        self.assertEqual(on.request("POST", self.path(account)).status, 502)
        answer = self.hand_in(on, account, "no-such-token-anywhere")
        self.assertEqual((answer.status, answer.reasons), (422, {"refresh_token": "oauth.grant_invalid"}))
        self.assertNotIn("no-such-token-anywhere", answer.text)
        self.assertEqual(on.data_of(self.path(account))["state"], "needed")
        answer = on.request("POST", engine.ACCOUNTS, {"email": "a@sink.test", "smtp_host": "mail.example.org", "smtp_port": 465,
                                                      "auth": "xoauth2"})
        self.assertEqual(answer.reasons, {"oauth_provider": "field.required"})
        answer = on.request("POST", engine.ACCOUNTS, {"email": "a@sink.test", "smtp_host": "smtp.gmail.com", "smtp_port": 465,
                                                      "auth": "xoauth2", "security": "none"})
        self.assertEqual(answer.reasons, {"security": "account.password_in_clear"})
        known = on.request("POST", engine.ACCOUNTS, {"email": "a@sink.test", "smtp_host": "smtp.gmail.com", "smtp_port": 465,
                                                     "auth": "xoauth2"}).data
        self.assertEqual(known["oauth_provider"], "google")

    def test_a_public_client(self):
        provider = self.provider(client=("us", ""))
        server = self.mail_server(provider)
        on = self.started(provider)
        account = self.account(on, server)
        self.assertEqual(self.hand_in(on, account, provider.refresh_token()).data["state"], "authorized")
        on.wait_for_status(on.send(), "sent")
        self.assertTrue(all("client_secret" not in form for _, form in provider.requests), provider.requests)

    def test_an_authority_of_ones_own(self):
        ca = os.path.join(self.folder, "ca.pem")
        with open(ca, "w", encoding="ascii") as file:
            file.write(self.authority.pem)
        provider = self.provider(tls=self.authority.context())
        server = self.mail_server(provider)
        on = self.start_engine(settings=provider.settings(ca))
        account = self.account(on, server)
        self.hand_in(on, account, provider.refresh_token()).data  # pylint: disable=expression-not-assigned
        on.wait_for_status(on.send(), "sent")
        on.stop()
        # Another authority's word is none.
        with open(ca, "w", encoding="ascii") as file:
            file.write(Authority().pem)
        count = len(provider.requests)
        on.start()
        message = on.send()
        on.wait_for_reason(message, "account.token_awaited")
        self.assertIn("certificate", engine.until(lambda: on.account(account)["problem_detail"], 20, "a detail").lower())
        self.assertEqual(len(provider.requests), count)


class Renewal(TokenCase):
    def test_mail_flows_while_tokens_end(self):
        provider = self.provider(lasts=10, rotates=True)
        server = self.mail_server(provider)
        on = self.started(provider)
        account = self.account(on, server, max_messages=1)
        self.hand_in(on, account, provider.refresh_token()).data  # pylint: disable=expression-not-assigned
        sent, deadline = 0, time.monotonic() + 60
        while provider.count("refresh_token") < 4 and time.monotonic() < deadline:
            on.wait_for_status(on.send(), "sent")
            sent += 1
        self.assertGreaterEqual(provider.count("refresh_token"), 4)
        self.assertEqual((len(server.mails), server.refused), (sent, 0))
        # The last refresh token is the only good one; it is what the next start has.
        on.stop()
        on.start()
        message = on.send()
        on.wait_for_status(message, "sent")
        on.kill()
        on.start()
        on.wait_for_status(on.send(), "sent")
        self.nothing_shows(on, provider)

    def test_a_token_that_the_server_refuses_is_renewed_once(self):
        provider = self.provider()
        server = self.mail_server(provider)
        on = self.started(provider)
        account = self.account(on, server, max_messages=1)
        self.hand_in(on, account, provider.refresh_token()).data  # pylint: disable=expression-not-assigned
        on.wait_for_status(on.send(), "sent")
        renewed = provider.count("refresh_token")
        provider.end_access()
        message = on.send()
        on.wait_for_status(message, "sent")
        self.assertEqual(provider.count("refresh_token"), renewed + 1)
        self.assertEqual(server.refused, 1)
        self.assertEqual([attempt["outcome"] for attempt in on.attempts(message)], ["deferred", "sent"])
        self.assertEqual(on.message(message)["deliveries"][0]["attempts"], 1)
        self.assertEqual((on.account(account)["state"], on.account(account)["problem_detail"]), ("active", ""))
        self.nothing_shows(on, provider, json.dumps(on.attempts(message)))

    def test_a_server_that_refuses_every_token(self):
        provider = self.provider()
        server = self.mail_server(provider, error_first=False)
        on = self.started(provider)
        account = self.account(on, server)
        self.hand_in(on, account, provider.refresh_token()).data  # pylint: disable=expression-not-assigned
        provider.lasts = 0
        provider.end_access()
        message = on.send()
        waiting = on.wait_for_reason(message, "account.resting")["waiting_for"]
        self.assertEqual(waiting["params"]["problem"], "smtp.auth_rejected")
        self.assertEqual((server.refused, provider.count("refresh_token")), (2, 2))
        provider.lasts = 3600
        provider.end_access()
        on.request("POST", "%s/%s/enable" % (engine.ACCOUNTS, account["id"]))
        on.wait_for_status(message, "sent")

    def test_a_consent_that_was_taken_back(self):
        provider = self.provider()
        server, other = self.mail_server(provider), MailServer()
        self.addCleanup(other.stop)
        on = self.started(provider)
        account = self.account(on, server, priority=9, max_messages=1)
        on.make_account(other.port, email="other@sink.test")
        self.hand_in(on, account, provider.refresh_token()).data  # pylint: disable=expression-not-assigned
        on.wait_for_status(on.send(), "sent")
        self.assertEqual((len(server.mails), len(other.mails)), (1, 0))
        provider.revoke()
        messages = [on.send() for _ in range(3)]
        for message in messages:
            on.wait_for_status(message, "sent")
        self.assertEqual((len(server.mails), len(other.mails)), (1, 3))
        shown = engine.until(lambda: (lambda now: now if now["problem_detail"] else None)(on.account(account)), 10, "a detail")
        self.assertEqual((shown["state"], shown["waiting_for"]["code"]), ("resting", "account.authorization_needed"))
        self.assertIn("invalid_grant", shown["problem_detail"])
        self.assertIn("***", shown["problem_detail"])
        pinned = on.send(account="sender@sink.test")
        on.wait_for_reason(pinned, "account.authorization_needed")
        # It stays so over a start, and ends with a new consent.
        on.stop()
        on.start()
        on.wait_for_reason(pinned, "account.authorization_needed")
        self.assertEqual(on.data_of(self.path(account))["state"], "needed")
        self.hand_in(on, account, provider.refresh_token()).data  # pylint: disable=expression-not-assigned
        on.wait_for_status(pinned, "sent")
        self.nothing_shows(on, provider, json.dumps(shown))

    def test_a_provider_that_is_away(self):
        provider = self.provider()
        server = self.mail_server(provider)
        on = self.started(provider)
        account = self.account(on, server)
        self.hand_in(on, account, provider.refresh_token()).data  # pylint: disable=expression-not-assigned
        on.stop()
        provider.close()
        on.start()
        message = on.send()
        engine.until(lambda: on.message(message)["waiting_for"]["params"]["problem"] == "account.token_unavailable", 20, "a reason")
        on.wait_for_reason(message, "account.token_awaited")
        self.assertEqual(on.account(account)["state"], "resting")
        provider.open()
        on.wait_for_status(message, "sent", 40)
        self.assertEqual((on.account(account)["state"], on.account(account)["problem_detail"]), ("active", ""))

    def test_another_provider_is_asked_anew(self):
        provider = self.provider()
        on = self.started(provider)
        account = self.account(on, self.mail_server(provider))
        self.hand_in(on, account, provider.refresh_token()).data  # pylint: disable=expression-not-assigned
        changed = on.patch_account(account, oauth_provider="google")
        self.assertIsNone(changed["authorized_at"])
        self.wait_for_state(on, account, "needed")
        changed = on.patch_account(account, auth="none", smtp_username=None)
        self.assertNotEqual((changed["waiting_for"] or {}).get("code"), "account.authorization_needed")


class CommandLine(TokenCase):
    def test_it_shows_the_code_and_waits(self):
        provider = self.provider()
        on = self.started(provider)
        self.account(on, self.mail_server(provider))
        command = [engine.program("postroomctl"), "--data-dir", on.data, "accounts", "authorize", "sender@sink.test"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as asking:
            line = asking.stdout.readline()
            self.assertIn("https://id.example.org/device", line)
            code = line.split()[-1].rstrip(".")
            provider.decide(code, "allow")
            out, err = asking.communicate(timeout=60)
        self.assertEqual(asking.returncode, 0, err)
        self.assertIn("sender@sink.test is authorized", out)
        self.nothing_shows(on, provider, out, err)

    def test_ctrl_c_gives_up(self):
        provider = self.provider()
        on = self.started(provider)
        account = self.account(on, self.mail_server(provider))
        command = [engine.program("postroomctl"), "--data-dir", on.data, "accounts", "authorize", "sender@sink.test"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as asking:
            asking.stdout.readline()
            self.assertEqual(on.data_of(self.path(account))["state"], "pending")
            asking.send_signal(signal.SIGINT)
            _, err = asking.communicate(timeout=60)
        self.assertEqual(asking.returncode, 1, err)
        self.assertIn("given up", err)
        self.assertEqual(on.data_of(self.path(account))["state"], "needed")

    def test_a_refresh_token_from_elsewhere(self):
        provider = self.provider()
        server = self.mail_server(provider)
        on = self.started(provider)
        added = on.run_ctl("accounts", "add", "--email", "sender@sink.test", "--host", "127.0.0.1", "--port", str(server.port),
                           "--oauth", "generic")
        self.assertEqual(added.returncode, 0, added.stderr)
        self.assertIn("accounts authorize sender@sink.test", added.stdout)
        listed = on.run_ctl("accounts", "list")
        self.assertIn("has to be authorized", listed.stdout)
        refused = on.run_ctl("accounts", "authorize", "sender@sink.test", "--refresh-token-file", "-", stdin="wrong-token\n")
        self.assertEqual(refused.returncode, 1, refused.stderr)
        self.assertIn("invalid_grant", refused.stderr)
        done = on.run_ctl("--json", "accounts", "authorize", "sender@sink.test", "--refresh-token-file", "-",
                          stdin=provider.refresh_token() + "\n")
        self.assertEqual((done.returncode, json.loads(done.stdout)["state"]), (0, "authorized"), done.stderr)
        self.assertEqual(on.run_ctl("accounts", "authorize", "nobody@sink.test").returncode, 5)
        shown = on.run_ctl("config", "show", settings=provider.settings())
        self.assertIn("OAUTH_GENERIC_CLIENT_SECRET", shown.stdout)
        self.nothing_shows(on, provider, shown.stdout, added.stdout, refused.stdout + refused.stderr, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
