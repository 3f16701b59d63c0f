"""Lists of subscriptions (OPML 1.0 and 2.0)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from feeds.model import Declaration, Document
from feeds.parsing.elements import Element, fold_name, loose_attribute
from feeds.parsing.refusal import refusal
from feeds.parsing.xml import read_xml
from feeds.text.charset import decode
from feeds.text.urls import is_web_url, resolve

#: How a list ends, its comments aside; one without any content may be a single tag.
END = re.compile(
    r"(?:</[\w.:-]*opml\s*>|<[\w.:-]*opml\b[^<>]*/>)\s*(?:<!--(?:(?!-->).)*+-->\s*)*+\Z",
    re.IGNORECASE | re.DOTALL,
)
LONGEST_END = 10_000  # characters
LONGEST_ADDRESS = 2000  # characters; a longer one is none of a feed, and no database could look it up

#: Our own attribute: the permanent identity a source had where the list was written.
KEY = "feedsKey"


def parse_opml(document: Document) -> tuple[Declaration, ...]:
    """Return the subscriptions in document order, one per address; raises ParseError.

    The folder a subscription stands in is its category, the innermost where they are nested.
    """
    root = read_xml(document)
    if fold_name(str(root.tag)) != "opml":
        raise refusal(document, "the document is no OPML")
    declarations: dict[str, Declaration] = {}
    for outline, folder in _walk_outlines(root, None):
        if declaration := _read_outline(outline, folder):
            declarations.setdefault(declaration.url, declaration)
    return tuple(declarations.values())


def is_whole(document: Document) -> bool:
    """Whether a list has its end: of one that is broken off nobody knows what it held."""
    text = decode(document.body, document.media_type).rstrip()
    return END.search(text[-LONGEST_END:]) is not None


def _walk_outlines(parent: Element, folder: str | None) -> Iterator[tuple[Element, str | None]]:
    """Yield every outline and its folder; the parser limits how deep they are nested."""
    for child in parent:
        name = fold_name(str(child.tag))
        if name == "outline":
            yield child, folder
            is_folder = loose_attribute(child, "xmlUrl") is None
            yield from _walk_outlines(child, (_name_of(child) if is_folder else None) or folder)
        elif name == "body":
            yield from _walk_outlines(child, folder)


def _read_outline(outline: Element, folder: str | None) -> Declaration | None:
    url = resolve(None, loose_attribute(outline, "xmlUrl") or "")
    if url is None or not is_web_url(url) or len(url) > LONGEST_ADDRESS:
        return None
    return Declaration(
        url=url,
        name=_name_of(outline),
        category=folder or _own_category(outline),
        key=loose_attribute(outline, KEY),
    )


def _name_of(outline: Element) -> str | None:
    return loose_attribute(outline, "title", "text")


def _own_category(outline: Element) -> str | None:
    """Return the last part of the first of the slash-delimited categories (OPML 2.0)."""
    first = (loose_attribute(outline, "category") or "").partition(",")[0]
    return first.strip("/ ").rpartition("/")[2].strip() or None
