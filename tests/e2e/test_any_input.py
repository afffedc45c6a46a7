#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""Thousands of requests made up from the OpenAPI document and beyond it, against one engine: none is answered with 5xx, none hangs,
every answer is one that the document has, and afterwards nothing is missing in the ledger.

usage: test_any_input.py [--requests N]     the same N requests each time; another N, other requests
"""

import http.client
import json
import os
import sys
import tempfile
import unittest
import urllib.parse

import api_document
import engine

# It keeps tables beside whatever runs it, unless told before it is loaded.
os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = os.path.join(engine.PROGRAMS, "..", "hypothesis")
from hypothesis import HealthCheck, Phase, given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

REQUESTS = 3000
A_TIME = 20  # requests an example: making examples is what takes long
LONGEST_S = 20

JUNK = ("", " ", "x", "\0", "\r\n", "a\r\nBcc: x@sink.test", "\u0085", "\u2028", "\ufeff", "\u202e", "\ud7ff", "\U0001f4e8", "中文", "../../etc/passwd", "%00",
        "'; DROP TABLE message_records; --", "{{7*7}}", "<script>", "a" * 2000, "x" * 70000, "null", "NaN", "-1", "1e400", "9" * 40, "sandbox",
        "0193a5c0-7d6b-7c3e-9f21-5b0e4a8d1c77", "00000000-0000-0000-0000-000000000000", "2027-13-40T99:99:99Z", "0001-01-01T00:00:00Z")
ADDRESSES = ("a@sink.test", "Ann <ann@sink.test>", '"B, b" <b@sink.test>', "a@xn--", "用户@sink.test", "a@b@c", "@", "a@[127.0.0.1]", "a@münchen.test")
# Where an account may point: nothing that a made-up request adds may reach another machine, or another program on this one.
HOSTS = ("127.0.0.1", "a b", "smtp://x", "x" * 300)
PORTS = (1, 0, 65536, -1, 2 ** 63)
NUMBERS = (0, 1, -1, 200, 201, 2 ** 31, 2 ** 53, 2 ** 63 - 1, 2 ** 63, 2 ** 64 - 1, -2 ** 63, -2 ** 63 - 1, 10 ** 30, 0.5, -0.0, 1e300)

junk_text = st.one_of(st.sampled_from(JUNK), st.text(max_size=12))
junk = st.recursive(st.one_of(st.none(), st.booleans(), st.sampled_from(NUMBERS), junk_text),
                    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(junk_text, inner, max_size=3)), max_leaves=5)

FIELDS = {
    **{name: st.one_of(st.sampled_from(ADDRESSES), st.lists(st.sampled_from(ADDRESSES), max_size=3)) for name in ("to", "cc", "bcc", "reply_to")},
    "from": st.sampled_from(ADDRESSES), "email": st.sampled_from(ADDRESSES), "account": st.sampled_from(("sandbox", "sandbox", "a@sink.test", "x")),
    "smtp_host": st.sampled_from(HOSTS), "smtp_port": st.sampled_from(PORTS),
}
# Also when they are to be wrong: see HOSTS.
GUARDED = ("smtp_host", "smtp_port")


class Maker:
    """Strategies for what an operation takes."""

    def __init__(self, document):
        self.document = document
        self._made = {}

    def value(self, schema, name=""):
        if name in FIELDS:
            return FIELDS[name]
        schema = self.document.resolve(schema)
        for several in ("anyOf", "oneOf"):
            if several in schema:
                return st.one_of([self.value(each) for each in schema[several]])
        if "enum" in schema:
            return st.sampled_from(schema["enum"])
        kind = schema.get("type")
        if isinstance(kind, list):
            return st.one_of([self.value({**schema, "type": each}) for each in kind])
        if kind == "string":
            return st.one_of(st.text(min_size=schema.get("minLength", 0), max_size=min(schema.get("maxLength", 20), 20)), st.sampled_from(JUNK))
        if kind == "integer":
            least, most = schema.get("minimum", -2 ** 63), schema.get("maximum", 2 ** 63 - 1)
            return st.one_of(st.integers(least, most), st.sampled_from((least, most)))
        if kind == "number":
            return st.floats(schema.get("minimum"), schema.get("maximum"), allow_nan=False, allow_infinity=False)
        if kind == "boolean":
            return st.booleans()
        if kind == "array":
            return st.lists(self.value(schema["items"]), min_size=schema.get("minItems", 0), max_size=min(schema.get("maxItems", 3), 3))
        if kind == "object" and "properties" in schema:
            return self.body(schema)
        if kind == "object":
            return st.dictionaries(junk_text, self.value(schema.get("additionalProperties") or {}), max_size=3)
        return st.none() if kind == "null" else junk

    def body(self, schema):
        """An object that fits, mostly: a field may be missing, wrong, read-only or unknown."""
        writable = {name: each for name, each in schema["properties"].items() if not self.document.resolve(each).get("readOnly")}
        required = {name: self.value(each, name) for name, each in writable.items() if name in schema.get("required", [])}
        optional = {name: self.value(each, name) for name, each in writable.items() if name not in required}
        fits = st.fixed_dictionaries(required, optional=optional)
        names = [name for name in schema["properties"] if name not in GUARDED]

        @st.composite
        def spoiled(draw):
            body = draw(fits)
            how = draw(st.integers(0, 5))
            if how == 0 and required:
                body.pop(draw(st.sampled_from(sorted(required))))
            elif how == 1 and names:
                body[draw(st.sampled_from(names))] = draw(junk)
            elif how == 2:
                body[draw(junk_text)] = draw(junk)
            return body

        return spoiled()

    def payload(self, operation):
        """Bytes, or nothing."""
        beyond = st.one_of(st.binary(max_size=30), junk.map(lambda value: json.dumps(value).encode()),
                           st.sampled_from((b"", b"{", b"[" * 5000, b'{"a":' * 50 + b"1" + b"}" * 50, b'{"to":1,"to":2}', b'{"to":"\xff"}', b"\xef\xbb\xbf{}")))
        if operation.name not in self._made:
            if operation.body_type != "application/json":
                self._made[operation.name] = st.one_of(st.sampled_from((b"To: a@sink.test\nSubject: s\n\nt\n", b"x")), st.binary(max_size=300))
            elif operation.body:
                fits = st.one_of(self.body(operation.body), st.sampled_from(operation.examples)).map(self._harmless).map(lambda body: json.dumps(body).encode())
                self._made[operation.name] = st.one_of(fits, fits, fits, fits, beyond)
            else:
                self._made[operation.name] = st.one_of(st.none(), st.none(), st.none(), beyond)
        return self._made[operation.name]

    @staticmethod
    def _harmless(body):
        """The document's own examples name hosts too."""
        if body.get("smtp_host") not in HOSTS and "smtp_host" in body:
            body = {**body, "smtp_host": "127.0.0.1"}
        if body.get("smtp_port") not in PORTS and "smtp_port" in body:
            body = {**body, "smtp_port": 1}
        return body


