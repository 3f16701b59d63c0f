"""Stores built from the same inputs serve the same bytes: whenever, in whatever order, on either database."""

import os
import shutil
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from polling_installation import Installation
from polling_server import response

from feeds.daemon.composing import SEEDS, prepare_store
from feeds.model import ALL, Declaration, View
from feeds.polling.poll import Poller
from feeds.polling.seeds.poll import SeedsPoll
from feeds.store import entries, open_store, sources, views
from feeds.store.site import ensure_site
from feeds.syndication import FORMATS
from feeds.syndication.editions import Editions

LISTS = ("opml.xml", "feeds.opml")

SEED = """<!--{timestamp}-->
[{title}]({link})
------

{body}
"""
DAY = 86_400_000  # milliseconds
LONG_AGO = 1_767_225_600  # seconds; when the files were written


def item(guid, title, day, categories=(), text="Text"):
    date = format_datetime(datetime(2026, 1, 31, 10, tzinfo=UTC) + timedelta(days=day))
    labels = "".join(f"<category>{label}</category>" for label in categories)
    return (
        f"<item><title>{title}</title><link>{guid}</link><guid>{guid}</guid>{labels}"
        f"<pubDate>{date}</pubDate><description>{text}</description></item>"
    )


def rss(title, link, *items):
    head = f"<title>{title}</title><link>{link}</link>"
    return response(body=f"<rss version='2.0'><channel>{head}{''.join(items)}</channel></rss>".encode())


def many(site, count, start=0.0):
    """So many entries of a site, an hour apart."""
    return [item(f"{site}{n}", f"{site} {n}", 1 + start + n / 24) for n in range(count)]


