"""Searches a PostgreSQL database as Python DeepFace does, and prints the seconds of each search.

store_peer.py ADDRESS [SEARCHES]: fetches all rows of a model, detector, alignment and normalization, a thousand at a
time by a cursor on the server, then computes the distance of each, row by row, in a pandas frame.
"""
import sys, time

import numpy, pandas, psycopg

address = sys.argv[1]
connection = psycopg.connect(address)


def distance(a, b):
    a, b = numpy.asarray(a), numpy.asarray(b)
    return numpy.linalg.norm(a - b)


def search(probe):
    rows = []
    with connection.cursor(name="faces") as cursor:
        cursor.execute(
            "SELECT id, img_name, embedding FROM embeddings WHERE model_name = %s AND detector_backend = %s "
            "AND aligned = %s AND l2_normalized = %s ORDER BY id ASC",
            ("Dlib", "mtcnn", True, False),
        )
        while batch := cursor.fetchmany(1000):
            rows += [{"id": row[0], "img_name": row[1], "embedding": row[2]} for row in batch]
    fetched = time.perf_counter()
    frame = pandas.DataFrame(rows)
    frame["distance"] = frame.apply(lambda row: distance(row["embedding"], probe), axis=1)
    return fetched, len(frame), frame.sort_values("distance").head(10)


probe = numpy.random.default_rng(1).normal(size=128)
for number in range(int(sys.argv[2]) if len(sys.argv) > 2 else 3):
    start = time.perf_counter()
    fetched, count, _ = search(probe)
    end = time.perf_counter()
    print(f"{count} rows: {fetched - start:.2f} s to fetch, {end - fetched:.2f} s to compare, {end - start:.2f} s in all")
