#!/usr/bin/env bash
# Asks the server for MINUTES (default 10) what schemathesis makes up from /openapi.json: schemathesis.sh [OPTION…]
# Fails on answers that the contract does not have, on every 5xx, and when the server ends or does not end well. The server
# is what DEEPFACE_SERVE says, else .build/release/deepface serve; it has a home folder of its own. Options go to schemathesis.
set -euo pipefail
source "$(dirname "$0")/common.sh"
cd "$(dirname "$0")/.."

python=$PWD/.build/schema-python
version=4.32.5
if [ ! -e "$python/schemathesis-$version.dist-info" ]; then
    say "Installing with pip: schemathesis"
    rm -rf "$python"
    python3 -m pip install --quiet --no-input --disable-pip-version-check --no-compile --target "$python" \
        "schemathesis==$version" || fail "pip could not install schemathesis"
fi
read -r -a serve <<<"${DEEPFACE_SERVE:-$PWD/.build/release/deepface serve}"
[ -x "${serve[0]}" ] || fail "there is no server to test: make build"

tmp=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill -KILL "$server" 2>/dev/null || true; rm -rf "$tmp"' EXIT
mkdir -p "$tmp/.deepface"
if [ -d .build/test-home ]; then DEEPFACE_HOME=${DEEPFACE_HOME:-$PWD/.build/test-home}; fi
weights=$(realpath "${DEEPFACE_HOME:-$HOME}")/.deepface/weights
ln -s "$weights" "$tmp/.deepface/weights"

token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
env -u DEEPFACE_DATABASE_TYPE -u DEEPFACE_CONNECTION_DETAILS DEEPFACE_AUTH_TOKEN="$token" DEEPFACE_HOME="$tmp" \
    "${serve[@]}" --port 0 --store "sqlite:$tmp/faces.db" --detector opencv --rate 0 --any-weights 2>"$tmp/log" &
server=$!
address=
for _ in $(seq 300); do
    address=$(sed -nE 's/.*serving at (http:[^ ]*)$/\1/p' "$tmp/log")
    [ -z "$address" ] || break
    kill -0 $server 2>/dev/null || break
    sleep 0.1
done
[ -n "$address" ] || fail "the server did not start: $(cat "$tmp/log")"
for _ in $(seq 300); do
    if python3 -c 'import sys, urllib.request as u; u.urlopen(sys.argv[1], timeout=5)' "$address/ready" 2>/dev/null; then break; fi
    sleep 0.2
done

# What fits the contract need not be a photo, a model's name or somebody who is there, and is refused all the same; and
# requests that run at the same time delete what others have just made. The stream is for WebSockets, which it does not speak.
# It keeps notes where it runs.
seconds=$((${MINUTES:-10} * 60))
status=0
scripts=$PWD/scripts
cd "$tmp"
PYTHONPATH=$python:$scripts PYTHONDONTWRITEBYTECODE=1 HYPOTHESIS_STORAGE_DIRECTORY=$tmp/hypothesis \
    SCHEMATHESIS_HOOKS=schemathesis_hooks WEIGHTS=$weights \
    timeout $((seconds + 300)) python3 "$python/bin/schemathesis" --no-color run "$address/openapi.json" \
    --header "Authorization: Bearer $token" --max-time "$seconds" --request-timeout 60 --workers 2 \
    --checks all --exclude-checks positive_data_acceptance,use_after_free,ensure_resource_availability \
    --exclude-path /v1/stream --no-shrink --continue-on-failure --generation-database none --suppress-health-check all \
    "$@" || status=$?

kill -0 $server 2>/dev/null || fail "the server ended by itself: $(tail -n 20 "$tmp/log")"
kill -TERM $server
ended=0
wait $server || ended=$?
server=
[ ! -s "$tmp/log" ] || tail -n 40 "$tmp/log"
[ $ended = 0 ] || fail "the server ended with status $ended"
exit $status
