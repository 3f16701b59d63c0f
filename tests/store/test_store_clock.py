"""A clock that has been set back puts no poll off."""

from dataclasses import replace
from datetime import timedelta

import pytest
from store_samples import NOW

from feeds.model import HubOffer, HubSubscription, SourceState
from feeds.store import clock, hosts, hubs, pages, sources

HOUR, YEAR = timedelta(hours=1), timedelta(days=365)


@pytest.fixture
def polled(db, shelf):
    """A source that was polled just now: the next poll is in an hour, and its server asked for two."""
    source = shelf.add_source()
    state = SourceState(next_poll=NOW + HOUR, last_poll=NOW, retry_after=NOW + 2 * HOUR, last_success=NOW)
    sources.save_state(db, source, state)
    return source


@pytest.mark.parametrize("back", [YEAR, timedelta(minutes=5), timedelta(microseconds=1)])
def test_a_wait_that_began_in_the_future_counts_from_now(db, polled, back):
    now = NOW - back
    clock.follow(db, now)
    state = sources.find_state(db, polled)

    assert (state.last_poll, state.next_poll, state.retry_after) == (now, now + HOUR, now + 2 * HOUR)
    assert sources.due_sources(db, now) == []
    assert sources.due_sources(db, now + HOUR) == [polled]


def test_a_wait_that_began_in_the_past_stays_as_it_is(db, polled):
    before = sources.find_state(db, polled)
    clock.follow(db, NOW)

    assert sources.find_state(db, polled) == before


def test_a_source_that_was_never_polled_stays_due(db, shelf):
    source = shelf.add_source()
    clock.follow(db, NOW)

    assert sources.due_sources(db, NOW) == [source]


@pytest.mark.parametrize(("back", "is_due"), [(YEAR, True), (HOUR, False)])
def test_a_page_is_not_put_off_for_longer_than_one_ever_is(db, back, is_due):
    pages.add_pages(db, {"urn:x": "https://a.example/1"}, NOW)
    pages.settle_page(db, "urn:x", next_fetch=NOW + HOUR, failures=1, problem="HTTP 500")
    clock.follow(db, NOW - back)

    assert bool(pages.due_pages(db, NOW - back, 1)) is is_due


@pytest.mark.parametrize(("back", "is_over"), [(YEAR, True), (HOUR, False)])
def test_a_host_is_not_left_alone_for_longer_than_one_ever_is(db, back, is_over):
    hosts.pause_host(db, "a.example:443", NOW + HOUR, NOW)
    clock.follow(db, NOW - back)

    assert (hosts.list_pauses(db) == {}) is is_over


@pytest.fixture
def lease(db, shelf):
    """A lease of ten hours that was given just now, asked for a minute ago, to be renewed in eight."""
    source = shelf.add_source()
    hubs.record_offer(db, source, HubOffer(("https://h.example/",), source.url, source.url), NOW)
    hubs.settle_offer(db, source, True, NOW + 8 * HOUR)
    facts = {"asked": NOW - HOUR / 60, "granted": NOW, "lease_end": NOW + 10 * HOUR}
    leased = HubSubscription("https://h.example/", source.url, "https://f.example", state="verified", **facts)
    return hubs.save_subscription(db, source, replace(leased, next_step=NOW + 8 * HOUR))


@pytest.mark.parametrize("back", [YEAR, timedelta(minutes=5)])
def test_a_lease_that_began_in_the_future_begins_now_and_is_looked_at(db, lease, back):
    now = NOW - back
    clock.follow(db, now)
    found = hubs.find_subscription(db, lease.number)

    assert (found.asked, found.granted, found.lease_end) == (now, now, now + 10 * HOUR)
    assert found.next_step is None
    assert [standing.subscriptions for standing in hubs.load_due(db, now, 10)] == [(found,)]


def test_a_lease_that_began_in_the_past_stays_as_it_is(db, lease):
    clock.follow(db, NOW)

    assert hubs.find_subscription(db, lease.number) == lease


def test_a_hub_that_was_asked_in_the_future_was_asked_now(db, lease):
    hubs.change(db, lease.number, asked=NOW + HOUR)
    clock.follow(db, NOW)
    found = hubs.find_subscription(db, lease.number)

    assert (found.asked, found.next_step) == (NOW, None)
    assert (found.granted, found.lease_end) == (lease.granted, lease.lease_end)
