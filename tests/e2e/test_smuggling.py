#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""What stands in a mail never ends it: not at a server that takes every line end for one, and every dot on a line of its own for the end."""

import re
import socketserver
import threading
import unittest

import engine

# The nine ways in which servers were found to end a mail (SMTP smuggling, 2023), the right one among them.
ENDS = [before + "." + after for before in ("\r\n", "\n", "\r") for after in ("\r\n", "\n", "\r")]
SMUGGLED = "MAIL FROM:<evil@sink.test>\r\nRCPT TO:<victim@sink.test>\r\nDATA\r\nSubject: smuggled\r\n\r\nx"
LENIENT_END = re.compile(rb"(?:\r\n|\n|\r)\.(?:\r\n|\n|\r)")
LONE = re.compile(rb"\r(?!\n)|(?<!\r)\n")


class LenientServer(socketserver.ThreadingTCPServer):
    """Ends a line at CR, LF or both, and a mail at a dot on a line."""

    allow_reuse_address, daemon_threads = True, True

    def __init__(self):
        self.mails, self.wire = [], []
        super().__init__(("127.0.0.1", 0), Session)
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Session(socketserver.StreamRequestHandler):
    def handle(self):
        self.rest = b""
        self.say("220 lenient.test")
        sender = None
        while True:
            line = self.until(re.compile(rb"\r\n|\n|\r"))
            if line is None:
                return
            word = line.upper()
            if word.startswith(b"EHLO"):
                self.say("250 lenient.test")
            elif word.startswith(b"MAIL"):
                sender = line
                self.say("250 fine")
            elif word.startswith(b"DATA"):
                self.say("354 go on")
                mail = self.until(LENIENT_END)
                if mail is None:
                    return
                self.server.mails.append((sender, mail))
                self.say("250 kept")
            elif word.startswith(b"QUIT"):
                return self.say("221 bye")
            else:
                self.say("250 fine")

    def until(self, end):
        """What stands before the first end; None when the other side is gone."""
        while True:
            found = end.search(self.rest)
            # A CR at the end of what is here may be half of a line end.
            if found and not (found.end() == len(self.rest) and self.rest.endswith(b"\r")):
                taken, self.rest = self.rest[:found.start()], self.rest[found.end():]
                return taken
            piece = self.request.recv(65536)
            if not piece:
                return None
            self.server.wire.append(piece)
            self.rest += piece

    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")


class Smuggling(engine.EngineCase):
    def setUp(self):
        super().setUp()
        self.engine = self.start_engine()
        self.server = LenientServer()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.engine.make_account(self.server.port)

    def assert_one_mail_each(self, count):
        """So many mails, all of them the account's, with no line end but CRLF, no line above 998 bytes and nothing but ASCII."""
        engine.until(lambda: self.engine.recipients("sent") == count, 30, "the end of %d mails" % count)
        self.assertEqual([sender for sender, _ in self.server.mails], [b"MAIL FROM:<sender@sink.test>"] * count)
        for _, mail in self.server.mails:
            self.assertIsNone(LONE.search(mail), mail)
            self.assertLessEqual(max(map(len, mail.split(b"\r\n"))), 998)
            self.assertTrue(mail.isascii())

    def test_a_text_ends_nothing(self):
        for end in ENDS:
            self.engine.send(content="<p>before" + end + SMUGGLED + "</p>", text="before" + end + SMUGGLED)
        self.assert_one_mail_each(len(ENDS))

    def test_a_finished_mail_ends_nothing(self):
        """Those with lone line ends may be refused, but by us."""
        taken = 0
        for end in ENDS:
            mail = "From: sender@sink.test\r\nTo: a@sink.test\r\nSubject: raw\r\n\r\nbefore" + end + SMUGGLED
            answer = self.engine.request("POST", "/api/v1/messages/email/raw", mail.encode(), None, {"Content-Type": "message/rfc822"})
            self.assertIn(answer.status, (202, 422), answer)
            taken += answer.status == 202
        self.assertGreater(taken, 0)
        self.assert_one_mail_each(taken)

    def test_a_header_ends_nothing(self):
        for end in ENDS:
            answer = self.engine.request("POST", engine.SEND, {"to": "a@sink.test", "subject": "a" + end + SMUGGLED, "content": "x"})
            self.assertEqual(answer.status, 422, answer)
            answer = self.engine.request("POST", engine.SEND, {"to": "a@sink.test", "subject": "a", "content": "x", "headers": {"X-A": "b" + end + SMUGGLED}})
            self.assertEqual(answer.status, 422, answer)
        self.assertEqual(self.server.mails, [])


if __name__ == "__main__":
    unittest.main()
