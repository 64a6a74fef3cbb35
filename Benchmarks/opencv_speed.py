"""Prints how long OpenCV's YuNet takes in Python, milliseconds: of each photo, as Python DeepFace's aligned extract_faces calls it
(a border of half the photo, at most 640 pixels); then of a frame of 640 x 360 on one thread."""
import json, statistics, sys, time

import cv2

model, *photos = sys.argv[1:]


def detect(picture):
    height, width = picture.shape[:2]
    network.setInputSize((width, height))
    return network.detect(picture)


def aligned(photo):
    height, width = photo.shape[:2]
    rows, columns = height // 2, width // 2
    picture = cv2.copyMakeBorder(photo, rows, rows, columns, columns, cv2.BORDER_CONSTANT, value=[0, 0, 0])
    scale = 640 / max(picture.shape[:2])
    if scale < 1:
        picture = cv2.resize(picture, (int(picture.shape[1] * scale), int(picture.shape[0] * scale)))
    return detect(picture)


def median(work):
    times = []
    for turn in range(23):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1e3)
    return statistics.median(times[2:])


network = cv2.FaceDetectorYN.create(model, "", (320, 320), 0.9, 0.3, 5000)
times = [median(lambda: aligned(photo)) for photo in map(cv2.imread, photos)]
cv2.setNumThreads(1)
frame = cv2.resize(cv2.imread(photos[0]), (640, 360))
print(json.dumps(times + [median(lambda: detect(frame))]))
