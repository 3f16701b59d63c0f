"""Entries that pass from the source that happened to bring them first to the one they belong to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, select, update

from feeds.model import Placed, Source
from feeds.store.categories import forget_labels
from feeds.store.chunks import chunks
from feeds.store.database import Transaction, insert_missing
from feeds.store.filing import PLACE, file_entries
from feeds.store.held import find_signs
from feeds.store.history import find_members
from feeds.store.identifiers import find_key
from feeds.store.languages import note_changed
from feeds.store.places import find_views_of, settle
from feeds.store.revisions import touch
from feeds.store.rounds import put_off
from feeds.store.schema import entries, entry_sources, sources, versions
from feeds.store.search import find_texts, index_changed
from feeds.store.standing import surface

_CHANGED = ("position", "flooded", "origin_number", "owner_number", "likeness", "link_mark", "title_mark")
_HAND_OVER = (
    update(entries)
    .where(entries.c.number == bindparam("changed_number"))
    .values(
        {name: bindparam(name) for name in _CHANGED} | {"current": 1, "version_count": 1, "quarantined": None}
    )
)
_LEAVE = delete(entry_sources).where(
    entry_sources.c.entry_number == bindparam("left_entry"),
    entry_sources.c.source_number == bindparam("left_origin"),
    entry_sources.c.source_number.in_(select(sources.c.number).where(sources.c.kind == "archive")),
)


def hand_over(db: Transaction, source: Source, claimed: Sequence[Placed], now: datetime) -> set[str]:
    """Let entries be as if `source` had brought them first; return the keys of the views touched.

    What the former owner said of them is not kept, as it would not have been in the other order.
    """
    if not claimed:
        return set()
    asked = {find_key(placed.fresh.entry.id): placed for placed in claimed}
    seen = _find_seen(db, asked)
    taken = {number: asked[one.key] for number, one in seen.items()}
    touched = find_views_of(db, taken)
    labels = _take_versions(db, taken)
    texts = {number: find_texts(placed.fresh.entry) for number, placed in taken.items()}
    rows = [
        _version_row(number, source, placed, seen[number].first_seen) | {"excerpt": texts[number].excerpt}
        for number, placed in taken.items()
    ]
    db.execute(versions.insert(), rows)
    db.execute(_HAND_OVER, [_entry_row(number, source, placed) for number, placed in taken.items()])
    _leave(db, seen)
    _link(db, source, taken)
    file_entries(db, {number: placed.fresh.entry.categories for number, placed in taken.items()})
    forget_labels(db, labels)
    note_changed(db, {number: placed.fresh.entry.language for number, placed in taken.items()})
    index_changed(db, {number: text.searched for number, text in texts.items()})
    touched |= find_views_of(db, taken) | _make_up(db, seen.values(), now)
    touch(db, touched, now)
    put_off(db, find_members(db, taken))
    return touched


class _Seen(NamedTuple):
    """What is stored of an entry that is handed over."""

    key: str
    first_seen: datetime
    origin_number: int
    owner_number: int
    flooded: bool


def _find_seen(db: Transaction, keys: Collection[str]) -> dict[int, _Seen]:
    """Return what is stored of each entry by its row number."""
    found: dict[int, _Seen] = {}
    columns = [entries.c[name] for name in _Seen._fields]
    for chunk in chunks(keys):
        rows = db.execute(select(entries.c.number, *columns).where(entries.c.key.in_(chunk)))
        found |= {number: _Seen(*fields) for number, *fields in rows}
    return found


def _take_versions(db: Transaction, numbers: Collection[int]) -> set[str]:
    """Delete all versions of the entries; return the labels that they gave."""
    labels: set[str] = set()
    for chunk in chunks(numbers):
        chosen = versions.c.entry_number.in_(chunk)
        labels.update(*(entry.categories for entry in db.scalars(select(versions.c.data).where(chosen))))
        db.execute(delete(versions).where(chosen))
    return labels


def _make_up(db: Transaction, lost: Iterable[_Seen], now: datetime) -> set[str]:
    """Let as many entries of their former owners into live feeds as these have lost there.

    In the other order the owner would have brought these only.
    """
    counts = Counter((one.owner_number, one.first_seen) for one in lost if not one.flooded)
    touched: set[str] = set()
    for (owner, seen), count in counts.items():
        touched |= surface(db, owner, seen, count, now)
    return touched


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
        "flooded": placed.flooded,
        "origin_number": source.number,
        "owner_number": source.number,
        **find_signs(placed.fresh),
    }


def _leave(db: Transaction, seen: Mapping[int, _Seen]) -> None:
    """Take the entries from the publishers whose documents brought them, which bring nothing themselves."""
    rows = [
        {"left_entry": number, "left_origin": one.origin_number}
        for number, one in seen.items()
        if one.origin_number != one.owner_number
    ]
    if rows:
        db.execute(_LEAVE, rows)


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
