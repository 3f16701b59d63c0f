"""How a poll ended, for a person and for a program."""

from __future__ import annotations

from typing import Any

from feeds.model import PollOutcome


def tell_outcome(outcome: PollOutcome) -> str:
    """Return in words how a poll ended."""
    if outcome.kind in ("failed", "held"):
        return outcome.kind
    counts = (("new", outcome.new), ("modified", outcome.modified), ("withdrawn", outcome.withdrawn))
    return ", ".join(f"{count} {word}" for word, count in counts if count) or "unchanged"


def describe_outcome(outcome: PollOutcome) -> dict[str, Any]:
    """Return the record of a poll as JSON holds it; bytes of the body, seconds of the whole."""
    return {
        "started": outcome.started.isoformat(timespec="seconds"),
        "outcome": outcome.kind,
        "new": outcome.new,
        "modified": outcome.modified,
        "withdrawn": outcome.withdrawn,
        "error": outcome.error,
        "status": outcome.status,
        "bytes": outcome.size,
        "next_poll": outcome.next_poll and outcome.next_poll.isoformat(timespec="seconds"),
        "because": outcome.rule,
        "seconds": round((outcome.ended - outcome.started).total_seconds(), 3),
    }
