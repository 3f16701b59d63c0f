"""What befalls stored entries apart from their text: withdrawn, quarantined, moved up."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, select, true, update

from feeds.model import ALL, Source, View
from feeds.store.chunks import chunks
from feeds.store.columns import MICROSECOND
from feeds.store.database import Transaction
from feeds.store.identifiers import find_key
from feeds.store.places import find_views, settle
from feeds.store.revisions import touch
from feeds.store.schema import entries, entry_sources, source_states
from feeds.store.shelves import BELONGS, TABLES
from feeds.store.site import note_flooding

_ANY = true()


def withdraw(db: Transaction, ids: Collection[str], now: datetime, *, is_deleted: bool = False) -> set[str]:
    """Take the entries out of every view; return the keys of the views touched.

    What its source has deleted stays withdrawn when the source sends it again.
    """
    return _change(db, ids, {"withdrawn": now, "deleted": is_deleted}, now)


def outrun(db: Transaction, source: Source, ids: Collection[str], now: datetime) -> set[str]:
    """Take entries of the source out of the live feeds that show no floods; return the keys of views touched.

    What another source speaks for by now was not outrun by its poll.
    """
    return _change(db, ids, {"flooded": True}, now, entries.c.owner_number == source.number)


def surface(db: Transaction, owner: int, seen: datetime, count: int, now: datetime) -> set[str]:
    """Bring so many more entries of a flood into live feeds, its newest; return the keys of views touched.

    It is that of the poll in which the owner brought what was first seen then. While a first poll is under
    way nothing is done: see `surface_first`.
    """
    state = select(source_states.c.first_success).where(source_states.c.source_number == owner)
    first = db.scalar(state)
    if first is None:
        return set()
    first_seen = entries.c.first_seen
    return _surface(db, owner, first_seen <= first if seen <= first else first_seen == seen, count, now)


def surface_first(db: Transaction, source: Source, count: int, now: datetime) -> set[str]:
    """At the end of a first poll that came in parts, bring its newest entries into live feeds.

    They are `count` in all, with those that such a poll has brought there before it was broken off.
    """
    there = _of_owner(source.number, is_flooded=False).with_only_columns(func.count())
    return _surface(db, source.number, _ANY, count - db.execute(there).scalar_one(), now)


def surface_these(db: Transaction, source: Source, ids: Collection[str], now: datetime) -> set[str]:
    """Bring these entries of a flood of the source into live feeds; return the keys of views touched."""
    return _change(db, ids, {"flooded": False}, now, entries.c.owner_number == source.number)


def _surface(db: Transaction, owner: int, where: ColumnElement[bool], count: int, now: datetime) -> set[str]:
    newest = (
        _of_owner(owner, is_flooded=True)
        .where(where)
        .order_by(entry_sources.c.position.desc(), entries.c.id.desc())
        .limit(max(0, count))
    )
    return _change(db, db.scalars(newest).all(), {"flooded": False}, now)


def _of_owner(owner: int, *, is_flooded: bool) -> Select[Any]:
    return (
        select(entries.c.id)
        .join(entry_sources, entry_sources.c.entry_number == entries.c.number)
        .where(entry_sources.c.source_number == owner, entry_sources.c.visible == true())
        .where(entries.c.owner_number == owner, entries.c.flooded == (true() if is_flooded else false()))
    )


def quarantine(db: Transaction, entry_id: str, reason: str, now: datetime) -> set[str]:
    """Keep an entry that cannot be rendered out of every view until it is corrected; return those touched."""
    return _change(db, [entry_id], {"quarantined": reason}, now)


def promote_late(db: Transaction, ids: Collection[str], position: datetime, most_live: int) -> set[str]:
    """Place late arrivals, in their order, where subscribers see them; return the keys of views touched.

    The newest `most_live` of them are in the live feeds of everything and of categories.
    """
    keys = [find_key(id) for id in ids]
    late = select(entries.c.id).where(entries.c.key.in_(keys))
    touched: set[str] = set()
    newest_first = db.scalars(late.order_by(entries.c.position.desc(), entries.c.tie)).all()
    for ordinal, id in enumerate(newest_first):
        touched |= _change(db, [id], {"position": position, "flooded": ordinal >= most_live}, None)
        position -= MICROSECOND
    return touched


def _change(
    db: Transaction,
    ids: Collection[str],
    values: dict[str, Any],
    now: datetime | None,
    where: ColumnElement[bool] = _ANY,
) -> set[str]:
    touched: set[str] = set()
    if ids and values.get("flooded"):
        note_flooding(db, True)
    for keys in chunks([find_key(id) for id in ids]):
        chosen = and_(entries.c.key.in_(keys), where)
        touched |= find_views(db, chosen)
        db.execute(update(entries).where(chosen).values(values))
        settle(db, chosen)
        touched |= find_views(db, chosen)
    touch(db, touched, now)
    return touched


def list_hidden(db: Transaction, keys: Collection[str], view: View = ALL) -> set[str]:
    """Return those of the keys whose entries a view does not hold (any more).

    They were withdrawn, quarantined, made private or moved. Whether a search finds them is not asked.
    """
    kind = view.kind if view.kind in ("source", "category") else "all"
    table = TABLES[kind]
    statement = select(entries.c.key).select_from(table)
    if table is not entries:
        statement = statement.join(entries, entries.c.number == table.c.entry_number)
    # Said so that no index can serve: those that are visible are many, the keys are few.
    statement = statement.where(table.c.visible.is_not(false()), BELONGS[kind])
    held: set[str] = set()
    for chunk in chunks(keys):
        held.update(db.scalars(statement.where(entries.c.key.in_(chunk)), {kind: view.name}))
    return set(keys) - held
