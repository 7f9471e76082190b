#!/bin/sh
# The walls of ARCHITECTURE.md: who may include what.
cd "$(dirname "$0")/.." || exit 1
bad=0

# only ROOM PATTERN: no file outside ROOM (tests aside) includes PATTERN
only() {
	for f in $(find parser worker daemon store ctl conf util -name '*.[ch]'); do
		case $f in "$1"/*) continue ;; esac
		if grep -nE "^#[[:space:]]*include[[:space:]]*[<\"]$2" "$f"; then
			echo "$f: only $1/ may include $2"
			bad=1
		fi
	done
}

# allowed ROOM OTHERS...: files of ROOM include project headers of itself
# and OTHERS only
allowed() {
	room=$1
	for f in "$room"/*.[ch] "$room"/*/*.[ch]; do
		[ -f "$f" ] || continue
		sed -nE 's/^#[[:space:]]*include[[:space:]]*"([^"]*)".*/\1/p' "$f" |
		while read -r header; do
			ok=
			for o in "$@"; do
				case $header in $o | "$o"/*) ok=1 ;; esac
			done
			[ -n "$ok" ] || echo "$f: may not include $header"
		done
	done
}

only daemon 'event2/'
only store 'sqlite3\.h'
only parser 'gmime'
found=$(
	allowed parser
	allowed store parser/report.h parser/classify.h parser/parser.h
	allowed conf parser/classify.h util
	allowed util
	allowed worker parser util
	allowed daemon worker parser store conf util
	allowed ctl worker parser store conf util
)
[ -z "$found" ] || { echo "$found"; bad=1; }
exit $bad
