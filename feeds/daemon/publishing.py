"""Word of what is new in our feeds (WebSub): to the subscribers of our hub, and to hubs of others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine, Iterator, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from importlib.metadata import version
from typing import Any, NamedTuple, TypeAlias

from feeds.config import Settings
from feeds.daemon.delivering import Start
from feeds.daemon.under_way import MOST_AT_ONCE, MOST_SLOW, Job, Kind, UnderWay
from feeds.model import PingedHub, Site, Subscriber, SubscriberRequest
from feeds.polling.network import FetchPolicy, Network
from feeds.polling.poll import Poller
from feeds.polling.publishing.pinging import Pinger
from feeds.polling.publishing.sending import Sender
from feeds.polling.publishing.verifying import Verifier
from feeds.store import Transaction, pings, subscriber_requests, subscribers
from feeds.store.site import ensure_site
from feeds.store.subscriber_requests import MOST_AT_HOST
from feeds.syndication.editions import Editions

LOOK = 0.5  # seconds between looks at what there is to do
BREATH = 0.05  # seconds until a look that comes early, as something has ended
GATHER = 5.0  # seconds between looks at whether other hubs are to be told: one ping tells them of many polls
REST = 60.0  # seconds until something is tried again that went wrong in an unexpected way
SPACING = 0.1  # seconds between starts of requests to one host: strangers may have named it
LONGEST_CALL = 15.0  # seconds for a callback to answer
MOST_ANSWER_BYTES = 4096  # a challenge
MOST_EDITION_BYTES = 8 * 1024 * 1024  # kept at hand, all together

Work: TypeAlias = Callable[[], Coroutine[Any, Any, None]]


class Workers(NamedTuple):
    """Who does what there is to do."""

    verifier: Verifier
    sender: Sender
    pinger: Pinger


@dataclass
class Publishing:
    """Looks again and again whether somebody is to be told something, and waits for none of it."""

    poller: Poller
    settings: Callable[[], Settings]  #: in force now: editions are those that the web server makes of them
    start: Start  #: runs work beside the rest
    _under_way: UnderWay = field(default_factory=UnderWay)
    _has_ended: asyncio.Event = field(default_factory=asyncio.Event)
    _next_gathering: float = 0.0

    async def run(self) -> None:
        """Tell what is new until cancelled; there is nothing to do where no hub is advertised."""
        while not await self.start(self._run()):
            await asyncio.sleep(REST)

    async def _run(self) -> None:
        settings = self.settings()
        if not settings.hubs:
            return
        async with AsyncExitStack() as stack:
            workers = await self._open(settings, stack)
            while True:
                await self.start(self._look(workers))
                await self._wait()

    async def _open(self, settings: Settings, stack: AsyncExitStack) -> Workers:
        """Open networks of our own: whoever hangs takes the seat of no poll."""
        store, clock = self.poller.store, self.poller.clock
        identity = await store.write(ensure_site, settings.base_url, clock())

        def site() -> Site:
            return self.settings().describe_site(*identity)

        policy = self.poller.network.policy
        callbacks = await stack.enter_async_context(Network(callback_policy(policy, settings)))
        hubs = await stack.enter_async_context(Network(ping_policy(policy)))
        editions = Editions(store.store, site, version("feeds"), MOST_EDITION_BYTES)
        return Workers(
            Verifier(store, callbacks, site, clock),
            Sender(store, callbacks, editions, site, clock),
            Pinger(store, hubs, site, clock),
        )

    async def _wait(self) -> None:
        """Wait until the next look; as soon as something has ended there may be room for what waits."""
        await asyncio.sleep(BREATH)
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK - BREATH):
                await self._has_ended.wait()
        self._has_ended.clear()

    async def _look(self, workers: Workers) -> None:
        """Begin what there is to do; what has changed meanwhile is found at the next look."""
        loop_time = asyncio.get_running_loop().time()
        is_gathered = loop_time >= self._next_gathering
        if is_gathered:
            self._next_gathering = loop_time + GATHER
        store, now = self.poller.store, self.poller.clock()
        known = self._under_way.list_known(loop_time)  # what is read of it now may be old news
        busy, has_hub = self._under_way.list_busy(), self.settings().own_hub is not None
        due = await store.read(_find_work, now, busy, known, is_gathered, has_hub)
        if due.has_expired:
            await store.write(subscribers.expire, now)
        if due.has_news:
            await store.write(subscribers.notice, now)
        for job, host, begin in _list_jobs(due, workers):
            if job not in known:
                self._begin(job, host, begin)

    def _begin(self, job: Job, host: str, work: Work) -> None:
        """Start one piece of work, if there is room for it."""
        loop = asyncio.get_running_loop()
        if not self._under_way.has_room(job, host, loop.time()):
            return
        self._under_way.begin(job, host, loop.time())

        def end(task: asyncio.Task[bool]) -> None:
            went_well = not task.cancelled() and task.result()
            self._under_way.end(job, None if went_well else loop.time() + REST)
            self._has_ended.set()

        self.start(work()).add_done_callback(end)


def callback_policy(policy: FetchPolicy, settings: Settings) -> FetchPolicy:
    """Return how callbacks are asked, which strangers name: what the owner may ask is not for them."""
    return replace(
        _short(policy, "verification", "delivery"),
        allow_private=False,
        allow_hosts=settings.allowed_callbacks,
        only_listed=settings.is_private,
    )


def ping_policy(policy: FetchPolicy) -> FetchPolicy:
    """Return how hubs of others are told: they are the owner's choice, and in reach of whatever he allows."""
    return _short(policy, "ping")


def _short(policy: FetchPolicy, *kinds: Kind) -> FetchPolicy:
    """Return how to ask for less than a publisher is asked for."""
    return replace(
        policy,
        total_timeout=min(policy.total_timeout, LONGEST_CALL),
        max_body_bytes=MOST_ANSWER_BYTES,
        concurrency=sum(MOST_AT_ONCE[kind] + MOST_SLOW for kind in kinds),
        per_host=MOST_AT_HOST,
        spacing=min(policy.spacing, SPACING),
    )


class _Due(NamedTuple):
    """What there is to do."""

    has_expired: bool
    has_news: bool
    requests: Sequence[SubscriberRequest]
    deliveries: Sequence[Subscriber]
    hubs: Sequence[PingedHub]


def _find_work(
    db: Transaction,
    now: datetime,
    busy: Collection[str],
    known: Collection[Job],
    is_gathered: bool,
    has_hub: bool,
) -> _Due:
    """Ask what there is to do; nothing for subscribers where our own hub is switched off."""

    def numbers(kind: Kind) -> list[int]:
        return [name for its, name in known if its == kind and isinstance(name, int)]

    asked, told = (MOST_AT_ONCE[kind] if has_hub else 0 for kind in ("verification", "delivery"))
    return _Due(
        subscribers.has_expired(db, now),
        subscribers.has_news(db),
        subscriber_requests.due_requests(db, now, busy, asked, numbers("verification")),
        subscribers.due_deliveries(db, now, busy, told, numbers("delivery")),
        pings.due_hubs(db, now) if is_gathered else (),
    )


def _list_jobs(due: _Due, workers: Workers) -> Iterator[tuple[Job, str, Work]]:
    """Yield each piece of work with its name and the host that it calls."""
    for request in due.requests:
        yield ("verification", request.number), request.host, partial(workers.verifier.verify, request)
    for subscriber in due.deliveries:
        yield ("delivery", subscriber.number), subscriber.host, partial(workers.sender.send, subscriber)
    for hub in due.hubs:
        yield ("ping", hub.hub), hub.hub, partial(workers.pinger.ping, hub)
