#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""The judges are judged first: client, sink and checker around a small honest relay, then with books that were tampered with."""

import http.server
import itertools
import json
import os
import smtplib
import socket
import ssl
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
import replies  # noqa: E402
import script  # noqa: E402


class Sink:
    """sink.py as its own process."""

    def __init__(self, folder, *options):
        self.book = os.path.join(folder, "sink.book")
        self._process = subprocess.Popen(
            [sys.executable, os.path.join(HERE, "sink.py"), "--book", self.book, *options], stdout=subprocess.PIPE, text=True,
            stderr=subprocess.DEVNULL)
        self.first_line = self._process.stdout.readline()
        self.port = int(self.first_line) if self.first_line.strip().isdigit() else None

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

    def send(self, *recipients, number=1):
        with smtplib.SMTP("127.0.0.1", self.sink.port, timeout=20) as server:
            server.login("user", "password")
            mail = "Subject: m\nMessage-ID: <%d@b.test>\n\n.dot\n..dots\nend" % number
            return server.sendmail("a@b.test", recipients, mail)

    def written(self):
        return [line["recipient"] for line in book.read(self.sink.book)]

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

    def test_another_mail_to_the_same_recipient_has_its_own_turn(self):
        for number in (1, 2):
            with self.assertRaises((smtplib.SMTPServerDisconnected, ConnectionError)):
                self.send("drop-after-dot@b.test", number=number)
            self.assertEqual(self.send("drop-after-dot@b.test", number=number), {})

    def test_answers_garbage_once(self):
        with self.assertRaises((smtplib.SMTPException, ConnectionError)):
            self.send("garbage-reply@b.test")
        self.assertEqual(self.send("garbage-reply@b.test"), {})
        self.assertEqual(len(self.written()), 2)

    def test_does_at_each_step_what_the_address_says(self):
        for address, code in (("rcpt.552", 552), ("data.451", 451), ("dot.554", 554), ("dot.lose", -1), ("body.cut3", -1),
                              ("body.552", 552), ("dot.421", 421), ("data.reset", -1)):
            with self.subTest(address):
                try:
                    self.send(address + "+1@b.test")
                    self.fail("taken")
                except smtplib.SMTPRecipientsRefused as refused:
                    self.assertEqual(list(refused.recipients.values())[0][0], code)
                except smtplib.SMTPResponseException as refused:
                    self.assertEqual(refused.smtp_code, code)
                except (smtplib.SMTPServerDisconnected, ConnectionError):
                    self.assertEqual(code, -1)
        self.assertEqual(self.written(), [])

    def test_a_turn_ends(self):
        for address, refusals in (("once.rcpt.450", 1), ("x3.rcpt.450", 3), ("over0.rcpt.450", 5)):
            seen = 0
            for _ in range(5):
                try:
                    self.send(address + "@b.test")
                except smtplib.SMTPRecipientsRefused:
                    seen += 1
            self.assertEqual(seen, refusals, address)


class Script(unittest.TestCase):
    def test_reads_the_fault_from_the_address(self):
        for address, fault in (
                ("a@b", None), ("first.last@b", None), ("refused@b", None), ("defer7@b", None), ("x.dot.lose@b", None),
                ("rcpt.550@b", script.Fault("rcpt", "reply", 550)), ("p30.dot.say-nul+1@b", script.Fault(
                    "dot", "say", 0, "nul", (("p", 30),))), ("x3.body.cut4096@b", script.Fault(
                        "body", "cut", 4096, "", (("x", 3),))), ("slow@b", script.Fault("dot", "wait", 5)),
                ("slow2@b", script.Fault("dot", "wait", 2)), ("drop-after-dot+1@b", script.Fault(
                    "dot", "close", 0, "", (("once", 1),))), ("grey300+a-b@c", script.Fault(
                        "rcpt", "reply", 450, "4.2.0 greylisted", (("for", 300),)))):
            self.assertEqual(script.fault_of(address), fault, address)

    def test_knows_what_never_arrives(self):
        for address, never in (("refuse@b", True), ("defer+1@b", True), ("dot.451@b", True), ("once.dot.451@b", False),
                               ("grey9@b", False), ("dot.close@b", False), ("data.250@b", False), ("a@b", False)):
            self.assertEqual(script.never_arrives(address), never, address)

    def test_a_line_that_is_no_fault_is_refused(self):
        for line in ("", "rcpt", "rcpt later", "lunch 550", "once", "550 no"):
            with self.assertRaises(ValueError, msg=line):
                script.Script([line])

    def test_the_port_comes_before_the_recipient_and_each_counts_its_own_turns(self):
        one = script.Script(["once dot 451", "over2 rcpt 452 4.5.3 too many"])
        self.assertEqual([getattr(one.at("dot", ["dot.554@b"]), "number", None) for _ in range(2)], [451, 554])
        self.assertEqual([getattr(one.at("rcpt", ["a@b"], taken), "number", None) for taken in range(4)], [None, None, 452, 452])

    def test_a_share_is_the_same_for_the_same_seed_and_about_what_it_says(self):
        def draw(seed):
            one = script.Script(seed=seed)
            return [one.at("dot", ["p30.dot.lose+%d@b" % number]) is not None for number in range(1000)]

        self.assertEqual(draw(1), draw(1))
        self.assertNotEqual(draw(1), draw(2))
        self.assertTrue(250 < sum(draw(1)) < 350)

    def test_every_reply_can_be_said(self):
        for name in replies.REPLIES:
            for piece in itertools.islice(replies.pieces(name, b"250 2.0.0 ok\r\n"), 50):
                self.assertIsInstance(piece, (bytes, float), name)


