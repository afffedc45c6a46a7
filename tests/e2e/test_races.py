#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""What people do while mail is under way: each recipient still comes to exactly one end, and the ledger balances."""

import collections
import concurrent.futures
import random
import unittest

import engine

STATES = ("scheduled", "queued", "sending", "sent", "failed", "held", "expired", "cancelled", "erased")


class Races(engine.EngineCase):
    def setUp(self):
        super().setUp()
        self.engine = self.start_engine()
        self.sink = self.start_sink()

    def act(self, message_id, action):
        return self.engine.request("POST", "/api/v1/messages/%s/%s" % (message_id, action))

    def switch(self, account, action):
        return self.engine.request("POST", "%s/%s/%s" % (engine.ACCOUNTS, account["id"], action))

    def in_the_dot(self, account, **fields):
        """A message whose "." the server has taken and will answer in two seconds."""
        before = len(self.sink.mails())
        message_id = self.engine.send(to="slow2@sink.test", account=account["id"], **fields)
        engine.until(lambda: len(self.sink.mails()) == before + 1, 20, "the dot")
        return message_id

    def assert_balanced(self):
        queue = self.engine.queue()
        counts = queue["recipients"]
        self.assertEqual((queue["imbalance"], counts["accepted"]), (0, sum(counts.get(state, 0) for state in STATES)), counts)

    def test_what_is_in_the_dot_can_t_be_cancelled(self):
        message_id = self.in_the_dot(self.engine.make_account(self.sink.port))
        self.assertEqual(self.engine.message(message_id)["status"], "sending")
        self.assert_refused(self.act(message_id, "cancel"), 409, "conflict")
        self.engine.wait_for_status(message_id, "sent")
        self.assertEqual(len(self.sink.mails()), 1)
        self.assert_balanced()

    def test_what_is_in_the_dot_is_not_sent_twice_by_a_retry(self):
        account = self.engine.make_account(self.sink.port)
        message_id = self.in_the_dot(account)
        self.assertIn(self.act(message_id, "retry").status, (200, 409))
        self.engine.wait_for_status(message_id, "sent")
        # Whatever the retry would have set going goes before this one.
        self.engine.wait_for_status(self.engine.send(to="after@sink.test"), "sent")
        engine.until(lambda: self.engine.queue()["in_flight"] == 0, 20, "nothing under way")
        self.assertEqual(self.engine.message(message_id)["status"], "sent")
        self.assertEqual([line["recipient"] for line in self.sink.mails()], ["slow2@sink.test", "after@sink.test"])
        self.assertEqual(len(self.engine.attempts(message_id)), 1)
        self.assert_balanced()

    def test_an_account_that_goes_away_under_its_mail(self):
        for number, action in enumerate(("disable", "delete", "patch")):
            with self.subTest(action):
                account = self.engine.make_account(self.sink.port, email="%s@sink.test" % action)
                message_id = self.in_the_dot(account)
                if action == "delete":
                    self.assertEqual(self.engine.request("DELETE", "%s/%s" % (engine.ACCOUNTS, account["id"])).status, 200)
                elif action == "patch":
                    self.engine.patch_account(account, smtp_port=1, daily_limit=0)
                else:
                    self.assertEqual(self.switch(account, action).status, 200)
                self.engine.wait_for_status(message_id, "sent")
                attempt, = self.engine.attempts(message_id)
                self.assertEqual((attempt["outcome"], attempt["account_email"]), ("sent", account["email"]))
                self.assertEqual(len(self.sink.mails()), number + 1)
                self.assert_balanced()

    def test_cancelled_or_sent_but_never_both(self):
        account = self.engine.make_account(self.sink.port)
        self.switch(account, "disable")
        ids = {self.engine.send(to="r%d@sink.test" % number, subject="m%d" % number): "m%d" % number for number in range(150)}
        order = list(ids)
        random.Random(11).shuffle(order)
        self.switch(account, "enable")
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = dict(zip(order, pool.map(lambda message_id: self.act(message_id, "cancel"), order)))
        for answer in answers.values():
            self.assertIn(answer.status, (200, 409), answer)
        engine.until(lambda: self.engine.recipients("queued") == 0 and self.engine.queue()["in_flight"] == 0, 30, "the end of the queue")
        arrived = collections.Counter(line["marker"] for line in self.sink.mails())
        for message_id, marker in ids.items():
            cancelled = answers[message_id].status == 200
            self.assertEqual((self.engine.message(message_id)["status"], arrived[marker]), ("cancelled", 0) if cancelled else ("sent", 1), marker)
        self.assert_balanced()

    def test_retried_and_switched_under_load_each_arrives_once(self):
        account = self.engine.make_account(self.sink.port)
        ids = []

        def post(number):
            message_id = self.engine.send(to=["r%d@sink.test" % number, "s%d@sink.test" % number], subject="m%d" % number)
            ids.append(message_id)
            self.assertIn(self.act(message_id, "retry").status, (200, 409))

        def disturb(_):
            for action in ("disable", "enable") * 10:
                self.assertEqual(self.switch(account, action).status, 200)

        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            disturbing = pool.submit(disturb, 0)
            list(pool.map(post, range(150)))
            disturbing.result()
        for message_id in ids:
            self.engine.wait_for_status(message_id, "sent", 30)
        copies = collections.Counter((line["marker"], line["recipient"]) for line in self.sink.mails())
        self.assertEqual((len(copies), set(copies.values())), (300, {1}))
        self.assert_balanced()

    def test_one_of_two_patches_on_the_same_revision_wins(self):
        account = self.engine.make_account(self.sink.port)
        path = "%s/%s" % (engine.ACCOUNTS, account["id"])
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda number: self.engine.request("PATCH", path, {"revision": account["revision"], "priority": number}), range(8)))
        self.assertEqual(sorted(answer.status for answer in answers), [200] + [409] * 7)
        winner, = [answer.data for answer in answers if answer.status == 200]
        self.assertEqual(self.engine.account(account)["priority"], winner["priority"])

    def test_one_of_two_accounts_of_the_same_address_is_made(self):
        body = {"email": "sender@sink.test", "smtp_host": "127.0.0.1", "smtp_port": self.sink.port, "security": "none"}
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            statuses = sorted(pool.map(lambda _: self.engine.request("POST", engine.ACCOUNTS, body).status, range(8)))
        self.assertEqual(statuses, [201] + [409] * 7)

    def test_refused_at_rcpt_and_unknown_at_the_dot_are_told_apart(self):
        self.engine.make_account(self.sink.port)
        message_id = self.engine.send(to=["drop-after-dot@sink.test", "refuse@sink.test", "defer@sink.test"], on_unknown="hold")
        engine.until(lambda: self.engine.recipients("held") == 1, 20, "one held")
        message = self.engine.message(message_id)
        self.assertEqual({row["recipient"].partition("@")[0]: row["status"] for row in message["deliveries"]},
                         {"drop-after-dot": "held", "refuse": "failed", "defer": "queued"})
        self.assertEqual(message["recipient_counts"], {"held": 1, "failed": 1, "queued": 1})
        # The first of: sending queued scheduled held failed expired cancelled sent.
        self.assertEqual(message["status"], "queued")
        self.assert_balanced()
        self.engine.kill()
        self.engine.start()
        self.assertEqual(self.engine.message(message_id)["recipient_counts"], {"held": 1, "failed": 1, "queued": 1})
        self.assertEqual(len(self.sink.mails()), 1)
        self.assert_balanced()

    def test_a_limit_that_is_lowered_below_what_was_sent(self):
        account = self.engine.make_account(self.sink.port, daily_limit=50)
        for number in range(10):
            self.engine.wait_for_status(self.engine.send(to="r%d@sink.test" % number), "sent")
        changed = self.engine.patch_account(account, daily_limit=5)
        self.assertEqual(changed["daily_sent_count"], 10)
        message_id = self.engine.send()
        self.engine.wait_for_reason(message_id, "account.daily_limit")
        self.engine.patch_account(account, daily_limit=11)
        self.engine.wait_for_status(message_id, "sent")
        self.engine.wait_for_reason(self.engine.send(), "account.daily_limit")
        self.assertEqual(len(self.sink.mails()), 11)
        self.assert_balanced()

    def test_every_act_of_an_admin_is_written_down(self):
        account = self.engine.make_account(self.sink.port)
        self.engine.patch_account(account, priority=3, smtp_username="user", smtp_password="a secret", auth="password")
        self.switch(account, "disable")
        self.switch(account, "enable")
        message_id = self.engine.send(account="sandbox")
        self.engine.wait_for_status(message_id, "sent")
        key = self.engine.create_key(["send"])
        self.engine.request("POST", "/api/v1/admin/api-keys/%s/revoke" % key["id"])
        self.engine.request("DELETE", "%s/%s" % (engine.ACCOUNTS, account["id"]))
        waits = self.engine.send()
        self.act(waits, "cancel")
        answer = self.engine.request("GET", "/api/v1/admin/audit?limit=200")
        rows = answer.data["items"]
        self.assertEqual([row["action"] for row in reversed(rows)],
                         ["account.create", "account.update", "account.disable", "account.enable", "key.create", "key.revoke", "account.delete", "message.cancel"])
        self.assertEqual({row["actor"] for row in rows}, {"local-admin"})
        for secret in ("a secret", key["api_secret"]):
            self.assertNotIn(secret, answer.text)


if __name__ == "__main__":
    unittest.main()
