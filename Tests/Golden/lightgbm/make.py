"""Trains small LightGBM models on made-up distances, and writes them with what LightGBM predicts (see README.md)."""

import json
import pathlib

import lightgbm
import numpy

here = pathlib.Path(__file__).parent
random = numpy.random.default_rng(7)
same = random.random(300) < 0.4
distances = numpy.abs(random.normal(0, 0.12, (300, 3)) + numpy.where(same, 0.3, 0.6)[:, None])
distances[:, 2] *= 20
with_gaps = numpy.where(random.random(distances.shape) < 0.15, numpy.nan, distances)
with_zeros = numpy.where(random.random(distances.shape) < 0.25, 0, distances)

common = {"num_leaves": 4, "learning_rate": 0.3, "min_data_in_leaf": 10, "num_threads": 1, "seed": 1, "verbose": -1}
kinds = {
    "binary": (distances, {"objective": "binary", "sigmoid": 1.5}),
    "gaps": (with_gaps, {"objective": "cross_entropy"}),
    "zeros": (with_zeros, {"objective": "binary", "zero_as_missing": True}),
    "two-classes": (distances, {"objective": "multiclass", "num_class": 2}),
    "forest": (
        with_gaps,
        {"objective": "binary", "boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.7, "feature_fraction": 0.7},
    ),
}
probes = numpy.concatenate(
    [
        distances[:6],
        with_gaps[numpy.isnan(with_gaps).any(axis=1)][:6],
        with_zeros[(with_zeros == 0).any(axis=1)][:4],
        [[numpy.nan] * 3, [0, 0, 0], [1e-36, 2, -1e-36]],
    ]
)
expected = {}
for name, (inputs, settings) in kinds.items():
    data = lightgbm.Dataset(inputs, label=same.astype(float), feature_name=["one", "two", "three"])
    model = lightgbm.train(common | settings, data, num_boost_round=3)
    text = model.model_to_string()
    # What follows the trees says how they were grown.
    (here / f"{name}.txt").write_text(text[: text.index("end of trees")] + "end of trees\n")
    predictions = model.predict(probes)
    expected[name] = [float(p[1] if numpy.ndim(p) else p) for p in predictions]
rows = [[None if numpy.isnan(value) else float(value) for value in row] for row in probes]
(here / "expected.json").write_text(
    json.dumps({"lightgbm": lightgbm.__version__, "rows": rows, "probabilities": expected}, indent=1) + "\n"
)
