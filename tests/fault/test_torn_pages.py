#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""A backlog of several pages is sent after a restart: no message is torn apart where a page ends."""

import collections
import unittest

from scene import real

MESSAGES = 3000  # of two recipients each, behind one of one: every second page would end in the middle of one


class TornPages(real.EngineCase):
    def test_all_recipients_of_a_message_leave_in_one_transaction(self):
        sink, engine = self.start_sink(), self.start_engine(settings={"RATE_LIMIT_ENABLED": "false"})
        account = engine.make_account(sink.port, max_connections=32)
        engine.request("POST", "%s/%s/disable" % (real.ACCOUNTS, account["id"]))
        engine.send(subject="one", to=["a@sink.test"])
        for first in range(0, MESSAGES, 1000):
            batch = [{"to": ["a@sink.test", "b@sink.test"], "subject": "m%d" % number, "content": "c"}
                     for number in range(first, first + 1000)]
            self.assertEqual(engine.request("POST", "/api/v1/messages/email/batch", {"messages": batch}).status, 202)
        # What was accepted is in memory; what a restart finds comes by the page.
        engine.stop()
        engine.start()
        engine.request("POST", "%s/%s/enable" % (real.ACCOUNTS, account["id"]))
        real.until(lambda: engine.waiting() == 0, 120, "an empty queue")
        moments = collections.defaultdict(set)
        for line in sink.mails():
            moments[line["marker"]].add(line["time"])
        self.assertEqual(len(moments), MESSAGES + 1)
        self.assertEqual({marker: len(times) for marker, times in moments.items() if len(times) != 1}, {})


if __name__ == "__main__":
    unittest.main()
