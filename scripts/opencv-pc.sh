#!/usr/bin/env bash
# Writes opencv4.pc into PREFIX where the system has OpenCV without one (Debian's small OpenCV packages bring none).
# It names only the three modules that this project uses: each of the others costs start-up time.
set -euo pipefail
source "$(dirname "$0")/common.sh"

if pkg-config --exists opencv4; then exit 0; fi

header=/usr/include/opencv4/opencv2/core/version.hpp
[ -e "$header" ] || fail "OpenCV's headers are not installed (no $header); run scripts/system-packages.sh"
version=$(awk '/#define CV_VERSION_(MAJOR|MINOR|REVISION)/ { v = v sep $3; sep = "." } END { print v }' "$header")

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir -p "$tmp/lib/pkgconfig"
cat >"$tmp/lib/pkgconfig/opencv4.pc" <<PC
Name: OpenCV
Description: OpenCV: core, imgproc and objdetect only
Version: $version
Libs: -lopencv_objdetect -lopencv_imgproc -lopencv_core
Cflags: -I/usr/include/opencv4
PC
copy_to_prefix "$tmp"
say "OpenCV $version: wrote $PREFIX/lib/pkgconfig/opencv4.pc"
