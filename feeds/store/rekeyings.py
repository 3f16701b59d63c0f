"""The ledger of ids: guids that lead to entries known by another one, and how such entries are found."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, delete, exists, func, or_, select

from feeds.model import Feed, KnownEntry, Rekeyed, Source
from feeds.store.chunks import chunks
from feeds.store.database import Transaction, insert_missing
from feeds.store.entries import known_entries
from feeds.store.held import MAKES_WAY
from feeds.store.identifiers import find_key
from feeds.store.ledger_schema import rekeyings
from feeds.store.schema import entries, entry_sources, sources

#: Guids of an entry remembered of one source. A feed that makes new ones up at every poll fills no disk.
MOST_GUIDS = 20

# Made once: every poll that brings something new runs it.
_KEPT = (
    select(rekeyings.c.key, entries.c.id)
    .join(entries, entries.c.number == rekeyings.c.entry_number)
    .join(sources, sources.c.number == rekeyings.c.source_number)
    .where(
        rekeyings.c.key.in_(bindparam("keys", expanding=True)),
        or_(
            rekeyings.c.source_number == bindparam("source"),
            rekeyings.c.source_number == entries.c.owner_number,
            MAKES_WAY.element,
        ),
    )
)
_BROUGHT = and_(
    entry_sources.c.entry_number == entries.c.number, entry_sources.c.source_number == bindparam("source")
)
_FOUND = (
    select(entries.c.key)
    .join(entry_sources, _BROUGHT)
    .where(entries.c.key.in_(bindparam("keys", expanding=True)))
)
# Their indexes alone must lead to the entries: a join may go through all that the source has brought instead.
_ALIKE, _LINKED = (
    select(sign, func.min(entries.c.id))
    .where(sign.in_(bindparam("signs", expanding=True)), exists().where(_BROUGHT))
    .group_by(sign)
    .having(func.count() == 1)
    for sign in (entries.c.likeness, entries.c.link_mark)
)


def find_kept(db: Transaction, source: Source, ids: Collection[str]) -> dict[str, str]:
    """Return the id of the entry that each of these ids was recognized as.

    That counts which `source` itself has recognized, or who speaks for the entry: anybody may bring one, and
    none may have others take what comes next for it.
    """
    asked = {find_key(id): id for id in ids}
    found: dict[str, str] = {}
    for chunk in chunks(asked):
        rows = db.execute(_KEPT, {"keys": chunk, "source": source.number})
        found |= {asked[key]: id for key, id in rows}
    return found


def find_brought(db: Transaction, source: Source, ids: Collection[str]) -> set[str]:
    """Return the ids of those of these entries that `source` has brought."""
    asked = {find_key(id): id for id in ids}
    found: set[str] = set()
    for chunk in chunks(asked):
        found |= {asked[key] for key in db.scalars(_FOUND, {"keys": chunk, "source": source.number})}
    return found


def keep_former_ids(db: Transaction, feed: Feed) -> Feed:
    """Return the feed with the ids that its entries are stored under, where rules have changed since."""
    if not feed.former_ids:
        return feed
    stored = known_entries(db, [former for _, former in feed.former_ids])
    kept = {id: former for id, former in feed.former_ids if former in stored}
    return replace(
        feed, entries=tuple(replace(entry, id=kept.get(entry.id, entry.id)) for entry in feed.entries)
    )


def find_alike(db: Transaction, source: Source, likenesses: Collection[int]) -> dict[int, KnownEntry]:
    """Return, by likeness, the stored entries of which each is the only one of `source` that has it."""
    return _find_only(db, source, _ALIKE, likenesses)


def find_linked(db: Transaction, source: Source, marks: Collection[int]) -> dict[int, KnownEntry]:
    """Return, by the mark of its link, the stored entries of which each is the only one of `source` there."""
    return _find_only(db, source, _LINKED, marks)


def _find_only(
    db: Transaction, source: Source, statement: Select[Any], signs: Collection[int]
) -> dict[int, KnownEntry]:
    found: dict[int, str] = {}
    for chunk in chunks(signs):
        rows = db.execute(statement, {"source": source.number, "signs": chunk})
        found |= {row[0]: row[1] for row in rows}
    known = known_entries(db, found.values(), source) if found else {}
    return {sign: known[id] for sign, id in found.items()}


def remember(db: Transaction, source: Source, rekeyed: Sequence[Rekeyed], now: datetime) -> None:
    """Note under which guids entries have come, so that these lead to them from now on.

    What another source has noted gives way where `source` speaks for the entry.
    """
    if not rekeyed:
        return
    open_rows = _find_open(db, source, {find_key(one.kept) for one in rekeyed})
    rows = [
        {
            "key": find_key(one.given),
            "entry_number": entry.number,
            "source_number": source.number,
            "id": one.given,
            "guid": one.guid,
            "moment": now,
        }
        for one in rekeyed
        if (entry := open_rows.get(find_key(one.kept))) is not None
    ]
    own = {row.number for row in open_rows.values() if row.owner_number == source.number}
    forget(db, [row["id"] for row in rows if row["entry_number"] in own])
    if rows:
        db.execute(insert_missing(db, rekeyings), rows)


def _find_open(db: Transaction, source: Source, keys: Collection[str]) -> dict[str, Any]:
    """Return (number, owner_number), by key, of those of the entries of which more guids are remembered."""
    found: dict[str, Any] = {}
    is_noted = and_(rekeyings.c.entry_number == entries.c.number, rekeyings.c.source_number == source.number)
    for chunk in chunks(keys):
        statement = (
            select(entries.c.key, entries.c.number, entries.c.owner_number)
            .outerjoin(rekeyings, is_noted)
            .where(entries.c.key.in_(chunk))
            .group_by(entries.c.key, entries.c.number, entries.c.owner_number)
            .having(func.count(rekeyings.c.key) < MOST_GUIDS)
        )
        found |= {row.key: row for row in db.execute(statement)}
    return found


def forget(db: Transaction, ids: Iterable[str]) -> None:
    """Let these ids lead to no other entry any more."""
    for chunk in chunks([find_key(id) for id in ids]):
        db.execute(delete(rekeyings).where(rekeyings.c.key.in_(chunk)))
