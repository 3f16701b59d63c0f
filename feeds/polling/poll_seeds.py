"""One poll of the seeds directory, from the first look until it is quiet."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from feeds.curation.changes import MOST_LATE
from feeds.errors import DocumentError, NotReadError
from feeds.model import Document, PollOutcome, SeedFile, Source, SourceState
from feeds.polling import seeds
from feeds.polling.first_paths import find_first_paths
from feeds.polling.keep_seeds import Result, SeedsKeeper
from feeds.polling.look import EVERYTHING, Look, Step, tell_missing, walk
from feeds.polling.reading import Job, Reader
from feeds.polling.storing import StoreThread
from feeds.polling.watch import Hints
from feeds.store import Transaction, entries, files, notices

QUIET = 0.5  # seconds without a change after which a file, and a poll, is complete
PATIENCE = 2.0  # seconds a file must stay missing before it is believed to be deleted
LONGEST_DOUBT = 6.0  # seconds until some are believed while others still vanish
LONGEST_WAIT = 10.0  # seconds a poll waits for what may be deleted; the next poll takes it
LONGEST_WRITING = 3.0  # seconds it waits for a file that never stops changing
LOOK_EVERY = 0.2  # seconds
MOST_LOOKS = 300  # in one poll: where files come in for ever, a minute of them is a poll
CLOCK_AHEAD = 60.0  # seconds that the clock of a file server may be ahead of ours
LINES_TOLD = 5  # problems named in the record of a poll; the status page lists all
MOST_DOUBTED = 2000  # files that are looked at twice whatever their times say
MOST_CHANGED = 2000  # files in memory at once

MISSING_NOTICE = "seeds-missing"
HELD_NOTICE = "seeds-held"

T = TypeVar("T")


@dataclass
class SeedsPoll:
    """Reads what is new in the directory, withdraws what has left it; one transaction per batch."""

    root: Path
    source: Source
    state: SourceState
    store: StoreThread
    reader: Reader
    clock: Callable[[], datetime]
    hints: Hints | None = None  #: where to look after the first look; without it everywhere
    accept_deletions: bool = False
    dry_run: bool = False
    force: bool = False  #: read every file again that has a problem

    _keeper: SeedsKeeper = field(init=False)
    _unripe: dict[str, tuple[SeedFile, float]] = field(default_factory=dict)
    _is_told: bool = False  # only where something is noted to have changed
    _failed: dict[str, SeedFile] = field(default_factory=dict)  # could not be read in this poll
    _missing: dict[str, float] = field(default_factory=dict)
    _held: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._keeper = SeedsKeeper(self.source, self.state, self.clock, self.accept_deletions, self.dry_run)

    async def run(self, places: Sequence[str] = (EVERYTHING,)) -> PollOutcome:
        """Poll these places until there is nothing left to do and half a second has been quiet."""
        started = self.clock()
        await self._begin()
        loop = asyncio.get_running_loop()
        quiet_since, rest = loop.time(), 0.0
        for _ in range(MOST_LOOKS):
            if not os.path.isdir(self.root):
                return await self._finish(started, missing=True)
            if await self._look(places):
                quiet_since, rest = loop.time(), QUIET
            quiet = loop.time() - quiet_since
            if self.dry_run or (quiet >= rest and not self._is_waiting(quiet)):
                break
            await asyncio.sleep(LOOK_EVERY)
            places = self._find_places()
        if self.hints is not None:  # what this poll has not waited for is the next one's
            self.hints.add([*self._unripe, *self._missing, *self._keeper.again])
        return await self._finish(started, missing=False)

    async def _begin(self) -> None:
        """Take up what an earlier poll has left."""
        if not self.accept_deletions:
            self._held = set(await self.store.read(files.missing_files))
        self._keeper.late = await self.store.read(files.find_late)
        if self.force and not self.dry_run:
            await self.store.write(files.forget_stamps)

    def _find_places(self) -> list[str]:
        """Return where to look next: where something may have changed, and where something is awaited."""
        again, self._keeper.again = self._keeper.again, []
        if self.hints is None:
            return [EVERYTHING]
        return [*self.hints.take(), *self._unripe, *self._missing, *again]

    def _is_waiting(self, idle: float) -> bool:
        """Whether a file is still being written, or missing for too short a time to be believed."""
        if self._unripe and idle < LONGEST_WRITING:
            return True
        return bool(self._missing or self._keeper.again) and idle < LONGEST_WAIT

    async def _look(self, places: Sequence[str]) -> bool:
        """Read what is ripe, give up what is gone; return whether anything was done."""
        self._is_told = EVERYTHING not in places
        look, step = await asyncio.to_thread(Look, self.root, list(places)), Step()
        unripe: dict[str, tuple[SeedFile, float]] = {}
        missing: dict[str, float] = {}
        worked = False
        while not step.is_last:
            step = await asyncio.to_thread(self._step, look)
            changed = [file for file in step.changed if not seeds.is_same(self._failed.get(file.path), file)]
            ripe = [file for file in changed if file.problem or self._is_ripe(file, unripe)]
            for batch in seeds.cut_batches(ripe):
                await self._take_in(batch)
            now = asyncio.get_running_loop().time()
            missing |= {path: self._missing.get(path, now) for path in step.missing if path not in self._held}
            worked = worked or bool(ripe)
        self._unripe, self._missing = unripe, missing
        return await self._give_up() or worked

    def _step(self, look: Look) -> Step:
        with self.store.store.read() as db:
            return look.step(db, MOST_CHANGED)

    def _is_ripe(self, file: SeedFile, unripe: dict[str, tuple[SeedFile, float]]) -> bool:
        """Whether a file has been left alone for long enough to be complete; else it is noted."""
        now = asyncio.get_running_loop().time()
        age = self.clock().timestamp() - file.mtime_ns / 1e9
        known, since = self._unripe.get(file.path, (None, now))
        # Of a file that has just been told of, the time may lie: the clock of a file server may be another.
        is_new = -CLOCK_AHEAD < age < QUIET or (self._is_told and len(unripe) < MOST_DOUBTED)
        if self.dry_run or (known is None and not is_new):
            return True
        if not seeds.is_same(known, file):
            since = now
        if now - since >= QUIET:
            return True
        unripe[file.path] = file, since
        return False

    # --- What came ----------------------------------------------------------------------------------

    async def _take_in(self, batch: Sequence[SeedFile]) -> None:
        opened = await asyncio.to_thread(self._open_all, batch)
        first_paths = await self.store.read(find_first_paths, [file for file, _ in opened], self._is_as_known)
        looked = [(replace(file, first_path=first_paths.get(file.path)), found) for file, found in opened]
        jobs = [
            Job(replace(found, first_path=file.first_path), self.source.key, self.source.url)
            for file, found in looked
            if isinstance(found, Document)
        ]
        answers = iter(await self.reader.read(jobs))
        results: list[Result] = [
            (file, next(answers) if isinstance(found, Document) else found) for file, found in looked
        ]
        await self._keep(self._keeper.take_in, results)
        self._failed |= {file.path: file for file, found in results if isinstance(found, NotReadError)}
        self._held.difference_update(file.path for file in batch)

    def _open_all(self, batch: Sequence[SeedFile]) -> list[tuple[SeedFile, Document | DocumentError]]:
        opened: list[tuple[SeedFile, Document | DocumentError]] = []
        for file in batch:
            try:
                if file.problem:
                    raise DocumentError(file.path, file.problem)
                document = seeds.read_document(self.root, file)
                sha256 = hashlib.sha256(document.body).hexdigest()
                opened.append((replace(file, sha256=sha256), document))
            except DocumentError as error:
                opened.append((file, error))
        return opened

    def _is_as_known(self, file: SeedFile) -> bool:
        """Whether a file of the ledger still lies there, as far as a look tells."""
        found = next(walk(self.root, file.path), None)
        return found is not None and seeds.is_same(file, found.as_file())

    # --- What left ----------------------------------------------------------------------------------

    async def _give_up(self) -> bool:
        """Believe that files are deleted which have been missing for long enough, or hold them."""
        gone = self._find_gone()
        if not gone:
            return False
        doubtful = await self.store.read(self._keeper.find_doubtful, gone, self._held)
        believed = [path for path in gone if path not in doubtful]
        for start in range(0, len(believed), seeds.BATCH_FILES):
            batch = believed[start : start + seeds.BATCH_FILES]
            await self._keep(self._keeper.give_up, batch, set(believed))
        await self._keep(self._keeper.hold, doubtful)
        self._held |= doubtful
        self._missing = {path: since for path, since in self._missing.items() if path not in set(gone)}
        return True

    def _find_gone(self) -> list[str]:
        """Return what has been missing for so long that it is deleted: together, to be judged together."""
        if not self._missing or self.dry_run:
            return sorted(self._missing)
        now = asyncio.get_running_loop().time()
        is_quiet = now - max(self._missing.values()) >= PATIENCE
        if not is_quiet and now - min(self._missing.values()) < LONGEST_DOUBT:
            return []
        return sorted(path for path, since in self._missing.items() if now - since >= PATIENCE)

    # --- How it ended -------------------------------------------------------------------------------

    async def _keep(self, step: Callable[..., None], *arguments: Collection[object]) -> None:
        keep = self.store.read if self.dry_run else self.store.write
        await keep(partial(step), *arguments)

    async def _finish(self, started: datetime, *, missing: bool) -> PollOutcome:
        kept = self._keeper
        lost = missing and await self.store.read(files.count_files, EVERYTHING) > 0
        if not self.dry_run:
            await self.store.write(self._close, missing)
        changed = kept.new or kept.modified or kept.withdrawn
        return PollOutcome(
            kind="failed" if lost else "changed" if changed else "unchanged",
            started=started,
            ended=self.clock(),
            new=kept.new,
            modified=kept.modified,
            withdrawn=kept.withdrawn,
            error=f"{self._tell_missing()}; its entries stay" if lost else self._tell_problems(),
            size=kept.size,
        )

    def _close(self, db: Transaction, missing: bool) -> None:
        """Place the late arrivals, now that they are counted, and say what a person should know."""
        now = self.clock()
        late = self._keeper.late
        if self.state.last_success and 0 < len(late) <= MOST_LATE:
            entries.promote_late(db, late, min(self.state.last_success, now))
        files.forget_late(db)
        absent = f"{self._tell_missing()}; nothing is withdrawn" if missing else None
        notices.set_notice(db, MISSING_NOTICE, absent, now)
        if not missing:
            if self._held and self._keeper.size:
                self._held -= self._keeper.give_up_doubles(db)
            notices.set_notice(db, HELD_NOTICE, self._tell_held() if self._held else None, now)

    def _tell_missing(self) -> str:
        return f"{self.root}: {tell_missing(self.root) or 'there was no such directory'}"

    def _tell_held(self) -> str:
        what = "1 file" if len(self._held) == 1 else f"{len(self._held)} files"
        return (
            f"{what} vanished from the seeds directory when most of a folder did; their entries"
            " stay until you confirm with: feeds refresh --accept-deletions"
        )

    @property
    def is_unread(self) -> bool:
        """Whether files were not read for want of a process to read them in."""
        return self._keeper.reader_down

    def _tell_problems(self) -> str | None:
        problems = self._keeper.problems
        if not problems:
            return None
        more = self._keeper.problem_count - LINES_TOLD
        lines = "; ".join(sorted(problems)[:LINES_TOLD])
        return f"{lines}; and {more} more files (feeds status)" if more > 0 else lines
