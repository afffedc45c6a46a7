#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""The rules about replies: shown, tried, checked, read again while mail flows; a bad file changes nothing."""

import datetime
import json
import os
import signal
import unittest

import engine

RULES = "/api/v1/admin/reply-rules"
# What the sink says to refuse@ is "550 5.1.1 no such mailbox".
ROW = {"id": "the-sink", "stages": ["rcpt_to"], "codes": ["550"], "words": ["no such mailbox"], "outcome": "recipient_waits",
       "reason": "smtp.greylisted", "retry": "greylisted", "wait": "20 minutes"}


def rules(*rows, **more):
    return json.dumps({"version": 1, "extends": "built-in", "rules": list(rows), **more}, indent=1)


def seconds(iso):
    return datetime.datetime.fromisoformat(iso.replace("Z", "+00:00")).timestamp()


class ReplyRules(engine.EngineCase):
    def setUp(self):
        super().setUp()
        self.engine = self.start_engine()
        self.path = os.path.join(self.engine.data, "reply-rules.json")

    def write(self, text, path=None):
        path = path or self.path
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def refuse(self, ended, *said):
        self.assertEqual(ended.returncode, 1, ended)
        for words in said:
            self.assertIn(words, ended.stderr)

    def test_a_file_changes_what_a_reply_means(self):
        self.engine.make_account(self.start_sink().port)
        built_in = self.engine.data_of(RULES)
        self.assertEqual((built_in["source"], built_in["path"]), ("built-in", ""))
        failed = self.engine.wait_for_status(self.engine.send(to="refuse@sink.test"), "failed")
        self.assertEqual(failed["deliveries"][0]["reason"], "smtp.recipient_unknown")

        self.write(rules(ROW))
        loaded = self.engine.ctl("reply-rules", "reload")
        self.assertEqual((loaded["source"], loaded["path"], loaded["rows"]), ("file", self.path, built_in["rows"] + 1))
        message_id = self.engine.send(to="refuse+again@sink.test")
        delivery = self.engine.wait_for_reason(message_id, "retry.scheduled")["deliveries"][0]
        self.assertEqual((delivery["status"], delivery["reason"], delivery["attempts"]), ("queued", "smtp.greylisted", 1))
        attempt, = self.engine.attempts(message_id)
        waits = seconds(delivery["due_at"]) - seconds(attempt["started_at"])
        self.assertTrue(20 * 60 <= waits <= 25 * 60, waits)

        os.unlink(self.path)
        os.kill(self.engine.pid(), signal.SIGHUP)
        engine.until(lambda: self.engine.data_of(RULES)["source"] == "built-in", 20, "the built-in rules' return")
        self.engine.wait_for_status(self.engine.send(to="refuse+last@sink.test"), "failed")
        audit = [row["action"] for row in self.engine.data_of("/api/v1/admin/audit")["items"]]
        self.assertEqual(audit.count("reply_rules.reload"), 1)

    def test_a_bad_file_leaves_the_rules_before_in_force(self):
        self.write(rules(ROW))
        good = self.engine.ctl("reply-rules", "reload")
        self.write(rules(ROW, {**ROW, "id": "other", "codes": ["250"]}))
        self.refuse(self.engine.run_ctl("reply-rules", "reload"), self.path, "row 2 (other), codes[0]", "line ")
        answer = self.engine.request("POST", RULES + "/reload")
        self.assert_refused(answer, 422, "validation.failed", {"rules[1].codes[0]": "code.invalid"})
        self.assertEqual(self.engine.data_of(RULES), good)

        self.write('{"version": 1,\n "rules": [}')
        os.kill(self.engine.pid(), signal.SIGHUP)
        engine.until(lambda: "reply-rules.json: line 2, column " in self.engine.tail(), 20, "the log's word on the file")
        self.assertEqual(self.engine.data_of(RULES), good)
        self.assertEqual(self.engine.request("POST", RULES + "/reload").error, "json.invalid")

        # There are no rules before at a start: it says so and ends.
        self.engine.stop()
        self.engine.launch()
        self.assertEqual(self.engine.wait_for_exit(), 1)
        self.assertIn("reply-rules.json: line 2, column ", self.engine.tail())
        self.write(rules(ROW))
        self.engine.start()
        self.assertEqual(self.engine.data_of(RULES)["rows"], good["rows"])

    def test_a_reply_is_tried(self):
        def tried(stage, reply, *more):
            return self.engine.ctl("reply-rules", "test", "--stage", stage, "--reply", reply, *more)

        verdict = tried("rcpt", "550-5.1.1 No such\n550 5.1.1 mailbox here")
        self.assertEqual(verdict, {"meaning": "failed", "level": "recipient", "reason": "smtp.recipient_unknown",
                                   "rule": "recipient-unknown-code", "retry": "", "wait_ms": None})
        verdict = tried("dot", "451 greylisted, try again in 5 minutes")
        self.assertEqual((verdict["meaning"], verdict["retry"], verdict["wait_ms"]), ("deferred", "greylisted", 300000))
        self.assertEqual((tried("dot", "250 ok")["meaning"], tried("dot", "354 go on")["meaning"]), ("sent", "unknown"))
        said = self.engine.run_ctl("reply-rules", "test", "--stage", "auth", "--reply", "535 5.7.8 no").stdout
        self.assertIn("account, deferred: smtp.auth_rejected", said)
        self.assertIn("counts no attempt", said)
        mine = self.write(rules(ROW), os.path.join(self.folder, "mine.json"))
        self.assertEqual(tried("rcpt", "550 no such mailbox", "--file", mine)["rule"], "the-sink")
        self.assertNotEqual(tried("rcpt", "550 no such mailbox")["rule"], "the-sink")
        self.refuse(self.engine.run_ctl("reply-rules", "test", "--stage", "rcpt", "--reply", "no code"), "reply")
        self.assertEqual(self.engine.run_ctl("reply-rules", "test", "--stage", "helo", "--reply", "550 no").returncode, 2)
        self.assert_refused(self.engine.request("POST", RULES + "/test", {"stage": "dot", "reply": "99 no"}), 422,
                            "validation.failed", {"reply": "reply.invalid"})
        self.assert_refused(self.engine.request("POST", RULES + "/test", {"stage": "dot", "reply": "550 no"}, self.engine.token(["send", "read"])),
                            403, "auth.scope")

    def test_a_file_is_checked_without_an_engine(self):
        nowhere = ("--data-dir", os.path.join(self.folder, "nowhere"))
        shown = engine.run_ctl(*nowhere, "reply-rules", "show", "--built-in").stdout
        self.assertEqual(shown, self.engine.run_ctl("reply-rules", "show").stdout)
        path = self.write(shown, os.path.join(self.folder, "shown.json"))
        checked = engine.run_ctl(*nowhere, "reply-rules", "check", path)
        self.assertEqual((checked.returncode, checked.stderr), (0, ""))
        self.write(rules(ROW, ROW), path)
        self.refuse(engine.run_ctl(*nowhere, "reply-rules", "check", path), "row 2 (the-sink), id: row 1 has it too")
        self.refuse(engine.run_ctl(*nowhere, "reply-rules", "test", "--stage", "rcpt", "--reply", "550 no", "--file", path), "row 2")
        self.assertEqual(engine.run_ctl(*nowhere, "reply-rules", "test", "--stage", "rcpt", "--reply", "550 no").returncode, 3)
        self.assertEqual(engine.run_ctl(*nowhere, "reply-rules", "reload").returncode, 3)


if __name__ == "__main__":
    unittest.main()
