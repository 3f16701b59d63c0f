"""Repair what a document says, once, for all formats: identified, dated, absolute, sanitized."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from feeds.curation import identity
from feeds.model import (
    Document,
    Enclosure,
    Entry,
    Feed,
    Link,
    Origin,
    ParsedEntry,
    ParsedFeed,
    Person,
    Text,
)
from feeds.text import characters, dates, language, markup, urls

LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")  # RFC 5646, the part in use
MOST_CATEGORIES = 50
LONGEST_CATEGORY = 100  # characters
LONGEST_TITLE = 1000  # characters
MOST_MINUTES = 60 * 24 * 366  # a ttl beyond a year is no wish, it is a mistake


@dataclass(frozen=True, slots=True)
class _Ground:
    """What the entries of one document stand on."""

    base: str  #: address that relative ones refer to
    source_key: str
    site: str | None  #: host of the feed's own page
    language: str | None
    authors: tuple[Person, ...]
    is_seed: bool
    path: str | None
    shared_guids: frozenset[str]
    shared_links: frozenset[str]  #: that several entries without a guid have


def normalize(parsed: ParsedFeed, document: Document, source_key: str, source_url: str) -> Feed:
    """Return the feed in normal form; entries keep the document's order, one entry per id."""
    base = document.url if urls.is_web_url(document.url) else source_url
    link = _page_address(parsed.links, base)
    ground = _Ground(
        base=base,
        source_key=source_key,
        site=urls.find_host(link) if link else None,
        language=_language_tag(parsed.language),
        authors=_people(parsed.authors, base) if parsed.format == "atom" else (),
        is_seed=parsed.format == "seed",
        path=document.path,
        shared_guids=identity.find_shared(
            (entry.guid, _page_address(entry.links, base)) for entry in parsed.entries
        ),
        shared_links=identity.find_shared(
            (_page_address(entry.links, base), (entry.title, entry.content, entry.summary))
            for entry in parsed.entries
            if not entry.guid
        ),
    )
    entries: dict[str, Entry] = {}
    for parsed_entry in parsed.entries:
        entry = _entry(parsed_entry, ground)
        if _says_something(entry):
            entries.setdefault(entry.id, entry)
    return Feed(
        title=_plain(parsed.title),
        link=link,
        guid=_line(parsed.guid),
        language=ground.language,
        subtitle=_plain(parsed.subtitle),
        updated=_date(parsed.updated),
        authors=_people(parsed.authors, base),
        categories=_categories(parsed.categories),
        rights=_plain(parsed.rights),
        image=_address(parsed.image, base),
        ttl=_minutes(parsed.ttl),
        entries=tuple(entries.values()),
    )


def _entry(parsed: ParsedEntry, ground: _Ground) -> Entry:
    link = _page_address(parsed.links, ground.base) or _guid_as_link(parsed, ground.base)
    title = _plain(parsed.title)
    base = link or ground.base if ground.is_seed else ground.base
    summary, content = _html(parsed.summary, base), _html(parsed.content, base)
    if summary == content:
        summary = None
    body = content or summary
    return Entry(
        id=_entry_id(parsed, ground, link, title, body),
        guid=_line(parsed.guid),
        link=link,
        title=title[:LONGEST_TITLE] if title else None,
        authors=_people(parsed.authors, base) or ground.authors,
        published=_date(parsed.published),
        updated=_date(parsed.updated),
        summary=summary,
        content=content,
        enclosures=_enclosures(parsed.enclosures, base),
        categories=_categories(parsed.categories),
        language=_entry_language(parsed, ground, title, body),
        rights=_plain(parsed.rights),
        image=_address(parsed.image, base) or (markup.first_image(body) if body else None),
        comments=_address(parsed.comments, base),
        origin=_origin(parsed.origin, ground.base),
    )


def _says_something(entry: Entry) -> bool:
    """Whether there is anything to show, or at least an identifier to keep."""
    shown = entry.title, entry.link, entry.summary, entry.content, entry.enclosures
    return any(shown) or entry.guid is not None


def _entry_id(
    parsed: ParsedEntry, ground: _Ground, link: str | None, title: str | None, body: str | None
) -> str:
    guid = _line(parsed.guid)
    if ground.is_seed:
        return identity.seed_id(urls.normalize_link(link) if link else guid or f"seed:{ground.path}")
    if guid in ground.shared_guids:
        guid = None
    sites = (urls.find_host(ground.source_key), ground.site, urls.find_host(link) if link else None)
    text = link if link and link not in ground.shared_links else identity.content_identity(title, body)
    return identity.feed_entry_id(ground.source_key, sites, guid, text)


