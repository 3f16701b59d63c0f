"""Asking hubs, end to end: real hubs on sockets, the real web server behind the callbacks, the real store."""

from datetime import timedelta
from itertools import pairwise

import msgspec
import pytest
from polling_hub import rss
from polling_server import response

from feeds.store import clock, hubs, sources

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DELIVERS = "its hub delivers what is new (WebSub)"


def test_a_source_that_advertises_a_hub_is_subscribed_there(subscribing, run_hub):
    hub = run_hub()
    known = subscribing.subscribe(hub)
    [form] = hub.requests

    assert form == {
        "hub.callback": f"{subscribing.base_url}/websub/{known.secret}",
        "hub.mode": "subscribe",
        "hub.topic": subscribing.publisher.url,
        "hub.secret": known.key,
        "hub.lease_seconds": "864000",
    }
    assert hub.confirmed == [("subscribe", 200, True)]
    assert (known.state, known.lease_end - known.granted) == ("verified", DAY)
    assert (len(known.secret), len(known.key)) == (32, 64)
    assert (
        subscribing.explain() == f"{hub.url} delivers what is new, until {known.lease_end:%Y-%m-%d %H:%M} UTC"
    )


def test_a_hub_may_verify_before_it_answers(subscribing, run_hub):
    hub = run_hub(verifies="before", status=204)

    assert subscribing.subscribe(hub).state == "verified"
    assert len(hub.requests) == 1


def test_a_source_without_a_hub_asks_nobody(subscribing):
    subscribing.poll()

    assert subscribing.step() == []
    assert subscribing.subscriptions == []


def test_where_hubs_cannot_call_none_is_asked(subscribing, run_hub):
    hub = run_hub()
    subscribing.base_url, subscribing.hubs = None, (hub.url,)
    subscribing.poll()

    assert subscribing.step(hub) == []
    assert (hub.requests, subscribing.subscriptions) == ([], [])
    assert subscribing.explain() is None


@pytest.mark.parametrize(
    "behaviour",
    [{"topic": "http://a.example/other"}, {"verifies": "never"}],
    ids=["asks about another topic", "never asks back"],
)
def test_what_a_hub_does_not_rightly_confirm_is_asked_again(subscribing, run_hub, behaviour):
    hub = run_hub(**behaviour)
    subscribing.hubs = (hub.url,)
    subscribing.poll()
    subscribing.step(hub)
    assert subscribing.subscription.state == "asked"
    assert not any(is_echoed for *_, is_echoed in hub.confirmed)

    subscribing.here.pass_time(minutes=16)
    subscribing.step(hub)
    known = subscribing.subscription
    assert (known.state, known.failures, len(hub.requests)) == ("wanted", 1, 1)
    assert "it did not confirm what it was asked for; it is asked again" in subscribing.explain()
    hub.topic, hub.verifies = None, "after"
    subscribing.here.pass_time(minutes=6)
    subscribing.step(hub)
    assert subscribing.subscription.state == "verified"


@pytest.mark.parametrize("mode", ["subscribe", "unsubscribe"])
def test_what_was_not_asked_for_is_not_confirmed(subscribing, run_hub, mode):
    hub = run_hub()
    subscribing.subscribe(hub)
    form = hub.requests[0]
    subscribing.here.pass_time(minutes=1)
    with subscribing.here.store.write() as db:  # it was asked for long ago
        hubs.change(db, subscribing.subscription.number, asked=subscribing.here.now - DAY)

    assert hub.verify(form, mode) == 404
    assert hub.verify({**form, "hub.callback": form["hub.callback"][:-1] + "~"}) == 404
    assert subscribing.subscription.state == "verified"


def test_a_lease_is_renewed_well_before_it_ends(subscribing, run_hub):
    hub = run_hub()
    first = subscribing.subscribe(hub)
    subscribing.here.pass_time(hours=20)
    subscribing.step(hub)
    assert len(hub.requests) == 1

    subscribing.here.pass_time(minutes=25)  # 85 % of a day are 20.4 hours
    subscribing.step(hub)
    again = subscribing.subscription
    assert len(hub.requests) == 2
    assert hub.requests[0] == hub.requests[1]
    assert (again.number, again.state, again.key) == (first.number, "verified", first.key)
    assert again.granted > first.granted


def test_a_hub_that_refuses_is_asked_again_only_after_a_week(subscribing, run_hub):
    hub = run_hub(denies="not\n you")
    subscribing.hubs = (hub.url,)
    subscribing.poll()
    for _ in range(3):
        subscribing.step(hub)
    assert subscribing.states == [("subscribe", "denied")]
    assert subscribing.explain() == f"{hub.url} refuses to deliver: not you"

    subscribing.here.pass_time(days=6)
    subscribing.step(hub)
    assert len(hub.requests) == 1
    hub.denies = None
    subscribing.here.pass_time(days=2)
    subscribing.step(hub)
    assert (len(hub.requests), subscribing.subscription.state) == (2, "verified")


