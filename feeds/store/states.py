"""What the last polls left behind, and which source is due."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, Select, and_, bindparam, false, select, union_all

from feeds.model import Source, SourceState, Validators
from feeds.store.database import Transaction, insert_for
from feeds.store.fetching import as_stored, fetch, find_moment, is_among, write_list
from feeds.store.schema import source_states, sources
from feeds.store.source_rows import FIELDS, load_sources

if TYPE_CHECKING:
    from sqlalchemy.dialects import sqlite

#: `Source.is_polled` as a condition.
IS_POLLED = and_(sources.c.kind != "archive", sources.c.paused == false(), sources.c.retired.is_(None))


# Every poll runs these: they are made once, for SQLAlchemy takes longer to make a statement than to run it.
_FIND = select(source_states).where(source_states.c.source_number == bindparam("number"))
_FIELDS = [field.name for field in fields(SourceState) if field.name != "validators"]


@cache
def _make_save(dialect: str) -> sqlite.Insert:
    statement = insert_for(dialect, source_states)
    changed = {
        column.name: statement.excluded[column.name] for column in source_states.c if not column.primary_key
    }
    return statement.on_conflict_do_update(index_elements=[source_states.c.source_number], set_=changed)


def find_state(db: Transaction, source: Source) -> SourceState:
    """Return what is known for the next poll; the defaults for a source that was never polled."""
    row = db.execute(_FIND, {"number": source.number}).one_or_none()
    return SourceState() if row is None else _read(row)


def find_states(db: Transaction) -> dict[int, SourceState]:
    """Return the states of all sources, by row number."""
    return {row.source_number: _read(row) for row in db.execute(select(source_states))}


def find_states_of(db: Transaction, numbers: Collection[int]) -> dict[int, SourceState]:
    """Return what a list tells of the sources of these row numbers; the rest of it is left out."""
    rows = fetch(db, _make_told(db.dialect.name), {"numbers": write_list(numbers)})
    return {row[0]: _read_told(row) for row in rows}


def _read_told(row: Sequence[Any]) -> SourceState:
    return SourceState(
        failures=row[1],
        rule=row[2],
        last_error=row[3],
        previous_url=row[4],
        rhythm=row[5],
        next_poll=find_moment(row[6]),
        failing_since=find_moment(row[7]),
        last_success=find_moment(row[8]),
        retry_after=find_moment(row[9]),
        newest=find_moment(row[10]),
        moved=find_moment(row[11]),
        health=row[12],
        health_since=find_moment(row[13]),
    )


#: The columns of a row that tells how a source is, behind its number.
_TOLD = (
    *("failures", "rule", "last_error", "previous_url", "rhythm", "next_poll", "failing_since"),
    *("last_success", "retry_after", "newest", "moved", "health", "health_since"),
)


@cache
def _make_told(dialect: str) -> Select[Any]:
    number = source_states.c.source_number
    statement = select(number, *(as_stored(source_states.c[name]) for name in _TOLD))
    return statement.where(is_among(dialect, number, "numbers"))


def _read(row: Row[Any]) -> SourceState:
    known = dict(row._mapping)
    del known["source_number"]
    return SourceState(Validators(known.pop("etag"), known.pop("last_modified")), **known)


def save_state(db: Transaction, source: Source, state: SourceState) -> None:
    """Store all of it in place of what was there."""
    row = {name: getattr(state, name) for name in _FIELDS}
    row["source_number"] = source.number
    row["etag"], row["last_modified"] = state.validators.etag, state.validators.last_modified
    db.execute(_make_save(db.dialect.name), row)


def due_sources(db: Transaction, now: datetime, limit: int | None = None) -> list[Source]:
    """Return the sources whose next poll is not after `now`: never polled first, then the longest due."""
    return load_sources(db, find_due(now).limit(limit))


def find_due(now: datetime) -> Select[Any]:
    """Return the statement that finds them.

    It asks the states, by their index: what is not due costs nothing, however much of it there is.
    """
    due = source_states.c.next_poll
    numbers = (select(source_states.c.source_number).where(is_due) for is_due in (due.is_(None), due <= now))
    return (
        select(*FIELDS)
        .join(source_states, source_states.c.source_number == sources.c.number)
        .where(IS_POLLED, sources.c.number.in_(union_all(*numbers)))
        .order_by(due.asc().nulls_first(), sources.c.number)
    )
