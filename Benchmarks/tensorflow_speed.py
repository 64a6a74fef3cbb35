"""Prints how long TensorFlow takes for a network as Python DeepFace calls it, from the recorded description of its layers:
milliseconds of one face (model(x)), and of each of sixteen (predict_on_batch)."""
import json, os, statistics, sys, time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_USE_LEGACY_KERAS"] = "1"
import numpy
from tf_keras import Input, Model, layers

description = json.load(open(sys.argv[1]))
shape = description["input_shape"]
faces = Input(shape)
values = {}


def layer(kind, config):
    config = {key: value for key, value in config.items() if key != "data_format"}
    if kind == "Lambda":
        scale = config.get("arguments", {}).get("scale", 1.0)
        return layers.Lambda(lambda x: x * scale)
    if kind == "Activation":
        return layers.Activation(config.get("activation", "linear"))
    return getattr(layers, kind)(**config)


for entry in description["inference_graph"]:
    if entry["type"] == "InputLayer":
        values[entry["name"]] = faces
        continue
    inputs = [values.get(name, faces) for name in entry["inputs"]]
    values[entry["name"]] = layer(entry["type"], entry["config"])(inputs if len(inputs) > 1 else inputs[0])
model = Model(faces, values[description["inference_graph"][-1]["name"]])


def median(batch, count, run):
    face = (numpy.arange(batch * numpy.prod(shape)) % 251 / 251).astype(numpy.float32).reshape([batch, *shape])
    times = []
    for turn in range(count + 2):
        start = time.perf_counter()
        run(face)
        times.append((time.perf_counter() - start) * 1e3)
    return statistics.median(times[2:]) / batch


print(json.dumps([median(1, 9, lambda x: model(x, training=False).numpy()), median(16, 5, model.predict_on_batch)]))
