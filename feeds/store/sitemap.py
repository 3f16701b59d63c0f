"""What a map of the site lists: pages of entries, and of views, in parts that are read by one index each.

A part of entries is a range of row numbers, which are never given twice: whatever comes later, the others
stay as they are. A part of views goes on behind a name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, exists, false, func, or_, select, true

from feeds.model import View
from feeds.store.database import Transaction
from feeds.store.fetching import as_stored, fetch, find_moment
from feeds.store.schema import categories, entries, entry_categories, sources, versions
from feeds.store.view_schema import views

#: Pages in one part: to read, write and pack them takes a twentieth of a second on a busy machine.
PART_LENGTH = 2_500

#: The kinds of views of which there may be any number.
ListedKind = Literal["source", "category"]
LISTED_KINDS: tuple[ListedKind, ...] = ("source", "category")


class Listed(NamedTuple):
    """A page that is listed."""

    path: str  #: percent-encoded
    modified: datetime | None  #: when what it shows last changed


def find_last_number(db: Transaction) -> int:
    """Return the row number of the entry that came last; 0 if none did."""
    [[number]] = fetch(db, _LAST, {})
    return int(number or 0)


def list_entry_parts(db: Transaction) -> list[int]:
    """Return the parts that have an entry to be seen, from 1."""
    last = -(-find_last_number(db) // PART_LENGTH)
    return [part for part in range(1, last + 1) if fetch(db, _ANY_ENTRY, _bound(part))]


def list_entry_pages(db: Transaction, part: int) -> list[Listed]:
    """Return the pages of the entries of one part, in the order in which they came."""
    rows = fetch(db, _ENTRIES, _bound(part))
    return [Listed(f"/entries/{key}/", find_moment(modified)) for key, modified in rows]


def _bound(part: int) -> dict[str, int]:
    return {"first": (part - 1) * PART_LENGTH + 1, "last": part * PART_LENGTH}


def list_view_parts(db: Transaction, kind: ListedKind) -> list[str]:
    """Return the names behind which the parts begin that have a view to be told of; the first is empty."""
    return [after for after in _walk(db, kind) if list_view_pages(db, kind, after, 1)]


def _walk(db: Transaction, kind: ListedKind) -> Iterator[str]:
    after = ""
    while True:
        yield after
        rows = fetch(db, _make_last_name(kind), {"after": after, "skipped": PART_LENGTH - 1})
        if not rows:
            return
        after = rows[0][0]


def list_view_pages(db: Transaction, kind: ListedKind, after: str, limit: int = PART_LENGTH) -> list[Listed]:
    """Return the pages of the public views of a kind, by name, of the part that begins behind `after`."""
    end = fetch(db, _make_last_name(kind), {"after": after, "skipped": PART_LENGTH - 1})
    asked = {"after": after, "limit": limit, "end": end[0][0] if end else None}
    rows = fetch(db, _make_views(kind, has_end=bool(end)), asked)
    return [Listed(View(kind, name).path, find_moment(touched)) for name, touched in rows]


def find_touched(db: Transaction, keys: Sequence[str]) -> dict[str, datetime]:
    """Return when these views last changed, as far as that is known."""
    statement = select(views.c.key, views.c.touched).where(views.c.key.in_(keys))
    return {key: touched for key, touched in db.execute(statement) if touched is not None}


_LAST = select(func.max(entries.c.number))
# `is_not(false)`: walked by the numbers, not by an index of what is visible.
_IN_PART = and_(
    entries.c.number.between(bindparam("first"), bindparam("last")), entries.c.visible.is_not(False)
)
_ANY_ENTRY = select(entries.c.number).where(_IN_PART).limit(1)
#: Most have one version: it is as old as the entry, and its row, which holds the text, need not be read.
_ENTRIES = (
    select(
        entries.c.key,
        case(
            (entries.c.current == 1, as_stored(entries.c.first_seen)),
            else_=select(as_stored(versions.c.seen))
            .where(versions.c.entry_number == entries.c.number, versions.c.number == entries.c.current)
            .scalar_subquery(),
        ),
    )
    .where(_IN_PART)
    .order_by(entries.c.number)
)

_NAMES = {"source": sources.c.slug, "category": categories.c.name}


def _is_told(kind: ListedKind) -> ColumnElement[bool]:
    """Whether a view is public: of categories those with an entry to be seen, or a public source."""
    if kind == "source":
        return sources.c.private == false()
    name = categories.c.name
    has_entry = exists().where(entry_categories.c.name == name, entry_categories.c.visible == true())
    return or_(has_entry, exists().where(sources.c.category_name == name, sources.c.private == false()))


@cache
def _make_views(kind: ListedKind, *, has_end: bool) -> Select[Any]:
    name = _NAMES[kind]
    statement = (
        select(as_stored(name), as_stored(views.c.touched))
        .outerjoin(views, views.c.key == f"{kind}:" + name)
        .where(name > bindparam("after"), _is_told(kind))
        .order_by(name)
        .limit(bindparam("limit"))
    )
    return statement.where(name <= bindparam("end")) if has_end else statement


@cache
def _make_last_name(kind: ListedKind) -> Select[Any]:
    """The last name of the part, told or not; none where the part is the last one and not full."""
    name = _NAMES[kind]
    return (
        select(as_stored(name))
        .where(name > bindparam("after"))
        .order_by(name)
        .limit(1)
        .offset(bindparam("skipped"))
    )