class AnyInput(engine.EngineCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory(prefix="postroom-e2e-")
        cls.engine = engine.Engine(cls.temporary.name, settings={"RATE_LIMIT_ENABLED": "false", "EMAIL_TIMEOUT": "5"})
        cls.engine.start()
        cls.document = api_document.Document(cls.engine)
        cls.connection = None

    @classmethod
    def tearDownClass(cls):
        try:
            cls.engine.stop()
        finally:
            cls.engine.abandon()
            cls.temporary.cleanup()

    def ask(self, method, path, body, headers):
        """On one connection, as a program would; on a new one where the engine closed it."""
        for attempt in (0, 1):
            if not AnyInput.connection:
                AnyInput.connection = http.client.HTTPConnection("127.0.0.1", self.engine.port(), timeout=LONGEST_S)
            try:
                AnyInput.connection.request(method, path, body, headers)
                response = AnyInput.connection.getresponse()
                closes = response.will_close
                answer = engine.Answer(response)
                if closes:
                    AnyInput.connection = None
                return answer
            except TimeoutError:
                raise engine.Failed("%s %s was not answered within %d s" % (method, path, LONGEST_S)) from None
            except (ConnectionError, http.client.BadStatusLine):
                AnyInput.connection.close()
                AnyInput.connection = None
                if attempt:
                    raise

    def test_whatever_is_asked_is_answered_as_described(self):
        running, document, make = self.engine, self.document, Maker(self.document)
        principals = {"nobody": None, "stranger": "x.y.z", "local": running.local_token(),
                      **{name: running.token(scopes) for name, scopes in (
                          ("sender", ("send",)), ("other", ("send",)), ("reader", ("read",)), ("admin", ("admin",)))}}
        scopes_of = {"nobody": (), "stranger": (), "local": ("admin",), "sender": ("send",), "other": ("send",), "reader": ("read",), "admin": ("admin",)}
        # What may be asked of, changed and removed. The keys above are none of them.
        objects = {
            "messages": [running.send(principals["sender"], account="sandbox"), running.send(principals["other"]), running.send()],
            "email-accounts": [running.make_account(1, email="a%d@sink.test" % n)["id"] for n in range(12)],
            "api-keys": [running.create_key(("send",))["id"] for _ in range(2)]}
        engine.until(lambda: running.data_of("/api/v1/admin/sandbox/mails")["items"], 30, "a mail in the sandbox")
        for name in ("invoice", "welcome", "layout"):
            running.request("POST", "/api/v1/templates", {"name": name, "subject": "a {{ b }}", "text": "{{ c }}", "sample": {"b": 1, "c": 2}})
        objects["templates"] = ["invoice", "welcome", "layout"]
        objects["attachments"] = [running.request("POST", "/api/v1/attachments?filename=a", b"x", None, {"Content-Type": "application/octet-stream"}).data["id"] for _ in range(3)]
        objects["mails"] = [mail["id"] for mail in running.data_of("/api/v1/admin/sandbox/mails")["items"]]
        seen, codes = {}, {}

        def path_of(data, operation):
            path = operation.path
            for parameter in operation.path_parameters():
                known = objects.get(path.split("/{")[0].rpartition("/")[2], ["docs.js"])
                value = data.draw(st.one_of(st.sampled_from(known), st.sampled_from(known), st.uuids().map(str), junk_text))
                path = path.replace("{%s}" % parameter["name"], urllib.parse.quote(value, safe=""))
            pairs = []
            for parameter in operation.query_parameters():
                # Without it the engine waits, as it should.
                if parameter["name"] == "wait":
                    pairs.append(("wait", data.draw(st.sampled_from(("0", "0", "0", "-1", "x", "", "26")))))
                elif data.draw(st.booleans()):
                    value = data.draw(st.one_of(make.value(parameter["schema"]), junk_text))
                    pairs += [(parameter["name"], str(one)) for one in (value if isinstance(value, list) else [value])]
            if data.draw(st.integers(0, 15)) == 0:
                pairs.append((data.draw(junk_text), data.draw(junk_text)))
            query = urllib.parse.urlencode(pairs)
            return path + ("?" + query if query else "")

        def one(data):
            operation = data.draw(st.sampled_from(document.operations))
            who = data.draw(st.sampled_from(("admin", "local", "sender", "admin", "local", "sender", "other", "reader", "nobody", "stranger")))
            path = path_of(data, operation)
            if len(path) > 7000:
                return
            body = data.draw(make.payload(operation))
            headers = {} if principals[who] is None else {"Authorization": "Bearer " + principals[who]}
            if body is not None:
                headers["Content-Type"] = data.draw(st.sampled_from((operation.body_type,) * 9 + ("text/plain",)))
            if data.draw(st.integers(0, 7)) == 0:
                headers["Accept"] = data.draw(st.sampled_from(("application/problem+json", "*/*", "text/html", "")))
            for parameter in operation.parameters:
                if parameter["in"] == "header" and data.draw(st.integers(0, 3)) == 0:
                    headers[parameter["name"]] = data.draw(st.sampled_from(("1", "2", "x" * 255, "x" * 256, "", "a b", "\u00ff")))
            answer = self.ask(operation.method, path, body, headers)
            what = "%s %s as %s with %r and %s" % (operation.method, path[:300], who, (body or b"")[:600], {k: v[:40] for k, v in headers.items() if k != "Authorization"})
            self.assertLess(answer.status, 500, "%s: %s" % (what, answer))
            if answer.status == 400 and answer.error == "request.malformed" or answer.status == 404 and answer.error == "route.unknown":
                document.check_error(answer, what)  # a path that is no path of the table's
            else:
                document.check(operation, answer, what)
            if answer.status == operation.success or answer.status == 422:
                self.assertTrue(operation.lets_in(scopes_of[who]), "%s was let in: %s" % (what, answer))
            seen.setdefault(operation.name, set()).add(answer.status)
            codes[answer.error or answer.status] = codes.get(answer.error or answer.status, 0) + 1

        @settings(max_examples=max(1, REQUESTS // A_TIME), derandomize=True, database=None, deadline=None, phases=(Phase.generate,),
                  suppress_health_check=list(HealthCheck), print_blob=False)
        @given(st.data())
        def run(data):
            for _ in range(A_TIME):
                one(data)

        run()
        print("%d requests: %s" % (sum(codes.values()), ", ".join("%s %d" % (code, count) for code, count in sorted(codes.items(), key=str))))
        self.assertGreater(sum(codes.values()), REQUESTS * 0.8)
        # It met every route, and was let in by nearly each: else the test says little.
        self.assertEqual(set(seen), {operation.name for operation in document.operations})
        never = sorted(operation.name for operation in document.operations if operation.success not in seen[operation.name])
        print("never a success: %s" % (", ".join(never) or "none"))
        self.assertLess(len(never), len(document.operations) / 4, never)

        self.assertTrue(running.is_running())
        self.assertEqual(running.get("/health"), {"status": "healthy"})
        self.assertEqual(running.queue()["imbalance"], 0)
        self.assertEqual(running.metric("postroom_ledger_imbalance"), 0)
        # Still there: what was made up has harmed nobody.
        self.assertEqual(running.message(objects["messages"][2])["id"], objects["messages"][2])


if __name__ == "__main__":
    if "--requests" in sys.argv:
        REQUESTS = int(sys.argv.pop(sys.argv.index("--requests") + 1))
        sys.argv.remove("--requests")
    unittest.main()
