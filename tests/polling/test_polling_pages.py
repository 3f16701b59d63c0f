"""Linked pages whose files move: they follow into the folders, unasked; and the order of their list."""

import asyncio
import os
import time
from datetime import UTC, datetime, timedelta

import pytest
from polling_installation import PLAIN
from polling_server import response
from running import write_seed
from sqlalchemy import event, text

from feeds.daemon.composing import SEEDS
from feeds.model import ALL, View
from feeds.polling.poll import Ask
from feeds.store import archives, entries, pages

OLD = time.time() - 60
PAGE = (
    '<html><head><title>{title}</title><meta property="article:tag" content="Tech">'
    '<meta property="article:published_time" content="2026-02-03"></head><body><p>It burns.</p></body></html>'
)


@pytest.fixture
def site(serve):
    """A site whose pages are at /page…, on the subject of Tech; nothing else is there."""

    def answer(asked):
        if asked.path.startswith("/page"):
            return response(200, PAGE.format(title=asked.path).encode(), content_type="text/html")
        return response(404, b"no")

    return serve(answer)


def put(here, name, *urls):
    path = here.seeds / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{url}\n" for url in urls), encoding="utf-8")
    os.utime(path, (OLD, OLD))
    return path


def move(here, path, name):
    (here.seeds / name).parent.mkdir(parents=True, exist_ok=True)
    return path.rename(here.seeds / name)


def follow(here, ask=PLAIN):
    """Poll the directory, then the pages that its files name."""
    here.pass_time(minutes=1)
    here.poll_seeds(ask)
    here.fetch_pages()


def filed(here):
    """The folders of each page that is to be seen, by title."""
    return {stored.entry.title: stored.entry.categories[1:] for stored in here.entries()}


def read(here, ask, *args):
    with here.store.read() as db:
        return ask(db, *args)


# --- Files that come and go -------------------------------------------------------------------------


def test_a_page_follows_its_file_into_another_folder(here, site):
    path = put(here, "news/links.txt", f"http://{site.host}/page1")
    follow(here)
    [before] = here.entries()
    move(here, path, "art/links.txt")
    follow(here)

    [after] = here.entries()
    assert (after.entry.categories, after.versions) == (("Tech", "art"), 2)
    assert (after.key, after.position, after.entry.updated) == (before.key, before.position, None)
    history = read(here, entries.list_versions, after.key)
    assert [version.entry.categories for version in history] == [("Tech", "art"), ("Tech", "news")]
    assert read(here, entries.count_entries, View("category", "art")) == 1
    assert read(here, entries.count_entries, View("category", "news")) == 0
    assert len(site.asked) == 1


def test_the_histories_of_views_have_a_page_where_it_lies_now_as_soon_as_its_file_has_moved(here, site):
    path = put(here, "news/links.txt", f"http://{site.host}/page1")
    follow(here)
    move(here, path, "art/links.txt")
    here.pass_time(minutes=1)
    here.poll_seeds()

    waiting = read(here, archives.list_waiting, View("category", "art"))
    assert [one.entry.title for one in waiting.entries] == ["/page1"]


def test_a_refresh_that_sees_a_file_move_files_its_pages_anew(here, site):
    path = put(here, "news/links.txt", f"http://{site.host}/page1")
    here.refresh("seeds")
    move(here, path, "art/links.txt")
    [outcome] = here.refresh("seeds")

    assert outcome.kind == "changed"
    assert filed(here) == {"/page1": ("art",)}


def test_a_page_follows_a_folder_that_is_renamed(here, site):
    for n in range(12):
        put(here, f"news/{n}.url", "[InternetShortcut]", f"URL=http://{site.host}/page{n}")
    follow(here)
    (here.seeds / "news").rename(here.seeds / "art")
    follow(here)

    assert filed(here) == {f"/page{n}": ("art",) for n in range(12)}
    assert len(site.asked) == 12


def test_a_renamed_file_changes_nothing_and_its_page_knows_it(here, site):
    path = put(here, "news/links.txt", f"http://{site.host}/page1")
    follow(here)
    before = here.entries()
    path = move(here, path, "news/other.txt")
    follow(here)
    assert here.entries() == before

    move(here, path, "art/other.txt")
    follow(here)
    assert filed(here) == {"/page1": ("art",)}


