"""Who runs the service is told who is subscribed, and what was sent."""

import json
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from feeds.model import Announcement, SubscriberRequest
from feeds.store import announcements, open_store, pings, subscribers

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
TOPIC = "http://f.example/atom.xml"


@pytest.fixture
def log(call, tmp_path, monkeypatch):
    """A subscriber whose callback has failed, a hub of others, and what was logged of both."""
    monkeypatch.setenv("FEEDS_SITE_BASE_URL", "http://f.example")
    store = open_store(f"sqlite:///{tmp_path}/instance/feeds.db")
    asked = SubscriberRequest(
        TOPIC, "https://reader.example/s3cret", "reader.example", "all", 0, "subscribe", DAY, NOW, "k3y"
    )
    with store.write() as db:
        subscribers.grant(db, asked, NOW)
        [known] = subscribers.list_subscribers(db)
        subscribers.put_off(db, known, "HTTP 500", NOW + DAY / 2)
        pings.follow_hubs(db, ["https://hub.example/"], NOW)
        for kind, target in (("delivery", "reader.example"), ("ping", "https://hub.example/")):
            announcements.log_announcement(db, Announcement(NOW, kind, target, TOPIC, "HTTP 500", NOW + DAY))
    store.close()


def test_nobody_is_subscribed_at_first(call):
    assert call("subscribers") == (0, "nobody is subscribed\n", "")


def test_who_is_subscribed_is_shown_with_the_log(call, log):
    status, out, _ = call("subscribers")

    assert status == 0
    assert out.splitlines() == [
        "1 subscriber at our hub, to 1 feed; 1 of them could not be reached the last time",
        "https://hub.example/ is told what is new",
        f"reader.example: {TOPIC} until 2026-03-02 12:00 UTC; 1 failure in a row: HTTP 500;"
        " next try at 2026-03-02 00:00 UTC",
        f"2026-03-01 12:00 UTC delivery to reader.example, {TOPIC}: HTTP 500; again at 2026-03-02 12:00 UTC",
        f"2026-03-01 12:00 UTC ping to https://hub.example/, {TOPIC}: HTTP 500;"
        " again at 2026-03-02 12:00 UTC",
    ]
    assert len(call("subscribers", "--limit", "1")[1].splitlines()) == 4


def test_who_is_not_shown_is_counted(call, log, tmp_path, monkeypatch):
    store = open_store(f"sqlite:///{tmp_path}/instance/feeds.db")
    asked = SubscriberRequest(TOPIC, "https://a.example/", "a.example", "all", 0, "subscribe", DAY, NOW)
    with store.write() as db:
        subscribers.grant(db, asked, NOW)
    store.close()
    limited = partial(subscribers.list_subscribers, limit=1)
    monkeypatch.setattr("feeds.cli.subscribers.list_subscribers", limited)
    out = call("subscribers")[1]

    assert "a.example: " in out
    assert "reader.example: " not in out
    assert "and 1 more" in out
    assert json.loads(call("subscribers", "--json")[1])["not_shown"] == 1


def test_where_our_hub_is_switched_off_that_is_said(call, log, monkeypatch):
    monkeypatch.setenv("FEEDS_WEBSUB_ENABLED", "false")
    line = "our hub is switched off: nothing is sent to 1 subscriber"

    assert call("subscribers")[1].splitlines()[0] == line
    assert line in call("status")[1]


def test_programs_are_told_the_same_and_nobody_the_secrets(call, log):
    out = call("subscribers", "--json")[1]
    told = json.loads(out)

    assert told["state"][0].startswith("1 subscriber at our hub")
    [one] = told["subscribers"]
    assert (one["host"], one["lease_end"]) == ("reader.example", "2026-03-02T12:00:00+00:00")
    assert [each["kind"] for each in told["log"]] == ["ping", "delivery"]
    assert "s3cret" not in out + call("subscribers")[1]
    assert "k3y" not in out


def test_the_state_of_the_service_says_how_many(call, log):
    status, out, _ = call("status")

    assert status == 0  # a reader that is away is no worry of who runs the service
    assert "1 subscriber at our hub, to 1 feed" in out
    assert (
        json.loads(call("status", "--json")[1])["announcing"][1] == "https://hub.example/ is told what is new"
    )
