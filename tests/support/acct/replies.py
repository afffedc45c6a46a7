# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""Replies no server should give, by name: made of the right one, in pieces of bytes, with pauses in seconds between them."""

import itertools

# More than any client can be meant to keep of a line, a reply, or a list.
LONG_BYTES = 10 << 20
PIECE = b"x" * 65536


def code(good):
    return good[:3]


def ehlo(*lines):
    """A reply to EHLO that offers these and nothing else."""
    offered = (b"sink.test", *lines)
    return [b"".join(b"250%c%s\r\n" % (b"- "[i == len(offered) - 1], line) for i, line in enumerate(offered))]


def dripped(good, pause):
    for byte in good:
        yield bytes([byte])
        yield pause


# What breaks the rules of RFC 5321 §4.2, what only stretches them, and what lies.
REPLIES = {
    "nocode": lambda good: [b"Bitte?\r\n"],
    "short": lambda good: [b"25\r\n"],
    "abc": lambda good: [b"abc\r\n"],
    "empty": lambda good: [b"\r\n"],
    "http": lambda good: [b"HTTP/1.1 400 Bad Request\r\n\r\n"],
    "hundred": lambda good: [b"150 it takes a while\r\n"],
    "six": lambda good: [b"650 beyond all replies\r\n"],
    "three": lambda good: [b"354 go on\r\n"],
    "mixed": lambda good: [code(good) + b"-yes\r\n550 no\r\n"],
    "mixed-yes": lambda good: [b"550-no\r\n" + code(good) + b" yes\r\n"],
    "half": lambda good: [code(good) + b"-there is more"],
    "nul": lambda good: [code(good) + b" o\0k\r\n"],
    "ff": lambda good: [code(good) + b" \xff\xfe ok\r\n"],
    "lf": lambda good: [good.replace(b"\r\n", b"\n")],
    "drip": lambda good: dripped(good, 0.01),
    "snail": lambda good: dripped(itertools.cycle(b"220-a very long story\r\n"), 0.2),
    "two": lambda good: [good + good],
    "ahead": lambda good: [good + b"250 2.0.0 what you have not asked yet\r\n"],
    "junk": lambda good: [good + b"\x00\xff and some garbage"],
    "later": lambda good: [good, 0.1, b"250 2.0.0 once more\r\n"],
    "megabyte": lambda good: [code(good) + b" ", *[PIECE] * 16, b"\r\n"],
    "long": lambda good: [code(good) + b" ", *[PIECE] * (LONG_BYTES // len(PIECE)), b"\r\n"],
    "endless": lambda good: itertools.repeat((code(good) + b"-and so on\r\n") * 1000),
    "injected": lambda good: [good + b"250-evil.test\r\n250 AUTH PLAIN LOGIN\r\n"],
    "bare": lambda good: ehlo(),
    "size100": lambda good: ehlo(b"SIZE 100"),
    "size-nonsense": lambda good: ehlo(b"SIZE -1", b"SIZE", b"SIZE 99999999999999999999999", b"SIZE many"),
    "thousand": lambda good: ehlo(*[b"X-LINE%d" % number for number in range(1000)]),
    "strange-login": lambda good: ehlo(b"AUTH CRAM-MD5 GSSAPI"),
}


def pieces(name, good):
    return REPLIES[name](good)
