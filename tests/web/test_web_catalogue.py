"""What there is to subscribe to: the page of all feeds, and the lists for feed readers."""

import gzip
import re
from html import unescape
from urllib.parse import quote, unquote

import pytest
from web_markup import Page
from web_samples import NOW

from feeds.store.sources import retire
from feeds.web.catalogue import PAGE_LENGTH

LISTS = ["/opml.xml", "/feeds.opml"]


@pytest.fixture
def full(shelf, store):
    paper = shelf.source("https://paper.example/feed", name="早报", category="World News")
    shelf.entry(paper, categories=("经济", "a & b"))
    gone = shelf.source("https://gone.example/feed", name="Gone")
    with store.write() as db:
        retire(db, gone, "gone for good")
    hidden = shelf.source("https://hidden.example/feed", name="Hidden", category="Secret", private=True)
    shelf.entry(hidden, id="https://hidden.example/1", categories=("Covert",))
    shelf.source("https://me:hush@keyed.example/feed?token=hush", name="Keyed")


def addresses(page: str) -> list[str]:
    """What can be copied from a page."""
    return [unescape(code) for code in re.findall("<code[^>]*>(http[^<]*)</code>", page)]


# --- The page ---------------------------------------------------------------------------------------


@pytest.mark.usefixtures("full")
def test_every_feed_is_on_the_page_and_every_one_of_them_is_there(client):
    page = client.get("/feeds/").text
    found = addresses(page)
    views = ["/", "/categories/world-news/", "/categories/经济/", "/categories/a-b/"]
    views += ["/sources/早报/", "/sources/gone/", "/sources/keyed/"]

    assert Page(page).problems == []
    for view in views:
        for file in ("atom.xml", "rss.xml", "feed.json"):
            assert f"http://feeds.example{quote(view)}{file}" in found
    assert {*LISTS, "/status/atom.xml"} <= {url.removeprefix("http://feeds.example") for url in found}
    for url in found:
        assert client.get(unquote(url.removeprefix("http://feeds.example"))).status_code == 200, url


@pytest.mark.usefixtures("full")
def test_each_address_is_a_link_too_plain_and_for_whatever_opens_feeds(client):
    page = Page(client.get("/feeds/").text)
    links = {link["href"] for link in page.find("a")}
    found = addresses(client.get("/feeds/").text)

    assert len(found) > 10
    for url in found:
        assert url.removeprefix("http://feeds.example") in links
        if not url.endswith(("opml.xml", "feeds.opml")):
            assert f"feed://{url.partition('://')[2]}" in links


@pytest.mark.usefixtures("full")
def test_nothing_private_and_no_password_is_on_it_nor_in_the_lists(client):
    for path in ("/feeds/", *LISTS):
        text = client.get(path).text
        for word in ("Hidden", "Secret", "Covert", "hidden.example", "hush"):
            assert word.lower() not in text.lower(), path


def test_a_page_of_a_service_that_has_nothing_yet_is_sound(client):
    page = client.get("/feeds/").text

    assert Page(page).problems == []
    assert "http://feeds.example/atom.xml" in addresses(page)


def test_many_feeds_are_on_several_pages_each_of_them_once(client, shelf):
    for number in range(2 * PAGE_LENGTH + 50):
        shelf.source(f"https://{number}.example/feed", name=f"Paper {number} & more")
    path, found = "/feeds/", []
    pages = 0
    while path:
        text = client.get(path).text
        page = Page(text)
        assert page.problems == []
        pages += 1
        found += [url for url in addresses(text) if "/sources/" in url and url.endswith("atom.xml")]
        path = next((link["href"] for link in page.find("a", rel="next")), None)

    assert pages == 3
    assert len(found) == len(set(found)) == 2 * PAGE_LENGTH + 50
    assert Page(client.get("/feeds/?after=source:zzz").text).problems == []


def jumps(page: str) -> list[str]:
    """Where the links to the kinds of feeds lead."""
    [shown] = re.findall('<nav class="jumps".*?</nav>', page, re.DOTALL)
    return re.findall('href="([^"]*)"', shown)


