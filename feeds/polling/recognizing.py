"""What a document brings, beside what is stored of it: by its ids, and by guids that have changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from feeds.curation.changes import find_hash
from feeds.curation.deletions import find_deletions
from feeds.curation.rekeying import Grounds, find_rekeyed, find_wanted, follow_known
from feeds.model import Entry, Feed, FreshEntry, KnownEntry, Rekeyed, Source, SourceState
from feeds.store import Transaction, entries, rekeyings


@dataclass(frozen=True, slots=True)
class Recognized:
    """The entries of a document, each with the id it has had from the beginning."""

    fresh: Sequence[FreshEntry] = ()
    known: Mapping[str, KnownEntry] = field(default_factory=dict)
    rekeyed: Sequence[Rekeyed] = ()  #: in this document for the first time
    given_up: Collection[str] = ()  #: ids that lead to no other entry any more
    deleted: tuple[str, ...] = ()  #: ids of stored entries of which it says that they are no more

    @property
    def brought_before(self) -> Collection[str]:
        """The ids of the entries that the source has brought before."""
        return {id for id, entry in self.known.items() if not entry.is_foreign}

    def remember(self, db: Transaction, source: Source, now: datetime) -> None:
        """Keep what was found out about guids; the entries must be stored."""
        rekeyings.forget(db, self.given_up)
        rekeyings.remember(db, source, self.rekeyed, now)


def recognize(
    db: Transaction, source: Source, state: SourceState, feed: Feed, address: str | None
) -> Recognized:
    """Return the entries of a feed and what is stored of them; `address` is where it was fetched.

    A document without an unknown entry asks nothing more of the store than these.
    """
    deleted, feed = _take_deleted(db, source, feed)
    known = entries.known_entries(db, {entry.id for entry in feed.entries}, source)
    unknown = [entry for entry in feed.entries if entry.id not in known]
    if not unknown:
        same = [FreshEntry(entry, find_hash(entry)) for entry in feed.entries]
        return Recognized(same, known, deleted=deleted)
    kept = rekeyings.find_kept(db, [entry.id for entry in unknown])
    followed, given_up = follow_known(feed.entries, kept)
    rekeyed: list[Rekeyed] = []
    if state.first_success is not None:  # else it has brought nothing yet
        unknown = [entry for entry in unknown if entry.id not in followed]
        wanted = find_wanted(feed.entries, unknown)
        present = {*known, *followed.values()}
        rekeyed = find_rekeyed(
            wanted,
            rekeyings.find_alike(db, source, wanted),
            present,
            _find_grounds(source, state, feed, address),
        )
    ids = followed | {one.given: one.kept for one in rekeyed}
    if ids:
        known |= entries.known_entries(db, {*ids.values()} - known.keys(), source)
    fresh = [_make_fresh(entry, known, ids.get(entry.id)) for entry in feed.entries]
    return Recognized(fresh, known, rekeyed, given_up, deleted)


def _take_deleted(db: Transaction, source: Source, feed: Feed) -> tuple[tuple[str, ...], Feed]:
    """Return the ids of the entries that a feed withdraws, and the feed with those it brings."""
    if not feed.deleted:
        return (), feed
    kept = rekeyings.find_kept(db, [stone.id for stone in feed.deleted])
    stones = [*feed.deleted, *(replace(one, id=kept[one.id]) for one in feed.deleted if one.id in kept)]
    known = entries.known_entries(db, {stone.id for stone in stones}, source)
    deleted, brought = find_deletions(replace(feed, deleted=tuple(stones)), known)
    return deleted, replace(feed, entries=tuple(brought))


def _make_fresh(entry: Entry, known: Mapping[str, KnownEntry], id: str | None) -> FreshEntry:
    """Return the entry under the id it has; it keeps the guid that is made of, which makes no new version."""
    if id is None:
        return FreshEntry(entry, find_hash(entry))
    entry = replace(entry, id=id, guid=known[id].entry.guid)
    return FreshEntry(entry, find_hash(entry), is_rekeyed=True)


def _find_grounds(source: Source, state: SourceState, feed: Feed, address: str | None) -> Grounds:
    return Grounds.of(
        before=(source.key, source.url, source.link, state.previous_url),
        now=(source.url, feed.link, address),
        pages=(source.link, feed.link),
    )
