#!/usr/bin/env python3
"""check.py BOUNCED [MTA...]: lets each real MTA make its bounces, lets the
real daemon settle them, and asks the database by SQL what it recorded.

    --kept    take the bounces of the last run
    --plain   compare truth.json with the mails themselves, without BOUNCED
"""

import argparse
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile

import bed
import plain
import run

LEAST = 0.98
HARD = ("user-unknown", "user-moved", "domain-unknown", "bad-address")
COLUMNS = (
    "envelope_recipient",
    "address",
    "subscriber",
    "list_id",
    "message_id",
    "kind",
    "action",
    "class",
    "hard",
    "status",
    "code",
)
# Where these are wrong somebody else's address is taken off a list.
EXACT = ("address", "subscriber", "list_id", "message_id")


def record(bounced, maildir):
    """Settles a copy of MAILDIR and answers the rows of the view."""
    with tempfile.TemporaryDirectory(prefix="bounced-mta-") as scratch:
        copy = os.path.join(scratch, "Maildir")
        for folder in ("new", "cur", "tmp"):
            shutil.copytree(os.path.join(maildir, folder), os.path.join(copy, folder))
        database = os.path.join(scratch, "bounces.db")
        command = [bounced, "--once", "--maildir", copy, "--database", database]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        if done.returncode:
            raise SystemExit(f"{' '.join(command)}: {done.returncode}\n{done.stderr}")
        left = os.listdir(os.path.join(copy, "new"))
        if left:
            raise SystemExit(f"{len(left)} mails are left in new/, e.g. {left[0]}")
        query = f"SELECT {', '.join(COLUMNS)} FROM bounces"
        with sqlite3.connect(database) as db:
            return [dict(zip(COLUMNS, row)) for row in db.execute(query)]


def read_plainly(maildir):
    """The same rows from the mails themselves: no class, no subscriber."""
    rows = []
    folder = os.path.join(maildir, "new")
    for name in sorted(os.listdir(folder)):
        to, recipients, returned = plain.read(os.path.join(folder, name))
        for r in recipients:
            rows.append({"envelope_recipient": to, **r, **returned})
    return rows


def misses(truth, row):
    """[(field, wanted, got)] of one bounce; fields that ROW lacks are not
    asked for."""
    wanted = {name: truth[name] for name in EXACT}
    wanted |= {name: truth[name] for name in ("kind", "action", "status", "code")}
    found = []
    for name, value in wanted.items():
        got = row.get(name, value)
        if got != value and str(got if got is not None else "") not in value.split("|"):
            found.append((name, value, got))
    if "class" in row:
        found += judgement(truth, row)
    return found


def judgement(truth, row):
    classes, temporary = truth["classes"], truth["temporary"]
    if row["class"] not in classes:
        return [("class", "|".join(classes), row["class"])]
    hard = row["class"] in HARD and not temporary
    if bool(row["hard"]) != hard:
        return [("hard", hard, row["hard"])]
    return []


def compare(truths, rows):
    """{key: misses}: every row of the table, and what nobody asked for."""
    by_recipient = {}
    for row in rows:
        by_recipient.setdefault(row["envelope_recipient"], []).append(row)
    result = {}
    for truth in truths:
        mine = by_recipient.pop(truth["envelope_recipient"], [])
        if len(mine) == 1:
            result[truth["key"]] = misses(truth, mine[0])
        else:
            result[truth["key"]] = [("rows", 1, len(mine))]
    for recipient, rest in by_recipient.items():
        result[f"({recipient})"] = [("rows", 0, len(rest))]
    return result


def report(mta, result, exact):
    """Prints the misses; answers (passed, failed, good enough)."""
    failed = {key: found for key, found in result.items() if found}
    for key, found in failed.items():
        for field, wanted, got in found:
            print(f"  {mta:10} {key:22} {field:12} wanted {wanted!s:28} got {got}")
    passed = len(result) - len(failed)
    good = passed >= LEAST * len(result)
    if exact and any(f[0] in EXACT or f[0] == "rows" for m in failed.values() for f in m):
        good = False
    share = 100 * passed / max(1, len(result))
    print(f"{mta}: {passed} of {len(result)} rows right ({share:.1f}%)", flush=True)
    return passed, len(failed), good


def make_bounces(mta):
    """Runs the MTA; the exit status of run.py."""
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "run.py")
    status = subprocess.run([sys.executable, script, mta], check=False).returncode
    if status not in (0, bed.SKIPPED):
        print(f"{mta}: the test bed failed ({status})", file=sys.stderr)
    return status


def options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("bounced", help="the daemon, or - with --plain")
    parser.add_argument("mta", nargs="*", default=run.MTAS)
    parser.add_argument("--kept", action="store_true")
    parser.add_argument("--plain", action="store_true")
    return parser.parse_args()


def main():
    asked = options()
    passed = failed = skipped = 0
    good = True
    for mta in asked.mta:
        out = os.path.join(bed.OUT, mta)
        status = 0 if asked.kept else make_bounces(mta)
        if status == bed.SKIPPED:
            skipped += 1
            continue
        if status:
            good = False
            continue
        with open(os.path.join(out, "truth.json"), encoding="utf-8") as text:
            truths = json.load(text)
        rows = read_plainly(out) if asked.plain else record(asked.bounced, out)
        p, f, fine = report(mta, compare(truths, rows), mta == "postfix")
        passed, failed, good = passed + p, failed + f, good and fine
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    if skipped == len(asked.mta):
        sys.exit(bed.SKIPPED)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
