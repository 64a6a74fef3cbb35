"""Searches what SearchBench made with a library from PyPI; prints a JSON object a line for each setting tried.

search_peers.py FOLDER LIBRARY: FOLDER holds gallery.npy, probes.npy, and search.json (persons of the probes, pictures
a person, metric); LIBRARY is one of those below. One thread but for "qps", which is a batch of all probes on two.
`truth` writes truth.npy: the ten nearest of every probe, exactly.
"""
import json, os, resource, statistics, sys, time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1" if sys.argv[2] != "truth" else "2"

import numpy

folder, library = sys.argv[1:3]
about = json.load(open(f"{folder}/search.json"))
gallery = numpy.load(f"{folder}/gallery.npy", mmap_mode="r" if library == "pandas" else None)
probes = numpy.load(f"{folder}/probes.npy")
persons = numpy.array(about["persons"])
cosine = about["metric"] == "cosine"  # vectors are of length 1 then
count, dimensions = gallery.shape
k = 10
try:
    truth = numpy.load(f"{folder}/truth.npy")
except OSError:
    truth = None


def nearest(values, count, largest):
    """Places of the `count` smallest or largest values, best first."""
    values = -values if largest else values
    found = numpy.argpartition(values, count)[:count]
    return found[numpy.argsort(values[found], kind="stable")]


