"""How often a source posts, as far as what it holds tells."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from feeds.model import Entry

LATEST = 10  # posts that count: what was long ago says little of what comes


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What the dates of a source's posts tell."""

    newest: datetime | None = None  #: when it posted last
    gap: timedelta | None = None  #: between two posts, on average


def find_rhythm(entries: Iterable[Entry], now: datetime) -> Rhythm:
    """Return the rhythm of the latest entries of a document; what is dated in the future does not count."""
    dates = sorted({date for entry in entries if (date := entry.published or entry.updated) and date <= now})
    latest = dates[-LATEST:]
    if len(latest) < 2:
        return Rhythm(latest[-1] if latest else None)
    return Rhythm(latest[-1], (latest[-1] - latest[0]) / (len(latest) - 1))
