"""JSON Feed 1.0 and 1.1 (jsonfeed.org), transcribed."""

from __future__ import annotations

import codecs
import html
import json
import re
from collections.abc import Iterator
from typing import Any, Literal

from feeds.model import Document, Link, ParsedEntry, ParsedFeed, Person, Text
from feeds.parsing.json_reading import JSONObject, NotJSON, read_object
from feeds.parsing.refusal import refusal
from feeds.text.charset import decode

#: The relation each address has, in the order the links are given.
FEED_LINKS = (("home_page_url", "alternate"), ("feed_url", "self"), ("next_url", "next"))
ITEM_LINKS = (("url", "alternate"), ("external_url", "related"))
#: A linked page is the page of an item that has none of its own.
LONE_LINKS = (("external_url", "alternate"),)

#: Best first.
CONTENT: tuple[tuple[str, Literal["text", "html"]], ...] = (
    ("content_html", "html"),
    ("content_text", "text"),
)
FEED_IMAGES = ("icon", "favicon")
IMAGES = ("image", "banner_image")

#: One of these tells a feed from any other JSON with a list of items, where no version does.
TELLING = frozenset({"title", "home_page_url", "feed_url"})
#: What is found where a broken item is looked behind, and is a part of it: an author, an attachment.
PARTS = frozenset({"name", "mime_type"})

#: Authors, tags or attachments of one item.
MOST_PARTS = 1000

#: Titles are plain text, in which an `&amp;` stands for itself. A reference that nobody writes by hand shows
#: that a title was taken from HTML.
REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]\w{1,30});")
ANY_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]\w{1,30});")


def parse_jsonfeed(document: Document) -> ParsedFeed:
    """Return a JSON Feed as written; raises ParseError.

    What breaks off or is nearly JSON is read as far as it goes; of very many items the first are read.
    """
    feed, items = _read(document)
    return ParsedFeed(
        format="jsonfeed",
        version=(_text(feed, "version") or "").strip("/").rpartition("/")[2] or None,
        title=_title(feed),
        subtitle=_construct(feed, (("description", "text"),)),
        links=(*_links(feed, FEED_LINKS), *_hubs(feed)),
        authors=_authors(feed),
        language=_text(feed, "language"),
        image=_link(feed, FEED_IMAGES),
        entries=items,
    )


def _read(document: Document) -> tuple[JSONObject, tuple[ParsedEntry, ...]]:
    """Return the members of the feed and its items; raises ParseError."""
    text = _decode(document)
    if not text.strip():
        raise refusal(document, "the document is empty")
    try:
        reading = read_object(text, "items", _read_element)
    except NotJSON as error:
        raise refusal(document, str(error)) from error
    feed, items = reading.members, reading.elements
    items.extend(filter(None, map(_read_element, _objects(feed, "items"))))
    version = (_text(feed, "version") or "").lower()
    if "jsonfeed.org" not in version and not _is_feed(feed, items, reading.has_list):
        raise refusal(document, "the document is no JSON Feed")
    return feed, tuple(items)


def _decode(document: Document) -> str:
    head = document.body[:4]
    if b"\0" in head and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return document.body.decode(json.detect_encoding(head), "replace")  # RFC 4627, section 3
    return decode(document.body, document.media_type)


def _is_feed(feed: JSONObject, items: list[ParsedEntry], has_list: bool) -> bool:
    """Whether an object without the version of a feed is one."""
    return has_list and (
        not TELLING.isdisjoint(feed) or any(item.content or item.published for item in items)
    )


def _read_element(element: Any) -> ParsedEntry | None:
    is_item = isinstance(element, dict) and ("id" in element or PARTS.isdisjoint(element))
    return _read_item(element) if is_item else None


def _read_item(item: JSONObject) -> ParsedEntry:
    links = tuple(_links(item, ITEM_LINKS if _text(item, "url") else LONE_LINKS))
    return ParsedEntry(
        guid=_text(item, "id"),
        guid_is_link=not links,  # version 1.1, "id": ideally the full URL of what the item describes
        title=_title(item),
        links=links,
        authors=_authors(item),
        published=_text(item, "date_published"),
        updated=_text(item, "date_modified"),
        summary=_construct(item, (("summary", "text"),)),
        content=_construct(item, CONTENT),
        enclosures=tuple(_attachments(item)),
        categories=tuple(filter(None, map(_as_text, _list(item, "tags")))),
        language=_text(item, "language"),
        image=_link(item, IMAGES),
    )


# --- Values, of whatever type they are ---------------------------------------------------------------


def _as_text(value: Any) -> str | None:
    """Return a text; numbers come as they are written."""
    return value.strip() or None if isinstance(value, str) else None


def _text(parent: JSONObject, name: str) -> str | None:
    return _as_text(parent.get(name))


def _list(parent: JSONObject, name: str) -> list[Any]:
    """Return the first elements. One thing alone is a list of it; PHP writes lists with gaps as objects."""
    value = parent.get(name)
    if isinstance(value, dict) and value and all(map(str.isdigit, value)):
        value = list(value.values())
    return value[:MOST_PARTS] if isinstance(value, list) else [value]


def _objects(parent: JSONObject, name: str, sole: str = "") -> list[JSONObject]:
    """Return a list's objects; where there is a text it is what an object calls `sole`."""
    values = ({sole: value} if isinstance(value, str) else value for value in _list(parent, name))
    return [value for value in values if isinstance(value, dict)]


def _title(parent: JSONObject) -> Text | None:
    title = _construct(parent, (("title", "text"),))
    if title is None or not REFERENCE.search(title.value):
        return title
    return Text(ANY_REFERENCE.sub(lambda found: html.unescape(found[0]), title.value))


def _construct(parent: JSONObject, names: tuple[tuple[str, Literal["text", "html"]], ...]) -> Text | None:
    for name, kind in names:
        if value := _text(parent, name):
            return Text(value, kind=kind)
    return None


def _links(parent: JSONObject, relations: tuple[tuple[str, str], ...]) -> Iterator[Link]:
    for name, rel in relations:
        if href := _text(parent, name):
            yield Link(href, rel=rel)


def _link(parent: JSONObject, names: tuple[str, ...]) -> Link | None:
    return next(_links(parent, tuple((name, "alternate") for name in names)), None)


def _hubs(feed: JSONObject) -> Iterator[Link]:
    """Yield the hubs, but for those of another protocol (version 1.1, "hubs": `type`)."""
    for hub in _objects(feed, "hubs", "url"):
        if (_text(hub, "type") or "").lower() != "rsscloud":
            yield from _links(hub, (("url", "hub"),))


def _authors(parent: JSONObject) -> tuple[Person, ...]:
    """Return the authors; version 1.0 had one only."""
    return _people(parent, "authors") or _people(parent, "author")


def _people(parent: JSONObject, name: str) -> tuple[Person, ...]:
    written = _objects(parent, name, "name")
    people = (Person(name=_text(author, "name"), url=_text(author, "url")) for author in written)
    return tuple(person for person in people if person != Person())


def _attachments(item: JSONObject) -> Iterator[Link]:
    for attachment in _objects(item, "attachments", "url"):
        if href := _text(attachment, "url"):
            yield Link(
                href,
                rel="enclosure",
                media_type=_text(attachment, "mime_type"),
                length=_text(attachment, "size_in_bytes"),
                title=_text(attachment, "title"),
            )
