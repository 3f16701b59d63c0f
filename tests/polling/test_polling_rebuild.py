"""Stores built from the same inputs serve the same bytes: whenever, in whatever order, on either database."""

import os
import shutil
from datetime import UTC, datetime, timedelta

import pytest
from polling_installation import Installation
from polling_server import response

from feeds.daemon.composing import SEEDS, prepare_store
from feeds.model import ALL, Declaration, View
from feeds.store import entries, open_store, sources, views
from feeds.store.site import ensure_site
from feeds.syndication import FORMATS

SEED = """<!--{timestamp}-->
[{title}]({link})
------

{body}
"""
DAY = 86_400_000  # milliseconds
LONG_AGO = 1_767_225_600  # seconds; when the files were written


def item(guid, title, day, categories=(), text="Text"):
    labels = "".join(f"<category>{label}</category>" for label in categories)
    return (
        f"<item><title>{title}</title><link>{guid}</link><guid>{guid}</guid>{labels}"
        f"<pubDate>{day:02} Feb 2026 10:00:00 GMT</pubDate><description>{text}</description></item>"
    )


def rss(title, link, *items):
    head = f"<title>{title}</title><link>{link}</link>"
    return response(body=f"<rss version='2.0'><channel>{head}{''.join(items)}</channel></rss>".encode())


#: Several bring one entry and word it otherwise, one is of another's site, labels differ by their capitals.
SHARED = "http://a.example/shared"
FEEDS = {
    "/all": rss(
        "All",
        "http://a.example/",
        item(SHARED, "Shared", 3, ["Tech"], "As all"),
        *(item(f"http://a.example/{n}", f"Same day {n}", 2) for n in range(5)),
    ),
    "/tech": rss(
        "Tech",
        "http://a.example/tech/",
        item(SHARED, "Shared!", 4, ["tech", "Gadgets"], "As tech"),
        item("http://a.example/late", "Late", 1, ["TECH"]),
    ),
    "/planet": rss("A planet", "http://b.example/", item(SHARED, "Copied", 5, ["gadgets"], "Copied")),
    "/ids": rss("Ids", "http://c.example/", *(item(f"guid {n}", f"Plain {n}", 2 + n) for n in range(9))),
}
PAGE = b"""<html lang=en><head><title>A page</title><meta property="article:published_time"
content="2026-01-05T10:00:00Z"></head><body><article><h1>A page</h1><p>%s</p></article></body></html>"""


def write_seeds(folder, page):
    """Files with times of their own; two hold one article, one names a page."""
    articles = {
        "news/a.txt": ("甲", "http://d.example/1", LONG_AGO * 1000, "文"),
        "news/b.txt": ("甲", "http://d.example/1", LONG_AGO * 1000, "文，改過的"),
        "old/c.txt": ("乙", "http://e.example/2", LONG_AGO * 1000 - DAY, "文"),
    }
    texts = {"old/note.md": "# A note\n\nWritten once.\n", "links.txt": f"{page}\n"}
    for name, (title, link, timestamp, body) in articles.items():
        texts[name] = SEED.format(title=title, link=link, timestamp=timestamp, body=body)
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        os.utime(path, (LONG_AGO, LONG_AGO))


@pytest.fixture
def build(tmp_path, made_store, running_reader):
    """Build a store from scratch: its inputs, the moment, the order in which sources answer."""
    built = []

    def make(fill, urls, now, *, order=1, url=None):
        folder = tmp_path / str(len(built))
        folder.mkdir()
        shutil.copy(made_store, folder / "feeds.db")
        here = Installation.at(folder, *running_reader)
        built.append(here)
        here.now = now
        if url:
            here.store.close()
            here.store = open_store(url)
            prepare_store(here.store, here.settings)
        fill(here.seeds)
        with here.store.write() as db:
            sources.sync_door(db, "hand", [Declaration(url) for url in urls], now)
        for source in [SEEDS.url, *urls][::order]:
            here.now += timedelta(seconds=7)
            here.poll(source)
            if source == SEEDS.url:
                here.fetch_pages()
        return here

    yield make
    for here in built:
        here.store.close()


