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
    FromClause,
    Select,
    and_,
    bindparam,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    text,
    true,
)

from feeds.model import Entry, Source, StoredEntry
from feeds.store.database import Transaction
from feeds.store.fetching import as_stored, fetch, find_moment, is_among, read_moment
from feeds.store.schema import (
    entries,
    entry_categories,
    entry_sources,
    search_texts,
    sources,
    versions,
)
from feeds.store.search import FIND_TERMS, HAS_TERMS, NUMBERS, search_terms
from feeds.store.selection_schema import entry_languages
from feeds.store.source_rows import find_origins

ShelfName = Literal["all", "source", "sources", "category", "language"]

#: How the terms of a search are used: not at all; to find the entries; to pass over others on the walk; or
#: their work is done, and the entries are told by a list, `numbers`.
Terms = Literal["none", "find", "pass", "listed"]

IS_CURRENT = and_(versions.c.entry_number == entries.c.number, versions.c.number == entries.c.current)

TABLES = {
    "all": entries,
    "source": entry_sources,
    "sources": entry_sources,
    "category": entry_categories,
    "language": entry_languages,
}


class Spot(NamedTuple):
    """A shelf, and the parameter that says of what: a query may name several of a kind."""

    shelf: ShelfName
    parameter: str


EVERYWHERE = Spot("all", "all")


def belongs(dialect: str, spot: Spot, table: FromClause | None = None) -> ColumnElement[bool]:
    """What makes an entry one of the shelf; `table` is another name for the shelf's own.

    A source goes by its slug, several go by a list of their numbers, categories and languages by names.
    """
    shelf, parameter = spot
    column = (TABLES[shelf] if table is None else table).c
    if shelf == "source":
        slug = sources.c.slug == bindparam(parameter)
        number = select(sources.c.number).where(slug, sources.c.private == false()).scalar_subquery()
        return column.source_number == number
    if shelf == "sources":
        return is_among(dialect, column.source_number, parameter)
    return true() if shelf == "all" else column.name == bindparam(parameter)


#: The same of one shelf alone, whose parameter has its name.
BELONGS: dict[str, ColumnElement[bool]] = {
    "all": true(),
    "source": belongs("", Spot("source", "source")),
    "category": belongs("", Spot("category", "category")),
}


#: Moments are asked for as they are stored.
SINCE = bindparam("since", type_=BigInteger)
UNTIL = bindparam("until", type_=BigInteger)
POSITION = bindparam("position", type_=BigInteger)


class Form(NamedTuple):
    """The form of a question; `spot` is walked, the others are looked up."""

    spot: Spot = EVERYWHERE
    others: tuple[Spot, ...] = ()
    without: tuple[Spot, ...] = ()  #: where the entry must not stand
    words: int = 0  #: so many, that the text has to hold
    words_without: int = 0  #: so many, that it must not hold
    terms: Terms = "none"
    is_walked: bool = True  #: False: the entries are found otherwise
    is_after: bool = False
    is_since: bool = False
    is_until: bool = False
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
    table = TABLES[form.spot.shelf]
    place = table.c
    statement = select_stored().select_from(table)
    if table is not entries:
        statement = statement.join(entries, entries.c.number == place.entry_number)
    statement = statement.join(versions, IS_CURRENT).where(*list_conditions(dialect, form))
    return statement.order_by(place.position.desc(), place.tie).limit(bindparam("limit"))


@lru_cache(256)
def make_places(dialect: str, form: Form) -> Select[Any]:
    """Return the statement that lists the numbers of all entries, in the same order."""
    places = select(entries.c.number).where(*list_conditions(dialect, form))
    return places.order_by(entries.c.position.desc(), entries.c.tie)


def list_conditions(dialect: str, form: Form) -> Iterator[ColumnElement[bool]]:
    """Yield what is asked of an entry, where the shelf's table stands in FROM and the entries beside it."""
    table = TABLES[form.spot.shelf]
    place = table.c
    # Said so that no index can serve: SQLite would rather walk along all there are than look up a few.
    shown = place.live if form.is_live else place.visible
    yield shown == true() if form.is_walked else shown.is_not(false())
    yield belongs(dialect, form.spot)
    if form.is_since:
        yield place.position >= SINCE
    if form.is_until:
        yield place.position < UNTIL
    if form.is_after:
        # Not `a < x OR (a = x AND …)`: the index is entered at `position` only by a plain comparison.
        yield place.position <= POSITION
        yield or_(place.position < POSITION, place.tie > bindparam("tie"))
    number = entries.c.number if table is entries else place.entry_number
    for spot in form.others:
        yield _stands(dialect, number, spot)
    for spot in form.without:
        yield ~_stands(dialect, number, spot)
    if form.terms == "listed":
        yield is_among(dialect, number, "numbers")
    elif form.terms != "none":
        candidates = text(FIND_TERMS[dialect])
        yield (number + 0 if form.terms == "pass" else number).in_(candidates)
    yield from _hold(dialect, number, form)


def _stands(dialect: str, number: ColumnElement[int], spot: Spot) -> ColumnElement[bool]:
    other = TABLES[spot.shelf].alias(f"of_{spot.parameter}")  # it may be the table that is walked
    return exists().where(other.c.entry_number == number, belongs(dialect, spot, other))


def _hold(dialect: str, number: ColumnElement[int], form: Form) -> Iterator[ColumnElement[bool]]:
    """Yield what the text has to hold; it is asked of one entry after the other, while more are wanted."""
    position = func.instr if dialect == "sqlite" else func.strpos
    is_its = search_texts.c.entry_number == number
    if form.words:
        held = (position(search_texts.c.text, bindparam(f"word_{n}")) > 0 for n in range(form.words))
        yield exists().where(is_its, *held)
    if form.words_without:
        names = (f"without_{n}" for n in range(form.words_without))
        yield ~exists().where(is_its, or_(*(position(search_texts.c.text, bindparam(n)) > 0 for n in names)))


@lru_cache(256)
def make_count(dialect: str, form: Form) -> Select[Any]:
    """Return the statement that counts the entries, up to `most`.

    Those that are found by their terms are asked one after the other, as the index gives them.
    """
    table = TABLES[form.spot.shelf]
    numbers = select(literal(1)).select_from(table)
    if form.terms == "find":
        has_terms = search_terms.join(entries, search_terms.c[NUMBERS[dialect]] == entries.c.number)
        numbers = select(literal(1)).select_from(has_terms).where(text(HAS_TERMS[dialect]))
        form = form._replace(terms="none")
    numbers = numbers.where(*list_conditions(dialect, form)).limit(bindparam("most"))
    return select(func.count()).select_from(numbers.subquery())


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
