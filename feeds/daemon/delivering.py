"""Hubs (WebSub) in the poller: what they sent is taken in, what they are to be asked is asked."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from feeds.config import Settings
from feeds.errors import FeedsError
from feeds.model import HubSubscription
from feeds.polling.delivery.asking import Subscriber, can_be_called
from feeds.polling.guard import Resolver, resolve
from feeds.polling.poll import Poller
from feeds.store import hubs
from feeds.store.deliveries import HubWork

log = logging.getLogger("feeds.poller")

SWEEP = 60.0  # seconds between looks at which sources were paused, resumed or retired
LOOK_UP_AGAIN = 600.0  # seconds until our own name is looked up again that could not be
REST = 60.0  # seconds until the deliveries of a source are tried again that could not be taken in
MOST_ASKED = 200  # requests to hubs under way or awaiting their turn

Start = Callable[[Coroutine[Any, Any, None]], "asyncio.Task[bool]"]


@dataclass
class Delivering:
    """One question of the poller's tick; it starts what there is to do and waits for none of it."""

    poller: Poller
    settings: Settings
    start: Start  #: runs work beside the rest
    resolver: Resolver = resolve
    _subscriber: Subscriber = field(init=False)
    _base_url: str | None = None  # where hubs can call us; None: they cannot, or shall not
    _is_judged: bool = False
    _has_looked: bool = False  # at every source that has a hub, under these settings
    _asked: int = 0
    _resting: dict[int, float] = field(default_factory=dict)  # source number -> loop time, inf in flight
    _next_sweep: float = 0.0

    def __post_init__(self) -> None:
        poller = self.poller
        self._subscriber = Subscriber(poller.store, poller.network, poller.policy, lambda: poller.clock())

    async def begin(self) -> None:
        """Find out whether hubs can call us; until then none is asked for anything."""
        base_url = self.settings.base_url
        if self.settings.websub.enabled and await self._can_be_called(base_url):
            self._base_url = base_url
        self._is_judged = True

    async def _can_be_called(self, base_url: str) -> bool:
        while True:
            try:
                return await can_be_called(base_url, self.poller.network.policy, self.resolver)
            except OSError:
                await asyncio.sleep(LOOK_UP_AGAIN)

    async def follow(self, work: HubWork) -> None:
        """Start taking in what was delivered, and asking what is to be asked."""
        now = asyncio.get_running_loop().time()
        self._resting = {number: until for number, until in self._resting.items() if until > now}
        for number in work.waiting:
            if number not in self._resting:
                self._resting[number] = float("inf")
                self.start(self._take_in(number))
        if self._is_judged:
            await self._take_steps(work.has_steps, now)

    async def _take_steps(self, has_steps: bool, now: float) -> None:
        store = self.poller.store
        if not self._has_looked:
            await store.write(hubs.look_at_all, self.poller.clock())
            self._has_looked = has_steps = True
        if now >= self._next_sweep:
            self._next_sweep = now + SWEEP
            if await store.read(hubs.find_changed, 1):
                await store.write(hubs.look_at_changed, self.poller.clock())
        if has_steps and self._asked < MOST_ASKED:
            for asked in await self._subscriber.take_steps(self._base_url):
                self._asked += 1
                self.start(self._ask(asked)).add_done_callback(self._count_down)

    def _count_down(self, _: asyncio.Task[bool]) -> None:
        self._asked -= 1

    async def _ask(self, asked: HubSubscription) -> None:
        problem = await self._subscriber.ask(asked)
        if problem:
            log.info("%s", problem)

    async def _take_in(self, number: int) -> None:
        """Take in what a source's hubs sent; where that goes wrong, again after a rest."""
        loop = asyncio.get_running_loop()
        try:
            outcomes = await self.poller.take_in(number)
        except FeedsError as error:
            log.error("%s", error)
            self._resting[number] = loop.time() + REST
            return
        except BaseException:
            self._resting[number] = loop.time() + REST
            raise
        self._resting.pop(number, None)
        for outcome in outcomes:
            if outcome.error:
                log.warning("%s", outcome.error)
