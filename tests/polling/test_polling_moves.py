"""Where a source is: a permanent redirect, the old address, and feeds behind pages."""

import time
from datetime import timedelta

import pytest
from polling_server import redirect, response

from feeds.polling.poll import Ask

FEED = """<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title><id>{id}</id><link href="{link}"/>
<updated>2026-01-01T00:00:00Z</updated>
<entry><id>urn:x:{entry}</id><title>{entry}</title><updated>2026-01-01T00:00:00Z</updated></entry></feed>"""


def atom(id="urn:x:feed", link="http://a.example/", entry="one", **headers):
    return response(body=FEED.format(id=id, link=link, entry=entry).encode(), **headers)


class Place:
    """An address whose answer a test changes."""

    def __init__(self, serve, answer):
        self.answer = answer
        self.server = serve(lambda asked: self.answer(asked) if callable(self.answer) else self.answer)
        self.url = self.server.url


@pytest.fixture
def places(here, serve):
    """A source that has been polled at its old address, and a new address."""
    old, new = Place(serve, atom()), Place(serve, response(404))
    here.subscribe(old.url)
    here.poll(old.url)
    return old, new


def move(here, old, new, answer, status=301):
    """Let the old address lead to the new one, which gives `answer`; poll, return the outcome."""
    new.answer, old.answer = answer, redirect(status, new.url)
    here.pass_time(hours=1)
    return here.poll(old.url)[0]


@pytest.mark.parametrize("status", [301, 308])
@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(atom(link="http://b.example/", entry="two"), id="its-id"),
        pytest.param(atom(id="urn:x:other", entry="two"), id="its-link"),
        pytest.param(atom(id="urn:x:other", link="http://b.example/"), id="an-entry"),
        pytest.param(atom(), id="the-same-bytes"),
    ],
)
def test_a_source_moves_to_what_is_recognizably_the_same_feed(here, places, answer, status):
    old, new = places
    outcome = move(here, old, new, answer, status)
    source, state = here.source(old.url), here.state(old.url)

    assert outcome.kind in ("changed", "unchanged")
    assert (source.key, source.url) == (old.url, new.url)
    assert (state.previous_url, state.moved) == (old.url, here.now)
    before = len(old.server.asked)
    here.poll(old.url)
    assert len(old.server.asked) == before


def test_a_source_that_was_never_read_moves_at_once(here, serve):
    new = Place(serve, atom())
    old = Place(serve, redirect(301, new.url))
    here.subscribe(old.url)
    here.poll(old.url)

    assert here.source(old.url).url == new.url


def test_of_a_feed_with_nothing_in_common_nothing_is_taken(here, places):
    old, new = places
    outcome = move(here, old, new, atom(id="urn:x:other", link="http://b.example/", entry="two"))
    state = here.state(old.url)

    assert outcome.kind == "failed"
    assert outcome.error == f"{old.url}: is redirected for good to another feed, of which nothing is taken"
    assert here.source(old.url).url == old.url
    assert here.titles() == ["one"]
    assert (state.offers, state.failures) == ((new.url,), 1)


def test_what_is_no_feed_moves_nothing(here, places):
    old, new = places
    move(here, old, new, response(body=b"<html><body>Parked</body></html>"))

    assert here.source(old.url).url == old.url


@pytest.mark.parametrize("status", [302, 307])
def test_a_temporary_redirect_moves_nothing(here, places, status):
    old, new = places
    outcome = move(here, old, new, atom(entry="two"), status)

    assert outcome.new == 1
    assert here.source(old.url).url == old.url


def test_an_address_that_is_another_sources_remains_that_ones(here, places):
    old, new = places
    here.subscribe(new.url)
    outcome = move(here, old, new, atom())

    assert outcome.kind == "unchanged"
    assert here.source(old.url).url == old.url


def test_a_dry_run_moves_nothing(here, places):
    old, new = places
    new.answer, old.answer = atom(), redirect(301, new.url)
    here.poll(old.url, ask=Ask(dry_run=True))

    assert here.source(old.url).url == old.url


def test_when_the_new_address_fails_for_a_day_the_old_one_is_tried_again(here, places):
    old, new = places
    move(here, old, new, atom())
    new.answer, old.answer = response(500), atom(entry="two")
    here.pass_time(hours=1)
    here.poll(old.url)
    here.pass_time(hours=23)
    assert here.poll(old.url)[0].kind == "failed"
    here.pass_time(hours=1)
    outcome = here.poll(old.url)[0]
    state = here.state(old.url)

    assert outcome.new == 1
    assert here.source(old.url).url == old.url
    assert (state.previous_url, state.failing_since, state.failures) == (new.url, None, 0)


