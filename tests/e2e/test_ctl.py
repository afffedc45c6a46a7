#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""postroomctl against a running engine: what it prints for people and for programs, and the code it ends with."""

import http.server
import json
import os
import stat
import threading
import unittest

import engine
import mailserver

OK, FAILED, USAGE, NO_CONNECTION, NOT_ALLOWED, NOT_FOUND, CONFLICT, PARTLY = range(8)
NOBODY = "0190b0b0-0000-7000-8000-000000000000"


class Ctl(engine.EngineCase):
    def setUp(self):
        super().setUp()
        self.engine = self.start_engine()

    def run_ctl(self, *words, code=OK, **more):
        """Its standard output; it must end with this code."""
        ended = self.engine.run_ctl(*words, **more)
        self.assertEqual(ended.returncode, code, "%s\n%s%s" % (words, ended.stdout, ended.stderr))
        if code not in (OK, FAILED, PARTLY):
            self.assertTrue(ended.stderr.startswith("postroomctl: "), ended.stderr)
        return ended.stdout

    def json_of(self, *words, code=OK, **more):
        return json.loads(self.run_ctl("--json", *words, code=code, **more))

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def add_account(self, port, *more, **kinds):
        return self.json_of("accounts", "add", "--email", "sender@sink.test", "--host", "127.0.0.1", "--port", str(port), "--security", "none", *more, **kinds)

    # Keys

    def test_keys(self):
        printed = self.run_ctl("keys", "create", "--name", "first", "--description", "the first of all").splitlines()
        self.assertRegex(printed[0], r"^API Key: noti_[\w-]+$")
        self.assertRegex(printed[1], r"^API Secret: secret_[\w-]+$")
        second = self.json_of("keys", "create", "--name", "second")
        test = self.json_of("keys", "create", "--name", "third", "--test")
        chosen = self.json_of("keys", "create", "--name", "fourth", "--scopes", "read,send")
        rows = {row["name"]: row for row in self.json_of("keys", "list")["items"]}
        # The first key of an engine gets all three, later ones `send`.
        self.assertEqual(sorted(rows["first"]["scopes"]), ["admin", "read", "send"])
        self.assertEqual(rows["second"]["scopes"], ["send"])
        self.assertEqual(sorted(rows["fourth"]["scopes"]), ["read", "send"])
        self.assertEqual((rows["third"]["is_test"], test["api_key"].startswith("noti_test_")), (True, True))
        self.assertEqual([row["api_secret"] for row in rows.values()], [None] * 4)
        self.assertIn("second", self.run_ctl("keys", "list"))
        self.assertFalse(self.json_of("keys", "revoke", second["api_key"])["is_active"])
        self.assertFalse(self.json_of("keys", "revoke", chosen["id"])["is_active"])
        self.run_ctl("keys", "revoke", "noti_nobody", code=NOT_FOUND)
        self.run_ctl("keys", "create", "--name", "x", "--scopes", "root", code=USAGE)
        self.run_ctl("keys", "create", code=USAGE)

    # Accounts

    def test_accounts(self):
        authority = mailserver.Authority()
        server = mailserver.MailServer(tls=authority.context(), login=("user", "a password"))
        self.addCleanup(server.stop)
        added = self.json_of("accounts", "add", "--email", "sender@sink.test", "--host", "127.0.0.1", "--port", str(server.port), "--username", "user",
                             "--password-file", "-", "--limit", "100", "--priority", "7", "--display-name", "通知", stdin="a password\n")
        self.assertEqual((added["security"], added["auth"], added["has_password"], added["daily_limit"], added["priority"], added["display_name"]),
                         ("tls", "password", True, 100, 7, "通知"))
        # Nobody knows the authority yet.
        tested = self.json_of("accounts", "test", "sender@sink.test", code=FAILED)
        self.assertFalse(tested["ok"])
        self.engine.patch_account(added, ca_certificate=authority.pem)
        tested = self.json_of("accounts", "test", "sender@sink.test")
        self.assertEqual((tested["ok"], all(step["ok"] for step in tested["steps"])), (True, True))
        self.assertIn("The account works.", self.run_ctl("accounts", "test", added["id"]))
        self.assertEqual(server.mails, [])
        self.assertEqual(self.json_of("accounts", "disable", "sender@sink.test")["state"], "disabled")
        self.assertIn("disabled", self.run_ctl("accounts", "list"))
        self.assertEqual(self.json_of("accounts", "enable", "sender@sink.test")["state"], "active")
        self.assertEqual([row["email"] for row in self.json_of("accounts", "list")["items"]], ["sender@sink.test"])
        self.add_account(25, code=CONFLICT)
        self.assertEqual(self.json_of("accounts", "remove", "sender@sink.test"), {"removed": added["id"]})
        for verb in ("test", "enable", "disable", "remove"):
            self.run_ctl("accounts", verb, "sender@sink.test", code=NOT_FOUND)

    def test_a_password_from_the_environment(self):
        added = self.add_account(465, "--username", "u", settings={"POSTROOM_SECRET": "from the environment"})
        self.assertTrue(added["has_password"])
        ended = self.engine.run_ctl("accounts", "add", "--email", "b@sink.test", "--host", "127.0.0.1", "--port", "465", "--username", "u")
        self.assertNotEqual(ended.returncode, OK)
        self.assertIn("--password-file", ended.stderr)

    def test_what_is_wrong_with_an_account_is_said(self):
        refused = self.json_of("accounts", "add", "--email", "nobody", "--host", "a b", "--port", "25", code=FAILED)
        self.assertEqual((refused["error"], [(row["field"], row["reason"]) for row in refused["details"]]),
                         ("validation.failed", [("email", "address.invalid"), ("smtp_host", "host.invalid")]))
        self.run_ctl("accounts", "add", "--email", "a@sink.test", "--host", "127.0.0.1", "--port", "0", code=USAGE)

    # Messages

    def test_send_and_wait(self):
        sink = self.start_sink()
        self.add_account(sink.port)
        html, pdf = self.write("a.html", "<p>中文</p>"), self.write("报告.pdf", "%PDF-1.4")
        sent = self.json_of("send", "--to", "a@sink.test", "--to", "Bee <b@sink.test>", "--cc", "c@sink.test", "--bcc", "d@sink.test", "--reply-to", "r@sink.test",
                            "--subject", "主题", "--text", "文字", "--html", html, "--attach", pdf, "--header", "X-Order: 42", "--wait", "20")
        self.assertEqual((sent["status"], sent["recipient_counts"]), ("sent", {"sent": 4}))
        self.assertEqual(sorted(line["recipient"] for line in sink.mails()), ["a@sink.test", "b@sink.test", "c@sink.test", "d@sink.test"])
        # Without --wait it is accepted, no more.
        receipt = self.json_of("send", "--to", "a@sink.test", "--subject", "s", "--text", "t")
        self.assertEqual((receipt["status"], len(receipt["recipients"])), ("queued", 1))
        self.engine.wait_for_status(receipt["message_id"], "sent")
        # What became of it is the exit code.
        self.json_of("send", "--to", "refuse@sink.test", "--subject", "s", "--text", "t", "--wait", "20", code=FAILED)
        self.json_of("send", "--to", "refuse@sink.test", "--to", "a@sink.test", "--subject", "s", "--text", "t", "--wait", "20", code=PARTLY)
        waits = self.json_of("send", "--to", "defer@sink.test", "--subject", "s", "--text", "t", "--wait", "1", code=PARTLY)
        self.assertEqual(waits["status"], "queued")
        printed = self.run_ctl("send", "--to", "defer@sink.test", "--subject", "s", "--text", "t", "--wait", "1", code=PARTLY)
        self.assertIn("451", printed)

    def test_send_reads_html_from_standard_input(self):
        sent = self.json_of("send", "--to", "a@sink.test", "--subject", "s", "--html", "-", "--account", "sandbox", "--wait", "20", stdin="<p>from a pipe</p>")
        self.assertEqual((sent["status"], sent["sandbox"]), ("sent", True))

    def test_what_is_wrong_with_a_message_is_said(self):
        self.run_ctl("send", "--to", "a@sink.test", code=USAGE)
        refused = self.json_of("send", "--to", "nobody", "--subject", "s", "--text", "t", code=FAILED)
        self.assertEqual((refused["error"], [(row["field"], row["reason"]) for row in refused["details"]]), ("validation.failed", [("to", "address.invalid")]))
        for words, code in ((("--subject", "s"), USAGE), (("--subject", "s", "--text", "t", "--header", "no colon"), USAGE),
                            (("--subject", "s", "--text", "t", "--attach", "/nowhere/at/all"), FAILED)):
            self.assertEqual(self.engine.run_ctl("send", "--to", "a@sink.test", *words).returncode, code, words)
        # A template's own subject is the one that counts.
        self.run_ctl("templates", "put", "welcome", "--subject", "Welcome", "--text", self.write("welcome", "Hello {{ name }}"))
        refused = self.json_of("send", "--to", "a@sink.test", "--subject", "s", "--template", "welcome", "--data", '{"name": "Ann"}', code=FAILED)
        self.assertEqual([(row["field"], row["reason"]) for row in refused["details"]], [("subject", "field.not_allowed")])
        self.run_ctl("send", "--to", "a@sink.test", "--subject", "s", "--text", "t", "--on-unknown", "drop", code=USAGE)
        self.assertEqual(self.engine.recipients("accepted"), 0)

    def test_messages(self):
        message_id = self.json_of("send", "--to", "a@sink.test", "--subject", "尚无账户", "--text", "t")["message_id"]
        shown = self.json_of("messages", "show", message_id)
        self.assertIn(message_id, json.dumps(shown))
        explained = self.json_of("messages", "explain", message_id)
        self.assertEqual(explained["waiting_for"]["code"], "account.none")
        self.assertIn("There is no account", self.run_ctl("messages", "explain", message_id))
        self.assertEqual([row["id"] for row in self.json_of("messages", "list", "--status", "queued")["items"]], [message_id])
        self.assertEqual(self.json_of("messages", "list", "--status", "sent")["items"], [])
        self.assertIn("尚无账户", self.run_ctl("messages", "list"))
        self.assertEqual(self.json_of("messages", "retry", message_id)["changed"], 1)
        self.assertEqual(self.json_of("messages", "cancel", message_id)["changed"], 1)
        self.run_ctl("messages", "cancel", message_id, code=CONFLICT)
        refused = self.json_of("messages", "cancel", message_id, code=CONFLICT)
        self.assertEqual(refused["error"], "conflict")
        for verb in ("show", "explain", "cancel", "retry"):
            self.run_ctl("messages", verb, NOBODY, code=NOT_FOUND)
        self.run_ctl("messages", "list", "--status", "gone", code=USAGE)

    def test_messages_over_several_pages(self):
        wanted = {self.engine.send(subject="m%d" % number) for number in range(230)}
        rows = self.json_of("messages", "list", "--limit", "1000")["items"]
        self.assertEqual({row["id"] for row in rows}, wanted)
        self.assertEqual(len(self.json_of("messages", "list", "--limit", "205")["items"]), 205)
        self.assertEqual(len(self.json_of("messages", "list")["items"]), 50)

    # The rest

    def test_queue_health_version_database(self):
        self.json_of("send", "--to", "a@sink.test", "--subject", "s", "--text", "t")
        queue = self.json_of("queue", "status")
        self.assertEqual((queue["recipients"]["queued"], queue["imbalance"]), (1, 0))
        self.assertIn("queued", self.run_ctl("queue", "status"))
        self.assertEqual(self.json_of("health")["status"], "ready")
        self.assertIn("ready", self.run_ctl("health"))
        version = self.json_of("version")
        self.assertEqual(version["version"], version["engine"]["version"])
        self.assertTrue(self.json_of("database", "status"))
        self.engine.stop()
        # Only these need no engine.
        self.assertIsNone(self.json_of("version")["engine"])
        self.assertTrue(self.json_of("database", "status"))
        for words in (("health",), ("queue", "status"), ("keys", "list"), ("accounts", "list"), ("messages", "list"), ("messages", "show", NOBODY),
                      ("send", "--to", "a@sink.test", "--subject", "s", "--text", "t")):
            self.run_ctl(*words, code=NO_CONNECTION)
        self.assertEqual(self.json_of("queue", "status", code=NO_CONNECTION)["error"], "network.failed")

    def test_config(self):
        folder = os.path.join(self.folder, "fresh")
        ended = engine.run_ctl("--data-dir", folder, "--json", "config", "init")
        self.assertEqual(ended.returncode, OK, ended.stderr)
        path = json.loads(ended.stdout)["path"]
        self.assertEqual((path, stat.S_IMODE(os.stat(path).st_mode)), (os.path.join(folder, ".env"), 0o600))
        self.assertEqual(engine.run_ctl("--data-dir", folder, "config", "init").returncode, CONFLICT)
        self.assertEqual(engine.run_ctl("--data-dir", folder, "config", "check").returncode, OK)
        with open(path, encoding="utf-8") as file:
            secrets = [line.partition("=")[2].strip() for line in file if line.startswith(("ENCRYPTION_KEY=", "JWT_SECRET_KEY="))]
        self.assertEqual(len(secrets), 2)
        for words in (("config", "show"), ("--json", "config", "show")):
            shown = engine.run_ctl("--data-dir", folder, *words)
            self.assertEqual(shown.returncode, OK, shown.stderr)
            for secret in secrets:
                self.assertNotIn(secret, shown.stdout)
        fresh = json.loads(engine.run_ctl("--json", "secrets", "generate").stdout)
        self.assertEqual(set(fresh), {"ENCRYPTION_KEY", "JWT_SECRET_KEY"})
        # An engine starts on what was written.
        started = engine.Engine(self.folder, data=folder)
        try:
            started.start().send()
            started.stop()
        finally:
            started.abandon()

    def test_from_elsewhere_with_a_key(self):
        key, admin = self.engine.create_key(["send"]), self.engine.create_key(["admin"])

        def remote(key, secret, *words, **more):
            settings = {"POSTROOM_SECRET": secret} if secret else {}
            return engine.run_ctl("--url", self.engine.url(), "--key", key, "--json", *words, settings=settings, **more)

        sent = remote(key["api_key"], key["api_secret"], "send", "--to", "a@sink.test", "--subject", "s", "--text", "t", "--account", "sandbox", "--wait", "20")
        self.assertEqual(sent.returncode, OK, sent.stderr)
        message_id = json.loads(sent.stdout)["id"]
        self.assertEqual(remote(key["api_key"], key["api_secret"], "messages", "show", message_id).returncode, OK)
        self.assertEqual(remote(admin["api_key"], admin["api_secret"], "accounts", "list").returncode, OK)
        # Another's messages are none of a sending key's business.
        self.assertEqual(remote(key["api_key"], key["api_secret"], "messages", "show", self.engine.send()).returncode, NOT_FOUND)
        for words in (("accounts", "list"), ("keys", "list"), ("queue", "status"), ("keys", "create", "--name", "x")):
            refused = remote(key["api_key"], key["api_secret"], *words)
            self.assertEqual((refused.returncode, json.loads(refused.stdout)["error"]), (NOT_ALLOWED, "auth.scope"), words)
        wrong = remote(key["api_key"], "secret_wrong", "messages", "list")
        self.assertEqual((wrong.returncode, json.loads(wrong.stdout)["error"]), (NOT_ALLOWED, "auth.rejected"))
        self.assertEqual(remote(key["api_key"], "", "messages", "list").returncode, NOT_ALLOWED)
        from_pipe = remote(key["api_key"], "", "--secret-file", "-", "messages", "list", stdin=key["api_secret"] + "\n")
        self.assertEqual(from_pipe.returncode, OK, from_pipe.stderr)
        from_file = remote(key["api_key"], "", "--secret-file", self.write("secret", key["api_secret"]), "messages", "list")
        self.assertEqual(from_file.returncode, OK, from_file.stderr)
        self.assertEqual(engine.run_ctl("--key", "x", "messages", "list").returncode, USAGE)

    def test_nobody_listens_there(self):
        refused = mailserver.RefusedPort()
        self.addCleanup(refused.stop)
        self.assertEqual(engine.run_ctl("--url", "http://127.0.0.1:%d" % refused.port, "health").returncode, NO_CONNECTION)

    def test_usage(self):
        for words in ((), ("nonsense",), ("keys",), ("keys", "nonsense"), ("--nonsense",), ("messages", "show"), ("accounts", "add")):
            self.run_ctl(*words, code=USAGE)
        for words in (("--help",), ("--version",), ("keys", "--help"), ("send", "--help")):
            self.assertTrue(self.run_ctl(*words))

    def test_a_stranger_on_the_port_learns_nothing(self):
        heard = []

        class Stranger(http.server.BaseHTTPRequestHandler):
            def do_GET(self):  # pylint: disable=invalid-name
                heard.append((self.path, self.headers.get("Authorization")))
                body = json.dumps({"code": 0, "message": "success", "data": {"hmac": "0" * 64}, "request_id": "x"}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stranger)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        folder = os.path.join(self.folder, "strange")
        os.mkdir(folder, 0o700)
        with open(self.engine.control, encoding="utf-8") as file:
            control = json.load(file)
        control["url"] = "http://127.0.0.1:%d" % server.server_address[1]
        path = self.write("strange/control.json", json.dumps(control))
        os.chmod(path, 0o600)
        self.assertEqual(engine.run_ctl("--data-dir", folder, "queue", "status").returncode, NO_CONNECTION)
        self.assertTrue(heard)
        self.assertEqual({authorization for _, authorization in heard}, {None})
        self.assertNotIn(control["token"], "".join(path for path, _ in heard))


if __name__ == "__main__":
    unittest.main()
