# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""One connection to a sink. Strict where a mistake of the client would otherwise pass: CRLF only, nothing after a bad state."""

import asyncio
import base64
import re
import socket
import struct

import replies

LIMIT = 64 * 1024 * 1024
PAUSE_SECONDS = 0.5
# States of a connection in <netinet/tcp.h>.
TCP_ESTABLISHED, TCP_CLOSE = 1, 7


class Gone(Exception):
    """The connection is over, by our own doing or the client's."""


class Session:
    def __init__(self, port, reader, writer):
        self._port, self._reader, self._writer = port, reader, writer
        self._number = port.connections = port.connections + 1
        self._user, self._is_tls, self._said = "", False, b""
        self._reset()

    def _reset(self):
        self._sender, self._recipients = None, []

    def _note(self, **what):
        self._port.note(connection=self._number, tls=self._is_tls, **what)

    async def run(self):
        end = "closed"
        try:
            await self._answer("connect", b"")
            if self._port.tls:
                await self._secure(self._port.tls)
            await self._answer("banner", b"220 sink.test ESMTP\r\n")
            while True:
                await self._command(await self._line())
        except Gone:
            pass
        except asyncio.IncompleteReadError:
            end = "closed by the client"
        except OSError:
            end = "reset by the client"
        except asyncio.LimitOverrunError:
            end = "a line too long"
        finally:
            self._note(ended=end)
            self._writer.close()

    async def _command(self, line):
        verb, _, rest = line.partition(" ")
        act = getattr(self, "_on_" + verb.lower(), None) if verb.isalpha() else None
        if act is None:
            await self._write(b"500 5.5.2 what is that?\r\n")
        else:
            await act(rest)

    async def _line(self):
        self._said = b""
        line = (await self._reader.readuntil(b"\r\n"))[:-2].decode("utf-8", "replace")
        self._note(heard=line)
        return line

    async def _write(self, data):
        self._said += data[:200]
        self._note(said=data[:200].decode("utf-8", "replace"))
        self._writer.write(data)
        await self._writer.drain()

    # What is done at a step: the right reply, or what the script says. The code that the client heard, 0 for none.

    async def _answer(self, step, good, recipients=None):
        return await self._act(self._fault(step, recipients), good)

    def _fault(self, step, recipients=None, mail=""):
        recipients = self._recipients if recipients is None else recipients
        return self._port.script.at(step, recipients, len(self._recipients), mail)

    async def _act(self, fault, good):
        if fault is not None:
            return await getattr(self, "_act_" + fault.act)(fault, good)
        if good:
            await self._write(good)
        return int(good[:3] or 0)

    async def _act_reply(self, fault, _):
        await self._write(b"%d %s\r\n" % (fault.number, (fault.text or "as it was asked for").encode()))
        if fault.number == 421:
            await self._until_heard()
            raise Gone
        return fault.number

    async def _until_heard(self):
        """Ends our half only: an end while the client still writes would take back what was just said to it."""
        if self._writer.can_write_eof():
            self._writer.write_eof()
            if not self._writer.transport.is_reading():
                await asyncio.sleep(PAUSE_SECONDS)
                self._writer.transport.resume_reading()
            while await self._reader.read(65536):
                pass

    async def _act_say(self, fault, good):
        for piece in replies.pieces(fault.text, good):
            if isinstance(piece, bytes):
                await self._write(piece)
            else:
                await asyncio.sleep(piece)
        return int(good[:3] or 0)

    async def _act_wait(self, fault, good):
        await asyncio.sleep(fault.number)
        return await self._act(None, good)

    async def _act_stall(self, _fault, _good):
        while True:
            await self._line()

    async def _act_shut(self, _fault, _good):
        # Whoever reads nothing is not told of an end behind what he has not read: the kernel is asked.
        self._writer.transport.pause_reading()
        own = self._writer.get_extra_info("socket")
        while (state := own.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]) == TCP_ESTABLISHED:
            await asyncio.sleep(0.05)
        raise ConnectionResetError if state == TCP_CLOSE else asyncio.IncompleteReadError(b"", None)

    async def _act_close(self, _fault, _good):
        raise Gone

    _act_lose = _act_close

    async def _act_reset(self, _fault, _good):
        # A client that has not noticed yet that it is connected would only begin anew.
        await asyncio.sleep(0.1)
        own = self._writer.get_extra_info("socket")
        own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()
        raise Gone

    async def _act_cut(self, fault, _good):
        await self._reader.readexactly(fault.number)
        raise Gone

    async def _secure(self, kinds):
        """Makes TLS; the last of several certificates is for all later connections."""
        await self._act(self._fault("tls"), b"")
        await self._writer.start_tls(self._port.context(kinds[min(self._number, len(kinds)) - 1]))
        self._is_tls = True

    async def _on_ehlo(self, _):
        self._reset()
        offered = [b"sink.test", b"PIPELINING", b"SIZE %d" % LIMIT, b"8BITMIME", b"ENHANCEDSTATUSCODES"]
        offered += [b"STARTTLS"] if self._port.starttls and not self._is_tls else [b"AUTH PLAIN LOGIN"]
        await self._answer("ehlo", b"".join(b"250-%s\r\n" % line for line in offered[:-1]) + b"250 %s\r\n" % offered[-1])

    async def _on_helo(self, _):
        self._reset()
        await self._write(b"250 sink.test\r\n")

    async def _on_starttls(self, _):
        if await self._answer("starttls", b"220 2.0.0 go on\r\n") == 220:
            self._reset()
            await self._secure(self._port.starttls)

    async def _on_auth(self, rest):
        mechanism, _, initial = rest.partition(" ")
        if mechanism.upper() == "PLAIN":
            if not initial:
                await self._write(b"334 \r\n")
                initial = await self._line()
            self._user = base64.b64decode(initial).split(b"\0")[1].decode()
        elif mechanism.upper() == "LOGIN":
            if not initial:
                await self._write(b"334 VXNlcm5hbWU6\r\n")
                initial = await self._line()
            self._user = base64.b64decode(initial).decode()
            await self._write(b"334 UGFzc3dvcmQ6\r\n")
            await self._line()
        else:
            await self._write(b"504 5.5.4 unknown mechanism\r\n")
            return
        await self._answer("auth", b"235 2.7.0 welcome\r\n")

    async def _on_mail(self, rest):
        match = re.match(r"(?i)FROM:<([^>]*)>", rest)
        if not match or self._sender is not None:
            await self._write(b"503 5.5.1 not now\r\n")
        elif await self._answer("mail", b"250 2.1.0 ok\r\n") == 250:
            self._sender = match.group(1)

    async def _on_rcpt(self, rest):
        match = re.match(r"(?i)TO:<([^>]+)>", rest)
        if not match or self._sender is None:
            await self._write(b"503 5.5.1 not now\r\n")
        elif await self._answer("rcpt", b"250 2.1.5 ok\r\n", [match.group(1)]) == 250:
            self._recipients.append(match.group(1))

    async def _on_data(self, _):
        good = b"354 go on\r\n" if self._recipients else b"554 5.5.1 no valid recipients\r\n"
        if await self._answer("data", good) != 354:
            return
        content = await self._content()
        if content is None:
            self._reset()
            return
        if not self._recipients:
            await self._write(b"554 5.5.1 no valid recipients\r\n")
            return
        identity = re.search(rb"(?im)^Message-ID:\s*<([^>]*)>", content)
        fault = self._fault("dot", mail=identity[1].decode("utf-8", "replace") if identity else "")
        if fault is None or fault.keeps:
            self._port.keep(self._user or self._sender, self._recipients, content)
        recipients = list(self._recipients)
        self._reset()
        self._said = b""
        try:
            await self._act(fault, b"250 2.0.0 kept\r\n")
        finally:
            self._note(dot=recipients, answer=self._said[:200].decode("utf-8", "replace"))

    async def _content(self):
        """The content up to its "."; None if it was refused in its middle."""
        fault, lines = self._fault("body"), []
        if fault is not None:
            if fault.act != "cut":
                lines.append(await self._reader.readuntil(b"\n"))
                # What is said must reach a client that is still writing.
                self._writer.transport.pause_reading()
            await self._act(fault, b"250 2.0.0 kept\r\n")
            await asyncio.sleep(PAUSE_SECONDS)
            self._writer.transport.resume_reading()
        while (line := await self._reader.readuntil(b"\n")) != b".\r\n":
            lines.append(line.removeprefix(b"."))
        self._note(heard=".")
        return b"".join(lines) if fault is None or fault.keeps else None

    async def _on_rset(self, _):
        self._reset()
        await self._answer("rset", b"250 2.0.0 ok\r\n")

    async def _on_noop(self, _):
        await self._answer("noop", b"250 2.0.0 ok\r\n")

    async def _on_quit(self, _):
        await self._answer("quit", b"221 2.0.0 bye\r\n")
        raise Gone
