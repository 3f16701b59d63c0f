"""What serving a feed costs, beside nginx and a bare WSGI function: requests a second, and their latency.

    python -m benchmarks.serving [--rounds 5] [--seconds 3] [--only rates refresh]

A feed of 300 kB, 64 connections of `wrk` on 127.0.0.1, each measured in turn with what it is compared with,
several rounds, of which the median ratio counts.

- *Rates*: the plain bytes, beside nginx with the same file; gzip, brotli and "not modified", each beside a
  function that does nothing but give the same answer, on the same server with the same settings. Where others
  use the machine, the processor time of an answer says more than answers a second.
- *Refresh*: the latency of a feed that does not change, while the daemon refreshes 500 sources for the first
  time.

Needs `wrk`, and `nginx` for the first figure. What misses its bound is marked BAD and ends the program with
status 1.
"""

from __future__ import annotations

import argparse
import http.client
import json
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.flood import tell
from benchmarks.installation import CONFIG, DOOR, Installation, find_free_port
from benchmarks.processes import read_cpu
from benchmarks.publisher import publishing
from benchmarks.seeds import environment
from feeds.model import Declaration
from feeds.store import sources

CONNECTIONS = 64
FEEDS, PORTS = 500, 50
QUIET = 6  # of them are there first, in a category whose feed stays as it is
PATH = "/categories/quiet/atom.xml"
SIZE = range(250_000, 350_000)  # bytes, of that feed

WANTED = {"identity": 0.6, "gzip": 0.85, "br": 0.85, "304": 0.85}
WANTED_LATENCY = 100.0  # milliseconds for 99 of 100
UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}

