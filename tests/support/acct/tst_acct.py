#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""The judges are judged first: client, sink and checker around a small honest relay, then with books that were tampered with."""

import http.server
import json
import os
import smtplib
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from email.message import EmailMessage

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import book  # noqa: E402
import sink as sink_program  # noqa: E402


class Sink:
    """sink.py as its own process."""

    def __init__(self, folder):
        self.book = os.path.join(folder, "sink.book")
        self._process = subprocess.Popen(
            [sys.executable, os.path.join(HERE, "sink.py"), "--book", self.book], stdout=subprocess.PIPE, text=True,
            stderr=subprocess.DEVNULL)
        self.port = int(self._process.stdout.readline())

    def stop(self):
        self._process.terminate()
        self._process.wait(20)
        self._process.stdout.close()


class Relay(http.server.ThreadingHTTPServer):
    """Answers as the engine does and delivers before it answers; `answers` are statuses that go first."""

    daemon_threads = True

    def __init__(self, port_of_sink, answers=()):
        super().__init__(("127.0.0.1", 0), Answer)
        self.port_of_sink, self.answers, self.lock = port_of_sink, list(answers), threading.Lock()
        self.numbers = iter(range(1 << 30))
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self):
        return "http://127.0.0.1:%d" % self.server_address[1]


class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):  # pylint: disable=arguments-differ
        pass

    def do_POST(self):  # pylint: disable=invalid-name
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with self.server.lock:
            status = self.server.answers.pop(0) if self.server.answers else 202
            number = next(self.server.numbers)
        if status == 0:
            self.deliver(body, number)
            self.close_connection = True
            self.connection.close()
            return
        if status == 202:
            self.deliver(body, number)
        text = json.dumps({"data": {"message_id": "id-%d" % number}}).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.send_header("Retry-After", "0")
        self.end_headers()
        self.wfile.write(text)

    def deliver(self, body, number):
        mail = EmailMessage()
        mail["Subject"], mail["From"], mail["Message-ID"] = body["subject"], "a@b.test", "<%d@b.test>" % number
        mail["To"] = ", ".join(body["to"])
        mail.set_content(body["content"], subtype="html", cte="base64")
        with smtplib.SMTP("127.0.0.1", self.server.port_of_sink) as server:
            try:
                server.send_message(mail, "a@b.test", body["to"])
            except smtplib.SMTPRecipientsRefused:
                pass


