#!/usr/bin/env python3
"""run.py MTA: sends one list mail per row of replies.tsv through the real MTA
to the scripted server, and leaves its bounces in out/MTA/ (a Maildir) with
what is true about them in out/MTA/truth.json."""

import importlib
import json
import os
import sys
import time

import bed
import world

PER_SESSION = 50  # OpenSMTPD takes no more than 100 mails in one
MTAS = ("postfix", "exim", "sendmail", "opensmtpd", "dma", "courier")


def truth(mta, row):
    """What the database must say about ROW's bounce; alternatives by |. A
    module's `rows` says for a row, by its key, where its MTA leaves out or
    adds something, and its `temporary` what it says of all temporary
    replies."""
    status = row.status
    if status == "-":
        status = mta.bare_status.get(row.code) or mta.bare_status[row.code[0]]
    delayed = row.code.startswith("4") and getattr(mta, "warns", False)
    known = {
        "key": row.key,
        "kind": "delay" if delayed else "bounce",
        "action": "delayed" if delayed else "failed",
        "address": row.address,
        "subscriber": row.address,
        "envelope_recipient": world.verp(row.address),
        "list_id": world.LIST_ID,
        "message_id": bed.message_id(row.key),
        "classes": row.classes,
        "status": status,
        "code": row.code,
        "temporary": row.code.startswith("4"),
    }
    if row.code.startswith("4"):
        known |= getattr(mta, "temporary", {})
    return known | getattr(mta, "rows", {}).get(row.key, {})


def run_table(mta):
    rows = world.load(bed.TABLE)
    began = time.monotonic()
    b = bed.Bed(mta, mta.name)
    try:
        b.start()
        for n, row in enumerate(rows):
            if n % PER_SESSION == 0:
                client = mta.connect(b) if hasattr(mta, "connect") else bed.smtp()
            message = bed.list_mail(row.key, f"news@{world.LISTS}")
            mta.inject(client, world.verp(row.address), [row.address], message)
        came = b.wait_for(len(rows))
    finally:
        b.stop()
    b.keep()
    with open(os.path.join(b.out, "truth.json"), "w", encoding="utf-8") as out:
        json.dump([truth(mta, row) for row in rows], out, indent=1)
    bed.give_back(b.out)
    seconds = time.monotonic() - began
    print(f"{mta.name}: {came} bounces of {len(rows)} mails in {seconds:.1f} s")
    return came == len(rows)


def main():
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in MTAS:
        raise SystemExit(f"usage: run.py {'|'.join(MTAS)}")
    mta = importlib.import_module(name)
    bed.become_root()
    if not os.environ.get(bed.INSIDE):
        bed.make_root(mta.name, mta.packages)
    bed.enter()
    sys.exit(0 if run_table(mta) else 1)


if __name__ == "__main__":
    main()
