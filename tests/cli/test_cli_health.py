"""How sources are, in the words of `sources`, `show`, `status` and `doctor`: those of page and API."""

import json
from datetime import UTC, datetime

import pytest
from running import publishing

from feeds.config import Configuration
from feeds.model import SourceState
from feeds.store import open_store, sources
from feeds.web import create_app

FEED = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>The Feed</title><link>http://a.example/</link>
<description>d</description><item><title>One</title><link>http://a.example/1</link></item></channel></rss>"""
PAGE = b"""<!doctype html><html><head><title>Page</title>
<link rel="alternate" type="application/rss+xml" href="/found.xml?a=1&amp;b=2"></head><body>x</body></html>"""

pytestmark = pytest.mark.usefixtures("allow")


@pytest.fixture
def publisher():
    with publishing({"/feed.xml": FEED}) as server:
        yield server


@pytest.fixture
def failing(call, publisher):
    """A source that has become a page, behind which there is a feed; return its name."""
    call("add", publisher.url("/feed.xml"), "--name", "Mine")
    call("refresh")
    publisher.files["/feed.xml"] = PAGE
    call("refresh", "mine")
    return "mine"


def words_of(call, *arguments: str) -> dict:
    return json.loads(call(*arguments, "--json")[1])


def test_show_the_page_and_the_api_tell_the_same(call, failing, tmp_path):
    shown = call("show", failing)[1]
    described = words_of(call, "show", failing)
    store = open_store(f"sqlite:///{tmp_path}/instance/feeds.db")
    client = create_app(Configuration(None, {}), store).test_client()
    page = client.get("/sources/mine/").text
    told = client.get("/api/v1/sources/mine").json
    store.close()

    assert told["health"]["reason"].startswith("failed once, since ")
    assert told["health"]["reason"].endswith(": the document is a web page, not a feed")
    assert described["state"] == told["health"]["state"] == "failing"
    assert described["reason"] == told["health"]["reason"]
    assert (described["rule"], described["offered"]) == (told["rule"], told["offered"])
    for name in ("outcome", "told", "error", "status", "bytes", "seconds", "rule"):
        assert [poll[name] for poll in described["polls"]] == [poll[name] for poll in told["polls"]]
    for words in (told["health"]["reason"], told["rule"], *(poll["told"] for poll in told["polls"])):
        assert words in shown
        assert words[1:] in page


def test_show_says_how_to_subscribe_to_what_is_offered(call, failing, publisher):
    address = publisher.url("/found.xml?a=1&b=2")

    assert f"offered: {address} (to subscribe: feeds add '{address}')\n" in call("show", failing)[1]


def test_show_tells_of_each_poll_what_came_of_it_what_it_took_and_what_it_decided(call, failing):
    first, rule, second, *_ = call("show", failing)[1].partition("last polls (UTC):\n")[2].splitlines()

    assert "  failed: the document is a web page, not a feed · " in first
    assert first.endswith(" s")
    assert rule.startswith("    → 20")
    assert rule.endswith(": after 1 failure: in 60 minutes")
    assert f"  1 new · HTTP 200, {len(FEED)} B, " in second


def test_sources_status_and_doctor_say_that_it_fails_and_why(call, failing):
    reason = words_of(call, "show", failing)["reason"]
    [listed] = [line for line in call("sources")[1].splitlines() if line.startswith("mine")]

    assert listed.split()[2] == "failing"
    assert f"mine: failing: {reason}\n" in call("status")[1]
    assert words_of(call, "status")["failing"] == [{"source": "mine", "state": "failing", "reason": reason}]
    assert f"BAD source mine: {reason}\n" in call("doctor")[1]


def test_no_password_is_shown(call, failing, tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/instance/feeds.db")
    secret = "http://user:pass@a.example/feed?key=abc"
    state = SourceState(failures=2, last_error=f"{secret} is wrong", previous_url=secret, offers=(secret,))
    with store.write() as db:
        source = sources.find_source(db, failing)
        sources.save_state(db, source, state)
    store.close()

    for command in (
        ("show", failing),
        ("show", failing, "--json"),
        ("status",),
        ("doctor",),
        ("sources", "--json"),
    ):
        out = call(*command)[1]
        assert "pass" not in out
        assert "abc" not in out
    assert "address before: http://a.example/feed\n" in call("show", failing)[1]


def test_a_command_is_never_told_to_wait_for_the_last_refresh(call, failing):
    for _ in range(2):
        status, out, _ = call("refresh", failing)
        assert "1 polled" in out
        assert status == 1


def test_a_source_that_is_gone_is_told_and_no_worry(call, failing, tmp_path):
    store = open_store(f"sqlite:///{tmp_path}/instance/feeds.db")
    with store.write() as db:
        source = sources.find_source(db, failing)
        sources.retire(db, source, "the publisher says it is gone for good (HTTP 410)")
        sources.save_state(db, source, SourceState(failures=1, last_poll=datetime.now(UTC)))
    store.close()

    assert words_of(call, "show", failing)["state"] == "gone"
    assert call("status")[0] == 0
