#!/usr/bin/env bash
# Starts a throw-away PostgreSQL, runs the given command with its address in FIREBREAK_TEST_POSTGRES, stops it again and
# gives the command's exit code. Without a command it prints the address and waits for Ctrl-C.
#
# The server lives in a temporary folder, listens on a random port of the loopback address, asks for a random password, and
# runs as an ordinary user, because PostgreSQL refuses root. It gives up durability for speed (fsync off): tests only.
set -euo pipefail

# bindir prints the folder of the newest PostgreSQL server programs; Debian keeps them outside PATH.
bindir() {
	local dirs=(/usr/lib/postgresql/*/bin /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin /usr/pgsql-*/bin)
	local found
	found=$(for d in "${dirs[@]}"; do if [[ -x $d/initdb && -x $d/pg_ctl ]]; then echo "$d"; fi; done | sort -V | tail -n 1)
	if [[ -z $found ]] && command -v initdb >/dev/null && command -v pg_ctl >/dev/null; then
		found=$(dirname "$(command -v initdb)")
	fi
	[[ -n $found ]] && echo "$found"
}

if [[ ${1:-} == --bindir ]]; then
	bindir
	exit
fi

bin=$(bindir) || {
	echo "postgres.sh: no PostgreSQL server programs found (initdb, pg_ctl)." >&2
	echo "hint: on Debian or Ubuntu: apt-get install postgresql; on macOS: brew install postgresql@17." >&2
	exit 1
}

# As root the server gets another user; everybody else runs it as themselves.
owner=
if [[ $(id -u) == 0 ]]; then
	owner=postgres
	id -u "$owner" >/dev/null 2>&1 || owner=nobody
	dir=$(mktemp -d /tmp/firebreak-postgres.XXXXXX)
	chown "$owner" "$dir"
else
	dir=$(mktemp -d "${TMPDIR:-/tmp}/firebreak-postgres.XXXXXX")
fi

as_owner() {
	if [[ -n $owner ]]; then
		runuser -u "$owner" -- "$@"
	else
		"$@"
	fi
}

pid=
stop() {
	local code=$?
	trap - EXIT
	if [[ -n $pid ]]; then
		kill -INT "$pid" 2>/dev/null || true # fast shutdown
		for _ in {1..100}; do
			kill -0 "$pid" 2>/dev/null || break
			sleep 0.1
		done
		kill -QUIT "$pid" 2>/dev/null || true
	fi
	rm -rf "$dir"
	exit "$code"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
(umask 077 && echo "$password" >"$dir/password")
[[ -z $owner ]] || chown "$owner" "$dir/password"
cd "$dir" # a folder that the server's user may enter
as_owner "$bin/initdb" -D "$dir/data" -U postgres --pwfile="$dir/password" -A scram-sha-256 -E UTF8 --locale=C --no-sync >"$dir/log" 2>&1 || {
	cat "$dir/log" >&2
	exit 1
}
as_owner tee -a "$dir/data/postgresql.conf" >/dev/null <<-'CONF'
	listen_addresses = '127.0.0.1'
	unix_socket_directories = ''
	max_connections = 500
	fsync = off
	synchronous_commit = off
	full_page_writes = off
CONF

# Another program may take the port between choosing and listening, so try a few.
for try in {1..8}; do
	port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
	if as_owner "$bin/pg_ctl" -D "$dir/data" -l "$dir/data/server.log" -o "-p $port" -w -t 60 start >"$dir/log" 2>&1; then
		pid=$(head -n 1 "$dir/data/postmaster.pid")
		break
	fi
	if [[ $try == 8 ]]; then
		cat "$dir/log" "$dir/data/server.log" >&2
		exit 1
	fi
done
cd "$OLDPWD"

export FIREBREAK_TEST_POSTGRES="postgres://postgres:$password@127.0.0.1:$port/postgres?sslmode=disable"
if [[ $# == 0 ]]; then
	echo "PostgreSQL runs until Ctrl-C. In another shell:"
	echo "  export FIREBREAK_TEST_POSTGRES='$FIREBREAK_TEST_POSTGRES'"
	while kill -0 "$pid" 2>/dev/null; do sleep 1; done
	exit 1
fi
"$@"
