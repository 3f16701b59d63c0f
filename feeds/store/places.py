"""Where entries stand: whether they are to be seen, and in which views.

An entry's place is repeated in the rows that tie it to its sources and categories; `settle` is the one
statement that keeps them alike.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true, update

from feeds.model import ALL, View
from feeds.store.database import Transaction
from feeds.store.schema import entries, entry_categories, entry_sources, sources

#: In the views: neither withdrawn nor quarantined, and from no private source.
IS_VISIBLE = and_(
    entries.c.withdrawn.is_(None),
    entries.c.quarantined.is_(None),
    ~exists().where(
        or_(sources.c.number == entries.c.origin_number, sources.c.number == entries.c.owner_number),
        sources.c.private == true(),
    ),
)


def settle(db: Transaction, where: ColumnElement[bool]) -> None:
    """Work out anew whether the entries are visible, and carry their place into every view."""
    db.execute(update(entries).where(where).values(visible=IS_VISIBLE))
    chosen = select(entries.c.number).where(where)
    for table in (entry_sources, entry_categories):
        place = {
            column: select(entries.c[column])
            .where(entries.c.number == table.c.entry_number)
            .scalar_subquery()
            for column in ("visible", "position")
        }
        db.execute(update(table).where(table.c.entry_number.in_(chosen)).values(place))


def find_views(db: Transaction, where: ColumnElement[bool]) -> set[str]:
    """Return the keys of the views in which at least one of the entries is to be seen."""
    seen = and_(where, entries.c.visible == true())
    if db.execute(select(entries.c.number).where(seen).limit(1)).first() is None:
        return set()
    slugs = (
        select(sources.c.slug)
        .join(entry_sources, entry_sources.c.source_number == sources.c.number)
        .join(entries, entries.c.number == entry_sources.c.entry_number)
        .where(seen, sources.c.private == false())
        .distinct()
    )
    names = (
        select(entry_categories.c.name)
        .join(entries, entries.c.number == entry_categories.c.entry_number)
        .where(seen)
        .distinct()
    )
    return {
        ALL.key,
        *(View("source", slug).key for slug in db.scalars(slugs)),
        *(View("category", name).key for name in db.scalars(names)),
    }


def of_source(number: int) -> ColumnElement[bool]:
    """The entries a source has brought or is the origin of."""
    return entries.c.number.in_(
        select(entry_sources.c.entry_number).where(entry_sources.c.source_number == number)
    )
