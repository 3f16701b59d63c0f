"""Web pages saved as one file: a message whose parts are the page and what it shows (MHTML, RFC 2557)."""

from __future__ import annotations

import re
from dataclasses import replace

from feeds.model import Document, ParsedFeed
from feeds.parsing.newsletter import parse_newsletter
from feeds.parsing.newsletter.fields import Fields
from feeds.parsing.newsletter.parts import (
    Part,
    find_page,
    media_type_of,
    read_body,
    read_header,
    read_message,
)
from feeds.parsing.page import parse_page
from feeds.parsing.refusal import refusal
from feeds.text.charset import decode
from feeds.text.urls import is_web_url

#: Where a page was, as browsers tell.
SNAPSHOT = "snapshot-content-location"
#: What browsers give as the author of the message.
SAVED_BY = re.compile(r'[<"\s]*Saved by ', re.IGNORECASE)


def is_saved_page(body: bytes) -> bool:
    """Whether a browser wrote this message."""
    fields = read_header(body)
    return fields is not None and (SNAPSHOT in fields or SAVED_BY.match(fields.line("from")) is not None)


def parse_saved_page(document: Document) -> ParsedFeed:
    """Read the page in a message as one article; raises ParseError where there is none.

    Mail programs save mail by that name, too: a message from somebody is read as one.
    """
    message = read_message(document.body)
    if "@" in message.fields.line("from") and SNAPSHOT not in message.fields:
        return parse_newsletter(document)
    page = find_page(message)
    if page is None:
        raise refusal(document, "there is no web page in it")
    html = decode(read_body(page), media_type_of(page))
    link = _find_link(message.fields, page)
    if link:  # as browsers write it into other pages they save: it is weighed as theirs is
        html = f"<!-- saved from url=({len(link):04}){link} -->{html}"
    return parse_page(
        replace(document, body=html.encode("utf-8", "replace"), media_type="text/html; charset=utf-8")
    )


def _find_link(fields: Fields, page: Part) -> str | None:
    for written in (fields.line(SNAPSHOT), page.fields.line("content-location")):
        link = "".join(written.split()).replace(">", "%3E")
        if is_web_url(link):
            return link
    return None
