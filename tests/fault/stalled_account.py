#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""A hundred accounts, each with a server of its own, and one of them stalls: the other 99 keep 95 % of what they carry.

A server takes one to three seconds for each mail, so what can be carried is known and the processors are not what is measured. The
same load is played four times: all servers well, one that takes connections and says nothing, one that says nothing after the final
".", and all well again, since a machine has other work: what is kept is held against the lesser of the two. The load names the
account of each mail, and has an equal share for each.
"""

import argparse
import collections
import os
import sys
import tempfile
import time

import endings
from endings import real

MEMORY = "/dev/shm"
PLAYS = {"well": None, "banner": "banner stall", "dot": "dot stall", "well_again": None}
# Connections are opened meanwhile.
SETTLED_SECONDS = 3


def play(folder, books, options, kind):
    """Mails a second on the other accounts."""
    os.mkdir(folder)
    os.mkdir(books)
    names = ["server%d" % number for number in range(options.accounts)]
    scripts = ["dot wait%d" % (1 + number % 3) for number in range(options.accounts)]
    scripts[0] = PLAYS[kind] or scripts[0]
    sink = real.Sink(books, {name: {"script": [script]} for name, script in zip(names, scripts)})
    engine = real.Engine(folder, settings={"RATE_LIMIT_ENABLED": "false", **({"CELERY_WORKER_CONCURRENCY": str(options.concurrency)}
                                                                            if options.concurrency else {})})
    try:
        engine.start()
        for name in names:
            engine.make_account(sink.ports[name], email=name + "@stall.test", max_connections=options.connections)
        engine.request("POST", "/api/v1/admin/queue/pause", {"note": "until all of it is there"})
        endings.post(engine, [{"to": "a@sink.test", "subject": "%s-%d" % (name, number), "content": "c", "account": name + "@stall.test"}
                              for number in range(options.connections * options.seconds) for name in names])
        engine.request("POST", "/api/v1/admin/queue/resume")
        began = time.time()
        time.sleep(options.seconds)
        first, last = began + SETTLED_SECONDS, began + options.seconds
        others = [line for line in sink.mails() if line["port"] != names[0]]
        rate = sum(first <= line["time"] < last for line in others) / (last - first)
        if options.verbose:
            print(collections.Counter(int(line["time"] - began) for line in others))
        engine.kill()
        return rate
    except real.Failed:
        print(engine.tail(), file=sys.stderr)
        raise
    finally:
        engine.abandon()
        sink.stop()


def run(folder, options):
    # In memory, where there is such a place: the servers are never in doubt, and the disk is not what is measured.
    with tempfile.TemporaryDirectory(dir=MEMORY if os.path.isdir(MEMORY) else None) as books:
        rates = {kind: play(os.path.join(folder, kind), os.path.join(books, kind), options, kind) for kind in PLAYS}
    figures = {"accounts": options.accounts, "connections_each": options.connections, **{"%s_per_s" % kind: "%.1f" % rate for kind, rate in rates.items()}}
    problems, well = [], min(rates["well"], rates["well_again"])
    for kind in ("banner", "dot"):
        kept = rates[kind] / well
        figures["kept_%s" % kind] = "%.3f" % kept
        if kept < options.least:
            problems.append("with one that stalls (%s) the others carry %.1f a second, without %.1f" % (kind, rates[kind], well))
    return figures, problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--accounts", type=int, default=100)
    parser.add_argument("--connections", type=int, default=1, help="of an account")
    parser.add_argument("--concurrency", type=int, default=128, help="of all accounts together; 0 is the default setting")
    parser.add_argument("--seconds", type=int, default=15)
    parser.add_argument("--least", type=float, default=0.95)
    endings.add_common(parser)
    options = parser.parse_args()
    return endings.show(options, lambda folder: run(folder, options))


if __name__ == "__main__":
    sys.exit(main())
