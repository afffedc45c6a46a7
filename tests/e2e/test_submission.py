#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""What a sender may ask for beside the mail: time, order, tags, pictures, batches, finished mails, and to be heard once."""

import base64
import datetime
import email.message
import email.policy
import http.client
import json
import os
import random
import socket
import threading
import time
import unittest

import engine
from engine import iso
from mailserver import MailServer

BATCH = "/api/v1/messages/email/batch"
RAW = "/api/v1/messages/email/raw"
LEAST = {"to": "a@sink.test", "subject": "a subject", "content": "<p>a text</p>"}


def when(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


class SubmissionCase(engine.EngineCase):
    def setUp(self):
        super().setUp()
        self.server = MailServer()
        self.addCleanup(self.server.stop)

    def start(self, **account):
        self.engine = self.start_engine()
        self.account = self.engine.make_account(self.server.port, **account)

    def post(self, path, body, key=None, **headers):
        return self.engine.request("POST", path, body, None, {**headers, **({"Idempotency-Key": key} if key else {})})

    def assert_balanced(self):
        self.assertEqual(self.engine.metric("postroom_ledger_imbalance"), 0)

    def subjects(self):
        return [mail.parsed["subject"] for mail in self.server.mails]


class Schedules(SubmissionCase):
    def test_scheduled_mail_leaves_at_its_time_and_not_before(self):
        self.start()
        at = iso(3)
        answer = self.post(engine.SEND, {**LEAST, "to": ["a@sink.test", "b@sink.test"], "scheduled_at": at})
        self.assertEqual((answer.status, answer.data["status"]), (202, "scheduled"), answer)
        message = self.engine.message(answer.data["message_id"])
        self.assertEqual((message["status"], message["scheduled_at"], message["recipient_counts"]), ("scheduled", at, {"scheduled": 2}), message)
        self.assertEqual((message["waiting_for"]["code"], message["waiting_for"]["until"]), ("message.scheduled", at), message)
        self.assertEqual(when(message["expires_at"]) - when(at), datetime.timedelta(hours=48))
        self.assertEqual(self.engine.recipients("scheduled"), 2)
        self.assert_balanced()
        self.server.wait_for(1)
        now = datetime.datetime.now(datetime.timezone.utc)
        self.assertGreaterEqual(now, when(at))
        self.assertLess(now - when(at), datetime.timedelta(seconds=5))
        # The day a reader sorts it by is the day it left.
        self.assertEqual(int(self.server.mails[0].parsed["date"].datetime.timestamp()), int(when(at).timestamp()))
        self.engine.wait_for_status(message["id"], "sent")
        self.assertEqual((self.engine.recipients("scheduled"), self.engine.recipients("sent")), (0, 2))
        self.assert_balanced()

    def test_it_survives_a_kill_and_leaves_in_time_or_at_once(self):
        self.start()
        first = self.engine.send(subject="first", scheduled_at=iso(2))
        second = self.engine.send(subject="second", scheduled_at=iso(9))
        never = self.engine.send(subject="never", scheduled_at="9999-12-31T23:59:59.999Z")
        self.engine.kill()
        time.sleep(2.2)  # the first comes due while nobody is there
        self.assertEqual(self.server.mails, [])
        self.engine.start()
        self.engine.wait_for_status(first, "sent")
        self.assertEqual(self.engine.message(second)["status"], "scheduled")
        self.engine.wait_for_status(second, "sent")
        self.assertEqual(self.subjects(), ["first", "second"])
        self.assertEqual(self.engine.message(never)["expires_at"], "9999-12-31T23:59:59.999Z")
        self.engine.stop()
        self.engine.start()
        self.assertEqual(self.engine.message(never)["status"], "scheduled")
        self.assert_balanced()

    def test_what_is_scheduled_can_be_cancelled(self):
        self.start()
        message = self.engine.send(scheduled_at=iso(2), expires_at=iso(60))
        self.assertEqual(self.post("/api/v1/messages/%s/cancel" % message, None).data["changed"], 1)
        self.assertEqual(self.engine.message(message)["status"], "cancelled")
        after = self.engine.send(subject="after", scheduled_at=iso(2.5))
        self.engine.wait_for_status(after, "sent")
        self.assertEqual(self.subjects(), ["after"])
        self.assert_balanced()

    def test_the_past_is_now_and_what_comes_too_late_expires(self):
        self.start()
        self.engine.wait_for_status(self.engine.send(scheduled_at="2001-01-01T00:00:00+08:00"), "sent")
        late = self.engine.send(subject="late", scheduled_at=iso(1), expires_at=iso(2))
        self.engine.kill()
        time.sleep(2.2)
        self.engine.start()
        self.engine.wait_for_status(late, "expired")
        self.assertEqual(self.subjects(), ["a subject"])
        self.assert_balanced()


class Orders(SubmissionCase):
    def test_greater_priority_goes_first(self):
        # One connection, and an account that is not there yet: all of them wait, then go one by one.
        self.engine = self.start_engine()
        for n in range(30):
            self.engine.send(subject="%d-%02d" % (n % 3 * 4, n), priority=n % 3 * 4)
        scheduled = self.engine.send(subject="9-99", priority=9, scheduled_at=iso(0.3))
        self.engine.wait_for_reason(scheduled, "account.none")
        engine.until(lambda: self.engine.queue()["in_memory"] == 31, 20, "all of them in the window")
        self.engine.make_account(self.server.port, max_connections=1)
        self.server.wait_for(31)
        expected = ["9-99"] + ["%d-%02d" % (p, n) for p in (8, 4, 0) for n in range(30) if n % 3 * 4 == p]
        self.assertEqual(self.subjects(), expected)
        self.assert_balanced()

    def test_it_does_so_after_a_kill_too(self):
        self.engine = self.start_engine()
        for n in range(20):
            self.engine.send(subject="%d" % (n % 10), priority=n % 10)
        self.engine.kill()
        self.engine.start()
        self.engine.make_account(self.server.port, max_connections=1)
        self.server.wait_for(20)
        self.assertEqual(self.subjects(), [str(n) for n in range(9, -1, -1) for _ in range(2)])
        self.assert_balanced()


class Contents(SubmissionCase):
    def test_labels_come_back_and_are_not_sent(self):
        self.start()
        message = self.engine.send(tags=["invoice", "主题", "invoice"], metadata={"order": "secret-1234", "名": "值"}, priority=3, locale="zh-CN")
        seen = self.engine.message(message)
        self.assertEqual((seen["tags"], seen["metadata"], seen["priority"], seen["locale"], seen["scheduled_at"]),
                         (["invoice", "主题"], {"order": "secret-1234", "名": "值"}, 3, "zh-CN", None))
        self.assertNotIn(b"secret-1234", self.server.wait_for(1)[0].content)
        listed = self.engine.data_of("/api/v1/messages")["items"][0]
        self.assertEqual((listed["tags"], listed["priority"]), (seen["tags"], 3))

    def test_a_picture_stands_inside_the_html(self):
        self.start()
        small, large = b"\x89PNG small", b"\x89PNG large" * 20_000
        self.engine.send(content='<p>Hello <img src="cid:logo"><img src="cid:big@x"></p>', attachments=[
            {"filename": "logo.png", "content_type": "image/png", "content": base64.b64encode(small).decode(), "content_id": "logo"},
            {"filename": "a.txt", "content_type": "text/plain", "content": base64.b64encode(b"file").decode()},
            {"filename": "big.png", "content_type": "image/png", "content": base64.b64encode(large).decode(), "content_id": "big@x"}])
        mail = self.server.wait_for(1)[0].parsed
        self.assertEqual([part.get_content_type() for part in mail.walk()],
                         ["multipart/mixed", "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png", "image/png", "text/plain"])
        self.assertEqual(mail.defects, [])
        html = mail.get_body(("html",))
        self.assertIn("cid:logo", html.get_content())
        pictures = [part for part in mail.walk() if part.get_content_type() == "image/png"]
        self.assertEqual([(part["content-id"], part.get_content_disposition(), part.get_content()) for part in pictures],
                         [("<logo>", "inline", small), ("<big@x>", "inline", large)])
        self.assertEqual([part.get_filename() for part in mail.iter_attachments()], ["a.txt"])

    def test_large_files_go_to_the_disk_as_they_come(self):
        """Each body is 12 MB: held whole, once as text and once as bytes, eight of them would show."""
        self.start()
        files = [random.Random(n).randbytes(9_000_000 + n) for n in range(8)]
        before = self.engine.high_water()
        answers = []
        threads = [threading.Thread(target=lambda n=n: answers.append(self.engine.send(
            subject=str(n), attachments=[self.file(files[n])]))) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertLess(self.engine.high_water() - before, 60_000_000)
        mails = {mail.parsed["subject"]: mail.parsed for mail in self.server.wait_for(8, 120)}
        for n in range(8):
            self.assertEqual([part.get_content() for part in mails[str(n)].iter_attachments()], [files[n]])
        self.assertEqual(len(self.stored()), 8)

    def test_the_same_large_file_is_kept_once(self):
        self.start()
        one, other = b"one" * 50_000, b"other" * 50_000
        item = {**LEAST, "attachments": [self.file(one), self.file(other), self.file(one)]}
        answer = self.post(BATCH, {"messages": [item, item, {**LEAST, "attachments": [self.file(other)]}]})
        self.assertEqual((answer.status, answer.data["accepted"]), (202, 3), answer)
        mails = self.server.wait_for(3)
        self.assertEqual(sorted(len(list(mail.parsed.iter_attachments())) for mail in mails), [1, 3, 3])
        self.assertEqual({part.get_content() for mail in mails for part in mail.parsed.iter_attachments()}, {one, other})
        self.assertEqual(len(self.stored()), 2)

    def test_of_a_large_file_that_is_refused_nothing_stays(self):
        self.start()
        good, bad = self.file(b"good" * 50_000), {"filename": "bad", "content": "QUFB" * 50_000 + "?"}
        answer = self.post(engine.SEND, {**LEAST, "attachments": [good, bad]})
        self.assert_refused(answer, 422, "validation.failed", {"attachments[1].content": "attachment.not_base64"})
        answer = self.post(engine.SEND, {**LEAST, "attachments": [good, self.file(b"x" * 10_485_761)]})
        self.assert_refused(answer, 422, "validation.failed", {"attachments[1].content": "attachment.too_large"})
        answer = self.post(BATCH, {"messages": [{**LEAST, "attachments": [bad]}, LEAST]})
        self.assertEqual([item["status_code"] for item in answer.data["results"]], [422, 202], answer)
        # Where no file may stand, it is a field like any other.
        answer = self.post("/api/v1/messages/email/send", {**LEAST, "messages": [{"attachments": [good]}]})
        self.assert_refused(answer, 422, "validation.failed", {"messages": "field.unknown"})
        text = json.dumps({**LEAST, "attachments": [good]})
        with self.assertRaises(OSError):
            self.raw(text[:200_000], len(text))
        self.assertEqual(self.raw(text[:-1], len(text) - 1)["error"], "json.invalid")
        self.assertEqual(self.raw(text + " {", len(text) + 2)["error"], "json.invalid")
        twice = text[:-1] + ', "to": "b@sink.test"}'
        refused = self.raw(twice, len(twice))
        self.assertEqual([(one["field"], one["reason"]) for one in refused["details"]], [("to", "json.duplicate_key")])
        self.assertEqual(self.stored(), [])
        engine.until(lambda: not self.arriving(), 10, "what was begun to be removed")

    def test_a_large_file_is_part_of_what_an_idempotency_key_stands_for(self):
        self.start()
        first = self.post(engine.SEND, {**LEAST, "attachments": [self.file(b"a" * 100_000)]}, "a key")
        self.assertEqual(first.status, 202, first)
        again = self.post(engine.SEND, {"attachments": [self.file(b"a" * 100_000)], **LEAST}, "a key")
        self.assertEqual((again.status, again.data), (202, first.data), again)
        other = self.post(engine.SEND, {**LEAST, "attachments": [self.file(b"b" * 100_000)]}, "a key")
        self.assert_refused(other, 422, "validation.failed", {"Idempotency-Key": "idempotency.body_differs"})
        self.assertEqual(len(self.server.wait_for(1)), 1)

    def file(self, content):
        return {"filename": "a.bin", "content_type": "application/octet-stream", "content": base64.b64encode(content).decode()}

    def stored(self):
        return [name for _, _, names in os.walk(os.path.join(self.engine.data, "attachments")) for name in names if len(name) == 64]

    def arriving(self):
        return os.listdir(os.path.join(self.engine.data, "attachments", "arriving"))

    def raw(self, body, length):
        """Sends this as a body of that length; the answer's JSON, or the connection ends without one."""
        connection = http.client.HTTPConnection("127.0.0.1", self.engine.port(), timeout=20)
        self.addCleanup(connection.close)
        connection.putrequest("POST", engine.SEND)
        for name, value in (("Authorization", "Bearer " + self.engine.local_token()), ("Content-Type", "application/json"),
                            ("Content-Length", str(length))):
            connection.putheader(name, value)
        connection.endheaders(body.encode())
        if len(body) < length:
            connection.sock.shutdown(socket.SHUT_WR)
        return json.loads(connection.getresponse().read())

    def test_one_click_unsubscribe_leaves_as_it_was_said(self):
        self.start()
        link = "<https://example.com/u?" + "x" * 300 + ">, <mailto:u@example.com>"
        self.engine.send(headers={"List-Unsubscribe": link, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"})
        mail = self.server.wait_for(1)[0].parsed
        self.assertEqual((mail["list-unsubscribe"], mail["list-unsubscribe-post"]), (link, "List-Unsubscribe=One-Click"))

    def test_a_thousand_recipients_each_have_a_delivery(self):
        self.start(max_recipients=1000)
        message = self.engine.send(to=["r%d@sink.test" % n for n in range(400)], cc=["c%d@sink.test" % n for n in range(300)],
                                   bcc=["b%d@sink.test" % n for n in range(300)], priority=1)
        seen = self.engine.wait_for_status(message, "sent")
        self.assertEqual((len(seen["deliveries"]), seen["recipient_counts"]), (1000, {"sent": 1000}))
        self.assertEqual(sorted(to for mail in self.server.mails for to in mail.recipients), sorted(d["recipient"] for d in seen["deliveries"]))
        self.assert_balanced()


class Raws(SubmissionCase):
    def raw(self, mail, query="", key=None):
        return self.post(RAW + query, mail, key, **{"Content-Type": "message/rfc822"})

    def test_a_finished_mail_leaves_as_it_came(self):
        self.start(from_addresses=["*@sink.test"])
        mail = email.message.EmailMessage(policy=email.policy.SMTP)
        mail["From"], mail["To"], mail["Cc"], mail["Bcc"] = "张三 <me@sink.test>", "a@sink.test, Bea <b@sink.test>", "c@sink.test", "d@sink.test"
        mail["Subject"] = "您好"
        mail["X-Own"] = "kept"
        mail.set_content("Grüße\n.\nFrom me\n")
        mail.add_alternative("<p>Grüße</p>", subtype="html")
        mail.add_attachment(bytes(range(256)), maintype="application", subtype="octet-stream", filename="a.bin")
        answer = self.raw(mail.as_bytes(), "?tag=x&tag=y&priority=2&metadata=%7B%22a%22%3A%22b%22%7D")
        self.assertEqual((answer.status, [r["recipient"] for r in answer.data["recipients"]]),
                         (202, ["a@sink.test", "b@sink.test", "c@sink.test", "d@sink.test"]), answer)
        seen = self.engine.wait_for_status(answer.data["message_id"], "sent")
        self.assertEqual((seen["subject"], seen["from"], seen["tags"], seen["priority"], seen["metadata"], [d["kind"] for d in seen["deliveries"]]),
                         ("您好", "me@sink.test", ["x", "y"], 2, {"a": "b"}, ["to", "to", "cc", "bcc"]), seen)
        came = self.server.mails[0].parsed
        self.assertEqual((came["subject"], came["from"], came["x-own"], came["bcc"]), ("您好", "张三 <me@sink.test>", "kept", None))
        self.assertEqual(came["message-id"], seen["message_id_header"])
        self.assertIsNotNone(came["date"])
        self.assertEqual(came.get_body(("plain",)).get_content().replace("\r\n", "\n"), "Grüße\n.\nFrom me\n")
        self.assertEqual([part.get_content() for part in came.iter_attachments()], [bytes(range(256))])
        self.assertTrue(self.server.mails[0].content.isascii())
        self.assert_balanced()

    def test_the_query_may_say_who_gets_it(self):
        self.start()
        answer = self.raw(b"To: team@elsewhere.test\nSubject: x\n\ntext\n", "?to=x%40sink.test&to=team%40elsewhere.test")
        self.assertEqual([r["recipient"] for r in answer.data["recipients"]], ["x@sink.test", "team@elsewhere.test"])
        mail = self.server.wait_for(1)[0]
        self.assertEqual((sorted(mail.recipients), mail.parsed["to"], mail.parsed["from"]),
                         (["team@elsewhere.test", "x@sink.test"], "team@elsewhere.test", "sender@sink.test"))

    def test_what_can_not_go_out_is_refused_by_name(self):
        self.start()
        for mail, query, reasons in (
                (b"", "", {"mail": "mail.empty"}),
                (b"nonsense", "", {"mail": "mail.header_invalid"}),
                (b"Subject: x\n\ntext", "", {"to": "field.required"}),
                (b"To: nobody\n\ntext", "", {"mail.to": "address.invalid"}),
                ("Subject: ü\nTo: a@b.test\n\ntext".encode(), "", {"mail": "mail.header_not_ascii"}),
                (b"To: a@b.test\n\n\xff\0", "", {"mail": "mail.control_character"}),
                (b"To: a@b.test\n\ntext", "?to=x", {"to": "address.invalid"}),
                (b"To: a@b.test\n\ntext", "?to=", {"to[0]": "field.empty"}),
                (b"To: a@b.test\n\ntext", "?priority=x", {"priority": "field.type"}),
                (b"To: a@b.test\n\ntext", "?priority=10", {"priority": "field.too_large"}),
                (b"To: a@b.test\n\ntext", "?metadata=%5B%5D", {"metadata": "field.type"}),
                (b"To: a@b.test\n\ntext", "?locale=zh&locale=en", {"locale": "field.too_many"}),
                (b"To: a@b.test\n\ntext", "?subject=x", {"subject": "field.unknown"}),
                (b"To: a@b.test\n\ntext", "?account=none", {"account": "account.unknown"}),
                (b"To: a@b.test\n\ntext", "?scheduled_at=tomorrow", {"scheduled_at": "field.type"}),
                (b"To: a@b.test\n\n" + b"x\n" * 11_000_000, "", {"": "message.too_large"})):
            with self.subTest(mail=mail[:40], query=query):
                self.assert_refused(self.raw(mail, query), 422, "validation.failed", reasons)
        self.assert_refused(self.post(RAW, b"To: a@b.test\n\nx"), 415, "request.media_type")
        self.assertEqual(self.engine.data_of("/api/v1/messages")["items"], [])


class Batches(SubmissionCase):
    def test_each_is_judged_alone(self):
        self.start()
        items = [{**LEAST, "subject": "one"}, {**LEAST, "to": "nobody"}, 7, {**LEAST, "subject": "two", "to": ["a@sink.test", "b@sink.test"]},
                 {**LEAST, "more": 1}, {**LEAST, "subject": "three", "scheduled_at": iso(3600)}, {**LEAST, "account": "none"}]
        data = self.post(BATCH, {"messages": items}).data
        self.assertEqual((data["accepted"], data["refused"]), (3, 4))
        self.assertEqual([(r["index"], r["status_code"], r["status"], [d["reason"] for d in r["details"]]) for r in data["results"]], [
            (0, 202, "queued", []), (1, 422, None, ["address.invalid"]), (2, 422, None, ["field.type"]), (3, 202, "queued", []),
            (4, 422, None, ["field.unknown"]), (5, 202, "scheduled", []), (6, 422, None, ["account.unknown"])])
        self.assertEqual(data["results"][1]["error"], "validation.failed")
        for result in (data["results"][0], data["results"][3]):
            seen = self.engine.wait_for_status(result["message_id"], "sent")
            self.assertEqual([d["id"] for d in seen["deliveries"]], [r["id"] for r in result["recipients"]])
        self.assertEqual(sorted(self.subjects()), ["one", "two"])
        self.assertEqual(len(self.engine.data_of("/api/v1/messages")["items"]), 3)
        self.assert_balanced()

    def test_what_is_no_batch_is_refused_as_a_whole(self):
        self.start()
        for body, reasons in (({}, {"messages": "field.required"}), ({"messages": []}, {"messages": "field.empty"}),
                              ({"messages": {}}, {"messages": "field.type"}), ({"messages": None}, {"messages": "field.type"}),
                              ({"messages": [LEAST] * 1001}, {"messages": "field.too_many"}),
                              ({"messages": [LEAST], "to": "x"}, {"to": "field.unknown"})):
            self.assert_refused(self.post(BATCH, body), 422, "validation.failed", reasons)
        self.assertEqual(self.engine.data_of("/api/v1/messages")["items"], [])

    def test_a_batch_has_ten_thousand_recipients_at_most(self):
        self.start()
        many = {**LEAST, "to": ["r%d@sink.test" % n for n in range(1000)], "account": "sandbox"}
        data = self.post(BATCH, {"messages": [many] * 9 + [{**LEAST, "account": "sandbox"}, many, LEAST]}).data
        self.assertEqual([one["status_code"] for one in data["results"]], [202] * 10 + [422, 202])
        self.assertEqual(data["results"][10]["details"][0]["reason"], "field.too_many")

    def test_a_batch_does_not_ask_for_uploads_without_end(self):
        self.start()
        ids = ["0190b0b0-0000-7000-8000-%012x" % n for n in range(5100)]
        messages = [{**LEAST, "attachments": [{"attachment_id": one} for one in ids[n * 100:n * 100 + 100]]} for n in range(51)]
        self.assert_refused(self.post(BATCH, {"messages": messages}), 422, "validation.failed", {"messages": "field.too_many"})
        # More than a message may have are not looked up, and refused where the message is.
        data = self.post(BATCH, {"messages": [{**LEAST, "attachments": [{"attachment_id": one} for one in ids]}, LEAST]}).data
        self.assertEqual([one["status_code"] for one in data["results"]], [422, 202])

    def test_a_thousand_at_once(self):
        self.start(max_connections=20)
        started = time.monotonic()
        data = self.post(BATCH, {"messages": [{**LEAST, "subject": "s%d" % n, "tags": ["t"]} for n in range(1000)]}, key="k").data
        print("a batch of 1000 was accepted in %d ms" % ((time.monotonic() - started) * 1000))
        self.assertEqual((data["accepted"], data["refused"]), (1000, 0))
        self.assertEqual(len({r["message_id"] for r in data["results"]}), 1000)
        self.server.wait_for(1000, 120)
        engine.until(lambda: self.engine.recipients("sent") == 1000, 30, "the end of all")
        self.assert_balanced()


class Repetitions(SubmissionCase):
    def test_a_repeated_request_is_answered_as_before(self):
        self.start()
        for path, body in ((engine.SEND, LEAST), (BATCH, {"messages": [LEAST, {**LEAST, "to": "nobody"}]})):
            first = self.post(path, body, "key of " + path)
            again = self.post(path, json.dumps(body, indent=3, sort_keys=True), "key of " + path)
            self.assertEqual((again.status, again.text), (first.status, first.text))
            self.assertEqual((first.headers["Idempotency-Replayed"], again.headers["Idempotency-Replayed"]), (None, "true"))
            self.assert_refused(self.post(path, {**body, "locale": "zh"} if path == engine.SEND else {"messages": [LEAST]}, "key of " + path),
                                422, "validation.failed", {"Idempotency-Key": "idempotency.body_differs"})
        raw = {"Content-Type": "message/rfc822"}
        first, again = (self.post(RAW + "?to=r@sink.test", b"Subject: raw\n\nx\n", "k3", **raw) for _ in range(2))
        self.assertEqual((again.text, again.headers["Idempotency-Replayed"]), (first.text, "true"))
        self.assert_refused(self.post(RAW + "?to=s@sink.test", b"Subject: raw\n\nx\n", "k3", **raw), 422, "validation.failed")
        # The same key on another route is another request.
        self.assert_refused(self.post(engine.SEND, LEAST, "k3"), 422, "validation.failed", {"Idempotency-Key": "idempotency.body_differs"})
        self.server.wait_for(3)
        self.assertEqual(self.engine.queue()["recipients"]["accepted"], 3)
        self.assert_balanced()

    def test_keys_belong_to_who_uses_them(self):
        self.start()
        ids = {self.engine.request("POST", engine.SEND, LEAST, token, {"Idempotency-Key": "same"}).data["message_id"]
               for token in (None, self.engine.token(), self.engine.token())}
        self.assertEqual(len(ids), 3)

    def test_a_refusal_is_not_kept(self):
        self.start()
        self.assert_refused(self.post(engine.SEND, {**LEAST, "to": "nobody"}, "k"), 422, "validation.failed", {"to": "address.invalid"})
        self.assert_refused(self.post(engine.SEND, {**LEAST, "more": 1}, "k"), 422, "validation.failed", {"more": "field.unknown"})
        self.assertEqual(self.post(BATCH, {"messages": [{}]}, "k").data["accepted"], 0)
        self.assertEqual(self.post(engine.SEND, LEAST, "k").status, 202)

    def test_a_key_that_is_none_is_refused(self):
        self.start()
        for key, reason in ((" ", "field.empty"), ("k" * 256, "field.too_long"), ("caf\xe9", "field.not_allowed")):
            self.assert_refused(self.post(engine.SEND, LEAST, key), 422, "validation.failed", {"Idempotency-Key": reason})
        self.assertEqual(self.post(engine.SEND, LEAST, "k" * 255).status, 202)

    def test_twins_make_one_message(self):
        self.start()
        body = {**LEAST, "content": "<p>x</p>" * 100_000}
        answers = []
        threads = [threading.Thread(target=lambda: answers.append(self.post(engine.SEND, body, "twin"))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        taken = [answer for answer in answers if answer.status == 202]
        self.assertEqual(len(answers), 8)
        self.assertEqual(len({answer.data["message_id"] for answer in taken}), 1)
        for answer in answers:
            if answer.status != 202:
                self.assert_refused(answer, 409, "conflict", {"Idempotency-Key": "idempotency.in_progress"})
                self.assertEqual(answer.headers["Retry-After"], "1")
        self.assertEqual(self.engine.queue()["recipients"]["accepted"], 1)

    def test_it_holds_over_kills(self):
        self.start()
        sent = {}
        for n in range(60):
            body, key = {**LEAST, "subject": "s%d" % n, "to": "r%d@sink.test" % n}, "key %d" % n
            if n % 10 == 7:
                # Killed somewhere between the request and its answer.
                killer = threading.Timer(0.002 * (n // 10), self.engine.kill)
                killer.start()
                try:
                    self.post(engine.SEND, body, key)
                except (OSError, engine.http.client.HTTPException, ValueError):
                    pass
                killer.join()
                self.engine.start()
            first = self.post(engine.SEND, body, key).data["message_id"]
            self.assertEqual(self.post(engine.SEND, body, key).data["message_id"], first)
            sent[key] = first
        self.engine.kill()
        self.engine.start()
        for n, (key, message) in enumerate(sent.items()):
            answer = self.post(engine.SEND, {**LEAST, "subject": "s%d" % n, "to": "r%d@sink.test" % n}, key)
            self.assertEqual((answer.data["message_id"], answer.headers["Idempotency-Replayed"]), (message, "true"))
        for message in sent.values():
            self.engine.wait_for_status(message, "sent")
        self.assertEqual(self.engine.queue()["recipients"]["accepted"], 60)
        self.assert_balanced()


class Commands(SubmissionCase):
    def test_the_command_line_says_it_all(self):
        self.start()
        words = ("send", "--to", "a@sink.test", "--subject", "x", "--text", "y", "--tag", "a", "--tag", "b", "--metadata", "order=1=2", "--priority", "3",
                 "--at", iso(3600), "--expires", iso(7200), "--locale", "zh-CN", "--header", "X-A: b", "--idempotency-key", "once")
        first, again = (self.engine.ctl(*words)["message_id"] for _ in range(2))
        self.assertEqual(first, again)
        seen = self.engine.message(first)
        self.assertEqual((seen["status"], seen["tags"], seen["metadata"], seen["priority"], seen["locale"]),
                         ("scheduled", ["a", "b"], {"order": "1=2"}, 3, "zh-CN"))
        shown = self.engine.run_ctl("messages", "show", first).stdout
        for line in ("Scheduled", "Priority    3", "Tags        a, b", "Metadata    order = 1=2", "Locale      zh-CN"):
            self.assertIn(line, shown)
        for wrong in (("--at", "tomorrow"), ("--metadata", "x"), ("--priority", "10")):
            self.assertNotEqual(self.engine.run_ctl("send", "--to", "a@sink.test", "--subject", "x", "--text", "y", *wrong).returncode, 0)


if __name__ == "__main__":
    unittest.main()
