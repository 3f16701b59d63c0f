"""Conditions that hold at the moment, and that a person should know of."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, delete, select

from feeds.store.database import Transaction, insert
from feeds.store.fetching import fetch
from feeds.store.schema import notices

_SINCE = select(notices.c.since).where(notices.c.name == bindparam("name"))


class Notice(NamedTuple):
    """One condition, in words for a person."""

    name: str
    text: str
    since: datetime


def set_notice(db: Transaction, name: str, text: str | None, now: datetime) -> None:
    """Say what holds, in place of what was said under this name; None: it holds no more."""
    if text is None:
        db.execute(delete(notices).where(notices.c.name == name))
        return
    db.execute(
        insert(db, notices)
        .values(name=name, text=text, since=now)  # since stays what it was while the condition holds
        .on_conflict_do_update(index_elements=[notices.c.name], set_={"text": text})
    )


def has_notice(db: Transaction, name: str) -> bool:
    """Whether something is said under this name."""
    return bool(fetch(db, _SINCE, {"name": name}))


def list_notices(db: Transaction) -> list[Notice]:
    """Return every condition that holds, the oldest first."""
    rows = db.execute(select(notices).order_by(notices.c.since, notices.c.name))
    return [Notice(**row._mapping) for row in rows]
