"""The record of every poll."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import delete, select, update

from feeds.model import PollOutcome, Source
from feeds.store.database import Transaction
from feeds.store.refreshes import (
    ask_refresh,
    end_refresh,
    find_refresh,
    has_queued_refresh,
    list_refreshes,
    read_outcome,
    requeue_refreshes,
    start_refresh,
    take_refresh,
)
from feeds.store.schema import polls, refreshes

__all__ = [
    "amend_poll",
    "ask_refresh",
    "end_refresh",
    "find_refresh",
    "has_queued_refresh",
    "list_polls",
    "list_refreshes",
    "prune_polls",
    "record_poll",
    "requeue_refreshes",
    "start_refresh",
    "take_refresh",
]


def record_poll(db: Transaction, source: Source, outcome: PollOutcome, refresh_id: str | None = None) -> int:
    """Keep how a poll ended, as a result of the refresh that asked for it, if any; return its number."""
    refresh = select(refreshes.c.number).where(refreshes.c.id == refresh_id).scalar_subquery()
    row: dict[str, Any] = {"source_number": source.number, "refresh_number": refresh, **asdict(outcome)}
    number: int = db.execute(polls.insert().values(row).returning(polls.c.number)).scalar_one()
    return number


def amend_poll(db: Transaction, source: Source, outcome: PollOutcome, refresh_id: str) -> None:
    """Keep how a poll ended in place of what its record for this refresh said."""
    refresh = select(refreshes.c.number).where(refreshes.c.id == refresh_id).scalar_subquery()
    is_it = polls.c.source_number == source.number, polls.c.refresh_number == refresh
    db.execute(update(polls).where(*is_it).values(asdict(outcome)))


def list_polls(db: Transaction, source: Source, limit: int = 20) -> list[PollOutcome]:
    """Return the latest polls of a source, the newest first."""
    statement = select(polls).where(polls.c.source_number == source.number)
    return [read_outcome(row) for row in db.execute(statement.order_by(polls.c.number.desc()).limit(limit))]


def prune_polls(db: Transaction, source: Source, keep: int) -> None:
    """Forget all but the latest `keep` polls of a source."""
    kept = select(polls.c.number).where(polls.c.source_number == source.number)
    oldest = kept.order_by(polls.c.number.desc()).offset(keep).limit(1).scalar_subquery()
    db.execute(delete(polls).where(polls.c.source_number == source.number, polls.c.number <= oldest))
