"""Pages that files of the seeds directory name: when each is fetched, and what went wrong."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, delete, func, not_, select, update

from feeds.store.chunks import chunks
from feeds.store.database import Transaction, insert
from feeds.store.ledger_schema import pages, seed_file_entries


@dataclass(frozen=True, slots=True)
class LinkedPage:
    """A page to fetch and keep as an entry."""

    entry_id: str
    url: str
    added: datetime
    ordinal: int  #: in its file
    next_fetch: datetime | None  #: None: it has been fetched, or never will be
    failures: int = 0  #: in a row
    problem: str | None = None
    retry_after: datetime | None = None  #: its host has asked to be left alone until then
    categories: tuple[str, ...] | None = None  #: its own, once it has been fetched
    rank: str | None = None  #: of its version, by which that is told from a saved article's
    moved: bool = False  #: files that name it have come or gone since it was filed


def explain_page(page: LinkedPage) -> str:
    """Return what went wrong with a page, and what comes next."""
    if page.next_fetch is None:
        return f"{page.problem}; it is not tried again"
    return f"{page.problem}; tried again at {page.next_fetch:%Y-%m-%d %H:%M} UTC"


def add_pages(db: Transaction, urls: Mapping[str, str], now: datetime) -> None:
    """Note pages, by the ids of their entries, to be fetched now; one that is known stays as it is."""
    rows = [
        {"entry_id": id, "url": url, "added": now, "ordinal": ordinal, "next_fetch": now, "failures": 0}
        for ordinal, (id, url) in enumerate(urls.items())
    ]
    if rows:
        db.execute(insert(db, pages).on_conflict_do_nothing(), rows)


def drop_pages(db: Transaction, ids: Collection[str]) -> None:
    """Forget pages that no file names any more."""
    for chunk in chunks(ids):
        db.execute(delete(pages).where(pages.c.entry_id.in_(chunk)))


def find_pages(db: Transaction, ids: Collection[str]) -> dict[str, LinkedPage]:
    """Return what is known of these pages, by the ids of their entries."""
    found = (
        row for chunk in chunks(ids) for row in db.execute(select(pages).where(pages.c.entry_id.in_(chunk)))
    )
    return {row.entry_id: LinkedPage(**row._mapping) for row in found}


def note_moved(db: Transaction, ids: Collection[str]) -> None:
    """Note that files that name these pages have come or gone."""
    for chunk in chunks(ids):
        db.execute(update(pages).where(pages.c.entry_id.in_(chunk)).values(moved=True))


def note_filed(db: Transaction, ids: Collection[str]) -> None:
    """Note that these pages lie where their files lie."""
    for chunk in chunks(ids):
        db.execute(update(pages).where(pages.c.entry_id.in_(chunk)).values(moved=False))


def fetch_again(db: Transaction, ids: Collection[str], now: datetime) -> None:
    """Make pages due that were fetched before."""
    for chunk in chunks(ids):
        db.execute(update(pages).where(pages.c.entry_id.in_(chunk)).values(next_fetch=now))


def moved_pages(db: Transaction, limit: int) -> list[LinkedPage]:
    """Return pages that have been fetched and are to be filed anew."""
    statement = select(pages).where(pages.c.moved, pages.c.categories.is_not(None))
    rows = db.execute(statement.order_by(pages.c.entry_id).limit(limit))
    return [LinkedPage(**row._mapping) for row in rows]


def due_pages(db: Transaction, now: datetime, limit: int) -> list[LinkedPage]:
    """Return the pages to fetch now, the longest due first, those of one file in its order."""
    statement = select(pages).where(pages.c.next_fetch <= now)
    order = pages.c.next_fetch, pages.c.ordinal, pages.c.entry_id
    rows = db.execute(statement.order_by(*order).limit(limit))
    return [LinkedPage(**row._mapping) for row in rows]


def retry_pages(db: Transaction, now: datetime, *, force: bool) -> None:
    """Make every page due that could not be fetched.

    Without `force` only those that are tried again anyway, and none before its host wants to be asked.
    """
    failed = pages.c.problem.is_not(None)
    if force:
        db.execute(update(pages).where(failed).values(next_fetch=now, failures=0, retry_after=None))
        return
    waits = and_(pages.c.retry_after.is_not(None), pages.c.retry_after > now)
    waiting = and_(failed, pages.c.next_fetch.is_not(None), not_(waits))
    db.execute(update(pages).where(waiting).values(next_fetch=now))


def settle_page(
    db: Transaction,
    id: str,
    *,
    categories: tuple[str, ...] | None = None,
    rank: str | None = None,
    next_fetch: datetime | None = None,
    failures: int = 0,
    problem: str | None = None,
    retry_after: datetime | None = None,
) -> None:
    """Keep how a fetch ended; `categories` are the page's own, `rank` is that of its version."""
    ended = {
        "categories": categories,
        "rank": rank,
        "next_fetch": next_fetch,
        "failures": failures,
        "problem": problem,
        "retry_after": retry_after,
    }
    db.execute(update(pages).where(pages.c.entry_id == id).values(ended))


def list_page_problems(db: Transaction, limit: int | None = None) -> list[tuple[str, LinkedPage]]:
    """Return the pages that could not be fetched, by address, each with a file that names it."""
    first = select(func.min(seed_file_entries.c.path)).where(seed_file_entries.c.entry_id == pages.c.entry_id)
    statement = select(first.scalar_subquery().label("path"), pages).where(pages.c.problem.is_not(None))
    rows = db.execute(statement.order_by(pages.c.url).limit(limit)).all()
    fields = [field.name for field in dataclasses.fields(LinkedPage)]
    return [(row.path or "", LinkedPage(*(getattr(row, name) for name in fields))) for row in rows]


def count_due(db: Transaction, now: datetime) -> int:
    """Return how many pages are to be fetched now."""
    return db.execute(select(func.count()).select_from(pages).where(pages.c.next_fetch <= now)).scalar_one()
