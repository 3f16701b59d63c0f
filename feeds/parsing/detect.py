"""Which format a document has: what it holds outranks what the server calls it."""

from __future__ import annotations

import re

from feeds.model import Document
from feeds.text.charset import decode, skim

#: Bytes within which a document shows what it is: nearly every one at once, others after much ado.
HEADS = (2048, 65536)

COMMENT = re.compile(r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)
PREFIX = r"(?:[\w.-]{1,99}:)?"
ROOT = re.compile(
    rf"<(?:!doctype\s+)?{PREFIX}(rss|rdf|feed|entry|channel|opml|html)(?=[\s>/])", re.IGNORECASE
)
#: A feed inside a page or anything else: its root and, at once, what a feed begins with.
FEED_INSIDE = re.compile(
    rf"<{PREFIX}(rss|rdf|feed|channel)(?=[\s>])[^<>]*+>\s*+"
    rf"<{PREFIX}(?:channel|item|entry|title|subtitle|description|link|id|updated|author)(?=[\s>/])",
    re.IGNORECASE,
)
#: Entries that have lost the feed around them.
ENTRY_ALONE = re.compile(
    rf"<{PREFIX}(item)(?=[\s>])[^<>]*+>\s*+<{PREFIX}(?:title|link|guid|description|pubdate)(?=[\s>/])",
    re.IGNORECASE,
)
#: A feed that is written as the text of another document, with its tags escaped or as character data.
WRAPPED = re.compile(
    r"(?:\s|<(?!!\[)[^<>]*+>)*+"
    r"(?:<!\[CDATA\[\s*+(?:<\?[^<>]*+>\s*+)?+<|(?:&lt;\?(?:(?!&gt;).){0,200}&gt;\s*+)?+&lt;)"
    r"(rss|rdf|feed)(?=[\s>&:])",
    re.IGNORECASE,
)
#: What stands before JSON: nothing, or what keeps other sites from running it as a script.
JSON = re.compile(
    r"(?:\s|\ufeff|\)\]\}',?|(?:while|for)\s*\([1;\s]*\);|/\*(?:[^*]|\*(?!/))*+\*/|//[^\n]*+\n|[\w.$]{1,99}+\()*+[{\[]"
)

#: The name of the root element, and that of the format.
ROOTS = {
    "rss": "rss",
    "rdf": "rdf",
    "feed": "atom",
    "entry": "atom",
    "channel": "rss",
    "item": "rss",
    "opml": "opml",
    "html": "html",
}
#: How files begin that are no text at all.
BINARY = (
    b"\x1f\x8b",  # gzip
    b"BZh",
    b"\x28\xb5\x2f\xfd",  # zstd
    b"\xfd7zXZ",
    b"PK\x03\x04",
    b"%PDF-",
    b"\x89PNG",
    b"\xff\xd8\xff",  # JPEG
    b"GIF8",
    b"RIFF",
    b"ID3",
    b"\x7fELF",
)
MEDIA_TYPES = {
    "application/rss+xml": "rss",
    "application/rdf+xml": "rdf",
    "application/atom+xml": "atom",
    "application/feed+json": "jsonfeed",
    "application/json": "jsonfeed",
    "text/x-opml": "opml",
    "text/x-opml+xml": "opml",
    "application/xhtml+xml": "html",
    "text/html": "html",
}
#: What is known and is no feed, and what is said of it; a page is told of by `instead`.
OTHERS = {
    "opml": "the document is a list of subscriptions, not a feed",
    "binary": "the document is compressed or no text at all, not a feed",
}


def find_format(document: Document) -> str | None:
    """Return rss, rdf, atom, jsonfeed, html, or what `OTHERS` tells of; None where nothing tells."""
    if document.body.startswith(BINARY):
        return "binary"
    return _find_by_content(document) or _find_by_media_type(document.media_type)


def _find_by_content(document: Document) -> str | None:
    for size in HEADS:
        head = skim(document.body[:size], document.media_type)
        found = _find_root(head)
        if found and found != "html":
            return found
    text = head if len(document.body) <= size else decode(document.body, document.media_type)
    return _find_inside(text) or found or _find_root(text)


def _find_root(text: str) -> str | None:
    if JSON.match(text):
        return "jsonfeed"
    root = ROOT.search(COMMENT.sub("", text))
    return ROOTS[root[1].lower()] if root else None


def _find_inside(text: str) -> str | None:
    """Return the format of a feed that is wrapped in something else, or has lost its root."""
    bare = COMMENT.sub("", text)
    found = FEED_INSIDE.search(bare) or WRAPPED.match(text) or ENTRY_ALONE.search(bare)
    return ROOTS[found[1].lower()] if found else None


def _find_by_media_type(media_type: str | None) -> str | None:
    return MEDIA_TYPES.get((media_type or "").partition(";")[0].strip().lower())


#: How feeds end; what stands behind it does not matter.
END = re.compile(rf"</{PREFIX}(?:rss|rdf|feed|channel|entry|item)\s*>|[}}\]]\s*[;)]*\s*\Z", re.IGNORECASE)
LONGEST_END = 10_000  # characters


def has_end(document: Document) -> bool:
    """Whether a feed has its end, or something that may be taken for one."""
    text = decode(document.body, document.media_type).rstrip()[-LONGEST_END:]
    closed = list(END.finditer(text))
    # Behind the last closing tag of an entry more entries may have been begun.
    return bool(closed) and not ENTRY_BEGUN.search(text, closed[-1].end())


ENTRY_BEGUN = re.compile(rf"<{PREFIX}(?:item|entry)(?=[\s>])", re.IGNORECASE)
