"""What we read, under feedparser's names, and when two ways of saying a thing say the same."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from time import struct_time
from typing import Any, TypeVar

from feeds.curation.normalize import normalize
from feeds.model import Document, Entry, Feed, Link, Origin, ParsedEntry, ParsedFeed, Person, Text
from feeds.parsing import parse
from feeds.text import markup, urls

#: feedparser keeps the element that wraps XHTML, and its sanitizer leaves what ours takes.
WRAPPER = re.compile(r"\A\s*<div>(.*)</div>\s*\Z", re.DOTALL)


class Missing(Exception):
    """A name that means nothing in our model."""


class View(dict[str, Any]):
    """A dictionary, read as feedparser's are, that knows what it could not have."""

    def __missing__(self, key: str) -> Any:
        raise Missing(key)

    def __getattr__(self, key: str) -> Any:
        return self[key]

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value, which is never a default: what is missing is missing."""
        return self[key]


class Wording(str):
    """A text that may be said in another way."""

    def means(self, expected: str) -> bool:
        """Whether feedparser's text says the same."""
        return self == expected


class Plain(Wording):
    """Plain text, where feedparser has HTML."""

    def means(self, expected: str) -> bool:
        """Compare what a reader sees."""
        return " ".join(self.split()) in (" ".join(expected.split()), markup.plain_text(expected))


class Markup(Wording):
    """HTML by our policy: what feedparser leaves goes through our sanitizer before it is compared."""

    def means(self, expected: str) -> bool:
        """Compare what our policy makes of either; where the document has plain text, the text."""
        return _canonical(self) == _canonical(expected) or markup.plain_text(self) == " ".join(
            expected.split()
        )


class Address(Wording):
    """A URI, where feedparser keeps an IRI; it has been made absolute."""

    def means(self, expected: str) -> bool:
        """Compare the URIs."""
        return self == (urls.resolve(None, expected) or expected)


class Identifier(Wording):
    """As it is written, where feedparser makes it absolute."""

    def means(self, expected: str) -> bool:
        """Whether it is at least the end of what is expected."""
        return expected.endswith(self)


class Language(Wording):
    """A tag, in which capitals mean nothing (RFC 5646, section 2.1.1)."""

    def means(self, expected: str) -> bool:
        """Compare without regard to capitals."""
        return self.lower().replace("_", "-") == expected.lower()


class Kind(Wording):
    """Text or HTML; we make no difference between HTML and XHTML."""

    def means(self, expected: str) -> bool:
        """Compare what is left of the media type."""
        return self == expected.replace("application/xhtml+xml", "text/html")


W = TypeVar("W", bound=Wording)


def is_same(found: Any, expected: Any) -> bool:
    """Whether what we found is what feedparser expects, said in our way."""
    if isinstance(expected, Wording | View | struct_time) and not isinstance(found, Wording | View):
        found, expected = expected, found
    if isinstance(found, Wording) and isinstance(expected, str):
        return found.means(expected)
    if isinstance(found, View) and isinstance(expected, dict):
        asked = {key: value for key, value in expected.items() if value not in (None, "")}
        return all(is_same(found[key], value) for key, value in asked.items())
    if isinstance(found, struct_time) and isinstance(expected, tuple):
        return tuple(found)[:6] == expected[:6]
    if isinstance(found, list) and isinstance(expected, list):
        return len(found) == len(expected) and all(map(is_same, found, expected))
    return bool(found == expected) or (found is None and expected == "")


def view_of(document: Document) -> View:
    """Return what we read in a document, under feedparser's names; raises ParseError."""
    parsed = parse(document)
    feed = normalize(parsed, document, document.url, document.url)
    entries = [_entry(entry, parsed, document) for entry in parsed.entries]
    return View(feed=_feed(parsed, feed, document), entries=entries)


def _feed(parsed: ParsedFeed, feed: Feed, document: Document) -> View:
    language = parsed.language
    return View(
        **_plain(("title",), parsed.title, feed.title, language, document),
        **_plain(("subtitle", "tagline", "description"), parsed.subtitle, feed.subtitle, language, document),
        **_plain(("rights", "copyright"), parsed.rights, feed.rights, language, document),
        **_dates(("updated", "published", "modified"), parsed.updated, feed.updated),
        **_people(feed.authors),
        **_tags(feed.categories),
        **_names(("id", "guid"), _say(Identifier, feed.guid)),
        link=_say(Address, feed.link),
        links=_links(parsed.links, document),
        language=_say(Language, parsed.language),
        image=_picture(feed.image),
        ttl=parsed.ttl,
    )


