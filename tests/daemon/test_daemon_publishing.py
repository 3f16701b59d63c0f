"""The poller tells subscribers and hubs what is new beside its polls, and whoever hangs holds up nothing."""

import time
from contextlib import ExitStack
from datetime import timedelta

import pytest
from daemon_running import Running
from hub_server import running_hub
from running import publishing as publishing_files
from running import write_seed
from sqlalchemy import select, text
from subscriber_server import subscriber_thread

from feeds.config import Configuration
from feeds.daemon import publishing, under_way
from feeds.daemon.composing import now
from feeds.model import SubscriberRequest
from feeds.store import pings, subscriber_requests, subscribers
from feeds.store.announcements import list_announcements
from feeds.store.subscriber_schema import subscribers as table

BASE = "http://feeds.example"
DAY = timedelta(days=1)
FEED = b'<rss version="2.0"><channel><title>F</title><item><title>polled</title></item></channel></rss>'


@pytest.fixture
def subscriber(tmp_path):
    with subscriber_thread(tmp_path / "subscriber") as subscriber:
        yield subscriber


@pytest.fixture
def run_many(tmp_path):
    """Run subscribers, each at a host of its own."""
    with ExitStack() as stack:
        yield lambda count: [
            stack.enter_context(subscriber_thread(tmp_path / f"subscriber-{n}")) for n in range(count)
        ]


@pytest.fixture
def start(tmp_path):
    made = []

    def start(config=""):
        site = f'[site]\nbase_url = "{BASE}"\n[fetch]\nallow_private = true\nspacing = 0\n'
        environ = {"FEEDS_WEBSUB_ALLOW_CALLBACKS": "127.0.0.1"}
        made.append(Running(tmp_path, f"{site}{config}", **environ))
        return made[-1]

    yield start
    for running in made:
        running.store.close()


def request(callback, host="127.0.0.1", **facts):
    asked = SubscriberRequest(f"{BASE}/atom.xml", callback, host, "all", 0, "subscribe", DAY, now())
    return SubscriberRequest(**{name: getattr(asked, name) for name in asked.__dataclass_fields__} | facts)


def ask(running, *callbacks):
    for number, callback in enumerate(callbacks):
        refusal = running.write(subscriber_requests.record_request, request(callback, f"host-{number}"))
        assert refusal is None


def grant(running, *callbacks):
    for number, callback in enumerate(callbacks):
        running.write(subscribers.grant, request(callback, f"host-{number}"), now())


def drop(running, name="one"):
    write_seed(
        running.configuration.path.parent / "seeds",
        f"{name}.txt",
        title=name,
        link=f"https://a.example/{name}",
        body="Text.",
    )


def test_who_asks_is_verified_and_has_what_is_new(start, subscriber):
    running = start()
    ask(running, subscriber.callback())
    running.until(
        lambda poller: running.read(subscribers.list_subscribers),
        lambda poller: drop(running) or True,
        lambda poller: subscriber.deliveries(),
    )

    assert "Text." in subscriber.deliveries()[0]["body"]


def test_callbacks_that_hang_hold_up_neither_polls_nor_subscribers_nor_the_end(start, subscriber, run_many):
    many = run_many(20)
    with publishing_files({"/feed": FEED}) as publisher:
        running = start(f'[[sources]]\nurl = "{publisher.url("/feed")}"\n')
        ask(running, *(one.callback("get-hang") for one in many))
        hanging = [one.callback("post-hang") + f"?{n}" for one in many for n in range(2)]
        grant(running, *hanging, subscriber.callback())
        started = time.monotonic()
        running.until(lambda poller: subscriber.deliveries() and publisher.requests)

    assert "polled" in subscriber.deliveries()[-1]["body"]
    assert time.monotonic() - started < 12


def test_no_more_is_under_way_than_may_be(start, run_many, monkeypatch):
    running, many = start(), run_many(6)
    ask(running, *(one.callback("get-hang") + f"?{n}" for one in many for n in range(2)))
    monkeypatch.setattr(under_way, "MOST_SLOW", 2)
    most = under_way.MOST_AT_ONCE["verification"] + 2

    def count():
        return sum(len(one.verifications("get-hang")) for one in many)

    deadline = time.monotonic() + 4
    running.until(lambda poller: count() >= most and time.monotonic() > deadline)

    assert count() == most


