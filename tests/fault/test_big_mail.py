#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""One big mail on a fast network does not keep the thread of all SMTP connections: it looks at the others after each write."""

import os
import re
import unittest

import scene
from scene import real


class BigMail(real.EngineCase):
    def test_the_thread_looks_at_its_other_sockets_between_two_writes(self):
        trace = os.path.join(self.folder, "trace")
        under = ["strace", "-f", "-qq", "-e", "trace=write,sendto,sendmsg,poll,ppoll", "-e", "signal=none", "-s", "8", "-o", trace]
        sink, engine = self.start_sink(), self.start_engine(under=under, settings=scene.SETTINGS)
        engine.make_account(sink.port)
        engine.wait_for_status(engine.send(content="0123456789abcde\n" * (3 << 16)), "sent", 60)
        longest, writes = self.longest_run(trace)
        print("%d writes, %d of them in a row" % (writes, longest), flush=True)
        self.assertGreater(writes, 8, "a mail of so many bytes takes several writes")
        self.assertLess(longest, 4, "writes of one mail without a look at any socket")

    @staticmethod
    def longest_run(trace):
        """The most big writes of the SMTP thread without a poll between them, and how many there were."""
        calls = []
        with open(trace, encoding="utf-8", errors="replace") as file:
            for line in file:
                if call := re.match(r"(\d+) +(\w+)\((.*)", line):
                    calls.append(call.groups())
        thread = next(pid for pid, name, rest in calls if name != "ppoll" and '"EHLO ' in rest)
        run = longest = writes = 0
        for pid, name, rest in calls:
            if pid != thread:
                continue
            if name in ("poll", "ppoll"):
                run = 0
            elif (size := re.match(r'\d+, ".*"\.*, (\d+)', rest)) and int(size[1]) >= 65536:
                run, writes = run + 1, writes + 1
                longest = max(longest, run)
        return longest, writes


if __name__ == "__main__":
    unittest.main()
