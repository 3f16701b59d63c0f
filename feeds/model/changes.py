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
    first_seen: datetime | None = None
    is_corrected: bool = False  #: another version is current than those it first came with
    stated: datetime | None = None  #: the date that its source gives it, not that of our seeing an edit
    owner_key: str = ""  #: of the source that speaks for it
    owner_link: str | None = None
    owner_private: bool = False


@dataclass(frozen=True, slots=True)
class FreshEntry:
    """An entry from a document just read, and what only the document knows."""

    entry: Entry
    hash: str  #: of everything a reader may see, dates aside
    rank: str | None = None
    path: str | None = None
    publisher: Declaration | None = None  #: for a seed: the archive source it belongs to
    position: datetime | None = None  #: where a modified entry moves; None keeps its place
    is_rekeyed: bool = False  #: its guid leads elsewhere; it was recognized as one that is stored


@dataclass(frozen=True, slots=True)
class Rekeyed:
    """An entry that came under a guid nobody knew, and was recognized as one that is stored."""

    given: str  #: the id that its guid leads to
    kept: str  #: the id it has, and keeps
    guid: str | None  #: as written; else the link that stands in for it


@dataclass(frozen=True, slots=True)
class Claim:
    """What a source may say of entries that another one has brought, at its own first poll."""

    key: str  #: of the source
    added: datetime
    link: str | None  #: the page of its feed


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
    is_first: bool = False  #: nothing was known of the source before, so that nothing is late
    is_part: bool = False  #: of a poll, at whose end its late arrivals are counted
    outrun: tuple[
        str, ...
    ] = ()  #: ids of entries of the same poll that this part of it makes part of a flood
    claimed: tuple[Placed, ...] = ()  #: of another source until now, whose turn was only an accident

    def __bool__(self) -> bool:
        return any((self.new, self.modified, self.older, self.withdrawn, self.deleted, self.claimed))
