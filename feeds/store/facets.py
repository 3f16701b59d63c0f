"""What the newest entries of a view have in common: the sources, categories and languages to look at alone.

The newest few hundred say what there is now; to count all of a million would take a second and say less.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Subquery, bindparam, desc, false, func, or_, select, true

from feeds.model import View
from feeds.store.database import Transaction
from feeds.store.fetching import fetch
from feeds.store.schema import categories, entries, entry_categories, sources
from feeds.store.selection_schema import entry_languages
from feeds.store.shelves import BELONGS, TABLES, ShelfName
from feeds.store.source_rows import find_origins
from feeds.store.views import view_of

NEWEST = 200  # entries that are looked at: each is read from somewhere else
WRITTEN = ("zh-hans", "zh-hant")
MOST = 12  # sources and categories that are told, the most frequent


class Facet(NamedTuple):
    """Something that many of the newest entries have."""

    view: View
    entries: int


class Facets(NamedTuple):
    """By what a view can be narrowed, the most frequent first; languages in lower case.

    A source has no other sources, and a category is narrowed by none.
    """

    sources: Sequence[Facet]
    categories: Sequence[Facet]
    languages: Sequence[tuple[str, int]]


def find_facets(db: Transaction, view: View) -> Facets:
    """Count what the newest entries of everything, a source or a category have."""
    shelf: ShelfName = view.kind if view.kind in ("source", "category") else "all"
    asked = {shelf: view.name, "most": MOST}
    counted = fetch(db, _count_sources(shelf), asked) if shelf != "source" else ()
    labels = fetch(db, _count_categories(shelf), asked) if shelf != "category" else ()
    origins = find_origins(db, {number for number, _ in counted}) if counted else {}
    return Facets(
        [Facet(view_of(origins[number]), count) for number, count in counted],
        [Facet(View("category", name, title), count) for name, title, count in labels],
        [(name, count) for name, count in fetch(db, _count_languages(shelf), asked)],
    )


@cache
def _count_sources(shelf: ShelfName) -> Select[Any]:
    newest = _select_newest(shelf)
    statement = select(entries.c.origin_number, func.count().label("count")).select_from(newest)
    statement = statement.join(entries, entries.c.number == newest.c.number)
    statement = statement.join(sources, sources.c.number == entries.c.origin_number)
    return _most_frequent(statement.where(sources.c.private == false()), entries.c.origin_number)


@cache
def _count_categories(shelf: ShelfName) -> Select[Any]:
    newest = _select_newest(shelf)
    statement = select(categories.c.name, categories.c.title, func.count().label("count")).select_from(newest)
    statement = statement.join(entry_categories, entry_categories.c.entry_number == newest.c.number)
    statement = statement.join(categories, categories.c.name == entry_categories.c.name)
    return _most_frequent(
        statement.where(entry_categories.c.visible == true()), categories.c.name, categories.c.title
    )


@cache
def _count_languages(shelf: ShelfName) -> Select[Any]:
    newest = _select_newest(shelf)
    statement = select(entry_languages.c.name, func.count().label("count")).select_from(newest)
    statement = statement.join(entry_languages, entry_languages.c.entry_number == newest.c.number)
    name = entry_languages.c.name  # a language; of one with two ways to write it, these too
    statement = statement.where(or_(name.not_like("%-%"), *(name == written for written in WRITTEN)))
    return _most_frequent(statement, entry_languages.c.name)


def _most_frequent(statement: Select[Any], *by: ColumnElement[Any]) -> Select[Any]:
    return statement.group_by(*by).order_by(desc("count"), by[0]).limit(bindparam("most"))


def _select_newest(shelf: ShelfName) -> Subquery:
    table = TABLES[shelf]
    number = table.c.number if table is entries else table.c.entry_number
    statement = select(number.label("number")).where(table.c.visible == true(), BELONGS[shelf])
    return statement.order_by(table.c.position.desc(), table.c.tie).limit(NEWEST).subquery()
