"""What hubs sent, in the order it came, until it is taken in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, exists, literal, select, union_all

from feeds.model import Delivery, Source
from feeds.store.database import Transaction
from feeds.store.hub_schema import deliveries, hub_offers, hub_subscriptions
from feeds.store.hubs import change


@dataclass(frozen=True, slots=True)
class HubWork:
    """What there is to do about hubs."""

    has_steps: bool  #: something is to be asked, or to be decided
    waiting: tuple[int, ...]  #: row numbers of the sources whose deliveries wait


def find_work(db: Transaction, now: datetime) -> HubWork:
    """Return what there is to do: two lookups in indexes, so cheap that it can be asked twice a second."""
    is_due = exists(select(hub_offers.c.source_number).where(hub_offers.c.next_step <= now))
    waiting = (
        select(hub_subscriptions.c.source_number)
        .join(deliveries, deliveries.c.subscription_number == hub_subscriptions.c.number)
        .distinct()
    )
    numbers = set(db.scalars(union_all(select(literal(0)).where(is_due), waiting)))  # rows begin with 1
    return HubWork(0 in numbers, tuple(sorted(numbers - {0})))


def find_next(db: Transaction, source: Source) -> Delivery | None:
    """Return what was delivered first of what waits for the source, by whichever of its hubs."""
    statement = (
        select(deliveries)
        .join(hub_subscriptions, hub_subscriptions.c.number == deliveries.c.subscription_number)
        .where(hub_subscriptions.c.source_number == source.number)
        .order_by(deliveries.c.number)
        .limit(1)
    )
    row = db.execute(statement).one_or_none()
    return None if row is None else Delivery(**row._mapping)


def take(db: Transaction, delivery: Delivery) -> None:
    """Let a delivery go, in the transaction that stores what it brought."""
    db.execute(delete(deliveries).where(deliveries.c.number == delivery.number))
    change(db, delivery.subscription_number, last_delivery=delivery.received)


def drop_all(db: Transaction, source: Source) -> None:
    """Let everything go that waits for a source."""
    its_own = select(hub_subscriptions.c.number).where(hub_subscriptions.c.source_number == source.number)
    db.execute(delete(deliveries).where(deliveries.c.subscription_number.in_(its_own)))
