"""Each view's history (RFC 5005): what came, what was corrected and what left, in the order in which it did.

An insertion is shown in the live feed until an archive document holds it. Documents are cut here, when enough
has come, or at once where a flood came: of that the live feed shows a part only. What first polls bring is
put off until their round ends (`rounds`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import BindParameter, bindparam, false, literal, select, true, union_all, update

from feeds.model import ALL, View
from feeds.store.chunks import chunks
from feeds.store.database import Transaction
from feeds.store.revisions import touch
from feeds.store.schema import entries, entry_categories, entry_sources, sources
from feeds.store.site import find_archive_length, is_flooding, note_flooding
from feeds.store.view_schema import archives, insertions, views


@dataclass(frozen=True, slots=True)
class Insertion:
    """An entry as it is from now on, or its withdrawal."""

    entry_number: int
    version: int
    withdrawn: datetime | None = None
    is_arrival: bool = False  #: the entry was new to the store; where it came with a flood, it waits unseen


Members = Mapping[int, Collection[str]]  # the keys of the views that an entry, by number, is to be seen in


def find_members(db: Transaction, numbers: Collection[int]) -> dict[int, set[str]]:
    """Return the keys of the views in which each of these entries is to be seen."""
    found: dict[int, set[str]] = {}
    for chunk in chunks(numbers):
        for number, kind, name in db.execute(_MEMBERS, {"numbers": chunk}):
            # Whatever is seen anywhere is seen at one source at least, and among everything.
            found.setdefault(number, {ALL.key}).add(View(kind, name).key)
    return found


def find_holding(db: Transaction, numbers: Collection[int]) -> dict[int, set[str]]:
    """Return the keys of the views whose histories hold each of these entries, seen there now or not."""
    found: dict[int, set[str]] = {}
    for chunk in chunks(numbers):
        for number, key in db.execute(_HOLDING, {"numbers": chunk}):
            found.setdefault(number, set()).add(key)
    return found


def insert(db: Transaction, members: Members, quiet: Sequence[Insertion], loud: Sequence[Insertion]) -> None:
    """Append insertions to the history of every view they are in, and cut what is to be archived.

    Those that are `quiet` are archived at once, with everything before them. The views are to be touched in
    the same transaction before: then whoever else appends to one of them waits.
    """
    keys = {key for one in (*quiet, *loud) for key in members.get(one.entry_number, ())}
    rows: list[dict[str, Any]] = []
    growing = find_growing(db, keys)
    for view in growing:
        of_view = [
            [one for one in new if view.key in members.get(one.entry_number, ())] for new in (quiet, loud)
        ]
        rows += view.number(chain(*of_view))
        view.grow(*map(len, of_view))
    if rows:
        db.execute(insertions.insert(), rows)
        save_grown(db, growing)


def insert_unseen(db: Transaction, keys: Collection[str], numbers: Collection[int]) -> None:
    """Archive entries in those of these views that they have come into by a decision of the owner.

    What was withdrawn is told again: nobody has been told of it while its source was private. The views are
    to be touched before.
    """
    for chunk in chunks(numbers):
        current = select(entries.c.number, entries.c.current, entries.c.withdrawn)
        rows = db.execute(current.where(entries.c.number.in_(chunk)).order_by(entries.c.number)).all()
        held = find_holding(db, [row.number for row in rows if row.withdrawn])
        members = {
            number: found.intersection(keys) for number, found in (held | find_members(db, chunk)).items()
        }
        insert(db, members, [Insertion(*row) for row in rows], ())


def archive_floods(db: Transaction, now: datetime) -> None:
    """Archive what a flood has brought and no document holds yet: it is in no live feed.

    Where nothing is noted of any flood, nothing is looked for.
    """
    if not is_flooding(db):
        return
    flooded = (
        select(views.c.key)
        .join(insertions, insertions.c.view_key == views.c.key)
        .join(entries, entries.c.number == insertions.c.entry_number)
        .where(
            insertions.c.ordinal > views.c.archived,
            insertions.c.arrival == true(),
            entries.c.flooded == true(),
        )
        .distinct()
    )
    keys = db.scalars(flooded).all()
    touch(db, keys, now)
    growing = find_growing(db, keys)
    for view in growing:
        view.cut(view.inserted)
    save_grown(db, growing)
    note_flooding(db, False)


def find_growing(db: Transaction, keys: Collection[str]) -> list[Growing]:
    """Return the histories of these views, to be continued; the views are to be touched before."""
    columns = (views.c.key, views.c.inserted, views.c.archived, views.c.archives)
    length = find_archive_length(db) if keys else 0
    found: list[Growing] = []
    for chunk in chunks(sorted(keys)):
        rows = db.execute(select(*columns).where(views.c.key.in_(chunk)).order_by(views.c.key))
        found += [Growing(length, *row) for row in rows]
    return found


def save_grown(db: Transaction, growing: Sequence[Growing]) -> None:
    """Store how far these histories have got; their insertions are stored."""
    cuts = [cut for view in growing for cut in view.cuts]
    if cuts:
        db.execute(archives.insert(), cuts)
    if growing:
        db.execute(_COUNT, [view.counts() for view in growing])


class Growing:
    """The history of one view while it grows."""

    def __init__(self, length: int, key: str, inserted: int, archived: int, count: int) -> None:
        self._length = length
        self.key = key
        self.inserted = inserted
        self.archived = archived
        self.archives = count
        self.cuts: list[dict[str, Any]] = []

    def number(self, new: Iterable[Insertion]) -> Iterator[dict[str, Any]]:
        """Yield the rows of the insertions that it is to grow by."""
        for ordinal, one in enumerate(new, start=self.inserted + 1):
            yield {
                "view_key": self.key,
                "ordinal": ordinal,
                "entry_number": one.entry_number,
                "version": one.version,
                "withdrawn": one.withdrawn,
                "arrival": one.is_arrival,
            }

    def grow(self, quiet: int, loud: int) -> None:
        """Count so many more insertions, and cut what is to be archived: all up to the last quiet one."""
        self.inserted += quiet
        if quiet:
            self.cut(self.inserted)
        self.inserted += loud
        self.cut(self.inserted - (self.inserted - self.archived) % self._length)

    def cut(self, last: int) -> None:
        """Put everything up to `last` into archive documents."""
        while self.archived < last:
            self.archived = min(self.archived + self._length, last)
            self.archives += 1
            self.cuts.append({"view_key": self.key, "number": self.archives, "last": self.archived})

    def counts(self) -> dict[str, Any]:
        return {
            "of_key": self.key,
            "new_inserted": self.inserted,
            "new_archived": self.archived,
            "new_archives": self.archives,
        }


# Every poll that brings something runs these: they are made once.
_NUMBERS: BindParameter[int] = bindparam("numbers", expanding=True)
_MEMBERS = union_all(
    select(entry_sources.c.entry_number, literal("source"), sources.c.slug)
    .join(sources, sources.c.number == entry_sources.c.source_number)
    .where(
        entry_sources.c.entry_number.in_(_NUMBERS),
        entry_sources.c.visible == true(),
        sources.c.private == false(),
    ),
    select(entry_categories.c.entry_number, literal("category"), entry_categories.c.name).where(
        entry_categories.c.entry_number.in_(_NUMBERS), entry_categories.c.visible == true()
    ),
)
_HOLDING = (
    select(insertions.c.entry_number, insertions.c.view_key)
    .where(insertions.c.entry_number.in_(_NUMBERS))
    .distinct()
)
_COUNT = (
    update(views)
    .where(views.c.key == bindparam("of_key"))
    .values({name: bindparam(f"new_{name}") for name in ("inserted", "archived", "archives")})
)
