#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""The pool: who carries what, how much and when; mail that waits says for what."""

import datetime
import time
import unittest
from collections import Counter

import engine
from mailserver import MailServer


class PoolCase(engine.EngineCase):
    def setUp(self):
        super().setUp()
        self.engine = self.start_engine()
        self.server = MailServer()
        self.addCleanup(self.server.stop)

    def account(self, name, **fields):
        return self.engine.make_account(self.server.port, email=name + "@pool.test", **fields)

    def send(self, count):
        return [self.engine.send(subject=str(n)) for n in range(count)]

    def by_account(self):
        return Counter(mail.sender.partition("@")[0] for mail in self.server.mails)


def early_in_the_hour():
    """Limits of an hour are shown within one: waits over its last half minute."""
    now = datetime.datetime.now(datetime.timezone.utc)
    if now.minute == 59 and now.second >= 30:
        time.sleep(61 - now.second)


class Choice(PoolCase):
    def test_the_least_used_share_goes_first(self):
        self.account("small", daily_limit=10, max_connections=1)
        self.account("large", daily_limit=40, max_connections=1)
        # One by one: what is busy is no choice.
        for _ in range(25):
            self.engine.wait_for_status(self.engine.send(), "sent")
        carried = self.by_account()
        self.assertEqual(sum(carried.values()), 25)
        self.assertIn(carried["small"], range(4, 8), carried)

    def test_one_without_a_limit_saves_those_with_one(self):
        self.account("scarce", daily_limit=10)
        self.account("free")
        for _ in range(10):
            self.engine.wait_for_status(self.engine.send(), "sent")
        self.assertEqual(self.by_account(), {"free": 10})

    def test_priority_goes_before_share(self):
        self.account("first", daily_limit=3, priority=5)
        self.account("second")
        for message_id in self.send(6):
            self.engine.wait_for_status(message_id, "sent")
        self.assertEqual(self.by_account(), {"first": 3, "second": 3})


class Limits(PoolCase):
    def test_an_hour_holds_what_it_may(self):
        early_in_the_hour()
        account = self.account("hour", hourly_limit=3)
        message_ids = self.send(5)
        self.server.wait_for(3)
        waiting = [self.engine.message(one) for one in message_ids]
        waiting = [one for one in waiting if one["status"] != "sent"]
        self.assertEqual(len(waiting), 2, waiting)
        for one in waiting:
            why = self.engine.wait_for_reason(one["id"], "account.hourly_limit")["waiting_for"]
            self.assertTrue(why["until"].endswith(":00:00.000Z"), why)
        shown = self.engine.account(account)
        self.assertEqual((shown["state"], shown["daily_sent_count"]), ("limited", 3), shown)
        self.engine.patch_account(account, hourly_limit=None)
        self.server.wait_for(5)

    def test_a_limit_set_later_knows_what_left_before(self):
        early_in_the_hour()
        account = self.account("later")
        for message_id in self.send(3):
            self.engine.wait_for_status(message_id, "sent")
        for fields in ({"hourly_limit": 3}, {"hourly_limit": None, "daily_limit": 3, "limit_window": "rolling"},
                       {"limit_window": "calendar"}):
            self.engine.patch_account(account, **fields)
            message_id = self.engine.send()
            self.engine.wait_for_reason(message_id, "account.hourly_limit" if fields.get("hourly_limit") else "account.daily_limit")
            self.assertEqual(self.engine.request("POST", "/api/v1/messages/%s/cancel" % message_id).status, 200)
        self.assertEqual(len(self.server.mails), 3)

    def test_a_kill_makes_no_limit_larger(self):
        early_in_the_hour()
        self.account("killed", hourly_limit=7, daily_limit=9, limit_window="rolling", max_connections=2)
        message_ids = self.send(12)
        for count in (2, 4, 6):
            self.server.wait_for(count)
            self.engine.kill()
            self.engine.start()
        self.server.wait_for(7)
        for message_id in message_ids:
            if self.engine.message(message_id)["status"] != "sent":
                self.engine.wait_for_reason(message_id, "account.hourly_limit")
        self.assertEqual(len(self.server.mails), 7)

    def test_a_plan_limits_its_days(self):
        today = datetime.datetime.now(datetime.timezone.utc).date()
        account = self.account("warm", time_zone="UTC", daily_limit=100, warmup=[
            {"from": str(today - datetime.timedelta(days=1)), "daily_limit": 2},
            {"from": str(today + datetime.timedelta(days=2)), "daily_limit": None}])
        message_ids = self.send(3)
        self.server.wait_for(2)
        self.engine.wait_for_reason(message_ids[2], "account.daily_limit")
        shown = self.engine.account(account)
        self.assertEqual(len(shown["warmup"]), 2, shown)
        self.engine.patch_account(account, warmup=[])
        self.server.wait_for(3)

    def test_a_rate_spreads_the_minute(self):
        self.account("slow", rate_per_minute=60)
        began = time.monotonic()
        message_ids = self.send(4)
        self.engine.wait_for_reason(message_ids[3], "account.rate")
        self.server.wait_for(4)
        self.assertGreater(time.monotonic() - began, 2.0)

    def test_outside_its_hours_an_account_waits(self):
        now = datetime.datetime.now(datetime.timezone.utc)
        opens = (now + datetime.timedelta(hours=3)).replace(second=0, microsecond=0)
        account = self.account("night", time_zone="UTC", send_hours=[
            {"from": opens.strftime("%H:%M"), "to": (opens + datetime.timedelta(hours=1)).strftime("%H:%M")}])
        message_id = self.engine.send()
        why = self.engine.wait_for_reason(message_id, "account.send_hours")["waiting_for"]
        self.assertEqual(why["until"], opens.strftime("%Y-%m-%dT%H:%M:00.000Z"))
        self.engine.patch_account(account, send_hours=[])
        self.engine.wait_for_status(message_id, "sent")

    def test_a_connection_carries_so_many(self):
        peers = []
        handle = self.server.handle_DATA

        async def noting(server, session, envelope):
            peers.append(session.peer)
            return await handle(server, session, envelope)

        self.server.handle_DATA = noting
        self.account("few", max_messages=2, max_connections=1)
        for message_id in self.send(5):
            self.engine.wait_for_status(message_id, "sent")
        self.assertEqual(sorted(Counter(peers).values()), [1, 2, 2])


