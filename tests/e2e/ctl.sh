#!/bin/sh
# bouncectl as people and scripts run it: exit statuses, words on standard
# error, JSON that parses, pipes that close, imports that repeat.
# shellcheck disable=SC2016
set -u
cd "$(dirname "$0")/../.." || exit 1
: "${BUILD:=build}"
ctl=$(cd "$BUILD" && pwd)/bouncectl
top=$(mktemp -d "${TMPDIR:-/tmp}/ctl-e2e.XXXXXX")
trap 'chmod -R u+rwx "$top"; rm -rf "$top"' EXIT
trap 'exit 130' INT TERM
cd "$top" || exit 1
export TZ=UTC
unset NO_COLOR
failures=0 n=0

# Standard output and error of the last run are in $top/out and $top/err.
run() {
	command=$*
	"$ctl" "$@" >out 2>err </dev/null
	status=$?
}

fail() {
	failures=$((failures + 1))
	echo "FAILED: bouncectl $command: $1"
	echo "  status $status"
	sed 's/^/  out: /' out | head -20
	sed 's/^/  err: /' err | head -20
}

# is STATUS: the last run ended so
is() {
	n=$((n + 1))
	[ "$status" = "$1" ] || fail "exit status is not $1"
}

# says WORDS, prints WORDS: they are in standard error, standard output
says() {
	n=$((n + 1))
	grep -qF -- "$1" err || fail "standard error lacks '$1'"
}
prints() {
	n=$((n + 1))
	grep -qF -- "$1" out || fail "standard output lacks '$1'"
}
quiet() {
	n=$((n + 1))
	[ ! -s err ] || fail "standard error is not empty"
}

# same WHAT WANTED GOT
same() {
	n=$((n + 1))
	[ "$2" = "$3" ] || {
		failures=$((failures + 1))
		echo "FAILED: $1: wanted '$2', got '$3'"
	}
}

json_lines() {
	n=$((n + 1))
	python3 -c '
import json, sys
for line in open("out", encoding="utf-8"):
    json.loads(line)' || fail "standard output is not JSON line by line"
}

# fits: no line of standard output is wider than 80 columns
fits() {
	n=$((n + 1))
	python3 -c '
import sys, unicodedata
def width(c):
    if unicodedata.combining(c):
        return 0
    return 2 if unicodedata.east_asian_width(c) in "WF" else 1
for line in open("out", encoding="utf-8"):
    if sum(width(c) for c in line.rstrip("\n")) > 80:
        sys.exit(1)' || fail "a line is wider than 80 columns"
}

# bounce ADDRESS DIAGNOSTIC: a delivery status notification
bounce() {
	cat <<-END
	Return-Path: <>
	Delivered-To: announce-bounces@lists.example.org
	From: MAILER-DAEMON@mx.example.org
	To: announce-bounces@lists.example.org
	Subject: Undelivered Mail Returned to Sender
	Date: Mon, 2 Nov 2026 10:00:00 +0000
	MIME-Version: 1.0
	Content-Type: multipart/report; report-type=delivery-status;
	 boundary="b"

	--b
	Content-Type: text/plain

	From time to time mail cannot be delivered.

	--b
	Content-Type: message/delivery-status

	Reporting-MTA: dns; mx.example.org
	Arrival-Date: Mon, 2 Nov 2026 09:59:58 +0000

	Final-Recipient: rfc822; $1
	Action: failed
	Status: 5.1.1
	Remote-MTA: dns; mail.example.net
	Diagnostic-Code: smtp; $2

	--b
	Content-Type: message/rfc822

	From: news@example.org
	To: $1
	List-Id: Announcements <announce.example.org>
	Subject: News
	Message-ID: <1@example.org>
	Date: Mon, 2 Nov 2026 09:59:57 +0000

	Hello.

	--b--
	END
}

unknown='550 5.1.1 <al@example.net>: Recipient address rejected: User unknown'
bounce al@example.net "$unknown" >bounce.eml
printf 'From: al@example.net\nTo: bo@example.org\nSubject: lunch\n\nToday?\n' \
    >lunch.eml
