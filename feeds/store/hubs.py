"""Hubs (WebSub) from the poller's side: what sources offer, and what became of what was asked for."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Collection
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, bindparam, delete, select, update

from feeds.model import HubOffer, HubStanding, HubSubscription, Source
from feeds.store.database import Transaction, insert
from feeds.store.hub_schema import deliveries, hub_offers, hub_subscriptions
from feeds.store.schema import sources
from feeds.store.source_rows import find_sources_by_number
from feeds.store.states import IS_POLLED

OFFER_COLUMNS = [hub_offers.c[name] for name in ("hubs", "topic", "base")]
SUBSCRIPTION_COLUMNS = [column for column in hub_subscriptions.c if column.name != "source_number"]
SECRET_BYTES = 24  # 192 bits, 32 characters: what nobody guesses
KEY_BYTES = 48  # 64 characters; a hub takes fewer than 200 bytes (WebSub, section 5.1)

# Every poll runs these: they are made once.
_OFFER = select(*OFFER_COLUMNS).where(hub_offers.c.source_number == bindparam("source"))
_SUBSCRIPTIONS = (
    select(hub_subscriptions)
    .where(hub_subscriptions.c.source_number == bindparam("source"))
    .order_by(hub_subscriptions.c.number)
)

# --- What sources offer -----------------------------------------------------------------------------


def find_offer(db: Transaction, source: Source) -> HubOffer | None:
    """Return what the source said of its hubs last; None if it has never advertised one."""
    row = db.execute(_OFFER, {"source": source.number}).one_or_none()
    return None if row is None else HubOffer(**row._mapping)


def record_offer(db: Transaction, source: Source, offer: HubOffer, now: datetime) -> None:
    """Keep what the source says of its hubs; where that is new it is looked at at once."""
    known = find_offer(db, source)
    if known == offer or (known is None and not offer.hubs):
        return
    row = {"source_number": source.number, **asdict(offer), "next_step": now}
    db.execute(
        insert(db, hub_offers)
        .values(row | {"followed": True, "trusted": False})
        .on_conflict_do_update(index_elements=[hub_offers.c.source_number], set_=row)
    )


def look_at_all(db: Transaction, now: datetime) -> None:
    """Have every source that has ever advertised a hub looked at: other settings may be in force."""
    db.execute(update(hub_offers).values(next_step=now))


def look_at(db: Transaction, number: int, now: datetime) -> None:
    """Have the source of one subscription looked at."""
    its_source = select(hub_subscriptions.c.source_number).where(hub_subscriptions.c.number == number)
    is_its_own = hub_offers.c.source_number == its_source.scalar_subquery()
    db.execute(update(hub_offers).where(is_its_own).values(next_step=now))


def look_at_changed(db: Transaction, now: datetime) -> None:
    """Have the sources looked at that were paused, resumed, retired or taken up again since the last time."""
    if numbers := find_changed(db):
        db.execute(update(hub_offers).where(hub_offers.c.source_number.in_(numbers)).values(next_step=now))


def find_changed(db: Transaction, limit: int = 500) -> list[int]:
    """Return the row numbers of sources that are polled now and were not, or were and are not."""
    statement = (
        select(hub_offers.c.source_number)
        .join(sources, sources.c.number == hub_offers.c.source_number)
        .where(hub_offers.c.followed != IS_POLLED)
        .limit(limit)
    )
    return list(db.scalars(statement))


# --- What is to be done -----------------------------------------------------------------------------


def load_due(db: Transaction, now: datetime, limit: int) -> list[HubStanding]:
    """Return the sources that are to be looked at, the longest due first; their rows are ours to change."""
    statement = select(hub_offers).where(hub_offers.c.next_step <= now)
    rows = db.execute(statement.order_by(hub_offers.c.next_step).limit(limit)).all()
    numbers = [row.source_number for row in rows]
    found = find_sources_by_number(db, numbers)
    known = _load_subscriptions(db, numbers)
    return [
        HubStanding(
            source=found[row.source_number],
            offer=HubOffer(row.hubs, row.topic, row.base),
            subscriptions=tuple(known[row.source_number]),
            is_trusted=row.trusted,
        )
        for row in rows
    ]


def _load_subscriptions(db: Transaction, numbers: Collection[int]) -> dict[int, list[HubSubscription]]:
    is_theirs = hub_subscriptions.c.source_number.in_(numbers)
    statement = select(hub_subscriptions).where(is_theirs).order_by(hub_subscriptions.c.number)
    known: dict[int, list[HubSubscription]] = defaultdict(list)
    for row in db.execute(statement.with_for_update()):
        known[row.source_number].append(read_subscription(row))
    return known


def settle_offer(db: Transaction, source: Source, trusted: bool, next_step: datetime | None) -> None:
    """Keep what was found when the source was looked at, and when to look again."""
    seen = {"followed": source.is_polled, "trusted": trusted, "next_step": next_step}
    db.execute(update(hub_offers).where(hub_offers.c.source_number == source.number).values(seen))


def save_subscription(db: Transaction, source: Source, subscription: HubSubscription) -> HubSubscription:
    """Return the subscription as it is stored; a new one is given its number and its secrets."""
    if subscription.number:
        change(db, subscription.number, **_row(subscription))
        return subscription
    made = replace(
        subscription, secret=secrets.token_urlsafe(SECRET_BYTES), key=secrets.token_urlsafe(KEY_BYTES)
    )
    row = {"source_number": source.number, **_row(made)}
    statement = hub_subscriptions.insert().values(row).returning(hub_subscriptions.c.number)
    return replace(made, number=db.execute(statement).scalar_one())


def _row(subscription: HubSubscription) -> dict[str, Any]:
    return {name: value for name, value in asdict(subscription).items() if name != "number"}


def change(db: Transaction, number: int, **values: Any) -> None:
    """Store some fields of a subscription."""
    db.execute(update(hub_subscriptions).where(hub_subscriptions.c.number == number).values(values))


def forget_subscription(db: Transaction, number: int) -> None:
    """Know nothing of it any more: whoever calls is told 404 from now on."""
    db.execute(delete(deliveries).where(deliveries.c.subscription_number == number))
    db.execute(delete(hub_subscriptions).where(hub_subscriptions.c.number == number))


# --- What is known ----------------------------------------------------------------------------------


def find_subscription(db: Transaction, number: int) -> HubSubscription | None:
    """Return one subscription, which nobody else changes in this transaction."""
    statement = select(hub_subscriptions).where(hub_subscriptions.c.number == number)
    return find_one(db, statement.with_for_update())


def find_one(db: Transaction, statement: Select[Any]) -> HubSubscription | None:
    row = db.execute(statement).one_or_none()
    return None if row is None else read_subscription(row)


def find_subscriptions(db: Transaction, source: Source) -> list[HubSubscription]:
    """Return everything that hubs were asked for of a source, the oldest first."""
    return [read_subscription(row) for row in db.execute(_SUBSCRIPTIONS, {"source": source.number})]


def read_subscription(row: Row[Any]) -> HubSubscription:
    return HubSubscription(**{column.name: getattr(row, column.name) for column in SUBSCRIPTION_COLUMNS})


def is_trusted(db: Transaction, source: Source, now: datetime) -> bool:
    """Whether it can be left to a hub to tell what is new at the source."""
    return any(subscription.is_trusted(now) for subscription in find_subscriptions(db, source))


def note_poll(db: Transaction, source: Source, found_new: bool, now: datetime) -> bool:
    """Judge the hubs of a source by a poll of it; return whether one can still be trusted.

    What the first poll of a lease finds may be older than the lease. A later one that finds something new
    has found what the hub did not deliver.
    """
    leased = [one for one in find_subscriptions(db, source) if one.is_leased(now)]
    missing = [one for one in leased if found_new and one.checked and one.missed is None]
    for one in leased:
        if not one.checked:
            change(db, one.number, checked=True)
    for one in missing:
        change(db, one.number, missed=now)
    trusted = any(one.missed is None and one not in missing for one in leased)
    if missing and not trusted:
        # The poll sets its own schedule, in this transaction: there is nothing to set right afterwards.
        db.execute(
            update(hub_offers).where(hub_offers.c.source_number == source.number).values(trusted=False)
        )
    return trusted


def trust_again(db: Transaction, number: int, now: datetime) -> None:
    """Leave it to a hub again to tell what is new: it has just done so."""
    is_it = hub_subscriptions.c.number == number, hub_subscriptions.c.missed.is_not(None)
    if db.execute(update(hub_subscriptions).where(*is_it).values(missed=None)).rowcount:
        look_at(db, number, now)


def excuse(db: Transaction, number: int) -> None:
    """Judge the hub by no poll but the one after the next: it has told us to make that one."""
    change(db, number, checked=False)
