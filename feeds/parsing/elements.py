"""What every XML format asks of its elements: names without namespaces, and what is written in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from functools import lru_cache
from html import escape
from typing import TypeAlias

from lxml import etree

from feeds.model import Link, Person

Element: TypeAlias = etree._Element
#: The children of one element by folded name, each list in document order.
Fields: TypeAlias = dict[str, list[Element]]

#: Prefix we know a namespace by -> the addresses it goes under: lower case, http, no `/` or `#` at the end.
NAMESPACES = {
    "atom": ("www.w3.org/2005/atom", "purl.org/atom/ns", "purl.org/atom/ns#0.3"),
    "content": ("purl.org/rss/1.0/modules/content",),
    "dc": ("purl.org/dc/elements/1.1", "purl.org/dc/elements/1.0"),
    "dcterms": ("purl.org/dc/terms",),
    "googleplay": ("www.google.com/schemas/play-podcasts/1.0",),
    "feedburner": ("rssnamespace.org/feedburner/ext/1.0",),
    "itunes": ("www.itunes.com/dtds/podcast-1.0.dtd",),
    "media": (
        "search.yahoo.com/mrss",
        "search.yahoo.com/rss",
        "video.search.yahoo.com/mrss",
        "tools.search.yahoo.com/mrss",
        "www.rssboard.org/media-rss",
    ),
    "rdf": ("www.w3.org/1999/02/22-rdf-syntax-ns",),
    "rss": (
        "purl.org/rss/1.0",
        "my.netscape.com/rdf/simple/0.9",
        "channel.netscape.com/rdf/simple/0.9",
        "my.netscape.com/publish/formats/rss-0.91.dtd",
        "backend.userland.com/rss",
        "backend.userland.com/rss2",
        "backend.userland.com/rss091",
        "blogs.law.harvard.edu/tech/rss",
        "cyber.law.harvard.edu/rss",
    ),
    "xhtml": ("www.w3.org/1999/xhtml",),
}
PREFIXES = {address: prefix for prefix, addresses in NAMESPACES.items() for address in addresses}

XHTML = "{http://www.w3.org/1999/xhtml}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

#: Longer texts hold no mailbox; looking for one takes time in the square of their length.
LONGEST_MAILBOX = 320
MAILBOX = re.compile(r"(?P<name>[^<>()]*)[<(]\s*(?P<email>[^<>()\s]+@[^<>()\s]+)\s*[>)]")
MAILBOX_FIRST = re.compile(r"(?:mailto:)?(?P<email>[^<>()\s]+@[^<>()\s]+)(?:\s*\((?P<name>.*)\))?")


@lru_cache(maxsize=2048)
def fold_name(tag: str, home: str) -> str:
    """Return `prefix:name` in lower case with our own prefix; none for no namespace and for `home`.

    A prefix that was never declared stays in the name, so it means what it says.
    """
    address, brace, name = tag.removeprefix("{").rpartition("}")
    prefix = PREFIXES.get(re.sub("^https?://", "", address.lower()).rstrip("/#"), address) if brace else ""
    return name.lower() if prefix in ("", home) else f"{prefix}:{name.lower()}"


def group_children(parent: Element, home: str) -> Fields:
    """Return the child elements by folded name: the one pass over them."""
    fields: Fields = {}
    for child in parent:
        tag = child.tag
        if isinstance(tag, str):  # an unresolved entity has none
            fields.setdefault(fold_name(tag, home), []).append(child)
    return fields


def each(fields: Fields, names: Iterable[str]) -> Iterator[Element]:
    """Yield the elements of the first name, then of the next."""
    for name in names:
        yield from fields.get(name, ())


def first_text(fields: Fields, names: Iterable[str]) -> str | None:
    """Return the text of the first element that has any, in the order of `names`."""
    return next(filter(None, map(text_of, each(fields, names))), None)


def texts_of(fields: Fields, names: Iterable[str]) -> tuple[str, ...]:
    """Return the texts of all elements that have any."""
    return tuple(filter(None, map(text_of, each(fields, names))))


def text_of(element: Element) -> str:
    """Return what stands in the element, tags inside it aside."""
    if len(element):
        return "".join(map(str, element.itertext())).strip()
    return (element.text or "").strip()


def markup_of(element: Element) -> str:
    """Return what stands in the element as HTML: tags inside it are markup, text is escaped."""
    fresh = etree.Element("div")
    fresh.extend(deepcopy(child) for child in element)
    for child in fresh.iter(f"{XHTML}*"):
        child.tag = child.tag.removeprefix(XHTML)
    etree.cleanup_namespaces(fresh)
    children = "".join(etree.tostring(child, encoding="unicode", method="html") for child in fresh)
    return (escape(element.text or "", quote=False) + children).strip()


def attribute(element: Element, *names: str) -> str | None:
    """Return the first of these attributes that is not blank."""
    return next(filter(None, ((element.get(name) or "").strip() for name in names)), None)


def loose_attribute(element: Element, *names: str) -> str | None:
    """Return the first of these attributes that is not blank, however it is capitalized."""
    folded = {str(key).lower(): str(value).strip() for key, value in element.items()}
    return next(filter(None, (folded.get(name.lower()) for name in names)), None)


def link_to(element: Element, href: str | None, rel: str = "alternate") -> Link | None:
    """Return a link whose relative address is to be read where the element stands; None without address."""
    return Link(href, rel=rel, base=element.base) if href else None


def parse_person(text: str) -> Person | None:
    """Return who is meant by `me@a.example (Me)`, `Me <me@a.example>`, an address or a name alone."""
    text = " ".join(text.split())
    is_short = len(text) <= LONGEST_MAILBOX
    if is_short and (found := MAILBOX.fullmatch(text) or MAILBOX_FIRST.fullmatch(text)):
        return Person(name=(found["name"] or "").strip() or None, email=found["email"])
    return Person(name=text) if text else None
