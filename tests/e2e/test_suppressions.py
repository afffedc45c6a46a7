#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""Who gets no mail: found out by the engine, told by people, taken in by the file; looked at when mail comes and when it goes."""

import csv
import datetime
import io
import os
import threading
import time
import unittest

import engine

PATH = "/api/v1/admin/suppressions"
SEND = engine.SEND
SUPPRESSED = "recipient.suppressed"


def iso(seconds):
    return datetime.datetime.fromtimestamp(time.time() + seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def days_until(text):
    return (datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() - time.time()) / 86400


class Suppressions(engine.EngineCase):
    def setUp(self):
        super().setUp()
        self.engine = self.start_engine(settings={"RATE_LIMIT_ENABLED": "false"})
        self.sink = self.start_sink()

    def add(self, address, **fields):
        answer = self.engine.request("POST", PATH, {"address": address, **fields})
        self.assertEqual(answer.status, 201, answer)
        return answer.data

    def all(self, query=""):
        return [row["address"] for row in self.engine.data_of(PATH + query)["items"]]

    def post(self, **fields):
        answer = self.engine.request("POST", SEND, {"to": "a@sink.test", "subject": "s", "text": "t", **fields})
        self.assertEqual(answer.status, 202, answer)
        return answer.data

    def import_csv(self, text):
        return self.engine.request("POST", PATH + "/import", text, headers={"Content-Type": "text/csv"})

    def balance(self):
        queue = self.engine.queue()
        self.assertEqual(queue["imbalance"], 0, queue)
        counts = dict(queue["recipients"])
        accepted = counts.pop("accepted")
        self.assertEqual(accepted, sum(counts.values()), queue)

    def reached(self):
        return sorted(mail["recipient"] for mail in self.sink.mails())

    def test_a_mailbox_that_there_is_not_gets_nothing_more(self):
        self.engine.make_account(self.sink.port)
        first = self.engine.send(to="Refuse+Ann@sink.test")
        failed = self.engine.wait_for_status(first, "failed")
        self.assertEqual(failed["deliveries"][0]["reason"], "smtp.recipient_unknown")
        row, = self.engine.data_of(PATH)["items"]
        self.assertEqual((row["address"], row["reason"], row["message_id"], row["note"]), ("refuse+ann@sink.test", "hard_bounce", first, ""))
        self.assertEqual(row["reply"], "550 5.1.1 no such mailbox")
        self.assertTrue(89 < days_until(row["expires_at"]) <= 90, row)

        # At once, in the receipt, with no attempt; the other gets it.
        receipt = self.post(to=["refuse+ann@SINK.test", "a@sink.test"])
        self.assertEqual([(each["status"], each["reason"]) for each in receipt["recipients"]], [("failed", SUPPRESSED), ("queued", "")])
        self.assertEqual(receipt["status"], "queued")
        message = self.engine.wait_for_status(receipt["message_id"], "failed")
        self.assertEqual(message["recipient_counts"], {"failed": 1, "sent": 1})
        kept = next(each for each in message["deliveries"] if each["status"] == "failed")
        self.assertEqual((kept["reason"], kept["attempts"], kept["waiting_for"]), (SUPPRESSED, 0, None))
        attempt, = self.engine.attempts(receipt["message_id"])
        self.assertEqual([result["recipient"] for result in attempt["results"]], ["a@sink.test"])
        explained = self.engine.data_of("/api/v1/messages/%s/explain" % receipt["message_id"])
        self.assertEqual([each["address"] for each in explained["suppressions"]], ["refuse+ann@sink.test"])
        self.assertEqual(self.engine.metric("postroom_suppressed_total"), 1)
        self.assertEqual(self.engine.metric("messages_failed_total"), 2)
        self.balance()

        # Tried again by hand it is still so, until somebody takes it back.
        self.engine.request("POST", "/api/v1/messages/%s/retry" % receipt["message_id"])
        engine.until(lambda: self.engine.metric("postroom_suppressed_total") == 2, 20, "the second refusal")
        self.assertEqual(self.engine.message(receipt["message_id"])["recipient_counts"], {"failed": 1, "sent": 1})
        self.assertEqual(self.engine.request("DELETE", PATH + "/refuse%2Bann@sink.test").status, 200)
        self.engine.request("POST", "/api/v1/messages/%s/retry" % receipt["message_id"])
        engine.until(lambda: len(self.engine.attempts(receipt["message_id"])) == 2, 20, "an attempt at it")
        self.balance()

    def test_only_what_is_final_for_a_mailbox_suppresses(self):
        self.engine.make_account(self.sink.port)
        for to, status in (("rcpt.552+full@sink.test", "failed"), ("defer@sink.test", "queued"), ("dot.554+spam@sink.test", "failed")):
            self.engine.wait_for_status(self.engine.send(to=to), status)
        several = self.engine.send(to=["refuse+one@sink.test", "b@sink.test"])
        self.engine.wait_for_status(several, "failed")
        self.assertEqual(self.all(), ["refuse+one@sink.test"])

    def test_nothing_is_suppressed_where_the_setting_is_none(self):
        other = self.start_engine(settings={"SUPPRESSION_DAYS": "0"}, data=os.path.join(self.engine.folder, "other"))
        other.make_account(self.sink.port)
        for _ in range(2):
            failed = other.wait_for_status(other.send(to="refuse@sink.test"), "failed")
            self.assertEqual(failed["deliveries"][0]["reason"], "smtp.recipient_unknown")
        self.assertEqual(other.data_of(PATH)["items"], [])

    def test_the_sandbox_is_no_witness_and_asks_nobody(self):
        self.add("a@sink.test")
        receipt = self.post(account="sandbox")
        self.assertEqual(receipt["recipients"][0]["status"], "queued")
        self.engine.wait_for_status(receipt["message_id"], "sent")

    def test_what_waits_is_looked_at_when_it_is_about_to_leave(self):
        # No account yet: they wait.
        waiting = [self.engine.send(to=to) for to in (["ann@sink.test", "bob@sink.test"], "cid@gone.test", "dan@sink.test")]
        later = self.engine.send(to="eve@sink.test", scheduled_at=iso(6))
        self.add("ANN@sink.test", reason="unsubscribed")
        self.add("*@gone.test")
        self.add("eve@sink.test", reason="complaint")
        # One that has ended, and one that was taken back, keep nothing from anybody.
        ends = self.add("dan@sink.test", expires_at=iso(3))["expires_at"]
        self.add("bob@sink.test")
        self.assertEqual(self.engine.request("DELETE", PATH + "/bob@sink.test").status, 200)
        explained = self.engine.data_of("/api/v1/messages/%s/explain" % waiting[0])
        self.assertEqual([(each["address"], each["reason"]) for each in explained["suppressions"]], [("ann@sink.test", "unsubscribed")])
        self.assertEqual(explained["status"], "queued")
        engine.until(lambda: days_until(ends) < 0, 20, "the end of dan's")
        self.engine.make_account(self.sink.port)
        first = self.engine.wait_for_status(waiting[0], "failed")
        self.assertEqual({each["recipient"]: each["reason"] for each in first["deliveries"]},
                         {"ann@sink.test": SUPPRESSED, "bob@sink.test": "smtp.sent"})
        self.engine.wait_for_status(waiting[1], "failed")
        self.engine.wait_for_status(waiting[2], "sent")
        self.engine.wait_for_status(later, "failed")
        self.assertEqual(self.reached(), ["bob@sink.test", "dan@sink.test"])
        self.assertEqual(self.engine.metric("postroom_suppressed_total"), 3)
        self.balance()

    def test_a_batch_says_it_for_each_and_a_repetition_says_the_same(self):
        self.add("ann@sink.test")
        body = {"messages": [{"to": to, "subject": "s", "text": "t"} for to in ("ann@sink.test", "nobody", "bob@sink.test")]}
        answers = [self.engine.request("POST", "/api/v1/messages/email/batch", body, headers={"Idempotency-Key": "once"}) for _ in range(2)]
        self.assertEqual(answers[0].body, answers[1].body)
        data = answers[0].data
        self.assertEqual([(row["index"], row["status_code"], row["status"]) for row in data["results"]],
                         [(0, 202, "failed"), (1, 422, None), (2, 202, "queued")])
        self.assertEqual(data["results"][0]["recipients"][0]["reason"], SUPPRESSED)
        self.assertEqual((data["accepted"], data["refused"]), (2, 1))
        raw = self.engine.request("POST", "/api/v1/messages/email/raw", b"To: ann@sink.test\r\nSubject: s\r\n\r\nt\r\n",
                                  headers={"Content-Type": "message/rfc822"})
        self.assertEqual(raw.data["recipients"][0]["reason"], SUPPRESSED)
        self.balance()

    def test_what_ends_before_the_mail_is_due_does_not_count(self):
        self.add("ann@sink.test", expires_at=iso(60))
        self.assertEqual(self.post(to="ann@sink.test", scheduled_at=iso(3600))["status"], "scheduled")
        self.assertEqual(self.post(to="ann@sink.test", scheduled_at=iso(30))["status"], "failed")
        self.assertEqual(self.post(to=["ann@sink.test", "bob@sink.test"], scheduled_at=iso(30))["status"], "scheduled")
        self.balance()

    def test_they_survive_a_kill(self):
        self.engine.make_account(self.sink.port)
        self.add("*@gone.test", note="closed")
        self.engine.wait_for_status(self.engine.send(to="refuse@sink.test"), "failed")
        self.engine.kill()
        self.engine.start()
        receipt = self.post(to=["refuse@sink.test", "x@gone.test", "a@sink.test"])
        engine.until(lambda: self.engine.message(receipt["message_id"])["recipient_counts"] == {"failed": 2, "sent": 1}, 20, "their ends")
        self.assertEqual(self.reached(), ["a@sink.test"])
        self.balance()

    def test_people_add_find_and_remove_them(self):
        row = self.add("Ann@Example.test", reason="unsubscribed", note="Ticket 4711", expires_at=iso(3600))
        self.assertEqual((row["address"], row["reason"], row["note"], row["reply"], row["message_id"]),
                         ("ann@example.test", "unsubscribed", "Ticket 4711", "", None))
        self.assertEqual(self.add("*@Gone.test")["reason"], "manual")
        self.add("bob@example.test", reason="complaint")
        self.assert_refused(self.engine.request("POST", PATH, {"address": "ANN@example.test"}), 409, "already_exists")
        for fields, reasons in (({"address": "nobody"}, {"address": "address.invalid"}),
                                ({"address": "*@"}, {"address": "address.domain_invalid"}),
                                ({"address": "x@y.test", "expires_at": iso(-60)}, {"expires_at": "field.too_small"}),
                                ({"address": "x@y.test", "expires_at": "soon"}, {"expires_at": "field.type"}),
                                ({"address": "x@y.test", "reason": "because"}, {"reason": "field.not_allowed"}),
                                ({"address": "x@y.test", "reply": "550"}, {"reply": "field.read_only"}),
                                ({}, {"address": "field.required"})):
            self.assert_refused(self.engine.request("POST", PATH, fields), 422, "validation.failed", reasons)
        self.assertEqual(self.all(), ["bob@example.test", "*@gone.test", "ann@example.test"])
        self.assertEqual(self.all("?q=EXAMPLE"), ["bob@example.test", "ann@example.test"])
        self.assertEqual(self.all("?reason=complaint"), ["bob@example.test"])
        self.assert_refused(self.engine.request("GET", PATH + "?reason=x"), 422, "validation.failed", {"reason": "field.not_allowed"})
        page = self.engine.data_of(PATH + "?limit=2")
        self.assertEqual(self.all("?limit=2&cursor=" + page["next_cursor"]), ["ann@example.test"])
        for name in (row["id"], "ann@example.test", "ANN@EXAMPLE.test"):
            self.assertEqual(self.engine.data_of("%s/%s" % (PATH, name)), row)
        self.assertEqual(self.engine.request("DELETE", PATH + "/*@gone.test").status, 200)
        self.assertEqual(self.engine.request("DELETE", "%s/%s" % (PATH, row["id"])).status, 200)
        for name in (row["id"], "ann@example.test", "nobody"):
            for method in ("GET", "DELETE"):
                self.assert_refused(self.engine.request(method, "%s/%s" % (PATH, name)), 404, "not_found")
        audit = [(each["action"], each["target"]) for each in self.engine.data_of("/api/v1/admin/audit")["items"]]
        self.assertEqual([each for each in audit if each[0].startswith("suppression")],
                         [("suppression.remove", "ann@example.test"), ("suppression.remove", "*@gone.test"), ("suppression.create", "bob@example.test"),
                          ("suppression.create", "*@gone.test"), ("suppression.create", "ann@example.test")])
        token = self.engine.token(["send", "read"])
        for method, path in (("GET", ""), ("POST", ""), ("GET", "/export"), ("POST", "/import"), ("GET", "/x@y.test"), ("DELETE", "/x@y.test")):
            self.assertEqual(self.engine.request(method, PATH + path, token=token).status, 403)

    def test_a_file_comes_in_whole_or_not_at_all(self):
        self.add("ann@example.test", reason="unsubscribed")
        wrong = self.import_csv("address,reason,expires_at\r\nbob@example.test,manual,\r\nnobody,manual,\r\ncid@example.test,because,\r\n")
        self.assert_refused(wrong, 422, "validation.failed", {"lines[3].address": "address.invalid", "lines[4].reason": "field.not_allowed"})
        self.assertEqual(self.all(), ["ann@example.test"])

        good = self.import_csv("Email,Reason,Note,Expires_At\r\nANN@example.test,manual,,\r\nbob@example.test,complaint,\"said \"\"no\"\", twice\",%s\r\n"
                               "*@gone.test,,,\r\nold@example.test,manual,,2020-01-01T00:00:00Z\r\n" % iso(3600))
        self.assertEqual(good.data, {"lines": 4, "added": 2, "known": 1, "ended": 1})
        self.assertEqual(self.engine.data_of(PATH + "/ann@example.test")["reason"], "unsubscribed")
        self.assertEqual(self.engine.data_of(PATH + "/bob@example.test")["note"], 'said "no", twice')
        self.assertEqual(self.post(to="x@gone.test")["status"], "failed")
        self.assertEqual(self.import_csv("").data, {"lines": 0, "added": 0, "known": 0, "ended": 0})
        self.assertEqual(self.engine.request("POST", PATH + "/import", {"a": 1}).status, 415)
        large = {"Content-Type": "text/csv", "Content-Length": str((16 << 20) + 1)}
        self.assertEqual(self.engine.request("POST", PATH + "/import", headers=large).status, 413)
        audit = [each for each in self.engine.data_of("/api/v1/admin/audit")["items"] if each["action"] == "suppressions.import"]
        self.assertEqual([each["detail"]["lines"] for each in audit], [0, 4])

    def test_what_goes_out_comes_in_again(self):
        count = 3000
        self.assertEqual(self.import_csv("address,note\r\n" + "".join('u%d@example.test,"n, ""%d"""\r\n' % (n, n) for n in range(count))).data["added"], count)
        self.add("+49171@example.test", reason="complaint")
        lines, cursor, pages = "", "", 0
        while cursor is not None:
            answer = self.engine.request("GET", PATH + "/export?format=csv" + ("&cursor=" + cursor if cursor else ""))
            self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "text/csv; charset=utf-8"))
            lines, cursor, pages = lines + answer.text, answer.headers["X-Next-Cursor"], pages + 1
        rows = list(csv.DictReader(io.StringIO(lines)))
        self.assertEqual((len(rows), pages), (count + 1, 4))
        self.assertEqual({row["address"].lstrip("'"): row["note"] for row in rows},
                         {"+49171@example.test": "", **{"u%d@example.test" % n: 'n, "%d"' % n for n in range(count)}})
        found = self.engine.data_of(PATH + "/export?q=u17@")["items"]
        self.assertEqual([row["address"] for row in found], ["u17@example.test"])
        other = self.start_engine(data=os.path.join(self.engine.folder, "other"))
        answer = other.request("POST", PATH + "/import", lines, headers={"Content-Type": "text/csv"})
        self.assertEqual(answer.data, {"lines": count + 1, "added": count + 1, "known": 0, "ended": 0})
        self.assertEqual(other.data_of(PATH + "/%2B49171@example.test")["reason"], "complaint")

    def test_a_large_file_holds_up_no_mail(self):
        self.engine.make_account(self.sink.port)
        text = "\n".join("user%d@large.test" % n for n in range(100_000))
        done = []
        importing = threading.Thread(target=lambda: done.append(self.import_csv(text)))
        importing.start()
        slowest = 0
        while importing.is_alive():
            began = time.monotonic()
            self.engine.send()
            slowest = max(slowest, time.monotonic() - began)
        self.assertEqual(done[0].data["added"], 100_000)
        self.assertLess(slowest, 5)
        self.assertEqual(self.post(to="USER99999@large.test")["status"], "failed")

    def test_the_command_line_does_the_same(self):
        ctl = self.engine.ctl
        self.assertEqual(ctl("suppressions", "list"), {"items": []})
        added = ctl("suppressions", "add", "Ann@example.test", "--reason", "unsubscribed", "--note", "Ticket", "--expires", "90d")
        self.assertEqual((added["address"], added["reason"]), ("ann@example.test", "unsubscribed"))
        self.assertTrue(89 < days_until(added["expires_at"]) <= 90, added)
        self.assertEqual(ctl("suppressions", "add", "*@gone.test")["reason"], "manual")
        self.assertEqual(self.engine.run_ctl("suppressions", "add", "ann@example.test").returncode, 6)
        self.assertEqual(self.engine.run_ctl("suppressions", "add", "ann").returncode, 1)
        self.assertEqual(self.engine.run_ctl("suppressions", "remove", "bob@example.test").returncode, 5)
        self.assertEqual([row["address"] for row in ctl("suppressions", "list", "--query", "gone")["items"]], ["*@gone.test"])
        shown = self.engine.run_ctl("suppressions", "list").stdout
        self.assertIn("*@gone.test", shown)
        self.assertIn("for good", shown)
        out = os.path.join(self.engine.folder, "out.csv")
        self.assertEqual(ctl("suppressions", "export", "--out", out)["file"], out)
        printed = self.engine.run_ctl("suppressions", "export").stdout
        with open(out, encoding="utf-8", newline="") as file:
            self.assertEqual(file.read().splitlines(), printed.splitlines())
        for address in ("ann@example.test", "*@gone.test"):
            self.assertEqual(ctl("suppressions", "remove", address), {"removed": address})
        self.assertEqual(ctl("suppressions", "import", "--csv", out), {"lines": 2, "added": 2, "known": 0, "ended": 0})
        bad = self.engine.run_ctl("suppressions", "import", "--csv", "-", stdin="address\nann\n")
        self.assertEqual(bad.returncode, 1)
        self.assertIn("lines[2].address", bad.stderr)
        self.assertEqual(self.engine.run_ctl("suppressions", "import").returncode, 2)


if __name__ == "__main__":
    unittest.main()
