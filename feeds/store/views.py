"""The selections of entries that are served."""

from __future__ import annotations

from sqlalchemy import and_, false, func, literal, select, true

from feeds.model import ALL, Source, View, ViewKind
from feeds.store.categories import is_told
from feeds.store.database import Transaction
from feeds.store.revisions import find_edition, record_edition, revision, touch
from feeds.store.schema import categories, entry_categories, sources
from feeds.store.searches import find_search, list_searches
from feeds.store.source_rows import find_one

__all__ = [
    "find_edition",
    "find_view",
    "list_categories",
    "list_searches",
    "record_edition",
    "revision",
    "touch",
    "view_of",
]

MOST_COUNTED = 1_000  # entries of a category, where many are told at once


def find_view(db: Transaction, kind: ViewKind, name: str = "") -> View | None:
    """Return the view with its title; None if there is none or only a private source would be in it.

    Of a kind `query` there is one for every query, `name`.
    """
    if kind == "source":
        return _find_source_view(db, name)
    if kind == "category":
        return _find_category_view(db, name)
    if kind == "search":
        return find_search(db, name)
    if kind == "query":
        return View("query", name, title=name, query=name)
    return ALL if not name else None


def list_categories(
    db: Transaction, limit: int | None = None, after: str | None = None
) -> list[tuple[View, int]]:
    """Return the categories that have entries to be seen, by name, each with their number.

    That is counted to MOST_COUNTED only, and one more where there are more. The list goes on behind the name
    `after`, which need not be there any more.
    """
    filed = entry_categories.c
    some = select(literal(1)).where(filed.name == categories.c.name, filed.visible == true())
    counted = some.limit(MOST_COUNTED + 1).correlate(categories).subquery()
    count = select(func.count()).select_from(counted).scalar_subquery()
    rows = db.execute(
        select(categories.c.name, categories.c.title, count)
        .where(categories.c.name > (after or ""), some.exists())
        .order_by(categories.c.name)
        .limit(limit)
    )
    return [(View("category", name, title=title), number) for name, title, number in rows]


def _find_source_view(db: Transaction, slug: str) -> View | None:
    source = find_one(db, and_(sources.c.slug == slug, sources.c.private == false()))
    return None if source is None else view_of(source)


def view_of(source: Source) -> View:
    """Return the view of a source."""
    return View(
        "source",
        source.slug,
        title=source.display_title,
        link=source.link,
        subtitle=source.subtitle,
        language=source.language,
    )


def _find_category_view(db: Transaction, name: str) -> View | None:
    """A category stays when its entries are withdrawn; one that only a private source uses is not told."""
    statement = select(categories.c.title).where(categories.c.name == name, is_told(name))
    title = db.scalar(statement)
    return None if title is None else View("category", name, title=title)
