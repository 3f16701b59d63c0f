"""What tells a reader of a view that its editions are stale, and what an edition was last."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select

from feeds.store.database import Transaction, insert, insert_for
from feeds.store.fetching import as_stored, fetch, read_moment
from feeds.store.view_schema import editions, views

if TYPE_CHECKING:
    from sqlalchemy.dialects import sqlite

# Every reader asks these: they are made once.
_REVISION = select(views.c.revision).where(views.c.key == bindparam("key"))
_EDITION = select(editions.c.etag, as_stored(editions.c.modified)).where(
    editions.c.view_key == bindparam("key"), editions.c.format == bindparam("format")
)
_HELD_EDITION = _EDITION.with_for_update()

#: The key, of no view, whose revision tells that the lists of what is read and served are stale: a source
#: came, went, or is told of otherwise. It is touched before the views of the same transaction: see `touch`.
SOURCES = "sources"


def revision(db: Transaction, view_key: str) -> int:
    """Return how often the view was touched; 0 if never."""
    rows = fetch(db, _REVISION, {"key": view_key})
    return int(rows[0][0]) if rows else 0


def touch(db: Transaction, keys: Iterable[str], now: datetime | None = None) -> None:
    """Give each view a new revision; `now` is kept beside it where a moment is known."""
    # In one order always: two transactions on PostgreSQL must not wait for each other's rows.
    rows = [{"key": key, "revision": 1, "touched": now} for key in sorted(set(keys))]
    if rows:
        db.execute(_make_touch(db.dialect.name), rows)


@cache
def _make_touch(dialect: str) -> sqlite.Insert:
    statement = insert_for(dialect, views)
    touched = func.coalesce(statement.excluded.touched, views.c.touched)
    return statement.on_conflict_do_update(
        index_elements=[views.c.key], set_={"revision": views.c.revision + 1, "touched": touched}
    )


def find_edition(
    db: Transaction, view_key: str, format: str, *, is_held: bool = False
) -> tuple[str, datetime] | None:
    """Return (ETag, Last-Modified) of the edition that was last recorded.

    Where it is `is_held`, another transaction that would change it waits (PostgreSQL; on SQLite one writes).
    """
    rows = fetch(db, _HELD_EDITION if is_held else _EDITION, {"key": view_key, "format": format})
    return (rows[0][0], read_moment(rows[0][1])) if rows else None


def find_modified(known: tuple[str, datetime] | None, etag: str, now: datetime) -> datetime:
    """Return the Last-Modified of an edition, in whole seconds, given what was last recorded.

    It moves with the bytes alone, and then always forward: a cache that knows the old moment
    must never take the new bytes for the old (RFC 9110, section 8.8.2).
    """
    if known is not None and known[0] == etag:
        return known[1]
    modified = now.replace(microsecond=0)
    return modified if known is None else max(modified, known[1] + timedelta(seconds=1))


def record_edition(
    db: Transaction,
    view_key: str,
    format: str,
    etag: str,
    now: datetime,
    is_latest: Callable[[], bool] = lambda: True,
) -> datetime | None:
    """Store what the edition is now; return its Last-Modified.

    None, and nothing stored, where the edition is not `is_latest`, which is asked when no other can be
    recorded meanwhile.
    """
    known = find_edition(db, view_key, format, is_held=True)
    if not is_latest():
        return None
    modified = find_modified(known, etag, now)
    if known == (etag, modified):
        return modified
    row = {"view_key": view_key, "format": format, "etag": etag, "modified": modified}
    db.execute(
        insert(db, editions)
        .values(row)
        .on_conflict_do_update(index_elements=[editions.c.view_key, editions.c.format], set_=row)
    )
    return modified
