"""What every XML format asks of its elements: names without namespaces, and where they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias, cast
from urllib.parse import urljoin

from lxml import etree

from feeds.model import Document

Element: TypeAlias = etree._Element

#: Prefix we know a namespace by -> the addresses it goes under: lower case, http, no `/` or `#` at the end.
NAMESPACES = {
    "app": ("www.w3.org/2007/app", "purl.org/atom/app"),
    "at": ("purl.org/atompub/tombstones/1.0",),
    "atom": ("www.w3.org/2005/atom", "purl.org/atom/ns", "purl.org/atom/ns#0.3"),
    "cc": ("web.resource.org/cc", "creativecommons.org/ns"),
    "content": ("purl.org/rss/1.0/modules/content",),
    "creativecommons": (
        "backend.userland.com/creativecommonsrssmodule",
        "cyber.law.harvard.edu/rss/creativecommonsrssmodule.html",
    ),
    "dc": ("purl.org/dc/elements/1.1", "purl.org/dc/elements/1.0", "purl.org/metadata/dublin_core"),
    "dcterms": ("purl.org/dc/terms",),
    "enc": ("purl.oclc.org/net/rss_2.0/enc",),
    "feedburner": ("rssnamespace.org/feedburner/ext/1.0", "rssnamespace.org/feedburner/ext/2.0"),
    "foaf": ("xmlns.com/foaf/0.1",),
    "googleplay": (
        "www.google.com/schemas/play-podcasts/1.0",
        "www.google.com/schemas/play-podcasts/1.0/play-podcasts.xsd",
    ),
    "itunes": ("www.itunes.com/dtds/podcast-1.0.dtd", "example.com/dtds/podcast-1.0.dtd"),
    "media": (
        "search.yahoo.com/mrss",
        "search.yahoo.com/rss",
        "video.search.yahoo.com/mrss",
        "tools.search.yahoo.com/mrss",
        "www.rssboard.org/media-rss",
    ),
    "podcast": (
        "podcastindex.org/namespace/1.0",
        "github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md",
    ),
    "prism": (
        "prismstandard.org/namespaces/1.2/basic",
        "prismstandard.org/namespaces/basic/1.2",
        "prismstandard.org/namespaces/basic/2.0",
        "prismstandard.org/namespaces/basic/3.0",
    ),
    "rdf": ("www.w3.org/1999/02/22-rdf-syntax-ns",),
    "rss": (
        "purl.org/rss/1.0",
        "purl.org/net/rss1.1",
        "my.netscape.com/rdf/simple/0.9",
        "channel.netscape.com/rdf/simple/0.9",
        "my.netscape.com/publish/formats/rss-0.91.dtd",
        "backend.userland.com/rss",
        "backend.userland.com/rss2",
        "backend.userland.com/rss2.0",
        "backend.userland.com/rss091",
        "backend.userland.com/rss092",
        "backend.userland.com/rss093",
        "backend.userland.com/rss094",
        "blogs.law.harvard.edu/tech/rss",
        "cyber.law.harvard.edu/rss",
        "cyber.law.harvard.edu/rss/rss.html",
    ),
    "sy": ("purl.org/rss/1.0/modules/syndication",),
    "turbo": ("turbo.yandex.ru",),
    "webfeeds": ("webfeeds.org/rss/1.0",),
    "xhtml": ("www.w3.org/1999/xhtml",),
    "yandex": ("news.yandex.ru",),
}  # fmt: skip
PREFIXES = {address: prefix for prefix, addresses in NAMESPACES.items() for address in addresses}

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
XML = "{http://www.w3.org/XML/1998/namespace}"
XML_BASE, XML_LANG = f"{XML}base", f"{XML}lang"
MANY_SLASHES = re.compile("^(https?://)/+", re.IGNORECASE)
CHANGING = re.compile(b"xml:(?:base|lang)")

#: Attributes whose names need no folding.
PLAIN = frozenset({
    "domain", "height", "href", "hreflang", "label", "length", "medium", "rel", "role", "scheme", "src",
    "term", "text", "title", "type", "url", "version", "width",
})  # fmt: skip
#: What may stand around a text without being part of it. Python counts U+0085 too, which is how a broken
#: charset writes `…`.
SPACE = " \t\n\r\f\v\xa0\u2003\u3000\ufeff"
#: A longer base is none: every entry may have its own, and each is as long as all around it together.
LONGEST_BASE = 500
#: Names remembered in one document. Few have a hundred; what has more is not meant to be read.
MOST_NAMES = 1000
LONGEST_NAME = 200
#: Attributes looked at in one element. Each is found by a walk past those before it.
MOST_ATTRIBUTES = 100


@lru_cache(maxsize=2048)
def fold_name(tag: str, prefix: str | None = None) -> str:
    """Return `prefix:name` in lower case with our own prefix; none for no namespace.

    Of a namespace we do not know the `prefix` it was bound to tells what is meant, where it is one of ours.
    A prefix that was never declared stays in the name, so it means what it says.
    """
    address, brace, name = tag.removeprefix("{").rpartition("}")
    if not brace:
        return name.lower()
    ours = PREFIXES.get(re.sub("^https?://", "", address.lower()).rstrip("/#"))
    if ours is None:
        ours = prefix if prefix in NAMESPACES else address
    return f"{ours}:{name.lower()}" if ours else name.lower()


def local_name(element: Element) -> str:
    """Return the name without its namespace or prefix, in lower case."""
    return str(element.tag).rpartition("}")[2].rpartition(":")[2].lower()


class Names(dict[object, str]):
    """The folded names of one document's tags; each is folded once.

    They belong to one document, because what an unknown namespace means depends on its prefix.
    """

    def __init__(self, root: Element) -> None:
        super().__init__()
        self._own: set[str] = set()
        if local_name(root) != "rdf":
            self.adopt(root)

    def adopt(self, element: Element) -> None:
        """Take the element's namespace, whichever it is, for that of the format itself."""
        self._own.add(str(element.tag).rpartition("}")[0])
        self.clear()

    def fold(self, element: Element) -> str:
        """Return the folded name; nothing for what is no element (an unresolved entity)."""
        tag: object = element.tag
        if not isinstance(tag, str):
            return ""
        if len(self) > MOST_NAMES:
            self.clear()
        address, _, name = tag.rpartition("}")
        if address in self._own:
            folded = name.lower()
        else:
            # What is longer than any name we know is not kept beyond its document.
            fold = fold_name if len(tag) <= LONGEST_NAME else fold_name.__wrapped__
            folded = fold(tag, element.prefix)
        self[tag] = folded
        return folded

    def of(self, element: Element) -> str:
        """Return the folded name, remembered or new."""
        return self.get(element.tag) or self.fold(element)


