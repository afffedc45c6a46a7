# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""What a sink does wrong, at which step and how often: read from an address or from a port's script.

A fault is words: when it is its turn, the step, the act. In an address they are the local part up to a "+", with dots
between them (once.dot.close+17@sink.test); in a script a line of them, whose end may be a reply's text.

  turn  once, x3      the first time, the first three times
        p30           in 30 % of all times, by the seed
        for300        until 300 seconds after the first time
        over5         for what comes after five recipients of one mail
  step  connect banner tls ehlo starttls auth mail rcpt data body dot rset noop quit
  act   451, 451 4.3.0 try later       this reply; 421 closes, too
        say-NAME      what replies.py has under this name
        wait5         the right reply after 5 seconds
        stall         nothing any more
        close, reset  an orderly end, or none
        shut          reads no more, so that the window closes (body)
        cut4096       closes after so many bytes of the content (body)
        lose          as close, but the mail is not kept (dot)

A turn counts for a recipient, at the "." for a recipient of one mail; in a script for the port.
"""

import collections
import dataclasses
import random
import re
import time

STEPS = "connect banner tls ehlo starttls auth mail rcpt data body dot rset noop quit".split()
ACTS = re.compile(
    r"(?P<reply>[1-6]\d\d)|say-(?P<say>[a-z0-9-]+)|(?P<plain>stall|shut|close|reset|lose)|(?P<timed>wait|cut)(?P<number>\d+)")
TURN = re.compile(r"(once|x|p|for|over)(\d*)")
# Short names for what loads are mixed of, with the number they have when none is given.
NAMES = {
    "drop-after-dot": ("once dot close", 0),
    "garbage-reply": ("once dot say-nocode", 0),
    "defer": ("rcpt 451 4.3.0 try again later", 0),
    "refuse": ("rcpt 550 5.1.1 no such mailbox", 0),
    "grey": ("for%d rcpt 450 4.2.0 greylisted", 5),
    "slow": ("dot wait%d", 5),
}


@dataclasses.dataclass(frozen=True)
class Fault:
    step: str
    act: str  # reply, say, or the act itself
    number: int = 0
    text: str = ""
    turns: tuple = ()  # (name, number) pairs: all must agree

    @property
    def keeps(self):
        """Whether a mail whose "." is met with it is in the book: all that was not refused."""
        return self.act != "lose" and not (self.act == "reply" and self.number >= 400)


def parse(words):
    """The fault these words are, or None."""
    turns = []
    while words and (turn := TURN.fullmatch(words[0])) and (turn[2] or turn[1] == "once"):
        turns.append((turn[1], int(turn[2] or 1)))
        words = words[1:]
    act = ACTS.fullmatch(words[1]) if len(words) > 1 and words[0] in STEPS else None
    if not act:
        return None
    if act["reply"]:
        return Fault(words[0], "reply", int(act["reply"]), " ".join(words[2:]), tuple(turns))
    if act["say"]:
        return Fault(words[0], "say", 0, act["say"], tuple(turns))
    return Fault(words[0], act["plain"] or act["timed"], int(act["number"] or 0), "", tuple(turns))


def fault_of(recipient):
    """What an address asks for, or None."""
    local = recipient.rpartition("@")[0].partition("+")[0].lower()
    name, number = re.fullmatch(r"(.*?)(\d*)", local).groups()
    if name in NAMES:
        line, default = NAMES[name]
        return parse((line % int(number or default) if "%d" in line else line if not number else "").split())
    return parse(local.split("."))


def never_arrives(recipient):
    """Whether an honest sender can't bring it there, however often it tries."""
    fault = fault_of(recipient)
    return fault is not None and not fault.turns and fault.act == "reply" and fault.number >= 400


class Script:
    """The faults of one port, and whose turn it is."""

    def __init__(self, lines=(), seed=0):
        self._seed = seed
        self._count = collections.Counter()
        self._first = {}
        self._faults = [parse(line.split()) for line in lines]
        for line, fault in zip(lines, self._faults):
            if fault is None:
                raise ValueError("no fault: " + line)

    def at(self, step, recipients=(), taken=0, mail=""):
        """The fault of this step whose turn it is; the port's own come first. `mail` is its Message-ID, where it is known."""
        candidates = list(enumerate(self._faults))
        candidates += [("%s %s" % (recipient, mail), fault_of(recipient)) for recipient in recipients]
        for key, fault in candidates:
            if fault is not None and fault.step == step and self._is_turn(key, fault, taken):
                return fault
        return None

    def _is_turn(self, key, fault, taken):
        if not fault.turns:
            return True
        self._count[key] += 1
        judges = {
            "once": lambda number: self._count[key] <= 1,
            "x": lambda number: self._count[key] <= number,
            "p": lambda number: random.Random("%s/%s/%d" % (self._seed, key, self._count[key])).uniform(0, 100) < number,
            "for": lambda number: time.monotonic() < self._first.setdefault(key, time.monotonic()) + number,
            "over": lambda number: taken >= number,
        }
        return all(judges[name](number) for name, number in fault.turns)
