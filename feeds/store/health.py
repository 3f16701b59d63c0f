"""When the health of sources changed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, false, select

from feeds.model import Health, HealthChange, Source
from feeds.store.database import Transaction
from feeds.store.schema import health_changes, sources
from feeds.store.source_rows import find_sources_by_number

KEPT_CHANGES = 10_000  # of all sources; a feed shows the latest


def record_change(db: Transaction, source: Source, health: Health, now: datetime) -> None:
    """Keep that a source is from now on in this state."""
    row = {"source_number": source.number, "word": health.word, "reason": health.reason, "moment": now}
    number = db.execute(health_changes.insert().values(row).returning(health_changes.c.number)).scalar_one()
    db.execute(delete(health_changes).where(health_changes.c.number <= number - KEPT_CHANGES))


def list_changes(db: Transaction, limit: int) -> list[HealthChange]:
    """Return the latest changes of public sources, the newest first."""
    statement = (
        select(health_changes)
        .join(sources, sources.c.number == health_changes.c.source_number)
        .where(sources.c.private == false())
        .order_by(health_changes.c.number.desc())
        .limit(limit)
    )
    rows = db.execute(statement).all()
    found = find_sources_by_number(db, {row.source_number for row in rows})
    return [
        HealthChange(row.number, found[row.source_number], Health(row.word, row.reason), row.moment)
        for row in rows
    ]
