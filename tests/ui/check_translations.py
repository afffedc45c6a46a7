#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""Every text of the window is in both languages, whole: read out of the sources anew, with the same placeholders.

usage: check_translations.py LUPDATE ROOT             says what is missing
       check_translations.py --update LUPDATE ROOT    writes new texts into translations/, to be translated there
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

PLACEHOLDER = re.compile(r"%L?n|%\d|\{\w+\}")


def faults(path, plural_only):
    for context in xml.etree.ElementTree.parse(path).iter("context"):
        for message in context.iter("message"):
            source = message.findtext("source")
            numerus = message.get("numerus") == "yes"
            if plural_only and not numerus:
                continue
            translation = message.find("translation")
            texts = [form.text for form in translation.iter("numerusform")] if numerus else [translation.text]
            where = "%s: %s: %r" % (os.path.basename(path), context.findtext("name"), source)
            if translation.get("type") == "unfinished" or not texts or not all(texts):
                yield where + " is not translated"
            for text in texts:
                if text and sorted(PLACEHOLDER.findall(text)) != sorted(PLACEHOLDER.findall(source)):
                    yield where + " has other placeholders: %r" % text


def read_sources(lupdate, root, path, plural_only):
    subprocess.run(
        [lupdate, "-silent", "-I", ".", "-locations", "none", "-no-obsolete"] + (["-pluralonly"] if plural_only else [])
        + ["ui", "app/desktop", "-ts", path], cwd=root, check=True, stderr=subprocess.DEVNULL)


def main(lupdate, root, update):
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for language, plural_only in (("zh_CN", False), ("en", True)):
            path = os.path.join(root, "translations", "postroom_%s.ts" % language)
            if not update:
                path = shutil.copy(path, folder)
            read_sources(lupdate, os.path.abspath(root), os.path.abspath(path), plural_only)
            found += faults(path, plural_only)
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    given = sys.argv[1:]
    sys.exit(main(*given[-2:], update=given[0] == "--update"))
