"""How long the latest fifty of each kind of view take in a store of a million entries, beside plain SQL.

    python -m benchmarks.views [--entries N] [--store FILE]

The store is made for the occasion, about 2 GB for a million entries, which takes a quarter of an hour; it is
deleted at the end, unless FILE says where it is to stay. The same selection is written in plain SQL and run
by `sqlite3` alone, in the same process, in turn with ours; of a search in three ways, of which the quickest
counts. Both bring all that a feed shows of an entry and of its source. What it costs to make entries of that
is told beside it.

What misses its bound is marked BAD and ends the program with status 1.
"""

from __future__ import annotations

import argparse
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.views_store import START, STEP, build
from feeds.model import ALL, Selection, StoredEntry, View
from feeds.store import Transaction, open_store
from feeds.store import selections as questions
from feeds.store.columns import EPOCH, MICROSECOND
from feeds.store.search import find_terms
from feeds.store.shelves import Found

ENTRIES = 1_000_000
LATEST = 50
ROUNDS = 300
FEWEST = 20  # rounds
LONGEST = 15.0  # seconds for a case, unless it has had too few rounds
BOUND = 2.0  # times the plain query


# --- The same in plain SQL --------------------------------------------------------------------------

COLUMNS = (
    "e.number, e.key, e.position, e.first_seen, e.origin_number, e.version_count, e.withdrawn, v.excerpt,"
    " v.data, o.*"
)
JOINED = (
    " JOIN versions v ON v.entry_number = e.number AND v.number = e.current"
    " JOIN sources o ON o.number = e.origin_number"
)
SHELVES = {
    "all": "entries e",
    "source": "entry_sources s JOIN entries e ON e.number = s.entry_number",
    "category": "entry_categories s JOIN entries e ON e.number = s.entry_number",
    "language": "entry_languages s JOIN entries e ON e.number = s.entry_number",
}
HELD = "(SELECT instr(t.text, :word) > 0 FROM search_texts t WHERE t.entry_number = {number})"
FOUND = "(SELECT rowid FROM search_terms WHERE search_terms MATCH :terms)"


def walk(shelf: str, where: str) -> str:
    """Return the statement that reads the latest of a table in the order of its index."""
    s = "e" if shelf == "all" else "s"
    order = f"ORDER BY {s}.position DESC, {s}.tie LIMIT {LATEST}"
    return f"SELECT {COLUMNS} FROM {SHELVES[shelf]}{JOINED} WHERE {s}.visible = 1 AND {where} {order}"


def search(shelf: str, where: str) -> tuple[str, ...]:
    """Return three ways to search: read every text; pass over what lacks the terms; look up what has them."""
    looked_up = (
        f"SELECT {COLUMNS} FROM entries e{JOINED} WHERE e.number IN {FOUND} AND +e.visible = 1 AND {where}"
        f" AND {HELD.format(number='e.number')} ORDER BY e.position DESC, e.tie LIMIT {LATEST}"
    )
    number, on_shelf = ("e.number", "1") if shelf == "all" else ("s.entry_number", f"s.{BELONGS[shelf]}")
    held = HELD.format(number=number)
    walks = (f"{on_shelf} AND {held}", f"{on_shelf} AND +{number} IN {FOUND} AND {held}")
    return (*(walk(shelf, each) for each in walks), looked_up)


BELONGS = {
    "source": "source_number = (SELECT number FROM sources WHERE slug = :source)",
    "category": "name = :category",
}


def is_in(shelf: str, where: str) -> str:
    return f"EXISTS (SELECT 1 FROM {shelf} x WHERE x.entry_number = e.number AND x.{where})"


@dataclass(frozen=True)
class Case:
    """One question: ours, and in plain SQL."""

    name: str
    view: View
    selection: Selection
    plain: tuple[str, ...]


def name_case(view: View, query: str) -> Case:
    """Return the case of a search in a view."""
    tables = {"source": "entry_sources", "category": "entry_categories"}
    inside = is_in(tables[view.kind], BELONGS[view.kind]) if view.kind in BELONGS else "1"
    name = f"q={query}, {view.name}" if view.name else f"q={query}"
    return Case(name, view, Selection(query=query), search(view.kind, inside))


