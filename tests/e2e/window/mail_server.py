# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""A mail server (aiosmtpd) that wants a login, for tests in C++. Prints its port, then obeys lines of its standard input:
"password P" is what it takes from now on; "mails" prints a line of JSON, the subjects it got."""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))

import mailserver  # pylint: disable=wrong-import-position

USER = "notice@example.com"


def main():
    server = mailserver.MailServer(login=(USER, "first password"))
    print(server.port, flush=True)
    for line in sys.stdin:
        order, _, rest = line.rstrip("\n").partition(" ")
        if order == "password":
            server.expect((USER, rest))
            print("ok", flush=True)
        elif order == "mails":
            print(json.dumps([mail.parsed["subject"] for mail in server.mails]), flush=True)


main()