def test_a_page_is_filed_where_any_of_its_files_lies(here, site):
    url = f"http://{site.host}/page1"
    first = put(here, "b/links.txt", url)
    follow(here)
    second = put(here, "a/links.txt", url)
    follow(here)
    assert filed(here) == {"/page1": ("a", "b")}

    first.unlink()
    follow(here)
    assert filed(here) == {"/page1": ("a",)}

    put(here, "c/links.txt", url)
    follow(here)
    second.unlink()
    follow(here)
    assert filed(here) == {"/page1": ("c",)}
    assert len(site.asked) == 1


def test_a_line_that_one_of_two_lists_loses_counts_no_more(here, site):
    one, two = f"http://{site.host}/page1", f"http://{site.host}/page2"
    put(here, "a/links.txt", one, two)
    put(here, "b/links.txt", one, two)
    follow(here)
    put(here, "a/links.txt", two)
    follow(here)

    assert filed(here) == {"/page1": ("b",), "/page2": ("a", "b")}


def test_a_category_of_the_page_itself_stays_wherever_its_file_lies(here, site):
    path = put(here, "Tech/links.txt", f"http://{site.host}/page1")
    follow(here)
    assert here.entries()[0].entry.categories == ("Tech",)

    move(here, path, "art/links.txt")
    follow(here)
    assert here.entries()[0].entry.categories == ("Tech", "art")


def test_a_move_makes_one_version_though_pages_are_polled_all_the_while(here, site):
    path = put(here, "news/links.txt", f"http://{site.host}/page1")
    follow(here)
    move(here, path, "art/links.txt")

    async def poll(poller):
        source = here.source(SEEDS.url)
        polling = asyncio.create_task(poller.poll(source, Ask()))
        while not polling.done():
            await poller.fetch_pages(source)
            await asyncio.sleep(0.1)
        await poller.fetch_pages(source)

    here._run(poll)
    assert filed(here) == {"/page1": ("art",)}
    assert here.entries()[0].versions == 2


def test_a_page_that_moves_about_has_the_history_of_an_article_that_does(here, site):
    page = put(here, "news/links.txt", f"http://{site.host}/page1")
    article = write_seed(here.seeds, "news/one.txt", title="One", link="https://a.example/1", body="<p>x</p>")
    follow(here)
    for folder in ("art", "news"):
        page, article = move(here, page, f"{folder}/links.txt"), move(here, article, f"{folder}/one.txt")
        follow(here)

    histories = {
        stored.entry.title: [
            version.entry.categories[-1] for version in read(here, entries.list_versions, stored.key)
        ]
        for stored in here.entries()
    }
    assert histories["/page1"] == histories["One"] == ["news", "art", "news"]


# --- Pages that are not to be filed -----------------------------------------------------------------


def test_a_page_that_was_not_fetched_yet_or_could_not_be_moves_with_its_file(here, serve):
    is_down = True
    site = serve(
        lambda asked: response(503 if is_down else 200, PAGE.encode(), content_type="text/html"),
    )
    path = put(here, "a/links.txt", f"http://{site.host}/page1")
    here.poll_seeds()
    path = move(here, path, "b/links.txt")
    follow(here)
    assert here.entries() == []

    move(here, path, "c/links.txt")
    follow(here)
    assert len(site.asked) == 1  # its next try is in ten minutes

    is_down = False
    here.pass_time(minutes=10)
    here.fetch_pages()
    assert [stored.entry.categories for stored in here.entries()] == [("Tech", "c")]


def test_a_page_that_no_file_names_any_more_is_withdrawn_and_filed_nowhere(here, site):
    url = f"http://{site.host}/page1"
    first, second = put(here, "a/links.txt", url), put(here, "b/links.txt", url)
    follow(here)
    first.unlink()
    here.poll_seeds()  # it is to be filed anew, and is not before the other file goes too
    second.unlink()
    follow(here)
    assert here.entries() == []

    put(here, "c/links.txt", url)
    follow(here)
    assert filed(here) == {"/page1": ("c",)}
    assert len(site.asked) == 2


