#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""Everything a caller can get wrong gets its status, code, field and reason; leaves no row; disturbs no neighbour."""

import base64
import contextlib
import http.client
import json
import os
import re
import socket
import sqlite3
import tempfile
import time
import unittest

import jwt

import engine

LEAST = {"to": "a@sink.test", "subject": "s", "content": "<p>c</p>"}
B64 = base64.b64encode(b"x").decode()


def send(**fields):
    """A good body with `fields` over it; a field of None is left out."""
    return {name: value for name, value in {**LEAST, **fields}.items() if value is not None}


def attached(**fields):
    return send(attachments=[{name: value for name, value in {"filename": "a.pdf", "content_type": "application/pdf", "content": B64, **fields}.items()
                              if value is not None}])


CONTROL = "field.control_character"

# Bodies of send that pass as JSON: what is sent -> the fields named, with their reasons.
SEND_ROWS = [
    # missing
    (send(to=None), {"to": "field.required"}),
    (send(subject=None), {"subject": "field.required"}),
    (send(content=None), {"content": "field.required"}),
    ({}, {"to": "field.required", "subject": "field.required"}),
    # unknown
    (send(too="a@sink.test"), {"too": "field.unknown"}),
    (send(To="a@sink.test"), {"To": "field.unknown"}),
    (send(html="<p>x</p>"), {"html": "field.unknown"}),
    (send(id="1", status="sent"), {"id": "field.unknown", "status": "field.unknown"}),
    (attached(name="x"), {"attachments[0].name": "field.unknown"}),
    # what does not go together
    (send(template="welcome"), {"subject": "field.not_allowed", "content": "field.not_allowed", "template": "template.unknown"}),
    (send(variables={"a": 1}), {"variables": "field.not_allowed"}),
    (attached(attachment_id="x"), {"attachments[0].attachment_id": "field.not_allowed"}),
    # what is said beside the mail
    *((send(tags=value), {"tags": "field.type"}) for value in ("x", 1, {})),
    *(({**send(), name: None}, {name: "field.type"}) for name in ("tags", "metadata", "priority", "scheduled_at", "expires_at", "locale")),
    *((send(tags=[value]), {"tags[0]": "field.type"}) for value in (1, None, [], {})),
    (send(tags=["a", ""]), {"tags[1]": "field.empty"}),
    (send(tags=["x" * 65]), {"tags[0]": "field.too_long"}),
    (send(tags=["中" * 65]), {"tags[0]": "field.too_long"}),
    (send(tags=["x" * 300]), {"tags[0]": "field.too_long"}),
    (send(tags=["a\nb"]), {"tags[0]": CONTROL}),
    (send(tags=["t%d" % n for n in range(11)]), {"tags": "field.too_many"}),
    *((send(metadata=value), {"metadata": "field.type"}) for value in ("x", 1, [])),
    *((send(metadata={"a": value}), {"metadata.a": "field.type"}) for value in (1, None, [], {}, True)),
    (send(metadata={"a": "x" * 501}), {"metadata.a": "field.too_long"}),
    (send(metadata={"x" * 65: "a"}), {"metadata." + "x" * 64 + "...": "field.too_long"}),
    (send(metadata={"": "a"}), {"metadata.": "field.empty"}),
    (send(metadata={"a": "b\0"}), {"metadata.a": CONTROL}),
    (send(metadata={"a\r\nb": "x"}), {"metadata.a??b": CONTROL}),
    (send(metadata={"n%d" % n: "x" for n in range(51)}), {"metadata": "field.too_many"}),
    *((send(priority=value), {"priority": "field.type"}) for value in ("1", True, [], 1.5)),
    (send(priority=-1), {"priority": "field.too_small"}),
    (send(priority=10), {"priority": "field.too_large"}),
    (send(priority=1 << 63), {"priority": "field.too_large"}),
    *((send(**{name: value}), {name: "field.type"}) for name in ("scheduled_at", "expires_at")
      for value in (1, True, [], "tomorrow", "2027-01-01", "2027-01-01T00:00:00", "2027-13-01T00:00:00Z", "0", "2027-01-01T00:00:00 Europe/Berlin")),
    *((send(**{name: ""}), {name: "field.empty"}) for name in ("scheduled_at", "expires_at")),
    *((send(**{name: "2" * 41}), {name: "field.too_long"}) for name in ("scheduled_at", "expires_at")),
    *((send(**{name: "2027-01-01T00:00:00Z\n"}), {name: CONTROL}) for name in ("scheduled_at", "expires_at")),
    (send(expires_at="2001-01-01T00:00:00Z"), {"expires_at": "field.too_small"}),
    (send(scheduled_at="2222-01-01T00:00:00Z", expires_at="2222-01-01T00:00:00Z"), {"expires_at": "field.too_small"}),
    *((send(locale=value), {"locale": "field.type"}) for value in (1, [], {})),
    (send(locale="zh CN"), {"locale": "field.not_allowed"}),
    (send(locale="z" * 36), {"locale": "field.too_long"}),
    (send(locale="zh\n"), {"locale": CONTROL}),
    *((attached(content_id=value), {"attachments[0].content_id": "field.type"}) for value in (1, [], {})),
    *((attached(content_id=value), {"attachments[0].content_id": "attachment.content_id_invalid"}) for value in ("<a>", "a b", "é", "a\"b")),
    (attached(content_id="x" * 201), {"attachments[0].content_id": "field.too_long"}),
    (attached(content_id="a\r\nb"), {"attachments[0].content_id": CONTROL}),
    (send(attachments=[{"filename": "a", "content": B64, "content_id": "x"}] * 2), {"attachments[1].content_id": "attachment.content_id_invalid"}),
    *((send(headers={name: "x"}), {"headers." + name: "header.reserved"}) for name in (
        "From", "date", "Message-Id", "DKIM-Signature", "Received", "Return-Path", "Sender", "To", "Cc", "BCC", "MIME-Version", "Content-Type",
        "Content-Transfer-Encoding", "Resent-From", "ARC-Seal", "Authentication-Results", "Received-SPF", "DomainKey-Signature", "Delivered-To")),
    *((send(headers={"List-Unsubscribe": value}), {"headers.List-Unsubscribe": "header.unsubscribe_invalid"}) for value in (
        "", "https://example.com/u", "<ftp://example.com>", "<javascript:x>", "<https://a> <https://b>", "<https://a>,", "<https://a b>", "<https://é>",
        "<https://%s>" % ("x" * 900))),
    *((send(headers={"List-Unsubscribe": "<https://a>", "List-Unsubscribe-Post": value}),
       {"headers.List-Unsubscribe-Post": "header.unsubscribe_invalid"}) for value in ("", "Yes", "list-unsubscribe=one-click")),
    *((send(headers={**more, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}),
       {"headers.List-Unsubscribe-Post": "header.unsubscribe_invalid"}) for more in ({}, {"List-Unsubscribe": "<mailto:u@a.test>"})),
    # wrong type
    *((send(**{name: value}), {name: "field.type"}) for name in ("to", "cc", "bcc", "reply_to") for value in (1, True, {}, 1.5)),
    *((send(**{name: value}), {name: "field.type"}) for name in ("subject", "content", "text", "from", "account", "on_unknown")
      for value in (1, True, {}, ["x"])),
    *((send(to=[value]), {"to[0]": "field.type"}) for value in (1, {}, ["a@sink.test"], True)),
    (send(headers=[]), {"headers": "field.type"}),
    (send(headers="X: y"), {"headers": "field.type"}),
    (send(headers={"X-A": 1}), {"headers.X-A": "field.type"}),
    (send(attachments={}), {"attachments": "field.type"}),
    (send(attachments=["x"]), {"attachments[0]": "field.type"}),
    (attached(content=1), {"attachments[0].content": "field.type"}),
    (attached(filename=[]), {"attachments[0].filename": "field.type"}),
    # empty
    *((send(**{name: ""}), {name: "field.empty"}) for name in ("to", "cc", "bcc", "reply_to", "from", "account")),
    *((send(**{name: []}), {name: "field.empty"}) for name in ("to", "cc", "bcc", "reply_to")),
    (send(to=["a@sink.test", ""]), {"to[1]": "field.empty"}),
    (send(content=""), {"content": "field.required"}),
    (attached(filename=""), {"attachments[0].filename": "field.empty"}),
    (attached(filename=None), {"attachments[0].filename": "field.required"}),
    (attached(content=None), {"attachments[0].content": "field.required"}),
    # too long, too many
    (send(subject="x" * 2001), {"subject": "field.too_long"}),
    (send(subject="中" * 667), {"subject": "field.too_long"}),
    (send(to="a" * 1001), {"to": "field.too_long"}),
    (send(to="a" * 65 + "@sink.test"), {"to": "address.local_part_too_long"}),
    (send(to="a@" + "b." * 130 + "test"), {"to": "address.too_long"}),
    (send(account="x" * 321), {"account": "field.too_long"}),
    (send(to=["r%d@sink.test" % n for n in range(1001)]), {"to": "field.too_many"}),
    (send(to=["r%d@sink.test" % n for n in range(500)], cc=["c%d@sink.test" % n for n in range(500)], bcc="b@sink.test"), {"to": "field.too_many"}),
    (send(headers={"X-%d" % n: "x" for n in range(51)}), {"headers": "field.too_many"}),
    (send(headers={"X-A": "x" * 2001}), {"headers.X-A": "field.too_long"}),
    (send(headers={"X-%d" % n: "x" * 1900 for n in range(10)}), {"headers": "header.too_large"}),
    (send(attachments=[{"filename": "a", "content": B64}] * 101), {"attachments": "field.too_many"}),
    (attached(filename="x" * 256), {"attachments[0].filename": "field.too_long"}),
    (attached(content=base64.b64encode(bytes(10485761)).decode()), {"attachments[0].content": "attachment.too_large"}),
    # control characters
    *((send(to="a%sb@sink.test" % c), {"to": CONTROL}) for c in "\r\n\0\t\x1b\x7f\x85"),
    *((send(to="a@sink.test%sRCPT TO:<x@sink.test>" % c), {"to": CONTROL}) for c in ("\r\n", "\n", "\r")),
    *((send(**{name: "a@sink.test\r\nBcc: x@sink.test"}), {name: CONTROL}) for name in ("cc", "bcc", "reply_to", "from")),
    *((send(subject="a%sb" % c), {"subject": CONTROL}) for c in ("\n", "\r", "\r\nBcc: x@sink.test", "\0", "\x0b", "\x0c", "\x85")),
    (send(content="a\0b"), {"content": CONTROL}),
    (send(text="a\0b"), {"text": CONTROL}),
    (send(headers={"X-A": "a\r\nBcc: x@sink.test"}), {"headers.X-A": CONTROL}),
    (attached(filename="a\r\nb.pdf"), {"attachments[0].filename": CONTROL}),
    (attached(content_type="text/plain\r\nX: y"), {"attachments[0].content_type": CONTROL}),
    (send(account="sand\nbox"), {"account": CONTROL}),
    # addresses. U+560A and U+560D are CR and LF to whoever cuts them to a byte.
    *((send(to="a\u560d\u560a@sink.test"), {"to": "address.local_part_not_ascii"}) for _ in (1,)),
    (send(to="\u560a <a\u560a@sink.test>"), {"to": "address.local_part_not_ascii"}),
    (send(to="用户@sink.test"), {"to": "address.local_part_not_ascii"}),
    (send(to="a@sink\u560a.test\u560dx y"), {"to": "address.domain_invalid"}),
    *((send(to=text), {"to": "address.invalid"}) for text in (
        "nobody", "a@b@c", "a b@sink.test", "a@sink.test, b@sink.test", "a@sink.test; b@sink.test", "<a@sink.test", "a@sink.test>",
        '"x <a@sink.test>', "A <a@sink.test> B", "A: a@sink.test;", ".a@sink.test", "a.@sink.test", "a..b@sink.test", "A <a@sink.test> <b@sink.test>",
        "@sink.test")),
    *((send(to=text), {"to": "address.domain_invalid"}) for text in (
        "a@", "a@sink..test", "a@-sink.test", "a@sink_x.test", "a@sink.test.", "a@[999.1.1.1]")),
    (send(to=["a@sink.test", "nobody", "b@sink.test"]), {"to[1]": "address.invalid"}),
    (send(to=["a@sink.test", "nobody"], cc="x", **{"from": "y"}), {"to[1]": "address.invalid", "cc": "address.invalid", "from": "address.invalid"}),
    (send(to="x" * 513 + " <a@sink.test>"), {"to": "address.invalid"}),
    # what only a closer look finds
    (send(account="nobody@sink.test"), {"account": "account.unknown"}),
    (send(account="0190b0b0-0000-7000-8000-000000000000"), {"account": "account.unknown"}),
    (send(account="Sandbox"), {"account": "account.unknown"}),
    (send(on_unknown="drop"), {"on_unknown": "field.not_allowed"}),
    *((send(headers={"A": "x", name: "x"}), {"headers." + name: "header.reserved"}) for name in (
        "To", "from", "SUBJECT", "Date", "Message-ID", "Bcc", "Cc", "Reply-To", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
        "DKIM-Signature", "Return-Path", "Received")),
    *((send(headers={name: "x"}), {"headers." + shown: "header.name_invalid"}) for name, shown in (
        ("", ""), ("X A", "X A"), ("X:A", "X:A"), ("X-中", "X-中"), ("X\tA", "X?A"), ("X\r\nBcc", "X??Bcc"))),
    (attached(content="*"), {"attachments[0].content": "attachment.not_base64"}),
    (attached(content="abc"), {"attachments[0].content": "attachment.not_base64"}),
    *((attached(filename=name), {"attachments[0].filename": "attachment.filename_invalid"}) for name in ("..", ".", "a/", "a\\")),
    *((attached(content_type=kind), {"attachments[0].content_type": "attachment.content_type_invalid"}) for kind in (
        "pdf", "application/", "a/b/c", "multipart/mixed", "text/plain; charset")),
    # Null is a value of the wrong type, not an absence.
    (dict(LEAST, cc=None), {"cc": "field.type"}),
]

