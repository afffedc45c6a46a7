#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""Renders every case of template_cases.py with Jinja2 and with ours and compares: the same text, or both refuse.

usage: template_differential.py TEMPLATE_LINES      prints "N cases tried, N equal"; exits 1 if that is not so

TEMPLATE_LINES is the program that template_lines.cpp makes. Each case runs escaped and not, and with undefined variables
as errors and as empty.
"""

import itertools
import json
import subprocess
import sys

import jinja2.sandbox
import markupsafe

from template_cases import CASES

LEAST_CASES = 400


def nl2br(eval_ctx, value):
    """Ours has no counterpart in Jinja: this is the recipe of its documentation."""
    if not eval_ctx.autoescape:
        return value if isinstance(value, str) else str(value)
    text = markupsafe.escape(value)
    return markupsafe.Markup(text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", markupsafe.Markup("<br>\n")))


class Environment(jinja2.sandbox.ImmutableSandboxedEnvironment):
    """Jinja with our names for what it has under another one, and without what ours lacks on purpose."""

    def __init__(self, mode, allow_undefined, templates):
        super().__init__(
            autoescape=mode == "html",
            undefined=jinja2.Undefined if allow_undefined else jinja2.StrictUndefined,
            loader=jinja2.DictLoader(templates))
        self.filters["json"] = self.filters["tojson"]
        self.filters["nl2br"] = jinja2.pass_eval_context(nl2br)
        self.globals = {"range": self.globals["range"]}


def by_jinja(case):
    try:
        environment = Environment(case["mode"], case["allow_undefined"], case["templates"])
        return {"text": environment.from_string(case["source"]).render(case["variables"])}
    except Exception as refused:  # whatever it is: a template that Jinja can't render
        return {"reason": type(refused).__name__, "detail": str(refused)}


def main():
    questions = []
    for case, mode, allow_undefined in itertools.product(CASES, ("html", "text"), (False, True)):
        source, variables, templates = case
        questions.append({"source": source, "variables": variables, "templates": templates, "mode": mode,
                          "allow_undefined": allow_undefined})
    lines = "".join(json.dumps(question) + "\n" for question in questions)
    ours = subprocess.run([sys.argv[1]], input=lines, capture_output=True, text=True, timeout=600)
    if ours.returncode != 0:
        print(ours.stderr, file=sys.stderr)
        return 1
    # Not splitlines(): a text may hold U+2028, which only JSON's own line end is not.
    answers = [json.loads(line) for line in ours.stdout.split("\n") if line]
    equal = rendered = shown = 0
    for question, answer in zip(questions, answers, strict=True):
        expected = by_jinja(question)
        if expected.get("text") == answer.get("text"):
            equal += 1
            rendered += "text" in answer
        elif shown < 40:
            shown += 1
            print(json.dumps({"case": question, "jinja": expected, "ours": answer}, ensure_ascii=False))
    print("%d cases tried, %d equal (%d of them rendered, the others refused by both)" % (
        len(questions), equal, rendered))
    return 0 if equal == len(questions) and len(CASES) >= LEAST_CASES else 1


if __name__ == "__main__":
    sys.exit(main())
