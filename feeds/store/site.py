"""The site's own identity, given once."""

from __future__ import annotations

from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import select

from feeds.store.database import Transaction, insert
from feeds.store.schema import site


def find_site_id(db: Transaction) -> str | None:
    """Return the site's id; None before the first start."""
    return db.scalar(select(site.c.id))


def ensure_site(db: Transaction, base_url: str, now: datetime) -> tuple[str, datetime]:
    """Return (id, moment of the first start); the id comes from the first base_url and never changes."""
    row = {"number": 1, "id": str(uuid5(NAMESPACE_URL, base_url)), "base_url": base_url, "started": now}
    db.execute(insert(db, site).values(row).on_conflict_do_nothing())
    id, started = db.execute(select(site.c.id, site.c.started)).one()
    return id, started
