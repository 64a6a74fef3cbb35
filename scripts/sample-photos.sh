#!/usr/bin/env bash
# Puts four portraits (official photographs of the US government) into a folder: sample-photos.sh FOLDER
# They come from the test images of the face_recognition package on PyPI.
set -euo pipefail
source "$(dirname "$0")/common.sh"

folder=${1:?usage: sample-photos.sh FOLDER}
version=1.3.0
sha256=5e5efdd1686aa566af0d3cc1313b131e4b197657a8ffd03669e6d3fad92705ec
photos='0930e3aa8cae5920329c0c8cbc6a2ab70f47b0e67b432875beaa95cbf7e741f6  obama.jpg
a7efcc907375274796f39646510704aa86672d59f6d5469d69af3c85590976a6  obama2.jpg
76ac6bf97c36dc2da0ad16a537d6a5ac1b10f48d49aac29a0cca9a17cdbc3ca3  obama3.jpg
3c17508bb91554c637a2eabddfae790e5bb1caba93130814fc2ac50be9760c4c  biden.jpg'

mkdir -p "$folder"
cd "$folder"
if sha256sum --check --status <<<"$photos" 2>/dev/null; then exit 0; fi

say "Sample photos: downloading 3 MB"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
pypi_download "$tmp" "face_recognition==$version" "$sha256" --no-binary face_recognition

while read -r sum name; do
    tar -xOzf "$tmp/face_recognition-$version.tar.gz" "face_recognition-$version/tests/test_images/$name" >"$name.part"
    sha256sum --check --status <<<"$sum  $name.part" || fail "$name in face_recognition $version is not the photo expected"
    mv "$name.part" "$name"
done <<<"$photos"
