#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""kill -9 at random moments under load, again and again on the same data folder; one in ten comes while the engine starts.

Every 202 arrives, the ledger balances, and a kill makes no more copies than there were open dots: final "." that may have
left and whose reply nobody had read, as the slots file says at the moment of the kill. With --hold there is no copy at all:
what was in doubt is held. The seed is printed; the same seed posts the same messages and kills after the same times.
"""

import sys

import endings


def main():
    options = endings.parser_of(__doc__, 12, 1.5, kills="how often").parse_args()
    # A line of sent.log is written by a thread of its own, so a kill may come between a record and its line.
    return endings.show(options, lambda folder: endings.loop(
        folder, options, "kills", endings.kill, [endings.DOT], lambda outcome: len(outcome.endings)))


if __name__ == "__main__":
    sys.exit(main())
