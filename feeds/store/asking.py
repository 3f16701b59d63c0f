"""What is asked of entries, put into the terms of the store: shelves to walk along, words to look for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, func, literal, select, true

from feeds.model import Selection, View
from feeds.store.database import Transaction
from feeds.store.fetching import fetch, write_list, write_moment
from feeds.store.naming import find_meant
from feeds.store.search import fold_all
from feeds.store.shelves import EVERYWHERE, TABLES, Form, ShelfName, Spot, belongs
from feeds.text.query import Kind, Named, Query
from feeds.text.search import fold
from feeds.text.slugs import slugify

#: Entries of a shelf that are few: it is walked rather than one with more.
FEW = 500
#: Of shelves with many entries each, the first is walked.
ORDER: tuple[Kind, ...] = ("source", "category", "language")


class Asked(NamedTuple):
    """The form of the walk, and all that stands in it."""

    form: Form
    shelves: tuple[Spot, ...]  #: on all of which the entries stand
    folded: Sequence[str]  #: the words that they hold
    values: dict[str, Any]  #: parameters of the statement, by name
    is_void: bool = False  #: no entry can meet it


class _Shelves:
    """Shelves as they are asked for, and the values of their parameters."""

    def __init__(self, db: Transaction) -> None:
        self._db = db
        self.values: dict[str, Any] = {}
        self.asked: list[Spot] = []
        self.without: list[Spot] = []
        self.is_void = False

    def add(self, named: Named) -> None:
        """Ask that an entry stands on a shelf, or that it does not."""
        spots = self.without if named.is_without else self.asked
        if named.kind != "source":
            spots.append(self._put(named.kind, _find_value(named)))
            return
        meant = find_meant(self._db, named.name)
        if not meant:
            self.is_void |= not named.is_without
        elif len(meant) == 1:
            spots.append(self._put("source", meant[0].slug))
        else:
            spots.append(self._put("sources", write_list(one.number for one in meant)))

    def add_view(self, view: View) -> None:
        if view.kind == "source" or view.kind == "category":
            self.asked.append(self._put(view.kind, view.name))

    def _put(self, shelf: ShelfName, value: str) -> Spot:
        """Give a value a parameter, named by its shelf and, after the first, by a number."""
        count = sum(spot.shelf == shelf for spot in (*self.asked, *self.without))
        spot = Spot(shelf, f"{shelf}_{count}" if count else shelf)
        self.values[spot.parameter] = value
        return spot


def read_asked(db: Transaction, view: View, selection: Selection, queries: Sequence[Query]) -> Asked:
    """Return what entries of a view have to meet: the selection but for its query, and all the queries."""
    shelves = _Shelves(db)
    shelves.add_view(view)
    for named in _list_named(selection, queries):
        shelves.add(named)
    folded = fold_all(word for query in queries for word in query.words)
    without = list(dict.fromkeys(filter(None, (fold(word) for query in queries for word in query.without))))
    values = shelves.values | _read_times(selection, queries)
    values |= {f"word_{n}": word for n, word in enumerate(folded)}
    values |= {f"without_{n}": word for n, word in enumerate(without)}
    ordered = _order(db, tuple(dict.fromkeys(shelves.asked)), shelves.values)
    walked = next((spot for spot in ordered if spot.shelf in ORDER), EVERYWHERE)
    form = Form(
        walked,
        tuple(spot for spot in ordered if spot != walked),
        tuple(shelves.without),
        len(folded),
        len(without),
        is_since="since" in values,
        is_until="until" in values,
        is_live=selection.is_live and view.kind != "source",
    )
    return Asked(form, ordered, folded, values, shelves.is_void)


def _list_named(selection: Selection, queries: Sequence[Query]) -> Iterator[Named]:
    if selection.language is not None:
        yield Named("language", selection.language)
    for query in queries:
        yield from query.named


def _find_value(named: Named) -> str:
    return slugify(named.name) if named.kind == "category" else named.name.casefold()


def _read_times(selection: Selection, queries: Sequence[Query]) -> dict[str, int]:
    since = [moment for moment in (selection.since, *(query.after for query in queries)) if moment]
    until = [query.before for query in queries if query.before]
    times = {"since": max(since, default=None), "until": min(until, default=None)}
    return {name: write_moment(moment) for name, moment in times.items() if moment is not None}


def _order(db: Transaction, spots: tuple[Spot, ...], values: Mapping[str, Any]) -> tuple[Spot, ...]:
    """Return the shelves with the one to walk first: that with the fewest entries, if they are few.

    Several sources of one title are no shelf: nothing holds the places of their entries together.
    """
    walked = sorted((spot for spot in spots if spot.shelf in ORDER), key=lambda spot: ORDER.index(spot.shelf))
    others = [spot for spot in spots if spot.shelf not in ORDER]
    if len(walked) > 1:
        counts = {spot: _count(db, spot, values) for spot in walked}
        walked.sort(key=counts.__getitem__)
    return (*walked, *others)


def _count(db: Transaction, spot: Spot, values: Mapping[str, Any]) -> int:
    [[count]] = fetch(db, _make_count(db.dialect.name, spot), values)
    return int(count)


@cache
def _make_count(dialect: str, spot: Spot) -> Select[Any]:
    table = TABLES[spot.shelf]
    few = select(literal(1)).where(belongs(dialect, spot), table.c.visible == true()).limit(FEW)
    return select(func.count()).select_from(few.subquery())
