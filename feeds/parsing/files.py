"""Files of the seeds directory: which kind each is, and the reader for it.

A seed document is told by how it begins, whatever it is called; of the others the name counts where it says
something, else what they hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from posixpath import splitext

from feeds.model import ARTICLES, FEEDS, Document, ParsedFeed, ParsedFile
from feeds.parsing import FORMATS
from feeds.parsing.addresses import (
    is_address_list,
    is_shortcut,
    parse_addresses,
    parse_shortcut,
    parse_webloc,
)
from feeds.parsing.article import folders_of
from feeds.parsing.detect import BINARY, find_format, has_end
from feeds.parsing.front_matter import split_front_matter
from feeds.parsing.markdown import parse_markdown, read_text
from feeds.parsing.mhtml import is_saved_page, parse_saved_page
from feeds.parsing.newsletter import is_message, parse_newsletter
from feeds.parsing.opml import parse_opml
from feeds.parsing.page import parse_page
from feeds.parsing.refusal import refusal
from feeds.parsing.seed import is_seed, parse_seed, split_seed

#: What is said of a list in which subscriptions may be lost.
DAMAGED_LIST = (
    "the list is {}: only what stands before that is subscribed, and nothing unsubscribed, until it is whole"
)

CUT_FEED = "the feed is broken off: its last entry is left out until it is whole"

#: Readers of one article, each raising ParseError.
ARTICLE_READERS: dict[str, Callable[[Document], ParsedFeed]] = {
    "seed": parse_seed,
    "markdown": parse_markdown,
    "page": parse_page,
    "newsletter": parse_newsletter,
    "mhtml": parse_saved_page,
}


def _parse_subscriptions(document: Document) -> ParsedFile:
    folders = folders_of(document)
    listed, damage = parse_opml(document)
    if folders:
        listed = tuple(replace(one, category=one.category or folders[-1]) for one in listed)
    return ParsedFile("opml", subscriptions=listed, problem=damage and DAMAGED_LIST.format(damage))


#: Readers of files that lead to entries and hold none.
OTHER_READERS: dict[str, Callable[[Document], ParsedFile]] = {
    "opml": _parse_subscriptions,
    "addresses": parse_addresses,
    "shortcut": parse_shortcut,
    "webloc": parse_webloc,
}
#: What a name says of a file that is no seed. Those that are not here are told by what they hold.
SUFFIXES = {
    ".md": "markdown", ".markdown": "markdown", ".mdown": "markdown", ".mkd": "markdown",
    ".eml": "newsletter",
    ".mhtml": "mhtml", ".mht": "mhtml",
    ".html": "page", ".htm": "page", ".xhtml": "page", ".shtml": "page",
    ".opml": "opml",
    ".url": "shortcut", ".website": "shortcut", ".desktop": "shortcut", ".webloc": "webloc",
}  # fmt: skip

#: What is told from the text itself.
PLAIN_KINDS = (("shortcut", is_shortcut), ("addresses", is_address_list))
TAG = re.compile(r"<[a-zA-Z/!]")

#: What is said of a file that is none of these.
UNKNOWN = "it is no seed ([TITLE](LINK) above a line of dashes), nor any other kind of document that is read"

BINARY_FILE = "the file is compressed, or no text at all"


def parse_file(document: Document) -> ParsedFile:
    """Read a file of the seeds directory; raises ParseError with the reason on one line.

    Its folders are categories of each entry.
    """
    if not document.body.strip():
        raise refusal(document, "the file is empty")
    kind = find_kind(document)
    if kind in OTHER_READERS:
        return OTHER_READERS[kind](document)
    reader = ARTICLE_READERS.get(kind or "") or FORMATS.get(kind or "")
    if reader is None:
        raise refusal(document, BINARY_FILE if kind == "binary" else UNKNOWN)
    feed = reader(document)
    if feed.format in FEEDS and not feed.entries and not feed.title:
        raise refusal(document, UNKNOWN)  # it only mentions what feeds are made of
    problem = None
    if feed.format in FEEDS and not has_end(document):
        feed, problem = replace(feed, entries=feed.entries[:-1]), CUT_FEED
    return ParsedFile(feed.format, feed=_file_under(feed, folders_of(document)), problem=problem)


def find_kind(document: Document) -> str | None:
    """Return the name of a reader, or of what has none (see `detect`); None where nothing tells."""
    suffix = splitext(document.path or "")[1].lower()
    named = SUFFIXES.get(suffix)
    if named == "webloc":  # may be binary
        return named
    if document.body.startswith(BINARY):
        return "binary"
    if is_seed(document.body) and not (named == "markdown" and _is_plain(document)):
        return "seed"
    return named or _find_by_content(document)


def _is_plain(document: Document) -> bool:
    """Whether what looks like a seed stands above text that is no HTML: a link over a rule, front matter."""
    text = read_text(document)
    front, body = split_front_matter(text)
    if front:
        return not body.lstrip().startswith(("<", "["))
    seed = split_seed(text)
    return seed.timestamp is None and bool(seed.body) and TAG.search(seed.body) is None


def _find_by_content(document: Document) -> str | None:
    if is_message(document.body):  # first, for it may hold a page, and mention anything
        return "mhtml" if is_saved_page(document.body) else "newsletter"
    text = read_text(document)
    for kind, is_kind in PLAIN_KINDS:
        if is_kind(text):
            return kind
    found = find_format(document)
    if found == "html":
        return "page" if text.lstrip().startswith("<") else None  # else it only mentions one
    return found or ("markdown" if split_front_matter(text)[0] else None)


def _file_under(feed: ParsedFeed, folders: tuple[str, ...]) -> ParsedFeed:
    """Return the feed with the folders among the categories of its entries."""
    if not folders:
        return feed
    rules = (
        tuple(("categories", f"folder: {folder}") for folder in folders) if feed.format in ARTICLES else ()
    )
    return replace(
        feed,
        entries=tuple(
            replace(entry, categories=(*entry.categories, *folders), rules=(*entry.rules, *rules))
            for entry in feed.entries
        ),
    )
