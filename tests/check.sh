#!/bin/sh
# Runs every test, each with its output in a file of its own that is shown
# only when it failed, and counts. 77 means skipped: the test says why.
set -u
cd "$(dirname "$0")/.." || exit 1
: "${BUILD:=build}" "${SANBUILD:=build-address-undefined}" "${MAKE:=make}"
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
export ASAN_OPTIONS=detect_stack_use_after_return=1
logs=$BUILD/logs
mkdir -p "$logs"
passed=0 failed=0 skipped=0

# step NAME COMMAND...
step() {
	name=$1
	shift
	log=$logs/$(echo "$name" | tr ' /' '__').log
	"$@" >"$log" 2>&1 </dev/null
	case $? in
	0)
		passed=$((passed + 1))
		echo "ok       $name"
		;;
	77)
		skipped=$((skipped + 1))
		echo "skipped  $name: $(tail -1 "$log")"
		;;
	*)
		failed=$((failed + 1))
		echo "FAILED   $name"
		tail -60 "$log" | sed 's/^/    /'
		;;
	esac
}

step walls sh tests/walls.sh
for build in "$BUILD" "$SANBUILD"; do
	for t in "$build"/tests/test_*; do
		case $t in *.d | *.o) continue ;; esac
		step "$t" "$t"
	done
	for t in tests/e2e/*.sh; do
		[ -f "$t" ] && step "$build $t" env BUILD="$build" sh "$t"
	done
	for t in tests/e2e/*.py; do
		[ -f "$t" ] && step "$build $t" env BUILD="$build" python3 "$t"
	done
done
step "fuzz seeds" "$MAKE" fuzz-regress
step "golden mails of real MTAs" python3 tests/mta/expect.py "$BUILD/bouncectl"
step "real MTAs" python3 tests/mta/check.py "$BUILD/bounced"
[ ! -f "$logs/real_MTAs.log" ] || grep -E '^(postfix|exim|sendmail|opensmtpd|dma|courier)' "$logs/real_MTAs.log"

echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
