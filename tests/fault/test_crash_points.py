#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""The engine dies at each point of a message's way, C0 to C8, by kill -9 and by a power cut: what becomes of the mail.

A power cut is a copy of the data folder on which the engine starts under another boot id. All points are reached side by
side, each on a port of its own, and end together.
"""

import collections
import dataclasses
import http.client
import json
import os
import shutil
import sqlite3
import subprocess
import time
import unittest

import scene
from scene import real

BIG = 3 << 20
PHASE_TAKEN, PHASE_REFUSED = 3, 4


@dataclasses.dataclass
class Point:
    name: str
    script: tuple = ()
    reached: str = ""  # a verb that was heard; kept: it is in the sink's book; sent; waiting: its account is disabled
    kill: tuple = ("sent", 1, 1)  # afterwards: state, counted attempts, copies
    cut: tuple = ("sent", 1, 1)
    to: tuple = ("a",)
    port: dict = dataclasses.field(default_factory=dict)
    size: int = 0
    on_unknown: str = "retry"
    locked: int = 0  # reached when the slot has this phase and the database takes no record


HELD, TWICE = ("held", 1, 1), ("sent", 2, 2)
POINTS = [
    Point("c2", reached="waiting"),
    Point("c3-mail", ("once mail stall",), "MAIL"),
    Point("c3-rcpt", ("once rcpt stall",), "RCPT"),
    Point("c3-rcpt-hold", ("once rcpt stall",), "RCPT", on_unknown="hold"),
    Point("c3-data", ("once data stall",), "DATA"),
    Point("c3-data-two", ("once data stall",), "DATA", to=("a", "b")),
    Point("c4", ("once body shut",), "DATA", port={"window": 4096}, size=BIG),
    Point("c4-hold", ("once body shut",), "DATA", port={"window": 4096}, size=BIG, on_unknown="hold"),
    # Without a row nothing says after a power cut that there was an attempt.
    Point("c5", ("once dot stall",), "kept", kill=TWICE, cut=("sent", 1, 2)),
    Point("c5-two", ("once dot stall",), "kept", kill=TWICE, cut=TWICE, to=("a", "b")),
    Point("c5-hold", ("once dot stall",), "kept", kill=HELD, cut=HELD, on_unknown="hold"),
    Point("c5-hold-two", ("once dot stall",), "kept", kill=HELD, cut=HELD, on_unknown="hold", to=("a", "b")),
    Point("c6", ("once dot wait5",), "kept", cut=("sent", 1, 2), locked=PHASE_TAKEN),
    Point("c6-two", ("once dot wait5",), "kept", cut=TWICE, to=("a", "b"), locked=PHASE_TAKEN),
    Point("c6-hold", ("once dot wait5",), "kept", cut=HELD, on_unknown="hold", locked=PHASE_TAKEN),
    Point("c7", (), "sent"),
    Point("c7-quit", ("quit stall",), "sent"),
    # Refused before: what comes later is no copy.
    Point("c8", ("once mail wait5", "once dot 451 4.3.0 later"), "MAIL", kill=("sent", 2, 1), locked=PHASE_REFUSED),
]


def phases(engine):
    with open(os.path.join(engine.data, "slots"), "rb") as file:
        return collections.Counter(file.read()[128::128])


class CrashPoints(real.EngineCase):
    def setUp(self):
        super().setUp()
        self.sink = self.start_sink({point.name: {"script": point.script, **point.port} for point in POINTS})
        self.tape = scene.Growing(self.sink.tape_path)
        self.engine = self.start_engine(settings={"RATE_LIMIT_ENABLED": "false"})
        self.accounts, self.messages = {}, {}

    def bring(self, point):
        self.accounts[point.name] = self.engine.make_account(self.sink.ports[point.name], email=point.name + "@points.test")
        if point.reached == "waiting":
            self.turn(point, "disable")
        self.messages[point.name] = self.engine.send(
            subject=point.name, account=point.name + "@points.test", to=[local + "@sink.test" for local in point.to],
            content="<p>a text</p>" + "0123456789abcde\n" * (point.size // 16), on_unknown=point.on_unknown)

    def turn(self, point, verb, engine=None):
        return (engine or self.engine).request("POST", "%s/%s/%s" % (real.ACCOUNTS, self.accounts[point.name]["id"], verb)).data

    def copies(self, point):
        return collections.Counter(line["recipient"] for line in self.sink.mails() if line["marker"] == point.name)

    def is_there(self, point):
        if point.reached == "waiting":
            return True
        if point.reached == "kept":
            return bool(self.copies(point))
        if point.reached == "sent":
            return self.engine.message(self.messages[point.name])["status"] == "sent"
        return any(line.get("heard", "").startswith(point.reached) for line in self.tape.of(point.name))

    def reach_all(self):
        """Every message at its point; the engine does not move any more. The connection that keeps it from recording."""
        free, locked = [point for point in POINTS if not point.locked], [point for point in POINTS if point.locked]
        for table in (free, locked):
            for point in table:
                self.bring(point)
            for point in table:
                real.until(lambda point=point: self.is_there(point), 30, "the point %s" % point.name)
        lock = sqlite3.connect(os.path.join(self.engine.data, "postroom.db"), isolation_level=None, timeout=5)
        lock.execute("BEGIN IMMEDIATE")
        wanted = collections.Counter(point.locked for point in locked)
        real.until(lambda: all(phases(self.engine)[phase] == count for phase, count in wanted.items()), 10,
                   "replies that are read and not recorded")
        self.engine.freeze()
        return lock

    def judge(self, engine, column):
        self.turn(POINTS[0], "enable", engine)
        for point in POINTS:
            with self.subTest(point.name, ended_by=column):
                state, attempts, copies = getattr(point, column)
                message = engine.wait_for_status(self.messages[point.name], state, 30)
                self.assertEqual({one["attempts"] for one in message["deliveries"]}, {attempts}, message)
                self.assertEqual(self.copies(point), {local + "@sink.test": copies for local in point.to})
                mails = [line for line in self.sink.mails() if line["marker"] == point.name]
                self.assertEqual(len({(line["message_id"], line["sha256"]) for line in mails}), 1)
        self.assertEqual(engine.queue()["imbalance"], 0)
        # Shown with what is known, and a person decides.
        held = {point.name: self.messages[point.name] for point in POINTS if getattr(point, column)[0] == "held"}
        for name, message_id in held.items():
            self.assertEqual({one["reason"] for one in engine.message(message_id)["deliveries"]}, {"smtp.unknown_outcome"})
            self.assertEqual([one["outcome"] for one in engine.attempts(message_id)], ["unknown"], name)
        released, dropped = list(held.values())[0], list(held.values())[1]
        self.assertEqual(engine.request("POST", "/api/v1/messages/%s/release" % released).status, 200)
        self.assertEqual(engine.request("POST", "/api/v1/messages/%s/release" % dropped, {"to": "drop"}).status, 200)
        engine.wait_for_status(released, "sent")
        engine.wait_for_status(dropped, "cancelled")
        # sent.log names everybody who is sent; and whoever was, though the database does not know it.
        sent = {one["id"]: point.name for point in POINTS for one in engine.message(self.messages[point.name])["deliveries"]
                if one["status"] == "sent" or (point.name == "c6-hold" and column == "cut")}
        self.assertEqual({line["delivery_id"] for line in scene.sent_log(engine)}, set(sent), sent)

    def test_kill(self):
        lock = self.reach_all()
        self.engine.kill()
        lock.rollback()
        self.engine.start()
        lock.close()
        self.judge(self.engine, "kill")

    @unittest.skipUnless(scene.has_other_boots(), "another boot id takes a mount namespace of our own")
    def test_power_cut(self):
        lock = self.reach_all()
        data = os.path.join(self.folder, "after")
        shutil.copytree(self.engine.data, data)
        self.engine.kill()
        lock.close()
        after = self.make_engine(data=data, under=scene.under_another_boot(self.folder), settings={"RATE_LIMIT_ENABLED": "false"})
        self.judge(after.start(), "cut")


@unittest.skipUnless(scene.has_other_boots(), "another boot id takes a mount namespace of our own")
class Limits(real.EngineCase):
    def test_what_a_power_cut_left_in_doubt_is_given_back_by_no_later_start(self):
        sink, engine = self.start_sink(), self.start_engine()
        account = engine.make_account(sink.port, daily_limit=8)
        open_dots = [engine.send(to="dot.wait60+%d@sink.test" % number) for number in range(5)]
        real.until(lambda: len(sink.mails()) == 5, 30, "five open dots")
        engine.freeze()
        data = os.path.join(self.folder, "after")
        shutil.copytree(engine.data, data)
        engine.kill()
        after = self.make_engine(data=data, under=scene.under_another_boot(self.folder))
        for _ in range(3):
            after.start()
            for message_id in [*open_dots, after.send()]:
                after.wait_for_reason(message_id, "account.daily_limit")
            self.assertEqual((after.account(account)["state"], after.account(account)["daily_sent_count"]), ("limited", 8))
            after.kill()
        self.assertEqual(len(sink.mails()), 5)


class BeforeTheAnswer(real.EngineCase):
    """C0 and C1: the client has no 202 and asks again with its key."""

    def setUp(self):
        super().setUp()
        self.sink, self.engine = self.start_sink(), self.start_engine()
        self.engine.make_account(self.sink.port)
        self.token = self.engine.token()

    def post(self, subject, key):
        return self.engine.request("POST", real.SEND, {"to": "a@sink.test", "subject": subject, "content": "c"}, self.token,
                                   {"Idempotency-Key": key} if key else {})

    def ids(self, subject):
        return [one["id"] for one in self.engine.data_of("/api/v1/messages?limit=200")["items"] if one["subject"] == subject]

    def is_sent_once(self, subject):
        answer = self.post(subject, "key-" + subject)
        self.assertEqual(answer.status, 202, answer)
        self.engine.wait_for_status(answer.data["message_id"], "sent")
        self.assertEqual(self.ids(subject), [answer.data["message_id"]])
        self.assertEqual([line["marker"] for line in self.sink.mails()].count(subject), 1)
        return answer.data["message_id"]

    def test_c0_killed_at_the_commit(self):
        for call in ("pwrite64", "fdatasync"):
            with self.subTest(call):
                tracer = subprocess.Popen(
                    ["strace", "-f", "-p", str(self.engine.pid()), "-P", os.path.join(self.engine.data, "postroom.db-wal"), "-e",
                     "trace=pwrite64,fdatasync", "-e", "inject=%s:signal=KILL:when=1" % call, "-o", os.devnull],
                    stderr=subprocess.PIPE, text=True)
                self.addCleanup(tracer.wait)
                self.addCleanup(tracer.stderr.close)
                self.assertIn("attached", tracer.stderr.readline())
                with self.assertRaises((OSError, http.client.HTTPException)):
                    self.post(call, "key-" + call)
                self.engine.wait_for_exit()
                self.engine.start()
                self.is_sent_once(call)

    def test_c1_killed_after_the_commit_and_before_the_answer(self):
        self.begin_and_look_away("c1")
        [committed] = real.until(lambda: self.ids("c1"), 20, "the commit")
        self.engine.kill()
        self.engine.start()
        self.assertEqual(self.is_sent_once("c1"), committed)

    def begin_and_look_away(self, subject):
        connection = http.client.HTTPConnection("127.0.0.1", self.engine.port(), timeout=60)
        self.addCleanup(connection.close)
        connection.request("POST", real.SEND, json.dumps({"to": "a@sink.test", "subject": subject, "content": "c"}),
                           {"Content-Type": "application/json", "Authorization": "Bearer " + self.token,
                            "Idempotency-Key": "key-" + subject})

    @unittest.skipUnless(scene.has_other_boots(), "another boot id takes a mount namespace of our own")
    def test_c1_power_cut(self):
        self.begin_and_look_away("c1")
        [committed] = real.until(lambda: self.ids("c1"), 20, "the commit")
        self.engine.wait_for_status(committed, "sent")
        self.engine.freeze()
        data = os.path.join(self.folder, "after")
        shutil.copytree(self.engine.data, data)
        self.engine.kill()
        self.engine = self.make_engine(data=data, under=scene.under_another_boot(self.folder)).start()
        self.assertEqual(self.is_sent_once("c1"), committed)


if __name__ == "__main__":
    unittest.main()
