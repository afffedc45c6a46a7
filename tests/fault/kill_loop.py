#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""kill -9 at random moments under load, again and again on the same data folder.

Every 202 arrives, the ledger balances, and a kill makes no more copies than there were open dots: final "." that may have
left and whose reply nobody had read, as the slots file says at the moment of the kill. With --hold there is no copy at all:
what was in doubt is held. The seed is printed; the same seed posts the same messages and kills after the same times.
"""

import argparse
import bisect
import collections
import dataclasses
import datetime
import itertools
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
import engine as real  # noqa: E402

sys.path.insert(0, real.ACCT)
import book  # noqa: E402
import check  # noqa: E402
import scene  # noqa: E402

# engine/queue/slots.cpp: a head, then slots of the same size that begin with their phase.
SLOT_BYTES, PHASE_DOT = 128, 2
ACCOUNTS = 4


def open_dots(engine):
    with open(os.path.join(engine.data, "slots"), "rb") as file:
        return file.read()[SLOT_BYTES::SLOT_BYTES].count(PHASE_DOT)


@dataclasses.dataclass
class Kill:
    at: float  # after all that the sink had of the killed engine, before all of the next one
    dots: int
    connections: int
    copies: list = dataclasses.field(default_factory=list)  # (marker, when it came, when it came again)


def kill(engine, sink):
    # Stopped first: between the count and the kill no reply may be read.
    engine.freeze()
    with open("/proc/%d/stat" % engine.pid(), encoding="ascii") as file:
        real.until(lambda: file.seek(0) == 0 and file.read().rpartition(")")[2].split()[0] == "T", 10, "the stop of every thread")
    dots, connections = open_dots(engine), sink.connections()
    engine.kill()
    # What is on its way to the sink still arrives, and belongs to this kill.
    real.until(lambda: sink.connections("01", "08") == 0, 60, "the end of the killed engine's connections")
    return Kill(time.time(), dots, connections)


def messages_in(engine, status):
    """The messages that show this state, all pages of them."""
    cursor, found = "", []
    while cursor is not None:
        page = engine.data_of("/api/v1/messages?limit=200&q=status:%s%s" % (status, cursor and "&cursor=" + cursor))
        found += page["items"]
        cursor = page["next_cursor"]
    return found


def drain(engine):
    """Everything comes to its end; what two kills in a row put off for minutes is tried by hand."""
    deadline = time.monotonic() + 300
    while engine.waiting() > 0:
        if time.monotonic() > deadline:
            raise real.Failed("%d recipients are still waiting" % engine.waiting())
        time.sleep(1)
        if engine.queue()["in_flight"] == 0:
            for message in messages_in(engine, "queued"):
                engine.request("POST", "/api/v1/messages/%s/retry" % message["id"])


def held(engine):
    """(message, recipient) that the engine holds and says so."""
    return {(message["id"], one["recipient"]) for message in messages_in(engine, "held")
            for one in engine.message(message["id"])["deliveries"] if one["status"] == "held"}


def count_copies(kills, mails):
    """Gives each kill the copies it made: of a recipient's mail that came before it and once more after it. A dot is one for
    all the recipients it covers, however they come again; a message whose recipients come one by one is no copy."""
    times, copies = collections.defaultdict(set), {}
    for mail in mails:
        times[mail["marker"], mail["recipient"]].add(mail["time"])
    for (marker, _), moments in times.items():
        for moment, again in itertools.pairwise(sorted(moments)):
            copies[marker, moment] = min(again, copies.get((marker, moment), again))
    for (marker, moment), again in copies.items():
        number = bisect.bisect([one.at for one in kills], moment)
        kills[min(number, len(kills) - 1)].copies.append((marker, moment, again))


def run(folder, options):
    """Returns (what to print, the problems)."""
    random_ = random.Random(options.seed)
    sink, engine, client = real.Sink(folder), real.Engine(folder, settings={"RATE_LIMIT_ENABLED": "false"}), None
    kills, client_book = [], os.path.join(folder, "client.book")
    try:
        engine.start()
        for number in range(ACCOUNTS):
            engine.make_account(sink.port, email="sender%d@sink.test" % number, max_connections=16)
        client = subprocess.Popen(
            [sys.executable, os.path.join(real.ACCT, "client.py"), "--control", engine.control, "--key-file", engine.make_key(),
             "--book", client_book, "--count", "0", "--rate", str(options.rate), "--connections", str(options.connections),
             "--recipients", str(options.recipients), "--fewest", "1", "--fields",
             '{"on_unknown": "hold"}' if options.hold else "{}", "--seed", str(options.seed), "--deadline", "1000000"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for number in range(options.kills):
            time.sleep(random_.uniform(0, options.longest))
            kills.append(kill(engine, sink))
            if client.poll() is not None:
                raise real.Failed("the client ended before the kills did: %s" % client.stdout.read())
            engine.start()
            if options.verbose:
                print("kill %d: %d dots open on %d connections" % (number + 1, kills[-1].dots, kills[-1].connections), flush=True)
        client.terminate()
        said, _ = client.communicate(timeout=180)
        if client.returncode != 0:
            raise real.Failed("the client could not post everything: " + said)
        drain(engine)
        doubts = held(engine)
        sent = engine.recipients("sent")
        imbalance = engine.metric("postroom_ledger_imbalance")
        engine.stop()
    except real.Failed:
        print(engine.tail(), file=sys.stderr)
        raise
    finally:
        if client is not None and client.poll() is None:
            client.kill()
            client.wait()
        engine.abandon()
        sink.stop()
    booked = {line["delivery_id"] for line in scene.sent_log(engine)}
    counts, remarks = check.compare(book.read(client_book), sink.mails(), doubts)
    count_copies(kills, sink.mails())
    return kills, counts, remarks, doubts, imbalance, sent - len(booked), said.strip()


def judge(options, kills, counts, remarks, doubts, imbalance, missing):
    """What is wrong, a line each."""
    problems = list(remarks) if counts["lost"] or counts["unexpected"] or counts["corrupted"] else []
    problems += ["kill %d: %d dots open on %d connections" % (number + 1, one.dots, one.connections)
                 for number, one in enumerate(kills) if one.dots > one.connections]
    for number, one in enumerate(kills):
        if len(one.copies) > (0 if options.hold else one.dots):
            problems.append("kill %d made %d copies of %d open dots" % (number + 1, len(one.copies), one.dots))
            problems += ["  %s came %+.3f s and %+.3f s after it" % (marker, moment - one.at, again - one.at)
                         for marker, moment, again in sorted(one.copies, key=lambda copy: copy[1])]
    if doubts and not options.hold:
        problems.append("%d recipients are held, and nobody asked for it" % len(doubts))
    # A line is written by a thread of its own, so a kill may come between a record and its line; no line is too many.
    if not 0 <= missing <= len(kills):
        problems.append("sent.log lacks %d of those that are sent" % missing)
    if imbalance != 0:
        problems.append("the ledger does not balance: %g" % imbalance)
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=12)
    parser.add_argument("--longest", type=float, default=1.5, help="seconds between a start and the next kill, at most")
    parser.add_argument("--rate", type=float, default=200)
    parser.add_argument("--connections", type=int, default=16, help="of the client")
    parser.add_argument("--recipients", type=int, default=2, help="of a message, at most: one and several take different ways")
    parser.add_argument("--hold", action="store_true", help="on_unknown=hold")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--keep", action="store_true", help="keep the folder of a run that failed")
    options = parser.parse_args()
    print("seed %d (repeat with --seed)" % options.seed, flush=True)
    folder = tempfile.mkdtemp(prefix="postroom-kill-")
    began = time.monotonic()
    try:
        kills, counts, remarks, doubts, imbalance, missing, said = run(folder, options)
        problems = judge(options, kills, counts, remarks, doubts, imbalance, missing)
    except real.Failed as problem:
        problems, kills = [str(problem)], []
    if kills:
        dots, copies = sum(one.dots for one in kills), sum(len(one.copies) for one in kills)
        print("client: " + said)
        print("books: " + " ".join("%s=%d" % item for item in counts.items()))
        figures = {
            "kills": len(kills), "open_dots": dots, "duplicates": copies, "duplicates_per_kill": "%.2f" % (copies / len(kills)),
            "most_after_a_kill": max(len(one.copies) for one in kills), "held": len(doubts), "lost": counts["lost"],
            "imbalance": "%g" % imbalance, "not_in_sent_log": missing, "seconds": int(time.monotonic() - began), "date": datetime.date.today()}
        print(" ".join("%s=%s" % item for item in figures.items()))
    for line in problems[:50]:
        print("FAILED: " + line, file=sys.stderr)
    if problems and options.keep:
        print("kept: %s" % folder, file=sys.stderr)
    else:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
