"""Entries as every format can write them down: only legal characters, usable addresses, known types."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass, replace
from pathlib import PurePosixPath
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from feeds.model import Enclosure, Person, Site, StoredEntry
from feeds.syndication.addresses import entry_url
from feeds.syndication.faults import find_fault, is_address
from feeds.syndication.provenance import find_origin
from feeds.text.characters import strip_illegal

T = TypeVar("T")

LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")  # RFC 4287, section 2: atomLanguageTag
EMAIL = re.compile(r"[^@\s]+@[^@\s]+")  # RFC 4287, section 3.2.3: atomEmailAddress, on one line
MEDIA_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+")  # RFC 6838, section 4.2

# A table of our own: that of the system differs from machine to machine, and the bytes must not.
TYPES = {
    ".aac": "audio/aac",
    ".epub": "application/epub+zip",
    ".flac": "audio/flac",
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".m4a": "audio/mp4",
    ".m4v": "video/mp4",
    ".mov": "video/quicktime",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".oga": "audio/ogg",
    ".ogg": "audio/ogg",
    ".ogv": "video/ogg",
    ".opus": "audio/opus",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".torrent": "application/x-bittorrent",
    ".wav": "audio/wav",
    ".webm": "video/webm",
    ".webp": "image/webp",
    ".zip": "application/zip",
}
UNKNOWN_TYPE = "application/octet-stream"


def present_all(entries: Sequence[StoredEntry], site: Site) -> list[StoredEntry]:
    """Return the entries that can be rendered, made presentable, in the same order."""
    return [present(stored, site) for stored in entries if find_fault(stored) is None]


def present(stored: StoredEntry, site: Site) -> StoredEntry:
    """Return an entry whose every field may be written as it stands.

    `link` and `origin` are always set; every author has a name, every enclosure a media type.
    """
    stored = legal(stored)
    entry = stored.entry
    presentable = replace(
        entry,
        link=entry.link or entry_url(site, stored.key),
        title=_told(entry.title),
        authors=tuple(_people(entry.authors)),
        summary=_told(entry.summary),
        content=_told(entry.content),
        enclosures=tuple(_enclosures(entry.enclosures)),
        categories=tuple(dict.fromkeys(filter(None, (" ".join(name.split()) for name in entry.categories)))),
        language=language_tag(entry.language),
        rights=_told(entry.rights),
        image=_address(entry.image),
        comments=_address(entry.comments),
        origin=find_origin(stored, site),
    )
    return replace(stored, entry=presentable)


def legal(value: T) -> T:
    """Return `value` with every string in it, at any depth, free of what XML 1.0 cannot hold."""
    changed: Any = value
    if isinstance(value, str):
        changed = strip_illegal(value)
    elif isinstance(value, tuple):
        changed = tuple(legal(part) for part in value)
    elif is_dataclass(value) and not isinstance(value, type):
        changed = replace(value, **{field.name: legal(getattr(value, field.name)) for field in fields(value)})
    return cast(T, changed)


def language_tag(tag: str | None) -> str | None:
    """Return `tag` where it has the form of a language tag, else None."""
    return tag if tag and LANGUAGE.fullmatch(tag) else None


def _told(text: str | None) -> str | None:
    return text if text and text.strip() else None


def _address(url: str | None) -> str | None:
    return url if url and is_address(url) else None


def _people(people: Iterable[Person]) -> Iterable[Person]:
    """Yield the people with a name; who gives none goes by the address given (RFC 4287, section 3.2.1)."""
    for person in people:
        email = person.email if person.email and EMAIL.fullmatch(person.email) else None
        url = _address(person.url)
        name = _told(person.name) or email or url
        if name:
            yield Person(name, email, url)


def _enclosures(enclosures: Iterable[Enclosure]) -> Iterable[Enclosure]:
    for enclosure in enclosures:
        if is_address(enclosure.url):
            length = enclosure.length if enclosure.length and enclosure.length > 0 else None
            yield Enclosure(enclosure.url, _media_type(enclosure), length)


def _media_type(enclosure: Enclosure) -> str:
    """Return the stated type without parameters, else what the file's name tells."""
    stated = (enclosure.media_type or "").partition(";")[0].strip()
    if MEDIA_TYPE.fullmatch(stated):
        return stated
    return TYPES.get(PurePosixPath(urlsplit(enclosure.url).path).suffix.lower(), UNKNOWN_TYPE)
