# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""What mail servers do wrong, a row each, and what must be true of the mail and the account afterwards.

The faults are in the words of ../support/acct/script.py; most have their turn once, so that the same row can say what
comes of the mail when the fault is over. Numbers are those of the catalogue of faults the project tests by.
"""

import base64
import dataclasses
import itertools

PASSWORD = "a pass-word that no wire may carry"
# As it looks on the wire: alone, and as AUTH PLAIN has it.
ENCODED = [base64.b64encode(form.encode()).decode() for form in (PASSWORD, "\0user\0" + PASSWORD)]

# Longer than what the engine keeps in flight of one mail: it is still writing when the server has its say.
BIG = 3 << 20
# A server whose window is smaller than that.
SLOW = {"window": 32768}


@dataclasses.dataclass
class Row:
    number: str
    script: tuple = ()  # the port's
    to: tuple = ("a",)  # local parts
    port: dict = dataclasses.field(default_factory=dict)  # of the sink: tls, starttls, window
    host: str = ""  # in place of the sink, until it is mended: refused, swallowed, nowhere
    security: str = "none"
    login: bool = False
    size: int = 0
    on_unknown: str = "retry"
    lives: int = 0  # seconds to expires_at; 0 = its default
    status: str = "sent"
    reason: str = "smtp.sent"  # several with blanks between them
    attempts: tuple = (1,)  # counted ones: what recipients have
    # recipient_counts, where not all are in `status`: those that begin with an "a" are sent
    counts: dict = dataclasses.field(default_factory=dict)
    problem: str = ""  # the account rests for this
    stage: str = ""  # of the first attempt
    copies: int = 1  # of each recipient that was sent, when it came to rest
    ends: int = 0  # copies of each recipient when the fault is over and it was tried again; 0 = no more is asked
    silent: tuple = ()  # verbs that are never heard before it rests
    idn: bool = False  # the recipients' domain is not of ASCII
    known: str = ""  # a fault of the engine that is known: the row must fail, and says so
    name: str = ""

    def __str__(self):
        words = [self.number, self.host, *self.script, "to " + ",".join(self.to), self.security]
        words += ["%s=%s" % item for item in self.port.items()] + (["hold"] if self.on_unknown == "hold" else [])
        return " ".join(filter(None, words + (["%d bytes" % self.size] if self.size else [])))


def rests(number, script, problem, stage, **more):
    """The account's fault: it rests, nothing is counted, the mail arrives once when it is over."""
    return Row(number, (script,) if isinstance(script, str) else script,
               **{"status": "queued", "reason": problem, "problem": problem, "stage": stage, "attempts": (0,), "copies": 0,
                  "ends": 1, **more})


def waits(number, script, reason, stage, **more):
    """Put off on the mail's own account."""
    return Row(number, (script,), **{"status": "queued", "reason": reason, "stage": stage, "copies": 0, "ends": 1, **more})


def fails(number, script, reason, stage, **more):
    return Row(number, (script,), **{"status": "failed", "reason": reason, "stage": stage, "copies": 0, **more})


def arrives(number, *script, **more):
    """Not even a nuisance."""
    return Row(number, script, **more)


def doubts(number, script, **more):
    """Taken, and nobody could know: sent again at once, the same bytes."""
    return Row(number, (script,), **{"attempts": (2,), "copies": 2, "stage": "dot", **more})


def holds(number, script, **more):
    """Taken, and nobody could know: kept for a person."""
    return Row(number, (script,),
               **{"on_unknown": "hold", "status": "held", "reason": "smtp.unknown_outcome", "stage": "dot", **more})


UNSOUND = ("nocode", "short", "abc", "empty", "http", "hundred", "six", "mixed", "mixed-yes", "nul", "megabyte")
ODD = ("lf", "ff", "drip")
TLS = {"security": "tls", "login": True, "silent": ("AUTH", "MAIL")}
STARTTLS = {"security": "starttls", "login": True, "silent": ("AUTH", "MAIL")}
HAS_TLS, UPGRADES_TLS = {"tls": ["good"]}, {"starttls": ["good"]}


