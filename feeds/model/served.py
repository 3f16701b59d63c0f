"""What is stored of an entry beside its text, and the selections of entries that are served."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import quote

from feeds.model.normal import Entry, Tombstone
from feeds.model.sources import Source


@dataclass(frozen=True, slots=True)
class Related:
    """Another entry that tells the same, which one entry stands for where duplicates are folded."""

    url: str
    title: str | None = None
    source_title: str | None = None


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry and what we know about it."""

    entry: Entry
    key: str  #: 26 base32 characters of SHA-256(id), its name in addresses
    position: datetime  #: its place in every view
    first_seen: datetime
    source: Source  #: its origin, shown with it
    versions: int = 1
    number: int = 0  #: the order of insertion
    excerpt: str = ""  #: plain text of the body, cut by characters
    withdrawn: datetime | None = None
    is_deleted: bool = False  #: withdrawn because its source has said that it is no more
    related: tuple[Related, ...] = ()  #: the duplicates it stands for

    @property
    def updated(self) -> datetime:
        """Atom's `updated`, never empty: updated, else published, else first_seen."""
        return self.entry.updated or self.entry.published or self.first_seen


@dataclass(frozen=True, slots=True)
class Version:
    """One stored state of an entry."""

    entry: Entry
    number: int  #: by arrival, from 1
    seen: datetime
    is_current: bool = False


ViewKind = Literal["all", "source", "category"]


@dataclass(frozen=True, slots=True)
class View:
    """A selection of entries that is served."""

    kind: ViewKind
    name: str = ""  #: slug of the source or category; empty for everything
    title: str | None = None
    link: str | None = None  #: the web page of what is shown, where it has one elsewhere
    subtitle: str | None = None
    language: str | None = None

    @property
    def key(self) -> str:
        """Its name in the store: `all`, `source:<slug>`, `category:<name>`."""
        return f"{self.kind}:{self.name}" if self.name else self.kind

    @property
    def path(self) -> str:
        """Where its page is served, percent-encoded; its feeds lie beside it."""
        folders = {"all": "/", "source": "/sources/", "category": "/categories/"}
        folder = folders[self.kind]
        return f"{folder}{quote(self.name)}/" if self.name else folder


ALL = View("all")


@dataclass(frozen=True, slots=True)
class Frame:
    """What a feed says around its entries: where it stands among its documents, and what is gone.

    Addresses are absolute; where nothing is set the feed stands alone.
    """

    url: str | None = None  #: its own address, where that is not the view's plain one
    next: str | None = None  #: of the page with the entries that follow (RFC 5005, section 3), in this format
    current: str | None = None  #: in an archive document: of the live feed (section 4)
    prev_archive: str | None = None
    next_archive: str | None = None
    is_archive: bool = False  #: `fh:archive`: its entries never change
    is_complete: bool = False  #: `fh:complete`: there are no others (section 2)
    tombstones: tuple[Tombstone, ...] = ()
    is_full: bool = True  #: its entries have their content; else a summary alone
    updated: datetime | None = None  #: when the feed last changed, where it shows a part of its entries


ALONE = Frame()


@dataclass(frozen=True, slots=True)
class Site:
    """What every page and feed says about the service itself."""

    id: str  #: uuid of the first base_url, as text; given once
    base_url: str  #: without a trailing slash
    title: str = "feeds"
    subtitle: str = ""
    language: str | None = None
    timezone: str = "UTC"
    limit: int = 100  #: entries in a live feed
    started: datetime | None = None  #: the stored moment of the first start
    hubs: tuple[str, ...] = ()  #: addresses of the hubs that announce its feeds (WebSub)
