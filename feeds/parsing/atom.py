"""Atom 1.0 (RFC 4287) and 0.3, transcribed."""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Iterator

from feeds.model import Document, Link, Origin, ParsedEntry, ParsedFeed, Person, Text
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
    markup_of,
    text_of,
)
from feeds.parsing.media import find_files, find_image, open_media
from feeds.parsing.refusal import refusal
from feeds.parsing.xml import read_xml
from feeds.text.charset import decode
from feeds.text.dates import parse_date

HOME = "atom"

#: Best first; where two stand, the second is how Atom 0.3 calls it or what an extension says.
PUBLISHED = ("published", "issued", "created", "dcterms:issued", "dc:date")
UPDATED = ("updated", "modified", "dcterms:modified")
SUBTITLE = ("subtitle", "tagline")
RIGHTS = ("rights", "copyright", "dc:rights")
SUMMARY = ("summary", "media:description")
AUTHORS = ("author", "dc:creator")
FEED_IMAGES = ("logo", "icon")

#: What a type says about how the text is written; whatever else it says, it is no text of ours.
KINDS = {
    "text": "text",
    "text/plain": "text",
    "html": "html",
    "text/html": "html",
    "xhtml": "xhtml",
    "application/xhtml+xml": "xhtml",
}
#: Tags were taken out of HTML and the rest was called text: nobody means this to be read as it stands.
STRIPPED_HTML = re.compile("[^<]*&nbsp;[^<]*")
IANA = "http://www.iana.org/assignments/relation/"  # RFC 4287, section 4.2.7.2: a name is short for this
VERSIONS = {"http://www.w3.org/2005/Atom": "1.0", "http://purl.org/atom/ns#": "0.3"}


def parse_atom(document: Document) -> ParsedFeed:
    """Return an Atom feed, or one entry that stands alone, as written; raises ParseError."""
    root = read_xml(document)
    name = fold_name(str(root.tag), HOME)
    if name not in ("feed", "entry"):
        raise refusal(document, "the document is no Atom feed")
    fields = group_children(root, HOME)
    if name == "entry":
        return ParsedFeed(format="atom", version=_find_version(root), entries=(_read_entry(root),))
    return ParsedFeed(
        format="atom",
        version=_find_version(root),
        guid=first_text(fields, ("id",)),
        title=first_construct(fields, ("title",)),
        subtitle=first_construct(fields, SUBTITLE),
        links=tuple(read_links(fields)),
        authors=read_authors(fields),
        updated=first_text(fields, UPDATED),
        categories=read_categories(fields),
        language=root.get(XML_LANG),
        rights=first_construct(fields, RIGHTS),
        image=_find_feed_image(fields),
        entries=tuple(_read_entry(entry) for entry in fields.get("entry", ())),
    )


def _read_entry(entry: Element) -> ParsedEntry:
    own = group_children(entry, HOME)
    fields = open_media(own, HOME)
    links = tuple(read_links(fields))
    source = next(each(fields, ("source",)), None)
    return ParsedEntry(
        guid=first_text(fields, ("id",)),
        # Not so in RFC 4287, but where no link is given the id is often the only address there is.
        guid_is_link=not any(link.rel == "alternate" for link in links),
        title=first_construct(fields, ("title", "media:title")),
        links=tuple(link for link in links if link.rel not in ("enclosure", "replies")),
        authors=read_authors(own) or _read_source_authors(source),
        published=first_text(fields, PUBLISHED),
        updated=first_text(fields, UPDATED),
        summary=first_construct(fields, SUMMARY),
        content=first_construct(fields, ("content",)),
        enclosures=(*(link for link in links if link.rel == "enclosure"), *find_files(fields)),
        categories=read_categories(fields),
        language=entry.get(XML_LANG),
        rights=first_construct(fields, RIGHTS),
        image=find_image(fields),
        comments=next((link for link in links if link.rel == "replies" and _is_page(link)), None),
        origin=None if source is None else read_source(source),
    )


def _find_version(root: Element) -> str | None:
    return VERSIONS.get(str(root.tag).removeprefix("{").rpartition("}")[0])


def first_construct(fields: Fields, names: tuple[str, ...]) -> Text | None:
    """Return the first text construct of these names that holds anything."""
    return next(filter(None, map(read_construct, each(fields, names))), None)


