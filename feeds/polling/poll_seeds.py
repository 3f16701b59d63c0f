"""One poll of the seeds directory, from the first look until it is quiet."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from feeds.curation.changes import MOST_LATE, find_changes, find_hash, find_rank
from feeds.errors import DocumentError
from feeds.model import (
    Changes,
    Declaration,
    Document,
    Feed,
    FreshEntry,
    PollOutcome,
    SeedFile,
    Source,
    SourceState,
)
from feeds.polling import seeds
from feeds.polling.reading import Job, Reader
from feeds.polling.storing import StoreThread
from feeds.store import Transaction, entries, files, notices

QUIET = 0.5  # seconds without a change after which a file, and a poll, is complete
PATIENCE = 2.0  # seconds a file must stay missing before it is believed to be deleted
LONGEST_WAIT = 10.0  # seconds a poll waits for a file that never stops changing; the next poll takes it
LOOK_EVERY = 0.2  # seconds
MOST_LOOKS = 300  # in one poll: where files come in for ever, a minute of them is a poll
CLOCK_AHEAD = 60.0  # seconds that the clock of a file server may be ahead of ours
LINES_TOLD = 5  # unreadable files named in the record of a poll; the status page lists all

MISSING_NOTICE = "seeds-missing"
HELD_NOTICE = "seeds-held"


@dataclass
class SeedsPoll:
    """Reads what is new in the directory, withdraws what has left it; one transaction per batch."""

    root: Path
    source: Source
    state: SourceState
    store: StoreThread
    reader: Reader
    clock: Callable[[], datetime]
    accept_deletions: bool = False
    dry_run: bool = False

    new: int = 0
    modified: int = 0
    withdrawn: int = 0
    size: int = 0
    problems: list[str] = field(default_factory=list)
    _late: list[str] = field(default_factory=list)
    _ledger: dict[str, SeedFile] = field(default_factory=dict)
    _first_seen: dict[str, tuple[SeedFile, float]] = field(default_factory=dict)
    _missing: dict[str, float] = field(default_factory=dict)
    _held: frozenset[str] = frozenset()

    async def run(self) -> PollOutcome:
        """Poll until there is nothing left to do and half a second has been quiet."""
        started = self.clock()
        self._ledger = dict(await self.store.read(files.known_files))
        loop = asyncio.get_running_loop()
        quiet_since, rest = loop.time(), 0.0
        for _ in range(MOST_LOOKS):
            found = await asyncio.to_thread(seeds.scan, self.root)
            if found is None:
                return await self._finish(started, missing=True)
            if await self._take_in(found):
                quiet_since, rest = loop.time(), QUIET
            quiet = loop.time() - quiet_since
            if quiet >= rest and not self._is_waiting(found, quiet):
                break
            await asyncio.sleep(LOOK_EVERY)
        return await self._finish(started, missing=False)

    def _is_waiting(self, found: dict[str, SeedFile], idle: float) -> bool:
        """Whether a file is still being written, or missing for too short a time to be believed."""
        writing = any(not seeds.is_same(self._ledger.get(path), file) for path, file in found.items())
        return idle < LONGEST_WAIT and (writing or bool(self._missing.keys() - self._held))

    async def _take_in(self, found: dict[str, SeedFile]) -> bool:
        """Read what is ripe, withdraw what is gone; return whether anything was done."""
        changed = sorted(
            (file for path, file in found.items() if not seeds.is_same(self._ledger.get(path), file)),
            key=lambda file: file.path,
        )
        ripe = [file for file in changed if file.problem or self._is_ripe(file)]
        for batch in seeds.cut_batches(ripe):
            await self._take_in_batch(batch)
        gone = self._find_gone(found)
        if gone:
            await self._give_up(gone)
        return bool(ripe or gone)

    def _is_ripe(self, file: SeedFile) -> bool:
        """Whether a file has been left alone for long enough to be complete."""
        now = asyncio.get_running_loop().time()
        age = self.clock().timestamp() - file.mtime_ns / 1e9
        if -CLOCK_AHEAD < age < QUIET or file.path in self._first_seen:
            known, since = self._first_seen.get(file.path, (None, now))
            if known is None or not seeds.is_same(known, file):
                self._first_seen[file.path] = file, now
                return False
            return now - since >= QUIET
        return True

    # --- What came ----------------------------------------------------------------------------------

    async def _take_in_batch(self, batch: Sequence[SeedFile]) -> None:
        looked = await asyncio.to_thread(self._open_all, batch)
        documents = [document for _, document in looked if isinstance(document, Document)]
        jobs = [Job(document, self.source.key, self.source.url) for document in documents]
        answers = dict(zip((job.document.path for job in jobs), await self.reader.read(jobs), strict=True))
        results = [
            (file, answers[file.path] if isinstance(document, Document) else document)
            for file, document in looked
        ]
        keep = self.store.read if self.dry_run else self.store.write
        await keep(self._store_batch, results)

    def _open_all(self, batch: Sequence[SeedFile]) -> list[tuple[SeedFile, Document | DocumentError]]:
        looked: list[tuple[SeedFile, Document | DocumentError]] = []
        for file in batch:
            try:
                if file.problem:
                    raise DocumentError(file.path, file.problem)
                document = seeds.read_document(self.root, file)
                sha256 = hashlib.sha256(document.body).hexdigest()
                looked.append((replace(file, sha256=sha256), document))
            except DocumentError as error:
                looked.append((file, error))
        return looked

    def _store_batch(self, db: Transaction, results: Sequence[tuple[SeedFile, Feed | DocumentError]]) -> None:
        fresh: list[FreshEntry] = []
        rows: list[SeedFile] = []
        for file, result in results:
            if isinstance(result, DocumentError):
                rows.append(self._mark_unreadable(file, result.reason))
                continue
            entries_of_file = _fresh_entries(file, result)
            fresh += entries_of_file
            ids = tuple(entry.entry.id for entry in entries_of_file)
            rows.append(replace(file, entry_ids=ids, rank=entries_of_file[0].rank, problem=None))
        dropped = self._find_dropped(db, rows)
        # The ledger first: whether a version's file still lies there decides which version counts.
        self._ledger.update({file.path: file for file in rows})
        changes = replace(self._find_changes(db, fresh), withdrawn=dropped)
        self._count(changes, sum(file.size for file in rows))
        if not self.dry_run:
            entries.apply_changes(db, self.source, changes, self.clock())
            files.save_files(db, rows)

    def _mark_unreadable(self, file: SeedFile, reason: str) -> SeedFile:
        """Return the ledger's row of a file that brings nothing now; what it brought before stays."""
        self.problems.append(f"{seeds.show_path(file.path)}: {reason}")
        known = self._ledger.get(file.path)
        return replace(file, problem=reason, entry_ids=known.entry_ids if known else ())

    def _find_dropped(self, db: Transaction, rows: Sequence[SeedFile]) -> tuple[str, ...]:
        """Return the entries these files held until they were edited, and that no file holds now."""
        held = {id for row in rows if row.path in self._ledger for id in self._ledger[row.path].entry_ids}
        dropped = held - {id for row in rows for id in row.entry_ids}
        read = {row.path for row in rows}
        holders = files.files_with_entries(db, dropped)
        return tuple(sorted(id for id in dropped if all(file.path in read for file in holders.get(id, ()))))

    def _find_changes(self, db: Transaction, fresh: Sequence[FreshEntry]) -> Changes:
        known = entries.known_entries(db, {entry.entry.id for entry in fresh})
        held = {
            # A version whose file has gone no longer outranks those that are there.
            id: entry if entry.path in self._ledger else replace(entry, rank=None)
            for id, entry in known.items()
        }
        return find_changes(held, fresh, now=self.clock(), previous_poll=self.state.last_success, most_late=0)

    def _count(self, changes: Changes, size: int) -> None:
        self.new += len(changes.new)
        self.modified += len(changes.modified)
        self.withdrawn += len(changes.withdrawn)
        self.size += size
        self._late += [placed.fresh.entry.id for placed in changes.new if placed.late]

    # --- What left ----------------------------------------------------------------------------------

    def _find_gone(self, found: dict[str, SeedFile]) -> list[str]:
        """Return the paths that have been missing for so long that they are deleted."""
        now = asyncio.get_running_loop().time()
        missing = seeds.find_missing(self._ledger, found)
        self._held &= missing
        self._missing = {path: self._missing.get(path, now) for path in missing}
        return [path for path, since in self._missing.items() if self._is_given_up(path, now - since)]

    def _is_given_up(self, path: str, seconds: float) -> bool:
        if path in self._held:
            return False
        return seconds >= PATIENCE or self._ledger[path].missing_since is not None

    async def _give_up(self, gone: Sequence[str]) -> None:
        keep = self.store.read if self.dry_run else self.store.write
        await keep(self._withdraw, frozenset(gone))

    def _withdraw(self, db: Transaction, gone: frozenset[str]) -> None:
        """Withdraw the entries that no file holds any more; hold back where too many vanish at once."""
        ids = {id for path in gone for id in self._ledger[path].entry_ids}
        holders = files.files_with_entries(db, ids)
        orphans = {id for id in ids if all(file.path in gone for file in holders.get(id, ()))}
        lost = {path for path in gone if orphans.intersection(self._ledger[path].entry_ids)}
        if not self.accept_deletions:
            self._held |= seeds.find_doubtful(lost, self._ledger)
        orphans -= {id for path in self._held for id in self._ledger[path].entry_ids}
        self.withdrawn += len(orphans)
        forgotten = gone - self._held
        again = self._read_again(db, ids - orphans, holders, gone)
        held = [seeds.mark_missing(self._ledger[path], self.clock()) for path in self._held]
        for path in forgotten:
            del self._ledger[path]
        self._ledger.update({file.path: file for file in (*again, *held)})
        if not self.dry_run:
            entries.apply_changes(db, self.source, Changes(withdrawn=tuple(sorted(orphans))), self.clock())
            files.forget_files(db, forgotten)
            files.save_files(db, (*again, *held))

    def _read_again(
        self, db: Transaction, ids: set[str], holders: Mapping[str, Sequence[SeedFile]], gone: frozenset[str]
    ) -> list[SeedFile]:
        """Return the files to be read anew: they hold an entry whose current version's file has gone."""
        known = entries.known_entries(db, ids)
        forgotten = gone - self._held
        return [
            replace(file, mtime_ns=-1)
            for id, entry in known.items()
            if entry.path in forgotten
            for file in holders.get(id, ())
            if file.path not in gone
        ]

    # --- How it ended -------------------------------------------------------------------------------

    async def _finish(self, started: datetime, *, missing: bool) -> PollOutcome:
        if not self.dry_run:
            await self.store.write(self._close, missing)
        changed = self.new or self.modified or self.withdrawn
        lost = missing and bool(self._ledger)
        return PollOutcome(
            kind="failed" if lost else "changed" if changed else "unchanged",
            started=started,
            ended=self.clock(),
            new=self.new,
            modified=self.modified,
            withdrawn=self.withdrawn,
            error=f"{self.root}: the folder is missing; its entries stay" if lost else self._tell_problems(),
            size=self.size,
        )

    def _close(self, db: Transaction, missing: bool) -> None:
        """Place the late arrivals, now that they are counted, and say what a person should know."""
        now = self.clock()
        if self.state.last_success and 0 < len(self._late) <= MOST_LATE:
            entries.promote_late(db, self._late, min(self.state.last_success, now))
        absent = f"The folder {self.root} is missing; nothing in it is withdrawn." if missing else None
        notices.set_notice(db, MISSING_NOTICE, absent, now)
        held = (
            f"{len(self._held)} files vanished from {self.root} at once; their entries stay until "
            "you confirm with: feeds refresh --accept-deletions"
        )
        if not missing:
            notices.set_notice(db, HELD_NOTICE, held if self._held else None, now)

    def _tell_problems(self) -> str | None:
        if not self.problems:
            return None
        more = len(self.problems) - LINES_TOLD
        lines = "; ".join(sorted(self.problems)[:LINES_TOLD])
        return f"{lines}; and {more} more files (feeds status)" if more > 0 else lines


def _fresh_entries(file: SeedFile, feed: Feed) -> list[FreshEntry]:
    publisher = Declaration(feed.link, name=feed.title, kind="archive") if feed.link else None
    return [
        FreshEntry(
            entry=entry,
            hash=find_hash(entry),
            rank=find_rank(entry.published, file.size, file.sha256 or ""),
            path=file.path,
            publisher=publisher,
        )
        for entry in feed.entries
    ]
