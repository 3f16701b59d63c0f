"""A worker process that is replaced when a document breaks it, so that one costs no other."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from feeds.errors import DocumentError, PageError, ParseError, ReaderDownError
from feeds.model import Reading
from feeds.polling.worker import Job, Reply
from feeds.polling.worker_process import ReadLimits, StartError, Worker, WorkerError
from feeds.text.urls import public_url

END_SECONDS = 2.0  # until a worker whose input has ended is killed


class Lane:
    """Has documents read in a process of its own, one batch at a time."""

    def __init__(self, limits: ReadLimits) -> None:
        self.lock = asyncio.Lock()  #: held while a batch is read
        self._limits = limits
        self._begun = 0.0  # loop time at which the batch in hand was begun
        self._worker: Worker | None = None

    async def close(self) -> None:
        """End the process."""
        await self._drop_worker(END_SECONDS)

    @property
    def pid(self) -> int | None:
        """The process id of the worker, None while there is none."""
        return self._worker.process.pid if self._worker else None

    def is_busy_for(self, seconds: float) -> bool:
        """Whether one batch has been in hand for so long."""
        return self.lock.locked() and asyncio.get_running_loop().time() - self._begun > seconds

    async def warm(self) -> None:
        """Start the process; where that fails, who wants something read is told. The lock must be held."""
        with suppress(StartError):
            await self._find_worker()

    async def read(self, jobs: Sequence[Job]) -> list[Reading | DocumentError]:
        """Read documents as `Reader.read` promises; the lock must be held."""
        self._begun = asyncio.get_running_loop().time()
        results: list[Reading | DocumentError] = []
        try:
            while len(results) < len(jobs):
                results += await self._read_on(jobs[len(results) :])
        except StartError as error:
            results += [ReaderDownError(_subject(job), str(error)) for job in jobs[len(results) :]]
        if self._worker is not None and self._worker.is_worn:
            await self._drop_worker(END_SECONDS)
        return results

    async def _read_on(self, jobs: Sequence[Job]) -> list[Reading | ParseError]:
        """Read as far as the worker gets, and on behind the job it stumbles over."""
        results, failure = await self._attempt(jobs)
        return results if failure is None else [*results, *await self._read_singly(jobs[len(results) :])]

    async def _read_singly(self, jobs: Sequence[Job]) -> list[Reading | ParseError]:
        """Read as far as a job that stops a new worker, each asked for by itself.

        Of several asked for together it does not show which one it was; and what stalls or exhausts a worker
        need not be a document: it may be what came before, or the machine.
        """
        results: list[Reading | ParseError] = []
        for job in jobs:
            is_new = self._worker is None
            result, failure = await self._attempt([job])
            if failure is not None and not is_new:
                result, failure = await self._attempt([job])
            if failure is not None:
                return [*results, _problem(job, failure)]
            results += result
        return results

    async def _attempt(self, jobs: Sequence[Job]) -> tuple[list[Reading | ParseError], str | None]:
        """Return the results the worker gives, and what went wrong if they are not all."""
        worker = await self._find_worker()
        results: list[Reading | ParseError] = []
        sender = asyncio.create_task(worker.send(jobs))
        try:
            for job in jobs:
                results.append(_result(job, await worker.receive(self._limits.seconds)))  # noqa: PERF401
            return results, None
        except WorkerError as error:
            await self._drop_worker()
            return results, str(error)
        except BaseException:  # cancelled: what the worker still answers belongs to nobody
            await self._drop_worker()
            raise
        finally:
            sender.cancel()
            await asyncio.gather(sender, return_exceptions=True)

    async def _find_worker(self) -> Worker:
        if self._worker is not None and self._worker.process.returncode is None:
            return self._worker
        await self._drop_worker(END_SECONDS)
        self._worker = await Worker.start(self._limits)
        return self._worker

    async def _drop_worker(self, patience: float = 0.0) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            await worker.end(patience)


def _result(job: Job, reply: Reply) -> Reading | ParseError:
    if reply.reading is not None:
        return reply.reading
    reason = reply.reason or "could not be read"
    return _problem(job, reason) if reply.links is None else PageError(_subject(job), reason, reply.links)


def _problem(job: Job, reason: str) -> ParseError:
    return ParseError(_subject(job), reason)


def _subject(job: Job) -> str:
    return job.document.path or public_url(job.document.url)
