# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""An engine that ends again and again under load, on the same data folder: what the loops of this folder have in common.

Which end it is, and how many copies it may make, is said by the loop. Every 202 must arrive or be held, and the ledger must balance.
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

import scene
from scene import real

import book
import check

# engine/queue/slots.cpp: a head with the boot's id, then slots of the same size that begin with their phase and name an attempt.
SLOT_BYTES, BOOT, ATTEMPT = 128, slice(16, 80), slice(16, 32)
# The final "." may have left, and nobody had read the reply; a 2xx was read, and was not on the disk yet.
DOT, TAKEN = 2, 3
ACCOUNTS = 4
# One in ten comes before the engine is up again: the end of the end's own mending.
IN_START, LONGEST_START = 0.1, 0.4


@dataclasses.dataclass
class Ending:
    at: float = 0  # after all that the sink had of the ended engine, before all of the next one
    slots: dict = dataclasses.field(default_factory=dict)  # {attempt: phase} at that moment
    connections: int = 0
    seconds: float = 0  # that the end took
    copies: list = dataclasses.field(default_factory=list)  # (marker, when it came, when it came again)

    def count(self, *phases):
        return sum(phase in phases for phase in self.slots.values())

    def __str__(self):
        return "%d dots open, %d more taken, on %d connections; %.2f s" % (self.count(DOT), self.count(TAKEN), self.connections, self.seconds)


@dataclasses.dataclass
class Outcome:
    endings: list
    mails: list = dataclasses.field(default_factory=list)  # the sink's book
    counts: dict = dataclasses.field(default_factory=dict)  # check.py's
    remarks: list = dataclasses.field(default_factory=list)
    held: set = dataclasses.field(default_factory=set)
    imbalance: float = 0
    missing: int = 0  # in sent.log, of those that are sent
    said: str = ""  # by the client


def freeze(engine, sink):
    """Stops the engine between two instructions, and counts what is open: from here to its end no reply is read."""
    engine.freeze()
    tasks = "/proc/%d/task" % engine.pid()

    def is_still():
        states = []
        for task in os.listdir(tasks):
            with open(os.path.join(tasks, task, "stat"), encoding="ascii") as file:
                states.append(file.read().rpartition(")")[2].split()[0])
        # D: in a write, which may yet be done; then it stands still as well.
        return all(state in "TtDZX" for state in states)

    real.until(is_still, 10, "the stop of every thread")
    return Ending(slots=slots_of(engine), connections=sink.connections())


def slots_of(engine):
    """{attempt: phase} of all that are taken; none where the engine has not come as far as to make the file new."""
    try:
        with open(os.path.join(engine.data, "slots"), "rb") as file, open("/proc/sys/kernel/random/boot_id", "rb") as boot:
            content = file.read()
            if content[BOOT].rstrip(b"\0") != boot.read().strip():
                return {}
    except FileNotFoundError:
        return {}
    slots = (content[at:at + SLOT_BYTES] for at in range(SLOT_BYTES, len(content), SLOT_BYTES))
    return {slot[ATTEMPT]: slot[0] for slot in slots if slot[0]}


def close(ending, sink):
    """The engine is no more. What is on its way to the sink still arrives, and belongs to this end."""
    real.until(lambda: sink.connections("01", "08") == 0, 60, "the end of the ended engine's connections")
    ending.at = time.time()
    return ending


def kill(engine, sink):
    """kill -9."""
    ending = freeze(engine, sink)
    engine.kill()
    return close(ending, sink)


def cut(engine, sink, machine):
    """A power cut; `machine` is the disk.Disk that the engine's data is on."""
    ending = freeze(engine, sink)
    machine.cut()
    engine.kill()
    close(ending, sink)
    machine.start()
    return ending


def post(engine, messages):
    """Accepts them all, by the thousand."""
    for first in range(0, len(messages), 1000):
        answer = engine.request("POST", "/api/v1/messages/email/batch", {"messages": messages[first:first + 1000]})
        if answer.status != 202:
            raise real.Failed("the batch was answered %s" % answer)


def messages_in(engine, status):
    """The messages that show this state, all pages of them."""
    cursor, found = "", []
    while cursor is not None:
        page = engine.data_of("/api/v1/messages?limit=200&q=status:%s%s" % (status, cursor and "&cursor=" + cursor))
        found += page["items"]
        cursor = page["next_cursor"]
    return found


