"""Rounds of first polls: when the last one under way has ended, histories take up what all have brought."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from feeds.model import Source
from feeds.polling.storing import StoreThread
from feeds.store import rounds


@dataclass
class Rounds:
    """Knows when a round ends."""

    store: StoreThread
    clock: Callable[[], datetime]
    _holding: int = 0  # that are under way and that others wait for
    _is_open: bool = True  # something may be put off: at first by a program that was killed
    _is_inherited: bool = True  # what such a program put off may wait still
    _ended: set[int] = field(default_factory=set)  # the sources, by row number, whose first poll has ended

    @asynccontextmanager
    async def part(self, source: Source | None = None, *, holds: bool = True) -> AsyncIterator[None]:
        """Do what may be the first poll of a source; the round ends with the last part that `holds` it.

        `source` is the one that is polled, where it is one alone.
        """
        self._holding += holds
        try:
            yield
            if source is not None:
                self._ended.add(source.number)
        finally:
            self._holding -= holds
            self._is_open = True
            task = asyncio.current_task()
            if task is None or not task.cancelling():  # else the next round takes it up
                await self.end()

    async def end(self) -> None:
        """Have the histories take up what was put off, unless the round goes on."""
        if self._is_open and not self._holding:
            await self._take_up()

    async def resume(self, source: Source) -> None:
        """Before a source is asked anew whose first poll is in this round, have the histories take up all.

        Who asks for what has changed says that he has the rest: from then on subscribers have it, too.
        """
        if self._is_inherited or source.number in self._ended:
            await self._take_up()

    async def _take_up(self) -> None:
        ended, self._ended = self._ended, set()
        self._is_open = False
        try:
            for keys in await self.store.read(rounds.list_put_off):
                await self.store.write(rounds.take_up, keys, self.clock())
        except BaseException:
            self._is_open = True
            self._ended |= ended
            raise
        self._is_inherited = False
