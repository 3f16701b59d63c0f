"""Addresses: of pages, of attached files, of pictures."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from feeds.model import Link
from feeds.parsing.elements import Element, Ground, attributes, local_name, text_of

#: What a browser shows rather than keeps.
PAGE_TYPE = re.compile("text/|.*[+/]xml|.*html", re.IGNORECASE)

IANA = "http://www.iana.org/assignments/relation/"  # RFC 4287, section 4.2.7.2: a name is short for this
WEB_ADDRESS = re.compile(r"https?://\S+\Z", re.IGNORECASE)
#: Where the address of a picture stands: itunes:image, media:thumbnail, webfeeds:cover.
PICTURE_ATTRIBUTES = ("href", "url", "image")


def read_link(element: Element, ground: Ground) -> Link | None:
    """Return an atom:link, or None where it has no address (RFC 4287, section 4.2.7)."""
    given = element if element.get("href") else attributes(element)
    base = ground.at(element).base
    href = (given.get("href") or "").strip()
    if not href and base and element.get("href") is not None:
        href = base  # an empty reference is one to the base itself (RFC 3986, section 4.4)
    if not href:
        return None
    rel = given.get("rel")
    return Link(
        href,
        rel=rel.strip().removeprefix(IANA).lower() if rel else "alternate",
        media_type=given.get("type"),
        length=given.get("length"),
        title=given.get("title"),
        language=given.get("hreflang"),
        base=base,
    )


def read_page(element: Element, ground: Ground) -> Link | None:
    """Return the address that an element holds as its text, or as an Atom link without the namespace."""
    if href := text_of(element):
        return Link(href, base=ground.at(element).base)
    if link := read_link(element, ground):
        return link
    resource = attributes(element).get("resource")
    if resource is None and WEB_ADDRESS.match(tail := (element.tail or "").strip()):
        resource = tail  # `<link/>https://…`, as HTML would have it
    return Link(resource, base=ground.at(element).base) if resource else None


def link_as(rel: str) -> Callable[[Element, Ground], Link | None]:
    """Return a reader of links that stand for this relation."""

    def read(element: Element, ground: Ground) -> Link | None:
        link = read_page(element, ground)
        return Link(link.href, rel=rel, base=link.base) if link else None

    return read


def read_content_link(element: Element, ground: Ground) -> Link | None:
    """Return where the content of an Atom entry is kept, if not in the entry (RFC 4287, section 4.1.3.2)."""
    given = attributes(element)
    src = given.get("src")
    return Link(src, media_type=given.get("type"), base=ground.at(element).base) if src else None


class Sorted(NamedTuple):
    """The links of an entry by what they lead to."""

    pages: tuple[Link, ...] = ()  #: the entry itself, and whatever else it names
    files: tuple[Link, ...] = ()
    replies: Link | None = None  #: the page with the comments


NONE = Sorted()


def sort_links(links: list[Link]) -> Sorted:
    """Return the links of an entry by what they lead to (RFC 4685, section 4: `replies`)."""
    if not links:
        return NONE
    pages, files, replies = [], [], None
    for link in links:
        if link.rel == "enclosure":
            files.append(link)
        elif link.rel != "replies":
            pages.append(link)
        elif replies is None and (link.media_type is None or "html" in link.media_type.lower()):
            replies = link
    return Sorted(tuple(pages), tuple(files), replies)


def is_file(link: Link) -> bool:
    """Whether the type says that it is something to be played, seen or kept, and no page."""
    return bool(link.media_type) and not PAGE_TYPE.match(link.media_type or "")


def read_enclosure(element: Element, ground: Ground) -> Link | None:
    """Return an attached file (RSS 2.0, `enclosure`); whatever is missing but the address may be missing."""
    given = attributes(element)
    url = given.get("url") or given.get("href") or given.get("src") or given.get("resource")
    url = url or text_of(element)
    if not url:
        return None
    return Link(
        url,
        rel="enclosure",
        media_type=given.get("type"),
        length=given.get("length") or given.get("filesize"),
        base=ground.at(element).base,
    )


def read_image_link(element: Element, ground: Ground) -> Link | None:
    """Return the picture that an old itunes:link leads to."""
    link = read_link(element, ground)
    return Link(link.href, base=link.base) if link and link.rel == "image" else None


def read_picture(element: Element, ground: Ground) -> Link | None:
    """Return the address of a picture: in an attribute, in a `url` inside, or the text itself."""
    here = ground.at(element)
    given = attributes(element)
    for child in element:
        if isinstance(child.tag, str) and local_name(child) == "url" and (url := text_of(child)):
            return Link(url, base=here.at(child).base)
    written = next((given[name] for name in PICTURE_ATTRIBUTES if name in given), None)
    written = written or (None if len(element) else text_of(element))
    return Link(written, base=here.base) if written else None
