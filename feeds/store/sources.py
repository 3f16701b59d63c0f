"""The places documents come from: finding them, and what becomes of them."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select, true

from feeds.model import Feed, Source, SourceKind
from feeds.store.database import Transaction
from feeds.store.doors import (
    DoorChanges,
    add_source,
    amend,
    close_door,
    ensure_publisher,
    ensure_publishers,
    find_declared,
    list_doors,
    sync_door,
)
from feeds.store.known import find_subscribed
from feeds.store.schema import sources
from feeds.store.source_rows import (
    FIELDS,
    change_source,
    find_one,
    find_source_by_number,
    find_source_by_url,
    load_sources,
)
from feeds.store.states import due_sources, find_state, find_states, save_state
from feeds.store.summary import count_by_source, latest_by_source

__all__ = [
    "DoorChanges",
    "add_source",
    "amend",
    "close_door",
    "count_by_source",
    "due_sources",
    "ensure_publisher",
    "ensure_publishers",
    "find_declared",
    "find_source",
    "find_source_by_number",
    "find_source_by_url",
    "find_state",
    "find_states",
    "find_subscribed",
    "has_sources",
    "latest_by_source",
    "list_doors",
    "list_private",
    "list_sources",
    "move",
    "retire",
    "save_state",
    "set_paused",
    "sync_door",
    "update_feed_facts",
]

#: What a feed says of itself, and readers see with each of its entries.
SHOWN_FACTS = ("title", "link", "subtitle", "language", "rights", "guid")


def list_sources(db: Transaction, kinds: Collection[SourceKind] | None = None) -> list[Source]:
    """Return all sources, private and retired ones too, in the order of their titles."""
    statement = select(*FIELDS)
    if kinds is not None:
        statement = statement.where(sources.c.kind.in_(kinds))
    found = load_sources(db, statement)
    return sorted(found, key=lambda source: (source.display_title.casefold(), source.slug))


def has_sources(db: Transaction) -> bool:
    """Whether there is any source at all, be it private or retired."""
    return db.scalar(select(sources.c.number).limit(1)) is not None


def list_private(db: Transaction) -> set[str]:
    """Return the slugs of the sources that nobody may hear of."""
    return set(db.scalars(select(sources.c.slug).where(sources.c.private == true())))


def find_source(db: Transaction, slug: str) -> Source | None:
    """Return the source of this name in addresses."""
    return find_one(db, sources.c.slug == slug)


def set_paused(db: Transaction, source: Source, paused: bool) -> None:
    """Poll the source no more for now, or again."""
    change_source(db, source, {"paused": paused})


def retire(db: Transaction, source: Source, reason: str) -> None:
    """Poll the source no more for good; its entries stay."""
    change_source(db, source, {"retired": reason})


def move(db: Transaction, source: Source, url: str) -> bool:
    """Give the source a new address, its key stays what it was; return whether it has it now.

    An address that is another source's already remains that one's.
    """
    owner = find_source_by_url(db, url)
    if owner is not None and owner.number != source.number:
        return False
    change_source(db, source, {"url": url})
    return True


def update_feed_facts(db: Transaction, source: Source, feed: Feed) -> None:
    """Store what the feed says of itself; its views are touched unless only its date has moved."""
    facts = {name: getattr(feed, name) for name in SHOWN_FACTS}
    if any(getattr(source, name) != fact for name, fact in facts.items()):
        change_source(db, source, facts | {"updated": feed.updated})
    elif feed.updated != source.updated:
        change_source(db, source, {"updated": feed.updated})
