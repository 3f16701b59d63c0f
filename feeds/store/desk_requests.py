"""What whoever runs the service asks for at the desk: the web records it, the poller answers in its record.

A request is gone an hour after it was made, whatever became of it: its answer may hold an address with a key.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar

import msgspec
from sqlalchemy import ColumnElement, Row, Select, delete, exists, func, or_, select, update

from feeds.errors import TooSlowError
from feeds.model import DeskKind, DeskRequest
from feeds.store.database import Transaction
from feeds.store.desk_schema import desk_requests

T = TypeVar("T")

KEPT_FOR = timedelta(hours=1)
MOST_KEPT = 50
MOST_WAITING = 10


class DeskNeeds(NamedTuple):
    """What there is to do."""

    is_waiting: bool
    has_expired: bool


def record_request(
    db: Transaction, kind: DeskKind, body: bytes, now: datetime, name: str | None = None
) -> DeskRequest:
    """Return a new request; raises TooSlowError where too many wait to be carried out."""
    expire_requests(db, now)
    waiting = select(func.count()).where(desk_requests.c.state == "waiting")
    if (db.scalar(waiting) or 0) >= MOST_WAITING:
        raise TooSlowError(f"{MOST_WAITING} requests wait to be carried out already")
    made = DeskRequest(secrets.token_hex(16), kind, now, "waiting", body, name)
    row = {"id": made.id, "kind": kind, "asked": now, "state": made.state, "body": body, "name": name}
    db.execute(desk_requests.insert().values(row))
    newest = select(desk_requests.c.number).order_by(desk_requests.c.number.desc()).limit(MOST_KEPT)
    db.execute(delete(desk_requests).where(desk_requests.c.number.not_in(newest.scalar_subquery())))
    return made


def find_request(db: Transaction, id: str) -> DeskRequest | None:
    """Return a request with its answer, if there is one."""
    return _load(db, select(desk_requests).where(desk_requests.c.id == id))


def find_needs(db: Transaction, now: datetime) -> DeskNeeds:
    """Return whether there is something to do: a question so cheap that it can be asked twice a second."""
    is_waiting = exists(select(desk_requests.c.number).where(desk_requests.c.state == "waiting"))
    has_expired = exists(select(desk_requests.c.number).where(_is_expired(now)))
    return DeskNeeds(*db.execute(select(is_waiting, has_expired)).one())


def take_request(db: Transaction, now: datetime) -> DeskRequest | None:
    """Return the request that has waited longest, now running; None if none waits."""
    waiting = select(desk_requests).where(desk_requests.c.state == "waiting", ~_is_expired(now))
    oldest = waiting.order_by(desk_requests.c.number).limit(1).with_for_update(skip_locked=True)
    found = _load(db, oldest)
    if found is None:
        return None
    db.execute(update(desk_requests).where(desk_requests.c.id == found.id).values(state="running"))
    return replace(found, state="running")


def answer_request(db: Transaction, id: str, answer: Any, now: datetime) -> None:
    """Keep the answer, a dataclass or plain data, and let go of what was sent."""
    done = {"state": "done", "answer": answer, "ended": now, "body": b""}
    db.execute(update(desk_requests).where(desk_requests.c.id == id).values(done))


def read_answer(request: DeskRequest, shape: type[T]) -> T:
    """Return the answer as what it was when it was given."""
    return msgspec.convert(request.answer, shape)


def requeue_requests(db: Transaction) -> None:
    """Let every request that a dead poller left running begin anew."""
    db.execute(update(desk_requests).where(desk_requests.c.state == "running").values(state="waiting"))


def expire_requests(db: Transaction, now: datetime) -> None:
    """Forget what was asked for an hour ago."""
    db.execute(delete(desk_requests).where(_is_expired(now)))


def _is_expired(now: datetime) -> ColumnElement[bool]:
    """Whether its hour is over, or lies where no clock will be for as long: it was set back."""
    asked = desk_requests.c.asked
    return or_(asked <= now - KEPT_FOR, asked > now + KEPT_FOR)


def _load(db: Transaction, statement: Select[Any]) -> DeskRequest | None:
    row = db.execute(statement).one_or_none()
    return None if row is None else _read(row)


def _read(row: Row[Any]) -> DeskRequest:
    return DeskRequest(row.id, row.kind, row.asked, row.state, row.body, row.name, row.answer, row.ended)
