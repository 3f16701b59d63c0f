"""A store of invented entries, as many as are wanted, for `benchmarks.views`."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.archive import ENGLISH, SIMPLIFIED, TRADITIONAL
from feeds.model import Declaration, Entry, Source
from feeds.store import Transaction, open_store, schema
from feeds.store.identifiers import find_key
from feeds.store.languages import list_ranges
from feeds.store.search import index_new
from feeds.store.selection_schema import entry_languages
from feeds.store.sources import add_source
from feeds.text.search import fold_parts
from feeds.text.twins import find_marks

AT_ONCE = 5_000  # entries stored together
SOURCES = 200
CATEGORIES = 20
START = datetime(2016, 1, 1, tzinfo=UTC)
STEP = timedelta(seconds=290)  # between two entries

#: Share of the entries in each language, and its words.
LANGUAGES = (
    ("zh-Hans", 0.45, SIMPLIFIED),
    ("en", 0.40, ENGLISH),
    ("ja", 0.10, SIMPLIFIED),
    ("zh-Hant", 0.0499, TRADITIONAL),
    ("ko", 0.0001, ENGLISH),
)


def write_entry(number: int) -> Entry:
    """Return an invented entry; the same number gives the same one."""
    chance = random.Random(number)
    language, _, words = chance.choices(LANGUAGES, [share for _, share, _ in LANGUAGES])[0]
    between = " " if words is ENGLISH else ""
    told = chance.choices(words, k=20)
    if number % 50_000 == 7:
        told.append("zeppelin")  # rare
    if number % 100 == 7:
        told.append("observatory")  # one in a hundred
    if number < 4_000:
        told.append("bygone")  # nothing newer holds it
    return Entry(
        id=f"https://paper{number % SOURCES}.example/{number}",
        link=f"https://paper{number % SOURCES}.example/{number}",
        title=f"{between.join(told[:5])} {number}",
        published=START + STEP * number,
        content=f"<p>{between.join(told)}</p>",
        language=language,
    )


def fill(db: Transaction, sources: Sequence[Source], numbers: range) -> None:
    """Store entries as a poll would have left them."""
    rows: dict[Any, list[dict[str, Any]]] = {table: [] for table in TABLES}
    texts: dict[int, str] = {}
    for number in numbers:
        entry = write_entry(number)
        for table, row in list_rows(number + 1, entry, sources):
            rows[table].append(row)
        texts[number + 1] = fold_parts((entry.title, (entry.content or "")[3:-4]))
    for table, listed in rows.items():
        db.execute(table.insert(), listed)
    index_new(db, texts)


TABLES = (
    schema.entries,
    schema.versions,
    schema.entry_sources,
    schema.entry_categories,
    entry_languages,
)


def list_rows(number: int, entry: Entry, sources: Sequence[Source]) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Yield the rows that hold an entry; a fifth is of the first source, two in five of one category."""
    chance = random.Random(-number)
    source = sources[0] if chance.random() < 0.2 else chance.choice(sources)
    category = "c0" if chance.random() < 0.4 else f"c{chance.randrange(1, CATEGORIES)}"
    assert entry.published is not None
    place = {"visible": True, "position": entry.published, "tie": entry.id}
    marks = find_marks(entry.link, entry.title)
    yield (
        schema.entries,
        place
        | {"number": number, "key": find_key(entry.id), "id": entry.id, "first_seen": entry.published}
        | {"origin_number": source.number, "owner_number": source.number, "current": 1, "version_count": 1}
        | {"link_mark": marks.link, "title_mark": marks.title},
    )
    version = {"number": 1, "seen": entry.published, "source_number": source.number, "hash": str(number)}
    told = {"excerpt": (entry.content or "")[3:-4], "data": entry}
    yield schema.versions, {"entry_number": number} | version | told
    yield schema.entry_sources, place | {"entry_number": number, "source_number": source.number}
    yield schema.entry_categories, place | {"entry_number": number, "name": category, "inherited": False}
    for name in list_ranges(entry.language):
        yield entry_languages, place | {"entry_number": number, "name": name}


def build(path: Path, count: int) -> None:
    store = open_store(f"sqlite:///{path}")
    began = time.perf_counter()
    with store.write() as db:
        sources = [
            add_source(db, Declaration(f"https://paper{n}.example/feed", name=f"Paper {n}"), "hand", START)
            for n in range(SOURCES)
        ]
        named = [{"name": f"c{n}", "title": f"C{n}"} for n in range(CATEGORIES)]
        db.execute(schema.categories.insert(), named)
    for first in range(0, count, AT_ONCE):
        with store.write() as db:
            fill(db, sources, range(first, min(first + AT_ONCE, count)))
        print(f"\r{first + AT_ONCE} entries, {time.perf_counter() - began:.0f} s", end="", file=sys.stderr)
    print(file=sys.stderr)
    store.close()
