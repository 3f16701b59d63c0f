"""How a source is, and what is told of it when that changes."""

from datetime import timedelta

import pytest
from polling_server import redirect, response

from feeds.model import Source, SourceState
from feeds.model.health import judge
from feeds.store.health import KEPT_CHANGES, list_changes, record_change

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title><id>urn:x:feed</id>
<updated>2026-01-01T00:00:00Z</updated>{}</feed>"""
ENTRY = (
    "<entry><id>urn:x:{0:%j%H}</id><title>{0:%j%H}</title><updated>{0:%Y-%m-%dT%H:%M:%SZ}</updated></entry>"
)


class Place:
    """A source whose answer a test changes, and what is told of its health."""

    def __init__(self, here, serve, answer):
        self.here, self.answer = here, answer
        self.server = serve(lambda asked: self.answer)
        self.url = self.server.url
        here.subscribe(self.url)

    def poll(self, answer=None, **later):
        self.answer = answer or self.answer
        self.here.pass_time(**later)
        self.here.poll(self.url)
        return self.health()

    def health(self):
        return judge(self.here.source(self.url), self.here.state(self.url), self.here.now)

    def told(self):
        with self.here.store.read() as db:
            return [change.health.word for change in reversed(list_changes(db, 100))]


def posting(*moments):
    return response(body=ATOM.format("".join(ENTRY.format(moment) for moment in moments)).encode())


@pytest.fixture
def place(here, serve):
    return Place(here, serve, posting(*(here.now - timedelta(hours=8 * n) for n in range(1, 6))))


def test_a_source_that_was_never_polled_is_new(place):
    assert (place.health().word, place.health().reason) == ("new", "not polled yet")


def test_a_source_that_answers_is_healthy_and_that_is_no_news(place):
    assert place.poll().word == "healthy"
    assert place.health().reason == "last polled well at 2026-03-01 12:00 UTC"
    assert place.told() == []


def test_a_single_failure_is_shown_and_not_told(place):
    place.poll()
    health = place.poll(response(500), hours=1)

    assert health.word == "failing"
    assert health.reason == "failed once, since 2026-03-01 13:00 UTC: HTTP 500 Internal Server Error"
    good = posting(place.here.now)
    assert place.poll(good, hours=1).word == "healthy"
    assert place.told() == []


def test_failing_and_being_well_again_are_told_once_each(place):
    place.poll()
    for _ in range(4):
        health = place.poll(response(500), hours=1)
    assert health.reason.startswith("failed 4 times in a row, since 2026-03-01 13:00 UTC: ")
    place.poll(posting(place.here.now), hours=1)

    assert place.told() == ["failing", "healthy"]
    assert place.here.state(place.url).health_since == place.here.now


def test_a_new_source_that_fails_is_told(place):
    place.poll(response(404))
    place.poll()

    assert place.told() == ["failing"]


def test_a_source_that_posts_nothing_for_longer_than_its_rhythm_is_quiet(place):
    place.poll()
    assert place.poll(hours=63).word == "healthy"
    health = place.poll(hours=2)

    assert health.word == "quiet"
    assert health.reason == "has posted nothing since 2026-03-01 04:00 UTC, longer than its rhythm"
    assert place.told() == ["quiet"]


def test_a_source_without_a_rhythm_is_never_quiet(here, serve):
    place = Place(here, serve, posting(here.now))
    place.poll()

    assert place.poll(days=365).word == "healthy"


def test_a_source_that_must_wait_is_held(place):
    place.poll()
    health = place.poll(response(429, retry_after="7200"), hours=1)

    assert (health.word, health.reason) == ("held", "the publisher asks to wait until 2026-03-01 15:00 UTC")
    assert place.told() == ["held"]


def test_a_source_that_has_moved_says_so_for_a_week(place, here, serve):
    place.poll()
    new = serve(lambda asked: posting(*(here.now - timedelta(hours=8 * n) for n in range(1, 6))))
    health = place.poll(redirect(301, new.url), hours=1)

    assert (health.word, health.reason) == ("moved", "has a new address since 2026-03-01 13:00 UTC")
    assert place.poll(days=7).word == "healthy"
    assert place.told() == ["moved"]


def test_a_source_that_is_gone_is_told(place):
    place.poll()
    health = place.poll(response(410), hours=1)

    assert (health.word, health.reason) == ("gone", "the publisher says it is gone for good (HTTP 410)")
    assert place.told() == ["gone"]


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ({"kind": "archive"}, "archive"),
        ({"paused": True}, "paused"),
        ({"retired": "no longer declared"}, "retired"),
        ({"retired": "no longer declared", "paused": True}, "retired"),
    ],
)
def test_what_the_owner_decides_comes_first(here, source, word):
    failing = SourceState(failures=3, last_error="x", retry_after=here.now + timedelta(days=1))
    described = {"number": 1, "key": "k", "slug": "s", "kind": "feed", "url": "http://a.example/"} | source

    assert judge(Source(**described), failing, here.now).word == word


def test_changes_of_private_sources_are_nobody_elses(place, here):
    place.poll(response(404))
    place.poll()
    with here.store.write() as db:
        db.exec_driver_sql("UPDATE sources SET private = 1")

    assert place.told() == []


def test_only_the_latest_changes_are_kept(place, here):
    source, health = here.source(place.url), place.health()
    with here.store.write() as db:
        for _ in range(KEPT_CHANGES + 5):
            record_change(db, source, health, here.now)
        assert db.exec_driver_sql("SELECT count(*) FROM health_changes").scalar() == KEPT_CHANGES
