"""The table of health, and what becomes of lists that are long."""

import re
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from web_markup import Page
from web_samples import NOW

from feeds.model import Declaration, OutcomeKind, PollOutcome, RefreshRequest, RefreshState, SourceState
from feeds.model.health import HealthWord
from feeds.store.entries import quarantine
from feeds.store.polls import ask_refresh, end_refresh, record_poll
from feeds.store.sources import add_source, close_door, retire, save_state, set_paused
from feeds.web import sparks
from feeds.web.pages import CATEGORIES
from feeds.web.sources import PAGE_LENGTH
from feeds.web.status import MOST_SHOWN, MOST_TOLD
from feeds.web.words import WORDS, told

FAILING = SourceState(
    failures=3,
    last_error="answered with HTTP 503",
    next_poll=NOW + timedelta(hours=4),
    rule="after 3 failures in a row: in 4 hours",
)
WELL = SourceState(last_success=NOW, next_poll=NOW + timedelta(hours=1), rule="every hour")


@pytest.fixture
def add(shelf, store):
    """Subscribe to a source that is in a state."""

    def add(name, state=None, polls=(), **facts):
        source = shelf.source(f"https://{name}.example/feed", name=name, **facts)
        with store.write() as db:
            if state is not None:
                save_state(db, source, state)
            for kind in polls:
                record_poll(db, source, PollOutcome(kind, NOW, NOW))
        return source

    return add


def rows(text):
    """The rows of the table, as text, cell by cell."""
    body = re.search("<tbody>(.*?)</tbody>", text, re.DOTALL)
    found = re.findall("<tr>(.*?)</tr>", body[1], re.DOTALL) if body else []
    return [[" ".join(re.sub("<[^>]*>", " ", cell).split()) for cell in cells(row)] for row in found]


def cells(row):
    return re.findall("<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)


def titles(text):
    return [row[0].split()[0] for row in rows(text)]


# --- One row ----------------------------------------------------------------------------------------


def test_a_row_tells_all_there_is_to_know_of_a_source_at_a_glance(client, add, shelf):
    source = add("paper", FAILING, polls=("changed", "unchanged", "unchanged", "failed"))
    shelf.entry(source, datetime.now(UTC) - timedelta(hours=1))
    text = client.get("/sources/").text
    [row] = rows(text)

    assert row == [
        "paper paper.example",
        "failing answered with HTTP 503",
        "1",
        "",
        "never",
        "2026-03-04 17:06 after 3 failures in a row: in 4 hours",
        "3",
    ]
    assert 'aria-label="1 changed, 2 unchanged, 1 failed"' in text
    assert 'aria-label="most a day: 1"' in text
    assert Page(text).problems == []


def test_every_source_has_a_row_also_who_never_worked_is_retired_or_holds_seeds(client, add, store):
    add("well", WELL)
    add("never")
    retired, gone, paused = add("retired"), add("gone"), add("paused")
    add("archive", kind="archive")
    with store.write() as db:
        close_door(db, retired, "hand", NOW)
        retire(db, gone, "the publisher says it is gone for good (HTTP 410)")
        set_paused(db, paused, True)
    told = {row[0].split()[0]: (row[1], row[4], row[5]) for row in rows(client.get("/sources/").text)}

    assert told == {
        "gone": ("gone the publisher says it is gone for good (HTTP 410)", "never", "none"),
        "never": ("new", "never", "as soon as the poller runs"),
        "paused": ("paused", "never", "none"),
        "well": ("healthy", "2026-03-04 13:06", "2026-03-04 14:06 every hour"),
        "archive": ("archive", "–", "none"),
        "retired": ("retired", "never", "none"),
    }
    assert list(told)[-2:] == ["archive", "retired"]


def test_no_row_tells_a_password_or_a_key(client, shelf, store):
    source = shelf.source("https://me:hush@a.example/feed?key=hush")
    with store.write() as db:
        save_state(db, source, SourceState(failures=1, last_error="https://a.example/?key=hush timed out"))

    assert "hush" not in client.get("/sources/").text


def test_dates_for_machines_are_to_the_second_as_html_wants_them(client, add):
    odd = NOW.replace(microsecond=138_197)
    add("paper", SourceState(last_success=odd, next_poll=odd))
    for path in ("/sources/", "/sources/paper/"):
        found = {time["datetime"] for time in Page(client.get(path).text).find("time")}
        assert found == {"2026-03-04T05:06:07Z"}


# --- The order --------------------------------------------------------------------------------------


def test_every_column_is_a_link_that_sorts_by_it_and_then_turns_the_order_round(client, add):
    add("a", FAILING)
    add("b", WELL)
    page = Page(client.get("/sources/?sort=state").text)
    [sorted_by] = [cell for cell in page.find("th") if "aria-sort" in cell]
    links = [link["href"] for link in page.find("a") if (link.get("href") or "").startswith("/sources/?sort")]

    assert (sorted_by["class"], sorted_by["aria-sort"]) == ("state", "ascending")
    assert links == [
        "/sources/?sort=state&order=desc",
        "/sources/?sort=posts",
        "/sources/?sort=success",
        "/sources/?sort=next",
        "/sources/?sort=failures",
    ]
    for link in links:
        assert sorted(titles(client.get(link).text)) == ["a", "b"]
    assert titles(client.get("/sources/?sort=state").text) == ["a", "b"]
    assert titles(client.get("/sources/?sort=state&order=desc").text) == ["b", "a"]
    assert titles(client.get("/sources/?sort=failures").text) == ["a", "b"]
    assert titles(client.get("/sources/?sort=failures&order=asc").text) == ["b", "a"]


def test_the_tally_leads_to_the_sources_in_each_state(client, add):
    add("a", FAILING)
    add("b", WELL)
    add("c", WELL)
    text = client.get("/sources/").text
    assert re.findall(r'href="/sources/\?state=(\w+)">(\d) ', text) == [("failing", "1"), ("healthy", "2")]
    chosen = client.get("/sources/?state=failing").text

    assert titles(chosen) == ["a"]
    assert 'href="/sources/?state=failing" aria-current="true"' in chosen
    assert "/sources/?state=failing&amp;sort=posts" in chosen
    empty = client.get("/sources/?state=paused")
    assert (empty.status_code, titles(empty.text)) == (200, [])
    assert "No source is in this state now." in empty.text
    assert Page(empty.text).problems == []


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("sort=colour", "‘sort’ is one of: title, state, posts, success, next, failures."),
        ("order=up", "‘order’ is one of: asc, desc."),
        ("state=", "‘state’ is one of: failing, gone,"),
        ("page=0", "‘page’ is the number of a page, from 1 on."),
        ("page=１", "‘page’ is the number of a page, from 1 on."),
    ],
)
def test_what_the_table_cannot_do_is_said_in_one_line(client, add, asked, said):
    add("a")
    response = client.get(f"/sources/?{asked}")

    assert response.status_code == 400
    assert said in response.text


