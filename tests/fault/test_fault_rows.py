#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""Mail servers that lie, stall, babble and hang up: what becomes of the mail, of the account, and how many copies there are.

The rows are in rows.py. For each: it comes to rest as it says, nothing is sent without a 2xx to its ".", every copy is the
same mail, no password and no mail is heard in clear where TLS is due; then the fault is over and the mail arrives.
"""

import collections
import datetime
import json
import os
import subprocess
import sys
import tempfile
import time
import unittest

import endings
import rows
import scene
from scene import real

import book  # pylint: disable=wrong-import-order
import check  # pylint: disable=wrong-import-order
import script  # pylint: disable=wrong-import-order

# For what happens side by side, on a machine with something else to do.
PATIENCE_SECONDS = 45


class FaultRows(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="postroom-rows-")
        cls.addClassCleanup(folder.cleanup)
        cls.scene = scene.Scene(folder.name, rows.ROWS)
        cls.addClassCleanup(cls.scene.stop)
        cls.scene.engine.start()
        print("seed %d, %d rows" % (cls.scene.sink.seed, len(rows.ROWS)), flush=True)

    def judge(self, table):
        self.report(table, self.problems_of(table))

    def problems_of(self, table):
        """Plays the rows side by side. An account rests for half a minute, so that nothing of it is over before it is looked at."""
        for row in table:
            self.scene.play(row)
        problems = self.await_all(table, self.is_at_rest)
        mended = [row for row in table if row.ends and row.name not in problems]
        for row in mended:
            self.scene.mend(row)
        problems.update(self.await_all(mended, self.has_arrived))
        for row in table:
            try:
                self.ends_well(row)
            except AssertionError as problem:
                problems.setdefault(row.name, str(problem))
        return problems

    @staticmethod
    def await_all(table, look):
        """Looks at the rows in turn until each has been as it should be. The problems of those that never were."""
        problems = {row.name: "" for row in table}
        deadline = time.monotonic() + PATIENCE_SECONDS
        while problems and time.monotonic() < deadline:
            for row in [row for row in table if row.name in problems]:
                try:
                    look(row)
                    del problems[row.name]
                except AssertionError as problem:
                    problems[row.name] = str(problem)
        return problems

    def report(self, table, problems):
        for row in table:
            with self.subTest(str(row)):
                if row.known and row.name not in problems:
                    self.fail("mended: take the mark off (%s)" % row.known)
                if row.known:
                    print("known: %s: %s" % (row, row.known), flush=True)
                elif row.name in problems:
                    self.fail("%s\nits attempts: %s" % (problems[row.name], json.dumps(self.scene.attempts(row))[:4000]))

    def copies(self, row, number, everybody=False):
        """So many of each recipient; of a row that serves only some, of those."""
        return {self.scene.address(row, local): number if everybody or not row.counts or local[0] == "a" else 0 for local in row.to}

    def is_at_rest(self, row):
        self.is_as_wanted(row, {"counts": row.counts or {row.status: len(row.to)}, "reasons": row.reason.split(),
                                "attempts": list(row.attempts), "problem": row.problem, "copies": self.copies(row, row.copies)})
        if row.stage:
            self.assertEqual(self.scene.attempts(row)[0]["stage"], row.stage)
        for verb in row.silent:
            self.assertNotIn(verb, [line.split(" ")[0].upper() for _, line in self.scene.heard(row)])

    def has_arrived(self, row):
        try:
            self.is_as_wanted(row, {"counts": {"sent": len(row.to)}, "reasons": ["smtp.sent"], "problem": "",
                                    "copies": self.copies(row, row.ends, True)})
        except AssertionError:
            # A greylist may last longer than the first try by hand.
            self.scene.retry(row)
            raise

    def is_as_wanted(self, row, wanted):
        """Besides: whatever the state, what was sent had its 2xx, and every copy is the same mail."""
        state = self.scene.state(row)
        differ = {key: {"is": state[key], "wanted": value} for key, value in
                  {**wanted, "sent without a 2xx": [], "all copies are the mail": True}.items() if state[key] != value}
        if differ:
            raise real.Failed(json.dumps(differ))

    def ends_well(self, row):
        """There are no more copies than there were. Where TLS is due, nothing of login and mail was said before it; and nowhere
        is a password shown."""
        self.assertEqual(self.scene.state(row)["copies"], self.copies(row, row.ends or row.copies, bool(row.ends)))
        words = [rows.PASSWORD, *rows.ENCODED]
        for is_tls, line in self.scene.heard(row):
            if not is_tls and row.security != "none":
                self.assertNotIn(line.split(" ")[0].upper(), ("AUTH", "MAIL", "RCPT", "DATA"))
                self.assertFalse([word for word in words if word in line], line)
        shown = json.dumps([self.scene.attempts(row), self.scene.account(row), self.scene.message(row)])
        self.assertFalse([word for word in words if word in shown], shown)

    def test_f18_connecting(self):
        self.judge(rows.CONNECT)

    def test_f19_the_banner(self):
        self.judge(rows.BANNER)

    def test_f20_stalls(self):
        self.judge(rows.STALLS)

    def test_f21_refusals_at_each_step(self):
        self.judge(rows.REFUSALS)

    def test_f22_cuts_in_the_content(self):
        self.judge(rows.CUTS)

    def test_f23_the_lost_reply(self):
        self.judge(rows.LOST_REPLIES)

    def test_f25_later(self):
        self.judge(rows.LATER)

    def test_f26_some_of_the_recipients(self):
        self.judge(rows.SOME)
        for row in rows.SOME:
            with self.subTest(str(row), moment="tried by hand"):
                before, attempts = self.scene.state(row), len(self.scene.attempts(row))
                if self.scene.retry(row).status == 200:
                    real.until(lambda row=row, attempts=attempts: len(self.scene.attempts(row)) > attempts, 20, "another attempt")
                after = self.scene.state(row)
                self.assertEqual({address: copies for address, copies in after["copies"].items() if before["copies"][address]},
                                 {address: copies for address, copies in before["copies"].items() if copies})

    def test_f27_replies_that_are_none(self):
        self.judge(rows.REPLIES)

    def test_f27_what_comes_behind_a_good_reply_spoils_no_later_mail(self):
        problems = self.problems_of(rows.BEHIND)
        self.assertEqual(problems, {})
        for row in rows.BEHIND:
            try:
                self.send_three_more(row)
            except AssertionError as problem:
                problems[row.name] = str(problem)
        self.report(rows.BEHIND, problems)

    def send_three_more(self, row):
        more = ["%s.%d" % (row.name, number) for number in range(3)]
        for marker in more:
            # Sooner than any rest of an account ends.
            self.scene.engine.wait_for_status(self.scene.engine.send(account=self.scene.sender(row), subject=marker), "sent", 5)
        copies = collections.Counter(line["marker"] for line in self.scene.sink.mails() if line["port"] == row.name)
        self.assertEqual(copies, {marker: 1 for marker in (row.name, *more)})

    def test_f27_accounts_do_not_come_back_in_step(self):
        rests = []
        for row in rows.JITTER:
            self.scene.play(row)
        self.report(rows.JITTER, self.await_all(rows.JITTER, self.is_at_rest))
        for row in rows.JITTER:
            account = self.scene.account(row)
            until, since = (datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
                            for text in (account["waiting_for"]["until"], account["problem_at"]))
            rests.append((until - since).total_seconds())
        self.assertTrue(all(29 < seconds < 37 for seconds in rests), rests)
        self.assertGreater(max(rests) - min(rests), 0.5, rests)

    def test_f27_floods_leave_the_memory_flat(self):
        process = "/proc/%d/" % self.scene.engine.pid()

        def size(name):
            with open(process + "status", encoding="ascii") as file:
                return next(int(line.split()[1]) for line in file if line.startswith(name + ":")) * 1024

        self.judge(rows.FLOODS)
        before = size("VmRSS")
        with open(process + "clear_refs", "w", encoding="ascii") as file:
            file.write("5")
        self.judge(rows.MORE_FLOODS)
        grown = size("VmHWM") - before
        print("%d floods: the engine grew by %.1f MiB at most" % (len(rows.MORE_FLOODS), grown / (1 << 20)), flush=True)
        self.assertLess(grown, 8 << 20)

    def test_f28_certificates(self):
        self.judge(rows.CERTIFICATES)

    def test_f29_the_upgrade_to_tls(self):
        self.judge(rows.UPGRADES)

    def test_f31_what_is_offered(self):
        self.judge(rows.LIES)
        answer = self.scene.engine.request("POST", real.SEND, {"to": "j\u00fcrgen@a.test", "subject": "s", "content": "c"})
        self.assertEqual((answer.status, answer.reasons), (422, {"to": "address.local_part_not_ascii"}), answer)

    def test_the_ledger_balances_and_the_engine_is_well(self):
        self.judge(rows.LAST)
        self.assertEqual(self.scene.engine.queue()["imbalance"], 0)
        self.assertEqual(self.scene.engine.get("/health/ready")["status"], "ready")
        self.assertNotIn(rows.PASSWORD, self.scene.engine.tail())


class MixedLoad(real.EngineCase):
    """Good and bad peers in one run, and the books are right in the end."""

    MIX = {"refuse": 5, "grey2": 5, "once.rcpt.451": 5, "once.data.451": 5, "once.dot.452": 5, "dot.554": 5, "once.body.cut10": 5,
           "once.dot.lose": 5, "drop-after-dot": 5, "garbage-reply": 5, "once.dot.say-mixed": 5}

    def test_the_books_agree(self):
        sink, engine = self.start_sink(), self.start_engine(settings={"RATE_LIMIT_ENABLED": "false"})
        engine.make_account(sink.port, max_connections=8)
        client_book, mix = os.path.join(self.folder, "client.book"), ",".join("%s=%d" % item for item in self.MIX.items())
        ended = subprocess.run(
            [sys.executable, os.path.join(real.ACCT, "client.py"), "--control", engine.control, "--key-file", engine.make_key(),
             "--book", client_book, "--count", "300", "--rate", "0", "--mix", mix],
            capture_output=True, text=True, timeout=150, check=False)
        print(ended.stderr.strip(), flush=True)
        self.assertEqual(ended.returncode, 0, ended.stdout)
        endings.drain(engine)
        posted = [line for line in book.read(client_book) if line["what"] == "accepted"]
        counts, remarks = check.compare(posted, sink.mails())
        doubts = [line for line in posted if line["recipients"][0].startswith(("drop-after", "garbage", "once.dot.say"))]
        never = [line for line in posted if script.never_arrives(line["recipients"][0])]
        self.assertEqual(counts, {"ok": 300 - len(never), "lost": 0, "duplicated": len(doubts), "unexpected": 0, "corrupted": 0,
                                  "recovered": 0}, remarks)
        self.assertEqual((engine.recipients("sent"), engine.recipients("failed"), engine.queue()["imbalance"]),
                         (300 - len(never), len(never), 0))


class AnswerThatNeverComes(real.EngineCase):
    def test_only_a_stop_ends_the_wait_for_it(self):
        sink = self.start_sink({name: {"script": ["once dot stall"]} for name in ("retry", "hold")})
        engine = self.start_engine(settings={"EMAIL_TIMEOUT": "1", "STOP_GRACE": "2"})
        messages = {}
        for name, port in sink.ports.items():
            engine.make_account(port, email=name + "@rows.test")
            messages[name] = engine.send(account=name + "@rows.test", on_unknown=name, subject=name)
        real.until(lambda: len(sink.mails()) == 2, 30, "both mails in the sink's book")
        # Three times as long as any other answer is waited for.
        deadline = time.monotonic() + 3
        while time.monotonic() < deadline:
            for message_id in messages.values():
                self.assertEqual(engine.message(message_id)["status"], "sending")
            time.sleep(0.1)
        began = time.monotonic()
        engine.stop()
        self.assertTrue(1.5 < time.monotonic() - began < 15, time.monotonic() - began)
        engine.start()
        engine.wait_for_status(messages["retry"], "sent")
        held = engine.wait_for_status(messages["hold"], "held")
        self.assertEqual([one["reason"] for one in held["deliveries"]], ["smtp.unknown_outcome"])
        copies = collections.Counter(line["marker"] for line in sink.mails())
        self.assertEqual(copies, {"retry": 2, "hold": 1})
        self.assertEqual(len({line["sha256"] for line in sink.mails() if line["marker"] == "retry"}), 1)
        self.assertEqual(engine.queue()["imbalance"], 0)


if __name__ == "__main__":
    unittest.main()
