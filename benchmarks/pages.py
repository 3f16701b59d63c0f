"""How long the server takes for each kind of page, with a million entries and two thousand sources.

    python -m benchmarks.pages [STORE_OR_FOLDER] [--entries N] [--only WORD]

The store is made for the occasion, which takes half an hour for a million entries; it is deleted at the end,
unless FOLDER says where it is to stay. One that is given is widened where it has too few sources. Each kind
of page is asked for some dozens of times with other subjects, of the application itself, in this process:
what a page takes here is what the server takes for it, without the network. Beside that stands what of it
the processor was busy for, which tells more where others are at work on the machine.

What misses its bound is marked BAD and ends the program with status 1.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from werkzeug.test import EnvironBuilder

from benchmarks.pages_store import make_store
from feeds.config import Configuration
from feeds.model import ALL, View
from feeds.store import Store, Transaction, open_store
from feeds.store.catalogue import list_views
from feeds.store.entries import list_entries, list_withdrawn
from feeds.store.overview import SORTS, URGENCY
from feeds.store.refreshes import list_refreshes
from feeds.store.views import list_categories
from feeds.web import create_app

ENTRIES = 1_000_000
ROUNDS = 60
BOUND = 50.0  # ms at p95
MOST_KB = {"index": 100}
YEARS = timedelta(days=5 * 365)  # back from now: from there, at most, older pages are asked for

CONFIG = """
[site]
title = "Papers"
base_url = "http://feeds.example"
timezone = "Asia/Shanghai"
"""

SEARCHES = ("市", "harbour", "zeppelin", "observatory", "bygone", "absent")


def list_kinds(db: Transaction, chance: random.Random) -> dict[str, Sequence[str]]:
    """Return the addresses of each kind of page."""
    categories = list_categories(db)
    views = list_views(db)
    sources = [view for view in views if view.kind == "source"]
    newest = list_entries(db, ALL, 1_000)
    places = [_find_place(db, ALL, chance) for _ in range(ROUNDS)]
    corrected = [entry for entry in newest if entry.versions > 1] or newest
    return {
        "index": ["/"],
        "index, older": [f"/?before={key}" for key in places],
        "source": _pick(chance, (view.path for view in sources)),
        "source, largest": ["/sources/paper-0/"],
        "sources": ["/sources/", *(f"/sources/?page={n}" for n in range(2, 20))],
        **{
            f"sources by {sort}": [f"/sources/?sort={sort}&order={order}" for order in ("asc", "desc")]
            for sort in SORTS
        },
        "sources in a state": [f"/sources/?state={word}" for word in URGENCY],
        "category": _pick(chance, (view.path for view, _ in categories)),
        "category, largest": ["/categories/c0/"],
        "categories": ["/categories/"],
        "categories, next": _follow(chance, "/categories/", (view.name for view, _ in categories)),
        "feeds": ["/feeds/"],
        "feeds, next": _follow(chance, "/feeds/", (view.key for view in views)),
        "search": [f"/search/?q={quote(word)}" for word in SEARCHES],
        "entry": [f"/entries/{entry.key}/" for entry in chance.choices(newest, k=ROUNDS)],
        "history": [f"/entries/{entry.key}/history/" for entry in chance.choices(corrected, k=ROUNDS)],
        "withdrawn": ["/withdrawn/"],
        "withdrawn, older": [f"/withdrawn/?before={one.key}" for one in list_withdrawn(db, 1_000)[::50]],
        "status": ["/status/"],
        "refresh": [f"/refreshes/{one.id}/" for one in list_refreshes(db, 5)],
        "about": ["/about/"],
    }


def _pick(chance: random.Random, paths: Iterable[str]) -> list[str]:
    return chance.choices(list(paths), k=ROUNDS)


def _follow(chance: random.Random, path: str, names: Iterable[str]) -> list[str]:
    return [f"{path}?after={quote(name)}" for name in chance.choices(list(names), k=ROUNDS)]


def _find_place(db: Transaction, view: View, chance: random.Random) -> str:
    """Return the cursor of an entry anywhere in the view, most of them among the newest."""
    newest = list_entries(db, view, 1)[0]
    moment = newest.position - YEARS * chance.random() ** 5
    return (list_entries(db, view, 1, (moment, "")) or [newest])[0].key


def ask(app: Callable[..., Iterable[bytes]], path: str) -> tuple[float, float, int]:
    """Return the milliseconds that a page takes, those of the processor, and its bytes."""
    place, _, query = path.partition("?")
    environ = EnvironBuilder(unquote(place), query_string=query).get_environ()
    told: list[str] = []

    def start(status: str, headers: Any, error: Any = None) -> Callable[[bytes], object]:
        told.append(status)
        return lambda data: None

    began, busy = time.perf_counter(), time.thread_time()
    body = b"".join(app(environ, start))
    taken, busy = time.perf_counter() - began, time.thread_time() - busy
    if told[0] != "200 OK":
        raise SystemExit(f"{path}: {told[0]}: {body[:500].decode()}")
    return taken * 1000, busy * 1000, len(body)


def measure(app: Callable[..., Iterable[bytes]], name: str, paths: Sequence[str]) -> bool:
    """Print what a kind of page takes; return whether it is within its bounds."""
    for path in paths[:3]:
        ask(app, path)
    asked = (list(paths) * ROUNDS)[: max(ROUNDS, len(paths))]
    taken, busy, sizes = zip(*(ask(app, path) for path in asked), strict=True)
    p95, busy_p95 = (statistics.quantiles(each, n=20)[-1] for each in (taken, busy))
    largest = max(sizes) / 1000
    is_within = p95 <= BOUND and largest <= MOST_KB.get(name, largest)
    told = (statistics.median(taken), p95, max(taken), statistics.median(busy), busy_p95, largest)
    figures = "".join(f"{one:9.1f}" for one in told)
    print(f"{name:24}{figures}", "" if is_within else "BAD", flush=True)
    return is_within


def run(store: Store, folder: Path, only: str) -> int:
    """Print what each kind of page takes; return how many miss their bounds."""
    path = folder / "config.toml"
    path.write_text(CONFIG, encoding="utf-8")
    app = create_app(Configuration(path, {}), store)
    with store.read() as db:
        kinds = list_kinds(db, random.Random(1))
    print(f"{'in ms':24}{'p50':>9}{'p95':>9}{'max':>9}{'busy p50':>9}{'busy p95':>9}{'KB':>9}")
    return sum(not measure(app.wsgi_app, name, paths) for name, paths in kinds.items() if only in name)


def main() -> int:
    """Return how many bounds are missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument(
        "place", type=Path, nargs="?", metavar="STORE_OR_FOLDER", help="where the store is or stays"
    )
    parser.add_argument("--entries", type=int, default=ENTRIES)
    parser.add_argument("--only", default="", metavar="WORD", help="kinds of pages with this in their name")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="feeds-pages-") as folder:
        path = chosen.place or Path(folder)
        path = path / "feeds.db" if path.is_dir() else path
        make_store(path, chosen.entries)
        store = open_store(f"sqlite:///{path}")
        missed = run(store, Path(folder), chosen.only)
        store.close()
    return missed


if __name__ == "__main__":
    sys.exit(min(main(), 1))
