"""Our own hub, on both databases: what was asked, who is subscribed, what is to be told."""

from dataclasses import replace
from datetime import timedelta

import pytest
from store_samples import NOW, minutes

from feeds.model import Announcement, SubscriberRequest
from feeds.store import (
    announcements,
    clock,
    pings,
    subscriber_requests,
    subscriber_words,
    subscribers,
    views,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TOPIC = "https://f.example/atom.xml"
ASKED = SubscriberRequest(
    topic=TOPIC,
    callback="https://r.example/cb?id=1",
    host="r.example",
    view_key="all",
    revision=0,
    mode="subscribe",
    lease=DAY,
    asked=NOW,
    secret="s3cret",
)
HUB = "https://hub.example/"


def ask(db, request=ASKED, **facts):
    return subscriber_requests.record_request(db, replace(request, **facts))


def due_requests(db, now=NOW, busy=()):
    return subscriber_requests.due_requests(db, now, busy, 100)


def due(db, now=NOW, busy=()):
    return subscribers.due_deliveries(db, now, busy, 100)


@pytest.fixture
def known(db):
    """A subscriber to everything, which has not changed since."""
    views.touch(db, ["all"], NOW)
    subscribers.grant(db, replace(ASKED, revision=1), NOW)
    return only(db)


def only(db):
    [one] = subscribers.list_subscribers(db)
    return one


def change(db, *keys, now=NOW):
    """Have views changed, and that noticed."""
    views.touch(db, keys or ["all"], now)
    subscribers.notice(db, now)


# --- What is asked ----------------------------------------------------------------------------------


def test_a_request_waits_until_it_is_verified(db):
    assert ask(db) is None
    [waiting] = due_requests(db)

    assert waiting == replace(ASKED, number=waiting.number)
    assert subscriber_requests.is_still_asked(db, waiting)
    subscriber_requests.drop_request(db, waiting)
    assert due_requests(db) == []


def test_a_later_request_takes_the_place_of_one_for_the_same_topic_and_callback(db):
    ask(db)
    [first] = due_requests(db)
    ask(db, mode="unsubscribe", secret=None, asked=NOW + minutes(1))
    [second] = due_requests(db, NOW + minutes(1))

    assert (second.mode, second.secret) == ("unsubscribe", None)
    assert not subscriber_requests.is_still_asked(db, first)
    subscriber_requests.drop_request(db, first)
    assert due_requests(db, NOW + minutes(1)) == [second]


def test_a_callback_that_could_not_be_reached_is_asked_later(db):
    ask(db)
    [waiting] = due_requests(db)
    subscriber_requests.put_off_request(db, waiting, NOW + minutes(1))

    assert due_requests(db) == []
    assert due_requests(db, NOW + minutes(1)) == [replace(waiting, failures=1)]


def test_addresses_as_long_as_any_are_kept(db):
    noise = "".join(f"{n:x}" for n in range(600))
    ask(db, callback=f"https://r.example/{noise}"[:2000], topic=f"https://f.example/{noise}"[:2000])

    assert len(due_requests(db)) == 1


def test_the_hub_takes_no_more_than_it_can_serve(db, monkeypatch):
    monkeypatch.setattr(subscriber_requests, "MOST_SUBSCRIBERS", 2)
    monkeypatch.setattr(subscriber_requests, "MOST_OF_HOST", 1)
    subscribers.grant(db, ASKED, NOW)

    assert ask(db, callback="https://r.example/2") == subscriber_requests.FULL_OF_HOST
    assert ask(db, callback="https://s.example/", host="s.example") is None
    subscribers.grant(db, replace(ASKED, callback="https://s.example/", host="s.example"), NOW)
    other = {"callback": "https://t.example/", "host": "t.example"}
    assert ask(db, **other) == subscriber_requests.FULL
    assert ask(db, mode="unsubscribe", **other) is None
    assert ask(db) is None  # who is subscribed may renew


def test_no_more_requests_wait_than_can_be_verified(db, monkeypatch):
    monkeypatch.setattr(subscriber_requests, "MOST_WAITING", 3)
    monkeypatch.setattr(subscriber_requests, "MOST_WAITING_OF_HOST", 2)
    ask(db)
    ask(db, callback="https://r.example/2")

    assert ask(db, callback="https://r.example/3") == subscriber_requests.BUSY
    assert ask(db, callback="https://s.example/", host="s.example") is None
    assert ask(db, callback="https://t.example/", host="t.example") == subscriber_requests.BUSY
    assert ask(db) is None  # in place of the one that waits
    assert len(due_requests(db, busy=["s.example"])) == 2


# --- Who is subscribed ------------------------------------------------------------------------------


def test_a_renewal_gives_a_new_secret_and_lease_and_keeps_what_was_delivered(db, known):
    subscribers.keep_delivery(db, known, '"e1"', NOW)
    subscribers.grant(db, replace(ASKED, secret="new", lease=2 * DAY, revision=5), NOW + HOUR)
    renewed = only(db)

    assert (renewed.number, renewed.secret, renewed.etag) == (known.number, "new", '"e1"')
    assert (renewed.granted, renewed.lease_end) == (NOW + HOUR, NOW + HOUR + 2 * DAY)
    assert (renewed.revision, renewed.next_try) == (1, None)


def test_who_could_not_be_reached_and_renews_is_tried_again(db, known):
    change(db)
    subscribers.put_off(db, only(db), "HTTP 500", NOW + DAY)
    subscribers.grant(db, ASKED, NOW + HOUR)
    renewed = only(db)

    assert (renewed.failures, renewed.last_error, renewed.next_try) == (0, None, NOW + HOUR)


def test_who_unsubscribes_is_gone(db, known):
    subscribers.remove(db, replace(ASKED, callback="https://r.example/other"))
    assert only(db) == known
    subscribers.remove(db, ASKED)

    assert subscribers.list_subscribers(db) == []


def test_leases_and_requests_end_by_themselves(db, known):
    ask(db, callback="https://r.example/2")
    for early in (NOW, NOW + minutes(59)):
        assert not subscribers.has_expired(db, early)
    assert subscribers.has_expired(db, NOW + HOUR)
    subscribers.expire(db, NOW + HOUR)
    assert (due_requests(db, NOW + DAY), only(db)) == ([], known)

    assert subscribers.has_expired(db, NOW + DAY)
    change(db)
    assert due(db, NOW + DAY) == []
    subscribers.expire(db, NOW + DAY)
    assert subscribers.list_subscribers(db) == []


# --- What is to be delivered ------------------------------------------------------------------------


def test_a_view_that_changes_is_delivered_to_its_subscribers_alone(db, known):
    other = replace(ASKED, topic="https://f.example/categories/a/rss.xml", view_key="category:a")
    subscribers.grant(db, other, NOW)
    assert not subscribers.has_news(db)
    views.touch(db, ["all", "category:b"], NOW)
    assert subscribers.has_news(db)
    subscribers.notice(db, NOW)

    assert not subscribers.has_news(db)
    assert due(db) == [replace(known, revision=2, next_try=NOW)]


def test_what_changed_since_it_was_asked_is_news(db):
    views.touch(db, ["all"], NOW)
    subscribers.grant(db, ASKED, NOW)

    assert subscribers.has_news(db)


def test_what_changes_while_a_delivery_is_under_way_is_delivered_after_it(db, known):
    change(db)
    [under_way] = due(db)
    change(db)
    subscribers.keep_delivery(db, under_way, '"e1"', NOW + minutes(1))
    again = only(db)

    assert (again.etag, again.last_delivery) == ('"e1"', NOW + minutes(1))
    assert due(db, NOW + minutes(1)) == [again]
    subscribers.leave(db, again, NOW + minutes(1))
    assert due(db, NOW + DAY / 2) == []


def test_a_change_brings_no_earlier_try_to_who_failed(db, known):
    change(db)
    subscribers.put_off(db, only(db), "HTTP 500", NOW + HOUR)
    change(db, now=NOW + minutes(1))

    assert due(db, NOW + minutes(1)) == []
    [later] = due(db, NOW + HOUR)
    assert (later.failures, later.last_error, later.revision) == (1, "HTTP 500", 3)


def test_a_host_with_many_subscribers_holds_up_no_other(db):
    for number in range(20):
        subscribers.grant(db, replace(ASKED, callback=f"https://r.example/{number}"), NOW)
    subscribers.grant(db, replace(ASKED, callback="https://s.example/", host="s.example"), NOW)
    change(db)

    assert [one.host for one in due(db)] == ["r.example", "r.example", "s.example"]
    assert [one.host for one in due(db, busy=["r.example"])] == ["s.example"]


def test_what_is_under_way_takes_no_place_of_others(db):
    for host in ("a.example", "b.example", "c.example"):
        subscribers.grant(db, replace(ASKED, callback=f"https://{host}/", host=host), NOW)
    change(db)
    under_way = [one.number for one in due(db)[:2]]

    assert [one.host for one in subscribers.due_deliveries(db, NOW, (), 1, under_way)] == ["c.example"]


def test_an_attempt_before_a_renewal_changes_nothing_of_it(db, known):
    subscribers.grant(db, ASKED, NOW + HOUR)
    renewed = only(db)
    subscribers.put_off(db, known, "HTTP 500", NOW + DAY)
    subscribers.keep_delivery(db, known, '"e1"', NOW + HOUR)
    subscribers.leave(db, known, NOW)

    assert not subscribers.end(db, known)
    assert only(db) == renewed
    assert subscribers.end(db, renewed)


def test_who_has_not_failed_comes_first(db):
    for host in ("a.example", "b.example"):
        subscribers.grant(db, replace(ASKED, callback=f"https://{host}/", host=host), NOW)
    change(db)
    [first, _] = due(db)
    subscribers.put_off(db, first, "HTTP 500", NOW)

    assert [one.failures for one in due(db)] == [0, 1]


# --- Hubs of others ---------------------------------------------------------------------------------


def test_a_new_hub_is_told_of_what_changes_from_now_on(db):
    views.touch(db, ["all", "category:a"], NOW)
    pings.follow_hubs(db, [HUB], NOW)
    assert pings.due_hubs(db, NOW) == []
    views.touch(db, ["all", "category:b"], NOW)
    [hub] = pings.due_hubs(db, NOW)

    assert pings.list_untold(db, HUB, 10) == [("all", 2), ("category:b", 1)]
    pings.keep_told(db, replace(hub, last_ping=NOW), [("all", 2)], NOW + minutes(1))
    assert pings.list_untold(db, HUB, 10) == [("category:b", 1)]
    assert pings.due_hubs(db, NOW) == []
    [again] = pings.due_hubs(db, NOW + minutes(1))
    assert again.last_ping == NOW


def test_each_hub_is_told_by_itself(db):
    pings.follow_hubs(db, [HUB, "https://other.example/", HUB], NOW)
    views.touch(db, ["all"], NOW)
    one, other = pings.due_hubs(db, NOW)
    pings.put_off_ping(db, one, "HTTP 500", NOW + HOUR)
    pings.keep_told(db, other, [("all", 1)], NOW)

    assert pings.due_hubs(db, NOW) == []
    assert [hub.failures for hub in pings.list_hubs(db)] == [1, 0]


def test_a_hub_that_is_not_configured_any_more_is_forgotten(db):
    pings.follow_hubs(db, [HUB], NOW)
    views.touch(db, ["all"], NOW)
    pings.follow_hubs(db, [], NOW)

    assert (pings.list_hubs(db), pings.due_hubs(db, NOW)) == ([], [])
    pings.follow_hubs(db, [HUB], NOW)
    assert pings.due_hubs(db, NOW) == []


# --- What is told -----------------------------------------------------------------------------------


def test_the_log_keeps_the_last(db, monkeypatch):
    monkeypatch.setattr(announcements, "KEPT", 3)
    logged = [
        Announcement(NOW + minutes(n), "delivery", "r.example", TOPIC, f"HTTP 20{n}", NOW) for n in range(5)
    ]
    for one in logged:
        announcements.log_announcement(db, one)

    assert announcements.list_announcements(db, 10) == logged[:1:-1]
    assert announcements.list_announcements(db, 1) == logged[4:]


def test_words_for_who_runs_the_service(db, known):
    change(db)
    subscribers.put_off(db, only(db), "HTTP 500", NOW + HOUR)
    subscribers.grant(db, replace(ASKED, topic="https://f.example/rss.xml"), NOW)
    told = [subscriber_words.explain_subscriber(one) for one in subscribers.list_subscribers(db)]
    logged = Announcement(NOW, "ping", HUB, "3 feeds", "HTTP 503", NOW + HOUR)

    assert told == [
        "until 2024-05-02 12:00 UTC; 1 failure in a row: HTTP 500; next try at 2024-05-01 13:00 UTC",
        "until 2024-05-02 12:00 UTC",
    ]
    assert subscriber_words.explain_announcing(db) == [
        "2 subscribers at our hub, to 2 feeds; 1 of them could not be reached the last time"
    ]
    assert subscriber_words.explain_announcement(logged) == (
        f"2024-05-01 12:00 UTC ping to {HUB}, 3 feeds: HTTP 503; again at 2024-05-01 13:00 UTC"
    )


def test_nothing_is_said_where_nobody_is_told(db):
    assert subscriber_words.explain_announcing(db) == []


# --- A clock that is set back -----------------------------------------------------------------------


def test_a_lease_that_was_granted_in_the_future_runs_from_now(db, known):
    before = NOW - 365 * DAY
    clock.follow(db, before)

    assert (only(db).granted, only(db).lease_end) == (before, before + DAY)


def test_nothing_is_put_off_by_a_clock_that_was_wrong(db, known):
    change(db)
    subscribers.put_off(db, only(db), "HTTP 500", NOW + HOUR)
    ask(db, callback="https://r.example/2")
    pings.follow_hubs(db, [HUB], NOW)
    views.touch(db, ["all"], NOW)
    before = NOW - 365 * DAY
    clock.follow(db, before)

    assert due(db, before) == [only(db)]
    assert [one.asked for one in due_requests(db, before)] == [before]
    assert [hub.hub for hub in pings.due_hubs(db, before)] == [HUB]


def test_a_clock_that_goes_right_changes_nothing(db, known):
    change(db)
    subscribers.put_off(db, only(db), "HTTP 500", NOW + HOUR)
    before = only(db)
    clock.follow(db, NOW)

    assert only(db) == before
