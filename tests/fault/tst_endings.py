#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""The judge of the ends is judged: which end a copy belongs to, and what is too many."""

import argparse
import unittest

import endings

EVEN = {"ok": 3, "lost": 0, "duplicated": 0, "unexpected": 0, "corrupted": 0, "recovered": 0}


def mail(marker, *times, to=("a@b", "c@d")):
    """The sink's lines of a mail to these recipients, at these times."""
    return [{"marker": marker, "time": time, "recipient": recipient} for time in times for recipient in to]


class Endings(unittest.TestCase):
    def ends(self, *dots, phase=endings.DOT):
        return [endings.Ending(at=10.0 * (number + 1), slots=dict.fromkeys(range(count), phase), connections=8)
                for number, count in enumerate(dots)]

    def judge(self, ends, hold=False, counts=None, phases=(endings.DOT,), may_lack=1, **outcome):
        return endings.judge(argparse.Namespace(hold=hold), endings.Outcome(
            ends, counts={**EVEN, **(counts or {})}, remarks=["a remark"], **outcome), phases, may_lack)

    def test_a_copy_belongs_to_the_end_its_dot_was_open_at(self):
        ends = self.ends(1, 1, 1)
        endings.count_copies(ends, mail("once", 5) + mail("twice", 8, 35) + mail("thrice", 12, 21, 33) + mail("late", 40))
        self.assertEqual([len(one.copies) for one in ends], [1, 1, 1])

    def test_recipients_that_come_one_by_one_are_no_copies(self):
        ends = self.ends(1, 0)
        endings.count_copies(ends, mail("a", 15, to=["a@b"]) + mail("a", 16, to=["c@d"]))
        self.assertEqual([len(one.copies) for one in ends], [0, 0])
        # One dot for both, whose copies come one by one.
        endings.count_copies(ends, mail("b", 5) + mail("b", 12, to=["a@b"]) + mail("b", 13, to=["c@d"]))
        self.assertEqual([one.copies for one in ends], [[("b", 5, 12)], []])

    def test_as_many_copies_as_open_dots_and_no_more(self):
        ends = self.ends(1, 0)
        endings.count_copies(ends, mail("a", 5, 12))
        self.assertEqual(self.judge(ends), [])
        # An end in good order makes none.
        self.assertEqual(len(self.judge(ends, phases=())), 2)
        endings.count_copies(ends, mail("b", 15, 22))
        # Said with what came when.
        self.assertEqual(len(self.judge(ends)), 2)

    def test_what_was_taken_makes_copies_where_its_loss_may(self):
        ends = self.ends(1, phase=endings.TAKEN)
        endings.count_copies(ends, mail("a", 5, 12))
        self.assertEqual(len(self.judge(ends)), 2)
        self.assertEqual(self.judge(ends, phases=(endings.DOT, endings.TAKEN)), [])

    def test_no_copy_of_what_is_to_be_held(self):
        ends = self.ends(4)
        self.assertEqual(self.judge(ends, hold=True, held={("m", "a@b")}), [])
        self.assertEqual(len(self.judge(ends, held={("m", "a@b")})), 1)
        endings.count_copies(ends, mail("a", 5, 12))
        self.assertEqual(len(self.judge(ends, hold=True)), 2)

    def test_more_dots_than_connections_are_not_believed(self):
        self.assertEqual(len(self.judge(self.ends(9))), 1)

    def test_everything_that_is_wrong_is_said(self):
        for counts in ({"lost": 1}, {"unexpected": 1}, {"corrupted": 1}):
            self.assertEqual(self.judge(self.ends(0), counts=counts), ["a remark"])
        self.assertEqual(len(self.judge(self.ends(0), imbalance=-1)), 1)
        self.assertEqual(self.judge(self.ends(0), missing=1), [])
        for missing in (-1, 2):
            self.assertEqual(len(self.judge(self.ends(0), missing=missing)), 1)


if __name__ == "__main__":
    unittest.main()
