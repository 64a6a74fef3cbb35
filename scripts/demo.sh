#!/usr/bin/env bash
# The main job, twice: two photos of one person, then photos of two people. Writes the annotated pictures beside the photos.
set -euo pipefail
cd "$(dirname "$0")/.."

compare() {
    local json verdict="different people" relation=above
    json=$(.build/release/deepface verify "demo/photos/$1" "demo/photos/$2" --annotate "demo/$3")
    printf '%s\n' "$json"
    if [ "$(field verified)" = true ]; then verdict="same person" relation="not above"; fi
    printf '=> %s and %s: %s (distance %s, %s the threshold %s); see demo/%s\n\n' \
        "$1" "$2" "$verdict" "$(field distance)" "$relation" "$(field threshold)" "$3"
}

# A number or a truth value from $json.
field() { sed -nE "s/.*\"$1\" *: *([-+.eE0-9]+|true|false).*/\1/p" <<<"$json"; }

compare obama.jpg obama2.jpg verify.png
compare obama.jpg biden.jpg verify-different.png
