# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""Reads mails with Python's email package and prints what it sees, as a JSON array with one object per file given."""

import base64
import email
import email.policy
import json
import sys


def addresses(message, name):
    header = message[name]
    return [[a.display_name, a.addr_spec] for a in header.addresses] if header is not None else []


def defects(message):
    found = [str(d) for d in message.defects]
    for value in message.values():
        found += [str(d) for d in value.defects]
    for part in message.iter_parts() if message.is_multipart() else []:
        found += defects(part)
    return found


def seen(path):
    with open(path, "rb") as file:
        # Not message_from_binary_file(): that reads in text mode, which turns every CRLF into LF.
        message = email.message_from_bytes(file.read(), policy=email.policy.default)
    parts = []
    for part in message.walk():
        if part.is_multipart():
            continue
        parts.append({
            "type": part.get_content_type(),
            "charset": part.get_content_charset() or "",
            "filename": part.get_filename() or "",
            "content_id": part["content-id"] or "",
            "disposition": part.get_content_disposition() or "",
            "content": base64.b64encode(part.get_payload(decode=True)).decode(),
        })
    return {
        "subject": message["subject"],
        "message_id": message["message-id"],
        "date": int(message["date"].datetime.timestamp()),
        "from": addresses(message, "from"),
        "to": addresses(message, "to"),
        "cc": addresses(message, "cc"),
        "reply_to": addresses(message, "reply-to"),
        "note": message["x-note"] or "",
        "parts": parts,
        "types": [part.get_content_type() for part in message.walk()],
        "defects": defects(message),
    }


json.dump([seen(path) for path in sys.argv[1:]], sys.stdout)
