#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""Reading back: what is looked for is found, counted, exported, acted upon; by the API and by postroomctl."""

import base64
import contextlib
import csv
import hashlib
import io
import json
import os
import pty
import sqlite3
import subprocess
import unittest
import urllib.parse

import engine
import mailserver

MESSAGES = "/api/v1/messages"
OK, FAILED, USAGE, NO_CONNECTION, NOT_ALLOWED, NOT_FOUND, CONFLICT, PARTLY = range(8)


class Reading(engine.EngineCase):
    def setUp(self):
        super().setUp()
        self.engine = self.start_engine()

    def ask(self, path="", token=None, **query):
        return self.engine.request("GET", MESSAGES + path + ("?" + urllib.parse.urlencode(query) if query else ""), token=token)

    def found(self, q, token=None, **more):
        """The subjects that a search finds, newest first."""
        return [row["subject"] for row in self.ask(q=q, token=token, **more).data["items"]]

    def act(self, token=None, **body):
        return self.engine.request("POST", MESSAGES + "/actions", body, token=token)

    def audited(self, action):
        return [row for row in self.engine.data_of("/api/v1/admin/audit?limit=200")["items"] if row["action"] == action]


class Search(Reading):
    def test_every_term_finds_its_messages(self):
        server = mailserver.MailServer()
        self.addCleanup(server.stop)
        sender = self.engine.make_account(server.port, email="shop@sink.test")
        one = self.engine.send(to=["Ann <ann@example.com>", "bob@example.net"], subject="Your order 1", **{"from": "shop@sink.test"})
        self.engine.wait_for_status(one, "sent")
        self.engine.wait_for_status(self.engine.send(to="ann@example.com", subject="您的订单 Größe", account="sandbox"), "sent")
        self.engine.send(to="carl@example.org", subject="Waits", **{"from": "nobody@example.org"})
        born = self.engine.message(one)["created_at"]
        for q, subjects in (
                ("", ["Waits", "您的订单 Größe", "Your order 1"]),
                ("to:ann@example.com", ["您的订单 Größe", "Your order 1"]), ("to:ANN@Example.COM to:bob@example.net", ["Your order 1"]),
                ("to:*@example.net", ["Your order 1"]), ("to:@example.net", ["Your order 1"]), ("to:car*", ["Waits"]),
                ("from:shop@sink.test", ["Your order 1"]), ("from:*@example.org", ["Waits"]),
                ("subject:ORDER", ["Your order 1"]), ('subject:"your order"', ["Your order 1"]), ("subject:grösse", []), ("subject:GRÖßE", ["您的订单 Größe"]),
                ("订单", ["您的订单 Größe"]), ("subject：订单", ["您的订单 Größe"]), ("ann order", ["Your order 1"]),
                ("status:sent from:shop@sink.test", ["Your order 1"]), ("status:queued", ["Waits"]),
                ("account:shop@sink.test", ["Your order 1"]), ("account:" + sender["id"], ["Your order 1"]), ("account:sandbox", ["您的订单 Größe"]),
                ("account:gone@sink.test", []), ("tag:none", []), ("template:none", []),
                ("id:" + one, ["Your order 1"]), ("before:" + born, []), ("after:" + born, ["Waits", "您的订单 Größe", "Your order 1"]),
                ("after:2020-01-01 before:2020-02-01", []), ("100% _", [])):
            with self.subTest(q):
                self.assertEqual(self.found(q), subjects)
        self.assertEqual(self.found("order", status="sent"), ["Your order 1"])

    def test_what_is_wrong_with_a_search_is_said(self):
        for q, reason, token in (("colour:red", "search.unknown_token", "colour"), ("Re: x", "search.unknown_token", "re"), ("to:", "search.no_value", "to"),
                                 ('subject:"x', "search.open_quote", "subject"), ("before:2026-02-30", "search.bad_date", "2026-02-30"),
                                 ("status:lost", "search.bad_state", "lost"), ("id:7", "search.bad_id", "7"), ("to:a*b", "search.bad_address", "a*b"),
                                 ("status:sent status:held", "search.repeated", "status"), ("x" * 1001, "search.too_long", ""), ("x " * 21, "search.too_many", "")):
            for path, method in (("", "GET"), ("/export", "GET"), ("/actions", "POST")):
                with self.subTest(q[:30], path=path):
                    answer = self.ask(path, q=q) if method == "GET" else self.act(action="cancel", q=q)
                    if path == "/actions" and len(q) > 1000:
                        reason = "field.too_long"
                    self.assert_refused(answer, 422, "validation.failed", {"q": reason})
                    self.assertIn(token, answer.body["details"][0]["detail"])
        for query, reasons in (({"count": "maybe"}, {"count": "field.not_allowed"}), ({"q": "status:sent", "status": "held"}, {"q": "search.repeated"}),
                               ({"cursor": "x"}, {"cursor": "field.not_allowed"}), ({"q": "a\x01"}, {"q": "field.control_character"})):
            self.assert_refused(self.ask(**query), 422, "validation.failed", reasons)

    def test_pages_and_counts(self):
        sent = [self.engine.send(subject="m%d %s" % (number, "even" if number % 2 == 0 else "odd")) for number in range(11)]
        for q, expected in (("", sent[::-1]), ("even", sent[::-2]), ("to:a@sink.test", sent[::-1]), ("status:queued", sent[::-1])):
            with self.subTest(q):
                seen, cursor = [], {}
                while True:
                    page = self.ask(q=q, limit=3, count="true", **cursor).data
                    seen += [row["id"] for row in page["items"]]
                    self.assertEqual(page["total"], {"count": len(expected), "more": False})
                    self.assertIsNone(page["searched_back_to"])
                    if not page["next_cursor"]:
                        break
                    cursor = {"cursor": page["next_cursor"]}
                self.assertEqual(seen, expected)
        self.assertIsNone(self.ask().data["total"])

    def test_a_sending_key_finds_its_own_alone(self):
        token, other = self.engine.token(["send"]), self.engine.token(["send"])
        self.engine.send(subject="mine", token=token)
        self.engine.send(subject="theirs", token=other)
        self.assertEqual(self.found("to:a@sink.test", token), ["mine"])
        self.assertEqual(self.found("", token), ["mine"])
        self.assertEqual(self.ask(token=token, count="true").data["total"]["count"], 1)
        self.assertEqual([row["subject"] for row in self.ask("/export", token).data["items"]], ["mine"])
        self.assertEqual(self.found("", self.engine.token(["read"])), ["theirs", "mine"])


