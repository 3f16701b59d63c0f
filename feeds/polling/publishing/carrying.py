"""The editions that are on their way: each is held once, and all together are so many bytes and no more."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from feeds.syndication.editions import Edition

MOST_BYTES = 32 * 1024 * 1024


class Load:
    """What is carried; a single edition that is larger goes alone."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._door = asyncio.Lock()
        self._has_room = asyncio.Event()
        self._carried: dict[str, Edition] = {}  # by tag
        self._uses: Counter[str] = Counter()

    @asynccontextmanager
    async def carry(self, find: Callable[[], Awaitable[Edition | None]]) -> AsyncIterator[Edition | None]:
        """Hold what `find` returns, until the end of the block.

        One is found at a time, and the next when there is room for it: to render an edition takes many times
        its bytes.
        """
        async with self._door:
            found = await find()
            edition = None if found is None else await self._take(found)
        try:
            yield edition
        finally:
            if edition is not None:
                self._leave(edition.etag)

    async def _take(self, edition: Edition) -> Edition:
        """Return the edition, or the one with the same bytes that is carried already."""
        while edition.etag not in self._carried and not self._fits(edition):
            self._has_room.clear()
            await self._has_room.wait()
        self._uses[edition.etag] += 1
        return self._carried.setdefault(edition.etag, edition)

    def _fits(self, edition: Edition) -> bool:
        carried = sum(len(each.body) for each in self._carried.values())
        return not carried or carried + len(edition.body) <= self._most_bytes

    def _leave(self, etag: str) -> None:
        self._uses[etag] -= 1
        if not self._uses[etag]:
            del self._uses[etag], self._carried[etag]
            self._has_room.set()
