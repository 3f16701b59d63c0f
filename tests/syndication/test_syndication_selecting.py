"""Feeds of what parameters select: their addresses and pages, what is kept of them, what they may cost."""

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from syndication_samples import SITE

from feeds.errors import QueryError, TooSlowError
from feeds.model import ALL, Changes, Declaration, Entry, FreshEntry, Placed, Selection, View
from feeds.store import entries, open_store, sources
from feeds.store.view_schema import editions as stored_editions
from feeds.syndication import FORMATS, addresses, selecting
from feeds.syndication.editions import Editions
from feeds.syndication.selecting import list_parameters, name_parameters, narrow, read_selected
from feeds.syndication.turns import Turns

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
QUERY = View("query", "台灣 1", title="台灣 1", query="台灣 1")


@pytest.fixture
def store(tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'feeds.db'}")
    yield store
    store.close()


@pytest.fixture
def made(store):
    return Editions(store, lambda: SITE, "1")


def put(store, count=7, **facts):
    """Store entries, each a minute older than the last."""
    new = []
    for n in range(count):
        link = f"https://paper.example/{n}"
        entry = Entry(
            link, link=link, published=NOW - timedelta(minutes=n), **({"title": f"台灣 {n}"} | facts)
        )
        new.append(Placed(FreshEntry(entry, hash=link), entry.published))
    with store.write() as db:
        declaration = Declaration("https://paper.example/feed.xml", name="The Paper")
        source = sources.add_source(db, declaration, "hand", NOW)
        entries.apply_changes(db, source, Changes(new=tuple(new)), NOW)


def read(store, view=ALL, **selected):
    with store.read() as db:
        return read_selected(db, SITE, view, "feed.json", Selection(**selected))


