"""How fast feeds are parsed and sanitized, and how much memory it takes, beside feedparser.

    python -m benchmarks.parsing [folder of feeds]

Speed is the ratio of the medians of runs in turn; memory is the peak of a fresh process for each document,
above what the imported program has after its first small feed, the document itself included.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median

import feedparser

import feeds
from benchmarks.corpus import FEEDS, enlarge, read_feeds
from feeds.model import Document
from feeds.parsing import parse

URL = "https://a.example/feed"
ROUNDS = 7
LARGE, SMALL = 5_000_000, 600_000  # bytes
WANTED_SPEED, WANTED_MEMORY, WANTED_ALWAYS = 10, 10, 30

MEASURE = """
import sys
import feeds

def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))

item = b"<item><title>x</title><description>&lt;p>x &amp;amp; y</description></item>"
feeds.parse_feed(b"<rss><channel>" + item + b"</channel></rss>", "https://a.example/")
before = peak()
document = sys.stdin.buffer.read()
try:
    entries = len(feeds.parse_feed(document, "https://a.example/feed").entries)
except feeds.ParseError:
    entries = 0
print(peak() - before, entries)
"""

#: Documents that are almost nothing but structure.
DENSE: dict[str, Callable[[int], bytes]] = {
    "empty elements": lambda size: _channel(b"<a/>" * (size // 4)),
    "empty items": lambda size: _channel(b"<item/>" * (size // 7)),
    "items with a link": lambda size: _channel(
        b"".join(b"<item><link>%d</link></item>" % number for number in range(size // 33))
    ),
    "items with a title": lambda size: _channel(
        b"".join(b"<item><title>%d</title></item>" % number for number in range(size // 35))
    ),
    "attributes": lambda size: _channel(b"".join(b'<a b="" c="" d="" e=""/>' for _ in range(size // 24))),
    "short texts": lambda size: _channel(b"<a>x</a>y" * (size // 9)),
    "one long text": lambda size: _described(b"x " * (size // 2)),
    "paragraphs": lambda size: _described(b"&lt;p&gt;x" * (size // 10)),
    "links in a text": lambda size: _described(b"<![CDATA[" + b"<a href=x>y</a>" * (size // 15) + b"]]>"),
    "pictures in XHTML": lambda size: _described(
        b"<div xmlns='http://www.w3.org/1999/xhtml'>" + b'<img src="a"/>' * (size // 14) + b"</div>"
    ),
    "words": lambda size: _described("ж ".encode() * (size // 3)),
    "bare ampersands": lambda size: _channel(b"<item><link a='" + b"&" * size + b"'/></item>"),
    "JSON items": lambda size: (
        b'{"version": "https://jsonfeed.org/version/1.1", "items": ['
        + b",".join(b'{"id":"%d"}' % number for number in range(size // 16))
        + b"]}"
    ),
}


def _channel(inner: bytes) -> bytes:
    return b"<rss version='2.0'><channel>" + inner + b"</channel></rss>"


def _described(text: bytes) -> bytes:
    return _channel(b"<item><description>" + text + b"</description></item>")


def ours(documents: Iterable[bytes]) -> None:
    """Parse and normalize: identified, dated, absolute, sanitized."""
    for document in documents:
        feeds.parse_feed(document, URL)


def transcribed(documents: Iterable[bytes]) -> None:
    """The first half of it: what is written."""
    for document in documents:
        parse(Document(URL, document))


def theirs(documents: Iterable[bytes]) -> None:
    """The same with feedparser, which sanitizes and resolves addresses by default."""
    for document in documents:
        feedparser.parse(document)


def time_in_turn(tasks: dict[str, Callable[[], None]]) -> dict[str, float]:
    """Return the median seconds of each task, run in turn so that the machine's moods strike all alike."""
    seconds: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(ROUNDS):
        for name, task in tasks.items():
            start = time.process_time()
            task()
            seconds[name].append(time.process_time() - start)
    return {name: median(values) for name, values in seconds.items()}


def measure_memory(document: bytes) -> tuple[float, int]:
    """Return the peak as a multiple of the document, and the number of entries read."""
    measured = subprocess.run(
        [sys.executable, "-c", MEASURE], input=document, capture_output=True, check=True
    )
    peak, entries = map(int, measured.stdout.split())
    return peak / len(document), entries


def report_speed(documents: dict[str, bytes]) -> None:
    """Print feeds per second and their ratio."""
    bodies = list(documents.values())
    tasks = {"feedparser": theirs, "parse_feed": ours, "parse alone": transcribed}
    seconds = time_in_turn({name: lambda task=task: task(bodies) for name, task in tasks.items()})
    for name, taken in seconds.items():
        ratio = seconds["feedparser"] / taken
        print(
            f"{name:22} {len(bodies) / taken:8.0f} feeds/s  {taken * 1000:7.1f} ms  {ratio:5.1f} x feedparser"
        )
    print(f"wanted: parse_feed at {WANTED_SPEED} x\n")


def report_memory(documents: dict[str, bytes], wanted: int) -> None:
    """Print each document's peak, the greatest last."""
    measured = {name: measure_memory(document) for name, document in documents.items()}
    for name, (ratio, entries) in sorted(measured.items(), key=lambda one: one[1]):
        size = len(documents[name]) / 1e6
        print(f"{name:22} {size:5.1f} MB  {entries:8} entries  {ratio:5.1f} x its size")
    print(f"wanted: at most {wanted} x\n")


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("folder", type=Path, nargs="?", default=FEEDS)
    documents = read_feeds(arguments.parse_args().folder)
    warnings.simplefilter("ignore")  # feedparser's own affairs
    report_speed(documents)
    report_memory({name: enlarge(feed, LARGE) for name, feed in documents.items()}, WANTED_MEMORY)
    for size in (SMALL, LARGE):
        report_memory({name: make(size) for name, make in DENSE.items()}, WANTED_ALWAYS)


if __name__ == "__main__":
    main()
