"""From files of the seeds directory to what the store has of them: opened, read, stored, batch by batch."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from feeds.errors import DocumentError, NotReadError, NotStoredError, StoreRefusedError
from feeds.model import Document, SeedFile
from feeds.polling.reading import Job, Reader
from feeds.polling.seeds.documents import read_document, stamp_of
from feeds.polling.seeds.first_paths import find_first_paths
from feeds.polling.seeds.keep import Result, SeedsKeeper
from feeds.polling.seeds.look import walk
from feeds.polling.storing import StoreThread, not_stored


@dataclass
class Intake:
    """Takes in what a poll finds new or changed."""

    root: Path
    store: StoreThread
    reader: Reader
    keeper: SeedsKeeper
    _failed: set[int] = field(default_factory=set)  # hashes of the stamps of what could not be taken in now

    def has_failed(self, file: SeedFile) -> bool:
        """Whether a file, as it is, could not be taken in by this poll: the next one tries it again."""
        return hash(stamp_of(file)) in self._failed

    async def take_in(self, batch: Sequence[SeedFile]) -> None:
        """Read these files and store what they hold, or why that is nothing."""
        opened = await asyncio.to_thread(self._open_all, batch)
        first_paths = await self.store.read(find_first_paths, [file for file, _ in opened], self._is_as_known)
        looked = [_place(file, found, first_paths.get(file.path)) for file, found in opened]
        source = self.keeper.source
        jobs = [Job(found, source.key, source.url) for _, found in looked if isinstance(found, Document)]
        answers = iter(await self.reader.read(jobs))
        await self._store(
            [(file, next(answers) if isinstance(found, Document) else found) for file, found in looked]
        )

    async def keep(self, step: Callable[..., None], *arguments: Collection[object]) -> None:
        """Carry out a step of the keeper in one transaction; a rehearsal only reads."""
        keep = self.store.read if self.keeper.dry_run else self.store.write
        await keep(partial(step), *arguments)

    def _open_all(self, batch: Sequence[SeedFile]) -> list[tuple[SeedFile, Document | DocumentError]]:
        opened: list[tuple[SeedFile, Document | DocumentError]] = []
        for file in batch:
            try:
                if file.problem:
                    raise DocumentError(file.path, file.problem)
                document = read_document(self.root, file)
                sha256 = hashlib.sha256(document.body).hexdigest()
                opened.append((replace(file, sha256=sha256), document))
            except DocumentError as error:
                opened.append((file, error))
        return opened

    def _is_as_known(self, file: SeedFile) -> bool:
        """Whether a file of the ledger still lies there, as far as a look tells."""
        found = next(walk(self.root, file.path), None)
        return found is not None and stamp_of(file) == stamp_of(found.as_file())

    async def _store(self, results: Sequence[Result]) -> None:
        """Store what was read; where the store refuses it, all but the file that it refuses."""
        before = self.keeper.copy()
        try:
            await self.keep(self.keeper.take_in, results)
        except StoreRefusedError as error:
            self.keeper = before
            middle = len(results) // 2
            file, result = results[0]
            if middle:
                await self._store(results[:middle])
                await self._store(results[middle:])
            elif isinstance(result, NotStoredError):  # not even that can be noted
                raise
            else:
                await self._store([(file, not_stored(file.path, error))])
        else:
            failed = (file for file, result in results if isinstance(result, NotReadError))
            self._failed.update(hash(stamp_of(file)) for file in failed)


def _place(
    file: SeedFile, found: Document | DocumentError, first_path: str | None
) -> tuple[SeedFile, Document | DocumentError]:
    """Return both with the path where the file was first seen, if that is another than its own."""
    if first_path is None:
        return file, found
    if isinstance(found, Document):
        found = replace(found, first_path=first_path)
    return replace(file, first_path=first_path), found
