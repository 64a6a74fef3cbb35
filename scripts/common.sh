# shellcheck shell=bash
# Sourced by the other scripts: where things go and how they get there.

umask 022
PREFIX=$(realpath -m "${PREFIX:-/usr/local}")
export PKG_CONFIG_PATH=$PREFIX/lib/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}

say() { printf '%s\n' "$*"; }

fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# Runs a command with the rights of root.
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

can_be_root() { [ "$(id -u)" = 0 ] || command -v sudo >/dev/null; }

# Copies the tree $1 into PREFIX, leaving folders that are there as they are; with the rights of root only where PREFIX belongs to root.
copy_to_prefix() {
    local run=as_root
    if mkdir -p "$PREFIX/lib/pkgconfig" 2>/dev/null && [ -w "$PREFIX/lib" ]; then run=; fi
    if [ -n "$run" ] && ! can_be_root; then
        fail "cannot write to $PREFIX, and there is no sudo; run make setup as root, or with a PREFIX of your own"
    fi
    $run mkdir -p "$PREFIX"
    $run cp -R --no-dereference --remove-destination "$1/." "$PREFIX/"
}

# Downloads one PyPI distribution, pinned by version and SHA-256, into the folder $1.
# pip checks the hash before it does anything else with the file. The other arguments go to pip as they are.
#   pypi_download FOLDER NAME==VERSION SHA256 [OPTION…]
pypi_download() {
    local folder=$1 requirement=$2 sha256=$3
    shift 3
    printf '%s --hash=sha256:%s\n' "$requirement" "$sha256" >"$folder/requirements.txt"
    python3 -m pip --disable-pip-version-check download --quiet --no-input --no-deps --no-cache-dir --require-hashes \
        --requirement "$folder/requirements.txt" --dest "$folder" "$@" || fail "cannot download $requirement with pip"
}
