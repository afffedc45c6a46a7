# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""A disk that loses at a power cut whatever it was not told to keep; and a machine that has another boot id afterwards.

Two ext4 file systems in images, one within the other. The inner one is the machine's. Its image is a file on the outer one, and
what it writes to its disk is in the outer one's memory only, as in a disk's own cache, until it flushes the disk: that is an fsync
of the image's file. A cut shuts the outer one down (EXT4_IOC_SHUTDOWN, and not even its log is flushed). Gone is then what nobody
asked to sync, and what was asked for and not done; of the writes since the last flush some may be there and others not. Both are
mounted again, each mends itself from its log, and what is there is what was on the disk.

It takes the right to mount and loop devices. What is mounted is seen by this process and its children alone, and is gone with them.
"""

import fcntl
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import uuid

import scene
from scene import real

# <linux/ext4.h>, or the same of XFS.
EXT4_IOC_SHUTDOWN, NO_FLUSH_OF_THE_LOG = 0x8004587D, 2
# Sparse: what is not used takes no room.
SIZE_MB = 4096
BOOT_ID = "/proc/sys/kernel/random/boot_id"
# What ctest calls skipped.
SKIPPED = 77


def run(*command):
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        raise real.Failed("%s ended with %d: %s" % (" ".join(command), ended.returncode, ended.stderr.strip()))
    return ended.stdout


def enter():
    """Goes on in a mount namespace of its own. Where that is not allowed the test ends here, and says so."""
    if os.environ.get("POSTROOM_TEST_MOUNTS") == str(os.getppid()):
        return
    folder = tempfile.mkdtemp(prefix="postroom-disk-")
    try:
        # All of it at once, so that what is missing is known before anything has begun.
        image = os.path.join(folder, "image")
        run("truncate", "--size=16M", image)
        run("mkfs.ext4", "-q", image)
        run("unshare", "--mount", "--propagation", "private", "mount", "-o", "loop", image, folder)
        if not scene.has_other_boots():
            raise real.Failed("nothing can be mounted over " + BOOT_ID)
    except (real.Failed, OSError) as problem:
        print("SKIPPED: no power can be cut here, it takes the right to mount and loop devices: %s" % problem, file=sys.stderr)
        sys.exit(SKIPPED)
    finally:
        shutil.rmtree(folder)
    os.execvp("unshare", ["unshare", "--mount", "--propagation", "private", "--fork", "--kill-child", "sh", "-c",
                          'POSTROOM_TEST_MOUNTS=$$ "$@"; exit $?', "sh", sys.executable, *sys.argv])


class Disk:
    """`place` is where it is mounted. The power is on from the start."""

    def __init__(self, folder):
        self._outer, self.place = os.path.join(folder, "disk"), os.path.join(folder, "machine")
        self._images = [os.path.join(folder, "disk.image"), os.path.join(self._outer, "machine.image")]
        self._boot = os.path.join(folder, "boot_id")
        os.mkdir(self._outer)
        os.mkdir(self.place)
        self._make(0, SIZE_MB + SIZE_MB // 8)
        self._mount(0)
        self._make(1, SIZE_MB)
        run("sync", "--file-system", self._outer)
        self._mount(1)
        self._begin_boot()
        run("mount", "--bind", self._boot, BOOT_ID)

    def _make(self, number, megabytes):
        run("truncate", "--size=%dM" % megabytes, self._images[number])
        run("mkfs.ext4", "-q", "-F", "-J", "size=32", "-E", "lazy_itable_init=0,lazy_journal_init=0", self._images[number])

    def _mount(self, number):
        run("mount", "-o", "loop,noatime", self._images[number], (self._outer, self.place)[number])

    def _unmount(self, number):
        def is_done():
            # Somebody may just be looking for a file there.
            ended = subprocess.run(["umount", (self._outer, self.place)[number]], capture_output=True, text=True, check=False)
            return ended.returncode == 0 or "not mounted" in ended.stderr

        real.until(is_done, 60, "the end of " + self._images[number])
        # Mounted again before that, it would be the same as before the cut.
        real.until(lambda: self._images[number] not in run("losetup", "--list", "--noheadings", "--output", "BACK-FILE"), 60,
                   "the end of the loop device of " + self._images[number])

    def _begin_boot(self):
        # In place: a file that took its place would not be the one that is mounted.
        with open(self._boot, "w", encoding="ascii") as file:
            file.write("%s\n" % uuid.uuid4())

    def cut(self):
        """From now on nothing reaches the disk. Whoever still runs is told of errors."""
        descriptor = os.open(self._outer, os.O_RDONLY)
        try:
            fcntl.ioctl(descriptor, EXT4_IOC_SHUTDOWN, struct.pack("I", NO_FLUSH_OF_THE_LOG))
        finally:
            os.close(descriptor)

    def start(self):
        """The next boot, on what is on the disk. Nobody of the last one may run."""
        for number in (1, 0):
            self._unmount(number)
        for number in (0, 1):
            self._mount(number)
        self._begin_boot()

    def remove(self):
        """Also where it was never begun in full."""
        run("umount", BOOT_ID)
        for number in (1, 0):
            self._unmount(number)
