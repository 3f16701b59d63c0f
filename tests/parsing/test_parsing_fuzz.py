"""Whatever arrives, a feed of legal parts comes out, or our own error, in time that grows with the document.

A longer run: `python -m pytest tests/parsing/test_parsing_fuzz.py --fuzz SECONDS`.
"""

import contextlib
import random
import time
from datetime import UTC
from pathlib import Path

import pytest
from lxml import etree
from mutations import TOKENS, mutate

import feeds
from feeds.text.characters import ILLEGAL
from feeds.text.markup import sanitize
from feeds.text.urls import is_web_url

URL = "https://a.example/news/feed"
DATA = Path(__file__).parent.parent / "data"
CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "feeds"
FORMATS = ("rss", "rdf", "atom", "jsonfeed", "hostile", "refused", "broken", "charset")
SHORT_RUN = 10  # seconds; the same documents each time
#: What no safe HTML has, however it is written.
FORBIDDEN = (
    "<script",
    "<style",
    "<svg",
    "<math",
    "<iframe",
    "<form",
    "<input",
)


def documents(folder):
    own = [path for name in FORMATS for path in sorted((DATA / name).glob("*"))]
    found = [path.read_bytes() for path in own if not path.name.endswith(".expected.json")]
    if folder.exists():
        found += [path.read_bytes()[:20_000] for path in sorted(folder.iterdir())]
    return found


def strings(value):
    """Every string in a feed, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from strings(part)
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            yield from strings(getattr(value, name))


def attributes_in(html):
    """Yield name and value of every attribute, as another parser reads them."""
    for element in etree.HTML(f"<div>{html}</div>").iter():
        yield from element.attrib.items()


def is_harmful(name, value):
    runs = name.startswith("on") or name in ("class", "id", "name", "style")
    is_address = name in ("cite", "href", "poster", "src")
    return runs or (is_address and not value.startswith(("http://", "https://", "mailto:")))


def check(feed):
    """Assert what holds of every feed that comes out."""
    assert not any(ILLEGAL.search(text) for text in strings(feed))
    ids = [entry.id for entry in feed.entries]
    assert len(set(ids)) == len(ids)
    assert all(ids)
    for entry in feed.entries:
        files = [file.url for file in entry.enclosures]
        assert all(is_web_url(url) for url in (entry.link, entry.image, entry.comments, *files) if url)
        assert all(date.tzinfo is UTC for date in (entry.published, entry.updated) if date)
        for html in filter(None, (entry.summary, entry.content)):
            assert sanitize(html, URL) == html
            tags = [tag.partition(">")[0].lower() for tag in html.split("<")[1:]]
            assert not any(word in f"<{tag}" for tag in tags for word in FORBIDDEN)
            assert not any(is_harmful(*attribute) for attribute in attributes_in(html))


def test_mutated_documents_give_a_feed_or_our_own_error(pytestconfig):
    seconds = pytestconfig.getoption("fuzz")
    seed = random.randrange(2**32) if seconds > SHORT_RUN else 20260101
    chance = random.Random(seed)
    good = documents(CORPUS)
    end, read = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        document = mutate(chance.choice(good), chance)
        try:
            check(feeds.parse_feed(document, URL, chance.choice((None, "text/xml", "text/xml; charset=gbk"))))
            read += 1
        except feeds.ParseError:
            continue
        except Exception as error:
            raise AssertionError(f"seed {seed}: {document!r}") from error

    assert read


#: Where a token is repeated: between these.
PLACES = {
    "before the root": (b"", b"<rss><channel><item><title>x</title></item></channel></rss>"),
    "in a channel": (b"<rss><channel>", b"<item><title>x</title></item></channel></rss>"),
    "in a title": (b"<rss><channel><item><title>", b"</title></item></channel></rss>"),
    "in a description": (
        b"<rss><channel><item><description><![CDATA[",
        b"]]></description></item></channel></rss>",
    ),
    "in an attribute": (b"<rss><channel><item><enclosure url='", b"'/></item></channel></rss>"),
    "in an address": (b"<rss><channel><item><link>http://", b"</link></item></channel></rss>"),
    "in xhtml": (b"<feed><entry><content type='xhtml'><div>", b"</div></content></entry></feed>"),
    "in a date": (b"<feed><entry><updated>2022", b"</updated></entry></feed>"),
    "in JSON": (b'{"version":"https://jsonfeed.org/version/1","items":[', b"]}"),
    "in a JSON text": (b'{"version":"https://jsonfeed.org/version/1","items":[{"content_html":"', b'"}]}'),
}
HTML = (
    b"<p>", b"<b>", b"<a href=x>", b"<table>", b"<tr>", b"<td>", b"<li>", b"<!--x", b"<div><p>", b"<b><p>",
    b"<img src=x ", b"<font><table>", b"<select><option>", b"<math><mi>", b"<svg><p>", b"<form>", b"<h1>",
    b"&#x41;", b"&lt;", b"<iframe>", b"<video src=x>", b"<img srcset='a 1x,b 2x'>", b"<noscript>",
    b"<textarea>", b"x ", b"\n\n", b" ", b"a@b ", b"<a@b> ", b"(",
)  # fmt: skip
SIZE = 20_000  # bytes
TIMES = 8
#: Linear growth is 8, quadratic is 64.
GREATEST_GROWTH = 24
#: Seconds below which nothing is measured.
SHORTEST = 0.08


def measure(place, token, size):
    before, after = PLACES[place]
    document = before + token * (size // len(token)) + after
    started = time.process_time()
    with contextlib.suppress(feeds.ParseError):
        feeds.parse_feed(document, URL)
    return time.process_time() - started


@pytest.mark.parametrize("place", PLACES)
def test_time_grows_with_the_document_and_no_faster(place):
    slow = {}
    for token in TOKENS + HTML:
        long = measure(place, token, SIZE * TIMES)
        if long > SHORTEST:
            growth = min(long, measure(place, token, SIZE * TIMES)) / max(measure(place, token, SIZE), 0.001)
            slow |= {token: growth} if growth > GREATEST_GROWTH else {}

    assert slow == {}
