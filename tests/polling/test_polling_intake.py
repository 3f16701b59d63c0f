"""What hubs deliver: stored once, in order, as a poll for which nobody was asked."""

from datetime import timedelta

import pytest
from hub_server import send
from polling_hub import rss
from polling_server import response

from feeds.errors import ReaderDownError
from feeds.polling.reading import Reader
from feeds.store import hub_calls, open_store, sources

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DELIVERS = "its hub delivers what is new (WebSub)"
NEWS = rss("two", "one")


@pytest.fixture
def hub(subscribing, run_hub):
    """A hub at which the source is subscribed, for thirty days."""
    hub = run_hub(lease=2_592_000)
    subscribing.subscribe(hub)
    return hub


def state(subscribing):
    return subscribing.here.state(subscribing.publisher.url)


def test_what_is_delivered_is_stored_like_what_is_fetched(subscribing, hub):
    before = state(subscribing)
    assert hub.deliver(NEWS) == [202]
    [outcome] = subscribing.take_in()
    [record, first] = subscribing.polls()

    assert subscribing.here.titles() == ["two", "one"]
    assert (outcome.kind, outcome.new, outcome.size, outcome.delivered) == ("changed", 1, len(NEWS), True)
    assert (record, first.delivered) == (outcome, False)
    assert state(subscribing).validators == before.validators
    assert state(subscribing).body_hash == before.body_hash
    assert state(subscribing).last_poll == before.last_poll
    assert len(subscribing.publisher.asked) == 1


def test_a_delivery_puts_the_next_poll_off_to_a_day_after_the_last(subscribing, hub):
    last = state(subscribing).last_poll
    subscribing.here.pass_time(minutes=50)
    hub.deliver(NEWS)
    subscribing.take_in()

    assert state(subscribing).rule == DELIVERS
    assert DAY <= state(subscribing).next_poll - last <= 1.1 * DAY


def test_a_poll_that_is_due_is_not_put_off(subscribing, hub):
    subscribing.here.pass_time(hours=2)
    hub.deliver(NEWS)
    subscribing.take_in()

    assert state(subscribing).next_poll < subscribing.here.now


def test_deliveries_are_taken_in_once_each_and_in_their_order(subscribing, hub):
    edited = rss("two").replace(b"<title>two<", b"<title>two, corrected<")
    for body in (NEWS, NEWS, edited):
        hub.deliver(body)
    outcomes = subscribing.take_in()

    assert [(one.kind, one.new, one.modified) for one in outcomes] == [
        ("changed", 1, 0),
        ("unchanged", 0, 0),
        ("changed", 0, 1),
    ]
    assert sorted(subscribing.here.titles()) == ["one", "two, corrected"]
    assert subscribing.take_in() == []


def test_what_is_delivered_too_late_is_set_right_by_the_next_poll(subscribing, hub):
    right = rss("one").replace(b"<title>one<", b"<title>one, corrected<")
    subscribing.publisher.answer = lambda asked: response(body=right)
    subscribing.here.poll(subscribing.publisher.url)
    hub.deliver(rss("one"))
    subscribing.take_in()
    assert subscribing.here.titles() == ["one"]

    subscribing.here.poll(subscribing.publisher.url)
    assert subscribing.here.titles() == ["one, corrected"]


def test_what_an_old_and_a_new_hub_deliver_stands_in_one_line(subscribing, hub, run_hub):
    other = run_hub()
    hub.deliver(rss("two"))
    subscribing.hubs = (other.url,)
    subscribing.poll("one", "x")
    subscribing.step(hub, other)
    other.deliver(rss("three"))
    outcomes = subscribing.take_in()

    assert [one.new for one in outcomes] == [1, 1]
    assert sorted(subscribing.here.titles()) == ["one", "three", "two", "x"]


def test_a_delivery_waits_in_the_store_for_a_poller_that_has_died(subscribing, hub):
    hub.deliver(NEWS)
    path = subscribing.here.store.path
    subscribing.here.store.close()
    subscribing.here.store = open_store(f"sqlite:///{path}")
    subscribing.take_in()

    assert subscribing.here.titles() == ["two", "one"]


