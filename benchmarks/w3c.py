"""Validate our editions with the code of the W3C Feed Validation Service, given a checkout of it.

    python -m benchmarks.w3c CHECKOUT [--python PYTHON] [--level A|AA] [--url ADDRESS…]

The checkout is that of https://github.com/w3c/feedvalidator, with what its own instructions ask to be
installed for the PYTHON that is to run it (this one, unless told otherwise; an old checkout asks for
Python 2). Its `src/demo.py` is called for each address with the level of the messages wanted: A, the
errors alone, or AA, the warnings too, as the service itself does. Without addresses a server with
invented entries is begun on this machine: feeds of every shape, as RSS and Atom, asked for over HTTP as a
subscriber does. (JSON Feed is none of what it knows.) What it finds is printed; the status is 1 where it
found anything, 2 where it did not run.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from benchmarks.rendering import SITE, invent_entry
from feeds.model import ALL, Entry, Frame, Origin, Related, Source, StoredEntry, Tombstone, View
from feeds.syndication import FORMATS

DEMO = Path("src") / "demo.py"
SECONDS = 120  # that one address may take
WELL = "No errors or warnings"
FORMATS_KNOWN = ("rss.xml", "atom.xml")
NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
PAPER = Source(
    1, "https://paper.example/feed.xml", "paper", "feed", "https://paper.example/feed.xml", name="Paper"
)


class NotRunError(Exception):
    """The validator could not be run; says why in one line."""


@dataclass(frozen=True)
class Verdict:
    """What the validator says of one address."""

    url: str
    messages: tuple[str, ...]


def validate(checkout: Path, url: str, python: str = sys.executable, level: str = "A") -> Verdict:
    """Return what the validator says; raises NotRunError."""
    demo = checkout.resolve() / DEMO
    if not demo.is_file():
        raise NotRunError(f"{demo}: there is no validator here")
    try:
        done = subprocess.run(
            [python, str(demo), url, level],
            cwd=demo.parent,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotRunError(f"{python}: {error}") from error
    lines = [line for line in done.stdout.splitlines() if line.strip() and not line.startswith("Validating ")]
    if (done.returncode, lines) == (0, [WELL]):
        return Verdict(url, ())
    if done.returncode != 1 or not lines or "Traceback (most recent call last)" in done.stderr:
        raise NotRunError(f"{demo}: {(done.stderr.strip() or 'it said nothing').splitlines()[-1]}")
    return Verdict(url, tuple(lines))


def invent_feeds(base_url: str) -> Iterator[tuple[str, bytes, str]]:
    """Yield path, body and media type of feeds of every shape that there is."""
    site = replace(SITE, base_url=base_url, hubs=(f"{base_url}/hub",), language="en")
    full = tuple(_store(invent_entry(number)) for number in range(40))
    bare = (_store(Entry(id="urn:uuid:0e6f3c0e-7f5e-4b7a-9a53-1d1f1a8c7b22", title="Bare")),)
    origin = Origin("Elsewhere", "https://elsewhere.example/feed", "https://elsewhere.example/")
    related = (Related("https://other.example/1", "The same", "Other"),)
    taken = replace(full[1], entry=replace(full[1].entry, origin=origin), related=related)
    shapes: dict[str, tuple[Sequence[StoredEntry], Frame]] = {
        "full": (full, Frame()),
        "empty": ((), Frame(is_complete=True)),
        "bare": (bare, Frame(is_complete=True)),
        "summaries": (full, Frame(is_full=False)),
        "taken": ((taken,), Frame()),
        "gone": (
            full[:3],
            Frame(tombstones=(Tombstone("urn:uuid:00000000-0000-4000-8000-000000000001", NOW),)),
        ),
        "page": (full[:3], Frame(next=f"{base_url}/page2/atom.xml")),
        "archive": (
            full[:3],
            Frame(
                current=f"{base_url}/atom.xml", prev_archive=f"{base_url}/archive/1/atom.xml", is_archive=True
            ),
        ),
    }
    for shape, (shown, frame) in shapes.items():
        for name in FORMATS_KNOWN:
            path = f"/{shape}/{name}"
            told = replace(frame, url=base_url + path)
            view = ALL if shape == "full" else View("category", shape, title=shape.title())
            yield path, FORMATS[name].render(view, site, shown, told), FORMATS[name].media_type


def _store(entry: Entry) -> StoredEntry:
    moment = entry.published or NOW
    return StoredEntry(entry, "a" * 26, moment, moment, PAPER, excerpt="An excerpt.")


@contextmanager
def serve_invented() -> Iterator[list[str]]:
    """Serve the invented feeds on this machine; yields their addresses."""
    bodies: dict[str, tuple[bytes, str]] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body, media_type = bodies.get(self.path, (b"", ""))
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", f"{media_type or 'text/plain'}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: what is asked for is printed with its verdict."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        base_url = f"http://127.0.0.1:{server.server_port}"
        bodies |= {path: (body, media_type) for path, body, media_type in invent_feeds(base_url)}
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield [base_url + path for path in bodies]
        finally:
            server.shutdown()
            thread.join()


def report(checkout: Path, urls: Sequence[str], python: str, level: str) -> int:
    """Print what is found at each address; return how many messages there are. Raises NotRunError."""
    count = 0
    for url in urls:
        verdict = validate(checkout, url, python, level)
        count += len(verdict.messages)
        print(f"{len(verdict.messages):4} {url}")
        for message in verdict.messages:
            print(f"     {message}")
    print(f"{count:4} {'errors' if level == 'A' else 'errors and warnings'} in {len(urls)} feeds")
    return count


def main(given: Sequence[str] | None = None) -> int:
    """Run the validator; return the status of the command."""
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("checkout", type=Path)
    arguments.add_argument("--python", default=sys.executable, help="what runs the validator")
    arguments.add_argument("--level", choices=("A", "AA"), default="A", help="A: errors; AA: warnings, too")
    arguments.add_argument("--url", nargs="+", metavar="ADDRESS", help="of feeds, in place of invented ones")
    options = arguments.parse_args(given)
    try:
        if options.url:
            return int(report(options.checkout, options.url, options.python, options.level) > 0)
        with serve_invented() as urls:
            return int(report(options.checkout, urls, options.python, options.level) > 0)
    except NotRunError as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
