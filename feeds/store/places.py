"""Where entries stand: whether they are to be seen, and in which views.

An entry's place is repeated in the rows that tie it to its sources, categories and languages; `settle` is the
one statement that keeps them alike.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    CursorResult,
    Select,
    and_,
    bindparam,
    exists,
    false,
    literal,
    or_,
    select,
    true,
    union,
    update,
)

from feeds.model import ALL, View
from feeds.store.chunks import chunks
from feeds.store.database import Transaction
from feeds.store.schema import entries, entry_categories, entry_sources, sources
from feeds.store.selection_schema import entry_languages


def is_public() -> ColumnElement[bool]:
    """Whether an entry is from no private source."""
    private = select(sources.c.number).where(sources.c.private == true())
    return and_(entries.c.origin_number.not_in(private), entries.c.owner_number.not_in(private))


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
    is_live = and_(IS_VISIBLE, entries.c.flooded == false())
    db.execute(update(entries).where(where).values(visible=IS_VISIBLE, live=is_live))
    chosen = select(entries.c.number).where(where)
    for table in (entry_sources, entry_categories, entry_languages):
        place = {
            column: select(entries.c[column])
            .where(entries.c.number == table.c.entry_number)
            .scalar_subquery()
            for column in ("visible", "live", "position")
        }
        db.execute(update(table).where(table.c.entry_number.in_(chosen)).values(place))


def find_views(db: Transaction, where: ColumnElement[bool]) -> set[str]:
    """Return the keys of the views in which at least one of the entries is to be seen."""
    return _read_views(db.execute(_select_views(select(entries.c.number).where(where))))


def find_views_of(db: Transaction, numbers: Collection[int]) -> set[str]:
    """Return the keys of the views in which at least one of these entries is to be seen."""
    found: set[str] = set()
    for chunk in chunks(numbers):
        found |= _read_views(db.execute(_VIEWS, {"numbers": chunk}))
    return found


def find_views_of_source(db: Transaction, number: int) -> set[str]:
    """Return the keys of the views in which an entry that the source brings is to be seen."""
    return _read_views(db.execute(_VIEWS_OF_SOURCE, {"source": number}))


def find_numbers(db: Transaction, where: ColumnElement[bool]) -> list[int]:
    """Return the row numbers of the entries, in the order in which they came."""
    return list(db.scalars(select(entries.c.number).where(where).order_by(entries.c.number)))


def _select_views(numbers: Select[tuple[int]] | BindParameter[Any]) -> CompoundSelect[Any]:
    """Return (kind, name) of each view that shows an entry of these row numbers.

    Whatever is seen anywhere is seen at one source at least. The table of entries is not asked: SQLite would
    go through all that are visible.
    """
    slugs = (
        select(literal("source").label("kind"), sources.c.slug.label("name"))
        .join(entry_sources, entry_sources.c.source_number == sources.c.number)
        .where(
            entry_sources.c.entry_number.in_(numbers),
            entry_sources.c.visible == true(),
            sources.c.private == false(),
        )
    )
    names = select(literal("category"), entry_categories.c.name).where(
        entry_categories.c.entry_number.in_(numbers), entry_categories.c.visible == true()
    )
    return union(slugs, names)


def _read_views(rows: CursorResult[Any]) -> set[str]:
    found = {View(row.kind, row.name).key for row in rows}
    return found | {ALL.key} if found else found


def of_source(number: int) -> ColumnElement[bool]:
    """The entries a source has brought or is the origin of."""
    return entries.c.number.in_(_numbers_of_source(number))


def _numbers_of_source(number: int | BindParameter[int]) -> Select[tuple[int]]:
    return select(entry_sources.c.entry_number).where(entry_sources.c.source_number == number)


# Every poll runs these: they are made once.
_VIEWS = _select_views(bindparam("numbers", expanding=True))
_VIEWS_OF_SOURCE = _select_views(_numbers_of_source(bindparam("source")))
