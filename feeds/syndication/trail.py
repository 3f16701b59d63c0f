"""What past editions of a feed held, so that a reader who has one of them can be sent the rest (RFC 3229)."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from feeds.syndication.works import Place

MOST_TAGS = 32  # past editions of one feed
MOST_GONE = 256  # entries that have left the window of one feed
MOST_RECORDS = 30_000  # in all trails together; each takes about 300 bytes


class Seen(NamedTuple):
    """How an entry stands in an edition."""

    state: int  #: a hash of everything its rendering depends on
    position: datetime


@dataclass(slots=True)
class _Held:
    """An entry of the last edition."""

    seen: Seen
    came: int  # the edition with which it came
    since: int  # the edition with which it came to its present state


@dataclass(slots=True)
class _Gone:
    """An entry that is in the last edition no more."""

    position: datetime
    came: int
    left: int  # the edition that took it back, or pushed it out
    is_pushed_out: bool  # newer entries took its place, as far as is known; else it was taken back


class Trail:
    """The past editions of one feed, counted from 1, and since when each entry is as it is.

    Nothing is kept per edition but its tag, so that a long trail costs little more than a short one.
    """

    def __init__(self) -> None:
        self._last = 0
        self._etag = ""  # of the last
        self._tags: OrderedDict[str, int] = OrderedDict()
        self._held: dict[str, _Held] = {}
        self._gone: OrderedDict[str, _Gone] = OrderedDict()
        self._guard = threading.Lock()

    def __len__(self) -> int:
        return len(self._tags) + len(self._held) + len(self._gone)

    def list_missing(self, keys: Collection[str]) -> list[str]:
        """Return the keys of the entries that readers may hold still, and an edition with these does not.

        Newer ones pushed them out, before or with this edition, as far as is known.
        """
        with self._guard:
            left = [key for key in self._held if key not in keys]
            return left + [key for key, gone in self._gone.items() if gone.is_pushed_out and key not in keys]

    def add(self, etag: str, entries: Mapping[str, Seen], hidden: Collection[str], *, is_full: bool) -> None:
        """Note an edition: its entries by key, and which of those missing in it are not in the view.

        `is_full` tells that older entries found no room in it.
        """
        with self._guard:
            self._last += 1
            self._note_missing(entries)
            for key, seen in entries.items():
                self._note(key, seen)
            bottom = min((seen.position for seen in entries.values()), default=None)
            for key, gone in self._gone.items():
                fits_below = is_full and bottom is not None and gone.position < bottom
                if gone.is_pushed_out and (not fits_below or key in hidden):
                    gone.is_pushed_out, gone.left = False, self._last
            self._etag = etag
            # Of the same bytes again the first counts: who has them may have them since then.
            self._tags.setdefault(etag, self._last)
            self._tags.move_to_end(etag)
            self._forget()

    def find_changed(self, base: str, etag: str, told: Collection[str]) -> frozenset[str] | None:
        """Return the keys of the entries that the edition `etag` holds and `base` did not in this state.

        None where it cannot be said: `etag` is not the last edition, `base` is not known, or an entry was
        taken back since that is not among `told`, the keys of those whose withdrawal the document tells.
        """
        with self._guard:
            known = self._tags.get(base)
            if known is None or etag != self._etag:
                return None
            for key, gone in self._gone.items():
                if not gone.is_pushed_out and gone.came <= known < gone.left and key not in told:
                    return None
            return frozenset(key for key, held in self._held.items() if held.since > known)

    def knows(self, etag: str) -> bool:
        """Tell whether an edition with this tag is remembered."""
        with self._guard:
            return etag in self._tags

    def _note_missing(self, entries: Mapping[str, Seen]) -> None:
        for key in [key for key in self._held if key not in entries]:
            held = self._held.pop(key)
            self._gone[key] = _Gone(held.seen.position, held.came, self._last, is_pushed_out=True)

    def _note(self, key: str, seen: Seen) -> None:
        self._gone.pop(key, None)  # it is back, and sent as if it were new
        held = self._held.get(key)
        if held is None:
            self._held[key] = _Held(seen, came=self._last, since=self._last)
        elif held.seen != seen:
            held.seen, held.since = seen, self._last

    def _forget(self) -> None:
        """Drop what is oldest: editions, then what no edition that is left can ask about."""
        while len(self._gone) > MOST_GONE:
            _, gone = self._gone.popitem(last=False)
            if not gone.is_pushed_out:
                self._forget_before(gone.left)
        while len(self._tags) > MOST_TAGS:
            self._tags.popitem(last=False)
        oldest = min(self._tags.values(), default=self._last)
        for key, gone in tuple(self._gone.items()):
            if not gone.is_pushed_out and gone.left <= oldest:
                del self._gone[key]

    def _forget_before(self, number: int) -> None:
        for tag in [tag for tag, known in self._tags.items() if known < number]:
            del self._tags[tag]


class Trails:
    """The trails of the feeds that were read last, as many as there is room for."""

    def __init__(self, most_records: int = MOST_RECORDS) -> None:
        self._most_records = most_records
        self._trails: OrderedDict[Place, Trail] = OrderedDict()
        self._guard = threading.Lock()

    def find(self, place: Place) -> Trail:
        """Return the trail of a feed, a new one where none is kept."""
        with self._guard:
            trail = self._trails.setdefault(place, Trail())
            self._trails.move_to_end(place)
            return trail

    def fit(self) -> None:
        """Let the trails that were used least recently make room."""
        with self._guard:
            records = sum(map(len, self._trails.values()))
            while records > self._most_records:
                _, dropped = self._trails.popitem(last=False)
                records -= len(dropped)