def test_a_lease_that_is_denied_later_brings_the_normal_schedule_back_at_once(subscribing, run_hub):
    hub = run_hub(lease=864_000)
    subscribing.subscribe(hub)
    subscribing.poll()
    subscribing.here.pass_time(hours=2)
    state = subscribing.here.state(subscribing.publisher.url)
    assert (state.rule, state.next_poll > subscribing.here.now + 20 * HOUR) == (DELIVERS, True)

    hub.denies = "you are too many"
    assert hub.verify(hub.requests[0]) == 204
    subscribing.step(hub)
    state = subscribing.here.state(subscribing.publisher.url)
    assert (state.rule, state.next_poll) == ("every 60 minutes", subscribing.here.now)


def test_a_source_that_is_gone_for_good_is_given_no_next_poll_when_its_hub_is_left(subscribing, run_hub):
    hub = run_hub()
    subscribing.subscribe(hub)
    subscribing.publisher.answer = lambda asked: response(410)
    subscribing.here.poll(subscribing.publisher.url)
    gone = subscribing.here.state(subscribing.publisher.url)
    with subscribing.here.store.write() as db:
        hubs.look_at_changed(db, subscribing.here.now)
    subscribing.step(hub)

    assert subscribing.states == [("unsubscribe", "ended")]
    assert (gone.next_poll, gone.rule.startswith("never again")) == (None, True)
    assert subscribing.here.state(subscribing.publisher.url) == gone


def test_a_lease_that_began_under_a_clock_a_year_ahead_is_renewed_in_its_time(subscribing, run_hub):
    hub, here, year = run_hub(), subscribing.here, timedelta(days=365)
    known = subscribing.subscribe(hub)
    moments = {name: getattr(known, name) + year for name in ("asked", "granted", "lease_end", "next_step")}
    with here.store.write() as db:
        hubs.change(db, known.number, **moments)
        hubs.settle_offer(db, subscribing.source, True, moments["next_step"])
        clock.follow(db, here.now)
    subscribing.step(hub)
    assert len(hub.requests) == 1

    here.pass_time(hours=21)
    subscribing.step(hub)
    assert len(hub.requests) == 2


def test_a_hub_that_promises_a_minute_is_relied_on_for_a_minute(subscribing, run_hub):
    hub = run_hub(lease=60)
    subscribing.subscribe(hub)
    subscribing.poll()
    assert subscribing.here.state(subscribing.publisher.url).rule == DELIVERS

    subscribing.here.pass_time(minutes=2)
    subscribing.step(hub)
    assert subscribing.here.state(subscribing.publisher.url).rule == "every 60 minutes"
    assert subscribing.explain() == f"{hub.url} is asked to deliver what is new"
    assert len(hub.requests) == 1

    subscribing.here.pass_time(minutes=14)
    subscribing.step(hub)
    assert len(hub.requests) == 2


def test_a_lease_that_ends_unrenewed_brings_the_normal_schedule_back_at_once(subscribing, run_hub):
    hub = run_hub(lease=3600)
    subscribing.subscribe(hub)
    hub.status = 500
    subscribing.poll()
    assert subscribing.here.state(subscribing.publisher.url).rule == DELIVERS
    subscribing.here.pass_time(minutes=55)
    assert subscribing.step(hub) == [
        f"{hub.url}: subscribe to {subscribing.publisher.url}: HTTP 500 Internal Server Error"
    ]
    assert subscribing.here.state(subscribing.publisher.url).rule == DELIVERS

    subscribing.here.pass_time(minutes=10)
    subscribing.step(hub)
    state = subscribing.here.state(subscribing.publisher.url)
    assert state.rule == "every 60 minutes"
    assert state.next_poll <= subscribing.here.now + 6 * timedelta(minutes=1)


def test_a_hub_that_refuses_for_good_gives_way_to_the_next(subscribing, run_hub):
    first, second = run_hub(status=403), run_hub()
    subscribing.hubs = (first.url, second.url)
    subscribing.poll()
    assert len(subscribing.step(first, second)) == 1
    subscribing.step(first, second)
    subscribing.step(first, second)

    assert [(one.hub, one.state) for one in subscribing.subscriptions] == [
        (first.url, "failed"),
        (second.url, "verified"),
    ]
    assert len(first.requests) == 1
    assert subscribing.explain().startswith(f"{second.url} delivers what is new")


def test_a_hub_that_breaks_is_asked_less_and_less_and_then_given_up(subscribing, run_hub):
    hub = run_hub(status=503, retry_after="600")
    subscribing.hubs = (hub.url,)
    subscribing.poll()
    start, moments = subscribing.here.now, []
    for _ in range(1500):
        before = len(hub.requests)
        subscribing.here.now += timedelta(minutes=2) if len(moments) < 5 else timedelta(hours=8)
        subscribing.step(hub)
        if len(hub.requests) > before:
            moments.append(subscribing.here.now - start)
        if len(moments) > 5:
            break
    waits = [later - sooner for sooner, later in pairwise(moments)]

    assert [round(wait / HOUR, 1) for wait in waits[:4]] == [0.2, 0.3, 1.3, 5.3]
    assert waits[4] >= timedelta(days=7)
    assert "could not be asked to deliver: HTTP 503 Service Unavailable" in subscribing.explain()


