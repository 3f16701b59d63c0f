"""Delivering an edition to a subscriber of our hub (WebSub, section 7)."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from feeds.errors import FetchError
from feeds.model import Announcement, Site, Subscriber
from feeds.polling.network import Network
from feeds.polling.publishing.attempts import MOST_FAILURES, Attempt, judge
from feeds.polling.publishing.carrying import Load
from feeds.polling.storing import StoreThread
from feeds.store import Transaction, subscribers
from feeds.store.announcements import log_announcement
from feeds.syndication.editions import Edition, Editions
from feeds.syndication.topics import find_topic, write_links


@dataclass(frozen=True)
class Sender:
    """Sends subscribers the editions they have not got."""

    store: StoreThread
    network: Network
    editions: Editions
    site: Callable[[], Site]
    clock: Callable[[], datetime]
    load: Load = field(default_factory=Load)

    async def send(self, subscriber: Subscriber) -> None:
        """Deliver the edition of now, once, and keep what came of it; raises StoreError.

        Nothing is sent where the subscriber has got it, or the feed is not served any more.
        """
        async with self.load.carry(partial(self._find_news, subscriber)) as edition:
            attempt = None if edition is None else await self._post(subscriber, edition)
        if edition is None or attempt is None:
            await self.store.write_together(subscribers.leave, subscriber, self.clock())
        else:
            await self.store.write_together(keep_attempt, subscriber, edition.etag, attempt, self.clock())

    async def _find_news(self, subscriber: Subscriber) -> Edition | None:
        topic = await self.store.read_together(find_topic, self.site(), subscriber.topic)
        if topic is None:
            return None
        # In a thread: what it takes to render a feed must hold up no poll.
        edition = await asyncio.to_thread(self.editions.find, topic.view, topic.format, self.clock())
        return None if edition.etag == subscriber.etag else edition

    async def _post(self, subscriber: Subscriber, edition: Edition) -> Attempt:
        headers = {
            "Content-Type": f"{edition.media_type}; charset=utf-8",
            "Link": write_links(self.site().hubs, subscriber.topic),
        }
        if subscriber.secret is not None:
            headers["X-Hub-Signature"] = sign(subscriber.secret, edition.body)
        try:
            answer = await self.network.call(subscriber.callback, headers, edition.body)
        except FetchError as error:
            return Attempt(error.reason)
        return judge(answer, self.clock())


def sign(secret: str, body: bytes) -> str:
    """Return the signature by which a subscriber knows that it was us (section 8)."""
    return f"sha256={hmac.new(secret.encode(), body, 'sha256').hexdigest()}"


def keep_attempt(db: Transaction, subscriber: Subscriber, etag: str, attempt: Attempt, now: datetime) -> None:
    """Keep what came of a delivery: it was taken, is tried again, or was the last."""
    failures = subscriber.failures + 1
    result, retry = attempt.result, None
    if attempt.is_done:
        subscribers.keep_delivery(db, subscriber, etag, now)
    elif attempt.is_over or failures >= MOST_FAILURES:
        result += ": the subscription has ended" if subscribers.end(db, subscriber) else ""
    else:
        retry = attempt.find_retry(failures, now)
        subscribers.put_off(db, subscriber, result, retry)
    log_announcement(db, Announcement(now, "delivery", subscriber.host, subscriber.topic, result, retry))
