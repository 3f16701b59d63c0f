"""What machines read about pages: robots.txt, sitemaps, the manifest, icons, and the head of every page."""

import json
import struct
from urllib.parse import quote, unquote, urlsplit
from urllib.robotparser import RobotFileParser

import pytest
from sitemap_rules import read_sitemap
from web_markup import Page
from web_samples import NOW

from feeds.store import sitemap
from feeds.store.entries import quarantine
from feeds.store.searches import sync_searches
from feeds.web import machines
from feeds.web.heads import find_territorial

BASE = "http://feeds.example"
SUBPATH = '[site]\nbase_url = "https://feeds.example/a&b/papers"\n'


@pytest.fixture
def full(shelf, store):
    """Public entries and views, and everything that may not be listed; returns the keys of the former."""
    source = shelf.source(name="早报", category="World News")
    keys = shelf.entries(source, 7, categories=("经济", "a & b"))
    for number in (8, 9):
        shelf.entry(source, id=f"https://a.example/out-{number}")
    shelf.apply(source, withdrawn=("https://a.example/out-8",))
    with store.write() as db:
        quarantine(db, "https://a.example/out-9", "it is spoiled", NOW)
        sync_searches(db, {"Rivers": "river"})
    hidden = shelf.source("https://hidden.example/feed", name="Hidden", category="Hush", private=True)
    shelf.entry(hidden, id="https://hidden.example/1", categories=("Covert",))
    return keys


@pytest.fixture
def short(monkeypatch):
    """Parts of three pages."""
    for module in (sitemap, machines):
        monkeypatch.setattr(module, "PART_LENGTH", 3)


def read(client, path: str) -> tuple[str, list[str]]:
    answer = client.get(path)
    assert answer.status_code == 200, path
    assert answer.mimetype == "application/xml"
    return read_sitemap(answer.data, BASE + path)


def read_robots(client) -> RobotFileParser:
    robots = RobotFileParser()
    robots.parse(client.get("/robots.txt").text.splitlines())
    return robots


def gather(client) -> list[str]:
    """Every page that the sitemap leads to."""
    kind, found = read(client, "/sitemap.xml")
    if kind == "urlset":
        return found
    parts = [read(client, address.removeprefix(BASE)) for address in found]
    assert {kind for kind, _ in parts} == {"urlset"}
    return [address for _, listed in parts for address in listed]


# --- The sitemap ------------------------------------------------------------------------------------


def expected(keys):
    views = ["/", "/searches/rivers/", "/sources/早报/", "/categories/经济/", "/categories/a-b/"]
    views += ["/categories/world-news/", "/sources/", "/categories/", "/feeds/", "/about/"]
    return {BASE + quote(path) for path in (*views, *(f"/entries/{key}/" for key in keys))}


def test_a_small_site_is_listed_at_once(client, full):
    kind, found = read(client, "/sitemap.xml")

    assert kind == "urlset"
    assert set(found) == expected(full)


@pytest.mark.usefixtures("short")
def test_a_large_one_is_listed_in_parts(client, full):
    kind, _ = read(client, "/sitemap.xml")
    found = gather(client)

    assert kind == "sitemapindex"
    assert set(found) == expected(full)
    assert len(found) == len(set(found))


@pytest.mark.usefixtures("full")
def test_every_page_that_is_listed_is_there_and_may_be_indexed(client):
    robots = read_robots(client)
    for address in gather(client):
        answer = client.get(unquote(address.removeprefix(BASE)))

        assert answer.status_code == 200, address
        assert "noindex" not in answer.text, address
        assert robots.can_fetch("AnyBot", address)


def test_a_site_without_entries_has_a_sitemap(client):
    assert BASE + "/" in gather(client)


@pytest.mark.usefixtures("short", "full")
def test_parts_stay_what_they_are_when_entries_come(client, shelf):
    _, before = read(client, "/sitemap.xml")
    first = client.get("/sitemap-entries-1.xml").data
    shelf.entries(shelf.source("https://b.example/feed", name="B"), 4)
    _, after = read(client, "/sitemap.xml")

    assert client.get("/sitemap-entries-1.xml").data == first
    assert set(before) <= set(after)


