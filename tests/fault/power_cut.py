#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""The power fails at random moments under load, again and again; one cut in ten comes while the engine starts.

The engine stands still, the disk loses what was not synced (disk.py says how), the engine is killed, and starts on what is left,
under another boot id. Every 202 arrives, the ledger balances, and a cut makes no more copies than there were "." without a record:
open dots, and those whose 2xx was read and not yet on the disk. With --hold there is no copy at all: what was in doubt is held.
With --no-fsync all calls of fsync and fdatasync do nothing: then mail must be lost, or nothing would be shown by its absence.
"""

import bisect
import os
import sys

import disk
import endings
from endings import real

# sent.log is synced once a second; standing still, and the last arrivals at the sink, take their time as well.
UNSYNCED_SECONDS = 3
NO_FSYNC = ["strace", "-f", "-qq", "-e", "trace=fsync,fdatasync", "-e", "signal=none", "-e", "inject=fsync,fdatasync:retval=0", "-o",
            os.devnull]


def unsynced(outcome):
    """How many lines of sent.log the cuts may have taken."""
    times = sorted(line["time"] for line in outcome.mails)
    return sum(bisect.bisect(times, one.at) - bisect.bisect(times, one.at - UNSYNCED_SECONDS) for one in outcome.endings)


def run(folder, options):
    machine = disk.Disk(folder)
    place = {"under": NO_FSYNC, "in_start": 0} if options.no_fsync else {}
    try:
        figures, problems = endings.loop(folder, options, "cuts", lambda engine, sink: endings.cut(engine, sink, machine),
                            [endings.DOT, endings.TAKEN], unsynced, data=os.path.join(machine.place, "data"), **place)
    except real.Failed as problem:
        # Such an engine may not even find its way back.
        if not options.no_fsync:
            raise
        figures, problems = {"lost": "all"}, [str(problem)]
    finally:
        machine.remove()
    if options.no_fsync:
        return figures, [] if figures["lost"] else ["nothing is lost though nothing was synced"]
    return figures, problems


def main():
    parser = endings.parser_of(__doc__, 8, 1.5, cuts="how often")
    parser.add_argument("--no-fsync", action="store_true")
    options = parser.parse_args()
    disk.enter()
    return endings.show(options, lambda folder: run(folder, options))


if __name__ == "__main__":
    sys.exit(main())