def test_one_host_is_called_twice_at_once_at_most(start, subscriber, run_many):
    running, [hanging] = start(), run_many(1)
    for number in range(10):
        running.write(
            subscriber_requests.record_request, request(hanging.callback("get-hang") + f"?{number}")
        )
    running.write(subscriber_requests.record_request, request(subscriber.callback(), "other"))
    running.until(lambda poller: running.read(subscribers.list_subscribers))

    assert len(hanging.verifications("get-hang")) == 2


def test_many_at_one_host_are_served_one_after_the_other_without_a_pause(start, subscriber):
    running = start()
    for number in range(40):
        running.write(subscribers.grant, request(f"{subscriber.callback()}?{number}"), now())
    drop(running)
    moments = []

    def are_served(poller):
        # Some may be sent the feed before the first poll of the directory has ended: without the entry.
        moments[:] = [one["time"] for one in subscriber.deliveries() if "Text." in one["body"]]
        return len(moments) == 40

    running.until(are_served)

    assert max(moments) - min(moments) < 7  # two at each look would take ten


def test_a_hub_that_is_not_named_any_more_is_forgotten_though_there_is_nobody_to_tell(start):
    running = start("[websub]\nenabled = false\n")
    running.write(pings.follow_hubs, ["https://hub.example/"], now())
    running.until(lambda poller: not running.read(pings.list_hubs))


def test_where_our_own_hub_is_off_nobody_is_called_for_it(start, subscriber, monkeypatch):
    monkeypatch.setattr(publishing, "GATHER", 0.5)
    with running_hub() as hub:
        running = start(f'[websub]\nhubs = ["{hub.url}"]\n')
        private = {"FEEDS_SITE_BASE_URL": "http://127.0.0.1:8080", "FEEDS_WEBSUB_ALLOW_CALLBACKS": ""}
        running.configuration = Configuration(
            running.configuration.path,
            {"FEEDS_SEEDS_DIR": f"{running.configuration.path.parent}/seeds"} | private,
        )
        ask(running, subscriber.callback())
        grant(running, subscriber.callback("other"))
        running.until(lambda poller: drop(running) or True, lambda poller: hub.told)

    assert (subscriber.heard("GET"), subscriber.heard("POST", "other")) == ([], [])


def test_what_goes_wrong_in_an_unexpected_way_is_told_and_rests(start, subscriber, monkeypatch, caplog):
    monkeypatch.setattr(publishing, "REST", 0.5)
    running = start()
    trigger = "CREATE TRIGGER full BEFORE INSERT ON subscribers BEGIN SELECT RAISE(ABORT, 'full'); END"
    running.write(lambda db: db.execute(text(trigger)))
    ask(running, subscriber.callback())

    def mend(poller):
        if "full" not in caplog.text:
            return False
        running.write(lambda db: db.execute(text("DROP TRIGGER full")))
        return True

    running.until(mend, lambda poller: running.read(subscribers.list_subscribers))


def test_hubs_of_others_are_told(start, monkeypatch):
    monkeypatch.setattr(publishing, "GATHER", 0.5)
    with running_hub() as hub:
        running = start(f'[websub]\nhubs = ["{hub.url}"]\n')
        running.until(lambda poller: drop(running) or True, lambda poller: hub.told)

    assert ("hub.url", f"{BASE}/atom.xml") in hub.told[0]


@pytest.mark.parametrize("config", ["[websub]\nenabled = false\n"])
def test_switched_off_it_tells_nobody(start, subscriber, config):
    running = start(config)
    ask(running, subscriber.callback())
    drop(running)
    deadline = time.monotonic() + 2
    running.until(lambda poller: time.monotonic() > deadline)

    assert subscriber.heard("GET") == []


def test_thousands_of_subscribers_are_looked_at_in_no_time_and_served_in_turn(start, subscriber):
    running = start()

    def fill(db):
        subscribers.grant(db, request(subscriber.callback(), "last"), now())
        known = dict(db.execute(select(table)).one()._mapping)
        del known["number"]
        places = [(f"host-{number % 1000}", number) for number in range(4999)]
        rows = [
            known | {"key": f"{number}", "host": host, "callback": f"http://{host}.invalid/{number}"}
            for host, number in places
        ]
        db.execute(table.insert(), rows)

    running.write(fill)
    running.until(
        lambda poller: drop(running) or True,
        lambda poller: len(running.read(list_announcements, 100)) > 50,
    )
    started = time.perf_counter()
    running.read(publishing._find_work, now(), [], [], True, True)

    assert time.perf_counter() - started < 0.5