class Source(Reading):
    def test_the_bytes_are_those_that_left(self):
        server = mailserver.MailServer()
        self.addCleanup(server.stop)
        self.engine.make_account(server.port)
        large = os.urandom(300_000)
        message_id = self.engine.send(subject="主题", attachments=[{"filename": "a.bin", "content_type": "application/octet-stream",
                                                                   "content": base64.b64encode(large).decode()}])
        self.engine.wait_for_status(message_id, "sent")
        left = server.wait_for(1)[0]
        path = MESSAGES + "/%s/raw" % message_id
        for answer in (self.engine.request("GET", path + "?format=eml"), self.engine.request("GET", path, headers={"Accept": "message/rfc822"})):
            self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "message/rfc822"))
            self.assertIn("%s.eml" % message_id, answer.headers["Content-Disposition"])
            self.assertEqual(hashlib.sha256(answer.text.encode()).hexdigest(), hashlib.sha256(left.content).hexdigest())
        self.assertEqual(self.engine.request("GET", path).data["subject"], "主题")
        self.assert_refused(self.engine.request("GET", path + "?format=pdf"), 422, "validation.failed", {"format": "field.not_allowed"})
        self.assertEqual(self.engine.request("GET", path + "?format=eml", token=self.engine.token(["send"])).status, 404)


