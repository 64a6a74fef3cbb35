"""Prints how long ONNX Runtime takes for a network: milliseconds of one face, and of each of sixteen."""
import json, statistics, sys, time

import numpy
import onnxruntime

path, threads, *shape = sys.argv[1:]
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = int(threads)
session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
name = session.get_inputs()[0].name


def median(batch, count):
    size = [batch, *map(int, shape)]
    face = (numpy.arange(numpy.prod(size)) % 251 / 251).astype(numpy.float32).reshape(size)
    times = []
    for turn in range(count + 3):
        start = time.perf_counter()
        session.run(None, {name: face})
        times.append((time.perf_counter() - start) * 1e3)
    return statistics.median(times[3:]) / batch


print(json.dumps([median(1, 31), median(16, 9)]))
