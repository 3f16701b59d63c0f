"""Politeness: how many requests at once, in all and at one host, and how far apart they start."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

PATIENCE = 5.0  # seconds after which a request does not count any more among those at once


class _Host:
    """What is known of one host while requests to it run, wait, or have just started."""

    __slots__ = ("door", "next_start", "seats", "users")

    def __init__(self, seats: int) -> None:
        self.seats = asyncio.Semaphore(seats)
        self.door = asyncio.Lock()  # one at a time passes it, in the order of arrival
        self.next_start = 0.0  # by the loop's clock
        self.users = 0


class _Seats:
    """Seats for requests that run at once, and as many again for those that have become slow."""

    def __init__(self, count: int) -> None:
        self._quick = asyncio.Semaphore(count)
        self._slow = count  # seats that are free

    async def take(self) -> _Seat:
        await self._quick.acquire()
        return _Seat(self)

    def make_way(self) -> bool:
        """Change to a seat for the slow, if there is one."""
        if self._slow == 0:
            return False
        self._slow -= 1
        self._quick.release()
        return True

    def leave(self, *, is_slow: bool) -> None:
        if is_slow:
            self._slow += 1
        else:
            self._quick.release()


class _Seat:
    """The seat of one request: after a while it makes way, so that hung servers delay nobody for long."""

    def __init__(self, seats: _Seats) -> None:
        self._seats = seats
        self._is_slow = False
        self._timer = asyncio.get_running_loop().call_later(PATIENCE, self._make_way)

    def _make_way(self) -> None:
        self._is_slow = self._seats.make_way()

    def leave(self) -> None:
        self._timer.cancel()
        self._seats.leave(is_slow=self._is_slow)


class Hosts:
    """Gives turns at hosts, first come first served; times in seconds."""

    def __init__(self, *, per_host: int, concurrency: int) -> None:
        self._per_host = per_host
        self._seats = _Seats(concurrency)
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
                seat = await self._start(host, spacing)
                try:
                    yield
                finally:
                    seat.leave()
        finally:
            host.users -= 1
            self._forget(name)

    async def _start(self, host: _Host, spacing: float) -> _Seat:
        """Pass the door; the seat among all is taken last: nobody may hold it while waiting for a host."""
        loop = asyncio.get_running_loop()
        async with host.door:
            await asyncio.sleep(max(0.0, host.next_start - loop.time()))
            seat = await self._seats.take()
            host.next_start = loop.time() + spacing
            return seat

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
