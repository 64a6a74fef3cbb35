#!/usr/bin/env bash
# Fetches the weights of the default model and the detectors tried by the tests; what is already there stays.
exec "$(dirname "$0")/../.build/release/deepface" models pull Dlib mtcnn opencv dlib dlib-cnn \
    mediapipe mediapipe-full facemesh
