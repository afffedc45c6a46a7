#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""A broken account says why, on itself and on the attempt; the message waits and says so; repaired, the mail goes out."""

import contextlib
import datetime
import hashlib
import json
import os
import socket
import sqlite3
import ssl
import threading
import unittest

import engine
import mailserver

PASSWORD = "p\u00e4ss w\u00f6rd-\u5bc6"


class BrokenAccounts(engine.EngineCase):
    def setUp(self):
        super().setUp()
        self.engine = self.start_engine()
        self.authority = mailserver.Authority()

    def start_server(self, **options):
        server = mailserver.MailServer(**options)
        self.addCleanup(server.stop)
        return server

    def start_script(self, talk):
        """The port of a server that says to every client what `talk(connection)` says, and hangs up."""
        listener = socket.create_server(("127.0.0.1", 0))

        def serve():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.settimeout(20)
                    try:
                        talk(connection)
                    except OSError:
                        pass

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        self.addCleanup(thread.join, 20)
        self.addCleanup(listener.close)
        self.addCleanup(listener.shutdown, socket.SHUT_RDWR)
        return listener.getsockname()[1]

    def assert_broken(self, account, reason, stage=None, words=""):
        """Sends one message through it; checks every place that must name the reason; gives the message's id."""
        message_id = self.engine.send()
        message = self.engine.wait_for_reason(message_id, "account.resting")
        self.assertEqual(message["status"], "queued")
        self.assertEqual(message["recipient_counts"], {"queued": 1})
        waiting = message["waiting_for"]
        self.assertEqual((waiting["params"]["account"], waiting["params"]["email"], waiting["params"].get("problem")),
                         (account["id"], account["email"], reason))
        self.assertGreater(waiting["until"], now())
        self.assertEqual(message["deliveries"][0]["waiting_for"], waiting)

        shown = self.engine.account(account)
        self.assertEqual((shown["state"], shown["is_active"]), ("resting", True))
        self.assertEqual((shown["waiting_for"]["code"], shown["waiting_for"]["params"]["problem"]), ("account.resting", reason))
        self.assertTrue(shown["problem_detail"] and shown["problem_at"], shown)

        attempt = self.engine.attempts(message_id)[0]
        self.assertEqual(attempt["account_id"], account["id"])
        self.assertEqual([row["reason"] for row in attempt["results"]], [reason], attempt)
        self.assertNotEqual(attempt["outcome"], "sent")
        if stage:
            self.assertEqual(attempt["stage"], stage, attempt)
        if words:
            self.assertIn(words.lower(), (attempt["reply"] + attempt["detail"]).lower(), attempt)

        explanation = self.engine.data_of("/api/v1/messages/%s/explain" % message_id)
        self.assertEqual(explanation["waiting_for"]["code"], "account.resting")
        chance, = explanation["accounts"]
        self.assertEqual((chance["account"], chance["usable"], chance["waiting_for"]["params"]["problem"]), (account["id"], False, reason))

        queue = self.engine.queue()
        self.assertEqual((queue["recipients"]["queued"], queue["recipients"].get("sent", 0), queue["imbalance"]), (1, 0, 0))
        self.assertIn(account["id"], [row["account"] for row in queue["accounts"] if not row["usable"]])
        everything = json.dumps([shown, self.engine.attempts(message_id), explanation], ensure_ascii=False)
        for secret in (PASSWORD, "a wrong one"):
            self.assertNotIn(secret, everything)
            self.assertNotIn(secret, self.engine.tail())
        return message_id

    def assert_repaired(self, account, server, message_id, **fields):
        self.engine.patch_account(account, **fields)
        self.engine.wait_for_status(message_id, "sent")
        self.assertEqual(len(server.mails), 1)
        shown = self.engine.account(account)
        self.assertEqual((shown["state"], shown["waiting_for"]), ("active", None))
        self.assertEqual((shown["problem_detail"], shown["problem_at"]), ("", None))
        self.assertEqual(self.engine.queue()["imbalance"], 0)

    def test_a_refused_port(self):
        refused, server = mailserver.RefusedPort(), self.start_server()
        self.addCleanup(refused.stop)
        account = self.engine.make_account(refused.port)
        probe = self.engine.request("POST", "%s/%s/test" % (engine.ACCOUNTS, account["id"])).data
        self.assertFalse(probe["ok"])
        message_id = self.assert_broken(account, "network.refused", "connect")
        self.assert_repaired(account, server, message_id, smtp_port=server.port)

    def test_a_wrong_password(self):
        server = self.start_server(tls=self.authority.context(), login=("user", PASSWORD))
        account = self.engine.make_account(server.port, security="tls", smtp_username="user", smtp_password="a wrong one", ca_certificate=self.authority.pem)
        self.assertEqual((account["has_password"], "smtp_password" in account), (True, False))
        message_id = self.assert_broken(account, "smtp.auth_rejected", "auth", "535")
        probe = self.engine.request("POST", "%s/%s/test" % (engine.ACCOUNTS, account["id"])).data
        self.assertEqual((probe["ok"], [step["ok"] for step in probe["steps"]][-1]), (False, False))
        self.assertNotIn("wrong one", json.dumps(probe))
        self.assert_repaired(account, server, message_id, smtp_password=PASSWORD)
        self.assertEqual(server.mails[0].login, "user")
        self.assertTrue(self.engine.attempts(message_id)[-1]["tls"].startswith("TLS"), self.engine.attempts(message_id)[-1])

    def test_a_stored_password_that_cant_be_read(self):
        # What the old manual's SQL leaves behind: a password in clear where a token of the vault should be.
        server = self.start_server(tls=self.authority.context(), login=("user", PASSWORD))
        account = self.engine.make_account(server.port, security="tls", smtp_username="user", smtp_password=PASSWORD, ca_certificate=self.authority.pem)
        self.engine.stop()
        with contextlib.closing(sqlite3.connect(os.path.join(self.engine.data, "postroom.db"))) as database, database:
            database.execute("UPDATE email_accounts SET smtp_password = 'encrypted_password'")
        self.engine.start()
        message_id = self.engine.send(account=account["id"])
        waiting = self.engine.wait_for_reason(message_id, "account.disabled")["waiting_for"]
        self.assertEqual(waiting["params"]["problem"], "account.secret_unreadable")
        # The accounts are read anew for another one's sake, and that one sends.
        other = self.start_server()
        self.engine.make_account(other.port, email="other@sink.test")
        self.engine.wait_for_status(self.engine.send(account="other@sink.test"), "sent")
        shown = self.engine.account(account)
        self.assertEqual((shown["state"], shown["waiting_for"]["params"]["problem"]), ("disabled", "account.secret_unreadable"))
        self.assertTrue(shown["problem_detail"] and shown["problem_at"], shown)
        self.assertEqual(self.engine.attempts(message_id), [])
        self.assertNotIn("encrypted_password", json.dumps(shown) + self.engine.tail())
        self.assert_repaired(account, server, message_id, smtp_password=PASSWORD)

    def test_a_wrong_password_is_not_tried_again_and_again(self):
        server = self.start_server(tls=self.authority.context(), login=("user", PASSWORD))
        account = self.engine.make_account(server.port, security="tls", smtp_username="user", smtp_password="a wrong one", ca_certificate=self.authority.pem)
        self.assert_broken(account, "smtp.auth_rejected")
        more = [self.engine.send() for _ in range(20)]
        for message_id in more:
            self.engine.wait_for_reason(message_id, "account.resting")
            self.assertEqual(self.engine.attempts(message_id), [])
        rests = datetime.datetime.fromisoformat(self.engine.account(account)["waiting_for"]["until"].replace("Z", "+00:00"))
        self.assertGreater(rests - datetime.datetime.now(datetime.timezone.utc), datetime.timedelta(minutes=4))

    def test_a_certificate_of_an_unknown_authority(self):
        server = self.start_server(tls=self.authority.context())
        account = self.engine.make_account(server.port, security="tls")
        message_id = self.assert_broken(account, "tls.certificate")
        self.assert_repaired(account, server, message_id, ca_certificate=self.authority.pem)

    def test_a_certificate_of_another_authority_than_the_configured(self):
        server = self.start_server(tls=self.authority.context())
        account = self.engine.make_account(server.port, security="tls", ca_certificate=mailserver.Authority().pem)
        message_id = self.assert_broken(account, "tls.certificate")
        self.assert_repaired(account, server, message_id, ca_certificate=self.authority.pem)

    def test_a_certificate_for_another_host(self):
        wrong, right = self.start_server(tls=self.authority.context("mail.other.test")), self.start_server(tls=self.authority.context("127.0.0.1"))
        account = self.engine.make_account(wrong.port, security="tls", ca_certificate=self.authority.pem)
        message_id = self.assert_broken(account, "tls.certificate")
        self.assertEqual(wrong.mails, [])
        self.assert_repaired(account, right, message_id, smtp_port=right.port)

    def test_a_certificate_for_another_host_behind_starttls(self):
        wrong = self.start_server(starttls=self.authority.context("mail.other.test"), login=("user", PASSWORD))
        right = self.start_server(starttls=self.authority.context("127.0.0.1"), login=("user", PASSWORD))
        account = self.engine.make_account(wrong.port, security="starttls", smtp_username="user", smtp_password=PASSWORD, ca_certificate=self.authority.pem)
        message_id = self.assert_broken(account, "tls.certificate")
        self.assert_repaired(account, right, message_id, smtp_port=right.port)

    def test_a_certificate_that_is_over(self):
        past = datetime.datetime.now() - datetime.timedelta(days=2)
        expired, server = self.start_server(tls=self.authority.context("127.0.0.1", not_after=past)), self.start_server(tls=self.authority.context())
        account = self.engine.make_account(expired.port, security="tls", ca_certificate=self.authority.pem)
        message_id = self.assert_broken(account, "tls.certificate")
        self.assert_repaired(account, server, message_id, smtp_port=server.port)

    def test_a_pinned_certificate_is_the_only_one(self):
        server = self.start_server(tls=self.authority.context("mail.other.test"))
        own = hashlib.sha256(ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(("127.0.0.1", server.port)))).hexdigest()
        account = self.engine.make_account(server.port, security="tls", fingerprint="0" * 64, ca_certificate=self.authority.pem)
        message_id = self.assert_broken(account, "tls.certificate")
        # Neither its name nor who signed it matters then.
        self.assert_repaired(account, server, message_id, fingerprint=":".join(own[i:i + 2] for i in range(0, 64, 2)).upper(), ca_certificate=None)

    def test_bytes_before_the_tls_handshake_are_no_part_of_what_follows(self):
        heard = []

        def injects(connection):
            file = connection.makefile("rwb")
            for line, reply in ((None, b"220 mx\r\n"), (b"EHLO", b"250-mx\r\n250 STARTTLS\r\n"), (b"STARTTLS", b"220 go\r\n250 mx injected\r\n")):
                if line:
                    heard.append(file.readline())
                file.write(reply)
                file.flush()
            heard.extend(file)

        self.assert_broken(self.engine.make_account(self.start_script(injects), security="starttls"), "smtp.protocol_violated")
        self.assertFalse([line for line in heard if line.upper().startswith((b"AUTH", b"MAIL"))], heard)

    def test_a_server_that_hangs_up(self):
        self.assert_broken(self.engine.make_account(self.start_script(lambda connection: None)), "network.closed")

    def test_a_server_that_is_none(self):
        self.assert_broken(self.engine.make_account(self.start_script(lambda connection: connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"))),
                           "smtp.protocol_violated")

    def test_a_server_that_never_ends_its_line(self):
        def pours(connection):
            try:
                while True:
                    connection.sendall(b"x" * 65536)
            except OSError:
                pass

        self.assert_broken(self.engine.make_account(self.start_script(pours)), "smtp.protocol_violated")

    def test_a_name_that_is_nobody_s(self):
        self.assert_broken(self.engine.make_account(25, smtp_host="mail.nobody.invalid"), "network.name_unresolved")

    def test_starttls_that_is_not_offered(self):
        plain, server = self.start_server(), self.start_server(starttls=self.authority.context())
        account = self.engine.make_account(plain.port, security="starttls", ca_certificate=self.authority.pem)
        message_id = self.assert_broken(account, "smtp.tls_missing")
        self.assertEqual(plain.mails, [])
        self.assert_repaired(account, server, message_id, smtp_port=server.port)

    def test_a_login_that_is_not_offered(self):
        plain, server = self.start_server(), self.start_server(login=("user", PASSWORD))
        account = self.engine.make_account(plain.port, smtp_username="user", smtp_password=PASSWORD)
        message_id = self.assert_broken(account, "smtp.auth_missing")
        self.assert_repaired(account, server, message_id, smtp_port=server.port)

    def test_the_next_account_takes_over_from_a_broken_one(self):
        refused, server = mailserver.RefusedPort(), self.start_server()
        self.addCleanup(refused.stop)
        self.engine.make_account(refused.port, email="broken@sink.test", priority=10)
        self.engine.make_account(server.port, email="good@sink.test")
        message_id = self.engine.send()
        self.engine.wait_for_status(message_id, "sent")
        self.assertEqual([mail.sender for mail in server.mails], ["good@sink.test"])
        self.assertEqual([row["outcome"] for row in self.engine.attempts(message_id)][-1], "sent")

    def test_without_any_account_a_message_says_so(self):
        message_id = self.engine.send()
        self.assertEqual(self.engine.wait_for_reason(message_id, "account.none")["waiting_for"], {"code": "account.none", "params": {}, "until": None})
        server = self.start_server()
        self.engine.make_account(server.port)
        self.engine.wait_for_status(message_id, "sent")

    def test_a_disabled_and_a_removed_account(self):
        server = self.start_server()
        account = self.engine.make_account(server.port)
        path = "%s/%s" % (engine.ACCOUNTS, account["id"])
        self.assertEqual(self.engine.request("POST", path + "/disable").data["state"], "disabled")
        pinned, free = self.engine.send(account=account["id"]), self.engine.send()
        for message_id in (pinned, free):
            self.engine.wait_for_reason(message_id, "account.disabled")
        self.assertEqual(self.engine.request("DELETE", path).status, 200)
        self.engine.wait_for_reason(pinned, "account.unknown")
        self.engine.wait_for_reason(free, "account.none")
        self.assertEqual((server.mails, self.engine.queue()["imbalance"]), ([], 0))


class Limits(engine.EngineCase):
    def setUp(self):
        super().setUp()
        self.engine = self.start_engine()
        self.server = mailserver.MailServer()
        self.addCleanup(self.server.stop)

    def settle(self, message_ids, sent):
        """Waits until so many are sent and none is under way."""
        engine.until(lambda: self.engine.recipients("sent") == sent and self.engine.queue()["in_flight"] == 0, 30, "%d sent" % sent)
        return [self.engine.message(message_id) for message_id in message_ids]

    def test_never_more_than_the_daily_limit(self):
        limit, count = 21, 50
        account = self.engine.make_account(self.server.port, daily_limit=limit)
        messages = self.settle([self.engine.send(to="r%d@sink.test" % number) for number in range(count)], limit)
        self.assertEqual(len(self.server.mails), limit)
        waiting = [message for message in messages if message["status"] != "sent"]
        self.assertEqual(len(waiting), count - limit)
        for message in waiting:
            self.assertEqual((message["status"], message["waiting_for"]["code"]), ("queued", "account.daily_limit"), message)
            self.assertTrue(now() < message["waiting_for"]["until"] <= now(datetime.timedelta(days=1, minutes=1)), message["waiting_for"])
            self.assertEqual(message["waiting_for"]["params"]["email"], "sender@sink.test")
        shown = self.engine.account(account)
        self.assertEqual((shown["state"], shown["daily_sent_count"], shown["waiting_for"]["code"]), ("limited", limit, "account.daily_limit"))
        # A clean stop and a kill give back what was reserved and not used, and nothing more.
        self.engine.stop()
        self.engine.start()
        self.engine.kill()
        self.engine.start()
        self.engine.wait_for_reason(waiting[0]["id"], "account.daily_limit")
        self.assertEqual(len(self.server.mails), limit)
        self.engine.patch_account(account, daily_limit=limit + 9)
        self.settle([], limit + 9)
        self.assertEqual(len(self.server.mails), limit + 9)
        self.engine.patch_account(account, daily_limit=None)
        self.settle([], count)
        self.assertEqual(sorted(mail.recipients[0] for mail in self.server.mails), sorted("r%d@sink.test" % number for number in range(count)))
        self.assertEqual(self.engine.queue()["imbalance"], 0)

    def test_a_limit_counts_recipients(self):
        self.engine.make_account(self.server.port, daily_limit=5)
        message_id = self.engine.send(to=["r%d@sink.test" % number for number in range(8)])
        message, = self.settle([message_id], 5)
        self.assertEqual(message["recipient_counts"], {"sent": 5, "queued": 3})
        self.assertEqual(sum(len(mail.recipients) for mail in self.server.mails), 5)
        self.assertEqual((message["status"], message["waiting_for"]["code"]), ("queued", "account.daily_limit"))

    def test_a_limit_of_zero_sends_nothing(self):
        self.engine.make_account(self.server.port, daily_limit=0)
        self.engine.wait_for_reason(self.engine.send(), "account.daily_limit")
        self.assertEqual(self.server.mails, [])

    def test_a_kill_in_the_middle_does_not_go_beyond_the_limit(self):
        limit = 30
        account = self.engine.make_account(self.server.port, daily_limit=limit, max_connections=1)
        path = "%s/%s" % (engine.ACCOUNTS, account["id"])
        self.engine.request("POST", path + "/disable")
        for number in range(40):
            self.engine.send(to="r%d@sink.test" % number)
        self.engine.request("POST", path + "/enable")
        self.server.wait_for(5)
        self.engine.kill()
        self.engine.start()
        engine.until(lambda: self.engine.account(account)["state"] == "limited" and self.engine.queue()["in_flight"] == 0, 30, "the end of the limit")
        # What was reserved and not used is known on the same boot, and not lost. The one dot that may have been open counts as used.
        self.assertEqual(self.engine.account(account)["daily_sent_count"], limit)
        self.assertIn(len(self.server.mails), (limit - 1, limit))
        self.assertEqual(self.engine.queue()["imbalance"], 0)

    def test_the_greater_priority_goes_first_and_equals_share(self):
        self.engine.make_account(self.server.port, email="low@sink.test", priority=1)
        self.engine.make_account(self.server.port, email="high1@sink.test", priority=9)
        self.engine.make_account(self.server.port, email="high2@sink.test", priority=9)
        self.settle([self.engine.send() for _ in range(30)], 30)
        senders = [mail.sender for mail in self.server.mails]
        self.assertEqual(set(senders), {"high1@sink.test", "high2@sink.test"}, senders)

    def test_the_lower_priority_takes_what_the_limit_leaves(self):
        self.engine.make_account(self.server.port, email="low@sink.test", priority=1)
        self.engine.make_account(self.server.port, email="high@sink.test", priority=9, daily_limit=7)
        self.settle([self.engine.send() for _ in range(20)], 20)
        senders = [mail.sender for mail in self.server.mails]
        self.assertEqual({sender: senders.count(sender) for sender in senders}, {"high@sink.test": 7, "low@sink.test": 13})

    def test_a_named_account_is_the_only_one(self):
        self.engine.make_account(self.server.port, email="high@sink.test", priority=9)
        low = self.engine.make_account(self.server.port, email="low@sink.test", priority=1)
        for name in (low["id"], "low@sink.test", "LOW@sink.test"):
            self.engine.wait_for_status(self.engine.send(account=name), "sent")
        self.assertEqual([mail.sender for mail in self.server.mails], ["low@sink.test"] * 3)


def now(later=datetime.timedelta()):
    """As the API writes it."""
    return (datetime.datetime.now(datetime.timezone.utc) + later).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


if __name__ == "__main__":
    unittest.main()
