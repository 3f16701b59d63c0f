"""Our own hub: who is subscribed, and what subscribers are sent. Their callbacks do what they like."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import feedparser
import pytest
from polling_publishing import DAY, SECRET, Publishing
from subscriber_server import is_signed, subscriber_thread

from feeds.model import Declaration
from feeds.polling.publishing import pinging
from feeds.polling.publishing.attempts import Attempt
from feeds.polling.publishing.carrying import Load
from feeds.polling.publishing.sending import keep_attempt
from feeds.polling.publishing.verifying import add_fields
from feeds.store import pings, sources, subscribers, views
from feeds.syndication.edition import Edition

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def publishing(here):
    publishing = Publishing(here)
    publishing.configure("websub", allow_callbacks=["127.0.0.1"])
    publishing.publish("first")
    return publishing


@pytest.fixture
def subscriber(tmp_path):
    with subscriber_thread(tmp_path / "subscriber") as subscriber:
        yield subscriber


def titles(delivery):
    return {entry.title for entry in feedparser.parse(delivery["body"]).entries}


# --- Was it meant? ----------------------------------------------------------------------------------


def test_a_subscriber_is_asked_with_a_challenge_and_subscribed(publishing, subscriber):
    publishing.subscribe(subscriber.callback(), lease=2 * DAY)
    [asked] = subscriber.verifications()
    [known] = publishing.subscribers

    assert len(asked.pop("hub.challenge")) > 40
    assert asked == {
        "hub.mode": "subscribe",
        "hub.topic": publishing.topic(),
        "hub.lease_seconds": "172800",
    }
    assert (known.topic, known.secret) == (publishing.topic(), SECRET)
    assert (known.granted, known.lease_end) == (publishing.here.now, publishing.here.now + 2 * DAY)
    assert publishing.requests == []
    assert publishing.log[0].result == "subscribe: confirmed"


@pytest.mark.parametrize("status", [200, 201, 202, 203, 226])
def test_any_2xx_with_the_challenge_confirms(publishing, subscriber, status):
    publishing.subscribe(subscriber.callback(f"get-{status}"))

    assert len(publishing.subscribers) == 1


def test_each_question_has_a_challenge_of_its_own(publishing, subscriber):
    for _ in range(2):
        publishing.subscribe(subscriber.callback())
    first, second = (asked["hub.challenge"] for asked in subscriber.verifications())

    assert first != second


@pytest.mark.parametrize(
    ("callback", "called"),
    [
        ("http://a.example/x", "http://a.example/x?hub.a=1+%26"),
        ("http://a.example/x?", "http://a.example/x?hub.a=1+%26"),
        ("http://a.example/x?id=%C3%BC&b", "http://a.example/x?id=%C3%BC&b&hub.a=1+%26"),
        ("http://a.example", "http://a.example?hub.a=1+%26"),
    ],
)
def test_the_parameters_of_a_callback_are_its_own(callback, called):
    assert add_fields(callback, {"hub.a": "1 &"}) == called


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("get-404", "did not confirm it (HTTP 404 Not Found)"),
        ("get-410", "did not confirm it (HTTP 410 Gone)"),
        ("get-wrong", "did not confirm it (HTTP 200 OK)"),
        ("get-302", "did not confirm it (HTTP 302 Found)"),
        ("get-307", "did not confirm it (HTTP 307 Temporary Redirect)"),
    ],
)
def test_what_was_not_meant_is_dropped_at_once(publishing, subscriber, name, reason):
    publishing.ask(subscriber.callback(name))
    publishing.step()

    assert (publishing.subscribers, publishing.requests) == ([], [])
    assert publishing.log[0].result == f"subscribe: {reason}"


@pytest.mark.parametrize("name", ["get-hang", "get-drip", "get-500", "get-large"])
def test_a_callback_that_does_not_answer_is_asked_three_times(publishing, subscriber, name):
    publishing.timeout = 0.5
    publishing.ask(subscriber.callback(name))
    publishing.step()
    [waiting] = publishing.requests
    assert waiting.failures == 1
    publishing.step()
    assert publishing.requests == [waiting]  # not before a minute has passed
    publishing.here.pass_time(minutes=1)
    publishing.step()
    publishing.here.pass_time(minutes=4)
    publishing.step()

    assert (publishing.subscribers, publishing.requests) == ([], [])
    assert len(subscriber.verifications(name)) == 3
    assert [one.next_try is None for one in publishing.log] == [True, False, False]


def test_a_callback_that_answers_the_second_time_is_subscribed(publishing, subscriber):
    publishing.ask(subscriber.callback("get-503-200"))
    publishing.step()
    publishing.here.pass_time(minutes=1)
    publishing.step()

    assert len(publishing.subscribers) == 1


def test_what_nobody_could_verify_is_dropped_after_an_hour(publishing):
    publishing.ask("http://127.0.0.1:9/")
    publishing.here.pass_time(minutes=59)
    with publishing.here.store.write() as db:
        subscribers.expire(db, publishing.here.now)
        assert not subscribers.has_expired(db, publishing.here.now)
        assert subscribers.has_expired(db, publishing.here.now + MINUTE)
        subscribers.expire(db, publishing.here.now + MINUTE)

    assert publishing.requests == []


def test_a_private_callback_is_not_called_unless_the_owner_allows_it(publishing, subscriber):
    publishing.configure("websub", allow_callbacks=[])
    # What sources may be is nothing for strangers.
    publishing.configure("fetch", allow_private=True, allow_hosts=[subscriber.host])
    publishing.ask(subscriber.callback())
    publishing.step()
    assert (publishing.requests, subscriber.heard("GET")) == ([], [])
    assert "is not a public address" in publishing.log[0].result

    publishing.configure("websub", allow_callbacks=[subscriber.host])
    publishing.ask(subscriber.callback())
    publishing.step()
    assert len(publishing.subscribers) == 1


@pytest.mark.parametrize("callback", ["http://127.0.0.1:99999/", "http://a.invalid/", "http://127.0.0.1:22/"])
def test_a_callback_that_cannot_be_called_is_no_error_of_ours(publishing, callback):
    publishing.ask(callback)
    publishing.step()

    assert publishing.subscribers == []


def test_a_feed_that_is_gone_meanwhile_is_denied(publishing, subscriber):
    source = publishing.here.subscribe("https://s.example/feed")
    publishing.ask(subscriber.callback(), publishing.topic(f"/sources/{source.slug}/atom.xml"))
    with publishing.here.store.write() as db:
        sources.add_source(db, Declaration(source.url, private=True), "config", publishing.here.now)
    publishing.step()
    [told] = subscriber.verifications()

    assert (publishing.subscribers, publishing.requests) == ([], [])
    assert (told["hub.mode"], told["hub.topic"].endswith("/atom.xml")) == ("denied", True)
    assert told["hub.reason"] == "There is no such feed here any more."


def test_a_renewal_overrides_nothing_until_it_is_verified(publishing, subscriber):
    known = publishing.subscribe(subscriber.callback())
    publishing.here.pass_time(hours=1)
    publishing.ask(subscriber.callback(), secret="another", lease=3 * DAY)
    assert publishing.subscribers == [known]
    publishing.step()
    [renewed] = publishing.subscribers

    assert (renewed.number, renewed.secret) == (known.number, "another")
    assert renewed.lease_end == publishing.here.now + 3 * DAY


def test_an_unsubscription_is_verified_too(publishing, subscriber):
    publishing.subscribe(subscriber.callback())
    publishing.ask(subscriber.callback(), mode="unsubscribe")
    assert len(publishing.subscribers) == 1
    publishing.step()

    assert publishing.subscribers == []
    assert "hub.lease_seconds" not in subscriber.verifications()[-1]
    publishing.publish("second")
    publishing.step()
    assert subscriber.deliveries() == []


def test_an_unsubscription_that_was_not_meant_ends_nothing(publishing, subscriber):
    publishing.subscribe(subscriber.callback("get-200-404"))
    publishing.ask(subscriber.callback("get-200-404"), mode="unsubscribe")
    publishing.step()

    assert len(publishing.subscribers) == 1


# --- What is sent -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/rss.xml", "application/rss+xml; charset=utf-8"),
        ("/atom.xml", "application/atom+xml; charset=utf-8"),
        ("/feed.json", "application/feed+json; charset=utf-8"),
        ("/categories/%E7%BB%8F%E6%B5%8E/atom.xml", "application/atom+xml; charset=utf-8"),
    ],
)
def test_every_feed_is_delivered_whole_with_its_type_links_and_signature(
    publishing, subscriber, path, media_type
):
    publishing.publish("old", "经济")
    topic = publishing.topic(path)
    publishing.subscribe(subscriber.callback(), topic)
    publishing.publish("new", "经济")
    publishing.step()
    [delivery] = subscriber.deliveries()
    headers = delivery["headers"]

    assert headers["content-type"] == media_type
    assert headers["link"] == f'<https://feeds.example/hub>; rel="hub", <{topic}>; rel="self"'
    assert is_signed(delivery)
    assert "Text of new." in delivery["body"]
    assert "Text of old." in delivery["body"]
    assert publishing.last.endswith(f"delivery to 127.0.0.1, {topic}: HTTP 200 OK")


def test_without_a_secret_nothing_is_signed(publishing, subscriber):
    publishing.subscribe(subscriber.callback(), secret=None)
    publishing.publish("second")
    publishing.step()

    assert "x-hub-signature" not in subscriber.deliveries()[0]["headers"]


def test_nothing_is_sent_where_nothing_has_changed(publishing, subscriber):
    publishing.subscribe(subscriber.callback())
    publishing.step()
    publishing.here.poll_seeds()
    publishing.step()

    assert subscriber.deliveries() == []


def test_an_edition_that_the_subscriber_has_is_not_sent_again(publishing, subscriber):
    publishing.subscribe(subscriber.callback())
    publishing.publish("second")
    publishing.step()
    with publishing.here.store.write() as db:
        views.touch(db, ["all"], publishing.here.now)
    publishing.step()
    [known] = publishing.subscribers

    assert len(subscriber.deliveries()) == 1
    assert known.next_try is None


def test_what_changes_between_the_request_and_its_verification_is_delivered(publishing, subscriber):
    publishing.ask(subscriber.callback())
    publishing.publish("second")
    publishing.step()

    assert [titles(one) for one in subscriber.deliveries()] == [{"first", "second"}]


def test_what_another_feed_brings_is_not_sent(publishing, subscriber):
    publishing.publish("here", "a")
    publishing.subscribe(subscriber.callback(), publishing.topic("/categories/a/atom.xml"))
    publishing.publish("there", "b")
    publishing.step()

    assert subscriber.deliveries() == []


def test_a_feed_that_became_private_is_not_sent(publishing, subscriber):
    source = publishing.here.subscribe("https://s.example/feed")
    publishing.subscribe(subscriber.callback(), publishing.topic(f"/sources/{source.slug}/atom.xml"))
    with publishing.here.store.write() as db:
        sources.add_source(db, Declaration(source.url, private=True), "config", publishing.here.now)
        views.touch(db, [f"source:{source.slug}"], publishing.here.now)
    publishing.step()

    assert subscriber.deliveries() == []
    assert publishing.subscribers[0].next_try is None


def test_where_the_service_has_another_address_nothing_is_sent_for_the_old_one(publishing, subscriber):
    publishing.subscribe(subscriber.callback())
    publishing.configure("site", base_url="https://other.example")
    publishing.publish("second")
    publishing.step()

    assert subscriber.deliveries() == []
    assert len(publishing.subscribers) == 1


def test_a_lease_ends_by_itself(publishing, subscriber):
    publishing.subscribe(subscriber.callback(), lease=HOUR)
    publishing.here.pass_time(minutes=59, seconds=59)
    publishing.publish("second")
    publishing.step()
    assert len(subscriber.deliveries()) == 1
    publishing.here.pass_time(seconds=1)
    publishing.publish("third")
    publishing.step()

    assert (len(subscriber.deliveries()), publishing.subscribers) == (1, [])


# --- What goes wrong --------------------------------------------------------------------------------


def test_410_ends_the_subscription(publishing, subscriber):
    publishing.subscribe(subscriber.callback("post-410"))
    publishing.publish("second")
    publishing.step()

    assert publishing.subscribers == []
    assert publishing.log[0].result == "HTTP 410 Gone: the subscription has ended"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("post-500", "HTTP 500 Internal Server Error"),
        ("post-404", "HTTP 404 Not Found"),
        ("post-302", "HTTP 302 Found"),
        ("post-307", "HTTP 307 Temporary Redirect"),
        ("post-hang", "no complete answer within 0.5 s"),
    ],
)
def test_every_other_answer_is_a_failure_that_is_tried_again(publishing, subscriber, name, reason):
    publishing.timeout = 0.5
    publishing.subscribe(subscriber.callback(name))
    publishing.publish("second")
    publishing.step()
    [known] = publishing.subscribers

    assert (known.failures, known.last_error, known.etag) == (1, reason, None)
    assert known.next_try == publishing.here.now + MINUTE
    assert publishing.last.endswith(f"{reason}; again at 2026-03-01 12:01 UTC")
    assert publishing.explain() == [
        "1 subscriber at our hub, to 1 feed; 1 of them could not be reached the last time"
    ]


def test_a_delivery_is_tried_again_later_and_later_then_the_subscription_ends(publishing, subscriber):
    publishing.subscribe(subscriber.callback("post-500"), lease=30 * DAY)
    publishing.publish("second")
    waits = []
    while publishing.subscribers:
        publishing.step()
        for known in publishing.subscribers:
            waits.append((known.next_try - publishing.here.now) / MINUTE)
            publishing.here.now = known.next_try

    assert waits == [1, 4, 16, 64, 256, 1024, 1440, 1440, 1440]
    assert len(subscriber.deliveries("post-500")) == 10


def test_a_success_makes_up_for_every_failure_and_brings_what_is_newest(publishing, subscriber):
    publishing.subscribe(subscriber.callback("post-500-500-204"))
    publishing.publish("second")
    publishing.step()
    publishing.publish("third")  # while it waits
    publishing.step()
    assert len(subscriber.deliveries("post-500-500-204")) == 1
    for minutes in (1, 4):
        publishing.here.pass_time(minutes=minutes)
        publishing.step()
    [known] = publishing.subscribers

    assert (known.failures, known.last_error, known.next_try) == (0, None, None)
    assert titles(subscriber.deliveries("post-500-500-204")[-1]) == {"first", "second", "third"}


def test_a_callback_that_has_come_to_lead_into_a_private_network_is_not_called(publishing, subscriber):
    publishing.subscribe(subscriber.callback())
    publishing.configure("websub", allow_callbacks=[])
    publishing.publish("second")
    publishing.step()

    assert subscriber.deliveries() == []
    assert "is not a public address" in publishing.subscribers[0].last_error


def test_who_renews_is_tried_again_at_once(publishing, subscriber):
    publishing.subscribe(subscriber.callback("post-500-200"))
    publishing.publish("second")
    publishing.step()
    publishing.subscribe(subscriber.callback("post-500-200"))

    assert len(subscriber.deliveries("post-500-200")) == 2
    assert publishing.subscribers[0].failures == 0


def test_what_comes_of_an_attempt_before_a_renewal_does_not_undo_it(publishing, subscriber, here):
    known = publishing.subscribe(subscriber.callback(), lease=HOUR)
    here.pass_time(minutes=1)
    publishing.subscribe(subscriber.callback(), lease=2 * HOUR)
    renewed = publishing.subscribers
    with here.store.write() as db:
        keep_attempt(db, replace(known, failures=9), '"old"', Attempt("HTTP 500"), here.now)
        keep_attempt(db, known, '"old"', Attempt("HTTP 500"), here.now)
        keep_attempt(db, known, '"old"', Attempt("HTTP 410 Gone", is_over=True), here.now)
        keep_attempt(db, known, '"old"', Attempt("HTTP 200 OK", is_done=True), here.now)

    assert publishing.subscribers == renewed
    assert "has ended" not in "".join(one.result for one in publishing.log)


def test_the_bytes_that_are_on_their_way_are_bounded_and_held_once():
    def edition(name, size=60):
        return Edition(bytes(size), f'"{name}"', None, "text/plain")

    async def run():
        load, sent, go = Load(most_bytes=100), [], asyncio.Event()

        async def carry(one):
            async def find():
                return one

            async with load.carry(find) as carried:
                sent.append(carried)
                await go.wait()

        first = edition("a")
        async with asyncio.TaskGroup() as tasks:
            for one in (first, edition("a"), edition("b"), edition("huge", 500)):
                tasks.create_task(carry(one))
            await asyncio.sleep(0.01)
            under_way = [one.etag for one in sent]
            assert all(one is first for one in sent)
            go.set()
        return under_way, [one.etag for one in sent]

    assert asyncio.run(run()) == (['"a"', '"a"'], ['"a"', '"a"', '"b"', '"huge"'])


# --- Hubs of others ---------------------------------------------------------------------------------


def test_a_hub_is_told_once_of_a_burst_of_changes(publishing, run_hub):
    hub = run_hub()
    publishing.follow_hubs(hub.url)
    publishing.step()
    assert hub.requests == []
    publishing.publish("second", "a")
    publishing.publish("third", "a")
    publishing.step()
    publishing.publish("fourth", "a")
    publishing.step()  # within a minute

    [told] = hub.told
    assert told[0] == ("hub.mode", "publish")
    assert {value for name, value in told if name == "hub.url"} >= {
        publishing.topic(f"{folder}{file}")
        for folder in ("/", "/categories/a/")
        for file in ("rss.xml", "atom.xml", "feed.json")
    }
    publishing.here.pass_time(minutes=1)
    publishing.step()
    publishing.step()
    assert len(hub.told) == 2


def test_a_hub_is_told_of_very_much_in_several_pings(publishing, run_hub, monkeypatch):
    hub = run_hub()
    publishing.follow_hubs(hub.url)
    monkeypatch.setattr(pinging, "MOST_VIEWS", 2)
    for name in ("a", "b"):
        publishing.publish(name, name)
    for _ in range(4):
        publishing.step()
    told = [{value for name, value in one if name == "hub.url"} for one in hub.told]

    assert [len(urls) for urls in told] == [6, 6, 3]  # five views in three formats
    assert len(set().union(*told)) == 15


def test_a_hub_that_cannot_be_told_is_told_later_of_everything(publishing, run_hub):
    hub = run_hub(status=503)
    publishing.follow_hubs(hub.url)
    publishing.publish("second", "a")
    publishing.step()
    reason = "HTTP 503 Service Unavailable; again at 2026-03-01 12:01 UTC"
    assert publishing.explain() == [f"{hub.url} could not be told what is new: {reason}"]
    publishing.publish("third", "b")
    hub.status = 204
    publishing.here.pass_time(minutes=1)
    publishing.step()
    urls = {value for _, value in hub.told[-1]}

    assert {publishing.topic("/categories/a/rss.xml"), publishing.topic("/categories/b/rss.xml")} <= urls
    assert publishing.explain() == [f"{hub.url} is told what is new (last at 2026-03-01 12:01 UTC)"]
    assert publishing.hubs[0].failures == 0


def test_no_hub_is_told_of_what_is_private(publishing, run_hub):
    hub = run_hub()
    publishing.follow_hubs(hub.url)
    with publishing.here.store.write() as db:
        source = sources.add_source(
            db, Declaration("https://s.example/", private=True), "hand", publishing.here.now
        )
        views.touch(db, [f"source:{source.slug}"], publishing.here.now)
    publishing.step()

    assert hub.told == []
    with publishing.here.store.read() as db:
        assert pings.due_hubs(db, publishing.here.now) == []


def test_hubs_are_called_by_the_guarded_way_only(publishing, run_hub):
    hub = run_hub()
    publishing.configure("fetch", allow_private=False)
    publishing.follow_hubs(hub.url)
    publishing.publish("second")
    publishing.step()

    assert hub.told == []
    assert "is not a public address" in publishing.hubs[0].last_error
