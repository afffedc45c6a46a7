#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""What a person pauses by name waits and stands before nobody; what no engine was there to send is sent, asked about or skipped."""

import time
import unittest
from collections import Counter

import engine
from mailserver import MailServer


class PausesCase(engine.EngineCase):
    def start_with_server(self, **settings):
        self.engine = self.start_engine(settings=settings)
        self.server = MailServer()
        self.addCleanup(self.server.stop)
        self.account = self.engine.make_account(self.server.port)

    def act(self, verb, **body):
        answer = self.engine.request("POST", "/api/v1/admin/queue/" + verb, body)
        self.assertEqual(answer.status, 200, answer)
        return answer.data["pauses"]

    def refused(self, verb, reasons, **body):
        self.assert_refused(self.engine.request("POST", "/api/v1/admin/queue/" + verb, body), 422, "validation.failed", reasons)

    def template(self, name):
        answer = self.engine.request("POST", "/api/v1/templates", {"name": name, "subject": name, "text": "a text"})
        self.assertEqual(answer.status, 201, answer)

    def send_template(self, name, **fields):
        answer = self.engine.request("POST", engine.SEND, {"to": "a@sink.test", "template": name, **fields})
        self.assertEqual(answer.status, 202, answer)
        return answer.data["message_id"]

    def assert_balanced(self):
        self.assertEqual(self.engine.queue()["imbalance"], 0)


