"""What is told of a source: its page, `feeds show` and the API have their words from here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from feeds.model.health import Health
from feeds.model.polls import PollOutcome
from feeds.model.sources import Source, SourceState


@dataclass(frozen=True, slots=True)
class SourceReport:
    """How a source is, when it is polled next and why, fit to be shown.

    No address in it holds a password or a key, and no next poll is in it where there is none.
    """

    source: Source
    state: SourceState
    health: Health
    since: datetime | None  #: when it became so, as far as is known
    hub: str | None = None  #: how it stands with its hub, in one line
    polls: tuple[PollOutcome, ...] = ()  #: as many as were asked for, the latest first


def find_since(source: Source, state: SourceState, health: Health) -> datetime | None:
    """Return when a source became what it is: the event itself, else the poll that noticed it."""
    events = {"new": source.added, "archive": source.added, "failing": state.failing_since}
    events["moved"] = state.moved
    return events.get(health.word) or (state.health_since if state.health == health.word else None)