#: Several bring one entry and word it otherwise, one is of another's site, labels differ by their capitals.
#: There are more entries than documents take, and floods of which others take a part.
SHARED = "http://a.example/shared"
FEEDS = {
    "/all": rss(
        "All",
        "http://a.example/",
        item(SHARED, "Shared", 3, ["Tech", "News"], "As all"),
        *(item(f"http://a.example/{n}", f"Same day {n}", 2) for n in range(5)),
    ),
    "/tech": rss(
        "Tech",
        "http://a.example/tech/",
        item(SHARED, "Shared!", 4, ["tech", "Gadgets"], "As tech"),
        item("http://a.example/late", "Late", 1, ["TECH"]),
    ),
    "/planet": rss(
        "A planet", "http://b.example/", item(SHARED, "Copied", 5, ["gadgets", "NEWS", "Planet"], "Copied")
    ),
    "/ids": rss("Ids", "http://c.example/", *(item(f"guid {n}", f"Plain {n}", 2 + n) for n in range(9))),
    "/copies": rss("Copies", "http://x.example/", *many("http://f.example/", 27)),
    "/floods": rss(
        "Floods", "http://f.example/", *(many("http://f.example/", 27)[n] for n in (0, 3, 25, 26))
    ),
    **{
        f"/site{n}": rss(f"Site {n}", f"http://{n}.example/", *many(f"http://{n}.example/", 22 + n, n / 100))
        for n in range(5)
    },
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
    texts = {"links.txt": f"{page}\n"}
    for name, (title, link, timestamp, body) in articles.items():
        texts[name] = SEED.format(title=title, link=link, timestamp=timestamp, body=body)
    write_files(folder, texts)


def write_files(folder, texts):
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        os.utime(path, (LONG_AGO, LONG_AGO))


@pytest.fixture
def build(tmp_path, made_store, running_reader):
    """Build a store from scratch: its inputs, the moment, the order in which sources answer."""
    built = []

    def make(fill, urls, now, *, order=(), url=None):
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
        here.poll_round(*(order or [SEEDS.url, *urls]))
        return here

    yield make
    for here in built:
        here.store.close()


def editions(here):
    """The bytes of every feed, of every archive document and of the lists, by view and name."""
    found, views = open_editions(here)
    served = {(view.key, name): found.find(view, name, here.now).body for view in views for name in FORMATS}
    for view in views:
        number = 1
        while document := found.find_archive(view, number, here.now):
            served[view.key, number] = document.body
            number += 1
    return served | {("list", name): found.find_list(name, here.now).body for name in LISTS}


def open_editions(here):
    """Return the editions, and the views with entries: a feed of nothing is dated by the site's start."""
    site = find_site(here)
    with here.store.read() as db:
        found = [view for view in list_views(db) if entries.list_entries(db, view, 1)]
    return Editions(here.store, lambda: site, "1"), found


def find_site(here):
    with here.store.write() as db:
        return here.settings.describe_site(*ensure_site(db, here.settings.base_url, here.now))


def list_views(db):
    of_sources = [views.find_view(db, "source", source.slug) for source in sources.list_sources(db)]
    return [ALL, *(view for view, _ in views.list_categories(db)), *of_sources]


def documents(here):
    """Every document of every view, of the entries with a date of their own, by view and format."""
    site = find_site(here)
    with here.store.read() as db:
        shown = {
            view: [one for one in entries.list_entries(db, view, 10_000) if is_dated(one)]
            for view in list_views(db)
        }
    return {
        (view.key, name): format.render(view, site, chosen)
        for view, chosen in shown.items()
        for name, format in FORMATS.items()
        if chosen
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


def backwards(urls):
    """The order in which the last source answers first, and the directory last."""
    return [*urls[::-1], SEEDS.url]


def find_differing(first, again):
    return sorted(map(str, (key for key in first.keys() | again.keys() if first.get(key) != again.get(key))))


def test_a_store_that_is_built_anew_serves_the_same_bytes(build, inputs):
    fill, urls = inputs
    first = editions(build(fill, urls, NOW))
    assert {key for key, _ in first} >= {ALL.key, "source:d-example", "category:tech"}
    assert {name for key, name in first if key == ALL.key} >= {1, 2, 3}

    answers = [SEEDS.url, *urls]
    shuffled = [answers[number * 5 % len(answers)] for number in range(len(answers))]
    for order in (backwards(urls), shuffled):
        again = editions(build(fill, urls, LATER, order=order))
        assert find_differing(first, again) == []


def test_of_many_pages_and_feeds_it_does_not_matter_which_answer_first(build, serve):
    sites = {f"/site{n}": FEEDS[f"/site{n}"] for n in range(3)}

    def answer(asked):
        day = asked.path.rpartition("/")[2]
        page = PAGE.replace(b"2026-01-05", b"2026-01-" + day.encode()) % (b"The lamp burns all night. " * 40)
        return sites.get(asked.path) or response(body=page, content_type="text/html")

    base = serve(answer).url.removesuffix("/feed")

    def fill(folder):
        write_files(folder, {"links.txt": "".join(f"{base}/{day:02}\n" for day in range(1, 31))})

    urls = [f"{base}{path}" for path in sites]
    first = editions(build(fill, urls, NOW))
    again = editions(build(fill, urls, LATER, order=backwards(urls)))
    assert find_differing(first, again) == []


@pytest.fixture
def saved(serve):
    """A feed, and a copy of it in the directory that holds more; the copy names the site as its publisher."""
    items = many("http://f.example/", 30)
    url = serve(rss("Own", "http://f.example/", *items[20:25])).url
    copy = rss("Saved", "http://f.example/", *items).partition(b"\r\n\r\n")[2].decode()
    return lambda folder: write_files(folder, {"saved.xml": copy}), url


def test_entries_of_a_saved_copy_pass_to_the_feed_itself_whichever_is_read_first(build, saved, postgresql):
    fill, url = saved
    first = editions(build(fill, [url], NOW))
    again = editions(build(fill, [url], NOW, order=backwards([url])))
    on_other = editions(build(fill, [url], NOW, url=postgresql()))

    assert find_differing(first, again) == find_differing(first, on_other) == []


def test_entries_pass_to_a_feed_that_answers_just_when_the_poll_of_the_directory_ends(
    build, saved, monkeypatch
):
    fill, url = saved
    first = editions(build(fill, [url], NOW))
    run, poll_seeds = SeedsPoll.run, Poller._poll_seeds

    async def poll_both(poller, *args):
        async def run_and_poll(poll, places):
            outcome = await run(poll, places)
            await poller.poll(await poller.store.read(sources.find_source_by_url, url))
            return outcome

        monkeypatch.setattr(SeedsPoll, "run", run_and_poll)
        return await poll_seeds(poller, *args)

    monkeypatch.setattr(Poller, "_poll_seeds", poll_both)
    again = editions(build(fill, [url], NOW, order=[SEEDS.url]))
    assert find_differing(first, again) == []


def test_on_the_other_database_they_are_the_same(build, inputs, postgresql):
    first = editions(build(*inputs, NOW))
    again = editions(build(*inputs, LATER, order=backwards(inputs[1]), url=postgresql()))

    assert find_differing(first, again) == []


def test_of_several_sources_the_one_whose_site_it_is_speaks_for_an_entry(build, inputs):
    for order in ((), backwards(inputs[1])):
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
    again = documents(build(fill, urls, NOW + timedelta(days=2100), order=backwards(urls)))

    assert len(first) > 3 * len(files)
    assert find_differing(first, again) == []
