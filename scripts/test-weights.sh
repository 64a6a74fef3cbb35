#!/usr/bin/env bash
# Fills a home for tests and benchmarks, .build/test-home, with what cannot be fetched here: for the large Keras models weights
# of made-up numbers, the ones that the Python original's outputs were recorded with; for the small models the real files that lie
# beside the recordings ($DEEPFACE_SHARED, else ../shared); and links to the weights that are installed.
# Also puts a Python with numpy, h5py and onnxruntime into .build/test-python; ONNX Runtime opens what we export.
set -euo pipefail
source "$(dirname "$0")/common.sh"
cd "$(dirname "$0")/.."

shared=$(realpath -m "${DEEPFACE_SHARED:-../shared}")
if [ ! -e "$shared/peer/goldens/make_weights.py" ]; then
    say "note: no recorded outputs in $shared; tests that need them will be skipped"
    exit 0
fi

# A version each, so that an old folder is made anew.
python=.build/test-python
wanted=(numpy==2.2.6 h5py==3.14.0 onnxruntime==1.31.1)
if [ "$(cat $python/wanted 2>/dev/null)" != "${wanted[*]}" ]; then
    say "Test Python: installing ${wanted[*]}"
    rm -rf $python
    mkdir -p .build
    # Not a venv: Debian's python3 comes without the module for it.
    python3 -m pip install --quiet --no-input --disable-pip-version-check --no-compile --target $python "${wanted[@]}" \
        2>/dev/null || fail "pip could not install: ${wanted[*]}"
    printf '%s' "${wanted[*]}" >$python/wanted
fi

weights=.build/test-home/.deepface/weights
mkdir -p $weights
for file in "${DEEPFACE_HOME:-$HOME}"/.deepface/weights/* "$shared"/models/{fasnet,oarriaga,retinaface,ssrnet,yunet}/*; do
    if [ -f "$file" ] && [ ! -e "$weights/${file##*/}" ]; then ln -s "$file" "$weights/"; fi
done

make_weights() {
    [ -s "$weights/$2" ] && return
    say "Test weights: $1"
    PYTHONPATH=$python python3 "$shared/peer/goldens/make_weights.py" "$shared/peer/manifests/$1.json" "$weights/$2.part"
    mv "$weights/$2.part" "$weights/$2"
}
make_weights DeepID deepid_keras_weights.h5
make_weights Emotion facial_expression_model_weights.h5
make_weights OpenFace openface_weights.h5
make_weights GhostFaceNet ghostfacenet_v1.h5
make_weights Facenet facenet_weights.h5
make_weights Facenet512 facenet512_weights.h5
make_weights ArcFace arcface_weights.h5
make_weights DeepFace VGGFace2_DeepFace_weights_val-0.9034.h5
make_weights VGG-Face vgg_face_weights.h5
make_weights Age age_model_weights.h5
make_weights Gender gender_model_weights.h5
make_weights Race race_model_single_batch.h5
make_weights RetinaFace retinaface.h5

caffe=res10_300x300_ssd_iter_140000.caffemodel
if [ ! -e "$weights/$caffe" ]; then
    say "Test weights: SSD"
    PYTHONPATH=$python python3 scripts/caffe_model.py "$shared"/models/ssd/{opencv_face_detector_uint8.pb,deploy.prototxt} \
        "$weights/$caffe.part"
    mv "$weights/$caffe.part" "$weights/$caffe"
fi
