"""How a poll ended, for a program."""

from __future__ import annotations

from typing import Any

from feeds.cli.session import tell_iso
from feeds.model import PollOutcome


def describe_outcome(outcome: PollOutcome) -> dict[str, Any]:
    """Return the record of a poll as JSON holds it; bytes of the body, seconds of the whole."""
    return {
        "started": tell_iso(outcome.started),
        "outcome": outcome.kind,
        "told": outcome.told,
        "new": outcome.new,
        "modified": outcome.modified,
        "withdrawn": outcome.withdrawn,
        "error": outcome.error,
        "status": outcome.status,
        "delivered": outcome.delivered,
        "bytes": outcome.size,
        "seconds": outcome.seconds,
        "next_poll": tell_iso(outcome.next_poll),
        "rule": outcome.rule,
    }
