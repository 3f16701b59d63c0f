"""Entries: reading them, one or a view's worth, with what is known about them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Select, and_, bindparam, false, func, or_, select, true

from feeds.model import KnownEntry, Source, StoredEntry, Version, View
from feeds.store.applying import apply_changes
from feeds.store.chunks import chunks
from feeds.store.claims import hand_over
from feeds.store.database import Transaction
from feeds.store.held import MAKES_WAY
from feeds.store.identifiers import find_key, find_tie
from feeds.store.schema import entries, entry_categories, entry_sources, sources, versions
from feeds.store.search import holds
from feeds.store.source_rows import find_sources_by_number
from feeds.store.standing import promote_late, quarantine, withdraw

__all__ = [
    "apply_changes",
    "count_entries",
    "find_entry",
    "find_key",
    "hand_over",
    "known_entries",
    "list_entries",
    "list_quarantined",
    "list_versions",
    "list_withdrawn",
    "promote_late",
    "quarantine",
    "search_entries",
    "withdraw",
]

IS_CURRENT = and_(versions.c.entry_number == entries.c.number, versions.c.number == entries.c.current)


_KNOWN = (
    select(
        *(entries.c[name] for name in ("key", "withdrawn", "deleted", "owner_number", "first_seen")),
        sources.c.key.label("owner_key"),
        sources.c.link.label("owner_link"),
        sources.c.private.label("owner_private"),
        MAKES_WAY,
        versions,
    )
    .join(versions, IS_CURRENT)
    .join(sources, sources.c.number == entries.c.owner_number)
    .where(entries.c.key.in_(bindparam("keys", expanding=True)))
)


def known_entries(
    db: Transaction, ids: Collection[str], source: Source | None = None
) -> dict[str, KnownEntry]:
    """Return what is stored of these entries, as far as deciding about fresh ones needs it.

    Where `source` brings them, those are foreign that another source speaks for.
    """
    found: dict[str, KnownEntry] = {}
    asked = {find_key(id): id for id in ids}
    for chunk in chunks(asked):
        for row in db.execute(_KNOWN, {"keys": chunk}):
            id = asked[row.key]
            found[id] = KnownEntry(
                id=id,
                hash=row.hash,
                entry=row.data,
                rank=row.rank,
                path=row.path,
                withdrawn=row.withdrawn is not None,
                is_deleted=row.deleted,
                is_foreign=source is not None
                and row.owner_number != source.number
                and not row.owner_makes_way,
                first_seen=row.first_seen,
                is_corrected=row.seen != row.first_seen,
                owner_key=row.owner_key,
                owner_link=row.owner_link,
                owner_private=row.owner_private,
            )
    return found


def find_entry(db: Transaction, key: str) -> StoredEntry | None:
    """Return the entry, a withdrawn one too; None if there is none or its source is private."""
    statement = select_stored(entries).where(entries.c.key == key, is_public())
    return next(iter(read_stored(db, statement)), None)


def list_entries(
    db: Transaction,
    view: View,
    limit: int,
    after: tuple[datetime, str] | None = None,
    *,
    only_live: bool = False,
) -> list[StoredEntry]:
    """Return the entries of a view, newest first (of one position: by id).

    `after` is (position, id) of the last one seen: the page that follows it. `only_live` leaves out floods,
    but for the view of their own source.
    """
    return _list_shelf(db, find_shelf(view), limit, after, only_live=only_live and view.kind != "source")


def search_entries(
    db: Transaction, queries: Sequence[str], limit: int, after: tuple[datetime, str] | None = None
) -> list[StoredEntry]:
    """Return the entries whose title and text hold each of the queries, newest first (`text/search`).

    `after` is (position, id) of the last one seen: the page that follows it.
    """
    return _list_shelf(db, Shelf(entries, holds(db, queries)), limit, after)


def _list_shelf(
    db: Transaction,
    shelf: Shelf,
    limit: int,
    after: tuple[datetime, str] | None,
    *,
    only_live: bool = False,
) -> list[StoredEntry]:
    place = shelf.table.c
    is_shown = place.live if only_live else place.visible
    statement = select_stored(shelf.table).where(shelf.where, is_shown == true())
    if after is not None:
        position, tie = after[0], find_tie(after[1])
        # Not `a < x OR (a = x AND …)`: the index is entered at `position` only by a plain comparison.
        statement = statement.where(
            place.position <= position, or_(place.position < position, place.tie > tie)
        )
    statement = statement.order_by(place.position.desc(), place.tie).limit(limit)
    return read_stored(db, statement)


def list_withdrawn(
    db: Transaction, limit: int, after: tuple[datetime, int] | None = None
) -> list[StoredEntry]:
    """Return the withdrawn entries, the latest first; `after` is (withdrawn, number) of the last one seen."""
    place = entries.c
    statement = select_stored(entries).where(place.withdrawn.is_not(None), is_public())
    if after is not None:
        statement = statement.where(
            place.withdrawn <= after[0], or_(place.withdrawn < after[0], place.number < after[1])
        )
    return read_stored(db, statement.order_by(place.withdrawn.desc(), place.number.desc()).limit(limit))


def count_entries(db: Transaction, view: View) -> int:
    """Return how many entries the view has."""
    shelf = find_shelf(view)
    statement = select(func.count()).select_from(shelf.table)
    return db.execute(statement.where(shelf.where, shelf.table.c.visible == true())).scalar_one()


def list_versions(db: Transaction, key: str) -> list[Version]:
    """Return every version of an entry, the latest arrival first; of a private source only what is shown."""
    statement = (
        select(versions.c.number, versions.c.seen, versions.c.data, entries.c.current)
        .join(entries, entries.c.number == versions.c.entry_number)
        .join(sources, sources.c.number == versions.c.source_number)
        .where(
            entries.c.key == key,
            is_public(),
            or_(sources.c.private == false(), versions.c.number == entries.c.current),
        )
        .order_by(versions.c.number.desc())
    )
    return [
        Version(row.data, number=row.number, seen=row.seen, is_current=row.number == row.current)
        for row in db.execute(statement)
    ]


class Quarantined(NamedTuple):
    """An entry that is kept out of every view."""

    id: str
    reason: str
    key: str


def list_quarantined(db: Transaction) -> list[Quarantined]:
    """Return the entries that are kept out of every view, in the order they first came."""
    columns = entries.c.id, entries.c.quarantined, entries.c.key
    statement = select(*columns).where(entries.c.quarantined.is_not(None)).order_by(entries.c.number)
    return [Quarantined(*row) for row in db.execute(statement)]


# --- Where a view's entries stand -------------------------------------------------------------------


class Shelf(NamedTuple):
    """Where the entries of a view stand."""

    table: FromClause  #: its columns visible, position and tie are covered by one index
    where: ColumnElement[bool]


def find_shelf(view: View) -> Shelf:
    """Return where the entries of a view stand."""
    if view.kind == "source":
        number = select(sources.c.number).where(sources.c.slug == view.name, sources.c.private == false())
        return Shelf(entry_sources, entry_sources.c.source_number == number.scalar_subquery())
    if view.kind == "category":
        return Shelf(entry_categories, entry_categories.c.name == view.name)
    return Shelf(entries, true())


def select_stored(table: FromClause, is_wanted: ColumnElement[bool] = IS_CURRENT) -> Select[Any]:
    """The columns of a StoredEntry, starting from the table that orders them, and in the version wanted."""
    statement = select(entries, versions.c.data, versions.c.excerpt).select_from(table)
    if table is not entries:
        statement = statement.join(entries, entries.c.number == table.c.entry_number)
    return statement.join(versions, is_wanted)


def is_public() -> ColumnElement[bool]:
    """Whether an entry is from no private source."""
    private = select(sources.c.number).where(sources.c.private == true())
    return and_(entries.c.origin_number.not_in(private), entries.c.owner_number.not_in(private))


def read_stored(db: Transaction, statement: Select[Any]) -> list[StoredEntry]:
    """Return the entries that a statement made by `select_stored` finds, in its order."""
    rows = db.execute(statement).all()
    origins = find_sources_by_number(db, {row.origin_number for row in rows})
    return [
        StoredEntry(
            entry=row.data,
            key=row.key,
            position=row.position,
            first_seen=row.first_seen,
            source=origins[row.origin_number],
            versions=row.version_count,
            number=row.number,
            excerpt=row.excerpt,
            withdrawn=row.withdrawn,
            is_deleted=row.deleted,
        )
        for row in rows
    ]
