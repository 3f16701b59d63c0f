"""Pages that files of the seeds directory name: when each is fetched, and what went wrong."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update

from feeds.store.chunks import chunks
from feeds.store.database import Transaction, insert
from feeds.store.schema import pages, seed_file_entries


@dataclass(frozen=True, slots=True)
class LinkedPage:
    """A page to fetch and keep as an entry."""

    entry_id: str
    url: str
    added: datetime
    next_fetch: datetime | None  #: None: it has been fetched, or never will be
    failures: int = 0  #: in a row
    problem: str | None = None


def explain_page(page: LinkedPage) -> str:
    """Return what went wrong with a page, and what comes next."""
    if page.next_fetch is None:
        return f"{page.problem}; it is not tried again"
    return f"{page.problem}; tried again at {page.next_fetch:%Y-%m-%d %H:%M} UTC"


def add_pages(db: Transaction, urls: Mapping[str, str], now: datetime) -> None:
    """Note pages, by the ids of their entries, to be fetched now; one that is known stays as it is."""
    rows = [
        {"entry_id": id, "url": url, "added": now, "next_fetch": now, "failures": 0}
        for id, url in urls.items()
    ]
    if rows:
        db.execute(insert(db, pages).on_conflict_do_nothing(), rows)


def drop_pages(db: Transaction, ids: Collection[str]) -> None:
    """Forget pages that no file names any more."""
    for chunk in chunks(ids):
        db.execute(delete(pages).where(pages.c.entry_id.in_(chunk)))


def due_pages(db: Transaction, now: datetime, limit: int) -> list[LinkedPage]:
    """Return the pages to fetch now, the longest due first."""
    statement = select(pages).where(pages.c.next_fetch <= now)
    rows = db.execute(statement.order_by(pages.c.next_fetch, pages.c.entry_id).limit(limit))
    return [LinkedPage(**row._mapping) for row in rows]


def retry_pages(db: Transaction, now: datetime) -> None:
    """Make every page due that could not be fetched."""
    db.execute(update(pages).where(pages.c.problem.is_not(None)).values(next_fetch=now, failures=0))


def settle_page(
    db: Transaction,
    id: str,
    *,
    next_fetch: datetime | None = None,
    failures: int = 0,
    problem: str | None = None,
) -> None:
    """Keep how a fetch ended."""
    db.execute(
        update(pages)
        .where(pages.c.entry_id == id)
        .values(next_fetch=next_fetch, failures=failures, problem=problem)
    )


def list_page_problems(db: Transaction) -> list[tuple[str, LinkedPage]]:
    """Return the pages that could not be fetched, each with a file that names it."""
    first = select(func.min(seed_file_entries.c.path)).where(seed_file_entries.c.entry_id == pages.c.entry_id)
    statement = select(first.scalar_subquery().label("path"), pages).where(pages.c.problem.is_not(None))
    rows = db.execute(statement.order_by(pages.c.url)).all()
    return [
        (
            row.path or "",
            LinkedPage(row.entry_id, row.url, row.added, row.next_fetch, row.failures, row.problem),
        )
        for row in rows
    ]


def count_waiting(db: Transaction) -> int:
    """Return how many pages are still to be fetched."""
    return db.execute(
        select(func.count()).select_from(pages).where(pages.c.next_fetch.is_not(None))
    ).scalar_one()
