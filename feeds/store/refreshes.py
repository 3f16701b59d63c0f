"""The refreshes people asked for: the web and the commands record them, the poller carries them out."""

from __future__ import annotations

import base64
import secrets
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select, update

from feeds.model import PollOutcome, Refresh, RefreshRequest, RefreshResult
from feeds.store.database import Transaction
from feeds.store.schema import polls, refreshes
from feeds.store.source_rows import find_sources_by_number

OUTCOME_COLUMNS = [polls.c[field.name] for field in fields(PollOutcome)]


def ask_refresh(db: Transaction, request: RefreshRequest, now: datetime) -> Refresh:
    """Return the refresh for this request: one that is still to do and asks the same, else a new one."""
    waiting = join_refresh(db, request)
    if waiting is not None:
        return waiting
    id = base64.b32encode(secrets.token_bytes(8))[:12].decode("ascii").lower()
    db.execute(refreshes.insert().values(id=id, request=request, state="queued", asked=now, total=0))
    return Refresh(id, request, "queued", now)


def join_refresh(db: Transaction, request: RefreshRequest) -> Refresh | None:
    """Return the refresh that is still to do, or under way, and asks the same; None if there is none."""
    waiting = select(refreshes).where(refreshes.c.state != "done").order_by(refreshes.c.number)
    same = (refresh for refresh in _load(db, waiting) if _is_same(refresh.request, request))
    return next(same, None)


def last_ended(db: Transaction) -> datetime | None:
    """Return when the last refresh ended, whoever asked for it; they are carried out one after another."""
    done = select(refreshes.c.ended).where(refreshes.c.state == "done")
    return db.scalar(done.order_by(refreshes.c.number.desc()).limit(1))


def take_refresh(db: Transaction, now: datetime) -> Refresh | None:
    """Return the refresh that has waited longest, now running; None if none waits."""
    waiting = select(refreshes).where(refreshes.c.state == "queued").order_by(refreshes.c.number).limit(1)
    found = _load(db, waiting.with_for_update(skip_locked=True))
    if not found:
        return None
    _update(db, found[0].id, state="running", started=now)
    return replace(found[0], state="running", started=now)


def has_queued_refresh(db: Transaction) -> bool:
    """Whether somebody waits for a refresh: a question so cheap that it can be asked twice a second."""
    waiting = select(refreshes.c.number).where(refreshes.c.state == "queued").limit(1)
    return db.scalar(waiting) is not None


def requeue_refreshes(db: Transaction) -> None:
    """Let every refresh that a dead poller left running begin anew."""
    unfinished = select(refreshes.c.number).where(refreshes.c.state == "running")
    db.execute(update(polls).where(polls.c.refresh_number.in_(unfinished)).values(refresh_number=None))
    db.execute(
        update(refreshes).where(refreshes.c.state == "running").values(state="queued", started=None, total=0)
    )


def start_refresh(db: Transaction, id: str, total: int, now: datetime) -> None:
    """Record that it begins, and how many sources it polls."""
    _update(db, id, state="running", started=now, total=total)


def expect_polls(db: Transaction, id: str, total: int) -> None:
    """Record how many sources it polls after all."""
    _update(db, id, total=total)


def end_refresh(db: Transaction, id: str, now: datetime) -> None:
    """Record that all its polls have ended."""
    _update(db, id, state="done", ended=now)


def find_refresh(db: Transaction, id: str) -> Refresh | None:
    """Return a refresh with its results so far, in the order they came."""
    found = _load(db, select(refreshes).where(refreshes.c.id == id))
    return found[0] if found else None


def list_refreshes(db: Transaction, limit: int = 20) -> list[Refresh]:
    """Return the latest refreshes, the newest first."""
    return _load(db, select(refreshes).order_by(refreshes.c.number.desc()).limit(limit))


def _is_same(one: RefreshRequest, other: RefreshRequest) -> bool:
    """Whether both ask for the same polls, whoever asked and in whatever order."""
    one, other = (
        replace(request, asked_by="", sources=tuple(sorted({*request.sources}))) for request in (one, other)
    )
    return one == other


def _update(db: Transaction, id: str, **values: Any) -> None:
    db.execute(update(refreshes).where(refreshes.c.id == id).values(values))


def _load(db: Transaction, statement: Select[Any]) -> list[Refresh]:
    rows = db.execute(statement).all()
    results = _find_results(db, [row.number for row in rows])
    return [_read(row, results[row.number]) for row in rows]


def _find_results(db: Transaction, numbers: Collection[int]) -> dict[int, list[RefreshResult]]:
    statement = (
        select(polls.c.refresh_number, polls.c.source_number, *OUTCOME_COLUMNS)
        .where(polls.c.refresh_number.in_(numbers))
        .order_by(polls.c.number)
    )
    results: dict[int, list[RefreshResult]] = defaultdict(list)
    rows = db.execute(statement).all()
    polled = find_sources_by_number(db, {row.source_number for row in rows})
    for row in rows:
        source = polled[row.source_number]
        results[row.refresh_number].append(
            RefreshResult(source.slug, source.display_title, read_outcome(row))
        )
    return results


def _read(row: Row[Any], results: Sequence[RefreshResult]) -> Refresh:
    return Refresh(
        id=row.id,
        request=row.request,
        state=row.state,
        asked=row.asked,
        started=row.started,
        ended=row.ended,
        total=row.total,
        results=tuple(results),
    )


def read_outcome(row: Row[Any]) -> PollOutcome:
    """Return the outcome of a row that has OUTCOME_COLUMNS."""
    return PollOutcome(**{column.name: getattr(row, column.name) for column in OUTCOME_COLUMNS})
