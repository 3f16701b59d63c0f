"""What the first polls of a round bring, put off until the round ends; then as if all had come at once.

Which source answers first is an accident. Histories that grew poll by poll would keep it for ever: two stores
made of the same inputs would serve other documents.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy import (
    BindParameter,
    and_,
    bindparam,
    delete,
    exists,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
)

from feeds.model import ALL
from feeds.store.database import Transaction, insert_missing
from feeds.store.history import Members, archive_floods, find_growing, save_grown
from feeds.store.revisions import touch
from feeds.store.schema import entries, entry_categories, entry_sources, sources
from feeds.store.view_schema import insertions, views

MOST_TOGETHER = 5000  # taken up in one transaction, where a single view has no more: others wait for so long


def put_off(db: Transaction, members: Members) -> None:
    """Have each of these entries inserted into these views when the round ends, as it is then.

    Until then it is in a live feed where its place is among the newest, and in no archive document.
    """
    rows = [
        {"view_key": key, "ordinal": -number, "entry_number": number, "version": 0}
        for number, keys in members.items()
        for key in keys
    ]
    if rows:
        db.execute(insert_missing(db, insertions), rows)


def list_put_off(db: Transaction) -> list[list[str]]:
    """Return the keys of the views that something was put off in, parted for one transaction each."""
    waiting = select(func.count()).where(insertions.c.view_key == views.c.key, _IS_PUT_OFF).scalar_subquery()
    rows = db.execute(select(views.c.key, waiting).order_by(views.c.key))
    return list(_part((key, count) for key, count in rows if count))


def _part(counted: Iterator[tuple[str, int]]) -> Iterator[list[str]]:
    keys: list[str] = []
    total = 0
    for key, count in counted:
        if keys and total + count > MOST_TOGETHER:
            yield keys
            keys, total = [], 0
        keys.append(key)
        total += count
    if keys:
        yield keys


def take_up(db: Transaction, keys: Collection[str], now: datetime) -> None:
    """Append what was put off in these views to their histories, and cut what is to be archived.

    The older ones come first, those of floods before all others; what has left a view meanwhile is not in it.
    """
    touch(db, keys, now)
    db.execute(_TAKE_UP, {"keys": keys})
    taken = {row.view_key: row for row in db.execute(_TAKEN, {"keys": keys})}
    growing = find_growing(db, taken)
    for view in growing:
        quiet = taken[view.key].quiet
        view.grow(quiet, taken[view.key].total - quiet)
    save_grown(db, growing)
    db.execute(_FORGET, {"keys": keys})


def archive_outrun(db: Transaction, now: datetime) -> None:
    """Archive at once what a later part of its poll has taken out of live feeds: it would be nowhere."""
    for keys in list_put_off(db):
        take_up(db, keys, now)
    archive_floods(db, now)


_KEYS: BindParameter[str] = bindparam("keys", expanding=True)
_IS_PUT_OFF = insertions.c.ordinal < 0
_IS_SEEN = or_(  # in the view of the insertion, now
    insertions.c.view_key == ALL.key,
    exists().where(
        entry_sources.c.entry_number == insertions.c.entry_number,
        entry_sources.c.visible == true(),
        sources.c.number == entry_sources.c.source_number,
        sources.c.private == false(),
        literal("source:") + sources.c.slug == insertions.c.view_key,
    ),
    exists().where(
        entry_categories.c.entry_number == insertions.c.entry_number,
        entry_categories.c.visible == true(),
        literal("category:") + entry_categories.c.name == insertions.c.view_key,
    ),
)
_ORDER = func.row_number().over(
    partition_by=insertions.c.view_key,
    order_by=(entries.c.flooded.desc(), entries.c.position, entries.c.tie.desc()),
)
_TAKE_UP = insertions.insert().from_select(
    ["view_key", "ordinal", "entry_number", "version", "withdrawn"],
    select(insertions.c.view_key, views.c.inserted + _ORDER, entries.c.number, entries.c.current, null())
    .join(entries, entries.c.number == insertions.c.entry_number)
    .join(views, views.c.key == insertions.c.view_key)
    .where(insertions.c.view_key.in_(_KEYS), _IS_PUT_OFF, entries.c.visible == true(), _IS_SEEN),
)
_TAKEN = (
    select(
        insertions.c.view_key,
        func.count().filter(entries.c.flooded == true()).label("quiet"),
        func.count().label("total"),
    )
    .join(entries, entries.c.number == insertions.c.entry_number)
    .join(views, views.c.key == insertions.c.view_key)
    .where(insertions.c.view_key.in_(_KEYS), insertions.c.ordinal > views.c.inserted)
    .group_by(insertions.c.view_key)
)
_FORGET = delete(insertions).where(and_(insertions.c.view_key.in_(_KEYS), _IS_PUT_OFF))