NGINX = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000;
  types {{ application/atom+xml xml; }}
  server {{ listen 127.0.0.1:{port}; root {folder}; }}
}}
"""


@dataclass(frozen=True, slots=True)
class Load:
    """What a server bore."""

    rate: float  #: answers a second
    cpu: float  #: microseconds of processor time that the server took for one
    latency: float  #: milliseconds within which 99 of 100 came


@dataclass(frozen=True, slots=True)
class Server:
    """One that runs, and where the feed is."""

    pid: int
    port: int
    path: str


def press(server: Server, seconds: float, headers: Mapping[str, str]) -> Load:
    """Ask for the same as fast as it is answered; raises RuntimeError where an answer is an error."""
    before = read_cpu(server.pid)
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds:g}s", "--latency"]
    command += [part for item in headers.items() for part in ("-H", ": ".join(item))]
    told = subprocess.run(
        [*command, f"http://127.0.0.1:{server.port}{server.path}"], capture_output=True, text=True, check=True
    ).stdout
    spent = read_cpu(server.pid) - before
    found = re.search(r"99%\s+([\d.]+)(us|ms|s).*?(\d+) requests in.*?Requests/sec:\s+(\S+)", told, re.DOTALL)
    if found is None or re.search("Non-2xx|Socket errors", told):
        raise RuntimeError(told)
    return Load(float(found[4]), spent / int(found[3]) * 1e6, float(found[1]) * UNITS[found[2]])


# --- Rates ------------------------------------------------------------------------------------------


def measure_rates(installation: Installation, ours: Server, rounds: int, seconds: float) -> int:
    """Print how many answers a second each way gives; return how many bounds are missed."""
    port = ours.port
    asked = {
        "identity": {},
        "gzip": {"Accept-Encoding": "gzip"},
        "br": {"Accept-Encoding": "br"},
        "304": {
            "Accept-Encoding": "gzip",
            "If-None-Match": ask(port, {"Accept-Encoding": "gzip"})[1]["ETag"],
        },
    }
    with ExitStack() as stack:
        rivals = stack.enter_context(serving_bare(installation.folder, port, asked))
        if shutil.which("nginx"):
            nginx = serving_nginx(installation.folder, ask(port, {})[2])
            rivals["identity"] = stack.enter_context(nginx)
        else:
            print("  nginx is not there: the plain bytes are compared with the bare function")
        found = {
            name: [
                (press(ours, seconds, headers), press(rivals[name], seconds, headers)) for _ in range(rounds)
            ]
            for name, headers in asked.items()
        }
    return sum(_compare(name, pairs) for name, pairs in found.items())


def _compare(name: str, pairs: list[tuple[Load, Load]]) -> int:
    ratios = sorted(ours.rate / theirs.rate for ours, theirs in pairs)
    ours, theirs = (median(pair[place].rate for pair in pairs) for place in (0, 1))
    spent = [median(pair[place].cpu for pair in pairs) for place in (0, 1)]
    print(f"  {name:8} {ours:8,.0f} a second, beside {theirs:8,.0f} ({ratios[0]:.2f} to {ratios[-1]:.2f})")
    print(f"           {spent[0]:8,.0f} µs of a processor, beside {spent[1]:6,.0f}")
    ratio = median(ratios)
    return tell(f"{name}: {ratio:.2f} of the other, wanted {WANTED[name]:g}", ratio >= WANTED[name])


def ask(port: int, headers: Mapping[str, str]) -> tuple[int, http.client.HTTPMessage, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", PATH, headers=dict(headers))
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, response.headers, body


@contextmanager
def serving_bare(
    folder: Path, port: int, asked: Mapping[str, Mapping[str, str]]
) -> Iterator[dict[str, Server]]:
    """Run the function that gives the answers which `feeds` gives now; yield where each is."""
    answers = {}
    for name, headers in asked.items():
        status, fields, body = ask(port, headers)
        (folder / f"{name}.body").write_bytes(body)
        kept = [item for item in fields.items() if item[0].lower() not in ("date", "server")]
        answers[f"/{name}"] = f"{status} OK", kept, str(folder / f"{name}.body")
    (folder / "bare.json").write_text(json.dumps(answers))
    own = find_free_port()
    command = [sys.executable, "-m", "benchmarks.bare", str(own), str(folder / "bare.json")]
    with running(command, own) as pid:
        yield {name: Server(pid, own, f"/{name}") for name in asked}


@contextmanager
def serving_nginx(folder: Path, body: bytes) -> Iterator[Server]:
    """Run nginx with the feed as a file."""
    port = find_free_port()
    (folder / "feed.xml").write_bytes(body)
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port))
    with running(["nginx", "-c", str(folder / "nginx.conf")], port) as pid:
        yield Server(pid, port, "/feed.xml")


@contextmanager
def running(command: list[str], port: int) -> Iterator[int]:
    """Run a server until it is done with; yield its process number when it answers."""
    process = subprocess.Popen(command, env=environment(), stderr=subprocess.DEVNULL)
    try:
        while True:
            try:
                http.client.HTTPConnection("127.0.0.1", port, timeout=5).connect()
                break
            except OSError:
                time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        process.wait()


# --- While sources are refreshed --------------------------------------------------------------------


def measure_refresh(installation: Installation, ours: Server) -> int:
    """Print how long answers take while a refresh runs; return how many bounds are missed."""
    headers = {"Accept-Encoding": "gzip"}
    before = ask(installation.port, headers)[1]["ETag"]
    refresh = threading.Thread(target=installation.run, args=("refresh",))
    calm = press(ours, 3, headers)
    loads: list[Load] = []
    refresh.start()
    while refresh.is_alive():
        loads.append(press(ours, 5, headers))
    assert ask(installation.port, headers)[1]["ETag"] == before, "the feed has changed"
    record = installation.last_refresh()
    assert record.ended is not None
    rate, latency = median(load.rate for load in loads), max(load.latency for load in loads)
    print(f"  {FEEDS} sources in {(record.ended - record.asked).total_seconds():.0f} s")
    print(f"  gzip: {calm.rate:,.0f} a second before, 99 of 100 within {calm.latency:.0f} ms")
    print(f"  {rate:,.0f} a second meanwhile")
    return tell(
        f"99 of 100 within {latency:.0f} ms in the worst five seconds, wanted {WANTED_LATENCY:g}",
        latency <= WANTED_LATENCY,
    )


def subscribe(installation: Installation, urls: list[str], quiet: int) -> None:
    """Subscribe to these; the first of them are in a category of their own."""
    declared = [
        Declaration(url, name=f"Feed {number}", category="Quiet" if number < quiet else None)
        for number, url in enumerate(urls)
    ]
    with installation.store() as store, store.write() as db:
        sources.sync_door(db, DOOR, declared, datetime.now(UTC))


# --- Running it -------------------------------------------------------------------------------------


def main() -> int:
    """Return how many bounds are missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--only", nargs="+", choices=("rates", "refresh"), default=["rates", "refresh"])
    chosen = parser.parse_args()
    measures: dict[str, Callable[[], int]] = {
        "rates": lambda: measure_rates(installation, ours, chosen.rounds, chosen.seconds),
        "refresh": lambda: measure_refresh(installation, ours),
    }
    with TemporaryDirectory(prefix="feeds-serving-") as folder, publishing(FEEDS, PORTS) as publisher:
        Path(folder).chmod(0o755)  # nginx may serve as another user
        installation = Installation(Path(folder), CONFIG)
        subscribe(installation, publisher.urls()[:QUIET], QUIET)
        installation.run("refresh")
        subscribe(installation, publisher.urls(), QUIET)
        installation.postpone()
        with installation.serving() as supervisor:
            installation.wait_until_served()
            ours = Server(supervisor, installation.port, PATH)
            size = len(ask(installation.port, {})[2])
            print(f"a feed of {size:,} bytes, {CONNECTIONS} connections")
            assert size in SIZE
            return sum(measures[name]() for name in chosen.only)


if __name__ == "__main__":
    sys.exit(min(1, main()))
