"""XML as it stands if it is well formed, in parts if it is long; else as the repair writes it."""

from __future__ import annotations

from typing import Any, Protocol

from lxml import etree

from feeds.model import Document
from feeds.parsing.refusal import refusal
from feeds.parsing.xml.limits import holds_too_much
from feeds.parsing.xml.repair import repair
from feeds.text.charset import decode, to_utf_8

#: The roots of what we read, in lower case and without prefix.
ROOTS = frozenset({"rss", "rdf", "channel", "feed", "entry", "opml"})
ENTRIES = ("{*}item", "{*}entry")
#: A longer document is read in parts of this many bytes.
PART = 131_072


class Taker(Protocol):
    """Who reads each entry of a long document as soon as it is complete, so that its elements can go."""

    def take(self, entry: etree._Element) -> None:
        """Read an entry, and empty it where nobody needs its elements any more."""

    def forget(self) -> None:
        """Drop what was taken: the document is broken and will be read again."""


def read_xml(document: Document, taker: Taker | None = None) -> etree._Element:
    """Return the root element; raises ParseError where the document is empty, too much or no XML at all.

    What is broken is repaired as far as it can be, its text kept. Comments and instructions are left out.
    The elements take ten times the memory of their text: a `taker` spares that in a long document.
    """
    body = document.body
    if holds_too_much(body):
        raise refusal(document, "the document holds more elements than a feed can")
    root = _read_as_it_is(body, document.media_type, taker)
    if root is not None and _is_whole(root, body):
        return root
    del root
    if taker:
        taker.forget()
    return _read_repaired(document, taker)


def _read_as_it_is(body: bytes, media_type: str | None, taker: Taker | None) -> etree._Element | None:
    """Return the root of well-formed XML, else None.

    A document type may declare entities, which the parser does not resolve: the repair reads it, in bounds.
    """
    body = to_utf_8(body, media_type)
    if b"<!DOCTYPE" in body[:4096].upper():
        return None
    root = _parse(body, taker)
    if root is None:
        return None
    found: Any = root.getroottree().docinfo
    return None if found.doctype else root


def _is_whole(root: etree._Element, body: bytes) -> bool:
    """Whether it is a feed that can be seen as such: not inside something else, nor inside character data."""
    if str(root.tag).rpartition("}")[2].lower() not in ROOTS:
        return False
    first = next(root.iter(*ENTRIES), None)
    if first is None:
        return not (b"<item" in body or b"<entry" in body)
    before, around = first.getprevious(), first.getparent()
    texts = (first.text, first.tail, before is not None and before.tail, around is not None and around.text)
    return not any(text and "<" in text for text in texts)


def _read_repaired(document: Document, taker: Taker | None) -> etree._Element:
    body = repair(decode(document.body, document.media_type))
    if body is None:
        is_empty = not decode(document.body, document.media_type).strip()
        raise refusal(document, "the document is empty" if is_empty else "the document is not XML")
    # Namespaces may be more broken than we repair: the parser gets along with that, if it is told to.
    root = _parse(body, taker, is_repaired=True)
    if root is None:
        if taker:
            taker.forget()
        root = _parse(body, is_repaired=True, recover=True)
    if root is None:
        raise refusal(document, "the document is not XML")
    return root


def _parse(
    body: bytes, taker: Taker | None = None, *, is_repaired: bool = False, recover: bool = False
) -> etree._Element | None:
    options: dict[str, Any] = {
        "encoding": "utf-8",
        "recover": recover,
        "resolve_entities": False,
        "no_network": True,
        "load_dtd": False,
        # Safe once repaired: there are no entities, and nesting and names are bounded. A text may be long.
        "huge_tree": is_repaired,
        "remove_comments": True,
        "remove_pis": True,
        "collect_ids": False,
    }
    try:
        if taker and len(body) > PART:
            return _parse_in_parts(body, taker, etree.XMLPullParser(events=("end",), tag=ENTRIES, **options))
        # With recover it is None where there is no element at all, which the stubs do not know.
        root: etree._Element | None = etree.fromstring(body, etree.XMLParser(**options))
    except etree.XMLSyntaxError:
        return None
    return root


def _parse_in_parts(body: bytes, taker: Taker, parser: Any) -> etree._Element:
    for start in range(0, len(body), PART):
        parser.feed(body[start : start + PART])
        for _, entry in parser.read_events():
            taker.take(entry)
    root: etree._Element = parser.close()
    return root