def test_a_rehearsal_files_nothing(here, site):
    url = f"http://{site.host}/page1"
    path = put(here, "a/links.txt", url)
    follow(here)
    put(here, "b/links.txt", url)
    path.unlink()
    follow(here, Ask(dry_run=True))

    assert filed(here) == {"/page1": ("a",)}


def test_an_article_that_counts_for_more_than_the_page_stays_in_its_own_folder(here, site):
    url = f"http://{site.host}/page1"
    write_seed(here.seeds, "kept/one.txt", title="Kept", link=url, body="<p>x</p>", timestamp=1772300000000)
    path = put(here, "a/links.txt", url)
    follow(here)
    move(here, path, "b/links.txt")
    follow(here)

    [stored] = here.entries()
    assert (stored.entry.title, stored.entry.categories) == ("Kept", ("kept",))
    assert len(site.asked) == 1


def test_when_the_article_goes_that_counted_for_more_the_page_is_fetched_again(here, site):
    url = f"http://{site.host}/page1"
    put(here, "a/links.txt", url)
    follow(here)
    article = write_seed(
        here.seeds, "kept/one.txt", title="Kept", link=url, body="<p>x</p>", timestamp=1772300000000
    )
    os.utime(article, (OLD, OLD))
    follow(here)
    assert here.titles() == ["Kept"]

    article.unlink()
    follow(here)
    [stored] = here.entries()
    assert (stored.entry.title, stored.entry.categories) == ("/page1", ("Tech", "a"))
    assert len(site.asked) == 2


def test_a_page_that_the_store_refuses_is_told_and_stops_no_other(here, site):
    urls = [f"http://{site.host}/page{n}" for n in range(3)]
    put(here, "links.txt", *urls)
    with here.store.write() as db:
        db.execute(
            text(
                "CREATE TRIGGER refused BEFORE INSERT ON versions WHEN NEW.data LIKE '%page1%'"
                " BEGIN SELECT RAISE(ABORT, 'no such thing'); END"
            )
        )
    follow(here)
    here.fetch_pages()

    assert sorted(here.titles()) == ["/page0", "/page2"]
    assert [page.problem for _, page in read(here, pages.list_page_problems)] == [
        "could not be stored: no such thing"
    ]
    assert len(site.asked) == 3


# --- What it costs ----------------------------------------------------------------------------------


def test_a_longer_list_has_no_other_page_looked_at(here, site):
    urls = [f"http://{site.host}/page{n}" for n in range(30)]
    put(here, "links.txt", *urls)
    follow(here)
    put(here, "links.txt", *urls, f"http://{site.host}/page-new")
    here.poll_seeds()

    assert len(read(here, pages.due_pages, here.now, 100)) == 1


def test_a_poll_in_which_nothing_changes_asks_as_little_for_many_pages_as_for_one(here, site):
    def count():
        sent = []
        with here.store.read() as db:
            engine = db.engine

        def note(_db, _cursor, statement, *_):
            sent.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        follow(here)
        event.remove(engine, "before_cursor_execute", note)
        return len(sent)

    put(here, "links.txt", f"http://{site.host}/page0")
    follow(here)
    alone = count()
    put(here, "links.txt", *(f"http://{site.host}/page{n}" for n in range(60)))
    follow(here)

    assert count() == alone


# --- The order of a list ----------------------------------------------------------------------------


@pytest.fixture
def undated(here, serve):
    """A site of pages without a date, where time passes; /first comes last, /down at the second try."""
    asked_for = set()

    def answer(asked):
        if asked.path == "/first":
            time.sleep(0.3)
        here.pass_time(seconds=1)
        if asked.path == "/down" and "/down" not in asked_for:
            asked_for.add("/down")
            return response(503, b"")
        page = f"<html><head><title>{asked.path}</title></head><body><p>It burns.</p></body></html>"
        return response(200, page.encode(), content_type="text/html")

    return serve(answer)


