"""Entries as every format can write them down: only legal characters, usable addresses, known types."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import PurePosixPath
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from feeds.model import (
    ALONE,
    Enclosure,
    Entry,
    Frame,
    Origin,
    Person,
    Related,
    Site,
    StoredEntry,
    Tombstone,
)
from feeds.syndication.addresses import entry_url
from feeds.syndication.faults import find_fault, is_address, is_id
from feeds.syndication.provenance import find_origin, find_via, represent
from feeds.text.characters import is_legal, strip_illegal
from feeds.text.markup import escape_text

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
#: The addresses in a frame: of the document itself and of others (RFC 5005).
LINKED = ("url", "next", "current", "prev_archive", "next_archive")

#: Characters of a summary, markup too; what is longer is a body that stands in its place.
LONGEST_SUMMARY = 1_000

UNKNOWN_TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Presentable:
    """An entry whose every field may be written as it stands.

    `link` and `origin` are always set; every author has a name, every enclosure a media type.
    """

    entry: Entry
    stored: StoredEntry  #: what it was made of; only its dates and numbers may be written
    related: tuple[Related, ...] = ()
    via: str | None = None  #: where it was taken from, if not from its origin


def present_all(entries: Sequence[StoredEntry], site: Site, frame: Frame = ALONE) -> list[Presentable]:
    """Return the entries that can be rendered, made presentable, in the same order.

    Where the frame is of summaries, the content is left out; without a summary, or with one that is a whole
    body, the excerpt stands for it.
    """
    own: dict[int, Origin] = {}  # by object: the entries of a source share one
    for stored in entries:
        if id(stored.source) not in own:
            own[id(stored.source)] = represent(legal(stored.source), site)
    sound = [stored for stored in entries if find_fault(stored) is None]
    if not is_legal("".join(text for stored in sound for text in _list_texts(stored) if text)):
        sound = [replace(legal(stored), source=stored.source) for stored in sound]
    return [_present(stored, own[id(stored.source)], site, is_full=frame.is_full) for stored in sound]


def present_frame(frame: Frame) -> Frame:
    """Return what a feed says around its entries, as far as every format can write it.

    RFC 5005, section 2: what is complete has no other documents. RFC 6721, section 3: no two tombstones are
    of one id and one moment; here the latest of an id says it all.
    """
    latest: dict[str, Tombstone] = {}
    for tombstone in frame.tombstones:
        known = latest.get(tombstone.id)
        if is_id(tombstone.id) and (known is None or known.when < tombstone.when):
            latest[tombstone.id] = tombstone
    linked: dict[str, Any] = {name: _address(getattr(frame, name)) for name in LINKED}
    is_complete = frame.is_complete and not any(linked[name] for name in LINKED if name != "url")
    return replace(frame, **linked, is_complete=is_complete, tombstones=tuple(latest.values()))


def _present(stored: StoredEntry, own: Origin, site: Site, *, is_full: bool) -> Presentable:
    entry = stored.entry
    origin = find_origin(stored, own)
    summary, content = _told(entry.summary), _told(entry.content)
    if not is_full:
        is_short = summary is not None and len(summary) <= LONGEST_SUMMARY
        summary, content = summary if is_short else _told(escape_text(stored.excerpt)), None
    presentable = Entry(
        id=entry.id,
        link=entry.link or entry_url(site, stored.key),
        title=_told(entry.title),
        authors=tuple(_people(entry.authors)) if entry.authors else (),
        published=entry.published,
        updated=entry.updated,
        summary=summary,
        content=content,
        enclosures=tuple(_enclosures(entry.enclosures)) if entry.enclosures else (),
        categories=tuple(dict.fromkeys(filter(None, map(collapse_space, entry.categories)))),
        language=language_tag(entry.language),
        rights=_told(entry.rights),
        image=_address(entry.image),
        comments=_address(entry.comments),
        origin=origin,
    )
    related = tuple(one for one in stored.related if is_address(one.url)) if stored.related else ()
    return Presentable(presentable, stored, related, find_via(stored, origin, own))


def collapse_space(text: str) -> str:
    return " ".join(text.split())


def _list_texts(stored: StoredEntry) -> list[str | None]:
    """Return everything that is written of an entry as a source gave it.

    That it is legal is asked once, of all texts of a feed together: nearly always it is.
    """
    entry = stored.entry
    texts = [entry.id, entry.link, entry.title, entry.summary, entry.content, entry.language, entry.rights]
    texts += (entry.image, entry.comments, stored.excerpt, *entry.categories)
    for person in entry.authors:
        texts += (person.name, person.email, person.url)
    for enclosure in entry.enclosures:
        texts += (enclosure.url, enclosure.media_type)
    for related in stored.related:
        texts += (related.url, related.title, related.source_title)
    if origin := entry.origin:
        texts += (origin.title, origin.url, origin.link, origin.id, origin.rights)
    return texts


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
    return text if text and not text.isspace() else None


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
