#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""A mail server that keeps the sink's book: one line a recipient, on the disk before the final "." is answered.

What it does wrong is said by a recipient's address or by a port's script, in the words of script.py. Without --ports it
has one port without a script and prints its number as its first line. With --ports FILE, a JSON object

  {"NAME": {"script": ["once mail 421"], "tls": ["expired"], "starttls": ["good"], "window": 4096}, ...}

of which every part may be missing, its first line is {"seed": N, "ca": "-----BEGIN...", "ports": {"NAME": 1234}}. Kinds of
certificates are those of certs.py, one for each connection in turn. --tape FILE writes down every line that was heard and
said, and whether it was under TLS. Stops at TERM.
"""

import argparse
import asyncio
import email
import email.policy
import hashlib
import json
import random
import signal
import socket
import sys
import time

import book
import script
import session


def describe(content):
    """What the book says of a mail: its identity, its marker, and the digest of its html as the sender wrote it."""
    mail = email.message_from_bytes(content, policy=email.policy.default)
    try:
        part = mail.get_body(("html", "plain"))
        digest = book.digest_of(part.get_content())
    except Exception as problem:  # pylint: disable=broad-except
        # Whatever a broken mail makes of the parser is a digest that can't match: corrupted, not a dead sink.
        digest = "unreadable: %r" % problem
    return {
        "message_id": str(mail.get("Message-ID", "")).strip("<> "),
        "marker": str(mail.get("Subject", "")),
        "digest": digest,
        "sha256": hashlib.sha256(content).hexdigest(),
        "seven_bit": content.isascii(),
    }


class Port:
    """One address to connect to, with what goes wrong there."""

    def __init__(self, sink, name, lines=(), tls=(), starttls=(), window=0):
        self._sink, self.name, self.tls, self.starttls, self._window = sink, name, tls, starttls, window
        self.script = script.Script(lines, "%s/%s" % (sink.seed, name))
        self.connections = 0
        self._server = None

    async def open(self, number):
        own = socket.create_server(("127.0.0.1", number), backlog=256)
        if self._window:
            own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self._window)
        self._server = await asyncio.start_server(self._serve, sock=own, limit=self._window or 1024 * 1024)
        return own.getsockname()[1]

    def context(self, kind):
        return self._sink.certificates().context(kind)

    def keep(self, account, recipients, content):
        self._sink.keep(self.name, account, recipients, content)

    def note(self, **what):
        self._sink.note(port=self.name, **what)

    async def _serve(self, reader, writer):
        await session.Session(self, reader, writer).run()


class Sink:
    def __init__(self, options):
        self.seed = options.seed
        self._book = book.Book(options.book)
        self._tape = book.Book(options.tape) if options.tape else None
        self._certificates = None
        self.received = 0

    def certificates(self):
        if self._certificates is None:
            # Not for a load without TLS: the import alone takes longer than the start of all the rest.
            import certs  # pylint: disable=import-outside-toplevel
            self._certificates = certs.Certificates()
        return self._certificates

    def keep(self, port, account, recipients, content):
        now, about = time.time(), describe(content)
        self._book.append(*({"recipient": book.plain(recipient), "account": account, "port": port, "time": now, **about}
                            for recipient in recipients))
        self.received += len(recipients)

    def note(self, **what):
        if self._tape:
            self._tape.append({"time": time.time(), **what}, sync=False)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--book", required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--ports", metavar="FILE")
    parser.add_argument("--tape", metavar="FILE")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    return parser.parse_args()


async def open_ports(sink, options):
    """Opens what the options name; the first line to print."""
    if not options.ports:
        return str(await Port(sink, "sink").open(options.port))
    with open(options.ports, encoding="utf-8") as file:
        table = json.load(file)
    ports = {}
    for name, row in table.items():
        ports[name] = await Port(sink, name, row.pop("script", ()), **row).open(0)
    kinds = {kind for row in table.values() for kind in (*row.get("tls", ()), *row.get("starttls", ()))}
    for kind in kinds:
        # Now: a key takes as long to make as a client may be ready to wait.
        sink.certificates().context(kind)
    return json.dumps({"seed": sink.seed, "ca": sink.certificates().pem if kinds else "", "ports": ports})


async def main():
    options = arguments()
    sink = Sink(options)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stop.set)
    print("seed %d" % sink.seed, file=sys.stderr, flush=True)
    print(await open_ports(sink, options), flush=True)
    await stop.wait()
    print("%d received" % sink.received, file=sys.stderr)


if __name__ == "__main__":
    asyncio.run(main())
