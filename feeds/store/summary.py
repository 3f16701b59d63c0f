"""Numbers for the status page and the list of sources."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, func, select, true

from feeds.store.database import Transaction
from feeds.store.schema import entries, entry_sources, seed_files, sources


@dataclass(frozen=True, slots=True)
class StoreSummary:
    """How much there is."""

    entries: int  #: to be seen in some view
    sources: int  #: not retired
    withdrawn: int
    quarantined: int
    seed_files: int
    seed_problems: int  #: files that nothing came of


def store_summary(db: Transaction) -> StoreSummary:
    """Count what the store holds."""
    return StoreSummary(
        entries=_count(db, entries, entries.c.visible == true()),
        sources=_count(db, sources, sources.c.retired.is_(None)),
        withdrawn=_count(db, entries, entries.c.withdrawn.is_not(None)),
        quarantined=_count(db, entries, entries.c.quarantined.is_not(None)),
        seed_files=_count(db, seed_files, true()),
        seed_problems=_count(db, seed_files, seed_files.c.problem.is_not(None)),
    )


def count_by_source(db: Transaction) -> dict[int, int]:
    """Return how many entries are to be seen of each source, by row number; none: not in it."""
    return dict(_by_source(db, func.count()))


def latest_by_source(db: Transaction) -> dict[int, datetime]:
    """Return the position of the newest entry to be seen of each source, by row number."""
    return dict(_by_source(db, func.max(entry_sources.c.position)))


def _by_source(db: Transaction, figure: ColumnElement[Any]) -> list[tuple[int, Any]]:
    number = entry_sources.c.source_number
    statement: Select[Any] = select(number, figure).where(entry_sources.c.visible == true()).group_by(number)
    return [(row[0], row[1]) for row in db.execute(statement)]


def _count(db: Transaction, table: FromClause, where: ColumnElement[bool]) -> int:
    return db.execute(select(func.count()).select_from(table).where(where)).scalar_one()
