#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""The sandbox: a first mail with no account and no network, kept where it can be read, counted apart from what went out."""

import email
import email.policy
import os
import smtplib
import socket
import time
import unittest

import engine
import mailserver

MAILS = "/api/v1/admin/sandbox/mails"


class Sandbox(engine.EngineCase):
    def setUp(self):
        super().setUp()
        self.engine = self.start_engine()

    def wait_for_mails(self, count):
        return engine.until(lambda: len(self.engine.data_of(MAILS)["items"]) == count and self.engine.data_of(MAILS)["items"], 20, "%d mails in the sandbox" % count)

    def test_takes_what_names_it(self):
        message_id = self.engine.send(account="sandbox", subject="第一封邮件", content="<p>您好</p>", to=["Ann <a@sink.test>", "b@sink.test"], bcc="c@sink.test",
                                      attachments=[{"filename": "发票.pdf", "content_type": "application/pdf", "content": "JVBERg=="}])
        message = self.engine.wait_for_status(message_id, "sent")
        self.assertEqual((message["sandbox"], message["account"], message["recipient_counts"]), (True, "sandbox", {"sent": 3}))
        row, = self.wait_for_mails(1)
        self.assertEqual((row["subject"], sorted(row["to"])), ("第一封邮件", ["a@sink.test", "b@sink.test", "c@sink.test"]))
        kept = self.engine.data_of("%s/%s" % (MAILS, row["id"]))
        self.assertEqual(kept["id"], row["id"])
        parsed = email.message_from_string(kept["source"], policy=email.policy.default)
        self.assertEqual((parsed["Subject"], parsed.get_body(("html",)).get_content().strip()), ("第一封邮件", "<p>您好</p>"))
        part, = parsed.iter_attachments()
        self.assertEqual((part.get_filename(), part.get_content()), ("发票.pdf", b"%PDF"))
        self.assertNotIn("c@sink.test", "".join(str(parsed[name]) for name in ("To", "Cc", "Bcc")))
        # It travelled the real way.
        attempt, = self.engine.attempts(message_id)
        self.assertEqual((attempt["outcome"], attempt["code"]), ("sent", 250))
        self.assertTrue(any("MAIL FROM" in line for line in attempt["transcript"]), attempt)

    def test_a_given_from_is_kept(self):
        self.engine.wait_for_status(self.engine.send(account="sandbox", **{"from": "Shop <news@shop.test>"}), "sent")
        row, = self.wait_for_mails(1)
        parsed = email.message_from_string(self.engine.data_of("%s/%s" % (MAILS, row["id"]))["source"], policy=email.policy.default)
        self.assertEqual(parsed["From"].addresses[0].addr_spec, "news@shop.test")

    def test_a_test_key_s_messages_go_nowhere_else(self):
        server = mailserver.MailServer()
        self.addCleanup(server.stop)
        account = self.engine.make_account(server.port)
        token = self.engine.token(["send"], test=True)
        for fields in ({}, {"account": "sandbox"}):
            message_id = self.engine.send(token, **fields)
            self.assertTrue(self.engine.wait_for_status(message_id, "sent")["sandbox"])
        for name in (account["id"], account["email"]):
            answer = self.engine.request("POST", engine.SEND, {"to": "a@sink.test", "subject": "s", "content": "c", "account": name}, token)
            self.assert_refused(answer, 422, "validation.failed", {"account": "account.test_key"})
        self.wait_for_mails(2)
        self.assertEqual(server.mails, [])

    def test_nothing_falls_back_to_it(self):
        waits = self.engine.send()
        self.engine.wait_for_reason(waits, "account.none")
        account = self.engine.make_account(1)
        self.engine.request("POST", "%s/%s/disable" % (engine.ACCOUNTS, account["id"]))
        self.engine.wait_for_reason(waits, "account.disabled")
        # One that may go there passes those that may not.
        self.engine.wait_for_status(self.engine.send(account="sandbox"), "sent")
        self.wait_for_mails(1)
        self.assertEqual(self.engine.message(waits)["status"], "queued")
        accounts = self.engine.data_of("/api/v1/messages/%s/explain" % waits)["accounts"]
        self.assertNotIn("sandbox", [row["account"] for row in accounts])

    def test_stays_out_of_what_was_sent_and_the_ledger_balances(self):
        for _ in range(5):
            self.engine.wait_for_status(self.engine.send(account="sandbox", to=["a@sink.test", "b@sink.test"]), "sent")
        queue = self.engine.queue()
        self.assertEqual((queue["recipients"]["accepted"], queue["recipients"]["sent"], queue["imbalance"]), (10, 10, 0))
        self.assertEqual((self.engine.metric("messages_sent_total"), self.engine.metric("messages_failed_total")), (0, 0))
        self.assertEqual(self.engine.metric("postroom_ledger_imbalance"), 0)
        server = mailserver.MailServer()
        self.addCleanup(server.stop)
        self.engine.make_account(server.port)
        self.engine.wait_for_status(self.engine.send(), "sent")
        engine.until(lambda: self.engine.metric("messages_sent_total") == 1, 10, "messages_sent_total of 1")

    def test_lists_newest_first_in_pages_and_outlives_a_stop(self):
        for number in range(7):
            self.engine.wait_for_status(self.engine.send(account="sandbox", subject="m%d" % number), "sent")
        self.wait_for_mails(7)
        self.engine.stop()
        self.engine.start()
        subjects, cursor = [], ""
        for _ in range(10):
            page = self.engine.data_of("%s?limit=3%s" % (MAILS, "&cursor=" + cursor if cursor else ""))
            subjects += [row["subject"] for row in page["items"]]
            cursor = page["next_cursor"]
            if not cursor:
                break
        self.assertEqual(subjects, ["m%d" % number for number in reversed(range(7))])
        # A Maildir, which other programs read too.
        folder = os.path.join(self.engine.data, "sandbox")
        self.assertLessEqual({"cur", "new", "tmp"}, set(os.listdir(folder)))

    def listening(self):
        """{(address, port)} of every socket the engine listens on, as the kernel writes it."""
        with open("/proc/net/tcp", encoding="ascii") as file:
            inodes = {row.split()[9]: tuple(row.split()[1].split(":")) for row in list(file)[1:] if row.split()[3] == "0A"}
        found = set()
        folder = "/proc/%d/fd" % self.engine.pid()
        for name in os.listdir(folder):
            try:
                target = os.readlink(os.path.join(folder, name))
            except FileNotFoundError:
                continue
            if target.startswith("socket:[") and target[8:-1] in inodes:
                found.add(inodes[target[8:-1]])
        return found

    def test_listens_on_loopback_alone(self):
        self.assertEqual({address for address, _ in self.listening()}, {"0100007F"})

    def test_takes_nothing_from_strangers(self):
        # Whoever finds its port must not be able to fill it, nor to pass for the engine.
        for port in {int(port, 16) for _, port in self.listening()} - {self.engine.port()}:
            for login in (None, ("user", "password"), ("", "")):
                with self.subTest(login=login), self.assertRaises(smtplib.SMTPException):
                    with smtplib.SMTP("127.0.0.1", port, timeout=20) as stranger:
                        if login:
                            stranger.login(*login)
                        stranger.sendmail("x@sink.test", ["a@sink.test"], "Subject: from a stranger\r\n\r\ntext")
        self.engine.wait_for_status(self.engine.send(account="sandbox", subject="ours"), "sent")
        self.assertEqual([row["subject"] for row in self.engine.data_of(MAILS)["items"]], ["ours"])

    def test_rests_where_strangers_take_every_seat(self):
        port, = {int(port, 16) for _, port in self.listening()} - {self.engine.port()}
        strangers = [socket.create_connection(("127.0.0.1", port)) for _ in range(200)]
        for stranger in strangers:
            self.addCleanup(stranger.close)
        message_id = self.engine.send(account="sandbox")
        waiting = self.engine.wait_for_reason(message_id, "account.resting")["waiting_for"]
        self.assertEqual(waiting["params"]["email"], "sandbox")
        # Those that were under way when it came to rest, and none after.
        self.assertLess(len(self.engine.attempts(message_id)), 10)
        for stranger in strangers:
            stranger.close()
        self.engine.wait_for_status(message_id, "sent", 60)