def mended(kind, how="tls"):
    """A port whose first certificate is bad and whose later ones are good."""
    return {how: [kind, "good"]}


CONNECT = [
    rests("F18", (), "network.refused", "connect", host="refused"),
    rests("F18", (), "network.timeout", "connect", host="swallowed"),
    rests("F18", (), "network.name_unresolved", "connect", host="nowhere"),
    rests("F18", "once connect reset", "network.closed", "greeting"),
    rests("F18", "once connect close", "network.closed", "greeting"),
    arrives("F18"),
]

BANNER = [
    rests("F19", "once banner stall", "network.timeout", "greeting"),
    rests("F19", "once banner say-snail", "network.timeout", "greeting"),
    rests("F19", "once banner say-megabyte", "smtp.protocol_violated", "greeting"),
    rests("F19", "once banner 421 4.3.2 not now", "smtp.service_unavailable", "greeting"),
    rests("F19", "once banner 554 5.3.2 not you", "smtp.service_refused", "greeting"),
    rests("F19", "once banner 554 5.7.1 blocked using zen.spamhaus.org", "smtp.client_blocked", "greeting"),
    rests("F19", "once banner 250 hello", "smtp.protocol_violated", "greeting"),
    arrives("F19", "banner wait1"),
    arrives("F19", "banner say-drip"),
]

STALLS = [
    rests("F20", "once ehlo stall", "network.timeout", "ehlo"),
    rests("F20", "once auth stall", "network.timeout", "auth", login=True),
    rests("F20", "once mail stall", "network.timeout", "mail_from"),
    rests("F20", "once rcpt stall", "network.timeout", "rcpt_to"),
    waits("F20", "once data stall", "network.timeout", "data"),
    waits("F20", "once body shut", "network.timeout", "body", port={"window": 4096}, size=BIG),
    arrives("F20", "quit stall"),
    # Longer than every other patience: after the "." only time makes copies.
    arrives("F20", "dot wait6"),
    arrives("F20", to=("slow6",)),
]

REFUSALS = [
    rests("F21", "once ehlo 421 4.3.2 closing", "smtp.service_unavailable", "ehlo"),
    rests("F21", "once ehlo 451 4.3.0 later", "smtp.service_unavailable", "ehlo"),
    rests("F21", "once ehlo 554 5.3.2 no", "smtp.service_refused", "ehlo", login=True),
    rests("F21", "once ehlo close", "network.closed", "ehlo"),
    # A server without EHLO is greeted again in the old way.
    arrives("F21", "ehlo 502 5.5.1 unknown"),
    rests("F21", "once auth 421 4.3.2 closing", "smtp.service_unavailable", "auth", login=True),
    rests("F21", "once auth 454 4.7.0 later", "smtp.auth_unavailable", "auth", login=True),
    rests("F21", "once auth 535 5.7.8 no", "smtp.auth_rejected", "auth", login=True),
    rests("F21", "once auth close", "network.closed", "auth", login=True),
    # A server that repeats what it was told: nobody may read it anywhere.
    *[rests("F21", "once auth 535 5.7.8 no: " + form, "smtp.auth_rejected", "auth", login=True) for form in (PASSWORD, *ENCODED)],
    *[rests("F21", "once mail 550 5.1.0 no: " + form, "smtp.sender_refused", "mail_from", login=True)
      for form in (PASSWORD, *ENCODED)],
    rests("F21", "once mail 421 4.3.2 closing", "smtp.service_unavailable", "mail_from"),
    rests("F21", "once mail 451 4.3.0 later", "smtp.sender_deferred", "mail_from"),
    rests("F21", "once mail 550 5.1.0 no", "smtp.sender_refused", "mail_from"),
    rests("F21", "once mail close", "network.closed", "mail_from"),
    rests("F21", "once rcpt 421 4.3.2 closing", "smtp.service_unavailable", "rcpt_to"),
    rests("F21", "once rcpt close", "network.closed", "rcpt_to"),
    waits("F21", "once rcpt 451 4.3.0 later", "smtp.deferred", "rcpt_to"),
    fails("F21", "rcpt 550 5.1.1 unknown user", "smtp.recipient_unknown", "rcpt_to"),
    Row("F21", to=("once.rcpt.450",), status="queued", reason="smtp.deferred", stage="rcpt_to", copies=0, ends=1),
    Row("F21", to=("rcpt.552",), status="failed", reason="smtp.recipient_refused", stage="rcpt_to", copies=0),
    rests("F21", "once data 421 4.3.2 closing", "smtp.service_unavailable", "data"),
    waits("F21", "once data close", "network.closed", "data"),
    waits("F21", "once data 451 4.3.0 later", "smtp.deferred", "data"),
    fails("F21", "data 554 5.5.0 no", "smtp.message_refused", "data"),
    rests("F21", "once body 421 4.3.2 closing", "smtp.service_unavailable", "body", size=BIG, port=SLOW),
    waits("F21", "once body 451 4.3.0 later", "smtp.deferred", "body", size=BIG, port=SLOW),
    fails("F21", "body 554 5.5.0 no", "smtp.message_refused", "body", size=BIG, port=SLOW),
    rests("F21", "once dot 421 4.3.2 closing", "smtp.service_unavailable", "dot"),
    waits("F21", "once dot 451 4.3.0 later", "smtp.deferred", "dot"),
    waits("F21", "once dot 451 4.3.0 later", "smtp.deferred", "dot", on_unknown="hold"),
    fails("F21", "dot 554 5.5.0 no", "smtp.message_refused", "dot"),
    Row("F21", to=("dot.554", "dot.554+2"), status="failed", reason="smtp.message_refused", stage="dot", copies=0),
]

