"""When hubs are asked for what: decided from what is known, at a moment that is given."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.model import HubOffer, HubStanding, HubSubscription, Source
from feeds.polling.delivery.deciding import Failure, decide, fail, find_requests, leave

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
US, HUB, OTHER, TOPIC = (
    "https://f.example",
    "https://hub.example/",
    "https://b.example/",
    "https://a.example/f",
)
SOURCE = Source(number=1, key=TOPIC, slug="a", kind="feed", url=TOPIC)
WANTED = HubSubscription(HUB, TOPIC, US, number=1, next_step=NOW)
ASKED = replace(WANTED, state="asked", asked=NOW - MINUTE, next_step=NOW + HOUR)
VERIFIED = replace(WANTED, state="verified", asked=NOW - MINUTE, granted=NOW, lease_end=NOW + 10 * DAY)
VERIFIED = replace(VERIFIED, next_step=NOW + 8.5 * DAY)
FAILED = replace(WANTED, state="failed", next_step=NOW + 7 * DAY)


def standing(*rows, hubs=(HUB,), source=SOURCE, trusted=False):
    return HubStanding(source, HubOffer(hubs, TOPIC, TOPIC), rows, trusted)


def plan(*rows, now=NOW, base_url=US, **facts):
    return decide(standing(*rows, **facts), base_url, now)


def test_the_first_hub_is_asked_at_once():
    found = plan(hubs=(HUB, OTHER))
    [row] = found.subscriptions

    assert find_requests(found.subscriptions, NOW) == [row]
    assert (row.hub, row.topic, row.base_url, row.mode, row.state) == (HUB, TOPIC, US, "subscribe", "asked")
    assert not found.is_trusted


@pytest.mark.parametrize(
    "facts",
    [
        {"hubs": ()},
        {"base_url": None},
        {"source": replace(SOURCE, paused=True)},
        {"source": replace(SOURCE, retired="410")},
    ],
    ids=["no hub", "cannot be called", "paused", "retired"],
)
def test_nothing_is_asked_where_nothing_is_wanted(facts):
    assert (plan(**facts).subscriptions, plan(**facts).next_step) == ((), None)
    [left] = plan(WANTED, **facts).subscriptions
    assert (left.mode, left.state) == ("unsubscribe", "ended")
    [told] = plan(VERIFIED, **facts).subscriptions
    assert (told.mode, told.state, told.asked) == ("unsubscribe", "asked", NOW)


def test_our_own_hub_is_not_asked():
    assert plan(hubs=(f"{US}/hub",)).subscriptions == ()
    [row] = plan(hubs=(f"{US}/hub", HUB)).subscriptions
    assert row.hub == HUB
    [row] = plan(hubs=(f"{US}.evil.example/hub",)).subscriptions
    assert row.state == "asked"


@pytest.mark.parametrize("topic", [f"{US}/atom.xml", f"{US}/sources/a/rss.xml"])
def test_nobody_is_asked_for_a_feed_of_our_own(topic):
    ours = HubStanding(SOURCE, HubOffer((HUB,), topic, topic), (), False)
    assert decide(ours, US, NOW).subscriptions == ()

    [row] = decide(replace(ours, subscriptions=(replace(VERIFIED, topic=topic),)), US, NOW).subscriptions
    assert row.mode == "unsubscribe"


def test_what_runs_is_left_alone_until_it_is_renewed():
    found = plan(VERIFIED)

    assert found.subscriptions == (VERIFIED,)
    assert (found.is_trusted, found.next_step) == (True, VERIFIED.next_step)


def test_the_moment_of_renewal_follows_from_the_lease_that_was_granted():
    [row] = plan(replace(VERIFIED, next_step=None)).subscriptions

    assert row.next_step == NOW + 8.5 * DAY


def test_a_lease_is_asked_for_again_at_85_percent_and_runs_on_meanwhile():
    before, after = (plan(VERIFIED, now=NOW + 8.5 * DAY + shift) for shift in (-MINUTE, MINUTE))
    [row] = after.subscriptions

    assert before.subscriptions == (VERIFIED,)
    assert (row.state, row.lease_end) == ("asked", VERIFIED.lease_end)
    assert after.is_trusted


def test_a_lease_that_has_ended_is_trusted_no_more_and_asked_for_again():
    found = plan(VERIFIED, now=NOW + 11 * DAY, trusted=True)
    [row] = found.subscriptions

    assert not found.is_trusted
    assert (row.state, row.lease_end, row.granted) == ("asked", None, None)


@pytest.mark.parametrize("seconds", [0, 1, 600])
def test_however_short_its_leases_are_a_hub_is_asked_every_quarter_of_an_hour_at_most(seconds):
    short = replace(VERIFIED, asked=NOW, lease_end=NOW + timedelta(seconds=seconds), next_step=None)
    [row] = plan(short).subscriptions
    found = plan(row, now=NOW + 14 * MINUTE, trusted=True)
    [row] = found.subscriptions

    assert (row.state, row.lease_end, row.next_step) == ("wanted", None, NOW + 15 * MINUTE)
    assert not found.is_trusted
    assert find_requests(plan(row, now=NOW + 15 * MINUTE).subscriptions, NOW + 15 * MINUTE)


def test_the_end_of_a_lease_is_looked_at_although_the_next_request_comes_later():
    row = replace(VERIFIED, state="wanted", next_step=VERIFIED.lease_end + DAY)

    assert plan(row).next_step == VERIFIED.lease_end


def test_a_hub_that_missed_something_is_asked_on_but_not_trusted():
    found = plan(replace(VERIFIED, missed=NOW), trusted=True)

    assert (found.is_trusted, found.next_step) == (False, VERIFIED.next_step)


@pytest.mark.parametrize(("failures", "minutes"), [(0, 5), (1, 20), (2, 80), (3, 320)])
def test_a_request_that_failed_is_made_again_four_times_as_late(failures, minutes):
    row = fail(replace(ASKED, failures=failures), Failure("HTTP 500"), NOW)

    assert (row.state, row.next_step, row.last_error) == ("wanted", NOW + minutes * MINUTE, "HTTP 500")


def test_after_five_failures_the_hub_rests_for_a_week():
    row = fail(replace(ASKED, failures=4), Failure("HTTP 500"), NOW)

    assert (row.state, row.next_step) == ("failed", NOW + 7 * DAY)
    assert plan(row, now=NOW + 6 * DAY).subscriptions == (row,)
    assert find_requests(plan(row, now=NOW + 7 * DAY).subscriptions, NOW + 7 * DAY)


def test_a_hub_that_asks_to_wait_is_not_asked_before():
    assert fail(ASKED, Failure("HTTP 429", not_before=NOW + DAY), NOW).next_step == NOW + DAY


def test_a_refusal_for_good_is_a_failure_at_once():
    assert fail(ASKED, Failure("HTTP 403", is_final=True), NOW).state == "failed"


def test_a_renewal_that_fails_leaves_the_lease_as_it_is():
    row = fail(replace(VERIFIED, state="asked"), Failure("HTTP 403", is_final=True), NOW)

    assert (row.state, row.is_trusted(NOW)) == ("failed", True)


@pytest.mark.parametrize("first", [FAILED, replace(FAILED, state="denied")])
def test_the_next_hub_is_asked_while_the_first_rests(first):
    found = plan(first, hubs=(HUB, OTHER))

    assert [(row.hub, row.state) for row in found.subscriptions] == [(HUB, first.state), (OTHER, "asked")]


def test_a_hub_that_could_be_asked_again_rests_on_while_another_delivers():
    found = plan(replace(FAILED, next_step=NOW), replace(VERIFIED, number=2, hub=OTHER), hubs=(HUB, OTHER))

    assert [row.state for row in found.subscriptions] == ["failed", "verified"]
    assert found.next_step > NOW


def test_where_every_hub_rests_nothing_is_asked():
    found = plan(FAILED, replace(FAILED, number=2, hub=OTHER), hubs=(HUB, OTHER))

    assert find_requests(found.subscriptions, NOW) == []
    assert found.next_step == NOW + 7 * DAY


@pytest.mark.parametrize(
    "change", [{"hub": OTHER}, {"topic": f"{TOPIC}?old"}, {"base_url": "https://old.example"}]
)
def test_what_is_for_another_hub_topic_or_place_is_left_and_replaced(change):
    found = plan(replace(VERIFIED, **change))

    assert [(row.mode, row.state) for row in found.subscriptions] == [
        ("unsubscribe", "asked"),
        ("subscribe", "asked"),
    ]
    assert not found.is_trusted


def test_a_request_to_end_is_made_three_times_at_most():
    row = leave(VERIFIED, NOW)
    for _ in range(3):
        assert row.state == "wanted"
        row = fail(row, Failure("HTTP 500"), NOW)

    assert (row.state, row.lease_end) == ("ended", None)


def test_a_lease_that_ends_needs_no_request_to_end():
    found = plan(leave(VERIFIED, NOW), hubs=(), now=NOW + 11 * DAY)

    assert [row.state for row in found.subscriptions] == ["ended"]


def test_what_is_over_is_forgotten_after_a_month():
    ended = replace(leave(WANTED, NOW), number=7)

    assert plan(ended, hubs=(), now=NOW + 30 * DAY).forgotten == ()
    assert plan(ended, hubs=(), now=NOW + 31 * DAY).forgotten == (7,)


moments = st.one_of(st.none(), st.integers(-40, 40).map(lambda days: NOW + days * DAY))
rows = st.builds(
    HubSubscription,
    hub=st.sampled_from([HUB, OTHER, "https://c.example/"]),
    topic=st.just(TOPIC),
    base_url=st.sampled_from([US, "https://old.example"]),
    number=st.integers(1, 9),
    mode=st.sampled_from(["subscribe", "unsubscribe"]),
    state=st.sampled_from(["wanted", "asked", "verified", "denied", "failed", "ended"]),
    next_step=moments,
    asked=moments,
    granted=moments,
    lease_end=moments,
    failures=st.integers(0, 9),
    missed=moments,
).filter(lambda row: row.state != "ended" or row.mode == "unsubscribe")


@given(
    st.lists(rows, max_size=4, unique_by=lambda row: row.number),
    st.sampled_from([(), (HUB,), (HUB, OTHER)]),
    st.sampled_from([US, None]),
    st.booleans(),
)
def test_whatever_is_known_the_next_look_lies_ahead_and_one_hub_is_alive(known, hubs, base_url, paused):
    found = plan(*known, hubs=hubs, base_url=base_url, source=replace(SOURCE, paused=paused))
    again = plan(*found.subscriptions, hubs=hubs, base_url=base_url, source=replace(SOURCE, paused=paused))
    alive = [
        row
        for row in found.subscriptions
        if row.mode == "subscribe" and row.state in ("wanted", "asked", "verified")
    ]

    assert found.next_step is None or found.next_step > NOW
    assert again.subscriptions == found.subscriptions
    assert not alive or (hubs and base_url and not paused)
    if hubs and base_url and not paused and not alive:
        assert {row.hub for row in found.subscriptions if row.state in ("denied", "failed")} >= set(hubs)
