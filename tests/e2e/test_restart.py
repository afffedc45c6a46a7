#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""What was accepted outlives the engine; what a person decides about it holds; a second engine does no harm."""

import base64
import json
import os
import socket
import ssl
import stat
import unittest
import urllib.request

import engine
import mailserver


class Restart(engine.EngineCase):
    def setUp(self):
        super().setUp()
        self.engine = self.start_engine()

    def act(self, message_id, action):
        return self.engine.request("POST", "/api/v1/messages/%s/%s" % (message_id, action))

    def switch(self, account, action):
        return self.engine.request("POST", "%s/%s/%s" % (engine.ACCOUNTS, account["id"], action)).data

    def start_server(self):
        server = mailserver.MailServer()
        self.addCleanup(server.stop)
        return server

    def queue_some(self, server, count):
        account = self.engine.make_account(server.port)
        self.switch(account, "disable")
        return account, [self.engine.send(to=["r%d@sink.test" % number, "s%d@sink.test" % number], subject="m%d" % number) for number in range(count)]

    def assert_delivered(self, server, account, message_ids):
        self.assertEqual(server.mails, [])
        for message_id in message_ids:
            message = self.engine.wait_for_reason(message_id, "account.disabled")
            self.assertEqual(message["recipient_counts"], {"queued": 2})
        self.switch(account, "enable")
        for message_id in message_ids:
            self.engine.wait_for_status(message_id, "sent")
        self.assertEqual(sorted(str(mail.parsed["Subject"]) for mail in server.mails), sorted("m%d" % number for number in range(len(message_ids))))
        queue = self.engine.queue()
        self.assertEqual((queue["recipients"]["accepted"], queue["recipients"]["sent"], queue["imbalance"]), (2 * len(message_ids), 2 * len(message_ids), 0))

    def test_queued_messages_survive_a_clean_stop(self):
        server = self.start_server()
        account, message_ids = self.queue_some(server, 20)
        token = self.engine.local_token()
        self.engine.stop()
        self.assertFalse(os.path.exists(self.engine.control), "control.json is removed at a stop")
        self.engine.start()
        self.assertNotEqual(self.engine.local_token(), token, "a new token each start")
        self.assertEqual(self.engine.request("GET", "/api/v1/messages", token=token).status, 401)
        self.assert_delivered(server, account, message_ids)

    def test_queued_messages_survive_a_kill(self):
        server = self.start_server()
        account, message_ids = self.queue_some(server, 20)
        self.engine.kill()
        self.engine.start()
        self.assert_delivered(server, account, message_ids)

    def test_keys_and_tokens_survive(self):
        token = self.engine.token(["send"])
        self.engine.stop()
        self.engine.start()
        self.engine.send(token=token)

    def test_a_large_attachment_survives_a_kill(self):
        server = self.start_server()
        content = os.urandom(1 << 20)
        message_id = self.engine.send(attachments=[{"filename": "a.bin", "content": base64.b64encode(content).decode()}])
        self.engine.kill()
        self.engine.start()
        self.engine.make_account(server.port)
        self.engine.wait_for_status(message_id, "sent")
        part, = server.mails[0].parsed.iter_attachments()
        self.assertTrue(part.get_content() == content)

    def test_files_are_for_their_owner_alone(self):
        self.engine.send()
        for folder, _, names in os.walk(self.engine.data):
            for path in [folder, *(os.path.join(folder, name) for name in names)]:
                self.assertEqual(stat.S_IMODE(os.lstat(path).st_mode) & 0o077, 0, path)

    def second(self, **options):
        """Another postroomd with a log of its own; it is expected to refuse."""
        folder = os.path.join(self.folder, "second")
        os.mkdir(folder)
        other = engine.Engine(folder, **options)
        self.addCleanup(other.abandon)
        return other

    def test_a_second_engine_on_the_same_folder_is_refused(self):
        other = self.second(data=self.engine.data)
        with open(self.engine.control, encoding="utf-8") as file:
            before = file.read()
        other.launch()
        self.assertEqual(other.wait_for_exit(20), 1)
        self.assertIn("another engine", other.tail())
        self.assertIn(self.engine.data, other.tail())
        with open(self.engine.control, encoding="utf-8") as file:
            self.assertEqual(file.read(), before)
        self.engine.send()

    def test_a_port_that_is_taken_is_named(self):
        other = self.second()
        other.launch("127.0.0.1:%d" % self.engine.port())
        self.assertEqual(other.wait_for_exit(20), 1)
        self.assertIn(str(self.engine.port()), other.tail())
        self.assertIn("in use", other.tail())
        self.assertFalse(os.path.exists(other.control))
        # Nothing is left that would keep it from another port.
        other.start()
        other.stop()

    def test_cancelled_is_not_sent(self):
        server = self.start_server()
        account, (first, second) = self.queue_some(server, 2)
        self.assertEqual(self.act(first, "cancel").data, {"message_id": first, "changed": 2})
        self.assertEqual(self.engine.message(first)["status"], "cancelled")
        self.assertIsNone(self.engine.message(first)["waiting_for"])
        self.assert_refused(self.act(first, "cancel"), 409, "conflict")
        self.engine.kill()
        self.engine.start()
        self.switch(account, "enable")
        self.engine.wait_for_status(second, "sent")
        self.assertEqual([str(mail.parsed["Subject"]) for mail in server.mails], ["m1"])
        self.assert_refused(self.act(second, "cancel"), 409, "conflict")
        self.assert_refused(self.act(second, "retry"), 409, "conflict")
        queue = self.engine.queue()
        self.assertEqual((queue["recipients"]["cancelled"], queue["recipients"]["sent"], queue["imbalance"]), (2, 2, 0))

    def test_retry_of_what_failed(self):
        sink = self.start_sink()
        self.engine.make_account(sink.port)
        message_id = self.engine.send(to=["refuse@sink.test", "a@sink.test"])
        message = self.engine.wait_for_status(message_id, "failed")
        self.assertEqual(message["recipient_counts"], {"failed": 1, "sent": 1})
        failed = next(row for row in message["deliveries"] if row["status"] == "failed")
        self.assertEqual((failed["recipient"], failed["reason"]), ("refuse@sink.test", "smtp.recipient_unknown"))
        self.assertIn("550", failed["last_reply"])
        self.assertEqual((self.engine.metric("messages_sent_total"), self.engine.metric("messages_failed_total")), (1, 1))
        # Nothing would be sent there any more.
        self.assertEqual(self.engine.request("DELETE", "/api/v1/admin/suppressions/refuse@sink.test").status, 200)
        self.assertEqual(self.act(message_id, "retry").data["changed"], 1)
        engine.until(lambda: len(self.engine.attempts(message_id)) == 2, 20, "a second attempt")
        self.engine.wait_for_status(message_id, "failed")
        self.assertEqual([line["recipient"] for line in sink.mails()], ["a@sink.test"])
        self.assertEqual(self.engine.queue()["imbalance"], 0)

    def test_retry_of_what_waits(self):
        sink = self.start_sink()
        self.engine.make_account(sink.port)
        message_id = self.engine.send(to="defer@sink.test")
        message = self.engine.wait_for_reason(message_id, "retry.scheduled")
        self.assertEqual((message["status"], message["deliveries"][0]["attempts"]), ("queued", 1))
        self.assertIn("451", message["deliveries"][0]["last_reply"])
        self.assertEqual(message["waiting_for"]["until"], message["deliveries"][0]["due_at"])
        self.assertEqual(self.act(message_id, "retry").data["changed"], 1)
        engine.until(lambda: len(self.engine.attempts(message_id)) == 2, 20, "a second attempt")
        self.engine.wait_for_reason(message_id, "retry.scheduled")
        # The plan outlives a kill.
        due = self.engine.message(message_id)["deliveries"][0]["due_at"]
        self.engine.kill()
        self.engine.start()
        again = self.engine.wait_for_reason(message_id, "retry.scheduled")
        self.assertEqual((again["deliveries"][0]["due_at"], again["deliveries"][0]["attempts"]), (due, 2))
        self.assertEqual(self.act(message_id, "cancel").data["changed"], 1)
        self.assertEqual(self.engine.queue()["imbalance"], 0)

    def test_an_unknown_end_is_held_for_who_asks(self):
        sink = self.start_sink()
        self.engine.make_account(sink.port)
        message_id = self.engine.send(to="drop-after-dot@sink.test", on_unknown="hold")
        message = self.engine.wait_for_status(message_id, "held")
        self.assertEqual((message["waiting_for"]["code"], message["on_unknown"], message["recipient_counts"]), ("message.held", "hold", {"held": 1}))
        self.assertEqual(self.engine.attempts(message_id)[0]["results"][0]["outcome"], "unknown")
        self.engine.stop()
        self.engine.start()
        self.assertEqual(self.engine.message(message_id)["status"], "held")
        self.assertEqual(len(sink.mails()), 1)
        # A person decides: once more. To try again is not that decision.
        self.assert_refused(self.act(message_id, "retry"), 409, "conflict")
        self.assertEqual(self.engine.request("POST", "/api/v1/messages/%s/release" % message_id, {"to": "send"}).data["changed"], 1)
        self.engine.wait_for_status(message_id, "sent")
        self.assertEqual(len(sink.mails()), 2)
        self.assertEqual(self.engine.queue()["imbalance"], 0)

    def test_an_unknown_end_is_tried_again_unless_told(self):
        sink = self.start_sink()
        self.engine.make_account(sink.port)
        message_id = self.engine.send(to="drop-after-dot@sink.test")
        self.engine.wait_for_status(message_id, "sent", 60)
        first, second = sink.mails()
        self.assertEqual((first["sha256"], first["message_id"]), (second["sha256"], second["message_id"]), "the same mail every time")
        self.assertEqual([row["results"][0]["outcome"] for row in self.engine.attempts(message_id)], ["unknown", "sent"])
        self.assertEqual((self.engine.recipients("sent"), self.engine.queue()["imbalance"]), (1, 0))

    def test_a_kill_with_an_open_dot_is_an_unknown_end(self):
        for on_unknown, status, copies in (("hold", "held", 1), ("retry", "sent", 2)):
            with self.subTest(on_unknown):
                sink = self.start_sink()
                account = self.engine.make_account(sink.port, email="%s@sink.test" % on_unknown)
                before = len(sink.mails()) if os.path.exists(sink.book) else 0
                message_id = self.engine.send(to="slow4@sink.test", on_unknown=on_unknown, account=account["id"])
                engine.until(lambda: os.path.exists(sink.book) and len(sink.mails()) == before + 1, 20, "the dot")
                self.engine.kill()
                self.engine.start()
                self.engine.wait_for_status(message_id, status, 30)
                self.assertEqual(len(sink.mails()), before + copies)
                self.assertEqual(self.engine.queue()["imbalance"], 0)


