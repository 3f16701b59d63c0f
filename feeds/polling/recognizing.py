"""What a document brings, beside what is stored of it: by its ids, and by guids that have changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from feeds.curation.changes import find_hash
from feeds.curation.deletions import find_deletions
from feeds.curation.exchanges import find_exchanged, is_another, is_doubtful
from feeds.curation.guids import find_former, find_other_names, find_same, find_spelled, find_start
from feeds.curation.identity import find_hashed_id
from feeds.curation.rekeying import Grounds, Pair, find_rekeyed, find_renamed, find_wanted, follow_known
from feeds.model import Entry, Feed, FreshEntry, KnownEntry, Rekeyed, Source, SourceState
from feeds.store import Transaction, entries, rekeyings
from feeds.text.twins import find_marks


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

    A document of which every entry is known, and says what it said, asks nothing more of the store than that.
    """
    deleted, feed = _take_deleted(db, source, rekeyings.keep_former_ids(db, feed))
    looking = _Looking(db, source, feed, _find_grounds(source, state, feed, address))
    has_brought = state.first_success is not None
    looking.follow(has_brought)
    if has_brought:
        looking.look_around()
        looking.exchange()
    return Recognized(looking.make_fresh(), looking.known, looking.rekeyed, looking.given_up, deleted)


class _Looking:
    """What the entries of one document are: the surest grounds first, each asked of what is left."""

    def __init__(self, db: Transaction, source: Source, feed: Feed, grounds: Grounds) -> None:
        self._db = db
        self._source = source
        self._grounds = grounds
        self._document = feed.entries
        self._ids: dict[str, str] = {}  # by given id, where it is another
        self.known = entries.known_entries(db, {entry.id for entry in feed.entries}, source)
        self.rekeyed: list[Rekeyed] = []
        self.given_up: Collection[str] = ()

    def follow(self, has_brought: bool) -> None:
        """Find what the source has brought by the same guid, and what was recognized in earlier polls."""
        unknown = self._list_unknown()
        kept = self._find_same(unknown) if has_brought else {}
        if unknown:
            kept |= rekeyings.find_kept(self._db, self._source, {entry.id for entry in unknown} - kept.keys())
        if kept:
            followed, self.given_up = follow_known(self._document, kept)
            self._take(followed)

    def _find_same(self, unknown: Iterable[Entry]) -> dict[str, str]:
        """Return the id, by given id, under which the source has brought an entry by the same guid.

        Others may have brought what a guid leads to now.
        """
        foreign = [entry for entry in self._document if self._is_foreign(entry)]
        others = {entry.id: find_same(entry, self._source.key) for entry in (*unknown, *foreign)}
        asked = {id for given, ids in others.items() if ids for id in (given, *ids)}
        brought = rekeyings.find_brought(self._db, self._source, asked)
        return {
            given: id for given, ids in others.items() if given not in brought for id in ids if id in brought
        }

    def look_around(self) -> None:
        """Find what is stored of entries nobody knows: under other names, or with their page and title."""
        unknown = self._list_unknown()
        if not unknown:
            return
        present = self._list_present()
        sure, likely = self._find_named(unknown)
        self._keep(find_renamed(sure, likely, present, self._grounds))
        pairs = self._find_alike(self._list_unknown())
        self._keep(find_rekeyed(self._document, pairs, present, self._grounds))

    def _find_named(self, unknown: Iterable[Entry]) -> tuple[list[Pair], list[Pair]]:
        """Return (unknown entries beside what their address named, those beside what may have named them)."""
        key, find_hosts = self._source.key, self._grounds.find_former_hosts
        own = (entry for entry in self._document if entry.id in self.known and not self._is_foreign(entry))
        settled = {find_start(entry) for entry in own}
        moved = [entry for entry in unknown if find_start(entry) not in settled]
        untitled = (entry for entry in moved if not entry.title)  # the others are found by theirs
        spelled = [(entry, id) for entry in moved for id in find_spelled(entry, key)]
        others = [(entry, id) for entry in unknown for id in find_other_names(entry, key)]
        others += [(entry, id) for entry in untitled for id in find_former(entry, key, find_hosts)]
        brought = self._find_brought(id for _, id in (*spelled, *others))
        sure, likely = (
            [(entry, brought[id]) for entry, id in asked if id in brought] for asked in (spelled, others)
        )
        return sure, likely

    def _find_alike(self, some: Iterable[Entry]) -> list[Pair]:
        """Return these entries, each beside the only one of the source with its page and title."""
        wanted = find_wanted(self._document, some)
        alike = rekeyings.find_alike(self._db, self._source, wanted)
        return [(wanted[likeness], stored) for likeness, stored in alike.items()]

    def exchange(self) -> None:
        """Find those known by guids that stand for another entry now."""
        doubtful = self._list_doubtful()
        if not doubtful:
            return
        some = [entry for entry, _ in doubtful]
        pairs = [*self._find_alike(some), *self._find_linked(some)]
        ids = {entry.id: self._find_id(entry) for entry in self._document}
        self._take(find_exchanged(doubtful, ids, pairs, self._source.key, self._grounds))
        counts = Counter(map(self._find_id, self._document))
        for one in [one for one in self.rekeyed if counts[one.kept] > 1]:  # whose place nobody could leave
            self.rekeyed.remove(one)
            del self._ids[one.given]

    def _find_linked(self, some: Iterable[Entry]) -> list[Pair]:
        """Return these entries, each beside what the source has brought by its link or alone on its page."""
        linked = [(entry, entry.link) for entry in some if entry.link]
        marks = [(entry, mark) for entry, link in linked if (mark := find_marks(link, None).link) is not None]
        alone = rekeyings.find_linked(self._db, self._source, {mark for _, mark in marks})
        ids = [(entry, find_hashed_id(self._source.key, link)) for entry, link in linked]
        brought = self._find_brought(id for _, id in ids)
        return [
            *((entry, alone[mark]) for entry, mark in marks if mark in alone),
            *((entry, brought[id]) for entry, id in ids if id in brought),
        ]

    def make_fresh(self) -> list[FreshEntry]:
        """Return the entries under the ids they have."""
        return [_make_fresh(entry, self.known, self._ids.get(entry.id)) for entry in self._document]

    # --- What is known so far -----------------------------------------------------------------------

    def _find_id(self, entry: Entry) -> str:
        return self._ids.get(entry.id, entry.id)

    def _list_unknown(self) -> list[Entry]:
        return [entry for entry in self._document if self._find_id(entry) not in self.known]

    def _list_present(self) -> Collection[str]:
        """Return the ids of what is known and in the document, unless its guid has gone to another entry."""
        ids = ((entry, self._find_id(entry)) for entry in self._document)
        known = ((entry, self.known[id]) for entry, id in ids if id in self.known)
        return {one.id for entry, one in known if one.is_foreign or not is_another(one.entry, entry)}

    def _is_foreign(self, entry: Entry) -> bool:
        return entry.id in self.known and self.known[entry.id].is_foreign

    def _list_doubtful(self) -> list[Pair]:
        """Return what has another page or title than what is stored, and is the source's own, beside that."""
        found = {one.given for one in self.rekeyed}
        rest = (entry for entry in self._document if entry.id not in found)
        pairs = ((entry, self.known.get(self._find_id(entry))) for entry in rest)
        return [
            (entry, stored)
            for entry, stored in pairs
            if stored and not stored.is_foreign and is_doubtful(stored.entry, entry)
        ]

    def _find_brought(self, ids: Iterable[str]) -> Mapping[str, KnownEntry]:
        brought = rekeyings.find_brought(self._db, self._source, set(ids))
        return entries.known_entries(self._db, brought, self._source)

    def _keep(self, rekeyed: Sequence[Rekeyed]) -> None:
        self.rekeyed += rekeyed
        self._take({one.given: one.kept for one in rekeyed})

    def _take(self, ids: Mapping[str, str]) -> None:
        self._ids |= ids
        self.known |= entries.known_entries(self._db, {*ids.values()} - self.known.keys(), self._source)


