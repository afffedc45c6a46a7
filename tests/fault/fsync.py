#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""A 202 leaves after an fsync: lone accepts, one after the other, each see at least one, as strace counts them.

There is no account, so nothing is delivered: no other commit can lend its fsync to an accept. kill -9 alone can't show
this, since what a killed process wrote is in the page cache all the same.
"""

import argparse
import os
import re
import shutil
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
import engine as real  # noqa: E402

sys.path.insert(0, real.ACCT)
import client  # noqa: E402


def calls(path):
    """How many fsync and fdatasync calls strace has begun to write down."""
    with open(path, encoding="utf-8", errors="replace") as file:
        return sum(bool(re.search(r"\bf(data)?sync\(", line)) for line in file)


def quiet(path):
    """Waits until what the start owes to the disk is written: it must not pass for an accept's."""
    last, since = calls(path), time.monotonic()
    deadline = since + 30
    while time.monotonic() < since + 0.5 and time.monotonic() < deadline:
        time.sleep(0.05)
        if calls(path) != last:
            last, since = calls(path), time.monotonic()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=50)
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="postroom-fsync-")
    trace = os.path.join(folder, "trace")
    total = 0
    engine = real.Engine(folder, ["strace", "-f", "-qq", "-e", "trace=fdatasync,fsync", "-e", "signal=none", "-o", trace])
    try:
        engine.start()
        key = engine.make_key()
        load = client.Connection(argparse.Namespace(url=engine.url(), key_file=key, token_file=None))
        load.connect()
        token = load.token()
        quiet(trace)
        least = None
        for number in range(options.count):
            load.connect()
            before = calls(trace)
            status, _, answer = load.call(
                "/api/v1/messages/email/send", {"to": "a@b.test", "subject": "lone %d" % number, "content": "<p>x</p>"}, token)
            seen = calls(trace) - before
            if status != 202:
                raise real.Failed("accept %d answered %d: %s" % (number, status, answer))
            if seen < 1:
                raise real.Failed("accept %d was answered without an fsync before it" % number)
            least = seen if least is None else min(least, seen)
            total += seen
        engine.stop()
    except real.Failed as problem:
        print("FAILED: %s\n%s" % (problem, engine.tail()), file=sys.stderr)
        return 1
    finally:
        engine.abandon()
        shutil.rmtree(folder, ignore_errors=True)
    print("%d lone accepts, %d calls of fsync or fdatasync, at least %d before each 202" % (options.count, total, least))
    return 0


if __name__ == "__main__":
    sys.exit(main())