class Held(Reading):
    def held(self, sink):
        message_id = self.engine.send(to="drop-after-dot@sink.test", on_unknown="hold")
        self.engine.wait_for_status(message_id, "held")
        return message_id, len(sink.mails())

    def release(self, message_id, body=None, token=None):
        return self.engine.request("POST", "%s/%s/release" % (MESSAGES, message_id), body, token)

    def test_what_is_held_is_sent_or_dropped_as_somebody_says(self):
        sink = self.start_sink()
        account = self.engine.make_account(sink.port)
        message_id, before = self.held(sink)
        explained = self.engine.data_of("%s/%s/explain" % (MESSAGES, message_id))
        evidence = explained["evidence"]
        self.assertEqual(len(evidence), 1)
        self.assertEqual((evidence[0]["account_email"], evidence[0]["results"][0]["outcome"]), (account["email"], "unknown"))
        self.assertTrue(any(line.startswith("C: ") for line in evidence[0]["transcript"]), evidence)
        self.assertEqual(self.release(message_id, token=self.engine.token(["send"])).status, 404)
        self.assertEqual(self.release(message_id, token=self.engine.token(["send", "read"])).status, 403)
        self.assert_refused(self.release(message_id, {"to": "moon"}), 422, "validation.failed", {"to": "field.not_allowed"})
        # To try again is not to decide.
        self.assert_refused(self.engine.request("POST", "%s/%s/retry" % (MESSAGES, message_id)), 409, "conflict")
        self.assertEqual(self.act(action="retry", q="status:held").data["messages"], 0)
        self.assertEqual(self.engine.message(message_id)["status"], "held")
        self.assertEqual(self.release(message_id).data["changed"], 1)
        self.engine.wait_for_status(message_id, "sent")
        self.assertEqual(len(sink.mails()), before + 1)
        self.assertEqual(self.engine.data_of("%s/%s/explain" % (MESSAGES, message_id))["evidence"], [])
        self.assert_refused(self.release(message_id), 409, "conflict")

        message_id, before = self.held(sink)
        self.assertEqual(self.release(message_id, {"to": "drop"}).data["changed"], 1)
        self.assertEqual(self.engine.message(message_id)["status"], "cancelled")
        self.assertEqual(len(sink.mails()), before)
        self.assertEqual(([row["target"] for row in self.audited("message.drop")], len(self.audited("message.release"))), ([message_id], 1))
        self.assertEqual(self.engine.queue()["imbalance"], 0)


