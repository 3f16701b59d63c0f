"""The words of the project as data: what one room hands to the next.

As written (`Parsed…`) comes from `parsing`, in normal form (`Feed`, `Entry`) from `curation`; what the
store knows beside it (`StoredEntry`, `Source`) is kept apart from what a source said.
Every datetime is aware and in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from urllib.parse import quote, urlsplit

# --- Obtained ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave to ask again with, echoed unmodified (RFC 9110, section 13.1)."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """The bytes obtained from a source at one moment."""

    url: str  #: where the bytes came from, after redirects; for a file its `file:` address
    body: bytes
    media_type: str | None = None  #: the Content-Type header as sent, with its parameters
    validators: Validators = Validators()
    path: str | None = None  #: for a seed: its path inside the seeds directory, `/` between parts
    modified: datetime | None = None  #: for a seed: the file's modification time


# --- As written -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Text:
    """A text construct as the document gives it (RFC 4287, section 3.1)."""

    value: str
    kind: Literal["text", "html"] = "text"  #: xhtml is transcribed as html
    base: str | None = None  #: what relative addresses in it refer to, where the document says so
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """An address as the document gives it, possibly relative to `base`."""

    href: str
    rel: str = "alternate"
    media_type: str | None = None
    length: str | None = None
    title: str | None = None
    language: str | None = None
    base: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """An author: at least one of the three is set."""

    name: str | None = None
    email: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """The feed an entry came from (RFC 4287, section 4.2.11; RSS 2.0 `source`)."""

    title: str | None = None
    url: str | None = None  #: address of the feed
    link: str | None = None  #: its web page
    id: str | None = None
    updated: datetime | None = None
    rights: str | None = None


@dataclass(frozen=True, slots=True)
class ParsedEntry:
    """One entry as written: nothing resolved, nothing dated, nothing sanitized."""

    guid: str | None = None
    guid_is_link: bool = False  #: RSS `isPermaLink`, true unless the document says otherwise
    title: Text | None = None
    links: tuple[Link, ...] = ()
    authors: tuple[Person, ...] = ()
    published: str | None = None
    updated: str | None = None
    summary: Text | None = None
    content: Text | None = None
    enclosures: tuple[Link, ...] = ()
    categories: tuple[str, ...] = ()
    language: str | None = None
    rights: Text | None = None
    image: Link | None = None
    comments: Link | None = None
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed as written. `format` names the reader: rss, rdf, atom, jsonfeed, seed."""

    format: str
    version: str | None = None
    guid: str | None = None
    title: Text | None = None
    subtitle: Text | None = None
    links: tuple[Link, ...] = ()
    authors: tuple[Person, ...] = ()
    updated: str | None = None
    categories: tuple[str, ...] = ()
    language: str | None = None
    rights: Text | None = None
    image: Link | None = None
    ttl: str | None = None  #: minutes, RSS 2.0
    entries: tuple[ParsedEntry, ...] = ()


