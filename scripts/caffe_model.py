#!/usr/bin/env python3
"""Writes OpenCV's 8-bit TensorFlow face detector as the Caffe model it was made from: the same network and layer names,
the numbers those of the 8-bit file.

Usage: caffe_model.py opencv_face_detector_uint8.pb deploy.prototxt OUTPUT.caffemodel
"""
import re
import struct
import sys

import numpy as np

# Caffe divides mean and variance by this number, which stands beside them; a power of two leaves them as they are.
FACTOR = 512
CAFFE_EPSILON = 1e-5


def fields(data):
    """The fields of a message in protobuf's wire format: (number, value)."""
    def varint():
        nonlocal place
        value = shift = 0
        while True:
            byte = data[place]
            place += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    place = 0
    while place < len(data):
        tag = varint()
        kind = tag & 7
        if kind == 0:
            yield tag >> 3, varint()
            continue
        size = {1: 8, 5: 4}[kind] if kind != 2 else varint()
        yield tag >> 3, data[place:place + size]
        place += size


def tensor(data):
    """A TensorProto: numbers of 8, 32 bits."""
    kind, shape, content = 0, [], b""
    for field, value in fields(data):
        if field == 1:
            kind = value
        elif field == 2:
            shape = [dict(fields(axis)).get(1, 0) for number, axis in fields(value) if number == 2]
        elif field in (4, 5):
            content = value if len(value) else content
    types = {1: "<f4", 3: "<i4", 12: "u1"}
    return np.frombuffer(content, types[kind]).reshape(shape) if kind in types and content else None


def read_graph(path):
    """Constants by name, what each dequantized tensor is made of, and epsilons of batch normalizations."""
    constants, parts, epsilons = {}, {}, {}
    for field, node in fields(open(path, "rb").read()):
        if field != 1:
            continue
        name, operation, inputs, attributes = "", "", [], {}
        for number, value in fields(node):
            if number == 1:
                name = value.decode()
            elif number == 2:
                operation = value.decode()
            elif number == 3:
                inputs.append(value.decode())
            elif number == 5:
                entry = dict(fields(value))
                attributes[entry[1].decode()] = dict(fields(entry[2]))
        if operation == "Const":
            constants[name] = tensor(attributes["value"][8])
        elif operation == "Dequantize":
            parts[name] = inputs
        elif operation == "FusedBatchNorm":
            epsilons[name.rsplit("/", 1)[0]] = struct.unpack("<f", attributes["epsilon"][4])[0]
    return constants, parts, epsilons


def dequantized(constants, parts):
    """The tensors as numbers: mode MIN_FIRST, whose smallest number is rounded to a whole step."""
    found = {}
    for name, (codes, low, high) in parts.items():
        low, high = (float(constants[part].reshape(-1)[0]) for part in (low, high))
        step = (high - low) / 255
        offset = np.round(low / step) * step if step else low
        found[name] = offset + constants[codes].astype(np.float64) * step
    return found


def batch_normalization(tensors, name, epsilon):
    """Mean and variance that do what mean, deviation, factor and offset of the graph's layer do."""
    scale = tensors[name + "/gamma"] / np.sqrt(tensors[name + "/std"] + epsilon)
    shift = tensors[name + "/beta"] - scale * tensors[name + "/mean"]
    return -shift / scale, 1 / scale**2 - CAFFE_EPSILON


def blobs_of(name, kind, before, tensors, epsilons):
    """The numbers of a layer of the prototxt; none for a layer without."""
    if kind == "Convolution":
        kernel = tensors[name + "/weights"].transpose(3, 2, 0, 1)
        return [kernel] + ([tensors[name + "/bias"]] if name + "/bias" in tensors else [])
    if kind == "BatchNorm":
        if name in epsilons:
            mean, variance = batch_normalization(tensors, name, epsilons[name])
        else:
            # Folded into the convolution before it: what is left is an offset.
            mean = -tensors[before + "/Conv2D_bn_offset"]
            variance = np.full(mean.shape, 1 - CAFFE_EPSILON)
        return [mean * FACTOR, variance * FACTOR, np.array([float(FACTOR)])]
    if kind == "Scale":
        return [tensors[name + "/mul"], tensors[name + "/add"]]
    if kind == "Normalize":
        return [tensors[name + "/mul"].reshape(-1)]
    return []


def varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out + bytes([value]))


def message(field, content):
    return varint(field << 3 | 2) + varint(len(content)) + content


def blob(values):
    shape = b"".join(varint(length) for length in values.shape)
    return message(5, values.astype("<f4").tobytes()) + message(7, message(1, shape))


def main(graph, prototxt, output):
    constants, parts, epsilons = read_graph(graph)
    tensors = dequantized(constants, parts)
    text = open(prototxt).read()
    layers = re.findall(r'layer\s*\{\s*name:\s*"([^"]+)"\s*type:\s*"([^"]+)"', text)
    content = message(1, b"ssd")
    before = ""
    for name, kind in layers:
        blobs = blobs_of(name, kind, before, tensors, epsilons)
        before = name if kind == "Convolution" else before
        content += message(
            100, message(1, name.encode()) + message(2, kind.encode()) + b"".join(message(7, blob(b)) for b in blobs))
    with open(output, "wb") as file:
        file.write(content)


if __name__ == "__main__":
    main(*sys.argv[1:])
