#!/bin/sh
# Installs the Debian packages that building and testing need; does nothing,
# and asks nothing of the network, when all are there.
set -eu

BUILD="gcc libc6-dev pkg-config libglib2.0-dev libgmime-3.0-dev libsqlite3-dev
libevent-dev libseccomp-dev libjansson-dev libb2-dev"
TEST="check sqlite3 python3 mmdebstrap strace"

missing=
for p in $BUILD $TEST; do
	dpkg-query -W -f '${db:Status-Abbrev}' "$p" 2>/dev/null |
	    grep -q '^ii' || missing="$missing $p"
done
[ -n "$missing" ] || exit 0

sudo=
[ "$(id -u)" = 0 ] || sudo=sudo
echo "installing:$missing"
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -qq
# shellcheck disable=SC2086
$sudo apt-get install -y -qq --no-install-recommends $missing >/dev/null
