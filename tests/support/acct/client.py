#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""Posts messages and keeps the client's book of what was promised for them.

Each message has a marker (its subject) and a text made from the seed. The book gets a line "posted" before a request
leaves, and a line "accepted" (message_id, recipients), on the disk, before the connection's next request. A request
whose answer never came stays "posted": it may arrive or not. What was answered with 429 or 503, or never left because
nobody listened, is posted again under the same marker, since nothing was promised.

With --count 0 it goes on until TERM. Prints one JSON line at the end; exits 1 if a message was refused or --deadline ran out.
"""

import argparse
import http.client
import json
import random
import signal
import socket
import ssl
import sys
import threading
import time
import urllib.parse

import book


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--url", help="the engine's address")
    where.add_argument("--control", help="the engine's control.json: its address is read again at each connect")
    who = parser.add_mutually_exclusive_group(required=True)
    who.add_argument("--token-file", help="a file that holds a bearer token")
    who.add_argument("--key-file", help='a file that holds {"api_key": ..., "api_secret": ...}')
    parser.add_argument("--book", required=True)
    parser.add_argument("--count", type=int, default=200, help="0 is as many as there is time for")
    parser.add_argument("--rate", type=float, default=200, help="messages a second; 0 is as fast as it goes")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--recipients", type=int, default=1, help="recipients of each message")
    parser.add_argument("--fewest", type=int, default=None, help="or so many and more, by the seed")
    parser.add_argument("--mix", default="", help="shares of faults in percent: once.dot.close=5,refuse=2")
    parser.add_argument("--domain", default="sink.test")
    parser.add_argument("--fields", default="{}", help="JSON object with more fields for each message")
    parser.add_argument("--deadline", type=float, default=120, help="seconds for all of it")
    parser.add_argument("--seed", type=int, default=None)
    return parser.parse_args()


def mix_of(text):
    shares = []
    for item in filter(None, text.split(",")):
        fault, _, percent = item.partition("=")
        shares.append((fault, float(percent)))
    return shares


def make_message(seed, number, options):
    """The message of this number, the same whichever connection takes it: marker, recipients, html."""
    random_ = random.Random("%d/%d" % (seed, number))
    recipients = []
    fewest = options.recipients if options.fewest is None else options.fewest
    for i in range(random_.randint(fewest, options.recipients)):
        at, fault = random_.uniform(0, 100), "ok"
        for name, percent in options.shares:
            if at < percent:
                fault = name
                break
            at -= percent
        recipients.append("%s+%d-%d@%s" % (fault, number, i, options.domain))
    # What breaks first on the way: dots at line starts, long lines, other scripts, blanks at line ends.
    pieces = [".", "..", ". ", "plain words ", "x" * 1200, "发送通知邮件", "=3D=\t ", "From the start", "\n.\n", "\n\n", "é"]
    text = "".join(random_.choice(pieces) for _ in range(random_.randint(1, 24)))
    return "acct-%d-%d" % (seed, number), recipients, "<p>%d</p>\n%s\n<i>end</i>" % (number, text)


class Connection:
    """One keep-alive connection that follows the engine to its next address and its next token."""

    def __init__(self, options):
        self._options = options
        self._token = None
        self._http = None

    def _url(self):
        if self._options.url:
            return self._options.url
        with open(self._options.control, encoding="utf-8") as file:
            return json.load(file)["url"]

    def connect(self):
        if self._http is None:
            url = urllib.parse.urlsplit(self._url())
            if url.scheme == "https":
                # Loopback and self-signed: what is tested here is the books, not the certificate.
                connection = http.client.HTTPSConnection(
                    url.hostname, url.port, timeout=30, context=ssl._create_unverified_context())
            else:
                connection = http.client.HTTPConnection(url.hostname, url.port, timeout=30)
            connection.connect()
            connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._http = connection

    def close(self):
        if self._http is not None:
            self._http.close()
            self._http = None

    def call(self, path, body, token=None):
        head = {"Content-Type": "application/json"}
        if token:
            head["Authorization"] = "Bearer " + token
        self._http.request("POST", path, json.dumps(body, ensure_ascii=False).encode(), head)
        answer = self._http.getresponse()
        text = answer.read()
        if answer.getheader("Connection", "").lower() == "close":
            self.close()
        return answer.status, answer.headers, json.loads(text) if text else {}

    def token(self):
        if self._token is None and self._options.token_file:
            with open(self._options.token_file, encoding="utf-8") as file:
                self._token = file.read().strip()
        elif self._token is None:
            with open(self._options.key_file, encoding="utf-8") as file:
                key = json.load(file)
            body = {"api_key": key["api_key"], "api_secret": key["api_secret"]}
            status, _, answer = self.call("/api/v1/auth/token", body)
            if status in (429, 503):
                raise ConnectionRefusedError("no token yet: %d" % status)
            if status != 200:
                raise SystemExit("no token for this key: %d" % status)
            self._token = answer["data"]["access_token"]
        return self._token

    def forget_token(self):
        self._token = None


class Load:
    def __init__(self, options):
        self._options = options
        self._book = book.Book(options.book)
        self._next = 0
        self._lock = threading.Lock()
        self._stopped = False
        self._start = time.monotonic()
        self.counts = {"accepted": 0, "unanswered": 0, "refused": 0, "repeated": 0}
        self.late = False

    def count(self, what):
        with self._lock:
            self.counts[what] += 1

    def stop(self, *_):
        """Begins no other message."""
        self._stopped = True

    def run(self):
        threads = [threading.Thread(target=self._work, daemon=True) for _ in range(self._options.connections)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _take(self):
        with self._lock:
            if self._stopped or 0 < self._options.count <= self._next:
                return None
            self._next += 1
            return self._next - 1

    def _work(self):
        connection = Connection(self._options)
        while True:
            number = self._take()
            if number is None:
                break
            if self._options.rate > 0:
                time.sleep(max(0.0, self._start + number / self._options.rate - time.monotonic()))
            self._post(connection, number)
        connection.close()

    def _post(self, connection, number):
        marker, recipients, html = make_message(self._options.seed, number, self._options)
        body = {**self._options.more, "to": recipients, "subject": marker, "content": html}
        entry = {"marker": marker, "recipients": recipients, "digest": book.digest_of(html)}
        self._book.append({"what": "posted", **entry}, sync=False)
        while True:
            if time.monotonic() > self._start + self._options.deadline:
                self.late = True
                return
            try:
                connection.connect()
                token = connection.token()
                # A token call may have ended the connection.
                connection.connect()
            except (OSError, http.client.HTTPException, ValueError, KeyError):
                # Nothing of the message has left: the engine is down, or its control.json is half an engine old.
                connection.close()
                self.count("repeated")
                time.sleep(0.05)
                continue
            try:
                status, head, answer = connection.call("/api/v1/messages/email/send", body, token)
            except (OSError, http.client.HTTPException, ValueError):
                connection.close()
                self.count("unanswered")
                return
            if status == 202:
                self._book.append({"what": "accepted", "message_id": answer["data"]["message_id"], **entry})
                self.count("accepted")
                return
            if status in (429, 503):
                self.count("repeated")
                time.sleep(min(float(head.get("Retry-After", "0.1")), 2.0))
            elif status == 401 and self._options.key_file:
                connection.forget_token()
                self.count("repeated")
                time.sleep(0.05)
            else:
                self._book.append({"what": "refused", "status": status, "answer": answer, **entry})
                self.count("refused")
                return


def main():
    options = arguments()
    options.shares = mix_of(options.mix)
    options.more = json.loads(options.fields)
    if options.seed is None:
        options.seed = random.SystemRandom().randrange(1 << 32)
    print("seed %d" % options.seed, file=sys.stderr, flush=True)
    load = Load(options)
    signal.signal(signal.SIGTERM, load.stop)
    load.run()
    print(json.dumps({"seed": options.seed, "late": load.late, **load.counts}), flush=True)
    return 1 if load.late or load.counts["refused"] else 0


if __name__ == "__main__":
    sys.exit(main())