def read_construct(element: Element) -> Text | None:
    """Return a text construct (RFC 4287, section 3.1), or None where it is empty or no text."""
    kind = _find_kind(element)
    if kind == "text":
        value = text_of(element)
        value = html.unescape(value) if STRIPPED_HTML.fullmatch(value) else value
    elif kind == "html":
        value = markup_of(element) if len(element) else text_of(element)
    elif kind == "base64":
        value = _decode_base64(text_of(element))
    else:
        value = _unwrap_div(element) if kind == "xhtml" else ""
    if not value:
        return None
    return Text(
        value,
        kind="text" if kind == "text" else "html",
        base=element.base,
        language=element.get(XML_LANG),
    )


def _find_kind(element: Element) -> str:
    written = (attribute(element, "type") or "text").partition(";")[0].strip().lower()
    kind = KINDS.get(written, "text" if written.startswith("text/") else "other")
    mode = element.get("mode")  # Atom 0.3, section 3.1
    if mode == "base64":
        return "base64" if kind == "html" else "other"
    if mode != "escaped" and len(element) and kind in ("text", "html"):
        return "xhtml"  # tags where only text may be: 0.3 with its mode `xml`, or a mistake for the same
    return kind


def _unwrap_div(element: Element) -> str:
    """Return the markup inside the div, which is no part of the content (RFC 4287, section 3.1.1.3)."""
    is_wrapped = len(element) == 1 and fold_name(str(element[0].tag), "xhtml") == "div"
    has_more = is_wrapped and ((element.text or "").strip() or (element[0].tail or "").strip())
    return markup_of(element[0] if is_wrapped and not has_more else element)


def _decode_base64(text: str) -> str:
    try:
        return decode(base64.b64decode(text, validate=False), None).strip()
    except binascii.Error:
        return ""


def read_links(fields: Fields) -> Iterator[Link]:
    """Yield the links in document order, then the page that stands for a content kept elsewhere."""
    for element in fields.get("link", ()):
        if link := read_link(element):
            yield link
    for element in fields.get("content", ()):
        if link := link_to(element, attribute(element, "src")):
            yield link


def read_link(element: Element) -> Link | None:
    """Return an atom:link, or None where it has no address (RFC 4287, section 4.2.7)."""
    href = attribute(element, "href")
    if href is None:
        return None
    return Link(
        href,
        rel=(attribute(element, "rel") or "alternate").removeprefix(IANA),
        media_type=attribute(element, "type"),
        length=attribute(element, "length"),
        title=attribute(element, "title"),
        language=attribute(element, "hreflang"),
        base=element.base,
    )


def _is_page(link: Link) -> bool:
    return link.media_type is None or "html" in link.media_type


def read_authors(fields: Fields) -> tuple[Person, ...]:
    """Return the authors of the first name that has any."""
    people = (tuple(filter(None, map(read_person, fields.get(name, ())))) for name in AUTHORS)
    return next(filter(None, people), ())


def read_person(element: Element) -> Person | None:
    """Return a person construct (RFC 4287, section 3.2); text alone is the name."""
    fields = group_children(element, HOME)
    person = Person(
        name=first_text(fields, ("name",)) or (None if fields else text_of(element) or None),
        email=first_text(fields, ("email",)),
        url=first_text(fields, ("uri", "url", "homepage")),
    )
    return person if person != Person() else None


def _read_source_authors(source: Element | None) -> tuple[Person, ...]:
    """An entry without authors has those of its source (RFC 4287, section 4.2.1)."""
    return () if source is None else read_authors(group_children(source, HOME))


def read_categories(fields: Fields) -> tuple[str, ...]:
    """Return labels, else terms; a term that is an address is for machines."""
    found = []
    for element in fields.get("category", ()):
        term = attribute(element, "term") or text_of(element)
        name = attribute(element, "label") or (None if term.startswith(("http://", "https://")) else term)
        found.append(name)
    found.extend(map(text_of, fields.get("dc:subject", ())))
    return tuple(filter(None, found))


def read_source(source: Element) -> Origin:
    """Return the feed that an entry was copied from (RFC 4287, section 4.2.11)."""
    fields = group_children(source, HOME)
    links = tuple(read_links(fields))
    updated = first_text(fields, UPDATED)
    return Origin(
        title=first_text(fields, ("title",)),
        url=next((link.href for link in links if link.rel == "self"), None),
        link=next((link.href for link in links if link.rel == "alternate"), None),
        id=first_text(fields, ("id",)),
        updated=parse_date(updated) if updated else None,
        rights=first_text(fields, RIGHTS),
    )


def _find_feed_image(fields: Fields) -> Link | None:
    addresses = (link_to(element, text_of(element)) for element in each(fields, FEED_IMAGES))
    return next(filter(None, addresses), None) or find_image(fields)
