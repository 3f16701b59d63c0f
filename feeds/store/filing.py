"""Which categories an entry stands in: those it names itself, and those of the sources that bring it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, delete, false, literal, select, true

from feeds.store.categories import name_categories
from feeds.store.chunks import chunks
from feeds.store.database import Transaction, insert_for, insert_missing
from feeds.store.schema import entries, entry_categories, entry_sources, sources

if TYPE_CHECKING:
    from sqlalchemy.dialects import sqlite

PLACE = ("visible", "live", "position", "tie")


class Place(Protocol):
    """An entry as far as its place in every view goes."""

    visible: bool
    live: bool
    position: datetime
    tie: str


def link_sources(db: Transaction, links: Mapping[tuple[int, int], Place]) -> None:
    """Put entries among those of sources, by (number of the entry, number of the source)."""
    rows = [
        {"entry_number": number, "source_number": source} | {name: getattr(place, name) for name in PLACE}
        for (number, source), place in links.items()
    ]
    if rows:
        db.execute(insert_missing(db, entry_sources), rows)


def file_new(db: Transaction, labels: Mapping[int, Collection[str]], places: Mapping[int, Place]) -> None:
    """Put entries that are in no category yet, by number, into those of these labels and of their sources."""
    rows = [
        {"entry_number": number, "name": name, "inherited": False}
        | {column: getattr(places[number], column) for column in PLACE}
        for number, name in _name_all(db, labels, places)
    ]
    if rows:
        db.execute(insert_missing(db, entry_categories), rows)
    inherit_categories(db, labels)


def file_entries(db: Transaction, labels: Mapping[int, Collection[str]]) -> None:
    """Put the entries, by number, into the categories of these labels and of their sources, and no other."""
    for chunk in chunks(labels):
        db.execute(_DELETE, {"numbers": chunk})
        file_new(db, {number: labels[number] for number in chunk}, find_places(db, chunk))


def find_places(db: Transaction, numbers: Collection[int]) -> dict[int, Any]:
    """Return the places of entries, by number; no more than a chunk of them."""
    return {row.number: row for row in db.execute(_PLACES, {"numbers": numbers})}


def inherit_categories(db: Transaction, numbers: Collection[int]) -> None:
    """Put the entries, by number, into the categories of their sources too."""
    for chunk in chunks(numbers):
        db.execute(_make_inherit_of(db.dialect.name), {"numbers": chunk})


def refile(db: Transaction, source_number: int) -> None:
    """Put the entries of a source into its present category, and out of the one it had."""
    brought = select(entry_sources.c.entry_number).where(entry_sources.c.source_number == source_number)
    db.execute(
        delete(entry_categories).where(
            entry_categories.c.inherited == true(), entry_categories.c.entry_number.in_(brought)
        )
    )
    db.execute(_make_inherit(db.dialect.name, _linked(entry_sources.c.entry_number.in_(brought))))


def _name_all(
    db: Transaction, labels: Mapping[int, Collection[str]], places: Mapping[int, Place]
) -> list[tuple[int, str]]:
    """Return (number of an entry, name of a category) for each of its labels, once each."""
    seen: dict[str, bool] = {}
    for number, own in labels.items():
        seen |= {label: places[number].visible or seen.get(label, False) for label in own}
    names = name_categories(db, seen)
    filed = ((number, names[label]) for number, own in labels.items() for label in own if label in names)
    return list(dict.fromkeys(filed))


def _linked(where: ColumnElement[bool]) -> Select[Any]:
    """The rows that the entries inherit from the categories of their sources."""
    return (
        select(
            entry_sources.c.entry_number,
            sources.c.category_name,
            literal(True),
            *(entry_sources.c[column] for column in PLACE),
        )
        .join(sources, sources.c.number == entry_sources.c.source_number)
        .where(sources.c.category_name.is_not(None), sources.c.private == false(), where)
    )


def _make_inherit(dialect: str, rows: Select[Any]) -> sqlite.Insert:
    columns = ["entry_number", "name", "inherited", *PLACE]
    return insert_for(dialect, entry_categories).from_select(columns, rows).on_conflict_do_nothing()


# Every poll runs these: they are made once.
NUMBERS: BindParameter[int] = bindparam("numbers", expanding=True)
_DELETE = delete(entry_categories).where(entry_categories.c.entry_number.in_(NUMBERS))
_PLACES = select(entries.c.number, *(entries.c[column] for column in PLACE)).where(
    entries.c.number.in_(NUMBERS)
)


@cache
def _make_inherit_of(dialect: str) -> sqlite.Insert:
    return _make_inherit(dialect, _linked(entry_sources.c.entry_number.in_(NUMBERS)))