class Stopping(engine.EngineCase):
    def test_a_stop_waits_for_what_is_under_way(self):
        started = self.start_engine()
        sink = self.start_sink()
        started.make_account(sink.port)
        message_id = started.send(to="slow2@sink.test")
        engine.until(lambda: sink.mails(), 20, "the dot")
        started.stop()
        started.start()
        self.assertEqual(started.message(message_id)["status"], "sent")
        self.assertEqual(len(sink.mails()), 1)

    def test_an_idle_keep_alive_connection_does_not_hold_it_up(self):
        started = self.start_engine()
        with socket.create_connection(("127.0.0.1", started.port()), timeout=20) as connection:
            connection.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            self.assertIn(b"200", connection.recv(4096))
            started.stop()

    def test_what_is_wrong_with_the_settings_is_said(self):
        for settings, words in (({"JWT_SECRET_KEY": "short"}, "JWT_SECRET_KEY"), ({"DEBUG": "true", "ENV": "production"}, "DEBUG"),
                                ({"JWT_ALGORITHM": "none"}, "JWT_ALGORITHM"), ({"JWT_SECRET_KEY": "your-jwt-secret-key-at-least-32-chars"}, "JWT_SECRET_KEY"),
                                ({"ENCRYPTION_KEY": "short"}, "ENCRYPTION_KEY"), ({"EMAIL_TIMEOUT": "soon"}, "EMAIL_TIMEOUT"), ({"API_LISTEN": "0.0.0.0:8000"}, None)):
            with self.subTest(settings):
                folder = os.path.join(self.folder, str(len(os.listdir(self.folder))))
                os.mkdir(folder)
                refused = engine.Engine(folder, settings=settings)
                self.addCleanup(refused.abandon)
                if words is None:
                    refused.launch("0.0.0.0:0")
                    words = "TLS"
                else:
                    refused.launch()
                self.assertEqual(refused.wait_for_exit(20), 1)
                self.assertIn(words, refused.tail())
                self.assertNotIn("short", json.dumps(refused.tail().replace("shorter", "")))

    def test_a_secret_that_others_can_read_is_refused(self):
        refused = self.make_engine()
        os.mkdir(refused.data, 0o700)
        path = os.path.join(refused.data, ".env")
        with open(path, "w", encoding="utf-8") as file:
            file.write("LOG_LEVEL=INFO  # a comment\nJWT_SECRET_KEY=%s\n" % ("k" * 40))
        os.chmod(path, 0o644)
        refused.launch()
        self.assertEqual(refused.wait_for_exit(20), 1)
        self.assertIn("chmod 600", refused.tail())
        self.assertNotIn("kkkk", refused.tail())
        os.chmod(path, 0o600)
        refused.start()

    def test_another_encryption_key_does_not_pass_unnoticed(self):
        started = self.start_engine()
        started.make_account(465, smtp_username="u", smtp_password="p", security="tls")
        started.stop()
        with open(os.path.join(started.data, "encryption.key"), encoding="ascii") as file:
            right = file.read().strip()
        folder = os.path.join(self.folder, "again")
        os.mkdir(folder)
        wrong = engine.Engine(folder, data=started.data, settings={"ENCRYPTION_KEY": base64.urlsafe_b64encode(bytes(range(32))).decode()})
        self.addCleanup(wrong.abandon)
        wrong.launch()
        self.assertEqual(wrong.wait_for_exit(20), 1)
        self.assertIn("ENCRYPTION_KEY", wrong.tail())
        self.assertNotIn(right, wrong.tail())
        started.start()