def test_an_entry_and_its_delivery_go_in_one_transaction(subscribing, hub):
    hub.deliver(NEWS)
    with subscribing.here.store.write() as db:
        db.exec_driver_sql(
            "CREATE TRIGGER full BEFORE DELETE ON deliveries BEGIN SELECT RAISE(ABORT, 'disk full'); END"
        )
    with pytest.raises(Exception, match="disk full"):
        subscribing.take_in()
    assert subscribing.here.titles() == ["one"]

    with subscribing.here.store.write() as db:
        db.exec_driver_sql("DROP TRIGGER full")
    assert [one.new for one in subscribing.take_in()] == [1]


def test_relative_addresses_mean_the_same_as_in_what_is_fetched(subscribing, hub):
    hub.deliver(rss("two").replace(b"http://a.example/two", b"/two"))
    subscribing.take_in()
    [entry] = [stored.entry for stored in subscribing.here.entries() if stored.entry.title == "two"]

    assert entry.link == f"http://{subscribing.publisher.host}/two"


def test_what_the_feed_says_of_itself_is_left_to_polls(subscribing, hub):
    hub.deliver(NEWS.replace(b"<title>F</title>", b"<title>A part</title>"))
    subscribing.take_in()

    assert subscribing.source.title == "F"


def test_a_document_without_links_ends_no_subscription(subscribing, hub):
    hub.deliver(NEWS)
    subscribing.take_in()
    subscribing.step(hub)

    assert subscribing.states == [("subscribe", "verified")]


@pytest.mark.parametrize("body", [b"<html>Sorry</html>", b"\x00\x01", b"no feed"])
def test_what_cannot_be_read_is_dropped_with_a_line_and_a_poll_is_called(subscribing, hub, body):
    subscribing.here.pass_time(minutes=5)
    hub.deliver(body)
    [outcome] = subscribing.take_in()

    assert (outcome.kind, outcome.delivered) == ("failed", True)
    assert outcome.error.startswith(f"{subscribing.publisher.url}: what its hub delivered cannot be used: ")
    assert subscribing.polls()[0] == outcome
    assert subscribing.take_in() == []
    assert state(subscribing).failures == 0
    assert state(subscribing).next_poll == subscribing.here.now


def test_an_empty_delivery_makes_the_source_due_at_once(subscribing, hub):
    subscribing.here.pass_time(minutes=5)
    assert hub.deliver(b"") == [202]
    assert subscribing.take_in() == []

    assert state(subscribing).next_poll == subscribing.here.now
    assert state(subscribing).rule == "its hub says that there is something new (WebSub)"
    assert subscribing.poll("two", "one").new == 1
    assert state(subscribing).rule == DELIVERS
    assert subscribing.subscription.missed is None


def test_however_often_a_hub_calls_a_source_is_asked_every_ten_seconds_at_most(subscribing, hub):
    for _ in range(5):
        hub.deliver(b" \n")
    subscribing.take_in()

    assert state(subscribing).next_poll == state(subscribing).last_poll + timedelta(seconds=10)


def test_a_call_does_not_go_before_what_the_server_asked_for(subscribing, hub):
    subscribing.publisher.answer = lambda asked: response(503, b"", retry_after="3600")
    subscribing.here.poll(subscribing.publisher.url)
    hub.deliver(b"")
    subscribing.take_in()

    assert state(subscribing).next_poll >= subscribing.here.now + 0.99 * HOUR


def test_a_poll_that_a_hub_called_for_and_that_failed_is_not_put_off_to_the_next_day(subscribing, hub):
    answer, subscribing.publisher.answer = subscribing.publisher.answer, lambda asked: response(500)
    hub.deliver(b"")
    subscribing.take_in()
    for hours in (1, 2):
        subscribing.here.poll(subscribing.publisher.url)
        last = state(subscribing).last_poll
        assert hours * HOUR <= state(subscribing).next_poll - last <= hours * 1.1 * HOUR

    subscribing.publisher.answer = answer
    assert subscribing.poll("two", "one").new == 1
    assert (state(subscribing).rule, subscribing.subscription.missed) == (DELIVERS, None)


@pytest.mark.parametrize("body", [b"", b"no feed"])
def test_a_poll_that_a_hub_called_for_is_not_put_off_by_what_it_delivers_next(subscribing, hub, body):
    hub.deliver(body)
    hub.deliver(NEWS)
    subscribing.take_in()

    assert subscribing.here.titles() == ["two", "one"]
    assert state(subscribing).next_poll == state(subscribing).last_poll + timedelta(seconds=10)


