"""Telling hubs of others which of our feeds have changed; they come and look for themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from feeds.errors import FetchError
from feeds.model import Announcement, PingedHub, Site
from feeds.polling.network import Network
from feeds.polling.publishing.attempts import Attempt, judge
from feeds.polling.storing import StoreThread
from feeds.store import Transaction, pings
from feeds.store.announcements import log_announcement
from feeds.syndication.topics import list_topics
from feeds.text.urls import public_url

SPACING = timedelta(minutes=1)  # from a ping that told a hub of everything until the next
MOST_VIEWS = 50  # that one ping tells of; the others follow at once


@dataclass(frozen=True, slots=True)
class News:
    """What a hub is to be told."""

    views: Sequence[tuple[str, int]]  #: key and revision
    topics: Sequence[str]


@dataclass(frozen=True)
class Pinger:
    """Tells hubs what is new, many feeds at a time."""

    store: StoreThread
    network: Network
    site: Callable[[], Site]
    clock: Callable[[], datetime]

    async def ping(self, hub: PingedHub) -> None:
        """Tell a hub once, and keep what came of it; raises StoreError."""
        news = await self.store.read(find_news, self.site(), hub)
        attempt = await self._post(hub, news.topics) if news.topics else None
        await self.store.write(keep_attempt, hub, news, attempt, self.clock())

    async def _post(self, hub: PingedHub, topics: Sequence[str]) -> Attempt:
        form = [("hub.mode", "publish"), *(("hub.url", topic) for topic in topics)]
        try:
            return judge(await self.network.post(hub.hub, form), self.clock())
        except FetchError as error:
            return Attempt(error.reason)


def find_news(db: Transaction, site: Site, hub: PingedHub) -> News:
    """Return what has changed since the hub was told; nobody is told of what is private."""
    views = pings.list_untold(db, hub.hub, MOST_VIEWS)
    return News(views, [topic for key, _ in views for topic in list_topics(db, site, key)])


def keep_attempt(db: Transaction, hub: PingedHub, news: News, attempt: Attempt | None, now: datetime) -> None:
    """Keep what came of a ping; without an attempt there was nothing to tell."""
    if attempt is None:
        pings.keep_told(db, hub, news.views, now)
        return
    retry = None
    if attempt.is_done:
        is_all = len(news.views) < MOST_VIEWS
        pings.keep_told(db, replace(hub, last_ping=now), news.views, now + SPACING if is_all else now)
    else:
        retry = attempt.find_retry(hub.failures + 1, now)
        pings.put_off_ping(db, hub, attempt.result, retry)
    subject = news.topics[0] if len(news.topics) == 1 else f"{len(news.topics)} feeds"
    log_announcement(db, Announcement(now, "ping", public_url(hub.hub), subject, attempt.result, retry))
