"""How sources are: on their pages, in the API, and in a feed of its own."""

import gzip
import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from web_markup import Page
from web_samples import NOW

from feeds.model import Health, PollOutcome, RefreshRequest, SourceState
from feeds.store.health import record_change
from feeds.store.polls import ask_refresh, end_refresh, record_poll
from feeds.store.sources import close_door, retire, save_state
from feeds.web.charts import DAYS, find_start

FEED = "/status/atom.xml"
KINDS = ("changed", "unchanged", "failed", "held")


def save(store, source, state=None, polls=()):
    with store.write() as db:
        if state is not None:
            save_state(db, source, state)
        for outcome in polls:
            record_poll(db, source, outcome)


def change(store, source, word="failing", reason="failed 2 times in a row: HTTP 500", moment=NOW):
    with store.write() as db:
        record_change(db, source, Health(word, reason), moment)


def poll(kind="unchanged", minutes=0, **facts):
    started = NOW + timedelta(minutes=minutes)
    return PollOutcome(kind, started, started + timedelta(seconds=1.5), **facts)


@pytest.fixture
def failing(shelf, store):
    """A source of which there is everything to tell."""
    source = shelf.source("https://a.example/new.xml?key=abc")
    state = SourceState(
        failures=3,
        failing_since=NOW,
        last_error="HTTP 500",
        next_poll=NOW + timedelta(hours=4),
        rule="after 3 failures in a row: in 4 hours",
        moved=NOW - timedelta(days=1),
        previous_url="https://user:pass@a.example/old.xml",
        offers=("https://a.example/found.xml?token=abc&page=1",),
    )
    outcomes = [
        poll("changed", n, new=2, status=200, size=12_345, next_poll=NOW, rule="every hour")
        for n in range(25)
    ]
    failed = poll("failed", 30, error="https://a.example/new.xml: HTTP 500", status=500, rule="in 4 hours")
    save(store, source, state, [*outcomes, failed])
    return source


# --- A source ---------------------------------------------------------------------------------------


def test_page_and_api_tell_in_the_same_words_how_a_source_is_and_why(client, failing):
    text = client.get("/sources/a-paper/").text
    told = client.get("/api/v1/sources/a-paper").json

    assert told["health"] == {
        "state": "failing",
        "reason": "failed 3 times in a row, since 2026-03-04 05:06 UTC: HTTP 500",
        "since": "2026-03-04T05:06:07Z",
    }
    assert told["state"] == "failing"
    for words in (told["health"]["reason"][1:], told["rule"], *(one["told"] for one in told["polls"])):
        assert words in text


def test_the_last_twenty_decisions_are_told_each_with_its_rule_and_its_cost(client, failing):
    polls = client.get("/api/v1/sources/a-paper").json["polls"]
    text = client.get("/sources/a-paper/").text

    assert len(polls) == 20
    assert polls[0] | {"started": None} == {
        "outcome": "failed",
        "told": "failed: HTTP 500",
        "started": None,
        "new": 0,
        "modified": 0,
        "withdrawn": 0,
        "error": "HTTP 500",
        "status": 500,
        "bytes": 0,
        "seconds": 1.5,
        "next_poll": None,
        "rule": "in 4 hours",
    }
    assert (polls[1]["bytes"], polls[1]["next_poll"]) == (12_345, "2026-03-04T05:06:07Z")
    assert text.count("HTTP 200, 12.3 kB, 1.5 s") == 19
    assert text.count(": every hour</p>") == 19
    assert "→ in 4 hours" in text


def test_where_a_source_was_and_what_is_offered_is_told_without_passwords_and_keys(client, failing):
    text = client.get("/sources/a-paper/").text
    told = client.get("/api/v1/sources/a-paper").json

    assert told["address_before"] == "https://a.example/old.xml"
    assert told["offered"] == ["https://a.example/found.xml?page=1"]
    assert told["moved"] == "2026-03-03T05:06:07Z"
    for words in ("https://a.example/old.xml", "https://a.example/found.xml?page=1", "feeds add ADDRESS"):
        assert words in text


def test_a_source_that_is_paused_has_no_next_poll(client, shelf, store):
    save(store, shelf.source(paused=True), SourceState(next_poll=NOW, rule="every hour"))
    told = client.get("/api/v1/sources/a-paper").json

    assert (told["state"], told["next_poll"], told["rule"]) == ("paused", None, None)
    assert "Next poll" not in client.get("/sources/a-paper/").text


def test_every_list_of_sources_says_how_each_is(client, shelf, store, failing):
    save(store, shelf.source("https://b.example/", name="B"), SourceState(last_success=NOW))
    states = {source["slug"]: source["state"] for source in client.get("/api/v1/sources").json["sources"]}

    assert states == {"a-paper": "failing", "b": "healthy"}
    for path in ("/sources/", "/status/"):
        text = client.get(path).text
        assert '<span class="mark bad">failing</span>' in text
        assert '<span class="mark good">healthy</span>' in text


