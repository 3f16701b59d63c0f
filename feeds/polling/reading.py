"""Understanding documents from the poller's side: who reads which, and how long others wait for one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from feeds.errors import DocumentError
from feeds.model import Reading
from feeds.polling.lane import Lane
from feeds.polling.worker import Job, read_document
from feeds.polling.worker_process import ReadLimits

__all__ = ["Job", "ReadLimits", "Reader", "read_document"]

LIMITS = ReadLimits()
PATIENCE = 1.0  # seconds that others wait for what was asked for together, until the spare lane is taken


class Reader:
    """Has documents read in a process of its own, one batch at a time; open it with `async with`.

    A document may take all the time it is allowed: those behind it are then read in a spare process, which
    ends when nobody needs it any more.
    """

    def __init__(self, limits: ReadLimits = LIMITS) -> None:
        self._main, self._spare = Lane(limits), Lane(limits)
        self._on_spare = 0  # who waits for it or reads in it

    async def __aenter__(self) -> Reader:
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(self._main.close(), self._spare.close())

    @property
    def pid(self) -> int | None:
        """The process id of the worker, None while there is none."""
        return self._main.pid

    async def warm(self) -> None:
        """Start the process, so that the first document has not to wait for it."""
        async with self._main.lock:
            await self._main.warm()

    async def read(self, jobs: Sequence[Job]) -> list[Reading | DocumentError]:
        """Return what each document gave, or why nothing; one that breaks the worker costs no other.

        What could not be read for want of a worker is a ReaderDownError, anything else a ParseError.
        """
        async with self._taken() as lane:
            return await lane.read(jobs)

    @asynccontextmanager
    async def _taken(self) -> AsyncIterator[Lane]:
        if await _acquire(self._main):
            try:
                yield self._main
            finally:
                self._main.lock.release()
            return
        self._on_spare += 1
        try:
            async with self._spare.lock:
                yield self._spare
        finally:
            self._on_spare -= 1
            if self._on_spare == 0:
                await self._spare.close()


async def _acquire(lane: Lane) -> bool:
    """Take the lane's lock, unless it is held up; a long queue is none of that: it moves."""
    turn = asyncio.ensure_future(lane.lock.acquire())
    try:
        while not (await asyncio.wait([turn], timeout=PATIENCE))[0]:
            if lane.is_busy_for(PATIENCE):
                return False
        return True
    except asyncio.CancelledError:
        if turn.done() and not turn.cancelled():  # at the same moment: it is nobody's
            lane.lock.release()
        raise
    finally:
        turn.cancel()
