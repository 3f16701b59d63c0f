"""Which format a document has: what it holds outranks what the server calls it."""

from __future__ import annotations

import re

from feeds.model import Document
from feeds.parsing.seed import is_seed
from feeds.text.charset import decode

#: Bytes within which a document shows what it is: nearly every one at once, the others after much ado.
HEADS = (2048, 65536)

COMMENT = re.compile(r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)
ROOT = re.compile(
    r"<(?:!doctype\s+)?(?:[\w.-]+:)?(rss|rdf|feed|entry|channel|opml|html)(?=[\s>/])", re.IGNORECASE
)

#: The name of the root element, and that of the format.
ROOTS = {
    "rss": "rss",
    "rdf": "rdf",
    "feed": "atom",
    "entry": "atom",
    "channel": "rss",
    "opml": "opml",
    "html": "html",
}
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


def find_format(document: Document) -> str | None:
    """Return rss, rdf, atom, jsonfeed, opml, seed or html; None where nothing tells.

    A file of the seeds directory is looked at as a seed first, for its title may look like anything.
    """
    if document.path is not None and is_seed(document.body):
        return "seed"
    return _find_by_content(document) or _find_by_media_type(document.media_type)


def _find_by_content(document: Document) -> str | None:
    for size in HEADS:
        head = decode(document.body[:size], document.media_type).lstrip()
        if head.startswith("{"):
            return "jsonfeed"
        if root := ROOT.search(COMMENT.sub("", head)):
            return ROOTS[root[1].lower()]
    return None


def _find_by_media_type(media_type: str | None) -> str | None:
    return MEDIA_TYPES.get((media_type or "").partition(";")[0].strip().lower())