printf '\211PNG\r\n\032\n\0\0\0\rIHDR' >picture.png
: >empty.eml
mkdir folder

# ---- bad use ----

run; is 64; says 'usage: bouncectl'
run --help; is 0; prints 'usage: bouncectl'; quiet; fits
run --version; is 0; prints 'bouncectl '; quiet
run scna; is 64; says "no such command: 'scna' (did you mean 'scan'?)"
run frobnicate; is 64; says "no such command: 'frobnicate'"
run --frobnicate; is 64; says "unknown option '--frobnicate'"
run help imprt; is 64; says "(did you mean 'import'?)"
for c in scan explain import list show dead report codes classes status; do
	run $c --help; is 0; prints "usage: bouncectl $c"; quiet; fits
	run help $c; is 0; prints "usage: bouncectl $c"
	run $c --frobnicate; is 64; says "unknown option '--frobnicate'"
	says "Try 'bouncectl $c --help'"
	run $c --version; is 0; prints 'bouncectl '
done
run scan --jsn x; is 64; says "(did you mean '--json'?)"
run scan --json=yes x; is 64; says 'takes no value'
run scan -j; is 64; says 'needs N'
run scan -j many x; is 64; says 'not a whole number'
run list --class user-unknwon; is 64; says "did you mean 'user-unknown'?"
run list --since soon; is 64; says "'soon' is no date"; says '2 weeks ago'
run list --format xml; is 64; says 'text, csv, json'
run list extra; is 64; says "'extra' is one argument too many"
run show; is 64; says 'ADDRESS is missing'
run show example.net; is 64; says 'is no address'
run import; is 64; says 'PATH... is missing'
run explain; is 64; says 'is missing'
run explain ''; is 64; says 'nothing to explain'
run report --since 2026-11-02 --until 2026-11-01; is 64; says 'not after'
run -c; is 64; says 'needs FILE'

# ---- configuration ----

run -c none.conf scan bounce.eml; is 78; says 'none.conf: No such file'
printf '[limits]\nmax_raed = 1M\n' >bad.conf
run -c bad.conf scan bounce.eml; is 78
says "bad.conf: [limits] max_raed: no such key (did you mean 'max_read'?)"
mkdir rules.d
printf '[bounced]\nrules_dir = %s/rules.d\ndatabase = %s/conf.db\n' \
    "$top" "$top" >own.conf
printf 'spam: zaphod beeblebrox\n' >rules.d/own.conf
run -c own.conf explain --json 'zaphod beeblebrox says no'; is 0
prints '"class":"spam"'; prints '"rule":"rules.d/own.conf:1"'
run scan bounce.eml --config own.conf; is 0
printf '# one\nspma: x\n' >rules.d/own.conf
run -c own.conf explain x; is 78
says 'own.conf: [bounced] rules_dir: rules.d/own.conf:2: '
printf '' >rules.d/own.conf
run -c own.conf status; is 66; says "$top/conf.db"

# ---- scan ----

run scan bounce.eml; is 0; quiet; fits
prints 'bounce.eml: bounce'
prints 'al@example.net'; prints 'user-unknown'; prints 'hard'
prints 'announce.example.org'
run scan --json bounce.eml lunch.eml; is 0; quiet; json_lines
same 'lines of scan --json' 2 "$(wc -l <out | tr -d ' ')"
same 'scan --json' \
    'bounce.eml|bounce|mx.example.org|1@example.org|announce.example.org|announce-bounces@lists.example.org|al@example.net|failed|5.1.1|550|user-unknown|True|mail.example.net' \
    "$(head -1 out | python3 -c '
import json, sys
m = json.load(sys.stdin)
r, = m["recipients"]
print("|".join([m[k] for k in ("file", "kind", "reporting_mta", "message_id",
    "list_id", "envelope_recipient")] + [str(r[k]) for k in ("address",
    "action", "status", "code", "class", "hard", "remote_mta")]))')"
same 'keys of scan --json' \
    'file kind dialect reporting_mta message_id list_id envelope_recipient recipients address original_recipient subscriber action status code class hard basis rule diagnostic remote_mta' \
    "$(head -1 out | python3 -c '
