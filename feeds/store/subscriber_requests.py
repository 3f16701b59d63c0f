"""What is asked of our own hub (WebSub): the web records it, the poller makes sure that it was meant."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Table, delete, func, select, update

from feeds.model import Subscriber, SubscriberRequest
from feeds.store.database import Transaction, insert
from feeds.store.identifiers import find_key
from feeds.store.subscriber_schema import subscriber_requests, subscribers

MOST_SUBSCRIBERS = 5_000
MOST_OF_HOST = 500  # of them with callbacks at one host
MOST_WAITING = 500  # requests that are not verified yet
MOST_WAITING_OF_HOST = 100
MOST_AT_HOST = 2  # requests to one host under way
UNVERIFIED = timedelta(hours=1)  # after which a request is dropped, whatever hindered

FULL = "This hub has as many subscribers as it can serve."
FULL_OF_HOST = "This hub has as many subscribers at this host as it serves."
BUSY = "Too many requests wait to be verified; ask again later."

REQUEST_COLUMNS = [
    column.name for column in subscriber_requests.c if column.name not in ("key", "lease", "next_try")
]


def find_subscription_key(one: SubscriberRequest | Subscriber) -> str:
    """Return what a subscription is known by: there is one for a topic and a callback (section 5.1)."""
    return find_key(f"{one.topic}\n{one.callback}")


# --- The web's side ---------------------------------------------------------------------------------


def record_request(db: Transaction, request: SubscriberRequest) -> str | None:
    """Keep a request until the poller verifies it; return in one line why there is no room for it.

    It takes the place of one for the same topic and callback. What it would change stays as it is until it
    is verified.
    """
    key = find_subscription_key(request)
    refusal = find_refusal(db, request) or _find_crowd(db, request, key)
    if refusal is None:
        row = _row(request) | {"key": key, "next_try": request.asked}
        db.execute(
            insert(db, subscriber_requests)
            .values(row)
            .on_conflict_do_update(index_elements=[subscriber_requests.c.key], set_=row)
        )
    return refusal


def find_refusal(db: Transaction, request: SubscriberRequest) -> str | None:
    """Return in one line why the hub takes no more subscribers; who is subscribed may always ask again."""
    key = find_subscription_key(request)
    is_known = db.scalar(select(subscribers.c.number).where(subscribers.c.key == key)) is not None
    if is_known or request.mode == "unsubscribe":
        return None
    if _count(db, subscribers, subscribers.c.host == request.host) >= MOST_OF_HOST:
        return FULL_OF_HOST
    return FULL if _count(db, subscribers) >= MOST_SUBSCRIBERS else None


def _find_crowd(db: Transaction, request: SubscriberRequest, key: str) -> str | None:
    others = subscriber_requests.c.key != key
    of_host = _count(db, subscriber_requests, others, subscriber_requests.c.host == request.host)
    is_crowd = of_host >= MOST_WAITING_OF_HOST or _count(db, subscriber_requests, others) >= MOST_WAITING
    return BUSY if is_crowd else None


def _count(db: Transaction, table: Table, *where: ColumnElement[bool]) -> int:
    return db.execute(select(func.count()).select_from(table).where(*where)).scalar_one()


def _row(request: SubscriberRequest) -> dict[str, Any]:
    fields = {name: value for name, value in asdict(request).items() if name != "number"}
    return fields | {"lease": request.lease // timedelta(seconds=1)}


# --- The poller's side ------------------------------------------------------------------------------


def due_requests(
    db: Transaction, now: datetime, busy: Collection[str], limit: int, but: Collection[int] = ()
) -> list[SubscriberRequest]:
    """Return what is to be verified, of each host that is not `busy` the first two.

    The numbers in `but` are left out.
    """
    is_due = subscriber_requests.c.next_try <= now
    first = first_of_each_host(subscriber_requests, is_due, busy, but, limit)
    return [_read(row) for row in db.execute(first)]


def first_of_each_host(
    table: Table, is_due: ColumnElement[bool], busy: Collection[str], but: Collection[int], limit: int
) -> Select[Any]:
    """Select what is due of each host: a host that hangs, whatever waits for it, holds up no other."""
    order = (table.c.failures, table.c.next_try, table.c.number)
    place = func.row_number().over(partition_by=table.c.host, order_by=order).label("place")
    ranked = (
        select(table.c.number, place)
        .where(is_due, table.c.host.not_in(busy), table.c.number.not_in(but))
        .subquery()
    )
    first = select(table).join(ranked, ranked.c.number == table.c.number)
    return first.where(ranked.c.place <= MOST_AT_HOST).order_by(*order).limit(limit)


def _read(row: Row[Any]) -> SubscriberRequest:
    facts = {name: getattr(row, name) for name in REQUEST_COLUMNS}
    return SubscriberRequest(**facts, lease=timedelta(seconds=row.lease))


def is_still_asked(db: Transaction, request: SubscriberRequest) -> bool:
    """Whether nothing else has been asked for this topic and callback since the request was read."""
    statement = select(subscriber_requests.c.number).where(*_is_it(request)).with_for_update()
    return db.scalar(statement) is not None


def drop_request(db: Transaction, request: SubscriberRequest) -> None:
    """Let a request go: it was verified, or will never be."""
    db.execute(delete(subscriber_requests).where(*_is_it(request)))


def put_off_request(db: Transaction, request: SubscriberRequest, next_try: datetime) -> None:
    """Have a request verified later, as the callback could not be reached."""
    changed = {"failures": request.failures + 1, "next_try": next_try}
    db.execute(update(subscriber_requests).where(*_is_it(request)).values(changed))


def _is_it(request: SubscriberRequest) -> tuple[ColumnElement[bool], ...]:
    known = subscriber_requests.c
    return known.number == request.number, known.asked == request.asked
