#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""SIGTERM at random moments under load, again and again: every stop ends with 0 in its time, no mail is lost, and none comes twice.

Then the second signal: a stop that waits for the replies of a slow server ends at once when it is told again, and what was in
doubt then is what it is after a kill: sent again, or held.
"""

import collections
import os
import signal
import sys
import tempfile
import time

import endings
from endings import real

# What an open dot of the load takes, and more than the machine is ever busy; STOP_GRACE is 60 s.
IN_TIME_SECONDS = 15
SLOW_SECONDS, AT_ONCE_SECONDS = 60, 2


def term(engine, sink):
    ending = endings.freeze(engine, sink)
    began = time.monotonic()
    os.kill(engine.pid(), signal.SIGCONT)
    engine.stop()
    ending.seconds = time.monotonic() - began
    return endings.close(ending, sink)


def second_signal(folder):
    """Returns (seconds the first signal was waited for, seconds after the second, problems)."""
    sink, engine = real.Sink(folder), real.Engine(folder)
    try:
        engine.start()
        engine.make_account(sink.port)
        messages = {policy: engine.send(to="once.dot.wait%d+%s@sink.test" % (SLOW_SECONDS, policy), subject=policy, on_unknown=policy)
                    for policy in ("retry", "hold")}
        real.until(lambda: len(sink.mails()) == 2, 30, "two open dots")
        began = time.monotonic()
        os.kill(engine.pid(), signal.SIGTERM)
        # Long beside a stop that has nothing to wait for.
        time.sleep(3)
        if not engine.is_running():
            return 0, 0, ["a stop did not wait for the reply to an open dot"]
        again = time.monotonic()
        os.kill(engine.pid(), signal.SIGTERM)
        code = engine.wait_for_exit(SLOW_SECONDS)
        ended = time.monotonic()
        problems = ["a second signal ended it with %d" % code] if code != 1 else []
        if ended - again > AT_ONCE_SECONDS:
            problems.append("a second signal ended it after %.1f s" % (ended - again))
        engine.start()
        engine.wait_for_status(messages["retry"], "sent")
        engine.wait_for_status(messages["hold"], "held")
        copies = collections.Counter(line["marker"] for line in sink.mails())
        if copies != {"retry": 2, "hold": 1}:
            problems.append("after a second signal: %s" % dict(copies))
        engine.stop()
        return again - began, ended - again, problems
    finally:
        engine.abandon()
        sink.stop()


def run(folder, options):
    stops = []

    def noting(engine, sink):
        stops.append(term(engine, sink))
        return stops[-1]

    found, problems = endings.loop(folder, options, "stops", noting, (), lambda outcome: 0, in_start=0)
    slowest = max(one.seconds for one in stops)
    if slowest > IN_TIME_SECONDS:
        problems.append("a stop took %.1f s" % slowest)
    with tempfile.TemporaryDirectory(dir=folder) as second:
        _, at_once, more = second_signal(second)
    found |= {"mean_stop_ms": int(1000 * sum(one.seconds for one in stops) / len(stops)), "longest_stop_ms": int(1000 * slowest),
              "second_signal_ms": int(1000 * at_once)}
    return found, problems + more


def main():
    options = endings.parser_of(__doc__, 8, 1.5, stops="how often").parse_args()
    return endings.show(options, lambda folder: run(folder, options))


if __name__ == "__main__":
    sys.exit(main())