def test_pages_without_a_date_are_in_the_order_of_their_list(here, undated):
    paths = ["/first", *(f"/{n}" for n in range(8))]
    put(here, "links.txt", *(f"http://{undated.host}{path}" for path in paths))
    follow(here)

    assert here.titles() == paths


def test_a_page_that_comes_late_is_on_top(here, undated):
    put(here, "links.txt", *(f"http://{undated.host}{path}" for path in ("/a", "/down", "/b")))
    follow(here)
    here.pass_time(hours=1)
    here.fetch_pages()

    assert here.titles() == ["/down", "/a", "/b"]


def test_of_a_long_list_of_pages_live_feeds_show_twenty(here, site):
    put(here, "links.txt", *(f"http://{site.host}/page{n}" for n in range(60)))
    here.poll_seeds()
    here.fetch_pages()

    assert len(read(here, entries.list_entries, ALL, 100)) == 60
    with here.store.read() as db:
        live = entries.list_entries(db, ALL, 100, only_live=True)
        waiting = archives.list_waiting(db, ALL)
        held = [
            one.key
            for number in range(1, waiting.archives + 1)
            for one in archives.read_archive(db, ALL, archives.find_archive(db, ALL, number))
        ]
    assert len(live) == 20
    assert len({*held, *(one.key for one in waiting.entries)}) == 60


@pytest.fixture
def dated(serve):
    """A site of pages, each so many hours younger as its number says."""

    def answer(asked):
        hour = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=int(asked.path.strip("/")))
        page = PAGE.replace("2026-02-03", hour.isoformat()).format(title=asked.path)
        return response(200, page.encode(), content_type="text/html")

    return serve(answer)


@pytest.mark.parametrize("is_first", [True, False])
def test_of_a_long_list_the_newest_are_shown_and_no_more_whichever_came_first(here, dated, is_first):
    if not is_first:
        here.poll_seeds()
        here.pass_time(hours=1)
    put(here, "links.txt", *(f"http://{dated.host}/{n}" for n in range(45)))
    here.poll_seeds()
    here.fetch_pages()

    with here.store.read() as db:
        live = entries.list_entries(db, ALL, 100, only_live=True)
        waiting = archives.list_waiting(db, ALL).entries
    assert [one.entry.title for one in live] == [f"/{n}" for n in range(44, 24, -1)]
    assert {one.key for one in waiting} <= {one.key for one in live}


def test_pages_that_are_due_while_the_directory_is_polled_first_wait_and_take_no_places_of_files(here, dated):
    put(here, "links.txt", *(f"http://{dated.host}/{n}" for n in range(15)))
    for n in range(25):
        path = write_seed(here.seeds, f"{n}.txt", title=f"File {n}", link=f"https://a.example/{n}", body="x")
        os.utime(path, (OLD, OLD))

    async def poll(poller):
        source = here.source(SEEDS.url)
        polling = asyncio.create_task(poller.poll(source))
        while not polling.done():
            await poller.fetch_pages(source)
            assert not dated.asked or here.state(SEEDS.url).first_success
            await asyncio.sleep(0.05)
        await poller.fetch_pages(source)

    here._run(poll)
    with here.store.read() as db:
        titles = [one.entry.title for one in entries.list_entries(db, ALL, 99, only_live=True)]
    assert (len(titles), sum(title.startswith("File") for title in titles)) == (35, 20)


@pytest.mark.parametrize("is_first", [True, False])
def test_a_dated_page_takes_its_own_place_at_the_first_poll_and_is_shown_at_a_later_one(
    here, serve, is_first
):
    dated = b'<meta property="article:published_time" content="2026-01-05T10:00:00Z">'
    body = b"<html><head><title>P</title>%s</head><body><article><h1>P</h1>%s</article></body></html>"
    server = serve(response(body=body % (dated, b"<p>The lamp burns.</p>" * 40), content_type="text/html"))
    if not is_first:
        here.poll_seeds()
        here.pass_time(hours=1)
    (here.seeds / "links.txt").write_text(f"{server.url}\n")
    here.poll_seeds()
    here.fetch_pages()
    [page] = here.entries()

    assert (page.position == page.entry.published) == is_first
