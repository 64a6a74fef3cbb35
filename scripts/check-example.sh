#!/usr/bin/env bash
# Builds and runs Examples/VerifyTwoPhotos as somebody else's package: it depends on this one by version, from a git repository.
# The repository is a local clone of the commit checked out here, tagged with a version of its own, for SwiftPM remembers
# which commit a version stood for.
set -euo pipefail
cd "$(dirname "$0")/.."

example=Examples/VerifyTwoPhotos
work=$PWD/.build/example
version=0.1.$(git log -1 --format=%ct)
export DEEPFACE_PACKAGE_URL=$work/deepface-swift
unset DEEPFACE_STRICT

swift() { command swift "$1" --package-path "$example" --scratch-path "$work/build" "${@:2}"; }

if [ "$(cat "$work/commit" 2>/dev/null)" != "$(git rev-parse HEAD)" ]; then
    rm -rf "$DEEPFACE_PACKAGE_URL"
    mkdir -p "$work"
    git clone --quiet --bare . "$DEEPFACE_PACKAGE_URL"
    git -C "$DEEPFACE_PACKAGE_URL" tag "$version" "$(git rev-parse HEAD)"
    swift package update deepface-swift
    git rev-parse HEAD >"$work/commit"
fi

swift build
verdict=$("$(swift build --show-bin-path)/VerifyTwoPhotos" demo/photos/obama.jpg demo/photos/obama2.jpg)
echo "VerifyTwoPhotos: $verdict"
if [[ $verdict != true* ]]; then
    echo "error: two photos of one person were not recognised as such" >&2
    exit 1
fi
