"""Every view there is to subscribe to, in one order that can be continued anywhere."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import exists, false, or_, select, true

from feeds.model import ALL, View, ViewKind
from feeds.store.database import Transaction
from feeds.store.schema import categories, entry_categories, sources
from feeds.store.searches import list_searches
from feeds.store.source_rows import FIELDS, load_sources
from feeds.store.views import view_of

# The views of one kind, by their names, behind a name where one is given, and at most so many.
Lister = Callable[[Transaction, str | None, int | None], list[View]]


def list_views(db: Transaction, limit: int | None = None, after: str | None = None) -> list[View]:
    """Return the public views, kind by kind, each by its name in addresses.

    The list continues behind the view with the key `after`, which need not be there any more. Raises
    ValueError where that can be the key of no view.
    """
    listers = list(LISTERS.values())
    name: str | None = None
    if after is not None:
        kind, _, name = after.partition(":")
        listers = listers[[*map(str, LISTERS)].index(kind) :]
    found: list[View] = []
    for list_some in listers:
        found += list_some(db, name, None if limit is None else limit - len(found))
        name = None
    return found


def list_kinds(db: Transaction) -> list[ViewKind]:
    """Return the kinds of which there is a public view, in the order in which they are listed.

    The list of the views of one begins behind the key `<kind>:`.
    """
    return [kind for kind, list_some in LISTERS.items() if list_some(db, None, 1)]


def categories_by_source(db: Transaction) -> dict[str, str]:
    """Return what the category of each public source that has one is called, by the slug of the source."""
    chosen = (
        select(sources.c.slug, categories.c.title)
        .join(categories, categories.c.name == sources.c.category_name)
        .where(sources.c.private == false())
    )
    return {row.slug: row.title for row in db.execute(chosen)}


def _list_all(db: Transaction, after: str | None, limit: int | None) -> list[View]:
    return [ALL] if after is None and limit != 0 else []


def _list_categories(db: Transaction, after: str | None, limit: int | None) -> list[View]:
    """Those with an entry to be seen, or a public source that will bring some."""
    has_entry = exists().where(
        entry_categories.c.name == categories.c.name, entry_categories.c.visible == true()
    )
    has_source = exists().where(sources.c.category_name == categories.c.name, sources.c.private == false())
    rows = db.execute(
        select(categories.c.name, categories.c.title)
        .where(categories.c.name > (after or ""), or_(has_entry, has_source))
        .order_by(categories.c.name)
        .limit(limit)
    )
    return [View("category", name, title=title) for name, title in rows]


def _list_sources(db: Transaction, after: str | None, limit: int | None) -> list[View]:
    """All public ones, retired ones too: their entries stay."""
    statement = (
        select(*FIELDS)
        .where(sources.c.slug > (after or ""), sources.c.private == false())
        .order_by(sources.c.slug)
        .limit(limit)
    )
    return [view_of(source) for source in load_sources(db, statement)]


def _list_searches(db: Transaction, after: str | None, limit: int | None) -> list[View]:
    found = sorted(list_searches(db), key=lambda view: view.name)
    return [view for view in found if view.name > (after or "")][:limit]


#: In the order in which they are listed: categories, of which there may be thousands, after what was chosen.
LISTERS: dict[ViewKind, Lister] = {
    "all": _list_all,
    "search": _list_searches,
    "source": _list_sources,
    "category": _list_categories,
}
