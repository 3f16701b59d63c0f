"""What a poll of the seeds directory stores: what came, and what left, each in a transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeAlias

from feeds.curation.changes import MOST_LATE, find_changes, find_hash, find_rank
from feeds.curation.floods import Front
from feeds.curation.identity import seed_id
from feeds.errors import DocumentError, NotReadError, ReaderDownError
from feeds.model import (
    FEEDS,
    Changes,
    Declaration,
    Feed,
    FreshEntry,
    KnownEntry,
    Reading,
    SeedFile,
    Source,
    SourceState,
)
from feeds.model.declaring import LIST_DOOR
from feeds.polling.seeds.vanished import find_again, find_doubtful, folders_around
from feeds.store import Transaction, entries, files, pages, rekeyings, sources
from feeds.text.paths import show_path
from feeds.text.urls import LONGEST_SOURCE, normalize_link

MOST_PROBLEMS = 200  # kept of one poll; the ledger has them all

#: A file with what was read in it, or why that is nothing.
Result: TypeAlias = tuple[SeedFile, Reading | DocumentError]


def door_of(path: str) -> str:
    """Return the door through which a list in the directory declares its sources."""
    return f"{LIST_DOOR}{path}"


@dataclass
class SeedsKeeper:
    """Stores what a poll finds, batch by batch, and counts it."""

    source: Source
    state: SourceState
    clock: Callable[[], datetime]
    accept_deletions: bool = False
    dry_run: bool = False

    new: int = 0
    modified: int = 0
    withdrawn: int = 0
    size: int = 0
    problems: list[str] = field(default_factory=list)
    problem_count: int = 0
    reader_down: bool = False  #: there was no process to read files in
    front: Front = ()  #: what live feeds show of what this poll has brought
    late: list[str] = field(default_factory=list)  #: ids; more than are promoted are not gathered
    again: list[str] = field(default_factory=list)  #: paths of files to be read anew
    _lost: Counter[str] = field(default_factory=Counter)  # files given up in this poll, by folder
    _rehearsed: set[str] = field(default_factory=set)

    def copy(self) -> SeedsKeeper:
        """Return one that stands where this one stands now, whatever this one takes in and stores."""
        return replace(self, problems=[*self.problems], late=[*self.late], again=[*self.again])

    # --- What came ----------------------------------------------------------------------------------

    def take_in(self, db: Transaction, results: Sequence[Result]) -> None:
        """Store what was read in a batch of files."""
        before = files.find_files(db, [file.path for file, _ in results])
        fresh: list[FreshEntry] = []
        rows: list[SeedFile] = []
        for file, result in results:
            if isinstance(result, DocumentError):
                rows.append(self._mark_unreadable(file, result, before.get(file.path)))
                continue
            feed = rekeyings.keep_former_ids(db, result.feed)
            brought = _fresh_entries(file, feed, is_article=result.format not in FEEDS)
            fresh += brought
            rows.append(self._mark_read(file, result, brought, before.get(file.path)))
        left = _find_left(before, rows)
        holders = files.files_with_entries(db, left)
        dropped = _find_dropped(left, holders, rows)
        changes = replace(self._find_changes(db, fresh, rows), withdrawn=dropped)
        self._count(changes, sum(file.size for file in rows))
        if self.dry_run:
            return
        now = self.clock()
        again = find_again(db, left - {*dropped}, holders, {row.path for row in rows})
        entries.apply_changes(db, self.source, changes, now)
        files.keep_late(db, self.late[: MOST_LATE + 1])
        files.save_files(db, (*rows, *again))
        self.again += [file.path for file in again]
        pages.drop_pages(db, dropped)
        pages.note_moved(db, left - {*dropped})
        for file, result in results:
            self._keep_leads(db, file, result, before.get(file.path))

    def _mark_unreadable(self, file: SeedFile, error: DocumentError, known: SeedFile | None) -> SeedFile:
        """Return the ledger's row of a file that brings nothing now; what it brought before stays."""
        self._tell(file, error.reason)
        if isinstance(error, NotReadError):  # by no fault of its own: every look tries it again
            file = replace(file, mtime_ns=files.UNKNOWN_TIME)
            self.reader_down = self.reader_down or isinstance(error, ReaderDownError)
        if known is None:
            return replace(file, problem=error.reason)
        return replace(file, problem=error.reason, entry_ids=known.entry_ids, format=known.format)

    def _mark_read(
        self, file: SeedFile, reading: Reading, brought: Sequence[FreshEntry], known: SeedFile | None
    ) -> SeedFile:
        if reading.problem:
            self._tell(file, reading.problem)
        ids = [one.entry.id for one in brought] or [seed_id(normalize_link(url)) for url in reading.pages]
        if known is not None and known.format == reading.format and reading.format in FEEDS:
            ids += known.entry_ids  # what has left the window of a saved feed is not withdrawn
        return replace(
            file,
            entry_ids=tuple(dict.fromkeys(ids)),
            rank=brought[0].rank if brought else None,
            problem=reading.problem,
            format=reading.format,
        )

    def _tell(self, file: SeedFile, reason: str) -> None:
        self.problem_count += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(f"{show_path(file.path)}: {reason}")

    def _keep_leads(
        self, db: Transaction, file: SeedFile, result: Reading | DocumentError, known: SeedFile | None
    ) -> None:
        """Subscribe to what a list declares, and note the pages that are to be fetched."""
        if isinstance(result, DocumentError):
            return  # it stays what it was
        if result.format == "opml" or (known and known.format == "opml"):
            self._subscribe(db, door_of(file.path), result)
        named = {seed_id(normalize_link(url)): url for url in result.pages}
        pages.note_moved(db, named.keys() - {*(known.entry_ids if known else ())})
        pages.add_pages(db, named, self.clock())

    def _subscribe(self, db: Transaction, door: str, reading: Reading) -> None:
        """Open the door to what a list declares; of one that is not whole nothing is unsubscribed."""
        if not reading.problem:
            sources.sync_door(db, door, reading.subscriptions, self.clock())
            return
        for declaration in reading.subscriptions:
            sources.add_source(db, declaration, door, self.clock())

    def _find_changes(
        self, db: Transaction, fresh: Sequence[FreshEntry], rows: Sequence[SeedFile]
    ) -> Changes:
        ids = {one.entry.id for one in fresh}
        read = {row.path: row for row in rows}
        holders = {
            id: {file.path for file in held if file.path not in read}
            for id, held in files.files_with_entries(db, ids).items()
        }
        known = {
            # A version whose file has gone, or holds another article, does not outrank those that are there.
            id: replace(entry, has_lost_its_file=not _is_held_at(entry, read, holders.get(id, ())))
            for id, entry in entries.known_entries(db, ids).items()
        }
        return find_changes(
            known,
            fresh,
            now=self.clock(),
            previous_poll=self.state.last_success,
            front=self.front,
            late=self.late,
        )

    def _count(self, changes: Changes, size: int) -> None:
        new = {placed.fresh.entry.id for placed in changes.new}
        if self.dry_run:  # nothing is stored, so that a later batch finds the same entry new again
            new -= self._rehearsed
            self._rehearsed |= new
        self.new += len(new)
        self.modified += len(changes.modified)
        self.withdrawn += len(changes.withdrawn)
        self.size += size
        shown = [(one.position, one.fresh.entry.id) for one in changes.new if not one.flooded]
        outrun = {*changes.outrun}
        self.front = [*((when, id) for when, id in self.front if id not in outrun), *shown]
        if len(self.late) <= MOST_LATE:
            self.late += [placed.fresh.entry.id for placed in changes.new if placed.late]

    # --- What left ----------------------------------------------------------------------------------

    def find_doubtful(self, db: Transaction, gone: Collection[str], held: Collection[str]) -> set[str]:
        """Return those of the vanished files that are not believed to be deleted (`find_doubtful`)."""
        return set() if self.accept_deletions else find_doubtful(db, gone, held, self._lost)

    def give_up_doubles(self, db: Transaction) -> set[str]:
        """Forget files whose deletion is held and that turned out no loss; return them."""
        doubles = set(files.find_doubles(db))
        if doubles:
            self.give_up(db, doubles, doubles)
        return doubles

    def hold(self, db: Transaction, paths: Collection[str]) -> None:
        """Keep files that have vanished, and all they brought, until a person confirms."""
        if not self.dry_run:
            known = files.find_files(db, paths).values()
            files.save_files(db, [replace(file, missing_since=self.clock()) for file in known])

    def give_up(self, db: Transaction, gone: Collection[str], all_gone: Collection[str]) -> None:
        """Forget files, and withdraw the entries that no file holds any more; `all_gone` go with them."""
        known = files.find_files(db, gone)
        ids = {id for file in known.values() for id in file.entry_ids}
        holders = files.files_with_entries(db, ids)
        orphans = {id for id in ids if all(file.path in all_gone for file in holders.get(id, ()))}
        self._count_lost(db, known.values(), orphans)
        if self.dry_run:
            return
        again = find_again(db, ids - orphans, holders, all_gone)
        now = self.clock()
        entries.apply_changes(db, self.source, Changes(withdrawn=tuple(sorted(orphans))), now)
        pages.drop_pages(db, orphans)
        pages.note_moved(db, ids - orphans)
        files.forget_files(db, gone)
        files.save_files(db, again)
        self.again += [file.path for file in again]
        for file in known.values():
            if file.format == "opml":
                sources.sync_door(db, door_of(file.path), (), now)

    def _count_lost(self, db: Transaction, gone: Iterable[SeedFile], orphans: set[str]) -> None:
        """Count the entries that are withdrawn, and by folder the files that were a loss."""
        there = entries.known_entries(db, orphans).values()
        self.withdrawn += sum(not entry.withdrawn for entry in there)
        lost = (file.path for file in gone if file.format == "opml" or not orphans.isdisjoint(file.entry_ids))
        self._lost.update(folder for path in lost for folder in folders_around(path))


