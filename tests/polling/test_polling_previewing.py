"""A preview: what is found behind an address, and that nothing of it is stored."""

import json
import time

import pytest
from msgspec.structs import replace
from polling_server import response

from feeds.model import FoundFeed
from feeds.polling.previewing import MOST_ENTRIES
from feeds.store import sources

ITEM = (
    "<item><title>Title {0}</title><link>https://a.example/{0}</link><guid>g{0}</guid>"
    "<pubDate>{0:02} Jan 2026 10:00:00 GMT</pubDate><description>{1}</description></item>"
)
RSS = (
    '<rss version="2.0"><channel><title>The Feed</title><link>https://a.example/</link>'
    "<description>About it</description><language>en-GB</language>{0}</channel></rss>"
)
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>Comments</title><id>urn:x:1</id>'
    "<updated>2026-01-02T03:04:05Z</updated></feed>"
)
TWO = (
    '<link rel="alternate" type="application/rss+xml" href="/rss" title="News">'
    '<link rel="alternate" type="application/atom+xml" href="/comments" title="评论">'
)
PAGE = "<html><head>{0}</head><body><p>Hello</p></body></html>"


def feed(count: int = 3, text: str = "Some text") -> bytes:
    return RSS.format("".join(ITEM.format(number, text) for number in range(1, count + 1))).encode()


@pytest.fixture
def site(serve):
    """A server whose paths a test fills; others are not found."""
    pages: dict[str, bytes] = {}
    server = serve(lambda asked: pages.get(asked.path, response(404)))
    server.pages = pages
    return server


@pytest.fixture
def look(here):
    """Preview an address as the installation's poller would."""
    return here.preview


def allow(here, *hosts: str) -> None:
    """Let the installation ask these hosts and else only what is public."""
    fetch = replace(here.settings.fetch, allow_private=False, allow_hosts=list(hosts))
    here.settings = replace(here.settings, fetch=fetch)


def url(site, path: str) -> str:
    return f"http://{site.host}{path}"


def asked(site) -> list[str]:
    return [request.path for request in site.asked]


def test_a_feed_tells_what_it_is_and_what_it_would_bring(site, look):
    site.pages["/rss"] = response(body=feed(3, "Some &lt;b&gt;bold&lt;/b&gt; text &lt;img src='/p.png'&gt;"))
    found = look(url(site, "/rss"))

    assert found.problem is None
    assert found.feeds == (FoundFeed(url(site, "/rss"), "address", "The Feed", "rss"),)
    assert (found.title, found.subtitle, found.language) == ("The Feed", "About it", "en-GB")
    assert (found.link, found.count, found.gap) == ("https://a.example/", 3, 24 * 3600)
    assert [entry.title for entry in found.entries] == ["Title 3", "Title 2", "Title 1"]
    newest = found.entries[0]
    assert (newest.link, newest.published) == ("https://a.example/3", found.newest)
    assert (newest.excerpt, newest.has_picture) == ("Some bold text", True)


def test_nothing_is_stored_of_a_preview(site, look, here):
    site.pages["/rss"] = response(body=feed())
    with here.store.read() as db:
        before = sources.list_sources(db)
    look(url(site, "/rss"))

    with here.store.read() as db:
        assert sources.list_sources(db) == before
    assert here.titles() == []


def test_all_feeds_that_a_page_names_are_offered_and_the_first_is_read(site, look):
    site.pages |= {"/": response(body=PAGE.format(TWO).encode(), content_type="text/html; charset=utf-8")}
    site.pages["/rss"] = response(body=feed())
    found = look(url(site, "/"))

    assert found.feeds == (
        FoundFeed(url(site, "/rss"), "page", "The Feed", "rss"),
        FoundFeed(url(site, "/comments"), "page", "评论", "atom"),
    )
    assert found.title == "The Feed"
    assert asked(site) == ["/", "/rss"]  # the other one is not asked for


def test_a_feed_that_cannot_be_read_is_passed_over(site, look):
    site.pages |= {"/": response(body=PAGE.format(TWO).encode()), "/comments": response(body=ATOM.encode())}
    found = look(url(site, "/"))

    assert found.feeds == (FoundFeed(url(site, "/comments"), "page", "Comments", "atom"),)
    assert (found.count, found.entries, found.gap) == (0, (), None)


def test_a_page_that_names_none_leads_to_a_usual_place(site, look):
    site.pages |= {"/": response(body=PAGE.format("").encode()), "/atom.xml": response(body=ATOM.encode())}

    assert look(url(site, "/")).feeds == (FoundFeed(url(site, "/atom.xml"), "place", "Comments", "atom"),)


def test_only_the_newest_entries_are_told_and_none_at_length(site, look):
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "t" * 5000,
        "items": [
            {"id": str(n), "title": "t" * 5000, "content_html": f"<p>{'word ' * 50_000}</p>"}
            for n in range(15)
        ],
    }
    site.pages["/feed"] = response(body=json.dumps(document).encode())
    found = look(url(site, "/feed"))

    assert (found.count, len(found.entries)) == (15, MOST_ENTRIES)
    assert max(len(found.title), *(len(entry.title) for entry in found.entries)) == 500
    assert all(290 < len(entry.excerpt) <= 300 for entry in found.entries)


@pytest.mark.parametrize(
    ("path", "answer", "problem"),
    [
        (
            "/",
            response(body=PAGE.format("").encode()),
            "{}: the document is a web page, not a feed, and no feed",
        ),
        ("/gone", response(404), "{}: HTTP 404 Not Found"),
        ("/text", response(body=b"nothing of ours"), "{}: the document is of no format we know"),
    ],
)
def test_what_goes_wrong_is_told_in_the_words_of_the_command(site, look, path, answer, problem):
    site.pages[path] = answer
    found = look(url(site, path))

    assert found.problem.startswith(problem.format(url(site, path)))
    assert found.feeds == ()


@pytest.mark.parametrize("address", ["ftp://a.example/", "a.example", "file:///etc/passwd", ""])
def test_what_is_no_web_address_is_asked_of_nobody(look, address):
    assert look(address).problem == f"{address}: is no http(s) address"


def test_a_private_address_is_refused(site, look, here):
    allow(here)

    assert look(url(site, "/rss")).problem == f"{url(site, '/rss')}: 127.0.0.1 is not a public address"
    assert site.asked == []


def test_a_page_cannot_lead_to_a_private_address(serve, site, look, here):
    inside = serve(response(body=feed()))
    link = f'<link rel="alternate" type="application/rss+xml" href="{inside.url}">'
    site.pages["/"] = response(body=PAGE.format(link).encode())
    allow(here, site.host)

    assert look(url(site, "/")).problem.endswith("and no feed was found through it")
    assert inside.asked == []


def test_a_preview_takes_no_longer_than_it_may(serve, look):
    def stall(_asked):
        time.sleep(2)
        return response(body=feed())

    server = serve(stall)
    found = look(server.url, 0.2)

    assert found.problem == f"{server.url}: no feed was found within 0.2 s"


def test_a_key_in_the_address_is_used_and_not_told(site, look):
    found = look(f"http://u:p@{site.host}/rss?key=s3cret")

    assert found.problem == f"http://{site.host}/rss: HTTP 404 Not Found"
    assert site.asked[0].path == "/rss?key=s3cret"