import json, sys
m = json.load(sys.stdin)
print(" ".join(list(m) + list(m["recipients"][0])))')"
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
	cp lunch.eml "m$i"
	bounce "u$i@example.net" "$unknown" >"b$i"
done
run scan --json m1 b1 m2 b2 m3 b3 m4 b4 m5 b5 m6 b6 b7 b8 b9 b10 b11 b12; is 0
same 'order of the answers' \
    'm1 b1 m2 b2 m3 b3 m4 b4 m5 b5 m6 b6 b7 b8 b9 b10 b11 b12' \
    "$(python3 -c '
import json
print(*[json.loads(line)["file"] for line in open("out")])')"
run scan -j 1 --json m1 b1; is 0; json_lines
"$ctl" scan --json - <bounce.eml >out 2>err
status=$? command='scan -'; is 0; prints '"file":"-","kind":"bounce"'; json_lines
"$ctl" scan --json <bounce.eml >out 2>err
status=$? command='scan <'; is 0; prints '"kind":"bounce"'
"$ctl" scan --json /dev/stdin <bounce.eml >out 2>err
status=$? command='scan /dev/stdin'; is 0; prints '"kind":"bounce"'

# Files that cannot be read are named; the others get their answers.
run scan --json none.eml bounce.eml; is 66; says 'none.eml: No such file'
prints '"file":"bounce.eml"'
run scan --json folder bounce.eml; is 66; says 'folder: is a directory'
prints '"file":"bounce.eml"'
run scan /dev/zero; is 66; says '/dev/zero: is not a regular file'
run scan --json picture.png bounce.eml; is 65; says 'picture.png: is not a mail'
prints '"file":"picture.png","kind":"other"'
prints '"file":"bounce.eml","kind":"bounce"'; json_lines
run scan empty.eml; is 65; says 'empty.eml: is empty'
head -c 100000 /dev/urandom >noise
run scan --json noise; json_lines
same 'lines for noise' 1 "$(wc -l <out | tr -d ' ')"
# Its memory is a regular file that opens and does not read.
run scan --json /proc/self/mem bounce.eml; is 65; says '/proc/self/mem: cannot be read (unreadable)'
prints '"file":"bounce.eml"'
if [ "$(id -u)" != 0 ]; then
	cp bounce.eml secret.eml
	chmod 0 secret.eml
	run scan secret.eml; is 66; says 'secret.eml: Permission denied'
fi

# Names and mails may hold anything; a terminal gets none of it.
evil=$(printf 'e\033[31mvil\nna\377me')
bounce "$(printf 'al\033]0;x\007@example.net')" \
    "$(printf '550 \233 \033[2J \302\233 \342\200\256 x')" >"$evil"
run scan "$evil"; is 0
run scan --json "$evil" "none$evil"; is 66; json_lines
cat err >>out
same 'control characters of a hostile mail' '' \
    "$(LC_ALL=C tr -d '\n -~\200-\377' <out | od -c | head -3 | grep -v '^0000000$')"
n=$((n + 1))
python3 -c '
text = open("out", encoding="utf-8").read()
raise SystemExit(any(0x7f <= ord(c) < 0xa0 or ord(c) == 0x202e for c in text))
' || fail 'a control character of a mail got through'

# ---- explain ----

run explain 550; is 0; prints 'user-unknown'; prints 'codes.conf:'; fits
run explain 5.1.1; is 0; prints 'user-unknown'; prints 'what to do'
run explain --json 220; is 0; json_lines; prints '"class":""'; prints '"hard":false'
run explain 550 5.7.1 blocked using zen.spamhaus.org; is 0; prints 'blacklisted'
prints 'rules.conf:'
printf '550\n\n450 4.2.2 mailbox full\n\377\001\n' |
    "$ctl" explain --json - >out 2>err
status=$? command='explain -'; is 0; json_lines
same 'an answer for each line' 4 "$(wc -l <out | tr -d ' ')"
same 'keys of explain --json' \
    'text code status class hard basis rule meaning advice' \
    "$(head -1 out | python3 -c 'import json, sys; print(*json.load(sys.stdin))')"
