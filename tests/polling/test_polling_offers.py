"""Discovery: where hubs and topics are found, and which count (WebSub, section 4)."""

import json
import time

import pytest
from polling_server import response

from feeds.curation.normalize import normalize
from feeds.model import Document
from feeds.parsing import parse
from feeds.polling.delivery.offers import find_offer
from feeds.polling.fetch import FetchResult
from feeds.polling.link_header import find_targets
from feeds.store import hubs

URL = "https://a.example/feed"
HUB, OTHER, TOPIC = "https://hub.example/", "https://other.example/hub", "https://a.example/topic"
LINKS = f'<{{0}}link rel="hub" href="{HUB}"/><{{0}}link rel="self" href="{TOPIC}"/>'
NAMESPACE = "http://www.w3.org/2005/Atom"
RSS = '<rss version="2.0" xmlns:a="{0}"><channel><title>F</title>{1}</channel></rss>'
PLAIN = "<rss><channel><title>F</title></channel></rss>"
DOCUMENTS = {
    "rss": RSS.format(NAMESPACE, LINKS.format("a:")),
    "rdf": '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
    f' xmlns:a="{NAMESPACE}"><channel><title>F</title>{LINKS.format("a:")}</channel></r:RDF>',
    "atom": f'<feed xmlns="{NAMESPACE}"><title>F</title>{LINKS.format("")}</feed>',
    "json": json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "F",
            "feed_url": TOPIC,
            "hubs": [{"type": "WebSub", "url": HUB}],
            "items": [],
        }
    ),
}


def offer(body=PLAIN, header="", url=URL):
    """What is found in an answer with this body and this Link header."""
    document = Document(url, body.encode())
    feed = normalize(parse(document), document, url, url)
    targets = {rel: find_targets(header, rel, url) for rel in ("hub", "self")}
    fetched = FetchResult(document, 200, url, hubs=targets["hub"], topic=next(iter(targets["self"]), None))
    return find_offer(fetched, feed)


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_a_feed_of_each_format_advertises_its_hub(kind):
    assert offer(DOCUMENTS[kind]).hubs == (HUB,)
    assert offer(DOCUMENTS[kind]).topic == TOPIC


def test_a_hub_of_another_protocol_is_none_of_ours():
    hubs = [{"type": "rssCloud", "url": OTHER}, {"type": "WebSub", "url": HUB}, {"url": f"{HUB}2"}]
    body = json.dumps(
        {"version": "https://jsonfeed.org/version/1.1", "title": "F", "hubs": hubs, "items": []}
    )

    assert offer(body).hubs == (HUB, f"{HUB}2")


def test_a_header_advertises_a_hub():
    found = offer(header=f'<{HUB}>; rel="hub", <{TOPIC}>; rel="self"')

    assert (found.hubs, found.topic, found.base) == ((HUB,), TOPIC, URL)


def test_the_header_goes_before_the_feed():
    header = f'<{OTHER}>; rel="hub", <{TOPIC}2>; rel="self"'

    assert offer(DOCUMENTS["atom"], header).hubs == (OTHER,)
    assert offer(DOCUMENTS["atom"], header).topic == f"{TOPIC}2"


def test_what_the_header_does_not_say_the_feed_says():
    assert offer(DOCUMENTS["atom"], f"<{OTHER}>; rel=hub").topic == TOPIC
    assert offer(DOCUMENTS["atom"], f"<{TOPIC}2>; rel=self").hubs == (HUB,)


def test_a_feed_without_an_address_of_its_own_is_known_by_the_one_it_came_from():
    assert offer(header=f"<{HUB}>; rel=hub", url="https://b.example/moved").topic == "https://b.example/moved"


def test_relative_addresses_refer_to_the_document():
    found = offer(
        RSS.format(NAMESPACE, '<a:link rel="self" href="/f"/><a:link rel="hub" href="//h.example"/>')
    )

    assert (found.hubs, found.topic) == (("https://h.example",), "https://a.example/f")


@pytest.mark.parametrize(
    "href", ["ftp://hub.example/", "javascript:x", "mailto:hub@a.example", "", "http://"]
)
def test_only_web_addresses_are_hubs(href):
    assert offer(RSS.format(NAMESPACE, f'<a:link rel="hub" href="{href}"/>')).hubs == ()
    assert offer(header=f"<{href}>; rel=hub").hubs == ()


def test_a_few_hubs_at_most_are_worth_a_try():
    many = "".join(f'<a:link rel="hub" href="https://{n}.example/"/>' for n in (1, 1, *range(9)))

    assert offer(RSS.format(NAMESPACE, many)).hubs == tuple(f"https://{n}.example/" for n in (1, 0, 2, 3))


@pytest.mark.parametrize("url", ["https://u:p@a.example/f", "https://a.example/f?token=s3cret"])
def test_no_hub_is_told_an_address_with_a_secret(url):
    assert offer(header=f"<{HUB}>; rel=hub", url=url).hubs == ()
    assert offer(header=f"<{HUB}>; rel=hub, <{TOPIC}>; rel=self", url=url).topic == TOPIC


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("<https://h.example>; rel=hub", ["https://h.example"]),
        ('<https://h.example>;REL = "Self HUB next" ; x="a,b\\", <c>"', ["https://h.example"]),
        ("<https://h.example>; rel=next; rel=hub", []),
        ('<https://h.example>; rel=hub; anchor="/elsewhere"', []),
        ("<https://h.example>", []),
        ("<https://h.example", []),
        ("https://h.example; rel=hub", []),
        ('<https://h.example>; rel="hub, <https://i.example>; rel=hub', ["https://i.example"]),
        ("<https://h.example/a,b;c>; rel=hub", ["https://h.example/a,b;c"]),
        ("< https://h.example >; rel=hub,, <https://h.example>; rel=hub", ["https://h.example"]),
    ],
)
def test_the_header_is_read_as_the_standard_says_and_as_far_as_it_goes(header, found):
    assert list(find_targets(header, "hub", URL)) == found


@pytest.mark.parametrize(
    "part", ['<a>;"', "<", "<a>;a=", '<a>;rel="\\', ";", '<a>; rel=hub; x="', "<a>" + " " * 99]
)
def test_no_header_takes_long(part):
    started = time.perf_counter()
    find_targets(part * 100_000, "hub", URL)

    assert time.perf_counter() - started < 0.5


# --- Kept -------------------------------------------------------------------------------------------


def kept(here, url):
    with here.store.read() as db:
        return hubs.find_offer(db, here.source(url))


def test_an_offer_is_kept_with_what_was_fetched_and_only_with_a_document(here, serve):
    server = serve(
        response(body=b"<rss><channel/></rss>", link=f"<{HUB}>; rel=hub, <t>; rel=self", etag='"1"')
    )
    here.subscribe(server.url)
    here.poll(server.url)
    found = kept(here, server.url)
    assert (found.hubs, found.topic, found.base) == ((HUB,), f"http://{server.host}/t", server.url)

    server.answer = lambda asked: response(304, b"")
    here.poll(server.url)
    server.answer = lambda asked: response(500)
    here.poll(server.url)
    server.answer = lambda asked: response(body=b"<html>Sorry</html>")
    here.poll(server.url)
    assert kept(here, server.url) == found

    server.answer = lambda asked: response(body=b"<rss><channel></channel></rss>")
    here.poll(server.url)
    assert kept(here, server.url).hubs == ()


def test_a_source_that_never_had_a_hub_has_no_row(here, serve):
    server = serve(response(body=b"<rss><channel/></rss>"))
    here.subscribe(server.url)
    here.poll(server.url)

    assert kept(here, server.url) is None
