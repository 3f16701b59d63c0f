"""Sources: as they are declared, as they are known, and what their last polls left behind."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from feeds.model.written import Validators
from feeds.text.urls import public_url

#: feed and page are fetched; seeds is the watched directory; archive is a publisher of seed documents.
SourceKind = Literal["feed", "page", "seeds", "archive"]


#: Why a source is retired whose last door has closed.
NO_LONGER_DECLARED = "no longer declared"


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
        """What it is called wherever it is told: the owner's name, else its own title, else its address.

        That is told without the passwords and keys in it.
        """
        named = (self.name or "").strip() or (self.title or "").strip()
        return named or public_url(self.url)

    @property
    def is_polled(self) -> bool:
        """Whether the schedule looks at it at all."""
        return self.kind != "archive" and not self.paused and self.retired is None


@dataclass(frozen=True, slots=True)
class SourceState:
    """What the last polls left behind for the next one."""

    validators: Validators = field(default_factory=Validators)
    body_hash: str | None = None  #: SHA-256 of the last stored body
    next_poll: datetime | None = None
    rule: str | None = None  #: why next_poll is when it is, in words
    failures: int = 0  #: in a row
    failing_since: datetime | None = None  #: when the first of them ended
    last_poll: datetime | None = None
    last_success: datetime | None = None  #: when the last poll that was answered and understood ended
    first_success: datetime | None = None
    last_error: str | None = None
    retry_after: datetime | None = None  #: the publisher asked not to be polled before
    # As the last document said; a 304 repeats none of it.
    ttl: int | None = None  #: minutes
    skip_hours: tuple[int, ...] = ()  #: 0 to 23, UTC
    skip_days: tuple[int, ...] = ()  #: Monday 0 to Sunday 6
    newest: datetime | None = None  #: when it posted last, as far as is known
    rhythm: int | None = None  #: seconds between two posts, on average
    moved: datetime | None = None  #: when it was last given a new address
    previous_url: str | None = None  #: the address it had before
    health: str | None = None  #: how it was when that was last told, a HealthWord
    health_since: datetime | None = None
    offers: tuple[str, ...] = ()  #: addresses of feeds found behind a page that stands in its place
