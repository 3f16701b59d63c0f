"""Markdown: CommonMark with tables and strikethrough, with or without front matter."""

from __future__ import annotations

import re
from collections.abc import Iterator

from feeds.model import Document, Link, ParsedEntry, ParsedFeed, Person, Text
from feeds.parsing.article import Facts, later_titles, readable_dates, time_of_file, web_addresses, wrap
from feeds.parsing.front_matter import FrontMatter, FrontMatterError, first_value, parse_front_matter
from feeds.parsing.front_matter import keys as front_keys
from feeds.parsing.markdown.body import cut_heading, find_heading, render
from feeds.parsing.markdown.dates import date_in_name, in_utc, without_date
from feeds.parsing.refusal import refusal
from feeds.text.characters import collapse
from feeds.text.charset import decode
from feeds.text.markup import plain_text
from feeds.text.urls import find_host

#: Between names in one text; what belongs to a name may stand behind a comma as well.
COMMAS = re.compile(r"[,，、;]")
NAMES_END = re.compile(r"[,，、;](?!\s*(?:Jr\.?|Sr\.?|I{2,3}|IV|Ph\.?\s?D\.?|M\.?D\.?)\s*(?:[,，、;]|$))")
#: A link of a notebook, to a note or with other words: `[[note]]`, `[[note|words]]`.
WIKILINK = re.compile(r"!?\[\[(?:[^\[\]|]*\|)?([^\[\]|]+)\]\]")

#: What no text holds: NUL, and many of the other signs that control a machine.
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x9f\ufffd]")
SAMPLE = 20_000  # characters
MOST_CONTROLS = 0.05


def parse_markdown(document: Document) -> ParsedFeed:
    """Read a Markdown document as one article, a draft as none; raises ParseError where it cannot be read."""
    front, body = _read(document)
    if any(words & front_words(front, key) for key, words in front_keys.DRAFTS.items()):
        return ParsedFeed(format="markdown")
    facts = Facts()
    link = facts.take("link", web_addresses(_candidates(front, front_keys.LINK)))
    title, html = _find_title(facts, front, body, link, document)
    entry = ParsedEntry(
        guid=facts.take("id", _candidates(front, front_keys.ID)) if not link else None,
        title=Text(title) if title else None,
        links=(Link(link),) if link else (),
        authors=tuple(map(Person, facts.take("authors", _authors(front)) or ())),
        published=facts.take("published", _find_published(front, document)),
        updated=facts.take("updated", readable_dates(_dates(front, front_keys.UPDATED))),
        summary=_text(facts.take("summary", _candidates(front, front_keys.SUMMARY))),
        content=Text(html, "html", base=link) if html else None,
        categories=tuple(one for key in front_keys.CATEGORIES for one in _split(front.get(key, ()), COMMAS)),
        language=facts.take("language", _candidates(front, front_keys.LANGUAGE)),
        rights=_text(facts.take("rights", _candidates(front, front_keys.RIGHTS))),
        image=_image(facts.take("image", _image_addresses(front)), link),
        rules=(
            *facts.rules,
            *(("categories", f"front matter: {key}") for key in front_keys.CATEGORIES if front.get(key)),
        ),
    )
    return wrap("markdown", entry, find_host(link or ""))


def read_text(document: Document) -> str:
    """Return a text file: UTF-8, unless its bytes say otherwise."""
    text = decode(document.body, "text/plain; charset=utf-8").removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _read(document: Document) -> tuple[FrontMatter, str]:
    """Return front matter and text."""
    text = read_text(document)
    if not is_text(document.body, text):
        raise refusal(document, "it is no text")
    try:
        front, body = parse_front_matter(text)
    except FrontMatterError as error:
        raise refusal(document, str(error)) from error
    return {key: tuple(WIKILINK.sub(r"\1", one) for one in values) for key, values in front.items()}, body


def is_text(body: bytes, text: str) -> bool:
    """Whether what was decoded is a text; a few NUL bytes make no UTF-16, whatever it looks like then."""
    sample = text[:SAMPLE]
    is_wide = body.count(0) * 4 >= len(body) or not _is_utf_8(body)
    return (
        "\0" not in text
        and (is_wide or 0 not in body)
        and len(CONTROLS.findall(sample)) <= MOST_CONTROLS * len(sample)
    )


def _is_utf_8(body: bytes) -> bool:
    try:
        return bool(body.decode())
    except UnicodeDecodeError:
        return False


def front_words(front: FrontMatter, key: str) -> set[str]:
    return {value.lower() for value in front.get(key, ())}


def _find_title(
    facts: Facts, front: FrontMatter, body: str, link: str | None, document: Document
) -> tuple[str | None, str]:
    """Return the title and the HTML; a first heading that is the title stands above the text already."""
    html = render(body)
    heading = find_heading(html)

    def titles() -> Iterator[tuple[str, str | None]]:
        for rule, value in _candidates(front, front_keys.TITLE):
            yield rule, collapse(value)
        name = without_date(document.path or "")
        yield from later_titles(heading.text if heading else None, plain_text(html), link, name)

    title = facts.take("title", titles())
    if heading and heading.is_above and heading.is_words and heading.text == title:
        html = cut_heading(html, heading)
    return title, html


def _candidates(front: FrontMatter, keys: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for key in keys:
        if value := first_value(front, (key,)):
            yield f"front matter: {key}", value[1]


def _authors(front: FrontMatter) -> Iterator[tuple[str, tuple[str, ...]]]:
    for key in front_keys.AUTHORS:
        yield f"front matter: {key}", _split(front.get(key, ()), NAMES_END)


def _split(values: tuple[str, ...], between: re.Pattern[str]) -> tuple[str, ...]:
    """One value may name several, with commas between them."""
    parts = values if len(values) > 1 else tuple(part for value in values for part in between.split(value))
    return tuple(filter(None, map(collapse, parts)))


def _find_published(front: FrontMatter, document: Document) -> Iterator[tuple[str, str | None]]:
    yield from readable_dates(_dates(front, front_keys.PUBLISHED))
    yield from readable_dates([("the name of the file", date_in_name(document.path or ""))])
    yield time_of_file(document)


def _dates(front: FrontMatter, keys: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    zone = first_value(front, front_keys.ZONE)
    for rule, written in _candidates(front, keys):
        yield rule, in_utc(written, zone[1] if zone else None)


def _image_addresses(front: FrontMatter) -> Iterator[tuple[str, str]]:
    """A word alone is no address, but `none` or the like."""
    images = _candidates(front, front_keys.IMAGE)
    return ((rule, value) for rule, value in images if "." in value or "/" in value)


def _text(value: str | None) -> Text | None:
    return Text(collapse(value)) if value else None


def _image(address: str | None, link: str | None) -> Link | None:
    return Link(address, rel="image", base=link) if address else None