class Bulk(Reading):
    def test_a_dry_run_counts_and_the_run_does(self):
        ids = [self.engine.send(subject="wave %d" % (number % 2), to=["a@sink.test", "b@sink.test"]) for number in range(230)]
        done = self.act(action="cancel", q='subject:"wave 1"', dry_run=True).data
        self.assertEqual((done["dry_run"], done["found"], done["messages"], done["recipients"], done["skipped"], done["recipients_by_state"]),
                         (True, 115, 115, 230, 0, {"queued": 230}))
        self.assertEqual(self.engine.recipients("cancelled"), 0)
        self.assertEqual(self.audited("messages.cancel"), [])
        done = self.act(action="cancel", q='subject:"wave 1"').data
        self.assertEqual((done["messages"], done["recipients"], done["skipped"], done["next_cursor"], done["stopped_by"]), (115, 230, 0, None, ""))
        self.assertEqual((self.engine.recipients("cancelled"), self.engine.recipients("queued")), (230, 230))
        noted = self.audited("messages.cancel")
        self.assertEqual((sum(row["detail"]["messages"] for row in noted), {row["target"] for row in noted}), (115, {'subject:"wave 1"'}))
        # Once more there is nothing left to do.
        done = self.act(action="cancel", q="wave").data
        self.assertEqual((done["found"], done["messages"], done["skipped"]), (230, 115, 115))
        done = self.act(action="retry", q="status:cancelled").data
        self.assertEqual((done["messages"], done["skipped"]), (0, 230))
        done = self.act(action="retry", ids=ids[:3], dry_run=True).data
        self.assertEqual((done["found"], done["messages"], done["skipped"]), (3, 0, 3))
        self.assertEqual(self.engine.queue()["imbalance"], 0)

    def test_what_came_after_a_dry_run_is_left_alone(self):
        counted = [self.engine.send(subject="wave") for _ in range(3)]
        would = self.act(action="cancel", q="wave", dry_run=True).data
        self.assertEqual((would["messages"], would["next_cursor"]), (3, None))
        late = self.engine.send(subject="wave")
        done = self.act(action="cancel", q="wave", cursor=would["start_cursor"]).data
        self.assertEqual((done["found"], done["messages"], done["start_cursor"]), (3, 3, would["start_cursor"]))
        self.assertEqual(self.engine.message(late)["status"], "queued")
        # A later count begins later; ids are what they are.
        self.assertEqual(self.act(action="cancel", q="wave", dry_run=True).data["messages"], 1)
        self.assertIsNone(self.act(action="cancel", ids=counted, dry_run=True).data["start_cursor"])

    def refuse_changes_of(self, message_id=None):
        """From now on the database refuses every change of this message's deliveries; none: it takes all again."""
        self.engine.stop()
        with contextlib.closing(sqlite3.connect(os.path.join(self.engine.data, "postroom.db"))) as database, database:
            database.execute("DROP TRIGGER IF EXISTS refuse_changes")
            if message_id:
                database.execute("CREATE TRIGGER refuse_changes BEFORE UPDATE ON deliveries WHEN OLD.message_id = '%s' "
                                 "BEGIN SELECT RAISE(ABORT, 'a test refuses it'); END" % message_id)
        self.engine.start()

    def test_a_page_that_can_not_be_written_is_begun_with_by_who_goes_on(self):
        ids = [self.engine.send(subject="wave") for _ in range(230)]
        pages = [ids[130:], ids[30:130], ids[:30]]
        # The second page, and the last one.
        for refused, done, cursor in ((pages[1][50], 100, pages[0][0]), (pages[2][0], 100, pages[1][0])):
            self.refuse_changes_of(refused)
            request = {"action": "cancel", "q": "status:queued wave"}
            stopped = self.act(**request).data
            self.assertEqual((stopped["stopped_by"], stopped["found"], stopped["messages"], stopped["recipients_by_state"]),
                             ("storage.failed", done, done, {"queued": done}))
            self.assertEqual(stopped["next_cursor"], cursor)
            # Nothing at all was done.
            self.assertEqual(self.act(cursor=cursor, **request).status, 503)
        self.refuse_changes_of()
        self.assertEqual(self.act(cursor=cursor, **request).data["messages"], 30)
        self.assertEqual((self.engine.recipients("cancelled"), self.engine.queue()["imbalance"]), (230, 0))

    def test_ids_given_twice_count_once(self):
        first, second = self.engine.send(), self.engine.send()
        done = self.act(action="cancel", ids=[first, second, first], dry_run=True).data
        self.assertEqual((done["found"], done["messages"], done["recipients"]), (2, 2, 2))
        # A cursor goes forward, wherever its id stands once more.
        done = self.act(action="cancel", ids=[first, second, first], cursor=second).data
        self.assertEqual((done["found"], done["messages"]), (1, 1))
        self.assertEqual(self.engine.message(first)["status"], "queued")

    def test_failed_mail_is_retried_and_arrives(self):
        sink = self.start_sink()
        account = self.engine.make_account(sink.port)
        ids = [self.engine.send(to="dot.554+spam@sink.test", subject="no") for _ in range(3)]
        failed = [message_id for message_id in ids if self.engine.wait_for_status(message_id, "failed")]
        server = mailserver.MailServer()
        self.addCleanup(server.stop)
        self.engine.patch_account(account, smtp_port=server.port)
        self.assertEqual(self.act(action="retry", q="status:failed to:dot.554+spam@sink.test").data["messages"], 3)
        for message_id in failed:
            self.engine.wait_for_status(message_id, "sent")
        self.assertEqual(len(server.wait_for(3)), 3)

    def test_each_key_acts_on_its_own(self):
        token, reader, admin = self.engine.token(["send"]), self.engine.token(["send", "read"]), self.engine.token(["admin", "send"])
        self.engine.send(subject="mine", token=token)
        other = self.engine.send(subject="theirs", token=admin)
        self.assertEqual(self.act(action="cancel", q="to:a@sink.test", token=reader).data["found"], 0)
        self.assertEqual(self.act(action="cancel", ids=[other], token=token).data["messages"], 0)
        self.assertEqual(self.act(action="cancel", q="to:a@sink.test", token=token).data["messages"], 1)
        self.assertEqual(self.engine.message(other)["status"], "queued")
        self.assertEqual(self.act(action="cancel", q="to:a@sink.test", token=admin).data["messages"], 1)
        self.assertEqual(self.act(action="cancel", q="x", token=self.engine.token(["read"])).status, 403)

    def test_bad_requests(self):
        some = self.engine.send()
        for body, reasons in (({}, {"action": "field.required"}), ({"action": "burn", "q": "x"}, {"action": "field.not_allowed"}),
                              ({"action": "cancel"}, {"q": "search.or_ids"}), ({"action": "cancel", "q": "x", "ids": [some]}, {"q": "search.or_ids"}),
                              ({"action": "cancel", "q": " "}, {"q": "field.empty"}), ({"action": "cancel", "ids": []}, {"ids": "field.empty"}),
                              ({"action": "cancel", "ids": ["x"]}, {"ids[0]": "field.type"}), ({"action": "cancel", "ids": [7]}, {"ids[0]": "field.type"}),
                              ({"action": "cancel", "q": "x", "cursor": "x"}, {"cursor": "field.not_allowed"}),
                              ({"action": "cancel", "q": "x", "dry_run": "yes"}, {"dry_run": "field.type"}), ({"action": "cancel", "q": "x", "all": 1}, {"all": "field.unknown"})):
            with self.subTest(json.dumps(body)):
                self.assert_refused(self.act(**body), 422, "validation.failed", reasons)
        self.assertEqual(self.engine.message(some)["status"], "queued")


