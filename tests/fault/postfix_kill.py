#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""The same loop and the same books with a Postfix in the engine's place, for comparison: kill -9 of all of it under load.

Mail comes by SMTP and goes to the same sink. What was answered with a 250 must arrive; copies are counted, and whoever compares may
know what Postroom's figures are beside. It takes root, as Postfix does.
"""

import os
import random
import shutil
import signal
import smtplib
import socket
import stat
import subprocess
import sys
import threading
import time
from email.message import EmailMessage

import endings
from endings import real

import book
import check
import client

PROGRAMS = "/usr/lib/postfix/sbin"
# One destination with as many connections as the engine has; a mail goes to one recipient at a time or to all of it, as it comes.
SETTINGS = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/state
mail_owner = postfix
setgid_group = postdrop
command_directory = /usr/sbin
daemon_directory = {programs}
myhostname = peer.test
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
relayhost = [127.0.0.1]:{sink}
default_destination_concurrency_limit = 64
initial_destination_concurrency = 64
smtp_connection_cache_destinations = [127.0.0.1]:{sink}
smtp_tls_security_level = none
smtp_dns_support_level = disabled
smtpd_client_connection_count_limit = 0
smtpd_recipient_restrictions = permit_mynetworks, reject
minimal_backoff_time = 5s
queue_run_delay = 5s
alias_maps =
in_flow_delay = 0
default_process_limit = 150
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
"""


class Postfix:
    """One of our own, in its folder, on a port of the system's choice."""

    def __init__(self, folder, sink):
        self._etc = os.path.join(folder, "etc")
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        for name in ("etc", "queue", "state"):
            os.mkdir(os.path.join(folder, name))
        shutil.chown(os.path.join(folder, "state"), "postfix")
        # Its processes are of other users.
        os.chmod(folder, 0o755)
        with open(os.path.join(self._etc, "main.cf"), "w", encoding="ascii") as file:
            file.write(SETTINGS.format(folder=folder, programs=PROGRAMS, sink=sink))
        with open("/usr/share/postfix/master.cf.dist", encoding="ascii") as given, open(
                os.path.join(self._etc, "master.cf"), "w", encoding="ascii") as file:
            for line in given:
                words = line.split()
                if len(words) >= 8 and not line.startswith(("#", " ")):
                    if words[0] == "smtp" and words[1] == "inet":
                        words[0] = "127.0.0.1:%d" % self.port
                    words[4] = "n"
                    line = " ".join(words) + "\n"
                file.write(line)
        self._queue = os.path.join(folder, "queue")
        self._master = None

    def start(self):
        subprocess.run(["postfix", "-c", self._etc, "start"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with open(os.path.join(self._queue, "pid", "master.pid"), encoding="ascii") as file:
            self._master = int(file.read())
        real.until(self._is_up, 60, "the start of Postfix")

    def _is_up(self):
        with smtplib.SMTP("127.0.0.1", self.port, timeout=5) as connection:
            return connection.noop()[0] == 250

    def _processes(self):
        """All of the session that the master began."""
        found = []
        for name in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open("/proc/%s/stat" % name, encoding="ascii", errors="replace") as file:
                    state, _, _, session = file.read().rpartition(")")[2].split()[:4]
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(session) == self._master and state != "Z":
                found.append(int(name))
        return found

    def kill(self):
        # Stopped first, the master before all others: what is killed would be started anew.
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for pid in sorted(self._processes(), key=lambda pid: pid != self._master):
                os.kill(pid, number)
        real.until(lambda: not self._processes(), 30, "the end of all of Postfix")

    def waiting(self):
        """Files of the queue that are whole: Postfix makes a file executable with its last byte. The others were never accepted."""
        found = 0
        for part in ("incoming", "active", "deferred", "maildrop"):
            for place, _, names in os.walk(os.path.join(self._queue, part)):
                for name in names:
                    try:
                        found += bool(os.stat(os.path.join(place, name)).st_mode & stat.S_IXUSR)
                    except FileNotFoundError:
                        pass  # it left meanwhile
        return found

    def flush(self):
        subprocess.run(["postfix", "-c", self._etc, "flush"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def abandon(self):
        if self._master is not None:
            self.kill()


class Load(client.Load):
    """client.py's messages, rate and book, by SMTP: what was answered with a 250 is accepted, what was under way is posted."""

    def _work(self):
        connection = None
        while (number := self._take()) is not None:
            time.sleep(max(0.0, self._start + number / self._options.rate - time.monotonic()))
            connection = self._submit(connection, number)

    def _connect(self, connection):
        while connection is None:
            try:
                connection = smtplib.SMTP("127.0.0.1", self._options.port, timeout=30)
                connection.ehlo()
            except (OSError, smtplib.SMTPException):
                connection = None
                self.count("repeated")
                time.sleep(0.05)
        return connection

    def _submit(self, connection, number):
        marker, recipients, html = client.make_message(self._options.seed, number, self._options)
        entry = {"marker": marker, "recipients": recipients, "digest": book.digest_of(html)}
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "sender@sink.test", ", ".join(recipients), marker
        mail["Message-ID"] = "<%s@sink.test>" % marker
        mail.set_content(html, subtype="html", cte="base64")
        self._book.append({"what": "posted", **entry}, sync=False)
        connection = self._connect(connection)
        try:
            connection.sendmail("sender@sink.test", recipients, mail.as_bytes(), ["BODY=8BITMIME"])
        except (OSError, smtplib.SMTPException):
            connection.close()
            self.count("unanswered")
            return None
        self._book.append({"what": "accepted", "message_id": marker, **entry})
        self.count("accepted")
        return connection


def run(folder, options):
    random_ = random.Random(options.seed)
    sink = real.Sink(folder)
    place = os.path.join(folder, "postfix")
    os.mkdir(place)
    os.chmod(folder, 0o755)
    postfix, ends = Postfix(place, sink.port), []
    options.port, options.book = postfix.port, os.path.join(folder, "client.book")
    try:
        postfix.start()
        load = Load(options)
        worker = threading.Thread(target=load.run)
        worker.start()
        for number in range(options.times):
            time.sleep(random_.uniform(0, options.longest))
            ending = endings.Ending(connections=sink.connections())
            postfix.kill()
            ends.append(endings.close(ending, sink))
            if options.verbose:
                print("%d: on %d connections" % (number + 1, ending.connections), flush=True)
            postfix.start()
        load.stop()
        worker.join()
        endings.wait_for_less(postfix.waiting, postfix.flush)
    finally:
        if "load" in locals():
            load.stop()
        postfix.abandon()
        sink.stop()
    mails = sink.mails()
    counts, remarks = check.compare(book.read(options.book), mails)
    endings.count_copies(ends, mails)
    print("client: %s" % load.counts)
    print("books: " + " ".join("%s=%d" % item for item in counts.items()))
    copies = [len(one.copies) for one in ends]
    figures = {"kills": len(ends), "duplicates": sum(copies), "duplicates_per_end": "%.2f" % (sum(copies) / len(ends)), "most_after_one": max(copies),
               "lost": counts["lost"]}
    return figures, list(remarks) if counts["lost"] or counts["unexpected"] or counts["corrupted"] else []


def main():
    parser = endings.parser_of(__doc__, 8, 1.5, kills="how often")
    options = parser.parse_args()
    # What client.py would have from its own options.
    vars(options).update(shares=[], more={}, fewest=1, domain="sink.test", count=0, deadline=1e6)
    return endings.show(options, lambda folder: run(folder, options))


if __name__ == "__main__":
    sys.exit(main())
