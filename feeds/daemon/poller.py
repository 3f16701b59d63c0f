"""The poller: asks which sources are due, carries out refreshes, watches the seeds directory."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple

from apscheduler.job import Job
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from feeds.config import SETTLE, Configuration, Settings
from feeds.daemon.composing import SEEDS, open_poller, sync_declared
from feeds.daemon.delivering import Delivering
from feeds.daemon.desk_work import DeskWork
from feeds.errors import FeedsError, StoreCorruptError
from feeds.model import Refresh, Source
from feeds.polling.poll import SCHEDULED, Ask, Poller
from feeds.polling.refresh import carry_out
from feeds.polling.seeds.look import EVERYTHING
from feeds.polling.seeds.watch import Hints, watch
from feeds.store import Store, Transaction, clock, deliveries, notices, pages, pings, polls, sources
from feeds.store.desk_requests import DeskNeeds, find_needs, requeue_requests

log = logging.getLogger("feeds.poller")

TICK = 0.5  # seconds between questions: what is due, who asked for a refresh
CLOCK_LOOK = 5.0  # seconds between looks at whether the clock was set back
REST = 60.0  # seconds a source rests whose poll could not even be recorded, and until an error is told again
CONFIG_NOTICE = "configuration"


async def run_poller(configuration: Configuration, store: Store) -> bool:
    """Poll until SIGTERM or SIGINT; return whether to start again, because settings have changed.

    Raises StoreLockedError where another poller holds the store, StoreCorruptError where it is damaged.
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
    _ticking: asyncio.Lock = field(default_factory=asyncio.Lock)
    _tasks: set[asyncio.Task[bool]] = field(default_factory=set)
    _fetching: asyncio.Task[bool] | None = None
    _resting: dict[int, float] = field(default_factory=dict)  # source number -> loop time, inf in flight
    _told_problem: str | None = None
    _told_errors: dict[str, float] = field(default_factory=dict)  # line -> loop time
    _damage: StoreCorruptError | None = None
    _followed: Settings = field(init=False)  # the settings that are in force here
    _delivering: Delivering = field(init=False)
    _desk: DeskWork = field(init=False)

    def __post_init__(self) -> None:
        self._followed = self.configuration.settings
        self._delivering = Delivering(self.poller, self._followed, self._start)
        self._desk = DeskWork(self.poller, self._start)

    async def run(self) -> None:
        """Poll until told to stop; then every poll under way is broken off.

        A damaged store is no longer written to: raises StoreCorruptError.
        """
        await self.poller.store.write(self._begin)
        await self.poller.rounds.end()  # of a poller that has died
        scheduler = AsyncIOScheduler(timezone=UTC)
        tick = scheduler.add_job(
            self._tick, "interval", seconds=TICK, coalesce=True, max_instances=1, misfire_grace_time=None
        )
        scheduler.start()
        self._start(self._mind_clock(tick))
        self._start(self._delivering.begin())
        self._start(self._publish())
        self._start(self.poller.reader.warm())
        self.poller.hints = hints = Hints()
        self._start(self._watch_seeds(hints))
        self._start(self._follow_hints(hints))
        await self.stop.wait()
        scheduler.pause()
        async with self._ticking:  # it is not torn in the middle
            scheduler.shutdown(wait=False)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._damage is not None:
            raise self._damage

    def _begin(self, db: Transaction) -> None:
        """Leave nothing of a poller that has died, nor of a configuration that has been mended or changed."""
        polls.requeue_refreshes(db)
        requeue_requests(db)
        clock.follow(db, self.poller.clock())
        notices.set_notice(db, CONFIG_NOTICE, None, self.poller.clock())
        pings.follow_hubs(db, self._followed.other_hubs, self.poller.clock())

    async def _mind_clock(self, tick: Job) -> None:
        """Set ticks and polls anew when the clock is set back: they would rest until it is as late again."""
        while True:
            before = self.poller.clock()
            await asyncio.sleep(CLOCK_LOOK)
            if self.poller.clock() < before:
                tick.reschedule("interval", seconds=TICK)
                await self._told(self.poller.store.write(clock.follow, self.poller.clock()))

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[bool]:
        """Run `work` beside the rest; what goes wrong in it is one line in the log."""
        task = asyncio.create_task(self._told(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda _: work.close())  # a task cancelled before it began leaves it unawaited
        return task

    async def _publish(self) -> None:
        """Tell subscribers and other hubs what is new, as soon as feeds name a hub.

        What renders feeds is imported then, and not by a poller that has nobody to tell.
        """
        while not self._followed.hubs:
            await asyncio.sleep(CLOCK_LOOK)
        from feeds.daemon.publishing import Publishing

        await Publishing(self.poller, lambda: self._followed, self._start).run()

    async def _tick(self) -> None:
        async with self._ticking:
            await self._told(self._follow_configuration())
            if not self.stop.is_set():
                await self._told(self._look())

    async def _look(self) -> None:
        """See what there is to do, in one transaction; each part of it is told apart."""
        found = await self.poller.store.read(_find_work, self.poller.clock())
        answers = (
            # Before anything else is waited for: what is polled meanwhile is due no more.
            partial(self._poll_due, found.due),
            partial(self._take_refreshes, found.is_asked),
            partial(self._fetch_pages, found.has_pages),
            partial(self._delivering.follow, found.hubs),
            partial(self._desk.follow, found.desk),
        )
        for answer in answers:
            if not self.stop.is_set():
                await self._told(answer())

    async def _take_refreshes(self, is_asked: bool) -> None:
        store = self.poller.store
        while is_asked:
            refresh = await store.write(polls.take_refresh, self.poller.clock())
            if refresh:
                self._start(self._carry_out(refresh))
            is_asked = await store.read(polls.has_queued_refresh)

    async def _carry_out(self, refresh: Refresh) -> None:
        """See a refresh through: while the store refuses to record that it has ended, ask it again."""
        if not await self._told(carry_out(self.poller, refresh)):
            while not await self._told(
                self.poller.store.write(polls.end_refresh, refresh.id, self.poller.clock())
            ):
                await asyncio.sleep(REST)

    async def _poll_due(self, due: Sequence[Source]) -> None:
        now = asyncio.get_running_loop().time()
        self._resting = {number: until for number, until in self._resting.items() if until > now}
        for source in due:
            if source.number not in self._resting and not self.poller.is_polling(source):
                self._resting[source.number] = float("inf")
                self._start(self._poll(source))

    async def _fetch_pages(self, has_pages: bool) -> None:
        """Fetch the pages that files name, beside everything else: their hosts may want us to be slow."""
        if has_pages and (self._fetching is None or self._fetching.done()):
            source = await self.poller.store.read(sources.find_source_by_url, SEEDS.url)
            if source is not None:
                self._fetching = self._start(self._fetch_all(source))

    async def _fetch_all(self, source: Source) -> None:
        if not await self._told(self._fetch_once(source)):
            await asyncio.sleep(REST)  # until then nothing is fetched again

    async def _fetch_once(self, source: Source) -> None:
        for outcome in await self.poller.fetch_pages(source):
            if outcome.error:
                log.warning("%s", outcome.error)

    async def _poll(self, source: Source, ask: Ask = SCHEDULED) -> None:
        loop = asyncio.get_running_loop()
        try:
            outcome = await self.poller.poll(source, ask)
        except Exception:
            self._resting[source.number] = loop.time() + REST
            raise
        self._resting.pop(source.number, None)
        if outcome.error:
            log.warning("%s", outcome.error)

    async def _watch_seeds(self, hints: Hints) -> None:
        async for places in watch(self.poller.seeds_root, self.stop):
            hints.add(places)

    async def _follow_hints(self, hints: Hints) -> None:
        """Poll the directory as soon as something changes in it; again after a rest where that goes wrong."""
        while True:
            await hints.wait()
            if not await self._told(self._poll_seeds()):
                await asyncio.sleep(REST)
                hints.add([EVERYTHING])

    async def _poll_seeds(self) -> None:
        source = await self.poller.store.read(sources.find_source_by_url, SEEDS.url)
        if source is not None:
            await self._poll(source, Ask(hinted=True))

    async def _follow_configuration(self) -> None:
        """Put changed settings in force; what the store refuses to keep is tried again at the next tick."""
        self.configuration.refresh(SETTLE)
        problem = self.configuration.problem
        if problem != self._told_problem:
            await self.poller.store.write(notices.set_notice, CONFIG_NOTICE, problem, self.poller.clock())
            self._told_problem = problem
        settings, before = self.configuration.settings, self._followed
        if settings == before:
            return
        await self.poller.store.write(sync_declared, settings)
        self._followed = settings
        if _needs_restart(settings, before):
            log.info("the settings have changed; starting again with them")
            self.again = True
            self.stop.set()

    async def _told(self, work: Coroutine[Any, Any, None]) -> bool:
        """Await `work`, return whether it went well; an error is a line in the log, even an unexpected one.

        A damaged store ends it all: to go on writing to it could make it worse.
        """
        try:
            await work
            return True
        except StoreCorruptError as error:
            self._damage = error
            self.stop.set()
        except FeedsError as error:
            self._tell(str(error))
        except Exception as error:
            self._tell(f"unexpected {type(error).__name__}: {error}", error)
        return False

    def _tell(self, line: str, unexpected: Exception | None = None) -> None:
        """Log an error, the same one again after a rest only: a tick may meet it twice a second."""
        now = asyncio.get_running_loop().time()
        self._told_errors = {told: when for told, when in self._told_errors.items() if when > now - REST}
        if line not in self._told_errors:
            self._told_errors[line] = now
            log.error("%s", line, exc_info=unexpected if log.isEnabledFor(logging.DEBUG) else None)


class _Work(NamedTuple):
    """What there is to do."""

    is_asked: bool  #: somebody waits for a refresh
    due: Sequence[Source]
    has_pages: bool  #: pages that files name are due
    hubs: deliveries.HubWork
    desk: DeskNeeds


def _find_work(db: Transaction, now: datetime) -> _Work:
    """Ask what a tick asks: all of it in indexes, twice a second."""
    return _Work(
        polls.has_queued_refresh(db),
        sources.due_sources(db, now),
        bool(pages.due_pages(db, now, 1)),
        deliveries.find_work(db, now),
        find_needs(db, now),
    )


def _needs_restart(settings: Settings, before: Settings) -> bool:
    """Whether what a running poller was made of has changed."""
    one, other = ((each.fetch, each.seeds, each.websub, each.base_url) for each in (settings, before))
    return one != other