# Bodies that are not JSON, or not the JSON of a request.
RAW_ROWS = [
    ("", 422, "validation.failed"),
    ("not json", 400, "json.invalid"),
    ('{"to": "a@sink.test"', 400, "json.invalid"),
    ('{"to":"a@sink.test","subject":"s","content":"c",}', 400, "json.invalid"),
    ('{"to":"a@sink.test","subject":"s","content":"c"} {}', 400, "json.invalid"),
    ("{'to':'a@sink.test'}", 400, "json.invalid"),
    ('{"to":"a@sink.test","to":"b@sink.test","subject":"s","content":"c"}', 400, "json.invalid"),
    ('{"to":"a@sink.test","t\\u006f":"b@sink.test","subject":"s","content":"c"}', 400, "json.invalid"),
    ('{"to":"a@sink.test","subject":"\\ud800","content":"c"}', 400, "json.invalid"),
    ('{"to":"a@sink.test","subject":"\\udc00\\ud800","content":"c"}', 400, "json.invalid"),
    ('{"to":"a@sink.test","subject":"a\nb","content":"c"}', 400, "json.invalid"),
    (b'{"to":"a@sink.test","subject":"\xff","content":"c"}', 400, "json.invalid"),
    (b'{"to":"a@sink.test","subject":"\xc0\xaf","content":"c"}', 400, "json.invalid"),
    (b'{"to":"a@sink.test","subject":"\xed\xa0\x80","content":"c"}', 400, "json.invalid"),
    (b'\xff\xfe{\x00}\x00', 400, "json.invalid"),
    ('{"to":"a@sink.test","subject":"s","content":"c","headers":' + '{"a":' * 100 + "1" + "}" * 100 + "}", 400, "json.invalid"),
    ("[" * 100 + "]" * 100, 400, "json.invalid"),
    ("[" * 100000, 400, "json.invalid"),
    ('{"to":"a@sink.test","subject":1e400,"content":"c"}', 400, "json.invalid"),
    ('{"to":"a@sink.test","subject":NaN,"content":"c"}', 400, "json.invalid"),
    ('{"to":"a@sink.test","subject":18446744073709551616,"content":"c"}', 400, "json.invalid"),
    ("[]", 422, "validation.failed"),
    ("null", 422, "validation.failed"),
    ('"a"', 422, "validation.failed"),
    ("1", 422, "validation.failed"),
]

