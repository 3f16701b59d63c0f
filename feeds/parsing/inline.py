"""Tags that stand in the document itself, written as HTML."""

from __future__ import annotations

import re

from lxml import etree

from feeds.parsing.elements import Element, Ground, join

VOID = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
})  # fmt: skip
#: What the serializer writes: `<` and `>` are escaped in texts and values, so these find tags only.
SELF_CLOSED = re.compile(r"<([^\s<>/]++)([^<>]*+)(?<=/)>")
DECLARING_TAG = re.compile(r"<[^<>]*\sxmlns[:=][^<>]*>")
DECLARATION = re.compile(r'\sxmlns(?::[^\s=]+)?="[^"]*"')
#: Of an `xml:base` or `xml:lang` inside; in a text it may stand too, which costs nothing but time.
DECLARING = re.compile(r"\sxml:(?:base|lang)=")
PREFIXED_TAG = re.compile(r"<[^\s<>/:]+:")

#: A longer base is not carried: written out at each address, it would make much of little.
LONGEST_BASE = 300
#: Attributes of HTML that hold an address.
ADDRESSES = ("href", "src", "poster", "cite", "longdesc", "background", "data", "action")
#: The addresses of a `srcset`: each begins a candidate and ends at white space.
CANDIDATE = re.compile(r"(^\s*|,\s+)([^\s,]\S*?)(?=,?(?:\s|$))")


def markup_of(element: Element, ground: Ground) -> str:
    """Return what stands in the element as HTML: tags inside it are markup, text is escaped.

    An `xml:base` inside is carried into the addresses, an `xml:lang` into `lang`: HTML has no other place
    for them. The element is changed by this.
    """
    written = _inner_xml(element)
    if ground.varies and DECLARING.search(written):
        _carry_into(element, Ground(ground.names, varies=True))
        written = _inner_xml(element)
    if PREFIXED_TAG.search(written):
        _drop_prefixes(element, ground)
        written = _inner_xml(element)
    if "xmlns" in written:
        written = DECLARING_TAG.sub(lambda tag: DECLARATION.sub("", tag[0]), written)
    return (SELF_CLOSED.sub(_close, written) if "/>" in written else written).strip()


def _inner_xml(element: Element) -> str:
    whole = str(etree.tostring(element, encoding="unicode", with_tail=False))
    return whole[whole.index(">") + 1 : max(whole.rfind("</"), 0)]


def _close(tag: re.Match[str]) -> str:
    """XML closes any empty element within its tag; HTML knows which have no end."""
    name, rest = tag[1], tag[2].removesuffix("/").rstrip()
    return f"<{name}{rest}>" if name.lower() in VOID else f"<{name}{rest}></{name}>"


def _drop_prefixes(element: Element, ground: Ground) -> None:
    """Give the elements of HTML, and those the author took for it, their plain names."""
    for inner in element.iterdescendants("*"):
        prefix, colon, name = ground.names.of(inner).rpartition(":")
        if colon and prefix in ("xhtml", "atom", "rss"):
            inner.tag = name


def _carry_into(element: Element, ground: Ground) -> None:
    """Resolve addresses at the bases that are declared inside the element, relative to its own."""
    waiting = [(child, ground) for child in element]
    while waiting:
        inner, outside = waiting.pop()
        if callable(inner.tag):  # an unresolved entity
            continue
        here = outside.at(inner)
        if here.language and here.language != outside.language and not inner.get("lang"):
            inner.set("lang", here.language)
        if here.base and len(here.base) <= LONGEST_BASE:
            _resolve_addresses(inner, here.base)
        waiting.extend((child, here) for child in inner)


def _resolve_addresses(element: Element, base: str) -> None:
    for name in ADDRESSES:
        if href := element.get(name):
            element.set(name, join(base, href))
    if srcset := element.get("srcset"):
        element.set("srcset", CANDIDATE.sub(lambda found: found[1] + join(base, found[2]), srcset))
