#!/usr/bin/env python3
"""expect.py BOUNCECTL: reads the golden mails of real MTAs with `bouncectl
scan --json` and holds the answers against mails/EXPECT-mta.tsv, which was
written by who made the mails fail and not by the parser."""

import json
import os
import subprocess
import sys

import world

MAILS = os.path.join(os.path.dirname(world.HERE), "mails")
FIELDS = ("address", "action", "class", "status", "code")


def load():
    """{file: (kind, [recipients])}"""
    mails = {}
    with open(os.path.join(MAILS, "EXPECT-mta.tsv"), encoding="utf-8") as table:
        for line in table:
            if line.startswith("#"):
                continue
            file, kind, *fields = line.rstrip("\n").split("\t")
            rows = mails.setdefault(file, (kind, []))[1]
            if fields[0]:
                rows.append(dict(zip(FIELDS, fields)))
    return mails


def fits(wanted, got):
    """Alternatives are separated by |."""
    return str(got if got is not None else "") in wanted.split("|")


def misses(kind, rows, answer):
    if not fits(kind, answer["kind"]):
        yield "kind", kind, answer["kind"]
    left = list(answer["recipients"]) if rows else []
    for row in rows:
        mine = [r for r in left if fits(row["address"], r["address"])]
        if not mine:
            yield "address", row["address"], [r["address"] for r in left]
            continue
        left.remove(mine[0])
        for field in FIELDS[1:]:
            if not fits(row[field], mine[0][field]):
                yield field, row[field], mine[0][field]
    if left:
        yield "more", "", [r["address"] for r in left]


def main():
    expected, failed = load(), 0
    paths = [os.path.join(MAILS, file) for file in expected]
    command = [sys.argv[1], "scan", "--json", *paths]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    answers = {os.path.basename(a["file"]): a for a in answers}
    for file, (kind, rows) in expected.items():
        found = list(misses(kind, rows, answers[file]))
        failed += bool(found)
        for field, wanted, got in found:
            print(f"  {file:42} {field:8} wanted {wanted:24} got {got}")
    passed = len(expected) - failed
    print(f"golden mails of real MTAs: {passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