def test_the_status_page_counts_the_states_and_lists_what_is_in_trouble_alone(client, shelf, store, failing):
    for name in ("A first", "B"):
        save(store, shelf.source(f"https://{name[0]}.example/", name=name), SourceState(last_success=NOW))
    waiting = SourceState(retry_after=datetime.now(UTC) + timedelta(days=1), next_poll=NOW)
    save(store, shelf.source("https://0.example/", name="0"), waiting)
    text = client.get("/status/").text
    tally = re.findall(r'<a href="/sources/\?state=(\w+)">(\d+) ', text)

    assert tally == [("failing", "1"), ("held", "1"), ("healthy", "2")]
    assert text.index("A Paper</a>") < text.index("0</a>")
    assert "A first" not in text


def test_a_source_that_is_gone_is_on_the_status_page_as_long_as_it_is_declared(client, shelf, store):
    source = shelf.source()
    with store.write() as db:
        retire(db, source, "the publisher says it is gone for good (HTTP 410)")
    assert "The publisher says it is gone for good (HTTP 410)" in client.get("/status/").text
    with store.write() as db:
        close_door(db, source, "hand", NOW)

    assert "A Paper" not in client.get("/status/").text


# --- Its chart --------------------------------------------------------------------------------------


def bars(client):
    """The bars of both charts by their class, with their places."""
    page = Page(client.get("/sources/a-paper/").text)
    assert page.problems == []
    return page.find("svg rect")


def test_every_poll_is_a_bar_the_latest_at_the_right_end(client, shelf, store):
    save(
        store,
        shelf.source(),
        polls=[poll(kind, n, error="no" if kind == "failed" else None) for n, kind in enumerate(KINDS)],
    )
    drawn = [bar for bar in bars(client) if bar["class"] in KINDS]

    assert [bar["class"] for bar in drawn] == list(KINDS)
    assert [float(bar["x"]) for bar in drawn] == [277, 283, 289, 295]


def test_what_was_answered_stands_above_the_line_and_what_was_not_below(client, shelf, store):
    save(store, shelf.source(), polls=[poll(kind) for kind in KINDS])
    [line] = [path["d"] for path in Page(client.get("/sources/a-paper/").text).find("svg path")][:1]
    middle = float(re.match(r"M0 ([\d.]+)H", line)[1])
    spans = {bar["class"]: (float(bar["y"]), float(bar["y"]) + float(bar["height"])) for bar in bars(client)}

    assert spans["changed"][1] == spans["unchanged"][1] == middle == spans["failed"][0] == spans["held"][0]
    assert len({bottom - top for top, bottom in (spans[kind] for kind in KINDS)}) == 4


def test_the_chart_says_in_words_what_it_shows(client, shelf, store):
    source = shelf.source()
    shelf.entries(source, 3)
    save(store, source, polls=[poll("changed", new=1), *(poll() for _ in range(60))])
    text = client.get("/sources/a-paper/").text
    captions = [re.sub("<[^>]*>", "", found) for found in re.findall("<figcaption.*?</figcaption>", text)]

    assert captions[0] == "The last 50 polls: 50 unchanged"
    assert captions[1].endswith("posts in the last 30 days")
    assert text.count("<title>4 March 2026, 13:06: unchanged</title>") == 50
    for figure, svg in zip(("last-polls", "last-posts"), Page(text).find("svg"), strict=True):
        assert svg["aria-labelledby"] == figure


def test_a_source_that_was_never_polled_has_no_chart_of_polls(client, shelf):
    shelf.source()

    assert len(Page(client.get("/sources/a-paper/").text).find("svg")) == 1


def test_posts_are_drawn_by_the_day_in_the_sites_time_zone(client, shelf):
    """At UTC+8 a day begins at 16:00 UTC of the day before."""
    zone = ZoneInfo("Asia/Shanghai")
    today = datetime.now(UTC).astimezone(zone).date()
    start = find_start(today, zone)
    source = shelf.source()
    for moment in (
        start - timedelta(seconds=1),
        start,
        start + timedelta(days=DAYS - 1),
        start + timedelta(days=DAYS - 1),
    ):
        shelf.entry(source, moment)
    drawn = bars(client)

    assert len(drawn) == DAYS
    assert [place for place, bar in enumerate(drawn) if bar["class"] == "posts"] == [0, DAYS - 1]
    assert float(drawn[0]["height"]) * 2 == float(drawn[-1]["height"])
    assert "3 posts in the last 30 days, at most 2 a day" in client.get("/sources/a-paper/").text


