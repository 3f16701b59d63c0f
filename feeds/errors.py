"""The errors of the project; each carries its subject, each message is one line for a person.

FeedsError
├── ConfigError        a key, a value or a file of the configuration
├── DocumentError      a document, by its url or path
│   ├── ParseError         it is not what it claims to be
│   │   └── PageError          it is a web page where a feed was expected
│   ├── NotReadError       it could not be read now; it may be another time
│   │   ├── ReaderDownError    there is no process to read it in
│   │   └── NotStoredError     the store does not take what it holds
│   └── FetchError         it could not be obtained
│       ├── RefusedError       the guard forbids the address
│       ├── OtherFeedError     the source has moved to what is not the same feed
│       ├── HeldError          its host has asked to be left alone
│       └── GoneError          the publisher says it is gone for good (410)
├── GuardError         what keeps outgoing requests from private addresses is not in force
├── EditionError       a feed that cannot be written validly, by no fault of a single entry
├── QueryError         the query of a search cannot be read
├── SourceError        a source that is unknown, or declared where a command cannot reach it
└── StoreError         the database
    ├── StoreRefusedError  it does not take what was to be stored
    ├── StoreCorruptError  it is damaged, or not ours
    ├── StoreLockedError   another poller holds it
    └── TooSlowError       what was asked takes longer than it may
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from feeds.model import Link


class FeedsError(Exception):
    """Something a person can be told in one line."""


class ConfigError(FeedsError):
    """The configuration cannot be used; names the key or the file."""


class DocumentError(FeedsError):
    """A document could not be obtained or understood; `subject` is its address or path.

    `offers` are the addresses of feeds that were found in its place.
    """

    offers: tuple[str, ...] = ()

    def __init__(self, subject: str, reason: str) -> None:
        super().__init__(subject, reason)
        self.subject = subject
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.subject}: {self.reason}"


class ParseError(DocumentError):
    """The bytes are no document of the kind they claim to be."""


class PageError(ParseError):
    """A web page stands where a feed was expected; `links` are to the feeds that it names."""

    def __init__(self, subject: str, reason: str, links: tuple[Link, ...] = ()) -> None:
        super().__init__(subject, reason)
        self.links = links
        self.offers = tuple(link.href for link in links)


class NotReadError(DocumentError):
    """The file could not be read, by no fault of what it holds."""


class ReaderDownError(NotReadError):
    """No process could be started to read it in."""


class NotStoredError(NotReadError):
    """The store does not take what it holds."""


class FetchError(DocumentError):
    """The document could not be obtained; `paused_host` asks to be left alone until `retry_after`."""

    def __init__(
        self,
        subject: str,
        reason: str,
        *,
        status: int | None = None,
        retry_after: datetime | None = None,
        paused_host: str | None = None,
    ) -> None:
        super().__init__(subject, reason)
        self.status = status
        self.retry_after = retry_after
        self.paused_host = paused_host


class RefusedError(FetchError):
    """The guard forbids the address: not public, not http(s), or a port that is not allowed."""


class OtherFeedError(FetchError):
    """A permanent redirect leads to a feed that has nothing in common with the source."""

    def __init__(self, subject: str, other: str) -> None:
        super().__init__(subject, "is redirected for good to another feed, of which nothing is taken")
        self.offers = (other,)


class HeldError(FetchError):
    """Nothing was asked: the host has asked to be left alone until `until`."""

    def __init__(self, subject: str, host: str, until: datetime) -> None:
        super().__init__(
            subject, f"{host} asked to wait until {until:%Y-%m-%d %H:%M:%S} UTC", retry_after=until
        )
        self.until = until


class GoneError(FetchError):
    """The publisher says it is gone for good (RFC 9110, section 15.5.11)."""


class GuardError(FeedsError):
    """The guard of outgoing requests is not in force: without it nothing is asked of anybody."""


class EditionError(FeedsError):
    """A feed cannot be written validly, and no entry can be left out that it would be the fault of."""


class QueryError(FeedsError):
    """The query of a search cannot be read; says why."""


class SourceError(FeedsError):
    """A source is unknown, or its declaration lies where the command cannot reach it."""


class StoreError(FeedsError):
    """The database refused; says which and why."""


class StoreRefusedError(StoreError):
    """The database is well, and does not take what was to be stored; `reason` does not name the store."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.reason = reason


class StoreCorruptError(StoreError):
    """The file is damaged or is no database of ours; it is never recreated."""


class StoreLockedError(StoreError):
    """Another poller holds the store."""


class TooSlowError(StoreError):
    """What was asked takes longer than it may, or too many ask such a thing at once."""
