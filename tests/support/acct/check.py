#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: Postroom contributors
"""Compares the client's book with the sink's, one recipient of one message at a time.

  ok          accepted, and there
  lost        accepted, and not there, though nobody says why (--settled)
  duplicated  copies beyond the first
  unexpected  there, though it was never posted, or though its recipient was refused
  corrupted   there with another text than was posted, or with other bytes than the copy before it
  recovered   there, though the answer to its post never came: allowed, and good to know

Exits 0 if nothing is lost, unexpected or corrupted and no more is duplicated than --allow-duplicates; else 1.
"""

import argparse
import collections
import json
import sys

import book
import script


def settled_pairs(path):
    """(message_id, recipient) the engine gave an end other than sent: its lines are "MESSAGE_ID RECIPIENT"."""
    if not path:
        return set()
    with open(path, encoding="utf-8") as file:
        return {(line.split()[0], book.plain(line.split()[1])) for line in file if line.strip()}


def compare(posted_lines, sunk_lines, settled=frozenset()):
    """The counts, and a line for each thing that is wrong."""
    posted, accepted = {}, {}
    for line in posted_lines:
        for recipient in line["recipients"]:
            pair = line["marker"], book.plain(recipient)
            posted[pair] = line["digest"]
            if line["what"] == "accepted":
                accepted[pair] = line["message_id"]
    copies = collections.defaultdict(list)
    for line in sunk_lines:
        copies[line["marker"], book.plain(line["recipient"])].append(line)

    counts = dict.fromkeys(("ok", "lost", "duplicated", "unexpected", "corrupted", "recovered"), 0)
    remarks = []

    def remark(what, pair, number=1):
        counts[what] += number
        remarks.append("%s: %s to %s" % (what, pair[0], pair[1]))

    for pair, message_id in accepted.items():
        if script.never_arrives(pair[1]):
            continue
        if pair in copies:
            counts["ok"] += 1
        elif (message_id, pair[1]) not in settled:
            remark("lost", pair)
    for pair, lines in copies.items():
        if pair not in posted or script.never_arrives(pair[1]):
            remark("unexpected", pair, len(lines))
            continue
        if pair not in accepted:
            counts["recovered"] += 1
        if len(lines) > 1:
            remark("duplicated", pair, len(lines) - 1)
        first_of = {}
        for line in lines:
            # Between accounts From, its signature and the return path may differ; the text never.
            first = first_of.setdefault(line["account"], line)
            if line["digest"] != posted[pair] or line["sha256"] != first["sha256"]:
                remark("corrupted", pair)
            elif line["message_id"] != lines[0]["message_id"]:
                remark("corrupted", pair)
    return counts, remarks


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("client_book")
    parser.add_argument("sink_book")
    parser.add_argument("--allow-duplicates", type=int, default=0, metavar="N")
    parser.add_argument("--settled", help='file of "MESSAGE_ID RECIPIENT" that the engine says it holds or gave up')
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    counts, remarks = compare(
        book.read(options.client_book), book.read(options.sink_book), settled_pairs(options.settled))
    for line in remarks[:50]:
        print(line, file=sys.stderr)
    if len(remarks) > 50:
        print("... and %d more" % (len(remarks) - 50), file=sys.stderr)
    print(json.dumps(counts) if options.json else " ".join("%s=%d" % item for item in counts.items()))
    bad = counts["lost"] or counts["unexpected"] or counts["corrupted"]
    return 1 if bad or counts["duplicated"] > options.allow_duplicates else 0


if __name__ == "__main__":
    sys.exit(main())
