"""What a poll needs to know of stored entries to change them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, or_, select, true, update

from feeds.model import FreshEntry, Source
from feeds.store.chunks import chunks
from feeds.store.database import Transaction
from feeds.store.identifiers import find_key
from feeds.store.schema import entries, entry_sources, sources, versions
from feeds.text.likeness import find_likeness
from feeds.text.twins import find_marks

#: What a poll may change of an entry's row.
CHANGEABLE = (
    "position",
    "origin_number",
    "owner_number",
    "current",
    "version_count",
    "withdrawn",
    "deleted",
    "flooded",
    "quarantined",
    "likeness",
    "link_mark",
    "title_mark",
)


@dataclass(slots=True)
class Held:
    """One stored entry, changed here first and then stored in one statement with all others."""

    number: int
    visible: bool
    live: bool
    position: datetime
    tie: str
    origin_number: int
    owner_number: int
    current: int
    version_count: int
    withdrawn: datetime | None
    deleted: bool
    flooded: bool
    quarantined: str | None
    likeness: int | None
    link_mark: int | None
    title_mark: int | None
    hash: str  #: of the current version
    is_linked: bool  #: the polled source is known to bring it
    owner_private: bool
    owner_makes_way: bool  #: private or retired: another source's documents may speak for the entry

    def take_signs(self, fresh: FreshEntry) -> None:
        """Be recognized by what this version says from now on."""
        for sign, value in find_signs(fresh).items():
            setattr(self, sign, value)

    @classmethod
    def of_new(cls, number: int, row: Mapping[str, Any], hash: str) -> Held:
        """The entry that has just been inserted as `row`."""
        fields: dict[str, Any] = {name: row.get(name) for name in ("visible", "live", "tie", *CHANGEABLE)}
        return cls(
            number=number, hash=hash, is_linked=True, owner_private=False, owner_makes_way=False, **fields
        )


def find_signs(fresh: FreshEntry) -> dict[str, int | None]:
    """Return what an entry is recognized by: by its source under another guid, and by others as a twin.

    A file of the seeds directory has its path, and needs no likeness.
    """
    link, title = fresh.entry.link, fresh.entry.title
    link_mark, title_mark = find_marks(link, title)
    likeness = None if fresh.path else find_likeness(link, title)
    return {"likeness": likeness, "link_mark": link_mark, "title_mark": title_mark}


#: Another source's documents may speak for an entry whose owner, joined as `sources`, is private or retired.
MAKES_WAY = or_(sources.c.private == true(), sources.c.retired.is_not(None)).label("owner_makes_way")

# Made once: every poll of every source runs it.
_LINK = and_(
    entry_sources.c.entry_number == entries.c.number,
    entry_sources.c.source_number == bindparam("source"),
)
_HELD = (
    select(
        entries.c.key,
        *(entries.c[name] for name in ("number", "visible", "live", "tie", *CHANGEABLE)),
        versions.c.hash,
        entry_sources.c.source_number.is_not(None).label("is_linked"),
        sources.c.private.label("owner_private"),
        MAKES_WAY,
    )
    .join(
        versions,
        and_(versions.c.entry_number == entries.c.number, versions.c.number == entries.c.current),
    )
    .join(sources, sources.c.number == entries.c.owner_number)
    .outerjoin(entry_sources, _LINK)
    .where(entries.c.key.in_(bindparam("keys", expanding=True)))
)


def load_held(db: Transaction, source: Source, ids: Collection[str]) -> dict[str, Held]:
    """Return the stored ones of these entries by key, seen from `source`."""
    held: dict[str, Held] = {}
    for keys in chunks({find_key(id) for id in ids}):
        for row in db.execute(_HELD, {"source": source.number, "keys": keys}):
            fields = dict(row._mapping)
            key = fields.pop("key")
            held[key] = Held(**fields)
    return held


def save_held(db: Transaction, changed: Iterable[Held]) -> None:
    """Store what a poll may change of these entries."""
    rows = [
        {"changed_number": held.number, **{name: getattr(held, name) for name in CHANGEABLE}}
        for held in changed
    ]
    if rows:
        statement = update(entries).where(entries.c.number == bindparam("changed_number"))
        db.execute(statement.values({name: bindparam(name) for name in CHANGEABLE}), rows)


def save_current(db: Transaction, columns: Collection[str], rows: Collection[Mapping[str, Any]]) -> None:
    """Set these columns of versions; a row has `of_entry`, `of_number`, and each value as `new_…`."""
    if rows:
        is_it = and_(
            versions.c.entry_number == bindparam("of_entry"), versions.c.number == bindparam("of_number")
        )
        changed: dict[str, Any] = {name: bindparam(f"new_{name}") for name in columns}
        db.execute(update(versions).where(is_it).values(changed), list(rows))


def find_version_hashes(db: Transaction, numbers: Collection[int]) -> set[tuple[int, str]]:
    """Return (entry number, hash) of every version of these entries."""
    found: set[tuple[int, str]] = set()
    for chunk in chunks(numbers):
        statement = select(versions.c.entry_number, versions.c.hash)
        found |= {(row[0], row[1]) for row in db.execute(statement.where(versions.c.entry_number.in_(chunk)))}
    return found


def find_last_versions(db: Transaction, held: Collection[Held]) -> dict[int, str]:
    """Return the hash of the version stored last, by number of the entry, where another one is current."""
    asked = {one.number: one.version_count for one in held if one.current != one.version_count}
    found: dict[int, str] = {}
    for chunk in chunks(asked):
        statement = select(versions.c.entry_number, versions.c.number, versions.c.hash)
        for row in db.execute(statement.where(versions.c.entry_number.in_(chunk))):
            if row.number == asked[row.entry_number]:
                found[row.entry_number] = row.hash
    return found
