"""Word of what is new in our feeds (WebSub): to the subscribers of our hub, and to hubs of others."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Coroutine, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from importlib.metadata import version
from typing import Any, Literal, NamedTuple, TypeAlias

from feeds.config import Settings
from feeds.daemon.delivering import Start
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
GATHER = 5.0  # seconds between looks at whether other hubs are to be told: one ping tells them of many polls
REST = 60.0  # seconds until something is tried again that went wrong in an unexpected way
SPACING = 0.1  # seconds between starts of requests to one host: strangers may have named it
LONGEST_CALL = 15.0  # seconds for a callback to answer
MOST_ANSWER_BYTES = 4096  # a challenge
MOST_EDITION_BYTES = 8 * 1024 * 1024  # kept at hand, all together

Kind: TypeAlias = Literal["verification", "delivery", "ping"]
Work: TypeAlias = Callable[[], Coroutine[Any, Any, None]]
Job: TypeAlias = tuple[Kind, int | str]  # with the row number, or the hub

#: Requests under way; who asks to be subscribed must not take the turns of those who are.
MOST_AT_ONCE: dict[Kind, int] = {"verification": 8, "delivery": 16, "ping": 8}


@dataclass
class Publishing:
    """Looks again and again whether somebody is to be told something, and waits for none of it."""

    poller: Poller
    settings: Callable[[], Settings]  #: in force now: editions are those that the web server makes of them
    start: Start  #: runs work beside the rest
    _running: set[Job] = field(default_factory=set)
    _hosts: Counter[str] = field(default_factory=Counter)  # how many requests are under way at each
    _resting: dict[Job, float] = field(default_factory=dict)  # -> loop time
    _next_gathering: float = 0.0

    async def run(self) -> None:
        """Tell what is new until cancelled; there is nothing to do where no hub is advertised."""
        while not await self.start(self._run()):
            await asyncio.sleep(REST)

    async def _run(self) -> None:
        store, clock = self.poller.store, self.poller.clock
        identity = await store.write(_begin, self.settings(), clock())
        if not self.settings().hubs:
            return

        def site() -> Site:
            return self.settings().describe_site(*identity)

        # A network of its own: whoever hangs takes the seat of no poll.
        async with Network(publishing_policy(self.poller.network.policy)) as network:
            editions = Editions(store.store, site, version("feeds"), MOST_EDITION_BYTES)
            verifier = Verifier(store, network, site, self.poller.clock)
            sender = Sender(store, network, editions, site, self.poller.clock)
            pinger = Pinger(store, network, site, self.poller.clock)
            while True:
                await self.start(self._look(verifier, sender, pinger))
                await asyncio.sleep(LOOK)

    async def _look(self, verifier: Verifier, sender: Sender, pinger: Pinger) -> None:
        """Begin what there is to do; what has changed meanwhile is found at the next look."""
        loop_time = asyncio.get_running_loop().time()
        self._resting = {job: until for job, until in self._resting.items() if until > loop_time}
        is_gathered = loop_time >= self._next_gathering
        if is_gathered:
            self._next_gathering = loop_time + GATHER
        store, now = self.poller.store, self.poller.clock()
        under_way = set(self._running)  # what is read of it now may be old news when it is looked at
        busy = [host for host, count in self._hosts.items() if count >= MOST_AT_HOST]
        due = await store.read(_find_work, now, busy, is_gathered)
        if due.has_expired:
            await store.write(subscribers.expire, now)
        if due.has_news:
            await store.write(subscribers.notice, now)
        for job, host, begin in _list_jobs(due, verifier, sender, pinger):
            if job not in under_way:
                self._begin(job, host, begin)

    def _begin(self, job: Job, host: str, work: Work) -> None:
        """Start one piece of work, unless it runs or rests, or as many run as may."""
        kind = job[0]
        at_once = sum(running[0] == kind for running in self._running)
        if job in self._running or job in self._resting:
            return
        if at_once >= MOST_AT_ONCE[kind] or self._hosts[host] >= MOST_AT_HOST:
            return
        self._running.add(job)
        self._hosts[host] += 1

        def end(task: asyncio.Task[bool]) -> None:
            self._running.discard(job)
            self._hosts -= Counter([host])
            if task.cancelled() or not task.result():
                self._resting[job] = task.get_loop().time() + REST

        self.start(work()).add_done_callback(end)


def publishing_policy(policy: FetchPolicy) -> FetchPolicy:
    """Return how callbacks are asked: by the owner's guard, and for less than a publisher."""
    return replace(
        policy,
        total_timeout=min(policy.total_timeout, LONGEST_CALL),
        max_body_bytes=MOST_ANSWER_BYTES,
        concurrency=sum(MOST_AT_ONCE.values()),
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


def _find_work(db: Transaction, now: datetime, busy: Collection[str], is_gathered: bool) -> _Due:
    return _Due(
        subscribers.has_expired(db, now),
        subscribers.has_news(db),
        subscriber_requests.due_requests(db, now, busy, MOST_AT_ONCE["verification"]),
        subscribers.due_deliveries(db, now, busy, MOST_AT_ONCE["delivery"]),
        pings.due_hubs(db, now) if is_gathered else (),
    )


def _list_jobs(
    due: _Due, verifier: Verifier, sender: Sender, pinger: Pinger
) -> Iterator[tuple[Job, str, Work]]:
    """Yield each piece of work with its name and the host that it calls."""
    for request in due.requests:
        yield ("verification", request.number), request.host, partial(verifier.verify, request)
    for subscriber in due.deliveries:
        yield ("delivery", subscriber.number), subscriber.host, partial(sender.send, subscriber)
    for hub in due.hubs:
        yield ("ping", hub.hub), hub.hub, partial(pinger.ping, hub)


def _begin(db: Transaction, settings: Settings, now: datetime) -> tuple[str, datetime]:
    """Know the hubs of these settings and no others; return the identity of the site."""
    pings.follow_hubs(db, [hub for hub in settings.hubs if hub != settings.own_hub], now)
    return ensure_site(db, settings.base_url, now)