run codes; is 0; fits; prints '550'
run codes --json; is 0; json_lines
run classes; is 0; fits; prints 'user-unknown'
run classes --json; is 0; json_lines
same 'classes' 28 "$(wc -l <out | tr -d ' ')"

# ---- no database, or none of ours ----

for c in list dead report status 'show al@example.net'; do
	# shellcheck disable=SC2086
	run --database none.db $c; is 66; says 'none.db'
	n=$((n + 1))
	[ ! -e none.db ] || fail 'reading made a database'
done
printf 'SQLite format 4, or so\n' >nodb.db
run --database nodb.db status; is 65; says 'nodb.db'
run --database folder status; n=$((n + 1)); says folder
[ "$status" != 0 ] || fail 'a directory is no database'
run --database none/deep.db import bounce.eml; is 77; says 'none/deep.db'
sqlite3 foreign.db 'create table t (a); insert into t values (1)'
run --database foreign.db status; is 65; says 'foreign.db'
run --database foreign.db import bounce.eml; is 65
same 'a foreign database is left alone' 1 \
    "$(sqlite3 foreign.db 'select count(*) from t')"

# ---- import ----

rows() { sqlite3 "$1" "select count(*) from $2"; }

run --database a.db import none.eml; is 66; says 'none.eml: No such file'
run --database a.db import bounce.eml; is 0; prints '1 mail: 1 new'
prints 'new: 1 bounce'
same 'mode of a new database' 640 "$(stat -c %a a.db)"
run --database a.db import bounce.eml; is 0; prints '1 mail: 1 already known'
same 'rows after two imports' '1 1' "$(rows a.db mail) $(rows a.db bounces)"
run --database a.db import -q bounce.eml; is 0; quiet
same 'output of a quiet import' '' "$(cat out)"
run --database a.db import picture.png; is 66; says 'neither a mail nor an mbox'

# One mail in a Maildir, in an mbox, with CRLF: one mail.
mkdir -p M/new M/cur M/tmp M/.Old/new M/.Old/cur M/.Old/tmp
cp bounce.eml M/new/1.a
cp b1 "M/cur/2.b:2,S"
sed 's/$/\r/' b1 >M/.Old/cur/3.c:2,
cp b2 M/.Old/new/4.d
cp b3 M/tmp/5.e
quote() {
	echo 'From MAILER-DAEMON Mon Nov  2 10:00:01 2026'
	sed 's/^\(>*From \)/>\1/' "$1"
	echo
}
{ quote bounce.eml; quote b2; quote lunch.eml; } >box
find M -type f | sort | xargs ls -l --full-time >before
run --database a.db import M box lunch.eml; is 0
prints '8 mails: 3 new, 5 already known'
prints 'new: 2 bounces, 1 other mail'
find M -type f | sort | xargs ls -l --full-time >after
n=$((n + 1))
cmp -s before after || fail 'import changed its source'
same 'mails of all sources' '4 3' "$(rows a.db mail) $(rows a.db bounces)"

# ---- what is recorded ----

run --database a.db list; is 0; quiet; fits; prints 'al@example.net'
same 'lines of list' 4 "$(wc -l <out | tr -d ' ')"
run --database a.db list --json; is 0; json_lines
same 'rows of list --json' 3 "$(wc -l <out | tr -d ' ')"
same 'keys of list --json' \
    "$(sqlite3 a.db "select group_concat(name, ' ') from pragma_table_info('bounces')")" \
    "$(head -1 out | python3 -c 'import json, sys; print(*json.load(sys.stdin))')"
run --database a.db list --format csv; is 0
same 'rows of list --format csv' '4 21' "$(python3 -c '
import csv
rows = list(csv.reader(open("out", encoding="utf-8")))
assert len({len(r) for r in rows}) == 1
print(len(rows), len(rows[0]))')"
run --database a.db list -n 1; is 0
same 'lines of list -n 1' 2 "$(wc -l <out | tr -d ' ')"
run --database a.db list --class user-unknown --domain example.net \
    --list announce.example.org --since 2026-01-01 --until 2099-01-01 --json
