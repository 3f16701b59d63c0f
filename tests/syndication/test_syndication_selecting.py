"""Feeds of what parameters select: their addresses and pages, what is kept of them, what they may cost."""

import json
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from syndication_samples import SITE

from feeds.errors import QueryError, TooSlowError
from feeds.model import ALL, Changes, Declaration, Entry, FreshEntry, Placed, Selection, View
from feeds.store import entries, open_store, selections, sources, twins
from feeds.store.site import ensure_site, note_limit
from feeds.store.view_schema import editions as stored_editions
from feeds.syndication import FORMATS, addresses, failures, selecting
from feeds.syndication.editions import Editions
from feeds.syndication.failures import PAUSE, Failures
from feeds.syndication.selecting import list_parameters, name_parameters, narrow, read_selected
from feeds.syndication.works import of_view

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
    assert identify() == identify(since=selecting.EPOCH)  # the pages of a feed that begins with a flood
    assert len({identify(), identify(language="zh"), identify(query="zh"), identify(is_folded=True)}) == 4


def test_a_search_is_addressed_by_its_query():
    assert QUERY.path == "/search/?q=%E5%8F%B0%E7%81%A3%201"
    assert QUERY.address("rss.xml", before="k") == "/search/rss.xml?q=%E5%8F%B0%E7%81%A3%201&before=k"
    assert addresses.feed_url(SITE, QUERY, "rss.xml") == f"{SITE.base_url}{QUERY.address('rss.xml')}"
    assert View("search", "新闻").path == "/searches/%E6%96%B0%E9%97%BB/"


# --- Pages ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_folded", [False, True])
@pytest.mark.parametrize("portion", [1, 2, 100])
def test_a_page_ends_where_a_document_has_no_room_and_the_next_goes_on(
    store, monkeypatch, portion, is_folded
):
    monkeypatch.setattr(selections, "PORTION", portion)
    for room in (selections, twins):
        monkeypatch.setattr(room, "MOST_TEXT", 250)
    put(store, content="x" * 100)
    found, lengths, selection = [], [], Selection(limit=6, is_folded=is_folded)
    while True:
        with store.read() as db:
            page, frame, _ = read_selected(db, SITE, ALL, "feed.json", selection)
        found += [stored.entry.title for stored in page]
        lengths.append(len(page))
        if frame.next is None:
            break
        selection = replace(select_as(frame.next), is_folded=is_folded)

    assert found == [f"台灣 {n}" for n in range(7)]
    assert max(lengths) < 4
    assert min(lengths) >= 1


def test_an_entry_that_is_too_long_for_any_page_has_its_own(store, monkeypatch):
    monkeypatch.setattr(selections, "MOST_TEXT", 50)
    put(store, 3, content="x" * 100)
    page, frame, _ = read(store, limit=3)

    assert [stored.entry.title for stored in page] == ["台灣 0"]
    assert select_as(frame.next).before == page[0].key


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


def test_a_page_follows_an_entry_that_has_become_private(store):
    put(store, 4)
    _, frame, _ = read(store, limit=2)
    with store.write() as db:
        hidden = Declaration("https://paper.example/feed.xml", private=True)
        sources.add_source(db, hidden, "hand", NOW)
        radio = sources.add_source(db, Declaration("https://radio.example/feed.xml"), "hand", NOW)
        other = FreshEntry(Entry("https://radio.example/1", link="https://radio.example/1"), hash="1")
        entries.apply_changes(db, radio, Changes(new=(Placed(other, NOW - timedelta(days=1)),)), NOW)

    page, rest, _ = read(store, limit=2, before=select_as(frame.next).before)
    assert [stored.entry.id for stored in page] == ["https://radio.example/1"]
    assert rest.next is None


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
    [other, related] = shown[0].related
    assert (related.url, related.title, related.source_title) == (
        "https://paper.example/1",
        "Same",
        "The Paper",
    )
    assert other.url == "https://paper.example/0"


