"""Entries of which their source says that they are no more (RFC 6721)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from feeds.model import Entry, Feed, KnownEntry


def find_deletions(feed: Feed, known: Mapping[str, KnownEntry]) -> tuple[tuple[str, ...], Sequence[Entry]]:
    """Return the ids of the entries that the source withdraws, and the entries that the document brings.

    Of an entry and its tombstone the later counts, by the dates that the source gives them, whether the
    entry is in the document still or only stored. Only what the source speaks for is withdrawn.
    """
    if not feed.deleted:
        return (), feed.entries
    dates = {id: entry.stated for id, entry in known.items()}
    dates |= {entry.id: entry.updated or entry.published for entry in feed.entries}
    gone = {stone.id for stone in feed.deleted if (date := dates.get(stone.id)) is None or date <= stone.when}
    own = (stone.id for stone in feed.deleted if stone.id in known and not known[stone.id].is_foreign)
    deleted = tuple(dict.fromkeys(id for id in own if id in gone and not known[id].is_deleted))
    return deleted, [entry for entry in feed.entries if entry.id not in gone]