FAULTS = "/api/v1/admin/sandbox/faults"


class SandboxFaults(engine.EngineCase):
    """What the sandbox does wrong when it is told to, and what comes of it."""

    def setUp(self):
        super().setUp()
        self.engine = self.start_engine(settings={"EMAIL_TIMEOUT": "2"})

    def put(self, *faults):
        answer = self.engine.request("PUT", FAULTS, {"faults": list(faults)})
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(self.engine.data_of(FAULTS), answer.data)
        return answer.data["faults"]

    def refuse(self, reasons, *faults):
        self.assert_refused(self.engine.request("PUT", FAULTS, {"faults": list(faults)}), 422, "validation.failed", reasons)

    def send(self, **fields):
        return self.engine.send(account="sandbox", **fields)

    def kept(self):
        return len(self.engine.data_of(MAILS + "?limit=200")["items"])

    def test_each_fault_makes_the_state_it_is_for(self):
        delivery = lambda message: message["deliveries"][0]
        self.put({"fault": "reject", "rate": 1})
        message = self.engine.wait_for_status(self.send(), "failed")
        self.assertEqual(delivery(message)["last_reply"], "550 5.1.1 no such user")
        self.assertEqual(delivery(message)["reason"], "smtp.recipient_unknown")
        self.assertEqual(self.engine.data_of("/api/v1/admin/suppressions")["items"], [])  # a play

        self.put({"fault": "reject", "rate": 1, "stage": "dot", "reply": "554 5.7.1 this looks like spam"})
        message = self.engine.wait_for_status(self.send(), "failed")
        self.assertEqual(delivery(message)["reason"], "smtp.content_refused")

        self.put({"fault": "defer", "rate": 1, "reply": "451 4.7.1 greylisted, try again in 5 minutes"})
        message = self.engine.wait_for_reason(self.send(), "retry.scheduled")
        self.assertEqual((message["status"], delivery(message)["reason"]), ("queued", "smtp.greylisted"))

        self.put({"fault": "stall", "rate": 1, "stage": "dot", "stall_ms": 700})
        began = time.monotonic()
        self.engine.wait_for_status(self.send(), "sent")
        self.assertGreaterEqual(time.monotonic() - began, 0.7)

        # After the ".": nobody knows, and whoever sent it has said what that means.
        self.put({"fault": "drop", "rate": 1, "stage": "dot"})
        held = self.engine.wait_for_status(self.send(on_unknown="hold"), "held")
        self.assertEqual(delivery(held)["reason"], "smtp.unknown_outcome")
        retried = self.send()
        engine.until(lambda: len(self.engine.attempts(retried)) >= 1, 20, "a first attempt")
        kept = self.kept()
        self.assertEqual(self.engine.request("DELETE", FAULTS).data, {"faults": []})
        self.engine.request("POST", "/api/v1/messages/%s/retry" % retried)
        self.engine.wait_for_status(retried, "sent")
        self.assertEqual(self.kept(), kept + 1)
        self.assertEqual(self.engine.queue()["imbalance"], 0)

    def test_a_fault_of_the_connection_rests_the_sandbox_alone(self):
        self.put({"fault": "drop", "rate": 1, "stage": "connect"})
        waiting = self.send()
        self.engine.wait_for_reason(waiting, "account.resting")
        self.assertEqual(self.engine.message(waiting)["deliveries"][0]["attempts"], 0)

    def test_a_stall_beyond_the_timeout_is_a_fault(self):
        self.put({"fault": "stall", "rate": 1, "stage": "rcpt_to", "stall_ms": 60000})
        message_id = self.send()
        engine.until(lambda: self.engine.attempts(message_id), 20, "an attempt")
        attempt = self.engine.attempts(message_id)[0]
        self.assertEqual((attempt["outcome"], attempt["stage"]), ("deferred", "rcpt_to"))

    def test_rates_are_kept(self):
        self.put({"fault": "reject", "rate": 0.5})
        ids = [self.send(to="u%d@sink.test" % n) for n in range(200)]
        engine.until(lambda: self.engine.waiting() == 0, 60, "an end of all")
        failed = sum(self.engine.message(each)["status"] == "failed" for each in ids)
        self.assertTrue(60 <= failed <= 140, failed)
        self.assertEqual(self.kept(), 200 - failed)

    def test_what_makes_no_sense_is_refused(self):
        good = {"fault": "reject", "rate": 0.6}
        shown, = self.put(good)
        self.assertEqual(shown, {"fault": "reject", "stage": "rcpt_to", "rate": 0.6, "reply": "550 5.1.1 no such user", "stall_ms": 0})
        self.refuse({"faults[0].rate": "field.too_large"}, {"fault": "drop", "rate": 1.5})
        self.refuse({"faults[0].rate": "field.too_small"}, {"fault": "drop", "rate": -0.1})
        self.refuse({"faults[0].rate": "field.type"}, {"fault": "drop", "rate": "often"})
        self.refuse({"faults[1].rate": "field.too_large"}, good, {"fault": "defer", "rate": 0.5})
        self.refuse({"faults[0].reply": "reply.invalid"}, {"fault": "reject", "rate": 1, "reply": "451 later"})
        self.refuse({"faults[0].reply": "reply.invalid"}, {"fault": "defer", "rate": 1, "reply": "550 no"})
        self.refuse({"faults[0].reply": "field.not_allowed"}, {"fault": "drop", "rate": 1, "reply": "550 no"})
        self.refuse({"faults[0].reply": "field.control_character"}, {"fault": "reject", "rate": 1, "reply": "550 no\r\n250 yes"})
        self.refuse({"faults[0].stall_ms": "field.not_allowed"}, {"fault": "defer", "rate": 1, "stall_ms": 5})
        self.refuse({"faults[0].stage": "field.not_allowed"}, {"fault": "defer", "rate": 1, "stage": "quit"})
        self.assertEqual(self.engine.data_of(FAULTS)["faults"], [shown])
        self.put(*[{"fault": "defer", "rate": 0.1, "stage": "dot"}] * 10)
        audit = [row["detail"]["faults"] for row in self.engine.data_of("/api/v1/admin/audit")["items"] if row["action"] == "sandbox.faults"]
        self.assertEqual([len(faults) for faults in audit], [10, 1])
        # Until the engine ends.
        self.engine.stop()
        self.engine.start()
        self.assertEqual(self.engine.data_of(FAULTS), {"faults": []})

    def test_the_command_line_sets_them(self):
        self.assertEqual(self.engine.ctl("sandbox", "faults"), {"faults": []})
        self.engine.ctl("sandbox", "add-fault", "defer", "--rate", "0.25")
        both = self.engine.ctl("sandbox", "add-fault", "stall", "--rate", "1", "--stage", "dot", "--for", "20s")["faults"]
        self.assertEqual([(each["fault"], each["stage"], each["rate"], each["stall_ms"]) for each in both],
                         [("defer", "rcpt_to", 0.25, 0), ("stall", "dot", 1, 20000)])
        self.assertIn("25 %", self.engine.run_ctl("sandbox", "faults").stdout)
        self.assertEqual(self.engine.run_ctl("sandbox", "add-fault", "reject", "--rate", "0.9").returncode, 1)
        self.assertEqual(self.engine.run_ctl("sandbox", "add-fault", "reject", "--rate", "2").returncode, 2)
        self.assertEqual(self.engine.run_ctl("sandbox", "add-fault", "stall", "--rate", "1", "--for", "long").returncode, 2)
        self.assertEqual(self.engine.ctl("sandbox", "clear-faults"), {"faults": []})


if __name__ == "__main__":
    unittest.main()
