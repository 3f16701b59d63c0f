"""Sources as rows: reading them, the places where one is looked for, and what follows from a change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import fields, replace
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, func, or_, select, update

from feeds.model import Source
from feeds.store.categories import declare_category, entitle, entitle_of_entries, name_category
from feeds.store.chunks import chunks
from feeds.store.columns import unescape_path
from feeds.store.database import Transaction
from feeds.store.fetching import as_stored, fetch, find_moment, is_among, write_list
from feeds.store.filing import refile
from feeds.store.places import find_views_of_source, of_source, settle
from feeds.store.revisions import SOURCES, touch
from feeds.store.schema import doors, source_states, sources

#: The columns that are fields of the model under the same name, in its order; the doors are last there.
FIELDS = [sources.c[field.name] for field in fields(Source) if field.name != "doors"]

#: What no edition tells, and what the lists of feeds alone tell. Any other field is told, too, by every feed
#: that an entry of the source is in.
UNTOLD = frozenset({"interval", "paused", "updated"})
LISTED = frozenset({"retired"})
#: What decides in which views its entries are.
PLACING = frozenset({"private", "category"})

#: In no path as it is stored, where a `%` stands before two digits only.
BETWEEN_DOORS = "%/"

# Every poll runs these: they are made once.
_BY_NUMBER = select(*FIELDS).where(sources.c.number == bindparam("number"))
_DOORS = (
    select(doors.c.source_number, doors.c.door)
    .where(doors.c.source_number.in_(bindparam("numbers", expanding=True)))
    .order_by(doors.c.door)
)


def load_sources(db: Transaction, statement: Select[Any]) -> list[Source]:
    """Return the sources of a `select(*FIELDS)`, in its order, with their doors."""
    rows = db.execute(statement).all()
    opened = _find_doors(db, [row.number for row in rows])
    return [_read(row, opened[row.number]) for row in rows]


def find_one(db: Transaction, where: ColumnElement[bool]) -> Source | None:
    """Return the first source, by number, for which `where` holds."""
    found = load_sources(db, select(*FIELDS).where(where).order_by(sources.c.number).limit(1))
    return found[0] if found else None


def find_source_by_number(db: Transaction, number: int) -> Source | None:
    """Return the source of a row number."""
    row = db.execute(_BY_NUMBER, {"number": number}).one_or_none()
    return None if row is None else _read(row, _find_doors(db, [number])[number])


def find_source_by_url(db: Transaction, url: str) -> Source | None:
    """Return the source whose key, or else whose present address, is exactly `url`."""
    return find_one(db, sources.c.key == url) or find_one(db, sources.c.url == url)


def find_sources_by_number(db: Transaction, numbers: Collection[int]) -> dict[int, Source]:
    """Return the sources of these row numbers."""
    found: dict[int, Source] = {}
    for chunk in chunks(numbers):
        loaded = load_sources(db, select(*FIELDS).where(sources.c.number.in_(chunk)))
        found |= {source.number: source for source in loaded}
    return found


def find_sources_formerly_at(db: Transaction, urls: Collection[str]) -> dict[str, Source]:
    """Return the sources that had one of `urls` before their present address, by that."""
    former = select(source_states.c.previous_url, source_states.c.source_number)
    rows = db.execute(former.where(source_states.c.previous_url.in_(urls))).all()
    found = find_sources_by_number(db, {row.source_number for row in rows}) if rows else {}
    return {row.previous_url: found[row.source_number] for row in rows}


def find_origins(db: Transaction, numbers: Collection[int]) -> dict[int, Source]:
    """Return the same by one quick statement."""
    found: dict[int, Source] = {}
    for chunk in chunks(numbers):
        for row in fetch(db, _make_origins(db.dialect.name), {"numbers": write_list(chunk)}):
            found[row[0]] = _make_source(*row)
    return found


@cache
def _make_origins(dialect: str) -> Select[Any]:
    join = func.group_concat if dialect == "sqlite" else func.string_agg
    listed = select(join(as_stored(doors.c.door), BETWEEN_DOORS))
    opened = listed.where(doors.c.source_number == sources.c.number).scalar_subquery()
    statement = select(*map(as_stored, FIELDS), opened)
    return statement.where(is_among(dialect, sources.c.number, "numbers"))


@lru_cache(4096)
def _make_source(*row: Any) -> Source:
    """Return the source of a row as it is stored; most of a page are those of the last one."""
    *told, opened = row
    facts = dict(zip((column.name for column in FIELDS), told, strict=True))
    for name in ("private", "paused"):
        facts[name] = bool(facts[name])
    for name in ("updated", "added"):
        facts[name] = find_moment(facts[name])
    listed = sorted(opened.split(BETWEEN_DOORS)) if opened else ()
    return Source(**facts, doors=tuple(map(unescape_path, listed)))


def change_source(
    db: Transaction, source: Source, values: Mapping[str, Any], now: datetime | None = None
) -> Source:
    """Give a source these fields; its entries follow, and all that tells of them is touched.

    `now` is kept beside the views where a moment is known.
    """
    is_placing = not PLACING.isdisjoint(values)
    touched = find_views_of_source(db, source.number) if is_placing else set()
    changed = replace(source, **values)
    names = {name_category(one.category) for one in (source, changed)} if is_placing else set()
    row = dict(values)
    if "category" in values:
        row["category_name"] = declare_category(db, changed.category)
    db.execute(update(sources).where(sources.c.number == source.number).values(row))
    if "private" in values:
        settle(db, of_source(source.number))
    if is_placing:
        refile(db, source.number)
        entitle(db, names)
    if "private" in values:
        entitle_of_entries(db, source.number)
    if values.keys() - UNTOLD:
        touch(db, [SOURCES])
    if values.keys() - UNTOLD - LISTED:
        touch(db, touched | find_views_of_source(db, source.number), now)
    return changed


def is_known_as(urls: Collection[str]) -> ColumnElement[bool]:
    """The sources whose key or present address is one of `urls`."""
    return or_(sources.c.key.in_(urls), sources.c.url.in_(urls))


def may_hold_secret() -> ColumnElement[bool]:
    """The sources with a key in which a password or the like may be."""
    return or_(sources.c.key.contains("@"), sources.c.key.contains("?"))


def _find_doors(db: Transaction, numbers: Collection[int]) -> dict[int, list[str]]:
    opened: dict[int, list[str]] = defaultdict(list)
    for chunk in chunks(numbers):
        for number, door in db.execute(_DOORS, {"numbers": chunk}):
            opened[number].append(door)
    return opened


def _read(row: Row[Any], opened: Collection[str]) -> Source:
    values: list[Any] = [*row, tuple(opened)]
    return Source(*values)