def select_as(address):
    """The selection that an address of ours asks for."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    limit = asked.get("limit")
    return Selection(limit=int(limit) if limit else None, query=asked.get("q"), before=asked.get("before"))


# --- Addresses --------------------------------------------------------------------------------------


def test_parameters_are_written_in_one_way_without_defaults():
    selection = Selection(
        limit=5, since=NOW, language="zh-hans", query="a & b", is_full=False, is_folded=True
    )

    assert name_parameters(Selection()) == ""
    assert list(list_parameters(selection)) == ["fold", "full", "lang", "limit", "q", "since"]
    assert (
        name_parameters(selection)
        == "fold=1&full=0&lang=zh-hans&limit=5&q=a%20%26%20b&since=2024-06-01T12%3A00%3A00Z"
    )


def test_what_is_selected_is_a_feed_of_its_own_and_its_pages_are_one():
    def identify(**selected):
        return addresses.feed_id(SITE, narrow(ALL, Selection(**selected)))

    assert identify() == identify(limit=3) == identify(before="k") == addresses.feed_id(SITE, ALL)
    assert len({identify(), identify(language="zh"), identify(query="zh"), identify(is_folded=True)}) == 4


def test_a_search_is_addressed_by_its_query():
    assert QUERY.path == "/search/?q=%E5%8F%B0%E7%81%A3%201"
    assert QUERY.address("rss.xml", before="k") == "/search/rss.xml?q=%E5%8F%B0%E7%81%A3%201&before=k"
    assert addresses.feed_url(SITE, QUERY, "rss.xml") == f"{SITE.base_url}{QUERY.address('rss.xml')}"
    assert View("search", "新闻").path == "/searches/%E6%96%B0%E9%97%BB/"


# --- Pages ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
def test_the_pages_of_a_selection_hold_each_entry_once(store, limit):
    put(store)
    found, selection = [], Selection(limit=limit, query="台灣")
    while True:
        with store.read() as db:
            page, frame, _ = read_selected(db, SITE, ALL, "feed.json", selection)
        assert frame.url == f"{SITE.base_url}{ALL.address('feed.json', **list_parameters(selection))}"
        found += [stored.entry.title for stored in page]
        if frame.next is None:
            break
        selection = select_as(frame.next)

    assert found == [f"台灣 {n}" for n in range(7)]


def test_what_arrives_meanwhile_shifts_no_page(store):
    put(store, 4)
    _, frame, _ = read(store, limit=2)
    put(store, 6)  # none of these, and two that are older

    page, _, _ = read(store, limit=2, before=select_as(frame.next).before)
    assert [stored.entry.title for stored in page] == ["台灣 2", "台灣 3"]


def test_the_page_after_an_entry_nobody_knows_is_refused(store):
    with pytest.raises(QueryError, match="not here"):
        read(store, before="a" * 26)


def test_summaries_alone_are_asked_for_by_the_frame(store):
    put(store)

    assert read(store, is_full=False)[1].is_full is False
    assert read(store)[1].is_full is True


def test_a_folded_entry_tells_of_the_others(store):
    put(store, 3, title="Same")
    shown, _, _ = read(store, is_folded=True)

    assert [stored.entry.link for stored in shown] == ["https://paper.example/2"]
    [related, other] = shown[0].related
    assert (related.url, related.title, related.source_title) == (
        "https://paper.example/1",
        "Same",
        "The Paper",
    )
    assert other.url == "https://paper.example/0"


def test_a_live_json_feed_leads_on_to_all_entries(store, made, monkeypatch):
    put(store, 7)
    frames = []
    monkeypatch.setitem(FORMATS, "feed.json", spy(FORMATS["feed.json"], frames))
    Editions(store, lambda: replace(SITE, limit=3), "1").find(ALL, "feed.json", NOW)
    Editions(store, lambda: replace(SITE, limit=7), "1").find(ALL, "feed.json", NOW)

    [(shown, frame), (_, whole)] = frames
    assert frame.url is None
    assert frame.next == f"{SITE.base_url}/feed.json?before={shown[2].key}"  # behind the newest three
    assert whole.next is None


def spy(format, frames):
    def render(view, site, shown, frame):
        frames.append((shown, frame))
        return format.render(view, site, shown, frame)

    return replace(format, render=render)


# --- What is kept -----------------------------------------------------------------------------------


def test_nothing_is_stored_of_what_anybody_may_ask_for(store, made):
    put(store)
    for view, selection in ((QUERY, Selection()), (ALL, Selection(limit=2))):
        edition = made.find(view, "feed.json", NOW, selection)
        assert edition.modified is None
        assert made.find(view, "feed.json", NOW, selection) is edition

    with store.read() as db:
        assert db.execute(stored_editions.select()).all() == []


def test_a_new_entry_makes_a_new_edition_of_a_search(store, made):
    put(store, 1)
    saved = View("search", "s", title="S", query="台灣")
    before = [made.find(view, "rss.xml", NOW).etag for view in (QUERY, saved)]
    put(store, 2)
    after = [made.find(view, "rss.xml", NOW) for view in (QUERY, saved)]

    assert after[0].etag != before[0]
    assert after[1].etag != before[1]
    assert after[1].modified == NOW + timedelta(seconds=1)


def test_what_strangers_ask_for_pushes_out_no_feed(store):
    put(store)
    made = Editions(store, lambda: SITE, "1", most_bytes=20_000)
    live = made.find(ALL, "feed.json", NOW)
    for limit in range(1, 8):
        made.find(ALL, "feed.json", NOW, Selection(limit=limit))

    assert made.find(ALL, "feed.json", NOW) is live
    assert made._passing._bytes <= 20_000


def test_an_edition_of_a_selection_is_read_as_it_was_asked_for(store, made):
    put(store)
    document = json.loads(made.find(QUERY, "feed.json", NOW).body)

    assert [item["title"] for item in document["items"]] == ["台灣 1"]
    assert document["feed_url"] == f"{SITE.base_url}{QUERY.address('feed.json')}"
    assert document["title"].startswith("台灣 1 – ")


def test_an_entry_that_cannot_be_rendered_is_quarantined_here_too(store, made):
    put(store, 2)
    with store.write() as db:
        bad = Entry("no iri", link="https://paper.example/bad", title="台灣 1", published=NOW)
        source = sources.find_source(db, "the-paper")
        entries.apply_changes(db, source, Changes(new=(Placed(FreshEntry(bad, hash="x"), NOW),)), NOW)
    document = json.loads(made.find(QUERY, "feed.json", NOW).body)

    assert len(document["items"]) == 1
    with store.read() as db:
        assert [one.id for one in entries.list_quarantined(db)] == ["no iri"]


# --- What it may cost -------------------------------------------------------------------------------


def test_a_search_that_takes_too_long_is_given_up(store, made, monkeypatch):
    put(store)
    monkeypatch.setattr(selecting, "MOST_SECONDS", 0.05)
    monkeypatch.setattr(selecting, "list_selected", endless)

    with pytest.raises(TooSlowError):
        made.find(QUERY, "feed.json", NOW)


def endless(db, *_, **__):
    db.exec_driver_sql(
        "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
    )


def test_no_more_than_so_many_searches_are_carried_out_at_once():
    turns = Turns(at_once=1, patience=0.05)
    with turns.take():
        refused = []

        def ask():
            try:
                with turns.take():
                    pass
            except TooSlowError as error:
                refused.append(str(error))

        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
    with turns.take():
        pass

    assert refused == ["too many searches were asked for at once"]