@dataclass(frozen=True, slots=True)
class Ground:
    """What holds where an element stands; it changes only where the document has `xml:base` or `xml:lang`."""

    names: Names
    base: str | None = None  #: what relative addresses refer to, where the document says so
    language: str | None = None
    varies: bool = False  #: whether it may be different further inside

    def at(self, element: Element) -> Ground:
        """Return the ground inside this child (XML Base, section 3; XML 1.0, section 2.12)."""
        if not self.varies:
            return self
        base, language = element.get(XML_BASE), element.get(XML_LANG)
        if base is None and language is None:
            return self
        return Ground(
            names=self.names,
            base=self.base if base is None else self._inside(base),
            language=self.language if language is None else language.strip() or None,
            varies=True,
        )

    def _inside(self, base: str) -> str | None:
        joined = join(self.base, base)
        return joined if len(joined) <= LONGEST_BASE else self.base


def ground_of(document: Document, root: Element) -> Ground:
    """Return the ground inside the root element."""
    body = document.body
    # In UTF-16 and UTF-32 the names do not stand as they are spelled here.
    varies = CHANGING.search(body) is not None or b"\0" in body[:200]
    return Ground(Names(root), varies=varies).at(root)


def join(base: str | None, href: str) -> str:
    """Return `href` as it is meant at `base`, which may be relative itself; unchanged if unusable."""
    href = MANY_SLASHES.sub(r"\1", href.strip())
    try:
        return urljoin(base, href) if base else href
    except ValueError:
        return href


def text_of(element: Element) -> str:
    """Return what stands in the element, tags inside it aside."""
    if len(element):
        return "".join(map(str, element.itertext())).strip(SPACE)
    text = element.text
    return text.strip(SPACE) if text else ""


def find_text(element: Element, _ground: Ground) -> str | None:
    """Return what stands in the element, tags inside it aside, or None where it is blank."""
    return text_of(element) or None


def attributes(element: Element) -> dict[str, str]:
    """Return the attributes, their names in lower case and without namespaces; an empty one says nothing."""
    if len(element.attrib) <= MOST_ATTRIBUTES:
        written = cast(dict[str, str], dict(element.items()))
    else:
        written = {str(key): element.get(key, "") for key in element.keys()[:MOST_ATTRIBUTES]}
    if PLAIN.issuperset(written) and not any(map(str.isspace, written.values())):
        return written
    given: dict[str, str] = {}
    for key, value in written.items():
        if value.strip():
            given.setdefault(key.rpartition("}")[2].rpartition(":")[2].lower(), value.strip())
    return given


def declared(element: Element, name: str) -> str | None:
    """Return an attribute of an element that rarely has any, by its name in lower case without namespace."""
    return attributes(element).get(name) if len(element.attrib) else None


def loose_attribute(element: Element, *names: str) -> str | None:
    """Return the first of these attributes that is not blank, however it is capitalized."""
    given = attributes(element)
    return next(filter(None, (given.get(name.lower()) for name in names)), None)
