"""What of a poll goes into the histories of views, and what of that waits in their live feeds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from feeds.model import Changes, Source, View
from feeds.store.categories import name_category
from feeds.store.database import Transaction
from feeds.store.held import Held
from feeds.store.history import Insertion, Members, find_holding, find_members, insert
from feeds.store.rounds import archive_outrun, put_off
from feeds.store.site import note_flooding

MOST_LOUD = 20  # corrections and withdrawals of a poll that wait in live feeds


@dataclass(frozen=True, slots=True)
class Noted:
    """The entries that a poll has brought, changed or lost, as they are stored now."""

    new: Sequence[Held]
    corrected: Sequence[Held]  #: they have another version, are back, or are from a private source no more
    linked: Sequence[Held]  #: the source brings them too now: its own view gains them, no other
    gone: Sequence[Held]  #: they are still to be withdrawn

    def find_members(self, db: Transaction, source: Source) -> Members:
        """Return the keys of the views that each goes into, by its number: before anything leaves them.

        A withdrawal is told wherever the entry has ever been: it would return from the documents of a
        category that it has left, or from all when its source is private now and public later.
        """
        numbers = {held.number for held in (*self.new, *self.corrected, *self.linked, *self.gone)}
        members = find_members(db, numbers) if numbers else {}
        own = {View("source", source.slug).key}
        if name := name_category(source.category):
            own.add(View("category", name).key)
        for held in self.linked:
            if held.number in members:
                members[held.number] &= own
        for number, keys in find_holding(db, self._list_withdrawn()).items():
            members.setdefault(number, set()).update(keys)
        return members

    def _list_withdrawn(self) -> set[int]:
        told_again = (held for held in self.corrected if held.withdrawn)
        return {held.number for held in (*self.gone, *told_again)}


def record(db: Transaction, noted: Noted, members: Members, changes: Changes, now: datetime) -> None:
    """Append all of it to the histories of the views it is in, which are `members`.

    What came with too many others is quiet: archived at once; what a part of a poll brings, when the poll
    ends, or a later part takes its place. What a first poll brings is put off. The views are to be touched
    in the same transaction before.
    """
    if changes.is_first:
        brought = (*noted.new, *noted.corrected, *noted.linked)
        put_off(db, {held.number: members.get(held.number, ()) for held in brought})
        noted = replace(noted, new=(), corrected=(), linked=())
    quiet, loud = _part(noted, now, is_part=changes.is_part)
    if any(held.flooded and one.is_arrival for held, one in loud):
        note_flooding(db, True)
    insert(db, members, _in_order(quiet), _in_order(loud))
    if changes.outrun:
        archive_outrun(db, now)


_Note: TypeAlias = tuple[Held, Insertion]


def _part(noted: Noted, now: datetime, *, is_part: bool) -> tuple[list[_Note], list[_Note]]:
    """Return what is quiet, and what is not."""
    quiet: list[_Note] = []
    loud: list[_Note] = []
    for held in noted.new:
        is_quiet = held.flooded and not is_part
        (quiet if is_quiet else loud).append((held, Insertion(held.number, held.current, is_arrival=True)))
    for some in (
        [(held, Insertion(held.number, held.current, held.withdrawn)) for held in noted.corrected],
        [(held, Insertion(held.number, held.current)) for held in noted.linked],
        [(held, Insertion(held.number, held.current, now)) for held in noted.gone],
    ):
        newest_first = sorted(some, key=lambda note: note[0].position, reverse=True)
        loud += newest_first[:MOST_LOUD]
        quiet += newest_first[MOST_LOUD:]
    return quiet, loud


def _in_order(notes: Iterable[_Note]) -> list[Insertion]:
    """Return the insertions, the oldest first."""
    return [one for _, one in sorted(notes, key=lambda note: (note[0].position, note[0].number))]
