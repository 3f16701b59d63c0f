"""What was fetched as an article to keep: a page, a text, or something else, which is refused."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from feeds.model import Document, Link, ParsedEntry, ParsedFeed, Text
from feeds.parsing.article import last_segment, wrap
from feeds.parsing.markdown import parse_markdown
from feeds.parsing.page.reading import parse_page
from feeds.parsing.refusal import refusal
from feeds.text.charset import decode, skim
from feeds.text.markup import escape_text
from feeds.text.urls import find_host

PICTURE, FEED = "it is a picture", "it is a feed: subscribe to it instead"
SOUND, FILM = "it is a sound recording", "it is a film"
ARCHIVE, NO_TEXT = "it is an archive", "it is no text"
JSON, XML = "it is data for programs (JSON)", "it is data for programs (XML)"

#: How files begin that are no text, whatever the server calls them.
BEGINNINGS = (
    (b"%PDF-", "it is a PDF"),
    (b"\x89PNG", PICTURE),
    (b"\xff\xd8\xff", PICTURE),
    (b"GIF8", PICTURE),
    (b"RIFF", "it is a picture or a recording"),
    (b"ID3", SOUND),
    (b"OggS", SOUND),
    (b"fLaC", SOUND),
    (b"\x1aE\xdf\xa3", FILM),  # Matroska, WebM
    (b"PK\x03\x04", ARCHIVE),
    (b"\x1f\x8b", ARCHIVE),
    (b"BZh", ARCHIVE),
    (b"\x28\xb5\x2f\xfd", ARCHIVE),
    (b"\xfd7zXZ", ARCHIVE),
    (b"Rar!", ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", ARCHIVE),
    (b"\x7fELF", "it is a program"),
)
FILM_MARK = b"ftyp"  # behind four bytes: MP4 and its kin
PAGES = frozenset({"text/html", "application/xhtml+xml"})
MARKDOWN = frozenset({"text/markdown", "text/x-markdown"})
PLAIN = "text/plain"
#: What servers call the others.
OTHERS = (
    (re.compile("image/.*"), PICTURE),
    (re.compile("audio/.*"), SOUND),
    (re.compile("video/.*"), FILM),
    (re.compile("font/.*"), "it is a font"),
    (re.compile("application/pdf"), "it is a PDF"),
    (re.compile("text/css"), "it is a style sheet"),
    (re.compile("(?:text|application)/(?:x-)?(?:java|ecma)script"), "it is a script"),
    (re.compile("text/calendar"), "it is a calendar"),
    (re.compile("text/csv"), "it is a table (CSV)"),
    (re.compile(r"application/(?:.*\+)?json"), JSON),
    (re.compile(r"(?:text|application)/(?:.*\+)?xml"), XML),
    (re.compile("application/(?:zip|gzip|x-.*(?:tar|zip|compressed))"), ARCHIVE),
)

_BEFORE = r"(?:[\s\ufeff]|<!--.*?-->|<\?[^>]*+>)*+"
PAGE_START = re.compile(
    rf"{_BEFORE}<(?:!doctype\s+html|(?:[\w.-]{{1,99}}:)?html)(?=[\s>])", re.IGNORECASE | re.DOTALL
)
FEED_START = re.compile(
    rf"{_BEFORE}<(?:rss|(?:[\w.-]{{1,99}}:)?(?:rdf|feed))(?=[\s>])", re.IGNORECASE | re.DOTALL
)
FEED_TYPE = re.compile(r"application/(?:(?:rss|atom|rdf)\+xml|feed\+json)")
XML_START = re.compile(r"[\s\ufeff]*<\?xml\s", re.IGNORECASE)
JSON_FEED = "://jsonfeed.org/version/"
HEAD = 65_536  # bytes that tell what it is


def parse_fetched_page(document: Document) -> ParsedFeed:
    """Read a fetched page, or a text, as one article; raises ParseError, saying what it is instead."""
    if not document.body.strip():
        raise refusal(document, "the page is empty")
    media_type = (document.media_type or "").partition(";")[0].strip().lower()
    head = skim(document.body[:HEAD], document.media_type)
    is_page = PAGE_START.match(head) is not None
    reason = _find_binary(document.body) or (None if is_page else _find_other(document, media_type, head))
    if reason:
        raise refusal(document, reason)
    if media_type in MARKDOWN and not is_page:
        return _parse_markdown(document)
    if is_page or media_type in PAGES or (media_type != PLAIN and head.lstrip().startswith("<")):
        return parse_page(document)
    return _parse_text(document)


def _find_binary(body: bytes) -> str | None:
    if body.startswith(FILM_MARK, 4):
        return FILM
    return next((what for beginning, what in BEGINNINGS if body.startswith(beginning)), None)


def _find_other(document: Document, media_type: str, head: str) -> str | None:
    """Say what a document is that does not begin as a page."""
    if FEED_START.match(head) or FEED_TYPE.fullmatch(media_type):
        return FEED
    if XML_START.match(head):
        return XML
    is_text = media_type == PLAIN or media_type in MARKDOWN
    if not is_text and _is_json(document, head):
        return FEED if JSON_FEED in head else JSON
    if media_type not in PAGES:
        if told := next((what for kind, what in OTHERS if kind.fullmatch(media_type)), None):
            return told
        if media_type and not media_type.startswith("text/"):
            return f"it is of a kind that is not read ({media_type})"
        return NO_TEXT if "\0" in head else None
    return None


def _is_json(document: Document, head: str) -> bool:
    if not head.lstrip().startswith(("{", "[")):
        return False
    try:
        json.loads(document.body)
    except (ValueError, RecursionError):
        return False
    return True


def _parse_markdown(document: Document) -> ParsedFeed:
    feed = parse_markdown(document)
    entry = replace(feed.entries[0], guid=None, links=(Link(document.url),))
    return wrap(feed.format, entry, find_host(document.url))


def _parse_text(document: Document) -> ParsedFeed:
    """A text has no title of its own: its first line may be anything."""
    text = decode(document.body, document.media_type).removeprefix("\ufeff")
    title = last_segment(document.url)
    entry = ParsedEntry(
        title=Text(title),
        links=(Link(document.url),),
        content=Text(escape_text(text), "html"),
        rules=(
            ("title", "the last part of the link"),
            ("link", "the address it was fetched from"),
            ("content", "the text"),
        ),
    )
    return wrap("page", entry, find_host(document.url))