class Export(Reading):
    def pages(self, **query):
        """Every page, as text, over the cursors of the headers."""
        texts, cursor = [], {}
        while True:
            answer = self.ask("/export", format="csv", **query, **cursor)
            self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "text/csv; charset=utf-8"), answer)
            texts.append(answer.text)
            if not answer.headers["X-Next-Cursor"]:
                self.assertIsNone(answer.headers["Link"])
                return texts
            cursor = {"cursor": answer.headers["X-Next-Cursor"]}
            self.assertIn("cursor=" + cursor["cursor"], answer.headers["Link"])
            self.assertTrue(answer.headers["Link"].endswith('rel="next"'))

    def test_csv_and_json_say_the_same_page_by_page(self):
        self.engine.send(subject='=HYPERLINK("http://evil"),1', to=["a@sink.test", "b@sink.test"])
        for number in range(6):
            self.engine.send(subject="第%d 封, \"quoted\"" % number)
        pages = self.pages(limit=2)
        self.assertEqual(len(pages), 4)
        rows = list(csv.DictReader(io.StringIO("".join(pages), newline="")))
        self.assertEqual(len(rows), 8)
        self.assertEqual([row["subject"] for row in rows[:6]], ["第%d 封, \"quoted\"" % number for number in range(5, -1, -1)])
        self.assertEqual([(row["subject"], row["recipient"]) for row in rows[6:]],
                         [("'=HYPERLINK(\"http://evil\"),1", "a@sink.test"), ("'=HYPERLINK(\"http://evil\"),1", "b@sink.test")])
        items, cursor = [], {}
        while True:
            page = self.ask("/export", limit=2, **cursor).data
            items += page["items"]
            if not page["next_cursor"]:
                break
            cursor = {"cursor": page["next_cursor"]}
        self.assertEqual([(row["message_id"], row["recipient"], row["status"]) for row in items],
                         [(row["message_id"], row["recipient"], row["status"]) for row in rows])
        self.assertEqual(list(rows[0]), list(items[0]))
        self.assertEqual(len(self.pages(q="subject:HYPERLINK")), 1)
        self.assertTrue(self.pages(bom="true")[0].startswith("\ufeffmessage_id,"))
        self.assert_refused(self.ask("/export", format="xml"), 422, "validation.failed", {"format": "field.not_allowed"})
        self.assert_refused(self.ask("/export", limit="201"), 422, "validation.failed", {"limit": "field.too_large"})

    def test_a_page_is_bounded_by_its_rows(self):
        many = ["p%d@sink.test" % number for number in range(1000)]
        ids = [self.engine.send(to=many) for _ in range(7)]
        page = self.ask("/export").data
        self.assertEqual((len(page["items"]), page["next_cursor"]), (5000, ids[2]))
        self.assertEqual(len(self.ask("/export", cursor=page["next_cursor"]).data["items"]), 2000)


