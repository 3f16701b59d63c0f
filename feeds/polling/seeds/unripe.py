"""Files that may still be written: each is held until it has been left alone for long enough."""

from __future__ import annotations

from collections.abc import Collection

from feeds.model import SeedFile
from feeds.polling.seeds.documents import Stamp, stamp_of

QUIET = 0.5  # seconds without a change after which a file, and a poll, is complete
CLOCK_AHEAD = 60.0  # seconds that the clock of a file server may be ahead of ours
MOST_HELD = 2000  # files in memory; of more, those that look young are left for the next look


class Unripe:
    """The files that the last look found new or changed, and too early to be read."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[Stamp, float]] = {}  # how each looked, and since when
        self._before: dict[str, tuple[Stamp, float]] = {}
        self._is_import = False
        self.has_more = False  #: there were others, of which nothing is held

    @property
    def paths(self) -> Collection[str]:
        return self._held.keys()

    @property
    def is_empty(self) -> bool:
        return not self._held and not self.has_more

    def begin_look(self, *, is_import: bool) -> None:
        """Hold only what the coming look finds again; in an import the times of files are believed."""
        self._before, self._held, self.has_more = self._held, {}, False
        self._is_import = is_import

    def is_ripe(self, file: SeedFile, age: float, now: float) -> bool:
        """Whether a file has been left alone for long enough to be complete; else it is held.

        `age` is by its own time, which may lie: the clock of a file server may be another. `now` is ours.
        """
        stamp = stamp_of(file)
        known, since = self._before.pop(file.path, (None, now))
        has_room = len(self._before) + len(self._held) < MOST_HELD
        if known is None and not -CLOCK_AHEAD < age < QUIET and (self._is_import or not has_room):
            return True
        if known == stamp and now - since >= QUIET:
            return True
        if has_room:
            self._held[file.path] = stamp, since if known == stamp else now
        self.has_more = self.has_more or not has_room
        return False
