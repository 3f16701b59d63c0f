"""Politeness: how many requests at once, in all and at one host, and how far apart they start."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class _Host:
    """What is known of one host while requests to it run, wait, or have just started."""

    __slots__ = ("door", "next_start", "seats", "users")

    def __init__(self, seats: int) -> None:
        self.seats = asyncio.Semaphore(seats)
        self.door = asyncio.Lock()  # one at a time passes it, in the order of arrival
        self.next_start = 0.0  # by the loop's clock
        self.users = 0


class Hosts:
    """Gives turns at hosts, first come first served; times in seconds."""

    def __init__(self, *, per_host: int, concurrency: int) -> None:
        self._per_host = per_host
        self._all = asyncio.Semaphore(concurrency)
        self._hosts: dict[str, _Host] = {}

    def __len__(self) -> int:
        return len(self._hosts)

    @asynccontextmanager
    async def turn(self, name: str, *, spacing: float) -> AsyncIterator[None]:
        """Wait for a turn at the host and hold it; the next one starts no earlier than `spacing` after it."""
        host = self._hosts.setdefault(name, _Host(self._per_host))
        host.users += 1
        try:
            async with host.seats:
                await self._start(host, spacing)
                try:
                    yield
                finally:
                    self._all.release()
        finally:
            host.users -= 1
            self._forget(name)

    async def _start(self, host: _Host, spacing: float) -> None:
        """Pass the door; the seat among all is taken last: nobody may hold it while waiting for a host."""
        loop = asyncio.get_running_loop()
        async with host.door:
            await asyncio.sleep(max(0.0, host.next_start - loop.time()))
            await self._all.acquire()
            host.next_start = loop.time() + spacing

    def _forget(self, name: str) -> None:
        """Drop the host once nothing depends on it any more."""
        host = self._hosts.get(name)
        if host is None or host.users:
            return
        loop = asyncio.get_running_loop()
        if loop.time() >= host.next_start:
            del self._hosts[name]
        else:
            loop.call_at(host.next_start, self._forget, name)