ACCOUNT = {"email": "new@sink.test", "smtp_host": "127.0.0.1", "smtp_port": 2525, "security": "none"}


def account(**fields):
    return {name: value for name, value in {**ACCOUNT, **fields}.items() if value is not ...}


READ_ONLY = {"id": "x", "created_at": "x", "updated_at": "x", "state": "active", "daily_sent_count": 0, "has_password": True, "is_active": True,
             "waiting_for": None, "problem_detail": "", "problem_at": None}

# Fields of an account that are wrong however they come, by POST or PATCH.
ACCOUNT_ROWS = [
    *(({name: value}, {name: "field.read_only"}) for name, value in READ_ONLY.items()),
    ({"is_activ": True}, {"is_activ": "field.unknown"}),
    ({"password": "x"}, {"password": "field.unknown"}),
    ({"rate_per_minute": 0}, {"rate_per_minute": "field.too_small"}),
    ({"hourly_limit": -1}, {"hourly_limit": "field.too_small"}),
    ({"limit_window": "weekly"}, {"limit_window": "field.not_allowed"}),
    ({"time_zone": "Mars/Olympus"}, {"time_zone": "time_zone.unknown"}),
    ({"max_messages": 0}, {"max_messages": "field.too_small"}),
    ({"warmup": {}}, {"warmup": "field.type"}),
    ({"warmup": [{"daily_limit": 5}]}, {"warmup[0].from": "field.required"}),
    ({"warmup": [{"from": "2026-02-30", "daily_limit": 5}]}, {"warmup[0].from": "field.not_allowed"}),
    ({"warmup": [{"from": "2026-02-02", "daily_limit": 5}, {"from": "2026-02-02", "daily_limit": 6}]}, {"warmup[1].from": "field.not_allowed"}),
    ({"send_hours": [{"from": "08:00"}]}, {"send_hours[0].to": "field.required"}),
    ({"send_hours": [{"from": "8:00", "to": "24:01"}]}, {"send_hours[0].from": "field.not_allowed", "send_hours[0].to": "field.not_allowed"}),
    ({"send_hours": [{"from": "08:00", "to": "08:00"}]}, {"send_hours[0].to": "field.not_allowed"}),
    ({"send_hours": [{"days": ["mon", "day"], "from": "08:00", "to": "09:00"}]}, {"send_hours[0].days[1]": "field.not_allowed"}),
    ({"email": ""}, {"email": "field.empty"}),
    ({"email": "nobody"}, {"email": "address.invalid"}),
    ({"email": "A <a@sink.test>"}, {"email": "address.invalid"}),
    ({"email": "用户@sink.test"}, {"email": "address.local_part_not_ascii"}),
    ({"email": "a\r\nb@sink.test"}, {"email": CONTROL}),
    ({"email": None}, {"email": "field.type"}),
    ({"smtp_host": ""}, {"smtp_host": "field.empty"}),
    ({"smtp_host": "a b"}, {"smtp_host": "host.invalid"}),
    ({"smtp_host": "smtp://x"}, {"smtp_host": "host.invalid"}),
    ({"smtp_host": "a\nb"}, {"smtp_host": CONTROL}),
    ({"smtp_host": "x" * 256}, {"smtp_host": "field.too_long"}),
    ({"smtp_port": 0}, {"smtp_port": "field.too_small"}),
    ({"smtp_port": 65536}, {"smtp_port": "field.too_large"}),
    ({"smtp_port": -1}, {"smtp_port": "field.too_small"}),
    ({"smtp_port": "25"}, {"smtp_port": "field.type"}),
    ({"smtp_port": 25.0}, {"smtp_port": "field.type"}),
    ({"smtp_port": 18446744073709551615}, {"smtp_port": "field.too_large"}),
    ({"daily_limit": -1}, {"daily_limit": "field.too_small"}),
    ({"daily_limit": "many"}, {"daily_limit": "field.type"}),
    ({"priority": 1001}, {"priority": "field.too_large"}),
    ({"priority": None}, {"priority": "field.type"}),
    ({"security": "ssl"}, {"security": "field.not_allowed"}),
    ({"auth": "digest"}, {"auth": "field.not_allowed"}),
    ({"auth": "xoauth2"}, {"oauth_provider": "field.required"}),
    ({"auth": "password"}, {"smtp_username": "field.required", "smtp_password": "field.required"}),
    ({"smtp_username": "u", "smtp_password": "p", "auth": "password", "smtp_host": "mail.sink.test"}, {"security": "account.password_in_clear"}),
    ({"max_connections": 0}, {"max_connections": "field.too_small"}),
    ({"max_recipients": 1001}, {"max_recipients": "field.too_large"}),
    ({"from_addresses": "*@sink.test"}, {"from_addresses": "field.type"}),
    ({"from_addresses": ["*@sink.test", "nobody"]}, {"from_addresses[1]": "address.invalid"}),
    ({"from_addresses": ["*"]}, {"from_addresses[0]": "address.invalid"}),
    ({"display_name": "a\r\nBcc: x@sink.test"}, {"display_name": CONTROL}),
    ({"display_name": "x" * 201}, {"display_name": "field.too_long"}),
    ({"ca_certificate": "x"}, {"ca_certificate": "certificate.invalid"}),
    ({"fingerprint": "zz"}, {"fingerprint": "fingerprint.invalid"}),
]


