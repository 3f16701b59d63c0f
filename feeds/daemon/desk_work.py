"""What is asked for at the desk, in the poller: carried out beside the rest, and answered in its record."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from feeds.daemon.delivering import Start
from feeds.daemon.importing import import_sent
from feeds.model import DeskKind, DeskRequest, Preview
from feeds.polling.discover import Discovery
from feeds.polling.poll import Poller
from feeds.polling.previewing import preview
from feeds.store.desk_requests import DeskNeeds, answer_request, expire_requests, take_request

MOST_AT_ONCE = 4  # requests under way
REST = 60.0  # seconds until an answer is recorded again that the store has refused

#: Carries a request out and returns the answer, a dataclass or plain data.
Work = Callable[[Poller, DeskRequest], Awaitable[Any]]


async def preview_source(poller: Poller, request: DeskRequest) -> Preview:
    """Find the feed behind an address, as politely as for good, and say what it would bring."""
    discovery = Discovery(poller.network, poller.reader, lambda: poller.clock(), poller.pauses)
    return await preview(discovery, request.body.decode("utf-8", "replace"))


#: Who carries out what.
WORK: dict[DeskKind, Work] = {
    "preview": preview_source,
    "import": import_sent,
}


@dataclass
class DeskWork:
    """One question of the poller's tick; it starts what there is to do and waits for none of it."""

    poller: Poller
    start: Start  #: runs work beside the rest
    _under_way: int = 0

    async def follow(self, needs: DeskNeeds) -> None:
        """Start what waits, and forget what was answered long ago."""
        store = self.poller.store
        if needs.has_expired:
            await store.write(expire_requests, self.poller.clock())
        while needs.is_waiting and self._under_way < MOST_AT_ONCE:
            request = await store.write(take_request, self.poller.clock())
            if request is None:
                return
            self._under_way += 1
            self.start(self._carry_out(request)).add_done_callback(self._count_down)

    def _count_down(self, _: asyncio.Task[bool]) -> None:
        self._under_way -= 1

    async def _carry_out(self, request: DeskRequest) -> None:
        """See a request through: while the store refuses to record its answer, ask it again."""
        answers: list[Any] = []

        async def work() -> None:
            answers.append(await WORK[request.kind](self.poller, request))

        if not await self.start(work()):
            answers.append({"problem": "this could not be carried out; the log of the service says why"})
        while not await self.start(self._record(request, answers[0])):
            await asyncio.sleep(REST)

    async def _record(self, request: DeskRequest, answer: Any) -> None:
        await self.poller.store.write(answer_request, request.id, answer, self.poller.clock())