class Acct(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.client_book = os.path.join(self.folder, "client.book")
        self.token = os.path.join(self.folder, "token")
        with open(self.token, "w", encoding="utf-8") as file:
            file.write("token\n")
        self.sink = Sink(self.folder)
        self.addCleanup(self.sink.stop)

    def post(self, *options, answers=(), code=0):
        relay = Relay(self.sink.port, answers)
        try:
            ended = subprocess.run(
                [sys.executable, os.path.join(HERE, "client.py"), "--url", relay.url, "--token-file", self.token, "--book",
                 self.client_book, "--count", "20", "--rate", "0", "--connections", "4", "--seed", "7", *options],
                capture_output=True, text=True, timeout=100, check=False)
        finally:
            relay.shutdown()
            relay.server_close()
        self.assertEqual(ended.returncode, code, ended.stderr)
        return json.loads(ended.stdout)

    def check(self, *options, code=0):
        ended = subprocess.run(
            [sys.executable, os.path.join(HERE, "check.py"), "--json", self.client_book, self.sink.book, *options],
            capture_output=True, text=True, timeout=100, check=False)
        self.assertEqual(ended.returncode, code, ended.stdout + ended.stderr)
        return {name: number for name, number in json.loads(ended.stdout).items() if number}

    def change_book(self, path, change):
        with open(path, encoding="utf-8") as file:
            lines = [json.loads(line) for line in file]
        change(lines)
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(json.dumps(line) + "\n" for line in lines)

    def test_balances_when_all_is_well(self):
        self.assertEqual(self.post("--recipients", "3")["accepted"], 20)
        self.assertEqual(self.check(), {"ok": 60})

    def test_sees_what_was_done_to_the_books(self):
        def remove(lines):
            del lines[3]

        def double(lines):
            lines.append(dict(lines[3]))

        def invent(lines):
            lines.append({**lines[3], "marker": "acct-7-999"})

        def misdirect(lines):
            lines.append({**lines[3], "recipient": "somebody@else.test"})

        def alter(lines):
            lines[3]["digest"] = "0" * 64

        def differ(lines):
            lines.append({**lines[3], "sha256": "0" * 64})

        def rename(lines):
            lines.append({**lines[3], "account": "other", "message_id": "another"})

        self.post()
        with open(self.sink.book, encoding="utf-8") as file:
            honest = file.read()
        for change, counts in (
                (remove, {"ok": 19, "lost": 1}), (double, {"ok": 20, "duplicated": 1}),
                (invent, {"ok": 20, "unexpected": 1}), (misdirect, {"ok": 20, "unexpected": 1}),
                (alter, {"ok": 20, "corrupted": 1}), (differ, {"ok": 20, "duplicated": 1, "corrupted": 1}),
                (rename, {"ok": 20, "duplicated": 1, "corrupted": 1})):
            with self.subTest(change.__name__):
                with open(self.sink.book, "w", encoding="utf-8") as file:
                    file.write(honest)
                self.change_book(self.sink.book, change)
                self.assertEqual(self.check(code=1), counts)

    def test_allows_as_many_copies_as_it_is_told(self):
        self.post()
        self.change_book(self.sink.book, lambda lines: lines.extend([dict(lines[0]), dict(lines[0])]))
        self.check("--allow-duplicates", "2")
        self.check("--allow-duplicates", "1", code=1)

    def test_does_not_miss_what_the_engine_settled_otherwise(self):
        self.post()
        settled = os.path.join(self.folder, "settled")
        line = next(entry for entry in book.read(self.client_book) if entry["what"] == "accepted")
        with open(settled, "w", encoding="utf-8") as file:
            file.write("%s %s\n" % (line["message_id"], line["recipients"][0]))
        self.change_book(self.sink.book, lambda lines: lines.__setitem__(
            slice(None), [entry for entry in lines if entry["marker"] != line["marker"]]))
        self.assertEqual(self.check("--settled", settled), {"ok": 19})
        self.check(code=1)

    def test_an_answer_that_never_came_promises_nothing(self):
        self.assertEqual(self.post(answers=[0])["unanswered"], 1)
        self.assertEqual(self.check(), {"ok": 19, "recovered": 1})
        # Had it not arrived, nothing would be lost either.
        arrived = {line["marker"] for line in book.read(self.client_book) if line["what"] == "accepted"}
        self.change_book(self.sink.book, lambda lines: lines.__setitem__(
            slice(None), [entry for entry in lines if entry["marker"] in arrived]))
        self.assertEqual(self.check(), {"ok": 19})

    def test_posts_again_what_was_turned_away(self):
        counts = self.post(answers=[503, 429, 503])
        self.assertEqual((counts["accepted"], counts["repeated"]), (20, 3))
        self.assertEqual(self.check(), {"ok": 20})

    def test_a_refusal_fails_the_client(self):
        self.assertEqual(self.post(answers=[422], code=1)["refused"], 1)
        self.assertEqual(self.check(), {"ok": 19})

    def test_the_same_seed_makes_the_same_messages(self):
        self.post("--mix", "refuse=30,defer=20")
        first = sorted((line["marker"], line["digest"], line["recipients"]) for line in book.read(self.client_book))
        os.unlink(self.client_book)
        self.post("--mix", "refuse=30,defer=20")
        self.assertEqual(
            first, sorted((line["marker"], line["digest"], line["recipients"]) for line in book.read(self.client_book)))

    def test_the_refused_are_not_missed_and_not_expected(self):
        self.post("--mix", "refuse=100")
        self.assertEqual(self.check(), {})
        line = next(entry for entry in book.read(self.client_book) if entry["what"] == "accepted")
        with open(self.sink.book, "a", encoding="utf-8") as file:
            file.write(json.dumps({**line, "recipient": line["recipients"][0], "sha256": "", "account": "",
                                   "message_id": "m"}) + "\n")
        self.assertEqual(self.check(code=1), {"unexpected": 1})


class SinkFaults(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.sink = Sink(folder.name)
        self.addCleanup(self.sink.stop)

    def send(self, *recipients):
        with smtplib.SMTP("127.0.0.1", self.sink.port, timeout=20) as server:
            server.login("user", "password")
            return server.sendmail("a@b.test", recipients, "Subject: m\nMessage-ID: <1@b.test>\n\n.dot\n..dots\nend")

    def written(self):
        return [line["recipient"] for line in book.read(self.sink.book)]

    def test_reads_the_fault_from_the_address(self):
        for address, fault in (("a@b", ("", 0)), ("refuse@b", ("refuse", 0)), ("defer+7@b", ("defer", 0)),
                               ("grey300+a-b@c", ("grey", 300)), ("slow@b", ("slow", 5)), ("slow2@b", ("slow", 2)),
                               ("refused@b", ("", 0)), ("drop-after-dot+1@b", ("drop-after-dot", 0))):
            self.assertEqual(sink_program.fault_of(address), fault, address)

    def test_keeps_a_mail_with_who_sent_it_before_it_answers(self):
        self.assertEqual(self.send("a@b.test", "c@D.test"), {})
        lines = book.read(self.sink.book)
        self.assertEqual([line["recipient"] for line in lines], ["a@b.test", "c@d.test"])
        self.assertEqual({(line["account"], line["message_id"], line["digest"]) for line in lines},
                         {("user", "1@b.test", book.digest_of(".dot\n..dots\nend"))})

    def test_refuses_and_defers_at_rcpt_and_takes_the_others(self):
        refused = self.send("refuse+1@b.test", "defer@b.test", "grey300@b.test", "a@b.test")
        self.assertEqual({address: reply[0] for address, reply in refused.items()},
                         {"refuse+1@b.test": 550, "defer@b.test": 451, "grey300@b.test": 450})
        self.assertEqual(self.written(), ["a@b.test"])

    def test_a_greylist_ends(self):
        with self.assertRaises(smtplib.SMTPRecipientsRefused):
            self.send("grey1@b.test")
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                self.send("grey1@b.test")
                break
            except smtplib.SMTPRecipientsRefused:
                time.sleep(0.02)
        self.assertEqual(self.written(), ["grey1@b.test"])

    def test_drops_after_the_dot_once_and_has_kept_the_mail(self):
        with self.assertRaises((smtplib.SMTPServerDisconnected, ConnectionError)):
            self.send("drop-after-dot@b.test")
        self.assertEqual(self.written(), ["drop-after-dot@b.test"])
        self.assertEqual(self.send("drop-after-dot@b.test"), {})
        self.assertEqual(len(self.written()), 2)

    def test_answers_garbage_once(self):
        with self.assertRaises((smtplib.SMTPException, ConnectionError)):
            self.send("garbage-reply@b.test")
        self.assertEqual(self.send("garbage-reply@b.test"), {})
        self.assertEqual(len(self.written()), 2)


if __name__ == "__main__":
    unittest.main()