class ByName(PausesCase):
    def setUp(self):
        super().setUp()
        self.start_with_server()

    def test_a_domain_waits_and_the_others_go_on(self):
        self.engine.wait_for_status(self.engine.send(to="a@slow.test"), "sent")
        paused, = self.act("pause", domain="SLOW.test", note="its servers are down")
        self.assertEqual((paused["kind"], paused["domain"], paused["account"], paused["template"], paused["note"]),
                         ("domain", "slow.test", "", "", "its servers are down"))
        self.assertEqual(self.act("pause", domain="slow.test", note="again"), [paused])
        waiting = [self.engine.send(to="a%d@Slow.test" % number) for number in range(30)]
        both = self.engine.send(to=["a@slow.test", "a@quick.test"])
        below = self.engine.send(to="a@mail.slow.test")
        self.engine.wait_for_status(below, "sent")
        for message_id in waiting:
            shown = self.engine.wait_for_reason(message_id, "domain.paused")
            self.assertEqual((shown["status"], shown["waiting_for"]["params"]), ("queued", {"domain": "slow.test"}))
        engine.until(lambda: self.engine.message(both)["recipient_counts"] == {"sent": 1, "queued": 1}, 30, "one of two recipients")
        # What it holds back takes no room.
        engine.until(lambda: self.engine.queue()["in_memory"] == 0, 30, "an empty window")
        self.engine.kill()
        self.engine.start()
        self.engine.wait_for_status(self.engine.send(to="a@quick.test"), "sent")
        self.assertEqual([self.engine.message(one)["waiting_for"]["code"] for one in waiting], ["domain.paused"] * 30)
        self.assertEqual(len(self.server.mails), 4)
        # To resume everything is not to resume this one.
        self.assertEqual(self.act("resume"), [paused])
        self.assertEqual(self.act("resume", domain="slow.test"), [])
        for message_id in [*waiting, both]:
            self.engine.wait_for_status(message_id, "sent")
        got = Counter(recipient for mail in self.server.mails for recipient in mail.recipients)
        self.assertEqual(max(got.values()), 2, got)  # a@quick.test and a@slow.test, by two messages each
        self.assertEqual(len(got), 33)
        self.assert_balanced()
        rows = [(row["action"], row["target"]) for row in self.engine.data_of("/api/v1/admin/audit")["items"] if row["action"].startswith("queue.")]
        self.assertEqual(rows, [("queue.resume", "domain:slow.test"), ("queue.pause", "domain:slow.test")])

    def test_a_template_waits_whatever_its_version(self):
        self.template("bulk")
        self.template("welcome")
        self.act("pause", template="bulk")
        waiting = [self.send_template("bulk") for _ in range(10)]
        later = self.send_template("bulk", scheduled_at=engine.iso(1))
        self.assertEqual(self.engine.request("PUT", "/api/v1/templates/bulk", {"subject": "new", "text": "a text"}).status, 200)
        waiting.append(self.send_template("bulk"))
        self.engine.wait_for_status(self.send_template("welcome"), "sent")
        self.engine.wait_for_status(self.engine.send(), "sent")
        for message_id in [*waiting, later]:
            self.assertEqual(self.engine.wait_for_reason(message_id, "template.paused")["waiting_for"]["params"], {"template": "bulk"})
        # One is not to be sent at all; who asks for another anew changes nothing.
        self.assertEqual(self.engine.request("POST", "/api/v1/messages/%s/cancel" % waiting[0]).status, 200)
        self.assertEqual(self.engine.request("POST", "/api/v1/messages/%s/retry" % waiting[1]).status, 200)
        self.engine.wait_for_reason(waiting[1], "template.paused")
        # It can be tried, and removed: its mail waits.
        tried = self.send_template("bulk", account="sandbox")
        self.engine.wait_for_status(tried, "sent")
        self.assertEqual(self.engine.request("DELETE", "/api/v1/templates/bulk").status, 200)
        self.assertEqual(len(self.server.mails), 2)
        self.engine.stop()
        self.engine.start()
        self.engine.wait_for_reason(later, "template.paused")
        self.assertEqual(self.act("resume", template="bulk"), [])
        for message_id in [*waiting[1:], later]:
            self.engine.wait_for_status(message_id, "sent")
        self.assertEqual(self.engine.message(waiting[0])["status"], "cancelled")
        self.assertEqual(len(self.server.mails), 2 + 11)
        self.assert_balanced()

    def test_what_is_paused_by_both_needs_both_to_end(self):
        self.template("bulk")
        self.act("pause", template="bulk")
        self.act("pause", domain="slow.test")
        message_id = self.send_template("bulk", to="a@slow.test")
        self.engine.wait_for_reason(message_id, "template.paused")
        self.act("resume", template="bulk")
        self.engine.wait_for_reason(message_id, "domain.paused")
        self.act("resume", domain="slow.test")
        self.engine.wait_for_status(message_id, "sent")

    def test_a_domain_in_other_letters(self):
        paused, = self.act("pause", domain="Bücher.test")
        self.assertEqual(paused["domain"], "xn--bcher-kva.test")
        message_id = self.engine.send(to="a@bücher.test")
        self.engine.wait_for_reason(message_id, "domain.paused")
        self.act("resume", domain="xn--bcher-kva.test")
        self.engine.wait_for_status(message_id, "sent")

    def test_what_can_not_be_paused(self):
        self.refused("pause", {"template": "template.unknown"}, template="nothing")
        self.refused("pause", {"domain": "address.domain_invalid"}, domain="no domain")
        self.refused("pause", {"domain": "field.empty"}, domain="")
        self.refused("pause", {"domain": "field.not_allowed"}, domain="a.test", account=self.account["id"])
        self.refused("resume", {"template": "field.not_allowed"}, domain="a.test", template="x")
        self.assertEqual(self.act("resume", template="nothing"), [])

    def test_the_command_line_says_it_too(self):
        self.template("bulk")
        self.assertEqual(len(self.engine.ctl("queue", "pause", "--domain", "slow.test", "--note", "a test")["pauses"]), 1)
        self.assertEqual(len(self.engine.ctl("queue", "pause", "--template", "bulk")["pauses"]), 2)
        said = self.engine.run_ctl("queue", "status").stdout
        self.assertIn("PAUSED: mail to slow.test", said)
        self.assertIn("PAUSED: mail of the template bulk", said)
        self.assertEqual(self.engine.run_ctl("queue", "resume", "--domain", "slow.test", "--template", "bulk").returncode, 2)
        message_id = self.engine.send(to="a@slow.test")
        self.engine.wait_for_reason(message_id, "domain.paused")
        self.assertIn("queue resume --domain slow.test", self.engine.run_ctl("messages", "explain", message_id).stdout)
        self.assertEqual(len(self.engine.ctl("queue", "resume", "--domain", "slow.test")["pauses"]), 1)
        self.assertEqual(self.engine.ctl("queue", "resume", "--template", "bulk")["pauses"], [])


