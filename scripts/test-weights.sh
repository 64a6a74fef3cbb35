#!/usr/bin/env bash
# Makes the weights that the recorded outputs of the Python original were computed with, into .build/test-weights: real layers,
# made-up numbers, for models whose real weights cannot be had here. Needs the recordings ($DEEPFACE_SHARED, else ../shared).
# Also puts a Python with numpy, h5py and onnxruntime into .build/test-python; ONNX Runtime opens what we export.
set -euo pipefail
source "$(dirname "$0")/common.sh"
cd "$(dirname "$0")/.."

peer=${DEEPFACE_SHARED:-../shared}/peer
if [ ! -e "$peer/goldens/make_weights.py" ]; then
    say "note: no recorded outputs in $peer; tests that need generated weights will be skipped"
    exit 0
fi

# A version each, so that an old folder is made anew.
python=.build/test-python
wanted="numpy==2.2.6 h5py==3.14.0 onnxruntime==1.22.1"
if [ "$(cat $python/wanted 2>/dev/null)" != "$wanted" ]; then
    say "Test Python: installing $wanted"
    rm -rf $python
    mkdir -p .build
    # Not a venv: Debian's python3 comes without the module for it.
    python3 -m pip install --quiet --no-input --disable-pip-version-check --no-compile --target $python $wanted \
        2>/dev/null || fail "pip could not install: $wanted"
    printf '%s' "$wanted" >$python/wanted
fi

weights=.build/test-weights
mkdir -p $weights
for model in DeepID Emotion OpenFace GhostFaceNet Facenet Facenet512 ArcFace DeepFace VGG-Face Age Gender Race; do
    [ -e "$weights/$model.h5" ] && continue
    say "Test weights: $model"
    PYTHONPATH=$python python3 "$peer/goldens/make_weights.py" "$peer/manifests/$model.json" "$weights/$model.h5.part"
    mv "$weights/$model.h5.part" "$weights/$model.h5"
done
