"""Seed documents: an archived article in one file, a title line over HTML.

[front matter]
<!--1673498825000-->        milliseconds since 1970, or NaN; may be missing
[TITLE](LINK)
------

HTML
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from html import unescape

from feeds.model import Document, Link, ParsedEntry, ParsedFeed, Person, Text
from feeds.parsing.article import Facts, later_titles, wrap
from feeds.parsing.front_matter import FrontMatter, split_front_matter
from feeds.parsing.publishers import Publisher, publisher_of
from feeds.parsing.refusal import refusal
from feeds.parsing.seed.body import Body, read_body
from feeds.parsing.seed.stated import split_names
from feeds.parsing.seed.tree import TooDeepError
from feeds.text.characters import collapse
from feeds.text.charset import decode
from feeds.text.dates import format_rfc3339, from_milliseconds, parse_date
from feeds.text.urls import find_host

#: Characters in which a document shows whether it is a seed.
HEAD_LENGTH = 16_384
#: A title may run over this many lines.
TITLE_LINES = 4

TIMESTAMP = re.compile(r"\s*<!--\s*(\d+|NaN)\s*-->[ \t]*\n?")
RULE = re.compile(r"[ \t]*-{3,}[ \t]*(?:\n|\Z)")
DATE_LINE = re.compile(r"\s*日期[ \t]*[:：][ \t]*([^\n<]*)(?:\n|\Z)")
#: The body of a Jekyll document stands on the lines between these two.
WRAPPER = re.compile(r"<div>\n(.*)\n</div>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Seed:
    """A document cut at its joints, nothing understood yet."""

    front: FrontMatter
    timestamp: str | None
    title: str | None
    link: str | None
    is_ruled: bool
    date: str | None
    body: str


def is_seed(body: bytes | str) -> bool:
    """Whether it begins as a seed document does."""
    head = body[:HEAD_LENGTH]
    text = head.decode("utf-8", "replace") if isinstance(head, bytes) else head
    seed = split_seed(text)
    has_title_line = seed.title is not None and seed.is_ruled
    return has_title_line or seed.timestamp is not None or "from" in seed.front


def parse_seed(document: Document) -> ParsedFeed:
    """Read a seed document: one entry in the feed of its publisher; raises ParseError."""
    # Seeds are UTF-8 by definition; only where they are not the bytes decide.
    seed = split_seed(decode(document.body, "text/plain; charset=utf-8"))
    problem = find_problem(seed)
    if problem:
        raise refusal(document, problem)
    host = find_host(seed.link or "")
    publisher = publisher_of(host or "")
    try:
        body = read_body(seed.body, publisher, seed.link)
    except TooDeepError as error:
        raise refusal(document, str(error)) from error
    entry = build_entry(seed, body, publisher, document)
    return wrap("seed", entry, host)


@lru_cache(maxsize=1)  # a document is first told to be a seed, then read
def split_seed(text: str) -> Seed:
    """Cut a document at its joints; what is missing is None."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    front, text = split_front_matter(text)
    stamp = TIMESTAMP.match(text)
    text = text[stamp.end() :] if stamp else text
    title, link, text = split_title_line(text)
    rule = RULE.match(text)
    text = text[rule.end() :] if rule else text
    date = DATE_LINE.match(text)
    text = text[date.end() :] if date else text
    wrapped = WRAPPER.fullmatch(text.strip())
    return Seed(
        front=front,
        timestamp=stamp[1] if stamp else None,
        title=title if title is not None else next(iter(front.get("title", ())), None),
        link=link or next(iter(front.get("from", ())), None),
        is_ruled=rule is not None,
        date=date[1] if date else None,
        body=wrapped[1] if wrapped else text.strip(),
    )


def split_title_line(text: str) -> tuple[str | None, str | None, str]:
    """Return title, link and the rest of `[TITLE](LINK)`; the link goes to the last `)` of its line."""
    start = len(text) - len(text.lstrip())
    middle = text.find("](", start)
    if not text.startswith("[", start) or text.count("\n", start, middle) >= TITLE_LINES or middle < 0:
        return None, None, text
    end = text.find("\n", middle)
    line, rest = (text[start:end], text[end + 1 :]) if end >= 0 else (text[start:], "")
    close = line.rfind(")")
    title, _, link = line[1:close].rpartition("](")
    return (title, link.strip(), rest) if middle - start < close else (None, None, text)


