"""What all documents have in common that hold one article: seeds, Markdown, pages, newsletters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from posixpath import basename, splitext
from typing import TypeVar
from urllib.parse import unquote, urlsplit

from feeds.model import Document, Link, ParsedEntry, ParsedFeed, Text
from feeds.parsing.publishers import Publisher, find_publisher
from feeds.text.characters import collapse
from feeds.text.dates import format_rfc3339, parse_date
from feeds.text.paths import find_folders, readable
from feeds.text.urls import find_host, is_web_url

T = TypeVar("T")

#: Characters of a text that stand for a title that is missing.
TITLE_LENGTH = 40


class Facts:
    """What an article says, and which rule each of it was taken by."""

    def __init__(self) -> None:
        self.rules: list[tuple[str, str]] = []

    def take(self, field: str, candidates: Iterable[tuple[str, T | None]]) -> T | None:
        """Return the first value there is among (rule, value); none of the others is asked for."""
        for rule, value in candidates:
            if value:
                self.rules.append((field, rule))
                return value
        return None


def later_titles(
    heading: str | None, text: str, link: str | None, path: str | None
) -> Iterator[tuple[str, str]]:
    """What an article without a title is called."""
    yield "the first heading", heading or ""
    yield f"the first {TITLE_LENGTH} characters", text[:TITLE_LENGTH].strip()
    yield "the last part of the link", last_segment(link) if link else ""
    yield "the name of the file", file_name(path or "")


def readable_dates(candidates: Iterable[tuple[str, str | None]]) -> Iterator[tuple[str, str | None]]:
    """Those of the dates that can be read, as RFC 3339; the start of a clock is where a program had none."""
    for rule, written in candidates:
        date = parse_date(written) if written else None
        if date and date.year > 1970:
            yield rule, format_rfc3339(date)


def time_of_file(document: Document) -> tuple[str, str | None]:
    """The last date an article can have."""
    return "the time of the file", format_rfc3339(document.modified) if document.modified else None


def web_addresses(candidates: Iterable[tuple[str, str | None]]) -> Iterator[tuple[str, str | None]]:
    """Those of the addresses that are http(s) and absolute."""
    return ((rule, url.strip()) for rule, url in candidates if url and is_web_url(url.strip()))


def last_segment(link: str) -> str:
    """The last part of a link's path, in words; else its host."""
    parts = [part for part in urlsplit(link).path.split("/") if part]
    return collapse(unquote(parts[-1])) if parts else find_host(link) or link


def file_name(path: str) -> str:
    """The name of a file without its suffix; bytes that are no text become U+FFFD."""
    return collapse(readable(splitext(basename(path))[0]))


def folders_of(document: Document) -> tuple[str, ...]:
    """The folders between the seeds directory and the file."""
    return find_folders(document.path or "")


def wrap(format: str, entry: ParsedEntry, host: str | None, name: str | None = None) -> ParsedFeed:
    """Return the feed of one article: its publisher's, whose site is at `host` (as `find_host` gives it).

    What the table of publishers calls it outranks `name`; without a host there is no publisher.
    """
    if not host:
        return ParsedFeed(format=format, entries=(entry,))
    publisher = find_publisher(host) or Publisher(host, name or host)
    return ParsedFeed(
        format=format,
        title=Text(publisher.name),
        links=(Link(f"https://{publisher.host}/"),),
        entries=(entry,),
    )
