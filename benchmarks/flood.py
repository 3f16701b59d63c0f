"""A large archive copied in while the daemon serves: complete, in order, and nobody waits.

    python -m benchmarks.flood [20000]

Newer documents are there first. Then the archive is written beside them as fast as the disk takes it, while
pages and feeds are asked for all the time. At the end every document is an entry in its place, and the live
feed has the bytes it had before (in RSS: the Atom feed names its last archive document). Anything else ends
with status 1.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from http.client import HTTPException
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.archive import FIRST_DAY, STEP, write_archive
from benchmarks.seeds import age, environment, fetch, run_feeds, serving

LIVE = 120  # documents that are there first, newer than all others
PATHS = ("/", "/atom.xml", "/sources/", "/healthz", "/status/")
WRITE = (
    "import sys; from pathlib import Path; from benchmarks.archive import write_archive;"
    "[None for _ in write_archive(Path(sys.argv[1]), range(int(sys.argv[2])))]"
)


def main(count: int) -> int:
    """Return how many things are not as they should be."""
    with TemporaryDirectory(prefix="feeds-flood-") as folder:
        seeds = Path(folder) / "seeds"
        list(age(write_archive(seeds, range(count, count + LIVE))))
        run_feeds(Path(folder), "refresh")
        port = 9000 + count % 900
        with serving(Path(folder), port):
            return flood(seeds, port, count)


def flood(seeds: Path, port: int, count: int) -> int:
    before = fetch(port, "/rss.xml")
    answers = Answers(port)
    started = time.monotonic()
    with answers:
        subprocess.run([sys.executable, "-c", WRITE, str(seeds), str(count)], env=environment(), check=True)
        written = time.monotonic() - started
        while count_entries(port) < count + LIVE and time.monotonic() - started < 600:
            time.sleep(0.5)
        taken = time.monotonic() - started
        time.sleep(2)  # the poll ends, and places its late arrivals
    print(f"{count:,} documents written in {written:.0f} s, all entries after {taken:.0f} s")
    answers.tell()
    positions = [entry["position"] for entry in list_entries(port)]
    expected = [(FIRST_DAY + number * STEP).isoformat()[:19] for number in reversed(range(count + LIVE))]
    return sum(
        (
            tell("every document is an entry", len(positions) == len(expected)),
            tell("each is in its place", [position[:19] for position in positions] == expected),
            tell("the live feed has the bytes it had", fetch(port, "/rss.xml") == before),
            tell("every answer was 200", not answers.failures),
        )
    )


class Answers:
    """Asks for pages and feeds all the time, and notes how long each took."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.seconds: list[float] = []
        self.failures: list[str] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._ask)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _ask(self) -> None:
        while not self._stop.is_set():
            for path in PATHS:
                started = time.monotonic()
                try:
                    fetch(self.port, path)
                except (OSError, HTTPException) as error:
                    self.failures.append(f"{path}: {error}")
                self.seconds.append(time.monotonic() - started)
            time.sleep(0.05)

    def tell(self) -> None:
        ordered = sorted(self.seconds)
        worst = ordered[int(len(ordered) * 0.99)]
        print(
            f"{len(ordered)} answers meanwhile: {median(ordered) * 1000:.0f} ms in the middle,"
            f" {worst * 1000:.0f} ms for 99 of 100, {ordered[-1] * 1000:.0f} ms at most"
        )
        print(*self.failures, sep="\n", end="\n" if self.failures else "")


def count_entries(port: int) -> int:
    return int(json.loads(fetch(port, "/api/v1/status"))["counts"]["entries"])


def list_entries(port: int) -> list[dict[str, str]]:
    """Return all entries, page by page."""
    found: list[dict[str, str]] = []
    address: str | None = "/api/v1/entries?limit=200"
    while address:
        page = json.loads(fetch(port, address))
        found += page["entries"]
        address = page["next"] and "/api" + page["next"].partition("/api")[2]
    return found


def tell(what: str, holds: bool) -> bool:
    """Print whether something holds; return whether it does not."""
    print(f"{'ok ' if holds else 'BAD'} {what}")
    return not holds


if __name__ == "__main__":
    sys.exit(min(1, main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)))
