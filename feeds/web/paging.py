"""Entries page by page: a page continues after an entry, never after a count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from flask import abort

from feeds.model import Selection, StoredEntry, View
from feeds.store import Transaction
from feeds.store.entries import EVERYTHING, find_entry, find_position, list_withdrawn
from feeds.store.selections import list_selected
from feeds.web.names import KEY

NOT_HERE = "The entry to continue from is not here."


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries of a view, newest first."""

    entries: Sequence[StoredEntry]
    older: str | None  #: the cursor of the page that continues this one


@dataclass(frozen=True, slots=True)
class Day:
    """The entries of one day in the site's time zone."""

    date: date
    entries: Sequence[StoredEntry]


def read_page(
    db: Transaction, view: View, limit: int, before: str | None, selection: Selection = EVERYTHING
) -> Page:
    """Return the entries after the cursor `before`, or the newest; answers 400 or 404 to a bad cursor."""
    after = find_place(db, before) if before is not None else None
    entries = list_selected(db, view, selection, limit + 1, after)
    older = entries[limit - 1].key if len(entries) > limit else None
    return Page(entries[:limit], older)


def read_withdrawn(db: Transaction, limit: int, before: str | None) -> Page:
    """Return the entries withdrawn before the one that the cursor names, or the latest."""
    after = None
    if before is not None:
        stored = find_entry(db, _read_key(before)) or abort(404, NOT_HERE)
        if stored.withdrawn is None:
            abort(404, "The entry to continue from is not withdrawn any more.")
        after = (stored.withdrawn, stored.number)
    found = list_withdrawn(db, limit + 1, after)
    return Page(found[:limit], found[limit - 1].key if len(found) > limit else None)


def find_place(db: Transaction, cursor: str) -> tuple[datetime, str]:
    """Return the place in every view that a cursor names: it is the key of the entry that stands there.

    A key stays what it is when entries come, go or are corrected, and cannot be forged into a place.
    """
    return find_position(db, _read_key(cursor)) or abort(404, NOT_HERE)


def _read_key(cursor: str) -> str:
    if not KEY.fullmatch(cursor):
        abort(
            400, "This is no place to continue from: ‘before’ takes the value of a link on the page before."
        )
    return cursor


def split_days(entries: Sequence[StoredEntry], timezone: ZoneInfo) -> Iterator[Day]:
    """Group entries by the day on which they stand in the view."""
    for day, group in groupby(entries, lambda stored: stored.position.astimezone(timezone).date()):
        yield Day(day, tuple(group))
