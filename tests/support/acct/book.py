#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""A book: a file of JSON lines that only grows. What client, sink and checker have in common.

A line that append() returned from is on the disk: whoever writes one may act on it, and a kill takes nothing back.
"""

import hashlib
import json
import os
import threading


class Book:
    def __init__(self, path):
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        self._lock = threading.Lock()

    def append(self, *entries, sync=True):
        lines = "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries).encode()
        with self._lock:
            written = os.write(self._descriptor, lines)
            if written != len(lines):
                raise OSError("the book took %d of %d bytes" % (written, len(lines)))
            if sync:
                os.fdatasync(self._descriptor)


def read(path):
    """Every entry. A torn last line is an error: neither writer is ever killed in the middle of one."""
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def digest_of(text):
    """The same for a text before and after a mail: line ends become one, and what ends it is not counted."""
    return hashlib.sha256(text.replace("\r\n", "\n").rstrip("\n").encode()).hexdigest()


def plain(address):
    """An address with its domain in lower case, as it is compared."""
    local, _, domain = address.rpartition("@")
    return "%s@%s" % (local, domain.lower())
