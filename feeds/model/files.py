"""Files of the seeds directory: what the ledger knows of them, and what was read in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from feeds.model.normal import Feed
from feeds.model.sources import Declaration
from feeds.model.written import ParsedFeed


@dataclass(frozen=True, slots=True)
class SeedFile:
    """One file of the seeds directory as the ledger knows it."""

    path: str  #: relative, `/` between parts; undecodable bytes as surrogate escapes
    size: int  #: bytes
    mtime_ns: int
    inode: int
    sha256: str | None = None
    entry_ids: tuple[str, ...] = ()  #: what it brought
    rank: str | None = None
    problem: str | None = None  #: what is wrong with it, in one line
    missing_since: datetime | None = None
    first_path: str | None = None  #: where it was when first seen, through renames; None: at its path
    format: str | None = None  #: the reader it was read by


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """What a file holds as written: entries, or what leads to some."""

    format: str
    feed: ParsedFeed | None = None
    subscriptions: tuple[Declaration, ...] = ()  #: of a list of feeds
    pages: tuple[str, ...] = ()  #: addresses of pages to fetch and archive
    problem: str | None = None  #: what could not be read of it, in one line; the rest was


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of a document: entries in normal form, or what leads to some."""

    format: str = ""  #: the reader it was read by
    feed: Feed = field(default_factory=Feed)
    subscriptions: tuple[Declaration, ...] = ()
    pages: tuple[str, ...] = ()
    problem: str | None = None
    rules: tuple[tuple[str, str], ...] = ()  #: (field, rule) of its one article, where that was asked for
