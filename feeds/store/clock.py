"""What was put off by a clock that has been set back since."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, ColumnElement, delete, or_, type_coerce, update

from feeds.store.columns import EPOCH, MICROSECOND
from feeds.store.database import Transaction
from feeds.store.hub_schema import hub_offers, hub_subscriptions
from feeds.store.ledger_schema import pages
from feeds.store.schema import host_pauses, source_states
from feeds.store.subscriber_schema import pinged_hubs, subscriber_requests, subscribers

#: Failures and the wish of its host put a page off for a week at most, and so a subscriber or a hub.
LONGEST_WAIT = timedelta(days=8)


def follow(db: Transaction, now: datetime) -> None:
    """Let every wait count from now that began in the future: the clock has been set back since.

    Else a source that is polled every hour would not be polled again until it is as late once more.
    """
    states = source_states.c
    ahead = _number(states.last_poll) - (now - EPOCH) // MICROSECOND
    put_off = {column: _number(column) - ahead for column in (states.next_poll, states.retry_after)}
    db.execute(update(source_states).where(states.last_poll > now).values({**put_off, states.last_poll: now}))
    far = pages.c.next_fetch > now + LONGEST_WAIT
    db.execute(update(pages).where(far).values(next_fetch=now, retry_after=None))
    db.execute(delete(host_pauses).where(host_pauses.c.until > now + LONGEST_WAIT))
    _follow_leases(db, now)
    _follow_subscribers(db, now)


def _follow_leases(db: Transaction, now: datetime) -> None:
    """Let leases and requests to hubs that began in the future begin now; the poller sees what follows.

    Else a lease would be relied on, and not be asked for again, until it is as late once more.
    """
    known = hub_subscriptions.c
    begun = or_(known.granted > now, known.asked > now)
    db.execute(update(hub_subscriptions).where(begun).values(next_step=None))
    ahead = _number(known.granted) - (now - EPOCH) // MICROSECOND
    lease = {known.granted: now, known.lease_end: _number(known.lease_end) - ahead}
    db.execute(update(hub_subscriptions).where(known.granted > now).values(lease))
    db.execute(update(hub_subscriptions).where(known.asked > now).values(asked=now))
    db.execute(update(hub_offers).where(hub_offers.c.next_step > now).values(next_step=now))


def _follow_subscribers(db: Transaction, now: datetime) -> None:
    """Let leases that we granted in the future run from now, and put off nothing that we were to tell."""
    known = subscribers.c
    ahead = _number(known.granted) - (now - EPOCH) // MICROSECOND
    lease = {known.granted: now, known.lease_end: _number(known.lease_end) - ahead}
    db.execute(update(subscribers).where(known.granted > now).values(lease))
    far = now + LONGEST_WAIT
    db.execute(update(subscribers).where(known.next_try > far).values(next_try=now))
    db.execute(update(pinged_hubs).where(pinged_hubs.c.next_ping > far).values(next_ping=now))
    asked = {"asked": now, "next_try": now}
    db.execute(update(subscriber_requests).where(subscriber_requests.c.asked > now).values(asked))


def _number(moment: ColumnElement[datetime | None]) -> ColumnElement[int]:
    return type_coerce(moment, BigInteger)
