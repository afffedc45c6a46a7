#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""The judge of the kills is judged: which kill a copy belongs to, and what is too many."""

import argparse
import unittest

import kill_loop

EVEN = {"ok": 3, "lost": 0, "duplicated": 0, "unexpected": 0, "corrupted": 0, "recovered": 0}


def mail(marker, *times, to=("a@b", "c@d")):
    """The sink's lines of a mail to these recipients, at these times."""
    return [{"marker": marker, "time": time, "recipient": recipient} for time in times for recipient in to]


class KillLoop(unittest.TestCase):
    def kills(self, *dots):
        return [kill_loop.Kill(at=10.0 * (number + 1), dots=count, connections=8) for number, count in enumerate(dots)]

    def judge(self, kills, hold=False, counts=None, doubts=(), imbalance=0, missing=0):
        return kill_loop.judge(argparse.Namespace(hold=hold), kills, {**EVEN, **(counts or {})}, ["a remark"], doubts, imbalance,
                               missing)

    def test_a_copy_belongs_to_the_kill_its_dot_was_open_at(self):
        kills = self.kills(1, 1, 1)
        kill_loop.count_copies(kills, mail("once", 5) + mail("twice", 8, 35) + mail("thrice", 12, 21, 33) + mail("late", 40))
        self.assertEqual([len(one.copies) for one in kills], [1, 1, 1])

    def test_recipients_that_come_one_by_one_are_no_copies(self):
        kills = self.kills(1, 0)
        kill_loop.count_copies(kills, mail("a", 15, to=["a@b"]) + mail("a", 16, to=["c@d"]))
        self.assertEqual([len(one.copies) for one in kills], [0, 0])
        # One dot for both, whose copies come one by one.
        kill_loop.count_copies(kills, mail("b", 5) + mail("b", 12, to=["a@b"]) + mail("b", 13, to=["c@d"]))
        self.assertEqual([one.copies for one in kills], [[("b", 5, 12)], []])

    def test_as_many_copies_as_open_dots_and_no_more(self):
        kills = self.kills(1, 0)
        kill_loop.count_copies(kills, mail("a", 5, 12))
        self.assertEqual(self.judge(kills), [])
        kill_loop.count_copies(kills, mail("b", 15, 22))
        # Said with what came when.
        self.assertEqual(len(self.judge(kills)), 2)

    def test_no_copy_of_what_is_to_be_held(self):
        kills = self.kills(4)
        self.assertEqual(self.judge(kills, hold=True, doubts={("m", "a@b")}), [])
        self.assertEqual(len(self.judge(kills, doubts={("m", "a@b")})), 1)
        kill_loop.count_copies(kills, mail("a", 5, 12))
        self.assertEqual(len(self.judge(kills, hold=True)), 2)

    def test_more_dots_than_connections_are_not_believed(self):
        self.assertEqual(len(self.judge(self.kills(9))), 1)

    def test_everything_that_is_wrong_is_said(self):
        for counts in ({"lost": 1}, {"unexpected": 1}, {"corrupted": 1}):
            self.assertEqual(self.judge(self.kills(0), counts=counts), ["a remark"])
        self.assertEqual(len(self.judge(self.kills(0), imbalance=-1)), 1)
        self.assertEqual(self.judge(self.kills(0), missing=1), [])
        for missing in (-1, 2):
            self.assertEqual(len(self.judge(self.kills(0), missing=missing)), 1)


if __name__ == "__main__":
    unittest.main()
