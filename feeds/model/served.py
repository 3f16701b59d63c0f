"""What is stored of an entry beside its text, and the selections of entries that are served."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import quote, urlencode

from feeds.model.normal import Entry, Tombstone
from feeds.model.sources import Source


@dataclass(frozen=True, slots=True)
class Related:
    """An entry that is folded into another: the same page, or the same title at nearly the same time."""

    url: str  #: its link, else its page here
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
    related: tuple[Related, ...] = ()  #: entries folded into it, the newest first
    is_readable: bool = True  #: False: what is stored of it is damaged; `entry` has its id alone

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


#: search: one that the configuration saves; query: one that a reader asks for.
ViewKind = Literal["all", "source", "category", "search", "query"]

FOLDERS: dict[ViewKind, str] = {
    "all": "/",
    "source": "/sources/",
    "category": "/categories/",
    "search": "/searches/",
    "query": "/search/",
}


@dataclass(frozen=True, slots=True)
class View:
    """A selection of entries that is served."""

    kind: ViewKind
    name: str = ""  #: slug of the source, category or search; the query; empty for everything
    title: str | None = None
    link: str | None = None  #: the web page of what is shown, where it has one elsewhere
    subtitle: str | None = None
    language: str | None = None
    query: str | None = None  #: of a search: what its entries hold (`text/query`)
    narrowed: str = ""  #: where parameters make another feed of it: these, in one spelling

    @property
    def display_title(self) -> str:
        """What it is called wherever it is told; empty for everything, which is called as the site is."""
        return (self.title or "").strip() or self.name

    @property
    def key(self) -> str:
        """Its name in the store: `all`, else its kind and name: `source:<slug>`, `query:<query>`."""
        return f"{self.kind}:{self.name}" if self.name else self.kind

    @property
    def revised_by(self) -> str:
        """The key of the view whose revision tells that its entries may have changed."""
        return ALL.key if self.query is not None else self.key

    @property
    def path(self) -> str:
        """Where its page is served, percent-encoded; its feeds lie beside it."""
        return self.address()

    def address(self, file: str = "", **parameters: str) -> str:
        """Return where its page, or the feed `file` beside it, is served; `parameters` in the order given."""
        folder = FOLDERS[self.kind]
        if self.kind == "query":
            parameters = {"q": self.name, **parameters}
        elif self.name:
            folder = f"{folder}{quote(self.name)}/"
        asked = f"?{urlencode(parameters, quote_via=quote, safe='')}" if parameters else ""
        return f"{folder}{file}{asked}"


ALL = View("all")


@dataclass(frozen=True, slots=True)
class Selection:
    """Which entries of a view are asked for, and how they are shown: the parameters of its feeds."""

    limit: int | None = None  #: entries; None: as many as in a live feed
    since: datetime | None = None  #: only those whose place is at or after it
    language: str | None = None  #: only those in a language that begins with it (RFC 4647, section 3.3.1)
    query: str | None = None  #: only those that hold it (`text/query`)
    before: str | None = None  #: only those that follow the entry with this key
    is_full: bool = True  #: False: summaries alone
    is_folded: bool = False  #: twins are shown as one entry
    is_live: bool = False  #: without floods, as a live feed is; no parameter says so


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
    is_full: bool = True  #: False: no bodies, summaries alone
    tombstones: tuple[Tombstone, ...] = ()
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
