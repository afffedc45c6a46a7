# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""The real postroomd on a data folder of its own, started, asked, killed and stopped; and the sink beside it.

What every end-to-end test leans on. Nothing here knows a port or a path of the machine: the folder is temporary, the
port is the system's choice, and the engine says where it is in its control.json.
"""

import datetime
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
ACCT = os.path.join(HERE, "..", "support", "acct")
PROGRAMS = os.environ.get("POSTROOM_BIN", "")
SEND = "/api/v1/messages/email/send"
ACCOUNTS = "/api/v1/admin/email-accounts"
# Names in our own environment that would be settings of the engine.
SETTINGS = ("ALLOWED_", "API_", "ATTACHMENT_", "DATABASE_", "DEBUG", "EMAIL_", "ENCRYPTION_", "ENV", "JWT_", "LOG_LEVEL", "METRICS_", "OAUTH_", "POSTROOM_", "RATE_LIMIT_", "TRUSTED_", "TZ")


class Failed(AssertionError):
    """What the test reports; the rest of its text says what to look at."""


def program(name):
    path = os.path.join(PROGRAMS, name)
    if not PROGRAMS or not os.access(path, os.X_OK):
        raise Failed("POSTROOM_BIN names the folder of postroomd and postroomctl; there is no %s" % path)
    return path


def clean_environment():
    """Ours without the settings of an engine."""
    return {name: value for name, value in os.environ.items() if not name.startswith(SETTINGS)}


def iso(seconds):
    """So many seconds from now."""
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def until(condition, seconds, what):
    """Waits for a condition and returns its value. What it raises is "not yet" until the time is over."""
    deadline, problem, value = time.monotonic() + seconds, None, None
    while time.monotonic() < deadline:
        try:
            value = condition()
            if value:
                return value
        except (OSError, ValueError, KeyError, http.client.HTTPException) as error:
            problem = error
        time.sleep(0.02)
    raise Failed("%s did not happen within %d s%s" % (what, seconds, " (%r)" % problem if problem else ""))


class Answer:
    """What came back: status, headers, the JSON body; `data` of an envelope, `error` and `reasons` of a refusal."""

    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.text = response.read().decode()
        self.body = json.loads(self.text) if "json" in (response.headers.get("Content-Type") or "") and self.text else None

    @property
    def data(self):
        if self.status >= 300:
            raise Failed("expected success, got %s" % self)
        return self.body["data"]

    @property
    def error(self):
        return (self.body or {}).get("error")

    @property
    def reasons(self):
        """{field: reason}"""
        return {row["field"]: row["reason"] for row in (self.body or {}).get("details", [])}

    def __str__(self):
        return "%d %s" % (self.status, self.text[:2000])


class Sink:
    """sink.py as its own process. With `ports`, its table of them, each name's port is in `ports` and the authority's certificate
    in `ca`; everything said and heard is on the tape then."""

    def __init__(self, folder, ports=None, seed=None):
        self.book, self.tape_path = os.path.join(folder, "sink.book"), os.path.join(folder, "sink.tape")
        command = [sys.executable, os.path.join(ACCT, "sink.py"), "--book", self.book]
        if seed is not None:
            command += ["--seed", str(seed)]
        if ports is not None:
            table = os.path.join(folder, "sink.ports")
            with open(table, "w", encoding="utf-8") as file:
                json.dump(ports, file)
            command += ["--ports", table, "--tape", self.tape_path]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        opened = json.loads(self._process.stdout.readline())
        self.port, self.ports, self.seed, self.ca = opened, {}, seed, ""
        if ports is not None:
            self.port, self.ports, self.seed, self.ca = None, opened["ports"], opened["seed"], opened["ca"]

    def connections(self, *states):
        """How many are connected to it right now: no more dots than that can be open. `states` are those of /proc/net/tcp."""
        count = 0
        with open("/proc/net/tcp", encoding="ascii") as file:
            for line in list(file)[1:]:
                _, local, _, state = line.split()[:4]
                count += state in (states or ("01",)) and int(local.rpartition(":")[2], 16) == self.port
        return count

    def mails(self):
        """Every line of its book."""
        with open(self.book, encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    def stop(self):
        self._process.terminate()
        self._process.wait(20)
        self._process.stdout.close()


class Engine:
    def __init__(self, folder, under=(), settings=None, data=None):
        """`under` is the command that runs postroomd: strace with its options. `settings` go into its environment."""
        self.folder = folder
        self.data = data or os.path.join(folder, "data")
        self.control = os.path.join(self.data, "control.json")
        self._log = open(os.path.join(folder, "postroomd.log"), "ab")
        self._under = list(under)
        self._settings = settings or {}
        self._process = None

    def launch(self, listen="127.0.0.1:0"):
        """Starts the process and waits for nothing."""
        self._process = subprocess.Popen(
            self._under + [program("postroomd"), "--data-dir", self.data, "--listen", listen], stdout=self._log,
            stderr=self._log, cwd=self.folder, env={**clean_environment(), **self._settings})

    def start(self):
        # A kill leaves control.json behind; what counts is the one this start writes.
        before = self._read_control()
        self.launch()
        until(lambda: self._is_up(before), 60, "the start of postroomd (its log: %s)" % self._log.name)
        return self

    def _read_control(self):
        try:
            with open(self.control, encoding="utf-8") as file:
                return file.read()
        except FileNotFoundError:
            return None

    def _is_up(self, before):
        if self._process.poll() is not None:
            raise Failed("postroomd ended with %d:\n%s" % (self._process.returncode, self.tail()))
        return self._read_control() not in (None, before) and self.get("/health")["status"] == "healthy"

    def wait_for_exit(self, seconds=60):
        """The exit code of a process that is to end by itself."""
        return self._process.wait(seconds)

    def pid(self):
        """postroomd's own, also where something runs it."""
        if not self._under:
            return self._process.pid
        with open("/proc/%d/task/%d/children" % (self._process.pid, self._process.pid), encoding="ascii") as file:
            return int(file.read().split()[0])

    def high_water(self):
        """The most memory it ever had, in bytes; 0 where a sanitizer keeps books of its own in it."""
        process = "/proc/%d/" % self.pid()
        with open(process + "maps", encoding="utf-8") as maps:
            if re.search(r"/lib[at]san\.so", maps.read()):
                return 0
        with open(process + "status", encoding="ascii") as status:
            return next(int(line.split()[1]) << 10 for line in status if line.startswith("VmHWM:"))

    def _controls(self):
        with open(self.control, encoding="utf-8") as file:
            return json.load(file)

    def url(self):
        return self._controls()["url"]

    def port(self):
        return urllib.parse.urlsplit(self.url()).port

    def local_token(self):
        """The token of the principal local-admin."""
        return self._controls()["token"]

    def request(self, method, path, body=None, token=None, headers=None):
        """One request on a connection of its own. A dict or list goes as JSON, bytes and str as they are; the token is local-admin's
        unless told, none if ""."""
        headers = dict(headers or {})
        token = self.local_token() if token is None else token
        if token:
            headers["Authorization"] = "Bearer " + token
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
        if isinstance(body, str):
            body = body.encode("utf-8")
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
        connection = http.client.HTTPConnection("127.0.0.1", self.port(), timeout=60)
        try:
            connection.request(method, path, body, headers)
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def get(self, path):
        """The JSON of a route that needs no key."""
        with urllib.request.urlopen(self.url() + path, timeout=10) as answer:
            return json.load(answer)

    def data_of(self, path):
        return self.request("GET", path).data

    def send(self, token=None, **fields):
        """Posts a message with the least it needs and `fields` over it; its id."""
        body = {"to": "a@sink.test", "subject": "a subject", "content": "<p>a text</p>", **fields}
        answer = self.request("POST", SEND, body, token)
        if answer.status != 202:
            raise Failed("expected 202, got %s" % answer)
        return answer.data["message_id"]

    def message(self, message_id):
        return self.data_of("/api/v1/messages/" + message_id)

    def attempts(self, message_id):
        return self.data_of("/api/v1/messages/%s/attempts" % message_id)["items"]

    def wait_for_status(self, message_id, status, seconds=30):
        """The message, once it has this state."""
        last = {}

        def has():
            last.update(self.message(message_id))
            return last["status"] == status

        try:
            until(has, seconds, "state %s" % status)
        except Failed as problem:
            raise Failed("%s; the message is %s\nits attempts: %s" % (problem, json.dumps(last), self.attempts(message_id))) from None
        return last

    def wait_for_reason(self, message_id, code, seconds=30):
        """The message, once it waits for this code."""
        last = {}

        def waits():
            last.update(self.message(message_id))
            return (last["waiting_for"] or {}).get("code") == code

        try:
            until(waits, seconds, "waiting for %s" % code)
        except Failed as problem:
            raise Failed("%s; the message is %s" % (problem, json.dumps(last))) from None
        return last

    def queue(self):
        return self.data_of("/api/v1/admin/queue")

    def recipients(self, state):
        """How many are in this state; what was never counted is none."""
        return self.queue()["recipients"].get(state, 0)

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

    def run_ctl(self, *words, stdin=None, settings=None):
        """postroomctl on this engine's folder, however it ends."""
        return run_ctl("--data-dir", self.data, *words, stdin=stdin, settings=settings)

    def ctl(self, *words):
        """The JSON document of a verb that succeeds."""
        ended = self.run_ctl("--json", *words)
        if ended.returncode != 0:
            raise Failed("postroomctl %s ended with %d: %s%s" % (" ".join(words), ended.returncode, ended.stdout, ended.stderr))
        return json.loads(ended.stdout)

    def create_key(self, scopes=("send", "read", "admin"), test=False, name="a key"):
        return self.request("POST", "/api/v1/admin/api-keys", {"name": name, "scopes": list(scopes), "is_test": test}).data

    def token(self, scopes=("send", "read", "admin"), test=False):
        """A token of a fresh key."""
        key = self.create_key(scopes, test)
        return self.request("POST", "/api/v1/auth/token", {"api_key": key["api_key"], "api_secret": key["api_secret"]}, "").data["access_token"]

    def make_key(self):
        """Makes a key and returns the file that holds it, for client.py."""
        document = self.ctl("keys", "create", "--name", "load", "--description", "made by a test")
        path = os.path.join(self.folder, "key.json")
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump({"api_key": document["api_key"], "api_secret": document["api_secret"]}, file)
        return path

    def make_account(self, port, **fields):
        """An account without TLS or login at a server on loopback, and `fields` over it."""
        return self.request("POST", ACCOUNTS, {"email": "sender@sink.test", "smtp_host": "127.0.0.1", "smtp_port": port,
                                               "security": "none", **fields}).data

    def account(self, account):
        return self.data_of("%s/%s" % (ACCOUNTS, account["id"]))

    def patch_account(self, account, **fields):
        """Changes an account at the revision it has now."""
        revision = self.account(account)["revision"]
        return self.request("PATCH", "%s/%s" % (ACCOUNTS, account["id"]), {"revision": revision, **fields}).data

    def freeze(self):
        os.kill(self.pid(), signal.SIGSTOP)

    def thaw(self):
        os.kill(self.pid(), signal.SIGCONT)

    def kill(self):
        os.kill(self.pid(), signal.SIGKILL)
        self._process.wait(30)

    def is_running(self):
        return self._process is not None and self._process.poll() is None

    def stop(self):
        """A clean stop; its exit code must be 0."""
        if not self.is_running():
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
        if self.is_running():
            self.kill()
        self._log.close()

    def tail(self):
        with open(self._log.name, encoding="utf-8", errors="replace") as file:
            return "".join(file.readlines()[-40:])


