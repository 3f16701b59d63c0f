"""E-mail messages as articles: newsletters, saved as they came (RFC 5322)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from feeds.model import Document, Link, ParsedEntry, ParsedFeed, Text
from feeds.parsing.article import Facts, later_titles, readable_dates, time_of_file, web_addresses, wrap
from feeds.parsing.newsletter.body import find_bodies
from feeds.parsing.newsletter.fields import Fields, decode_words
from feeds.parsing.newsletter.parts import read_header, read_message
from feeds.parsing.newsletter.people import read_people
from feeds.parsing.refusal import refusal
from feeds.text.characters import collapse
from feeds.text.markup import plain_text
from feeds.text.urls import find_host

#: One of these is in every message that was sent or saved.
NEEDED = ("date", "from", "message-id", "subject", "received", "mime-version", "return-path", "delivered-to")
#: Of a text that nobody called a message, one of these and another of those above: notes have dates, too.
SENT = ("from", "message-id", "received")
#: Where the next message of a mailbox begins (RFC 4155).
NEXT_MESSAGE = re.compile(rb"\n\r?\nFrom [^\n]{1,200}?\d\d:\d\d[^\n]{0,100}\n[!-9;-~]{1,99}[ \t]?:")
MAILBOX = re.compile(rb"\s*From ")
#: Where a message may be read on the web (RFC 5064, section 2).
ARCHIVED_AT = re.compile(r"<(https?://[^<>\s]+)>")
#: How a subscription is ended (RFC 2369, section 3.2).
UNSUBSCRIBE = re.compile(r"<\s*((?:https?://[^<>\s/]+/|mailto:)[^<>\s]+)\s*>", re.IGNORECASE)
MOST_ADDRESSES = 10
#: What an address may go on with.
REST_OF_ADDRESS = r"(?![\w/?=%#~+-]|&amp;|[.,:;!](?=\w))"


def is_message(body: bytes) -> bool:
    """Whether it is a message, whatever it is called: nothing but fields up to a blank line."""
    fields = read_header(body)
    if fields is None:
        return False
    told = [name for name in NEEDED if name in fields]
    return len(told) > 1 and any(name in fields for name in SENT)


def parse_newsletter(document: Document) -> ParsedFeed:
    """Read an e-mail message as one article; raises ParseError where it is none, or several."""
    message = read_message(document.body)
    fields = message.fields
    if not any(name in fields for name in NEEDED):
        raise refusal(document, "it does not begin with the header of a message")
    if MAILBOX.match(document.body) and NEXT_MESSAGE.search(document.body):
        raise refusal(document, "it holds several messages; save each of them as a file of its own")
    facts = Facts()
    link = facts.take("link", web_addresses(_links(fields)))
    html = _without_keys(facts.take("content", find_bodies(message, document)) or "", fields)
    authors = facts.take(
        "authors", ((name, read_people(fields.line(name.lower()))) for name in ("From", "Sender"))
    )
    title = facts.take("title", _titles(fields, plain_text(html), link, document.path))
    guid = (("Message-ID", collapse(fields.line("message-id")).strip("<> ")),)
    entry = ParsedEntry(
        guid=facts.take("id", guid) if not link else None,
        title=Text(title) if title else None,
        links=(Link(link),) if link else (),
        authors=authors or (),
        published=facts.take("published", _dates(fields, document)),
        content=Text(html, "html", base=link) if html else None,
        language=fields.text("content-language") or None,
        rules=tuple(facts.rules),
    )
    return wrap("newsletter", entry, find_host(link or ""), authors[0].name if authors else None)


def _links(fields: Fields) -> Iterator[tuple[str, str | None]]:
    for address in ARCHIVED_AT.findall(fields.line("archived-at")):
        yield "Archived-At", address


def _titles(
    fields: Fields, text: str, link: str | None, path: str | None
) -> Iterator[tuple[str, str | None]]:
    yield "Subject", fields.text("subject")
    yield from later_titles(None, text, link, path)


def _dates(fields: Fields, document: Document) -> Iterator[tuple[str, str | None]]:
    sent = [("Date", decode_words(line)) for line in fields.lines("date")]
    received = [("Received", line.rpartition(";")[2]) for line in fields.lines("received")[:1]]
    yield from readable_dates((*sent, *received))
    yield time_of_file(document)


def _without_keys(html: str, fields: Fields) -> str:
    """Cut the addresses that end the reader's own subscription: whoever knows them may."""
    for address in UNSUBSCRIBE.findall(fields.line("list-unsubscribe"))[:MOST_ADDRESSES]:
        written = address.replace("&", "&amp;")
        html = html.replace(f' href="{written}"', "")
        html = re.sub(re.escape(written) + REST_OF_ADDRESS, "", html)
    return html
