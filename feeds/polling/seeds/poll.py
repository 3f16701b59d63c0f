"""One poll of the seeds directory, from the first look until it is quiet."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from feeds.curation.changes import MOST_LATE
from feeds.curation.floods import MOST_LIVE
from feeds.model import PollOutcome, SeedFile, Source, SourceState
from feeds.polling.reading import Reader
from feeds.polling.seeds import documents
from feeds.polling.seeds.intake import Intake
from feeds.polling.seeds.keep import SeedsKeeper
from feeds.polling.seeds.look import EVERYTHING, MOST_PLACES, NO_DIRECTORY, Look, Step, tell_missing
from feeds.polling.seeds.page_folders import follow_links
from feeds.polling.seeds.unripe import QUIET, Unripe
from feeds.polling.seeds.watch import Hints
from feeds.polling.storing import StoreThread
from feeds.store import Transaction, entries, files, history, notices, pages

PATIENCE = 2.0  # seconds a file must stay missing before it is believed to be deleted
LONGEST_DOUBT = 6.0  # seconds until some are believed while others still vanish
LONGEST_WAIT = 10.0  # seconds a poll waits for what may be deleted; the next poll takes it
LONGEST_WRITING = 3.0  # seconds it waits for a file that never stops changing
LOOK_EVERY = 0.2  # seconds
MOST_LOOKS = 300  # in one poll: where files come in for ever, a minute of them is a poll
LINES_TOLD = 5  # problems named in the record of a poll; the status page lists all
MOST_CHANGED = 2000  # files in memory at once

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
    hints: Hints | None = None  #: where to look after the first look; without it everywhere
    accept_deletions: bool = False
    dry_run: bool = False
    force: bool = False  #: read every file again that has a problem

    _intake: Intake = field(init=False)
    _is_import: bool = field(init=False)  # there was no look before: nothing has changed since
    _unripe: Unripe = field(default_factory=Unripe)
    _missing: dict[str, float] = field(default_factory=dict)
    _held: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._is_import = self.state.last_success is None
        keeper = SeedsKeeper(self.source, self.state, self.clock, self.accept_deletions, self.dry_run)
        self._intake = Intake(self.root, self.store, self.reader, keeper)

    @property
    def _keeper(self) -> SeedsKeeper:
        return self._intake.keeper

    async def run(self, places: Sequence[str] = (EVERYTHING,)) -> PollOutcome:
        """Poll these places until there is nothing left to do and half a second has been quiet."""
        started = self.clock()
        await self._begin()
        loop = asyncio.get_running_loop()
        quiet_since, rest = loop.time(), 0.0
        for _ in range(MOST_LOOKS):
            unreadable = tell_missing(self.root)
            if unreadable:
                return await self._finish(started, unreadable)
            if await self._look(places):
                quiet_since, rest = loop.time(), QUIET
            quiet = loop.time() - quiet_since
            if self.dry_run or (quiet >= rest and not self._is_waiting(quiet)):
                break
            await asyncio.sleep(LOOK_EVERY)
            places = self._take_places()
        outcome = await self._finish(started)
        if self.hints is not None:  # what this poll has not waited for is the next one's
            self.hints.add(self._take_awaited())
        return outcome

    async def _begin(self) -> None:
        """Take up what an earlier poll has left."""
        if not self.accept_deletions:
            self._held = set(await self.store.read(files.missing_files))
        self._keeper.late = await self.store.read(files.find_late)
        if self.force and not self.dry_run:
            await self.store.write(files.forget_stamps)

    def _take_places(self) -> list[str]:
        """Return where to look next: where something may have changed, and where something is awaited."""
        awaited = self._take_awaited()
        return [EVERYTHING] if self.hints is None else [*self.hints.take(), *awaited]

    def _take_awaited(self) -> list[str]:
        """Return where something is awaited; the whole directory in place of very many places."""
        again, self._keeper.again = self._keeper.again, []
        count = len(self._unripe.paths) + len(self._missing) + len(again)
        if self._unripe.has_more or count > MOST_PLACES:
            return [EVERYTHING]
        return [*self._unripe.paths, *self._missing, *again]

    def _is_waiting(self, idle: float) -> bool:
        """Whether a file is still being written, or missing for too short a time to be believed."""
        if not self._unripe.is_empty and idle < LONGEST_WRITING:
            return True
        return bool(self._missing or self._keeper.again) and idle < LONGEST_WAIT

    async def _look(self, places: Sequence[str]) -> bool:
        """Read what is ripe, give up what is gone; return whether anything was done."""
        look, step = await asyncio.to_thread(Look, self.root, list(places)), Step()
        self._unripe.begin_look(is_import=self._is_import and EVERYTHING in places)
        missing: dict[str, float] = {}
        worked = False
        while not step.is_last:
            step = await asyncio.to_thread(self._step, look)
            ripe = [file for file in step.changed if self._is_ripe(file)]
            for batch in documents.cut_batches(ripe):
                await self._intake.take_in(batch)
                self._held.difference_update(file.path for file in batch)
            now = asyncio.get_running_loop().time()
            missing |= {path: self._missing.get(path, now) for path in step.missing if path not in self._held}
            worked = worked or bool(ripe)
        self._missing, self._is_import = missing, False
        return await self._give_up() or worked

    def _step(self, look: Look) -> Step:
        with self.store.store.read() as db:
            return look.step(db, MOST_CHANGED)

    def _is_ripe(self, file: SeedFile) -> bool:
        """Whether a file is to be read at this look."""
        if self._intake.has_failed(file):
            return False
        if file.problem or self.dry_run:
            return True
        age = self.clock().timestamp() - file.mtime_ns / 1e9
        return self._unripe.is_ripe(file, age, asyncio.get_running_loop().time())

    # --- What left ----------------------------------------------------------------------------------

    async def _give_up(self) -> bool:
        """Believe that files are deleted which have been missing for long enough, or hold them."""
        gone = self._find_gone()
        if not gone:
            return False
        doubtful = await self.store.read(self._keeper.find_doubtful, gone, self._held)
        believed = {path for path in gone if path not in doubtful}
        for batch in documents.cut_paths(path for path in gone if path in believed):
            await self._intake.keep(self._keeper.give_up, batch, believed)
        for batch in documents.cut_paths(doubtful):
            await self._intake.keep(self._keeper.hold, batch)
        self._held |= doubtful
        for path in gone:
            del self._missing[path]
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

    async def _finish(self, started: datetime, unreadable: str | None = None) -> PollOutcome:
        """Record how it ended; `unreadable` is why the directory cannot be looked through."""
        kept = self._keeper
        lost = unreadable
        if lost == NO_DIRECTORY and not await self.store.read(files.count_files, EVERYTHING):
            lost = None  # who has never had a file there needs no directory
        if not self.dry_run:
            await self.store.write(self._close, unreadable)
            await self._follow_links()
        changed = kept.new or kept.modified or kept.withdrawn
        return PollOutcome(
            kind="failed" if lost else "changed" if changed else "unchanged",
            started=started,
            ended=self.clock(),
            new=kept.new,
            modified=kept.modified,
            withdrawn=kept.withdrawn,
            error=f"{self.root}: {lost}; its entries stay" if lost else self._tell_problems(),
            size=kept.size,
        )

    async def _follow_links(self) -> None:
        """File anew the pages whose files have moved: at the end, when what moved has come and gone."""
        while await self.store.read(pages.moved_pages, 1):
            self._keeper.modified += await self.store.write(
                follow_links, self.source, self.state.last_success, self.clock()
            )

    def _close(self, db: Transaction, unreadable: str | None) -> None:
        """Place the late arrivals, now that they are counted, and say what a person should know."""
        now = self.clock()
        late = self._keeper.late
        if self.state.last_success and 0 < len(late) <= MOST_LATE:
            room = MOST_LIVE - sum(id not in late for _, id in self._keeper.front)
            entries.promote_late(db, late, min(self.state.last_success, now), room)
        history.archive_floods(db, now)  # of this poll, and of one that was broken off
        files.forget_late(db)
        absent = f"{self.root}: {unreadable}; nothing is withdrawn" if unreadable else None
        notices.set_notice(db, MISSING_NOTICE, absent, now)
        if not unreadable:
            if self._held and self._keeper.size:
                self._held -= self._keeper.give_up_doubles(db)
            notices.set_notice(db, HELD_NOTICE, self._tell_held() if self._held else None, now)

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
