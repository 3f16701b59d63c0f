"""Making sure that a subscriber meant what was asked of our hub in its name (WebSub, section 5.3)."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from feeds.errors import FetchError, RefusedError
from feeds.model import Announcement, Site, SubscriberRequest
from feeds.polling.network import Network
from feeds.polling.publishing.attempts import MOST_VERIFICATIONS, Attempt, judge
from feeds.polling.storing import StoreThread
from feeds.store import Transaction, subscriber_requests, subscribers
from feeds.store.announcements import log_announcement
from feeds.syndication.topics import find_topic

CHALLENGE_BYTES = 32
NOT_SERVED = "There is no such feed here any more."


@dataclass(frozen=True)
class Verifier:
    """Asks callbacks whether a request was meant, and grants what was."""

    store: StoreThread
    network: Network
    site: Callable[[], Site]
    clock: Callable[[], datetime]

    async def verify(self, request: SubscriberRequest) -> None:
        """Ask once, and keep what came of it; raises StoreError."""
        refusal = await self.store.read_together(find_refusal, self.site(), request)
        attempt = await (self._ask(request) if refusal is None else self._deny(request, refusal))
        await self.store.write_together(keep_answer, request, attempt, self.clock())

    async def _ask(self, request: SubscriberRequest) -> Attempt:
        challenge = secrets.token_urlsafe(CHALLENGE_BYTES)
        fields = {"hub.mode": request.mode, "hub.topic": request.topic, "hub.challenge": challenge}
        if request.mode == "subscribe":
            fields["hub.lease_seconds"] = str(request.lease // timedelta(seconds=1))
        try:
            answer = await self.network.call(add_fields(request.callback, fields))
        except FetchError as error:
            return Attempt(error.reason, is_over=isinstance(error, RefusedError))
        attempt = judge(answer, self.clock())
        if answer.status >= 500:
            return attempt
        if attempt.is_done and answer.body == challenge.encode():
            return replace(attempt, result="confirmed")
        return replace(attempt, result=f"did not confirm it ({attempt.result})", is_done=False, is_over=True)

    async def _deny(self, request: SubscriberRequest, reason: str) -> Attempt:
        """Tell a subscriber that nothing will be delivered (section 5.2); nothing depends on its answer."""
        fields = {"hub.mode": "denied", "hub.topic": request.topic, "hub.reason": reason}
        try:
            await self.network.call(add_fields(request.callback, fields))
        except FetchError as error:
            return Attempt(f"refused, and could not be told: {error.reason}", is_over=True)
        return Attempt(f"refused: {reason}", is_over=True)


def add_fields(callback: str, fields: dict[str, str]) -> str:
    """Return a callback with these parameters behind those of its own (section 5.3)."""
    mark = "?" if "?" not in callback else "" if callback[-1] in "?&" else "&"
    return f"{callback}{mark}{urlencode(fields)}"


# --- Transactions -----------------------------------------------------------------------------------


def find_refusal(db: Transaction, site: Site, request: SubscriberRequest) -> str | None:
    """Return in one line why there is nothing to subscribe to; who unsubscribes is always heard."""
    if request.mode == "unsubscribe":
        return None
    if find_topic(db, site, request.topic) is None:
        return NOT_SERVED
    return subscriber_requests.find_refusal(db, request)


def keep_answer(db: Transaction, request: SubscriberRequest, attempt: Attempt, now: datetime) -> None:
    """Do what was asked, if it was meant; ask again later where the callback could not be reached.

    What has been asked for meanwhile, for the same topic and callback, is left to itself.
    """
    if not subscriber_requests.is_still_asked(db, request):
        return
    failures = request.failures + 1
    retry = None
    if not (attempt.is_done or attempt.is_over) and failures < MOST_VERIFICATIONS:
        retry = attempt.find_retry(failures, now)
        subscriber_requests.put_off_request(db, request, retry)
    else:
        subscriber_requests.drop_request(db, request)
    if attempt.is_done:
        (subscribers.grant if request.mode == "subscribe" else _remove)(db, request, now)
    result = f"{request.mode}: {attempt.result}"
    log_announcement(db, Announcement(now, "verification", request.host, request.topic, result, retry))


def _remove(db: Transaction, request: SubscriberRequest, now: datetime) -> None:
    subscribers.remove(db, request)