class Ctl(Reading):
    def run_ctl(self, *words, code=OK):
        ended = self.engine.run_ctl(*words)
        self.assertEqual(ended.returncode, code, "%s\n%s%s" % (words, ended.stdout, ended.stderr))
        return ended.stdout

    def test_lists_acts_and_exports_what_a_search_finds(self):
        ids = [self.engine.send(subject="wave %d" % (number % 2)) for number in range(210)]
        rows = self.engine.ctl("messages", "list", "--query", '"wave 1"', "--limit", "1000")["items"]
        self.assertEqual([row["id"] for row in rows], ids[::-2])
        self.assertIn("wave 0", self.run_ctl("messages", "list", "--query", '"wave 0"', "--limit", "1"))
        refused = self.engine.run_ctl("messages", "list", "--query", "colour:red")
        self.assertEqual((refused.returncode, "colour" in refused.stderr), (FAILED, True))

        self.assertIn("Would cancel 105 recipients of 105 messages (105 queued).", self.run_ctl("messages", "cancel", "--query", '"wave 1"', "--dry-run"))
        # A script that does not say --yes changes nothing.
        self.run_ctl("messages", "cancel", "--query", '"wave 1"', code=USAGE)
        self.run_ctl("messages", "cancel", code=USAGE)
        self.run_ctl("messages", "cancel", ids[0], "--query", "x", code=USAGE)
        self.assertEqual(self.engine.recipients("cancelled"), 0)
        done = self.engine.ctl("messages", "cancel", "--query", '"wave 1"', "--yes")
        self.assertEqual((done["messages"], done["recipients"], done["dry_run"]), (105, 105, False))
        self.assertEqual(self.engine.recipients("cancelled"), 105)
        self.assertEqual(self.engine.ctl("messages", "retry", "--query", "status:queued", "--yes")["messages"], 105)
        self.run_ctl("messages", "release", ids[0], code=CONFLICT)

        path = os.path.join(self.folder, "out.csv")
        self.assertIn("Wrote " + path, self.run_ctl("messages", "export", "--format", "csv", "--query", "status:cancelled", "--out", path))
        with open(path, encoding="utf-8", newline="") as file:
            self.assertEqual([row["message_id"] for row in csv.DictReader(file)], ids[::-2])
        printed = json.loads(self.run_ctl("messages", "export", "--format", "json"))
        self.assertEqual([row["message_id"] for row in printed], ids[::-1])
        self.assertEqual(json.loads(self.run_ctl("messages", "export", "--format", "json", "--query", "nothing")), [])
        self.run_ctl("messages", "export", "--format", "json", "--query", "colour:red", "--out", path + "2", code=FAILED)
        self.assertFalse(os.path.exists(path + "2"))
        self.run_ctl("messages", "export", "--format", "xml", code=USAGE)

    def at_a_terminal(self, *words, answer, before_it=lambda: None):
        """What it says to somebody who answers its question so, and its exit code; `before_it` happens meanwhile."""
        master, slave = pty.openpty()
        with subprocess.Popen([engine.program("postroomctl"), "--data-dir", self.engine.data, *words], stdin=slave, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, env=engine.clean_environment()) as ctl:
            os.close(slave)
            said = b""
            while not said.endswith(b"[y/N] "):
                more = os.read(ctl.stdout.fileno(), 4096)
                if not more:
                    break
                said += more
            before_it()
            os.write(master, answer.encode() + b"\n")
            said += ctl.stdout.read()
            os.close(master)
        return said.decode(), ctl.returncode

    def test_asks_with_the_numbers_and_acts_on_what_they_counted(self):
        ids = [self.engine.send(subject="wave") for _ in range(2)]
        said, code = self.at_a_terminal("messages", "cancel", "--query", "wave", answer="n")
        self.assertIn("cancel 2 recipients of 2 messages (2 queued), all that wave finds? [y/N]", said)
        self.assertEqual((code, "Nothing was changed." in said, self.engine.recipients("cancelled")), (FAILED, True, 0))
        said, code = self.at_a_terminal("messages", "cancel", "--query", "wave", answer="y", before_it=lambda: ids.append(self.engine.send(subject="wave")))
        self.assertEqual((code, "cancel: 2 recipients of 2 messages." in said), (OK, True), said)
        self.assertEqual([self.engine.message(each)["status"] for each in ids], ["cancelled", "cancelled", "queued"])
        said, code = self.at_a_terminal("messages", "cancel", "--query", "wave", answer="y")
        self.assertIn("cancel 1 recipient of 1 message (1 queued)", said)
        # As with --yes.
        said, code = self.at_a_terminal("messages", "cancel", "--query", "wave", answer="y")
        self.assertEqual((code, said), (OK, "There is nothing to change.\n"))

    def test_releases_and_drops(self):
        sink = self.start_sink()
        self.engine.make_account(sink.port)
        first = self.engine.send(to="drop-after-dot@sink.test", on_unknown="hold")
        self.engine.wait_for_status(first, "held")
        self.assertIn("it is held until somebody decides", self.run_ctl("messages", "explain", first))
        self.assertRegex(self.run_ctl("messages", "explain", first), r"Last try .* through sender@sink\.test \(127\.0\.0\.1:\d+\): unknown")
        self.run_ctl("messages", "retry", first, code=CONFLICT)
        self.assertIn("Released for 1 recipient.", self.run_ctl("messages", "release", first))
        self.engine.wait_for_status(first, "sent")


if __name__ == "__main__":
    unittest.main()
