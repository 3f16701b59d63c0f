"""What the documents of a view's history hold (RFC 5005, section 4)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, bindparam, false, or_, select, true

from feeds.model import Source, StoredEntry, Tombstone, View
from feeds.store.database import Transaction
from feeds.store.fetching import as_stored, fetch, find_moment, is_among, write_list
from feeds.store.places import is_public
from feeds.store.schema import entries, sources, versions
from feeds.store.shelves import BELONGS, IS_CURRENT, TABLES, find_stored, read_stored, select_stored
from feeds.store.source_rows import find_sources_by_number
from feeds.store.view_schema import archives, insertions, views

_OF_THEN = and_(
    versions.c.entry_number == insertions.c.entry_number, versions.c.number == insertions.c.version
)
LAST_OF_ALL = 2**63 - 1  # greater than the ordinal of any insertion

_COUNTS = select(views.c.archived, views.c.archives).where(views.c.key == bindparam("view"))
_PRIVATE = select(sources.c.number).where(sources.c.private == true())
#: Whether anybody may read what was inserted: it is shown today, or who said it is public.
_IS_READABLE = or_(
    insertions.c.version == entries.c.current, versions.c.source_number.not_in(_PRIVATE)
).label("is_readable")


@dataclass(frozen=True, slots=True)
class Waiting:
    """What no archive document of a view holds yet."""

    entries: Sequence[StoredEntry]  #: as they are now, the latest insertion first
    tombstones: Sequence[Tombstone]
    archives: int  #: how many documents there are


class Archived(NamedTuple):
    """An entry in an archive document."""

    ordinal: int  #: of its insertion into the view
    number: int  #: its row number
    version: int  #: which of its versions is shown


@dataclass(frozen=True, slots=True)
class Archive:
    """One archive document: entries as they were when it was cut."""

    number: int  #: from 1
    entries: Sequence[Archived]  #: the latest first
    tombstones: Sequence[Tombstone]
    origins: Sequence[Source]  #: without `updated`: it moves at every poll, and no document tells it
    is_last: bool


def list_waiting(db: Transaction, view: View, known: Iterable[StoredEntry] = ()) -> Waiting:
    """Return what is shown in the live feed of a view until an archive document holds it.

    `known` are entries of the view that have been read already, in the same transaction.
    """
    counts = fetch(db, _COUNTS, {"view": view.key})
    archived, count = counts[0] if counts else (0, 0)
    rows = _list_latest(db, view, archived)
    wanted = [row.entry_number for row in rows if row.withdrawn is None and not _is_hidden(row, view)]
    present = {stored.number: stored for stored in known}
    present |= _find_present(db, view, [number for number in wanted if number not in present])
    waiting = [present[number] for number in wanted if number in present]
    return Waiting(waiting, _find_tombstones(rows), count)


def find_archive(db: Transaction, view: View, number: int) -> Archive | None:
    """Return what an archive document of a view holds; None where there is no such document.

    What has become private or cannot be rendered is left out, and so is what a source that is private now has
    said, unless it is what another says today; otherwise the document stays as it was cut.
    """
    of_view = archives.c.view_key == view.key
    limits = select(archives.c.number, archives.c.last).where(
        of_view, archives.c.number.between(number - 1, number + 1)
    )
    lasts = {row.number: row.last for row in db.execute(limits)}
    if number < 1 or number not in lasts:
        return None
    rows = _list_latest(db, view, lasts.get(number - 1, 0), lasts[number])
    present = [row for row in rows if row.withdrawn is None and row.is_readable]
    origins = find_sources_by_number(db, {row.origin_number for row in rows})
    return Archive(
        number,
        [Archived(row.ordinal, row.entry_number, row.version) for row in present],
        _find_tombstones(rows),
        [replace(origins[key], updated=None) for key in sorted(origins)],
        is_last=number + 1 not in lasts,
    )


def read_archive(db: Transaction, view: View, archive: Archive) -> list[StoredEntry]:
    """Return the entries of an archive document, the latest first."""
    ordinals = write_list(one.ordinal for one in archive.entries)
    asked = {"view": view.key, "ordinals": ordinals}
    found = read_stored(find_stored(db, _make_archived(db.dialect.name), asked))
    versions_then = {one.number: one.version for one in archive.entries}
    return [replace(stored, versions=versions_then[stored.number], withdrawn=None) for stored in found]


@cache
def _make_archived(dialect: str) -> Select[Any]:
    return (
        select_stored()
        .select_from(insertions)
        .join(entries, entries.c.number == insertions.c.entry_number)
        .join(versions, _OF_THEN)
        .where(
            insertions.c.view_key == bindparam("view"), is_among(dialect, insertions.c.ordinal, "ordinals")
        )
        .order_by(insertions.c.ordinal.desc())
    )


class _Latest(NamedTuple):
    """The last insertion of an entry among some."""

    ordinal: int
    entry_number: int
    version: int
    withdrawn: datetime | None
    arrival: bool
    id: str
    flooded: bool
    origin_number: int
    is_readable: bool


_COLUMNS = (
    *(insertions.c[name] for name in ("ordinal", "entry_number", "version", "withdrawn", "arrival")),
    *(entries.c[name] for name in ("id", "flooded", "origin_number")),
)
_LATEST = (
    select(*map(as_stored, _COLUMNS), _IS_READABLE)
    .join_from(insertions, entries, entries.c.number == insertions.c.entry_number)
    .outerjoin(versions, _OF_THEN)
    .where(
        insertions.c.view_key == bindparam("view"),
        insertions.c.ordinal > bindparam("after"),
        insertions.c.ordinal <= bindparam("last"),
        entries.c.quarantined.is_(None),
        is_public(),
    )
    .order_by(insertions.c.ordinal.desc())
)


def _list_latest(db: Transaction, view: View, after: int, last: int = LAST_OF_ALL) -> list[_Latest]:
    """Return the last insertion of each entry among these, the latest first."""
    latest: dict[int, _Latest] = {}
    for ordinal, number, version, withdrawn, *rest in fetch(
        db, _LATEST, {"view": view.key, "after": after, "last": last}
    ):
        if number not in latest:
            latest[number] = _Latest(ordinal, number, version, find_moment(withdrawn), *rest)
    return list(latest.values())


def _is_hidden(row: _Latest, view: View) -> bool:
    """Whether the live feed leaves out an entry that waits: one that comes with a flood, but for a source's.

    What befalls such an entry later is shown like anything else.
    """
    return view.kind != "source" and row.flooded and row.arrival


def _find_tombstones(rows: Sequence[_Latest]) -> list[Tombstone]:
    return [Tombstone(row.id, row.withdrawn) for row in rows if row.withdrawn is not None]


def _find_present(db: Transaction, view: View, numbers: Collection[int]) -> dict[int, StoredEntry]:
    """Return by number those of the entries that the view shows now."""
    if not numbers:
        return {}
    statement = _make_present(db.dialect.name, view.kind)
    found = find_stored(db, statement, {view.kind: view.name, "numbers": write_list(numbers)})
    return {stored.number: stored for stored in read_stored(found)}


@cache
def _make_present(dialect: str, kind: str) -> Select[Any]:
    table = TABLES[kind]
    statement = select_stored().select_from(table)
    if table is not entries:
        statement = statement.join(entries, entries.c.number == table.c.entry_number)
    number = entries.c.number if table is entries else table.c.entry_number
    return statement.join(versions, IS_CURRENT).where(
        BELONGS[kind], table.c.visible.is_not(false()), is_among(dialect, number, "numbers")
    )
