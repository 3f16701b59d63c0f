"""What was obtained from a source, and what is written there: nothing resolved, dated or sanitized."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


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
    first_path: str | None = None  #: for a seed: its path when it was first seen


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
    rules: tuple[tuple[str, str], ...] = ()  #: for an article: (field, what it was taken from)


@dataclass(frozen=True, slots=True)
class ParsedDeletion:
    """A tombstone as written (RFC 6721): of the entry with this guid."""

    guid: str
    when: str | None = None


#: Documents that hold one article, which is known by its address.
ARTICLES = frozenset({"seed", "markdown", "page", "newsletter"})
#: Documents that hold the entries of a feed.
FEEDS = frozenset({"rss", "rdf", "atom", "jsonfeed"})


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed as written. `format` names the reader: rss, rdf, atom, jsonfeed, or one of ARTICLES."""

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
    update_period: str | None = None  #: hourly, daily, …: module Syndication of RSS 1.0
    update_frequency: str | None = None  #: how often in one period
    skip_hours: tuple[str, ...] = ()  #: hours of the day in UTC, RSS 2.0
    skip_days: tuple[str, ...] = ()  #: English names of days, RSS 2.0
    entries: tuple[ParsedEntry, ...] = ()
    deleted: tuple[ParsedDeletion, ...] = ()