@pytest.mark.parametrize(
    "path", ["/sitemap.xml", "/sitemap-pages.xml", "/robots.txt", "/manifest.webmanifest"]
)
@pytest.mark.usefixtures("full")
def test_what_has_not_changed_is_not_sent_again(client, path):
    whole = client.get(path)
    again = client.get(path, headers={"If-None-Match": whole.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")
    assert client.get(path, headers={"Accept-Encoding": "gzip"}).headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize(
    "path",
    [
        "/sitemap-entries-0.xml",
        "/sitemap-entries-2.xml",
        "/sitemap-entries-99999999999999999999.xml",
        "/sitemap-entries-x.xml",
        "/sitemap-hidden.xml",
        "/sitemap-category.xml?after=龥龥",
        "/sitemap-source.xml?after=%00",
    ],
)
@pytest.mark.usefixtures("full")
def test_a_part_that_is_none_is_not_found(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.usefixtures("full")
def test_the_addresses_are_those_of_the_base_url_whatever_is_in_it(build):
    client = build(SUBPATH).test_client()
    answer = client.get("/a&b/papers/sitemap.xml", base_url="http://elsewhere.example")
    kind, found = read_sitemap(answer.data, "https://feeds.example/a&b/papers/sitemap.xml")

    assert kind == "urlset"
    assert "https://feeds.example/a&b/papers/about/" in found


# --- robots.txt -------------------------------------------------------------------------------------


def test_robots_may_read_pages_and_feeds_and_nothing_that_is_made_up_or_acts(client):
    answer = client.get("/robots.txt")
    robots = read_robots(client)
    may = [
        "/",
        "/sources/",
        "/sources/a/",
        "/entries/aaaa/",
        "/search/",
        "/searches/a/",
        "/atom.xml",
        "/about/",
    ]
    may_not = ["/search/?q=a", "/desk/", "/desk/add/", "/api/v1/entries", "/refreshes/a/", "/refresh"]

    assert answer.mimetype == "text/plain"
    assert all(robots.can_fetch("AnyBot", BASE + path) for path in may)
    assert not any(robots.can_fetch("AnyBot", BASE + path) for path in may_not)
    assert robots.site_maps() == [f"{BASE}/sitemap.xml"]


def test_under_a_path_the_rules_are_those_of_that_path(build):
    text = build(SUBPATH).test_client().get("/a&b/papers/robots.txt").text

    assert "Disallow: /a&b/papers/api/\n" in text
    assert "Sitemap: https://feeds.example/a&b/papers/sitemap.xml\n" in text


# --- The manifest and the icons ---------------------------------------------------------------------


def test_the_manifest_tells_what_a_device_needs(client):
    answer = client.get("/manifest.webmanifest")
    manifest = json.loads(answer.data)

    assert answer.mimetype == "application/manifest+json"
    assert manifest["name"] == manifest["short_name"] == "Papers"
    assert manifest["start_url"] == manifest["scope"] == manifest["id"] == "/"
    assert manifest["display"] == "minimal-ui"
    assert {"background_color", "theme_color", "description", "lang"} <= set(manifest)
    for icon in manifest["icons"]:
        with client.get(icon["src"]) as sent:
            png = sent.data
        width, height = struct.unpack(">II", png[16:24])
        assert png.startswith(b"\x89PNG")
        assert icon["sizes"] == f"{width}x{height}"
    assert {icon["sizes"] for icon in manifest["icons"]} == {"192x192", "512x512"}
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}


def test_the_manifest_of_a_site_under_a_path_stays_there(build):
    manifest = build(SUBPATH).test_client().get("/a&b/papers/manifest.webmanifest").json

    assert manifest["start_url"] == manifest["scope"] == "/a&b/papers/"
    assert all(icon["src"].startswith("/a&b/papers/static/") for icon in manifest["icons"])


def test_an_icon_is_where_it_is_looked_for(client):
    with client.get("/favicon.ico") as answer:
        reserved, kind, count = struct.unpack("<HHH", answer.data[:6])

        assert (answer.status_code, reserved, kind, count) == (200, 0, 1, 3)
        assert len(answer.data) < 4096
        assert "max-age=86400" in answer.headers["Cache-Control"]
    with client.get("/favicon.ico", headers={"If-None-Match": answer.headers["ETag"]}) as again:
        assert again.status_code == 304


# --- The head of every page -------------------------------------------------------------------------


@pytest.fixture
def pages(client, full):
    """Every kind of page, by its path."""
    paths = ["/", "/sources/", "/sources/早报/", "/categories/", "/categories/经济/", "/searches/rivers/"]
    paths += ["/search/", "/search/?q=title", "/feeds/", "/status/", "/about/", "/withdrawn/", "/refresh"]
    paths += [f"/entries/{full[0]}/", f"/entries/{full[0]}/history/", "/nowhere/"]
    return {path: Page(client.get(path).text) for path in paths}


def told(page: Page, name: str) -> list[str | None]:
    return [meta["content"] for meta in page.find("meta", property=name)]


def test_every_page_says_what_it_is(pages):
    for path, page in pages.items():
        assert page.problems == [], path
        for name in ("og:site_name", "og:type", "og:title", "og:description", "og:locale"):
            assert len(told(page, name)) == 1, (path, name)
            assert all(told(page, name)), (path, name)
        assert len(page.find("meta", name="description")) == 1, path
        assert len(page.find("link", rel="manifest")) == len(page.find("link", rel="apple-touch-icon")) == 1
        assert len(page.find("meta", name="theme-color")) == 2


def test_every_page_names_the_feeds_of_the_site_or_of_its_view(client, pages):
    for path, page in pages.items():
        feeds = [link for link in page.find("link", rel="alternate") if link["type"] != "text/x-opml"]

        assert len(feeds) in (3, 4, 6), path  # that of health, or of its source, beside those of the site
        assert [link["type"] for link in feeds[:3]] == [
            "application/rss+xml",
            "application/atom+xml",
            "application/feed+json",
        ]
        for link in feeds:
            assert client.get(unquote(link["href"])).status_code == 200 or "?" in link["href"]


def test_a_page_stands_at_its_address_under_the_base_url(pages):
    for path, page in pages.items():
        expected = [] if path == "/nowhere/" else [BASE + quote(path, safe="/?=")]

        assert told(page, "og:url") == expected, path


def test_only_what_is_whole_and_stands_here_first_is_canonical(client, pages):
    for path, page in pages.items():
        canonical = [link["href"] for link in page.find("link", rel="canonical")]
        if path.startswith("/entries/") and not path.endswith("history/"):
            assert urlsplit(canonical[0]).netloc == "a.example"
        else:
            assert canonical == ([] if "?" in path or path == "/nowhere/" else [BASE + quote(path)]), path
    assert Page(client.get("/?lang=zh").text).find("link", rel="canonical") == []


def test_the_title_of_a_page_is_told_without_that_of_the_site(pages):
    assert told(pages["/sources/早报/"], "og:title") == ["早报"]
    assert told(pages["/"], "og:title") == ["Papers"]


def test_what_a_page_is_called_is_escaped_in_its_head(client, shelf):
    shelf.source("https://q.example/feed", name='a "b" <c> & d')
    [source] = [one for one in client.get("/api/v1/sources").json["sources"] if "q.example" in one["url"]]
    page = Page(client.get(f"/sources/{source['slug']}/").text)

    assert page.problems == []
    assert told(page, "og:title") == ['a "b" <c> & d']


@pytest.mark.parametrize(
    ("tag", "locale"),
    [
        ("zh-Hans", "zh_CN"),
        ("zh-Hant", "zh_TW"),
        ("zh-HK", "zh_HK"),
        ("en", "en_US"),
        ("ja", "ja_JP"),
        ("pt-BR", "pt_BR"),
        ("de", "de_DE"),
        ("xx", None),
        ("no language!", None),
    ],
)
def test_a_language_is_told_with_a_territory(tag, locale):
    assert find_territorial(tag) == locale
