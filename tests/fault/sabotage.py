#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""Switches off one safeguard at a time, in a copy of the sources, and shows that tests turn red. A safeguard whose absence no test
notices counts as untested: that is what fails here.

usage: sabotage.py [--only NAME]... [--keep FOLDER] | --check

Builds the copy once and again after each row; an hour on two cores. --keep FOLDER: builds there, and leaves it for the next run.
--check: builds nothing, and only looks whether each row still finds its place in the sources."""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


@dataclass
class Safeguard:
    name: str
    file: str
    text: str  # what is there, once or more
    without: str
    tests: str  # a regular expression for ctest -R
    targets: tuple = ()  # beside the programs


SAFEGUARDS = (
    Safeguard("the disk has it before a commit returns", "engine/store/sqlite_open.cpp", '"PRAGMA synchronous = FULL", "PRAGMA synchronous", "2"',
              '"PRAGMA synchronous = OFF", "PRAGMA synchronous", "0"', "^fault_fsync$"),
    Safeguard("a 202 leaves after the commit", "engine/api/send.cpp", """                       services.intake.submit(std::move(marked), once,
                                              [answer = std::move(answer), reply, once](const Result<void>& result) {
                                                  if (!result) return reply(fail(onceError(result.error(), once)));
                                                  reply(answer);
                                              });
""", """                       reply(std::move(answer));
                       services.intake.submit(std::move(marked), once, [](const Result<void>&) {});
""", "^fault_(fsync|crash_points)$"),
    Safeguard("a slot says that its dot may have left", "engine/queue/carrier.cpp", "    m_slots.markDot(at->second);\n", "", "^fault_(kill|kill_hold|crash_points)$"),
    Safeguard("a limit is held against what is reserved", "engine/store/windows.cpp", "        if (left <= 0) return Reservation{.count = 0, .metBy = i};\n",
              "        if (left <= 0) continue;\n", "^(e2e_pool|tst_store_aggregates)$", ("tst_store_aggregates",)),
    Safeguard("a dot at a line's start is doubled", "engine/smtp/wire.cpp", "if (m_atLineStart) out.push_back('.');", "", "^tst_smtp_(wire|dialog)$",
              ("tst_smtp_wire", "tst_smtp_dialog")),
    Safeguard("no STARTTLS, no mail", "engine/smtp/dialog.cpp", "        if (!m_capabilities.startTls)\n", "        if (!m_capabilities.startTls) m_encrypted = true;\n        if (false)\n",
              "^(tst_smtp_dialog|fault_rows)$", ("tst_smtp_dialog",)),
    Safeguard("one 250 at most is not recorded", "engine/smtp/dialog.cpp", "    m_state = State::Unreleased;\n", "    m_state = State::Ready;\n", "^tst_smtp_(dialog|pool)$",
              ("tst_smtp_dialog", "tst_smtp_pool")),
)


def copy_to(folder):
    """The sources as they are here, changed files included."""
    names = subprocess.run(["git", "-C", TOP, "ls-files", "-z", "--cached", "--others", "--exclude-standard"], check=True, stdout=subprocess.PIPE).stdout
    for name in names.decode().split("\0"):
        source, target = os.path.join(TOP, name), os.path.join(folder, name)
        if not name or not os.path.isfile(source):
            continue
        os.makedirs(os.path.dirname(target), exist_ok=True)
        # What did not change keeps its time: it is not built again.
        if not os.path.exists(target) or open(source, "rb").read() != open(target, "rb").read():
            shutil.copyfile(source, target)


class Copy:
    def __init__(self, folder):
        self.folder, self.build = folder, os.path.join(folder, "build", "sabotage")
        copy_to(folder)
        self._run("cmake", "--preset", "dev", "-B", self.build, "-DPOSTROOM_WINDOW=OFF")

    def _run(self, *words):
        with open(os.path.join(self.folder, "log"), "ab") as log:
            subprocess.run(words, cwd=self.folder, check=True, stdout=log, stderr=subprocess.STDOUT)

    def make(self, targets):
        self._run("ninja", "-C", self.build, "postroomd", "postroomctl", *targets)

    def is_green(self, tests):
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
        return subprocess.run(["ctest", "--test-dir", self.build, "-R", tests, "--no-tests=error"], env=environment, check=False,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0

    def replace(self, safeguard, text, by):
        path = os.path.join(self.folder, safeguard.file)
        with open(path, encoding="utf-8") as file:
            before = file.read()
        with open(path, "w", encoding="utf-8") as file:
            file.write(before.replace(text, by))
        return before

    def restore(self, safeguard, before):
        with open(os.path.join(self.folder, safeguard.file), "w", encoding="utf-8") as file:
            file.write(before)


def gone(safeguards):
    """The names of those whose text is not in the sources as they are."""
    missing = []
    for safeguard in safeguards:
        with open(os.path.join(TOP, safeguard.file), encoding="utf-8") as file:
            if safeguard.text not in file.read():
                missing.append(safeguard.name)
    return missing


def untested(copy, safeguards):
    """The names of those whose absence nobody noticed."""
    copy.make({target for safeguard in safeguards for target in safeguard.targets})
    missed = []
    for safeguard in safeguards:
        if not copy.is_green(safeguard.tests):
            raise SystemExit("sabotage: %s is red with every safeguard in place" % safeguard.tests)
        before = copy.replace(safeguard, safeguard.text, safeguard.without)
        try:
            copy.make(safeguard.targets)
            noticed = not copy.is_green(safeguard.tests)
        finally:
            copy.restore(safeguard, before)
        copy.make(safeguard.targets)
        print("%-50s %s" % (safeguard.name, "red, as it must be" if noticed else "NOBODY NOTICED"), flush=True)
        if not noticed:
            missed.append(safeguard.name)
    return missed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", action="append", choices=[safeguard.name for safeguard in SAFEGUARDS])
    parser.add_argument("--keep", metavar="FOLDER")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    safeguards = [safeguard for safeguard in SAFEGUARDS if not options.only or safeguard.name in options.only]
    missing = gone(safeguards)
    if missing:
        sys.exit("the sources have changed, put these rows right: " + ", ".join(missing))
    if options.check:
        return
    with tempfile.TemporaryDirectory(prefix="postroom-sabotage-", dir="/var/tmp") as folder:
        missed = untested(Copy(options.keep or folder), safeguards)
    if missed:
        sys.exit("untested: " + ", ".join(missed))
    print("%d safeguards, each of them missed when it was gone" % len(safeguards))


if __name__ == "__main__":
    main()
