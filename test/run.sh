#!/usr/bin/env bash
# Runs every test: the packages, the store on both engines, the whole-program scenarios and the browser tests. It brings what
# they need beyond Go: a PostgreSQL that it starts itself (postgres.sh), and Chromium. Where one is missing and it may, it
# installs the Debian package; else it says what is skipped. With CI=true or FIREBREAK_REQUIRE_ALL=1 nothing may be skipped.
#
#   FIREBREAK_TEST_INSTALL=0   never install packages
#   FIREBREAK_TEST_CHROMIUM    the browser to use
set -euo pipefail
cd "$(dirname "$0")/.."

strict=0
[[ ${CI:-} == true || ${FIREBREAK_REQUIRE_ALL:-} == 1 ]] && strict=1

say() { echo "make test: $*" >&2; }

# as_root runs a command as root when that needs no password.
as_root() {
	if [[ $(id -u) == 0 ]]; then
		"$@"
	elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
		sudo -n "$@"
	else
		return 1
	fi
}

may_install() {
	[[ ${FIREBREAK_TEST_INSTALL:-1} != 0 ]] && command -v apt-get >/dev/null && as_root true
}

apt() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 "$@" >/dev/null; }

install_postgres() {
	# The package would set up and start a server of its own; the tests want the programs only.
	local keep=/etc/postgresql-common/createcluster.d/firebreak-test.conf
	apt install -y --no-install-recommends postgresql-common &&
		as_root mkdir -p "$(dirname "$keep")" &&
		echo 'create_main_cluster = false' | as_root tee "$keep" >/dev/null &&
		apt install -y --no-install-recommends postgresql
	local code=$?
	as_root rm -f "$keep"
	as_root rmdir "$(dirname "$keep")" 2>/dev/null || true
	return "$code"
}

browser() {
	local name
	for name in "${FIREBREAK_TEST_CHROMIUM:-}" chromium chromium-browser google-chrome \
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
		if [[ -n $name ]] && command -v "$name" >/dev/null; then
			command -v "$name"
			return
		fi
	done
	return 1
}

postgres() { test/postgres.sh --bindir >/dev/null; }

if ! { postgres && browser >/dev/null; } && may_install; then
	say "installing what is missing (FIREBREAK_TEST_INSTALL=0 forbids it)"
	apt update || true
	postgres || install_postgres || say "PostgreSQL could not be installed"
	browser >/dev/null || apt install -y --no-install-recommends chromium || say "Chromium could not be installed"
fi

# missing says what is skipped and how to get it; where everything is required it is the end.
missing() {
	if [[ $strict == 1 ]]; then
		say "$1 is missing, and nothing may be skipped here. $2"
		exit 1
	fi
	say "SKIPPED without $1: $3. $2"
}

with_postgres="env"
if postgres; then
	with_postgres=test/postgres.sh
	export FIREBREAK_TEST_REQUIRE_POSTGRES=1
else
	unset FIREBREAK_TEST_POSTGRES
	missing PostgreSQL "Get it with «apt-get install postgresql» or «brew install postgresql@17»." "the store, the jobs and the scenarios on PostgreSQL"
fi
if FIREBREAK_TEST_CHROMIUM=$(browser); then
	export FIREBREAK_TEST_CHROMIUM FIREBREAK_TEST_REQUIRE_BROWSER=1
else
	unset FIREBREAK_TEST_CHROMIUM
	missing Chromium "Get it with «apt-get install chromium» or name one in FIREBREAK_TEST_CHROMIUM." "the browser tests"
fi

# A checkout that belongs to another user has no readable version control; the tests need none.
export GOFLAGS="${GOFLAGS:-} -buildvcs=false"
report=(go run ./test/report)
[[ $strict == 0 ]] || report+=(-no-skips)
"$with_postgres" go test -json -timeout 15m "${@:-./...}" | "${report[@]}"
