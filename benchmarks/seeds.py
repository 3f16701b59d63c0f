"""What the seeds directory costs: a first ingest, a look through it, a change in it.

    python -m benchmarks.seeds [--documents 5000] [--files 100000]

- *Ingest*: invented documents of every shape go into an empty store by `feeds refresh`. Beside it stands a
  bare script that only reads each file, splits it, cleans it with nh3, hashes it and writes it to SQLite,
  each by itself as such scripts do, and once more all in one transaction. All are told in documents per
  second of processor time, of all processes together; what a refresh of an empty directory takes is taken off
  ours.
- *Look*: `feeds refresh` with so many files that are all as they were: seconds, and memory at its highest.
- *Change*: seconds from the moment a file is written until it is in `/atom.xml` of the running daemon.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import resource
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import nh3

from benchmarks.archive import make, write_archive
from feeds.polling.seeds.look import EVERYTHING, walk
from feeds.store import files, open_store

CHANGES = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--documents", type=int, default=5000)
    parser.add_argument("--files", type=int, default=100_000)
    chosen = parser.parse_args()
    with TemporaryDirectory(prefix="feeds-seeds-") as folder:
        measure_ingest(Path(folder) / "ingest", chosen.documents)
        measure_look(Path(folder) / "look", chosen.files)
        measure_change(Path(folder) / "change", chosen.documents)


# --- Ingest -----------------------------------------------------------------------------------------


def measure_ingest(folder: Path, count: int) -> None:
    seeds = folder / "seeds"
    size = sum(path.stat().st_size for path in age(write_archive(seeds, range(count))))
    bare = count / run_bare(folder)
    at_once = count / run_bare(folder, at_once=True)
    (folder / "empty/seeds").mkdir(parents=True)
    start, _, _ = run_feeds(folder / "empty", "refresh")
    spent, wall, _ = run_feeds(folder, "refresh")
    ours = count / (spent - start)
    print(f"ingest of {count:,} documents, {size / count / 1000:.1f} kB each")
    print(f"  bare script {bare:8,.0f} a second of processor time ({at_once:,.0f} in one transaction)")
    print(f"  feeds       {ours:8,.0f}  ({ours / bare:.2f} of it), {count / wall:,.0f} a second on the clock")


def run_bare(folder: Path, *, at_once: bool = False) -> float:
    """Return the seconds of processor time that the least takes that could be called an ingest."""
    started = time.process_time()
    with sqlite3.connect(folder / f"bare-{at_once}.db") as db:
        db.execute("CREATE TABLE entries (link TEXT, title TEXT, body TEXT, sha256 TEXT)")
        for path in sorted((folder / "seeds").rglob("*.*")):
            raw = path.read_bytes()
            head, _, body = raw.decode().partition("------\n")
            found = re.search(r"\[(.*)\]\((.*)\)", head)
            title, link = found.groups() if found else ("", "")
            row = (link, title, nh3.clean(body), hashlib.sha256(raw).hexdigest())
            db.execute("INSERT INTO entries VALUES (?, ?, ?, ?)", row)
            if not at_once:
                db.commit()
    return time.process_time() - started


# --- Look -------------------------------------------------------------------------------------------


def measure_look(folder: Path, count: int) -> None:
    for number in range(count):
        path = folder / f"seeds/{number // 1000:03}/{number:07}_an_article_of_some_site.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(str(number))
    (folder / "instance").mkdir()
    store = open_store(f"sqlite:///{folder}/instance/feeds.db")
    with store.write() as db:
        files.save_files(db, [found.as_file() for found in walk(folder / "seeds", EVERYTHING)])
    store.close()
    (folder / "empty/seeds").mkdir(parents=True)
    _, empty_wall, empty_memory = run_feeds(folder / "empty", "refresh")
    _, wall, memory = run_feeds(folder, "refresh")
    print(f"look through {count:,} unchanged files")
    print(f"  {wall:.2f} s, {memory} MB; an empty directory: {empty_wall:.2f} s, {empty_memory} MB")


# --- Change -----------------------------------------------------------------------------------------


def measure_change(folder: Path, count: int) -> None:
    seeds = folder / "seeds"
    list(age(write_archive(seeds, range(count))))
    run_feeds(folder, "refresh")
    port = 8000 + os.getpid() % 1000
    with serving(folder, port):
        seconds = [wait_for_change(seeds, port, count + number) for number in range(CHANGES)]
    print(f"a new file among {count:,} is in /atom.xml")
    print(f"  after {median(seconds):.2f} s in the middle, {max(seconds):.2f} s at most, of {CHANGES}")


def wait_for_change(seeds: Path, port: int, number: int) -> float:
    name, text = make(number)
    path = seeds / name
    path.parent.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    path.write_text(text, encoding="utf-8")
    while not re.search(rf"<title[^<>]*>[^<>]* {number}\b", fetch(port, "/atom.xml")):
        time.sleep(0.02)
    return time.monotonic() - started


# --- Running it -------------------------------------------------------------------------------------


def age(paths: Iterator[Path]) -> Iterator[Path]:
    """Make each file a minute old at least: complete, as far as anybody can tell."""
    then = time.time() - 60
    for path in paths:
        if path.stat().st_mtime > then:
            os.utime(path, (then, then))
        yield path


def run_feeds(folder: Path, *arguments: str) -> tuple[float, float, int]:
    """Run a command to its end; return seconds of processor time, seconds, and MB at the highest."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    command = [sys.executable, "-c", RUN, sys.executable, "-m", "feeds", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, text=True, check=True)
    after, ended = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent, ended - started, int(done.stdout.split()[-1]) // 1024


#: The highest memory of a child is told of all children there ever were: so each has a parent of its own.
RUN = (
    "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True);"
    " print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
)


@contextmanager
def serving(folder: Path, port: int) -> Iterator[None]:
    """Run the daemon in a folder."""
    command = [sys.executable, "-m", "feeds", "serve", "--port", str(port)]
    with (folder / "serve.log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, env=environment(), stdout=log, stderr=log)
    try:
        while True:
            try:
                fetch(port, "/healthz")
                break
            except OSError:
                time.sleep(0.1)
        time.sleep(1)
        yield
    finally:
        process.terminate()
        process.wait()


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FEEDS_")}
    return {**kept, "PYTHONPATH": str(Path(__file__).parents[1])}


def fetch(port: int, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30) as response:
        return response.read().decode()


if __name__ == "__main__":
    main()
