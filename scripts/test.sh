#!/usr/bin/env bash
# Runs every test. What failed stands again at the end, for between failures and end are thousands of lines of other tests.
set -euo pipefail
source "$(dirname "$0")/common.sh"
cd "$(dirname "$0")/.."

# Tests get along without @testable imports, so they share one build with the command.
options=(-c release --disable-testable-imports)

log=$(mktemp)
trap 'rm -f "$log"' EXIT

run() {
    if ! swift test "${options[@]}" "$@" 2>&1 | tee --append "$log"; then
        say "What failed:"
        grep --text -E -A 3 'error: |recorded an issue| failed after ' "$log" |
            grep --text -vE '(started|passed after [0-9.]+ seconds)\.$|^--$' | tail -n 60 || true
        exit 1
    fi
}

# Servers and their clients, and live videos, would wait too long beside tests that keep every core busy.
servers='^(FaceStoresTests|DeepFaceServerTests|VideoTests)\.'
run --skip "$servers"
run --skip-build --filter "$servers"
DEEPFACE_MEMORY_TEST=1 run --skip-build --filter memoryStaysFlat
scripts/check-example.sh
