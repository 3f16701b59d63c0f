"""The log of refreshes: each with what it brought in numbers, however many sources it polled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Case, case, func, select

from feeds.model import RefreshRequest, RefreshState
from feeds.store.database import Transaction
from feeds.store.schema import polls, refreshes


@dataclass(frozen=True, slots=True)
class LoggedRefresh:
    """A refresh as the log shows it: what its records, as far as they are kept, add up to."""

    number: int
    id: str
    request: RefreshRequest
    state: RefreshState
    asked: datetime
    started: datetime | None
    ended: datetime | None
    total: int
    polled: int = 0
    new: int = 0
    modified: int = 0
    withdrawn: int = 0
    failed: int = 0
    held: int = 0


def _count(kind: str) -> Case[int]:
    return case((polls.c.kind == kind, 1), else_=0)


#: What the records of a refresh add up to, in the order of the fields.
_SUMS = (
    func.count(),
    *(func.sum(column) for column in (polls.c.new, polls.c.modified, polls.c.withdrawn)),
    *(func.sum(_count(kind)) for kind in ("failed", "held")),
)
COLUMNS = [
    refreshes.c[name] for name in ("number", "id", "request", "state", "asked", "started", "ended", "total")
]


def page_refreshes(db: Transaction, limit: int, before: int | None = None) -> list[LoggedRefresh]:
    """Return the refreshes asked for before that one, by number, or the latest; the newest first."""
    statement = select(*COLUMNS).order_by(refreshes.c.number.desc()).limit(limit)
    if before is not None:
        statement = statement.where(refreshes.c.number < before)
    rows = db.execute(statement).all()
    sums = _sum_up(db, [row.number for row in rows])
    return [LoggedRefresh(*row, *sums.get(row.number, ())) for row in rows]


def _sum_up(db: Transaction, numbers: list[int]) -> dict[int, tuple[int, ...]]:
    statement = (
        select(polls.c.refresh_number, *_SUMS)
        .where(polls.c.refresh_number.in_(numbers))
        .group_by(polls.c.refresh_number)
    )
    return {row[0]: tuple(map(int, row[1:])) for row in db.execute(statement)}
