"""The ledger of ids: guids that lead to entries known by another one, and how such entries are found."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, delete, func, select

from feeds.model import KnownEntry, Rekeyed, Source
from feeds.store.chunks import chunks
from feeds.store.database import Transaction, insert_missing
from feeds.store.entries import known_entries
from feeds.store.identifiers import find_key
from feeds.store.ledger_schema import rekeyings
from feeds.store.schema import entries, entry_sources

#: Guids remembered of one entry. A feed that makes new ones up at every poll fills no disk.
MOST_GUIDS = 20

# Made once: every poll that brings something new runs it.
_KEPT = (
    select(rekeyings.c.key, entries.c.id)
    .join(entries, entries.c.number == rekeyings.c.entry_number)
    .where(rekeyings.c.key.in_(bindparam("keys", expanding=True)))
)
_BROUGHT = and_(
    entry_sources.c.entry_number == entries.c.number, entry_sources.c.source_number == bindparam("source")
)
# Its index alone must lead to the entries; the join only asks of each whether the source brings it.
_ALIKE = (
    select(entries.c.likeness, func.min(entries.c.id))
    .join(entry_sources, _BROUGHT)
    .where(entries.c.likeness.in_(bindparam("likenesses", expanding=True)))
    .group_by(entries.c.likeness)
    .having(func.count() == 1)
)


def find_kept(db: Transaction, ids: Collection[str]) -> dict[str, str]:
    """Return the id of the entry that each of these ids was recognized as."""
    asked = {find_key(id): id for id in ids}
    found: dict[str, str] = {}
    for chunk in chunks(asked):
        found |= {asked[key]: id for key, id in db.execute(_KEPT, {"keys": chunk})}
    return found


def find_alike(db: Transaction, source: Source, likenesses: Collection[int]) -> dict[int, KnownEntry]:
    """Return, by likeness, the stored entries of which each is the only one of `source` that has it."""
    found: dict[int, str] = {}
    for chunk in chunks(likenesses):
        rows = db.execute(_ALIKE, {"source": source.number, "likenesses": chunk})
        found |= {row[0]: row[1] for row in rows}
    known = known_entries(db, found.values(), source) if found else {}
    return {likeness: known[id] for likeness, id in found.items()}


def remember(db: Transaction, source: Source, rekeyed: Sequence[Rekeyed], now: datetime) -> None:
    """Note under which guids entries have come, so that these lead to them from now on."""
    if not rekeyed:
        return
    numbers = _find_open(db, {find_key(one.kept) for one in rekeyed})
    rows = [
        {
            "key": find_key(one.given),
            "entry_number": number,
            "source_number": source.number,
            "id": one.given,
            "guid": one.guid,
            "moment": now,
        }
        for one in rekeyed
        if (number := numbers.get(find_key(one.kept))) is not None
    ]
    if rows:
        db.execute(insert_missing(db, rekeyings), rows)


def _find_open(db: Transaction, keys: Collection[str]) -> dict[str, int]:
    """Return the row number, by key, of those of the entries of which more guids are remembered."""
    found: dict[str, int] = {}
    for chunk in chunks(keys):
        statement = (
            select(entries.c.key, entries.c.number)
            .outerjoin(rekeyings, rekeyings.c.entry_number == entries.c.number)
            .where(entries.c.key.in_(chunk))
            .group_by(entries.c.key, entries.c.number)
            .having(func.count(rekeyings.c.key) < MOST_GUIDS)
        )
        found |= {row.key: row.number for row in db.execute(statement)}
    return found


def forget(db: Transaction, ids: Iterable[str]) -> None:
    """Let these ids lead to no other entry any more."""
    for chunk in chunks([find_key(id) for id in ids]):
        db.execute(delete(rekeyings).where(rekeyings.c.key.in_(chunk)))
