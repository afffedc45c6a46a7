#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""Every text of the window is in both languages, whole: read out of the sources anew, with the same placeholders.

usage: check_translations.py LUPDATE ROOT
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


def main(lupdate, root):
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for language, plural_only in (("zh_CN", False), ("en", True)):
            copy = os.path.join(folder, "postroom_%s.ts" % language)
            shutil.copy(os.path.join(root, "translations", os.path.basename(copy)), copy)
            subprocess.run(
                [lupdate, "-silent", "-I", ".", "-locations", "none", "-no-obsolete"]
                + (["-pluralonly"] if plural_only else []) + ["ui", "app/desktop", "-ts", copy], cwd=root, check=True)
            found += faults(copy, plural_only)
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
