"""RSS 0.9x and 2.0, and RSS 0.90 and 1.0 which are RDF, transcribed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from feeds.model import Document, Link, Origin, ParsedEntry, ParsedFeed, Person, Text
from feeds.parsing.atom import read_construct, read_link, read_person, read_source
from feeds.parsing.elements import (
    XML_LANG,
    Element,
    Fields,
    attribute,
    each,
    first_text,
    fold_name,
    group_children,
    link_to,
    loose_attribute,
    markup_of,
    parse_person,
    text_of,
    texts_of,
)
from feeds.parsing.media import find_files, find_image, is_image, open_media
from feeds.parsing.refusal import refusal
from feeds.parsing.xml import read_xml

HOME = "rss"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"

#: Where each field is given, best first: the first element that has any text wins.
TITLE = ("title", "dc:title", "atom:title", "media:title", "itunes:title")
CONTENT = ("content:encoded", "xhtml:body", "xhtml:div", "atom:content")
SUMMARY = (
    "description",
    "dc:description",
    "atom:summary",
    "itunes:summary",
    "media:description",
    "itunes:subtitle",
)
SUBTITLE = ("description", "atom:subtitle", "itunes:summary", "itunes:subtitle")
PUBLISHED = ("pubdate", "dc:date", "dcterms:issued", "dcterms:created", "atom:published", "published")
UPDATED = ("atom:updated", "dcterms:modified", "updated")
FEED_UPDATED = ("lastbuilddate", "pubdate", "dc:date", "atom:updated", "dcterms:modified")
GUID = ("guid", "atom:id", "dc:identifier")
AUTHORS = ("dc:creator", "author", "atom:author", "itunes:author")
FEED_AUTHORS = ("dc:creator", "managingeditor", "atom:author", "itunes:author")
CATEGORIES = ("category", "dc:subject")
LANGUAGE = ("language", "dc:language")
RIGHTS = ("copyright", "dc:rights", "atom:rights", "media:copyright")

#: Elements that hold plain text by their specification; all others may hold HTML.
PLAIN = frozenset({"itunes:title", "itunes:summary", "itunes:subtitle", "copyright", "dc:rights"})
#: Elements of which nobody said what they hold: it is HTML where it looks like it.
UNTOLD = frozenset({"title", "dc:title"})
#: An entity or a closed tag. A single `<b>` in a headline is what the headline is about.
HTML_SIGN = re.compile(
    r"</(?:a|abbr|b|big|cite|code|del|div|em|font|h[1-6]|i|ins|p|q|s|small|span|strike|strong|su[bp]|tt|u)\s*>"
    r"|<(?:br|img|wbr)\b|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});",
    re.IGNORECASE,
)


def parse_rss(document: Document) -> ParsedFeed:
    """Return an RSS feed of any version as written; raises ParseError."""
    root = read_xml(document)
    name = fold_name(str(root.tag), HOME)
    if name not in ("rss", "rdf:rdf", "channel"):
        raise refusal(document, "the document is no RSS feed")
    outer = group_children(root, HOME)
    # RDF has the items beside the channel, and some RSS has them there by mistake.
    channel = root if name == "channel" else next(each(outer, ("channel",)), root)
    fields = outer if channel is root else group_children(channel, HOME)
    beside = [] if channel is root else outer.get("item", [])
    items = [*fields.get("item", ()), *beside]
    return ParsedFeed(
        format="rdf" if name == "rdf:rdf" else "rss",
        version=_find_version(root, outer),
        guid=first_text(fields, ("atom:id",)),
        title=_first_readable(fields, TITLE),
        subtitle=_first_readable(fields, SUBTITLE),
        links=tuple(_read_links(fields)),
        authors=_read_authors(fields, FEED_AUTHORS),
        updated=first_text(fields, FEED_UPDATED),
        categories=_read_categories(fields),
        language=first_text(fields, LANGUAGE) or channel.get(XML_LANG) or root.get(XML_LANG),
        rights=_first_readable(fields, RIGHTS),
        image=_find_feed_image(fields, outer),
        ttl=first_text(fields, ("ttl",)),
        entries=tuple(map(_read_item, items)),
    )


def _read_item(item: Element) -> ParsedEntry:
    fields = open_media(group_children(item, HOME), HOME)
    guid, is_link = _read_guid(item, fields)
    return ParsedEntry(
        guid=guid,
        guid_is_link=is_link,
        title=_first_readable(fields, TITLE),
        links=tuple(_read_links(fields)),
        authors=_read_authors(fields, AUTHORS),
        published=first_text(fields, PUBLISHED),
        updated=first_text(fields, UPDATED),
        summary=_first_readable(fields, SUMMARY),
        content=_first_readable(fields, CONTENT),
        enclosures=tuple(_read_enclosures(fields)),
        categories=_read_categories(fields),
        language=first_text(fields, ("dc:language",)) or item.get(XML_LANG),
        rights=_first_readable(fields, RIGHTS),
        image=_find_image(fields),
        comments=next(_links_in(fields, "comments"), None),
        origin=_read_origin(fields),
    )


def _find_version(root: Element, outer: Fields) -> str | None:
    """RSS 2.0 says it in an attribute; RDF by the namespace of its channel."""
    if version := attribute(root, "version"):
        return version
    if str(root.tag) != f"{RDF}RDF":
        return None
    channel = next(each(outer, ("channel",)), None)
    is_netscape = channel is not None and "netscape.com" in str(channel.tag)
    return "0.90" if is_netscape else "1.0"


def _read_guid(item: Element, fields: Fields) -> tuple[str | None, bool]:
    """Return the guid and whether it is a link, which it is unless the element denies it (RSS 2.0)."""
    for element in each(fields, GUID):
        if guid := text_of(element):
            is_guid = element in fields.get("guid", ())
            return guid, is_guid and (loose_attribute(element, "isPermaLink") or "true").lower() != "false"
    about = attribute(item, f"{RDF}about")
    return about, about is not None


def _first_readable(fields: Fields, names: tuple[str, ...]) -> Text | None:
    texts = (_read_text(name, element) for name in names for element in fields.get(name, ()))
    return next(filter(None, texts), None)


def _read_text(name: str, element: Element) -> Text | None:
    if name.startswith("atom:"):
        return read_construct(element)
    if len(element) and name not in PLAIN:
        value, is_html = markup_of(element), True
    else:
        value = text_of(element)
        is_html = bool(HTML_SIGN.search(value)) if name in UNTOLD else _holds_html(name, element)
    if not value:
        return None
    return Text(value, kind="html" if is_html else "text", base=element.base, language=element.get(XML_LANG))


def _holds_html(name: str, element: Element) -> bool:
    if name.startswith("media:"):  # Media RSS: plain unless it says otherwise
        return attribute(element, "type") == "html"
    return name not in PLAIN


def _read_links(fields: Fields) -> Iterator[Link]:
    """Yield the page first; FeedBurner keeps its address apart from its own redirect."""
    yield from _links_in(fields, "feedburner:origlink")
    for element in fields.get("link", ()):
        # Some write an Atom link and forget its namespace.
        if link := link_to(element, text_of(element)) or read_link(element):
            yield link
    links = map(read_link, fields.get("atom:link", ()))
    yield from (link for link in links if link and link.rel != "enclosure")


def _links_in(fields: Fields, name: str) -> Iterator[Link]:
    for element in fields.get(name, ()):
        if link := link_to(element, text_of(element)):
            yield link


def _read_authors(fields: Fields, names: tuple[str, ...]) -> tuple[Person, ...]:
    """Return the people of the first name that has any."""
    found = (tuple(filter(None, map(_read_author, fields.get(name, ())))) for name in names)
    return next(filter(None, found), ())


def _read_author(element: Element) -> Person | None:
    return read_person(element) if len(element) else parse_person(text_of(element))


def _read_categories(fields: Fields) -> tuple[str, ...]:
    podcast = (attribute(element, "text") for element in fields.get("itunes:category", ()))
    terms = (attribute(element, "label", "term") for element in fields.get("atom:category", ()))
    return (*texts_of(fields, CATEGORIES), *filter(None, terms), *filter(None, podcast))


def _read_enclosures(fields: Fields) -> Iterator[Link]:
    for element in fields.get("enclosure", ()):
        if url := attribute(element, "url", "href"):
            media_type, length = attribute(element, "type"), attribute(element, "length")
            yield Link(url, rel="enclosure", media_type=media_type, length=length, base=element.base)
    links = map(read_link, fields.get("atom:link", ()))
    yield from (link for link in links if link and link.rel == "enclosure")
    yield from find_files(fields)


def _find_image(fields: Fields) -> Link | None:
    """Return the picture of an item: one given as such, else one attached."""
    attached = (
        link_to(element, attribute(element, "url"))
        for element in fields.get("enclosure", ())
        if is_image(element)
    )
    return find_image(fields) or _address_in_image(fields) or next(filter(None, attached), None)


def _find_feed_image(fields: Fields, outer: Fields) -> Link | None:
    """Return the picture of a feed; in RDF it stands beside the channel."""
    return _address_in_image(fields) or _address_in_image(outer) or find_image(fields)


def _address_in_image(fields: Fields) -> Link | None:
    for element in fields.get("image", ()):
        inner = next(each(group_children(element, HOME), ("url",)), element)
        if link := link_to(inner, text_of(inner) if inner is not element or not len(element) else None):
            return link
    return None


def _read_origin(fields: Fields) -> Origin | None:
    for element in fields.get("source", ()):
        origin = Origin(title=text_of(element) or None, url=attribute(element, "url"))
        if origin != Origin():
            return origin
    source = next(each(fields, ("atom:source",)), None)
    return None if source is None else read_source(source)
