"""What of a poll goes into the histories of views, and what of that waits in their live feeds."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import datetime

from feeds.model import Placed, Source, View
from feeds.store.categories import name_category
from feeds.store.database import Transaction
from feeds.store.held import Held
from feeds.store.history import Insertion, find_holding, find_members, insert
from feeds.store.identifiers import find_key
from feeds.store.site import note_flooding

MOST_LOUD = 20  # corrections and withdrawals of a poll that wait in live feeds


class Recording:
    """The insertions of one poll of `source`, or of a part of it.

    What comes with too many others is `quiet`: archived at once; what a part brings, when the poll ends.
    """

    def __init__(self, db: Transaction, source: Source, is_part: bool) -> None:
        self._db = db
        self._source = source
        self._is_part = is_part
        self._quiet: list[tuple[Held, Insertion]] = []
        self._loud: list[tuple[Held, Insertion]] = []
        self._linked: set[int] = set()
        self._members: dict[int, set[str]] = {}

    def add(self, held: Mapping[str, Held], numbers: Container[int], new: Iterable[Placed]) -> None:
        """Note those of the new entries that were stored under these numbers; `held` is by key."""
        for placed in new:
            one = held[find_key(placed.fresh.entry.id)]
            if one.number in numbers:
                is_quiet = placed.flooded and not self._is_part
                arrival = Insertion(one.number, one.current, is_arrival=True)
                (self._quiet if is_quiet else self._loud).append((one, arrival))

    def correct(self, corrected: Iterable[Held]) -> None:
        """Note entries that have another version now, are back, or are from a private source no more."""
        self._take([(held, Insertion(held.number, held.current, held.withdrawn)) for held in corrected])

    def link(self, found: Iterable[Held]) -> None:
        """Note stored entries that the source brings too now: its own view gains them, no other."""
        noted = {one.entry_number for _, one in (*self._quiet, *self._loud)}
        others = {held.number: held for held in found if held.number not in noted}
        self._linked = set(others)
        self._take([(held, Insertion(number, held.current)) for number, held in others.items()])

    def withdraw(self, gone: Iterable[Held], when: datetime) -> None:
        """Note entries that are about to be withdrawn."""
        self._take([(held, Insertion(held.number, held.current, when)) for held in gone])

    def _take(self, found: Sequence[tuple[Held, Insertion]]) -> None:
        newest_first = sorted(found, key=lambda one: one[0].position, reverse=True)
        self._loud += newest_first[:MOST_LOUD]
        self._quiet += newest_first[MOST_LOUD:]

    def find_members(self) -> None:
        """Look up which views all that was noted is in: before anything leaves them.

        A withdrawal is told wherever the entry has ever been: it would return from the documents of a
        category that it has left, or from all when its source is private now and public later.
        """
        noted = {one.entry_number for _, one in (*self._quiet, *self._loud)}
        gone = {one.entry_number for _, one in (*self._quiet, *self._loud) if one.withdrawn}
        self._members = find_members(self._db, noted) if noted else {}
        own = {View("source", self._source.slug).key}
        if name := name_category(self._source.category):
            own.add(View("category", name).key)
        for number in self._linked & self._members.keys():
            self._members[number] &= own
        for number, keys in find_holding(self._db, gone).items():
            self._members.setdefault(number, set()).update(keys)

    @property
    def keys(self) -> set[str]:
        """The views whose histories all of it is for."""
        return set().union(*self._members.values())

    def write(self) -> None:
        """Append it all to the histories, the oldest first; their views were touched in this transaction."""
        if any(held.flooded and one.is_arrival for held, one in self._loud):
            note_flooding(self._db, True)
        insert(self._db, self._members, _in_order(self._quiet), _in_order(self._loud))


def _in_order(noted: Iterable[tuple[Held, Insertion]]) -> list[Insertion]:
    return [one for _, one in sorted(noted, key=lambda each: (each[0].position, each[0].number))]