class Served(engine.EngineCase):
    def test_over_tls_with_a_certificate_of_its_own(self):
        authority = mailserver.Authority()
        cert, key = (os.path.join(self.folder, name) for name in ("cert.pem", "key.pem"))
        authority.write("127.0.0.1", cert, key)
        started = self.make_engine(settings={"API_TLS_CERT": cert, "API_TLS_KEY": key})
        started.launch()
        engine.until(lambda: os.path.exists(started.control), 30, "control.json")
        self.assertTrue(started.url().startswith("https://"), started.url())
        context = ssl.create_default_context(cadata=authority.pem)
        with urllib.request.urlopen(started.url() + "/health", timeout=20, context=context) as answer:
            self.assertEqual(json.load(answer), {"status": "healthy"})
        # The command line trusts what control.json says of it, and nothing else.
        self.assertEqual(started.ctl("health")["status"], "ready")
        self.assertEqual(engine.run_ctl("--url", started.url(), "health").returncode, 3)
        wrong = engine.run_ctl("--url", started.url(), "--fingerprint", "0" * 64, "health")
        self.assertEqual(wrong.returncode, 3, wrong.stderr)
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
        old.set_ciphers("ALL:@SECLEVEL=0")
        old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
        with self.assertRaises((ssl.SSLError, ConnectionError)):
            with socket.create_connection(("127.0.0.1", started.port()), timeout=20) as connection:
                old.wrap_socket(connection)


if __name__ == "__main__":
    unittest.main()
