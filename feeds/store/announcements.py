"""The log of what was sent about our feeds: to subscribers of our hub, and to hubs of others."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import delete, select

from feeds.model import Announcement
from feeds.store.database import Transaction
from feeds.store.subscriber_schema import announcements

KEPT = 1000


def log_announcement(db: Transaction, announcement: Announcement) -> None:
    """Keep what was sent and what came of it; of all only the last thousand."""
    statement = announcements.insert().values(asdict(announcement)).returning(announcements.c.number)
    number = db.execute(statement).scalar_one()
    db.execute(delete(announcements).where(announcements.c.number <= number - KEPT))


def list_announcements(db: Transaction, limit: int) -> list[Announcement]:
    """Return the last announcements, newest first."""
    shown = [column for column in announcements.c if column.name != "number"]
    rows = db.execute(select(*shown).order_by(announcements.c.number.desc()).limit(limit))
    return [Announcement(**row._mapping) for row in rows]
