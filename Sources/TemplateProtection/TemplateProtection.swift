import DeepFace
