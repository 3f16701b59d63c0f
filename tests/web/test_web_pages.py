"""The pages, as a reader without JavaScript gets them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from web_markup import Page
from web_samples import NOW, Shelf, rewrite

from feeds.model import (
    Feed,
    FreshEntry,
    Person,
    PollOutcome,
    RefreshRequest,
    SeedFile,
    SourceState,
)
from feeds.store.entries import find_entry, quarantine
from feeds.store.files import save_files
from feeds.store.notices import set_notice
from feeds.store.polls import ask_refresh, end_refresh, record_poll, start_refresh, take_refresh
from feeds.store.sources import retire, save_state, set_paused, update_feed_facts

VIEWS = ["/", "/sources/a-paper/", "/categories/%E7%BB%8F%E6%B5%8E/"]


def modify(shelf: Shelf, source, key: str, **facts) -> None:
    """A correction by the source: the next version of an entry."""
    with shelf.store.read() as db:
        stored = find_entry(db, key)
    fresh = FreshEntry(replace(stored.entry, **facts), hash=f"later {facts}")
    shelf.apply(source, modified=(fresh,))


def refresh(shelf: Shelf, *outcomes, ended: bool = True, total: int = 1) -> str:
    """A refresh as the poller leaves it."""
    with shelf.store.write() as db:
        asked = ask_refresh(db, RefreshRequest("page"), NOW)
        take_refresh(db, NOW)
        start_refresh(db, asked.id, total, NOW)
        for source, outcome in outcomes:
            record_poll(db, source, outcome, asked.id)
        if ended:
            end_refresh(db, asked.id, NOW)
    return asked.id


def failed(error: str) -> PollOutcome:
    return PollOutcome("failed", NOW, NOW, error=error)


@pytest.fixture
def full(shelf):
    """Something of everything a page can show; returns (source, key of an entry, id of a refresh)."""
    source = shelf.source(category="News")
    keys = shelf.entries(
        source, 3, categories=("经济", "a & b"), image="https://a.example/p.jpg", rights="© A"
    )
    shelf.entry(source, title=None, content="<p>No title, <main>only</main> text.</p>", language=None)
    shelf.entry(source, title=None, content=None, link=None, language="ar")
    modify(shelf, source, keys[0], title="Corrected <title>", updated=NOW)
    archive = shelf.source("https://b.example/", name="报纸", kind="archive")
    shelf.entry(archive, authors=())
    gone = shelf.source("https://c.example/feed", name="Gone")
    held = shelf.source("https://d.example/feed", name="Held")
    with shelf.store.write() as db:
        update_feed_facts(db, source, Feed(link="https://a.example/", subtitle="All of it", language="en"))
        save_state(
            db, source, SourceState(failures=2, last_error="answered 503", next_poll=NOW, rule="hourly")
        )
        retire(db, gone, "410 Gone")
        set_paused(db, held, True)
        save_files(db, [SeedFile("a/undecodable\udcff.txt", 1, 1, 1, problem="is empty")])
        set_notice(db, "seeds", "The seeds directory is not there.", NOW)
        quarantine(db, "https://a.example/3", "its id is no IRI", NOW)
    return source, keys[0], refresh(shelf, (source, failed("answered 503")))


# --- Every page -------------------------------------------------------------------------------------


def test_every_page_is_sound(client, full):
    _, key, refresh_id = full
    paths = [
        *VIEWS,
        "/sources/",
        "/sources/报纸/",
        "/sources/gone/",
        "/sources/held/",
        "/categories/",
        f"/entries/{key}/",
        f"/entries/{key}/history/",
        "/withdrawn/",
        "/status/",
        f"/refreshes/{refresh_id}/",
        "/refresh",
        "/about/",
    ]
    for path in paths:
        response = client.get(quote(path, safe="/%"))

        assert response.status_code == 200, path
        assert Page(response.text).problems == [], path
    assert Page(client.get("/nowhere").text).problems == []


def test_every_entry_page_is_sound(client, full):
    for entry in client.get("/api/v1/entries").json["entries"]:
        assert Page(client.get(f"/entries/{entry['key']}/").text).problems == []


@pytest.mark.parametrize("path", VIEWS)
def test_a_view_announces_its_feeds_and_shows_their_addresses(client, full, path):
    response = client.get(path)
    announced = [(link["type"], link["href"]) for link in Page(response.text).find("link", rel="alternate")]

    assert announced == [
        ("application/rss+xml", f"{path}rss.xml"),
        ("application/atom+xml", f"{path}atom.xml"),
        ("application/feed+json", f"{path}feed.json"),
    ]
    for _, href in announced:
        assert client.get(href).status_code == 200
        assert f">http://feeds.example{href}</code>" in response.text


def test_links_within_the_site_lead_somewhere(client, full):
    for path in (*VIEWS, "/sources/", "/categories/", "/status/", "/about/", f"/entries/{full[1]}/"):
        for link in Page(client.get(path).text).find("a"):
            if link["href"].startswith("/"):
                assert client.get(link["href"]).status_code == 200, link["href"]


def test_what_a_source_says_is_escaped(client, full):
    for path in ("/", f"/entries/{full[1]}/", f"/entries/{full[1]}/history/"):
        assert "Corrected &lt;title&gt;" in client.get(path).text


# --- The first page ---------------------------------------------------------------------------------


def test_an_empty_site_says_what_to_do_next(client):
    page = client.get("/").text

    assert "feeds add" in page
    assert "[[sources]]" in page
    assert "<code>seeds</code>" in page
    assert "feeds import" in page
    assert "subscription list" not in page, "none is read from the folder"


def test_entries_are_grouped_by_the_day_in_the_sites_time_zone(client, shelf):
    source = shelf.source()
    shelf.entry(source, datetime(2026, 3, 3, 15, 59, tzinfo=UTC), title="Late on Tuesday")
    shelf.entry(source, datetime(2026, 3, 3, 16, 1, tzinfo=UTC), title="Early on Wednesday")
    page = client.get("/").text

    first, second = page.index("Wednesday 4 March 2026"), page.index("Tuesday 3 March 2026")
    assert first < page.index("Early on Wednesday") < second < page.index("Late on Tuesday")
    assert "00:01" in page


def test_a_teaser_names_its_publisher_and_speaks_its_language(client, shelf):
    shelf.entry(shelf.source(name="早报"), title="新闻", language="zh-Hant")
    page = Page(client.get("/").text)

    assert page.find("article", **{"class": "teaser", "lang": "zh-Hant"})
    assert page.find("a", href=quote("/sources/早报/"))


def test_an_entry_without_a_title_is_called_by_its_text(client, shelf):
    shelf.entry(shelf.source(), title=None, content="<p>Only text, and of that quite a lot.</p>")

    assert "Only text, and of that quite a lot.</a></h3>" in client.get("/").text


def test_every_entry_is_reached_by_going_to_older_pages(client, shelf):
    source = shelf.source()
    same_moment = [shelf.entry(source, NOW) for _ in range(50)]
    keys = {*same_moment, *shelf.entries(source, 50)}
    path, seen = "/", []
    while path:
        page = Page(client.get(path).text)
        found = [link["href"].split("/")[2] for link in page.find("a") if "/entries/" in link["href"]]
        seen += found
        path = next((link["href"] for link in page.find("a", rel="next")), None)

    assert len(seen) == 100
    assert set(seen) == keys


def test_a_page_stays_what_it_is_when_entries_arrive(client, shelf):
    source = shelf.source()
    shelf.entries(source, 60)
    [older] = Page(client.get("/").text).find("a", rel="next")
    before = client.get(older["href"]).text
    shelf.entry(source, NOW + timedelta(hours=1))

    assert (
        client.get(older["href"]).text.partition('<nav class="pager"')[0]
        == before.partition('<nav class="pager"')[0]
    )


@pytest.mark.parametrize(("cursor", "status"), [("", 400), ("x", 400), ("1'--", 400), ("a" * 26, 404)])
def test_a_bad_cursor_is_told(client, cursor, status):
    response = client.get("/", query_string={"before": cursor})

    assert response.status_code == status
    assert Page(response.text).problems == []


# --- Entries ----------------------------------------------------------------------------------------


def test_an_entry_page_tells_all_that_is_known(client, shelf):
    key = shelf.entry(
        shelf.source(name="早报"),
        datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
        title="好消息",
        authors=(Person(name="张伟"), Person(email="b@a.example")),
        updated=datetime(2026, 1, 3, 4, 5, tzinfo=UTC),
        rights="© 2026 早报",
        image="https://a.example/p.jpg?a=1&b=2",
        categories=("经济",),
    )
    text = client.get(f"/entries/{key}/").text
    page = Page(text)

    assert page.find("article", lang="zh-Hans")
    assert page.find("a", href="https://a.example/1", rel="noopener external")
    assert page.find("img", src="https://a.example/p.jpg?a=1&b=2", loading="lazy")
    for words in ("张伟", "b@a.example", "2 January 2026, 11:04", "3 January 2026, 12:05", "© 2026 早报"):
        assert words in text


def test_the_body_keeps_its_markup_below_the_title_of_the_page(client, shelf):
    key = shelf.entry(shelf.source(), content="<p>a &lt;b&gt;</p><h1>Inside</h1><p><b>bold</b></p>")
    text = client.get(f"/entries/{key}/").text

    assert "<p>a &lt;b&gt;</p><h2>Inside</h2><p><b>bold</b></p>" in text


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("<h1>a</h1><h2>b</h2><h6>c</h6>", "<h2>a</h2><h3>b</h3><h6>c</h6>"),
        ("<h2>a</h2><h3>b</h3>", "<h2>a</h2><h3>b</h3>"),
        ("<h3>a</h3><h5>b</h5>", "<h2>a</h2><h4>b</h4>"),
        ("<p>&lt;h1&gt; h3</p><hr>", "<p>&lt;h1&gt; h3</p><hr>"),
        ("<main><p>a</p></main>", "<div><p>a</p></div>"),
    ],
)
def test_the_headings_of_a_body_begin_below_the_title(client, shelf, given, shown):
    key = shelf.entry(shelf.source(), content=given)

    assert shown in client.get(f"/entries/{key}/").text


@pytest.mark.parametrize("text", ["content", "summary"])
def test_a_picture_the_body_shows_is_not_shown_twice(client, shelf, text):
    picture = "https://a.example/p.jpg?a=1&b=2"
    given = {"content": None, text: '<img src="https://a.example/p.jpg?a=1&amp;b=2" alt="">'}
    key = shelf.entry(shelf.source(), image=picture, **given)

    assert len(Page(client.get(f"/entries/{key}/").text).find("img")) == 1


def test_nothing_is_invented_for_an_entry_that_gives_nothing(client, shelf):
    key = shelf.entry(
        shelf.source(), title=None, content=None, link=None, authors=(), published=None, language=None
    )
    text = client.get(f"/entries/{key}/").text

    assert "Untitled" in text
    assert "first seen" in text
    assert "Read at" not in text


def test_versions_are_linked_once_there_are_two(client, shelf):
    source = shelf.source()
    key = shelf.entry(source, title="Before")
    assert "/history/" not in client.get(f"/entries/{key}/").text
    modify(shelf, source, key, title="After")
    assert f"/entries/{key}/history/" in client.get(f"/entries/{key}/").text
    history = client.get(f"/entries/{key}/history/").text

    assert "<del>Before</del><ins>After</ins>" in history
    assert history.index("Version 2") < history.index("Version 1")


def test_a_withdrawn_entry_is_gone_and_says_so(client, shelf):
    source = shelf.source()
    key = shelf.entry(source, title="Not for long")
    shelf.apply(source, withdrawn=("https://a.example/1",))
    for path in (f"/entries/{key}/", f"/entries/{key}/history/"):
        response = client.get(path)

        assert response.status_code == 410
        assert "was withdrawn" in response.text
        assert "Not for long" not in response.text


def test_an_entry_with_no_date_but_updated_stands_under_that_one(client, shelf):
    """When we first saw it is no news where the source gives a date of its own."""
    source = shelf.source()
    [key] = shelf.entries(source, 1, published=None, updated=datetime(2011, 10, 31, tzinfo=UTC))
    text = client.get(f"/entries/{key}/").text
    assert ">31 October 2011, 08:00<" in text
    assert "first seen" not in text


@pytest.mark.parametrize("file", ["", "atom.xml", "rss.xml", "feed.json"])
@pytest.mark.parametrize("label", ["News & Views", "NEWS-VIEWS", "Ｎｅｗｓ Views"])
def test_a_category_is_found_by_its_label_too(client, shelf, label, file):
    """The label is what a person knows, who has just written it into the configuration."""
    shelf.entries(shelf.source(), 1, categories=("News & Views",))
    answer = client.get(f"/categories/{quote(label)}/{file}")
    assert answer.status_code == 308
    assert answer.headers["Location"] == f"/categories/news-views/{file}"
    assert client.get(answer.headers["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("asked", "led_to"),
    [
        ("lang=zh&q=%E4%BA%AC%26+x&limit=2", "lang=zh&q=%E4%BA%AC%26+x&limit=2"),
        ("before=" + "a" * 26, "before=" + "a" * 26),
        ('q=京"<', "q=%E4%BA%AC%22%3C"),
    ],
)
@pytest.mark.parametrize("file", ["", "atom.xml", "archive/1/atom.xml"])
def test_what_is_asked_of_a_category_by_its_label_is_asked_of_it(client, shelf, file, asked, led_to):
    shelf.entries(shelf.source(), 1, categories=("News & Views",))
    answer = client.get(f"/categories/{quote('News & Views')}/{file}", query_string=asked)
    assert answer.headers["Location"] == f"/categories/news-views/{file}?{led_to}"


def test_what_is_asked_of_an_entry_by_its_key_in_capitals_is_asked_of_it(client, shelf):
    key = shelf.entry(shelf.source())
    answer = client.get(f"/entries/{key.upper()}/history/?before=2")
    assert answer.headers["Location"] == f"/entries/{key}/history/?before=2"


@pytest.mark.parametrize("path", ["/categories/Other/", "/categories/Other/atom.xml", "/categories/other/"])
def test_a_category_nobody_uses_is_not_found(client, shelf, path):
    shelf.entries(shelf.source(), 1, categories=("News",))
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("key", ["x", "a" * 26, "A" * 26, "a" * 27, "%00"])
def test_an_unknown_entry_is_not_found(client, key):
    assert client.get(f"/entries/{key}/", follow_redirects=True).status_code == 404


# --- What is private --------------------------------------------------------------------------------


def test_a_private_source_is_on_no_page(client, shelf):
    source = shelf.source("https://b.example/feed?token=1", name="Secret", private=True, category="Hush")
    key = shelf.entry(source, title="Hidden", categories=("Quiet",))
    id = refresh(shelf, (source, failed("https://b.example/feed?token=1: refused")))
    paths = ["/", "/sources/", "/categories/", "/status/", f"/refreshes/{id}/"]
    paths += ["/api/v1/sources", "/api/v1/entries", "/api/v1/status", "/api/v1/refreshes"]
    for path in paths:
        text = client.get(path).text
        for word in ("Secret", "secret", "Hidden", "b.example", "Hush", "Quiet"):
            assert word not in text, path
    for path in ("/sources/secret/", "/categories/hush/", f"/entries/{key}/", f"/entries/{key}/history/"):
        assert client.get(path).status_code == 404
    assert client.get("/api/v1/sources/secret").status_code == 404
    assert client.get(f"/api/v1/entries/{key}").status_code == 404
    assert "A private source" in client.get(f"/refreshes/{id}/").text
    assert "1 private source is not listed" in client.get("/status/").text


@pytest.mark.parametrize(
    ("path", "status"),
    [("/", 404), ("/sources/a-paper/", 404), ("/api/v1/entries", 404), ("/search/?q=a", 404)]
    + [(f"/{file}", 400) for file in ("rss.xml", "atom.xml", "feed.json", "search/feed.json?q=a")],
)
def test_nobody_finds_out_what_a_private_source_has_said(client, shelf, path, status):
    """Whoever knows an address can work out the key of its entry, and ask whether it is here."""
    shelf.entry(shelf.source())
    hidden = shelf.entry(shelf.source("https://b.example/feed", name="Secret", private=True), title="Hidden")
    found, unknown = (
        client.get(f"{path}{'&' if '?' in path else '?'}before={key}") for key in (hidden, "a" * 26)
    )
    assert found.status_code == unknown.status_code == status
    assert found.text.replace(hidden, "a" * 26) == unknown.text


def test_a_password_in_an_address_is_never_shown(client, shelf):
    source = shelf.source("https://user:pass@b.example/feed?key=abc", name=None)
    error = "https://user:pass@b.example/feed?key=abc: answered 500"
    with shelf.store.write() as db:
        save_state(db, source, SourceState(failures=1, last_error=error))
    shelf.entry(source)
    id = refresh(shelf, (source, failed(error)))
    for path in ("/", f"/sources/{source.slug}/", "/sources/", "/status/", f"/refreshes/{id}/", "/refresh"):
        text = client.get(path, query_string={"source": source.slug} if path == "/refresh" else None).text
        assert "pass" not in text.replace("password", ""), path
        assert "key=abc" not in text
    for path in ("sources", f"sources/{source.slug}", "entries", "status", "refreshes", f"refreshes/{id}"):
        text = client.get(f"/api/v1/{path}").text
        assert "pass" not in text, path
        assert "key=abc" not in text


# --- Status -----------------------------------------------------------------------------------------


def test_the_status_page_shows_what_needs_attention(client, full):
    text = client.get("/status/").text

    for words in (
        "Something needs attention.",
        "No poller is running",
        "Failed 2 times in a row: answered 503",
        "hourly",
        "a/undecodable\\xff.txt",
        "is empty",
        "The seeds directory is not there.",
        "its id is no IRI",
        "1 failed",
    ):
        assert words in text


def test_the_status_page_says_when_all_is_well(client, shelf, store):
    source = shelf.source()
    with store.write() as db:
        save_state(db, source, SourceState(last_success=NOW))
    with store.poller_lock():
        text = client.get("/status/").text

    assert "All is well." in text
    assert "The poller is running." in text


def test_a_broken_configuration_file_is_told_and_changes_nothing(build, tmp_path):
    app = build()
    rewrite(app, tmp_path / "config.toml", "[site]\ntitel = 'Typo'\n")
    text = app.test_client().get("/status/").text

    assert "titel: there is no such setting" in text
    assert "<title>Status – Papers</title>" in text


def test_a_broken_configuration_file_is_told_once(build, store, tmp_path):
    """The poller sees it too, and leaves a notice."""
    app = build()
    rewrite(app, tmp_path / "config.toml", "[site]\ntitel = 'Typo'\n")
    client = app.test_client()
    problem = client.get("/api/v1/status").json["configuration_problem"]
    with store.write() as db:
        set_notice(db, "configuration", problem, NOW)
        set_notice(db, "disk", "The disk is full.", NOW)

    page = client.get("/status/").text
    assert page.count("there is no such setting") == 1
    assert "The disk is full." in page
    assert [notice["name"] for notice in client.get("/api/v1/status").json["notices"]] == ["disk"]


def test_a_refresh_is_followed_until_it_is_done(client, shelf, store):
    source = shelf.source()
    running = refresh(shelf, (source, PollOutcome("changed", NOW, NOW, new=2)), ended=False, total=3)
    with store.poller_lock():
        response = client.get(f"/refreshes/{running}/")
    assert Page(response.text).find("meta", content="2")[0]["http-equiv"] == "refresh"
    assert Page(response.text).problems == []
    assert "1 of 3 sources, 2 new" in response.text
    with store.write() as db:
        end_refresh(db, running, NOW)
    response = client.get(f"/refreshes/{running}/")
    assert not Page(response.text).find("meta", **{"http-equiv": "refresh"})
    assert "progress.js" not in response.text
    assert "Refresh: done" in response.text


def test_a_refresh_nobody_carries_out_says_so(client, store):
    with store.write() as db:
        waiting = ask_refresh(db, RefreshRequest("page"), NOW)
    response = client.get(f"/refreshes/{waiting.id}/")

    assert "No poller is running" in response.text
    assert Page(response.text).find("meta", content="10")[0]["http-equiv"] == "refresh"


def test_an_entry_of_another_language_is_not_read_out_in_english(client, shelf):
    key = shelf.entry(shelf.source(), language=None)

    assert Page(client.get(f"/entries/{key}/").text).find("article", lang="")


@pytest.mark.parametrize("folder", ["/entries/", "/api/v1/entries/"])
def test_a_key_in_capitals_leads_to_the_entry(client, shelf, folder):
    key = shelf.entry(shelf.source())
    page = client.get(f"{folder}{key.upper()}", follow_redirects=True)

    assert page.status_code == 200
    assert page.request.path.rstrip("/") == f"{folder}{key}"


def test_times_are_told_to_programs_to_the_second(client, shelf):
    """HTML takes three digits of a second at most, and a date of a feed may have six."""
    key = shelf.entry(shelf.source(), published=NOW.replace(microsecond=123_456))

    assert 'datetime="2026-03-04T05:06:07Z"' in client.get(f"/entries/{key}/").text


def test_what_may_be_wider_than_its_column_can_be_reached_with_the_keyboard(client, shelf):
    key = shelf.entry(shelf.source(), content="<pre>x</pre><table><tr><td>1</td></tr></table><p>pre</p>")
    page = client.get(f"/entries/{key}/").text

    assert '<pre tabindex="0">x</pre><table tabindex="0">' in page
    assert page.count('tabindex="0"') == 2