def measure(setting, one, many=None, build=0.0, singles=200, rounds=1):
    """`one(probe)` and `many(probes)` give ids, best first."""
    singles = min(singles, len(probes))
    for probe in probes[: max(1, singles // 10)]:
        one(probe)
    times, found = [], []
    for _ in range(rounds):
        found = []
        for probe in probes[:singles]:
            start = time.perf_counter()
            ids = one(probe)
            times.append(time.perf_counter() - start)
            found.append(ids)
    result = {"library": library, "setting": setting, "ms": statistics.median(times) * 1e3, "build": build}
    if many is not None:
        start = time.perf_counter()
        found = many(probes)
        result["qps"] = len(probes) / (time.perf_counter() - start)
    found = numpy.array([list(row)[:k] for row in found])
    of = persons[: len(found), None]
    right = (found // about["picturesPerPerson"] == of) & (found >= 0)
    result["rank1"] = float(right[:, 0].mean())
    result["mates"] = float((right.sum(1) == about["picturesPerPerson"]).mean())
    if truth is not None:
        hits = (found[:, :, None] == truth[: len(found), None, :k]).any(2).sum()
        result["recall"] = float(hits / (len(found) * k))
    result["rss"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(result), flush=True)
    return result["rank1"] >= 0.995 and result.get("recall", 1) >= 0.97


def timed(work):
    start = time.perf_counter()
    value = work()
    return value, time.perf_counter() - start


def faiss_index(description):
    import faiss

    faiss.omp_set_num_threads(2)  # building only
    kind = faiss.METRIC_INNER_PRODUCT if cosine else faiss.METRIC_L2
    index = faiss.index_factory(dimensions, description, kind)

    def make():
        if not index.is_trained:
            index.train(gallery[:: max(1, count // 200_000)])
        index.add(gallery)

    _, seconds = timed(make)
    faiss.omp_set_num_threads(1)

    def one(probe):
        return index.search(probe[None], k)[1][0]

    def many(probes):
        faiss.omp_set_num_threads(2)
        found = index.search(probes, k)[1]
        faiss.omp_set_num_threads(1)
        return found

    return faiss, index, one, many, seconds


def faiss_sweep(description, parameter, values):
    faiss, index, one, many, seconds = faiss_index(description)
    for value in values:
        faiss.ParameterSpace().set_index_parameter(index, parameter, value)
        if measure(f"{description} {parameter}={value}", one, many, seconds):
            break


def run_numpy():
    if not cosine:
        half = (gallery * gallery).sum(1) / 2
        measure("matmul", lambda probe: nearest(half - gallery @ probe, k, False), singles=20)
    else:
        measure("matmul", lambda probe: nearest(gallery @ probe, k, True), singles=20)


def run_pandas():
    """A loop over the rows of a data frame of lists, as Python DeepFace compares; 100,000 rows at most."""
    import pandas

    rows = min(count, 100_000)
    frame = pandas.DataFrame({"id": range(rows), "embedding": [row.tolist() for row in gallery[:rows]]})

    def one(probe):
        probe = probe.tolist()
        distances = []
        for _, row in frame.iterrows():
            a, b = numpy.asarray(row["embedding"]), numpy.asarray(probe)
            distances.append(1 - a @ b / (numpy.linalg.norm(a) * numpy.linalg.norm(b)) if cosine
                             else numpy.linalg.norm(a - b))
        result = frame.assign(distance=distances)
        return result.sort_values("distance")["id"].head(k).tolist()

    measure(f"loop over {rows} rows", one, singles=3)


def run_faiss_flat():
    _, _, one, many, seconds = faiss_index("Flat")
    measure("Flat", one, many, seconds, singles=50)


def run_faiss_sq8():
    _, _, one, many, seconds = faiss_index("SQ8")
    measure("SQ8", one, many, seconds, singles=50)


def run_faiss_ivf():
    lists = 1 << max(6, round(numpy.log2(4 * count**0.5)))
    faiss_sweep(f"IVF{lists},Flat", "nprobe", (1, 2, 4, 8, 16, 32, 64, 128, 256))


def run_faiss_pq():
    codes = dimensions // 8
    for description in (f"PQ{codes}x4fs,RFlat", f"PQ{2 * codes}x4fs,RFlat", f"PQ{4 * codes}x4fs,RFlat"):
        faiss_sweep(description, "k_factor_rf", (1, 2, 4, 8, 16, 32, 64))


def run_faiss_ivfpq():
    lists = 1 << max(6, round(numpy.log2(2 * count**0.5)))
    codes = dimensions // 4 if dimensions >= 256 else dimensions // 2
    faiss, index, one, many, seconds = faiss_index(f"IVF{lists},PQ{codes}x4fs,RFlat")
    inner = faiss.downcast_index(index.base_index)
    index.k_factor = 8
    for value in (1, 2, 4, 8, 16, 32, 64, 128):
        inner.nprobe = value
        if measure(f"IVF{lists},PQ{codes}x4fs,RFlat nprobe={value} k_factor=8", one, many, seconds):
            break


def run_faiss_hnsw():
    faiss_sweep("HNSW32,Flat", "efSearch", (16, 32, 64, 128, 256, 512))


def run_scann():
    import scann

    leaves = int(2 * count**0.5)
    kind = "dot_product" if cosine else "squared_l2"

    def make():
        return (
            scann.scann_ops_pybind.builder(gallery, k, kind)
            .tree(num_leaves=leaves, num_leaves_to_search=leaves // 50, training_sample_size=min(count, 250_000))
            .score_ah(2, anisotropic_quantization_threshold=0.2 if cosine else float("nan"))
            .reorder(100)
            .set_n_training_threads(2)
            .build()
        )

    searcher, seconds = timed(make)
    searcher.set_num_threads(2)
    for searched in (5, 10, 20, 40, 60, 80, 160, 320, 640):
        one = lambda probe: searcher.search(probe, k, leaves_to_search=searched)[0]
        many = lambda probes: searcher.search_batched_parallel(probes, k, leaves_to_search=searched)[0]
        if measure(f"tree {leaves}, searched {searched}, reorder 100", one, many, seconds):
            break


def run_hnswlib():
    import hnswlib

    index = hnswlib.Index(space="ip" if cosine else "l2", dim=dimensions)
    index.init_index(max_elements=count, ef_construction=100, M=16)
    _, seconds = timed(lambda: index.add_items(gallery, num_threads=2))
    index.set_num_threads(1)
    for ef in (10, 20, 40, 80, 160, 320, 640):
        index.set_ef(ef)
        one = lambda probe: index.knn_query(probe, k, num_threads=1)[0][0]
        many = lambda probes: index.knn_query(probes, k, num_threads=2)[0]
        if measure(f"M=16 efConstruction=100 ef={ef}", one, many, seconds):
            break


def run_usearch():
    from usearch.index import Index

    index = Index(ndim=dimensions, metric="ip" if cosine else "l2sq", dtype="f32", connectivity=16,
                  expansion_add=100)
    _, seconds = timed(lambda: index.add(numpy.arange(count), gallery, threads=2))
    for ef in (10, 20, 40, 80, 160, 320, 640):
        index.expansion_search = ef
        one = lambda probe: index.search(probe, k, threads=1).keys
        many = lambda probes: index.search(probes, k, threads=2).keys
        if measure(f"M=16 efConstruction=100 ef={ef}", one, many, seconds):
            break


if library == "truth":
    try:
        found = faiss_index("Flat")[3](probes)
    except ImportError:
        half = 0 if cosine else (gallery * gallery).sum(1) / 2
        found = numpy.array([nearest(half - gallery @ probe, k, False) for probe in probes])
    numpy.save(f"{folder}/truth.npy", found.astype(numpy.int64))
else:
    globals()["run_" + library.replace("-", "_")]()
