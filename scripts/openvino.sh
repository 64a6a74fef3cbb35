#!/usr/bin/env bash
# Puts the OpenVINO runtime (the part that runs networks on the CPU, with its C headers) into PREFIX, taken from the wheel on PyPI.
# Does nothing where an OpenVINO is already installed, from wherever, whose C API takes properties as an array.
# TBB comes from the system: OpenCV links the same libtbb.so.12, and a process must have only one.
set -euo pipefail
source "$(dirname "$0")/common.sh"

version=2026.4.1
sha256=2d22b1da03f7caf74df30e9f6417d0ab2f637e4a38e08e1dcd294d2c37407aaf

installed() {
    pkg-config --exists openvino && [ -e "$(pkg-config --variable=libdir openvino)/libopenvino_c.so" ] &&
        grep -qs ov_core_compile_model_props "$(pkg-config --variable=includedir openvino)/openvino/c/ov_core.h"
}

if installed; then exit 0; fi

[ "$(uname -sm)" = "Linux x86_64" ] ||
    fail "there is no pinned OpenVINO for $(uname -sm); install OpenVINO $version or later (with openvino.pc) yourself"

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/wheel" "$tmp/stage"

say "OpenVINO $version: downloading 59 MB"
# One wheel for every Python: only the C and C++ libraries in it are used.
pypi_download "$tmp/wheel" "openvino==$version" "$sha256" \
    --only-binary=:all: --implementation cp --python-version 3.11 --platform manylinux_2_28_x86_64

# The automatic-batching plugin is here because OpenVINO, not finding it beside itself, would look for it in the current folder.
python3 - "$tmp"/wheel/*.whl "$tmp/stage" <<'PYTHON'
import pathlib, re, sys, zipfile
wheel, stage = sys.argv[1], pathlib.Path(sys.argv[2])
wanted = [
    (r"openvino/libs/(lib(openvino|openvino_c|openvino_(onnx|ir|tensorflow_lite)_frontend)\.so\.\d+"
     r"|libopenvino_(intel_cpu|auto_batch)_plugin\.so)", "lib/"),
    (r"openvino/include/(openvino/c/.+\.h)", "include/"),
    (r"openvino-[^/]+/licenses/(?:licensing/)?([^/]+)", "share/doc/openvino/"),
]
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        for pattern, folder in wanted:
            if match := re.fullmatch(pattern, name):
                target = stage / (folder + match.group(1))
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(name))
PYTHON

library=$(basename "$tmp"/stage/lib/libopenvino_c.so.*)
ln -s "$library" "$tmp/stage/lib/libopenvino_c.so"

mkdir "$tmp/stage/lib/pkgconfig"
cat >"$tmp/stage/lib/pkgconfig/openvino.pc" <<PC
prefix=$PREFIX
libdir=\${prefix}/lib
includedir=\${prefix}/include

Name: OpenVINO
Description: OpenVINO runtime, C API
URL: https://docs.openvino.ai
Version: $version
Libs: -L\${libdir} -lopenvino_c
Cflags: -I\${includedir}
PC

copy_to_prefix "$tmp/stage"
if [ "$(id -u)" = 0 ]; then ldconfig; elif [ ! -w "$PREFIX/lib" ]; then as_root ldconfig; fi

for file in "$library" libopenvino_intel_cpu_plugin.so; do
    if missing=$(ldd "$PREFIX/lib/$file" | grep 'not found'); then
        fail "$PREFIX/lib/$file lacks a library: $missing"
    fi
done
installed || fail "OpenVINO is in $PREFIX, but pkg-config does not find it"
say "OpenVINO $version: installed in $PREFIX"

if ! ldconfig -p | grep -qF " $PREFIX/lib/$library"; then
    say "The dynamic linker does not look in $PREFIX/lib. To build and run outside make, set:"
    say "  export PKG_CONFIG_PATH=$PREFIX/lib/pkgconfig LD_LIBRARY_PATH=$PREFIX/lib"
fi
