"""Tombstones (RFC 6721): which entries a feed says are no more."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from feeds.model import ParsedDeletion
from feeds.parsing.elements import Element, Ground, attributes

MOST = 50_000  # of one document, as many as entries
TAGS = ("{*}deleted-entry", "at:deleted-entry")  # or with a prefix that was never declared


def read_deletions(top: Element, ground: Ground) -> tuple[ParsedDeletion, ...]:
    """Return the tombstones that stand beside the entries, as written; `top` is the feed or the channel."""
    return tuple(islice(_read_all(top, ground), MOST))


def _read_all(top: Element, ground: Ground) -> Iterator[ParsedDeletion]:
    for element in top.iterchildren(*TAGS):
        if ground.names.of(element) == "at:deleted-entry":
            written = attributes(element)
            guid = written.get("ref", "").strip()
            if guid:
                yield ParsedDeletion(guid, written.get("when"))
