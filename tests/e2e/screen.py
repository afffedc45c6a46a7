# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""An X server for tests of the window. As a program, screen.py PROGRAM [ARGUMENT...] runs that one on it."""

import os
import subprocess
import sys


class Screen:
    """An Xvfb with a display number of its own choice."""

    def __init__(self):
        read, write = os.pipe()
        self._process = subprocess.Popen(
            # Without -noreset it starts anew when its last client goes, and whoever connects meanwhile is refused.
            ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x900x24", "-nolisten", "tcp", "-noreset"],
            pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as pipe:
            self.display = ":" + pipe.readline().strip()

    def titles(self):
        """Of every window that is shown."""
        found = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", ".*"], capture_output=True, text=True,
                               env={**os.environ, "DISPLAY": self.display}, check=False)
        names = []
        for window in found.stdout.split():
            name = subprocess.run(["xdotool", "getwindowname", window], capture_output=True, text=True,
                                  env={**os.environ, "DISPLAY": self.display}, check=False)
            names.append(name.stdout.strip())
        return names

    def stop(self):
        self._process.terminate()
        self._process.wait(20)


def main():
    screen = Screen()
    try:
        return subprocess.call(sys.argv[1:], env={**os.environ, "DISPLAY": screen.display, "QT_QPA_PLATFORM": "xcb"})
    finally:
        screen.stop()


if __name__ == "__main__":
    sys.exit(main())
