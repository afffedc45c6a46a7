# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""The real `postroom` on an X server of its own: what starting, starting twice, a taken port and stopping come to."""

import os
import signal
import socket
import subprocess
import tempfile
import time
import unittest

import engine
from screen import Screen


class Window:
    def __init__(self, screen, folder, listen="127.0.0.1:0", more=()):
        self.data = os.path.join(folder, "data")
        self._log = open(os.path.join(folder, "postroom.log"), "ab")
        home = os.path.join(folder, "home")
        runtime = os.path.join(folder, "runtime")
        for made in (home, runtime):
            os.makedirs(made, mode=0o700, exist_ok=True)
        settings = {"DISPLAY": screen.display, "QT_QPA_PLATFORM": "xcb", "HOME": home, "XDG_CONFIG_HOME": home,
                    "XDG_RUNTIME_DIR": runtime, "API_LISTEN": listen, "LANG": "C.UTF-8"}
        place = more or ["--data-dir", self.data]
        self.process = subprocess.Popen([engine.program("postroom"), *place], stdout=self._log, stderr=self._log,
                                        cwd=folder, env={**engine.clean_environment(), **settings})

    def stop(self):
        """SIGTERM; returns the exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            code = self.process.wait(60)
        finally:
            self._log.close()
        return code

    def log(self):
        with open(self._log.name, encoding="utf-8", errors="replace") as file:
            return file.read()


class Desktop(unittest.TestCase):
    def setUp(self):
        self.screen = Screen()
        self.addCleanup(self.screen.stop)
        folder = tempfile.TemporaryDirectory(prefix="postroom-desktop-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.opened = None

    def window(self, **how):
        made = self.opened = Window(self.screen, self.folder, **how)
        self.addCleanup(made.stop)
        return made

    def shown(self, text, seconds=90):
        try:
            return engine.until(lambda: [title for title in self.screen.titles() if text in title], seconds,
                                "a window titled %r" % text)
        except engine.Failed as problem:
            raise engine.Failed("%s; there are %r on %s\n%s" % (
                problem, self.screen.titles(), self.screen.display, self.opened.log() if self.opened else "")) from None

    def test_starts_with_an_engine_inside_and_stops_it_by_sigterm(self):
        window = self.window()
        self.shown("http://127.0.0.1:")
        control = os.path.join(window.data, "control.json")
        self.assertTrue(os.path.exists(control))
        health = subprocess.run([engine.program("postroomctl"), "--data-dir", window.data, "health"],
                                capture_output=True, text=True, timeout=30, check=False)
        self.assertEqual(health.returncode, 0, health.stdout + health.stderr)
        self.assertEqual(window.stop(), 0, window.log())
        self.assertFalse(os.path.exists(control))

    def test_a_second_start_raises_the_first_and_ends(self):
        first = self.window()
        self.shown("http://127.0.0.1:")
        second = self.window()
        self.assertEqual(second.process.wait(30), 0)
        self.assertIsNone(first.process.poll())
        self.assertEqual(first.stop(), 0, first.log())

    def test_attaches_to_the_engine_that_owns_the_folder(self):
        daemon = engine.Engine(self.folder, data=os.path.join(self.folder, "data")).start()
        self.addCleanup(daemon.stop)
        window = self.window()
        self.shown(daemon.url())
        self.assertEqual(window.stop(), 0, window.log())
        # It was not the window's to stop.
        self.assertEqual(daemon.request("GET", "/health").status, 200)

    def test_opens_without_an_engine_where_its_port_is_taken(self):
        with socket.create_server(("127.0.0.1", 0)) as other:
            listen = "127.0.0.1:%d" % other.getsockname()[1]
            window = self.window(listen=listen)
            self.shown("Postroom")
            time.sleep(1)
            self.assertIsNone(window.process.poll())
            self.assertFalse(os.path.exists(os.path.join(window.data, "control.json")))
            self.assertEqual(window.stop(), 0, window.log())

    def test_ends_at_once_on_a_second_sigterm_at_the_latest(self):
        window = self.window()
        self.shown("http://127.0.0.1:")
        window.process.send_signal(signal.SIGTERM)
        window.process.send_signal(signal.SIGTERM)
        window.process.wait(30)

    def test_refuses_a_wrong_line_and_a_wrong_setting(self):
        wrong = subprocess.run([engine.program("postroom"), "--nonsense"], capture_output=True, text=True, timeout=30,
                               check=False)
        self.assertEqual(wrong.returncode, 2)
        window = self.window(listen="not-an-address")
        self.assertEqual(window.process.wait(30), 1)
        self.assertIn("API_LISTEN", window.log())


if __name__ == "__main__":
    unittest.main(verbosity=2)