def _take_deleted(db: Transaction, source: Source, feed: Feed) -> tuple[tuple[str, ...], Feed]:
    """Return the ids of the entries that a feed withdraws, and the feed with those it brings."""
    if not feed.deleted:
        return (), feed
    kept = rekeyings.find_kept(db, source, [stone.id for stone in feed.deleted])
    stones = [*feed.deleted, *(replace(one, id=kept[one.id]) for one in feed.deleted if one.id in kept)]
    known = entries.known_entries(db, {stone.id for stone in stones}, source)
    deleted, brought = find_deletions(replace(feed, deleted=tuple(stones)), known)
    return deleted, replace(feed, entries=tuple(brought))


def _make_fresh(entry: Entry, known: Mapping[str, KnownEntry], id: str | None) -> FreshEntry:
    """Return the entry under the id it has; it keeps the guid that is made of, which makes no new version."""
    if id is None:
        return FreshEntry(entry, find_hash(entry))
    stored = known.get(id)
    entry = replace(entry, id=id, guid=stored.entry.guid if stored else entry.guid)
    return FreshEntry(entry, find_hash(entry), is_rekeyed=stored is not None)


def _find_grounds(source: Source, state: SourceState, feed: Feed, address: str | None) -> Grounds:
    return Grounds.of(
        before=(source.key, source.url, source.link, state.previous_url),
        now=(source.url, feed.link, address),
        pages=(source.link, feed.link),
    )