def test_long_tables_come_in_pages_that_keep_the_order(client, shelf, store):
    with store.write() as db:
        for number in range(PAGE_LENGTH + 2):
            source = shelf_add(db, f"s{number:03}")
            save_state(db, source, SourceState(failures=number, last_error="no"))
    first = client.get("/sources/?sort=failures").text
    second = client.get("/sources/?sort=failures&page=2").text

    assert len(rows(first)) == PAGE_LENGTH
    assert 'href="/sources/?sort=failures&amp;page=2" rel="next"' in first
    assert titles(second) == ["s001", "s000"]
    assert 'href="/sources/?sort=failures" rel="prev"' in second
    assert 'rel="next"' not in second
    assert Page(second).problems == []
    assert client.get("/sources/?page=3").status_code == 404


def shelf_add(db, name):
    return add_source(db, Declaration(f"https://{name}.example/feed", name=name), "hand", NOW)


def test_private_sources_are_counted_and_never_named(client, add):
    add("secret", FAILING, private=True)
    alone = client.get("/sources/").text
    add("open", WELL)
    text = client.get("/sources/").text

    assert "1 private source is not listed" in alone
    assert "1 private source is not listed" in text
    assert "secret" not in alone + text
    assert titles(text) == ["open"]
    assert titles(client.get("/sources/?state=failing").text) == []


def test_without_sources_the_page_says_what_to_do_next(client):
    text = client.get("/sources/").text

    assert "There are no sources yet." in text
    assert "<table" not in text
    assert Page(text).problems == []


# --- Sparks -----------------------------------------------------------------------------------------


def test_a_spark_of_polls_stands_at_the_right_and_tells_answers_from_failures():
    words = {kind: kind for kind in sparks.KINDS}
    spark = sparks.draw_polls(["changed", "failed"], words)
    last, one_before = (sparks.POLLS - 1) * sparks.STEP + 2, (sparks.POLLS - 2) * sparks.STEP + 2

    assert spark.told == "1 changed, 1 failed"
    assert dict(spark.paths) == {
        "line": f"M0 {sparks.LINE}H{sparks.POLLS * sparks.STEP}",
        "changed": f"M{one_before} {sparks.LINE}v-9",
        "failed": f"M{last} {sparks.LINE}v6",
    }
    assert sparks.draw_polls([], words) is None


