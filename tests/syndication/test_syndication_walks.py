"""Whoever follows the pages of a feed comes to every entry of its view, floods among them."""

import json
import random
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from syndication_rules import ATOM
from syndication_samples import SITE

from feeds.model import ALL, Changes, Declaration, Entry, FreshEntry, Placed, Selection, View
from feeds.store import entries, open_store, sources
from feeds.store.selections import list_selected
from feeds.store.site import ensure_site, note_limit
from feeds.syndication import FORMATS
from feeds.syndication.editions import Editions
from feeds.syndication.selecting import name_parameters, read_selected

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
COUNT = 24  # entries of a store
LIMIT = 5  # of a live feed

VIEWS = [
    ALL,
    View("source", "paper-1", title="Paper 1"),
    View("category", "towns", title="Towns"),
    View("search", "word", title="Word", query="word"),
    View("query", "word", title="word", query="word"),
]

#: Which entries are floods, the newest first.
FLOODS = {
    "none": lambda chance, n: False,
    "the newest": lambda chance, n: n < 7,
    "the oldest": lambda chance, n: n > 12,
    "here and there": lambda chance, n: chance.random() < 0.4,
    "everything": lambda chance, n: True,
}

SELECTIONS = st.builds(
    Selection,
    limit=st.sampled_from((None, 2, 4, 15, 100)),
    since=st.sampled_from((None, NOW - timedelta(hours=40))),
    language=st.sampled_from((None, "zh", "en")),
    query=st.sampled_from((None, "word 1")),
    is_full=st.booleans(),
    is_folded=st.booleans(),
)


def fill(store, is_flood):
    """Store entries of two sources, three hours apart, many of them twins by title or page."""
    chance = random.Random(7)
    with store.write() as db:
        ensure_site(db, SITE.base_url, NOW)
        note_limit(db, LIMIT)
        papers = [
            sources.add_source(db, Declaration(f"https://p{n}.example/", name=f"Paper {n}"), "hand", NOW)
            for n in range(2)
        ]
        for n in range(COUNT):
            entry = Entry(
                id=f"https://paper.example/id/{n}",
                link=f"https://paper.example/{chance.randrange(18)}?utm_source={n}",
                title=f"word {chance.randrange(9)}",
                published=NOW - timedelta(hours=3 * n),
                categories=("Towns",) if chance.random() < 0.7 else (),
                language=chance.choice(("en", "zh-Hans", None)),
            )
            placed = Placed(FreshEntry(entry, hash=entry.id), entry.published, flooded=is_flood(chance, n))
            entries.apply_changes(db, chance.choice(papers), Changes(new=(placed,)), NOW)


@pytest.fixture(scope="module", params=FLOODS)
def store(request, tmp_path_factory, made_store):
    path = tmp_path_factory.mktemp("walks") / "feeds.db"
    shutil.copy(made_store, path)
    store = open_store(f"sqlite:///{path}")
    fill(store, FLOODS[request.param])
    yield store
    store.close()


def read(body, format):
    """Return (links of its entries, links of those they stand for, address of the page that follows)."""
    if format == "feed.json":
        feed = json.loads(body)
        related = [one["url"] for item in feed["items"] for one in item.get("_related", ())]
        return [item["url"] for item in feed["items"]], related, feed.get("next_url")
    root = etree.fromstring(body)
    head, of_items = (root, f"{ATOM}entry") if format == "atom.xml" else (root[0], "item")
    following = [link.get("href") for link in head.iterfind(f"{ATOM}link") if link.get("rel") == "next"]
    shown, related = [], []
    for item in head.iterfind(of_items):
        links = list(item.iterfind(f"{ATOM}link"))
        related += [link.get("href") for link in links if link.get("rel") == "related"]
        alternate = [link.get("href") for link in links if link.get("rel", "alternate") == "alternate"]
        shown += alternate or [item.findtext("link")]
    return shown, related, following[0] if following else None


def select_as(address):
    """The selection that an address of ours asks for."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    limit, since = asked.get("limit"), asked.get("since")
    return Selection(
        limit=int(limit) if limit else None,
        since=datetime.fromisoformat(since) if since else None,
        language=asked.get("lang"),
        query=asked.get("q"),
        before=asked.get("before"),
        is_full=asked.get("full") != "0",
        is_folded=asked.get("fold") == "1",
    )


def walk(turn_page, view, format, selection):
    """Return (links that were shown, links that those name besides), each page from first to last."""
    found, named = [], []
    for _ in range(3 * COUNT):
        shown, related, following = turn_page(view, format, selection)
        found += shown
        named += related
        if following is None:
            return found, named
        assert urlsplit(following).path.endswith(f"/{format}")
        selection = select_as(following)
        if view.kind == "query":
            selection = replace(selection, query=None)
    raise AssertionError("there is always another page")


@pytest.fixture(scope="module")
def find_page(store):
    """What a page tells, as `read` does, without writing it down first."""

    def find(view, format, selection):
        with store.read() as db:
            page, frame, _ = read_selected(db, replace(SITE, limit=LIMIT), view, format, selection)
        return [one.entry.link for one in page], [r.url for one in page for r in one.related], frame.next

    return find


@pytest.fixture(scope="module")
def open_page(store):
    """What the document of a page tells."""
    editions = Editions(store, lambda: replace(SITE, limit=LIMIT), "1")
    return lambda view, format, selection: read(editions.find(view, format, NOW, selection).body, format)


def list_links(store, view, selection):
    with store.read() as db:
        return {one.entry.link for one in list_selected(db, view, selection, 10 * COUNT)}


@settings(max_examples=40, deadline=None)
@given(view=st.sampled_from(VIEWS), format=st.sampled_from(list(FORMATS)), selection=SELECTIONS)
def test_the_pages_of_what_is_selected_lead_to_all_of_it(store, find_page, view, format, selection):
    if view.kind == "query":
        selection = replace(selection, query=None)
    found, named = walk(find_page, view, format, selection)

    assert {*found, *named} == list_links(store, view, selection)
    assert selection.is_folded or not named


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    "selection",
    [Selection(limit=7), Selection(language="zh", is_full=False), Selection(limit=7, is_folded=True)],
    ids=name_parameters,
)
def test_the_documents_of_pages_lead_to_the_same(store, open_page, find_page, format, selection):
    assert walk(open_page, ALL, format, selection) == walk(find_page, ALL, format, selection)


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.kind)
@pytest.mark.parametrize("format", FORMATS)
def test_a_live_feed_leads_to_all_there_is(store, open_page, view, format):
    if format == "atom.xml" and view.kind not in ("search", "query"):
        assert open_page(view, format, Selection())[2] is None  # it has archive documents
    else:
        assert set(walk(open_page, view, format, Selection())[0]) == list_links(store, view, Selection())


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.kind)
@pytest.mark.parametrize("is_folded", [False, True])
def test_the_first_page_leaves_out_floods_unless_one_searches(store, find_page, view, is_folded):
    with store.read() as db:
        live = {one.entry.link for one in list_selected(db, view, Selection(is_live=True), 10 * COUNT)}
    shown, related, _ = find_page(view, "feed.json", Selection(limit=100, is_folded=is_folded))

    assert {*shown, *related} == (live if view.kind != "query" else list_links(store, view, Selection()))
