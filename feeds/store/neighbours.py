"""What stands around an entry: those before and after it at its source, and the same story at others."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from heapq import nlargest
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Select, bindparam, or_, select, true

from feeds.model import StoredEntry
from feeds.store.database import Transaction
from feeds.store.fetching import as_stored, fetch, is_among, write_list, write_moment
from feeds.store.identifiers import find_tie
from feeds.store.schema import entries, entry_sources, versions
from feeds.store.shelves import IS_CURRENT, find_stored, read_stored, select_stored
from feeds.store.twins import WINDOW

#: The same story at other sources that is told beside an entry, the newest.
MOST_TWINS = 10
#: Entries that are looked at for it; a page may have thousands, all of one source.
MOST_LOOKED_AT = 1_000


class Neighbours(NamedTuple):
    """The entries beside one in the view of its source."""

    newer: StoredEntry | None
    older: StoredEntry | None


def find_neighbours(db: Transaction, stored: StoredEntry) -> Neighbours:
    """Return what stands beside an entry in the view of its source, be it in that view or not."""
    asked = {
        "source": stored.source.number,
        "position": write_moment(stored.position),
        "tie": find_tie(stored.entry.id),
    }
    found = (read_stored(find_stored(db, _make_beside(is_newer), asked)) for is_newer in (True, False))
    return Neighbours(*(next(iter(one), None) for one in found))


@cache
def _make_beside(is_newer: bool) -> Select[Any]:
    """The one that follows in the view (newest first; of one position: by id), or the one before it."""
    place = entry_sources.c
    position = bindparam("position", type_=BigInteger)
    tie: ColumnElement[str] = bindparam("tie")
    # Not `a < x OR (a = x AND …)`: the index is entered at `position` only by a plain comparison.
    beyond = (
        (place.position >= position, or_(place.position > position, place.tie < tie))
        if is_newer
        else (place.position <= position, or_(place.position < position, place.tie > tie))
    )
    order = (place.position, place.tie.desc()) if is_newer else (place.position.desc(), place.tie)
    return (
        select_stored()
        .select_from(entry_sources)
        .join(entries, entries.c.number == place.entry_number)
        .join(versions, IS_CURRENT)
        .where(place.source_number == bindparam("source"), place.visible == true(), *beyond)
        .order_by(*order)
        .limit(1)
    )


def list_twins(db: Transaction, stored: StoredEntry) -> list[StoredEntry]:
    """Return the same story at other sources, one of each, the newest first (see `twins`).

    That is the first entry that a source has at the same page, where ours is the first of its own there;
    else the newest with the same title within two days.
    """
    [(link_mark, title_mark)] = fetch(db, _MARKS, {"number": stored.number})
    own = stored.source.number
    chosen = _choose(_list_with_title(db, stored, title_mark))
    at_page = _choose(_list_at_page(db, link_mark))
    if own in at_page and at_page[own].number == stored.number:
        chosen |= at_page
    chosen.pop(own, None)
    newest = nlargest(MOST_TWINS, chosen.values(), key=lambda each: (each.position, each.number))
    asked = {"numbers": write_list(each.number for each in newest)}
    found = {twin.number: twin for twin in read_stored(find_stored(db, _by_number(db.dialect.name), asked))}
    return [found[each.number] for each in newest if each.number in found]


class _Told(NamedTuple):
    """An entry that may be a twin."""

    origin_number: int
    number: int
    position: int  #: as it is stored


def _choose(told: Iterable[_Told]) -> dict[int, _Told]:
    """Return the first of those given of each source."""
    chosen: dict[int, _Told] = {}
    for each in told:
        chosen.setdefault(each.origin_number, each)
    return chosen


def _list_at_page(db: Transaction, mark: int | None) -> list[_Told]:
    """Return the entries with this mark of a page, the first first."""
    return [] if mark is None else [_Told(*row) for row in fetch(db, _AT_PAGE, {"mark": mark})]


def _list_with_title(db: Transaction, stored: StoredEntry, mark: int | None) -> list[_Told]:
    """Return the entries with this mark of a title, the newest first."""
    if mark is None:
        return []
    start, end = (write_moment(stored.position + distance) for distance in (-WINDOW, WINDOW))
    asked = {"mark": mark, "start": start, "end": end}
    return [_Told(*row) for row in fetch(db, _WITH_TITLE, asked)]


_MARKS = select(entries.c.link_mark, entries.c.title_mark).where(entries.c.number == bindparam("number"))
# `is_not(false)`: no index of what is visible may serve, or SQLite would walk along all there are.
_LOOKED_AT = (
    select(entries.c.origin_number, entries.c.number, as_stored(entries.c.position))
    .where(entries.c.visible.is_not(False))
    .limit(MOST_LOOKED_AT)
)
_AT_PAGE = _LOOKED_AT.where(entries.c.link_mark == bindparam("mark")).order_by(
    entries.c.position, entries.c.tie.desc()
)
_WITH_TITLE = _LOOKED_AT.where(
    entries.c.title_mark == bindparam("mark"),
    entries.c.position.between(bindparam("start", type_=BigInteger), bindparam("end", type_=BigInteger)),
).order_by(entries.c.position.desc(), entries.c.tie)


@cache
def _by_number(dialect: str) -> Select[Any]:
    statement = select_stored().select_from(entries).join(versions, IS_CURRENT)
    return statement.where(is_among(dialect, entries.c.number, "numbers"))
