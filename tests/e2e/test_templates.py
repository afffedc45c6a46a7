#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""Stored templates and uploaded files, from the API to the mail that comes out."""

import base64
import hashlib
import http.client
import json
import os
import sqlite3
import unittest

import engine
from engine import iso
from mailserver import MailServer

TEMPLATES = "/api/v1/templates"
ATTACHMENTS = "/api/v1/attachments"
INVOICE = {"name": "invoice", "subject": "Invoice {{ number }}",
           "html": "<p>Dear {{ name }}, {{ lines|length }} lines:</p>{% for line in lines %}<p>{{ line }}</p>{% endfor %}",
           "sample": {"number": "1", "name": "Ann", "lines": ["a"]}}
VARIABLES = {"number": "2026-17", "name": "安 & <Ann>", "lines": ["一", "two"]}


class TemplateCase(engine.EngineCase):
    def start(self, **options):
        self.server = MailServer()
        self.addCleanup(self.server.stop)
        self.engine = self.start_engine(**options)
        self.engine.make_account(self.server.port)

    def post(self, path, body, token=None, **headers):
        return self.engine.request("POST", path, body, token, headers)

    def put(self, name, **fields):
        return self.engine.request("PUT", "%s/%s" % (TEMPLATES, name), fields)

    def create(self, **fields):
        return self.post(TEMPLATES, {**INVOICE, **fields})

    def sent(self, **fields):
        """The mail that a send with these fields makes."""
        before = len(self.server.mails)
        answer = self.post(engine.SEND, {"to": "a@sink.test", **fields})
        self.assertEqual(answer.status, 202, answer)
        self.engine.wait_for_status(answer.data["message_id"], "sent")
        return self.server.mails[before].parsed, self.engine.message(answer.data["message_id"])


