"""Markdown: CommonMark with tables and strikethrough, with or without front matter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from feeds.model import Document, Link, ParsedEntry, ParsedFeed, Person, Text
from feeds.parsing.article import Facts, later_titles, readable_dates, time_of_file, web_addresses, wrap
from feeds.parsing.front_matter import FrontMatter, first_value, split_front_matter
from feeds.parsing.refusal import refusal
from feeds.text.characters import collapse
from feeds.text.charset import decode
from feeds.text.markup import plain_text
from feeds.text.urls import find_host

#: What programs for blogs call it in their front matter, best first.
TITLE = ("title", "headline")
LINK = (
    "link",
    "url",
    "canonical_url",
    "canonical",
    "permalink",
    "from",
    "source_url",
    "original_url",
    "source",
)
ID = ("id", "guid", "uuid", "message_id")
PUBLISHED = ("date", "published", "publishdate", "pubdate", "published_at", "date_published", "created")
UPDATED = ("updated", "lastmod", "last_modified_at", "modified", "updated_at", "date_modified")
AUTHORS = ("author", "authors", "byline", "by")
SUMMARY = ("description", "summary", "excerpt", "abstract")
LANGUAGE = ("language", "lang", "locale")
RIGHTS = ("rights", "copyright", "license")
IMAGE = ("image", "cover", "featured_image", "thumbnail", "banner", "hero")
CATEGORIES = ("tags", "categories", "category", "keywords")

#: What the values of these keys, or of their opposites, make of an article that is not finished.
DRAFTS = (("draft", "true"), ("published", "false"), ("publish", "false"), ("status", "draft"))
COMMAS = re.compile(r"[,，、;]")


def parse_markdown(document: Document) -> ParsedFeed:
    """Read a Markdown document as one article; raises ParseError where it is marked as a draft."""
    front, body = split_front_matter(read_text(document))
    if any(value.lower() in front_words(front, key) for key, value in DRAFTS):
        raise refusal(document, "it is marked as a draft")
    facts = Facts()
    link = facts.take("link", web_addresses(_candidates(front, LINK)))
    title, html = _find_title(facts, front, body, link, document)
    entry = ParsedEntry(
        guid=facts.take("id", _candidates(front, ID)) if not link else None,
        title=Text(title) if title else None,
        links=(Link(link),) if link else (),
        authors=tuple(map(Person, facts.take("authors", _lists(front, AUTHORS)) or ())),
        published=facts.take("published", _dates(front, PUBLISHED, document)),
        updated=facts.take("updated", readable_dates(_candidates(front, UPDATED))),
        summary=_text(facts.take("summary", _candidates(front, SUMMARY))),
        content=Text(html, "html", base=link) if html else None,
        categories=tuple(one for key in CATEGORIES for one in _split(front.get(key, ()))),
        language=facts.take("language", _candidates(front, LANGUAGE)),
        rights=_text(facts.take("rights", _candidates(front, RIGHTS))),
        image=_image(facts.take("image", _candidates(front, IMAGE)), link),
        rules=(
            *facts.rules,
            *(("categories", f"front matter: {key}") for key in CATEGORIES if front.get(key)),
        ),
    )
    return wrap("markdown", entry, find_host(link or ""))


def read_text(document: Document) -> str:
    """Return a text file: UTF-8, unless its bytes say otherwise."""
    text = decode(document.body, "text/plain; charset=utf-8").removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def front_words(front: FrontMatter, key: str) -> set[str]:
    return {value.lower() for value in front.get(key, ())}


def _find_title(
    facts: Facts, front: FrontMatter, body: str, link: str | None, document: Document
) -> tuple[str | None, str]:
    """Return the title and the HTML; a first heading that is the title stands above the text already."""
    renderer = _renderer()
    tokens = renderer.parse(body)
    heading = _find_heading(renderer, tokens)
    written = (tokens[0].tag, heading) if tokens and tokens[0].type == "heading_open" else ("", None)

    def titles() -> Iterator[tuple[str, str | None]]:
        for rule, value in _candidates(front, TITLE):
            yield rule, collapse(value)
        text = plain_text(renderer.renderer.render(tokens, renderer.options, {}))
        yield from later_titles(heading, text, link, document.path)

    title = facts.take("title", titles())
    if title and written[1] == title:
        tokens = tokens[3:]
    return title, str(renderer.renderer.render(tokens, renderer.options, {})).strip()


def _renderer() -> MarkdownIt:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


def _find_heading(renderer: MarkdownIt, tokens: list[Token]) -> str | None:
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open" and inline.children:
            html = renderer.renderer.render(inline.children, renderer.options, {})
            if text := collapse(plain_text(html)):
                return text
    return None


def _candidates(front: FrontMatter, keys: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for key in keys:
        if value := first_value(front, (key,)):
            yield f"front matter: {key}", value[1]


def _lists(front: FrontMatter, keys: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for key in keys:
        yield f"front matter: {key}", _split(front.get(key, ()))


def _split(values: tuple[str, ...]) -> tuple[str, ...]:
    """One value may name several, with commas between them."""
    parts = values if len(values) > 1 else tuple(part for value in values for part in COMMAS.split(value))
    return tuple(filter(None, map(collapse, parts)))


def _dates(front: FrontMatter, keys: tuple[str, ...], document: Document) -> Iterator[tuple[str, str | None]]:
    yield from readable_dates(_candidates(front, keys))
    yield time_of_file(document)


def _text(value: str | None) -> Text | None:
    return Text(collapse(value)) if value else None


def _image(address: str | None, link: str | None) -> Link | None:
    return Link(address, rel="image", base=link) if address else None
