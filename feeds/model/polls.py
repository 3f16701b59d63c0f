"""How polls and refreshes ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

#: How a poll ended; held: nothing was asked, because the publisher wants us to wait.
OutcomeKind = Literal["changed", "unchanged", "failed", "held"]


@dataclass(frozen=True, slots=True)
class PollOutcome:
    """The record of one complete check of one source."""

    kind: OutcomeKind
    started: datetime
    ended: datetime
    new: int = 0
    modified: int = 0
    withdrawn: int = 0
    error: str | None = None  #: one line, where kind is failed or held
    status: int | None = None  #: of the HTTP answer
    size: int = 0  #: bytes of the body
    next_poll: datetime | None = None  #: when it was decided to look again
    rule: str | None = None  #: and why, in words
    delivered: bool = False  #: by the source's hub: nobody was asked

    @property
    def seconds(self) -> float:
        """How long it took, to the millisecond."""
        return round((self.ended - self.started).total_seconds(), 3)

    @property
    def brief(self) -> str:
        """What came of it: `3 new, 1 modified`, `unchanged`, `failed`, `held`."""
        if self.kind in ("failed", "held"):
            return self.kind
        counts = (("new", self.new), ("modified", self.modified), ("withdrawn", self.withdrawn))
        return ", ".join(f"{count} {word}" for word, count in counts if count) or "unchanged"

    @property
    def told(self) -> str:
        """What came of it, and why."""
        by = " (delivered by its hub)" if self.delivered and not self.error else ""
        return f"{self.brief}: {self.error}" if self.error else f"{self.brief}{by}"

    @property
    def cost(self) -> str:
        """What it took: `HTTP 200, 12.3 kB, 0.4 s`; empty where nothing was asked."""
        if self.kind == "held":
            return ""
        status = f"HTTP {self.status}" if self.status and self.kind != "failed" else ""
        return ", ".join(
            filter(None, (status, say_size(self.size) if self.size else "", f"{self.seconds:.1f} s"))
        )


def say_size(size: int) -> str:
    """Return a number of bytes in the unit in which it reads best: `12.3 kB`."""
    for unit, length in (("MB", 1_000_000), ("kB", 1000)):
        if size >= length:
            return f"{size / length:.1f} {unit}"
    return f"{size} B"


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

    @property
    def held(self) -> int:
        return sum(result.outcome.kind == "held" for result in self.results)


@dataclass(frozen=True, slots=True)
class RefreshTally:
    """What came of a refresh so far, without what each source contributed."""

    number: int  #: by the order in which they were asked for
    id: str
    request: RefreshRequest
    state: RefreshState
    asked: datetime
    ended: datetime | None = None
    total: int = 0  #: sources it polls
    polled: int = 0
    new: int = 0
    modified: int = 0
    withdrawn: int = 0
    kinds: Mapping[OutcomeKind, int] = field(default_factory=dict)  #: how many polls ended how

    @property
    def failed(self) -> int:
        return self.kinds.get("failed", 0)

    @property
    def held(self) -> int:
        return self.kinds.get("held", 0)
