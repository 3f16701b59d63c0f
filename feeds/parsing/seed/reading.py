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
from html import unescape
from urllib.parse import unquote, urlsplit

from feeds.errors import ParseError
from feeds.model import Document, Link, ParsedEntry, ParsedFeed, Person, Text
from feeds.parsing.seed.body import Body, read_body
from feeds.parsing.seed.front_matter import split_front_matter
from feeds.parsing.seed.publishers import Publisher, publisher_of
from feeds.parsing.seed.tree import TooDeepError, collapse
from feeds.text.charset import decode
from feeds.text.dates import format_rfc3339, from_milliseconds, parse_date
from feeds.text.urls import find_host

#: Characters in which a document shows whether it is a seed.
HEAD_LENGTH = 16_384
#: A title may run over this many lines.
TITLE_LINES = 4

TIMESTAMP = re.compile(r"\s*<!--\s*(\d+|NaN)\s*-->[ \t]*\n?")
RULE = re.compile(r"[ \t]*-{3,}[ \t]*(?:\n|\Z)")
DATE_LINE = re.compile(r"\s*日期[ \t]*[:：][ \t]*([^\n<]+)(?:\n|\Z)")
#: The body of a Jekyll document stands on the lines between these two.
WRAPPER = re.compile(r"<div>\n(.*)\n</div>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Seed:
    """A document cut at its joints, nothing understood yet."""

    front: dict[str, tuple[str, ...]]
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
    subject = document.path or document.url
    # Seeds are UTF-8 by definition; only where they are not the bytes decide.
    seed = split_seed(decode(document.body, "text/plain; charset=utf-8"))
    problem = find_problem(seed)
    if problem:
        raise ParseError(subject, problem)
    host = find_host(seed.link or "")
    publisher = publisher_of(host or "")
    try:
        body = read_body(seed.body, publisher, seed.link)
    except TooDeepError as error:
        raise ParseError(subject, str(error)) from error
    return ParsedFeed(
        format="seed",
        title=Text(publisher.name) if host else None,
        links=(Link(f"https://{publisher.host}/"),) if host else (),
        entries=(build_entry(seed, body, publisher, document),),
    )


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
    if not seed.link:
        return None if find_guid(seed) else "its title line has no link"
    if find_host(seed.link) is None:
        return f"its link {seed.link[:80]!r} is no http(s) address"
    return None


def find_guid(seed: Seed) -> str | None:
    """The id a document without a link gives itself; another one is identified by its link."""
    if seed.link:
        return None
    return next((seed.front[key][0] for key in ("id", "guid", "message-id") if seed.front.get(key)), None)


def build_entry(seed: Seed, body: Body, publisher: Publisher, document: Document) -> ParsedEntry:
    """Put together what the document says of its article."""
    published = find_published(seed, body, document)
    return ParsedEntry(
        guid=find_guid(seed),
        title=Text(find_title(seed, body, publisher)),
        links=(Link(seed.link),) if seed.link else (),
        authors=tuple(Person(name) for name in body.stated.authors or front_authors(seed)),
        published=format_rfc3339(published) if published else None,
        updated=find_updated(body, published),
        content=Text(body.content, "html", base=seed.link) if body.content else None,
        enclosures=body.enclosures,
        categories=tuple(dict.fromkeys((*seed.front.get("tags", ()), *body.topics, *folders_of(document)))),
        rights=Text(body.rights) if body.rights else None,
        image=body.image,
    )


def find_title(seed: Seed, body: Body, publisher: Publisher) -> str:
    """The title line as text; an empty one falls back to the first words the document has."""
    title = collapse(decode_entities(seed.title or ""))
    for suffix in publisher.title_suffixes:
        title = title.removesuffix(suffix).rstrip()
    return title or body.heading or body.text[:40].strip() or last_segment(seed.link or "")


def decode_entities(text: str) -> str:
    """Decode character references, which some feeds encode twice."""
    return unescape(unescape(text))


def last_segment(link: str) -> str:
    """The last part of a link's path, in words; else its host."""
    parts = [part for part in urlsplit(link).path.split("/") if part]
    return collapse(unquote(parts[-1])) if parts else find_host(link) or link


def find_published(seed: Seed, body: Body, document: Document) -> datetime | None:
    """The first time the document gives, in the order of how far it is to be believed."""
    times: Iterator[datetime | None] = iter(
        (
            read_timestamp(seed.timestamp),
            body.stated.time,
            parse_date(seed.date or ""),
            parse_date(next(iter(seed.front.get("date", ())), "")),
            document.modified,
        )
    )
    # Where a program had no time it wrote the start of its clock.
    return next((time for time in times if time and time.year > 1970), None)


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
    return tuple(name for name in seed.front.get("author", ()) if name not in seed.front.get("tags", ()))


def folders_of(document: Document) -> tuple[str, ...]:
    """The folders between the seeds directory and the file; bytes that are no text become U+FFFD."""
    path = (document.path or "").encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return tuple(collapse(folder) for folder in path.split("/")[:-1] if folder)
