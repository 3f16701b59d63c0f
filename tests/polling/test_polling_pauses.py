"""How far a Retry-After reaches: one address, or its whole host."""

from datetime import UTC, datetime, timedelta

import pytest
from polling_server import response

from feeds.polling.pauses import MOST_ADDRESSES, MOST_HOSTS, Pauses
from feeds.polling.poll import Ask

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=2)
HOST = "a.example:443"


def hear(pauses, *answers, now=NOW):
    """Let pauses hear of (address, status) in this order, with a Retry-After; say whether the host pauses."""
    for url, status in answers:
        pauses.hear(HOST, url, status, LATER, now)
    return pauses.find(HOST, now) is not None


@pytest.mark.parametrize(
    ("answers", "is_paused"),
    [
        pytest.param([("/a", 429)], True, id="too-many-requests"),
        pytest.param([("/b", 200), ("/a", 429)], False, id="another-address-answers-well"),
        pytest.param([("/b", 304), ("/a", 429)], False, id="another-address-is-unchanged"),
        pytest.param([("/a", 200), ("/a", 429)], True, id="the-same-address-answered-well"),
        pytest.param([("/b", 404), ("/a", 429)], True, id="another-address-is-not-there"),
        pytest.param([("/a", 429), ("/b", 200)], False, id="another-answers-well-meanwhile"),
        pytest.param([("/a", 503)], False, id="unavailable"),
        pytest.param([("/b", 503), ("/a", 503)], True, id="two-unavailable"),
        pytest.param([("/a", 503), ("/a", 503)], False, id="unavailable-twice"),
        pytest.param([("/b", 429), ("/a", 503)], True, id="busy-both-ways"),
        pytest.param([("/b", 503), ("/c", 200), ("/a", 503)], False, id="one-of-three-is-well"),
        pytest.param([("/a", 500)], False, id="broken"),
        pytest.param([("/a", 200)], False, id="well"),
    ],
)
def test_whether_a_host_is_left_alone(answers, is_paused):
    assert hear(Pauses(), *answers) is is_paused


def test_without_a_retry_after_no_host_is_left_alone():
    pauses = Pauses()
    pauses.hear(HOST, "/a", 429, None, NOW)

    assert pauses.find(HOST, NOW) is None


def test_a_pause_ends_when_it_was_to_end():
    pauses = Pauses({HOST: LATER})

    assert pauses.find(HOST, LATER - timedelta(seconds=1)) == LATER
    assert pauses.find(HOST, LATER) is None
    assert pauses.find(HOST, NOW) is None


def test_of_two_pauses_the_longer_holds():
    pauses = Pauses({HOST: LATER + timedelta(hours=1)})
    pauses.hear(HOST, "/a", 429, LATER, NOW)

    assert pauses.find(HOST, NOW) == LATER + timedelta(hours=1)


def test_what_a_host_has_answered_long_ago_tells_nothing():
    pauses = Pauses()
    hear(pauses, ("/b", 200), now=NOW - timedelta(minutes=11))

    assert hear(pauses, ("/a", 429))


def test_other_hosts_and_ports_are_not_concerned():
    pauses = Pauses()
    hear(pauses, ("/a", 429))

    assert pauses.find("b.example:443", NOW) is None
    assert pauses.find("a.example:80", NOW) is None


def test_no_more_is_remembered_than_is_useful():
    pauses = Pauses()
    for number in range(MOST_HOSTS + 10):
        pauses.hear(f"{number}.example:80", "/", 200, None, NOW)
    for number in range(MOST_ADDRESSES + 10):
        pauses.hear(HOST, f"/{number}", 200, None, NOW)

    assert len(pauses._heard) == MOST_HOSTS
    assert len(pauses._heard[HOST]) == MOST_ADDRESSES


# --- Through the poller -----------------------------------------------------------------------------

FEED = b"<rss version='2.0'><channel><title>F</title></channel></rss>"


def serve_busy(here, serve):
    """Subscribe to two addresses of one host, the first of which is asked and wants us to wait two hours."""
    busy = response(429, retry_after="7200")
    server = serve(lambda asked: busy if asked.path == "/feed" else response(body=FEED))
    other = server.url.replace("/feed", "/other")
    here.subscribe(server.url)
    here.subscribe(other)
    here.poll(server.url)
    return server, other


def test_another_address_of_a_busy_host_is_not_asked_even_after_a_restart(here, serve):
    server, other = serve_busy(here, serve)
    here.pass_time(hours=1)
    [outcome] = here.poll(other)  # by a poller that has just started
    state = here.state(other)

    assert [asked.path for asked in server.asked] == ["/feed"]
    assert outcome.kind == "held"
    assert outcome.error == f"{other}: {server.host} asked to wait until 2026-03-01 14:00:00 UTC"
    assert (state.next_poll - here.now, state.failures) == (timedelta(hours=1), 0)
    assert state.rule == "its host asks to wait, as another of its addresses was told (Retry-After)"


def test_when_the_time_has_passed_it_is_asked(here, serve):
    _, other = serve_busy(here, serve)
    here.pass_time(hours=2)

    assert here.poll(other)[0].kind == "unchanged"


def test_whoever_insists_asks_all_the_same(here, serve):
    _, other = serve_busy(here, serve)

    assert here.poll(other, ask=Ask(force=True))[0].kind == "unchanged"


def test_a_page_that_a_file_names_waits_with_its_host(here, serve):
    server, other = serve_busy(here, serve)
    (here.seeds / "pages.txt").write_text(other)
    here.poll_seeds()
    here.fetch_pages()
    here.pass_time(hours=2)
    here.fetch_pages()

    assert [asked.path for asked in server.asked] == ["/feed", "/other"]
