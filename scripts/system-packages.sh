#!/usr/bin/env bash
# Installs the Debian packages that building and running need, where any is missing.
set -euo pipefail
source "$(dirname "$0")/common.sh"

if ! command -v apt-get >/dev/null; then
    say "note: no apt-get here; the libraries named in scripts/system-packages.sh are taken as installed"
    exit 0
fi

wanted=(
    pkg-config
    libopencv-objdetect-dev opencv-data         # face and eye cascades: the detector and its trained data
    libdlib-dev libblas-dev liblapack-dev       # HOG detector, landmark predictors
    libhdf5-dev                                 # weights in Keras' format
    libjpeg-dev libpng-dev libwebp-dev          # reading photos
    libfaiss-dev                                # faiss indexes, as Python DeepFace keeps them in databases
    libopencv-videoio-dev                       # cameras, video files and streams
    libxgboost-dev                              # gradient-boosted trees
    libsqlite3-dev libpq-dev libhiredis-dev     # stores of faces
    libtbb12                                    # OpenVINO runs on it, as OpenCV does
)
# C++ headers and pip only where there are none yet, from whatever source.
compgen -G '/usr/include/c++/*/vector' >/dev/null || wanted+=(g++)
python3 -c 'import importlib.util as u, sys; sys.exit(u.find_spec("pip") is None)' 2>/dev/null || wanted+=(python3-pip)

present=$(dpkg-query --show --showformat='${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null || true)
missing=()
for package in "${wanted[@]}"; do
    grep -qxF "installed $package" <<<"$present" || missing+=("$package")
done
if [ ${#missing[@]} = 0 ]; then exit 0; fi

install=(apt-get install --yes --no-install-recommends "${missing[@]}")
if ! can_be_root; then
    fail "some packages are missing, and there is no sudo; as root, run: ${install[*]}"
fi
say "Installing with apt-get: ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { as_root apt-get update && as_root env DEBIAN_FRONTEND=noninteractive "${install[@]}"; } >"$log" 2>&1; then
    cat "$log" >&2
    fail "apt-get could not install: ${missing[*]}"
fi
