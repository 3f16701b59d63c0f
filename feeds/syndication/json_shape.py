"""What has to be in a JSON Feed of ours (version 1.1), and of which type."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Literal, TypeAlias

import msgspec

from feeds.errors import EditionError
from feeds.syndication.faults import is_address, is_id
from feeds.text.uri import is_iri

Known: TypeAlias = Annotated[str, msgspec.Meta(min_length=1)]
Date: TypeAlias = Annotated[datetime, msgspec.Meta(tz=True)]


class Author(msgspec.Struct):
    name: Known
    url: str | None = None


class Attachment(msgspec.Struct):
    url: str
    mime_type: Known
    size_in_bytes: Annotated[int, msgspec.Meta(gt=0)] | None = None


class Origin(msgspec.Struct):
    id: Known
    title: str | None = None
    url: str | None = None
    home_page_url: str | None = None


class About(msgspec.Struct):
    rights: str | None = None
    comments_url: str | None = None
    via_url: str | None = None


class Related(msgspec.Struct):
    url: str
    title: str | None = None
    source_title: str | None = None


class Item(msgspec.Struct):
    id: Known
    url: str
    origin: Origin = msgspec.field(name="_source")
    title: str | None = None
    summary: str | None = None
    language: str | None = None
    tags: tuple[Known, ...] = ()
    content_html: str | None = None
    content_text: str | None = None
    image: str | None = None
    date_published: Date | None = None
    date_modified: Date | None = None
    authors: tuple[Author, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    about: About | None = msgspec.field(default=None, name="_entry")
    related: tuple[Related, ...] = msgspec.field(default=(), name="_related")

    def list_addresses(self) -> Iterator[str | None]:
        yield from (self.url, self.image, self.origin.url, self.origin.home_page_url)
        if self.about:
            yield from (self.about.comments_url, self.about.via_url)
        yield from (author.url for author in self.authors)
        yield from (attachment.url for attachment in self.attachments)
        yield from (one.url for one in self.related)


class Hub(msgspec.Struct):
    type: Literal["WebSub"]
    url: str


class Deleted(msgspec.Struct):
    id: Known
    date_deleted: Date


class Document(msgspec.Struct):
    version: Literal["https://jsonfeed.org/version/1.1"]
    title: Known
    home_page_url: str
    feed_url: str
    items: tuple[Item, ...]
    description: str | None = None
    language: str | None = None
    next_url: str | None = None
    hubs: tuple[Hub, ...] = ()
    deleted: tuple[Deleted, ...] = msgspec.field(default=(), name="_deleted")

    def find_addresses(self) -> set[str | None]:
        found = {self.home_page_url, self.feed_url, self.next_url, *(hub.url for hub in self.hubs)}
        for item in self.items:
            found.update(item.list_addresses())
        return found


_DECODER = msgspec.json.Decoder(Document)


def check_json(body: bytes) -> None:
    """Raise EditionError, which says what is wrong, where the document must not be served."""
    try:
        document = _DECODER.decode(body)
    except msgspec.DecodeError as error:  # a ValidationError is one
        raise EditionError(f"it is no JSON Feed: {error}") from error
    if any(item.content_html is None and item.content_text is None for item in document.items):
        raise EditionError("an item has neither content_html nor content_text")
    if not all(url is None or is_address(url) for url in document.find_addresses()):
        raise EditionError("a link is no absolute address")
    ids = {item.id for item in document.items}
    if not (all(map(is_id, ids)) and all(is_iri(item.origin.id) for item in document.items)):
        raise EditionError("an id is no IRI")
    if len(ids) < len(document.items):
        raise EditionError("two items have one id")
