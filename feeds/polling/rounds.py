"""Rounds of first polls: when the last one under way has ended, histories take up what all have brought."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from feeds.polling.storing import StoreThread
from feeds.store import rounds


@dataclass
class Rounds:
    """Knows when a round ends."""

    store: StoreThread
    clock: Callable[[], datetime]
    _holding: int = 0  # that are under way and that others wait for
    _is_open: bool = True  # something may be put off: at first by a program that was killed

    @asynccontextmanager
    async def part(self, *, holds: bool = True) -> AsyncIterator[None]:
        """Do what may be the first poll of a source; the round ends with the last part that `holds` it."""
        self._holding += holds
        try:
            yield
        finally:
            self._holding -= holds
            self._is_open = True
            task = asyncio.current_task()
            if task is None or not task.cancelling():  # else the next round takes it up
                await self.end()

    async def end(self) -> None:
        """Have the histories take up what was put off, unless the round goes on."""
        if self._holding or not self._is_open:
            return
        self._is_open = False
        try:
            for keys in await self.store.read(rounds.list_put_off):
                await self.store.write(rounds.take_up, keys, self.clock())
        except BaseException:
            self._is_open = True
            raise