CUTS = [
    *[waits("F22", "once body cut%d" % size, "network.closed", "body", size=BIG, port=SLOW) for size in (0, 998, BIG // 3)],
    waits("F22", "once body close", "network.closed", "body", size=BIG, port=SLOW),
    # All of a small mail leaves at once, so its "." may have arrived: tried again, and there is one.
    *[Row("F22", ("once body cut%d" % size,), attempts=(2,), stage="dot") for size in (0, 1, 100)],
    Row("F22", ("once dot lose",), attempts=(2,), stage="dot"),
    Row("F22", ("once dot lose",), size=1 << 20, attempts=(2,), stage="dot"),
]

LOST_REPLIES = [
    *[doubts("F23", "once dot " + act) for act in ("close", "reset")],
    doubts("F23", "once dot close", size=1 << 20),
    doubts("F23", "once dot close", to=("a", "b", "c")),
    *[holds("F23", "once dot " + act) for act in ("close", "reset")],
    holds("F23", "once dot close", to=("a", "b", "c")),
    Row("F23", to=("drop-after-dot",), attempts=(2,), copies=2, stage="dot"),
]

LATER = [
    waits("F25", "for2 rcpt 450 4.2.0 greylisted, come back later", "smtp.greylisted", "rcpt_to"),
    Row("F25", to=("grey2",), status="queued", reason="smtp.greylisted", stage="rcpt_to", copies=0, ends=1),
    Row("F25", to=("defer",), lives=60, status="expired", reason="smtp.deferred", stage="rcpt_to", copies=0),
    Row("F25", ("over5 rcpt 452 4.5.3 too many recipients",), to=tuple("a%d" % number for number in range(10)), attempts=(1, 2)),
]

SEVEN = tuple("a%d" % number for number in range(7))
SOME = [
    Row("F26", to=("rcpt.550+1", "rcpt.550+2", "rcpt.550+3", *SEVEN), status="failed",
        reason="smtp.recipient_refused smtp.sent", counts={"failed": 3, "sent": 7}),
    Row("F26", to=("once.rcpt.451+1", "once.rcpt.451+2", "once.rcpt.451+3", *SEVEN), status="queued",
        reason="smtp.deferred smtp.sent", counts={"queued": 3, "sent": 7}, ends=1),
    Row("F26", to=("rcpt.550", "once.rcpt.451", *SEVEN), status="queued",
        reason="smtp.deferred smtp.recipient_refused smtp.sent", counts={"failed": 1, "queued": 1, "sent": 7}),
    # 354 though nobody was accepted: nothing of the mail may follow.
    Row("F26", ("rcpt 550 5.1.1 unknown user", "data 354 go on"), status="failed", reason="smtp.recipient_unknown", stage="rcpt_to",
        copies=0, silent=(".",)),
    Row("F26", ("rcpt 550 5.1.1 unknown user", "data 354 go on"), to=("a", "b"), status="failed", reason="smtp.recipient_unknown",
        stage="rcpt_to", copies=0, silent=(".",)),
    # The "." is refused for one of three: each goes again alone.
    Row("F26", ("once dot 550 5.1.1 unknown user",), to=("a", "b", "c"), attempts=(2,), stage="dot"),
]

REPLIES = [
    *[rests("F27", "once %s say-%s" % (step, bad), "smtp.protocol_violated", stage)
      for step, stage in (("banner", "greeting"), ("ehlo", "ehlo"), ("mail", "mail_from"), ("rcpt", "rcpt_to")) for bad in UNSOUND],
    *[rests("F27", "once auth say-" + bad, "smtp.protocol_violated", "auth", login=True) for bad in UNSOUND],
    *[waits("F27", "once data say-%s" % bad, "smtp.protocol_violated", "data") for bad in UNSOUND],
    *[doubts("F27", "once dot say-%s" % bad) for bad in (*UNSOUND, "three")],
    *[holds("F27", "once dot say-%s" % bad) for bad in ("nocode", "mixed", "mixed-yes", "nul", "three", "megabyte")],
    *[arrives("F27", "%s say-%s" % (step, odd)) for step in ("banner", "ehlo", "mail", "rcpt", "data", "dot") for odd in ODD],
    rests("F27", "once ehlo say-half", "network.timeout", "ehlo"),
    # Found when the next command is due.
    rests("F27", "once banner say-two", "smtp.protocol_violated", "ehlo"),
    rests("F27", "once ehlo say-two", "smtp.protocol_violated", "mail_from"),
    # Every reply counts for the command before: DATA gets RCPT's.
    waits("F27", "once mail say-two", "smtp.protocol_violated", "data"),
    waits("F27", "once data say-two", "smtp.protocol_violated", "data"),
    # A reply before its command, and a good one at that.
    rests("F27", "once ehlo say-ahead", "smtp.protocol_violated", "mail_from"),
    waits("F27", "once data say-ahead", "smtp.protocol_violated", "data", silent=(".",)),
    waits("F27", "once body 250 2.0.0 kept", "smtp.protocol_violated", "body", size=BIG, port=SLOW, silent=(".",)),
    arrives("F27", "dot say-later"),
    Row("F27", to=("garbage-reply",), attempts=(2,), copies=2, stage="dot"),
]

BAD = ("expired", "wrong-host", "self-signed", "unknown-authority")
CERTIFICATES = [
    *[rests("F28", (), "tls.certificate", "tls", port=mended(kind), **TLS) for kind in BAD],
    *[rests("F28", (), "tls.certificate", "tls", port=mended(kind, "starttls"), **STARTTLS) for kind in BAD],
    rests("F28", (), "tls.failed", "tls", port=mended("old-protocol"), **TLS),
    rests("F28", (), "tls.failed", "tls", port=mended("old-protocol", "starttls"), **STARTTLS),
    rests("F28", "once tls stall", "network.timeout", "tls", port=HAS_TLS, **TLS),
    rests("F28", "once tls close", "tls.failed", "tls", port=HAS_TLS, **TLS),
    rests("F28", "once tls say-http", "tls.failed", "tls", port=HAS_TLS, **TLS),
    # In clear where TLS is due.
    rests("F28", (), "tls.failed", "tls", ends=0, **TLS),
    # An end without close_notify, once where nothing is known and once where all is.
    doubts("F28", "once dot reset", port=HAS_TLS, security="tls", login=True),
    arrives("F28", "quit reset", port=HAS_TLS, security="tls", login=True),
    arrives("F28", port=HAS_TLS, security="tls", login=True),
    # The certificate is another one on the second connection; the doubt of the first stays.
    rests("F28", "once dot close", "tls.certificate", "dot", port={"tls": ["good", "wrong-host", "good"]}, security="tls",
          login=True, reason="smtp.unknown_outcome", attempts=(1,), copies=1, ends=2),
]

UPGRADES = [
    rests("F29", (), "smtp.tls_missing", "starttls", ends=0, **STARTTLS),
    rests("F29", "once ehlo say-bare", "smtp.tls_missing", "starttls", port=UPGRADES_TLS, **STARTTLS),
    rests("F29", "once starttls 454 4.7.0 not now", "smtp.service_unavailable", "starttls", port=UPGRADES_TLS, **STARTTLS),
    rests("F29", "once starttls 502 5.5.1 unknown", "smtp.service_refused", "starttls", port=UPGRADES_TLS, **STARTTLS),
    rests("F29", "once starttls 250 fine", "smtp.protocol_violated", "starttls", port=UPGRADES_TLS, **STARTTLS),
    rests("F29", "once starttls close", "network.closed", "starttls", port=UPGRADES_TLS, **STARTTLS),
    rests("F29", "once starttls stall", "network.timeout", "starttls", port=UPGRADES_TLS, **STARTTLS),
    rests("F29", "once starttls say-injected", "smtp.protocol_violated", "starttls", port=UPGRADES_TLS, **STARTTLS),
    rests("F29", "once starttls say-two", "smtp.protocol_violated", "starttls", port=UPGRADES_TLS, **STARTTLS),
    rests("F29", "once tls stall", "network.timeout", "tls", port=UPGRADES_TLS, **STARTTLS),
    rests("F29", "once tls say-http", "tls.failed", "tls", port=UPGRADES_TLS, **STARTTLS),
    arrives("F29", port=UPGRADES_TLS, security="starttls", login=True),
]

LIES = [
    fails("F31", "ehlo say-size100", "smtp.size_exceeded", "mail_from", silent=("MAIL",)),
    arrives("F31", "ehlo say-size-nonsense"),
    arrives("F31", "ehlo say-bare"),
    rests("F31", "once ehlo say-thousand", "smtp.protocol_violated", "ehlo"),
    rests("F31", "once ehlo say-strange-login", "smtp.auth_missing", "auth", login=True, silent=("AUTH", "MAIL")),
]

# What a server says behind the good reply to each ".": sent is sent, and the next mail has nothing to do with it.
BEHIND = [
    arrives("F27", "dot say-two"),
    arrives("F27", "dot say-ahead"),
    arrives("F27", "dot say-junk"),
]

# What is measured beside: once to be warm, and once more.
FLOODS, MORE_FLOODS = ([
    *[rests("F27", "once %s say-%s" % (step, flood), "smtp.protocol_violated", stage)
      for step, stage in (("banner", "greeting"), ("ehlo", "ehlo"), ("rcpt", "rcpt_to")) for flood in ("long", "endless")],
    *[holds("F27", "once dot say-" + flood) for flood in ("long", "endless")],
] for _ in range(2))

JITTER = [rests("F18", "once banner close", "network.closed", "greeting", ends=0) for _ in range(10)]
LAST = [arrives("F31", idn=True)]
ROWS = list(itertools.chain(CONNECT, BANNER, STALLS, REFUSALS, CUTS, LOST_REPLIES, LATER, SOME, REPLIES, BEHIND, CERTIFICATES,
                            UPGRADES, LIES, FLOODS, MORE_FLOODS, JITTER, LAST))
for _number, _row in enumerate(ROWS):
    _row.name = "row%03d" % _number
