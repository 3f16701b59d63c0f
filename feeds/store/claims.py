"""Entries that pass from the source that happened to bring them first to the one they belong to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from feeds.model import Placed, Source
from feeds.store.chunks import chunks
from feeds.store.database import Transaction, insert_missing
from feeds.store.filing import PLACE, file_entries
from feeds.store.held import find_signs
from feeds.store.history import Insertion, find_members, insert
from feeds.store.identifiers import find_key
from feeds.store.languages import note_changed
from feeds.store.places import find_views_of, settle
from feeds.store.recording import MOST_LOUD
from feeds.store.revisions import touch
from feeds.store.schema import entries, entry_sources, versions
from feeds.store.search import find_texts, index_changed

_CHANGED = ("position", "origin_number", "owner_number", "likeness", "link_mark", "title_mark")
_HAND_OVER = (
    update(entries)
    .where(entries.c.number == bindparam("changed_number"))
    .values(
        {name: bindparam(name) for name in _CHANGED} | {"current": 1, "version_count": 1, "quarantined": None}
    )
)


def hand_over(db: Transaction, source: Source, claimed: Sequence[Placed], now: datetime) -> set[str]:
    """Let entries be as if `source` had brought them first; return the keys of the views touched.

    What the former owner said of them is not kept, as it would not have been in the other order.
    """
    if not claimed:
        return set()
    asked = {find_key(placed.fresh.entry.id): placed for placed in claimed}
    seen = _find_seen(db, asked)
    taken = {number: asked[key] for number, (key, _) in seen.items()}
    touched = find_views_of(db, taken)
    for chunk in chunks(taken):
        db.execute(delete(versions).where(versions.c.entry_number.in_(chunk)))
    texts = {number: find_texts(placed.fresh.entry) for number, placed in taken.items()}
    rows = [
        _version_row(number, source, placed, seen[number][1]) | {"excerpt": texts[number].excerpt}
        for number, placed in taken.items()
    ]
    db.execute(versions.insert(), rows)
    db.execute(_HAND_OVER, [_entry_row(number, source, placed) for number, placed in taken.items()])
    _link(db, source, taken)
    file_entries(db, {number: placed.fresh.entry.categories for number, placed in taken.items()})
    note_changed(db, {number: placed.fresh.entry.language for number, placed in taken.items()})
    index_changed(db, {number: text.searched for number, text in texts.items()})
    touched |= find_views_of(db, taken)
    touch(db, touched, now)
    newest_first = sorted(taken, key=lambda number: taken[number].position, reverse=True)
    quiet, loud = newest_first[MOST_LOUD:], newest_first[:MOST_LOUD]
    insert(
        db,
        find_members(db, taken),
        [Insertion(number, 1) for number in reversed(quiet)],
        [Insertion(number, 1) for number in reversed(loud)],
    )
    return touched


def _find_seen(db: Transaction, keys: Collection[str]) -> dict[int, tuple[str, datetime]]:
    """Return (key, first_seen) of each entry by its row number."""
    found: dict[int, tuple[str, datetime]] = {}
    for chunk in chunks(keys):
        statement = select(entries.c.number, entries.c.key, entries.c.first_seen)
        rows = db.execute(statement.where(entries.c.key.in_(chunk)))
        found |= {row.number: (row.key, row.first_seen) for row in rows}
    return found


def _version_row(number: int, source: Source, placed: Placed, seen: datetime) -> dict[str, Any]:
    return {
        "entry_number": number,
        "number": 1,
        "seen": seen,
        "source_number": source.number,
        "hash": placed.fresh.hash,
        "data": placed.fresh.entry,
    }


def _entry_row(number: int, source: Source, placed: Placed) -> dict[str, Any]:
    return {
        "changed_number": number,
        "position": placed.position,
        "origin_number": source.number,
        "owner_number": source.number,
        **find_signs(placed.fresh),
    }


def _link(db: Transaction, source: Source, numbers: Collection[int]) -> None:
    """Put the entries among those of the source, and all they stand among into their new places."""
    for chunk in chunks(numbers):
        chosen = entries.c.number.in_(chunk)
        place = select(entries.c.number.label("entry_number"), *(entries.c[column] for column in PLACE))
        rows = [
            dict(row._mapping) | {"source_number": source.number} for row in db.execute(place.where(chosen))
        ]
        db.execute(insert_missing(db, entry_sources), rows)
        settle(db, chosen)