@pytest.mark.parametrize(
    ("zone", "start"),
    [
        ("UTC", datetime(2026, 4, 1, tzinfo=UTC)),
        ("Asia/Shanghai", datetime(2026, 3, 31, 16, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 4, 1, 4, tzinfo=UTC)),
    ],
)
def test_thirty_days_end_with_today(zone, start):
    assert find_start(date(2026, 4, 30), ZoneInfo(zone)) == start


# --- The feed of changes ----------------------------------------------------------------------------


def test_the_changes_have_a_feed_of_their_own_that_the_status_page_names(client, shelf, store):
    change(store, shelf.source(name="早报"))
    page = client.get("/status/").text
    [link] = Page(page).find("link", rel="alternate", href=FEED)

    assert link["type"] == "application/atom+xml"
    assert f">http://feeds.example{FEED}</code>" in page
    response = client.get(FEED)
    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert "<title>早报: failing</title>" in response.text


def test_the_status_page_and_the_api_list_the_last_changes(client, shelf, store):
    source = shelf.source()
    for number in range(12):
        change(store, source, reason=f"reason {number}: https://a:b@a.example/?key=abc", moment=NOW)
    text = client.get("/status/").text
    told = client.get("/api/v1/status").json["changes"]

    assert [one["reason"] for one in told] == [f"reason {n}: https://a.example/" for n in range(11, 1, -1)]
    assert told[0] | {"reason": ""} == {
        "source": "a-paper",
        "title": "A Paper",
        "state": "failing",
        "reason": "",
        "moment": "2026-03-04T05:06:07Z",
    }
    assert all(f"Reason {number}:" in text for number in range(2, 12))
    assert "Reason 1:" not in text


@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_the_feed_of_changes_is_asked_for_as_any_other(client, shelf, store, coding):
    source = shelf.source()
    change(store, source)
    first = client.get(FEED, headers={"Accept-Encoding": coding})
    body = gzip.decompress(first.data) if coding == "gzip" else first.data
    assert b"A Paper: failing" in body
    for header, value in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")):
        again = client.get(FEED, headers={"Accept-Encoding": coding, header: first.headers[value]})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["Last-Modified"] == first.headers["Last-Modified"]
    head = client.head(FEED, headers={"Accept-Encoding": coding})
    assert dict(head.headers) == dict(first.headers)
    change(store, source, "healthy", "last polled well")

    assert client.get(FEED, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_a_feed_without_changes_is_there_and_empty(client):
    response = client.get(FEED)

    assert response.status_code == 200
    assert "<entry>" not in response.text


def test_a_private_source_changes_in_secret(client, shelf, store):
    source = shelf.source("https://b.example/", name="Secret", private=True)
    change(store, source)

    for path in (FEED, "/status/", "/api/v1/status"):
        assert "Secret" not in client.get(path).text


def test_no_feed_of_entries_ever_tells_of_health(client, shelf, store):
    source = shelf.source(category="News")
    shelf.entry(source)
    folders = ("/", "/sources/a-paper/", "/categories/news/")
    paths = [folder + file for folder in folders for file in ("rss.xml", "atom.xml", "feed.json")]
    before = [client.get(path).data for path in paths]
    change(store, source)
    save(
        store,
        source,
        SourceState(failures=9, last_error="HTTP 500", health="failing"),
        [poll("failed", error="HTTP 500")],
    )

    assert [client.get(path).data for path in paths] == before


# --- Refreshes --------------------------------------------------------------------------------------


def test_a_refresh_tells_of_each_source_what_it_cost(client, shelf, store):
    source = shelf.source()
    outcome = poll("changed", new=1, status=200, size=2_000, next_poll=NOW, rule="every hour")
    with store.write() as db:
        asked = ask_refresh(db, RefreshRequest("cli"), NOW)
        record_poll(db, source, outcome, asked.id)
        end_refresh(db, asked.id, NOW)
    [result] = client.get(f"/api/v1/refreshes/{asked.id}").json["results"]
    text = client.get(f"/refreshes/{asked.id}/").text

    assert (result["bytes"], result["seconds"], result["status"]) == (2000, 1.5, 200)
    assert (result["source"], result["told"], result["rule"]) == ("a-paper", "1 new", "every hour")
    assert "HTTP 200, 2.0 kB, 1.5 s" in text
    assert "on the command line" in text


def test_what_the_publisher_of_a_private_source_said_stays_private(client, shelf, store):
    source = shelf.source(name="Secret", private=True)
    outcome = poll("failed", status=418, error="no tea", next_poll=NOW, rule="a rule of its own")
    with store.write() as db:
        asked = ask_refresh(db, RefreshRequest("cli"), NOW)
        record_poll(db, source, outcome, asked.id)
        end_refresh(db, asked.id, NOW)
    [result] = client.get(f"/api/v1/refreshes/{asked.id}").json["results"]

    assert (result["status"], result["rule"], result["next_poll"], result["error"]) == (
        None,
        None,
        None,
        "it failed",
    )