IN_CHINESE = "name = 'zh'"
SINCE = START + STEP * 500_000
BIG, SMALL, NEWS = View("source", "paper-0"), View("source", "paper-5"), View("category", "c0")
CASES = (
    Case("everything", ALL, Selection(), (walk("all", "1"),)),
    Case("a source, large", BIG, Selection(), (walk("source", f"s.{BELONGS['source']}"),)),
    Case("a source", SMALL, Selection(), (walk("source", f"s.{BELONGS['source']}"),)),
    Case("a category", NEWS, Selection(), (walk("category", f"s.{BELONGS['category']}"),)),
    Case("since=", ALL, Selection(since=SINCE), (walk("all", "e.position >= :since"),)),
    Case("lang=zh", ALL, Selection(language="zh"), (walk("language", "s.name = 'zh'"),)),
    Case("lang=ko, rare", ALL, Selection(language="ko"), (walk("language", "s.name = 'ko'"),)),
    Case(
        "lang=zh, a category",
        NEWS,
        Selection(language="zh"),
        (walk("category", f"s.{BELONGS['category']} AND {is_in('entry_languages', IN_CHINESE)}"),),
    ),
    *(name_case(ALL, query) for query in ("市", "harbour", "zeppelin", "observatory", "bygone", "absent")),
    *(name_case(view, query) for view in (SMALL, NEWS) for query in ("市", "zeppelin")),
)


# --- Measured ---------------------------------------------------------------------------------------


def measure(case: Case, db: Transaction, plain: sqlite3.Connection) -> bool:
    """Print what a case takes; return whether it is within its bound."""
    given = {
        "source": case.view.name,
        "category": case.view.name,
        "since": (SINCE - EPOCH) // MICROSECOND,
        "word": case.selection.query or "",
        "terms": find_terms(db, [case.selection.query or ""]) or "",
    }

    def ask() -> Found:
        question = questions.ask(db, case.view, case.selection)
        question.asked["limit"] = LATEST
        return question.find()

    ways = [partial(run, plain, sql, given) for sql in case.plain]
    assert {str(numbers(way())) for way in ways} == {str(numbers(ask().rows))}
    best = min(ways, key=time_once)

    def make() -> list[StoredEntry]:
        return questions.list_selected(db, case.view, case.selection, LATEST)

    times = time_in_turn([best, ask, make])
    sql, ours, entries = (statistics.quantiles(taken, n=20)[-1] for taken in times)
    medians = [statistics.median(taken) for taken in times]
    is_within = ours <= BOUND * sql
    told = [f"{case.name:24}", *(f"{one:8.2f}" for one in (*medians, sql, ours, entries))]
    told += [f"{ours / sql:6.2f}{entries / sql:6.2f}", "" if is_within else "BAD"]
    print(*told, flush=True)
    return is_within


def run(plain: sqlite3.Connection, sql: str, given: dict[str, Any]) -> list[Any]:
    return plain.execute(sql, given).fetchall()


def numbers(rows: Sequence[Sequence[Any]]) -> list[Any]:
    return [row[0] for row in rows]


def time_once(step: Callable[[], Any]) -> float:
    """Return the milliseconds of the quicker of two runs."""
    taken = []
    for _ in range(2):
        began = time.perf_counter()
        step()
        taken.append((time.perf_counter() - began) * 1000)
    return min(taken)


def time_in_turn(steps: Sequence[Callable[[], Any]]) -> list[list[float]]:
    """Return the milliseconds of each step, run after run."""
    times: list[list[float]] = [[] for _ in steps]
    end = time.perf_counter() + LONGEST
    while len(times[0]) < ROUNDS and (time.perf_counter() < end or len(times[0]) < FEWEST):
        for step, taken in zip(steps, times, strict=True):
            began = time.perf_counter()
            step()
            taken.append((time.perf_counter() - began) * 1000)
    return times


def main() -> int:
    """Return how many bounds are missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--entries", type=int, default=ENTRIES)
    parser.add_argument("--store", type=Path, metavar="FILE", help="where the store is to stay")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="feeds-views-") as folder:
        path = chosen.store or Path(folder) / "feeds.db"
        if not path.exists():
            build(path, chosen.entries)
        store = open_store(f"sqlite:///{path}")
        print(f"The latest {LATEST} of {chosen.entries} entries, in ms: plain SQL, ours, ours as entries")
        print(f"{'':24}{'median':>27}{'p95':>27}{'times':>13}")
        with store.read() as db, closing(sqlite3.connect(path)) as plain:
            missed = sum(not measure(case, db, plain) for case in CASES)
        store.close()
    return missed


if __name__ == "__main__":
    sys.exit(min(main(), 1))
