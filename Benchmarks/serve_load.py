"""Asks a server from many connections at once, for some minutes, and tells how it held: serve_load.py [CONNECTIONS [SECONDS]]

Starts what DEEPFACE_SERVE says, else .build/release/deepface serve, on a free port of this machine, without a store. A
quarter of the requests each are verify, represent, extract and health; photos are those of demo/photos. Prints JSON.
"""

import http.client
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import threading
import time
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[1]
PHOTOS = ROOT / "demo" / "photos"
WARM_UP = 20
# Ends even where the server answers at once.
MOST_REQUESTS = 5_000_000


def form(**files):
    boundary = uuid.uuid4().hex
    parts = b"".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{path.name}"\r\n\r\n'.encode()
        + path.read_bytes() + b"\r\n"
        for name, path in files.items())
    return {"Content-Type": f"multipart/form-data; boundary={boundary}"}, parts + f"--{boundary}--\r\n".encode()


def requests():
    first, second = PHOTOS / "obama.jpg", PHOTOS / "obama2.jpg"
    return [
        ("POST", "/v1/verify", *form(image1=first, image2=second)),
        ("POST", "/v1/represent", *form(image=second)),
        ("POST", "/v1/extract", *form(image=first)),
        ("GET", "/health", {}, None),
    ]


class Load:
    """What all connections share."""

    def __init__(self, port):
        self.port = port
        self.requests = requests()
        self.lock = threading.Lock()
        self.ends = None
        self.reset()

    def reset(self):
        self.times = {path: [] for _, path, *_ in self.requests}
        self.errors = {}
        self.retried = 0

    def run(self, connections, seconds):
        """Asks for so long; gives how long it took until the last answer was there."""
        start = time.monotonic()
        self.ends = start + seconds
        threads = [threading.Thread(target=self.connection, args=(number,)) for number in range(connections)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return time.monotonic() - start

    def connection(self, number):
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        for turn in range(number, MOST_REQUESTS):
            if time.monotonic() >= self.ends:
                break
            method, path, headers, body = self.requests[turn % len(self.requests)]
            start = time.monotonic()
            try:
                client.request(method, path, body, headers)
                response = client.getresponse()
                response.read()
                status = response.status
            except (OSError, http.client.HTTPException) as error:
                status = type(error).__name__
                client.close()
            with self.lock:
                if status == 200:
                    self.times[path].append(time.monotonic() - start)
                elif status == 429:
                    self.retried += 1
                else:
                    self.errors[str(status)] = self.errors.get(str(status), 0) + 1
            if status == 429:
                time.sleep(float(response.headers.get("Retry-After", 1)))
        client.close()


def resident(process):
    """The server's resident memory in MB."""
    text = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return round(int(re.search(r"VmRSS:\s+(\d+) kB", text)[1]) / 1024, 1)


def percentile(times, share):
    return round(1000 * sorted(times)[min(len(times) - 1, int(share * len(times)))], 1) if times else None


def started():
    command = shlex.split(os.environ.get("DEEPFACE_SERVE", f"{ROOT}/.build/release/deepface serve"))
    process = subprocess.Popen(
        [*command, "--port", "0", "--store", "none", "--rate", "0"], stderr=subprocess.PIPE, text=True,
        env={name: value for name, value in os.environ.items() if name != "DEEPFACE_AUTH_TOKEN"})
    for line in process.stderr:
        if found := re.search(r"serving at http://\S*:(\d+)", line):
            threading.Thread(target=process.stderr.read, daemon=True).start()
            return process, int(found[1])
    sys.exit("error: the server did not start")


def until_ready(port):
    for _ in range(600):
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        client.request("GET", "/ready")
        if client.getresponse().status == 200:
            return client.close()
        client.close()
        time.sleep(0.1)
    sys.exit("error: the server is not ready; see deepface models pull")


def main():
    connections = int(sys.argv[1]) if len(sys.argv) > 1 else 32
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 300
    process, port = started()
    try:
        until_ready(port)
        load = Load(port)
        load.run(connections, min(WARM_UP, seconds))
        warm = resident(process)
        load.reset()
        took = load.run(connections, seconds)
        end = resident(process)
    finally:
        process.terminate()
        status = process.wait(60)
    every = [one for times in load.times.values() for one in times]
    json.dump({
        "connections": connections, "seconds": round(took, 1), "requests": len(every),
        "requests_per_second": round(len(every) / took, 2), "p50_ms": percentile(every, 0.5),
        "p99_ms": percentile(every, 0.99),
        "routes": {
            path: {"requests": len(times), "p50_ms": percentile(times, 0.5), "p99_ms": percentile(times, 0.99)}
            for path, times in load.times.items()},
        "rss_warm_mb": warm, "rss_end_mb": end, "rss_ratio": round(end / warm, 3),
        "turned_away_429": load.retried, "errors": load.errors, "exit_status": status,
    }, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
