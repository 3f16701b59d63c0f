"""Hosts that have asked to be left alone, for a poller that starts again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from feeds.store.database import Transaction, insert
from feeds.store.schema import host_pauses


def pause_host(db: Transaction, host: str, until: datetime, now: datetime) -> None:
    """Keep until when `host:port` is to be left alone, and forget what is over."""
    db.execute(delete(host_pauses).where(host_pauses.c.until <= now))
    row = {"host": host, "until": until}
    db.execute(
        insert(db, host_pauses)
        .values(row)
        .on_conflict_do_update(index_elements=[host_pauses.c.host], set_=row)
    )


def list_pauses(db: Transaction) -> dict[str, datetime]:
    """Return until when which hosts are to be left alone; some of it may be over."""
    return {row.host: row.until for row in db.execute(select(host_pauses))}
