"""Entries: reading them, one or a view's worth, with what is known about them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Select, bindparam, exists, false, func, or_, select, true

from feeds.model import ALL, Entry, KnownEntry, Selection, Source, StoredEntry, Version, View
from feeds.store.applying import apply_changes
from feeds.store.chunks import chunks
from feeds.store.claims import hand_over
from feeds.store.database import Transaction
from feeds.store.fetching import as_stored, fetch, write_moment
from feeds.store.held import MAKES_WAY
from feeds.store.identifiers import find_key
from feeds.store.places import is_public
from feeds.store.schema import UNREADABLE, entries, sources, versions
from feeds.store.selections import list_holding, list_selected
from feeds.store.shelves import BELONGS, IS_CURRENT, TABLES, find_stored, read_stored, select_stored
from feeds.store.standing import promote_late, quarantine, surface_first, surface_these, withdraw
from feeds.store.view_schema import insertions
from feeds.text.query import Query

__all__ = [
    "apply_changes",
    "count_entries",
    "find_entry",
    "find_key",
    "find_position",
    "hand_over",
    "known_entries",
    "list_entries",
    "list_kept_out",
    "list_quarantined",
    "list_versions",
    "list_withdrawn",
    "promote_late",
    "quarantine",
    "search_entries",
    "surface_first",
    "surface_these",
    "withdraw",
]

#: No parameters.
EVERYTHING = Selection()

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
                entry=row.data if row.data is not UNREADABLE else Entry(id),
                rank=row.rank,
                path=row.path,
                withdrawn=row.withdrawn is not None,
                is_deleted=row.deleted,
                is_foreign=source is not None
                and row.owner_number != source.number
                and not row.owner_makes_way,
                first_seen=row.first_seen,
                is_corrected=row.seen != row.first_seen,
                stated=(row.data.updated if row.data.updated != row.seen else None) or row.data.published,
                owner_key=row.owner_key,
                owner_link=row.owner_link,
                owner_private=row.owner_private,
            )
    return found


def find_entry(db: Transaction, key: str) -> StoredEntry | None:
    """Return the entry, a withdrawn one too; None if there is none or its source is private."""
    return next(iter(read_stored(find_stored(db, _BY_KEY, {"key": key}))), None)


def find_position(db: Transaction, key: str) -> tuple[datetime, str] | None:
    """Return (position, id) of an entry, whatever has become of it: there a page goes on that follows it.

    None also of one that never was in a view: nobody may find out what a private source has said.
    """
    was_told = or_(is_public(), exists().where(insertions.c.entry_number == entries.c.number))
    statement = select(entries.c.position, entries.c.id).where(entries.c.key == key, was_told)
    row = db.execute(statement).one_or_none()
    return None if row is None else (row.position, row.id)


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
    but for the view of their own source. Raises QueryError.
    """
    return list_selected(db, view, Selection(is_live=only_live), limit, after)


def search_entries(
    db: Transaction, queries: Sequence[str], limit: int, after: tuple[datetime, str] | None = None
) -> list[StoredEntry]:
    """Return the entries whose title and text hold each of the queries, newest first (`text/search`).

    `after` is (position, id) of the last one seen: the page that follows it.
    """
    return list_holding(db, ALL, EVERYTHING, [Query(words=tuple(queries))], limit, after)


def list_withdrawn(
    db: Transaction, limit: int, after: tuple[datetime, int] | None = None
) -> list[StoredEntry]:
    """Return the withdrawn entries, the latest first; `after` is (withdrawn, number) of the last one seen."""
    asked: dict[str, int] = {"limit": limit}
    if after is None:
        return read_stored(find_stored(db, _WITHDRAWN, asked))
    asked |= {"moment": write_moment(after[0]), "number": after[1]}
    return read_stored(find_stored(db, _WITHDRAWN_AFTER, asked))


def count_entries(db: Transaction, view: View) -> int:
    """Return how many entries a view has that is no search."""
    kind = view.kind if view.kind in ("source", "category") else "all"
    [[count]] = fetch(db, _make_count(kind), {kind: view.name})
    return int(count)


@cache
def _make_count(kind: str) -> Select[Any]:
    table = TABLES[kind]
    return select(func.count()).select_from(table).where(BELONGS[kind], table.c.visible == true())


def list_versions(
    db: Transaction, key: str, limit: int | None = None, before: int | None = None
) -> list[Version]:
    """Return the versions of an entry, the latest arrival first; of a private source only what is shown.

    At most `limit` of them, and only those with a number below `before`. Those that are damaged are left out.
    """
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
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(versions.c.number < before)
    return [
        Version(row.data, number=row.number, seen=row.seen, is_current=row.number == row.current)
        for row in db.execute(statement)
        if row.data is not UNREADABLE
    ]


class Quarantined(NamedTuple):
    """An entry that is kept out of every view."""

    id: str
    reason: str
    key: str


def list_quarantined(db: Transaction, limit: int | None = None) -> list[Quarantined]:
    """Return the entries that are kept out of every view, in the order they first came, at most `limit`."""
    columns = entries.c.id, entries.c.quarantined, entries.c.key
    statement = select(*columns).where(entries.c.quarantined.is_not(None)).order_by(entries.c.number)
    statement = statement.limit(limit)
    return [Quarantined(*row) for row in db.execute(statement)]


def list_kept_out(db: Transaction, limit: int | None = None) -> list[tuple[StoredEntry, str]]:
    """Return the same as entries, each with the reason, but for those of private sources."""
    reasons = {one.key: one.reason for one in list_quarantined(db, limit)}
    stored = read_stored(find_stored(db, _KEPT_OUT, {"limit": 2**31 if limit is None else limit}))
    return [(one, reasons[one.key]) for one in stored if one.key in reasons]


_KEPT_OUT = (
    select_stored()
    .select_from(entries)
    .join(versions, IS_CURRENT)
    .where(entries.c.quarantined.is_not(None), is_public())
    .order_by(entries.c.number)
    .limit(bindparam("limit"))
)
_BY_KEY = (
    select_stored()
    .select_from(entries)
    .join(versions, IS_CURRENT)
    .where(entries.c.key == bindparam("key"), is_public())
)
_WITHDRAWN = (
    select_stored()
    .select_from(entries)
    .join(versions, IS_CURRENT)
    .where(entries.c.withdrawn.is_not(None), is_public())
    .order_by(entries.c.withdrawn.desc(), entries.c.number.desc())
    .limit(bindparam("limit"))
)
_MOMENT = bindparam("moment", type_=BigInteger)
_WITHDRAWN_AFTER = _WITHDRAWN.where(
    as_stored(entries.c.withdrawn) <= _MOMENT,
    or_(as_stored(entries.c.withdrawn) < _MOMENT, entries.c.number < bindparam("number")),
)
