# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""The engine's OpenAPI document as a test reads it: its operations, the schemas behind references, and what an answer must look like."""

import json

import jsonschema

import engine

METHODS = ("get", "post", "put", "patch", "delete")


class Operation:
    def __init__(self, document, path, method, row):
        self.document, self.path, self.method, self.row = document, path, method.upper(), row
        self.name = row["operationId"]
        self.parameters = [document.resolve(parameter) for parameter in row.get("parameters", [])]
        # Each way in is a set of scopes; none at all: the route is open.
        self.ways = [{scope for scopes in way.values() for scope in scopes} for way in row["security"]]
        self.is_open = not self.ways or set() in self.ways
        self.codes = set(row["x-error-codes"])
        self.success = min(int(status) for status in row["responses"])
        content = row.get("requestBody", {}).get("content", {})
        media = content.get("application/json")
        self.takes_json = media is not None or not content
        self.body_type = "application/json" if self.takes_json else next(iter(content))
        self.body = document.resolve(media["schema"]) if media else None
        self.examples = [example["value"] for example in media.get("examples", {}).values()] if media else []

    def lets_in(self, scopes):
        """Whether a key with these scopes may use it; admin may use all."""
        return self.is_open or any(way <= set(scopes) for way in self.ways) or "admin" in scopes

    def path_parameters(self):
        return [parameter for parameter in self.parameters if parameter["in"] == "path"]

    def query_parameters(self):
        return [parameter for parameter in self.parameters if parameter["in"] == "query"]

    def __str__(self):
        return "%s %s" % (self.method, self.path)


class Document:
    def __init__(self, running):
        self.whole = running.get("/openapi.json")
        self._resolver = jsonschema.RefResolver("", self.whole)
        self.status_of = {row["code"]: row["status"] for row in self.whole["components"]["schemas"]["ErrorCode"]["x-error-codes"]}
        self.operations = [Operation(self, path, method, row) for path, item in self.whole["paths"].items() for method, row in item.items()]
        self._validators = {}

    def resolve(self, value):
        while "$ref" in value:
            value = self._resolver.resolve(value["$ref"])[1]
        return value

    def _holds(self, key, schema, value, what):
        if key not in self._validators:
            checker = jsonschema.Draft202012Validator.FORMAT_CHECKER if hasattr(jsonschema.Draft202012Validator, "FORMAT_CHECKER") else None
            self._validators[key] = jsonschema.Draft202012Validator(schema, resolver=self._resolver, format_checker=checker)
        problem = jsonschema.exceptions.best_match(self._validators[key].iter_errors(value))
        if problem:
            raise engine.Failed("%s is not what the document says: %s at %s" % (what, problem.message, problem.json_path))

    def check(self, operation, answer, what):
        """Raises Failed unless the answer is one that the document has for this operation."""
        responses = operation.row["responses"]
        if str(answer.status) not in responses:
            raise engine.Failed("%s: the document has no %d here\n%s" % (what, answer.status, answer))
        if answer.status == operation.success:
            media = responses[str(answer.status)]["content"]
            kind = answer.headers["Content-Type"].partition(";")[0]
            if kind not in media and "*/*" not in media:
                raise engine.Failed("%s: answered as %s, which the document does not have" % (what, kind))
            if kind in media and kind == "application/json":
                self._holds((operation.name, answer.status), media[kind]["schema"], json.loads(answer.text), what)
            return
        self.check_error(answer, what)
        if answer.error not in operation.codes:
            raise engine.Failed("%s: the document has no code %s here\n%s" % (what, answer.error, answer))

    def check_error(self, answer, what):
        kind = answer.headers["Content-Type"]
        problem = kind == "application/problem+json"
        if not problem and kind != "application/json":
            raise engine.Failed("%s: an error as %s\n%s" % (what, kind, answer))
        name = "Problem" if problem else "Error"
        self._holds(name, {"$ref": "#/components/schemas/" + name}, answer.body, what)
        if answer.body["code"] != answer.status or self.status_of[answer.error] != answer.status:
            raise engine.Failed("%s: the code %s belongs to another status\n%s" % (what, answer.error, answer))
