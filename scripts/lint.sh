#!/usr/bin/env bash
# Checks the formatting of all Swift code, and the shell scripts where shellcheck is installed.
# Compiler warnings fail the build itself (DEEPFACE_STRICT in the Makefile); who imports whom is a test.
set -euo pipefail
cd "$(dirname "$0")/.."

code=()
for place in Package.swift Sources Tests Benchmarks Examples; do
    [ ! -e "$place" ] || code+=("$place")
done
swift format lint --strict --recursive --parallel "${code[@]}"
if command -v shellcheck >/dev/null; then shellcheck --external-sources --source-path=SCRIPTDIR scripts/*.sh .ci/run; fi
