#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""A mail server that keeps the sink's book: one line a recipient, on the disk before the final "." is answered.

The recipient's local part, up to a "+", picks the fault:
  drop-after-dot   takes the mail, writes it down, closes without a reply; the first time for this mail only
  garbage-reply    takes the mail, writes it down, answers what is no SMTP reply; the first time only
  grey300          450 at RCPT until 300 seconds have passed since the first try (any number)
  defer            451 at RCPT, for ever
  refuse           550 at RCPT
  slow, slow9      answers the "." after 5 (9) seconds
Anything else is taken. Prints its port as its first line. Stops at TERM.
"""

import argparse
import asyncio
import base64
import email
import email.policy
import hashlib
import re
import signal
import sys
import time

import book

LIMIT = 64 * 1024 * 1024


def fault_of(recipient):
    """The fault and its number of seconds: ("grey", 300)."""
    name = recipient.rpartition("@")[0].partition("+")[0]
    match = re.fullmatch(r"(grey|slow)(\d*)", name)
    if match:
        return match.group(1), int(match.group(2) or 5)
    return (name, 0) if name in ("drop-after-dot", "garbage-reply", "defer", "refuse") else ("", 0)


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
    }


class Sink:
    def __init__(self, options):
        self._book = book.Book(options.book)
        self._first_seen = {}
        self._taken = set()
        self.received = 0

    async def serve(self, reader, writer):
        try:
            await Session(self, reader, writer).run()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    def verdict(self, recipient):
        """The reply to RCPT."""
        fault, seconds = fault_of(recipient)
        if fault == "refuse":
            return "550 5.1.1 no such mailbox"
        if fault == "defer":
            return "451 4.3.0 try again later"
        if fault == "grey":
            if time.monotonic() < self._first_seen.setdefault(recipient, time.monotonic()) + seconds:
                return "450 4.2.0 greylisted"
        return "250 2.1.5 ok"

    def keep(self, account, recipients, content):
        """Writes the mail down and says what follows: the faults whose turn it is, and the seconds to wait."""
        about = describe(content)
        self._book.append(*({"recipient": book.plain(recipient), "account": account, "time": time.time(), **about}
                            for recipient in recipients))
        self.received += len(recipients)
        faults, wait = set(), 0
        for recipient in recipients:
            fault, seconds = fault_of(recipient)
            if fault == "slow":
                wait = max(wait, seconds)
            elif (about["message_id"], recipient) not in self._taken:
                faults.add(fault)
            self._taken.add((about["message_id"], recipient))
        return faults, wait


class Session:
    """One connection. Strict where a mistake of the client would otherwise pass: CRLF only, nothing after a bad state."""

    def __init__(self, sink, reader, writer):
        self._sink, self._reader, self._writer = sink, reader, writer
        self._user = ""
        self._reset()

    def _reset(self):
        self._sender, self._recipients = None, []

    async def _say(self, *lines):
        self._writer.write("".join(line + "\r\n" for line in lines).encode())
        await self._writer.drain()

    async def _line(self):
        line = await self._reader.readuntil(b"\r\n")
        return line[:-2].decode("utf-8", "replace")

    async def run(self):
        await self._say("220 sink.test ESMTP")
        while True:
            line = await self._line()
            verb, _, rest = line.partition(" ")
            act = getattr(self, "_on_" + verb.lower(), None) if verb.isalpha() else None
            if act is None:
                await self._say("500 5.5.2 what is that?")
            elif await act(rest) is False:
                return

    async def _on_ehlo(self, _):
        self._reset()
        await self._say("250-sink.test", "250-PIPELINING", "250-SIZE %d" % LIMIT, "250-8BITMIME",
                        "250-ENHANCEDSTATUSCODES", "250 AUTH PLAIN LOGIN")

    async def _on_helo(self, _):
        self._reset()
        await self._say("250 sink.test")

    async def _on_auth(self, rest):
        mechanism, _, initial = rest.partition(" ")
        if mechanism.upper() == "PLAIN":
            if not initial:
                await self._say("334 ")
                initial = await self._line()
            self._user = base64.b64decode(initial).split(b"\0")[1].decode()
        elif mechanism.upper() == "LOGIN":
            if not initial:
                await self._say("334 VXNlcm5hbWU6")
                initial = await self._line()
            self._user = base64.b64decode(initial).decode()
            await self._say("334 UGFzc3dvcmQ6")
            await self._line()
        else:
            await self._say("504 5.5.4 unknown mechanism")
            return
        await self._say("235 2.7.0 welcome")

    async def _on_mail(self, rest):
        match = re.match(r"(?i)FROM:<([^>]*)>", rest)
        if not match or self._sender is not None:
            await self._say("503 5.5.1 not now")
            return
        self._sender = match.group(1)
        await self._say("250 2.1.0 ok")

    async def _on_rcpt(self, rest):
        match = re.match(r"(?i)TO:<([^>]+)>", rest)
        if not match or self._sender is None:
            await self._say("503 5.5.1 not now")
            return
        reply = self._sink.verdict(match.group(1))
        if reply.startswith("250"):
            self._recipients.append(match.group(1))
        await self._say(reply)

    async def _on_data(self, _):
        if not self._recipients:
            await self._say("554 5.5.1 no valid recipients")
            return None
        await self._say("354 go on")
        lines = []
        while True:
            line = await self._reader.readuntil(b"\n")
            if line == b".\r\n":
                break
            lines.append(line[1:] if line.startswith(b".") else line)
        faults, wait = self._sink.keep(self._user or self._sender, self._recipients, b"".join(lines))
        self._reset()
        if wait:
            await asyncio.sleep(wait)
        if "drop-after-dot" in faults:
            self._writer.transport.abort()
            return False
        await self._say("Bitte?" if "garbage-reply" in faults else "250 2.0.0 kept")
        return None

    async def _on_rset(self, _):
        self._reset()
        await self._say("250 2.0.0 ok")

    async def _on_noop(self, _):
        await self._say("250 2.0.0 ok")

    async def _on_quit(self, _):
        await self._say("221 2.0.0 bye")
        return False


async def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--book", required=True)
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    sink = Sink(options)
    server = await asyncio.start_server(sink.serve, "127.0.0.1", options.port, limit=1024 * 1024)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stop.set)
    print(server.sockets[0].getsockname()[1], flush=True)
    await stop.wait()
    server.close()
    print("%d received" % sink.received, file=sys.stderr)


if __name__ == "__main__":
    asyncio.run(main())