@pytest.mark.usefixtures("full")
def test_each_kind_of_feeds_is_one_click_away(client):
    page = client.get("/feeds/").text

    assert jumps(page) == ["#kind-all", "#kind-source", "#kind-category"]
    assert [section["id"] for section in Page(page).find("h2") if section["id"].startswith("kind-")] == [
        "kind-all",
        "kind-source",
        "kind-category",
    ]


def test_a_kind_that_begins_on_another_page_is_one_click_away_too(client, shelf):
    shelf.entry(shelf.source(), categories=("经济",))
    for number in range(PAGE_LENGTH):
        shelf.source(f"https://{number}.example/feed", name=f"Paper {number}")
    first = client.get("/feeds/").text
    page = client.get("/feeds/?after=source:paper-5").text

    assert jumps(first) == ["#kind-all", "#kind-source", "/feeds/?after=category:"]
    assert jumps(page) == ["/feeds/", "/feeds/?after=source:", "#kind-category"]
    assert "http://feeds.example/sources/a-paper/atom.xml" in addresses(
        client.get("/feeds/?after=source:").text
    )
    [category] = [url for url in addresses(client.get("/feeds/?after=category:").text) if "atom.xml" in url]
    assert unquote(category) == "http://feeds.example/categories/经济/atom.xml"


def test_where_there_is_one_kind_only_nothing_leads_to_it(client):
    assert 'class="jumps"' not in client.get("/feeds/").text


@pytest.mark.parametrize("after", ["", "nothing", "nothing:a"])
def test_a_place_that_is_none_is_refused(client, after):
    response = client.get("/feeds/", query_string={"after": after})

    assert response.status_code == 400
    assert Page(response.text).problems == []


def test_a_place_that_no_name_can_have_is_not_found(client):
    assert client.get("/feeds/?after=source:%00").status_code == 404


def test_every_page_leads_there_and_the_page_leads_to_the_lists(client):
    for path in ("/", "/about/", "/status/"):
        assert Page(client.get(path).text).find("a", href="/feeds/")
    announced = Page(client.get("/feeds/").text).find("link", rel="alternate", type="text/x-opml")
    assert [link["href"] for link in announced] == ["/feeds.opml", "/opml.xml"]


# --- The lists --------------------------------------------------------------------------------------


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("path", LISTS)
def test_a_list_is_served_as_editions_are(client, path):
    plain = client.get(path)
    packed = client.get(path, headers={"Accept-Encoding": "gzip"})

    assert plain.headers["Content-Type"] == "text/x-opml; charset=utf-8"
    assert plain.headers["Cache-Control"] == "no-cache"
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert {answer.headers["Vary"] for answer in (plain, packed)} == {"Accept-Encoding"}
    for header, value in (("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")):
        again = client.get(path, headers={header: plain.headers[value]})
        assert (again.status_code, again.data) == (304, b"")
    assert dict(client.head(path).headers) == dict(plain.headers)


@pytest.mark.usefixtures("full")
def test_a_change_of_sources_makes_a_new_list(client, shelf):
    before = {path: client.get(path).headers["ETag"] for path in LISTS}
    shelf.source("https://new.example/feed", name="New")

    for path in LISTS:
        after = client.get(path, headers={"If-None-Match": before[path]})
        assert after.status_code == 200
        assert "New" in after.text


@pytest.mark.usefixtures("full")
def test_what_is_retired_is_no_longer_read_and_still_served(client):
    assert "gone.example" not in client.get("/opml.xml").text
    assert "/sources/gone/atom.xml" in client.get("/feeds.opml").text


# --- In a browser -----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/rss.xml", "/atom.xml", "/status/atom.xml", *LISTS])
def test_no_document_asks_for_a_stylesheet(client, shelf, path):
    """Browsers are removing XSLT; the page of a view is its human face, and each feed names it."""
    shelf.entry(shelf.source(), position=NOW)
    response = client.get(path)

    assert "xml-stylesheet" not in response.text
    assert response.headers["X-Content-Type-Options"] == "nosniff"
