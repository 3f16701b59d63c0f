"""What a person is told of hubs."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from feeds.model import Declaration, HubSubscription, PollOutcome
from feeds.store import hubs, open_store, polls, sources

NOW = datetime.now(UTC)
URL = "https://a.example/feed"


@pytest.fixture
def told(call, tmp_path):
    """The words for a source whose hub delivers, and which it has delivered."""
    store = open_store(f"sqlite:///{tmp_path}/instance/feeds.db")
    subscription = HubSubscription("https://hub.example/?key=s3cret", URL, "https://f.example")
    with store.write() as db:
        source = sources.add_source(db, Declaration(URL, name="A"), "hand", NOW)
        leased = replace(subscription, state="verified", granted=NOW, lease_end=NOW + timedelta(days=2))
        hubs.save_subscription(db, source, leased)
        polls.record_poll(db, source, PollOutcome("changed", NOW, NOW, new=2, delivered=True))
        polls.record_poll(db, source, PollOutcome("unchanged", NOW, NOW, status=304))
    store.close()
    return f"https://hub.example/ delivers what is new, until {NOW + timedelta(days=2):%Y-%m-%d %H:%M} UTC"


def test_a_source_is_shown_with_what_its_hub_does(call, told):
    out = call("show", "a")[1]

    assert f"hub: {told}\n" in out
    assert "2 new (delivered by its hub)" in out
    assert "unchanged · HTTP 304" in out
    assert "s3cret" not in out


def test_programs_are_told_the_same(call, told):
    shown = json.loads(call("show", "a", "--json")[1])
    listed = {row["source"]: row for row in json.loads(call("sources", "--json")[1])}

    assert (shown["hub"], listed["a"]["hub"], listed["seeds"]["hub"]) == (told, told, None)
    assert [one["delivered"] for one in shown["polls"]] == [False, True]


def test_the_state_of_the_service_says_nothing_of_hubs(call, told):
    status, out, _ = call("status")

    assert (status, "hub" in out) == (0, False)
