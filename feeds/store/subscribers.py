"""Who is subscribed at our own hub (WebSub), and what is to be delivered to them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    and_,
    case,
    delete,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    update,
)

from feeds.model import Subscriber, SubscriberRequest
from feeds.store.columns import Moment
from feeds.store.database import Transaction, insert
from feeds.store.subscriber_requests import UNVERIFIED, find_subscription_key, first_of_each_host
from feeds.store.subscriber_schema import subscriber_requests, subscribers
from feeds.store.view_schema import views

MOST_LISTED = 1000

COLUMNS = [column for column in subscribers.c if column.name != "key"]

_NOTICED = select(subscribers.c.view_key, subscribers.c.revision).distinct().subquery()  # in an index
_CHANGED = (
    select(views.c.key, views.c.revision)
    .join(_NOTICED, _NOTICED.c.view_key == views.c.key)
    .where(_NOTICED.c.revision != views.c.revision)
    .distinct()
)

# --- Leases -----------------------------------------------------------------------------------------


def grant(db: Transaction, request: SubscriberRequest, now: datetime) -> None:
    """Subscribe as was asked and verified; a subscription that is there gets the new secret and lease.

    What has changed since it was asked is delivered: it is newer than what the subscriber has seen.
    """
    lease = {"secret": request.secret, "granted": now, "lease_end": now + request.lease}
    known = ("topic", "callback", "host", "view_key", "revision")
    row = {name: getattr(request, name) for name in known} | lease
    row |= {"key": find_subscription_key(request), "failures": 0}
    # Who has just answered can be reached: what waits for that waits no more.
    waiting = case((subscribers.c.next_try.is_not(None), _at(now)), else_=null())
    again = lease | {"failures": 0, "last_error": None, "next_try": waiting}
    db.execute(
        insert(db, subscribers)
        .values(row)
        .on_conflict_do_update(index_elements=[subscribers.c.key], set_=again)
    )


def remove(db: Transaction, request: SubscriberRequest) -> None:
    """Unsubscribe, as was asked and verified."""
    db.execute(delete(subscribers).where(subscribers.c.key == find_subscription_key(request)))


def end(db: Transaction, subscriber: Subscriber) -> bool:
    """End a subscription: the subscriber says so, or has failed for long.

    Return whether it has ended: it may have been renewed meanwhile.
    """
    return db.execute(delete(subscribers).where(*_is_it(subscriber))).rowcount > 0


def expire(db: Transaction, now: datetime) -> None:
    """Let leases go that have ended, and requests that nobody could verify."""
    db.execute(delete(subscribers).where(subscribers.c.lease_end <= now))
    db.execute(delete(subscriber_requests).where(subscriber_requests.c.asked <= now - UNVERIFIED))


def has_expired(db: Transaction, now: datetime) -> bool:
    """Whether there is anything that `expire` lets go."""
    leases = exists().where(subscribers.c.lease_end <= now)
    requests = exists().where(subscriber_requests.c.asked <= now - UNVERIFIED)
    return bool(db.scalar(select(or_(leases, requests))))


# --- What is to be delivered ------------------------------------------------------------------------


def has_news(db: Transaction) -> bool:
    """Whether a view that somebody is subscribed to has changed since that was noticed last."""
    return db.execute(_CHANGED.limit(1)).first() is not None


def notice(db: Transaction, now: datetime) -> None:
    """Have the subscribers of every view that has changed delivered to; who is to be tried later, then."""
    for key, revision in db.execute(_CHANGED).all():
        news = {"revision": revision, "next_try": func.coalesce(subscribers.c.next_try, _at(now))}
        is_theirs = and_(subscribers.c.view_key == key, subscribers.c.revision != revision)
        db.execute(update(subscribers).where(is_theirs).values(news))


def due_deliveries(
    db: Transaction, now: datetime, busy: Collection[str], limit: int, but: Collection[int] = ()
) -> list[Subscriber]:
    """Return to whom something is to be delivered, of each host that is not `busy` the first two.

    Who has not failed comes first; the numbers in `but` are left out.
    """
    is_due = and_(subscribers.c.next_try <= now, subscribers.c.lease_end > now)
    return [_read(row) for row in db.execute(first_of_each_host(subscribers, is_due, busy, but, limit))]


def keep_delivery(db: Transaction, subscriber: Subscriber, etag: str, now: datetime) -> None:
    """Keep which edition the subscriber has got."""
    got = {"etag": etag, "last_delivery": now, "failures": 0, "last_error": None}
    _change(db, subscriber, **got, next_try=_unless_news(subscriber, now))


def leave(db: Transaction, subscriber: Subscriber, now: datetime) -> None:
    """Keep that there is nothing to deliver: the edition is the same, or there is none any more."""
    _change(db, subscriber, next_try=_unless_news(subscriber, now))


def put_off(db: Transaction, subscriber: Subscriber, reason: str, next_try: datetime) -> None:
    """Have a delivery that failed tried again."""
    _change(db, subscriber, failures=subscriber.failures + 1, last_error=reason, next_try=next_try)


def _change(db: Transaction, subscriber: Subscriber, **values: Any) -> None:
    db.execute(update(subscribers).where(*_is_it(subscriber)).values(values))


def _is_it(subscriber: Subscriber) -> tuple[ColumnElement[bool], ...]:
    """Match a subscription as long as it has not been renewed: an attempt before that tells nothing of it."""
    known = subscribers.c
    return known.number == subscriber.number, known.granted == subscriber.granted


def _unless_news(subscriber: Subscriber, now: datetime) -> ColumnElement[Any]:
    """Nothing more is to be delivered, unless the view has changed while that was under way."""
    return case((subscribers.c.revision == subscriber.revision, null()), else_=_at(now))


def _at(now: datetime) -> ColumnElement[Any]:
    return literal(now, Moment)


# --- What is known ----------------------------------------------------------------------------------


def count_subscribers(db: Transaction) -> int:
    """Return how many subscriptions there are."""
    return db.execute(select(func.count()).select_from(subscribers)).scalar_one()


def list_subscribers(db: Transaction, limit: int = MOST_LISTED) -> list[Subscriber]:
    """Return who is subscribed, by host and topic, and no more than `limit`."""
    order = (subscribers.c.host, subscribers.c.topic, subscribers.c.number)
    return [_read(row) for row in db.execute(select(subscribers).order_by(*order).limit(limit))]


def _read(row: Row[Any]) -> Subscriber:
    return Subscriber(**{column.name: getattr(row, column.name) for column in COLUMNS})
