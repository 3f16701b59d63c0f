"""Twins among the entries of a selection: the same page, or the same title within 48 hours.

The one that was placed first stands for all, so that a story stays where a reader has seen it: whoever comes
later is folded into it and moves nothing. For a title, time counts from the one that stands for its group:
where a column is called the same every day, one in three is shown, and not only the first ever.

A page makes twins of entries of several sources. What one source tells in several entries is several things
to it, whatever page they all lead to (that of a programme, a list of changes): the first counts by its page,
the others by their titles alone.

Which entries are folded depends on the whole selection and on no page of it: twins of twins are looked up,
too, until there are none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, select

from feeds.model import Selection, StoredEntry, View
from feeds.store.chunks import chunks
from feeds.store.database import Transaction
from feeds.store.fetching import is_among, write_list
from feeds.store.schema import entries, versions
from feeds.store.selections import MOST_TEXT, Place, ask, list_fitting, weigh
from feeds.store.shelves import IS_CURRENT, Found, find_stored, list_conditions, read_stored, select_stored

WINDOW = timedelta(hours=48)
#: Twins that are looked up for one page; of more, the newest stay as they are.
MOST_TWINS = 5_000
#: Twins told beside one entry, the newest.
MOST_TOLD = 20


class Twin(NamedTuple):
    """What is known of an entry as far as folding goes."""

    number: int
    position: datetime
    tie: str
    origin_number: int
    link_mark: int | None
    title_mark: int | None


class Folded(NamedTuple):
    """Entries that stand for themselves and others."""

    entries: list[StoredEntry]
    twins: dict[int, list[StoredEntry]]  #: by number of the entry that stands for them, the newest first
    last: Place | None  #: of the last entry looked at, where more follow


def list_folded(db: Transaction, view: View, selection: Selection, limit: int, after: Place | None) -> Folded:
    """Return the newest `limit` entries that are folded into no other, and what is folded into them.

    They are fewer where not so many have room in one document.
    """
    shown: list[StoredEntry] = []
    folded: dict[int, dict[int, Twin]] = defaultdict(dict)
    room = MOST_TEXT
    while len(shown) < limit and room > 0:
        listed, has_more = list_fitting(db, view, selection, limit - len(shown), after, room=room)
        room -= sum(map(weigh, listed))
        family = list_family(db, view, selection, listed)
        stands_for = find_stands(family)
        for twin in family:
            if stands_for[twin.number] != twin.number:
                folded[stands_for[twin.number]][twin.number] = twin
        shown += [one for one in listed if stands_for[one.number] == one.number]
        if not has_more:
            return Folded(shown, _read_twins(db, shown, folded), None)
        after = (listed[-1].position, listed[-1].entry.id)
    return Folded(shown, _read_twins(db, shown, folded), after)


def find_stands(family: Iterable[Twin]) -> dict[int, int]:
    """Return by number which entry stands for each: itself, or the twin that was placed first."""
    by_link: dict[int, int] = {}
    brought: set[tuple[int, int]] = set()  # pages, each with a source that has an entry there
    by_title: dict[int, tuple[datetime, int]] = {}
    stands: dict[int, int] = {}
    for twin in reversed(_sort_newest_first(family)):
        standing = None
        if twin.link_mark is not None and (twin.link_mark, twin.origin_number) not in brought:
            brought.add((twin.link_mark, twin.origin_number))
            standing = by_link.get(twin.link_mark)
        if twin.title_mark is not None:
            start = by_title.get(twin.title_mark)
            if start is None or twin.position - start[0] > WINDOW:
                by_title[twin.title_mark] = (twin.position, twin.number if standing is None else standing)
            elif standing is None:
                standing = start[1]
        stands[twin.number] = twin.number if standing is None else standing
        if twin.link_mark is not None:
            by_link.setdefault(twin.link_mark, stands[twin.number])
    return stands


def _sort_newest_first(twins: Iterable[Twin]) -> list[Twin]:
    """Return them as a view shows them: whoever comes last was placed first."""
    return sorted(sorted(twins, key=lambda one: one.tie), key=lambda one: one.position, reverse=True)


def list_family(
    db: Transaction, view: View, selection: Selection, listed: Collection[StoredEntry]
) -> list[Twin]:
    """Return the entries with all their twins, the twins of these, and so on."""
    numbers = [stored.number for stored in listed]
    family = {twin.number: twin for twin in _list_by(db, entries.c.number, numbers)}
    asked: dict[str, set[int]] = {"link_mark": set(), "title_mark": set()}
    fresh: Collection[Twin] = family.values()
    while fresh and len(family) < MOST_TWINS:
        found: dict[int, Twin] = {}
        for name, known in asked.items():
            marks = {getattr(twin, name) for twin in fresh} - known - {None}
            known |= marks
            most = max(0, MOST_TWINS - len(family) - len(found))
            twins = _list_selected_by(db, view, selection, name, marks, most)
            found |= {twin.number: twin for twin in twins if twin.number not in family}
        family |= found
        fresh = list(found.values())
    return list(family.values())


def _list_by(db: Transaction, column: ColumnElement[Any], values: Collection[int]) -> list[Twin]:
    found: list[Twin] = []
    for chunk in chunks(values):
        found += [Twin(*row) for row in db.execute(_TWINS.where(column.in_(chunk)))]
    return found


def _list_selected_by(
    db: Transaction, view: View, selection: Selection, name: str, marks: Collection[int], most: int
) -> list[Twin]:
    """Return the entries of the selection with one of these marks."""
    question = ask(db, view, selection)
    conditions = list_conditions(db.dialect.name, question.as_looked_up())
    statement = _TWINS.where(entries.c[name].in_(bindparam("marks", expanding=True)), *conditions)
    statement = statement.order_by(entries.c.position, entries.c.tie.desc()).limit(most)
    found: list[Twin] = []
    for chunk in chunks(marks):
        rows = db.execute(statement, question.asked | {"marks": chunk})
        found += [Twin(*row) for row in rows]
    return found


def _read_twins(
    db: Transaction, shown: Collection[StoredEntry], folded: Mapping[int, Mapping[int, Twin]]
) -> dict[int, list[StoredEntry]]:
    """Return the entries folded into those shown, the newest of each."""
    told = {
        one.number: [twin.number for twin in _sort_newest_first(folded[one.number].values())[:MOST_TOLD]]
        for one in shown
        if one.number in folded
    }
    found: dict[int, StoredEntry] = {}
    for chunk in chunks({number for numbers in told.values() for number in numbers}):
        found |= {stored.number: stored for stored in read_stored(_find_by_number(db, chunk))}
    return {
        standing: [found[number] for number in numbers if number in found]
        for standing, numbers in told.items()
    }


_TWINS = select(*(entries.c[name] for name in Twin._fields))


def _find_by_number(db: Transaction, numbers: Iterable[int]) -> Found:
    return find_stored(db, _make_by_number(db.dialect.name), {"numbers": write_list(numbers)})


@cache
def _make_by_number(dialect: str) -> Select[Any]:
    statement = select_stored().select_from(entries).join(versions, IS_CURRENT)
    return statement.where(is_among(dialect, entries.c.number, "numbers"))