# --- In normal form ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Enclosure:
    """An attached file."""

    url: str
    media_type: str | None = None
    length: int | None = None  #: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry in normal form: identified, dated, absolute, sanitized."""

    id: str  #: our stable identity, an IRI
    guid: str | None = None  #: the identifier text as the source writes it
    link: str | None = None  #: the entry's web page, absolute
    title: str | None = None  #: plain text
    authors: tuple[Person, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None
    summary: str | None = None  #: safe HTML, absolute addresses
    content: str | None = None  #: safe HTML, absolute addresses
    enclosures: tuple[Enclosure, ...] = ()
    categories: tuple[str, ...] = ()
    language: str | None = None  #: BCP 47
    rights: str | None = None  #: plain text
    image: str | None = None  #: address of the lead picture
    comments: str | None = None  #: address of the page with the comments
    origin: Origin | None = None  #: the feed it came from first, where the source itself republishes


@dataclass(frozen=True, slots=True)
class Feed:
    """A titled, ordered set of entries in normal form, in the document's order."""

    title: str | None = None
    link: str | None = None
    guid: str | None = None  #: the feed's own id as written
    language: str | None = None
    subtitle: str | None = None  #: plain text
    updated: datetime | None = None
    authors: tuple[Person, ...] = ()
    categories: tuple[str, ...] = ()
    rights: str | None = None
    image: str | None = None
    ttl: int | None = None  #: minutes for which the source asks not to be polled again
    entries: tuple[Entry, ...] = ()


# --- Known to us ------------------------------------------------------------------------------------

#: feed and page are fetched; seeds is the watched directory; archive is a publisher of seed documents.
SourceKind = Literal["feed", "page", "seeds", "archive"]


@dataclass(frozen=True, slots=True)
class Declaration:
    """A source as a door declares it."""

    url: str
    name: str | None = None
    title: str | None = None  #: what it calls itself, where that is known already
    category: str | None = None
    interval: int | None = None  #: seconds
    private: bool = False
    paused: bool = False
    kind: SourceKind = "feed"
    key: str | None = None  #: the permanent identity it had elsewhere (OPML, backup); else the url


def _host_and_path(url: str) -> str:
    """Return an address as a name: without scheme, password and query, where keys may stand."""
    parts = urlsplit(url)
    return f"{parts.netloc.rpartition('@')[2]}{parts.path}".rstrip("/") or url


@dataclass(frozen=True, slots=True)
class Source:
    """A place documents come from."""

    number: int  #: the store's row; never shown
    key: str  #: permanent identity: the address it was first subscribed by
    slug: str  #: permanent name in addresses
    kind: SourceKind
    url: str  #: the address it has now
    name: str | None = None  #: given by the owner
    title: str | None = None  #: given by the feed itself
    link: str | None = None
    subtitle: str | None = None
    language: str | None = None
    rights: str | None = None
    guid: str | None = None  #: the feed's own id
    updated: datetime | None = None  #: the feed's own date
    category: str | None = None
    interval: int | None = None  #: seconds, where the owner says
    private: bool = False
    paused: bool = False
    retired: str | None = None  #: the reason, once it is no longer polled for good
    added: datetime | None = None
    doors: tuple[str, ...] = ()  #: where it was declared: `config`, `list:<path>`, `hand`

    @property
    def display_title(self) -> str:
        """What people call it: the owner's name, else its own title, else its address without secrets."""
        return self.name or self.title or _host_and_path(self.url)

    @property
    def is_polled(self) -> bool:
        """Whether the schedule looks at it at all."""
        return self.kind != "archive" and not self.paused and self.retired is None


@dataclass(frozen=True, slots=True)
class SourceState:
    """What the last polls left behind for the next one."""

    validators: Validators = Validators()
    body_hash: str | None = None  #: SHA-256 of the last stored body
    next_poll: datetime | None = None
    rule: str | None = None  #: why next_poll is when it is, in words
    failures: int = 0  #: in a row
    last_poll: datetime | None = None
    last_success: datetime | None = None  #: when the last poll that was answered and understood ended
    first_success: datetime | None = None
    last_error: str | None = None
    retry_after: datetime | None = None  #: the publisher asked not to be polled before
    ttl: int | None = None  #: minutes, as the last document said; a 304 repeats none of it


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


# --- Decided ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KnownEntry:
    """What is stored of an entry, as far as deciding about a fresh one needs it."""

    id: str
    hash: str
    entry: Entry
    rank: str | None = None  #: for a seed: what the current version wins by
    path: str | None = None  #: for a seed: the file of the current version
    withdrawn: bool = False
    is_foreign: bool = False  #: another source brought it first, and speaks for it


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


@dataclass(frozen=True, slots=True)
class Changes:
    """What a poll found, decided but not yet stored."""

    new: tuple[Placed, ...] = ()
    modified: tuple[FreshEntry, ...] = ()  #: each becomes the current version
    older: tuple[FreshEntry, ...] = ()  #: versions that go into the history only
    seen: tuple[str, ...] = ()  #: ids of known entries the document holds unchanged
    withdrawn: tuple[str, ...] = ()  #: ids

    def __bool__(self) -> bool:
        return bool(self.new or self.modified or self.older or self.withdrawn)


#: How a poll ended.
OutcomeKind = Literal["changed", "unchanged", "failed"]


@dataclass(frozen=True, slots=True)
class PollOutcome:
    """The record of one complete check of one source."""

    kind: OutcomeKind
    started: datetime
    ended: datetime
    new: int = 0
    modified: int = 0
    withdrawn: int = 0
    error: str | None = None  #: one line, where kind is failed
    status: int | None = None  #: of the HTTP answer
    size: int = 0  #: bytes of the body


RefreshState = Literal["queued", "running", "done"]


@dataclass(frozen=True, slots=True)
class RefreshRequest:
    """What a person asked for."""

    asked_by: str  #: cli, http or page
    sources: tuple[str, ...] = ()  #: slugs; none means all
    due_only: bool = False
    force: bool = False
    accept_deletions: bool = False


@dataclass(frozen=True, slots=True)
class RefreshResult:
    """What one source contributed to a refresh."""

    slug: str
    title: str
    outcome: PollOutcome


@dataclass(frozen=True, slots=True)
class Refresh:
    """A round of polls that a person asked for."""

    id: str
    request: RefreshRequest
    state: RefreshState
    asked: datetime
    started: datetime | None = None
    ended: datetime | None = None
    total: int = 0  #: sources it polls
    results: tuple[RefreshResult, ...] = field(default=())

    @property
    def polled(self) -> int:
        return len(self.results)

    @property
    def new(self) -> int:
        return sum(result.outcome.new for result in self.results)

    @property
    def modified(self) -> int:
        return sum(result.outcome.modified for result in self.results)

    @property
    def withdrawn(self) -> int:
        return sum(result.outcome.withdrawn for result in self.results)

    @property
    def unchanged(self) -> int:
        return sum(result.outcome.kind == "unchanged" for result in self.results)

    @property
    def failed(self) -> tuple[RefreshResult, ...]:
        return tuple(result for result in self.results if result.outcome.kind == "failed")


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
    problem: str | None = None  #: why nothing came of it, in one line
    missing_since: datetime | None = None
