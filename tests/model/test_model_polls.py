"""What is said of a poll: the words that `feeds show`, pages and API have in common."""

from datetime import UTC, datetime, timedelta

import pytest

from feeds.model import PollOutcome

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def poll(kind, seconds=0.25, **facts):
    return PollOutcome(kind, NOW, NOW + timedelta(seconds=seconds), **facts)


@pytest.mark.parametrize(
    ("outcome", "brief", "told"),
    [
        (poll("changed", new=3, modified=1), "3 new, 1 modified", "3 new, 1 modified"),
        (poll("changed", withdrawn=2), "2 withdrawn", "2 withdrawn"),
        (poll("unchanged"), "unchanged", "unchanged"),
        (poll("failed", error="timed out"), "failed", "failed: timed out"),
        (poll("held", error="the server asked to wait"), "held", "held: the server asked to wait"),
        (poll("changed", new=1, error="b.txt: is empty"), "1 new", "1 new: b.txt: is empty"),
    ],
)
def test_a_poll_is_told_by_what_it_brought_or_why_it_did_not(outcome, brief, told):
    assert (outcome.brief, outcome.told) == (brief, told)


@pytest.mark.parametrize(
    ("outcome", "cost"),
    [
        (poll("changed", status=200, size=12_345), "HTTP 200, 12.3 kB, 0.2 s"),
        (poll("unchanged", status=304), "HTTP 304, 0.2 s"),
        (poll("unchanged", seconds=61), "61.0 s"),
        (poll("changed", status=200, size=999), "HTTP 200, 999 B, 0.2 s"),
        (poll("changed", status=200, size=5_000_000), "HTTP 200, 5.0 MB, 0.2 s"),
        (poll("failed", seconds=10, status=500, error="HTTP 500"), "10.0 s"),
        (poll("held", seconds=0), ""),
    ],
)
def test_what_a_poll_took_is_told_without_what_there_was_not(outcome, cost):
    assert outcome.cost == cost