def _entry(written: ParsedEntry, parsed: ParsedFeed, document: Document) -> View:
    """Return the view of one entry, normalized alone: one that says nothing would be left out."""
    feed = normalize(replace(parsed, entries=(written,)), document, document.url, document.url)
    entry = feed.entries[0] if feed.entries else Entry(id="")
    language = written.language or parsed.language
    short, body = written.summary or written.content, written.content or written.summary
    updated, stamp = written.updated or written.published, entry.updated or entry.published
    return View(
        **_plain(("title",), written.title, entry.title, language, document),
        **_plain(("rights", "copyright"), written.rights, entry.rights, language, document),
        **_html(("summary", "description"), short, entry.summary or entry.content, language, document),
        **_dates(("published", "created"), written.published, entry.published),
        **_dates(("updated", "modified"), updated, stamp),
        **_people(entry.authors),
        **_tags(entry.categories),
        **_names(("id", "guid"), _say(Identifier, entry.guid or entry.link)),
        guidislink=written.guid_is_link,
        content=[_html(("x",), body, entry.content or entry.summary, language, document)["x_detail"]],
        link=_say(Address, entry.link),
        links=_links((*written.links, *written.enclosures), document),
        enclosures=_links(written.enclosures, document),
        comments=_say(Address, entry.comments),
        language=_say(Language, language),
        image=_picture(entry.image),
        source=_source(entry.origin or Origin()),
    )


def _source(origin: Origin) -> View:
    return View(
        **_names(("title",), _say(Plain, origin.title)),
        **_names(("rights",), _say(Plain, origin.rights)),
        **_dates(("updated",), None, origin.updated),
        id=_say(Identifier, origin.id),
        link=_say(Address, origin.link),
        href=_say(Address, origin.url),
    )


def _say(kind: type[W], text: str | None) -> W | None:
    return None if text is None else kind(text)


def _names(names: tuple[str, ...], value: Any) -> dict[str, Any]:
    return dict.fromkeys(names, value)


def _plain(
    names: tuple[str, ...], written: Text | None, text: str | None, language: str | None, document: Document
) -> dict[str, Any]:
    return _text(names, written, Plain(text or ""), language, document)


def _html(
    names: tuple[str, ...], written: Text | None, html: str | None, language: str | None, document: Document
) -> dict[str, Any]:
    return _text(names, written, Markup(html or ""), language, document)


def _text(
    names: tuple[str, ...], written: Text | None, value: Any, language: str | None, document: Document
) -> dict[str, Any]:
    detail = View(value=value)
    if written:
        detail["type"] = Kind("text/plain" if written.kind == "text" else "text/html")
        detail["language"] = _say(
            Language, language if written.language is None else written.language or None
        )
        if written.kind == "html":  # plain text refers to nothing
            detail["base"] = Address(urls.resolve(document.url, written.base or "") or document.url)
    return {**_names(names, value), **{f"{name}_detail": detail for name in names}}


def _dates(names: tuple[str, ...], written: str | None, date: datetime | None) -> dict[str, Any]:
    return {**_names(names, written), **{f"{name}_parsed": date and date.timetuple() for name in names}}


def _people(people: tuple[Person, ...]) -> dict[str, Any]:
    views = [
        View(
            name=person.name,
            email=person.email,
            url=_say(Address, person.url),
            href=_say(Address, person.url),
        )
        for person in people
    ]
    first = people[0] if people else Person()
    both = first.name and first.email
    author = f"{first.name} ({first.email})" if both else first.name or first.email
    return {"authors": views, "author": author, "author_detail": views[0] if views else View(name=None)}


def _tags(categories: tuple[str, ...]) -> dict[str, Any]:
    tags = [View(term=name, label=name) for name in categories]
    return {"tags": tags, "category": categories[0] if categories else None}


def _links(links: tuple[Link, ...], document: Document) -> list[View]:
    views = []
    for link in links:
        base = urls.resolve(document.url, link.base or "") or document.url
        href = Address(urls.resolve(base, link.href) or link.href)
        view = View(rel=link.rel, href=href, url=href, title=link.title, length=link.length)
        view.update(type=link.media_type, hreflang=_say(Language, link.language))
        views.append(view)
    return views


def _picture(address: str | None) -> View:
    return View(href=_say(Address, address), url=_say(Address, address))


def _canonical(html: str) -> str:
    safe = markup.sanitize(html, None)
    while wrapped := WRAPPER.match(safe):
        safe = wrapped[1]
    return " ".join(safe.split())
