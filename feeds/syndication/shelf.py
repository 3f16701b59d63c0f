"""The editions at hand."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

from feeds.model import Site
from feeds.syndication.edition import Edition


@dataclass(frozen=True, slots=True)
class Stamp:
    """Everything the bytes of an edition depend on."""

    content: object
    site: Site
    program_version: str


@dataclass(frozen=True, slots=True)
class Kept:
    edition: Edition
    stamp: Stamp
    until: datetime | None = None  #: set where Last-Modified could not be stored


#: Where an edition is kept: the place of its work; of what is new since an older one, with the tag of that.
Spot = tuple[str, ...]


class Shelf:
    """The editions at hand, one for each spot; the least recently read make room.

    One that is larger than the shelf makes room for the next such: it pushes out no other.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[Spot, Kept] = OrderedDict()
        self._sizes: dict[Spot, int] = {}  # as counted
        self._large: Spot | None = None  # where the one is that is not counted
        self._guard = threading.Lock()

    def find(self, spot: Spot) -> Kept | None:
        with self._guard:
            kept = self._kept.get(spot)
            if kept is not None:
                self._kept.move_to_end(spot)
            return kept

    def keep(self, spot: Spot, kept: Kept) -> None:
        with self._guard:
            self._kept[spot] = kept
            self._kept.move_to_end(spot)
            self._count(spot)

    def weigh(self, spot: Spot) -> None:
        """Count again what is kept there: an edition grows with each coding it is asked for."""
        with self._guard:
            self._count(spot)

    def _count(self, spot: Spot) -> None:
        kept = self._kept.get(spot)
        if kept is None:
            return
        size = kept.edition.size
        if size > self._most_bytes:
            if self._large != spot:
                self._drop(self._large)
            self._large, size = spot, 0
        elif self._large == spot:
            self._large = None
        self._bytes += size - self._sizes.get(spot, 0)
        self._sizes[spot] = size
        while self._bytes > self._most_bytes:
            self._drop(next(iter(self._kept)))

    def _drop(self, spot: Spot | None) -> None:
        if spot is not None and spot in self._kept:
            del self._kept[spot]
            self._bytes -= self._sizes.pop(spot)
        if self._large == spot:
            self._large = None