class TooLate(PausesCase):
    """No engine for two seconds and more, where one is too many."""

    def away(self, rule, begin):
        """The id of mail for a moment at which no engine runs, once one does again."""
        self.start_with_server(LATE_MAIL=rule, LATE_AFTER="1")
        late = self.engine.send(subject="late", scheduled_at=engine.iso(1.5))
        begin()
        time.sleep(4)
        self.engine.start()
        return late

    def kill(self):
        self.engine.kill()

    def stop(self):
        self.engine.stop()

    def subjects(self):
        return [str(mail.parsed["Subject"]) for mail in self.server.mails]

    def test_it_is_sent(self):
        late = self.away("send", self.kill)
        self.engine.wait_for_status(late, "sent")

    def test_it_is_asked_about(self):
        late = self.away("ask", self.kill)
        shown = self.engine.wait_for_status(late, "held")
        self.assertEqual((shown["deliveries"][0]["reason"], shown["waiting_for"]["code"], shown["waiting_for"]["params"]),
                         ("message.too_late", "message.held", {"reason": "message.too_late"}))
        self.engine.wait_for_status(self.engine.send(subject="new"), "sent")
        self.assertEqual(self.subjects(), ["new"])
        # All that a filter finds, as with whatever is held.
        answer = self.engine.request("POST", "/api/v1/messages/actions", {"action": "release", "q": "status:held"})
        self.assertEqual(answer.status, 200, answer)
        self.engine.wait_for_status(late, "sent")
        self.assertEqual(self.subjects(), ["new", "late"])
        self.assert_balanced()

    def test_it_is_skipped(self):
        late = self.away("skip", self.stop)
        shown = self.engine.wait_for_status(late, "expired")
        self.assertEqual(shown["deliveries"][0]["reason"], "message.too_late")
        self.engine.wait_for_status(self.engine.send(subject="in time", scheduled_at=engine.iso(1)), "sent")
        self.assertEqual(self.subjects(), ["in time"])
        self.assert_balanced()

    def test_a_process_that_stood_still_was_not_there(self):
        self.start_with_server(LATE_MAIL="ask", LATE_AFTER="1")
        late = self.engine.send(scheduled_at=engine.iso(1.5))
        self.engine.freeze()
        # As a machine that sleeps: what is shorter than ten seconds may be load.
        time.sleep(12)
        self.engine.thaw()
        self.assertEqual(self.engine.wait_for_status(late, "held")["deliveries"][0]["reason"], "message.too_late")
        self.engine.wait_for_status(self.engine.send(), "sent")

    def test_what_waited_for_a_limit_is_not_late(self):
        """It waits longer than LATE_AFTER, and an engine was there all the time."""
        self.start_with_server(LATE_MAIL="skip", LATE_AFTER="20")
        self.engine.request("POST", "%s/%s/disable" % (engine.ACCOUNTS, self.account["id"]))
        message_id = self.engine.send()
        self.engine.wait_for_reason(message_id, "account.disabled")
        time.sleep(22)
        self.engine.kill()
        self.engine.start()
        self.engine.request("POST", "%s/%s/enable" % (engine.ACCOUNTS, self.account["id"]))
        self.engine.wait_for_status(message_id, "sent")


if __name__ == "__main__":
    unittest.main()
