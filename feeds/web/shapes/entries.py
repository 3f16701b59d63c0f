"""Entries as the API gives them."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from feeds.model import Enclosure, Person, StoredEntry
from feeds.web.presentation import absolute
from feeds.web.shapes.base import Shape


class EntrySource(Shape, frozen=True):
    """Where an entry came from."""

    slug: str
    title: str


class EntryShape(Shape, frozen=True):
    """One entry in normal form; `summary` and `content` are safe HTML."""

    id: str
    key: str
    page: str
    source: EntrySource
    position: datetime
    title: str | None
    link: str | None
    guid: str | None
    authors: list[Person]
    published: datetime | None
    updated: datetime
    first_seen: datetime
    summary: str | None
    content: str | None
    excerpt: str
    enclosures: list[Enclosure]
    categories: list[str]
    language: str | None
    rights: str | None
    image: str | None
    comments: str | None
    versions: int


class EntryList(Shape, frozen=True):
    """Entries of a view, newest first; `next` is the address that continues them."""

    entries: list[EntryShape]
    next: str | None


class WithdrawnShape(Shape, frozen=True):
    """A tombstone: an entry that was withdrawn, by its source (`deleted`) or because its file is gone."""

    id: str
    key: str
    source: EntrySource
    withdrawn: datetime
    deleted: bool


class WithdrawnList(Shape, frozen=True):
    """Tombstones, the latest first; `next` is the address that continues them."""

    withdrawn: list[WithdrawnShape]
    next: str | None


def shape_withdrawn(stored: StoredEntry) -> WithdrawnShape:
    """Return the tombstone of an entry that is withdrawn."""
    return WithdrawnShape(
        id=stored.entry.id,
        key=stored.key,
        source=EntrySource(slug=stored.source.slug, title=stored.source.display_title),
        withdrawn=cast(datetime, stored.withdrawn),
        deleted=stored.is_deleted,
    )


def shape_entry(stored: StoredEntry) -> EntryShape:
    entry = stored.entry
    return EntryShape(
        id=entry.id,
        key=stored.key,
        page=absolute(f"/entries/{stored.key}/"),
        source=EntrySource(slug=stored.source.slug, title=stored.source.display_title),
        position=stored.position,
        title=entry.title,
        link=entry.link,
        guid=entry.guid,
        authors=list(entry.authors),
        published=entry.published,
        updated=stored.updated,
        first_seen=stored.first_seen,
        summary=entry.summary,
        content=entry.content,
        excerpt=stored.excerpt,
        enclosures=list(entry.enclosures),
        categories=list(entry.categories),
        language=entry.language,
        rights=entry.rights,
        image=entry.image,
        comments=entry.comments,
        versions=stored.versions,
    )
