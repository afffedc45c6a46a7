# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""One engine, one sink with a port for each row, an account for each port: the rows happen side by side and touch nobody else."""

import collections
import datetime
import json
import os
import socket
import subprocess
import sys
import tempfile
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
import engine as real  # noqa: E402
import mailserver  # noqa: E402

sys.path.insert(0, real.ACCT)
import book  # noqa: E402
import rows  # noqa: E402

# Short, so that what is waited for in vain is waited for side by side and soon; long beside what a busy machine needs.
TIMEOUT_SECONDS = 4
SETTINGS = {"EMAIL_TIMEOUT": str(TIMEOUT_SECONDS), "CELERY_WORKER_CONCURRENCY": "500", "RATE_LIMIT_ENABLED": "false",
            "STOP_GRACE": "10",
            # The rows share their recipients: none may lose them to another.
            "SUPPRESSION_DAYS": "0"}


def under_another_boot(folder):
    """The command that runs a program as if the machine had been started anew: the kernel's boot id is another one."""
    path = os.path.join(folder, "boot_id")
    with open(path, "w", encoding="ascii") as file:
        file.write("%s\n" % uuid.uuid4())
    return ["unshare", "--mount", "--fork", "--kill-child", "sh", "-c",
            'mount --bind "$0" /proc/sys/kernel/random/boot_id && exec "$@"', path]


def has_other_boots():
    """Whether this machine lets us."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            return subprocess.run([*under_another_boot(folder), "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0
        except OSError:
            return False


def sent_log(engine):
    """The whole lines of sent.log and of the files before it; what an end left of a line is passed over, as the engine does."""
    lines = []
    for name in os.listdir(engine.data):
        if name.startswith("sent.log"):
            with open(os.path.join(engine.data, name), encoding="ascii") as file:
                lines += [json.loads(line) for line in file if line.startswith("{") and line.endswith("}\n")]
    return lines


class SwallowedPort:
    """A port that answers no SYN: its queue is full and nobody takes from it."""

    def __init__(self):
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=0)
        self.port = self._listener.getsockname()[1]
        self._waiting = []
        for _ in range(4):
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", self.port))
            self._waiting.append(one)

    def stop(self):
        for one in (*self._waiting, self._listener):
            one.close()


class Growing:
    """A file of JSON lines that somebody else writes: what of it is of which port."""

    def __init__(self, path):
        self._path, self._offset = path, 0
        self._lines = collections.defaultdict(list)

    def of(self, port):
        with open(self._path, "rb") as file:
            file.seek(self._offset)
            while (line := file.readline()).endswith(b"\n"):
                self._offset += len(line)
                entry = json.loads(line)
                self._lines[entry["port"]].append(entry)
        return self._lines[port]


class Scene:
    def __init__(self, folder, table):
        self.sink = real.Sink(folder, {row.name: {"script": row.script, **row.port} for row in table} | {"good": {}})
        self._book, self._tape = Growing(self.sink.book), Growing(self.sink.tape_path)
        self._places = {"refused": mailserver.RefusedPort(), "swallowed": SwallowedPort()}
        self.engine = real.Engine(folder, settings=SETTINGS)
        self._accounts, self._messages, self._digests = {}, {}, {}

    def stop(self):
        try:
            self.engine.stop()
        finally:
            self.engine.abandon()
            self.sink.stop()
            for place in self._places.values():
                place.stop()

    def play(self, row):
        """Makes the row's account and sends its mail."""
        fields = {"email": self.sender(row), "security": row.security}
        if row.login:
            fields.update(smtp_username="user", smtp_password=rows.PASSWORD)
        if row.security != "none":
            fields.update(ca_certificate=self.sink.ca)
        if row.host == "nowhere":
            fields.update(smtp_host="mail.nobody.invalid")
        port = self._places[row.host].port if row.host in self._places else self.sink.ports[row.name]
        self._accounts[row.name] = self.engine.make_account(port, **fields)
        content = "<p>%s</p>\n.\n..\n<p>caf\u00e9 \u53d1\u9001</p>\n" % row + "0123456789abcde\n" * (row.size // 16)
        self._digests[row.name] = book.digest_of(content)
        more = {}
        if row.lives:
            end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=row.lives)
            more["expires_at"] = end.strftime("%Y-%m-%dT%H:%M:%SZ")
        self._messages[row.name] = self.engine.send(
            to=[self.address(row, local).replace("xn--bcher-kva", "b\u00fccher") for local in row.to], subject=row.name,
            content=content, account=self.sender(row), on_unknown=row.on_unknown, **more)

    @staticmethod
    def sender(row):
        return row.name + "@rows.test"

    @staticmethod
    def address(row, local):
        """As it is on the wire."""
        return "%s@%s%s.test" % (local, row.name, ".xn--bcher-kva" if row.idn else "")

    def message(self, row):
        return self.engine.message(self._messages[row.name])

    def account(self, row):
        return self.engine.account(self._accounts[row.name])

    def attempts(self, row):
        return self.engine.attempts(self._messages[row.name])

    def retry(self, row):
        """By hand; what is under way is left alone."""
        return self.engine.request("POST", "/api/v1/messages/%s/retry" % self._messages[row.name])

    def mend(self, row):
        """What an operator does when he hears that it works again."""
        account = self._accounts[row.name]
        if row.host:
            self.engine.patch_account(account, smtp_host="127.0.0.1", smtp_port=self.sink.ports["good"])
        self.engine.request("POST", "%s/%s/enable" % (real.ACCOUNTS, account["id"]))
        self.retry(row)

    def heard(self, row):
        """What the client said at this port: (in TLS, line)."""
        return [(line["tls"], line["heard"]) for line in self._tape.of(row.name) if "heard" in line]

    def mails(self, row):
        """Its lines of the sink's book."""
        port = row.name if not row.host else "good"
        return [line for line in self._book.of(port) if line["marker"] == row.name]

    def taken(self, row):
        """Recipients for whom a "." was answered with a 2xx."""
        port = row.name if not row.host else "good"
        return {book.plain(recipient) for line in self._tape.of(port) if "dot" in line and line["answer"].startswith("2")
                for recipient in line["dot"]}

    def state(self, row):
        """What engine and sink say of the row now."""
        message, account = self.message(row), self.account(row)
        sent = {book.plain(one["recipient"]) for one in message["deliveries"] if one["status"] == "sent"}
        copies = collections.Counter(line["recipient"] for line in self.mails(row))
        return {
            "counts": message["recipient_counts"],
            "reasons": sorted({one["reason"] for one in message["deliveries"]}),
            "attempts": sorted({one["attempts"] for one in message["deliveries"]}),
            "problem": account["waiting_for"]["params"].get("problem", "") if account["state"] == "resting" else "",
            "copies": {recipient: copies[recipient] for recipient in sorted(map(book.plain, (
                self.address(row, local) for local in row.to)))},
            "sent without a 2xx": sorted(sent - self.taken(row)),
            "all copies are the mail": self.is_the_same(row),
        }

    def is_the_same(self, row):
        """Every copy has the text that was posted, and every byte of the first one, in seven bits."""
        mails = self.mails(row)
        return all((line["digest"], line["sha256"], line["message_id"], line["seven_bit"]) ==
                   (self._digests[row.name], mails[0]["sha256"], mails[0]["message_id"], True) for line in mails)
