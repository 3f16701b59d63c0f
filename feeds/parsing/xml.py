"""The one reader of XML: hardened, strict first, forgiving second, bounded always."""

from __future__ import annotations

import re
from html import escape
from html.entities import html5

from lxml import etree

from feeds.model import Document
from feeds.parsing.refusal import refusal
from feeds.text.characters import strip_illegal
from feeds.text.charset import decode

#: Where the XML begins, whatever a server has put before it.
BEGINNING = re.compile(r"<\?xml\s|<(?:[\w.-]+:)?(?:rss|rdf|feed|opml)[\s>]", re.IGNORECASE)
#: A document type with its entities; the declarations inside it may hold `>`.
DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.IGNORECASE | re.DOTALL)
#: An ampersand outside CDATA, with the reference it begins if it does begin one.
REFERENCE = re.compile(
    r"(?P<cdata><!\[CDATA\[.*?(?:\]\]>|\Z))|&(?:(?P<code>#[0-9]{1,8}|#[xX][0-9a-fA-F]{1,7})|(?P<name>\w{1,32}));|&",
    re.DOTALL,
)
#: A `<` outside CDATA that begins no tag.
BARE_LESS = re.compile(r"(<!\[CDATA\[.*?(?:\]\]>|\Z))|<(?![A-Za-z_/!?:])", re.DOTALL)
XML_NAMES = frozenset({"amp", "lt", "gt", "quot", "apos"})


def read_xml(document: Document) -> etree._Element:
    """Return the root element; raises ParseError where the document is empty or no XML at all.

    What is broken is repaired as far as it can be: the tree may hold less than was meant, never more.
    """
    text = decode(document.body, document.media_type)
    if not text.strip():
        raise refusal(document, "the document is empty")
    # A document type may declare entities. We leave them all unresolved, so it is taken out with the rest
    # that needs repair, and its references are kept as text.
    root = None if "<!DOCTYPE" in text[:4096].upper() else _parse(text, recover=False)
    if root is None:
        root = _parse(_repair(text), recover=True)
    if root is None:
        raise refusal(document, "the document is not XML")
    return root


def _parse(text: str, *, recover: bool) -> etree._Element | None:
    parser = etree.XMLParser(
        encoding="utf-8",
        recover=recover,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        # With recover it is None where there is no element at all, which the stubs do not know.
        root: etree._Element | None = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError:
        return None
    return root


def _repair(text: str) -> str:
    """Take out what no parser can read, and write as text what only looks like a reference or a tag."""
    text = strip_illegal(text)
    beginning = BEGINNING.search(text)
    text = text[beginning.start() :] if beginning else text.lstrip()
    text = REFERENCE.sub(_repair_reference, _drop_doctype(text))
    return BARE_LESS.sub(lambda found: found[1] or "&lt;", text)


def _drop_doctype(text: str) -> str:
    start = text[:4096].upper().find("<!DOCTYPE")
    found = DOCTYPE.match(text, start) if start >= 0 else None
    return text[: found.start()] + text[found.end() :] if found else text


def _repair_reference(found: re.Match[str]) -> str:
    """Resolve the names HTML has and XML has not; a reference to nothing is text."""
    if found["cdata"] is not None:
        return found[0]
    if code := found["code"]:
        return found[0] if strip_illegal(_character(code)) else ""
    name = found["name"]
    if name is None:
        return "&amp;"
    if name in XML_NAMES:
        return found[0]
    return escape(html5[f"{name};"]) if f"{name};" in html5 else f"&amp;{name};"


def _character(code: str) -> str:
    """Return what a numeric reference stands for, or nothing where there is no such character."""
    number = int(code[2:], 16) if code[1] in "xX" else int(code[1:])
    return chr(number) if number <= 0x10FFFF else ""
