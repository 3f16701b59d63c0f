"""The poller: asks which sources are due, carries out refreshes, watches the seeds directory."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from feeds.config import Configuration
from feeds.daemon.composing import SEEDS, open_poller, sync_declared
from feeds.errors import FeedsError
from feeds.model import Source
from feeds.polling.poll import Poller
from feeds.polling.refresh import carry_out
from feeds.polling.watch import watch
from feeds.store import Store, notices, polls, sources

log = logging.getLogger("feeds.poller")

TICK = 0.5  # seconds between questions: what is due, who asked for a refresh
REST = 60.0  # seconds a source rests whose poll could not even be recorded
CONFIG_NOTICE = "configuration"


async def run_poller(configuration: Configuration, store: Store) -> bool:
    """Poll until SIGTERM or SIGINT; return whether to start again, because settings have changed.

    Raises StoreLockedError where another poller holds the store.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    with store.poller_lock():
        async with open_poller(configuration.settings, store) as poller:
            daemon = _Daemon(configuration, poller, stop)
            await daemon.run()
            return daemon.again


@dataclass
class _Daemon:
    configuration: Configuration
    poller: Poller
    stop: asyncio.Event
    again: bool = False
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _resting: dict[int, float] = field(default_factory=dict)  # source number -> loop time, inf in flight
    _told_problem: str | None = None

    async def run(self) -> None:
        await self.poller.store.write(polls.requeue_refreshes)
        scheduler = AsyncIOScheduler(timezone=UTC)
        scheduler.add_job(self._tick, "interval", seconds=TICK, coalesce=True, max_instances=1)
        scheduler.start()
        self._start(self._watch_seeds())
        await self.stop.wait()
        scheduler.shutdown(wait=False)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` beside the rest; what goes wrong in it is one line in the log."""
        task = asyncio.create_task(_told(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tick(self) -> None:
        await _told(self._follow_configuration())
        await _told(self._take_refreshes())
        await _told(self._poll_due())

    async def _take_refreshes(self) -> None:
        store = self.poller.store
        while await store.read(polls.has_queued_refresh):
            refresh = await store.write(polls.take_refresh, self.poller.clock())
            if refresh:
                self._start(carry_out(self.poller, refresh))

    async def _poll_due(self) -> None:
        now = asyncio.get_running_loop().time()
        self._resting = {number: until for number, until in self._resting.items() if until > now}
        for source in await self.poller.store.read(sources.due_sources, self.poller.clock()):
            if source.number not in self._resting:
                self._resting[source.number] = float("inf")
                self._start(self._poll(source))

    async def _poll(self, source: Source) -> None:
        loop = asyncio.get_running_loop()
        try:
            outcome = await self.poller.poll(source)
        except FeedsError:
            self._resting[source.number] = loop.time() + REST
            raise
        self._resting.pop(source.number, None)
        if outcome.error:
            log.warning("%s", outcome.error)

    async def _watch_seeds(self) -> None:
        """Poll the directory as soon as something changes in it."""
        async for _ in watch(Path(self.configuration.settings.seeds.dir), self.stop):
            source = await self.poller.store.read(sources.find_source_by_url, SEEDS.url)
            if source is not None:
                await _told(self._poll(source))

    async def _follow_configuration(self) -> None:
        before = self.configuration.settings
        changed = self.configuration.refresh()
        if self.configuration.problem != self._told_problem:
            self._told_problem = self.configuration.problem
            await self.poller.store.write(
                notices.set_notice, CONFIG_NOTICE, self._told_problem, self.poller.clock()
            )
        if not changed:
            return
        settings = self.configuration.settings
        await self.poller.store.write(sync_declared, settings)
        if (settings.fetch, settings.seeds) != (before.fetch, before.seeds):
            log.info("the settings have changed; starting again with them")
            self.again = True
            self.stop.set()


async def _told(work: Coroutine[Any, Any, None]) -> None:
    """Await `work`; an error of ours is a line in the log, and so is one that should never be."""
    try:
        await work
    except FeedsError as error:
        log.error("%s", error)
    except Exception as error:
        log.error("unexpected %s: %s", type(error).__name__, error, exc_info=log.isEnabledFor(logging.DEBUG))