@pytest.mark.parametrize("name", ["rss.xml", "feed.json"])
def test_a_live_feed_without_archives_leads_on_to_all_entries(store, monkeypatch, name):
    with store.write() as db:
        ensure_site(db, SITE.base_url, NOW)
        note_limit(db, 3)
    put(store, 7)
    frames = []
    monkeypatch.setitem(FORMATS, name, spy(FORMATS[name], frames))
    Editions(store, lambda: replace(SITE, limit=3), "1").find(ALL, name, NOW)
    Editions(store, lambda: replace(SITE, limit=7), "1").find(ALL, name, NOW)

    [(shown, frame), (_, whole)] = frames
    assert frame.url is None
    assert frame.next == f"{SITE.base_url}/{name}?before={shown[2].key}"  # behind the newest three
    assert whole.next is None


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_complete_leads_nowhere(store, made, monkeypatch, name):
    put(store, 7)  # none of which an archive document holds
    frames = []
    monkeypatch.setitem(FORMATS, name, spy(FORMATS[name], frames))
    Editions(store, lambda: replace(SITE, limit=3), "1").find(ALL, name, NOW)

    [(shown, frame)] = frames
    assert len(shown) == 7
    assert frame.is_complete
    assert frame.next is None


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
    later = NOW + timedelta(seconds=1)
    after = [made.find(view, "rss.xml", later) for view in (QUERY, saved)]

    assert after[0].etag != before[0]
    assert after[1].etag != before[1]
    assert after[1].modified == later


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
    monkeypatch.setattr(selecting, "list_fitting", endless)

    with pytest.raises(TooSlowError):
        made.find(QUERY, "feed.json", NOW)


def endless(db, *_, **__):
    db.exec_driver_sql(
        "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
    )


def test_who_waits_for_a_search_that_takes_too_long_is_told_at_once(store, made, monkeypatch):
    put(store)
    asked = []

    def list_slowly(*_):
        asked.append(1)
        time.sleep(0.2)
        raise TooSlowError("what was asked takes longer than it may")

    monkeypatch.setattr(selecting, "list_fitting", list_slowly)
    told = []

    def ask():
        with pytest.raises(TooSlowError) as caught:
            made.find(QUERY, "feed.json", NOW)
        told.append(str(caught.value))

    threads = [threading.Thread(target=ask) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert told == ["what was asked takes longer than it may"] * 5
    assert len(asked) == 1


def test_what_takes_too_long_is_tried_again_later(store, made, monkeypatch):
    put(store)
    with monkeypatch.context() as patch:
        patch.setattr(selecting, "MOST_SECONDS", 0.05)
        patch.setattr(selecting, "list_fitting", endless)
        with pytest.raises(TooSlowError):
            made.find(QUERY, "feed.json", NOW)
    with pytest.raises(TooSlowError):
        made.find(QUERY, "feed.json", NOW + PAUSE / 2)

    assert b"1" in made.find(QUERY, "feed.json", NOW + PAUSE).body
    assert made.find(QUERY, "rss.xml", NOW)


def test_only_so_many_slow_searches_are_remembered(store, monkeypatch):
    monkeypatch.setattr(failures, "MOST", 2)
    slow = Failures(store)
    for n in range(3):
        slow.remember_slow((f"query:{n}", "rss.xml"), TooSlowError("too slow"), NOW)

    slow.raise_slow(("query:0", "rss.xml"), NOW)
    for n in (1, 2):
        with pytest.raises(TooSlowError):
            slow.raise_slow((f"query:{n}", "rss.xml"), NOW)


@pytest.mark.parametrize(
    ("view", "selection", "expected"),
    [
        (ALL, Selection(limit=20), False),
        (ALL, Selection(is_full=False, since=NOW, before="k"), False),
        (ALL, Selection(limit=201), True),
        (ALL, Selection(language="zh"), True),
        (ALL, Selection(query="a"), True),
        (ALL, Selection(is_folded=True), True),
        (QUERY, Selection(), True),
        (View("search", "s", query="a"), Selection(limit=20), True),
    ],
)
def test_only_what_costs_more_than_a_walk_takes_turns(view, selection, expected):
    assert of_view(view, "rss.xml", selection).is_costly is expected


def test_a_saved_search_is_kept_and_takes_no_turn():
    assert not of_view(View("search", "s", query="a"), "rss.xml").is_costly
