"""What came of refreshes, counted: one of thousands of sources is told in a line, and shown in part."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, Select, func, select

from feeds.model import OutcomeKind, PollOutcome, RefreshTally, Source
from feeds.store.database import Transaction
from feeds.store.refreshes import OUTCOME_COLUMNS, read_outcome
from feeds.store.schema import polls, refreshes
from feeds.store.source_rows import find_origins


def find_tally(db: Transaction, id: str) -> RefreshTally | None:
    """Return a refresh with what came of it so far."""
    found = _load(db, select(refreshes).where(refreshes.c.id == id))
    return found[0] if found else None


def list_tallies(db: Transaction, limit: int, before: int | None = None) -> list[RefreshTally]:
    """Return the latest refreshes, the newest first; `before`: those asked for before that one, by number."""
    statement = select(refreshes).order_by(refreshes.c.number.desc()).limit(limit)
    return _load(db, statement if before is None else statement.where(refreshes.c.number < before))


def list_results(db: Transaction, id: str, kind: OutcomeKind, limit: int) -> list[tuple[Source, PollOutcome]]:
    """Return the polls of a refresh that ended so, in the order they came, at most `limit`."""
    number = select(refreshes.c.number).where(refreshes.c.id == id).scalar_subquery()
    ended_so = (
        select(polls.c.source_number, *OUTCOME_COLUMNS)
        .where(polls.c.refresh_number == number, polls.c.kind == kind)
        .order_by(polls.c.number)
        .limit(limit)
    )
    rows = db.execute(ended_so).all()
    found = find_origins(db, {row.source_number for row in rows})
    return [(found[row.source_number], read_outcome(row)) for row in rows]


def _load(db: Transaction, statement: Select[Any]) -> list[RefreshTally]:
    rows = db.execute(statement).all()
    counts = _count(db, [row.number for row in rows])
    return [_read(row, [one for one in counts if one.refresh_number == row.number]) for row in rows]


def _count(db: Transaction, numbers: Collection[int]) -> list[Row[Any]]:
    sums = (func.sum(polls.c[name]).label(name) for name in ("new", "modified", "withdrawn"))
    counted = select(polls.c.refresh_number, polls.c.kind, func.count().label("polled"), *sums)
    counted = counted.where(polls.c.refresh_number.in_(numbers))
    return [*db.execute(counted.group_by(polls.c.refresh_number, polls.c.kind))]


def _read(row: Row[Any], counts: Collection[Row[Any]]) -> RefreshTally:
    return RefreshTally(
        number=row.number,
        id=row.id,
        request=row.request,
        state=row.state,
        asked=row.asked,
        ended=row.ended,
        total=row.total,
        polled=sum(one.polled for one in counts),
        new=sum(one.new for one in counts),
        modified=sum(one.modified for one in counts),
        withdrawn=sum(one.withdrawn for one in counts),
        kinds={one.kind: one.polled for one in counts},
    )