def test_a_spark_of_entries_is_as_high_as_its_busiest_day_and_never_vanishes():
    spark = sparks.draw_posts((0, 1, 100))
    _, (name, path) = spark.paths

    assert (name, path) == ("posts", f"M6 {sparks.HEIGHT}v-1M10 {sparks.HEIGHT}v-{sparks.HEIGHT}")
    assert spark.told == "100"
    assert len(sparks.draw_posts((0, 0)).paths) == 1


def test_the_name_of_a_spark_is_escaped():
    assert 'aria-label="&lt;&#34;"' in sparks.draw_posts((0,)).draw('<"')


# --- Words ------------------------------------------------------------------------------------------


def test_every_word_of_health_outcomes_and_refreshes_can_be_told_in_any_language():
    assert {*get_args(HealthWord), *get_args(OutcomeKind), *get_args(RefreshState)} == {*WORDS}
    assert (told("failing"), told("another")) == ("failing", "another")


# --- Other long lists -------------------------------------------------------------------------------


def test_the_status_page_shows_so_many_in_trouble_and_leads_to_all_of_them(client, store):
    with store.write() as db:
        for number in range(MOST_TOLD + 1):
            save_state(db, shelf_add(db, f"s{number:03}"), FAILING)
    text = client.get("/status/").text

    assert text.count("<h3>") == MOST_TOLD
    assert f"Only the first {MOST_TOLD} in trouble are shown." in text
    assert 'href="/sources/?sort=state"' in text
    assert Page(text).problems == []
    assert len(client.get("/api/v1/status").json["failing"]) == MOST_TOLD + 1


def test_of_what_is_kept_out_as_much_is_shown_as_can_be_read(client, shelf, store):
    source = shelf.source()
    shelf.entries(source, MOST_TOLD + 1)
    with store.write() as db:
        for number in range(1, MOST_TOLD + 2):
            quarantine(db, f"https://a.example/{number}", "its id is no IRI", NOW)
    text = client.get("/status/").text

    assert text.count("its id is no IRI") == MOST_TOLD
    assert "lists them all" in text
    assert len(client.get("/api/v1/status").json["quarantined"]) == MOST_TOLD + 1


def test_a_refresh_of_many_sources_shows_some_of_each_outcome(client, shelf, store):
    source, secret = shelf.source(), shelf.source("https://b.example/", name="Secret", private=True)
    with store.write() as db:
        asked = ask_refresh(db, RefreshRequest("cli"), NOW)
        for _ in range(MOST_SHOWN + 2):
            record_poll(db, source, PollOutcome("unchanged", NOW, NOW), asked.id)
        record_poll(db, secret, PollOutcome("failed", NOW, NOW, error="no tea", status=418), asked.id)
        end_refresh(db, asked.id, NOW)
    text = client.get(f"/refreshes/{asked.id}/").text

    assert text.count("A Paper</a>") == MOST_SHOWN
    assert "2 more are not shown." in text
    assert f"{MOST_SHOWN + 3} sources polled" in text
    assert "A private source" in text
    assert "Secret" not in text
    assert "tea" not in text
    assert Page(text).problems == []


def test_thousands_of_categories_come_in_pages(client, shelf):
    source = shelf.source()
    shelf.entry(source, categories=tuple(f"c{number:03}" for number in range(CATEGORIES + 1)))
    first = client.get("/categories/").text
    [following] = re.findall(r'href="(/categories/\?after=[^"]*)" rel="next"', first)
    second = client.get(following).text

    assert first.count('<span class="note">1 entry</span>') == CATEGORIES
    assert second.count('<span class="note">1 entry</span>') == 1
    assert f"c{CATEGORIES:03}" in second
    assert Page(first).problems == Page(second).problems == []
    assert "No more categories follow." in client.get("/categories/?after=z").text
    assert client.get("/categories/?after=a%00").status_code == 404


def test_a_category_with_very_many_entries_is_told_to_have_more_than_are_counted(client, shelf, monkeypatch):
    monkeypatch.setattr("feeds.store.views.MOST_COUNTED", 2)
    monkeypatch.setattr("feeds.web.pages.MOST_COUNTED", 2)
    shelf.entries(shelf.source(), 3, categories=("Many",))

    assert "more than 2 entries" in client.get("/categories/").text
