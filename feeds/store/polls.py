"""The record of every poll."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from feeds.model import PollOutcome, Source
from feeds.store.database import Transaction
from feeds.store.refreshes import (
    OUTCOME_COLUMNS,
    ask_refresh,
    end_refresh,
    expect_polls,
    find_refresh,
    has_queued_refresh,
    join_refresh,
    last_ended,
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
    "expect_polls",
    "find_refresh",
    "has_queued_refresh",
    "join_refresh",
    "last_ended",
    "list_polls",
    "list_refreshes",
    "prune_polls",
    "record_poll",
    "requeue_refreshes",
    "start_refresh",
    "take_refresh",
]


# Every poll runs these: they are made once, for SQLAlchemy takes longer to make a statement than to run it.
_RECORD = insert(polls).values(
    source_number=bindparam("source"),
    refresh_number=select(refreshes.c.number).where(refreshes.c.id == bindparam("refresh")).scalar_subquery(),
    **{column.name: bindparam(column.name) for column in OUTCOME_COLUMNS},
)
_OLDEST = (
    select(polls.c.number)
    .where(polls.c.source_number == bindparam("source"))
    .order_by(polls.c.number.desc())
    .offset(bindparam("keep"))
    .limit(1)
    .scalar_subquery()
)
_PRUNE = delete(polls).where(polls.c.source_number == bindparam("source"), polls.c.number <= _OLDEST)


def record_poll(db: Transaction, source: Source, outcome: PollOutcome, refresh_id: str | None = None) -> None:
    """Keep how a poll ended, as a result of the refresh that asked for it, if any."""
    row: dict[str, Any] = {column.name: getattr(outcome, column.name) for column in OUTCOME_COLUMNS}
    db.execute(_RECORD, row | {"source": source.number, "refresh": refresh_id})


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
    db.execute(_PRUNE, {"source": source.number, "keep": keep})
