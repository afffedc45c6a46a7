#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""Every field and every parameter of every route, wrong in each way its schema knows: a table made of the OpenAPI document itself.

What is refused here is refused by name. What a closer look finds (an address, a certificate) is test_bad_input.py's.
"""

import copy
import json
import tempfile
import unittest
import urllib.parse

import api_document
import engine

SCOPES = ((), ("send",), ("read",), ("admin",))
SOME_ID = "0193a5c0-7d6b-7c3e-9f21-5b0e4a8d1c77"
OF_TYPE = {"string": "x", "integer": 1, "boolean": True, "array": [], "object": {}, "null": None, "number": 1.5}
# Their entries are judged one by one, and the whole is accepted.
JUDGED_ALONE = {"sendBatch"}
MOST = 4 << 20  # a text beyond the largest limit would fill the engine's budget for bodies


def types_of(document, schema):
    """The JSON types a schema takes."""
    schema = document.resolve(schema)
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return {kind for each in schema[several] for kind in types_of(document, each)}
    kind = schema.get("type", list(OF_TYPE))
    return set([kind] if isinstance(kind, str) else kind)


def variants(document, schema):
    schema = document.resolve(schema)
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return [found for each in schema[several] for found in variants(document, each)]
    return [schema]


def sample(document, schema):
    """The least a schema takes."""
    schema = variants(document, schema)[0]
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        return {name: sample(document, schema["properties"][name]) for name in schema.get("required", [])}
    if kind == "array":
        return [sample(document, schema["items"])] if schema.get("minItems") else []
    if kind in ("integer", "number"):
        return max(schema.get("minimum", 1), min(1, schema.get("maximum", 1)))
    return OF_TYPE.get(kind, "x")


def faults_of(document, schema, value_schema, name):
    """(what, value or ..., path below the field, reason) for each way a member can be wrong; ... leaves it out."""
    if name in schema.get("required", []):
        yield "missing", ..., "", "field.required"
    if document.resolve(value_schema).get("readOnly"):
        yield "read-only", "x", "", "field.read_only"
        return
    takes = types_of(document, value_schema)
    for kind, value in OF_TYPE.items():
        if kind not in takes and not (kind == "integer" and "number" in takes):
            yield "type " + kind, value, "", "field.type"
    for each in variants(document, value_schema):
        yield from faults_of_value(document, each, takes)


def faults_of_value(document, schema, takes):
    kind = schema.get("type")
    if kind == "string":
        if schema.get("minLength"):
            yield "empty", "", "", "field.empty"
        if schema.get("maxLength", MOST) < MOST:
            yield "too long", "x" * (schema["maxLength"] + 1), "", "field.too_long"
            yield "too long in UTF-8", "\u4e2d" * (schema["maxLength"] // 3 + 1), "", "field.too_long"
        yield "NUL", "a\0b", "", "field.control_character"
        if "enum" in schema:
            yield "no word", "no_such_word", "", "field.not_allowed"
            yield "other case", schema["enum"][0].upper(), "", "field.not_allowed"
    elif kind in ("integer", "number"):
        if "minimum" in schema:
            yield "too small", schema["minimum"] - 1, "", "field.too_small"
        if "maximum" in schema:
            yield "too large", schema["maximum"] + 1, "", "field.too_large"
            yield "beyond 63 bits", 2 ** 64 - 1, "", "field.too_large"
        if "number" not in takes:
            yield "with a point", 1.0, "", "field.type"
    elif kind == "array":
        if schema.get("minItems"):
            yield "empty list", [], "", "field.empty"
        item = sample(document, schema["items"])
        yield "too many", [item] * (schema["maxItems"] + 1), "", "field.too_many"
        items = document.resolve(schema["items"])
        if items.get("type") == "string":
            for what, value, _, reason in faults_of_value(document, items, {"string"}):
                yield "entry " + what, [item, value], "[1]", reason
            yield "entry of another type", [item, 1], "[1]", "field.type"
        else:
            yield "entry of another type", ["x"], "[0]", "field.type"
            for path, reason, entry, what in faults_of_object(document, items, item):
                yield "entry's " + what, [entry], "[0]." + path, reason
    elif kind == "object" and "properties" in schema:
        for path, reason, inner, what in faults_of_object(document, schema, sample(document, schema)):
            yield "its " + what, inner, "." + path, reason
    elif kind == "object" and schema.get("additionalProperties"):
        yield "too many", {"k%d" % n: "x" for n in range(schema["maxProperties"] + 1)}, "", "field.too_many"
        for what, value, _, reason in faults_of_value(document, schema["additionalProperties"], {"string"}):
            yield "value " + what, {"k": value}, ".k", reason


def faults_of_object(document, schema, base):
    """(path, reason, body, what) for every member of an object."""
    yield "no_such_field", "field.unknown", {**base, "no_such_field": 1}, "unknown field"
    for name, value_schema in schema["properties"].items():
        for what, value, below, reason in faults_of(document, schema, value_schema, name):
            body = copy.deepcopy(base)
            if value is ...:
                body.pop(name, None)
            else:
                body[name] = value
            yield name + below, reason, body, "%s %s" % (name, what)


class EveryField(engine.EngineCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory(prefix="postroom-e2e-")
        cls.engine = engine.Engine(cls.temporary.name, settings={"RATE_LIMIT_ENABLED": "false"})
        cls.engine.start()
        cls.document = api_document.Document(cls.engine)
        cls.tokens = {scopes: cls.engine.token(scopes) if scopes else "" for scopes in SCOPES}
        cls.message = cls.engine.send(account="sandbox")

    @classmethod
    def tearDownClass(cls):
        try:
            cls.engine.stop()
        finally:
            cls.engine.abandon()
            cls.temporary.cleanup()

    def tearDown(self):
        self.assertEqual(self.engine.queue()["imbalance"], 0)
        self.assertEqual(self.engine.get("/health"), {"status": "healthy"})

    def path(self, operation, **given):
        path = operation.path
        for parameter in operation.path_parameters():
            path = path.replace("{%s}" % parameter["name"], given.get(parameter["name"], SOME_ID))
        return path

    def ask(self, operation, path=None, body=None, token=None, headers=None):
        answer = self.engine.request(operation.method, path or self.path(operation), body, token, headers)
        self.document.check(operation, answer, "%s %s" % (operation, json.dumps(body)[:300] if not isinstance(body, bytes) else body[:300]))
        return answer

    def assert_names(self, answer, field, reason):
        self.assertEqual((answer.status, answer.error), (422, "validation.failed"), answer)
        self.assertEqual(answer.reasons.get(field), reason, answer)

    def test_each_field_of_each_body(self):
        rows = 0
        for operation in self.document.operations:
            if not operation.body:
                continue
            for path, reason, body, what in faults_of_object(self.document, operation.body, operation.examples[0]):
                if operation.name in JUDGED_ALONE and "]" in path:
                    continue
                with self.subTest("%s: %s" % (operation, what)):
                    rows += 1
                    self.assert_names(self.ask(operation, body=body), path, reason)
        print("%d rows of bodies" % rows)
        self.assertGreater(rows, 300)

    def test_each_text_of_each_body_is_utf_8(self):
        for operation in self.document.operations:
            if not operation.body:
                continue
            for name, schema in operation.body["properties"].items():
                if "string" not in types_of(self.document, schema) or self.document.resolve(schema).get("readOnly"):
                    continue
                for wrong in (b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf5\x80\x80\x80"):
                    body = json.dumps({**operation.examples[0], name: "MARK"}).encode().replace(b"MARK", wrong)
                    with self.subTest("%s: %s %r" % (operation, name, wrong)):
                        answer = self.ask(operation, body=body)
                        self.assertEqual((answer.status, answer.error), (400, "json.invalid"), answer)

    def test_bodies_that_are_none(self):
        for operation in self.document.operations:
            if not operation.takes_json:
                continue
            for body, status in ((b"[]", 422), (b"null", 422 if operation.body else None), (b"1", 422), (b'"x"', 422), (b"{", 400), (b"x", 400)):
                if status is None or operation.is_open and not operation.body:
                    continue
                with self.subTest("%s: %r" % (operation, body)):
                    self.assertEqual(self.ask(operation, body=body).status, status)
            if operation.body:
                for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
                    with self.subTest("%s as %s" % (operation, kind)):
                        answer = self.ask(operation, body=operation.examples[0], headers={"Content-Type": kind})
                        self.assertEqual((answer.status, answer.error), (415, "request.media_type"), answer)
            else:
                with self.subTest("%s: a body it does not take" % operation):
                    self.assertIn(self.ask(operation, body={"no_such_field": 1}).status, (413, 422))

    def test_each_parameter_of_each_query(self):
        rows = 0
        for operation in self.document.operations:
            tries = [("no_such_parameter", "1", "field.unknown")]
            for parameter in operation.query_parameters():
                name, schema = parameter["name"], parameter["schema"]
                tries.append((name, "a\0b", "field.control_character"))
                tries.append((name, "a\u0085", "field.control_character"))
                if schema["type"] == "integer":
                    tries += [(name, wrong, "field.type") for wrong in ("", "x", "1x", " 1", "1.0", "0x1", "\u0661")]
                    tries += [(name, str(schema["minimum"] - 1), "field.too_small"), (name, str(schema["maximum"] + 1), "field.too_large"),
                              (name, "9" * 30, "field.too_large")]
                if "enum" in schema:
                    tries += [(name, wrong, "field.not_allowed") for wrong in ("", "no_such_word", schema["enum"][0].upper())]
            for name, value, reason in tries:
                with self.subTest("%s?%s=%r" % (operation, name, value)):
                    rows += 1
                    answer = self.ask(operation, self.path(operation) + "?" + urllib.parse.urlencode({name: value}))
                    self.assert_names(answer, name, reason)
            for wrong in ("a=%ff", "%ff=a", "a=%", "a=%zz"):
                with self.subTest("%s?%s" % (operation, wrong)):
                    answer = self.ask(operation, self.path(operation) + "?" + wrong)
                    self.assertEqual((answer.status, answer.error), (400, "request.malformed"), answer)
        print("%d rows of queries" % rows)

    def test_each_route_by_each_scope(self):
        for operation in self.document.operations:
            for scopes in SCOPES:
                with self.subTest("%s by %s" % (operation, scopes or "nobody")):
                    # With a body that no schema takes, so that nothing is done where it is let in.
                    answer = self.ask(operation, body={"no_such_field": 1}, token=self.tokens[scopes])
                    if operation.lets_in(scopes):
                        self.assertIn(answer.status, (404, 413, 422) if operation.takes_json else (415,), answer)
                    elif scopes:
                        self.assertEqual((answer.status, answer.error), (403, "auth.scope"), answer)
                    else:
                        self.assertEqual((answer.status, answer.error, answer.headers["WWW-Authenticate"]), (401, "auth.required", "Bearer"), answer)

    def test_objects_that_are_not_there_or_another_keys(self):
        other = self.tokens[("send",)]
        for operation in self.document.operations:
            if not operation.path_parameters():
                continue
            body = None
            if operation.body:
                body = operation.examples[0]
            for wrong in (SOME_ID, "x", "%20", "a" * 300, SOME_ID.replace("-", ""), SOME_ID + "0", "%E4%B8%AD", "..%5c", "'", "%22"):
                with self.subTest("%s for %s" % (operation, wrong)):
                    path = self.path(operation, **{parameter["name"]: wrong for parameter in operation.path_parameters()})
                    self.assertEqual(self.ask(operation, path, body).status, 404)
            if operation.path.startswith("/api/v1/messages/{id}") and operation.lets_in(("send",)):
                with self.subTest("%s of another key" % operation):
                    answer = self.ask(operation, self.path(operation, id=self.message), body, other)
                    self.assertEqual((answer.status, answer.error), (404, "not_found"), answer)

    def test_a_revision_that_is_stale(self):
        found = 0
        for operation in self.document.operations:
            if not operation.body or "revision" not in operation.body.get("required", []):
                continue
            found += 1
            if operation.name != "patchAccount":
                continue
            account = self.engine.make_account(1)
            path = self.path(operation, id=account["id"])
            self.assertEqual(self.ask(operation, path, {"revision": account["revision"], "priority": 1}).status, 200)
            for stale in (account["revision"], account["revision"] + 2, 2 ** 62):
                answer = self.ask(operation, path, {"revision": stale, "priority": 2})
                self.assertEqual((answer.status, answer.error), (409, "revision.stale"), answer)
        self.assertGreater(found, 0)

    def test_errors_as_problems(self):
        for operation in self.document.operations:
            with self.subTest(str(operation)):
                answer = self.ask(operation, self.path(operation) + "?no_such_parameter=1", headers={"Accept": "application/problem+json"})
                self.assertEqual((answer.status, answer.headers["Content-Type"], answer.body["status"]), (422, "application/problem+json", 422), answer)


if __name__ == "__main__":
    unittest.main()
