"""The feeds that a web page points to."""

from __future__ import annotations

from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag

from feeds.model import Document, Link
from feeds.parsing.soup import open_soup
from feeds.text.charset import decode
from feeds.text.urls import is_web_url, resolve

FEED_TYPES = frozenset(
    {
        "application/rss+xml",
        "application/atom+xml",
        "application/feed+json",
        "application/json",
        "application/rdf+xml",
        "application/xml",
        "text/xml",
    }
)
#: `application/json` is what sites describe their own machinery with, and only sometimes a feed.
AMBIGUOUS_TYPES = frozenset({"application/json"})
OTHER_JSON = ("/wp-json/", "oembed")
LOOKED_AT = 1_000_000  # characters in which a page names its feeds: they stand in its head


def find_feed_links(document: Document) -> tuple[Link, ...]:
    """Return the feeds a page names as its own, absolute and in order, each address once."""
    html = decode(document.body, document.media_type)[:LOOKED_AT]
    soup = open_soup(html, only=("base", "link"))
    links: dict[str, Link] = {}
    for link in _find_links(soup, _find_base(soup, document.url)):
        links.setdefault(link.href, link)
    return tuple(links.values())


def _find_base(soup: BeautifulSoup, url: str) -> str:
    base = soup.find("base", href=True)
    return (resolve(url, _text(base, "href")) if isinstance(base, Tag) else None) or url


def _find_links(soup: BeautifulSoup, base: str) -> Iterator[Link]:
    for tag in soup.find_all("link", href=True):
        if not isinstance(tag, Tag) or not _names_a_feed(tag):
            continue
        url = resolve(base, _text(tag, "href"))
        if url and is_web_url(url):
            yield Link(url, media_type=_media_type(tag), title=_text(tag, "title") or None)


def _names_a_feed(tag: Tag) -> bool:
    relations = _text(tag, "rel").lower().split()
    media_type = _media_type(tag)
    if "alternate" not in relations or media_type not in FEED_TYPES:
        return False
    is_machinery = any(part in _text(tag, "href") for part in OTHER_JSON)
    return media_type not in AMBIGUOUS_TYPES or not is_machinery


def _media_type(tag: Tag) -> str:
    return _text(tag, "type").partition(";")[0].strip().lower()


def _text(tag: Tag, name: str) -> str:
    """Return an attribute as one text: BeautifulSoup makes a list of those that hold several words."""
    value = tag.get(name) or ""
    return (value if isinstance(value, str) else " ".join(value)).strip()
