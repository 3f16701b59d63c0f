"""How a source is: one word, since when, and why, in words that page, command and API share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from feeds.model.sources import NO_LONGER_DECLARED, Source, SourceState

HealthWord = Literal[
    "new", "healthy", "quiet", "failing", "moved", "gone", "held", "paused", "retired", "archive"
]

TOLD_MOVED = timedelta(days=7)  # after a move
QUIET_AFTER = 5  # times the usual distance between two posts
QUIET_AT_LEAST = timedelta(days=3)  # so that a weekend makes nobody quiet
STEADY = 2  # failures in a row
WELL = ("healthy", "quiet", "moved")


@dataclass(frozen=True, slots=True)
class Health:
    """How a source is at one moment."""

    word: HealthWord
    reason: str  #: one line


@dataclass(frozen=True, slots=True)
class HealthChange:
    """The record of a source's health having become another."""

    number: int  #: by time, never given twice
    source: Source
    health: Health
    moment: datetime


def judge(source: Source, state: SourceState, now: datetime) -> Health:
    """Return how a source is; what the owner has decided comes before what its publisher does."""
    if source.kind == "archive":
        return Health("archive", "holds the seed documents of a publisher; nothing is fetched")
    if source.retired is not None:
        return Health("retired" if source.retired == NO_LONGER_DECLARED else "gone", source.retired)
    if source.paused:
        return Health("paused", "not polled until it is resumed")
    if state.retry_after is not None and state.retry_after > now:
        return Health("held", f"the publisher asks to wait until {_tell(state.retry_after)}")
    if state.failures:
        return _judge_failing(state)
    if state.last_success is None:
        return Health("new", "not polled yet")
    return _judge_well(state, now)


def is_steady(health: Health, state: SourceState) -> bool:
    """Whether it is more than a single failure, which the next poll may have forgotten."""
    return health.word != "failing" or state.failures >= STEADY


def is_news(before: str | None, health: Health) -> bool:
    """Whether a steady change is worth telling: that a source begins well, or has settled, is not."""
    if before in (None, "new"):
        return health.word not in ("new", *WELL)
    return health.word != before and (before, health.word) != ("moved", "healthy")


def _judge_failing(state: SourceState) -> Health:
    times = "once" if state.failures == 1 else f"{state.failures} times in a row"
    since = f", since {_tell(state.failing_since)}" if state.failing_since else ""
    return Health("failing", f"failed {times}{since}: {state.last_error}")


def _judge_well(state: SourceState, now: datetime) -> Health:
    if state.moved is not None and state.previous_url and now - state.moved < TOLD_MOVED:
        return Health("moved", f"has a new address since {_tell(state.moved)}")
    silence = now - state.newest if state.newest else timedelta()
    usual = timedelta(seconds=state.rhythm) if state.rhythm else timedelta()
    if usual and silence > max(usual * QUIET_AFTER, QUIET_AT_LEAST):
        return Health("quiet", f"has posted nothing since {_tell(state.newest)}, longer than its rhythm")
    return Health("healthy", f"last polled well at {_tell(state.last_success)}")


def _tell(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "an unknown time"
