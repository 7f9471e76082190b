#!/bin/sh
# Shows the thing at work: a Maildir, the daemon, mail that arrives while it
# runs, and what sqlite3 and bouncectl then say. Leaves nothing behind.
set -eu
cd "$(dirname "$0")/.."
: "${BUILD:=build}"
top=$(mktemp -d "${TMPDIR:-/tmp}/bounced-demo.XXXXXX")
pid=
trap '[ -z "$pid" ] || kill "$pid" 2>/dev/null || :; rm -rf "$top"' EXIT
trap 'exit 130' INT TERM
maildir=$top/Maildir db=$top/bounces.db
mkdir -p "$maildir/tmp" "$maildir/new" "$maildir/cur"

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[ -t 1 ] || say() { printf '\n%s\n' "$*"; }

say "\$ bounced --maildir Maildir --database bounces.db &"
"$BUILD/bounced" --maildir "$maildir" --database "$db" &
pid=$!
n=0
for mail in tests/mails/*.eml; do
	n=$((n + 1))
	cp "$mail" "$maildir/tmp/$n"
	mv "$maildir/tmp/$n" "$maildir/new/1700000000.M${n}P1.demo"
done
say "$n mails dropped into Maildir/new; waiting for it to be empty"
for i in $(seq 100); do
	[ -n "$(ls "$maildir/new")" ] || break
	sleep 0.1
done
[ -z "$(ls "$maildir/new")" ] || { echo "new/ is not empty" >&2; exit 1; }

say "\$ sqlite3 bounces.db 'select address, class, status, diagnostic from bounces limit 8'"
sqlite3 -cmd '.mode column' -cmd '.width 34 18 7 60' "$db" \
    'select address, class, status, substr(diagnostic, 1, 60) as diagnostic
     from bounces where action = '"'failed'"' limit 8'
say "\$ sqlite3 bounces.db 'select * from by_class'"
sqlite3 -cmd '.mode column' "$db" \
    'select class, sum(bounces) as bounces from by_class group by 1 order by 2 desc'
say "\$ bouncectl explain '550 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org'"
"$BUILD/bouncectl" explain \
    '550 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org'
say "\$ bouncectl status"
"$BUILD/bouncectl" --database "$db" status
kill -TERM "$pid"
wait "$pid" || { echo "the daemon failed" >&2; exit 1; }
pid=
say "The daemon has stopped; all of this was in $top, which goes now."