class BadInput(engine.EngineCase):
    """All rows meet one engine, as they would: what one leaves behind, the next one would see."""

    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory(prefix="postroom-e2e-")
        # The table is many requests of one key in a moment; how fast is too fast is another test's business.
        cls.engine = engine.Engine(cls.temporary.name, settings={"RATE_LIMIT_ENABLED": "false"})
        cls.engine.start()
        cls.full = cls.engine.token()
        cls.secret_file = os.path.join(cls.engine.data, "jwt.key")

    @classmethod
    def tearDownClass(cls):
        try:
            cls.engine.stop()
        finally:
            cls.engine.abandon()
            cls.temporary.cleanup()

    def setUp(self):
        super().setUp()
        self.before = self.counts()

    def tearDown(self):
        self.assertEqual(self.counts(), self.before, "something was left behind")
        self.assertEqual(self.engine.queue()["imbalance"], 0)

    def counts(self):
        """Everything that is counted or listed: what was refused must not change any of it."""
        lists = {path: len(self.engine.data_of(path)["items"]) for path in ("/api/v1/messages?limit=200", engine.ACCOUNTS, "/api/v1/admin/api-keys")}
        return {"recipients": self.engine.queue()["recipients"], **lists}

    def test_send_names_the_field_and_the_reason(self):
        for body, reasons in SEND_ROWS:
            with self.subTest(json.dumps(body)[:200], reasons=reasons):
                self.assert_refused(self.engine.request("POST", engine.SEND, body, self.full), 422, "validation.failed", reasons)

    def test_send_takes_json_alone_and_only_strict_json(self):
        for body, status, error in RAW_ROWS:
            with self.subTest(body[:120]):
                answer = self.engine.request("POST", engine.SEND, body, self.full)
                self.assert_refused(answer, status, error)
                if error == "json.invalid":
                    twice = isinstance(body, str) and body.startswith('{"to":"a@sink.test","t')
                    self.assertEqual(answer.reasons, {"to": "json.duplicate_key"} if twice else {"body": "json.invalid"})
        for media in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "application/jsonx", "application/json-patch+json"):
            with self.subTest(media=media):
                self.assert_refused(self.engine.request("POST", engine.SEND, json.dumps(LEAST), self.full, {"Content-Type": media}), 415, "request.media_type")

    def test_bodies_beyond_the_limit_are_not_read(self):
        for method, path, token, size in (
                ("POST", engine.SEND, self.full, 41 << 20), ("POST", engine.ACCOUNTS, self.engine.local_token(), (1 << 20) + 1),
                ("POST", "/api/v1/auth/token", "", (8 << 10) + 1), ("GET", "/health", "", 1), ("GET", "/metrics", "", 1),
                ("DELETE", engine.ACCOUNTS + "/x", self.engine.local_token(), (8 << 10) + 1)):
            with self.subTest(path):
                with self.raw() as connection:
                    connection.sendall(self.head(method, path, token, "Content-Type: application/json", "Content-Length: %d" % size))
                    status, body = self.answer(connection)
                    self.assertEqual((status, body["error"]), (413, "request.body_too_large"))
                # In chunks nobody says beforehand how much comes.
                with self.raw() as connection:
                    connection.sendall(self.head(method, path, token, "Content-Type: application/json", "Transfer-Encoding: chunked"))
                    piece = b"10000\r\n" + b" " * 65536 + b"\r\n"
                    try:
                        for _ in range((size >> 16) + 1):
                            connection.sendall(piece)
                    except ConnectionError:
                        pass
                    status, body = self.answer(connection)
                    self.assertEqual((status, body["error"]), (413, "request.body_too_large"))

    def test_strangers_who_drip_keep_nobody_waiting(self):
        """A hundred announce what would fill the budget for bodies, a hundred what they may send, and none goes on."""
        with contextlib.ExitStack() as stack:
            for size in (1 << 20, 8 << 10):
                for _ in range(100):
                    connection = stack.enter_context(self.raw())
                    with contextlib.suppress(ConnectionError):
                        connection.sendall(self.head("POST", "/api/v1/auth/token", "", "Content-Type: application/json", "Content-Length: %d" % size)
                                           + b"{" * (size // 50))
            # Larger than what a connection may hold beside the budget.
            body = send(to="nobody", content="x" * (1 << 20))
            started = time.monotonic()
            self.assert_refused(self.engine.request("POST", engine.SEND, body, self.full), 422, "validation.failed", {"to": "address.invalid"})
            self.assertLess(time.monotonic() - started, 4)

    def test_too_many_connections_are_told_when_to_come_again(self):
        with contextlib.ExitStack() as stack:
            for _ in range(256):
                stack.enter_context(self.raw())
            answer = self.engine.request("GET", "/health", None, "")
            self.assert_refused(answer, 503, "overloaded")
            self.assertEqual(len(answer.headers.get_all("Retry-After")), 1)
        engine.until(lambda: self.engine.request("GET", "/health", None, "").status == 200, 20, "room for one more")

    def test_refused_files_are_not_kept(self):
        def stored():
            return [name for _, _, names in os.walk(os.path.join(self.engine.data, "attachments")) for name in names]
        before = stored()
        for n in range(3):
            content = base64.b64encode(bytes([n]) * (3 << 20)).decode()
            answer = self.engine.request("POST", engine.SEND, send(to="nobody", attachments=[{"filename": "a", "content": content}]), self.full)
            self.assert_refused(answer, 422, "validation.failed", {"to": "address.invalid"})
        self.assertEqual(stored(), before)

    def test_who_is_not_let_in_is_not_listened_to(self):
        for token, status, error in (("", 401, "auth.required"), (self.full + "x", 401, "auth.required")):
            with self.raw() as connection:
                connection.sendall(self.head("POST", engine.SEND, token, "Content-Type: application/json", "Content-Length: 1000000", "Expect: 100-continue"))
                # Not "100 Continue" first.
                answered, body = self.answer(connection)
                self.assertEqual((answered, body["error"]), (status, error))
        with self.raw() as connection:
            connection.sendall(self.head("POST", engine.SEND, self.full, "Content-Type: application/json", "Content-Length: 2", "Expect: 100-continue"))
            self.assertEqual(connection.recv(4096), b"HTTP/1.1 100 Continue\r\n\r\n")
            connection.sendall(b"{}")
            self.assertEqual(self.answer(connection)[0], 422)
        with self.raw() as connection:
            connection.sendall(self.head("POST", engine.SEND, self.full, "Content-Type: application/json", "Content-Length: 2", "Expect: 200-ok"))
            self.assertEqual(self.answer(connection)[0], 417)

    def test_a_mail_beyond_the_size_limit_is_refused(self):
        # 20 MiB of mail, each file below the limit of one.
        big = base64.b64encode(bytes(8 << 20)).decode()
        body = send(attachments=[{"filename": "%d.bin" % n, "content": big} for n in range(3)])
        self.assert_refused(self.engine.request("POST", engine.SEND, body, self.full), 422, "validation.failed", {"": "message.too_large"})

    def test_accounts_name_the_field_and_the_reason(self):
        for name in ("email", "smtp_host", "smtp_port"):
            with self.subTest(missing=name):
                self.assert_refused(self.engine.request("POST", engine.ACCOUNTS, account(**{name: ...})), 422, "validation.failed", {name: "field.required"})
        for fields, reasons in [*ACCOUNT_ROWS, ({"revision": 1}, {"revision": "field.read_only"})]:
            with self.subTest("POST", fields=fields):
                self.assert_refused(self.engine.request("POST", engine.ACCOUNTS, account(**fields)), 422, "validation.failed", reasons)

    def test_patches_are_judged_as_whole_and_on_their_revision(self):
        made = self.engine.request("POST", engine.ACCOUNTS, account()).data
        path = "%s/%s" % (engine.ACCOUNTS, made["id"])
        try:
            for fields, reasons in ACCOUNT_ROWS:
                with self.subTest("PATCH", fields=fields):
                    answer = self.engine.request("PATCH", path, {"revision": made["revision"], **fields})
                    self.assert_refused(answer, 422, "validation.failed", reasons)
            self.assert_refused(self.engine.request("PATCH", path, {"priority": 5}), 422, "validation.failed", {"revision": "field.required"})
            self.assert_refused(self.engine.request("PATCH", path, {"revision": "1"}), 422, "validation.failed", {"revision": "field.type"})
            self.assertEqual(self.engine.data_of(path), made)
            changed = self.engine.request("PATCH", path, {"revision": made["revision"], "priority": 5}).data
            self.assertEqual((changed["priority"], changed["revision"] > made["revision"]), (5, True))
            # Who saw the one before must look again.
            stale = self.engine.request("PATCH", path, {"revision": made["revision"], "priority": 6})
            self.assert_refused(stale, 409, "revision.stale")
            self.assertEqual(self.engine.data_of(path)["priority"], 5)
            self.assert_refused(self.engine.request("POST", engine.ACCOUNTS, account(email="NEW@SINK.test".replace("NEW", "new"))), 409, "already_exists")
            other = self.engine.request("POST", engine.ACCOUNTS, account(email="other@sink.test")).data
            try:
                answer = self.engine.request("PATCH", "%s/%s" % (engine.ACCOUNTS, other["id"]), {"revision": other["revision"], "email": "new@sink.test"})
                self.assert_refused(answer, 409, "already_exists")
            finally:
                self.engine.request("DELETE", "%s/%s" % (engine.ACCOUNTS, other["id"]))
        finally:
            self.assertEqual(self.engine.request("DELETE", path).status, 200)
        for method, suffix, body in (("GET", "", None), ("DELETE", "", None), ("PATCH", "", {"revision": 1}), ("POST", "/test", None),
                                     ("POST", "/enable", None), ("POST", "/disable", None)):
            with self.subTest(method + suffix):
                self.assert_refused(self.engine.request(method, path + suffix, body), 404, "not_found")

    def test_keys_name_the_field_and_the_reason(self):
        for body, reasons in (({}, {"name": "field.required"}), ({"name": ""}, {"name": "field.empty"}), ({"name": "x" * 101}, {"name": "field.too_long"}),
                              ({"name": "x", "scopes": ["root"]}, {"scopes[0]": "field.not_allowed"}), ({"name": "x", "scopes": []}, {"scopes": "field.empty"}),
                              ({"name": "x", "scopes": "send"}, {"scopes": "field.type"}), ({"name": "x", "is_test": "no"}, {"is_test": "field.type"}),
                              ({"name": "a\nb"}, {"name": CONTROL}), ({"name": "x", "api_key": "noti_x"}, {"api_key": "field.read_only"})):
            with self.subTest(body):
                self.assert_refused(self.engine.request("POST", "/api/v1/admin/api-keys", body), 422, "validation.failed", reasons)

    def test_paths_and_queries(self):
        for method, path, status, error, reasons in (
                ("GET", "/nothing", 404, "route.unknown", None), ("GET", "/api/v1/messages/", 404, "route.unknown", None),
                ("PUT", engine.SEND, 405, "request.method", None), ("GET", engine.SEND, 405, "request.method", None), ("DELETE", "/health", 405, "request.method", None),
                ("GET", "/api/v1/messages/nonsense", 404, "not_found", None),
                ("GET", "/api/v1/messages/0190b0b0-0000-7000-8000-000000000000", 404, "not_found", None),
                ("GET", "/api/v1/messages/0190b0b0-0000-7000-8000-000000000000/attempts", 404, "not_found", None),
                ("GET", "/api/v1/messages/0190b0b0-0000-7000-8000-000000000000/explain", 404, "not_found", None),
                ("POST", "/api/v1/messages/0190b0b0-0000-7000-8000-000000000000/cancel", 404, "not_found", None),
                ("POST", "/api/v1/messages/0190b0b0-0000-7000-8000-000000000000/retry", 404, "not_found", None),
                ("GET", "/api/v1/admin/sandbox/mails/nonsense", 404, "not_found", None),
                ("GET", "/api/v1/admin/sandbox/mails/..%2f..%2fcontrol.json", 400, "request.malformed", None),
                ("GET", "/api/v1/messages?status=gone", 422, "validation.failed", {"status": "field.not_allowed"}),
                ("GET", "/api/v1/messages?limit=0", 422, "validation.failed", {"limit": "field.too_small"}),
                ("GET", "/api/v1/messages?limit=201", 422, "validation.failed", {"limit": "field.too_large"}),
                ("GET", "/api/v1/messages?limit=x", 422, "validation.failed", {"limit": "field.type"}),
                ("GET", "/api/v1/messages?cursor=x", 422, "validation.failed", None),
                ("GET", "/api/v1/messages?colour=red", 422, "validation.failed", {"colour": "field.unknown"}),
                ("GET", "/api/v1/messages?limit=%zz", 400, "request.malformed", None),
                ("GET", "/api/v1/messages?status=%ff", 400, "request.malformed", None),
                ("GET", "/api/v1/auth/local", 422, "validation.failed", {"nonce": "field.required"})):
            with self.subTest(method + " " + path):
                self.assert_refused(self.engine.request(method, path), status, error, reasons)
        answer = self.engine.request("PUT", engine.SEND)
        self.assertEqual(answer.headers["Allow"], "POST")

    def test_problem_json_for_who_asks(self):
        answer = self.engine.request("POST", engine.SEND, send(to="nobody"), self.full, {"Accept": "application/problem+json"})
        self.assertEqual((answer.status, answer.headers["Content-Type"]), (422, "application/problem+json"))
        self.assertEqual((answer.body["status"], answer.error, answer.reasons), (422, "validation.failed", {"to": "address.invalid"}))

    # Who may do what

    def test_tokens_that_are_not_ours(self):
        ours = jwt.decode(self.full, options={"verify_signature": False})
        now = int(time.time())
        key = self.signing_key()
        self.assertEqual(self.with_token(jwt.encode(ours, key, "HS256")), 422, "the key is not what the engine signs with: the rows below prove nothing")
        rows = {
            "none": jwt.encode(ours, None, "none"),
            "none without its dot": jwt.encode(ours, None, "none").rstrip("."),
            "None": self.unsigned({"alg": "None", "typ": "JWT"}, ours),
            "none with our signature": self.unsigned({"alg": "none", "typ": "JWT"}, ours) + self.full.rpartition(".")[2],
            "another key": jwt.encode(ours, b"x" * 64, "HS256"),
            "an empty key": jwt.encode(ours, b"", "HS256"),
            "HS512": jwt.encode(ours, key, "HS512"),
            "HS384": jwt.encode(ours, key, "HS384"),
            "a key of its own": jwt.encode(ours, key, "HS256", headers={"jwk": {"kty": "oct", "k": "eA"}}),
            "kid": jwt.encode(ours, key, "HS256", headers={"kid": "../../dev/null"}),
            "expired": jwt.encode({**ours, "exp": now - 1}, key, "HS256"),
            "not yet": jwt.encode({**ours, "nbf": now + 600}, key, "HS256"),
            "issued tomorrow": jwt.encode({**ours, "iat": now + 86400}, key, "HS256"),
            "no end": jwt.encode({name: value for name, value in ours.items() if name != "exp"}, key, "HS256"),
            "refresh": jwt.encode({**ours, "typ": "refresh"}, key, "HS256"),
            "another audience": jwt.encode({**ours, "aud": "another"}, key, "HS256"),
            "another issuer": jwt.encode({**ours, "iss": "another"}, key, "HS256"),
            "nobody's": jwt.encode({**ours, "sub": "0190b0b0-0000-7000-8000-000000000000"}, key, "HS256"),
            "no subject": jwt.encode({name: value for name, value in ours.items() if name != "sub"}, key, "HS256"),
            "one bit": self.full[:-2] + ("A" if self.full[-2] != "A" else "B") + self.full[-1],
            "cut": self.full[:-1],
            "more": self.full + "A",
            "a payload for another": ".".join([self.full.split(".")[0], jwt.encode({**ours, "scope": "admin"}, b"x" * 64, "HS256").split(".")[1], self.full.split(".")[2]]),
            "not base64": "a.b.c", "one part": "abc", "long": "a" * 9000, "blank": " ",
        }
        for name, token in rows.items():
            with self.subTest(name):
                self.assertEqual(self.with_token(token), 401)
        for header in ("", "Bearer", "Basic bm90aV94OnNlY3JldA==", self.full, "Token " + self.full):
            with self.subTest(header[:20]):
                answer = self.engine.request("POST", engine.SEND, LEAST, "", {"Authorization": header})
                self.assert_refused(answer, 401, "auth.required")
                self.assertEqual(answer.headers["WWW-Authenticate"], "Bearer")

    def test_the_row_decides_what_a_token_may(self):
        made = self.engine.create_key(["send"])
        try:
            given = self.engine.request("POST", "/api/v1/auth/token", {"api_key": made["api_key"], "api_secret": made["api_secret"]}, "").data
            claims = jwt.decode(given["access_token"], options={"verify_signature": False})
            raised = jwt.encode({**claims, "scope": "send read admin"}, self.signing_key(), "HS256")
            self.assert_refused(self.engine.request("GET", engine.ACCOUNTS, token=raised), 403, "auth.scope")
            self.assertEqual(self.with_token(given["refresh_token"]), 401)
            self.assertEqual(self.with_token(given["access_token"]), 422)
        finally:
            self.engine.request("POST", "/api/v1/admin/api-keys/%s/revoke" % made["id"])
        self.assertEqual(self.with_token(given["access_token"]), 401, "a revoked key's token still works")
        answer = self.engine.request("POST", "/api/v1/auth/token", {"api_key": made["api_key"], "api_secret": made["api_secret"]}, "")
        self.assert_refused(answer, 401, "auth.rejected")
        self.before = self.counts()  # the key stays, revoked

    def test_another_key_s_message_is_not_theirs_to_stop(self):
        owner, stranger, reader, admin = (self.engine.token(scopes) for scopes in (["send"], ["send"], ["send", "read"], ["admin"]))
        message_id = self.engine.send(owner, account="sandbox")
        self.engine.wait_for_status(message_id, "sent")
        self.before = self.counts()
        for act in ("cancel", "retry"):
            path = "/api/v1/messages/%s/%s" % (message_id, act)
            with self.subTest(act):
                self.assert_refused(self.engine.request("POST", path, None, stranger), 404, "not_found")
                self.assert_refused(self.engine.request("POST", path, None, reader), 403, "auth.scope")
                # Those may; it is too late for it.
                for token in (owner, admin):
                    self.assert_refused(self.engine.request("POST", path, None, token), 409, "conflict")

    def test_an_account_s_password_that_nobody_can_read(self):
        made = self.engine.request("POST", engine.ACCOUNTS, account(smtp_username="u", smtp_password="p")).data
        path = "%s/%s" % (engine.ACCOUNTS, made["id"])
        self.engine.stop()
        with contextlib.closing(sqlite3.connect(os.path.join(self.engine.data, "postroom.db"))) as database, database:
            database.execute("UPDATE email_accounts SET smtp_password = 'encrypted_password' WHERE email = 'new@sink.test'")
        self.engine.start()
        try:
            report = self.engine.request("POST", path + "/test").data
            self.assertEqual((report["ok"], [(step["stage"], step["ok"]) for step in report["steps"]]), (False, [("auth", False)]))
            self.assertIn("password", report["steps"][0]["detail"])
            rows = self.engine.data_of("/api/v1/admin/audit?limit=200")["items"]
            self.assertIn(("account.test", made["id"]), [(row["action"], row["target"]) for row in rows])
        finally:
            self.assertEqual(self.engine.request("DELETE", path).status, 200)

    def test_wrong_credentials_all_look_the_same(self):
        key = self.engine.create_key(["send"])
        self.before = self.counts()
        answers = [self.engine.request("POST", "/api/v1/auth/token", body, "") for body in (
            {"api_key": key["api_key"], "api_secret": "secret_wrong"}, {"api_key": "noti_nobody", "api_secret": key["api_secret"]},
            {"api_key": key["api_key"], "api_secret": key["api_secret"] + "x"})]
        for answer in answers:
            self.assert_refused(answer, 401, "auth.rejected", {})
        self.assertEqual(len({answer.body["message"] for answer in answers}), 1)
        self.assert_refused(self.engine.request("POST", "/api/v1/auth/token", {"api_key": "x"}, ""), 422, "validation.failed", {"api_secret": "field.required"})

    def test_every_route_for_every_role(self):
        """The table is the one the engine publishes, so a route that is added can't be forgotten here."""
        tokens = {"nobody": "", "send": self.engine.token(["send"]), "read": self.engine.token(["read"]), "admin": self.engine.token(["admin"]),
                  "test": self.engine.token(["send"], test=True)}
        self.before = self.counts()
        document = self.engine.get("/openapi.json")
        self.assertTrue(document["openapi"].startswith("3.1"))
        open_routes = {"/health", "/health/ready", "/metrics", "/openapi.json", "/", "/docs", "/docs/{file}",
                       "/api/v1/version", "/api/v1/auth/local", "/api/v1/auth/token", "/api/v1/auth/refresh",
                       "/api/v1/auth/revoke"}
        seen = 0
        for path, operations in document["paths"].items():
            for method in set(operations) & {"get", "post", "put", "patch", "delete"}:
                seen += 1
                # "admin: everything".
                allowed = {"admin"}
                if path in open_routes:
                    allowed = set(tokens)
                elif path.startswith("/api/v1/admin/sandbox"):
                    allowed |= {"read"} if method == "get" else set()
                elif path in ("/api/v1/stats", "/api/v1/events"):
                    allowed |= {"read"}
                elif path.startswith("/api/v1/templates"):
                    reads = method == "get" or path.endswith("/render")
                    allowed |= {"send", "test"} if path.endswith("/test") else {"read"} if reads else set()
                elif not path.startswith("/api/v1/admin/"):
                    allowed |= {"send", "test"} | ({"read"} if method == "get" else set())
                for role, token in tokens.items():
                    with self.subTest("%s %s as %s" % (method.upper(), path, role)):
                        # A field nobody knows, an id nobody has: whoever is let in gets no further than that.
                        body = {"unheard_of": 1} if method in ("post", "put", "patch") else None
                        answer = self.engine.request(method.upper(), path.replace("{id}", "0190b0b0-0000-7000-8000-000000000000"), body, token)
                        if role in allowed:
                            self.assertNotIn(answer.status, (401, 403, 500), answer)
                        else:
                            self.assert_refused(answer, 401 if role == "nobody" else 403, "auth.required" if role == "nobody" else "auth.scope")
        self.assertGreater(seen, 20)

    # The wire

    def test_smuggled_requests_are_refused_and_the_connection_ends(self):
        token = "Authorization: Bearer " + self.full
        base = "POST %s HTTP/1.1\r\n" % engine.SEND
        host = "Host: 127.0.0.1\r\n"
        json_ = "Content-Type: application/json\r\n%s\r\n" % token
        body = json.dumps(LEAST)
        length = "Content-Length: %d\r\n" % len(body)
        rows = {
            "length and chunked": base + host + json_ + length + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "chunked and length": base + host + json_ + "Transfer-Encoding: chunked\r\n" + length + "\r\n0\r\n\r\n",
            "two lengths": base + host + json_ + length + "Content-Length: 5\r\n\r\n" + body,
            "the same length twice": base + host + json_ + length + length + "\r\n" + body,
            "a list of lengths": base + host + json_ + "Content-Length: %d, %d\r\n\r\n%s" % (len(body), len(body), body),
            "a negative length": base + host + json_ + "Content-Length: -1\r\n\r\n",
            "a signed length": base + host + json_ + "Content-Length: +%d\r\n\r\n%s" % (len(body), body),
            "a hex length": base + host + json_ + "Content-Length: 0x10\r\n\r\n" + body,
            "an endless length": base + host + json_ + "Content-Length: 99999999999999999999999\r\n\r\n",
            "a spaced length": base + host + json_ + "Content-Length : %d\r\n\r\n%s" % (len(body), body),
            "gzip": base + host + json_ + "Transfer-Encoding: gzip\r\n\r\n0\r\n\r\n",
            "gzip, chunked": base + host + json_ + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            "chunked twice": base + host + json_ + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "chunked, chunked": base + host + json_ + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
            "xchunked": base + host + json_ + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
            "identity": base + host + json_ + "Transfer-Encoding: identity\r\n\r\n",
            "a vertical tab": base + host + json_ + "Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
            "a folded line": base + host + json_ + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
            "a bare LF": base + host + json_ + "X: y\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "all lines with LF": (base + host + json_ + length + "\r\n").replace("\r\n", "\n") + body,
            "a bare CR": base + host + json_ + "X: y\rZ: z\r\n" + length + "\r\n" + body,
            "a NUL in a value": base + host + json_ + "X: a\0b\r\n" + length + "\r\n" + body,
            "no host": base + json_ + length + "\r\n" + body,
            "two hosts": base + host + host + json_ + length + "\r\n" + body,
            "chunks that are no number": base + host + json_ + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
            "a chunk of too much": base + host + json_ + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
            "a chunk with 0x": base + host + json_ + "Transfer-Encoding: chunked\r\n\r\n0x5\r\nabcde\r\n0\r\n\r\n",
            "a chunk that is longer": base + host + json_ + "Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n",
            "an extension without end": base + host + json_ + "Transfer-Encoding: chunked\r\n\r\n1;" + "x" * 20000 + "\r\na\r\n0\r\n\r\n",
            "chunked in HTTP/1.0": base.replace("1.1", "1.0") + host + json_ + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "a blank in the target": "POST %s x HTTP/1.1\r\n" % engine.SEND + host + json_ + length + "\r\n" + body,
            "HTTP/2.0": base.replace("1.1", "2.0") + host + json_ + length + "\r\n" + body,
            "no HTTP at all": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + "\0" * 100 + "\r\n\r\n",
        }
        for name, request in rows.items():
            with self.subTest(name):
                with self.raw() as connection:
                    # What comes after must never be taken for a request of its own.
                    connection.sendall(request.encode("latin-1") + b"GET /health HTTP/1.1\r\n" + host.encode() + b"\r\n")
                    connection.settimeout(15)
                    text = b""
                    try:
                        while piece := connection.recv(65536):
                            text += piece
                    except ConnectionResetError:
                        pass
                    except socket.timeout:
                        self.fail("the connection stays open after %r" % text[:300])
                    answers = re.findall(rb"HTTP/1\.[01] (\d{3})", text)
                    self.assertEqual(answers, [b"400"], text[:600])
                    self.assertNotIn(b"healthy", text)

    def test_too_much_of_a_head(self):
        with self.raw() as connection:
            connection.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"x" * 33000 + b"\r\n\r\n")
            self.assertEqual(self.answer(connection)[0], 431)
        with self.raw() as connection:
            connection.sendall(b"GET /" + b"x" * 20000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            self.assertIn(self.answer(connection)[0], (414, 431))

    def test_names_and_sites_that_are_not_served(self):
        for headers, status, error in (({"Host": "evil.test"}, 421, "request.host"), ({"Host": "127.0.0.1.evil.test"}, 421, "request.host"),
                                       ({"Origin": "https://evil.test"}, 403, "request.origin"), ({"Origin": "null"}, 403, "request.origin"),
                                       ({"Sec-Fetch-Site": "cross-site"}, 403, "request.origin")):
            with self.subTest(headers):
                self.assert_refused(self.engine.request("POST", engine.SEND, LEAST, self.full, headers), status, error)
                self.assert_refused(self.engine.request("GET", "/health", None, "", headers), status, error)
        answer = self.engine.request("OPTIONS", engine.SEND, None, "", {"Origin": "https://evil.test", "Access-Control-Request-Method": "POST"})
        self.assertEqual(answer.status, 403)
        self.assertIsNone(answer.headers["Access-Control-Allow-Origin"])

    def test_a_neighbour_on_the_same_connection_is_not_disturbed(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.engine.port(), timeout=30)
        try:
            for body in (b"not json", json.dumps(send(to="nobody")).encode(), b"[" * 5000, json.dumps(send(unheard_of=1)).encode()) * 5:
                connection.request("POST", engine.SEND, body, {"Content-Type": "application/json", "Authorization": "Bearer " + self.full})
                self.assertIn(engine.Answer(connection.getresponse()).status, (400, 422))
                connection.request("GET", "/health")
                self.assertEqual(engine.Answer(connection.getresponse()).status, 200)
            connection.request("POST", engine.SEND, json.dumps(send(account="sandbox")).encode(),
                               {"Content-Type": "application/json", "Authorization": "Bearer " + self.full})
            message_id = engine.Answer(connection.getresponse()).data["message_id"]
        finally:
            connection.close()
        self.engine.wait_for_status(message_id, "sent")
        self.before = self.counts()

    def test_a_full_pipeline_is_answered_in_order(self):
        request = self.head("POST", engine.SEND, self.full, "Content-Type: application/json", "Content-Length: 8")
        with self.raw() as connection:
            connection.sendall((request + b"not json" + b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n") * 10)
            reader = connection.makefile("rb")
            statuses = []
            for _ in range(20):
                response = http.client.HTTPResponse(_Reading(reader))
                response.begin()
                response.read()
                statuses.append(response.status)
            self.assertEqual(statuses, [400, 200] * 10)

    # Means

    def raw(self):
        return socket.create_connection(("127.0.0.1", self.engine.port()), timeout=60)

    @staticmethod
    def head(method, path, token, *lines):
        all_lines = ["%s %s HTTP/1.1" % (method, path), "Host: 127.0.0.1", *lines]
        if token:
            all_lines.append("Authorization: Bearer " + token)
        return ("\r\n".join(all_lines) + "\r\n\r\n").encode()

    @staticmethod
    def answer(connection):
        response = http.client.HTTPResponse(connection)
        response.begin()
        text = response.read()
        return response.status, json.loads(text) if text else None

    def with_token(self, token):
        """The status a body without fields gets: 422 for who is let in."""
        return self.engine.request("POST", engine.SEND, {}, "", {"Authorization": "Bearer " + token}).status

    def signing_key(self):
        with open(self.secret_file, "rb") as file:
            return file.read().strip()

    @staticmethod
    def unsigned(header, claims):
        encode = lambda part: base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
        return "%s.%s." % (encode(header), encode(claims))


class _Reading:
    """A reader that HTTPResponse takes for a socket."""

    def __init__(self, reader):
        self._reader = reader

    def makefile(self, _mode):
        return _Undying(self._reader)


class _Undying:
    """A reader that outlives each response read from it."""

    def __init__(self, reader):
        self._reader = reader

    def __getattr__(self, name):
        return getattr(self._reader, name)

    def close(self):
        pass

    def flush(self):
        pass


if __name__ == "__main__":
    unittest.main()
