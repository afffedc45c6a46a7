#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""Mail is signed: python3-dkim reads what a server that is not ours got, with the DNS records that the engine gave out."""

import base64
import os
import random
import sqlite3
import time
import unittest

import dkim

import engine
import mailserver

DKIM = "/api/v1/admin/dkim"
RAW = "/api/v1/messages/email/raw"
LONG = "一封很长的主题，长到要折成好几行才放得下 with some English words in between, ümläuts too, 还有结尾"


class Zone:
    """What a resolver would answer: the records of these keys, put together from their strings as resolvers do."""

    def __init__(self, *keys):
        self._records = {key["record_name"] + ".": "".join(key["record_strings"]).encode() for key in keys}

    def __call__(self, name, timeout=5):
        return self._records.get(name.decode())


def signatures(content):
    """The tags of each signature, topmost first."""
    reader = dkim.DKIM(content)
    values = [value for name, value in reader.headers if name.lower() == b"dkim-signature"]
    return [{name.decode(): value.decode().replace("\r\n", "").replace(" ", "")
             for name, value in dkim.util.parse_tag_value(value).items()} for value in values]


def verdicts(content, zone):
    """True or False for each signature, topmost first."""
    found = []
    for index in range(len(signatures(content))):
        try:
            found.append(dkim.DKIM(content).verify(index, dnsfunc=zone))
        except dkim.DKIMException:
            found.append(False)
    return found


