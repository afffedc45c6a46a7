#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""The real postroomd on a data folder of its own, started, killed, stopped and asked; and the sink beside it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
ACCT = os.path.join(HERE, "..", "..", "support", "acct")
PROGRAMS = os.environ.get("POSTROOM_BIN", "")


class Failed(Exception):
    """What the test reports; the rest of its text says what to look at."""


def program(name):
    path = os.path.join(PROGRAMS, name)
    if not PROGRAMS or not os.access(path, os.X_OK):
        raise Failed("POSTROOM_BIN names the folder of postroomd and postroomctl; there is no %s" % path)
    return path


def until(condition, seconds, what):
    """Waits for a condition and returns its value. What it raises is "not yet" until the time is over."""
    deadline, problem = time.monotonic() + seconds, None
    while time.monotonic() < deadline:
        try:
            value = condition()
            if value:
                return value
        except (OSError, ValueError, KeyError) as error:
            problem = error
        time.sleep(0.02)
    raise Failed("%s did not happen within %d s%s" % (what, seconds, " (%s)" % problem if problem else ""))


class Sink:
    def __init__(self, folder):
        self.book = os.path.join(folder, "sink.book")
        self._process = subprocess.Popen(
            [sys.executable, os.path.join(ACCT, "sink.py"), "--book", self.book], stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)
        self.port = int(self._process.stdout.readline())

    def connections(self):
        """How many are connected to it right now: no more dots than that can be open."""
        count = 0
        with open("/proc/net/tcp", encoding="ascii") as file:
            for line in list(file)[1:]:
                _, local, _, state = line.split()[:4]
                count += state == "01" and int(local.rpartition(":")[2], 16) == self.port
        return count

    def stop(self):
        self._process.terminate()
        self._process.wait(20)


class Engine:
    def __init__(self, folder, under=()):
        """`under` is the command that runs postroomd: strace with its options."""
        self.folder = folder
        self.data = os.path.join(folder, "data")
        self.control = os.path.join(self.data, "control.json")
        self._log = open(os.path.join(folder, "postroomd.log"), "ab")
        self._under = list(under)
        self._process = None
        self._port = None

    def start(self):
        # A kill leaves control.json behind; what counts is the one this start writes.
        if os.path.exists(self.control):
            os.unlink(self.control)
        if self._port is None:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                self._port = probe.getsockname()[1]
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("API_", "DATABASE_", "POSTROOM_"))}
        self._process = subprocess.Popen(
            self._under + [program("postroomd"), "--data-dir", self.data, "--listen", "127.0.0.1:%d" % self._port],
            stdout=self._log, stderr=self._log, cwd=self.folder, env=clean)
        until(self._is_up, 60, "the start of postroomd (its log: %s)" % self._log.name)

    def _is_up(self):
        if self._process.poll() is not None:
            raise Failed("postroomd ended with %d:\n%s" % (self._process.returncode, self.tail()))
        return os.path.exists(self.control) and self.get("/health")["status"] == "healthy"

    def pid(self):
        """postroomd's own, also where something runs it."""
        if not self._under:
            return self._process.pid
        with open("/proc/%d/task/%d/children" % (self._process.pid, self._process.pid), encoding="ascii") as file:
            return int(file.read().split()[0])

    def url(self):
        with open(self.control, encoding="utf-8") as file:
            return json.load(file)["url"]

    def get(self, path):
        with urllib.request.urlopen(self.url() + path, timeout=10) as answer:
            return json.load(answer)

    def metrics(self):
        """{"name{labels}": value}"""
        with urllib.request.urlopen(self.url() + "/metrics", timeout=10) as answer:
            lines = answer.read().decode().splitlines()
        return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if line and line[0] != "#"}

    def metric(self, name):
        metrics = self.metrics()
        if name not in metrics:
            raise Failed("/metrics has no " + name)
        return metrics[name]

    def waiting(self):
        """Deliveries that are still to come to an end."""
        states = {series: value for series, value in self.metrics().items() if series.startswith("postroom_queue_messages{")}
        if not states:
            raise Failed("/metrics has no postroom_queue_messages{state}")
        return sum(value for series, value in states.items()
                   if any('state="%s"' % state in series for state in ("queued", "sending", "scheduled")))

    def ctl(self, *words):
        ended = subprocess.run(
            [program("postroomctl"), "--data-dir", self.data, "--json", *words], capture_output=True, text=True,
            timeout=60, check=False)
        if ended.returncode != 0:
            raise Failed("postroomctl %s ended with %d: %s%s" % (" ".join(words), ended.returncode, ended.stdout, ended.stderr))
        return json.loads(ended.stdout)

    def make_key(self):
        """Makes a key and returns the file that holds it, for client.py."""
        document = self.ctl("keys", "create", "--name", "load", "--description", "made by a test")
        document = document.get("data", document)
        path = os.path.join(self.folder, "key.json")
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump({"api_key": document["api_key"], "api_secret": document["api_secret"]}, file)
        return path

    def make_account(self, port):
        return self.ctl("accounts", "add", "--email", "sender@sink.test", "--host", "127.0.0.1", "--port", str(port),
                        "--security", "none")

    def freeze(self):
        os.kill(self.pid(), signal.SIGSTOP)

    def kill(self):
        os.kill(self.pid(), signal.SIGKILL)
        self._process.wait(30)

    def stop(self):
        """A clean stop; its exit code must be 0."""
        if self._process is None or self._process.poll() is not None:
            return
        os.kill(self.pid(), signal.SIGTERM)
        try:
            code = self._process.wait(60)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Failed("postroomd did not stop within 60 s of TERM:\n" + self.tail()) from None
        if code != 0:
            raise Failed("postroomd stopped with %d:\n%s" % (code, self.tail()))

    def abandon(self):
        """Whatever happened, it runs no longer."""
        if self._process is not None and self._process.poll() is None:
            self.kill()
        self._log.close()

    def tail(self):
        with open(self._log.name, encoding="utf-8", errors="replace") as file:
            return "".join(file.readlines()[-40:])
