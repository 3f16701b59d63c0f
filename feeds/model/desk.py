"""What whoever runs the service asks the poller for at the desk, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

DeskKind = Literal["preview", "import"]
DeskState = Literal["waiting", "running", "done"]


@dataclass(frozen=True, slots=True)
class DeskRequest:
    """Something that the web records and the poller carries out."""

    id: str  #: nobody can guess it
    kind: DeskKind
    asked: datetime
    state: DeskState
    body: bytes = b""  #: an address in UTF-8, or the list that was sent; let go when it is answered
    name: str | None = None  #: of the file that was sent
    answer: Any = None  #: as plain data, once it is done
    ended: datetime | None = None


#: How a feed was found: it is at the address itself, the page there names it, or it lies at a usual place.
FoundBy = Literal["address", "page", "place"]


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed that was found behind an address; of one that was not read only what its page says."""

    url: str
    found_by: FoundBy
    title: str | None = None
    format: str | None = None  #: the name of its reader


@dataclass(frozen=True, slots=True)
class PreviewedEntry:
    """An entry as it would come."""

    title: str | None
    link: str | None
    published: datetime | None
    excerpt: str  #: plain text
    language: str | None
    has_picture: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """What a subscription would bring; or the problem there is with it, in one line."""

    asked: str = ""  #: the address that was asked for, whole
    problem: str | None = None
    feeds: tuple[FoundFeed, ...] = ()  #: the first is the one that was read
    title: str | None = None
    link: str | None = None
    subtitle: str | None = None
    language: str | None = None
    count: int = 0  #: entries that the document holds
    newest: datetime | None = None  #: when it posted last
    gap: int | None = None  #: seconds between two posts, on average
    entries: tuple[PreviewedEntry, ...] = ()  #: the newest of them
