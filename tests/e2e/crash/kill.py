#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""kill -9 at a random moment under load: every 202 arrives, no more copies than dots were open, the ledger balances.

usage: kill.py [--rounds R] [--count N] [--rate N] [--connections K] [--seed S] [--keep]
The seed is printed; the same seed posts the same messages and kills at the same moments.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import engine as real  # noqa: E402


def round_of(folder, seed, options):
    """One fresh engine, one load, one kill. Returns the checker's line."""
    moment = random.Random(seed).uniform(0.02, options.count / options.rate + 0.5)
    sink, engine, client = real.Sink(folder), real.Engine(folder), None
    try:
        engine.start()
        engine.make_account(sink.port)
        key = engine.make_key()
        book = os.path.join(folder, "client.book")
        client = subprocess.Popen(
            [sys.executable, os.path.join(real.ACCT, "client.py"), "--control", engine.control, "--key-file", key, "--book", book,
             "--count", str(options.count), "--rate", str(options.rate), "--connections", str(options.connections),
             "--recipients", "2", "--seed", str(seed)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        time.sleep(moment)
        # Stopped first: between the count and the kill no connection may open and no reply be recorded.
        engine.freeze()
        open_dots = sink.connections()
        engine.kill()
        print("round seed %d: killed after %.3f s with %d SMTP connections open" % (seed, moment, open_dots), flush=True)
        engine.start()
        said, _ = client.communicate(timeout=180)
        print("  client: %s" % said.strip(), flush=True)
        if client.returncode != 0:
            raise real.Failed("the client could not post everything")
        real.until(lambda: engine.waiting() == 0, 180, "the end of the queue")
        imbalance = engine.metric("postroom_ledger_imbalance")
        # A transaction carries all recipients of a message: one open dot is as many copies.
        allowed = open_dots * 2
        checked = subprocess.run(
            [sys.executable, os.path.join(real.ACCT, "check.py"), book, sink.book, "--allow-duplicates", str(allowed)],
            capture_output=True, text=True, check=False)
        print("  books: %s ledger_imbalance=%g" % (checked.stdout.strip(), imbalance), flush=True)
        engine.stop()
        if checked.returncode != 0:
            raise real.Failed("the books differ (at most %d copies were allowed):\n%s" % (allowed, checked.stderr))
        if imbalance != 0:
            raise real.Failed("the ledger does not balance: %g" % imbalance)
    except real.Failed:
        print(engine.tail(), file=sys.stderr)
        raise
    finally:
        if client is not None and client.poll() is None:
            client.kill()
            client.wait()
        engine.abandon()
        sink.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--rate", type=float, default=200)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--keep", action="store_true", help="keep the folder of a round that failed")
    options = parser.parse_args()
    print("seed %d (repeat with --seed)" % options.seed, flush=True)
    for number in range(options.rounds):
        folder = tempfile.mkdtemp(prefix="postroom-kill-")
        try:
            round_of(folder, options.seed + number, options)
        except real.Failed as problem:
            print("FAILED in round %d: %s" % (number + 1, problem), file=sys.stderr)
            if options.keep:
                print("kept: %s" % folder, file=sys.stderr)
                folder = None
            return 1
        finally:
            if folder:
                shutil.rmtree(folder, ignore_errors=True)
    print("%d rounds passed" % options.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
