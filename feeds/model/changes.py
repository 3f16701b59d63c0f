"""What a poll found, decided but not yet stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from feeds.model.normal import Entry
from feeds.model.sources import Declaration


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """What is stored of an entry, as far as deciding about a fresh one needs it."""

    id: str
    hash: str
    entry: Entry
    rank: str | None = None  #: for a seed: what the current version wins by
    path: str | None = None  #: for a seed: the file of the current version
    withdrawn: bool = False
    has_lost_its_file: bool = False  #: for a seed: the file of the current version holds it no more
    is_foreign: bool = False  #: another source brought it first, and speaks for it
    is_deleted: bool = False  #: withdrawn because its source has said that it is no more


@dataclass(frozen=True, slots=True)
class FreshEntry:
    """An entry from a document just read, and what only the document knows."""

    entry: Entry
    hash: str  #: of everything a reader may see, dates aside
    rank: str | None = None
    path: str | None = None
    publisher: Declaration | None = None  #: for a seed: the archive source it belongs to
    position: datetime | None = None  #: where a modified entry moves; None keeps its place


@dataclass(frozen=True, slots=True)
class Placed:
    """A new entry and its place."""

    fresh: FreshEntry
    position: datetime
    late: bool = False
    flooded: bool = False  #: one of too many at once: live feeds of everything and of categories leave it out


@dataclass(frozen=True, slots=True)
class Changes:
    """What a poll found, decided but not yet stored."""

    new: tuple[Placed, ...] = ()
    modified: tuple[FreshEntry, ...] = ()  #: each becomes the current version
    older: tuple[FreshEntry, ...] = ()  #: versions that go into the history only
    seen: tuple[str, ...] = ()  #: ids of known entries the document holds unchanged
    moved: tuple[FreshEntry, ...] = ()  #: of these, whose current version lies in another file now
    withdrawn: tuple[str, ...] = ()  #: ids
    deleted: tuple[str, ...] = ()  #: ids of those that stay withdrawn if the source sends them again
    is_part: bool = False  #: of a poll, at whose end its late arrivals are counted
    outrun: tuple[
        str, ...
    ] = ()  #: ids of entries of the same poll that this part of it makes part of a flood

    def __bool__(self) -> bool:
        return bool(self.new or self.modified or self.older or self.withdrawn or self.deleted)