class SinkPorts(unittest.TestCase):
    def start(self, **ports):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path, self.tape = os.path.join(folder.name, "ports"), os.path.join(folder.name, "tape")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(ports, file)
        sink = Sink(folder.name, "--ports", path, "--tape", self.tape, "--seed", "5")
        self.addCleanup(sink.stop)
        opened = json.loads(sink.first_line)
        self.assertEqual((opened["seed"], sorted(opened["ports"])), (5, sorted(ports)))
        return sink, opened

    def test_a_port_has_a_script_from_the_first_byte_on(self):
        _, opened = self.start(busy={"script": ["banner 554 5.3.2 no"]}, gone={"script": ["connect reset"]}, good={})
        with self.assertRaises(smtplib.SMTPConnectError) as refused:
            smtplib.SMTP("127.0.0.1", opened["ports"]["busy"], timeout=20)
        self.assertEqual(refused.exception.smtp_code, 554)
        with self.assertRaises((smtplib.SMTPServerDisconnected, ConnectionError)):
            smtplib.SMTP("127.0.0.1", opened["ports"]["gone"], timeout=20)
        with smtplib.SMTP("127.0.0.1", opened["ports"]["good"], timeout=20) as server:
            self.assertEqual(server.noop()[0], 250)

    def shake_hands(self, opened, name):
        context = ssl.create_default_context(cadata=opened["ca"])
        with smtplib.SMTP_SSL("127.0.0.1", opened["ports"][name], timeout=20, context=context) as server:
            server.login("user", "password")
            server.sendmail("a@b.test", ["a@b.test"], "Subject: m\n\ntext")

    def test_certificates_are_bad_in_the_way_they_say(self):
        kinds = {"expired": "expired", "wrong-host": "IP address mismatch", "self-signed": "self-signed certificate",
                 "unknown-authority": "unable to get", "old-protocol": ""}
        _, opened = self.start(
            good={"tls": ["good"]}, turns={"tls": ["good", "expired"]}, **{kind: {"tls": [kind]} for kind in kinds})
        self.shake_hands(opened, "good")
        for kind, words in kinds.items():
            with self.assertRaises(ssl.SSLError, msg=kind) as refused:
                self.shake_hands(opened, kind)
            self.assertIn(words, str(refused.exception))
        self.shake_hands(opened, "turns")
        with self.assertRaises(ssl.SSLError):
            self.shake_hands(opened, "turns")

    def test_the_tape_says_what_was_heard_under_tls_and_what_was_not(self):
        sink, opened = self.start(upgrades={"starttls": ["good"]})
        with smtplib.SMTP("127.0.0.1", opened["ports"]["upgrades"], timeout=20) as server:
            server.starttls(context=ssl.create_default_context(cadata=opened["ca"]))
            server.login("user", "password")
            server.sendmail("a@b.test", ["a@b.test"], "Subject: m\n\ntext")
        lines = [(line["tls"], line["heard"].split()[0]) for line in book.read(self.tape) if "heard" in line]
        self.assertEqual(lines[:2], [(False, "ehlo"), (False, "STARTTLS")])
        self.assertEqual([verb for tls, verb in lines[2:] if tls], ["ehlo", "AUTH", "mail", "rcpt", "data", ".", "QUIT"])
        self.assertEqual([line["dot"] for line in book.read(self.tape) if "dot" in line], [["a@b.test"]])
        self.assertEqual([(line["account"], line["port"]) for line in book.read(sink.book)], [("user", "upgrades")])

    def test_a_shut_window_stops_a_client_that_pours(self):
        _, opened = self.start(shut={"script": ["body shut"], "window": 4096})
        with socket.create_connection(("127.0.0.1", opened["ports"]["shut"]), timeout=1) as connection:
            for line in (b"EHLO me\r\n", b"MAIL FROM:<a@b.test>\r\n", b"RCPT TO:<a@b.test>\r\n", b"DATA\r\n"):
                connection.recv(4096)
                connection.sendall(line)
            with self.assertRaises(TimeoutError):
                connection.sendall(b"line\r\n" * (4 << 20))


if __name__ == "__main__":
    unittest.main()
