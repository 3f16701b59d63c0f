"""The editions at hand."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

from feeds.model import Site
from feeds.syndication.edition import Edition
from feeds.syndication.works import Place


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

    @property
    def size(self) -> int:
        return len(self.edition.body) + len(self.edition.gzip)


class Shelf:
    """The editions at hand, one for each place; the least recently read make room."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[Place, Kept] = OrderedDict()
        self._guard = threading.Lock()

    def find(self, place: Place) -> Kept | None:
        with self._guard:
            kept = self._kept.get(place)
            if kept is not None:
                self._kept.move_to_end(place)
            return kept

    def keep(self, place: Place, kept: Kept) -> None:
        with self._guard:
            self._drop(self._kept.pop(place, None))
            self._kept[place] = kept
            self._bytes += kept.size
            while self._bytes > self._most_bytes:
                self._drop(self._kept.popitem(last=False)[1])

    def _drop(self, kept: Kept | None) -> None:
        self._bytes -= kept.size if kept else 0
