#!/bin/bash
# Starts Postgres the way the official image's users expect it: POSTGRES_USER,
# POSTGRES_PASSWORD (or POSTGRES_PASSWORD_FILE), POSTGRES_DB, POSTGRES_INITDB_ARGS,
# POSTGRES_HOST_AUTH_METHOD and the files of /docker-entrypoint-initdb.d prepare an
# empty data directory; any other command runs as it is.
set -euo pipefail

case "${1:-postgres}" in
-*) set -- postgres "$@" ;;
esac
if [ "${1:-}" != postgres ]; then
	exec "$@"
fi

if [ "$(id -u)" = 0 ]; then
	mkdir -p "$PGDATA"
	chown -R postgres:postgres "$PGDATA" /var/run/postgresql
	chmod 700 "$PGDATA"
	exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi

if [ ! -s "$PGDATA/PG_VERSION" ]; then
	user=${POSTGRES_USER:-postgres}
	database=${POSTGRES_DB:-$user}
	password=${POSTGRES_PASSWORD:-}
	if [ -n "${POSTGRES_PASSWORD_FILE:-}" ]; then
		password=$(cat "$POSTGRES_PASSWORD_FILE")
	fi
	method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
	if [ -z "$password" ] && [ "$method" != trust ]; then
		echo "POSTGRES_PASSWORD is not set: give the superuser a password, or set POSTGRES_HOST_AUTH_METHOD=trust" >&2
		exit 1
	fi
	# shellcheck disable=SC2086 # the arguments are meant to be split
	initdb --username="$user" --pwfile=<(printf '%s\n' "$password") ${POSTGRES_INITDB_ARGS:-} -D "$PGDATA"
	printf '\nhost all all all %s\n' "$method" >>"$PGDATA/pg_hba.conf"

	PGUSER=$user pg_ctl -D "$PGDATA" -o "-c listen_addresses='' -p 5432" -w start
	export PGPASSWORD=$password
	query=(psql -v ON_ERROR_STOP=1 --no-psqlrc --username "$user" --no-password)
	if [ "$database" != postgres ]; then
		"${query[@]}" --dbname postgres --set db="$database" <<<'CREATE DATABASE :"db";'
	fi
	for file in /docker-entrypoint-initdb.d/*; do
		case "$file" in
		*.sh) if [ -x "$file" ]; then "$file"; else . "$file"; fi ;;
		*.sql) "${query[@]}" --dbname "$database" -f "$file" ;;
		*.sql.gz) gunzip -c "$file" | "${query[@]}" --dbname "$database" ;;
		esac
	done
	unset PGPASSWORD
	PGUSER=$user pg_ctl -D "$PGDATA" -m fast -w stop
	echo 'PostgreSQL init process complete; ready for start up.'
fi
exec "$@"