class Domains(PoolCase):
    def test_a_domain_that_asks_for_a_pause_gets_it_and_stands_before_nobody(self):
        """Without a pause each of its mails would be tried, and the tries would be as many as the mails."""
        asked = []

        async def refusing(_server, _session, envelope, address, _options):
            if address.endswith("@slow.test"):
                asked.append(address)
                return "451 4.4.1 slow.test: dns lookup failed, try again later"
            envelope.rcpt_tos.append(address)
            return "250 2.1.5 fine"

        self.server.handle_RCPT = refusing
        self.account("only", max_connections=2)
        first = self.engine.send(to="first@slow.test")
        self.engine.wait_for_reason(first, "retry.scheduled")
        slow = [self.engine.send(to="%d@slow.test" % n) for n in range(50)]
        quick = [self.engine.send(to=["%d@quick.test" % n, "%d@slow.test" % n]) for n in range(5)]
        for message_id in slow:
            message = self.engine.wait_for_reason(message_id, "retry.scheduled")
            self.assertEqual((message["waiting_for"]["params"], message["deliveries"][0]["attempts"]), ({"reason": "queue.domain_paused"}, 0), message)
        self.server.wait_for(5)
        for message_id in quick:
            counts = self.engine.message(message_id)["recipient_counts"]
            self.assertEqual(counts, {"sent": 1, "queued": 1})
        self.assertEqual(len(asked), 1, asked)
        self.assertEqual(self.engine.metric("postroom_ledger_imbalance"), 0)


class Pauses(PoolCase):
    def act(self, verb, **body):
        answer = self.engine.request("POST", "/api/v1/admin/queue/" + verb, body)
        self.assertEqual(answer.status, 200, answer)
        return answer.data["pauses"]

    def test_nothing_leaves_while_everything_is_paused(self):
        account = self.account("any")
        paused, = self.act("pause", note="the provider moves")
        self.assertEqual((paused["kind"], paused["account"], paused["note"]), ("queue", "", "the provider moves"))
        message_id = self.engine.send()
        self.assertEqual(self.engine.wait_for_reason(message_id, "queue.paused")["status"], "queued")
        # Twice is once, and a restart ends nothing.
        self.assertEqual(self.act("pause", note="again"), [paused])
        self.engine.kill()
        self.engine.start()
        self.engine.wait_for_reason(message_id, "queue.paused")
        self.assertEqual(self.server.mails, [])
        self.assertEqual(self.engine.account(account)["state"], "active")
        self.assertEqual(self.act("resume"), [])
        self.engine.wait_for_status(message_id, "sent")
        actions = [row["action"] for row in self.engine.data_of("/api/v1/admin/audit")["items"]]
        self.assertEqual((actions.count("queue.pause"), actions.count("queue.resume")), (1, 1))

    def test_a_paused_account_leaves_the_others_alone(self):
        first = self.account("first", priority=5)
        self.account("second")
        self.act("pause", account="FIRST@pool.test")
        self.assertEqual(self.engine.account(first)["state"], "paused")
        self.engine.wait_for_status(self.engine.send(), "sent")
        pinned = self.engine.send(account=first["id"])
        self.engine.wait_for_reason(pinned, "account.paused")
        # To resume everything is not to resume this one.
        self.assertEqual(len(self.act("resume")), 1)
        self.act("resume", account=first["id"])
        self.engine.wait_for_status(pinned, "sent")
        self.assertEqual(self.by_account(), {"second": 1, "first": 1})
        self.assert_refused(self.engine.request("POST", "/api/v1/admin/queue/pause", {"account": "nobody"}), 422, "validation.failed",
                            {"account": "account.unknown"})

    def test_of_two_that_differ_in_case_the_one_that_is_named(self):
        lower, upper = self.account("ann"), self.account("Ann")
        self.act("pause", account="Ann@pool.test")
        self.assertEqual([self.engine.account(one)["state"] for one in (lower, upper)], ["active", "paused"])

    def test_the_command_line_says_it_too(self):
        self.account("any")
        self.assertEqual(len(self.engine.ctl("queue", "pause", "--note", "a test")["pauses"]), 1)
        self.assertEqual(len(self.engine.ctl("queue", "pause", "--account", "any@pool.test")["pauses"]), 2)
        said = self.engine.run_ctl("queue", "status").stdout
        self.assertIn("PAUSED: everything", said)
        self.assertIn("a test", said)
        self.assertEqual(len(self.engine.ctl("queue", "resume")["pauses"]), 1)
        self.assertEqual(self.engine.ctl("queue", "resume", "--account", "any@pool.test")["pauses"], [])
        self.assertEqual(self.engine.ctl("accounts", "pause", "any@pool.test")["state"], "paused")
        self.assertEqual(self.engine.ctl("accounts", "resume", "any@pool.test")["state"], "active")


if __name__ == "__main__":
    unittest.main()
