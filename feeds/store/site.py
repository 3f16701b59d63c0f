"""The site's own identity, given once."""

from __future__ import annotations

from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import select, update

from feeds.store.database import Transaction, insert
from feeds.store.schema import site


def find_site_id(db: Transaction) -> str | None:
    """Return the site's id; None before the first start."""
    return db.scalar(select(site.c.id))


#: Insertions in an archive document, where no flood cuts it earlier and no live feed is shorter.
ARCHIVE_LENGTH = 50


def find_archive_length(db: Transaction) -> int:
    """Return how many insertions wait in live feeds until an archive document is made of them."""
    return db.scalar(select(site.c.archive_length)) or ARCHIVE_LENGTH


def note_limit(db: Transaction, limit: int) -> None:
    """Take note of how long live feeds are: no more may wait in one than it shows."""
    length = min(limit, ARCHIVE_LENGTH)
    db.execute(update(site).where(site.c.archive_length != length).values(archive_length=length))


def note_flooding(db: Transaction, is_flooding: bool) -> None:
    """Note whether a flood has come of which no document holds what live feeds do not show."""
    db.execute(update(site).where(site.c.flooding != is_flooding).values(flooding=is_flooding))


def is_flooding(db: Transaction) -> bool:
    """Whether such a flood has come; where nothing is noted, it may have."""
    return db.scalar(select(site.c.flooding)) is not False


def ensure_site(db: Transaction, base_url: str, now: datetime) -> tuple[str, datetime]:
    """Return (id, moment of the first start); the id comes from the first base_url and never changes."""
    row = {"number": 1, "id": str(uuid5(NAMESPACE_URL, base_url)), "base_url": base_url, "started": now}
    db.execute(insert(db, site).values(row).on_conflict_do_nothing())
    id, started = db.execute(select(site.c.id, site.c.started)).one()
    return id, started