def _find_left(before: Mapping[str, SeedFile], rows: Sequence[SeedFile]) -> set[str]:
    """Return the ids of the entries that some of these files held until they were edited."""
    return {
        id for row in rows if row.path in before for id in {*before[row.path].entry_ids} - {*row.entry_ids}
    }


def _find_dropped(
    left: Collection[str], holders: Mapping[str, Sequence[SeedFile]], rows: Sequence[SeedFile]
) -> tuple[str, ...]:
    """Return those of the entries that no file holds now."""
    held = {id for row in rows for id in row.entry_ids}
    read = {row.path for row in rows}
    return tuple(
        sorted(id for id in {*left} - held if all(file.path in read for file in holders.get(id, ())))
    )


def _is_held_at(entry: KnownEntry, read: Mapping[str, SeedFile], holders: Collection[str]) -> bool:
    """Whether the file of the current version holds the entry, as read now or as known from before."""
    row = read.get(entry.path or "")
    return entry.id in row.entry_ids if row else entry.path in holders


def declare_publisher(feed: Feed) -> Declaration | None:
    """Return the source that readers are told of: the feed's site, where it names one that can be kept."""
    if not feed.link or len(feed.link) > LONGEST_SOURCE:
        return None
    return Declaration(feed.link, name=feed.title, kind="archive")


def _fresh_entries(file: SeedFile, feed: Feed, *, is_article: bool) -> list[FreshEntry]:
    publisher = declare_publisher(feed)
    return [
        FreshEntry(
            entry=entry,
            hash=find_hash(entry),
            # An article is known by its timestamp (SEEDS, 1); of two saved copies of a feed the later counts.
            rank=find_rank(
                entry.published if is_article else entry.updated or entry.published,
                file.size,
                file.sha256 or "",
            ),
            path=file.path,
            publisher=publisher,
        )
        for entry in feed.entries
    ]