def wait_for_less(waiting, push):
    """Until nothing is waiting(), however long it takes as long as something moves; push() is called each second."""
    least, deadline = None, 0
    while (left := waiting()) > 0:
        if least is None or left < least:
            least, deadline = left, time.monotonic() + 300
        if time.monotonic() > deadline:
            raise real.Failed("%d are still waiting, and nothing moves" % left)
        time.sleep(1)
        push()


def drain(engine):
    """Everything comes to its end; what two ends in a row put off for minutes is tried by hand."""
    def retry():
        if engine.queue()["in_flight"] == 0:
            for message in messages_in(engine, "queued"):
                engine.request("POST", "/api/v1/messages/%s/retry" % message["id"])

    wait_for_less(engine.waiting, retry)


def held(engine):
    """(message, recipient) that the engine holds and says so."""
    return {(message["id"], one["recipient"]) for message in messages_in(engine, "held")
            for one in engine.message(message["id"])["deliveries"] if one["status"] == "held"}


def count_copies(endings, mails):
    """Gives each end the copies it made: of a recipient's mail that came before it and once more after it. A dot is one for all
    the recipients it covers, however they come again; a message whose recipients come one by one is no copy."""
    times, copies = collections.defaultdict(set), {}
    for mail in mails:
        times[mail["marker"], mail["recipient"]].add(mail["time"])
    for (marker, _), moments in times.items():
        for moment, again in itertools.pairwise(sorted(moments)):
            copies[marker, moment] = min(again, copies.get((marker, moment), again))
    for (marker, moment), again in copies.items():
        number = bisect.bisect([one.at for one in endings], moment)
        endings[min(number, len(endings) - 1)].copies.append((marker, moment, again))