def documents(here):
    """Every document of every view, of the entries with a date of their own, by view and format."""
    with here.store.write() as db:
        site = here.settings.describe_site(*ensure_site(db, here.settings.base_url, here.now))
        found = [ALL, *(view for view, _ in views.list_categories(db))]
        found += [views.find_view(db, "source", source.slug) for source in sources.list_sources(db)]
        shown = {
            view: [one for one in entries.list_entries(db, view, 10_000) if is_dated(one)] for view in found
        }
        return {
            (view.key, name): format.render(view, site, chosen)
            for view, chosen in shown.items()
            for name, format in FORMATS.items()
            if chosen  # a feed of nothing is dated by the start of the site
        }


def is_dated(stored):
    date = stored.entry.published or stored.entry.updated
    return date is not None and date <= stored.first_seen


NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = datetime(2026, 9, 9, 9, 9, 9, 99, tzinfo=UTC)


@pytest.fixture
def inputs(serve):
    page = response(body=PAGE % (b"The lamp burns all night. " * 40), content_type="text/html")
    server = serve(lambda asked: FEEDS.get(asked.path, page))
    base = server.url.removesuffix("/feed")
    return lambda seeds: write_seeds(seeds, f"{base}/page"), [f"{base}{path}" for path in FEEDS]


def test_a_store_that_is_built_anew_serves_the_same_bytes(build, inputs):
    first = documents(build(*inputs, NOW))
    again = documents(build(*inputs, LATER, order=-1))

    assert {key for key, _ in first} >= {ALL.key, "source:d-example", "category:tech"}
    assert first == again


def test_on_the_other_database_they_are_the_same(build, inputs, postgresql):
    first = documents(build(*inputs, NOW))
    again = documents(build(*inputs, LATER, order=-1, url=postgresql()))

    assert first == again


def test_of_several_sources_the_one_whose_site_it_is_speaks_for_an_entry(build, inputs):
    for order in (1, -1):
        here = build(*inputs, NOW, order=order)
        [shared] = [stored for stored in here.entries() if stored.entry.id == SHARED]
        with here.store.read() as db:
            listed = [
                source.title
                for source in sources.list_sources(db, ("feed",))
                if shared.entry.id
                in [one.entry.id for one in entries.list_entries(db, View("source", source.slug), 99)]
            ]

        assert (shared.entry.title, shared.source.title, shared.versions) == ("Shared", "All", 1)
        assert listed == ["A planet", "All", "Tech"]


def test_an_entry_is_not_taken_from_whoever_brought_it_in_an_earlier_round(build, inputs):
    fill, urls = inputs
    here = build(fill, [url for url in urls if url.endswith("/tech")], NOW)
    here.pass_time(hours=2)
    here.subscribe(urls[0])
    here.pass_time(seconds=1)
    here.poll(urls[0])
    [shared] = [stored for stored in here.entries() if stored.entry.id == SHARED]

    assert shared.entry.title == "Shared!"


def test_real_feeds_and_seeds_give_the_same_bytes(build, shared, serve):
    files = {f"/{path.name}": path.read_bytes() for path in sorted((shared / "corpus/feeds").glob("*.xml"))}
    server = serve(lambda asked: response(body=files[asked.path]))
    urls = [f"{server.url.removesuffix('/feed')}{path}" for path in files]

    def fill(folder):
        for path in (shared / "corpus/seeds").glob("*.txt"):
            shutil.copy2(path, folder)

    first = documents(build(fill, urls, NOW + timedelta(days=2000)))
    again = documents(build(fill, urls, NOW + timedelta(days=2100), order=-1))

    assert len(first) > 3 * len(files)
    assert sorted(key for key in first.keys() | again.keys() if first.get(key) != again.get(key)) == []
