#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""A message that ends the engine: after three times it is held for a person, and its neighbours are none the worse.

The engine gets a SEGV whenever it reads the message's attachment. A neighbour waits for its server at each of the ends.
"""

import base64
import os
import unittest

import scene
from scene import real

SIZE = 200_000  # kept as a file


class Poison(real.EngineCase):
    def setUp(self):
        super().setUp()
        # The one's server is slow to greet, so that the other is open by then.
        self.sink = self.start_sink({"poison": {"script": ["banner wait1"]}, "neighbour": {"script": ["x3 mail stall"]}})
        self.tape = scene.Growing(self.sink.tape_path)
        self.engine = self.start_engine()
        self.accounts = {name: self.engine.make_account(self.sink.ports[name], email=name + "@poison.test")
                         for name in ("poison", "neighbour")}
        for name in self.accounts:
            self.turn(self.engine, name, "disable")
        attachment = {"filename": "a.bin", "content_type": "application/octet-stream",
                      "content": base64.b64encode(os.urandom(SIZE)).decode()}
        self.poison = self.send(self.engine, "poison", attachments=[attachment])
        self.neighbour = self.send(self.engine, "neighbour")
        self.engine.stop()

    def turn(self, engine, name, verb):
        return engine.request("POST", "%s/%s/%s" % (real.ACCOUNTS, self.accounts[name]["id"], verb)).data

    @staticmethod
    def send(engine, name, **fields):
        return engine.send(subject=name, account=name + "@poison.test", **fields)

    def trapped(self):
        """An engine that ends where it reads the attachment."""
        [path] = [os.path.join(folder, name) for folder, _, names in os.walk(os.path.join(self.engine.data, "attachments"))
                  for name in names if os.path.getsize(os.path.join(folder, name)) == SIZE]
        return self.make_engine(under=["strace", "-f", "-qq", "-P", path, "-e", "trace=read,pread64", "-e", "signal=none",
                                       "-e", "inject=read,pread64:signal=SEGV", "-o", os.devnull])

    def stalls(self):
        return sum(line.get("heard", "").startswith("MAIL") for line in self.tape.of("neighbour"))

    def test_it_is_held_after_three_ends_and_nobody_else_is(self):
        engine = self.trapped()
        engine.start()
        self.turn(engine, "neighbour", "enable")
        real.until(lambda: self.stalls() == 1, 30, "a neighbour that is open")
        self.turn(engine, "poison", "enable")
        for ends in (1, 2, 3):
            if ends > 1:
                engine.launch()
            self.assertNotEqual(engine.wait_for_exit(60), 0)
            self.assertEqual(self.stalls(), ends)
        engine.start()
        held = engine.wait_for_status(self.poison, "held")
        self.assertEqual([one["reason"] for one in held["deliveries"]], ["message.poison"])
        # The evidence.
        attempts = engine.attempts(self.poison)
        self.assertEqual([(one["outcome"], [each["reason"] for each in one["results"]]) for one in attempts],
                         [("aborted", ["delivery.crashed"])] * 3)
        self.assertIn(self.poison, [one["id"] for one in engine.data_of("/api/v1/messages?q=status:held")["items"]])
        # Who only waited is not blamed, and what comes later on the same account goes on its way.
        innocent = engine.wait_for_status(self.neighbour, "sent")
        self.assertEqual([one["attempts"] for one in innocent["deliveries"]], [1])
        engine.wait_for_status(self.send(engine, "poison", content="without an attachment"), "sent")
        self.assertEqual(engine.queue()["imbalance"], 0)
        # A person sends it all the same, and one end more is enough.
        self.assertEqual(engine.request("POST", "/api/v1/messages/%s/release" % self.poison).status, 200)
        self.assertNotEqual(engine.wait_for_exit(60), 0)
        engine.start()
        engine.wait_for_status(self.poison, "held")
        engine.stop()
        # The engine is mended.
        self.engine.start()
        self.assertEqual(self.engine.request("POST", "/api/v1/messages/%s/release" % self.poison).status, 200)
        self.engine.wait_for_status(self.poison, "sent")
        self.assertEqual([line["marker"] for line in self.sink.mails()].count("poison"), 2)


if __name__ == "__main__":
    unittest.main()