def test_a_hub_that_never_answers_is_a_failure_in_words(subscribing, run_hub):
    hub = run_hub(delay=1, verifies="never")
    subscribing.hubs = (hub.url,)
    fetch = subscribing.here.settings.fetch
    subscribing.poll()
    subscribing.here.settings = msgspec.structs.replace(
        subscribing.here.settings, fetch=msgspec.structs.replace(fetch, total_timeout=0.3)
    )

    [problem] = subscribing.step(hub)
    assert "no complete answer within 0.3 s" in problem
    assert subscribing.subscription.state == "wanted"


@pytest.mark.parametrize("status", [307, 308])
def test_a_hub_that_has_moved_is_followed_with_the_same_form(subscribing, run_hub, status):
    new = run_hub()
    old = run_hub(status=status, location=new.url)
    known = subscribing.subscribe(old)
    new.settle()
    subscribing.step(new)

    assert old.requests == new.requests
    assert subscribing.subscription.state == "verified"
    assert known.hub == old.url


@pytest.mark.parametrize("status", [301, 302, 303])
def test_another_redirect_is_not_followed(subscribing, run_hub, status):
    new = run_hub()
    old = run_hub(status=status, location=new.url)
    subscribing.hubs = (old.url,)
    subscribing.poll()

    [problem] = subscribing.step(old)
    assert f"HTTP {status}" in problem
    assert new.requests == []


@pytest.mark.parametrize(
    "reason", ["paused", "removed", "hub gone", "topic changed", "moved", "switched off"]
)
def test_what_is_not_wanted_any_more_is_unsubscribed(subscribing, run_hub, reason):
    hub, here = run_hub(), subscribing.here
    subscribing.subscribe(hub)
    with here.store.write() as db:
        if reason == "paused":
            sources.set_paused(db, subscribing.source, True)
        if reason == "removed":
            sources.close_door(db, subscribing.source, "hand", here.now)
        hubs.look_at_changed(db, here.now)
        if reason in ("moved", "switched off"):
            hubs.look_at_all(db, here.now)
    if reason == "hub gone":
        subscribing.hubs = ()
        subscribing.poll("one", "two")
    if reason == "topic changed":
        links = f"<{hub.url}>; rel=hub, <{subscribing.publisher.url}?new>; rel=self"
        subscribing.publisher.answer = lambda asked: response(body=rss("three"), link=links)
        subscribing.poll()
    base_url = subscribing.base_url
    if reason == "moved":
        subscribing.base_url = f"{base_url}/papers"
    if reason == "switched off":
        subscribing.base_url = None
    subscribing.step(hub)
    subscribing.step(hub)

    assert subscribing.states[0] == ("unsubscribe", "ended")
    assert hub.requests[0]["hub.callback"] not in hub.subscribers
    left = [form for form in hub.requests if form["hub.mode"] == "unsubscribe"]
    assert left == [
        {
            "hub.callback": hub.requests[0]["hub.callback"],
            "hub.mode": "unsubscribe",
            "hub.topic": hub.requests[0]["hub.topic"],
        }
    ]
    assert (len(subscribing.states) > 1) == (reason in ("topic changed", "moved"))


def test_another_hub_takes_over(subscribing, run_hub):
    old, new = run_hub(), run_hub()
    subscribing.subscribe(old)
    subscribing.hubs = (new.url,)
    subscribing.poll("one", "two")
    subscribing.step(old, new)
    subscribing.step(old, new)

    assert subscribing.states == [("unsubscribe", "ended"), ("subscribe", "verified")]
    assert (len(old.subscribers), len(new.subscribers)) == (0, 1)


def test_a_resumed_source_is_subscribed_anew(subscribing, run_hub):
    hub, here = run_hub(), subscribing.here
    subscribing.subscribe(hub)
    for paused in (True, False):
        with here.store.write() as db:
            sources.set_paused(db, subscribing.source, paused)
        with here.store.write() as db:
            hubs.look_at_changed(db, here.now)
        here.pass_time(minutes=1)
        subscribing.step(hub)
        subscribing.step(hub)
    first, second = subscribing.subscriptions

    assert (first.state, second.state) == ("ended", "verified")
    assert first.secret != second.secret
    assert list(hub.subscribers) == [second.callback]


def test_unsubscribing_at_a_dead_hub_is_given_up(subscribing, run_hub):
    hub, here = run_hub(), subscribing.here
    subscribing.subscribe(hub)
    hub.status = 500
    subscribing.hubs = ()
    subscribing.poll("one", "two")
    for _ in range(40):
        subscribing.step(hub)
        here.pass_time(minutes=10)

    assert len(hub.requests) == 4
    assert subscribing.states == [("unsubscribe", "ended")]
    assert subscribing.explain() is None


def test_what_is_over_for_long_is_forgotten(subscribing, run_hub):
    hub = run_hub()
    subscribing.subscribe(hub)
    subscribing.hubs = ()
    subscribing.poll("one", "two")
    for days in (0, 0, 32):
        subscribing.here.pass_time(days=days)
        subscribing.step(hub)

    assert subscribing.subscriptions == []
