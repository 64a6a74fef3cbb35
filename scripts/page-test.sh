#!/usr/bin/env bash
# Drives the web page in Chromium: page-test.sh [FOLDER [TEST…]]
# Screenshots go into FOLDER (none without); TEST is a file's name without its end, as test_verify. The server is what
# DEEPFACE_SERVE says, else .build/release/deepface serve. Leaves the tests out where there is no Chromium to be had.
set -euo pipefail
source "$(dirname "$0")/common.sh"
cd "$(dirname "$0")/.."

skip() {
    say "note: the tests of the web page are left out: $*"
    exit 0
}

if ! command -v chromium >/dev/null || ! command -v chromedriver >/dev/null; then
    command -v apt-get >/dev/null || skip "no chromium and chromedriver, and no apt-get to install them with"
    can_be_root || skip "no chromium and chromedriver, and no sudo to install them with"
    say "Installing with apt-get: chromium chromium-driver"
    log=$(mktemp)
    trap 'rm -f "$log"' EXIT
    if ! { as_root apt-get update && as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install --yes --no-install-recommends chromium chromium-driver; } >"$log" 2>&1; then
        cat "$log" >&2
        skip "apt-get could not install chromium and chromium-driver"
    fi
fi

python=.build/page-python
version=4.36.0
if [ ! -e "$python/selenium-$version.dist-info" ]; then
    say "Installing with pip: selenium"
    rm -rf "$python"
    python3 -m pip install --quiet --no-input --disable-pip-version-check --no-compile --target "$python" "selenium==$version" ||
        skip "pip could not install selenium"
fi
if [ -z "${DEEPFACE_SERVE:-}" ] && [ ! -x .build/release/deepface ]; then fail "there is no server to test: make build"; fi

# More weights than are installed, where make test-weights was.
if [ -d .build/test-home ]; then export DEEPFACE_HOME=${DEEPFACE_HOME:-$PWD/.build/test-home}; fi

if [ -n "${1:-}" ]; then
    mkdir -p "$1"
    DEEPFACE_SCREENSHOTS=$(realpath "$1")
    export DEEPFACE_SCREENSHOTS
fi
shift $(($# > 0 ? 1 : 0))
export PYTHONPATH=$PWD/$python:$PWD/Tests/Page PYTHONDONTWRITEBYTECODE=1 SE_OFFLINE=true
if [ $# -gt 0 ]; then exec python3 -m unittest --verbose "$@"; fi
exec python3 -m unittest discover --verbose --start-directory Tests/Page