def run_ctl(*words, stdin=None, settings=None):
    """postroomctl, however it ends."""
    return subprocess.run([program("postroomctl"), *words], input=stdin, capture_output=True, text=True, timeout=90, check=False,
                          env={**clean_environment(), **(settings or {})})


class EngineCase(unittest.TestCase):
    """A test with engines of its own: each must stop cleanly, and a failure shows their logs."""

    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="postroom-e2e-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def make_engine(self, **options):
        """An engine that is not started; its end is looked after."""
        engine = Engine(self.folder, **options)
        self.addCleanup(self._end, engine)
        return engine

    def start_engine(self, **options):
        return self.make_engine(**options).start()

    def start_sink(self, ports=None):
        sink = Sink(self.folder, ports)
        self.addCleanup(sink.stop)
        return sink

    def assert_refused(self, answer, status, error, reasons=None):
        """The status, the closed code and, if told, exactly these fields with these reasons."""
        self.assertEqual((answer.status, answer.error), (status, error), answer)
        self.assertEqual(answer.body["code"], status)
        self.assertTrue(answer.body["request_id"] and answer.body["message"], answer)
        if reasons is not None:
            self.assertEqual(answer.reasons, reasons, answer)

    def _end(self, engine):
        failed = not getattr(self._outcome, "success", True)
        try:
            engine.stop()
        finally:
            if failed:
                print("\n--- %s: the end of postroomd's log\n%s---" % (self.id(), engine.tail()), file=sys.stderr)
            engine.abandon()