class SignedMail(engine.EngineCase):
    def setUp(self):
        super().setUp()
        self.engine = self.start_engine()
        self.server = mailserver.MailServer()
        self.addCleanup(self.server.stop)
        self.account = self.engine.make_account(
            self.server.port, display_name="通知中心 Notifications", from_addresses=["*@sink.test", "*@news.sink.test", "*@other.test"])

    def create(self, domain="sink.test", enable=True, **fields):
        answer = self.engine.request("POST", DKIM, {"domain": domain, **fields})
        self.assertEqual(answer.status, 201, answer)
        self.assertFalse(answer.data["is_active"])
        return self.act(answer.data, "enable") if enable else answer.data

    def act(self, key, act, status=200):
        answer = self.engine.request("POST", "%s/%s/%s" % (DKIM, key["id"], act))
        self.assertEqual(answer.status, status, answer)
        return answer.data

    def key(self, key):
        return self.engine.data_of("%s/%s" % (DKIM, key["id"]))

    def arrived(self, **fields):
        """What arrived of one message."""
        before = len(self.server.mails)
        body = {"to": "a@sink.test", "subject": "a subject", **fields}
        answer = self.engine.request("POST", engine.SEND, body)
        self.assertEqual(answer.status, 202, answer)
        return self.server.wait_for(before + 1)[-1].content

    def raw(self, mail, query=""):
        before = len(self.server.mails)
        answer = self.engine.request("POST", RAW + query, mail, headers={"Content-Type": "message/rfc822"})
        self.assertEqual(answer.status, 202, answer)
        return self.server.wait_for(before + 1)[-1].content

    def assert_signed(self, content, zone, count):
        self.assertEqual(verdicts(content, zone), [True] * count, content[:3000])

    def test_every_kind_of_mail_verifies(self):
        rsa, ed25519 = self.create(), self.create(algorithm="ed25519")
        zone = Zone(rsa, ed25519)
        rows = {
            "plain text": {"text": "A line.\n\nAnother one.\n"},
            "text and html": {"subject": LONG, "text": "正文 in text\n", "content": "<h1>正文</h1>" + "<p>长</p>" * 400},
            "many addresses": {"to": ['"接收者 %d, the" <r%d@sink.test>' % (i, i) for i in range(30)], "text": "t",
                               "cc": "卡萝 <c@sink.test>", "reply_to": "Desk <d@sink.test>"},
            "a large file": {"text": "see the file", "attachments": [
                {"filename": "a.bin", "content": base64.b64encode(random.Random(7).randbytes(300_000)).decode()}]},
            "two files, one kept in the body": {"content": "<p>x</p>", "attachments": [
                {"filename": "附件.bin", "content": base64.b64encode(bytes(200_001)).decode()},
                {"filename": "b.txt", "content": base64.b64encode(b"small").decode()}]},
            "a From of its own": {"from": "Ann Ü <ann@sink.test>", "text": "t"},
            "a From below the domain": {"from": "ann@news.sink.test", "text": "t"},
            "empty lines at the end": {"text": "a\n\n\n\n\n"},
            "nothing but empty lines": {"text": "\n\n\n"},
            "blanks at ends of lines": {"text": "a  \n \t \nb\t\n  \n"},
            "dots": {"text": ".\n..\n.a\n\n.\n"},
            "long lines": {"text": "x" * 5000 + "\n" + "y z " * 3000},
            "one's own headers": {"text": "t", "headers": {"X-Note": LONG, "List-Unsubscribe": "<https://sink.test/u?x=1>",
                                                           "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}},
            "hold": {"text": "t", "on_unknown": "hold"},
        }
        for name, fields in rows.items():
            with self.subTest(name):
                content = self.arrived(**fields)
                self.assert_signed(content, zone, 2)
                first, second = signatures(content)
                self.assertEqual((first["a"], second["a"]), ("ed25519-sha256", "rsa-sha256"))
                for tags in (first, second):
                    self.assertEqual((tags["c"], tags["d"], tags["v"]), ("relaxed/relaxed", "sink.test", "1"))
                    self.assertEqual(tags["h"].split(":")[:2], ["From", "From"])
                    self.assertLess(abs(int(tags["t"]) - time.time()), 120)
                    self.assertFalse({"l", "x", "i"} & set(tags))
        self.assertIn("List-Unsubscribe-Post", signatures(self.arrived(**rows["one's own headers"]))[0]["h"])

    def test_every_recipient_and_every_account_gets_a_good_one(self):
        key = self.create()
        self.engine.patch_account(self.account, max_recipients=3)
        other = mailserver.MailServer()
        self.addCleanup(other.stop)
        self.engine.make_account(other.port, email="second@sink.test", display_name="Second", priority=0)
        for _ in range(4):
            self.engine.send(to=["r%d@sink.test" % i for i in range(10)])
        engine.until(lambda: sum(len(mail.recipients) for mail in self.server.mails + other.mails) == 40, 30, "forty recipients")
        senders = set()
        for mail in self.server.mails + other.mails:
            self.assert_signed(mail.content, Zone(key), 1)
            senders.add(mail.parsed["From"])
        # From is the account's own, and each has its signature.
        self.assertEqual(len(senders), 2)

    def test_what_is_changed_on_the_way_fails(self):
        zone = Zone(self.create(), self.create(algorithm="ed25519"))
        content = self.arrived(text="the right words\n", cc="c@sink.test")
        self.assert_signed(content, zone, 2)
        head, _, body = content.partition(b"\r\n\r\n")
        changed = {
            "a word": content.replace(b"right", b"wrong"),
            "a line more": content + b"p.s.\r\n",
            "the subject": content.replace(b"Subject: a subject", b"Subject: b subject"),
            "a second From": b"From: <boss@sink.test>\r\n" + content,
            "a From behind the others": head + b"\r\nFrom: <boss@sink.test>\r\n\r\n" + body,
            "a second Subject": b"Subject: pay at once\r\n" + content,
            "a second To": head + b"\r\nTo: <x@sink.test>\r\n\r\n" + body,
            "another Content-Type": b"Content-Type: text/html\r\n" + content,
            "no Cc": content.replace(b"Cc: c@sink.test\r\n", b""),
        }
        for name, altered in changed.items():
            with self.subTest(name):
                self.assertNotEqual(altered, content)
                self.assertEqual(verdicts(altered, zone), [False, False])
        for name, altered in {
                "a Received": b"Received: from x by y; now\r\n" + content,
                "another Message-ID": content.replace(b"Message-ID: <", b"Message-ID: <x"),
                "blanks and empty lines": content.replace(b"words\r\n", b"words  \r\n\r\n\r\n"),
                "a header folded anew": content.replace(b"Subject: a subject", b"Subject:  a\r\n subject"),
        }.items():
            with self.subTest(name):
                self.assertNotEqual(altered, content)
                self.assertEqual(verdicts(altered, zone), [True, True])

    def test_a_finished_mail_keeps_the_signature_it_has(self):
        key = self.create()
        theirs = b"DKIM-Signature: v=1; a=rsa-sha256; c=simple/simple; d=elsewhere.test; s=x;\r\n h=from; bh=AAAA; b=BBBB\r\n"
        head = b"From: ann@sink.test\r\nTo: b@sink.test\r\nSubject: x\r\nsubject-like: y\r\nList-Id: one\r\nList-Id: two\r\n"
        for body in (b"", b"\r\n", b"text", b"text\r\n\r\n\r\n", b" a \t b \r\n \r\n.\r\n\t\r\n", b"\r\n\r\nx  \r\n" * 2000):
            with self.subTest(body[:30]):
                content = self.raw(theirs + head + b"\r\n" + body)
                self.assertIn(theirs, content)
                ours, before = signatures(content)
                self.assertEqual((ours["d"], before["d"]), ("sink.test", "elsewhere.test"))
                self.assertEqual(verdicts(content, Zone(key)), [True, False])

    def test_who_signs_for_whom(self):
        top = self.create(enable=False)
        self.assertEqual(signatures(self.arrived(text="t")), [])
        self.act(top, "enable")
        news = self.create("news.sink.test", algorithm="ed25519")
        zone = Zone(top, news)
        for sender, domain in (("a@sink.test", "sink.test"), ("a@news.sink.test", "news.sink.test"), ("a@other.test", None)):
            content = self.arrived(text="t", **{"from": sender})
            self.assertEqual([tags["d"] for tags in signatures(content)], [domain] if domain else [], sender)
            self.assert_signed(content, zone, 1 if domain else 0)
        # Without one of its own the domain above signs.
        self.act(news, "disable")
        content = self.arrived(text="t", **{"from": "a@news.sink.test"})
        self.assertEqual(signatures(content)[0]["d"], "sink.test")
        self.assert_signed(content, zone, 1)

    def test_a_key_is_rotated(self):
        old = self.create()
        new = self.act(old, "rotate", 201)
        self.assertEqual((new["domain"], new["algorithm"], new["is_active"]), (old["domain"], old["algorithm"], False))
        self.assertNotIn(new["selector"], old["selector"])
        self.assertNotEqual(new["record_value"], old["record_value"])
        content = self.arrived(text="t")
        self.assertEqual([tags["s"] for tags in signatures(content)], [old["selector"]])
        self.act(new, "enable")
        self.assertEqual((self.key(old)["is_active"], self.key(new)["is_active"]), (False, True))
        content = self.arrived(text="t")
        self.assertEqual([tags["s"] for tags in signatures(content)], [new["selector"]])
        self.assert_signed(content, Zone(old, new), 1)
        self.assert_refused(self.engine.request("DELETE", DKIM + "/" + new["id"]), 409, "conflict")
        self.assertEqual(self.engine.request("DELETE", DKIM + "/" + old["id"]).status, 200)
        self.assertEqual([key["id"] for key in self.engine.data_of(DKIM)["items"]], [new["id"]])
        self.assertEqual(self.engine.request("GET", DKIM + "/" + old["id"]).status, 404)

        # The next run signs from its first mail on, also what was accepted by this one.
        self.engine.stop()
        self.engine.start()
        self.assert_signed(self.arrived(text="t"), Zone(new), 1)
        acts = [(row["action"], row["target"]) for row in reversed(self.engine.data_of("/api/v1/admin/audit")["items"])]
        self.assertEqual([row for row in acts if row[0].startswith("dkim.")],
                         [("dkim.create", old["id"]), ("dkim.enable", old["id"]), ("dkim.rotate", new["id"]),
                          ("dkim.enable", new["id"]), ("dkim.remove", old["id"])])

    def test_a_stop_while_mail_is_signed_loses_nothing(self):
        zone = Zone(self.create(), self.create(algorithm="ed25519"))
        big = base64.b64encode(random.Random(8).randbytes(4_000_000)).decode()
        for turn in range(3):
            messages = [{"to": "r%d@sink.test" % i, "subject": "turn %d" % turn, "text": "t"} for i in range(80)]
            messages[::20] = [{**message, "attachments": [{"filename": "a.bin", "content": big}]} for message in messages[::20]]
            answer = self.engine.request("POST", "/api/v1/messages/email/batch", {"messages": messages})
            self.assertEqual(answer.data["accepted"], 80)
            self.engine.stop()
            self.engine.start()
            self.server.wait_for(80 * (turn + 1), 60)
        engine.until(lambda: self.engine.recipients("sent") == 240, 30, "the record of what was sent")
        mails = self.server.mails
        self.assertEqual(len({mail.parsed["Message-ID"] for mail in mails}), 240)
        self.assertEqual(len(mails), 240)
        for mail in mails[::7]:
            self.assert_signed(mail.content, zone, 2)

    def alter(self, statement, *values):
        self.engine.stop()
        database = sqlite3.connect(os.path.join(self.engine.data, "postroom.db"))
        with database:
            database.execute(statement, values)
        database.close()
        self.engine.start()

    def test_mail_waits_for_a_key_that_cannot_be_read(self):
        key = self.create()
        self.alter("UPDATE dkim_keys SET private_key = 'letmein'")
        self.assertEqual(self.key(key)["problem"], "dkim.key_unreadable")
        message = self.engine.send()
        waiting = self.engine.wait_for_reason(message, "retry.scheduled")
        self.assertEqual(waiting["waiting_for"]["params"]["reason"], "dkim.key_unreadable")
        self.assertEqual(self.engine.attempts(message)[0]["results"][0]["reason"], "dkim.key_unreadable")
        self.assertEqual(self.server.mails, [])
        # Its account is well: what another domain sends leaves.
        self.assertEqual(self.engine.account(self.account)["state"], "active")
        self.assertEqual(signatures(self.arrived(text="t", **{"from": "a@other.test"})), [])
        # Somebody makes a new one, and it signs what waited.
        self.assert_refused(self.engine.request("POST", "%s/%s/enable" % (DKIM, self.act(key, "disable")["id"])), 409, "conflict")
        new = self.create()
        self.assertEqual(self.engine.request("POST", "/api/v1/messages/%s/retry" % message).status, 200)
        self.engine.wait_for_status(message, "sent")
        self.assert_signed(self.server.wait_for(2)[-1].content, Zone(new), 1)

    def test_what_is_wrong_is_said(self):
        create = lambda body, token=None: self.engine.request("POST", DKIM, body, token)
        for field, value, reason in (("domain", "no domain", "address.domain_invalid"), ("domain", "[127.0.0.1]", "address.domain_invalid"),
                                     ("domain", "a..b", "address.domain_invalid"), ("domain", "x@y.test", "address.domain_invalid"),
                                     ("selector", "a_b", "selector.invalid"), ("selector", "-a", "selector.invalid"),
                                     ("selector", "a..b", "selector.invalid"), ("selector", "é", "selector.invalid"),
                                     ("selector", "a" * 64, "selector.invalid"), ("algorithm", "dsa", "field.not_allowed"),
                                     ("is_active", True, "field.read_only")):
            self.assert_refused(create({"domain": "sink.test", field: value}), 422, "validation.failed", {field: reason})
        long = ".".join(["d" * 60] * 4)
        self.assert_refused(create({"domain": long}), 422, "validation.failed", {"domain": "field.too_long"})
        first = create({"domain": "EXAMPLE.中国", "selector": "Mail.S1"}).data
        self.assertEqual((first["domain"], first["selector"]), ("example.xn--fiqs8s", "mail.s1"))
        self.assert_refused(create({"domain": "example.xn--fiqs8s", "selector": "mail.s1"}), 409, "already_exists")
        for scopes in (["send"], ["read"]):
            self.assert_refused(create({"domain": "sink.test"}, self.engine.token(scopes)), 403, "auth.scope")
        nobody = "0193a5b8-1f00-7a00-8000-1b2c3d4e5f60"
        for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/rotate"), ("POST", "/enable"), ("POST", "/disable")):
            self.assert_refused(self.engine.request(method, "%s/%s%s" % (DKIM, nobody, path)), 404, "not_found")

    def test_the_private_key_stays_inside(self):
        rsa, ed25519 = self.create(), self.create(algorithm="ed25519")
        self.arrived(text="t")
        shown = str([rsa, ed25519, self.engine.data_of(DKIM), self.engine.data_of("/api/v1/admin/audit")]) + self.engine.tail()
        self.engine.stop()
        with sqlite3.connect(os.path.join(self.engine.data, "postroom.db")) as database:
            for token, in database.execute("SELECT private_key FROM dkim_keys"):
                self.assertTrue(token.startswith("v1."), token)
                self.assertNotIn(token, shown)
        self.assertNotIn("PRIVATE", shown)
        for name in ("postroom.db", "postroom.db-wal"):
            path = os.path.join(self.engine.data, name)
            if os.path.exists(path):
                with open(path, "rb") as file:
                    self.assertNotIn(b"PRIVATE KEY", file.read())

    def test_the_command_line(self):
        made = self.engine.ctl("dkim", "create", "--domain", "sink.test", "--selector", "s1")
        self.assertEqual(made["record_name"], "s1._domainkey.sink.test")
        self.assertTrue(all(len(piece) <= 255 for piece in made["record_strings"]), made)
        self.assertEqual(("".join(made["record_strings"]), len(made["record_strings"])), (made["record_value"], 2))
        self.assertEqual(made["zone_line"], 's1._domainkey.sink.test. IN TXT ( "%s" "%s" )' % tuple(made["record_strings"]))
        key = dkim.crypto.parse_public_key(base64.b64decode(made["record_value"].partition("p=")[2]))
        self.assertEqual(key["modulus"].bit_length(), 2048)
        said = self.engine.run_ctl("dkim", "create", "--domain", "sink.test", "--algorithm", "ed25519", "--selector", "e1").stdout
        for words in ("e1._domainkey.sink.test", "v=DKIM1; k=ed25519; p=", "IN TXT", "dkim enable e1._domainkey.sink.test"):
            self.assertIn(words, said)
        self.assertIn("does not sign", self.engine.run_ctl("dkim", "list").stdout)
        self.assertTrue(self.engine.ctl("dkim", "enable", "S1._domainkey.sink.test")["is_active"])
        self.assertIn("s1._domainkey.sink.test (rsa): signs.", self.engine.run_ctl("dkim", "show", made["id"]).stdout)
        self.assert_signed(self.arrived(text="t"), Zone(made), 1)
        new = self.engine.ctl("dkim", "rotate", "s1._domainkey.sink.test")
        self.assertRegex(new["selector"], r"^pr\d{8}r$")
        self.assertEqual(self.engine.run_ctl("dkim", "remove", made["id"]).returncode, 6)
        self.assertFalse(self.engine.ctl("dkim", "disable", made["id"])["is_active"])
        self.assertEqual(self.engine.ctl("dkim", "remove", made["id"]), {"removed": made["id"]})
        self.assertEqual(self.engine.run_ctl("dkim", "show", made["id"]).returncode, 5)
        self.assertEqual(self.engine.run_ctl("dkim", "show", "s1._domainkey.sink.test").returncode, 5)
        self.assertEqual(self.engine.run_ctl("dkim", "create").returncode, 2)


if __name__ == "__main__":
    unittest.main()
