"""E-mail messages as articles: newsletters, saved as they came (RFC 5322)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses

from feeds.model import Document, Link, ParsedEntry, ParsedFeed, Person, Text
from feeds.parsing.article import Facts, later_titles, readable_dates, time_of_file, web_addresses, wrap
from feeds.parsing.page_body import drop_hidden
from feeds.parsing.refusal import refusal
from feeds.text.characters import collapse
from feeds.text.charset import decode
from feeds.text.markup import escape_text, plain_text
from feeds.text.urls import find_host

#: A line as messages begin with.
FIELD = re.compile(rb"\A(?:From [^\n]*\r?\n)?[A-Za-z][A-Za-z0-9-]*:[ \t]")
#: One of these is in every message that was sent.
NEEDED = re.compile(rb"^(?:Date|From|Message-ID|Subject|Received):", re.IGNORECASE | re.MULTILINE)
HEAD = 16_384  # bytes in which they must stand
#: Where a message may be read on the web (RFC 5064, section 2).
ARCHIVED_AT = re.compile(r"<(https?://[^<>\s]+)>")


def is_message(body: bytes) -> bool:
    """Whether it begins as a message does."""
    return FIELD.match(body) is not None and NEEDED.search(body[:HEAD]) is not None


def parse_newsletter(document: Document) -> ParsedFeed:
    """Read an e-mail message as one article; raises ParseError where it is none."""
    if not is_message(document.body):
        raise refusal(document, "it does not begin with the header of a message")
    message = message_from_bytes(document.body, policy=policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 (what this policy makes)
    facts = Facts()
    link = facts.take("link", web_addresses(_links(message)))
    html = facts.take("content", _bodies(message)) or ""
    authors = facts.take(
        "authors", (("From", _people(message, "From")), ("Sender", _people(message, "Sender")))
    )
    title = facts.take("title", _titles(message, plain_text(html), link, document.path))
    entry = ParsedEntry(
        guid=facts.take("id", (("Message-ID", _header(message, "Message-ID").strip("<> ")),))
        if not link
        else None,
        title=Text(title) if title else None,
        links=(Link(link),) if link else (),
        authors=authors or (),
        published=facts.take("published", _dates(message, document)),
        content=Text(html, "html", base=link) if html else None,
        language=_header(message, "Content-Language") or None,
        rules=tuple(facts.rules),
    )
    return wrap("newsletter", entry, find_host(link or ""), authors[0].name if authors else None)


def _header(message: EmailMessage, name: str) -> str:
    """Return the field as text; one that is broken beyond reading is not there."""
    try:
        return collapse(str(message.get(name) or ""))
    except (ValueError, IndexError, AttributeError, TypeError, LookupError):  # the parser's own stumbling
        return ""


def _links(message: EmailMessage) -> Iterator[tuple[str, str | None]]:
    for address in ARCHIVED_AT.findall(_header(message, "Archived-At")):
        yield "Archived-At", address


def _titles(
    message: EmailMessage, text: str, link: str | None, path: str | None
) -> Iterator[tuple[str, str | None]]:
    yield "Subject", _header(message, "Subject")
    yield from later_titles(None, text, link, path)


def _people(message: EmailMessage, name: str) -> tuple[Person, ...]:
    written = getaddresses([_header(message, name)])
    people = (Person(collapse(shown) or None, address or None) for shown, address in written)
    return tuple(person for person in people if person.name or person.email)


def _dates(message: EmailMessage, document: Document) -> Iterator[tuple[str, str | None]]:
    received = _header(message, "Received").rpartition(";")[2]
    yield from readable_dates((("Date", _header(message, "Date")), ("Received", received)))
    yield time_of_file(document)


def _bodies(message: EmailMessage) -> Iterator[tuple[str, str]]:
    """The HTML, else the plain text; attachments have no address that a reader could fetch."""
    parts = [
        part
        for part in message.walk()
        if not part.is_multipart() and part.get_content_disposition() != "attachment"
    ]
    for kind in ("text/html", "text/plain"):
        for part in parts:
            if part.get_content_type() == kind:
                text = _read_part(part)
                yield kind, drop_hidden(text) if kind == "text/html" else escape_text(text)


def _read_part(part: EmailMessage | object) -> str:
    assert isinstance(part, EmailMessage)  # noqa: S101
    payload = part.get_payload(decode=True)
    raw = payload if isinstance(payload, bytes) else b""
    charset = part.get_content_charset()
    return decode(raw, f"text/html; charset={charset}" if charset else "text/html").replace("\r\n", "\n")
