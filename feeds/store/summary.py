"""Numbers for the status page and the list of sources."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, Table, false, func, select, true, type_coerce

from feeds.model import Source
from feeds.store.columns import EPOCH, MICROSECOND
from feeds.store.database import Transaction
from feeds.store.ledger_schema import seed_files
from feeds.store.schema import entries, entry_sources, sources


def store_summary(db: Transaction) -> dict[str, int]:
    """Return how much there is, in words: entries to be seen, sources that are not retired, …"""
    numbers: dict[str, tuple[Table, ColumnElement[bool] | None]] = {
        "sources": (sources, sources.c.retired.is_(None)),
        "withdrawn": (entries, entries.c.withdrawn.is_not(None)),
        "quarantined": (entries, entries.c.quarantined.is_not(None)),
        "seed_files": (seed_files, None),
        "seed_problems": (seed_files, seed_files.c.problem.is_not(None)),
    }
    counts = {name: _count(db, table, where) for name, (table, where) in numbers.items()}
    # To go through what is visible would take ten times as long as to count rows without a condition.
    visible = _count(db, entries) - _count(db, entries, entries.c.visible == false())
    return {"entries": visible} | counts


def count_by_source(db: Transaction) -> dict[int, int]:
    """Return how many entries are to be seen of each source, by row number; none: not in it."""
    return dict(_by_source(db, func.count()))


def latest_by_source(db: Transaction) -> dict[int, datetime]:
    """Return the position of the newest entry to be seen of each source, by row number."""
    return dict(_by_source(db, func.max(entry_sources.c.position)))


def count_days(db: Transaction, source: Source, start: datetime, days: int) -> list[int]:
    """Return how many visible entries of a source stand in each of `days` times 24 hours from `start` on."""
    place = entry_sources.c
    length = timedelta(days=1)
    since = type_coerce(place.position, BigInteger) - (start - EPOCH) // MICROSECOND
    statement = (
        select((since // (length // MICROSECOND)).label("day"), func.count())
        .where(place.source_number == source.number, place.visible == true())
        .where(place.position >= start, place.position < start + days * length)
        .group_by("day")  # by name: PostgreSQL does not see that two expressions with parameters are one
    )
    counts = {row[0]: row[1] for row in db.execute(statement)}
    return [counts.get(day, 0) for day in range(days)]


def _by_source(db: Transaction, figure: ColumnElement[Any]) -> list[tuple[int, Any]]:
    number = entry_sources.c.source_number
    statement: Select[Any] = select(number, figure).where(entry_sources.c.visible == true()).group_by(number)
    return [(row[0], row[1]) for row in db.execute(statement)]


def _count(db: Transaction, table: Table, where: ColumnElement[bool] | None = None) -> int:
    counted = select(func.count()).select_from(table)
    return db.execute(counted if where is None else counted.where(where)).scalar_one()