# --- Texts ------------------------------------------------------------------------------------------


def _line(text: str | None) -> str | None:
    """Return `text` on one line without what XML forbids, or None where nothing is left."""
    return " ".join(characters.strip_illegal(text).split()) or None if text else None


def _plain(text: Text | None) -> str | None:
    if text is None:
        return None
    return _line(markup.plain_text(text.value) if text.kind == "html" else text.value)


def _html(text: Text | None, base: str) -> str | None:
    """Return safe HTML, or None where there is nothing to see."""
    if text is None or not text.value.strip():
        return None
    value = text.value if text.kind == "html" else markup.escape_text(text.value)
    base = urls.resolve(base, text.base) or base if text.base else base
    return markup.sanitize(characters.strip_illegal(value), base).strip() or None


def _date(text: str | None) -> datetime | None:
    date = dates.parse_date(text) if text else None
    # The first day of year 1 is how several languages write that there is no date.
    return date if date and date.year > 1 else None


def _categories(names: Iterable[str]) -> tuple[str, ...]:
    unique: dict[str, str] = {}
    for line in map(_line, names):
        if line:
            unique.setdefault(line.casefold(), line[:LONGEST_CATEGORY])
    return tuple(unique.values())[:MOST_CATEGORIES]


def _language_tag(tag: str | None) -> str | None:
    """Return a declared language as BCP 47 writes it (`zh-cn` is `zh-CN`), or None."""
    tag = (tag or "").strip().replace("_", "-")
    if not LANGUAGE.fullmatch(tag):
        return None
    first, *rest = tag.split("-")
    shapes = {2: str.upper, 4: str.title}  # RFC 5646, section 2.1.1: regions and scripts
    return "-".join([first.lower(), *(shapes.get(len(part), str.lower)(part) for part in rest)])


def _entry_language(parsed: ParsedEntry, ground: _Ground, title: str | None, body: str | None) -> str | None:
    """Return the language of the text itself where its characters tell, else the declared one."""
    declared = _language_tag(parsed.language) or ground.language
    text = f"{title or ''} {markup.plain_text(body) if body else ''}"
    # SEEDS: the archives hold Chinese and English; what has almost no Han characters is English.
    fallback = "en" if ground.is_seed and any(char.isalpha() for char in text) else declared
    return language.find_language(text, fallback)


# --- People, addresses, files -----------------------------------------------------------------------


def _people(people: Iterable[Person], base: str) -> tuple[Person, ...]:
    cleaned = (
        Person(
            name=_line(person.name),
            email=_line(person.email) if person.email and "@" in person.email else None,
            url=urls.resolve(base, person.url) if person.url else None,
        )
        for person in people
    )
    return tuple(dict.fromkeys(person for person in cleaned if person != Person()))


def _page_address(links: Iterable[Link], base: str) -> str | None:
    """Return the address of the page: the first `alternate` that is HTML, else the first at all."""
    pages = [link for link in links if link.rel == "alternate"]
    pages.sort(
        key=lambda link: (link.media_type or "text/html") not in ("text/html", "application/xhtml+xml")
    )
    addresses = (_address(link, base) for link in pages)
    return next((address for address in addresses if address), None)


def _guid_as_link(parsed: ParsedEntry, base: str) -> str | None:
    if not (parsed.guid and parsed.guid_is_link):
        return None
    return _address(Link(parsed.guid), base) if urls.is_web_url(parsed.guid.strip()) else None


def _address(link: Link | None, base: str) -> str | None:
    """Return an absolute http(s) address, or None."""
    if link is None or not link.href.strip():
        return None
    start = urls.resolve(base, link.base) or base if link.base else base
    address = urls.resolve(start, characters.strip_illegal(link.href))
    return address if address and urls.is_web_url(address) else None


def _enclosures(links: Iterable[Link], base: str) -> tuple[Enclosure, ...]:
    found: dict[str, Enclosure] = {}
    for link in links:
        url = _address(link, base)
        if url and url not in found:
            found[url] = Enclosure(url, _line(link.media_type), _length(link.length))
    return tuple(found.values())


def _length(text: str | None) -> int | None:
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _minutes(text: str | None) -> int | None:
    minutes = _length(text)
    return minutes if minutes and minutes <= MOST_MINUTES else None


def _origin(origin: Origin | None, base: str) -> Origin | None:
    if origin is None:
        return None
    cleaned = replace(
        origin,
        title=_line(origin.title),
        url=_address(Link(origin.url), base) if origin.url else None,
        link=_address(Link(origin.link), base) if origin.link else None,
        id=_line(origin.id),
        rights=_line(origin.rights),
    )
    return cleaned if cleaned != Origin() else None