is 0
same 'rows that fit all filters' 3 "$(wc -l <out | tr -d ' ')"
run --database a.db list --class spam; is 0; says 'nothing recorded that fits'
run --database a.db list --domain example.com; is 0; says 'nothing recorded'
run --database a.db list --until 2000-01-01; is 0; says 'nothing recorded'
run --database a.db show AL@Example.NET; is 0; quiet; fits
prints 'user-unknown'; prints '1 in all, 1 of them hard'
run --database a.db show --json al@example.net; is 0; json_lines
prints '"address":"al@example.net"'
run --database a.db show nobody@example.net; is 0
says 'nothing recorded about nobody@example.net'
run --database a.db report --since 2000-01-01; is 0; quiet; fits
prints 'user-unknown'; prints 'example.net'
run --database a.db report --since 2000-01-01 --json; is 0; json_lines
same 'numbers of the report' '3 3 3' "$(python3 -c '
import json
r = json.load(open("out"))
print(r["bounces"], r["classes"][0]["bounces"], r["domains"][0]["bounces"])')"
run --database a.db report --since 2000-01-01 --format csv; is 0
prints 'section,name,detail,bounces,hard,delayed'
run --database a.db report --since 2099-01-01; is 0
run --database a.db dead; is 0; quiet
run --database a.db dead --format csv; is 0; prints 'address,list_id,class'
run --database a.db dead --json; is 0; json_lines
run --database a.db status; is 0; quiet; prints 'a.db'
run --database a.db status --json; is 0; json_lines; prints '"mails":4'

# When it was: what the mail, the mbox and the name in a Maildir know, not
# the day on which somebody copied the file.
mkdir -p T/new T/cur
sed '/^Date:/d' b4 >T/new/1500000000.M1P1.mx
cp b5 plain.eml
{ echo 'From MAILER-DAEMON Sat Jan  5 10:00:01 2019'; sed '/^Date:/d' b6; } >tbox
sed -i 's/^Date: Mon, 2 Nov 2026/Date: Sat, 5 Jan 2019/' plain.eml
run --database t.db import T plain.eml tbox; is 0
same 'times of imported mails' \
    '2017-07-14T02:40:00Z 2019-01-05T10:00:00Z 2019-01-05T10:00:01Z' \
    "$(sqlite3 t.db "select group_concat(at, ' ')
        from (select at from bounces order by 1)")"

# An address that bounced on enough days is dead.
for day in 01 02 03 04; do
	bounce old@example.net "$unknown" | sed "s/2 Nov 2026/$day Nov 2026/" \
	    >"old$day"
	touch -d "2026-11-$day 10:00" "old$day"
done
now=$(date +%s)
for i in 1 2 3 4; do
	at=$((now - i * 86400))
	bounce dead@example.net "$unknown" |
	    sed "s/^Date: Mon, 2 Nov.*/Date: $(date -R -d "@$at")/
	         s/^Arrival-Date: .*/Arrival-Date: $(date -R -d "@$at")/" \
	        >"dead$i"
	touch -d "@$at" "dead$i"
done
run --database a.db import dead1 dead2 dead3 dead4; is 0; prints '4 new'
run --database a.db dead; is 0
same 'dead addresses' dead@example.net "$(cat out)"
run --database a.db dead --list announce.example.org; is 0
same 'dead addresses of the list' dead@example.net "$(cat out)"
run --database a.db dead --list other.example.org; is 0
same 'dead addresses of another list' '' "$(cat out)"

# ---- a database of a newer version ----

sqlite3 a.db .dump >/dev/null
cp a.db newer.db
sqlite3 newer.db 'pragma user_version = 9999' >/dev/null
run --database newer.db status; is 65; says 'newer'
run --database newer.db import bounce.eml; is 65; says 'newer'

# ---- two writers ----

mkdir many
i=0
while [ $i -lt 3000 ]; do
	i=$((i + 1))
	printf 'From: a@example.org\nSubject: %d\n\nx\n' $i >many/$i
done
# While the first is stopped in the middle, it holds the lock.
has_rows() {
	[ -s "$1" ] &&
	    [ "$(sqlite3 -readonly "$1" 'select count(*) from mail' 2>&1)" -gt 0 ] \
	        2>/dev/null
}
"$ctl" --database b.db import -q many >/dev/null 2>&1 &
pid=$!
tries=0
while ! has_rows b.db && [ $tries -lt 1000 ]; do
	tries=$((tries + 1))
	sleep 0.01
