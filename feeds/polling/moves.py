"""Whether what a new address answers with is recognizably the feed that has moved."""

from __future__ import annotations

from collections.abc import Collection

from feeds.model import Feed, Source
from feeds.text.urls import normalize_link


def is_same_feed(source: Source, feed: Feed, known_ids: Collection[str], *, is_known: bool) -> bool:
    """Whether a feed shares its id, its link or an entry with what was read at the source before.

    `known_ids` are those of its entries that the source has brought; before anything was ever read there
    (not `is_known`) nothing speaks against it.
    """
    return (
        not is_known
        or bool(known_ids)
        or (source.guid is not None and source.guid == feed.guid)
        or _is_same_link(source.link, feed.link)
    )


def _is_same_link(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and normalize_link(one) == normalize_link(other)