def find_problem(seed: Seed) -> str | None:
    """Say in one line why it is no seed document."""
    if seed.title is None:
        return "there is no title line [TITLE](LINK)"
    if seed.link and find_host(seed.link) is None:
        return f"its link {seed.link[:80]!r} is no http(s) address"
    return None


def find_guid(seed: Seed) -> str | None:
    """The id a document without a link gives itself; another one is identified by its link."""
    if seed.link:
        return None
    return next((seed.front[key][0] for key in ("id", "guid", "message_id") if seed.front.get(key)), None)


def build_entry(seed: Seed, body: Body, publisher: Publisher, document: Document) -> ParsedEntry:
    """Put together what the document says of its article."""
    facts = Facts()
    title = facts.take("title", find_titles(seed, body, publisher, document))
    published = facts.take("published", find_times(seed, body, document))
    authors = facts.take("authors", (("front matter", front_authors(seed)), ("byline", body.stated.authors)))
    return ParsedEntry(
        guid=find_guid(seed),
        title=Text(title) if title else None,
        links=(Link(seed.link),) if seed.link else (),
        authors=tuple(map(Person, authors or ())),
        published=format_rfc3339(published) if published else None,
        updated=facts.take("updated", (("the time in the body", find_updated(body, published)),)),
        content=Text(body.content, "html", base=seed.link) if body.content else None,
        enclosures=body.enclosures,
        categories=tuple(dict.fromkeys((*seed.front.get("tags", ()), *body.topics))),
        rights=Text(body.rights) if body.rights else None,
        image=body.image,
        rules=(*tell_found(seed, body), *facts.rules, *body.rules),
    )


def tell_found(seed: Seed, body: Body) -> Iterator[tuple[str, str]]:
    """What only one thing gives, and that is there."""
    if seed.link:
        yield "link", "title line" if seed.is_ruled else "front matter: from"
    else:
        yield "id", "front matter"
    if seed.front.get("tags"):
        yield "categories", "front matter: tags"
    if body.topics:
        yield "categories", "topics in the text"


def find_titles(
    seed: Seed, body: Body, publisher: Publisher, document: Document
) -> Iterator[tuple[str, str]]:
    """The title line as text; an empty one falls back to the first words the document has."""
    title = collapse(decode_entities(seed.title or ""))
    yield "title line" if seed.is_ruled else "front matter: title", cut_suffixes(title, publisher)
    yield from later_titles(body.heading, body.text, seed.link, document.path)


def cut_suffixes(title: str, publisher: Publisher) -> str:
    for suffix in publisher.title_suffixes:
        title = title.removesuffix(suffix).rstrip()
    return title


def decode_entities(text: str) -> str:
    """Decode character references, which some feeds encode twice."""
    return unescape(unescape(text))


def find_times(seed: Seed, body: Body, document: Document) -> Iterator[tuple[str, datetime | None]]:
    """The times the document gives, in the order of how far they are to be believed."""
    yield "timestamp", usable(read_timestamp(seed.timestamp))
    yield "the time in the body", usable(body.stated.time)
    yield "date line", usable(parse_date(seed.date or ""))
    yield "front matter: date", usable(parse_date(next(iter(seed.front.get("date", ())), "")))
    yield "the time of the file", usable(document.modified)


def usable(time: datetime | None) -> datetime | None:
    """Where a program had no time it wrote the start of its clock."""
    return time if time and time.year > 1970 else None


def read_timestamp(text: str | None) -> datetime | None:
    """Read the timestamp comment: milliseconds since 1970."""
    if text is None or not text.isdecimal() or len(text) > 15:
        return None
    return from_milliseconds(int(text))


def find_updated(body: Body, published: datetime | None) -> str | None:
    """The body's own time, where that is later."""
    time = body.stated.time
    if time is None or published is None or body.stated.is_day or time <= published:
        return None
    return format_rfc3339(time)


def front_authors(seed: Seed) -> tuple[str, ...]:
    """The front matter's author, where it is not the name of the site once more."""
    sites = {tag.casefold() for tag in seed.front.get("tags", ())}
    return tuple(name for name in split_names(*seed.front.get("author", ())) if name.casefold() not in sites)
