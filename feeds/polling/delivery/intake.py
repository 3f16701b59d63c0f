"""Taking in what hubs deliver (WebSub, section 7): each delivery is a poll for which nobody was asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from feeds.errors import DocumentError, ReaderDownError
from feeds.model import (
    Delivery,
    Document,
    Feed,
    HubOffer,
    OutcomeKind,
    PollOutcome,
    Source,
    SourceState,
)
from feeds.polling import schedule
from feeds.polling.aftermath import find_facts
from feeds.polling.fetch import NO_VALIDATORS
from feeds.polling.poll_feed import SCHEDULED, FeedPoll, count_changes
from feeds.polling.reading import Job, Reader
from feeds.polling.storing import StoreThread, refusals_told
from feeds.store import Transaction, deliveries, hubs, sources
from feeds.text.urls import public_url

SPACING = timedelta(seconds=10)  # between two polls that a hub calls for, however often it calls


@dataclass(frozen=True, slots=True)
class _Waiting:
    """The next delivery of a source, and what it meets."""

    source: Source
    state: SourceState
    offer: HubOffer | None
    delivery: Delivery

    @property
    def document(self) -> Document:
        """The delivery as if it had been fetched: relative addresses in it mean the same."""
        base = self.offer.base if self.offer else public_url(self.source.url)
        return Document(base, self.delivery.body, self.delivery.media_type)


@dataclass(frozen=True)
class Intake:
    """Takes in the deliveries of one source, in the order they came."""

    store: StoreThread
    reader: Reader
    policy: schedule.Policy
    clock: Callable[[], datetime]

    async def take_all(self, number: int) -> list[PollOutcome]:
        """Take in everything that waits for a source, each in a transaction; raises ReaderDownError."""
        outcomes: list[PollOutcome] = []
        while (waiting := await self.store.read(_find_waiting, number)) is not None:
            outcomes += await self._take(waiting)
        return outcomes

    async def _take(self, waiting: _Waiting) -> list[PollOutcome]:
        if not waiting.source.is_polled:  # paused or retired meanwhile: the hub is being told
            await self.store.write(deliveries.drop_all, waiting.source)
            return []
        poll = DeliveredPoll(waiting.source, waiting.state, SCHEDULED, waiting.delivery.received)
        if not waiting.delivery.body.strip():
            await self.store.write(poll.keep_call, waiting.delivery, self.clock())
            return []
        try:
            feed = await self._read(waiting)
            with refusals_told(waiting.source.url):
                return [
                    await self.store.write(
                        poll.keep_delivery, waiting.delivery, feed, self.policy, self.clock()
                    )
                ]
        except ReaderDownError:
            raise
        except DocumentError as error:
            return [await self.store.write(poll.keep_unusable, waiting.delivery, error, self.clock())]

    async def _read(self, waiting: _Waiting) -> Feed:
        job = Job(waiting.document, waiting.source.key, waiting.source.url)
        [answer] = await self.reader.read([job])
        if isinstance(answer, DocumentError):
            raise answer
        return answer.feed


def _find_waiting(db: Transaction, number: int) -> _Waiting | None:
    source = sources.find_source_by_number(db, number)
    delivery = deliveries.find_next(db, source) if source else None
    if source is None or delivery is None:
        return None
    return _Waiting(source, sources.find_state(db, source), hubs.find_offer(db, source), delivery)


class DeliveredPoll(FeedPoll):
    """What a hub delivered of one feed, between reading it and the transaction that keeps it.

    It tells nothing about the feed's server: validators, failures and a Retry-After stay as they are. Nor
    does it tell what the feed says of itself, for it may be a part of it only.
    """

    def keep_delivery(
        self, db: Transaction, delivery: Delivery, feed: Feed, policy: schedule.Policy, now: datetime
    ) -> PollOutcome:
        """Store what was delivered, in one transaction: entries, schedule, record; the delivery goes."""
        self.state = sources.find_state(db, self.source)  # it may have been scheduled anew since it was read
        recognized, changes = self._find_changes(db, feed, now)
        self._store_entries(db, recognized, changes, now)
        deliveries.take(db, delivery)
        hubs.trust_again(db, delivery.subscription_number, now)
        state = replace(self.state, last_success=now, first_success=self.state.first_success or now)
        if changes.modified:  # perhaps by what is older than the last poll: the next one compares it all
            state = replace(state, validators=NO_VALIDATORS, body_hash=None)
        if not self._is_due(now) and not self.is_called and hubs.is_trusted(db, self.source, now):
            decision = self._put_off(policy, now)
            state = replace(state, next_poll=decision.when, rule=decision.rule)
        outcome = self._tell_delivery(delivery, "changed" if changes else "unchanged", now)
        return self._record(db, count_changes(outcome, changes), state)

    def keep_call(self, db: Transaction, delivery: Delivery, now: datetime) -> None:
        """Have the source polled at once: the hub said that there is something new, and not what."""
        deliveries.take(db, delivery)
        hubs.trust_again(db, delivery.subscription_number, now)
        sources.save_state(db, self.source, self._call_poll(db, delivery, now))

    def keep_unusable(
        self, db: Transaction, delivery: Delivery, error: DocumentError, now: datetime
    ) -> PollOutcome:
        """Drop what cannot be read or stored, say so in the record, and have the source polled instead."""
        deliveries.take(db, delivery)
        state = self._call_poll(db, delivery, now)
        outcome = self._tell_delivery(delivery, "failed", now)
        words = f"{public_url(self.source.url)}: what its hub delivered cannot be used: {error.reason}"
        return self._record(db, replace(outcome, error=words), state)

    def _call_poll(self, db: Transaction, delivery: Delivery, now: datetime) -> SourceState:
        """Return the state with the poll that a hub calls for.

        What that finds new is nothing that the hub has kept from us.
        """
        self.state = sources.find_state(db, self.source)
        hubs.excuse(db, delivery.subscription_number)
        earliest = [self.state.last_poll and self.state.last_poll + SPACING, self.state.retry_after]
        when = max([now, *filter(None, earliest)])
        if self.state.next_poll is None or when < self.state.next_poll:
            return replace(self.state, next_poll=when, rule=schedule.TOLD)
        return self.state

    def _is_due(self, now: datetime) -> bool:
        return self.state.next_poll is None or self.state.next_poll <= now

    def _put_off(self, policy: schedule.Policy, now: datetime) -> schedule.Decision:
        """Return the next poll, counted from the last one: however much is delivered, it comes."""
        facts = find_facts(self.source, self.state, is_delivered=True)
        return schedule.next_poll(self.state.last_poll or now, policy, facts, key=self.source.key)

    def _tell_delivery(self, delivery: Delivery, kind: OutcomeKind, now: datetime) -> PollOutcome:
        return replace(self.outcome(kind, now), size=len(delivery.body), delivered=True)