done
kill -STOP $pid 2>/dev/null
if [ "$(ps -o stat= -p $pid | cut -c1)" = T ]; then
	run --database b.db import bounce.eml; is 75; says 'b.db'
	run --database b.db status; is 0
else
	echo 'note: the first writer was done before it could be stopped'
fi
# An interruption ends it in order, and the same command goes on.
kill -INT $pid 2>/dev/null
kill -CONT $pid 2>/dev/null
wait $pid
status=$? command='import, interrupted'
n=$((n + 1))
[ $status = 0 ] || [ $status = 130 ] || fail 'neither done nor interrupted'
run --database b.db import many; is 0; prints '3,000 mails: '
same 'mails after an interruption' 3000 "$(rows b.db mail)"

# ---- pipes and full disks ----

"$ctl" codes 2>err | head -1 >out
status=0 command='codes | head'; quiet
"$ctl" --database a.db list --json 2>err | head -1 >out
command='list | head'; quiet
(trap '' PIPE; "$ctl" codes 2>err; echo $? >ended) | :
status=$(cat ended) command='codes | :'; quiet
if [ -e /dev/full ]; then
	"$ctl" classes >/dev/full 2>err
	status=$? command='classes >/dev/full'; is 74
	says 'No space left on device'
	"$ctl" scan --json b1 b2 b3 >/dev/full 2>err
	status=$? command='scan >/dev/full'; is 74
fi

"$ctl" classes >&- 2>err
status=$? command='classes >&-'; is 74; says 'Bad file descriptor'
"$ctl" scan --json b1 b2 b3 <&- >&- 2>err
status=$? command='scan >&-'; is 74
"$ctl" scan --json - <&- 2>err >out
status=$? command='scan - <&-'; is 66

# ---- terminals ----

# terminal NAME=VALUE... -- ARGUMENTS: runs it on a terminal of 60 columns
cat >terminal.py <<'END'
import fcntl, os, pty, struct, sys, termios
split = sys.argv.index("--")
pid, fd = pty.fork()
if pid == 0:
    os.environ["TERM"] = "xterm"
    for setting in sys.argv[1:split]:
        name, _, value = setting.partition("=")
        os.environ[name] = value
    os.read(0, 1)
    os.execv(sys.argv[split + 1], sys.argv[split + 1:])
fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 25, 60, 0, 0))
attributes = termios.tcgetattr(fd)
attributes[3] &= ~termios.ECHO
termios.tcsetattr(fd, termios.TCSANOW, attributes)
os.write(fd, b"\n")
while True:
    try:
        data = os.read(fd, 65536)
    except OSError:
        break
    if not data:
        break
    sys.stdout.buffer.write(data)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
END
terminal() {
	command="on a terminal: $*"
	python3 terminal.py "$@" >out 2>err </dev/null
	status=$?
}
escape=$(printf '\033')
terminal -- "$ctl" scan bounce.eml; is 0; prints "${escape}[31m"
terminal NO_COLOR=1 -- "$ctl" scan bounce.eml; is 0
same 'colour with NO_COLOR' 0 "$(grep -c "$escape" out)"
terminal NO_COLOR= -- "$ctl" scan bounce.eml; is 0; prints "${escape}[31m"
terminal TERM=dumb -- "$ctl" scan bounce.eml; is 0
same 'colour on a dumb terminal' 0 "$(grep -c "$escape" out)"
run scan bounce.eml
same 'colour without a terminal' 0 "$(grep -c "$escape" out)"
terminal NO_COLOR=1 -- "$ctl" --database a.db list; is 0
same 'lines wider than the terminal' 0 \
    "$(tr -d '\r' <out | sed 's/…/x/g' | LC_ALL=C grep -c '.\{61\}')"
terminal -- "$ctl" --database c.db import many; is 0
prints '%'; prints '3,000 mails'
run --database d.db import many; is 0; quiet

echo "$n checks, $failures failed"
[ $failures = 0 ]
