"""From documents to feeds as they are written: one reader per format, no I/O."""

from __future__ import annotations

from collections.abc import Callable

from feeds.model import Document, ParsedFeed
from feeds.parsing.atom import parse_atom
from feeds.parsing.detect import OTHERS, find_format
from feeds.parsing.instead import refuse_page
from feeds.parsing.jsonfeed import parse_jsonfeed
from feeds.parsing.refusal import refusal
from feeds.parsing.rss import parse_rss

#: Every reader raises ParseError, naming the document.
FORMATS: dict[str, Callable[[Document], ParsedFeed]] = {
    "rss": parse_rss,
    "rdf": parse_rss,
    "atom": parse_atom,
    "jsonfeed": parse_jsonfeed,
}


def parse(document: Document) -> ParsedFeed:
    """Return the feed a document holds, as written.

    Raises ParseError with the reason on one line; PageError, with the feeds it names, for a web page.
    """
    if not document.body.strip():
        raise refusal(document, "the document is empty")
    name = find_format(document)
    if name in FORMATS:
        return FORMATS[name](document)
    if name == "html":
        raise refuse_page(document)
    raise refusal(document, OTHERS.get(name or "", "the document is of no format we know"))