class Templates(TemplateCase):
    def test_mail_is_made_from_the_published_version(self):
        self.start()
        made = self.create()
        self.assertEqual((made.status, made.data["version"], made.data["variables"]), (201, 1, ["lines", "name", "number"]), made)
        mail, message = self.sent(template="invoice", variables=VARIABLES)
        self.assertEqual(mail["subject"], "Invoice 2026-17")
        html = mail.get_body(("html",)).get_content()
        self.assertIn("Dear 安 &amp; &lt;Ann&gt;, 2 lines:", html)
        self.assertIn("<p>一</p><p>two</p>", html)
        self.assertIn("Dear 安 & <Ann>, 2 lines:", mail.get_body(("plain",)).get_content())
        # The next version is used as soon as its answer is there; a draft is not; and back again.
        self.assertEqual(self.put("invoice", subject="Second", text="{{ number }}").data["version"], 2)
        self.assertEqual(self.sent(template="invoice", variables=VARIABLES)[0]["subject"], "Second")
        draft = self.put("invoice", subject="Third", text="x", publish=False).data
        self.assertEqual((draft["version"], draft["latest_version"]), (2, 3))
        self.assertEqual(self.sent(template="invoice", variables=VARIABLES)[0]["subject"], "Second")
        self.assertEqual(self.post(TEMPLATES + "/invoice/publish", {"version": 1}).data["version"], 1)
        self.assertEqual(self.sent(template="invoice", variables=VARIABLES)[0]["subject"], "Invoice 2026-17")
        versions = self.engine.data_of(TEMPLATES + "/invoice/versions")["items"]
        self.assertEqual([(v["version"], v["is_published"], v["subject"]) for v in versions],
                         [(3, False, "Third"), (2, False, "Second"), (1, True, "Invoice {{ number }}")])
        found = self.engine.data_of("/api/v1/messages?q=template:invoice")["items"]
        self.assertEqual(len(found), 4)

    def test_templates_are_there_after_a_kill(self):
        self.start()
        self.assertEqual(self.create().status, 201)
        self.engine.kill()
        self.engine.start()
        self.assertEqual(self.sent(template="invoice", variables=VARIABLES)[0]["subject"], "Invoice 2026-17")

    def test_templates_use_each_other(self):
        self.start()
        self.assert_refused(self.create(html="{% extends 'layout' %}"), 422, "validation.failed", {"html": "template.missing"})
        self.create(name="layout", subject="-", html="<main>{% block body %}{% endblock %}</main>")
        made = self.create(html="{% extends 'layout' %}{% block body %}{{ name }}{% endblock %}")
        self.assertEqual((made.status, made.data["uses"]), (201, ["layout"]), made)
        mail, _ = self.sent(template="invoice", variables=VARIABLES)
        self.assertIn("<main>安 &amp; &lt;Ann&gt;</main>", mail.get_body(("html",)).get_content())
        self.assert_refused(self.engine.request("DELETE", TEMPLATES + "/layout"), 409, "conflict")
        self.assertEqual(self.engine.request("DELETE", TEMPLATES + "/invoice").status, 200)
        self.assertEqual(self.engine.request("DELETE", TEMPLATES + "/layout").status, 200)
        self.assertEqual(self.engine.data_of(TEMPLATES)["items"], [])
        self.assert_refused(self.post(engine.SEND, {"to": "a@sink.test", "template": "invoice"}), 422, "validation.failed",
                            {"template": "template.unknown"})

    def test_what_may_be_missing_is_no_hindrance(self):
        self.start()
        optional = "{% include 'banner' ignore missing %}{% include ['holidays', 'layout'] %}"
        self.assert_refused(self.create(html=optional), 422, "validation.failed", {"html": "template.missing"})
        self.create(name="layout", subject="-", html="<p>{{ greeting }}</p>")
        made = self.create(html=optional)
        self.assertEqual((made.status, made.data["uses"]), (201, ["banner", "holidays", "layout"]), made)
        mail, _ = self.sent(template="invoice", variables={**VARIABLES, "greeting": "Hello"})
        self.assertEqual(mail.get_body(("html",)).get_content().strip(), "<p>Hello</p>")
        # A fault in what is included says so: the line and column are not the outer template's.
        answer = self.post(engine.SEND, {"to": "a@sink.test", "template": "invoice", "variables": VARIABLES})
        self.assert_refused(answer, 422, "validation.failed", {"variables.greeting": "template.undefined"})
        self.assertIn("in its html, in the template layout: line 1, column 7", answer.text)
        self.assert_refused(self.engine.request("DELETE", TEMPLATES + "/layout"), 409, "conflict")

    def test_rendering_and_trying_send_what_they_show(self):
        self.start()
        self.create()
        rendered = self.post(TEMPLATES + "/invoice/render", {}).data
        self.assertEqual(rendered["subject"], "Invoice 1")
        self.assertEqual(rendered["text"], "Dear Ann, 1 lines:\n\na")
        rendered = self.post(TEMPLATES + "/invoice/render", {"variables": VARIABLES, "version": 1}).data
        self.assertIn("安 &amp; &lt;Ann&gt;", rendered["html"])
        answer = self.post(TEMPLATES + "/invoice/test", {"to": "you@sink.test", "account": "sandbox"})
        self.assertEqual(answer.status, 202, answer)
        self.engine.wait_for_status(answer.data["message_id"], "sent")
        self.assertEqual(self.engine.data_of("/api/v1/admin/sandbox/mails")["items"][0]["subject"], "Invoice 1")
        self.assertEqual(len(self.server.mails), 0)

    def test_no_version_comes_back_without_what_it_refers_to(self):
        self.start()
        self.create()
        self.create(name="footer", subject="x", html="", text="bye")
        self.put("invoice", subject="x", text="{% include 'footer' %}")
        self.put("invoice", subject="x", text="alone")
        self.assertEqual(self.engine.request("DELETE", TEMPLATES + "/footer").status, 200)
        self.assert_refused(self.post(TEMPLATES + "/invoice/publish", {"version": 2}), 422, "validation.failed", {"text": "template.missing"})
        # Any version may be looked at; the published one is another.
        self.assertEqual(self.post(TEMPLATES + "/invoice/render", {"version": 3}).data["text"], "alone")
        self.put("invoice", subject="draft {{ 1 + 1 }}", text="x", publish=False)
        self.assertEqual(self.post(TEMPLATES + "/invoice/render", {"version": 4}).data["subject"], "draft 2")

    def test_what_is_wrong_is_named_and_leaves_nothing(self):
        self.start()
        self.create()
        creates = [({"name": "a b"}, {"name": "field.not_allowed"}), ({"name": "../x"}, {"name": "field.not_allowed"}),
                   ({"html": ""}, {"html": "field.required"}),
                   ({"html": "{% if %}"}, {"html": "template.syntax"}),
                   ({"subject": "{{ x", "html": "{{ 1 +"}, {"subject": "template.syntax", "html": "template.syntax"})]
        for fields, reasons in creates:
            with self.subTest(fields):
                self.assert_refused(self.create(**{"name": "other", **fields}), 422, "validation.failed", reasons)
        self.assert_refused(self.create(), 409, "already_exists")
        self.assert_refused(self.put("none", subject="s", text="t"), 404, "not_found")
        self.assert_refused(self.put("invoice", subject="s", text="t", revision=7), 409, "revision.stale")
        self.assert_refused(self.post(TEMPLATES + "/invoice/publish", {"version": 9}), 422, "validation.failed",
                            {"version": "template.no_version"})
        sends = [({"variables": {**VARIABLES, "lines": None}}, None),
                 ({"variables": {"number": 1, "lines": []}}, {"variables.name": "template.undefined"}),
                 ({"variables": VARIABLES, "subject": "s"}, {"subject": "field.not_allowed"}),
                 ({"variables": VARIABLES, "content": "c", "text": "t"}, {"content": "field.not_allowed", "text": "field.not_allowed"})]
        for fields, reasons in sends:
            with self.subTest(fields):
                self.assert_refused(self.post(engine.SEND, {"to": "a@sink.test", "template": "invoice", **fields}), 422,
                                    "validation.failed", reasons)
        mail, _ = self.sent(template="invoice", variables={"lines": []}, allow_undefined=True)
        self.assertEqual(mail["subject"], "Invoice ")
        self.assertEqual(self.engine.recipients("sent"), 1)

    def test_bombs_end_inside_their_budget(self):
        self.start()
        bombs = ["{% for a in range(10000) %}{% for b in range(10000) %}x{% endfor %}{% endfor %}", "{{ 'x' * 100000000 }}",
                 "{% include 'bomb' %}", "{{ 9 ** 9 ** 9 }}"]
        self.create(name="bomb", html="x")
        for bomb in bombs:
            with self.subTest(bomb):
                self.assertEqual(self.put("bomb", subject="s", html=bomb).status, 200)
                self.assert_refused(self.post(engine.SEND, {"to": "a@sink.test", "template": "bomb"}), 422, "validation.failed",
                                    {"template": "template.budget"})

    def test_the_mails_of_a_batch_share_a_budget(self):
        self.start()
        self.create(name="long", html="{% for a in range(9000) %}{{ 1" + " + 1" * 95 + " }}{% endfor %}")
        self.create(name="short", subject="s", html="x")
        long = {"to": "a@sink.test", "template": "long", "variables": VARIABLES}
        results = self.post("/api/v1/messages/email/batch", {"messages": [long] * 25 + [{**long, "template": "short"}]}).data["results"]
        codes = [one["status_code"] for one in results]
        self.assertEqual((codes[:20], codes[-3:]), ([202] * 20, [422] * 3), codes)
        self.assertEqual(results[-1]["details"][0]["reason"], "template.budget")
        # Alone, or in a batch of its own, each is fine.
        self.assertEqual(self.post(engine.SEND, {**long}).status, 202)

    def test_only_those_who_may(self):
        self.start()
        self.create()
        send, read = self.engine.token(("send",)), self.engine.token(("read",))
        self.assert_refused(self.post(TEMPLATES, {**INVOICE, "name": "x"}, read), 403, "auth.scope")
        self.assertEqual(self.engine.request("GET", TEMPLATES + "/invoice", None, read).status, 200)
        self.assert_refused(self.engine.request("GET", TEMPLATES + "/invoice", None, send), 403, "auth.scope")
        self.assertEqual(self.post(engine.SEND, {"to": "a@sink.test", "template": "invoice", "variables": VARIABLES}, send).status, 202)

    def test_the_command_line_keeps_templates_of_files(self):
        self.start()
        path = os.path.join(self.folder, "invoice.html")
        for subject in ("First", "Second"):
            with open(path, "w", encoding="utf-8") as file:
                file.write("<p>{{ name }}</p>")
            made = self.engine.ctl("templates", "put", "invoice", "--subject", subject, "--html", path)
        self.assertEqual(made["version"], 2)
        self.assertEqual(self.engine.ctl("templates", "render", "invoice", "--data", '{"name": "Ann"}')["text"], "Ann")
        receipt = self.engine.ctl("send", "--to", "a@sink.test", "--template", "invoice", "--data", '{"name": "Ann"}', "--wait", "20")
        self.assertEqual(receipt["status"], "sent")
        self.assertEqual(self.server.mails[0].parsed["subject"], "Second")
        self.assertEqual(self.engine.ctl("templates", "publish", "invoice", "1")["version"], 1)
        self.assertEqual([one["name"] for one in self.engine.ctl("templates", "list")["items"]], ["invoice"])
        self.assertEqual(self.engine.run_ctl("templates", "remove", "none").returncode, 5)
        self.engine.ctl("templates", "remove", "invoice")


