"""JSON Feed 1.0 and 1.1, transcribed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, TypeAlias

from feeds.model import Document, Link, ParsedEntry, ParsedFeed, Person, Text
from feeds.parsing.refusal import refusal
from feeds.text.charset import decode

JSONObject: TypeAlias = dict[str, Any]

#: The relation each address has, in the order the links are given.
FEED_LINKS = (("home_page_url", "alternate"), ("feed_url", "self"), ("next_url", "next"))
ITEM_LINKS = (("url", "alternate"), ("external_url", "related"))
#: A linked page is the page of an item that has none of its own.
LONE_LINKS = (("external_url", "alternate"),)

#: Best first.
CONTENT = (("content_html", "html"), ("content_text", "text"))
FEED_IMAGES = ("icon", "favicon")
IMAGES = ("image", "banner_image")


def parse_jsonfeed(document: Document) -> ParsedFeed:
    """Return a JSON Feed as written; raises ParseError."""
    feed = _read_json(document)
    version = _text(feed, "version") or ""
    items = feed.get("items")
    if "jsonfeed.org" not in version and not isinstance(items, list):
        raise refusal(document, "the document is no JSON Feed")
    return ParsedFeed(
        format="jsonfeed",
        version=version.rpartition("/")[2] or None,
        title=_construct(feed, (("title", "text"),)),
        subtitle=_construct(feed, (("description", "text"),)),
        links=(*_links(feed, FEED_LINKS), *_hubs(feed)),
        authors=_authors(feed),
        language=_text(feed, "language"),
        image=_link(feed, FEED_IMAGES),
        entries=tuple(_read_item(item) for item in _objects(items)),
    )


def _read_json(document: Document) -> JSONObject:
    text = decode(document.body, document.media_type)
    if not text.strip():
        raise refusal(document, "the document is empty")
    try:
        value = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        raise refusal(document, "the document is not JSON") from error
    if not isinstance(value, dict):
        raise refusal(document, "the document is no JSON Feed")
    return value


def _read_item(item: JSONObject) -> ParsedEntry:
    links = ITEM_LINKS if _text(item, "url") else LONE_LINKS
    return ParsedEntry(
        guid=_text(item, "id"),
        title=_construct(item, (("title", "text"),)),
        links=tuple(_links(item, links)),
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


def _as_text(value: Any) -> str | None:
    """Return a string, or a number as it is written; identifiers are often numbers."""
    if isinstance(value, str):
        return value.strip() or None
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _text(parent: JSONObject, name: str) -> str | None:
    return _as_text(parent.get(name))


def _list(parent: JSONObject, name: str) -> list[Any]:
    value = parent.get(name)
    return value if isinstance(value, list) else []


def _objects(values: Any) -> list[JSONObject]:
    return [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []


def _construct(parent: JSONObject, names: tuple[tuple[str, str], ...]) -> Text | None:
    for name, kind in names:
        if value := _text(parent, name):
            return Text(value, kind="html" if kind == "html" else "text")
    return None


def _links(parent: JSONObject, relations: tuple[tuple[str, str], ...]) -> Iterator[Link]:
    for name, rel in relations:
        if href := _text(parent, name):
            yield Link(href, rel=rel)


def _link(parent: JSONObject, names: tuple[str, ...]) -> Link | None:
    return next(_links(parent, tuple((name, "alternate") for name in names)), None)


def _hubs(feed: JSONObject) -> Iterator[Link]:
    for hub in _objects(feed.get("hubs")):
        yield from _links(hub, (("url", "hub"),))


def _authors(parent: JSONObject) -> tuple[Person, ...]:
    """Return the authors; version 1.0 had one only."""
    written = _objects(parent.get("authors")) or _objects([parent.get("author")])
    people = (Person(name=_text(author, "name"), url=_text(author, "url")) for author in written)
    return tuple(person for person in people if person != Person())


def _attachments(item: JSONObject) -> Iterator[Link]:
    for attachment in _objects(item.get("attachments")):
        if href := _text(attachment, "url"):
            yield Link(
                href,
                rel="enclosure",
                media_type=_text(attachment, "mime_type"),
                length=_text(attachment, "size_in_bytes"),
                title=_text(attachment, "title"),
            )