def test_an_old_address_that_has_become_another_feed_is_not_gone_back_to(here, places):
    old, new = places
    move(here, old, new, atom())
    new.answer = response(500)
    old.answer = atom(id="urn:x:other", link="http://b.example/", entry="two")
    here.poll(old.url)
    here.pass_time(hours=25)

    assert here.poll(old.url)[0].kind == "failed"
    assert here.source(old.url).url == new.url
    assert here.titles() == ["one"]


def test_a_failure_is_told_since_when(here, places):
    old, _ = places
    old.answer = response(500)
    here.poll(old.url)
    since = here.now
    here.pass_time(hours=5)
    here.poll(old.url)

    assert here.state(old.url).failing_since == since


# --- A page in its place ----------------------------------------------------------------------------

PAGE = b"<html><head>%s</head><body>Hello</body></html>"
NAMED = b'<link rel="alternate" type="application/atom+xml" href="/blog/atom">'


def test_a_feed_that_a_page_names_is_offered_and_not_taken(here, places):
    old, _ = places
    old.answer = response(body=PAGE % NAMED)
    outcome = here.poll(old.url)[0]

    assert outcome.error == f"{old.url}: the document is a web page, not a feed"
    assert here.state(old.url).offers == (f"http://{old.server.host}/blog/atom",)
    assert here.source(old.url).url == old.url
    assert here.titles() == ["one"]


def test_a_page_that_names_none_is_searched_for_one_at_the_usual_places_once(here, places):
    old, _ = places
    answers = {"/feed": response(body=PAGE % b""), "/atom.xml": atom()}
    old.answer = lambda asked: answers.get(asked.path, response(404))
    here.poll(old.url)
    found = here.state(old.url).offers
    before = len(old.server.asked)
    here.pass_time(hours=1)
    here.poll(old.url)

    assert found == (f"http://{old.server.host}/atom.xml",)
    assert len(old.server.asked) == before + 1
    assert here.state(old.url).offers == found


def test_whoever_asks_us_to_wait_is_not_searched_any_further(here, places):
    old, _ = places
    page = response(body=PAGE % b"")
    old.answer = lambda asked: page if asked.path == "/feed" else response(429, retry_after="60")
    here.poll(old.url)

    assert len(old.server.asked) == 3  # the feed as it was, the page, one usual place


def test_an_offer_is_forgotten_when_the_feed_is_back(here, places):
    old, _ = places
    old.answer = response(body=PAGE % NAMED)
    here.poll(old.url)
    old.answer = atom(entry="two")
    here.pass_time(hours=1)
    here.poll(old.url)

    assert here.state(old.url).offers == ()


@pytest.mark.parametrize(
    "body", [PAGE % b"<title>Just a moment...</title>", b"<html><body><input type=password>Hello"]
)
def test_nothing_is_looked_for_behind_a_challenge_or_a_login(here, places, body):
    old, _ = places
    old.answer = response(body=body)
    before = len(old.server.asked)
    here.poll(old.url)

    assert len(old.server.asked) == before + 1


def test_a_refusal_is_one_however_slow_its_page_is(here, places):
    def drip():
        yield b"HTTP/1.1 429 No\r\nRetry-After: 100\r\nContent-Type: text/html\r\nContent-Length: 9\r\n\r\n<"
        time.sleep(4)

    old, _ = places
    old.answer = lambda asked: drip()
    started = time.monotonic()
    outcome = here.poll(old.url)[0]

    assert outcome.status == 429
    assert here.state(old.url).retry_after - here.now == timedelta(seconds=100)
    assert time.monotonic() - started < 3.5


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (response(401), "HTTP 401 Unauthorized: a login is wanted"),
        (
            response(403, cf_mitigated="challenge"),
            "HTTP 403 Forbidden: the answer is a challenge for browsers",
        ),
        (
            response(503, PAGE % b"<title>Just a moment...</title>", content_type="text/html"),
            "HTTP 503 Service Unavailable: the answer is a challenge for browsers",
        ),
        (
            response(403, PAGE % b"<title>No</title>", content_type="text/html"),
            "HTTP 403 Forbidden",
        ),
        (response(404), "HTTP 404 Not Found"),
        (response(200, b""), "the answer was empty"),
        (response(200, b"  \n"), "the document is empty"),
        (
            response(body=PAGE % b"<title>Just a moment...</title>"),
            "the answer is a challenge for browsers, not a feed",
        ),
        (response(body=b"<html><body><input type=password>Hello"), "the answer is a login page, not a feed"),
        (response(body=b"<html><body></body></html>"), "the answer is an empty page, not a feed"),
    ],
)
def test_what_is_no_feed_is_told_apart_and_named(here, places, answer, reason):
    old, _ = places
    old.answer = lambda asked: answer if asked.path == "/feed" else response(404)
    outcome = here.poll(old.url)[0]

    assert outcome.error == f"{old.url}: {reason}"
    assert here.titles() == ["one"]
    assert here.state(old.url).next_poll - here.now <= timedelta(hours=1.1)