def test_a_hub_that_keeps_something_from_us_is_not_relied_on_until_it_delivers(subscribing, hub):
    subscribing.poll("gap", "one")  # before the lease, for all we know
    assert state(subscribing).rule == DELIVERS
    subscribing.here.pass_time(days=1)
    subscribing.poll("kept back", "gap", "one")
    assert state(subscribing).rule == "every 60 minutes"
    assert state(subscribing).next_poll <= subscribing.here.now + 1.1 * HOUR
    assert "has not delivered what a poll found on" in subscribing.explain()
    assert "until it delivers again" in subscribing.explain()

    subscribing.here.pass_time(minutes=10)
    hub.deliver(rss("delivered"))
    subscribing.take_in()
    assert state(subscribing).rule == DELIVERS
    assert f"{hub.url} delivers what is new (last on " in subscribing.explain()


def test_what_polls_find_unchanged_leaves_the_hub_in_its_place(subscribing, hub):
    for _ in range(3):
        subscribing.poll()
        subscribing.here.pass_time(days=1)

    assert subscribing.subscription.missed is None
    assert state(subscribing).rule == DELIVERS


def test_a_failing_server_is_not_asked_more_often_while_the_hub_delivers(subscribing, hub):
    subscribing.publisher.answer = lambda asked: response(500)
    subscribing.here.poll(subscribing.publisher.url)

    assert (state(subscribing).rule, state(subscribing).failures) == (DELIVERS, 1)


def test_a_paused_source_takes_nothing_in(subscribing, hub):
    hub.deliver(NEWS)
    with subscribing.here.store.write() as db:
        sources.set_paused(db, subscribing.source, True)

    assert subscribing.take_in() == []
    assert subscribing.here.titles() == ["one"]


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_every_method_of_signing_is_known(subscribing, hub, method):
    assert hub.deliver(NEWS, method=method) == [202]
    assert [one.new for one in subscribing.take_in()] == [1]


@pytest.mark.parametrize(
    "signature",
    ["", "sha256=", "sha256=00", "md5=d41d8cd98f00b204e9800998ecf8427e", "nonsense", "sha256=é", "=", "sha1"],
)
def test_what_is_not_signed_by_the_hub_is_dropped_without_telling_whom(subscribing, hub, signature):
    assert hub.deliver(NEWS, signature=signature) == [202]

    assert subscribing.take_in() == []
    assert subscribing.subscription.rejected == 1
    assert subscribing.explain().endswith("; wrongly signed and dropped: 1")


def test_a_key_of_another_subscription_signs_nothing(subscribing, hub):
    [callback] = hub.subscribers

    assert send(callback, "another key", NEWS) == 202
    assert subscribing.take_in() == []


def test_the_documents_wait_while_there_is_no_process_to_read_them_in(subscribing, hub):
    class Down(Reader):
        async def read(self, jobs):
            return [ReaderDownError(job.document.url, "no reading process could be started") for job in jobs]

    hub.deliver(NEWS)
    reader, subscribing.here.reader = subscribing.here.reader, Down()
    with pytest.raises(ReaderDownError):
        subscribing.take_in()
    subscribing.here.reader = reader

    assert [one.new for one in subscribing.take_in()] == [1]


def test_a_hub_that_sends_more_than_is_taken_in_is_asked_to_wait(subscribing, hub):
    with subscribing.here.store.write() as db:
        for _ in range(hub_calls.MOST_WAITING):
            hub_calls.record_delivery(db, subscribing.subscription, None, NEWS, subscribing.here.now)

    assert hub.deliver(NEWS) == [503]
    assert len(subscribing.take_in()) == hub_calls.MOST_WAITING
    assert hub.deliver(NEWS) == [202]


def test_a_hub_that_is_no_longer_wanted_is_told_so(subscribing, hub):
    subscribing.hubs = ()
    subscribing.poll("one", "two")
    subscribers = dict(hub.subscribers)
    subscribing.step(hub)
    hub.subscribers = subscribers

    assert hub.deliver(NEWS) == [410]
