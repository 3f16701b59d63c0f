"""The searches that the configuration saves: each is a view, whose name in addresses it keeps for good."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select, true, update

from feeds.model import View
from feeds.store.database import Transaction
from feeds.store.revisions import SOURCES, touch
from feeds.store.selection_schema import searches
from feeds.text.slugs import slugify


def sync_searches(db: Transaction, declared: Mapping[str, str]) -> None:
    """Make the saved searches exactly the declared ones, queries by name.

    One that is taken up again has its old name in addresses; nobody else ever gets that.
    """
    rows = db.execute(select(searches)).all()
    # Names were once kept with the white space around them.
    known = {row.name.strip(): row for row in rows} | {row.name: row for row in rows}
    if declared != {row.name: row.query for row in rows if row.declared}:
        touch(db, [SOURCES])  # the lists of feeds name them
    for name, query in declared.items():
        row = known.get(name)
        if row is None:
            slug = _find_free_slug(db, name)
            db.execute(searches.insert().values(slug=slug, name=name, query=query, declared=True))
        elif (row.name, row.query, row.declared) != (name, query, True):
            _change(db, row.number, name=name, query=query, declared=True)
    kept = {known[name].number for name in declared if name in known}
    for row in rows:
        if row.declared and row.number not in kept:
            _change(db, row.number, declared=False)


def find_search(db: Transaction, slug: str) -> View | None:
    """Return the view of a saved search by its name in addresses."""
    statement = select(searches).where(searches.c.slug == slug, searches.c.declared == true())
    row = db.execute(statement).one_or_none()
    return None if row is None else View("search", row.slug, title=row.name, query=row.query)


def list_searches(db: Transaction) -> list[View]:
    """Return the saved searches by name."""
    rows = db.execute(select(searches).where(searches.c.declared == true())).all()
    found = [View("search", row.slug, title=row.name, query=row.query) for row in rows]
    return sorted(found, key=lambda view: (view.display_title.casefold(), view.name))


def _change(db: Transaction, number: int, **values: object) -> None:
    db.execute(update(searches).where(searches.c.number == number).values(values))


def _find_free_slug(db: Transaction, name: str) -> str:
    wanted = slugify(name)
    like = searches.c.slug.startswith(f"{wanted}-", autoescape=True)
    taken = set(db.scalars(select(searches.c.slug).where((searches.c.slug == wanted) | like)))
    slug, suffix = wanted, 1
    while slug in taken:
        suffix += 1
        slug = f"{wanted}-{suffix}"
    return slug