class Uploads(TemplateCase):
    def upload(self, content, query="filename=a.pdf&content_type=application%2Fpdf", token=None):
        return self.engine.request("POST", ATTACHMENTS + "?" + query, content, token, {"Content-Type": "application/octet-stream"})

    def stored(self):
        folder = os.path.join(self.engine.data, "attachments")
        # Beside the folders with files stands what the folder itself is.
        return sorted(name for path, _, names in os.walk(folder) for name in names if path != folder)

    def test_a_file_is_uploaded_once_and_attached_often(self):
        self.start()
        content = os.urandom(3_000_000)
        first, second = self.upload(content), self.upload(content, "filename=%E8%B4%A6%E5%8D%95.pdf")
        self.assertEqual((first.status, first.data["size_bytes"], first.data["sha256"]),
                         (201, len(content), hashlib.sha256(content).hexdigest()), first)
        self.assertEqual(self.stored(), [first.data["sha256"]])
        mail, _ = self.sent(subject="s", text="t", attachments=[{"attachment_id": first.data["id"]},
                                                                 {"attachment_id": second.data["id"]},
                                                                 {"attachment_id": first.data["id"], "filename": "b.bin"}])
        files = [(part.get_filename(), part.get_content_type(), part.get_content()) for part in mail.iter_attachments()]
        self.assertEqual(files, [("a.pdf", "application/pdf", content), ("账单.pdf", "application/octet-stream", content),
                                 ("b.bin", "application/pdf", content)])
        # Forgotten as an upload, the file stays for its message.
        for one in (first, second):
            self.assertEqual(self.engine.request("DELETE", "%s/%s" % (ATTACHMENTS, one.data["id"])).status, 200)
        self.assertEqual(self.stored(), [first.data["sha256"]])
        self.assert_refused(self.post(engine.SEND, {"to": "a@sink.test", "subject": "s", "text": "t",
                                                    "attachments": [{"attachment_id": first.data["id"]}]}), 422,
                            "validation.failed", {"attachments[0].attachment_id": "attachment.unknown"})

    def test_a_queued_message_keeps_its_file_over_a_kill(self):
        self.start()
        uploaded = self.upload(b"content" * 1000).data
        self.engine.request("POST", "%s/%s/disable" % (engine.ACCOUNTS, self.engine.data_of(engine.ACCOUNTS)["items"][0]["id"]))
        answer = self.post(engine.SEND, {"to": "a@sink.test", "subject": "s", "text": "t", "attachments": [{"attachment_id": uploaded["id"]}]})
        self.engine.kill()
        self.engine.start()
        self.engine.request("POST", "%s/%s/enable" % (engine.ACCOUNTS, self.engine.data_of(engine.ACCOUNTS)["items"][0]["id"]))
        self.engine.wait_for_status(answer.data["message_id"], "sent")
        self.assertEqual(next(self.server.mails[0].parsed.iter_attachments()).get_content(), b"content" * 1000)

    def test_chunks_and_large_files_come_through_in_little_memory(self):
        self.start(settings={"ATTACHMENT_MAX_SIZE": str(120 << 20)})
        pieces, digest, piece = 100, hashlib.sha256(), os.urandom(1 << 20)

        def chunks():
            for _ in range(pieces):
                digest.update(piece)
                yield piece

        connection = http.client.HTTPConnection("127.0.0.1", self.engine.port(), timeout=120)
        self.addCleanup(connection.close)
        connection.request("POST", ATTACHMENTS + "?filename=big", chunks(), {
            "Authorization": "Bearer " + self.engine.local_token(), "Content-Type": "application/octet-stream",
            "Transfer-Encoding": "chunked"}, encode_chunked=True)
        answer = engine.Answer(connection.getresponse())
        self.assertEqual((answer.status, answer.data["size_bytes"], answer.data["sha256"]), (201, pieces << 20, digest.hexdigest()), answer)
        self.assertLess(self.engine.high_water(), 100 << 20)

    def test_what_is_wrong_is_named_and_leaves_nothing(self):
        self.start(settings={"ATTACHMENT_MAX_SIZE": "100000"})
        self.assert_refused(self.upload(b"x", ""), 422, "validation.failed", {"filename": "field.required"})
        self.assert_refused(self.upload(b"x", "filename=."), 422, "validation.failed", {"filename": "attachment.filename_invalid"})
        self.assert_refused(self.upload(b"x", "filename=a&content_type=x"), 422, "validation.failed",
                            {"content_type": "attachment.content_type_invalid"})
        self.assert_refused(self.upload(b""), 422, "validation.failed", {"body": "field.empty"})
        self.assert_refused(self.upload(b"x" * 100001), 413, "request.body_too_large")
        self.assert_refused(self.engine.request("POST", ATTACHMENTS + "?filename=a", {"a": 1}), 415, "request.media_type")
        both = {"attachment_id": "018c2d7e-5b7a-7c3b-9d1e-2f3a4b5c6d7e", "content": "eA=="}
        rows = [({**both}, {"attachments[0].attachment_id": "field.not_allowed"}),
                ({"content": "eA=="}, {"attachments[0].filename": "field.required"}),
                ({"attachment_id": "x"}, {"attachments[0].attachment_id": "attachment.unknown"})]
        for attachment, reasons in rows:
            with self.subTest(attachment):
                self.assert_refused(self.post(engine.SEND, {"to": "a@sink.test", "subject": "s", "text": "t", "attachments": [attachment]}),
                                    422, "validation.failed", reasons)
        self.assertEqual(self.stored(), [])

    def test_what_is_sent_again_needs_its_file_again(self):
        self.start()
        failed = []
        for n in range(2):
            content = base64.b64encode(bytes([n]) * 100000).decode()
            failed.append(self.engine.send(to="a@sink.test", attachments=[{"filename": "f", "content": content}], expires_at=iso(0.2), account=self.engine.make_account(1, email="x%d@sink.test" % n)["id"]))
            self.engine.wait_for_status(failed[n], "expired")
        self.engine.stop()
        # As the sweep leaves it after days: of both it has forgotten the need, of the second also removed the file.
        with sqlite3.connect(os.path.join(self.engine.data, "postroom.db")) as database:
            uses = dict(database.execute("SELECT message_id, stored_as FROM message_files").fetchall())
            database.execute("DELETE FROM message_files")
        name = uses[failed[1]]
        os.remove(next(os.path.join(folder, name) for folder, _, files in os.walk(os.path.join(self.engine.data, "attachments")) if name in files))
        self.engine.start()
        answers = [self.engine.request("POST", "/api/v1/messages/%s/retry" % one) for one in failed]
        self.assertEqual(answers[0].status, 200, answers[0])
        self.assert_refused(answers[1], 409, "conflict")
        with sqlite3.connect("file:%s?mode=ro" % os.path.join(self.engine.data, "postroom.db"), uri=True) as database:
            self.assertEqual(dict(database.execute("SELECT message_id, stored_as FROM message_files").fetchall()), {failed[0]: uses[failed[0]]})
        bulk = self.engine.request("POST", "/api/v1/messages/actions", {"action": "retry", "ids": failed}).data
        self.assertEqual((bulk["messages"], bulk["skipped"]), (1, 1))

    def test_a_key_attaches_only_its_own(self):
        self.start()
        mine, other = self.engine.token(("send",)), self.engine.token(("send",))
        uploaded = self.upload(b"mine", token=mine).data
        body = {"to": "a@sink.test", "subject": "s", "text": "t", "attachments": [{"attachment_id": uploaded["id"]}]}
        self.assert_refused(self.post(engine.SEND, body, other), 422, "validation.failed",
                            {"attachments[0].attachment_id": "attachment.unknown"})
        self.assert_refused(self.engine.request("DELETE", "%s/%s" % (ATTACHMENTS, uploaded["id"]), None, other), 404, "not_found")
        self.assertEqual(self.engine.request("GET", ATTACHMENTS, None, other).data["items"], [])
        self.assertEqual([one["id"] for one in self.engine.request("GET", ATTACHMENTS, None, mine).data["items"]], [uploaded["id"]])
        self.assertEqual(self.post(engine.SEND, body, mine).status, 202)
        batch = {"messages": [body, {**body, "attachments": [{"attachment_id": "x"}]}]}
        results = self.post("/api/v1/messages/email/batch", batch, mine).data["results"]
        self.assertEqual([one["status_code"] for one in results], [202, 422])


if __name__ == "__main__":
    unittest.main()