def start_client(folder, engine, options):
    return subprocess.Popen(
        [sys.executable, os.path.join(real.ACCT, "client.py"), "--control", engine.control, "--key-file", engine.make_key(),
         "--book", os.path.join(folder, "client.book"), "--count", "0", "--rate", str(options.rate), "--connections",
         str(options.connections), "--recipients", str(options.recipients), "--fewest", "1", "--fields",
         '{"on_unknown": "hold"}' if options.hold else "{}", "--seed", str(options.seed), "--deadline", "1000000"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def play(folder, options, end, data=None, under=(), in_start=IN_START):
    """Ends the engine options.times times with end(engine, sink), which returns an Ending. `in_start` is the share of ends for
    which no start is waited for."""
    random_ = random.Random(options.seed)
    sink, client = real.Sink(folder), None
    engine = real.Engine(folder, under, {"RATE_LIMIT_ENABLED": "false"}, data)
    outcome = Outcome([])
    try:
        engine.start()
        for number in range(ACCOUNTS):
            engine.make_account(sink.port, email="sender%d@sink.test" % number, max_connections=16)
        client = start_client(folder, engine, options)
        for number in range(options.times):
            if number and random_.random() < in_start:
                engine.launch()
                time.sleep(random_.uniform(0, LONGEST_START))
            else:
                if number:
                    engine.start()
                time.sleep(random_.uniform(0, options.longest))
            ending = end(engine, sink)
            if outcome.endings:
                # What an engine had no time to look at is still that of the one before.
                for attempt in outcome.endings[-1].slots:
                    ending.slots.pop(attempt, None)
            outcome.endings.append(ending)
            if client.poll() is not None:
                raise real.Failed("the client ended too early: %s" % client.stdout.read())
            if options.verbose:
                print("%d: %s" % (number + 1, ending), flush=True)
        engine.start()
        client.terminate()
        outcome.said = client.communicate(timeout=180)[0].strip()
        if client.returncode != 0:
            raise real.Failed("the client could not post everything: " + outcome.said)
        drain(engine)
        outcome.held = held(engine)
        sent = engine.recipients("sent")
        outcome.imbalance = engine.metric("postroom_ledger_imbalance")
        engine.stop()
        outcome.missing = sent - len({line["delivery_id"] for line in scene.sent_log(engine)})
    except real.Failed:
        print(engine.tail(), file=sys.stderr)
        raise
    finally:
        if client is not None and client.poll() is None:
            client.kill()
            client.wait()
        engine.abandon()
        sink.stop()
    outcome.mails = sink.mails()
    outcome.counts, outcome.remarks = check.compare(book.read(os.path.join(folder, "client.book")), outcome.mails, outcome.held)
    count_copies(outcome.endings, outcome.mails)
    return outcome


def judge(options, outcome, phases, may_lack):
    """What is wrong, a line each. `phases`: a slot in one of them may make a copy. `may_lack`: so many lines of sent.log may not
    have been written."""
    counts, endings = outcome.counts, outcome.endings
    problems = list(outcome.remarks) if counts["lost"] or counts["unexpected"] or counts["corrupted"] else []
    problems += ["end %d: %s" % (number + 1, one) for number, one in enumerate(endings) if one.count(DOT) > one.connections]
    for number, one in enumerate(endings):
        if len(one.copies) > (0 if options.hold else one.count(*phases)):
            problems.append("end %d made %d copies: %s" % (number + 1, len(one.copies), one))
            problems += ["  %s came %+.3f s and %+.3f s after it" % (marker, moment - one.at, again - one.at)
                         for marker, moment, again in sorted(one.copies, key=lambda copy: copy[1])]
    if outcome.held and not options.hold:
        problems.append("%d recipients are held, and nobody asked for it" % len(outcome.held))
    if not 0 <= outcome.missing <= may_lack:
        problems.append("sent.log lacks %d of those that are sent" % outcome.missing)
    if outcome.imbalance != 0:
        problems.append("the ledger does not balance: %g" % outcome.imbalance)
    return problems


def figures(outcome):
    """What every loop prints."""
    endings = outcome.endings
    copies = sum(len(one.copies) for one in endings)
    return {"open_dots": sum(one.count(DOT) for one in endings), "taken": sum(one.count(TAKEN) for one in endings), "duplicates": copies, "duplicates_per_end": "%.2f" % (copies / len(endings)),
            "most_after_one": max(len(one.copies) for one in endings), "held": len(outcome.held), "lost": outcome.counts["lost"],
            "imbalance": "%g" % outcome.imbalance, "not_in_sent_log": outcome.missing}


def parser_of(text, times, longest, **names):
    """The options of a loop; `names` of the option that says how often the engine ends."""
    parser = argparse.ArgumentParser(description=text, formatter_class=argparse.RawDescriptionHelpFormatter)
    [(name, what)] = names.items()
    parser.add_argument("--" + name, dest="times", type=int, default=times, help=what)
    parser.add_argument("--longest", type=float, default=longest, help="seconds between a start and the next end, at most")
    parser.add_argument("--rate", type=float, default=200)
    parser.add_argument("--connections", type=int, default=16, help="of the client")
    parser.add_argument("--recipients", type=int, default=2, help="of a message, at most: one and several take different ways")
    parser.add_argument("--hold", action="store_true", help="on_unknown=hold")
    add_common(parser)
    return parser


def add_common(parser):
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--keep", action="store_true", help="keep the folder of a run that failed")


def show(options, run):
    """Prints what run(folder), which returns (figures, problems), found, with the seed before and seconds and day behind; the exit
    code."""
    print("seed %d (repeat with --seed)" % options.seed, flush=True)
    folder = tempfile.mkdtemp(prefix="postroom-fault-")
    began = time.monotonic()
    try:
        found, problems = run(folder)
        found |= {"seconds": int(time.monotonic() - began), "date": datetime.date.today()}
        print(" ".join("%s=%s" % item for item in found.items()), flush=True)
    except real.Failed as problem:
        problems = [str(problem)]
    for line in problems[:50]:
        print("FAILED: " + line, file=sys.stderr)
    if problems and options.keep:
        print("kept: %s" % folder, file=sys.stderr)
    else:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if problems else 0


def loop(folder, options, name, end, phases, may_lack, **place):
    """A loop from its start to its figures, for show()."""
    outcome = play(folder, options, end, **place)
    print("client: " + outcome.said)
    print("books: " + " ".join("%s=%d" % item for item in outcome.counts.items()))
    return {name: len(outcome.endings), **figures(outcome)}, judge(options, outcome, phases, may_lack(outcome))
