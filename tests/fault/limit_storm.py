#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""Ten thousand messages, an account that may send to 500 recipients a day, and an engine that is killed again and again meanwhile.

The server never sees the 501st recipient, copies included, and the rest waits and says for what. With --cuts every second end is a
power cut (disk.py). What a cut wastes of the day is no more than the blocks that were reserved for it, and a kill wastes nothing but
what was in doubt.
"""

import argparse
import collections
import datetime
import os
import random
import sys
import time

import disk
import endings
from scene import real

# engine/queue/accounts.h: units are reserved in blocks of so many.
BLOCK = 16
# One reply a second on each: the day lasts for as many ends as there are to come.
CONNECTIONS = 32
# Of the messages that wait so many are asked, evenly spread.
ASKED = 200
PORT = {"slow": {"script": ["dot wait1"]}}


def zone_at_noon():
    """A zone in which it is about noon: no day ends while this runs."""
    hours = 12 - datetime.datetime.now(datetime.timezone.utc).hour
    # East is minus there.
    return "Etc/GMT%+d" % -hours


def messages_of(options):
    return [{"to": ["%d-%d@sink.test" % (number, each) for each in range(1 + number % 2)], "subject": "m%d" % number, "content": "c"}
            for number in range(options.messages)]


def storm(engine, sink, options, machine):
    """(kills, cuts)"""
    random_ = random.Random(options.seed)
    kinds = collections.defaultdict(list)
    for number in range(options.ends):
        time.sleep(random_.uniform(0, options.longest))
        is_cut = machine is not None and number % 2 == 1
        kinds[is_cut].append(endings.cut(engine, sink, machine) if is_cut else endings.kill(engine, sink))
        if options.verbose:
            print("%d: %s %s; the sink has %d" % (number + 1, "cut" if is_cut else "kill", kinds[is_cut][-1], len(sink.mails())), flush=True)
        engine.start()
    return kinds[False], kinds[True]


def judge(options, at_sink, reasons, recipients, states, imbalance, cuts, doubts):
    """What is wrong, a line each. `reasons` of all that waits, `states` of all recipients."""
    problems = []
    if at_sink > options.limit:
        problems.append("the server has seen %d recipients of %d a day" % (at_sink, options.limit))
    # A block for each cut, and who was in doubt may never have arrived; the last unit may be one too few for a message of two.
    if at_sink < options.limit - BLOCK * cuts - doubts - 1:
        problems.append("the server has seen %d recipients only: %d cuts, %d doubts" % (at_sink, cuts, doubts))
    # What was in doubt twice waits for its second try before it asks for a unit.
    if not reasons["account.daily_limit"] or set(reasons) - {"account.daily_limit", "retry.scheduled"}:
        problems.append("what waits says that it waits for %s" % dict(reasons))
    if sum(states.values()) != recipients or imbalance != 0:
        problems.append("%d recipients were accepted, and these are there: %s; the imbalance is %g" % (recipients, states, imbalance))
    if states.get("sent", 0) > at_sink:
        problems.append("%d recipients are sent, and the server has seen %d" % (states["sent"], at_sink))
    return problems


def run(folder, options):
    machine = disk.Disk(folder) if options.cuts else None
    sink = real.Sink(folder, PORT)
    sink.port = sink.ports["slow"]
    data = os.path.join(machine.place, "data") if machine else None
    engine = real.Engine(folder, settings={"RATE_LIMIT_ENABLED": "false"}, data=data)
    try:
        engine.start()
        account = engine.make_account(sink.port, daily_limit=options.limit, max_connections=CONNECTIONS, limit_window=options.window,
                                      time_zone=zone_at_noon())
        engine.request("POST", "%s/%s/disable" % (real.ACCOUNTS, account["id"]))
        messages = messages_of(options)
        recipients = sum(len(message["to"]) for message in messages)
        # Before any of it leaves.
        endings.post(engine, messages)
        engine.request("POST", "%s/%s/enable" % (real.ACCOUNTS, account["id"]))
        kills, cuts = storm(engine, sink, options, machine)
        real.until(lambda: engine.account(account)["state"] == "limited" and engine.queue()["in_flight"] == 0, 120, "the end of the day's units")
        # Once more, with nothing left: a start gives none back.
        engine.kill()
        engine.start()
        real.until(lambda: engine.account(account)["state"] == "limited" and engine.queue()["in_flight"] == 0, 60, "no units after a start")
        at_sink = len(sink.mails())
        queued = endings.messages_in(engine, "queued")
        reasons = collections.Counter(engine.message(one["id"])["waiting_for"]["code"] for one in queued[::len(queued) // ASKED + 1])
        states = {state: count for state, count in engine.queue()["recipients"].items() if state != "accepted"}
        imbalance = engine.metric("postroom_ledger_imbalance")
        used = engine.account(account)["daily_sent_count"]
        engine.stop()
    except real.Failed:
        print(engine.tail(), file=sys.stderr)
        raise
    finally:
        engine.abandon()
        sink.stop()
        if machine:
            machine.remove()
    doubts = sum(one.count(endings.DOT) for one in kills + cuts)
    copies = at_sink - len({(line["marker"], line["recipient"]) for line in sink.mails()})
    figures = {"limit": options.limit, "seen": at_sink, "copies": copies, "sent": states.get("sent", 0), "queued": states.get("queued", 0),
               "shown_as_used": used, "kills": len(kills), "cuts": len(cuts), "open_dots": doubts}
    return figures, judge(options, at_sink, reasons, recipients, states, imbalance, len(cuts), doubts)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=10000, help="of one recipient and of two, in turns")
    parser.add_argument("--limit", type=int, default=500)
    parser.add_argument("--window", choices=("calendar", "rolling"), default="calendar")
    parser.add_argument("--ends", type=int, default=10)
    parser.add_argument("--longest", type=float, default=2, help="seconds between a start and the next end, at most")
    parser.add_argument("--cuts", action="store_true", help="every second end is a power cut")
    endings.add_common(parser)
    options = parser.parse_args()
    if options.cuts:
        disk.enter()
    return endings.show(options, lambda folder: run(folder, options))


if __name__ == "__main__":
    sys.exit(main())
