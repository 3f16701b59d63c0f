"""Where the entries of a view stand, and how one that stands there is read.

A shelf is a table whose index holds an entry's place beside the view's own key: to read the newest fifty of a
view is to walk so far along that index. What else is asked of an entry is looked up where it stands.

Statements are made once for each form of question (`Form`), with parameters in place of what is asked for:
to make one takes longer than to carry it out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal, NamedTuple

import msgspec
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    bindparam,
    exists,
    false,
    func,
    or_,
    select,
    text,
    true,
)

from feeds.model import Entry, Source, StoredEntry
from feeds.store.database import Transaction
from feeds.store.fetching import as_stored, fetch, find_moment, read_moment
from feeds.store.schema import (
    entries,
    entry_categories,
    entry_sources,
    search_texts,
    sources,
    versions,
)
from feeds.store.search import FIND_TERMS
from feeds.store.selection_schema import entry_languages
from feeds.store.source_rows import find_origins

ShelfName = Literal["all", "source", "category", "language"]

#: How the terms of a search are used: not at all; to find the entries; to pass over others on the walk.
Terms = Literal["none", "find", "pass"]

IS_CURRENT = and_(versions.c.entry_number == entries.c.number, versions.c.number == entries.c.current)

TABLES = {
    "all": entries,
    "source": entry_sources,
    "category": entry_categories,
    "language": entry_languages,
}

_SOURCE = (
    select(sources.c.number)
    .where(sources.c.slug == bindparam("source"), sources.c.private == false())
    .scalar_subquery()
)

#: What makes an entry one of the shelf; `source` is a slug, `category` and `language` are names.
BELONGS: dict[str, ColumnElement[bool]] = {
    "all": true(),
    "source": entry_sources.c.source_number == _SOURCE,
    "category": entry_categories.c.name == bindparam("category"),
    "language": entry_languages.c.name == bindparam("language"),
}


#: Moments are asked for as they are stored.
SINCE = bindparam("since", type_=BigInteger)
POSITION = bindparam("position", type_=BigInteger)


class Form(NamedTuple):
    """The form of a question; `shelf` is walked, the others are looked up."""

    shelf: ShelfName
    others: tuple[ShelfName, ...] = ()
    words: int = 0  #: so many, that the text has to hold
    terms: Terms = "none"
    is_walked: bool = True  #: False: the entries are found otherwise
    is_after: bool = False
    is_since: bool = False
    is_live: bool = False  #: without floods


def select_stored() -> Select[Any]:
    """The columns of a StoredEntry; where they come from is still to be said."""
    return select(*map(as_stored, _STORED))


_STORED = (
    *(entries.c[name] for name in ("number", "key", "position", "first_seen", "origin_number")),
    *(entries.c[name] for name in ("version_count", "withdrawn", "deleted")),
    versions.c.excerpt,
    versions.c.data,
    entries.c.id,
)
_read_entry = msgspec.json.Decoder(Entry).decode


@lru_cache(256)
def make_statement(dialect: str, form: Form) -> Select[Any]:
    """Return the statement that lists the newest entries, newest first (of one position: by id)."""
    table = TABLES[form.shelf]
    place = table.c
    statement = select_stored().select_from(table)
    if table is not entries:
        statement = statement.join(entries, entries.c.number == place.entry_number)
    statement = statement.join(versions, IS_CURRENT).where(*list_conditions(dialect, form))
    return statement.order_by(place.position.desc(), place.tie).limit(bindparam("limit"))


def list_conditions(dialect: str, form: Form) -> Iterator[ColumnElement[bool]]:
    """Yield what is asked of an entry, where the shelf's table stands in FROM and the entries beside it."""
    table = TABLES[form.shelf]
    place = table.c
    # Said so that no index can serve: SQLite would rather walk along all there are than look up a few.
    shown = place.live if form.is_live else place.visible
    yield shown == true() if form.is_walked else shown.is_not(false())
    yield BELONGS[form.shelf]
    if form.is_since:
        yield place.position >= SINCE
    if form.is_after:
        # Not `a < x OR (a = x AND …)`: the index is entered at `position` only by a plain comparison.
        yield place.position <= POSITION
        yield or_(place.position < POSITION, place.tie > bindparam("tie"))
    number = entries.c.number if table is entries else place.entry_number
    for name in form.others:
        other = TABLES[name]
        yield exists().where(other.c.entry_number == number, BELONGS[name])
    if form.terms != "none":
        candidates = text(FIND_TERMS[dialect])
        yield (number + 0 if form.terms == "pass" else number).in_(candidates)
    if form.words:
        yield _holds(dialect, number, form.words)


def _holds(dialect: str, number: ColumnElement[int], words: int) -> ColumnElement[bool]:
    """Whether the text holds all the words; asked of one entry after the other, while more are wanted."""
    position = func.instr if dialect == "sqlite" else func.strpos
    held = (position(search_texts.c.text, bindparam(f"word_{n}")) > 0 for n in range(words))
    return exists().where(search_texts.c.entry_number == number, *held)


class Found(NamedTuple):
    """Entries as they are stored, and the sources they came from."""

    rows: Sequence[Sequence[Any]]
    origins: Mapping[int, Source]


def find_stored(db: Transaction, statement: Select[Any], asked: dict[str, Any]) -> Found:
    """Return what a statement finds that selects `select_stored()`."""
    rows = fetch(db, statement, asked)
    return Found(rows, find_origins(db, {row[4] for row in rows}) if rows else {})


def read_stored(found: Found) -> list[StoredEntry]:
    """Return the entries that were found; one that is damaged is there, but for what it says."""
    return [_read(row, found.origins) for row in found.rows]


def _read(row: Sequence[Any], origins: Mapping[int, Source]) -> StoredEntry:
    number, key, position, first_seen, origin, count, withdrawn, deleted, excerpt, data, id = row
    try:
        entry, is_readable = _read_entry(data), True
    except msgspec.DecodeError:
        entry, is_readable = Entry(id), False
    return StoredEntry(
        entry,
        key,
        read_moment(position),
        read_moment(first_seen),
        origins[origin],
        count,
        number,
        excerpt,
        find_moment(withdrawn),
        bool(deleted),
        is_readable=is_readable,
    )
