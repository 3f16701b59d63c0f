"""Hubs (WebSub) from the web's side: what they ask, and what they send.

Facts are recorded here; what follows from them is decided by the poller, which is made to look at once.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update

from feeds.model import HubSubscription
from feeds.store.database import Transaction
from feeds.store.hub_schema import deliveries, hub_subscriptions
from feeds.store.hubs import change, find_one, look_at

MOST_WAITING = 100  # deliveries of one subscription that nobody has taken in
MOST_BYTES_WAITING = 20_000_000  # in their bodies; one more is taken as long as it is not reached


def find_by_secret(db: Transaction, secret: str) -> HubSubscription | None:
    """Return the subscription whose callback ends so."""
    return find_one(db, select(hub_subscriptions).where(hub_subscriptions.c.secret == secret))


def grant(db: Transaction, known: HubSubscription, lease: timedelta, now: datetime) -> bool:
    """Keep that the hub delivers from now on; return whether we still want it to."""
    first = {} if known.is_leased(now) else {"checked": False, "missed": None}
    granted = {"state": "verified", "granted": now, "lease_end": now + lease, "failures": 0}
    return _progress(db, known, granted | first | {"last_error": None}, now)


def end(db: Transaction, known: HubSubscription, now: datetime) -> bool:
    """Keep that the hub delivers no more, as it was asked; return whether that is still so."""
    return _progress(db, known, {"state": "ended", "granted": None, "lease_end": None}, now)


def deny(db: Transaction, known: HubSubscription, reason: str | None, now: datetime) -> bool:
    """Keep that the hub will not deliver, now or any more."""
    if known.mode == "unsubscribe":
        return end(db, known, now)
    denied = {"state": "denied", "granted": None, "lease_end": None, "last_error": reason}
    return _progress(db, known, denied, now)


def _progress(db: Transaction, known: HubSubscription, values: dict[str, Any], now: datetime) -> bool:
    """Store values, unless the poller has decided otherwise since `known` was read."""
    changed = db.execute(
        update(hub_subscriptions)
        .where(hub_subscriptions.c.number == known.number)
        .where(hub_subscriptions.c.mode == known.mode, hub_subscriptions.c.state == known.state)
        .values(values | {"next_step": None})
    )
    if not changed.rowcount:
        return False
    look_at(db, known.number, now)
    return True


def reject(db: Transaction, known: HubSubscription) -> None:
    """Count a delivery that was not signed by the hub."""
    change(db, known.number, rejected=hub_subscriptions.c.rejected + 1)


def record_delivery(
    db: Transaction, known: HubSubscription, media_type: str | None, body: bytes, now: datetime
) -> bool:
    """Keep what a hub sent until the poller takes it in; return False where too much waits already."""
    sizes = select(func.count(), func.coalesce(func.sum(func.length(deliveries.c.body)), 0))
    waiting, size = db.execute(sizes.where(deliveries.c.subscription_number == known.number)).one()
    if waiting >= MOST_WAITING or size >= MOST_BYTES_WAITING:
        return False
    row = {"subscription_number": known.number, "received": now, "media_type": media_type, "body": body}
    db.execute(deliveries.insert().values(row))
    return True
