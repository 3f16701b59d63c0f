"""A feed and its entries in normal form: identified, dated, absolute, sanitized."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from feeds.model.written import Origin, Person


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
class Tombstone:
    """The public record of a withdrawn entry (RFC 6721)."""

    id: str
    when: datetime  #: of its withdrawal


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
    skip_hours: tuple[int, ...] = ()  #: 0 to 23, UTC, in which it asks not to be polled
    skip_days: tuple[int, ...] = ()  #: Monday 0 to Sunday 6, on which it asks not to be polled
    hubs: tuple[str, ...] = ()  #: addresses of hubs that tell what is new (WebSub)
    topic: str | None = None  #: the address they know it by
    entries: tuple[Entry, ...] = ()
    deleted: tuple[Tombstone, ...] = ()  #: entries of which it says that they are no more
    former_ids: tuple[tuple[str, str], ...] = ()  #: of entries: the id, and that which it may be stored under
